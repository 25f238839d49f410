/* test_fleet_figures.c -- what visits come to, and which visits the audit tells of: the golden cases of
 * tests/fixtures/fleet/figures.json and audit.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/json_out.h"
#include "fleet/fleet_visits.h"

static struct json_object *
member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static int64_t
instant_member(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);
	int64_t instant = 0;

	if (value != NULL)
		assert_true(instant_parse(json_object_get_string(value), &instant));
	return instant;
}

static struct fleet_visit
visit_of(struct json_object *v)
{
	return (struct fleet_visit){
		.car = json_object_get_string(member(v, "car")),
		.location = json_object_get_string(member(v, "location")),
		.arrived = json_object_get_boolean(member(v, "arrived")),
		.late = json_object_get_boolean(member(v, "late")),
		.empty = json_object_get_boolean(member(v, "empty")),
		.arrived_at = instant_member(v, "arrivedAt"),
		.empty_at = instant_member(v, "emptyAt"),
	};
}

/* As numbers: 33.3 is 33.3, 0.0 is 0. */
static bool
equal_numbers(struct json_object *left, struct json_object *right)
{
	double difference = json_object_get_double(left) - json_object_get_double(right);

	return difference < 0.001 && difference > -0.001;
}

static bool
equal(struct json_object *left, struct json_object *right)
{
	if (json_object_is_type(left, json_type_object)) {
		if (!json_object_is_type(right, json_type_object) ||
		    json_object_object_length(left) != json_object_object_length(right))
			return false;
		json_object_object_foreach(left, key, value)
			if (member(right, key) == NULL || !equal(value, member(right, key)))
				return false;
		return true;
	}
	if (json_object_is_type(left, json_type_array)) {
		if (!json_object_is_type(right, json_type_array) ||
		    json_object_array_length(left) != json_object_array_length(right))
			return false;
		for (size_t i = 0; i < json_object_array_length(left); i++)
			if (!equal(json_object_array_get_idx(left, i), json_object_array_get_idx(right, i)))
				return false;
		return true;
	}
	if (json_object_is_type(left, json_type_string))
		return json_object_equal(left, right);
	return equal_numbers(left, right);
}

static void
expect_case(struct arena *a, struct json_object *one)
{
	struct json_object *list = member(one, "visits"), *made;
	size_t count = json_object_array_length(list);
	struct fleet_visit *visits = arena_alloc(a, (count + 1) * sizeof *visits);
	struct fleet_summary summary;
	struct buf b;
	struct json_out out;

	for (size_t i = 0; i < count; i++)
		visits[i] = visit_of(json_object_array_get_idx(list, i));
	fleet_summarise(a, visits, count, json_object_get_string(member(one, "zone")), &summary);
	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	fleet_summary_put(&out, &summary);
	put_end(&out);
	assert_null(json_parse_object(a, b.text, b.length, &made));
	if (!equal(member(one, "expected"), made))
		fail_msg("%s: %s", json_object_get_string(member(one, "name")), b.text);
}

static void
visits_come_to_what_the_golden_cases_say(void **state)
{
	struct arena *a = arena_new();
	struct json_object *file = json_object_from_file("tests/fixtures/fleet/figures.json"), *cases;

	(void)state;
	assert_non_null(file);
	cases = member(file, "cases");
	assert_true(json_object_array_length(cases) >= 9);
	for (size_t i = 0; i < json_object_array_length(cases); i++)
		expect_case(a, json_object_array_get_idx(cases, i));
	json_object_put(file);
	arena_free(a);
}

/* ---- from rows of the audit ---- */

static const char *
text_member(struct json_object *object, const char *key)
{
	return json_object_get_string(member(object, key));
}

/* What the case says of the car before its rows. */
static struct problem *
before_of_case(void *arg, const char *car, int64_t version, struct fleet_before *is)
{
	struct json_object *cars = member(arg, "before"), *one = cars == NULL ? NULL : member(cars, car);

	*is = (struct fleet_before){ .location = NULL };
	if (one == NULL)
		return NULL;
	assert_int_equal(json_object_get_int64(member(one, "version")) + 1, version);
	is->location = text_member(one, "location");
	is->late = json_object_get_boolean(member(one, "late"));
	return NULL;
}

static void
take_row(struct fleet_visits *visits, struct json_object *row)
{
	struct json_object *changes = member(row, "changes");
	int64_t claimed = instant_member(row, "claimedAt");
	struct fleet_write write = {
		.car = text_member(row, "car"),
		.version = json_object_get_int64(member(row, "version")),
		.action = text_member(row, "action"),
		.changes = changes == NULL ? NULL : json_object_to_json_string_ext(changes, JSON_C_TO_STRING_PLAIN),
		.erased = json_object_get_boolean(member(row, "erased")),
		.by = text_member(row, "by"),
		.at = claimed != 0 ? claimed : instant_member(row, "at"),
	};

	assert_null(fleet_visits_take(visits, &write));
}

static void
expect_audit_case(struct arena *a, struct json_object *one)
{
	struct json_object *rows = member(one, "rows"), *made;
	struct fleet_visits *all = fleet_visits_new(a, before_of_case, one);
	struct fleet_summary summary;
	const struct fleet_visit *visits;
	size_t count;
	struct buf b;
	struct json_out out;

	for (size_t i = 0; i < json_object_array_length(rows); i++)
		take_row(all, json_object_array_get_idx(rows, i));
	visits = fleet_visits_between(all, instant_member(one, "from"), instant_member(one, "to"),
	    text_member(one, "person"), &count);
	fleet_summarise(a, visits, count, text_member(one, "zone"), &summary);
	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	fleet_summary_put(&out, &summary);
	put_boolean(&out, "complete", fleet_visits_whole(all));
	put_end(&out);
	assert_null(json_parse_object(a, b.text, b.length, &made));
	if (!equal(member(one, "expected"), made))
		fail_msg("%s: %s", text_member(one, "name"), b.text);
}

static void
rows_of_the_audit_come_to_what_the_golden_cases_say(void **state)
{
	struct arena *a = arena_new();
	struct json_object *file = json_object_from_file("tests/fixtures/fleet/audit.json"), *cases;

	(void)state;
	assert_non_null(file);
	cases = member(file, "cases");
	assert_true(json_object_array_length(cases) >= 15);
	for (size_t i = 0; i < json_object_array_length(cases); i++)
		expect_audit_case(a, json_object_array_get_idx(cases, i));
	json_object_put(file);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(visits_come_to_what_the_golden_cases_say),
		cmocka_unit_test(rows_of_the_audit_come_to_what_the_golden_cases_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
