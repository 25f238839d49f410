/* cell.c -- one reader for each kind of field.  Each turns a cell into the strict form of the API and gives that to
 * field_read_text, so that an import can write nothing that a request could not. */
#include "model/cell.h"

#include <ctype.h>
#include <string.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/text.h"
#include "base/unicode.h"
#include "cells.h"

enum {
	MONEY_UNIT = 100,
	SHORT_BYTES = 60
};

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
	return unicode_trimmed(a, text);
}

/* What stands for a character where texts are compared; NULL: itself. */
static const char *
plain_character(unsigned point)
{
	if (point == 0x2212 || (point >= 0x2010 && point <= 0x2013) || point == 0xfe63 || point == 0xff0d)
		return "-";
	if (point == 0x2018 || point == 0x2019 || point == 0x02bc)
		return "'";
	if ((point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
	    (point >= 0x2060 && point <= 0x2069) || point == 0xfeff || point == 0xad)
		return "";
	return unicode_is_blank(point) || unicode_is_control(point) ? " " : NULL;
}

char *
cell_plain(struct arena *a, const char *text)
{
	struct buf b;

	buf_init(&b, a);
	while (*text != '\0') {
		const char *start = text, *plain = plain_character(utf8_next(&text));

		if (plain != NULL)
			buf_text(&b, plain);
		else
			buf_add(&b, start, (size_t)(text - start));
	}
	return unicode_trimmed(a, b.text);
}

struct problem *
cell_bad(struct arena *a, const struct field *f, const char *what)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "%s %s.", f->name, what);
}

/* ---- flags and choices ---- */

/* A word that means yes or no, with a blank around each. */
static const char yes_words[] = " true 1 yes y x ja wahr oui vrai sí si verdadero ",
    no_words[] = " false 0 no n nein falsch non faux falso ";

static bool
has_word(struct arena *a, const char *words, const char *word)
{
	return strchr(word, ' ') == NULL && strstr(words, arena_printf(a, " %s ", word)) != NULL;
}

static struct problem *
read_flag(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	const char *loose = text_loose(a, text), *word = unicode_lower(a, cell_plain(a, text));

	if (has_word(a, yes_words, word) || strcmp(loose, text_loose(a, f->name)) == 0 ||
	    strcmp(loose, text_loose(a, f->label)) == 0)
		*canonical = "true";
	else if (has_word(a, no_words, word))
		*canonical = "false";
	return *canonical != NULL ? NULL : cell_bad(a, f, "must be yes or no (true, 1, x; false, 0)");
}

/* The choice that matches text, else text itself. */
static const char *
find_choice(struct arena *a, const struct field *f, const char *text)
{
	/* A space's own choices are matched in choices.c. */
	const char *meant = f->from_field != NULL ? NULL : texts_meant(a, &f->choices, text);

	return meant != NULL ? meant : text;
}

/* ---- the cell ---- */

static bool
is_number(const struct field *f)
{
	return f->type == FIELD_INTEGER || f->type == FIELD_DECIMAL || f->type == FIELD_MONEY;
}

struct problem *
cell_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical)
{
	const char *bare = text_trimmed(a, text);

	*notes = (struct cell_notes){ .asks = NULL };
	*canonical = NULL;
	if (*bare == '\0')
		return NULL;
	switch (f->type) {
	case FIELD_INTEGER:
	case FIELD_DECIMAL:
	case FIELD_MONEY:
		return number_read(a, f, rules, cell_plain(a, csv_unguard(bare)), notes, canonical);
	case FIELD_BOOLEAN:
		return read_flag(a, f, bare, canonical);
	case FIELD_DATE:
	case FIELD_TIME:
	case FIELD_INSTANT:
		return moment_cell_read(a, f, rules, bare, notes, canonical);
	case FIELD_CHOICE:
		return field_read_text(a, f, find_choice(a, f, csv_unguard(bare)), canonical);
	case FIELD_TEXT:
		return field_read_text(a, f, csv_unguard(text), canonical);
	default:
		return field_read_text(a, f, bare, canonical);
	}
}

/* Numbers of money are cents in JSON, so a text of digits alone could be either. */
static struct problem *
check_amount(struct arena *a, const struct field *f, const char *text)
{
	if (f->type != FIELD_MONEY || *text == '\0' || text[strspn(text, "-0123456789")] != '\0')
		return NULL;
	return cell_bad(a, f, "can be cents or not; write it as a number of cents, or with its decimals");
}

static struct problem *
read_json_text(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *text,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	const char *plain = cell_plain(a, text);

	if (is_number(f)) {
		if ((p = check_amount(a, f, plain)) != NULL)
			return p;
		return number_read(a, f, rules, plain, notes, canonical);
	}
	if (f->type == FIELD_DATE || f->type == FIELD_TIME || f->type == FIELD_INSTANT)
		return moment_cell_read(a, f, rules, text, notes, canonical);
	if (f->type == FIELD_BOOLEAN)
		return read_flag(a, f, text, canonical);
	return field_read_text(a, f, f->type == FIELD_CHOICE ? find_choice(a, f, text) : text, canonical);
}

/* True for fields whose value in JSON is a string that is more than its characters. */
static bool
reads_text(const struct field *f)
{
	return is_number(f) || f->type == FIELD_DATE || f->type == FIELD_TIME || f->type == FIELD_INSTANT ||
	    f->type == FIELD_BOOLEAN || f->type == FIELD_CHOICE;
}

struct problem *
cell_read_json(struct arena *a, const struct field *f, const struct cell_rules *rules, struct json_object *value,
    struct cell_notes *notes, const char **canonical)
{
	const char *number = json_number_text(value);

	*notes = (struct cell_notes){ .asks = NULL };
	*canonical = NULL;
	if (number != NULL && f->type == FIELD_DECIMAL)
		return number_keep(a, f, number, notes, canonical);
	if (reads_text(f) && json_object_is_type(value, json_type_string))
		return read_json_text(a, f, rules, json_object_get_string(value), notes, canonical);
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

/* ---- ids ---- */

const char *
cell_id(struct arena *a, const char *text)
{
	const char *id = text_trimmed(a, text);
	size_t digits = strspn(id, "0123456789"), zeros = id[digits] == '.' ? strspn(id + digits + 1, "0") : 0;

	return digits > 0 && zeros > 0 && id[digits + 1 + zeros] == '\0' ? arena_strndup(a, id, digits) : id;
}

char *
cell_id_key(struct arena *a, const char *id)
{
	return unicode_lower(a, id);
}
