/* test_month.c -- months of expenses: the golden cases of tests/fixtures/expenses/month.json, split.json and
 * per-diem.json.  Each row goes the way of a record: the definition types it, the month is counted from its values, and
 * the figures are compared as the JSON that reports show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "expenses/month.h"
#include "shipped.h"

static struct json_object *
member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static const char *
text_of(struct json_object *object, const char *key, const char *otherwise)
{
	struct json_object *value = member(object, key);

	return value == NULL ? otherwise : json_object_get_string(value);
}

/* Of a case, or of its file. */
static struct json_object *
given(struct json_object *file, struct json_object *one, const char *key)
{
	return member(one, key) != NULL ? member(one, key) : member(file, key);
}

static size_t
length_of(struct json_object *rows)
{
	return rows == NULL ? 0 : json_object_array_length(rows);
}

/* Defaults, then what the row says.  A derived field is read by its type, too. */
static const char *const *
read_values(const struct collection *c, struct json_object *row)
{
	const char **values = values_new(arena, c);

	for (size_t i = 0; i < c->field_count; i++)
		values[i] = c->fields[i].initial;
	json_object_object_foreach(row, key, value) {
		const struct field *f = collection_field(c, key);

		if (f != NULL && field_read(arena, f, value, &values[f->index]) != NULL)
			fail_msg("%s is no %s", json_object_to_json_string(value), key);
	}
	return (const char *const *)values;
}

/* ---- rows ---- */

#define READ(rows, name, function, all, count) \
	do { \
		const struct collection *c = collection_find(set, name); \
		struct json_object *list = (rows); \
		(count) = length_of(list); \
		(all) = arena_alloc(arena, ((count) + 1) * sizeof *(all)); \
		for (size_t i = 0; i < (count); i++) { \
			struct json_object *row = json_object_array_get_idx(list, i); \
			function(arena, c, text_of(row, "id", "x"), read_values(c, row), &(all)[i]); \
		} \
	} while (0)

static struct texts
read_texts(struct json_object *settings, const char *key, const char *usual)
{
	struct json_object *list = settings == NULL ? NULL : member(settings, key);
	const char **all = arena_alloc(arena, (length_of(list) + 1) * sizeof *all);
	struct texts texts = { .all = all };

	for (size_t i = 0; i < length_of(list); i++)
		all[texts.count++] = json_object_get_string(json_object_array_get_idx(list, i));
	if (texts.count == 0 && usual != NULL)
		all[texts.count++] = usual;
	return texts;
}

static void
read_sources(struct json_object *file, struct json_object *one, struct month_sources *sources)
{
	struct json_object *settings = member(one, "settings");

	*sources = (struct month_sources){
		.trips = collection_find(set, "mileage"),
		.needs = {
			.description = read_texts(settings, "needDescription", "Other"),
			.file = read_texts(settings, "needFile", NULL),
			.not_reimbursed = read_texts(settings, "notReimbursed", "EES"),
		},
		.currency = "USD",
	};
	READ(member(one, "rates"), "mileageRates", mileage_rate_of, sources->rates.all, sources->rates.count);
	READ(member(one, "rules"), "perDiemRules", per_diem_rule_of, sources->per_diem.all, sources->per_diem.count);
	READ(given(file, one, "costCenters"), "costCenters", month_center_of, sources->centers,
	    sources->center_count);
}

static void
read_month(struct json_object *file, struct json_object *one, const struct month_sources *sources,
    struct month *month)
{
	const char *name = json_object_get_string(given(file, one, "month"));
	struct mileage_trip *trips;
	size_t count, first = 0;

	*month = (struct month){ .owner = "ben", .sources = sources };
	month_span(arena_printf(arena, "%s-15", name), month->from, month->to);
	READ(member(one, "trips"), "mileage", mileage_trip_of, trips, count);
	mileage_price(arena, &sources->rates, trips, count);
	while (first < count && strcmp(trips[first].date, month->from) < 0)
		first++;
	month->trips = trips + first;
	month->trip_count = count - first;
	READ(member(one, "receipts"), "receipts", month_receipt_of, month->receipts, month->receipt_count);
	READ(member(one, "timesheets"), "timesheets", month_sheet_of, month->sheets, month->sheet_count);
	READ(member(one, "dayNotes"), "dayNotes", month_note_of, month->notes, month->note_count);
	month_count(arena, month);
}

/* ---- what is expected ---- */

static bool
fits(struct json_object *found, struct json_object *expected)
{
	if (json_object_is_type(expected, json_type_object)) {
		json_object_object_foreach(expected, key, value)
			if (!fits(member(found, key), value))
				return false;
		return json_object_is_type(found, json_type_object);
	}
	if (json_object_is_type(expected, json_type_array)) {
		if (!json_object_is_type(found, json_type_array) || length_of(found) != length_of(expected))
			return false;
		for (size_t i = 0; i < length_of(expected); i++)
			if (!fits(json_object_array_get_idx(found, i), json_object_array_get_idx(expected, i)))
				return false;
		return true;
	}
	return strcmp(json_object_to_json_string(found), json_object_to_json_string(expected)) == 0;
}

static void
expect_case(struct json_object *file, struct json_object *one)
{
	struct json_object *figures, *expected = member(one, "expected");
	struct month_sources sources;
	struct month month;
	const char *text;

	read_sources(file, one, &sources);
	read_month(file, one, &sources, &month);
	text = month_figures(arena, &month);
	assert_null(json_parse_object(arena, text, strlen(text), &figures));
	json_object_object_foreach(expected, key, value)
		if (!fits(member(figures, key), value))
			fail_msg("%s: %s is %s", text_of(one, "name", ""), key,
			    json_object_to_json_string(member(figures, key)));
}

static void
expect_file(const char *name, size_t least)
{
	struct json_object *file = json_object_from_file(arena_printf(arena, "tests/fixtures/expenses/%s.json", name));
	struct json_object *cases;

	assert_non_null(file);
	cases = member(file, "cases");
	assert_true(length_of(cases) >= least);
	for (size_t i = 0; i < length_of(cases); i++)
		expect_case(file, json_object_array_get_idx(cases, i));
	json_object_put(file);
}

static void
days_away_are_worth_what_the_golden_cases_say(void **state)
{
	(void)state;
	expect_file("per-diem", 10);
}

static void
parts_of_a_receipt_add_up_as_the_golden_cases_say(void **state)
{
	(void)state;
	expect_file("split", 5);
}

static void
a_month_comes_to_what_the_golden_cases_say(void **state)
{
	(void)state;
	expect_file("month", 10);
}

static void
every_month_of_the_calendar_has_its_days(void **state)
{
	static const char *const months[][3] = {
		{ "2026-10-31", "2026-10-01", "2026-10-31" }, { "2026-02-01", "2026-02-01", "2026-02-28" },
		{ "2024-02-10", "2024-02-01", "2024-02-29" }, { "1000-01-01", "1000-01-01", "1000-01-31" },
		{ "2026-12-31", "2026-12-01", "2026-12-31" }, { "9999-12-02", "9999-12-01", "9999-12-31" },
		{ "9999-11-30", "9999-11-01", "9999-11-30" },
	};
	char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
		month_span(months[i][0], from, to);
		assert_string_equal(from, months[i][1]);
		assert_string_equal(to, months[i][2]);
	}
}

/* The figures that a report keeps have a limit, and so have what is missing and their lines. */
static void
a_month_of_very_many_lines_keeps_its_sums(void **state)
{
	static struct month_receipt receipts[MONTH_ROWS_MAX];
	const struct month_sources sources = { .currency = "USD" };
	struct month month = { .owner = "ben", .sources = &sources, .receipts = receipts };
	const char *text;

	(void)state;
	month_span("2026-10-15", month.from, month.to);
	month.receipt_count = MONTH_ROWS_MAX;
	for (size_t i = 0; i < MONTH_ROWS_MAX; i++)
		receipts[i] = (struct month_receipt){
			.id = arena_printf(arena, "receipt-%06zu", i), .date = "2026-10-14",
			.vendor = "A vendor of a name", .category = "Meals", .amount = 100, .duplicate_of = "another",
		};
	month_count(arena, &month);
	text = month_figures(arena, &month);
	assert_true(strlen(text) <= MONTH_FIGURES_MAX);
	assert_non_null(strstr(text, "\"receipts\":500000"));
	assert_non_null(strstr(text, "\"missingCount\":5001"));
	assert_null(strstr(text, "\"perDiem\":["));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_away_are_worth_what_the_golden_cases_say),
		cmocka_unit_test(parts_of_a_receipt_add_up_as_the_golden_cases_say),
		cmocka_unit_test(a_month_comes_to_what_the_golden_cases_say),
		cmocka_unit_test(every_month_of_the_calendar_has_its_days),
		cmocka_unit_test(a_month_of_very_many_lines_keeps_its_sums),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
