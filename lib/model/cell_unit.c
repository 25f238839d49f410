/* cell_unit.c -- numbers with units: durations, weights, distances.  "182 lb", "13 st 4 lb", "25.0 mi", "8h 30m".  A
 * number that stands without a unit is in the one that the query or the header names, else in the field's own; but
 * hours, minutes and seconds are equally likely, so a duration without any is asked. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/unicode.h"
#include "cells.h"

enum {
	WORD_BYTES_MAX = 24
};

const char *const cell_unit_names[UNIT_COUNT] = {
	"", "seconds", "minutes", "hours", "clock", "kg", "lb", "st", "mi", "km"
};

enum dimension {
	DIMENSION_NONE,
	DIMENSION_TIME,
	DIMENSION_WEIGHT,
	DIMENSION_WAY
};

/* What one of a unit is, in parts of the field's own unit.  dimension_parts says how many of these make one of that. */
struct unit {
	const char *words;       /* with a blank around each */
	enum dimension dimension;
	enum cell_unit name;     /* UNIT_UNSAID: only known where it is written */
	int64_t size;
};

static const int64_t dimension_parts[] = {
	[DIMENSION_NONE] = 1, [DIMENSION_TIME] = 1000, [DIMENSION_WEIGHT] = 100000000, [DIMENSION_WAY] = 25146
};

/* The largest of a dimension first: the parts of a quantity go from large to small. */
static const struct unit units[] = {
	{ " d day days tag tage jour jours día días ", DIMENSION_TIME, UNIT_UNSAID, 86400000 },
	{ " h hr hrs hour hours std stunde stunden heure heures hora horas decimal ", DIMENSION_TIME, UNIT_HOURS,
	    3600000 },
	{ " m min mins minute minutes minuten minuto minutos ", DIMENSION_TIME, UNIT_MINUTES, 60000 },
	{ " s sec secs second seconds sek sekunde sekunden seconde secondes seg segundo segundos ", DIMENSION_TIME,
	    UNIT_SECONDS, 1000 },
	{ " ms millisecond milliseconds ", DIMENSION_TIME, UNIT_UNSAID, 1 },
	{ " st stone stones ", DIMENSION_WEIGHT, UNIT_ST, 635029318 },
	{ " kg kgs kilo kilos kilogram kilograms kilogramm ", DIMENSION_WEIGHT, UNIT_KG, 100000000 },
	{ " lb lbs pound pounds ", DIMENSION_WEIGHT, UNIT_LB, 45359237 },
	{ " mi mile miles meile meilen ", DIMENSION_WAY, UNIT_MI, 25146 },
	{ " km kms kilometer kilometers kilometre kilometres kilómetros ", DIMENSION_WAY, UNIT_KM, 15625 },
};

enum {
	UNITS = sizeof units / sizeof units[0]
};

static enum dimension
dimension_of(const struct field *f)
{
	if (field_is_duration(f))
		return DIMENSION_TIME;
	if (f->unit == NULL || (f->type != FIELD_INTEGER && f->type != FIELD_DECIMAL))
		return DIMENSION_NONE;
	if (strcmp(f->unit, "kg") == 0)
		return DIMENSION_WEIGHT;
	return strcmp(f->unit, "mi") == 0 ? DIMENSION_WAY : DIMENSION_NONE;
}

bool
field_has_units(const struct field *f)
{
	return f->type != FIELD_MONEY && f->unit != NULL;
}

/* The unit that values of the field are stored in. */
static enum cell_unit
own_unit(const struct field *f)
{
	static const enum cell_unit own[] = {
		[DIMENSION_NONE] = UNIT_UNSAID, [DIMENSION_TIME] = UNIT_SECONDS,
		[DIMENSION_WEIGHT] = UNIT_KG, [DIMENSION_WAY] = UNIT_MI
	};

	return own[dimension_of(f)];
}

enum cell_unit
unit_of(const struct field *f, const struct cell_rules *rules)
{
	enum cell_unit unit = rules->forms == NULL ? UNIT_UNSAID : rules->forms[f->index].unit;

	return unit == UNIT_UNSAID && !field_is_duration(f) ? own_unit(f) : unit;
}

static const struct unit *
unit_called(const char *word, enum dimension dimension)
{
	char spaced[WORD_BYTES_MAX + 3] = " ";

	if (*word == '\0' || strlen(word) > WORD_BYTES_MAX)
		return NULL;
	strcat(strcpy(spaced + 1, word), " ");
	for (size_t i = 0; i < UNITS; i++)
		if (units[i].dimension == dimension && strstr(units[i].words, spaced) != NULL)
			return &units[i];
	return NULL;
}

static const struct unit *
unit_named(enum cell_unit name)
{
	for (size_t i = 0; name != UNIT_UNSAID && i < UNITS; i++)
		if (units[i].name == name)
			return &units[i];
	return NULL;
}

/* ---- numbers and words ---- */

static bool
is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The length of the number at text: digits, the signs between them, and a sign before them.  An exponent is part of
 * it. */
static size_t
number_length(const char *text)
{
	size_t length = strspn(text, "+-("), digits = strspn(text + length, "0123456789.,' ()-");

	if (digits == 0)
		return 0;
	length += digits;
	if (tolower((unsigned char)text[length]) == 'e' && strspn(text + length + 1, "+-0123456789") > 0)
		length += 1 + strspn(text + length + 1, "+-0123456789");
	return length;
}

static size_t
word_length(const char *text)
{
	size_t length = 0;

	while (is_letter(text[length]))
		length++;
	return length;
}

bool
quantity_split(struct arena *a, const char *plain, struct quantity_part parts[QUANTITY_PARTS_MAX], size_t *count)
{
	const char *text = unicode_lower(a, plain);

	for (*count = 0; *text != '\0'; ++*count) {
		size_t length = number_length(text);
		const char *number = text_trimmed(a, arena_strndup(a, text, length));

		if (length == 0 || *count == QUANTITY_PARTS_MAX || number[strcspn(number, "0123456789")] == '\0')
			return false;
		text += length;
		length = word_length(text);
		parts[*count] = (struct quantity_part){ .number = number, .word = arena_strndup(a, text, length) };
		text += length + (length > 0 && text[length] == '.');
		text += strspn(text, length > 0 ? ", " : " ");
		if (length == 0 && *text != '\0')
			return false;
	}
	return *count > 0;
}

/* ---- values ---- */

static struct problem *
ask_for_unit(struct arena *a, const struct field *f, const char *plain, struct cell_notes *notes)
{
	notes->asks = "units";
	return problem_at(a, PROBLEM_INVALID, f->name,
	    "\"%s\" can be hours, minutes or seconds. Say units=%s:hours, units=%s:minutes, units=%s:seconds or "
	    "units=%s:clock (8.30 is 8 h 30 min).", text_short(a, plain), f->name, f->name, f->name, f->name);
}

/* The unit of part i.  A last number without a word is in the next smaller unit: "8h30", "13 st 4". */
static const struct unit *
unit_of_part(const struct field *f, const struct cell_rules *rules, const struct quantity_part *parts, size_t i,
    const struct unit *before)
{
	enum dimension dimension = dimension_of(f);

	if (parts[i].word[0] != '\0')
		return unit_called(parts[i].word, dimension);
	if (i == 0)
		return unit_named(unit_of(f, rules));
	if (before->name == UNIT_HOURS)
		return strlen(parts[i].number) <= 2 ? unit_named(UNIT_MINUTES) : NULL;
	return before->name == UNIT_ST ? unit_named(UNIT_LB) : NULL;
}

/* sum / (parts * 10^QUANTITY_SCALE) of the field's own unit, rounded half away from zero to what the field keeps. */
static struct problem *
keep_sum(struct arena *a, const struct field *f, __int128 sum, struct cell_notes *notes, const char **canonical)
{
	__int128 divisor = dimension_parts[dimension_of(f)], value, rest;

	for (int i = 0; i < QUANTITY_SCALE; i++)
		divisor *= 10;
	for (int i = 0; i < f->scale; i++)
		sum *= 10;
	value = sum / divisor;
	rest = sum % divisor;
	notes->rounded = notes->rounded || (rest != 0 && !notes->converted);
	if (2 * (rest < 0 ? -rest : rest) >= divisor)
		value += sum < 0 ? -1 : 1;
	if (value >= (__int128)1 << 53 || value <= -((__int128)1 << 53))
		return cell_bad(a, f, "is too large a number");
	return field_read_text(a, f, decimal_format(a, (int64_t)value, f->scale), canonical);
}

/* Add one part to *sum. */
static struct problem *
add_part(struct arena *a, const struct field *f, const struct cell_rules *rules, const struct quantity_part *part,
    const struct unit *unit, struct cell_notes *notes, __int128 *sum)
{
	struct problem *p;
	const char *number;
	int64_t scaled;
	bool rounded;

	if ((p = number_find(a, f, rules, part->number, notes, &number)) != NULL)
		return p;
	if (decimal_round(number, QUANTITY_SCALE, &scaled, &rounded) != DECIMAL_OK)
		return cell_bad(a, f, "must be a number");
	notes->rounded = notes->rounded || rounded;
	notes->converted = notes->converted || (!field_is_duration(f) && unit->name != own_unit(f));
	*sum += (__int128)scaled * unit->size;
	return NULL;
}

static const char *
words_for(const struct field *f)
{
	switch (dimension_of(f)) {
	case DIMENSION_TIME:
		return "must be a duration, such as 8:30, 8h 30m or 8.5 h";
	case DIMENSION_WEIGHT:
		return "must be a number, in kg, lb or st";
	case DIMENSION_WAY:
		return "must be a number, in mi or km";
	case DIMENSION_NONE:
	default:
		return "must be a number";
	}
}

/* Several parts, or one in another unit than the field's own. */
static struct problem *
read_parts(struct arena *a, const struct field *f, const struct cell_rules *rules, const struct quantity_part *parts,
    size_t count, struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	const struct unit *before = NULL;
	__int128 sum = 0;

	for (size_t i = 0; i < count; i++) {
		const struct unit *unit = unit_of_part(f, rules, parts, i, before);

		if (unit == NULL || (before != NULL && unit->size >= before->size) ||
		    (i > 0 && strchr("+-(", parts[i].number[0]) != NULL))
			return cell_bad(a, f, words_for(f));
		if ((p = add_part(a, f, rules, &parts[i], unit, notes, &sum)) != NULL)
			return p;
		before = unit;
	}
	return keep_sum(a, f, sum, notes, canonical);
}

/* True for one number in the field's own unit, which is written behind it or left out. */
static bool
is_in_own_unit(struct arena *a, const struct field *f, const struct cell_rules *rules,
    const struct quantity_part *parts, size_t count)
{
	const struct unit *unit;

	if (count != 1)
		return false;
	if (dimension_of(f) == DIMENSION_NONE)
		return parts[0].word[0] == '\0' || strcmp(parts[0].word, unicode_lower(a, f->unit)) == 0;
	unit = unit_of_part(f, rules, parts, 0, NULL);
	return unit != NULL && unit->name == own_unit(f);
}

/* True for a duration that is a number without a unit, where none is said.  Nothing is nothing in every unit. */
static bool
lacks_unit(const struct field *f, const struct cell_rules *rules, const struct quantity_part *parts, size_t count)
{
	return field_is_duration(f) && count == 1 && parts[0].word[0] == '\0' && unit_of(f, rules) == UNIT_UNSAID;
}

static bool
is_zero(const char *number)
{
	return number[strspn(number, "0.,")] == '\0';
}

struct problem *
quantity_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	struct quantity_part parts[QUANTITY_PARTS_MAX];
	const char *number;
	size_t count;
	bool found = false;

	if (field_is_duration(f) &&
	    ((p = duration_read(a, f, rules, plain, notes, canonical, &found)) != NULL || found))
		return p;
	if (!quantity_split(a, plain, parts, &count))
		return cell_bad(a, f, words_for(f));
	if (lacks_unit(f, rules, parts, count)) {
		if (is_zero(parts[0].number))
			return field_read_text(a, f, "0", canonical);
		return ask_for_unit(a, f, plain, notes);
	}
	if (!is_in_own_unit(a, f, rules, parts, count))
		return read_parts(a, f, rules, parts, count, notes, canonical);
	if ((p = number_find(a, f, rules, parts[0].number, notes, &number)) != NULL)
		return p;
	return number_keep(a, f, number, notes, canonical);
}

/* ---- what a query and a header say ---- */

static struct problem *
bad_units(struct arena *a, const char *part)
{
	return problem_at(a, PROBLEM_INVALID, "units",
	    "units: \"%s\" is no field and unit, such as duration:hours, kg:lb or miles:km.", text_short(a, part));
}

/* The unit of that name that the field can have, or UNIT_UNSAID. */
static enum cell_unit
unit_for(const struct field *f, const char *name)
{
	enum dimension dimension = dimension_of(f);

	if (dimension == DIMENSION_TIME && strcmp(name, cell_unit_names[UNIT_CLOCK]) == 0)
		return UNIT_CLOCK;
	for (size_t i = 0; i < UNITS; i++)
		if (units[i].dimension == dimension && dimension != DIMENSION_NONE && units[i].name != UNIT_UNSAID &&
		    strcmp(cell_unit_names[units[i].name], name) == 0)
			return units[i].name;
	return UNIT_UNSAID;
}

struct problem *
cell_units_read(struct arena *a, const struct collection *c, const char *text, struct cell_form *forms)
{
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		const char *part = arena_strndup(a, text, length), *colon = strchr(part, ':');
		const struct field *f =
		    colon == NULL ? NULL : collection_field(c, arena_strndup(a, part, (size_t)(colon - part)));

		if (f == NULL || (forms[f->index].unit = unit_for(f, colon + 1)) == UNIT_UNSAID)
			return bad_units(a, part);
		text += length;
		text += *text == ',';
	}
	return NULL;
}

/* Split a header into words: at everything that is no letter, and before a capital behind a small letter. */
static size_t
next_word(const char *text, const char **start)
{
	size_t length = 0;

	while (*text != '\0' && !is_letter(*text))
		text++;
	*start = text;
	while (is_letter(text[length]) &&
	    !(length > 0 && islower((unsigned char)text[length - 1]) && isupper((unsigned char)text[length])))
		length++;
	return length;
}

enum cell_unit
cell_unit_of_header(struct arena *a, const struct field *f, const char *header)
{
	enum cell_unit found = UNIT_UNSAID;
	enum dimension dimension = dimension_of(f);
	const char *word;

	if (dimension == DIMENSION_NONE)
		return UNIT_UNSAID;
	for (size_t length; (length = next_word(header, &word)) > 0; header = word + length) {
		const struct unit *unit = unit_called(unicode_lower(a, arena_strndup(a, word, length)), dimension);

		if (unit == NULL || unit->name == UNIT_UNSAID || unit->name == found)
			continue;
		if (found != UNIT_UNSAID)
			return UNIT_UNSAID;
		found = unit->name;
	}
	return found;
}
