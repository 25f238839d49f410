/* cell_duration.c -- durations that are no numbers with units: with colons as on a stopwatch, as ISO 8601 writes them,
 * and as hours and minutes of a clock. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cells.h"

enum {
	COUNT_MAX = 999999 /* hours, minutes or seconds; more is refused before it is multiplied */
};

bool
field_is_duration(const struct field *f)
{
	return f->type == FIELD_INTEGER && f->format != NULL && strcmp(f->format, "duration") == 0;
}

static struct problem *
keep(struct arena *a, const struct field *f, int64_t milliseconds, struct cell_notes *notes, const char **canonical)
{
	int64_t seconds = (milliseconds + 500) / 1000;

	notes->rounded = milliseconds % 1000 != 0;
	return field_read_text(a, f, arena_printf(a, "%lld", (long long)seconds), canonical);
}

/* Read digits, of any number but a value of COUNT_MAX at most.  Returns how many there were, or 0. */
static size_t
read_count(const char **at, int64_t *value)
{
	size_t n = 0;

	for (*value = 0; isdigit((unsigned char)(*at)[n]); n++)
		if ((*value = *value * 10 + ((*at)[n] - '0')) > COUNT_MAX)
			return 0;
	*at += n;
	return n;
}

/* Read the digits behind a decimal sign as thousandths of one; later digits round. */
static bool
read_thousandths(const char **at, int64_t *thousandths)
{
	int64_t weight = 1000;

	*thousandths = 0;
	if (**at != '.' && **at != ',')
		return true;
	if (!isdigit((unsigned char)*++*at))
		return false;
	for (; isdigit((unsigned char)**at) && weight > 1; ++*at)
		*thousandths += (**at - '0') * (weight /= 10);
	*thousandths += **at >= '5' && **at <= '9';
	*at += strspn(*at, "0123456789");
	return true;
}

/* ---- with colons ---- */

/* "8:30", "08:30:00.5": *count says how many numbers there are, two or three. */
static bool
read_colons(const char **at, int64_t n[3], int64_t *thousandths, size_t *count)
{
	for (*count = 0; *count < 3; ++*count) {
		size_t digits;

		if (*count > 0 && (**at != ':' || !isdigit((unsigned char)*++*at)))
			break;
		digits = read_count(at, &n[*count]);
		if (digits == 0 || (*count > 0 && (digits != 2 || n[*count] > 59)))
			return false;
	}
	return *count >= 2 && read_thousandths(at, thousandths);
}

/* What stands behind "18:25": 'm' for minutes and seconds, 'h' for hours and minutes, ' ' for nothing, 0 for anything
 * else. */
static char
word_behind(const char *at)
{
	static const char hours[] = " h hr hrs hour hours std stunden hs ", minutes[] = " m min mins minutes minuten ";
	char word[16];

	at += strspn(at, " ");
	if (*at == '\0')
		return ' ';
	if (strlen(at) > 10)
		return 0;
	for (size_t i = 0; i <= strlen(at); i++)
		word[i + 1] = (char)tolower((unsigned char)at[i]);
	word[0] = ' ';
	strcpy(word + 1 + strlen(at) - (at[strlen(at) - 1] == '.'), " ");
	return strstr(hours, word) != NULL ? 'h' : strstr(minutes, word) != NULL ? 'm' : 0;
}

static struct problem *
read_stopwatch(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical)
{
	int64_t n[3] = { 0 }, thousandths = 0;
	const char *at = plain;
	size_t count;
	char word = read_colons(&at, n, &thousandths, &count) ? word_behind(at) : 0;
	bool minutes = word == 'm' || (word == ' ' && unit_of(f, rules) == UNIT_MINUTES);

	if (word == 0 || (word == 'm' && count == 3) || (count == 2 && !minutes && thousandths > 0))
		return cell_bad(a, f, "must be a duration, such as 8:30 or 08:30:00");
	if (count == 2 && minutes)
		return keep(a, f, (n[0] * 60 + n[1]) * 1000 + thousandths, notes, canonical);
	return keep(a, f, (n[0] * 3600 + n[1] * 60 + n[2]) * 1000 + thousandths, notes, canonical);
}

/* ---- ISO 8601 ---- */

/* "PT8H30M", "P1DT2H", "PT1805.456S": each letter at most once and in this order; a fraction in the last number. */
static bool
read_iso(const char *at, int64_t *milliseconds)
{
	static const char letters[] = "DTHMS";
	static const int64_t sizes[] = { 86400, 0, 3600, 60, 1 };
	size_t next = 0, parts = 0;

	*milliseconds = 0;
	for (at++; *at != '\0';) {
		int64_t n = 0, thousandths = 0;
		bool counts = isdigit((unsigned char)*at);
		const char *letter;

		if (counts && (read_count(&at, &n) == 0 || !read_thousandths(&at, &thousandths)))
			return false;
		letter = *at == '\0' ? NULL : strchr(letters + next, toupper((unsigned char)*at));
		if (letter == NULL || counts == (*letter == 'T') || (thousandths > 0 && at[1] != '\0') ||
		    (counts && *letter != 'D' && next < 2))
			return false;
		next = (size_t)(letter - letters) + 1;
		*milliseconds += (n * 1000 + thousandths) * sizes[next - 1];
		parts += counts;
		at++;
	}
	return parts > 0;
}

/* ---- as on a clock ---- */

/* "8.30", "8,30", "830", "0830", "8": hours, then two digits of minutes. */
static bool
read_clock(const char *at, int64_t *milliseconds)
{
	int64_t hours, minutes = 0;
	size_t digits = read_count(&at, &hours);

	if (digits == 0 || digits > 4)
		return false;
	if (digits > 2) {
		minutes = hours % 100;
		hours /= 100;
	} else if (*at == '.' || *at == ',') {
		at++;
		if (read_count(&at, &minutes) != 2)
			return false;
	}
	*milliseconds = (hours * 60 + minutes) * 60000;
	return *at == '\0' && minutes < 60;
}

struct problem *
duration_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical, bool *found)
{
	int64_t milliseconds;

	*found = true;
	if (strchr(plain, ':') != NULL)
		return read_stopwatch(a, f, rules, plain, notes, canonical);
	if (*plain == 'P' || *plain == 'p') {
		if (!read_iso(plain, &milliseconds))
			return cell_bad(a, f, "must be a duration, such as PT8H30M");
		return keep(a, f, milliseconds, notes, canonical);
	}
	*found = unit_of(f, rules) == UNIT_CLOCK && plain[strspn(plain, "0123456789.,")] == '\0';
	if (!*found)
		return NULL;
	if (!read_clock(plain, &milliseconds))
		return cell_bad(a, f, "must be hours and minutes, such as 8.30 or 0830");
	return keep(a, f, milliseconds, notes, canonical);
}
