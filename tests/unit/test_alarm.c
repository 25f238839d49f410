/* test_alarm.c -- alarms are raised once, counted, over, and raised anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "database.h"
#include "upkeep/alarm.h"

#define SPACE "0000000a-0000-7000-8000-000000000000"

static struct alarm *alarms;
static size_t count;

static void
raise(const char *kind, const char *subject, const char *detail)
{
	good(alarm_raise(db, arena, kind, subject, detail));
}

static void
look(const char *space)
{
	good(alarms_read(db, arena, space, &alarms, &count));
}

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	return 0;
}

static void
one_row_for_each_kind_and_subject(void **state)
{
	(void)state;
	look(NULL);
	assert_int_equal(count, 0);
	raise("disk", "", "5 % are free");
	raise("disk", "", "4 % are free");
	raise("backup-failed", SPACE, "no room");
	run_sql("UPDATE alarm SET raised_at = raised_at - INTERVAL 1 HOUR WHERE kind = 'disk'");
	look(NULL);
	assert_int_equal(count, 2);
	assert_string_equal(alarms[0].kind, "disk");
	assert_string_equal(alarms[0].subject, "");
	assert_string_equal(alarms[0].detail, "4 % are free");
	assert_int_equal(alarms[0].count, 2);
	assert_true(alarms[0].last_at >= alarms[0].raised_at + 3600 * 1000);
	assert_int_equal(alarms[1].count, 1);
	look(SPACE);
	assert_int_equal(count, 1);
	assert_string_equal(alarms[0].kind, "backup-failed");
}

static void
what_is_over_is_told_of_no_more_and_begins_anew(void **state)
{
	(void)state;
	raise("disk", "", "5 % are free");
	raise("disk", "", "5 % are free");
	run_sql("UPDATE alarm SET raised_at = raised_at - INTERVAL 1 DAY");
	good(alarm_clear(db, arena, "disk", "other"));
	good(alarm_clear(db, arena, "set-back", ""));
	look(NULL);
	assert_int_equal(count, 1);
	good(alarm_clear(db, arena, "disk", ""));
	look(NULL);
	assert_int_equal(count, 0);
	raise("disk", "", "3 % are free");
	look(NULL);
	assert_int_equal(count, 1);
	assert_int_equal(alarms[0].count, 1);
	assert_int_equal(number("SELECT raised_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR FROM alarm"), 1);
}

static void
a_long_detail_is_cut_between_two_characters(void **state)
{
	char *detail = arena_alloc(arena, 5001);

	(void)state;
	for (size_t i = 0; i < 2500; i++)
		memcpy(detail + 2 * i, "\xc3\xa4", 2);
	raise("disk", "", detail);
	look(NULL);
	assert_int_equal(utf8_count(alarms[0].detail), 1000);
	assert_int_equal(strlen(alarms[0].detail), 2000);
}

static void
each_kind_says_how_it_is_mended(void **state)
{
	(void)state;
	assert_true(alarm_known("set-back"));
	assert_non_null(strstr(alarm_mend("set-back"), "daybookctl restore --again"));
	assert_false(alarm_known("tea"));
	assert_non_null(strstr(alarm_mend("tea"), "daybookctl alarm clear"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_row_for_each_kind_and_subject, open_all, close_all),
		cmocka_unit_test_setup_teardown(what_is_over_is_told_of_no_more_and_begins_anew, open_all, close_all),
		cmocka_unit_test_setup_teardown(a_long_detail_is_cut_between_two_characters, open_all, close_all),
		cmocka_unit_test(each_kind_says_how_it_is_mended),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
