/* test_sniff.c -- what is taken for which kind of file, and what for none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/sniff.h"

#define JPEG "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x80\0\0\1\xe0\x8\6\0\0\0\xaa\xbb\xcc\xdd"
#define WEBP "RIFF\x38\0\0\0WEBPVP8 "
#define HEIC "\0\0\0\x18" "ftypheic\0\0\0\0mif1heic"
#define PDF "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

/* The type of a file of 64 bytes that begins with these, or "none". */
static const char *
type_of(const char *start, size_t length)
{
	unsigned char file[64] = { 0 };
	const char *type;

	memcpy(file, start, length);
	type = sniff_type(file, sizeof file, sizeof file);
	return type == NULL ? "none" : type;
}

#define TYPE_OF(start) type_of(start, sizeof(start) - 1)

static void
each_kind_is_known_by_its_beginning(void **state)
{
	(void)state;
	assert_string_equal(TYPE_OF(JPEG), "image/jpeg");
	assert_string_equal(TYPE_OF("\xff\xd8\xff\xe1\0\x20" "Exif"), "image/jpeg");
	assert_string_equal(TYPE_OF("\xff\xd8\xff\xdb\0\x20"), "image/jpeg");
	assert_string_equal(TYPE_OF(PNG), "image/png");
	assert_string_equal(TYPE_OF(WEBP), "image/webp");
	assert_string_equal(TYPE_OF("RIFF\x38\0\0\0WEBPVP8X"), "image/webp");
	assert_string_equal(TYPE_OF(HEIC), "image/heic");
	assert_string_equal(TYPE_OF("\0\0\0\x18" "ftypmif1\0\0\0\0heicmif1"), "image/heic");
	assert_string_equal(TYPE_OF("\0\0\0\x14" "ftypmif1\0\0\0\0miaf"), "image/heif");
	assert_string_equal(TYPE_OF(PDF), "application/pdf");
	assert_string_equal(TYPE_OF("%PDF-2.0\n"), "application/pdf");
}

static void
what_a_browser_would_run_is_none(void **state)
{
	(void)state;
	assert_string_equal(TYPE_OF("<!doctype html><script>"), "none");
	assert_string_equal(TYPE_OF("<svg xmlns=\"http://www.w3.org/2000/svg\">"), "none");
	assert_string_equal(TYPE_OF("<?xml version=\"1.0\"?><svg/>"), "none");
	assert_string_equal(TYPE_OF("\xef\xbb\xbf<html>"), "none");
	assert_string_equal(TYPE_OF("alert(1)"), "none");
	assert_string_equal(TYPE_OF("GIF89a"), "none");
	assert_string_equal(TYPE_OF("PK\3\4"), "none");
	assert_string_equal(TYPE_OF("MZ"), "none");
	assert_string_equal(TYPE_OF("\x7f" "ELF"), "none");
	assert_string_equal(TYPE_OF("id,date\n1,2021-01-01\n"), "none");
	assert_string_equal(TYPE_OF("\0\0\0\x18" "ftypmp42\0\0\0\0mp42isom"), "none");
	assert_string_equal(TYPE_OF("\0\0\0\x1c" "ftypavif\0\0\0\0avifmiafMA1B"), "none");
	assert_string_equal(TYPE_OF("RIFF\x38\0\0\0WAVEfmt "), "none");
	assert_string_equal(TYPE_OF(""), "none");
}

static void
a_magic_number_alone_is_not_enough(void **state)
{
	(void)state;
	assert_string_equal(TYPE_OF("\xff\xd8\xff"), "none");
	assert_string_equal(TYPE_OF("\xff\xd8\xff<script>"), "none");
	assert_string_equal(TYPE_OF("\xff\xd8\xff\xe0\xff\xff"), "none");
	assert_string_equal(TYPE_OF("\xff\xd8\xff\xe0\0\1"), "none");
	assert_string_equal(TYPE_OF("\x89PNG\r\n\x1a\n"), "none");
	assert_string_equal(TYPE_OF("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\1\xe0"), "none");
	assert_string_equal(TYPE_OF("RIFF\0\0\0\0WEBPVP8 "), "none");
	assert_string_equal(TYPE_OF("RIFF\xff\xff\xff\xffWEBPVP8 "), "none");
	assert_string_equal(TYPE_OF("\xff\xff\xff\xf8" "ftypheic"), "none");
	assert_string_equal(TYPE_OF("\0\0\0\x08" "ftypheic"), "none");
	assert_string_equal(TYPE_OF("\0\0\0\x15" "ftypheic"), "none");
	assert_string_equal(TYPE_OF(" %PDF-1.7"), "none");
	assert_string_equal(TYPE_OF("%PDF-9.9"), "none");
}

/* Every beginning of a sound file, alone: nothing is read behind its end (the sanitizers look). */
static void
a_file_cut_anywhere_is_read_to_its_end_and_no_further(void **state)
{
	static const struct { const char *bytes; size_t length; } files[] = {
		{ JPEG, sizeof JPEG - 1 }, { PNG, sizeof PNG - 1 }, { WEBP, sizeof WEBP - 1 },
		{ HEIC, sizeof HEIC - 1 }, { PDF, sizeof PDF - 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		for (size_t length = 0; length <= files[i].length; length++) {
			char *cut = test_malloc(length + 1);

			memcpy(cut, files[i].bytes, length);
			(void)sniff_type(cut, length, (int64_t)length);
			test_free(cut);
		}
}

static void
types_have_endings_and_only_pictures_are_shown(void **state)
{
	(void)state;
	assert_string_equal(sniff_extension("image/jpeg"), "jpg");
	assert_string_equal(sniff_extension("application/pdf"), "pdf");
	assert_string_equal(sniff_extension("text/html"), "bin");
	assert_true(sniff_is_image("image/heic"));
	assert_false(sniff_is_image("application/pdf"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_known_by_its_beginning),
		cmocka_unit_test(what_a_browser_would_run_is_none),
		cmocka_unit_test(a_magic_number_alone_is_not_enough),
		cmocka_unit_test(a_file_cut_anywhere_is_read_to_its_end_and_no_further),
		cmocka_unit_test(types_have_endings_and_only_pictures_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
