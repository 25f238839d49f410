/* heading.c -- finds the line that names the columns of a CSV file, and the known format that the file has.
 *
 * Above that line a file may have a title or a summary.  So the first lines are looked at, and the first one wins that
 * has the names of a known format, or several names that the collection or the map knows.  Where no line does, it is
 * the first, and what is wrong with it is said. */
#include <string.h>

#include "base/text.h"
#include "reading.h"

enum {
	HEADING_LINES_MAX = 40 /* a title is not longer */
};

static const char separators[] = ",;\t";

/* The lines at the beginning of a file. */
struct top {
	struct arena *a;
	size_t count;
	struct csv after[HEADING_LINES_MAX]; /* the reader after each line */
	struct csv_row *lines[HEADING_LINES_MAX];
};

static bool
is_empty(const char *cell)
{
	return cell[strspn(cell, " \t")] == '\0';
}

/* ---- formats ---- */

/* True when the line below the names looks as the column of a format has to. */
static bool
is_like(const struct top *top, size_t at, size_t cell, const struct format_column *form)
{
	const struct csv_row *next = at + 1 < top->count ? top->lines[at + 1] : NULL;

	if (form->like == NULL || next == NULL)
		return true;
	return cell < next->count && format_like(form->like, text_trimmed(top->a, next->cells[cell]));
}

/* True when a column that the format does not name can be one of those across. */
static bool
is_across(const struct top *top, size_t at, size_t cell, const struct format *format)
{
	const struct csv_row *next = at + 1 < top->count ? top->lines[at + 1] : NULL;
	const char *text;

	if (next == NULL || cell >= next->count)
		return false;
	text = text_trimmed(top->a, next->cells[cell]);
	return *text == '\0' || format_value(&format->across.values, text) != NULL ||
	    format_is_number(&format->across, text);
}

static bool
has_needed(const struct format *format, const bool *found)
{
	for (size_t i = 0; i < format->column_count; i++)
		if (format->columns[i].needed && !found[i])
			return false;
	return true;
}

/* How many of the names in a line are those of the format; 0 when the file is not of it. */
static size_t
fit(const struct top *top, size_t at, const struct format *format)
{
	const struct csv_row *line = top->lines[at];
	bool found[FORMAT_COLUMNS_MAX] = { false }, across = format->across.name_field != NULL;
	size_t count = 0, others = 0;

	for (size_t i = 0; i < line->count; i++) {
		const struct format_column *form = format_column(format, text_loose(top->a, line->cells[i]));

		if (is_empty(line->cells[i]))
			continue;
		if (form != NULL) {
			if (!is_like(top, at, i, form))
				return 0;
			count += !found[form - format->columns];
			found[form - format->columns] = true;
		} else if (across) {
			if (!is_across(top, at, i, format))
				return 0;
			others++;
		}
	}
	return has_needed(format, found) && (!across || others > 0) ? count : 0;
}

/* True when all names are the collection's own: then few formats have to say more of what they mean. */
static bool
is_own(struct import *im, const struct csv_row *line)
{
	for (size_t i = 0; i < line->count; i++)
		if (!is_empty(line->cells[i]) && !column_name_is_own(im, line->cells[i]))
			return false;
	return true;
}

/* The format that the line fits, and fits more than any other; or NULL. */
static const struct format *
recognise(struct import *im, const struct top *top, size_t at)
{
	const struct formats *formats = im->options.formats;
	const struct format *best = NULL;
	size_t most = 0;
	bool own;

	if (formats == NULL || im->options.format != NULL)
		return NULL;
	own = is_own(im, top->lines[at]);
	for (size_t i = 0; i < formats->count; i++) {
		const struct format *format = &formats->all[i];
		bool can = !format->json && format->collection == im->collection && (!own || format->own);
		size_t count = can ? fit(top, at, format) : 0;

		if (count > most)
			best = format;
		else if (count == most)
			best = NULL;
		most = count > most ? count : most;
	}
	return best;
}

/* ---- the line ---- */

/* Read the first lines.  A mistake after them is told when the rows are read. */
static struct problem *
read_top(struct import *im, struct csv csv, struct top *top)
{
	bool found;

	top->count = 0;
	while (top->count < HEADING_LINES_MAX) {
		struct csv_row *row = arena_alloc(top->a, sizeof *row);
		struct problem *p = csv_next(&csv, top->a, row, &found);

		if (p != NULL)
			return top->count == 0 ? problem_copy(im->a, p) : NULL;
		if (!found)
			break;
		top->lines[top->count] = row;
		top->after[top->count++] = csv;
	}
	return NULL;
}

/* How many names in a line are known; *all is true when no other is there. */
static size_t
count_known(struct import *im, const struct csv_row *line, bool *all)
{
	size_t known = 0, said = 0;

	for (size_t i = 0; i < line->count; i++) {
		said += !is_empty(line->cells[i]);
		known += !is_empty(line->cells[i]) && column_name_is_known(im, line->cells[i]);
	}
	*all = known == said;
	return known;
}

/* The line that names the columns; top->count when none does. */
static size_t
find_line(struct import *im, const struct top *top)
{
	size_t alone = top->count;
	bool all;

	for (size_t i = 0; i < top->count; i++) {
		size_t known;

		if (recognise(im, top, i) != NULL ||
		    (im->format != NULL && fit(top, i, im->format) > 0))
			return i;
		known = count_known(im, top->lines[i], &all);
		if (known > 1)
			return i;
		if (known == 1 && all && alone == top->count)
			alone = i;
	}
	return alone;
}

/* The line that the query names. */
static struct problem *
find_said(struct import *im, const struct top *top, size_t *at)
{
	for (*at = 0; *at < top->count; ++*at)
		if (top->lines[*at]->line == im->options.header)
			return NULL;
	return problem_at(im->a, PROBLEM_INVALID, "header",
	    "header: line %zu of the file cannot name the columns; it must be one of the first %d lines, "
	    "and not empty.",
	    im->options.header, HEADING_LINES_MAX);
}

/* Look with the separator of the first line, then with the others: a title has none. */
static struct problem *
look(struct import *im, struct top *top, size_t *at)
{
	struct problem *p;
	char first = im->csv.delimiter;

	if ((p = read_top(im, im->csv, top)) != NULL)
		return p;
	if (im->options.header > 0)
		return find_said(im, top, at);
	if ((*at = find_line(im, top)) < top->count)
		return NULL;
	for (size_t i = 0; separators[i] != '\0'; i++) {
		im->csv.delimiter = separators[i];
		if (separators[i] == first || read_top(im, im->csv, top) != NULL)
			continue;
		if ((*at = find_line(im, top)) < top->count)
			return NULL;
	}
	im->csv.delimiter = first;
	*at = 0;
	return read_top(im, im->csv, top);
}

/* The format of the query: its needed columns must be there. */
static struct problem *
meet_format(struct import *im, const struct top *top, size_t at)
{
	const struct format *format = im->format;

	if (fit(top, at, format) > 0)
		return NULL;
	for (size_t i = 0; i < format->column_count; i++) {
		const struct format_column *form = &format->columns[i];
		bool found = !form->needed;

		for (size_t j = 0; j < top->lines[at]->count && !found; j++)
			found = format_column(format, text_loose(top->a, top->lines[at]->cells[j])) == form;
		if (!found)
			return problem_at(im->a, PROBLEM_INVALID, "format",
			    "The file has no column \"%s\", as %s has.", form->names.all[0], format->label);
	}
	return problem_at(im->a, PROBLEM_INVALID, "format", "The rows of the file are not those of %s.", format->label);
}

static struct problem *
take_line(struct import *im, const struct top *top, size_t at, struct csv_row *row)
{
	struct problem *p;

	if (top->count == 0)
		return problem_new(im->a, PROBLEM_MALFORMED,
		    "The file is empty; its first line must name the columns.");
	if (im->format != NULL && (p = meet_format(im, top, at)) != NULL)
		return p;
	if (im->format == NULL)
		im->format = recognise(im, top, at);
	*row = *top->lines[at];
	for (size_t i = 0; i < row->count; i++)
		row->cells[i] = arena_strdup(im->a, row->cells[i]);
	im->csv = top->after[at];
	im->header_line = row->line;
	return NULL;
}

struct problem *
heading_find(struct import *im, struct csv_row *row)
{
	struct problem *p;
	struct top *top = arena_alloc(im->a, sizeof *top);
	size_t at = 0;

	top->a = arena_new();
	if ((p = look(im, top, &at)) == NULL)
		p = take_line(im, top, at, row);
	arena_free(top->a);
	return p;
}
