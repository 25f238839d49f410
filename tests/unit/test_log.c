/* test_log.c -- lines for the operator, read back from standard error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "base/log.h"

/* Standard error goes into a file while a line is written. */
static FILE *written;
static int real_stderr;

static void
catch(void)
{
	written = tmpfile();
	assert_non_null(written);
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(written), STDERR_FILENO);
}

/* What was written since catch. */
static char *
caught(char text[8000])
{
	size_t length;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	rewind(written);
	length = fread(text, 1, 7999, written);
	text[length] = '\0';
	fclose(written);
	return text;
}

static void
a_line_says_when_how_urgent_and_what(void **state)
{
	char text[8000];

	(void)state;
	catch();
	log_line(LOG_LEVEL_WARN, "database", "error=%d try=%s", 2006, "again");
	caught(text);
	assert_memory_equal(text, "at=20", 5);
	assert_string_equal(text + 3 + 24, " level=warn event=database error=2006 try=again\n");
}

static void
less_urgent_lines_are_dropped(void **state)
{
	char text[8000];

	(void)state;
	catch();
	log_line(LOG_LEVEL_DEBUG, "dropped", "n=1");
	log_set_level(LOG_LEVEL_ERROR);
	log_line(LOG_LEVEL_WARN, "dropped", "n=2");
	log_line(LOG_LEVEL_ERROR, "kept", "n=3");
	log_set_level(LOG_LEVEL_DEBUG);
	log_line(LOG_LEVEL_DEBUG, "kept", "n=4");
	log_set_level(LOG_LEVEL_INFO);
	caught(text);
	assert_null(strstr(text, "dropped"));
	assert_non_null(strstr(text, "n=3"));
	assert_non_null(strstr(text, "n=4"));
}

static void
an_event_is_one_line_whatever_it_holds(void **state)
{
	char text[8000];

	(void)state;
	catch();
	log_line(LOG_LEVEL_INFO, "test", "value=%s", "a\nat=2026 level=info event=forged\r\x1b[2J");
	caught(text);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_null(strchr(text, '\r'));
	assert_null(strchr(text, '\x1b'));
}

static void
a_line_too_long_is_cut_and_still_ends(void **state)
{
	char text[8000];

	(void)state;
	catch();
	log_line(LOG_LEVEL_INFO, "long", "%*s", 7000, "x");
	caught(text);
	assert_true(strlen(text) <= 4096);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void
errno_survives_a_line(void **state)
{
	char text[8000];

	(void)state;
	catch();
	errno = ENOSPC;
	log_line(LOG_LEVEL_INFO, "test", "n=%d", 1);
	assert_int_equal(errno, ENOSPC);
	caught(text);
}

static void
foreign_text_is_quoted_and_escaped(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(log_quote(a, "plain text"), "\"plain text\"");
	assert_string_equal(log_quote(a, "a\"b\\c"), "\"a\\\"b\\\\c\"");
	assert_string_equal(log_quote(a, "a\nb\x7f\x1b"), "\"a\\x0ab\\x7f\\x1b\"");
	assert_string_equal(log_quote(a, "\xc2\x9b"), "\"\\xc2\\x9b\"");
	assert_string_equal(log_quote(a, NULL), "\"\"");
	arena_free(a);
}

static void
foreign_text_is_cut(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_int_equal(strlen(log_quote(a, arena_printf(a, "%900d", 1))), 502);
	arena_free(a);
}

static void
levels_have_names(void **state)
{
	enum log_level level = LOG_LEVEL_INFO;

	(void)state;
	assert_true(log_level_named("error", &level));
	assert_int_equal(level, LOG_LEVEL_ERROR);
	assert_true(log_level_named("debug", &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_false(log_level_named("loud", &level));
	assert_false(log_level_named("", &level));
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_when_how_urgent_and_what),
		cmocka_unit_test(less_urgent_lines_are_dropped),
		cmocka_unit_test(an_event_is_one_line_whatever_it_holds),
		cmocka_unit_test(a_line_too_long_is_cut_and_still_ends),
		cmocka_unit_test(errno_survives_a_line),
		cmocka_unit_test(foreign_text_is_quoted_and_escaped),
		cmocka_unit_test(foreign_text_is_cut),
		cmocka_unit_test(levels_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
