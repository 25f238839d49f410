/* test_text.c -- characters, percent-encoding and hashes of texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "scratch.h"

/* --- characters --- */

static void
a_character_has_one_to_four_bytes(void **state)
{
	(void)state;
	assert_int_equal(utf8_size("a", 1), 1);
	assert_int_equal(utf8_size("\x7f", 1), 1);
	assert_int_equal(utf8_size("ä", 2), 2);
	assert_int_equal(utf8_size("€", 3), 3);
	assert_int_equal(utf8_size("𝄞", 4), 4);
	assert_int_equal(utf8_size("\xf4\x8f\xbf\xbf", 4), 4); /* U+10FFFF */
	assert_int_equal(utf8_size("\xed\x9f\xbf", 3), 3);     /* the last before the surrogates */
	assert_int_equal(utf8_size("\xee\x80\x80", 3), 3);     /* the first behind them */
}

static void
what_is_no_character_has_no_size(void **state)
{
	static const char *const none[] = {
		"\x80", "\xbf" "a", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3" "a", "\xe2\x82" "a",
		"\xf0\x9d\x84" "a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(utf8_size(none[i], strlen(none[i])), 0);
	assert_int_equal(utf8_size("", 0), 0);
	assert_int_equal(utf8_size("ä", 1), 0);
	assert_int_equal(utf8_size("€", 2), 0);
	assert_int_equal(utf8_size("𝄞", 3), 0);
}

static void
characters_are_read_one_by_one(void **state)
{
	const char *at = "aä€𝄞";

	(void)state;
	assert_int_equal(utf8_next(&at), 'a');
	assert_int_equal(utf8_next(&at), 0xe4);
	assert_int_equal(utf8_next(&at), 0x20ac);
	assert_int_equal(utf8_next(&at), 0x1d11e);
	assert_int_equal(*at, '\0');
}

static void
characters_are_counted(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(""), 0);
	assert_int_equal(utf8_count("abc"), 3);
	assert_int_equal(utf8_count("aä€𝄞"), 4);
}

static void
the_first_characters_have_so_many_bytes(void **state)
{
	static const size_t bytes[] = { 0, 1, 3, 6, 10, 10 };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
		assert_int_equal(utf8_bytes("aä€𝄞", i), bytes[i]);
	assert_int_equal(utf8_bytes("", 3), 0);
}

static void
a_cut_is_between_two_characters(void **state)
{
	static const size_t cuts[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10 };

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		assert_int_equal(utf8_cut("aä€𝄞", i), cuts[i]);
}

/* --- percent-encoding --- */

static void
hexadecimal_digits_are_those_of_both_cases(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	(void)state;
	for (int c = -128; c < 128; c++) {
		const char *hit = c == '\0' ? NULL : strchr(digits, c);
		int place = hit == NULL ? -1 : (int)(hit - digits);

		assert_int_equal(hex_value((char)c), place >= 16 ? place - 6 : place);
	}
}

/* The text that encoded stands for; *strict as percent_decode has it. */
static const char *
decoded(const char *encoded, bool form, bool *strict)
{
	size_t length = strlen(encoded);
	const char *text = percent_decode(arena, encoded, &length, form, strict);

	assert_int_equal(strlen(text), length);
	return text;
}

static void
percent_encoding_is_undone_once(void **state)
{
	bool strict;

	(void)state;
	assert_string_equal(decoded("a%20b%C3%a4c%2541", false, &strict), "a bäc%41");
	assert_true(strict);
	assert_string_equal(decoded("", false, &strict), "");
	assert_true(strict);
}

static void
a_plus_is_a_space_in_a_form_alone(void **state)
{
	bool strict;

	(void)state;
	assert_string_equal(decoded("a+b%2Bc", true, &strict), "a b+c");
	assert_string_equal(decoded("a+b%2Bc", false, &strict), "a+b+c");
}

static void
a_percent_sign_without_two_digits_stays(void **state)
{
	static const char *const odd[] = { "%", "100%", "%4", "%g1", "%1g", "%%41", "a%-1" };
	bool strict;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_string_equal(decoded(odd[i], false, &strict), strcmp(odd[i], "%%41") == 0 ? "%A" : odd[i]);
		assert_false(strict);
	}
}

static void
an_encoded_nul_is_counted(void **state)
{
	size_t length = 5;
	bool strict;
	const char *text = percent_decode(arena, "a%00b", &length, false, &strict);

	(void)state;
	assert_true(strict);
	assert_int_equal(length, 3);
	assert_memory_equal(text, "a\0b", 4);
}

/* --- hashes --- */

static void
hashes_are_those_of_fnv_1a(void **state)
{
	(void)state;
	assert_true(text_hash(TEXT_HASH, "") == TEXT_HASH);
	assert_true(text_hash(TEXT_HASH, "a") == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(text_hash(TEXT_HASH, "foobar") == UINT64_C(0x85944171f73967e8));
	assert_true(text_hash(text_hash(TEXT_HASH, "foo"), "bar") == text_hash(TEXT_HASH, "foobar"));
}

static void
integers_are_written_whole(void **state)
{
	static const struct {
		int64_t n;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 9, "9" }, { 10, "10" }, { -1, "-1" }, { 9007199254740991, "9007199254740991" },
		{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
	};
	char text[INTEGER_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(integer_text(text, cases[i].n), strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
	assert_int_equal(unsigned_text(text, UINT64_MAX), 20);
	assert_string_equal(text, "18446744073709551615");
	assert_ptr_equal(text_digits(text, 12345, 3), text + 3);
	assert_memory_equal(text, "34546744073709551615", 21);
	assert_ptr_equal(text_digits(text, 7, 4), text + 4);
	assert_memory_equal(text, "0007", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_character_has_one_to_four_bytes),
		cmocka_unit_test(what_is_no_character_has_no_size),
		cmocka_unit_test(characters_are_read_one_by_one),
		cmocka_unit_test(characters_are_counted),
		cmocka_unit_test(the_first_characters_have_so_many_bytes),
		cmocka_unit_test(a_cut_is_between_two_characters),
		cmocka_unit_test(hexadecimal_digits_are_those_of_both_cases),
		cmocka_unit_test(percent_encoding_is_undone_once),
		cmocka_unit_test(a_plus_is_a_space_in_a_form_alone),
		cmocka_unit_test(a_percent_sign_without_two_digits_stays),
		cmocka_unit_test(an_encoded_nul_is_counted),
		cmocka_unit_test(hashes_are_those_of_fnv_1a),
		cmocka_unit_test(integers_are_written_whole),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
