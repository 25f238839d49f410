/* test_multipart.c -- forms with files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/multipart.h"
#include "scratch.h"

static const char form[] = "multipart/form-data; boundary=xyz";

/* The parts as "name(filename)=bytes|…", or the problem's detail. */
static const char *
read_bytes(struct arena *a, const char *type, const char *body, size_t length)
{
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	struct problem *p;
	struct buf b;
	size_t count;

	if ((p = multipart_read(a, type, body, length, parts, &count)) != NULL)
		return p->kind == PROBLEM_MALFORMED ? p->detail : "another kind of problem";
	buf_init(&b, a);
	for (size_t i = 0; i < count; i++) {
		buf_printf(&b, "%s(%s)=", parts[i].name == NULL ? "-" : parts[i].name,
		    parts[i].filename == NULL ? "-" : parts[i].filename);
		buf_add(&b, parts[i].bytes, parts[i].length);
		buf_char(&b, '|');
	}
	return b.text;
}

static const char *
read_form(struct arena *a, const char *body)
{
	return read_bytes(a, form, body, strlen(body));
}

static void
a_form_has_fields_and_files(void **state)
{
	assert_string_equal(read_form(*state,
	    "--xyz\r\nContent-Disposition: form-data; name=\"date\"\r\n\r\n2026-11-21\r\n"
	    "--xyz\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a b.png\"\r\n"
	    "Content-Type: image/png\r\n\r\nPNG\r\n--not this\r\n--xyz--\r\n"),
	    "date(-)=2026-11-21|image(a b.png)=PNG\r\n--not this|");
	assert_string_equal(read_form(*state, "--xyz--\r\n"), "");
	assert_string_equal(read_form(*state, "--xyz\r\n\r\n\r\n--xyz--"), "-(-)=|");
}

static void
a_file_may_hold_any_bytes(void **state)
{
	static const char body[] =
	    "--xyz\r\nContent-Disposition: form-data; name=image; filename=x\r\n\r\na\0b\r\n--xyz--";
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	size_t count;

	assert_null(multipart_read(*state, form, body, sizeof body - 1, parts, &count));
	assert_int_equal(count, 1);
	assert_int_equal(parts[0].length, 3);
	assert_memory_equal(parts[0].bytes, "a\0b", 3);
}

static void
what_is_cut_off_is_refused(void **state)
{
	static const char body[] =
	    "--xyz\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nbytes\r\n--xyz--";

	for (size_t n = 0; n < sizeof body - 1; n++)
		assert_non_null(strstr(read_bytes(*state, form, body, n), "cannot be read"));
	assert_string_equal(read_bytes(*state, form, body, sizeof body - 1), "image(-)=bytes|");
}

static void
boundaries_are_needed(void **state)
{
	static const char body[] = "--xyz--";

	assert_non_null(strstr(read_bytes(*state, "multipart/form-data", body, 7), "not named"));
	assert_non_null(strstr(read_bytes(*state, "multipart/form-data; boundary=", body, 7), "not named"));
	assert_non_null(strstr(read_bytes(*state, "multipart/form-data; boundary=\"xyz", body, 7), "not named"));
	assert_non_null(strstr(read_bytes(*state, "multipart/form-data; boundary=abc", body, 7), "does not begin"));
	assert_string_equal(read_bytes(*state, "multipart/form-data; charset=utf-8; boundary=\"xyz\"", body, 7), "");
	assert_true(multipart_is(form));
	assert_true(multipart_is("Multipart/Form-Data"));
	assert_false(multipart_is("multipart/form-data2; boundary=xyz"));
	assert_false(multipart_is("application/json"));
	assert_false(multipart_is(NULL));
}

static void
parts_and_headers_are_bounded(void **state)
{
	struct buf b;

	buf_init(&b, *state);
	for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
		buf_text(&b, i == 0 ? "--xyz\r\n\r\n" : "\r\n--xyz\r\n\r\n");
	buf_text(&b, "\r\n--xyz--");
	assert_non_null(strstr(read_form(*state, b.text), "too many parts"));
	buf_clear(&b);
	buf_text(&b, "--xyz\r\nX: ");
	for (int i = 0; i < MULTIPART_HEADER_MAX; i++)
		buf_char(&b, 'x');
	buf_text(&b, "\r\n\r\n\r\n--xyz--");
	assert_non_null(strstr(read_form(*state, b.text), "do not end"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_form_has_fields_and_files),
		TEST(a_file_may_hold_any_bytes),
		TEST(what_is_cut_off_is_refused),
		TEST(boundaries_are_needed),
		TEST(parts_and_headers_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
