/* test_routine.c -- the golden cases of routines.  Each case in tests/fixtures/routine goes the way of records: the
 * definitions type its rows, and what is computed of them must be the figures as the report shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "base/json_out.h"
#include "routine/figures_put.h"
#include "routine/rows.h"
#include "shipped.h"

/* ---- reading cases ---- */

static struct json_object *
parse(const char *text, size_t length)
{
	struct json_object *tree;
	struct problem *p = json_parse_object(arena, text, length, &tree);

	if (p != NULL)
		fail_msg("%s: %s", p->detail, text);
	return tree;
}

static struct json_object *
read_json(const char *name)
{
	char text[65536];
	FILE *file = fopen(arena_printf(arena, "tests/fixtures/routine/%s.json", name), "r");
	size_t length;

	if (file == NULL)
		fail_msg("there are no cases %s", name);
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_in_range(length, 1, sizeof text - 1);
	return parse(text, length);
}

static struct json_object *
member(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static const char *
text_of(struct json_object *object, const char *key, const char *otherwise)
{
	struct json_object *value = member(object, key);

	return value == NULL ? otherwise : json_object_get_string(value);
}

static int64_t
day_of(struct json_object *object, const char *key)
{
	const char *text = text_of(object, key, NULL);

	assert_true(text != NULL && date_valid(text));
	return date_days(text);
}

/* What a row says beside the fields of its record. */
static bool
is_beside(const char *key)
{
	static const char *const names[] = { "id", "created", "tasks", "from", "to", "every", "schedules" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], key) == 0)
			return true;
	return false;
}

static void
set_value(const struct collection *c, const char **values, const char *key, struct json_object *value)
{
	const struct field *f = collection_field(c, key);
	struct problem *p;

	if (f == NULL)
		fail_msg("%s has no field %s", c->name, key);
	if ((p = field_read(arena, f, value, &values[f->index])) != NULL)
		fail_msg("%s", p->detail);
}

/* Defaults, then the members of row. */
static const char **
read_values(const struct collection *c, struct json_object *row)
{
	const char **values = values_new(arena, c);

	for (size_t i = 0; i < c->field_count; i++)
		values[i] = c->fields[i].initial;
	json_object_object_foreach(row, key, value)
		if (!is_beside(key) || (strcmp(key, "from") == 0 && strcmp(c->name, "tasks") == 0))
			set_value(c, values, key, value);
	return values;
}

static size_t
rows_of(struct json_object *one, const char *key, struct json_object **rows)
{
	*rows = member(one, key);
	return *rows == NULL ? 0 : json_object_array_length(*rows);
}

static void
read_task(struct routine_gathered *g, struct json_object *row)
{
	const struct collection *c = collection_find(set, "tasks");
	const char **values;
	struct json_object *schedules = member(row, "schedules");
	struct buf b;

	if (member(row, "title") == NULL)
		json_object_object_add(row, "title", json_object_new_string("Task"));
	values = read_values(c, row);
	if (schedules != NULL) {
		buf_init(&b, arena);
		json_canonical(&b, schedules);
		values[collection_field(c, "schedules")->index] = b.text;
	}
	routine_take_task(g, text_of(row, "id", ""), (const char *const *)values,
	    member(row, "created") == NULL ? date_days("2020-01-01") : day_of(row, "created"));
}

static void
take_log(struct routine_gathered *g, struct json_object *row, const char *task, int64_t day)
{
	const struct collection *c = collection_find(set, "taskLogs");
	const char **values = read_values(c, row), *points;
	bool completed = strcmp(text_of(row, "status", ""), "completed") == 0;

	values[collection_field(c, "task")->index] = arena_printf(arena, "\"%s\"", task);
	values[collection_field(c, "date")->index] = arena_printf(arena, "\"%s\"", routine_day_text(arena, day));
	points = values[collection_field(c, "points")->index];
	routine_take_log(g, (const char *const *)values);
	if (completed)
		routine_take_day(g, &(struct routine_day){
			.day = day,
			.completed = 1,
			.points = value_scaled(collection_field(c, "points"), points),
		});
}

/* A row may stand for several days, "from" to "to", each or every so many, and for several tasks. */
static void
each_day(struct json_object *row, int64_t *first, int64_t *last, int64_t *step)
{
	*first = day_of(row, member(row, "date") != NULL ? "date" : "from");
	*last = day_of(row, member(row, "date") != NULL ? "date" : "to");
	*step = member(row, "every") == NULL ? 1 : json_object_get_int64(member(row, "every"));
}

static void
read_log(struct routine_gathered *g, struct json_object *row)
{
	struct json_object *tasks = member(row, "tasks");
	size_t count = tasks == NULL ? 1 : json_object_array_length(tasks);
	int64_t first, last, step;

	each_day(row, &first, &last, &step);
	for (int64_t day = first; day <= last; day += step)
		for (size_t i = 0; i < count; i++)
			take_log(g, row, tasks == NULL ? text_of(row, "task", "") :
			    json_object_get_string(json_object_array_get_idx(tasks, i)), day);
}

static void
read_exercise(struct routine_gathered *g, struct json_object *row)
{
	int64_t first, last, step;

	each_day(row, &first, &last, &step);
	for (int64_t day = first; day <= last; day += step)
		routine_take_exercise(g, day);
}

/* The rows last first: their order must not matter. */
static struct routine_rows
read_rows(struct json_object *one)
{
	struct routine_gathered *g = routine_gather(arena, set);
	struct json_object *rows;

	if (member(one, "settings") != NULL)
		routine_take_settings(g, (const char *const *)read_values(
		    collection_find(set, "routineSettings"), member(one, "settings")));
	for (size_t i = rows_of(one, "tasks", &rows); i-- > 0;)
		read_task(g, json_object_array_get_idx(rows, i));
	for (size_t i = rows_of(one, "taskLogs", &rows); i-- > 0;)
		read_log(g, json_object_array_get_idx(rows, i));
	for (size_t i = rows_of(one, "exerciseLogs", &rows); i-- > 0;)
		read_exercise(g, json_object_array_get_idx(rows, i));
	for (size_t i = rows_of(one, "bookLogs", &rows); i-- > 0;)
		routine_take_book(g, day_of(json_object_array_get_idx(rows, i), "date"));
	for (size_t i = rows_of(one, "weights", &rows); i-- > 0;)
		routine_take_weight(g, arena_printf(arena, "w%zu", i), (const char *const *)read_values(
		    collection_find(set, "weights"), json_object_array_get_idx(rows, i)));
	return routine_gathered_rows(g);
}

/* ---- what is found ---- */

static void
put_today(struct json_out *out, struct json_object *one, const struct routine_rows *rows)
{
	char date[DATE_TEXT_SIZE];
	int64_t now;
	int seconds;

	assert_true(instant_parse(text_of(one, "now", ""), &now));
	assert_true(zone_date(text_of(one, "zone", "UTC"), now, date, &seconds, NULL));
	routine_day_put(out, "today", routine_day_at(&rows->settings, date, seconds));
}

static void
put_due(struct json_out *out, struct json_object *days, const struct routine_rows *rows)
{
	put_object(out, "due");
	json_object_object_foreach(days, key, value) {
		(void)value;
		put_array(out, key);
		for (size_t i = 0; i < rows->task_count; i++)
			if (routine_due(&rows->tasks[i], date_days(key)))
				put_text(out, NULL, rows->tasks[i].id);
		put_end(out);
	}
	put_end(out);
}

static void
put_completion(struct json_out *out, struct json_object *days, const struct routine_rows *rows)
{
	put_object(out, "completion");
	json_object_object_foreach(days, key, value) {
		struct routine_completion completion = routine_completion_on(rows, NULL, date_days(key));

		(void)value;
		routine_completion_put(out, key, &completion);
	}
	put_end(out);
}

static void
put_streak_days(struct json_out *out, struct json_object *days, const struct routine_rows *rows)
{
	put_object(out, "days");
	json_object_object_foreach(days, key, value) {
		struct routine_streak_day day = routine_streak_on(rows, date_days(key));

		(void)value;
		put_object(out, key);
		put_boolean(out, "valid", day.valid);
		put_boolean(out, "exercise", day.exercise);
		put_boolean(out, "rest", day.rest);
		put_boolean(out, "paused", day.paused);
		put_end(out);
	}
	put_end(out);
}

static void
put_of_day(struct json_out *out, int64_t day, const struct routine_rows *rows)
{
	struct routine_streak streak = routine_streak(arena, rows, day);
	struct routine_points points = routine_points(rows, &streak, day);
	struct routine_weight_figures weight = routine_weight(rows, day);

	routine_streak_put(out, "streak", &streak);
	routine_points_put(out, "points", &points);
	routine_weight_put(out, "weight", &rows->settings, &weight);
	put_array(out, "runs");
	for (size_t i = 0; i < streak.run_count; i++)
		routine_run_put(out, NULL, &streak.runs[i]);
	put_end(out);
	put_object(out, "strength");
	for (size_t i = 0; i < rows->task_count; i++)
		put_integer(out, rows->tasks[i].id, routine_strength(rows, &rows->tasks[i], day));
	put_end(out);
}

static struct json_object *
find_figures(struct json_object *one, const struct routine_rows *rows)
{
	struct json_object *expected = member(one, "expected");
	struct json_out out;
	struct buf b;

	buf_init(&b, arena);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	if (member(one, "now") != NULL)
		put_today(&out, one, rows);
	if (member(expected, "due") != NULL)
		put_due(&out, member(expected, "due"), rows);
	if (member(expected, "completion") != NULL)
		put_completion(&out, member(expected, "completion"), rows);
	if (member(expected, "days") != NULL)
		put_streak_days(&out, member(expected, "days"), rows);
	if (member(one, "day") != NULL)
		put_of_day(&out, day_of(one, "day"), rows);
	put_end(&out);
	return parse(b.text, b.length);
}

/* What is expected is there: objects may have more, lists may not. */
static void
must_fit(struct json_object *expected, struct json_object *found, const char *where)
{
	if (json_object_is_type(expected, json_type_object)) {
		json_object_object_foreach(expected, key, value) {
			struct json_object *inner;

			if (!json_object_object_get_ex(found, key, &inner))
				fail_msg("%s.%s is missing", where, key);
			must_fit(value, inner, arena_printf(arena, "%s.%s", where, key));
		}
	} else if (json_object_is_type(expected, json_type_array)) {
		size_t count = json_object_array_length(expected);

		if (!json_object_is_type(found, json_type_array) || json_object_array_length(found) != count)
			fail_msg("%s: expected %s, found %s", where, json_object_to_json_string(expected),
			    json_object_to_json_string(found));
		for (size_t i = 0; i < count; i++)
			must_fit(json_object_array_get_idx(expected, i), json_object_array_get_idx(found, i),
			    arena_printf(arena, "%s[%zu]", where, i));
	} else {
		const char *left = json_object_to_json_string(expected);

		if (strcmp(left, json_object_to_json_string(found)) != 0)
			fail_msg("%s: expected %s, found %s", where, arena_strdup(arena, left),
			    json_object_to_json_string(found));
	}
}

static void
play(const char *name, size_t least)
{
	struct json_object *file = read_json(name), *cases;
	size_t count = rows_of(file, "cases", &cases);

	assert_in_range(count, least, 1000);
	for (size_t i = 0; i < count; i++) {
		struct json_object *one = json_object_array_get_idx(cases, i);
		struct routine_rows rows = read_rows(one);

		assert_non_null(member(one, "expected"));
		must_fit(member(one, "expected"), find_figures(one, &rows), text_of(one, "name", "?"));
	}
}

static void
test_today(void **state)
{
	(void)state;
	play("today", 14);
}

static void
test_due(void **state)
{
	(void)state;
	play("due", 15);
}

static void
test_completion(void **state)
{
	(void)state;
	play("completion", 7);
}

static void
test_streak(void **state)
{
	(void)state;
	play("streak", 18);
}

static void
test_points(void **state)
{
	(void)state;
	play("points", 8);
}

static void
test_strength(void **state)
{
	(void)state;
	play("strength", 18);
}

static void
test_weight(void **state)
{
	(void)state;
	play("weight", 15);
}

/* ---- what no record can say ---- */

static void
test_reaches(void **state)
{
	(void)state;
	assert_true(routine_reaches(800, false, 800));
	assert_false(routine_reaches(800, false, 799));
	assert_true(routine_reaches(800, true, 800));
	assert_true(routine_reaches(800, true, 0));
	assert_false(routine_reaches(800, true, 801));
}

static void
test_before_1970(void **state)
{
	static const char one[] = "{\"tasks\":[{\"id\":\"w\",\"recurrence\":\"weekdays\",\"from\":\"1900-01-01\"}]}";
	struct routine_rows rows = read_rows(parse(one, sizeof one - 1));

	(void)state;
	assert_true(routine_due(&rows.tasks[0], date_days("1969-12-31"))); /* a Wednesday */
	assert_false(routine_due(&rows.tasks[0], date_days("1969-12-28"))); /* a Sunday */
	assert_true(routine_due(&rows.tasks[0], date_days("1969-12-29")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_today),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_streak),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_strength),
		cmocka_unit_test(test_weight),
		cmocka_unit_test(test_reaches),
		cmocka_unit_test(test_before_1970),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
