/* test_quota.c -- what a full space refuses, and how full it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "record/quota.h"

static struct arena *arena;

static int
open_all(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool
takes(struct amount holds, struct amount may, enum growth growth)
{
	struct problem *p = quota_check(arena, &holds, &may, growth);

	if (p != NULL)
		assert_int_equal(p->kind, PROBLEM_SPACE_FULL);
	return p == NULL;
}

static void
people_add_up_to_the_limit(void **state)
{
	const struct amount may = { .records = 10, .bytes = 1000 };

	(void)state;
	assert_true(takes((struct amount){ 9, 999 }, may, GROWTH_RECORD));
	assert_false(takes((struct amount){ 10, 999 }, may, GROWTH_RECORD));
	assert_false(takes((struct amount){ 9, 1000 }, may, GROWTH_RECORD));
}

static void
daybook_adds_and_people_change_until_a_tenth_more_is_used(void **state)
{
	const struct amount may = { .records = 10, .bytes = 1000 };

	(void)state;
	assert_true(takes((struct amount){ 10, 1099 }, may, GROWTH_OWN));
	assert_false(takes((struct amount){ 11, 0 }, may, GROWTH_OWN));
	assert_false(takes((struct amount){ 0, 1100 }, may, GROWTH_OWN));
	assert_true(takes((struct amount){ 1000, 1099 }, may, GROWTH_NONE));
	assert_false(takes((struct amount){ 0, 1100 }, may, GROWTH_NONE));
}

static void
zero_is_no_limit(void **state)
{
	const struct amount much = { .records = INT64_MAX / 2, .bytes = INT64_MAX / 2 };

	(void)state;
	assert_true(takes(much, (struct amount){ 0, 0 }, GROWTH_RECORD));
	assert_false(takes(much, (struct amount){ 0, 1 }, GROWTH_RECORD));
	assert_false(takes(much, (struct amount){ 1, 0 }, GROWTH_RECORD));
}

static void
room_is_what_is_left_of_both(void **state)
{
	const struct amount may = { .records = 10, .bytes = 1000 }, any = { 0, 0 };

	(void)state;
	assert_int_equal(quota_room(&(struct amount){ 4, 999 }, &may), 6);
	assert_int_equal(quota_room(&(struct amount){ 14, 999 }, &may), 0);
	assert_int_equal(quota_room(&(struct amount){ 4, 1000 }, &may), 0);
	assert_true(quota_room(&(struct amount){ 4, 1000 }, &any) == INT64_MAX);
}

static void
a_space_is_as_full_as_the_limit_it_is_nearer_to(void **state)
{
	const struct amount may = { .records = 10, .bytes = 1000 }, any = { 0, 0 };

	(void)state;
	assert_int_equal(quota_percent(&(struct amount){ 9, 999 }, &may), 99);
	assert_int_equal(quota_percent(&(struct amount){ 12, 999 }, &may), 120);
	assert_int_equal(quota_percent(&(struct amount){ 12, 999 }, &any), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_add_up_to_the_limit),
		cmocka_unit_test(daybook_adds_and_people_change_until_a_tenth_more_is_used),
		cmocka_unit_test(zero_is_no_limit),
		cmocka_unit_test(room_is_what_is_left_of_both),
		cmocka_unit_test(a_space_is_as_full_as_the_limit_it_is_nearer_to),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
