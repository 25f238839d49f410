/* test_file.c -- small files, read whole or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "place.h"

/* A file with this content, which drop() removes. */
static const char *
made(const char *content, size_t length)
{
	static char path[256];
	int fd = mkstemp(place_of("file", path, sizeof path));

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, length), length);
	close(fd);
	return path;
}

static void
a_file_is_read_whole(void **state)
{
	char room[16];
	size_t length;
	const char *path = made("one\0two", 7);

	(void)state;
	assert_int_equal(file_read(path, room, sizeof room, &length), 0);
	assert_int_equal(length, 7);
	assert_memory_equal(room, "one\0two", 7);
	assert_int_equal(file_read(path, room, 7, &length), 0);
	assert_int_equal(length, 7);
	unlink(path);
}

static void
one_that_is_larger_is_refused(void **state)
{
	char room[7] = "......";
	size_t length;
	const char *path = made("one two", 7);

	(void)state;
	assert_int_equal(file_read(path, room, 6, &length), EFBIG);
	assert_int_equal(length, 6);
	assert_memory_equal(room, "one tw", 7); /* nothing is written behind it */
	assert_int_equal(file_read(path, room, 0, &length), EFBIG);
	unlink(path);
}

static void
an_empty_file_has_no_bytes(void **state)
{
	char room[1];
	size_t length = 9;
	const char *path = made("", 0);

	(void)state;
	assert_int_equal(file_read(path, room, sizeof room, &length), 0);
	assert_int_equal(length, 0);
	unlink(path);
}

static void
what_cannot_be_read_says_why(void **state)
{
	char room[8];
	size_t length = 9;

	(void)state;
	assert_int_equal(file_read("/nowhere/at/all", room, sizeof room, &length), ENOENT);
	assert_int_equal(length, 0);
	assert_int_equal(file_read("/", room, sizeof room, &length), EISDIR);
}

static void
a_pipe_is_read_to_its_end(void **state)
{
	char room[16], path[64];
	size_t length;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "secret", 6), 6);
	close(ends[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
	assert_int_equal(file_read(path, room, sizeof room, &length), 0);
	assert_int_equal(length, 6);
	close(ends[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(one_that_is_larger_is_refused),
		cmocka_unit_test(an_empty_file_has_no_bytes),
		cmocka_unit_test(what_cannot_be_read_says_why),
		cmocka_unit_test(a_pipe_is_read_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
