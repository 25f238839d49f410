/* rows_csv.c -- the rows of a file of CSV.  Most lines are one record.  A line of a format with columns across is one
 * for each of these, and a column such as a break makes a second record inside the first: such a line is read again for
 * each, so nothing of it is kept in between. */
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "reading.h"

enum {
	TRAILER_LINES_MAX = 20 /* below the sums of a file there are only remarks */
};

/* How a line with sums begins, loosely. */
static const char *const sum_words[] = { "total", "summe", "gesamt", "sum", "subtotal", "zwischensumme", "insgesamt" };

static bool
takes(const struct import *im, const struct csv_row *cells)
{
	size_t i = im->where_column == NULL ? 0 : (size_t)(im->where_column - im->columns);

	if (im->where_column == NULL)
		return true;
	return i < cells->count && cell_matches(cells->cells[i], im->where_value);
}

static void
hash_cells(struct import_row *row, const struct csv_row *cells)
{
	struct sha256 h;
	unsigned char digest[SHA256_SIZE];

	sha256_start(&h);
	for (size_t i = 0; i < cells->count; i++)
		sha256_add(&h, cells->cells[i], strlen(cells->cells[i]) + 1);
	sha256_end(&h, digest);
	memcpy(row->hash, digest, sizeof row->hash);
}

static const char *
cell_of(const struct csv_row *cells, size_t column)
{
	return column < cells->count ? cells->cells[column] : "";
}

static bool
is_empty(const char *cell)
{
	return cell[strspn(cell, " \t")] == '\0';
}

/* ---- sums ---- */

static bool
is_sum_word(struct arena *a, const char *cell)
{
	const char *loose = is_empty(cell) ? "" : text_loose(a, cell);

	for (size_t i = 0; i < sizeof sum_words / sizeof sum_words[0]; i++)
		if (strncmp(loose, sum_words[i], strlen(sum_words[i])) == 0)
			return true;
	return false;
}

/* The first cell that is not empty; NULL when the line has none. */
static const char *
first_cell(const struct csv_row *cells, size_t *said)
{
	const char *first = NULL;

	*said = 0;
	for (size_t i = 0; i < cells->count; i++) {
		if (is_empty(cells->cells[i]))
			continue;
		if (++*said == 1)
			first = cells->cells[i];
	}
	return first;
}

/* True for a column of numbers, or one of no use. */
static bool
is_of_numbers(const struct import_column *column)
{
	for (size_t i = 0; i < column->target_count; i++)
		if (column->targets[i].kind != TARGET_FIELD || (column->targets[i].field->type != FIELD_INTEGER &&
		    column->targets[i].field->type != FIELD_DECIMAL && column->targets[i].field->type != FIELD_MONEY))
			return false;
	return true;
}

static bool
is_number(const char *cell)
{
	cell += strspn(cell, " \t");
	return *cell != '\0' && cell[strspn(cell, "0123456789.,: \t$%hm")] == '\0';
}

/* True when a record needs the column and this line has nothing there, or the word that begins it. */
static bool
lacks(const struct import *im, const struct csv_row *cells, size_t column, const char *word)
{
	const char *cell = cell_of(cells, column);

	for (size_t i = 0; i < im->columns[column].target_count; i++)
		if (column_is_needed(im, &im->columns[column].targets[i]) && (is_empty(cell) || cell == word))
			return true;
	return false;
}

/* True for a line that cannot be a record and looks like sums: it begins with such a word, or all it has are
 * numbers. */
static bool
looks_like_sums(const struct import *im, struct arena *a, const struct csv_row *cells)
{
	size_t said;
	const char *first = first_cell(cells, &said);
	bool word = first != NULL && is_sum_word(a, first);

	if (first == NULL || said * 2 > im->column_count + 1)
		return false;
	for (size_t i = 0; !word && i < cells->count; i++)
		if (!is_empty(cells->cells[i]) && (i >= im->column_count || !is_of_numbers(&im->columns[i]) ||
		    !is_number(cells->cells[i])))
			return false;
	for (size_t i = 0; i < im->column_count; i++)
		if (lacks(im, cells, i, word ? first : NULL))
			return true;
	return false;
}

/* True when what follows is the end of the file, further sums, or remarks of one cell. */
static bool
is_tail(const struct import *im)
{
	struct csv csv = im->csv;
	struct csv_row *cells;
	struct arena *scratch = arena_new();
	bool found = true, tail = true;
	size_t said;

	cells = arena_alloc(scratch, sizeof *cells);
	for (size_t i = 0; tail && found; i++) {
		struct problem *p = i == TRAILER_LINES_MAX ? NULL : csv_next(&csv, scratch, cells, &found);

		if (p != NULL || i == TRAILER_LINES_MAX) {
			tail = false;
		} else if (found) {
			first_cell(cells, &said);
			tail = said <= 1 || looks_like_sums(im, scratch, cells);
		}
	}
	arena_free(scratch);
	return tail;
}

/* Sums at the end of the file are no rows.  They are told. */
static bool
ends_with(struct import *im, struct arena *a, const struct csv_row *cells)
{
	if (im->options.headerless || !looks_like_sums(im, a, cells) || !is_tail(im))
		return false;
	im->told.totals_line = cells->line;
	im->csv.at = im->csv.end;
	return true;
}

/* ---- a line ---- */

/* The numbers of the lines, which some programs put into a first column without a name. */
static bool
is_index(const struct import *im, size_t column, const char *cell)
{
	return column == 0 && im->column_count > 1 && cell[strspn(cell, "0123456789")] == '\0';
}

/* A line must not have more cells than the header, or values could end up in the wrong fields.  One that is shorter has
 * empty cells at its end. */
static struct problem *
check_width(const struct import *im, struct arena *a, const struct csv_row *cells)
{
	size_t count = cells->count;

	while (count > im->column_count && cells->cells[count - 1][0] == '\0')
		count--;
	if (count > im->column_count)
		return problem_new(a, PROBLEM_INVALID,
		    "The row has %zu cells, the first line has %zu.", count, im->column_count);
	for (size_t i = 0; i < count; i++)
		if (column_is_nameless(&im->columns[i]) && !is_empty(cells->cells[i]) &&
		    !is_index(im, i, cells->cells[i]))
			return problem_new(a, PROBLEM_INVALID,
			    "Column %zu has no name in the first line, and this row has a value there.", i + 1);
	return NULL;
}

/* The record inside another one, such as a break: it has its owner and its place, and what the format says. */
static struct problem *
make_inside(struct import *im, struct arena *a, struct import_row *row, const struct csv_row *cells)
{
	struct problem *p;

	for (size_t i = 0; i < im->column_count; i++) {
		const struct import_column *column = &im->columns[i];

		if (column->form != NULL && column->form->inside_fields.count > 0 &&
		    (p = value_make_inside(im, a, row, column, cell_of(cells, i))) != NULL)
			return p;
	}
	return NULL;
}

/* The next of the columns across that says something on this line, from number from on; the number of columns when
 * there is none. */
static size_t
next_across(const struct import *im, struct arena *a, const struct csv_row *cells, size_t from)
{
	for (size_t i = from; i < im->column_count; i++) {
		const char *cell = text_trimmed(a, cell_of(cells, i));
		const char *means = format_value(&im->format->across.values, cell);

		if (im->columns[i].is_across && *cell != '\0' && (means == NULL || *means != '\0'))
			return i;
	}
	return im->column_count;
}

static struct problem *
keep_across(struct import *im, struct arena *a, struct import_row *row, const struct csv_row *cells, size_t column)
{
	struct problem *p;
	const char *cell = text_trimmed(a, cell_of(cells, column));
	const char *means = format_value(&im->format->across.values, cell);

	if ((p = value_keep_cell(im, a, row, &im->columns[column], &im->across_name, im->columns[column].name)) != NULL)
		return p;
	if (format_is_number(&im->format->across, cell)) {
		value_keep_number(a, row, collection_field(im->collection, im->format->across.number_field), cell,
		    im->format->across.number_digits);
		means = im->format->across.number_means;
	}
	return value_keep_cell(im, a, row, &im->columns[column], &im->across_value, means != NULL ? means : cell);
}

/* A column that names people and fills nothing: note whether they are several. */
static void
note_person(struct import *im, struct arena *a, struct import_column *column, const char *cell)
{
	const char *bare = text_trimmed(a, cell);

	if (column->form == NULL || !column->form->person || column->target_count > 0 || *bare == '\0')
		return;
	if (column->names_first == NULL)
		column->names_first = arena_strdup(im->a, bare);
	else if (strcmp(column->names_first, bare) != 0)
		column->names_others = true;
}

/* True for a cell that says something else than the column says mostly. */
static bool
is_otherwise(struct arena *a, const struct import_column *column, const char *cell)
{
	const char *bare = text_trimmed(a, cell);

	return column->form != NULL && column->form->otherwise_field != NULL && column->target_count > 0 &&
	    *bare != '\0' && format_value(&column->form->values, bare) == NULL;
}

static struct problem *
keep_otherwise(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const char *cell)
{
	const struct format_column *form = column->form;
	struct import_target target = { .field = collection_field(im->collection, form->otherwise_field) };
	struct problem *p = value_keep_cell(im, a, row, column, &target, cell);

	for (size_t i = 0; i < form->otherwise_fields.count && p == NULL; i++) {
		target.field = collection_field(im->collection, form->otherwise_fields.all[i]);
		p = value_keep_cell(im, a, row, column, &target, form->otherwise_values.all[i]);
	}
	return p;
}

static struct problem *
keep_cells(struct import *im, struct arena *a, struct import_row *row, const struct csv_row *cells)
{
	struct problem *p;

	for (size_t i = 0; i < im->column_count; i++) {
		const struct import_column *column = &im->columns[i];
		const char *cell = value_meant(a, row, column, cell_of(cells, i));

		note_person(im, a, &im->columns[i], cell);
		if (is_otherwise(a, column, cell_of(cells, i))) {
			if ((p = keep_otherwise(im, a, row, column, cell_of(cells, i))) != NULL)
				return p;
			continue;
		}
		for (size_t j = 0; j < column->target_count; j++)
			if ((p = value_keep_cell(im, a, row, column, &column->targets[j], cell)) != NULL)
				return p;
		if (column->form != NULL && column->form->order)
			value_keep_order(im, a, cell);
	}
	return NULL;
}

/* Read the line that is next, or the one that makes further records once more. */
static struct problem *
next_line(struct import *im, struct arena *a, struct csv_row *cells, bool *found)
{
	struct csv before = im->csv;
	struct problem *p;

	if (im->part > 0)
		im->csv = before = im->held;
	if ((p = csv_next(&im->csv, a, cells, found)) != NULL || !*found)
		return p;
	if (im->part == 0 && ends_with(im, a, cells))
		*found = false;
	im->held = before;
	return NULL;
}

static struct problem *
read_line(struct import *im, struct arena *a, struct import_row *row, const struct csv_row *cells)
{
	row->line = cells->line;
	row->taken = takes(im, cells);
	hash_cells(row, cells);
	if ((row->bad = check_width(im, a, cells)) != NULL)
		return NULL;
	return keep_cells(im, a, row, cells);
}

/* How much of the row's time is a record inside it, such as a break. */
static int64_t
find_inside(struct import *im, struct arena *a, struct import_row *row, const struct csv_row *cells)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < im->column_count; i++)
		if (im->columns[i].form != NULL && im->columns[i].form->inside_fields.count > 0)
			seconds += value_inside_seconds(im, a, row, &im->columns[i], cell_of(cells, i));
	return seconds;
}

/* The next record of a format with columns across. */
static struct problem *
next_across_row(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;
	struct csv_row *cells = arena_alloc(a, sizeof *cells);
	size_t column;

	for (;;) {
		if ((p = next_line(im, a, cells, found)) != NULL || !*found)
			return p;
		if ((column = next_across(im, a, cells, im->part)) < im->column_count)
			break;
		im->part = 0;
	}
	im->part = column + 1;
	if ((p = read_line(im, a, row, cells)) != NULL || row->bad != NULL)
		return p;
	row->hash[0] ^= (unsigned char)column;
	return keep_across(im, a, row, cells, column);
}

struct problem *
csv_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;
	struct csv_row *cells;
	bool again = im->part > 0;
	int64_t inside;

	if (im->across_name.field != NULL)
		return next_across_row(im, a, row, found);
	cells = arena_alloc(a, sizeof *cells);
	if ((p = next_line(im, a, cells, found)) != NULL || !*found)
		return p;
	im->part = 0;
	if ((p = read_line(im, a, row, cells)) != NULL)
		return p;
	spans_settle(im, a, row);
	if (again) {
		row->hash[0] ^= 0xff;
		return row->bad != NULL ? NULL : make_inside(im, a, row, cells);
	}
	inside = row->bad == NULL ? find_inside(im, a, row, cells) : 0;
	if (inside > 0)
		spans_allow(im, row, inside);
	im->part = inside > 0 && row->bad == NULL;
	return NULL;
}
