/* test_charset.c -- the bytes of a file as UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/charset.h"
#include "base/json.h"
#include "scratch.h"

/* "charset: text", or the problem's field and detail. */
static const char *
read_as(struct arena *a, const char *charset, const char *bytes, size_t length)
{
	struct charset_text text;
	struct problem *p = charset_read(a, arena_memdup(a, bytes, length + 1), length, charset, &text);

	if (p != NULL) {
		assert_string_equal(p->field, "charset");
		return p->detail;
	}
	assert_int_equal(strlen(text.text), text.length);
	assert_true(text_is_clean(text.text, text.length));
	return arena_printf(a, "%s: %s", text.charset, text.text);
}

#define READ(charset, bytes) read_as(*state, charset, bytes, sizeof bytes - 1)

static void
fb15_the_charset_that_is_said_is_read(void **state)
{
	assert_string_equal(READ("iso-8859-1", "Stra\xdf" "e"), "iso-8859-1: Straße");
	assert_string_equal(READ("iso-8859-15", "5 \xa4"), "iso-8859-15: 5 €");
	assert_string_equal(READ("windows-1252", "\x80 \x93K\xf6ln\x94"), "windows-1252: € “Köln”");
	assert_string_equal(READ("windows-1250", "\xa3\xf3" "d\x9f"), "windows-1250: Łódź");
	assert_string_equal(READ("windows-1251", "\xcc\xee\xf1\xea\xe2\xe0"), "windows-1251: Москва");
	assert_string_equal(READ("macintosh", "Stra\xa7" "e M\x9fnchen"), "macintosh: Straße München");
	assert_string_equal(READ("utf-16le", "a\0\xdf\0\x3d\xd8\x00\xde"), "utf-16le: aß😀");
	assert_string_equal(READ("utf-16be", "\0a\0\xdf\xd8\x3d\xde\x00"), "utf-16be: aß😀");
	assert_string_equal(READ("utf-8", "Straße"), "utf-8: Straße");
}

static void
a_mark_decides_by_itself(void **state)
{
	assert_string_equal(READ(NULL, "\xef\xbb\xbf" "a\xc3\xb6"), "utf-8: aö");
	assert_string_equal(READ("windows-1252", "\xef\xbb\xbf" "a\xc3\xb6"), "utf-8: aö");
	assert_string_equal(READ(NULL, "\xff\xfe" "a\0\xf6\0"), "utf-16le: aö");
	assert_string_equal(READ("utf-16", "\xfe\xff\0a\0\xf6"), "utf-16be: aö");
	assert_string_equal(READ("iso-8859-1", "\xfe\xff\0a"), "utf-16be: a");
	assert_string_equal(READ(NULL, "\xff\xfe"), "utf-16le: ");
}

static void
utf_16_without_a_mark_shows_its_order_or_is_asked(void **state)
{
	assert_string_equal(READ("utf-16", "a\0,\0b\0"), "utf-16le: a,b");
	assert_string_equal(READ("utf-16", "\0a\0,\0b"), "utf-16be: a,b");
	assert_string_equal(READ("utf-16", "\x3d\xd8\x00\xde"),
	    "The order of bytes is not to be seen. Say charset=utf-16le or charset=utf-16be.");
}

static void
what_is_no_text_is_refused_with_its_line(void **state)
{
	assert_non_null(strstr(READ(NULL, "a\nStra\xdf" "e"), "Line 2 holds bytes that are not UTF-8 text. Say which"));
	assert_string_equal(READ("utf-8", "a\n\xdf"), "Line 2 holds bytes that are no text in utf-8.");
	assert_string_equal(READ("windows-1252", "a\n\n\x81"), "Line 3 holds bytes that are no text in windows-1252.");
	assert_string_equal(READ("iso-8859-1", "\x80"), "Line 1 holds bytes that are no text in iso-8859-1.");
	assert_string_equal(READ("macintosh", "a\0"), "Line 1 holds bytes that are no text in macintosh.");
	assert_string_equal(READ("utf-16le", "a\0\n\0b"), "Line 2 holds bytes that are no text in utf-16.");
	assert_string_equal(READ("utf-16le", "\x3d\xd8"), "Line 1 holds bytes that are no text in utf-16.");
	assert_string_equal(READ("utf-16le", "\x00\xde\x3d\xd8"), "Line 1 holds bytes that are no text in utf-16.");
	assert_string_equal(READ("utf-16le", "\0\0"), "Line 1 holds bytes that are no text in utf-16.");
}

static void
charsets_have_several_names(void **state)
{
	(void)state;
	assert_string_equal(charset_called("UTF-8"), "utf-8");
	assert_string_equal(charset_called("Latin1"), "iso-8859-1");
	assert_string_equal(charset_called("CP1252"), "windows-1252");
	for (size_t i = 0; charset_names[i] != NULL; i++)
		assert_string_equal(charset_called(charset_names[i]), charset_names[i]);
	assert_null(charset_called("utf-7"));
	assert_null(charset_called(""));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fb15_the_charset_that_is_said_is_read),
		cmocka_unit_test(a_mark_decides_by_itself),
		cmocka_unit_test(utf_16_without_a_mark_shows_its_order_or_is_asked),
		cmocka_unit_test(what_is_no_text_is_refused_with_its_line),
		cmocka_unit_test(charsets_have_several_names),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
