/* test_backup_keep.c -- which backups of the schedule stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "backup/backup.h"
#include "base/instant.h"

enum {
	MOST = 32
};

/* The backups that stay, as a text with a + for each that does and a - for each that does not. */
static const char *
kept_of(const struct backup_keeping *keeping, const char *const *ats, size_t count)
{
	static char text[MOST + 1];
	int64_t instants[MOST];
	bool kept[MOST];

	assert_true(count <= MOST);
	for (size_t i = 0; i < count; i++)
		assert_true(instant_parse(ats[i], &instants[i]));
	backups_choose(keeping, instants, count, kept);
	for (size_t i = 0; i < count; i++)
		text[i] = kept[i] ? '+' : '-';
	text[count] = '\0';
	return text;
}

#define KEPT(keeping, ...) \
	kept_of(keeping, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *))

static void
the_newest_stay(void **state)
{
	const struct backup_keeping two = { .last = 2, .zone = "UTC" }, none = { .zone = "UTC" };

	(void)state;
	assert_string_equal(KEPT(&two, "2026-12-01T10:00:00Z", "2026-12-01T09:00:00Z", "2026-12-01T08:00:00Z"), "++-");
	assert_string_equal(KEPT(&none, "2026-12-01T10:00:00Z"), "-");
}

static void
the_newest_of_each_day_stays_and_days_without_one_do_not_count(void **state)
{
	const struct backup_keeping days = { .days = 2, .zone = "UTC" };

	(void)state;
	assert_string_equal(KEPT(&days, "2026-12-01T10:00:00Z", "2026-12-01T09:00:00Z", "2026-11-20T23:59:59Z",
	    "2026-11-20T01:00:00Z", "2026-11-19T01:00:00Z"), "+-+--");
}

static void
a_day_is_one_of_the_space(void **state)
{
	const struct backup_keeping there = { .days = 2, .zone = "America/New_York" };
	const struct backup_keeping utc = { .days = 2, .zone = "UTC" };

	(void)state;
	assert_string_equal(KEPT(&there, "2026-12-01T04:00:00Z", "2026-11-30T20:00:00Z", "2026-11-30T04:00:00Z"),
	    "+-+");
	assert_string_equal(KEPT(&utc, "2026-12-01T04:00:00Z", "2026-11-30T20:00:00Z", "2026-11-30T04:00:00Z"),
	    "++-");
}

static void
a_week_begins_on_monday_and_a_month_on_its_first_day(void **state)
{
	const struct backup_keeping weeks = { .weeks = 2, .zone = "UTC" }, months = { .months = 2, .zone = "UTC" };

	(void)state;
	/* 2026-11-30 is a Monday. */
	assert_string_equal(KEPT(&weeks, "2026-12-02T10:00:00Z", "2026-11-30T00:00:00Z", "2026-11-29T23:00:00Z",
	    "2026-11-23T00:00:00Z", "2026-11-22T00:00:00Z"), "+-+--");
	assert_string_equal(KEPT(&months, "2027-01-02T10:00:00Z", "2027-01-01T00:00:00Z", "2026-12-31T23:00:00Z",
	    "2026-12-01T00:00:00Z", "2026-11-30T00:00:00Z"), "+-+--");
}

static void
one_that_any_of_them_wants_stays(void **state)
{
	const struct backup_keeping all = { 1, 2, 2, 2, "UTC" };

	(void)state;
	assert_string_equal(KEPT(&all, "2026-12-02T10:00:00Z", "2026-12-02T09:00:00Z", "2026-12-01T10:00:00Z",
	    "2026-11-29T10:00:00Z", "2026-11-28T10:00:00Z", "2026-10-01T10:00:00Z"), "+-++--");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_stay),
		cmocka_unit_test(the_newest_of_each_day_stays_and_days_without_one_do_not_count),
		cmocka_unit_test(a_day_is_one_of_the_space),
		cmocka_unit_test(a_week_begins_on_monday_and_a_month_on_its_first_day),
		cmocka_unit_test(one_that_any_of_them_wants_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
