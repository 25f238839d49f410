/* test_late.c -- when a car is due: the golden cases of tests/fixtures/fleet/due.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "fleet/late.h"

static const char *
text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return json_object_get_string(value);
}

static void
expect_case(struct arena *a, struct json_object *one)
{
	struct late_watch watch = { .under_way = true, .zone = text_of(one, "zone") };
	char due[INSTANT_TEXT_SIZE];

	assert_true(instant_parse(text_of(one, "startedAt"), &watch.started_at));
	instant_format(late_due(a, &watch, arena_printf(a, "\"%s\"", text_of(one, "expected"))), due);
	if (strcmp(due, text_of(one, "due")) != 0)
		fail_msg("%s: %s", text_of(one, "name"), due);
}

static void
cars_are_due_as_the_golden_cases_say(void **state)
{
	struct arena *a = arena_new();
	struct json_object *file = json_object_from_file("tests/fixtures/fleet/due.json"), *cases;

	(void)state;
	assert_non_null(file);
	assert_true(json_object_object_get_ex(file, "cases", &cases));
	assert_true(json_object_array_length(cases) >= 10);
	for (size_t i = 0; i < json_object_array_length(cases); i++)
		expect_case(a, json_object_array_get_idx(cases, i));
	json_object_put(file);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cars_are_due_as_the_golden_cases_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
