/* reading.h -- what the parts of an import share.  Private to columns.c, heading.c, forms.c, values.c, spans.c,
 * several.c, rows_csv.c, rows_json.c and import.c. */
#ifndef READING_H
#define READING_H

#include "transfer/import.h"

/* ---- columns.c ---- */

/* Read map, where, zone and dates of the query. */
struct problem *query_read(struct import *im) MUST_CHECK;

/* The collection whose records the cells of a reference may name, or NULL. */
const struct collection *named_collection(const struct import *im, const struct field *f);

/* The problem with the members of import_put, so that whoever shows it can ask.  p may be NULL. */
struct problem *with_reading(struct import *im, struct problem *p);

/* "note", "id", "owner", "project.client", in a. */
const char *target_name(struct arena *a, const struct import_target *target);

/* True for a column without a name, which spreadsheets sometimes add. */
bool column_is_nameless(const struct import_column *column);

/* True for a name that the collection itself gives a meaning; or also the map and where of the query. */
bool column_name_is_own(struct import *im, const char *name);
bool column_name_is_known(struct import *im, const char *name);

/* True when no record can be made without the field. */
bool column_is_needed(const struct import *im, const struct import_target *target);

/* Read the line that names the columns, and find out what each is.  Problems are those of import_open. */
struct problem *columns_read(struct import *im) MUST_CHECK;

/* Make the columns of im->format, which is of JSON. */
struct problem *columns_of_format(struct import *im) MUST_CHECK;

/* The column of a member of JSON.  It is added when the member first occurs, since not all objects have the same
 * members. */
struct problem *column_of_member(struct import *im, const char *name, size_t line,
    struct import_column **column) MUST_CHECK;

/* ---- heading.c ---- */

/* Find the line that names the columns, and the format of the file: im->format, im->header_line, and the reader after
 * that line.  row is the line, in im->a. */
struct problem *heading_find(struct import *im, struct csv_row *row) MUST_CHECK;

/* ---- forms.c ---- */

/* Find out, once, how the cells are written: their units by the query and the headers, their decimal signs by all the
 * rows of CSV.  Afterwards the rules have it.  PROBLEM_INVALID names "units" or "decimals". */
struct problem *forms_learn(struct import *im) MUST_CHECK;

/* ---- ids.c ---- */

/* Forget the ids of the rows read so far. */
void ids_begin(struct import *im);

/* The id that the text of a cell means, for a collection whose ids people give.  row->other_id says whether it is
 * written in another way. */
const char *id_meant(struct import *im, struct arena *a, struct import_row *row, const char *text);

/* ---- values.c ---- */

/* Keep what a cell, or the value of a member, says for one target of its column.  A value that cannot be is row->bad;
 * a problem ends the import. */
struct problem *value_keep_cell(struct import *im, struct arena *a, struct import_row *row,
    const struct import_column *column, const struct import_target *target, const char *cell) MUST_CHECK;
struct problem *value_keep_member(struct import *im, struct arena *a, struct import_row *row,
    const struct import_column *column, const struct import_target *target, struct json_object *value) MUST_CHECK;

/* Keep a whole number, so many digits of which are behind the point.  One that cannot be is row->bad. */
void value_keep_number(struct arena *a, struct import_row *row, const struct field *f, const char *cell, int digits);

/* What a cell means in the format of the file: another text, or itself.  A row that the format leaves out is not
 * taken. */
const char *value_meant(struct arena *a, struct import_row *row, const struct import_column *column,
    const char *cell);

/* Take the day or time of a cell into the order of the row. */
void value_keep_order(struct import *im, struct arena *a, const char *cell);

/* How long the record inside a row is that a cell of the column makes; 0 where it makes none.  A length that cannot be
 * read is row->bad, because the row without its break would be too long. */
int64_t value_inside_seconds(struct import *im, struct arena *a, struct import_row *row,
    const struct import_column *column, const char *cell);

/* Turn a row into the record inside it that a cell of the column makes, such as a break. */
struct problem *value_make_inside(struct import *im, struct arena *a, struct import_row *row,
    const struct import_column *column, const char *cell) MUST_CHECK;

/* Drop what a row says of records that it does not name: a client without a project says nothing. */
void values_drop_nameless(struct import_row *row);

/* True when a cell, without the blanks around it, is the value. */
bool cell_matches(const char *cell, const char *value);

/* ---- spans.c ---- */

/* Find the span of the collection: span_start, span_end, span_length. */
void spans_find(struct import *im);

/* Forget what the row before said. */
void spans_begin(struct import *im);

/* Keep what a cell says of an instant, or of the length of the span. */
struct problem *spans_keep(struct import *im, struct arena *a, const struct import_column *column,
    const struct field *f, const char *text, struct cell_notes *notes) MUST_CHECK;
void spans_keep_length(struct import *im, int64_t seconds);

/* Settle the instants of a row, all of whose cells are kept.  What cannot be is row->bad. */
void spans_settle(struct import *im, struct arena *a, struct import_row *row);

/* Take a duration that leaves out so many seconds within the span for one that agrees with its times. */
void spans_allow(struct import *im, struct import_row *row, int64_t seconds);

/* Move start and end to the middle of the span, so many seconds apart.  False when they do not fit into it. */
bool spans_inside(struct import *im, struct arena *a, struct import_row *row, int64_t seconds);

/* ---- several.c ---- */

/* Find out which of several rows of one record counts, and read all rows to find these.  PROBLEM_INVALID names
 * "several". */
struct problem *several_begin(struct import *im) MUST_CHECK;

/* True for a row of whose record another row counts. */
bool several_passes(const struct import *im, const struct import_row *row);

/* Give a row that counts the mean of all rows of its record, where that is wanted. */
void several_join(const struct import *im, struct arena *a, struct import_row *row);

/* "first", "last", "mean", or NULL; and a sentence about the rows that were passed over, if there are any. */
const char *several_name(const struct import *im);
void several_put_note(struct json_out *out, const struct import *im);

/* ---- rows_csv.c and rows_json.c ---- */

/* Read the next row: its line, values, names and hash, and whether where takes it. */
struct problem *csv_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found) MUST_CHECK;
struct problem *json_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found) MUST_CHECK;

/* Move before the first row. */
struct problem *json_rows_open(struct import *im) MUST_CHECK;

#endif
