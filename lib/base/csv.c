/* csv.c -- CSV, read in one pass over the bytes: a row is cells, a cell is quoted or plain.  Nothing is repaired: a
 * file with a mistake is refused with the number of the line, because a row that is split in the wrong place is worse
 * than no row. */
#include "base/csv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"

/* What makes a spreadsheet run a cell as a formula.  The last four are the full-width forms, which East Asian editions
 * also accept. */
static const char *const formula_starts[] = {
	"=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20",
};

/* ---- reading ---- */

/* Find the first byte that is not UTF-8 text, such as in UTF-16, Latin-1 or binary data; the problem names its line. */
static struct problem *
check_text(struct arena *a, const char *text, size_t length)
{
	const char *end = text + length;

	if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return problem_new(a, PROBLEM_MALFORMED, "The file is UTF-16; please save it as CSV in UTF-8.");
	for (size_t line = 1; text < end; line++) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		size_t size = feed == NULL ? (size_t)(end - text) : (size_t)(feed - text) + 1;

		if (!text_is_clean(text, size))
			return problem_new(a, PROBLEM_MALFORMED, "Line %zu holds bytes that are not UTF-8 text.", line);
		text += size;
	}
	return NULL;
}

static bool
at_line_end(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == '\n' || *csv->at == '\r';
}

static void
pass_line_end(struct csv *csv)
{
	if (csv->at == csv->end)
		return;
	if (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n')
		csv->at++;
	csv->at++;
	csv->line++;
}

/* The separator that occurs most often in the first line, outside quotes; a comma if there is none. */
static char
find_delimiter(const struct csv *csv)
{
	static const char candidates[] = ",;\t";
	size_t counts[sizeof candidates] = { 0 }, best = 0;
	bool quoted = false;

	for (const char *at = csv->at; at < csv->end && (quoted || (*at != '\n' && *at != '\r')); at++) {
		const char *hit = *at == '\0' ? NULL : strchr(candidates, *at);

		if (*at == '"')
			quoted = !quoted;
		if (hit != NULL && !quoted)
			counts[hit - candidates]++;
	}
	for (size_t i = 1; candidates[i] != '\0'; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

/* A first line "sep=;", which Excel writes, names the separator.  False when the first line is anything else. */
static bool
read_separator(struct csv *csv)
{
	static const char start[] = "sep=";
	const char *at = csv->at;
	size_t quote = at < csv->end && *at == '"';

	at += quote;
	if ((size_t)(csv->end - at) < sizeof start || strncasecmp(at, start, sizeof start - 1) != 0)
		return false;
	at += sizeof start - 1;
	if (strchr("\"\r\n", *at) != NULL || isalnum((unsigned char)*at) || (unsigned char)*at >= 0x80)
		return false;
	csv->delimiter = *at++;
	if (quote > 0 && (at == csv->end || *at++ != '"'))
		return false;
	if (at < csv->end && *at != '\r' && *at != '\n')
		return false;
	csv->at = at;
	pass_line_end(csv);
	return true;
}

struct problem *
csv_open(struct arena *a, const char *text, size_t length, struct csv *csv)
{
	struct problem *p;

	if ((p = check_text(a, text, length)) != NULL)
		return p;
	*csv = (struct csv){ .at = text, .end = text + length, .line = 1 };
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		csv->at += 3;
	while (csv->at < csv->end && at_line_end(csv))
		pass_line_end(csv);
	if (!read_separator(csv))
		csv->delimiter = find_delimiter(csv);
	return NULL;
}

static const char *
read_plain(struct csv *csv, struct arena *a)
{
	const char *start = csv->at;

	while (!at_line_end(csv) && *csv->at != csv->delimiter)
		csv->at++;
	return arena_strndup(a, start, (size_t)(csv->at - start));
}

/* The content of a quoted cell: doubled quotes become one. */
static const char *
undouble(struct arena *a, const char *start, size_t length)
{
	char *text = arena_alloc(a, length + 1);
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		text[n++] = start[i];
		i += start[i] == '"';
	}
	return text;
}

static void
pass_blanks(struct csv *csv)
{
	while (csv->at < csv->end && (*csv->at == ' ' || *csv->at == '\t') && *csv->at != csv->delimiter)
		csv->at++;
}

static struct problem *
read_quoted(struct csv *csv, struct arena *a, const char **cell)
{
	size_t opened = csv->line;
	const char *start = ++csv->at;

	for (;; csv->at++) {
		if (csv->at == csv->end)
			return problem_new(a, PROBLEM_MALFORMED,
			    "The quote opened in line %zu is never closed.", opened);
		if (*csv->at == '\n' || (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] != '\n')))
			csv->line++;
		if (*csv->at != '"')
			continue;
		if (csv->at + 1 == csv->end || csv->at[1] != '"')
			break;
		csv->at++;
	}
	*cell = undouble(a, start, (size_t)(csv->at - start));
	csv->at++;
	pass_blanks(csv);
	if (!at_line_end(csv) && *csv->at != csv->delimiter)
		return problem_new(a, PROBLEM_MALFORMED,
		    "In line %zu text follows a closing quote; a quote within a cell is written twice.", csv->line);
	return NULL;
}

/* A quote with blanks before it opens a quoted cell, too, if one can be read from there; else it is a plain cell.
 * Trying it costs little: a quote that is passed over here is the end of every attempt before it. */
static bool
read_indented(struct csv *csv, struct arena *a, const char **cell)
{
	struct csv start = *csv;

	pass_blanks(csv);
	if (csv->at > start.at && csv->at < csv->end && *csv->at == '"' && read_quoted(csv, a, cell) == NULL)
		return true;
	*csv = start;
	return false;
}

static struct problem *
read_cell(struct csv *csv, struct arena *a, const char **cell)
{
	const char *start = csv->at;
	struct problem *p = NULL;

	if (csv->at < csv->end && *csv->at == '"')
		p = read_quoted(csv, a, cell);
	else if (!read_indented(csv, a, cell))
		*cell = read_plain(csv, a);
	if (p == NULL && csv->at - start > CSV_CELL_MAX)
		return problem_new(a, PROBLEM_TOO_LARGE,
		    "A cell in line %zu has more than %d bytes.", csv->line, CSV_CELL_MAX);
	return p;
}

static bool
is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->cells[i][strspn(row->cells[i], " \t")] != '\0')
			return false;
	return true;
}

static struct problem *
read_row(struct csv *csv, struct arena *a, struct csv_row *row)
{
	row->line = csv->line;
	row->count = 0;
	for (;;) {
		struct problem *p;

		if (row->count == CSV_COLUMNS_MAX)
			return problem_new(a, PROBLEM_TOO_LARGE,
			    "Line %zu has more than %d columns.", row->line, CSV_COLUMNS_MAX);
		if ((p = read_cell(csv, a, &row->cells[row->count++])) != NULL)
			return p;
		if (at_line_end(csv))
			break;
		csv->at++;
	}
	pass_line_end(csv);
	return NULL;
}

struct problem *
csv_next(struct csv *csv, struct arena *a, struct csv_row *row, bool *found)
{
	struct problem *p;

	*found = false;
	while (csv->at < csv->end) {
		if ((p = read_row(csv, a, row)) != NULL)
			return p;
		if ((*found = !is_blank(row)))
			return NULL;
	}
	return NULL;
}

/* ---- writing ---- */

void
csv_cell(struct buf *b, const char *text)
{
	if (text[strcspn(text, ",;\t\"\r\n")] == '\0' && text[0] != ' ') {
		buf_text(b, text);
		return;
	}
	buf_char(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_char(b, '"');
		buf_char(b, *text);
	}
	buf_char(b, '"');
}

static bool
needs_guard(const char *text)
{
	text += strspn(text, "'");
	for (size_t i = 0; i < sizeof formula_starts / sizeof formula_starts[0]; i++)
		if (strncmp(text, formula_starts[i], strlen(formula_starts[i])) == 0)
			return true;
	return false;
}

const char *
csv_guard(struct arena *a, const char *text)
{
	return needs_guard(text) ? arena_printf(a, "'%s", text) : text;
}

const char *
csv_unguard(const char *text)
{
	return text[0] == '\'' && needs_guard(text) ? text + 1 : text;
}
