/* test_order_key.c -- keys of an order: always one between two, short, and different for two who ask at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/order_key.h"

/* A key between two others, which it is held against. */
static const char *
fits(struct arena *a, const char *low, const char *high)
{
	const char *key = order_key_between(a, low, high);

	if (!order_key_valid(key) || (low != NULL && strcmp(low, key) >= 0) || (high != NULL && strcmp(key, high) >= 0))
		fail_msg("%s is not between %s and %s", key, low == NULL ? "-" : low, high == NULL ? "-" : high);
	return key;
}

static void
keys_are_letters_that_do_not_end_in_a(void **state)
{
	static const char *const good[] = { "m", "b", "z", "ab", "zzz",
		"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij" };
	static const char *const bad[] = { "", "a", "ma", "M", "m1", "m n", "-", "\xc3\xa4",
		"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijb" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(order_key_valid(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(order_key_valid(bad[i]));
	assert_false(order_key_valid(NULL));
}

static void
there_is_a_key_between_any_two(void **state)
{
	static const char *const keys[] = { "aaaaab", "aab", "ab", "abz", "b", "bab", "bb", "c", "m", "mab", "mb", "y",
		"yz", "z", "zab", "zy", "zz", "zzz", "zzzz", "zzzzz" };
	size_t count = sizeof keys / sizeof keys[0];
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 50; round++) {
		fits(a, NULL, NULL);
		for (size_t i = 0; i < count; i++) {
			fits(a, NULL, keys[i]);
			fits(a, keys[i], NULL);
			for (size_t j = i + 1; j < count; j++)
				fits(a, keys[i], keys[j]);
		}
	}
	arena_free(a);
}

static void
long_lists_keep_short_keys(void **state)
{
	struct arena *a = arena_new();
	const char *first = "m", *last = "m";

	(void)state;
	for (int i = 0; i < 20000; i++) {
		first = fits(a, NULL, first);
		last = fits(a, last, NULL);
		assert_true(strlen(first) <= 7 && strlen(last) <= 7);
	}
	arena_free(a);
}

/* Always at the same place, before the one that was inserted last, and after it. */
static void
one_place_takes_a_hundred_in_a_row(void **state)
{
	struct arena *a = arena_new();
	const char *high = "n", *low = "m";

	(void)state;
	for (int i = 0; i < 100; i++)
		high = fits(a, "m", high);
	for (int i = 0; i < 100; i++)
		low = fits(a, low, "n");
	arena_free(a);
}

static void
where_nothing_fits_the_neighbour_is_given_again(void **state)
{
	const char *long_key = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
	const char *small_key = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(order_key_between(a, "m", "m"), "m");
	assert_string_equal(order_key_between(a, "n", "m"), "n");
	assert_string_equal(order_key_between(a, "12", NULL), "12");
	assert_string_equal(order_key_between(a, "ma", "n"), "ma");
	assert_string_equal(order_key_between(a, NULL, "\xc3\xa4"), "\xc3\xa4");
	assert_string_equal(order_key_between(a, long_key, NULL), long_key);
	assert_string_equal(order_key_between(a, NULL, small_key), small_key);
	arena_free(a);
}

/* Of 64 who insert at one place at once, hardly two get the same key. */
static void
two_at_once_get_different_keys(void **state)
{
	struct arena *a = arena_new();
	const char *keys[64];
	int equal = 0;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		keys[i] = fits(a, "m", "n");
		for (size_t j = 0; j < i; j++)
			equal += strcmp(keys[i], keys[j]) == 0;
	}
	assert_true(equal <= 4);
	arena_free(a);
}

static void
numbers_keep_their_order(void **state)
{
	static const int64_t numbers[] = { 0, 1, 9, 10, 24, 25, 26, 99, 100, 624, 625, 999, 15625,
	    ORDER_KEY_NUMBERS - 1 };
	struct arena *a = arena_new();
	const char *before = "";

	(void)state;
	assert_string_equal(order_key_of_number(a, 0), "bbbb");
	assert_string_equal(order_key_of_number(a, 26), "bbcc");
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const char *key = order_key_of_number(a, numbers[i]);

		assert_true(order_key_valid(key) && strcmp(before, key) < 0);
		before = key;
	}
	assert_string_equal(before, "zzzz");
	assert_null(order_key_of_number(a, -1));
	assert_null(order_key_of_number(a, ORDER_KEY_NUMBERS));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_letters_that_do_not_end_in_a),
		cmocka_unit_test(there_is_a_key_between_any_two),
		cmocka_unit_test(long_lists_keep_short_keys),
		cmocka_unit_test(one_place_takes_a_hundred_in_a_row),
		cmocka_unit_test(where_nothing_fits_the_neighbour_is_given_again),
		cmocka_unit_test(two_at_once_get_different_keys),
		cmocka_unit_test(numbers_keep_their_order),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
