/* test_problem.c -- problems and their form on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/problem.h"
#include "scratch.h"

static void
every_kind_has_an_error_status_a_type_and_a_title(void **state)
{
	(void)state;
	for (int kind = 0; kind < PROBLEM_COUNT; kind++) {
		assert_in_range(problem_kinds[kind].status, 400, 599);
		assert_memory_equal(problem_kinds[kind].type, "/problems/", 10);
		assert_true(strlen(problem_kinds[kind].title) > 5);
	}
}

static void
no_two_kinds_share_a_type(void **state)
{
	(void)state;
	for (int one = 0; one < PROBLEM_COUNT; one++)
		for (int two = 0; two < one; two++)
			assert_string_not_equal(problem_kinds[one].type, problem_kinds[two].type);
}

static void
the_wire_form_holds_what_is_known_in_a_fixed_order(void **state)
{
	struct arena *a = *state;
	struct problem *p = problem_at(a, PROBLEM_INVALID, "ops.3.set.miles", "At most %d \"miles\".", 2000);

	assert_string_equal(problem_json(a, p, "8f2c"),
	    "{\"type\":\"/problems/invalid\",\"title\":\"A value is not valid\",\"status\":400,"
	    "\"detail\":\"At most 2000 \\\"miles\\\".\",\"field\":\"ops.3.set.miles\",\"instance\":\"8f2c\","
	    "\"error\":\"A value is not valid\"}");
}

static void
absent_members_are_left_out(void **state)
{
	struct arena *a = *state;

	assert_string_equal(problem_json(a, problem_new(a, PROBLEM_NOT_FOUND, "There is no such record."), NULL),
	    "{\"type\":\"/problems/not-found\",\"title\":\"Not found\",\"status\":404,"
	    "\"detail\":\"There is no such record.\",\"error\":\"Not found\"}");
}

static void
members_follow_at_the_end(void **state)
{
	struct arena *a = *state;
	struct problem *p = problem_new(a, PROBLEM_CONFLICT, "Version 3 is current.");
	struct json_object *tree;
	int64_t version = 0;
	char *text;

	p->members = "\"currentVersion\":3,\"expectedVersion\":2";
	text = problem_json(a, p, NULL);
	assert_non_null(strstr(text, ",\"currentVersion\":3,\"expectedVersion\":2}"));
	assert_null(json_parse_object(a, text, strlen(text), &tree));
	assert_null(json_get_integer(a, tree, "currentVersion", &version, NULL));
	assert_int_equal(version, 3);
	p->members = "";
	text = problem_json(a, p, NULL);
	assert_null(json_parse_object(a, text, strlen(text), &tree));
}

static void
the_cause_of_an_internal_problem_is_never_sent(void **state)
{
	struct arena *a = *state;
	struct problem *p = problem_internal(a, "error %d: table %s is gone", 1146, "record");

	assert_int_equal(p->kind, PROBLEM_INTERNAL);
	assert_string_equal(p->cause, "error 1146: table record is gone");
	assert_null(strstr(problem_json(a, p, "8f2c"), "1146"));
}

static void
the_field_is_a_copy(void **state)
{
	char field[] = "miles";
	struct problem *p = problem_at(*state, PROBLEM_REQUIRED, field, "This is required.");

	field[0] = 'x';
	assert_string_equal(p->field, "miles");
}

static void
an_absent_database_invites_to_try_again(void **state)
{
	assert_true(problem_new(*state, PROBLEM_UNAVAILABLE, "The database is away.")->retry_after > 0);
	assert_int_equal(problem_new(*state, PROBLEM_INVALID, "No.")->retry_after, 0);
}

static void
what_must_hold_is_a_fault_of_ours_when_it_does_not(void **state)
{
	struct arena *a = *state;
	struct problem *p = must_hold(a, 1 > 2, "one is more than two");

	assert_null(must_hold(a, 2 > 1, "two is more than one"));
	assert_int_equal(p->kind, PROBLEM_INTERNAL);
	assert_true(problem_is_fatal(p));
	assert_string_equal(p->cause, "does not hold: one is more than two");
	assert_null(strstr(problem_json(a, p, NULL), "two")); /* which is for the log alone */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_an_error_status_a_type_and_a_title),
		cmocka_unit_test(no_two_kinds_share_a_type),
		cmocka_unit_test_setup_teardown(the_wire_form_holds_what_is_known_in_a_fixed_order,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(absent_members_are_left_out, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(members_follow_at_the_end, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(the_cause_of_an_internal_problem_is_never_sent,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_must_hold_is_a_fault_of_ours_when_it_does_not,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(the_field_is_a_copy, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(an_absent_database_invites_to_try_again, open_arena, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
