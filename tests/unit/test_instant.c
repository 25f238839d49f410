/* test_instant.c -- instants, dates and zones; the changes of clocks in 2026 among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/instant.h"

enum {
	MINUTE = 60,
	HOUR = 3600
};

static int64_t
at(const char *text)
{
	int64_t instant = -1;

	if (!instant_parse(text, &instant))
		fail_msg("%s was refused", text);
	return instant;
}

static void
expect_text(int64_t instant, const char *text)
{
	char written[INSTANT_TEXT_SIZE];

	instant_format(instant, written);
	assert_string_equal(written, text);
}

/* What zone's clocks show at text: "2026-03-29 03:00:00 +7200". */
static void
expect_shown(const char *zone, const char *text, const char *shown)
{
	char date[DATE_TEXT_SIZE], line[64];
	int seconds, offset;

	assert_true(zone_date(zone, at(text), date, &seconds, &offset));
	snprintf(line, sizeof(line),
	    "%s %02d:%02d:%02d %+d", date, seconds / HOUR, seconds / MINUTE % 60, seconds % 60, offset);
	assert_string_equal(line, shown);
}

static void
expect_instant(const char *zone, const char *date, int seconds, const char *text)
{
	int64_t instant;

	assert_true(zone_instant(zone, date, seconds, &instant));
	expect_text(instant, text);
}

static void
now_is_between_2020_and_2100(void **state)
{
	(void)state;
	assert_in_range(instant_now(), at("2020-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"));
}

static void
an_instant_is_read_with_any_offset_and_precision(void **state)
{
	(void)state;
	assert_int_equal(at("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(at("2026-11-21T08:34:00.000Z"), INT64_C(1795250040000));
	assert_int_equal(at("2026-11-21 08:34:00z"), INT64_C(1795250040000));
	assert_int_equal(at("2026-11-21T09:34:00+01:00"), INT64_C(1795250040000));
	assert_int_equal(at("2026-11-21T03:04:00-05:30"), INT64_C(1795250040000));
	assert_int_equal(at("2026-11-21T08:34:00-00:00"), INT64_C(1795250040000));
	assert_int_equal(at("1970-01-01T00:00:00.1Z"), 100);
	assert_int_equal(at("1970-01-01T00:00:00.987654321Z"), 987);
	assert_int_equal(at("1969-12-31T23:59:59.999Z"), -1);
	assert_int_equal(at("2024-02-29T00:00:00Z") - at("2024-02-28T00:00:00Z"), 86400000);
}

static void
anything_else_is_no_instant(void **state)
{
	static const char *const texts[] = {
		"", "2026-11-21", "2026-11-21T08:34:00", "2026-11-21T08:34Z", "2026-11-21T08:34:60Z",
		"2026-11-21T24:00:00Z", "2026-11-21T08:60:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "0999-01-01T00:00:00Z",
		"10000-01-01T00:00:00Z", "2026-1-1T00:00:00Z", "2026-11-21T08:34:00.Z",
		"2026-11-21T08:34:00.1234567890Z", "2026-11-21T08:34:00,5Z", "2026-11-21T08:34:00Z ",
		" 2026-11-21T08:34:00Z", "2026-11-21t08:34:00Z", "2026-11-21T08:34:00+1:00", "2026-11-21T08:34:00+0100",
		"2026-11-21T08:34:00+24:00", "2026-11-21T08:34:00+01:60", "2026-11-21T08:34:00+01",
		"-2026-11-21T08:34:00Z", "1000-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01",
		"2026/11/21T08:34:00Z", "20261121T083400Z", "now", "1795250040000",
	};
	int64_t instant = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (instant_parse(texts[i], &instant))
			fail_msg("\"%s\" passed", texts[i]);
	assert_int_equal(instant, 77);
}

static void
an_instant_is_written_in_utc_with_milliseconds(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	expect_text(0, "1970-01-01T00:00:00.000Z");
	expect_text(-1, "1969-12-31T23:59:59.999Z");
	expect_text(INT64_C(1795250040123), "2026-11-21T08:34:00.123Z");
	expect_text(at("1000-01-01T00:00:00Z"), "1000-01-01T00:00:00.000Z");
	expect_text(at("9999-12-31T23:59:59.999Z"), "9999-12-31T23:59:59.999Z");
	expect_text(INT64_MAX, "9999-12-31T23:59:59.999Z");
	expect_text(INT64_MIN, "0000-01-01T00:00:00.000Z");
	assert_string_equal(instant_text(a, 1), "1970-01-01T00:00:00.001Z");
	arena_free(a);
}

static void
the_forms_of_sql_are_written_and_read(void **state)
{
	struct arena *a = arena_new();
	int64_t instant;

	(void)state;
	assert_string_equal(instant_sql(a, INT64_C(1795250040123)), "2026-11-21 08:34:00.123");
	assert_true(instant_from_sql("2026-11-21 08:34:00.123", &instant));
	assert_int_equal(instant, INT64_C(1795250040123));
	assert_true(instant_from_sql("2026-11-21 08:34:00", &instant));
	assert_int_equal(instant, INT64_C(1795250040000));
	assert_true(instant_from_sql("2026-11-21 08:34:00.123456", &instant));
	assert_int_equal(instant, INT64_C(1795250040123));
	assert_false(instant_from_sql("0000-00-00 00:00:00.000", &instant));
	assert_false(instant_from_sql("2026-11-21T08:34:00.123Z", &instant));
	assert_false(instant_from_sql("", &instant));
	arena_free(a);
}

static void
only_days_of_the_calendar_are_dates(void **state)
{
	static const char *const days[] = { "2026-11-21", "2024-02-29", "2000-02-29", "1000-01-01", "9999-12-31" };
	static const char *const others[] = {
		"", "2026-02-29", "1900-02-29", "2026-11-31", "2026-11-00", "2026-00-11", "2026-13-01", "0999-12-31",
		"2026-11-21 ", "2026-11-2", "26-11-21", "2026/11/21", "2026-11-21T", "-026-11-21", "21.11.2026",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (!date_valid(days[i]))
			fail_msg("%s was refused", days[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (date_valid(others[i]))
			fail_msg("\"%s\" passed", others[i]);
}

static void
days_are_counted_one_by_one_over_all_the_years(void **state)
{
	char date[DATE_TEXT_SIZE], before[DATE_TEXT_SIZE] = "0999-12-31";
	int64_t first = date_days("1000-01-01"), last = date_days("9999-12-31");

	(void)state;
	assert_int_equal(date_days("1970-01-01"), 0);
	assert_int_equal(date_days("2026-11-21"), 20778);
	assert_int_equal(last - first, 3287181);
	for (int64_t days = first; days <= last; days++) {
		date_from_days(days, date);
		if (!date_valid(date) || date_days(date) != days || strcmp(before, date) >= 0)
			fail_msg("day %lld became %s", (long long)days, date);
		memcpy(before, date, sizeof(before));
	}
}

static void
only_times_within_a_day_are_times(void **state)
{
	static const char *const times[] = { "00:00", "23:59", "08:34:00", "23:59:59" };
	static const char *const others[] = {
		"", "24:00", "12:60", "12:00:60", "1:00", "12:0", "12:00:", "12:00:0", "12:00:00.0", "12-00", " 12:00",
		"12:00 ", "12:00:00Z", "noon", "12:00:0a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (!time_valid(times[i]))
			fail_msg("%s was refused", times[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (time_valid(others[i]))
			fail_msg("\"%s\" passed", others[i]);
}

static void
zones_are_those_of_tzdata_and_nothing_else(void **state)
{
	static const char *const zones[] = {
		"UTC", "Europe/Berlin", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5",
	};
	static const char *const others[] = {
		"", "Europe", "Europe/Atlantis", "/etc/localtime", "/usr/share/zoneinfo/UTC", "../zoneinfo/UTC",
		"Europe/../UTC", "localtime", "posixrules", "right/UTC", "posix/UTC", "zone.tab", "tzdata.zi", "UTC\n",
		"CET-1CEST", ":UTC", "UTC0,M3", "Europe/Berlin ",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (!zone_known(zones[i]))
			fail_msg("%s was refused", zones[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (zone_known(others[i]))
			fail_msg("\"%s\" passed", others[i]);
}

static void
an_unknown_zone_is_said_to_be_unknown(void **state)
{
	char date[DATE_TEXT_SIZE];
	int64_t instant;

	(void)state;
	assert_false(zone_date("Europe/Atlantis", 0, date, NULL, NULL));
	assert_false(zone_instant("Europe/Atlantis", "2026-01-01", 0, &instant));
	assert_false(zone_instant("UTC", "2026-02-30", 0, &instant));
}

static void
the_date_depends_on_the_zone(void **state)
{
	char date[DATE_TEXT_SIZE];

	(void)state;
	expect_shown("UTC", "2026-11-21T23:30:00Z", "2026-11-21 23:30:00 +0");
	expect_shown("Europe/Berlin", "2026-11-21T23:30:00Z", "2026-11-22 00:30:00 +3600");
	expect_shown("America/New_York", "2026-11-21T03:30:00Z", "2026-11-20 22:30:00 -18000");
	expect_shown("Asia/Kathmandu", "2026-11-21T18:15:00Z", "2026-11-22 00:00:00 +20700");
	expect_shown("Europe/Berlin", "1965-07-01T00:00:00Z", "1965-07-01 01:00:00 +3600");
	assert_true(zone_date("UTC", -1, date, NULL, NULL));
	assert_string_equal(date, "1969-12-31");
}

static void
berlins_clocks_change_in_2026(void **state)
{
	(void)state;
	expect_shown("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59 +3600");
	expect_shown("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00 +7200");
	expect_shown("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25 02:59:59 +7200");
	expect_shown("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25 02:00:00 +3600");
}

static void
an_instant_of_berlin_is_found_also_in_gap_and_overlap(void **state)
{
	(void)state;
	expect_instant("Europe/Berlin", "2026-01-15", 12 * HOUR, "2026-01-15T11:00:00.000Z");
	expect_instant("Europe/Berlin", "2026-07-15", 12 * HOUR, "2026-07-15T10:00:00.000Z");
	expect_instant("Europe/Berlin", "2026-03-29", 2 * HOUR - 1, "2026-03-29T00:59:59.000Z");
	expect_instant("Europe/Berlin", "2026-03-29", 2 * HOUR, "2026-03-29T01:00:00.000Z");
	expect_instant("Europe/Berlin", "2026-03-29", 2 * HOUR + 30 * MINUTE, "2026-03-29T01:30:00.000Z");
	expect_instant("Europe/Berlin", "2026-03-29", 3 * HOUR, "2026-03-29T01:00:00.000Z");
	expect_instant("Europe/Berlin", "2026-10-25", 2 * HOUR - 1, "2026-10-24T23:59:59.000Z");
	expect_instant("Europe/Berlin", "2026-10-25", 2 * HOUR, "2026-10-25T00:00:00.000Z");
	expect_instant("Europe/Berlin", "2026-10-25", 2 * HOUR + 30 * MINUTE, "2026-10-25T00:30:00.000Z");
	expect_instant("Europe/Berlin", "2026-10-25", 3 * HOUR, "2026-10-25T02:00:00.000Z");
}

static void
an_instant_of_new_york_is_found_also_in_gap_and_overlap(void **state)
{
	(void)state;
	expect_instant("America/New_York", "2026-03-08", 2 * HOUR - 1, "2026-03-08T06:59:59.000Z");
	expect_instant("America/New_York", "2026-03-08", 2 * HOUR + 30 * MINUTE, "2026-03-08T07:30:00.000Z");
	expect_instant("America/New_York", "2026-03-08", 3 * HOUR, "2026-03-08T07:00:00.000Z");
	expect_instant("America/New_York", "2026-11-01", HOUR + 30 * MINUTE, "2026-11-01T05:30:00.000Z");
	expect_instant("America/New_York", "2026-11-01", 2 * HOUR, "2026-11-01T07:00:00.000Z");
	expect_instant("America/New_York", "2026-11-01", 0, "2026-11-01T04:00:00.000Z");
}

static void
other_clocks_are_right_too(void **state)
{
	(void)state;
	expect_instant("UTC", "2026-11-21", 8 * HOUR, "2026-11-21T08:00:00.000Z");
	/* An overlap of half an hour. */
	expect_instant("Australia/Lord_Howe", "2026-04-05", HOUR + 45 * MINUTE, "2026-04-04T14:45:00.000Z");
	/* A day that Samoa left out. */
	expect_instant("Pacific/Apia", "2011-12-30", 12 * HOUR, "2011-12-30T22:00:00.000Z");
	expect_instant("Pacific/Kiritimati", "2026-01-01", 0, "2025-12-31T10:00:00.000Z");
}

static void
instants_survive_the_way_through_local_time(void **state)
{
	static const char *const zones[] = {
		"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
	};

	(void)state;
	for (size_t zone = 0; zone < 4; zone++) {
		for (int64_t instant = at("2026-01-01T00:00:00Z"); instant < at("2027-01-01T00:00:00Z");
		    instant += 900000) {
			char date[DATE_TEXT_SIZE];
			int seconds, offset, first_offset;
			int64_t back;

			assert_true(zone_date(zones[zone], instant, date, &seconds, &offset));
			assert_true(zone_instant(zones[zone], date, seconds, &back));
			if (back == instant)
				continue;
			/* The second time of an overlap: the first is found, at which the clocks show the same. */
			assert_true(back < instant && instant - back <= 3600000);
			assert_true(zone_date(zones[zone], back, date, NULL, &first_offset));
			assert_int_equal(first_offset - offset, (instant - back) / 1000);
		}
	}
}

static void
going_back_and_forth_between_zones_does_not_mix_them(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		expect_shown("Europe/Berlin", "2026-07-01T12:00:00Z", "2026-07-01 14:00:00 +7200");
		expect_shown("America/New_York", "2026-07-01T12:00:00Z", "2026-07-01 08:00:00 -14400");
		expect_shown("UTC", "2026-07-01T12:00:00Z", "2026-07-01 12:00:00 +0");
		assert_false(zone_known("Europe/Atlantis"));
	}
}

static void
the_steady_clock_goes_on_in_milliseconds(void **state)
{
	struct timespec pause = { .tv_nsec = 20 * 1000000 };
	int64_t start = steady_now(), passed;

	(void)state;
	nanosleep(&pause, NULL);
	passed = steady_now() - start;
	assert_true(passed >= 19 && passed < 60000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(now_is_between_2020_and_2100),
		cmocka_unit_test(an_instant_is_read_with_any_offset_and_precision),
		cmocka_unit_test(anything_else_is_no_instant),
		cmocka_unit_test(an_instant_is_written_in_utc_with_milliseconds),
		cmocka_unit_test(the_forms_of_sql_are_written_and_read),
		cmocka_unit_test(only_days_of_the_calendar_are_dates),
		cmocka_unit_test(days_are_counted_one_by_one_over_all_the_years),
		cmocka_unit_test(only_times_within_a_day_are_times),
		cmocka_unit_test(zones_are_those_of_tzdata_and_nothing_else),
		cmocka_unit_test(an_unknown_zone_is_said_to_be_unknown),
		cmocka_unit_test(the_date_depends_on_the_zone),
		cmocka_unit_test(berlins_clocks_change_in_2026),
		cmocka_unit_test(an_instant_of_berlin_is_found_also_in_gap_and_overlap),
		cmocka_unit_test(an_instant_of_new_york_is_found_also_in_gap_and_overlap),
		cmocka_unit_test(other_clocks_are_right_too),
		cmocka_unit_test(instants_survive_the_way_through_local_time),
		cmocka_unit_test(going_back_and_forth_between_zones_does_not_mix_them),
		cmocka_unit_test(the_steady_clock_goes_on_in_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
