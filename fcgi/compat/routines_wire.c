/* routines_wire.c -- documents of the routine tracker and records of Daybook, member by member. */
#include "compat/routines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/instant.h"
#include "record/space.h"
#include "routine/day.h"

/* ---- the collections ---- */

static const struct routines_member task_members[] = {
	{ "title", "title", KIND_PLAIN },
	{ "domainId", "domain", KIND_PLAIN },
	{ "order", "order", KIND_ORDER },
	{ "startTime", "startTime", KIND_PLAIN },
	{ "endTime", "endTime", KIND_PLAIN },
	{ "timeOfDay", "timeOfDay", KIND_PLAIN },
	{ "basePoints", "points", KIND_PLAIN },
	{ "isActive", "active", KIND_PLAIN },
	{ "mustDo", "mustDo", KIND_PLAIN },
	{ "recurrenceType", "recurrence", KIND_RECURRENCE },
	{ "recurrenceDays", "days", KIND_WEEKDAYS },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member log_members[] = {
	{ "taskId", "task", KIND_PLAIN },
	{ "date", "date", KIND_DAY },
	{ "status", "status", KIND_PLAIN },
	{ "pointsEarned", "points", KIND_SHOWN },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member weight_members[] = {
	{ "date", "date", KIND_DAY },
	{ "weight", "kg", KIND_PLAIN },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member mood_members[] = {
	{ "date", "date", KIND_DAY },
	{ "mood", "mood", KIND_PLAIN },
	{ "note", "note", KIND_PLAIN },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member exercise_members[] = {
	{ "pageId", "page", KIND_PLAIN },
	{ "title", "title", KIND_PLAIN },
	{ "type", "kind", KIND_PLAIN },
	{ "targetMuscles", "muscles", KIND_PLAIN },
	{ "order", "order", KIND_ORDER },
	{ "initialSets", "sets", KIND_PLAIN },
	{ "initialReps", "reps", KIND_PLAIN },
	{ "recommendedWeight", "kg", KIND_PLAIN },
	{ "tutorials", "links", KIND_LINKS },
	{ NULL, NULL, KIND_PLAIN },
};

/* A document there has the sets of a day, a record here is one of them: routines_rxdb.c takes them apart, and here each
 * has its own members. */
static const struct routines_member exercise_log_members[] = {
	{ "date", "date", KIND_DAY },
	{ "exerciseId", "exercise", KIND_PLAIN },
	{ "reps", "reps", KIND_PLAIN },
	{ "weight", "kg", KIND_PLAIN },
	{ "duration", "seconds", KIND_PLAIN },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member book_members[] = {
	{ "domainId", "domain", KIND_PLAIN },
	{ "title", "title", KIND_PLAIN },
	{ "author", "author", KIND_PLAIN },
	{ "subcategory", "subcategory", KIND_PLAIN },
	{ "status", "status", KIND_PLAIN },
	{ "startDate", "started", KIND_DAY },
	{ "completedDate", "completed", KIND_DAY },
	{ "totalPages", "pages", KIND_PLAIN },
	{ "currentPage", "page", KIND_PLAIN },
	{ "rating", "rating", KIND_PLAIN },
	{ "notes", "notes", KIND_PLAIN },
	{ "order", "order", KIND_ORDER },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member book_log_members[] = {
	{ "bookId", "book", KIND_PLAIN },
	{ "date", "date", KIND_DAY },
	{ "currentPage", "page", KIND_PLAIN },
	{ "pagesRead", "pagesRead", KIND_SHOWN },
	{ "notes", "note", KIND_PLAIN },
	{ NULL, NULL, KIND_PLAIN },
};

static const struct routines_member no_members[] = {
	{ NULL, NULL, KIND_PLAIN },
};

static void
put_task_extras(struct json_out *out, const struct record *record, const char *const *values)
{
	put_boolean(out, "isScheduled", value_named(record->collection, values, "startTime") != NULL);
	put_boolean(out, "notificationsEnabled", false);
}

/* When its status became what it is, as far as the record says: at its last write. */
static void
put_log_extras(struct json_out *out, const struct record *record, const char *const *values)
{
	const char *status = value_named(record->collection, values, "status");
	bool completed = value_equal(status, "\"completed\""), skipped = value_equal(status, "\"skipped\"");

	put_sql_instant(out, "completedAt", completed ? record->updated_at : NULL);
	put_sql_instant(out, "skippedAt", skipped ? record->updated_at : NULL);
}

static void
put_set_extras(struct json_out *out, const struct record *record, const char *const *values)
{
	static const char *const members[][2] = { { "reps", "reps" }, { "weight", "kg" }, { "duration", "seconds" } };

	put_array(out, "sets");
	put_object(out, NULL);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (value_named(record->collection, values, members[i][1]) != NULL)
			put_json(out, members[i][0], value_named(record->collection, values, members[i][1]));
	put_end(out);
	put_end(out);
}

/* That system has a category beside the domain, and asks for it. */
static void
put_book_extras(struct json_out *out, const struct record *record, const char *const *values)
{
	const char *domain = value_named(record->collection, values, "domain");

	put_json(out, "category", domain == NULL ? "\"\"" : domain);
}

static const struct routines_kind_of_doc kinds[] = {
	{ "tasks", "tasks", task_members, put_task_extras },
	{ "daily_logs", "taskLogs", log_members, put_log_extras },
	{ "weight_logs", "weights", weight_members, NULL },
	{ "mood_logs", "moods", mood_members, NULL },
	{ "exercise_definitions", "exercises", exercise_members, NULL },
	{ "exercise_logs", "exerciseLogs", exercise_log_members, put_set_extras },
	{ "books", "books", book_members, put_book_extras },
	{ "book_logs", "bookLogs", book_log_members, NULL },
	{ "daily_streak_records", NULL, no_members, NULL }, /* computed: home */
	{ "health_pages", NULL, no_members, NULL },         /* a text in each exercise */
	{ "book_domains", NULL, no_members, NULL },         /* a text in each book */
	{ "learning_categories", NULL, no_members, NULL },
	{ "learning_skills", NULL, no_members, NULL },
	{ "simple_learning_logs", NULL, no_members, NULL },
	{ "users", NULL, no_members, NULL },
};

const struct routines_kind_of_doc *
routines_kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

struct problem *
routines_wire_open(const struct call *call, const struct routines_kind_of_doc *kind, struct routines_wire *wire)
{
	*wire = (struct routines_wire){ .call = call, .kind = kind };
	wire->collection = collection_find(call->set, kind->collection);
	if (wire->collection == NULL)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no collection %s here.", kind->collection);
	return space_zone_of(call, call->person->user_id, &wire->zone);
}

/* ---- days ---- */

static const char *
instant_of_day(const struct routines_wire *wire, const char *date)
{
	int64_t at;

	return zone_instant(wire->zone, date, 0, &at) ? instant_text(wire->call->a, at) : NULL;
}

/* The day that a text means: a date; or an instant, which means the day that begins at that midnight in the zone of the
 * person, or else the day that it was for them.  *day is NULL for anything else. */
static struct problem *
day_of(const struct routines_wire *wire, const char *text, const char **day)
{
	char date[DATE_TEXT_SIZE];
	struct problem *p;
	int64_t at, midnight;

	*day = date_valid(text) ? text : NULL;
	if (*day != NULL || !instant_parse(text, &at) || !zone_date(wire->zone, at, date, NULL, NULL))
		return NULL;
	if ((!zone_instant(wire->zone, date, 0, &midnight) || midnight != at) &&
	    (p = routine_day(wire->call, wire->call->person->user_id, at, date)) != NULL)
		return p;
	*day = arena_strdup(wire->call->a, date);
	return NULL;
}

/* ---- weekdays ---- */

static const char *const weekdays[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

enum {
	WEEK = 7
};

static void
put_weekdays(struct arena *a, struct json_out *out, const char *name, const char *list)
{
	struct json_slice item;

	put_array(out, name);
	while (list != NULL && json_next_element(&list, &item)) {
		const char *day = json_unquote(a, arena_strndup(a, item.text, item.length));

		for (int i = 0; i < WEEK; i++)
			if (strcmp(day, weekdays[i]) == 0)
				put_integer(out, NULL, i);
	}
	put_end(out);
}

static void
drop_tree(void *tree)
{
	json_object_put(tree);
}

static struct json_object *
new_list(struct arena *a)
{
	struct json_object *list = json_object_new_array();

	arena_defer(a, drop_tree, list);
	return list;
}

/* The names of numbered weekdays.  What is no number of a weekday is kept, for the field to refuse it. */
static struct json_object *
weekdays_of(struct arena *a, struct json_object *numbers)
{
	struct json_object *list = new_list(a);

	for (size_t i = 0; i < json_object_array_length(numbers); i++) {
		struct json_object *item = json_object_array_get_idx(numbers, i);
		int64_t day = json_object_is_type(item, json_type_int) ? json_object_get_int64(item) : -1;

		json_object_array_add(list, day < 0 || day >= WEEK
		    ? json_object_get(item) : json_object_new_string(weekdays[day]));
	}
	return list;
}

/* ---- links ---- */

static void
put_links(struct json_out *out, const char *name, const char *list)
{
	struct json_slice item;

	put_array(out, name);
	while (list != NULL && json_next_element(&list, &item)) {
		put_object(out, NULL);
		put_json_n(out, "url", item.text, item.length);
		put_json_n(out, "title", item.text, item.length);
		put_end(out);
	}
	put_end(out);
}

static struct json_object *
links_of(struct arena *a, struct json_object *objects)
{
	struct json_object *list = new_list(a), *url;

	for (size_t i = 0; i < json_object_array_length(objects); i++) {
		struct json_object *item = json_object_array_get_idx(objects, i);

		if (json_object_is_type(item, json_type_object) && json_object_object_get_ex(item, "url", &url))
			item = url;
		json_object_array_add(list, json_object_get(item));
	}
	return list;
}

/* ---- order ---- */

/* On the wire the order is a number from 0 to 1000: a key read as a fraction to the base of the alphabet.  So numbers
 * and keys are in the same order. */
enum {
	LETTERS = 26,
	ORDER_LETTERS = 6,
	ORDER_WHOLE = 1000
};

static int64_t
fraction_of_key(const char *key)
{
	int64_t n = 0;

	for (int i = 0; i < ORDER_LETTERS; i++) {
		n = n * LETTERS + (*key >= 'a' && *key <= 'z' ? *key - 'a' : 0);
		key += *key != '\0';
	}
	return n;
}

static int64_t
whole_fraction(void)
{
	int64_t n = 1;

	for (int i = 0; i < ORDER_LETTERS; i++)
		n *= LETTERS;
	return n;
}

static void
put_order(struct arena *a, struct json_out *out, const char *name, const char *value)
{
	int64_t n = value == NULL ? 0 : fraction_of_key(value_plain(a, value));

	/* six digits after the point tell all neighbours apart */
	put_json(out, name, decimal_format(a, (int64_t)((__int128)n * ORDER_WHOLE * 1000000 / whole_fraction()), 6));
}

/* The key of a number; numbers out of range are the first or the last.  NULL for a text that is no number. */
static const char *
key_of_number(struct arena *a, const char *number)
{
	char key[ORDER_LETTERS + 1];
	int64_t n, scaled;
	bool rounded;

	if (number == NULL || decimal_round(number, 6, &scaled, &rounded) != DECIMAL_OK)
		return NULL;
	n = (int64_t)((__int128)scaled * whole_fraction() / ((int64_t)ORDER_WHOLE * 1000000));
	n = n < 1 ? 1 : n >= whole_fraction() ? whole_fraction() - 1 : n;
	n += n % LETTERS == 0; /* a key does not end in a */
	key[ORDER_LETTERS] = '\0';
	for (int i = ORDER_LETTERS - 1; i >= 0; i--, n /= LETTERS)
		key[i] = (char)('a' + n % LETTERS);
	return arena_strdup(a, key);
}

/* ---- showing ---- */

static void
put_member(const struct routines_wire *wire, struct json_out *out, const struct routines_member *m,
    const char *const *values)
{
	const struct field *f = collection_field(wire->collection, m->field);
	const char *value = f == NULL ? NULL : values[f->index];
	struct arena *a = wire->call->a;

	switch (m->kind) {
	case KIND_DAY:
		put_text(out, m->name, value == NULL ? NULL : instant_of_day(wire, value_plain(a, value)));
		break;
	case KIND_WEEKDAYS:
		put_weekdays(a, out, m->name, value);
		break;
	case KIND_RECURRENCE:
		put_json(out, m->name, value == NULL || strcmp(value, "\"times\"") == 0 ||
		    strcmp(value, "\"interval\"") == 0 ? "\"daily\"" : value);
		break;
	case KIND_ORDER:
		put_order(a, out, m->name, value);
		break;
	case KIND_LINKS:
		put_links(out, m->name, value);
		break;
	default:
		if (value != NULL)
			put_json(out, m->name, value);
		else if (f != NULL && (f->type == FIELD_LIST || (f->required && f->type == FIELD_TEXT)))
			put_json(out, m->name, f->type == FIELD_LIST ? "[]" : "\"\"");
		else
			put_null(out, m->name);
	}
}

/* The version that a client sends back with what it changed: of which history, and which in it. */
static void
put_version(const struct routines_wire *wire, struct json_out *out, const struct record *record)
{
	put_text(out, "version", arena_printf(wire->call->a, "%" PRId64 ".%s", record->version,
	    wire->call->person->epoch));
}

void
routines_put(const struct routines_wire *wire, struct json_out *out, const struct record *record)
{
	const char **values;

	if (record->deleted) {
		routines_put_gone(wire, out, record->id);
		return;
	}
	values = values_parse(wire->call->a, wire->collection, record->doc, record->doc_private);
	put_object(out, NULL);
	put_text(out, "_id", record->id);
	for (const struct routines_member *m = wire->kind->members; m->name != NULL; m++)
		put_member(wire, out, m, values);
	if (wire->kind->put != NULL)
		wire->kind->put(out, record, values);
	put_sql_instant(out, "createdAt", record->created_at);
	put_sql_instant(out, "updatedAt", record->updated_at);
	put_version(wire, out, record);
	put_boolean(out, "_deleted", false);
	put_end(out);
}

/* Databases of clients index texts and flags, so they are there. */
static void
put_nothing(const struct routines_wire *wire, struct json_out *out, const struct routines_member *m)
{
	const struct field *f = collection_field(wire->collection, m->field);

	if (f != NULL && f->type == FIELD_BOOLEAN)
		put_boolean(out, m->name, false);
	else if (f != NULL && (f->type == FIELD_TEXT || f->type == FIELD_CHOICE || f->type == FIELD_REF ||
	    f->type == FIELD_DATE) && m->kind != KIND_ORDER)
		put_text(out, m->name, "");
}

void
routines_put_gone(const struct routines_wire *wire, struct json_out *out, const char *id)
{
	put_object(out, NULL);
	put_text(out, "_id", id);
	for (const struct routines_member *m = wire->kind->members; m->name != NULL; m++)
		put_nothing(wire, out, m);
	put_instant(out, "updatedAt", instant_now());
	put_boolean(out, "_deleted", true);
	put_end(out);
}

/* ---- reading ---- */

static struct problem *
wrong(const struct routines_wire *wire, const struct routines_member *m, const char *what)
{
	return problem_at(wire->call->a, PROBLEM_INVALID, m->name, "%s must be %s.", m->name, what);
}

/* A number with more digits than are kept, as sums of binary fractions have them, is rounded. */
static struct problem *
read_number(const struct routines_wire *wire, const struct field *f, struct json_object *value, const char **canonical)
{
	const char *text = json_number_text(value);
	int64_t scaled;
	bool rounded;

	if (text == NULL || decimal_round(text, f->scale, &scaled, &rounded) != DECIMAL_OK ||
	    (f->type == FIELD_INTEGER && rounded))
		return field_read(wire->call->a, f, value, canonical);
	return field_read_text(wire->call->a, f, decimal_format(wire->call->a, scaled, f->scale), canonical);
}

static struct problem *
read_text_of(const struct routines_wire *wire, const struct routines_member *m, const struct field *f,
    const char *text, const char *what, const char **canonical)
{
	return text == NULL ? wrong(wire, m, what) : field_read_text(wire->call->a, f, text, canonical);
}

static struct problem *
read_day(const struct routines_wire *wire, const struct routines_member *m, const struct field *f, const char *text,
    const char **canonical)
{
	struct problem *p;
	const char *day;

	if (*text == '\0')
		return field_read(wire->call->a, f, NULL, canonical);
	if ((p = day_of(wire, text, &day)) != NULL)
		return p;
	return read_text_of(wire, m, f, day, "a day or an instant", canonical);
}

static struct problem *
read_member(const struct routines_wire *wire, const struct routines_member *m, const struct field *f,
    struct json_object *value, const char **canonical)
{
	struct arena *a = wire->call->a;
	bool is_text = json_object_is_type(value, json_type_string);
	bool is_list = json_object_is_type(value, json_type_array);

	if (value == NULL)
		return field_read(a, f, NULL, canonical);
	switch (m->kind) {
	case KIND_DAY:
		return is_text ? read_day(wire, m, f, json_object_get_string(value), canonical)
		    : wrong(wire, m, "a day or an instant");
	case KIND_ORDER:
		return read_text_of(wire, m, f, key_of_number(a, json_number_text(value)), "a number", canonical);
	case KIND_WEEKDAYS:
		return is_list ? field_read(a, f, weekdays_of(a, value), canonical)
		    : wrong(wire, m, "a list of numbers from 0 to 6");
	case KIND_LINKS:
		return is_list ? field_read(a, f, links_of(a, value), canonical) : wrong(wire, m, "a list");
	default:
		return f->type == FIELD_DECIMAL || f->type == FIELD_INTEGER
		    ? read_number(wire, f, value, canonical) : field_read(a, f, value, canonical);
	}
}

/* Whether the client sends what it was shown: then it did not change that, even where the wire says less than the
 * record. */
static bool
is_as_shown(const struct routines_wire *wire, const struct routines_member *m, struct json_object *value,
    const char *const *before)
{
	struct buf shown, sent;
	struct json_out out;

	buf_init(&shown, wire->call->a);
	json_out_start(&out, &shown);
	put_object(&out, NULL);
	put_member(wire, &out, m, before);
	put_end(&out);
	buf_init(&sent, wire->call->a);
	buf_printf(&sent, "{\"%s\":", m->name);
	json_canonical(&sent, value);
	buf_char(&sent, '}');
	return strcmp(shown.text, sent.text) == 0;
}

struct problem *
routines_read(const struct routines_wire *wire, struct json_object *doc, const char *const *before,
    const char **values, bool *touched)
{
	struct json_object *value;
	struct problem *p;

	for (const struct routines_member *m = wire->kind->members; m->name != NULL; m++) {
		const struct field *f = collection_field(wire->collection, m->field);

		if (f == NULL || m->kind == KIND_SHOWN || !json_object_object_get_ex(doc, m->name, &value) ||
		    (before != NULL && is_as_shown(wire, m, value, before)))
			continue;
		if ((p = read_member(wire, m, f, value, &values[f->index])) != NULL)
			return p;
		touched[f->index] = before == NULL || !value_equal(values[f->index], before[f->index]);
	}
	return NULL;
}
