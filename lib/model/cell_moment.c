/* cell_moment.c -- days and times as people write them.  The text is read in lower case from left to right: perhaps the
 * name of a weekday, a day in one of three forms, a time, an offset.  A day in numbers alone can be two days; a weekday
 * beside it tells which, or the query, or it is asked. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "cells.h"

enum {
	DAY_SECONDS = 86400,
	WORD_BYTES_MAX = 15,
	NO_WEEKDAY = -1
};

const char *const date_order_names[DATES_COUNT] = { "", "mdy", "dmy", "ymd" };

/* The names of months and weekdays in English, German, French, Spanish, Italian and Dutch, of months in Portuguese too,
 * long and short, with a blank around each. */
static const char *const month_names[12] = {
	" january jan januar jänner jän janvier janv enero ene gennaio gen januari janeiro ",
	" february feb februar feber février fév févr febrero febbraio febr februari fevereiro fev ",
	" march mar märz mär mrz mars marzo maart mrt março ",
	" april apr avril avr abril abr aprile ",
	" may mai mayo maggio mag mei maio ",
	" june jun juni juin junio giugno giu junho ",
	" july jul juli juillet juil julio luglio lug julho ",
	" august aug août aout agosto ago augustus ",
	" september sep sept septembre septiembre setiembre settembre set setembro ",
	" october oct oktober okt octobre octubre ottobre ott outubro out ",
	" november nov novembre noviembre novembro ",
	" december dec dezember dez décembre déc diciembre dic dicembre dezembro ",
};

static const char *const weekday_names[7] = {
	" sunday sun sonntag so dimanche dim domingo dom domenica zondag zo ",
	" monday mon montag mo lundi lun lunes lunedì maandag ma ",
	" tuesday tue tues dienstag di mardi mar martes martedì dinsdag ",
	" wednesday wed mittwoch mi mercredi mer miércoles mié mie mercoledì woensdag wo ",
	" thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì gio donderdag ",
	" friday fri freitag fr vendredi ven viernes vie venerdì vrijdag vr ",
	" saturday sat samstag sa sonnabend samedi sam sábado sáb sab sabato zaterdag za ",
};

/* How a day is read, and what is known so far. */
struct day_reader {
	enum date_order order;
	int weekday;            /* as named before the day, 0 for Sunday; or NO_WEEKDAY */
	struct cell_notes *notes;
	struct moment *m;
};

/* ---- letters and digits ---- */

static void
skip_blanks(const char **at)
{
	*at += strspn(*at, " ");
}

static bool
pass_char(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

/* Pass the word if it stands at *at, with no letter behind it. */
static bool
pass_word(const char **at, const char *word)
{
	size_t length = strlen(word);
	unsigned char next;

	if (strncmp(*at, word, length) != 0)
		return false;
	next = (unsigned char)(*at)[length];
	if (isalpha(next) || next >= 0x80)
		return false;
	*at += length;
	return true;
}

/* Read up to most digits.  Returns how many there were. */
static int
read_digits(const char **at, int most, int *value)
{
	int n = 0;

	for (*value = 0; n < most && isdigit((unsigned char)**at); (*at)++, n++)
		*value = *value * 10 + (**at - '0');
	return n;
}

/* Read a word and a point behind it, and find it in names.  Returns its place, or -1. */
static int
read_name(const char **at, const char *const *names, int count)
{
	char spaced[WORD_BYTES_MAX + 3] = " ";
	size_t length = 0;

	while (isalpha((unsigned char)(*at)[length]) || (unsigned char)(*at)[length] >= 0x80)
		length++;
	if (length < 2 || length > WORD_BYTES_MAX)
		return -1;
	memcpy(spaced + 1, *at, length);
	spaced[length + 1] = ' ';
	for (int i = 0; i < count; i++) {
		if (strstr(names[i], spaced) == NULL)
			continue;
		*at += length + ((*at)[length] == '.');
		return i;
	}
	return -1;
}

/* ---- days ---- */

static bool
set_day(struct moment *m, int year, int month, int day)
{
	char text[40];

	snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
	if (!date_valid(text))
		return false;
	memcpy(m->day, text, sizeof m->day);
	m->has_day = true;
	return true;
}

/* 1970-01-01 was a Thursday. */
static int
weekday_of(const char *day)
{
	return (int)(((date_days(day) + 4) % 7 + 7) % 7);
}

static bool
has_weekday(const struct day_reader *r, const struct moment *m)
{
	return r->weekday == NO_WEEKDAY || weekday_of(m->day) == r->weekday;
}

/* For dates that end with the year: month and day are in the given order, in the only order that is possible, or in the
 * only one that falls on the weekday. */
static bool
settle_order(struct day_reader *r, int first, int second, int year)
{
	struct moment mdy = *r->m, dmy = *r->m;
	bool is_mdy = set_day(&mdy, year, first, second), is_dmy = set_day(&dmy, year, second, first);

	if (r->order == DATES_YMD || (!is_mdy && !is_dmy))
		return false;
	if (r->order == DATES_UNSAID && is_mdy && is_dmy && first != second) {
		is_mdy = has_weekday(r, &mdy);
		is_dmy = has_weekday(r, &dmy);
		if (is_mdy == is_dmy)
			r->notes->asks = "dates";
	}
	if (r->order == DATES_DMY || (r->order == DATES_UNSAID && !is_mdy)) {
		*r->m = dmy;
		return is_dmy;
	}
	*r->m = mdy;
	return is_mdy;
}

/* Years of two digits are of this century.  They are accepted only if the order of dates is given. */
static bool
settle_short_year(struct day_reader *r, const int n[3])
{
	struct moment *m = r->m;

	r->notes->short_year = true;
	if (r->order == DATES_YMD)
		return set_day(m, 2000 + n[0], n[1], n[2]);
	if (r->order != DATES_UNSAID)
		return settle_order(r, n[0], n[1], 2000 + n[2]);
	if (!set_day(m, 2000 + n[0], n[1], n[2]) && !set_day(m, 2000 + n[2], n[0], n[1]) &&
	    !set_day(m, 2000 + n[2], n[1], n[0]))
		return false;
	r->notes->asks = "dates";
	return true;
}

/* "2026-11-21", "1/5/2016", "7. 3. 2026", "07.03.26" */
static bool
read_numbered_day(const char **at, struct day_reader *r)
{
	int n[3], digits[3];
	char separator = '\0';

	for (int i = 0; i < 3; i++) {
		digits[i] = read_digits(at, i == 1 ? 2 : 4, &n[i]);
		if (digits[i] == 0 || digits[i] == 3 || i == 2)
			break;
		skip_blanks(at);
		if (i == 0 && **at != '\0' && strchr("/-.", **at) != NULL)
			separator = **at;
		if (separator == '\0' || !pass_char(at, separator))
			return false;
		skip_blanks(at);
	}
	if (digits[0] == 0 || digits[0] == 3 || digits[1] == 0 || digits[2] == 0 || digits[2] == 3 ||
	    isdigit((unsigned char)**at))
		return false;
	if (digits[0] == 4)
		return digits[2] <= 2 && set_day(r->m, n[0], n[1], n[2]);
	if (digits[2] == 4)
		return settle_order(r, n[0], n[1], n[2]);
	return settle_short_year(r, n);
}

/* "20260307".  The year comes first: at the end there would be one before 1900. */
static bool
read_compact_day(const char **at, struct day_reader *r)
{
	int year, month, day;

	if (strspn(*at, "0123456789") != 8)
		return false;
	read_digits(at, 4, &year);
	read_digits(at, 2, &month);
	read_digits(at, 2, &day);
	return year >= 1900 && year < 2100 && set_day(r->m, year, month, day);
}

/* What may stand between the parts of a day with a named month: "7-Mar-26", "7 de marzo de 2026", "March 7, 2026". */
static void
pass_between(const char **at)
{
	static const char *const small_words[] = { "de", "del", "of" };
	const char *before;

	do {
		before = *at;
		*at += strspn(*at, " -/.,");
		for (size_t i = 0; i < sizeof small_words / sizeof small_words[0]; i++)
			pass_word(at, small_words[i]);
	} while (*at != before);
}

/* "7th", "1er", "7º" */
static void
pass_ordinal(const char **at)
{
	static const char *const endings[] = { "st", "nd", "rd", "th", "er", "º", "ª", "°" };

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (pass_word(at, endings[i]))
			return;
}

/* Three parts, one of which is the name of a month: day month year, month day year, or year month day. */
static bool
settle_named(struct day_reader *r, const int n[3], const int digits[3], int month_at)
{
	int day = month_at == 0 ? 1 : 0, year = 2;

	if (month_at == 1 && (digits[0] == 4 || r->order == DATES_YMD)) {
		day = 2;
		year = 0;
	}
	if (digits[day] > 2 || (digits[year] != 4 && digits[year] != 2))
		return false;
	r->notes->short_year = digits[year] == 2;
	return set_day(r->m, n[year] + (digits[year] == 2 ? 2000 : 0), n[month_at], n[day]);
}

static bool
read_named_day(const char **at, struct day_reader *r)
{
	int n[3], digits[3], month_at = -1;

	for (int i = 0; i < 3; i++) {
		digits[i] = read_digits(at, 4, &n[i]);
		if (digits[i] > 0) {
			pass_ordinal(at);
		} else {
			if (month_at >= 0 || i == 2 || (n[i] = read_name(at, month_names, 12) + 1) == 0)
				return false;
			month_at = i;
		}
		if (i < 2)
			pass_between(at);
	}
	return month_at >= 0 && !isdigit((unsigned char)**at) && settle_named(r, n, digits, month_at);
}

/* True when a day can end at this place: nothing follows, or a time may. */
static bool
ends_day(const char *at)
{
	return *at == '\0' || strchr(" t,", *at) != NULL;
}

static bool
read_any_day(const char **at, struct day_reader *r)
{
	static bool (*const readers[])(const char **, struct day_reader *) = {
		read_numbered_day, read_compact_day, read_named_day
	};

	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		const char *end = *at;

		*r->notes = (struct cell_notes){ .asks = NULL };
		*r->m = (struct moment){ .has_day = false };
		if (!readers[i](&end, r) || !ends_day(end))
			continue;
		*at = end;
		return true;
	}
	return false;
}

/* Read a day, perhaps with a weekday before it, which it must fall on. */
static bool
read_day(const char **at, struct day_reader *r)
{
	const char *start = *at;

	r->weekday = NO_WEEKDAY;
	if (read_any_day(at, r))
		return true;
	*at = start;
	if ((r->weekday = read_name(at, weekday_names, 7)) < 0)
		return false;
	*at += strspn(*at, " ,");
	return read_any_day(at, r) && (r->notes->asks != NULL || has_weekday(r, r->m));
}

/* ---- times ---- */

/* The parts of a time as they are written. */
struct clock {
	int hours, minutes, seconds;
};

/* Read "am", "p.m.", "a. m." behind a time.  False when the hour cannot be such a one. */
static bool
read_half(const char **at, struct clock *c, bool *found)
{
	const char *text = *at + strspn(*at, " ");
	bool afternoon = *text == 'p';

	*found = false;
	if (!pass_char(&text, afternoon ? 'p' : 'a'))
		return true;
	if (pass_char(&text, '.'))
		skip_blanks(&text);
	if (!pass_word(&text, "m"))
		return false;
	pass_char(&text, '.');
	if (c->hours > 12 || (afternoon && c->hours == 0))
		return false;
	*at = text;
	*found = true;
	c->hours = c->hours % 12 + (afternoon ? 12 : 0);
	return true;
}

/* Read ".123" or ",123" into milliseconds; later digits are cut. */
static bool
read_fraction(const char **at, struct moment *m)
{
	int weight = 100;
	size_t digits;

	if (**at != '.' && **at != ',')
		return true;
	digits = strspn(++*at, "0123456789");
	for (size_t i = 0; i < digits && i < 3; i++, weight /= 10)
		m->milliseconds += ((*at)[i] - '0') * weight;
	*at += digits;
	return digits > 0 && digits <= 9;
}

/* "0830", and behind a day "083000" */
static bool
read_compact_time(const char **at, struct clock *c, struct moment *m)
{
	size_t digits = strspn(*at, "0123456789");

	if (digits != 4 && (digits != 6 || !m->has_day))
		return false;
	read_digits(at, 2, &c->hours);
	read_digits(at, 2, &c->minutes);
	m->has_seconds = digits == 6;
	return !m->has_seconds || (read_digits(at, 2, &c->seconds) == 2 && read_fraction(at, m));
}

/* "8:30", "8:30:05.5", "07.05" */
static bool
read_parted_time(const char **at, struct clock *c, struct moment *m)
{
	char separator = **at;

	++*at;
	if (read_digits(at, 2, &c->minutes) != 2)
		return false;
	if (**at != separator || !isdigit((unsigned char)(*at)[1]))
		return true;
	++*at;
	m->has_seconds = true;
	return read_digits(at, 2, &c->seconds) == 2 && read_fraction(at, m);
}

/* "7 Uhr", "7h", "7 h 05", "7 Uhr 30" */
static bool
read_hours_word(const char **at, struct clock *c)
{
	skip_blanks(at);
	if (strncmp(*at, "uhr", 3) == 0)
		*at += 3;
	else if (!pass_char(at, 'h'))
		return false;
	skip_blanks(at);
	return !isdigit((unsigned char)**at) || read_digits(at, 2, &c->minutes) == 2;
}

/* The digits of a time with what stands between them; *bare is true for hours alone, which need AM or PM. */
static bool
read_clock(const char **at, struct clock *c, struct moment *m, bool *bare)
{
	const char *start = *at;

	*bare = false;
	if (read_compact_time(at, c, m))
		return true;
	*at = start;
	if (read_digits(at, 2, &c->hours) == 0 || isdigit((unsigned char)**at))
		return false;
	if (**at == ':' || **at == '.')
		return read_parted_time(at, c, m);
	start = *at;
	if (read_hours_word(at, c))
		return true;
	*at = start;
	*bare = true;
	return true;
}

static bool
read_time(const char **at, struct moment *m)
{
	struct clock c = { 0 };
	bool bare, half;

	m->milliseconds = 0;
	if (!read_clock(at, &c, m, &bare) || !read_half(at, &c, &half) || (bare && !half))
		return false;
	if (!half) {
		const char *behind = *at + strspn(*at, " ");

		if (pass_word(&behind, "uhr") || pass_word(&behind, "h"))
			*at = behind;
	}
	m->has_time = true;
	m->seconds = c.hours * 3600 + c.minutes * 60 + c.seconds;
	return c.minutes < 60 && c.seconds < 60 && m->seconds + (m->milliseconds > 0) <= DAY_SECONDS;
}

/* Read an offset: nothing, "z", "utc", "+01:00", "+0100", "+1" behind utc or a time. */
static bool
read_offset(const char **at, struct moment *m)
{
	int hours, minutes = 0, digits;
	bool west, named;

	skip_blanks(at);
	if ((m->has_offset = pass_word(at, "z")))
		return true;
	m->has_offset = named = pass_word(at, "utc") || pass_word(at, "gmt");
	if (**at == '\0')
		return true;
	west = **at == '-';
	if (!pass_char(at, west ? '-' : '+') || (digits = read_digits(at, 2, &hours)) == 0)
		return false;
	if (**at != '\0' && (digits != 2 || (**at == ':' && !pass_char(at, ':')) || read_digits(at, 2, &minutes) != 2))
		return false;
	m->has_offset = true;
	m->offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return (digits == 2 || named) && hours < 24 && minutes < 60;
}

/* What may stand between a day and a time. */
static void
pass_to_time(const char **at)
{
	static const char *const words[] = { "at", "um", "à", "kl." };

	if (pass_char(at, 't'))
		return;
	*at += strspn(*at, " ,");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (pass_word(at, words[i]))
			skip_blanks(at);
}

/* ---- the cell ---- */

static bool
read_time_alone(const char *text, struct moment *m)
{
	*m = (struct moment){ .has_day = false };
	return read_time(&text, m) && read_offset(&text, m) && *text == '\0';
}

static bool
read_with_day(const char *text, enum date_order order, struct moment *m, struct cell_notes *notes)
{
	struct day_reader r = { .order = order, .notes = notes, .m = m };

	if (!read_day(&text, &r))
		return false;
	if (*text == '\0')
		return true;
	pass_to_time(&text);
	return read_time(&text, m) && read_offset(&text, m) && *text == '\0';
}

static const char *const moment_words[FIELD_TYPE_COUNT] = {
	[FIELD_DATE] = "must be a day, such as 2026-11-21",
	[FIELD_TIME] = "must be a time of day, such as 08:34",
	[FIELD_INSTANT] = "must be a day and a time, such as 2026-11-21 08:34",
};

static struct problem *
bad_moment(struct arena *a, const struct field *f)
{
	return cell_bad(a, f, moment_words[f->type] != NULL ? moment_words[f->type] : moment_words[FIELD_INSTANT]);
}

struct problem *
moment_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, struct moment *m)
{
	const char *plain = unicode_lower(a, cell_plain(a, text));

	*notes = (struct cell_notes){ .asks = NULL };
	if (f->type == FIELD_TIME && read_time_alone(plain, m))
		return NULL;
	if (!read_with_day(plain, rules->dates, m, notes)) {
		*notes = (struct cell_notes){ .asks = NULL };
		return read_time_alone(plain, m) ? NULL : bad_moment(a, f);
	}
	if (notes->asks == NULL || f->type == FIELD_TIME) {
		notes->asks = NULL;
		return NULL;
	}
	return problem_at(a, PROBLEM_INVALID, f->name,
	    "\"%s\" can be read as more than one day. Say dates=mdy, dates=dmy or dates=ymd.", text_short(a, text));
}

struct moment
moment_join(const struct moment *day, const struct moment *time)
{
	struct moment both = *time;

	both.has_day = day->has_day;
	memcpy(both.day, day->day, sizeof both.day);
	return both;
}

/* 24:00 is 0:00 of the next day.  False after the last day there is. */
static bool
turn_midnight(struct moment *m)
{
	char next[DATE_TEXT_SIZE];

	if (m->seconds < DAY_SECONDS)
		return true;
	m->seconds = 0;
	if (!m->has_day)
		return true;
	date_from_days(date_days(m->day) + 1, next);
	if (strcmp(next, m->day) == 0)
		return false;
	memcpy(m->day, next, sizeof next);
	return true;
}

/* ---- instants ---- */

static struct problem *
no_zone(struct arena *a, const char *zone)
{
	return problem_at(a, PROBLEM_INVALID, "zone", "There is no time zone \"%s\".", zone);
}

/* The instant by the offset of the moment. */
static struct problem *
by_offset(struct arena *a, const struct field *f, const struct moment *m, struct readings *readings)
{
	int east = m->offset < 0 ? -m->offset : m->offset;
	const char *text = arena_printf(a, "%sT%02d:%02d:%02d.%03d%c%02d:%02d", m->day, m->seconds / 3600,
	    m->seconds / 60 % 60, m->seconds % 60, m->milliseconds, m->offset < 0 ? '-' : '+', east / 3600,
	    east / 60 % 60);

	readings->count = 1;
	return instant_parse(text, &readings->at[0]) ? NULL : cell_bad(a, f, "has an impossible offset from UTC");
}

/* The instants at which the clocks of the zone show the moment. */
static struct problem *
by_zone(struct arena *a, const struct field *f, const char *zone, const struct moment *m, struct readings *readings)
{
	char day[DATE_TEXT_SIZE];
	int shown, offset, later;
	int64_t first;

	if (!zone_instant(zone, m->day, m->seconds, &first) || !zone_date(zone, first, day, &shown, &offset))
		return no_zone(a, zone);
	if (shown != m->seconds || strcmp(day, m->day) != 0)
		return problem_at(a, PROBLEM_INVALID, f->name,
		    "%s is a time that the clocks of %s skipped.", f->name, zone);
	*readings = (struct readings){ .count = 1, .at = { first + m->milliseconds } };
	for (int step = 1800; step <= 7200; step += 1800) {
		int64_t second = first + step * INT64_C(1000);

		if (zone_date(zone, second, day, &shown, &later) && shown == m->seconds && offset - later == step)
			*readings = (struct readings){ 2, { first + m->milliseconds, second + m->milliseconds } };
	}
	return NULL;
}

struct problem *
moment_instants(struct arena *a, const struct field *f, const char *zone, const struct moment *m,
    struct readings *readings)
{
	struct moment turned = *m;

	if (!m->has_day || !m->has_time || !turn_midnight(&turned))
		return bad_moment(a, f);
	if (m->has_offset)
		return by_offset(a, f, &turned, readings);
	if (zone == NULL)
		return cell_bad(a, f, "needs an offset from UTC, or zone= in the query (zone=Europe/Berlin)");
	return by_zone(a, f, zone, &turned, readings);
}

/* ---- the value of a field ---- */

static struct problem *
keep_instant(struct arena *a, const struct field *f, const struct cell_rules *rules, const struct moment *m,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	struct readings readings;

	if ((p = moment_instants(a, f, rules->zone, m, &readings)) != NULL)
		return p;
	notes->shown_twice = readings.count == 2;
	return field_read_text(a, f, instant_text(a, readings.at[0]), canonical);
}

/* A value with an offset is converted to the query's zone before its day or time is taken. */
static struct problem *
turn_into_zone(struct arena *a, const struct field *f, const struct cell_rules *rules, struct moment *m)
{
	struct problem *p;
	struct readings readings;

	if (!m->has_offset || rules->zone == NULL || !m->has_day)
		return NULL;
	if ((p = moment_instants(a, f, rules->zone, m, &readings)) != NULL)
		return p;
	return zone_date(rules->zone, readings.at[0], m->day, &m->seconds, NULL) ? NULL : no_zone(a, rules->zone);
}

struct problem *
moment_cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	struct moment m;

	if ((p = moment_read(a, f, rules, text, notes, &m)) != NULL)
		return p;
	if ((f->type != FIELD_TIME && !m.has_day) || (f->type != FIELD_DATE && !m.has_time))
		return bad_moment(a, f);
	if (f->type == FIELD_INSTANT)
		return keep_instant(a, f, rules, &m, notes, canonical);
	if ((p = turn_into_zone(a, f, rules, &m)) != NULL)
		return p;
	if (!turn_midnight(&m))
		return bad_moment(a, f);
	if (f->type == FIELD_DATE)
		return field_read_text(a, f, m.day, canonical);
	text = arena_printf(a, m.has_seconds ? "%02d:%02d:%02d" : "%02d:%02d", m.seconds / 3600, m.seconds / 60 % 60,
	    m.seconds % 60);
	return field_read_text(a, f, text, canonical);
}
