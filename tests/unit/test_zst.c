/* test_zst.c -- packing texts, and refusing what claims to be packed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/zst.h"
#include "scratch.h"

enum {
	LONG = 300000
};

static void
what_was_packed_is_unpacked(void **state)
{
	size_t packed_size, again_size, size;
	char *text = arena_alloc(*state, LONG);
	void *packed, *again, *back;

	memset(text, 'a', LONG);
	random_bytes(text, 5000);
	packed = zst_pack(*state, text, LONG, &packed_size);
	again = zst_pack(*state, text, LONG, &again_size);
	assert_true(packed_size > 5000 && packed_size < 6000);
	assert_int_equal(again_size, packed_size);
	assert_memory_equal(again, packed, packed_size);
	back = zst_unpack(*state, packed, packed_size, LONG, &size);
	assert_non_null(back);
	assert_int_equal(size, LONG);
	assert_memory_equal(back, text, LONG);
}

static void
nothing_is_packed_too(void **state)
{
	size_t packed_size, size = 1;
	void *packed = zst_pack(*state, "", 0, &packed_size);

	assert_non_null(zst_unpack(*state, packed, packed_size, 0, &size));
	assert_int_equal(size, 0);
}

static void
more_than_is_asked_for_is_refused(void **state)
{
	size_t packed_size, size;
	char *text = arena_alloc(*state, LONG);
	void *packed = zst_pack(*state, text, LONG, &packed_size);

	assert_true(packed_size < 100);
	assert_null(zst_unpack(*state, packed, packed_size, LONG - 1, &size));
	assert_non_null(zst_unpack(*state, packed, packed_size, LONG, &size));
}

static void
what_is_not_exactly_one_frame_is_refused(void **state)
{
	static const char text[] = "a text that is long enough to be packed, and packed, and packed";
	size_t packed_size, size;
	unsigned char *packed = zst_pack(*state, text, sizeof text, &packed_size);
	unsigned char *two = arena_alloc(*state, 2 * packed_size);

	memcpy(two, packed, packed_size);
	memcpy(two + packed_size, packed, packed_size);
	assert_null(zst_unpack(*state, two, 2 * packed_size, LONG, &size));
	assert_null(zst_unpack(*state, two, packed_size + 1, LONG, &size));
	assert_null(zst_unpack(*state, text, sizeof text, LONG, &size));
	for (size_t i = 0; i < packed_size; i++)
		assert_null(zst_unpack(*state, packed, i, LONG, &size));
}

/* Some bits of a frame mean nothing; no other content ever comes of one. */
static void
a_changed_byte_never_gives_another_text(void **state)
{
	static const char text[] = "a text that is long enough to be packed, and packed, and packed";
	size_t packed_size, size, refused = 0;
	unsigned char *packed = zst_pack(*state, text, sizeof text, &packed_size);

	for (size_t i = 0; i < packed_size * 8; i++) {
		const void *back;

		packed[i / 8] ^= (unsigned char)(1 << i % 8);
		back = zst_unpack(*state, packed, packed_size, LONG, &size);
		refused += back == NULL;
		if (back != NULL)
			assert_true(size == sizeof text && memcmp(back, text, size) == 0);
		packed[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	assert_true(refused > packed_size * 8 - 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_packed_is_unpacked, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(nothing_is_packed_too, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(more_than_is_asked_for_is_refused, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_is_not_exactly_one_frame_is_refused, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(a_changed_byte_never_gives_another_text, open_arena, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
