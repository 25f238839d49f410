/* test_decimal.c -- exact decimals: what is read, refused, rounded and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/decimal.h"

static const int64_t LARGEST = (INT64_C(1) << 53) - 1;

static int64_t
read_well(const char *text, int scale)
{
	int64_t value = INT64_MIN;

	if (decimal_parse(text, scale, &value) != DECIMAL_OK)
		fail_msg("%s with scale %d was refused", text, scale);
	return value;
}

static enum decimal_result
result_of(const char *text, int scale)
{
	int64_t value = 77;
	enum decimal_result result = decimal_parse(text, scale, &value);

	if (result != DECIMAL_OK)
		assert_int_equal(value, 77);
	return result;
}

static int64_t
rounded_well(const char *text, int scale, bool changed)
{
	int64_t value = INT64_MIN;
	bool rounded = !changed;

	if (decimal_round(text, scale, &value, &rounded) != DECIMAL_OK)
		fail_msg("%s with scale %d was refused", text, scale);
	assert_int_equal(rounded, changed);
	return value;
}

static void
numbers_become_whole_multiples_of_the_scale(void **state)
{
	(void)state;
	assert_int_equal(read_well("12.5", 2), 1250);
	assert_int_equal(read_well("12.50", 2), 1250);
	assert_int_equal(read_well("-12.5", 1), -125);
	assert_int_equal(read_well("0", 0), 0);
	assert_int_equal(read_well("0.0", 0), 0);
	assert_int_equal(read_well("-0", 3), 0);
	assert_int_equal(read_well("7", 9), INT64_C(7000000000));
	assert_int_equal(read_well("0.000000001", 9), 1);
	assert_int_equal(read_well("0.1", 1), 1);
	assert_int_equal(read_well("0.29", 2), 29);
	assert_int_equal(read_well("1.15", 2), 115);
}

static void
exponents_are_understood(void **state)
{
	(void)state;
	assert_int_equal(read_well("1e3", 0), 1000);
	assert_int_equal(read_well("1E+3", 1), 10000);
	assert_int_equal(read_well("1250e-2", 1), 125);
	assert_int_equal(read_well("1.25e1", 1), 125);
	assert_int_equal(read_well("0e999999999999999999999", 2), 0);
	assert_int_equal(read_well("0.0e-999999999999999999999", 2), 0);
	assert_int_equal(read_well("10000000000000000000000e-22", 0), 1);
	assert_int_equal(read_well("0.00000000000000000000001e23", 0), 1);
}

static void
zeros_too_many_do_no_harm_but_other_digits_do(void **state)
{
	(void)state;
	assert_int_equal(read_well("1.5000000000000000000000000000", 1), 15);
	assert_int_equal(result_of("1.55", 1), DECIMAL_TOO_MANY_DIGITS);
	assert_int_equal(result_of("0.001", 2), DECIMAL_TOO_MANY_DIGITS);
	assert_int_equal(result_of("1e-1", 0), DECIMAL_TOO_MANY_DIGITS);
	assert_int_equal(result_of("1e-999999999999999999999", 9), DECIMAL_TOO_MANY_DIGITS);
	assert_int_equal(result_of("5e-10", 9), DECIMAL_TOO_MANY_DIGITS);
}

static void
the_range_ends_below_2_to_the_53(void **state)
{
	(void)state;
	assert_int_equal(read_well("9007199254740991", 0), LARGEST);
	assert_int_equal(read_well("-9007199254740991", 0), -LARGEST);
	assert_int_equal(read_well("90071992547409.91", 2), LARGEST);
	assert_int_equal(result_of("9007199254740992", 0), DECIMAL_OUT_OF_RANGE);
	assert_int_equal(result_of("-9007199254740992", 0), DECIMAL_OUT_OF_RANGE);
	assert_int_equal(result_of("9007199254740991", 1), DECIMAL_OUT_OF_RANGE);
	assert_int_equal(result_of("1e16", 0), DECIMAL_OUT_OF_RANGE);
	assert_int_equal(result_of("1e999999999999999999999", 0), DECIMAL_OUT_OF_RANGE);
	assert_int_equal(result_of("99999999999999999999999999999999999999999999", 0), DECIMAL_OUT_OF_RANGE);
}

static void
what_json_would_not_write_is_no_number(void **state)
{
	static const char *const texts[] = {
		"", "-", "+1", ".5", "1.", "01", "00", "-01", "1e", "1e+", "1.e1", "1,5", " 1", "1 ", "0x1", "NaN",
		"Infinity", "1_0", "--1", "1.2.3", "1e1.5", "1e1e1", "abc", "\xd9\xa1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (result_of(texts[i], 2) != DECIMAL_NOT_A_NUMBER)
			fail_msg("\"%s\" passed for a number", texts[i]);
}

static void
halves_are_rounded_away_from_zero(void **state)
{
	(void)state;
	assert_int_equal(rounded_well("2.345", 2, true), 235);
	assert_int_equal(rounded_well("2.344999999", 2, true), 234);
	assert_int_equal(rounded_well("-2.345", 2, true), -235);
	assert_int_equal(rounded_well("0.5", 0, true), 1);
	assert_int_equal(rounded_well("-0.5", 0, true), -1);
	assert_int_equal(rounded_well("0.05", 0, true), 0);
	assert_int_equal(rounded_well("9e-30", 2, true), 0);
	assert_int_equal(rounded_well("5e-1", 0, true), 1);
	assert_int_equal(rounded_well("9.995", 2, true), 1000);
	assert_int_equal(rounded_well("2.3400", 2, false), 234);
	assert_int_equal(rounded_well("7", 2, false), 700);
}

static void
rounding_does_not_leave_the_range(void **state)
{
	int64_t value;
	bool rounded;

	(void)state;
	assert_int_equal(rounded_well("9007199254740991.4", 0, true), LARGEST);
	assert_int_equal(decimal_round("9007199254740991.5", 0, &value, &rounded), DECIMAL_OUT_OF_RANGE);
	assert_int_equal(decimal_round("x", 0, &value, &rounded), DECIMAL_NOT_A_NUMBER);
}

static void
the_shortest_form_is_written(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(decimal_format(a, 1250, 2), "12.5");
	assert_string_equal(decimal_format(a, 1200, 2), "12");
	assert_string_equal(decimal_format(a, 1205, 2), "12.05");
	assert_string_equal(decimal_format(a, 5, 2), "0.05");
	assert_string_equal(decimal_format(a, -5, 1), "-0.5");
	assert_string_equal(decimal_format(a, 0, 9), "0");
	assert_string_equal(decimal_format(a, 120, 0), "120");
	assert_string_equal(decimal_format(a, 1, 9), "0.000000001");
	assert_string_equal(decimal_format(a, INT64_MIN, 0), "-9223372036854775808");
	arena_free(a);
}

static void
what_is_written_reads_back_the_same(void **state)
{
	struct arena *a = arena_new();
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		int scale = i % 10;
		int64_t value;

		seed = seed * 6364136223846793005u + 1442695040888963407u; /* any old spread of values */
		value = (int64_t)(seed >> 11);
		assert_int_equal(read_well(decimal_format(a, value, scale), scale), value);
		assert_int_equal(read_well(decimal_format(a, -value, scale), scale), -value);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_become_whole_multiples_of_the_scale),
		cmocka_unit_test(exponents_are_understood),
		cmocka_unit_test(zeros_too_many_do_no_harm_but_other_digits_do),
		cmocka_unit_test(the_range_ends_below_2_to_the_53),
		cmocka_unit_test(what_json_would_not_write_is_no_number),
		cmocka_unit_test(halves_are_rounded_away_from_zero),
		cmocka_unit_test(rounding_does_not_leave_the_range),
		cmocka_unit_test(the_shortest_form_is_written),
		cmocka_unit_test(what_is_written_reads_back_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
