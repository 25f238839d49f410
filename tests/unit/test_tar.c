/* test_tar.c -- headers of archives: what programs for tar read, and nothing that could be written in another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/tar.h"

static void
a_header_is_read_again(void **state)
{
	unsigned char block[TAR_BLOCK];
	char name[TAR_NAME_MAX + 1], longest[TAR_NAME_MAX + 1];
	int64_t size, seconds;

	(void)state;
	memset(longest, 'x', TAR_NAME_MAX);
	longest[TAR_NAME_MAX] = '\0';
	tar_header(block, longest, INT64_C(8589934591), INT64_C(8589934590));
	assert_true(tar_read(block, name, &size, &seconds));
	assert_string_equal(name, longest);
	assert_int_equal(size, INT64_C(8589934591));
	assert_int_equal(seconds, INT64_C(8589934590));
}

static void
a_header_is_that_of_ustar(void **state)
{
	unsigned char block[TAR_BLOCK];

	(void)state;
	tar_header(block, "daybook.json", 300, 1795250040);
	assert_string_equal((char *)block, "daybook.json");
	assert_memory_equal(block + 100, "0000644\0" "0000000\0" "0000000\0" "00000000454\0" "15300253570\0", 48);
	assert_memory_equal(block + 156, "0", 1);
	assert_memory_equal(block + 257, "ustar\0" "00", 8);
}

static void
a_header_with_any_other_byte_is_none(void **state)
{
	unsigned char block[TAR_BLOCK];
	char name[TAR_NAME_MAX + 1];
	int64_t size, seconds;

	(void)state;
	tar_header(block, "daybook.json", 300, 1795250040);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		for (int bit = 0; bit < 8; bit++) {
			block[i] ^= (unsigned char)(1 << bit);
			assert_false(tar_read(block, name, &size, &seconds));
			block[i] ^= (unsigned char)(1 << bit);
		}
	assert_true(tar_read(block, name, &size, &seconds));
	memset(block, 0, sizeof block);
	assert_false(tar_read(block, name, &size, &seconds));
}

static void
content_is_padded_to_whole_blocks(void **state)
{
	(void)state;
	assert_int_equal(tar_padding(0), 0);
	assert_int_equal(tar_padding(1), 511);
	assert_int_equal(tar_padding(512), 0);
	assert_int_equal(tar_padding(INT64_C(8589934591)), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_read_again),
		cmocka_unit_test(a_header_is_that_of_ustar),
		cmocka_unit_test(a_header_with_any_other_byte_is_none),
		cmocka_unit_test(content_is_padded_to_whole_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
