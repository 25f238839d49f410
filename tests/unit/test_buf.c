/* test_buf.c -- text that grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scratch.h"

static void
an_empty_one_is_an_empty_text(void **state)
{
	struct buf b;

	buf_init(&b, *state);
	assert_string_equal(b.text, "");
	assert_int_equal(b.length, 0);
	buf_clear(&b);
	buf_add(&b, NULL, 0);
	buf_text(&b, "");
	assert_string_equal(b.text, "");
}

static void
pieces_stand_in_the_order_in_which_they_came(void **state)
{
	struct buf b;

	buf_init(&b, *state);
	buf_text(&b, "one");
	buf_char(&b, ',');
	buf_add(&b, "twofold", 3);
	buf_printf(&b, ",%d,%s", 3, "four");
	assert_string_equal(b.text, "one,two,3,four");
	assert_int_equal(b.length, 14);
}

static void
it_grows_byte_by_byte_and_always_ends_in_nul(void **state)
{
	struct buf b;

	buf_init(&b, *state);
	for (size_t i = 0; i < 20000; i++) {
		buf_char(&b, (char)('a' + i % 26));
		assert_int_equal(b.length, i + 1);
		assert_int_equal(b.text[b.length], '\0');
		assert_true(b.room > b.length);
	}
	for (size_t i = 0; i < 20000; i++)
		assert_int_equal(b.text[i], 'a' + i % 26);
}

static void
formatted_text_of_every_length_fits(void **state)
{
	for (int width = 0; width < 600; width++) {
		struct buf b;

		buf_init(&b, *state);
		buf_text(&b, "<");
		buf_printf(&b, "%*s", width, "");
		buf_text(&b, ">");
		assert_int_equal(b.length, width + 2);
		assert_int_equal(strlen(b.text), width + 2);
		assert_int_equal(b.text[width + 1], '>');
	}
}

static void
bytes_with_a_nul_among_them_are_counted(void **state)
{
	struct buf b;

	buf_init(&b, *state);
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.length, 3);
	assert_memory_equal(b.text, "a\0b", 4);
}

static void
clearing_keeps_the_room(void **state)
{
	struct buf b;
	size_t room;

	buf_init(&b, *state);
	buf_printf(&b, "%5000d", 1);
	room = b.room;
	buf_clear(&b);
	assert_string_equal(b.text, "");
	buf_text(&b, "again");
	assert_string_equal(b.text, "again");
	assert_int_equal(b.room, room);
}

static void
room_that_was_made_is_written_to_in_place(void **state)
{
	struct buf b;
	char *at;

	buf_init(&b, *state);
	buf_text(&b, "a");
	at = buf_room(&b, 10000);
	assert_ptr_equal(at, b.text + 1);
	memset(at, 'b', 10000);
	buf_took(&b, 9999);
	assert_int_equal(b.length, 10000);
	assert_int_equal(b.text[10000], '\0');
	at = b.text;
	buf_char(&b, 'c');
	assert_ptr_equal(b.text, at);
	buf_took(&b, 0);
	assert_int_equal(strlen(b.text), 10001);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_one_is_an_empty_text, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(pieces_stand_in_the_order_in_which_they_came, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(it_grows_byte_by_byte_and_always_ends_in_nul, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(formatted_text_of_every_length_fits, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(bytes_with_a_nul_among_them_are_counted, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(clearing_keeps_the_room, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(room_that_was_made_is_written_to_in_place, open_arena, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
