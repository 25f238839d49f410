/* cell.c -- one reader for each kind of field.  Each turns a cell into the strict form of the API and gives that to
 * field_read_text, so that an import can write nothing that a request could not. */
#include "model/cell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/instant.h"
#include "base/text.h"

enum {
	MONEY_SCALE = 2,
	MONEY_UNIT = 100,
	NUMBER_BYTES_MAX = 60,
	SHORT_BYTES = 60
};

const char *const date_order_names[DATES_COUNT] = { "", "mdy", "dmy", "ymd" };

char *
text_loose(struct arena *a, const char *text)
{
	char *loose = arena_alloc(a, strlen(text) + 1);
	size_t n = 0;

	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80 || isalnum((unsigned char)*text))
			loose[n++] = (char)tolower((unsigned char)*text);
	return loose;
}

const char *
texts_meant(struct arena *a, const struct texts *texts, const char *text)
{
	const char *loose = text_loose(a, text), *found = NULL;

	if (texts_hold(texts, text))
		return text;
	for (size_t i = 0; i < texts->count; i++) {
		if (strcmp(text_loose(a, texts->all[i]), loose) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = texts->all[i];
	}
	return found;
}

char *
text_short(struct arena *a, const char *text)
{
	if (strlen(text) <= SHORT_BYTES)
		return arena_strdup(a, text);
	return arena_printf(a, "%.*s…", (int)utf8_cut(text, SHORT_BYTES), text);
}

char *
text_trimmed(struct arena *a, const char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n");
	for (length = strlen(text); length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL; length--)
		;
	return arena_strndup(a, text, length);
}

static struct problem *
bad_cell(struct arena *a, const struct field *f, const char *what)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "%s %s.", f->name, what);
}

/* ---- numbers ---- */

/* "1,234.5" gets its own message: where commas are decimal, it would be taken for 1.234. */
static bool
has_thousands(const char *text)
{
	const char *comma = strchr(text, ',');

	return comma != NULL && comma > text && isdigit((unsigned char)comma[-1]) &&
	    strspn(comma + 1, "0123456789") >= 3;
}

/* In a file with semicolons, 1.234 may mean 1234 or 1.234. */
static bool
dot_is_doubtful(const char *text)
{
	const char *dot = strchr(text, '.');

	return dot != NULL && strspn(dot + 1, "0123456789") == 3 && dot[4] == '\0';
}

/* Bring a number closer to the form of JSON: no plus sign, no leading zeros, a digit before the point.  NULL when it is
 * empty or too long. */
static const char *
tidy_number(struct arena *a, const char *text)
{
	const char *sign = *text == '-' ? "-" : "";

	text += *text == '-' || *text == '+';
	if (*text == '\0' || strlen(text) > NUMBER_BYTES_MAX)
		return NULL;
	while (text[0] == '0' && isdigit((unsigned char)text[1]))
		text++;
	return arena_printf(a, "%s%s%s", sign, *text == '.' ? "0" : "", text);
}

static struct problem *
find_number(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    const char **number)
{
	char *comma;

	*number = text = tidy_number(a, text);
	if (text == NULL)
		return bad_cell(a, f, "must be a number");
	if (!rules->decimal_comma)
		return has_thousands(text) ? bad_cell(a, f, "must be written without thousands separators") : NULL;
	if (strchr(text, '.') != NULL && strchr(text, ',') != NULL)
		return bad_cell(a, f, "must be written without thousands separators");
	if (dot_is_doubtful(text))
		return bad_cell(a, f,
		    "can be read as thousands or as decimals; write it without the dot or with a comma");
	*number = arena_strdup(a, text);
	if ((comma = strchr(*number, ',')) != NULL)
		*comma = '.';
	return NULL;
}

/* Round half away from zero to scale digits; notes->rounded says whether that changed the value. */
static struct problem *
round_number(struct arena *a, const struct field *f, const char *number, int scale,
    struct cell_notes *notes, int64_t *scaled)
{
	switch (decimal_round(number, scale, scaled, &notes->rounded)) {
	case DECIMAL_OK:
		return NULL;
	case DECIMAL_OUT_OF_RANGE:
		return bad_cell(a, f, "is too large a number");
	case DECIMAL_NOT_A_NUMBER:
	case DECIMAL_TOO_MANY_DIGITS:
	default:
		return bad_cell(a, f, "must be a number");
	}
}

static struct problem *
read_decimal(struct arena *a, const struct field *f, const char *number, struct cell_notes *notes,
    const char **canonical)
{
	struct problem *p;
	int64_t scaled;

	if ((p = round_number(a, f, number, f->scale, notes, &scaled)) != NULL)
		return p;
	return field_read_text(a, f, decimal_format(a, scaled, f->scale), canonical);
}

static struct problem *
read_amount(struct arena *a, const struct field *f, const char *number, struct cell_notes *notes,
    const char **canonical)
{
	struct problem *p;
	int64_t cents;

	if ((p = round_number(a, f, number, MONEY_SCALE, notes, &cents)) != NULL)
		return p;
	return field_read_text(a, f, decimal_format(a, cents, 0), canonical);
}

static struct problem *
read_number(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	const char *number;

	if ((p = find_number(a, f, rules, text, &number)) != NULL)
		return p;
	if (f->type == FIELD_DECIMAL)
		return read_decimal(a, f, number, notes, canonical);
	if (f->type == FIELD_MONEY)
		return read_amount(a, f, number, notes, canonical);
	return field_read_text(a, f, number, canonical);
}

/* ---- flags and choices ---- */

static struct problem *
read_flag(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	static const char *const yes[] = { "true", "1", "yes", "x", NULL }, *const no[] = { "false", "0", "no", NULL };
	const char *loose = text_loose(a, text);

	*canonical = NULL;
	for (size_t i = 0; yes[i] != NULL; i++)
		if (strcasecmp(text, yes[i]) == 0)
			*canonical = "true";
	for (size_t i = 0; no[i] != NULL; i++)
		if (strcasecmp(text, no[i]) == 0)
			*canonical = "false";
	if (strcmp(loose, text_loose(a, f->name)) == 0 || strcmp(loose, text_loose(a, f->label)) == 0)
		*canonical = "true";
	return *canonical != NULL ? NULL : bad_cell(a, f, "must be yes or no (true, 1, x; false, 0)");
}

/* The choice that matches text, else text itself. */
static const char *
find_choice(struct arena *a, const struct field *f, const char *text)
{
	/* A space's own choices are matched in choices.c. */
	const char *meant = f->from_field != NULL ? NULL : texts_meant(a, &f->choices, text);

	return meant != NULL ? meant : text;
}

/* ---- days and times ---- */

/* A day, a time of day, or both; what follows a full time is its offset from UTC. */
struct moment {
	bool has_day, has_time;
	char day[DATE_TEXT_SIZE];
	int hours, minutes, seconds;
	bool has_seconds;
	char fraction[12];  /* ".123" or "" */
	const char *offset; /* "Z", "+01:00", or "" */
};

/* Read up to most digits.  Returns how many there were. */
static int
read_digits(const char **at, int most, int *value)
{
	int n = 0;

	for (*value = 0; n < most && isdigit((unsigned char)**at); (*at)++, n++)
		*value = *value * 10 + (**at - '0');
	return n;
}

static bool
set_day(struct moment *m, int year, int month, int day)
{
	char text[40];

	snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
	if (!date_valid(text))
		return false;
	memcpy(m->day, text, sizeof m->day);
	return true;
}

/* For dates that end with the year: month and day are in the given order, or in the only order that is possible. */
static bool
settle_order(struct moment *m, enum date_order order, int first, int second, int year, struct cell_notes *notes)
{
	struct moment other = *m;
	bool mdy = set_day(m, year, first, second), dmy = set_day(&other, year, second, first);

	if (order == DATES_YMD || (!mdy && !dmy))
		return false;
	if (order == DATES_MDY)
		return mdy;
	if (order == DATES_DMY || !mdy) {
		*m = other;
		return dmy;
	}
	notes->ambiguous = dmy && first != second;
	return true;
}

/* Years of two digits are of this century.  They are accepted only if the order of dates is given. */
static bool
settle_short_year(struct moment *m, enum date_order order, const int n[3], struct cell_notes *notes)
{
	notes->short_year = true;
	if (order == DATES_YMD)
		return set_day(m, 2000 + n[0], n[1], n[2]);
	if (order != DATES_UNSAID)
		return settle_order(m, order, n[0], n[1], 2000 + n[2], notes);
	notes->ambiguous = set_day(m, 2000 + n[0], n[1], n[2]) || set_day(m, 2000 + n[2], n[0], n[1]) ||
	    set_day(m, 2000 + n[2], n[1], n[0]);
	return notes->ambiguous;
}

static bool
read_day(const char **at, enum date_order order, struct moment *m, struct cell_notes *notes)
{
	int n[3], digits[3];
	char separator;

	digits[0] = read_digits(at, 4, &n[0]);
	if ((separator = **at) == '\0' || strchr("/-.", separator) == NULL)
		return false;
	(*at)++;
	digits[1] = read_digits(at, 2, &n[1]);
	if (*(*at)++ != separator)
		return false;
	digits[2] = read_digits(at, 4, &n[2]);
	if (digits[0] == 0 || digits[1] == 0 || digits[2] == 0 || digits[0] == 3 || digits[2] == 3 ||
	    isdigit((unsigned char)**at))
		return false;
	m->has_day = true;
	if (digits[0] == 4)
		return digits[2] <= 2 && set_day(m, n[0], n[1], n[2]);
	if (digits[2] == 4)
		return settle_order(m, order, n[0], n[1], n[2], notes);
	return settle_short_year(m, order, n, notes);
}

/* Read "AM" or "p.m." after a time. */
static bool
read_half(const char **at, struct moment *m)
{
	const char *text = *at + strspn(*at, " ");
	bool afternoon = tolower((unsigned char)*text) == 'p';

	if (!afternoon && tolower((unsigned char)*text) != 'a')
		return true;
	text += 1 + (text[1] == '.');
	if (tolower((unsigned char)*text) != 'm' || m->hours < 1 || m->hours > 12)
		return false;
	*at = text + 1 + (text[1] == '.');
	m->hours = m->hours % 12 + (afternoon ? 12 : 0);
	return true;
}

static bool
read_fraction(const char **at, struct moment *m)
{
	size_t digits;

	if (**at != '.')
		return true;
	digits = strspn(*at + 1, "0123456789");
	if (digits == 0 || digits > 9)
		return false;
	snprintf(m->fraction, sizeof m->fraction, "%.*s", (int)digits + 1, *at);
	*at += digits + 1;
	return true;
}

static bool
read_time(const char **at, struct moment *m)
{
	m->has_time = true;
	if (read_digits(at, 2, &m->hours) == 0 || *(*at)++ != ':' || read_digits(at, 2, &m->minutes) != 2)
		return false;
	if (**at == ':') {
		(*at)++;
		m->has_seconds = true;
		if (read_digits(at, 2, &m->seconds) != 2 || !read_fraction(at, m))
			return false;
	}
	return read_half(at, m) && m->hours < 24 && m->minutes < 60 && m->seconds < 60;
}

/* Read an offset: nothing, "Z", "+01:00", or "+0100", which becomes "+01:00".  instant_parse checks its range. */
static bool
read_offset(struct arena *a, const char *at, struct moment *m)
{
	at += strspn(at, " ");
	m->offset = at;
	if (*at == '\0' || strcasecmp(at, "Z") == 0)
		return true;
	if (*at != '+' && *at != '-')
		return false;
	if (strlen(at) == 5)
		m->offset = arena_printf(a, "%.3s:%s", at, at + 3);
	return strlen(m->offset) == 6;
}

static bool
read_moment(struct arena *a, const char *text, enum date_order order, struct moment *m, struct cell_notes *notes)
{
	const char *at = text;

	*m = (struct moment){ .offset = "" };
	if (text[strcspn(text, "/-.:")] != ':') {
		if (!read_day(&at, order, m, notes))
			return false;
		if (*at == '\0')
			return true;
		if (*at != ' ' && *at != 'T' && *at != 't' && *at != ',')
			return false;
		at += 1 + strspn(at + 1, " ");
	}
	return read_time(&at, m) && read_offset(a, at, m);
}

static struct problem *
shown_never(struct arena *a, const struct field *f, const char *zone)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "%s is a time that the clocks of %s skipped.", f->name, zone);
}

/* The instant of a day and a time in a zone.  A time that is skipped there is refused; one that occurs twice is
 * noted. */
static struct problem *
in_zone(struct arena *a, const struct field *f, const char *zone, const struct moment *m, struct cell_notes *notes,
    int64_t *instant)
{
	int seconds = m->hours * 3600 + m->minutes * 60 + m->seconds, shown, offset, later;
	char day[DATE_TEXT_SIZE];
	int fraction = 0;

	if (!zone_instant(zone, m->day, seconds, instant) || !zone_date(zone, *instant, day, &shown, &offset))
		return problem_at(a, PROBLEM_INVALID, "zone", "There is no time zone \"%s\".", zone);
	if (shown != seconds || strcmp(day, m->day) != 0)
		return shown_never(a, f, zone);
	for (int step = 1800; step <= 7200; step += 1800)
		if (zone_date(zone, *instant + step * INT64_C(1000), day, &shown, &later) && shown == seconds &&
		    offset - later == step)
			notes->shown_twice = true;
	sscanf(m->fraction, ".%3d", &fraction);
	for (size_t digits = strlen(m->fraction); digits > 1 && digits < 4; digits++)
		fraction *= 10;
	*instant += fraction;
	return NULL;
}

static struct problem *
find_instant(struct arena *a, const struct field *f, const struct cell_rules *rules, const struct moment *m,
    struct cell_notes *notes, int64_t *instant)
{
	const char *text;

	if (m->offset[0] == '\0' && rules->zone == NULL)
		return bad_cell(a, f, "needs an offset from UTC, or zone= in the query (zone=Europe/Berlin)");
	if (m->offset[0] == '\0')
		return in_zone(a, f, rules->zone, m, notes, instant);
	text = arena_printf(a,
	    "%sT%02d:%02d:%02d%s%s", m->day, m->hours, m->minutes, m->seconds, m->fraction, m->offset);
	return instant_parse(text, instant) ? NULL : bad_cell(a, f, "has an impossible offset from UTC");
}

/* A value with an offset is converted to the query's zone before its day or time is taken. */
static struct problem *
turn_into_zone(struct arena *a, const struct field *f, const struct cell_rules *rules, struct moment *m,
    struct cell_notes *notes)
{
	struct problem *p;
	int64_t instant;
	int seconds;

	if (m->offset[0] == '\0' || rules->zone == NULL || !m->has_day)
		return NULL;
	if ((p = find_instant(a, f, rules, m, notes, &instant)) != NULL)
		return p;
	if (!zone_date(rules->zone, instant, m->day, &seconds, NULL))
		return problem_at(a, PROBLEM_INVALID, "zone", "There is no time zone \"%s\".", rules->zone);
	m->hours = seconds / 3600;
	m->minutes = seconds / 60 % 60;
	m->seconds = seconds % 60;
	return NULL;
}

static struct problem *
ask_for_order(struct arena *a, const struct field *f, const char *text)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "\"%s\" can be read as more than one day.", text_short(a, text));
}

static const char *const moment_words[FIELD_TYPE_COUNT] = {
	[FIELD_DATE] = "must be a day, such as 2026-11-21",
	[FIELD_TIME] = "must be a time of day, such as 08:34",
	[FIELD_INSTANT] = "must be a day and a time, such as 2026-11-21 08:34",
};

static struct problem *
read_moment_cell(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	struct moment m;
	int64_t instant;

	if (!read_moment(a, text, rules->dates, &m, notes))
		return bad_cell(a, f, moment_words[f->type]);
	if (notes->ambiguous && f->type != FIELD_TIME)
		return ask_for_order(a, f, text);
	if ((f->type != FIELD_TIME && !m.has_day) || (f->type != FIELD_DATE && !m.has_time))
		return bad_cell(a, f, moment_words[f->type]);
	if (f->type == FIELD_INSTANT) {
		if ((p = find_instant(a, f, rules, &m, notes, &instant)) != NULL)
			return p;
		return field_read_text(a, f, instant_text(a, instant), canonical);
	}
	if ((p = turn_into_zone(a, f, rules, &m, notes)) != NULL)
		return p;
	if (f->type == FIELD_DATE)
		return field_read_text(a, f, m.day, canonical);
	text = arena_printf(a, m.has_seconds ? "%02d:%02d:%02d" : "%02d:%02d", m.hours, m.minutes, m.seconds);
	return field_read_text(a, f, text, canonical);
}

/* ---- the cell ---- */

struct problem *
cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical)
{
	const char *bare = text_trimmed(a, text);

	*notes = (struct cell_notes){ .rounded = false };
	*canonical = NULL;
	if (*bare == '\0')
		return NULL;
	switch (f->type) {
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		return read_number(a, f, rules, csv_unguard(bare), notes, canonical);
	case FIELD_BOOLEAN:
		return read_flag(a, f, bare, canonical);
	case FIELD_DATE:
	case FIELD_TIME:
	case FIELD_INSTANT:
		return read_moment_cell(a, f, rules, bare, notes, canonical);
	case FIELD_CHOICE:
		return field_read_text(a, f, find_choice(a, f, csv_unguard(bare)), canonical);
	case FIELD_TEXT:
		return field_read_text(a, f, csv_unguard(text), canonical);
	default:
		return field_read_text(a, f, bare, canonical);
	}
}

struct problem *
cell_read_json(struct arena *a, const struct field *f, const struct cell_rules *rules, struct json_object *value,
    struct cell_notes *notes, const char **canonical)
{
	const char *number = json_number_text(value);
	bool is_text = json_object_is_type(value, json_type_string);

	*notes = (struct cell_notes){ .rounded = false };
	if (number != NULL && f->type == FIELD_DECIMAL)
		return read_decimal(a, f, number, notes, canonical);
	if (is_text && (f->type == FIELD_DATE || f->type == FIELD_TIME || f->type == FIELD_INSTANT))
		return read_moment_cell(a, f, rules, json_object_get_string(value), notes, canonical);
	if (is_text && f->type == FIELD_CHOICE)
		return field_read_text(a, f, find_choice(a, f, json_object_get_string(value)), canonical);
	return field_read(a, f, value, canonical);
}

const char *
cell_text(struct arena *a, const struct field *f, const char *value)
{
	int64_t cents;

	if (value == NULL)
		return "";
	if (f->type == FIELD_TEXT || f->type == FIELD_CHOICE)
		return csv_guard(a, value_plain(a, value));
	if (f->type != FIELD_MONEY)
		return value_plain(a, value);
	cents = value_scaled(f, value);
	return arena_printf(a, "%s%lld.%02lld", cents < 0 ? "-" : "",
	    (long long)(cents < 0 ? -cents : cents) / MONEY_UNIT, (long long)(cents < 0 ? -cents : cents) % MONEY_UNIT);
}
