/* test_arena.c -- what the owners of an arena count on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

enum {
	MANY = 5000
};

static void
note(void *what)
{
	char **end = what;

	*(*end)++ = 'x';
}

/* A letter, and where the letters of those called before end. */
struct letter {
	char **end;
	char letter;
};

static void
note_letter(void *what)
{
	const struct letter *letter = what;

	*(*letter->end)++ = letter->letter;
}

static void
memory_comes_zeroed_also_after_a_reset(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 3; round++) {
		unsigned char *bytes = arena_alloc(a, 3000);

		for (int i = 0; i < 3000; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xee, 3000);
		arena_reset(a);
	}
	arena_free(a);
}

static void
every_piece_is_aligned_and_apart_from_the_others(void **state)
{
	static unsigned char *pieces[MANY];
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		size_t size = i % 97;

		pieces[i] = arena_alloc(a, size);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)(i % 251), size);
	}
	for (size_t i = 0; i < MANY; i++)
		for (size_t at = 0; at < i % 97; at++)
			assert_int_equal(pieces[i][at], i % 251);
	arena_free(a);
}

static void
a_big_piece_is_given_whole_between_small_ones(void **state)
{
	struct arena *a = arena_new();
	char *before = arena_strdup(a, "before"), *big = arena_alloc(a, 3 << 20), *after = arena_strdup(a, "after");

	(void)state;
	memset(big, 'b', 3 << 20);
	assert_string_equal(before, "before");
	assert_string_equal(after, "after");
	arena_free(a);
}

static void
nothing_at_all_may_be_asked_for(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_non_null(arena_alloc(a, 0));
	assert_string_equal(arena_memdup(a, NULL, 0), "");
	assert_null(arena_strdup(a, NULL));
	arena_free(a);
	arena_free(NULL);
}

static void
copies_end_in_a_nul_that_is_not_counted(void **state)
{
	static const char bytes[4] = { 'a', '\0', 'b', 'c' };
	struct arena *a = arena_new();
	char *copy = arena_memdup(a, bytes, 4);

	(void)state;
	assert_memory_equal(copy, bytes, 4);
	assert_int_equal(copy[4], '\0');
	assert_string_equal(arena_strndup(a, "mileage", 4), "mile");
	assert_string_equal(arena_strndup(a, "mi", 4), "mi");
	arena_free(a);
}

static void
formatted_text_is_as_long_as_it_needs_to_be(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_printf(a, "%s-%05d-%*s", "car", 42, 100000, "end");

	(void)state;
	assert_int_equal(strlen(text), 100010);
	assert_memory_equal(text, "car-00042-", 10);
	assert_string_equal(text + 100007, "end");
	arena_free(a);
}

static void
deferred_calls_run_at_reset_and_only_once(void **state)
{
	struct arena *a = arena_new();
	char seen[4] = { 0 }, *end = seen;

	(void)state;
	arena_defer(a, note, &end);
	arena_defer(a, note, &end);
	assert_string_equal(seen, "");
	arena_reset(a);
	assert_string_equal(seen, "xx");
	arena_reset(a);
	arena_free(a);
	assert_string_equal(seen, "xx");
}

static void
the_last_deferred_is_called_first(void **state)
{
	struct arena *a = arena_new();
	char seen[4] = { 0 }, *end = seen;
	struct letter letters[] = { { &end, '1' }, { &end, '2' }, { &end, '3' } };

	(void)state;
	for (int i = 0; i < 3; i++)
		arena_defer(a, note_letter, &letters[i]);
	arena_free(a);
	assert_string_equal(seen, "321");
}

static void
a_worker_can_reset_it_for_ever(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 50; i++)
			arena_printf(a, "%*d", i * 40, i);
		arena_alloc(a, 100000);
		arena_reset(a);
	}
	arena_free(a);
}

static void
what_a_reset_gives_back_is_counted_once(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	arena_take_freed();
	arena_alloc(a, 1000);
	arena_alloc(a, 1000000);
	assert_int_equal(arena_take_freed(), 0);
	arena_reset(a);
	assert_true(arena_take_freed() >= 1000000);
	assert_int_equal(arena_take_freed(), 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_reset_gives_back_is_counted_once),
		cmocka_unit_test(memory_comes_zeroed_also_after_a_reset),
		cmocka_unit_test(every_piece_is_aligned_and_apart_from_the_others),
		cmocka_unit_test(a_big_piece_is_given_whole_between_small_ones),
		cmocka_unit_test(nothing_at_all_may_be_asked_for),
		cmocka_unit_test(copies_end_in_a_nul_that_is_not_counted),
		cmocka_unit_test(formatted_text_is_as_long_as_it_needs_to_be),
		cmocka_unit_test(deferred_calls_run_at_reset_and_only_once),
		cmocka_unit_test(the_last_deferred_is_called_first),
		cmocka_unit_test(a_worker_can_reset_it_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
