/* reading.h -- what the parts of an import share.  Private to columns.c, forms.c, values.c, rows_csv.c, rows_json.c
 * and import.c. */
#ifndef READING_H
#define READING_H

#include "transfer/import.h"

/* ---- columns.c ---- */

/* Read map, where, zone and dates of the query. */
struct problem *query_read(struct import *im) MUST_CHECK;

/* The collection whose records the cells of a reference may name, or NULL. */
const struct collection *named_collection(const struct import *im, const struct field *f);

/* "note", "id", "owner", "project.client", in a. */
const char *target_name(struct arena *a, const struct import_target *target);

/* True for a column without a name, which spreadsheets sometimes add; its cells must be empty. */
bool column_is_nameless(const struct import_column *column);

/* Read the line that names the columns, and find out what each is.  Problems are those of import_open. */
struct problem *columns_read(struct import *im) MUST_CHECK;

/* The column of a member of JSON.  It is added when the member first occurs, since not all objects have the same
 * members. */
struct problem *column_of_member(struct import *im, const char *name, size_t line,
    struct import_column **column) MUST_CHECK;

/* ---- forms.c ---- */

/* Find out, once, how the cells are written: their units by the query and the headers, their decimal signs by all the
 * rows of CSV.  Afterwards the rules have it.  PROBLEM_INVALID names "units" or "decimals". */
struct problem *forms_learn(struct import *im) MUST_CHECK;

/* ---- values.c ---- */

/* Keep what a cell, or the value of a member, says for one target.  A value that cannot be is row->bad; a problem ends
 * the import. */
struct problem *value_keep_cell(struct import *im, struct arena *a, struct import_row *row,
    const struct import_target *target, const char *cell) MUST_CHECK;
struct problem *value_keep_member(struct import *im, struct arena *a, struct import_row *row,
    const struct import_target *target, struct json_object *value) MUST_CHECK;

/* Drop what a row says of records that it does not name: a client without a project says nothing. */
void values_drop_nameless(struct import_row *row);

/* True when a cell, without the blanks around it, is the value. */
bool cell_matches(const char *cell, const char *value);

/* ---- rows_csv.c and rows_json.c ---- */

/* Read the next row: its line, values, names and hash, and whether where takes it. */
struct problem *csv_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found) MUST_CHECK;
struct problem *json_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found) MUST_CHECK;

/* Move before the first row. */
struct problem *json_rows_open(struct import *im) MUST_CHECK;

#endif
