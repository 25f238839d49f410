/* test_mileage_money.c -- what trips are worth: the golden cases of tests/fixtures/expenses/mileage.json.  Each row
 * goes the way of a record: the definition types it, and the price is made of its values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "expenses/mileage_money.h"
#include "shipped.h"

static struct json_object *
member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static const char *
name_of(struct json_object *one)
{
	return json_object_get_string(member(one, "name"));
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

static struct mileage_rates
read_rates(struct json_object *rows)
{
	const struct collection *c = collection_find(set, "mileageRates");
	struct mileage_rates rates = { .count = json_object_array_length(rows) };

	rates.all = arena_alloc(arena, rates.count * sizeof *rates.all);
	for (size_t i = 0; i < rates.count; i++)
		mileage_rate_of(arena, c, "rate", read_values(c, json_object_array_get_idx(rows, i)), &rates.all[i]);
	return rates;
}

static struct mileage_trip *
read_trips(struct json_object *rows, size_t *count)
{
	const struct collection *c = collection_find(set, "mileage");
	struct mileage_trip *trips;

	*count = json_object_array_length(rows);
	trips = arena_alloc(arena, *count * sizeof *trips);
	for (size_t i = 0; i < *count; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		mileage_trip_of(arena, c, json_object_get_string(member(row, "id")), read_values(c, row), &trips[i]);
	}
	return trips;
}

/* A number of the cases at a scale of tens; exact, because each is at most a few digits. */
static int64_t
scaled(struct json_object *number, double times)
{
	return (int64_t)(json_object_get_double(number) * times + 0.5);
}

static void
expect_number(struct json_object *one, struct json_object *expected, const char *key, double times, int64_t found)
{
	struct json_object *number = member(expected, key);

	if (number != NULL && scaled(number, times) != found)
		fail_msg("%s: %s of %s is %lld", name_of(one), key,
		    json_object_get_string(member(expected, "id")), (long long)found);
}

static void
expect_trip(struct json_object *one, struct json_object *expected, const struct mileage_trip *trip)
{
	struct json_object *rate;

	if (strcmp(json_object_get_string(member(expected, "id")), trip->id) != 0)
		fail_msg("%s: %s came where %s was expected", name_of(one), trip->id,
		    json_object_get_string(member(expected, "id")));
	expect_number(one, expected, "distance", 10, trip->distance);
	expect_number(one, expected, "accrued", 10, trip->accrued);
	expect_number(one, expected, "beyond", 10, trip->beyond);
	expect_number(one, expected, "amount", 1, trip->amount);
	if (json_object_object_get_ex(expected, "rate", &rate) && (rate == NULL) != (trip->rate == NULL))
		fail_msg("%s: %s has %s rate", name_of(one), trip->id, trip->rate == NULL ? "no" : "a");
	if (trip->rate != NULL)
		expect_number(one, expected, "rate", 1000, trip->rate->rate);
}

static void
expect_case(struct json_object *file, struct json_object *one)
{
	struct json_object *own = member(one, "rates"), *expected = member(one, "expected");
	struct mileage_rates rates = read_rates(own != NULL ? own : member(file, "rates"));
	size_t count;
	struct mileage_trip *trips = read_trips(member(one, "trips"), &count);
	int64_t sum = 0;

	mileage_price(arena, &rates, trips, count);
	assert_int_equal(json_object_array_length(expected), count);
	for (size_t i = 0; i < count; i++) {
		expect_trip(one, json_object_array_get_idx(expected, i), &trips[i]);
		sum += trips[i].amount;
	}
	if (sum != json_object_get_int64(member(one, "sum")))
		fail_msg("%s: the sum is %lld", name_of(one), (long long)sum);
}

static void
trips_are_worth_what_the_golden_cases_say(void **state)
{
	struct json_object *file = json_object_from_file("tests/fixtures/expenses/mileage.json"), *cases;

	(void)state;
	assert_non_null(file);
	cases = member(file, "cases");
	assert_true(json_object_array_length(cases) >= 20);
	for (size_t i = 0; i < json_object_array_length(cases); i++)
		expect_case(file, json_object_array_get_idx(cases, i));
	json_object_put(file);
}

static void
a_mile_is_a_mile(void **state)
{
	(void)state;
	assert_int_equal(mileage_km(0), 0);
	assert_int_equal(mileage_km(10), 16);
	assert_int_equal(mileage_km(621), 999);
	assert_int_equal(mileage_miles(1000), 621);
	assert_int_equal(mileage_miles(16), 10);
	for (int64_t miles = 0; miles < 200000; miles += 7)
		assert_int_equal(mileage_miles(mileage_km(miles)), miles);
}

static void
the_first_day_that_matters_is_that_of_the_tax_year(void **state)
{
	struct mileage_rate all[] = {
		{ .from = "2020-01-01", .kind = "any", .year_start = "01-01" },
		{ .from = "2024-01-01", .kind = "any", .limited = true, .year_start = "04-06" },
	};
	struct mileage_rates rates = { .all = all, .count = 1 };
	char first[DATE_TEXT_SIZE];

	(void)state;
	mileage_first_day(&rates, "2026-03-01", first);
	assert_string_equal(first, "2026-03-01");
	rates.count = 2;
	mileage_first_day(&rates, "2026-03-01", first);
	assert_string_equal(first, "2025-04-06");
	mileage_first_day(&rates, "2026-04-06", first);
	assert_string_equal(first, "2026-04-06");
	mileage_first_day(&rates, "1000-01-01", first);
	assert_string_equal(first, "0999-04-06");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trips_are_worth_what_the_golden_cases_say),
		cmocka_unit_test(a_mile_is_a_mile),
		cmocka_unit_test(the_first_day_that_matters_is_that_of_the_tax_year),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
