/* test_hours.c -- the golden cases of working time.  Each case in tests/fixtures/hours goes the way of a record:
 * the definition types its rows, its rules derive day, end and duration, and what is then counted must be the
 * figures as the reports show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_out.h"
#include "model/rule.h"
#include "rules/rules.h"
#include "shipped.h"
#include "time/hours.h"
#include "time/report_work.h"

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
	FILE *file = fopen(arena_printf(arena, "tests/fixtures/hours/%s.json", name), "r");
	size_t length;

	if (file == NULL)
		fail_msg("there are no cases %s", name);
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_in_range(length, 1, sizeof text - 1);
	return parse(text, length);
}

static const char *
get_text(struct json_object *object, const char *key, const char *otherwise)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : otherwise;
}

/* Defaults, then the members of from. */
static const char **
read_values(const struct collection *c, struct json_object *from, bool *touched)
{
	const char **values = values_new(arena, c);

	for (size_t i = 0; i < c->field_count; i++)
		values[i] = c->fields[i].initial;
	json_object_object_foreach(from, key, value) {
		const struct field *f = collection_field(c, key);
		struct problem *p;

		assert_non_null(f);
		if ((p = field_read(arena, f, value, &values[f->index])) != NULL)
			fail_msg("%s", p->detail);
		touched[f->index] = true;
	}
	return values;
}

static struct hours_session
read_session(struct json_object *row, const char *zone)
{
	const struct collection *c = collection_find(set, "workSessions");
	bool *touched = arena_alloc(arena, c->field_count);
	const char **values = read_values(c, row, touched);
	struct person person = { .role = ROLE_MEMBER };
	const struct call call = { .a = arena, .set = set, .person = &person };
	struct problem *p = NULL;
	struct change ch = {
		.call = &call,
		.collection = c,
		.action = ACTION_CREATED,
		.after = values,
		.touched = touched,
		.now = instant_now(),
	};

	if (!touched[collection_field(c, "zone")->index])
		values[collection_field(c, "zone")->index] = arena_printf(arena, "\"%s\"", zone);
	touched[collection_field(c, "zone")->index] = true; /* else it would be looked up */
	for (size_t i = 0; p == NULL && i < c->rule_count; i++)
		p = c->rules[i]->derive == NULL ? NULL : c->rules[i]->derive(&ch);
	for (size_t i = 0; p == NULL && i < c->rule_count; i++)
		if (c->rules[i]->check != NULL && !rule_looks_up(c->rules[i]))
			p = c->rules[i]->check(&ch);
	if (p != NULL)
		fail_msg("%s", p->detail);
	return work_session_of(arena, c, (const char *const *)values);
}

/* The sessions last first: the order of rows must not matter. */
static struct hours_session *
read_sessions(struct json_object *one, size_t *count)
{
	struct json_object *rows;
	struct hours_session *sessions;

	assert_true(json_object_object_get_ex(one, "sessions", &rows));
	*count = json_object_array_length(rows);
	sessions = arena_alloc(arena, *count * sizeof *sessions);
	for (size_t i = 0; i < *count; i++)
		sessions[*count - 1 - i] = read_session(json_object_array_get_idx(rows, i),
		    get_text(one, "zone", "UTC"));
	return sessions;
}

static struct work_dated_list
read_dated(const char *name, struct json_object *rows)
{
	struct work_dated_list list = { .c = collection_find(set, name) };

	list.count = json_object_array_length(rows);
	list.all = arena_alloc(arena, list.count * sizeof *list.all);
	for (size_t i = 0; i < list.count; i++) {
		const char *const *values = (const char *const *)read_values(list.c,
		    json_object_array_get_idx(rows, i), arena_alloc(arena, list.c->field_count));

		list.all[i] = (struct work_dated){
			.id = "x",
			.from = value_plain(arena, value_named(list.c, values, "from")),
			.values = values,
		};
	}
	return list;
}

/* The rows of a case, else those of its file. */
static struct work_dated_list
read_dated_of(struct json_object *file, struct json_object *one, const char *name)
{
	struct json_object *rows;

	if (json_object_object_get_ex(one, name, &rows) || json_object_object_get_ex(file, name, &rows))
		return read_dated(name, rows);
	return (struct work_dated_list){ .c = collection_find(set, name) };
}

static struct hours_plan
read_plan(struct json_object *file, struct json_object *one)
{
	const struct collection *c = collection_find(set, "workSettings");
	struct work_dated_list of_space = read_dated_of(file, one, "workRules");
	struct work_dated_list of_person = read_dated_of(file, one, "workTerms");
	struct hours_rules own = hours_rules_default;
	struct hours_plan plan;
	struct json_object *settings;

	if (json_object_object_get_ex(one, "settings", &settings))
		work_rules_add(c,
		    (const char *const *)read_values(c, settings, arena_alloc(arena, c->field_count)), &own);
	work_plan_make(arena, &of_space, &of_person, own.target, &plan);
	return plan;
}

/* What is expected is there: objects may have more, lists may not. */
static bool
fits(struct json_object *expected, struct json_object *found)
{
	if (json_object_is_type(expected, json_type_object)) {
		json_object_object_foreach(expected, key, value) {
			struct json_object *other;

			if (!json_object_object_get_ex(found, key, &other) || !fits(value, other))
				return false;
		}
		return true;
	}
	if (json_object_is_type(expected, json_type_array)) {
		if (!json_object_is_type(found, json_type_array) ||
		    json_object_array_length(expected) != json_object_array_length(found))
			return false;
		for (size_t i = 0; i < json_object_array_length(expected); i++)
			if (!fits(json_object_array_get_idx(expected, i), json_object_array_get_idx(found, i)))
				return false;
		return true;
	}
	if (expected == NULL || found == NULL)
		return expected == found;
	if (json_object_is_type(expected, json_type_int) || json_object_is_type(expected, json_type_double))
		return !(json_object_get_double(expected) < json_object_get_double(found)) &&
		    !(json_object_get_double(expected) > json_object_get_double(found));
	return strcmp(json_object_get_string(expected), json_object_get_string(found)) == 0;
}

static void
must_fit(struct json_object *one, struct json_object *expected, const struct buf *found)
{
	if (!fits(expected, parse(found->text, found->length)))
		fail_msg("%s\n  expected %s\n  found    %s",
		    get_text(one, "name", "?"), json_object_to_json_string(expected), found->text);
}

static void
check_figures(struct json_object *one, const struct hours_plan *plan)
{
	struct json_object *expected, *lacks;
	struct hours_session *sessions;
	size_t count;
	struct hours hours;
	struct buf b;
	struct json_out out;
	int64_t at = 0;

	if (!json_object_object_get_ex(one, "expected", &expected))
		return;
	(void)instant_parse(get_text(one, "at", ""), &at);
	sessions = read_sessions(one, &count);
	hours_count(arena, sessions, count, plan, at, &hours);
	buf_init(&b, arena);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	work_hours_put(&out, &hours);
	put_end(&out);
	must_fit(one, expected, &b);
	for (size_t i = 0; json_object_object_get_ex(one, "lacks", &lacks) && i < json_object_array_length(lacks); i++)
		if (strstr(b.text,
		    arena_printf(arena, "\"%s\"", json_object_get_string(json_object_array_get_idx(lacks, i)))) != NULL)
			fail_msg("%s: %s", get_text(one, "name", "?"), b.text);
}

static void
check_pay(struct json_object *one, const struct hours_plan *plan)
{
	struct json_object *payroll, *expected;
	struct hours_session *sessions;
	size_t count;
	struct hours_payroll paid;
	struct buf b;
	struct json_out out;
	int64_t at = instant_now();

	if (!json_object_object_get_ex(one, "payroll", &payroll))
		return;
	assert_true(json_object_object_get_ex(payroll, "expected", &expected));
	(void)instant_parse(get_text(one, "at", ""), &at);
	sessions = read_sessions(one, &count);
	hours_settle(arena, sessions, count, plan, get_text(payroll, "from", ""),
	    get_text(payroll, "to", ""), at, &paid);
	buf_init(&b, arena);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	work_payroll_put(&out, &paid);
	put_end(&out);
	must_fit(one, expected, &b);
}

static void
golden_cases(void **state)
{
	struct json_object *file = read_json(*state), *cases;

	assert_true(json_object_object_get_ex(file, "cases", &cases));
	assert_true(json_object_array_length(cases) > 0);
	for (size_t i = 0; i < json_object_array_length(cases); i++) {
		struct json_object *one = json_object_array_get_idx(cases, i);
		struct hours_plan plan = read_plan(file, one);

		assert_true(json_object_object_get_ex(one, "expected", NULL) ||
		    json_object_object_get_ex(one, "payroll", NULL));
		check_figures(one, &plan);
		check_pay(one, &plan);
	}
}

static void
without_sessions_all_figures_are_empty(void **state)
{
	const struct hours_plan plan = { .before = hours_rules_default };
	struct hours hours;
	struct hours_payroll payroll;

	(void)state;
	hours_count(arena, NULL, 0, &plan, 0, &hours);
	assert_int_equal(hours.day_count + hours.week_count, 0);
	hours_settle(arena, NULL, 0, &plan, "2026-11-16", "2026-11-22", instant_now(), &payroll);
	assert_int_equal(payroll.week_count, 0);
	assert_int_equal(payroll.sum.gross, 0);
}

/* Sums stay numbers that JSON can carry, however many timers somebody runs at whatever rate. */
static void
amounts_do_not_overflow(void **state)
{
	enum { COUNT = 20000 };
	struct hours_session *sessions = arena_alloc(arena, COUNT * sizeof *sessions);
	struct hours_plan plan = { .before = hours_rules_default };
	struct hours_payroll payroll;

	(void)state;
	plan.before.rate = INT64_C(1) << 52;
	plan.before.overtime_after = 40 * 3600;
	plan.before.overtime_times = 150;
	for (size_t i = 0; i < COUNT; i++)
		sessions[i] = (struct hours_session){
			.day = "2026-11-20", .start = 0, .end = HOURS_SESSION_MAX * INT64_C(1000),
		};
	hours_settle(arena, sessions, COUNT, &plan, "2026-11-16", "2026-11-22", instant_now(), &payroll);
	assert_int_equal(payroll.week_count, 1);
	assert_true(payroll.sum.overtime_pay == (INT64_C(1) << 53) - 1);
	assert_true(payroll.sum.gross > payroll.sum.overtime_pay);
	assert_true(payroll.sum.overlap == (COUNT - 1) * (int64_t)HOURS_SESSION_MAX);
}

/* Rounding twice is as once, whatever is rounded. */
static void
rounding_twice_is_as_once(void **state)
{
	struct hours_rules by = hours_rules_default;

	(void)state;
	for (by.rounding = HOURS_EXACT; by.rounding <= HOURS_NEAREST; by.rounding++)
		for (by.rounded_to = 0; by.rounded_to <= 3600; by.rounded_to += 60)
			for (int64_t seconds = 0; seconds < 8000; seconds += 7) {
				int64_t once = hours_rounded(&by, seconds);

				assert_int_equal(hours_rounded(&by, once), once);
				assert_in_range(once + 3600, seconds, seconds + 7200);
			}
}

#define GOLDEN(name) { "golden cases: " name, golden_cases, NULL, NULL, (void *)(uintptr_t)(name) }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		GOLDEN("lunch"),
		GOLDEN("lunch-per-day"),
		GOLDEN("recorded-lunch"),
		GOLDEN("midnight"),
		GOLDEN("overnight"),
		GOLDEN("clock-changes"),
		GOLDEN("timers"),
		GOLDEN("fractions"),
		GOLDEN("target"),
		GOLDEN("most"),
		GOLDEN("weeks"),
		GOLDEN("pay"),
		GOLDEN("duration"),
		GOLDEN("dated"),
		GOLDEN("lunch-steps"),
		GOLDEN("overtime"),
		GOLDEN("rounding"),
		GOLDEN("overlap"),
		GOLDEN("unpaid"),
		cmocka_unit_test(without_sessions_all_figures_are_empty),
		cmocka_unit_test(amounts_do_not_overflow),
		cmocka_unit_test(rounding_twice_is_as_once),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
