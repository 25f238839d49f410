/* test_pin.c -- PINs, the parts that need no database: which are refused, how few of all 10,000 PINs of four digits
 * these are, and the initials that the door shows of a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>

#include "account/throttle.h"
#include "scratch.h"
#include "team/pin.h"

static bool
is_good(const char *pin)
{
	struct problem *p = pin_check(arena, pin);

	if (p != NULL)
		assert_string_equal(p->field, "pin");
	return p == NULL;
}

static void
a_pin_has_4_to_8_digits(void **state)
{
	static const char *const bad[] = { "", "471", "471147119", "47a1", " 4711", "4711 ", "-471", "47.1" };

	(void)state;
	assert_false(is_good(NULL));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (is_good(bad[i]))
			fail_msg("\"%s\"", bad[i]);
	assert_true(is_good("4711"));
	assert_true(is_good("50608070"));
}

static void
easily_guessed_pins_are_refused(void **state)
{
	static const char *const bad[] = {
		"0000", "99999999", "1234", "23456", "7890", "8901", "4321", "2109", "1212", "707070", "123123",
		"47114711", "2580", "0852",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (is_good(bad[i]))
			fail_msg("\"%s\"", bad[i]);
}

/* 10 of one digit, 10 up, 10 down, 90 of two in turn (of which 00 11 … are counted already),
 * and the two of the middle column. */
static void
only_a_few_of_ten_thousand_are_refused(void **state)
{
	size_t refused = 0;
	char pin[16];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(pin, sizeof pin, "%04d", i);
		refused += !is_good(pin);
	}
	assert_int_equal(refused, 10 + 10 + 10 + 90 + 2);
}

static void
initials_are_the_first_letters_of_first_and_last_name(void **state)
{
	static const char *const names[][2] = {
		{ "Anna Berg", "AB" }, { "Anna von Berg", "AB" }, { "ben", "b" }, { "Vera Élan", "VÉ" },
		{ "  Ann  Lee ", "AL" }, { "李 小龙", "李小" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_string_equal(initials(arena, names[i][0]), names[i][1]);
}

static void
a_person_is_counted_by_handheld_and_the_handheld_by_itself(void **state)
{
	struct throttle one, other, elsewhere;

	(void)state;
	throttle_init_pin(&one, "h1", "anna");
	throttle_init_pin(&other, "h1", "ben");
	throttle_init_pin(&elsewhere, "h2", "anna");
	assert_memory_not_equal(one.account, other.account, sizeof one.account);
	assert_memory_not_equal(one.account, elsewhere.account, sizeof one.account);
	assert_memory_equal(one.network, other.network, sizeof one.network);
	assert_memory_not_equal(one.network, elsewhere.network, sizeof one.network);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_has_4_to_8_digits),
		cmocka_unit_test(easily_guessed_pins_are_refused),
		cmocka_unit_test(only_a_few_of_ten_thousand_are_refused),
		cmocka_unit_test(initials_are_the_first_letters_of_first_and_last_name),
		cmocka_unit_test(a_person_is_counted_by_handheld_and_the_handheld_by_itself),
	};

	return cmocka_run_group_tests_name("pin", tests, open_arena, close_arena);
}
