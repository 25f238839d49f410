/* instant.c -- instants, calendar dates and time zones.  The proleptic Gregorian calendar is computed here.  Zones come
 * from libc and its tzdata, through TZ.  Nothing else in a worker reads local time, so TZ stays set to the last zone:
 * the next request of the space usually needs the same one. */
#include "base/instant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

enum {
	YEAR_MIN = 1000, /* the years DATETIME holds */
	YEAR_MAX = 9999,
	DAY_SECONDS = 86400,
	ZONE_MAX = 64 /* bytes of a zone's name */
};

static const char ZONE_FOLDER[] = "/usr/share/zoneinfo";

struct day {
	int64_t year;
	int month, day; /* from 1 */
};

/* Days since 1970-01-01.  The year is taken to begin in March, so that the leap day is its last. */
static int64_t
count_days(struct day day)
{
	int64_t year = day.month <= 2 ? day.year - 1 : day.year;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month = (day.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + day.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static struct day
split_days(int64_t days)
{
	int64_t shifted = days + 719468; /* since 0000-03-01 */
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct day day;

	day.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	day.month = (int)(month < 10 ? month + 3 : month - 9);
	day.year = year_of_era + era * 400 + (day.month <= 2);
	return day;
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

static int64_t
floor_divide(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

static int64_t
clamp(int64_t n, int64_t least, int64_t most)
{
	if (n < least)
		return least;
	return n > most ? most : n;
}

/* Read exactly count digits at *at, which moves past them. */
static bool
read_digits(const char **at, int count, int *number)
{
	*number = 0;
	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*number = *number * 10 + (**at - '0');
	}
	return true;
}

/* Read one of the characters in any at *at, which moves past it. */
static bool
read_char(const char **at, const char *any)
{
	if (**at == '\0' || strchr(any, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool
read_day(const char **at, struct day *day)
{
	int year;

	if (!read_digits(at, 4, &year) || !read_char(at, "-") ||
	    !read_digits(at, 2, &day->month) || !read_char(at, "-") ||
	    !read_digits(at, 2, &day->day))
		return false;
	day->year = year;
	return year >= YEAR_MIN && day->month >= 1 && day->month <= 12 &&
	    day->day >= 1 && day->day <= days_in_month(year, day->month);
}

/* Read HH:MM:SS as seconds. */
static bool
read_clock(const char **at, int *seconds)
{
	int hour, minute, second;

	if (!read_digits(at, 2, &hour) || !read_char(at, ":") ||
	    !read_digits(at, 2, &minute) || !read_char(at, ":") ||
	    !read_digits(at, 2, &second))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return hour <= 23 && minute <= 59 && second <= 59;
}

/* Read a fraction such as ".123456", with 1 to most digits, or nothing.  Digits beyond milliseconds are cut off. */
static bool
read_fraction(const char **at, int most, int *milliseconds)
{
	int digits = 0, unit = 100;

	*milliseconds = 0;
	if (!read_char(at, "."))
		return true;
	for (; **at >= '0' && **at <= '9'; (*at)++, digits++) {
		*milliseconds += (**at - '0') * unit;
		unit /= 10;
	}
	return digits >= 1 && digits <= most;
}

/* Read "Z", "+02:00" or "-05:30" as seconds east of UTC. */
static bool
read_offset(const char **at, int *offset)
{
	int hours, minutes;
	bool west = **at == '-';

	*offset = 0;
	if (read_char(at, "Zz"))
		return true;
	if (!read_char(at, "+-") || !read_digits(at, 2, &hours) || !read_char(at, ":") || !read_digits(at, 2, &minutes))
		return false;
	*offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return hours <= 23 && minutes <= 59;
}

/* Write "2026-11-21T08:34:00.000" with separator in place of the T: 23 bytes.  Instants outside the years 0 to 9999 are
 * clamped to them. */
static void
put_instant(char *at, int64_t instant, char separator)
{
	int64_t milliseconds, seconds, days;

	instant = clamp(instant, INT64_C(-62167219200000), INT64_C(253402300799999));
	seconds = floor_divide(instant, 1000);
	milliseconds = instant - seconds * 1000;
	days = floor_divide(seconds, DAY_SECONDS);
	seconds -= days * DAY_SECONDS;
	date_from_days(days, at);
	at[10] = separator;
	text_digits(at + 11, seconds / 3600, 2);
	at[13] = ':';
	text_digits(at + 14, seconds / 60 % 60, 2);
	at[16] = ':';
	text_digits(at + 17, seconds % 60, 2);
	at[19] = '.';
	text_digits(at + 20, milliseconds, 3);
}

static int64_t
make_instant(struct day day, int seconds, int milliseconds)
{
	return (count_days(day) * DAY_SECONDS + seconds) * 1000 + milliseconds;
}

static bool
well_formed(const char *zone)
{
	size_t length = strnlen(zone, ZONE_MAX + 1);

	if (length == 0 || length > ZONE_MAX || zone[0] == '/' || strstr(zone, "..") != NULL)
		return false;
	return strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == length;
}

/* False for tzdata's copies right/ and posix/, and for its names of this machine's own zone. */
static bool
one_of_ours(const char *zone)
{
	return strncmp(zone, "right/", 6) != 0 && strncmp(zone, "posix/", 6) != 0 &&
	    strcmp(zone, "localtime") != 0 && strcmp(zone, "posixrules") != 0;
}

/* True when tzdata has a file of this name, whose first bytes are those of a zone. */
static bool
in_tzdata(const char *zone)
{
	char path[sizeof(ZONE_FOLDER) + 1 + ZONE_MAX], magic[4] = { 0 };
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", ZONE_FOLDER, zone);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	got = fread(magic, 1, sizeof(magic), file);
	fclose(file);
	return got == sizeof(magic) && memcmp(magic, "TZif", sizeof(magic)) == 0;
}

/* Set libc's zone (TZ).  False when it is unknown. */
static bool
enter_zone(const char *zone)
{
	static char current[ZONE_MAX + 1];
	char value[ZONE_MAX + 2];

	if (strcmp(zone, current) == 0)
		return true;
	if (!zone_known(zone))
		return false;
	snprintf(value, sizeof(value), "%s", zone);
	if (setenv("TZ", value, 1) != 0)
		abort();
	tzset();
	memcpy(current, zone, strlen(zone) + 1);
	return true;
}

/* Seconds east of UTC in the zone entered, at second since 1970. */
static int
offset_at(int64_t second)
{
	time_t t = (time_t)second;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return 0;
	return (int)tm.tm_gmtoff;
}

int64_t
instant_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
steady_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool
instant_parse(const char *text, int64_t *instant)
{
	static const struct day first = { YEAR_MIN, 1, 1 }, behind = { YEAR_MAX + 1, 1, 1 };
	int seconds, milliseconds, offset;
	struct day day;
	int64_t read;

	if (!read_day(&text, &day) || !read_char(&text, "T ") || !read_clock(&text, &seconds) ||
	    !read_fraction(&text, 9, &milliseconds) || !read_offset(&text, &offset) || *text != '\0')
		return false;
	read = make_instant(day, seconds, milliseconds) - (int64_t)offset * 1000;
	if (read < make_instant(first, 0, 0) || read >= make_instant(behind, 0, 0))
		return false;
	*instant = read;
	return true;
}

void
instant_format(int64_t instant, char text[INSTANT_TEXT_SIZE])
{
	put_instant(text, instant, 'T');
	memcpy(text + 23, "Z", 2);
}

char *
instant_text(struct arena *a, int64_t instant)
{
	char *text = arena_alloc(a, INSTANT_TEXT_SIZE);

	instant_format(instant, text);
	return text;
}

char *
instant_sql(struct arena *a, int64_t instant)
{
	char *text = arena_alloc(a, INSTANT_TEXT_SIZE);

	put_instant(text, instant, ' ');
	return text;
}

bool
instant_from_sql(const char *text, int64_t *instant)
{
	int seconds, milliseconds;
	struct day day;

	if (!read_day(&text, &day) || !read_char(&text, " ") || !read_clock(&text, &seconds) ||
	    !read_fraction(&text, 6, &milliseconds) || *text != '\0')
		return false;
	*instant = make_instant(day, seconds, milliseconds);
	return true;
}

bool
date_valid(const char *text)
{
	struct day day;

	return read_day(&text, &day) && *text == '\0';
}

int64_t
date_days(const char *text)
{
	struct day day;

	if (!read_day(&text, &day))
		abort();
	return count_days(day);
}

void
date_from_days(int64_t days, char text[DATE_TEXT_SIZE])
{
	struct day day = split_days(clamp(days, -719528, 2932896)); /* 0000-01-01 to 9999-12-31 */

	text_digits(text, day.year, 4);
	text[4] = '-';
	text_digits(text + 5, day.month, 2);
	text[7] = '-';
	text_digits(text + 8, day.day, 2);
	text[10] = '\0';
}

bool
time_valid(const char *text)
{
	char whole[] = "HH:MM:00";
	const char *at = whole;
	size_t length = strnlen(text, 9);
	int seconds;

	if (length != 5 && length != 8)
		return false;
	memcpy(whole, text, length);
	return read_clock(&at, &seconds);
}

bool
zone_known(const char *zone)
{
	if (!well_formed(zone) || !one_of_ours(zone))
		return false;
	return strcmp(zone, "UTC") == 0 || in_tzdata(zone);
}

bool
zone_date(const char *zone, int64_t instant, char date[DATE_TEXT_SIZE], int *seconds_of_day, int *offset)
{
	int64_t second = floor_divide(instant, 1000), local, days;
	int east;

	if (!enter_zone(zone))
		return false;
	east = offset_at(second);
	local = second + east;
	days = floor_divide(local, DAY_SECONDS);
	date_from_days(days, date);
	if (seconds_of_day != NULL)
		*seconds_of_day = (int)(local - days * DAY_SECONDS);
	if (offset != NULL)
		*offset = east;
	return true;
}

bool
zone_instant(const char *zone, const char *date, int seconds_of_day, int64_t *instant)
{
	int64_t shown, first, second;
	int before, after;

	if (!date_valid(date) || !enter_zone(zone))
		return false;
	shown = date_days(date) * DAY_SECONDS + seconds_of_day;
	before = offset_at(shown - DAY_SECONDS); /* a day before, and after: no offset is as large */
	after = offset_at(shown + DAY_SECONDS);
	first = shown - before;
	second = shown - after;
	/* In an overlap, the offset before the change gives the earlier instant.  If neither offset fits, the time is
	 * in a gap, and the offset before the change is used. */
	if (offset_at(first) != before && offset_at(second) == after)
		first = second;
	*instant = first * 1000;
	return true;
}
