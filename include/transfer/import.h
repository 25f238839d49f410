/* import.h -- a file of records, read row by row: which column is which field, which rows are taken, what each one says.
 * No database here; intake.h writes what this reads.
 *
 * Columns are found by the field's name or label (case, spaces and punctuation do not count), "id", and "owner" for those who may
 * name one; reserved members and derived fields of an export are passed over; anything else must be mapped or skipped by hand.
 * A file without a header (RFC 4180's header=absent) has the columns its collection's "headerless" says, or what the map says.
 * Empty cells are not said: a new record takes the field's default, an old one keeps what it has.  In JSON null empties.
 *
 * A row has its own id where the collection has natural ids, or where a column gives one.  Otherwise the id is the first 32 hex
 * digits of the SHA-256 of [owner, collection, {the row's values}, n] when it is the nth row of the file with these values, so the
 * same file adds nothing twice and a file with two equal rows adds two records. */
#ifndef IMPORT_H
#define IMPORT_H

#include "base/csv.h"
#include "base/seen.h"
#include "model/cell.h"

enum {
	IMPORT_ROWS_MAX = 100000,
	IMPORT_TARGETS_MAX = 4 /* fields that one column may fill */
};

struct import_options {
	bool json;               /* an array of flat objects, or {"<collection>":[…]}; else CSV */
	bool headerless;         /* the first line of CSV is a row: columns are called "1", "2", … */
	const char *map;         /* "HEADER=field,HEADER=": names %-encoded; nothing skips; a header may stand more than once */
	const char *where;       /* "HEADER=value": the rows to take */
	enum date_order dates;
	const char *zone;        /* of local times, or NULL */
};

enum target_kind {
	TARGET_FIELD,
	TARGET_ID,
	TARGET_OWNER
};

struct import_target {
	enum target_kind kind;
	const struct field *field; /* of TARGET_FIELD */
};

struct import_column {
	const char *name;        /* as the file has it */
	const char *loose;
	struct import_target targets[IMPORT_TARGETS_MAX];
	size_t target_count;     /* 0: passed over */
	bool is_known;           /* by map, by name, or by where */
};

struct import_map {
	const char *header, *loose;
	struct import_target target;
	bool skips, used;
};

struct import {
	struct arena *a;         /* of the whole import */
	const struct person *person;
	const struct collection *collection;
	struct import_options options;
	struct cell_rules rules;
	struct import_map *maps;
	size_t map_count;
	const char *where_header, *where_loose, *where_value; /* or NULL */
	struct import_column columns[CSV_COLUMNS_MAX];
	size_t column_count;
	const struct import_column *where_column; /* of CSV, or NULL */
	/* where it stands */
	const char *text, *end;
	struct csv csv;
	const char *json_at;     /* behind the [ or the last element */
	size_t json_line;
	bool json_ended;
	size_t rows;             /* read so far, before where */
	struct seen seen;
};

struct import_row {
	size_t number, line;     /* counted from 1; the file's first line is 1 */
	bool taken;              /* by where */
	bool repeat;             /* of an earlier row with the same id and the same values: nothing to write */
	bool derived_id;         /* made from the values: a record that is there stays as it is */
	const char *id;          /* NULL only when bad */
	const char *owner;       /* or NULL: the person */
	const char **values;
	bool *touched;
	size_t rounded;          /* values */
	bool short_year, shown_twice;
	struct problem *bad;     /* why it cannot be taken */
	const char *bad_value;   /* the cell at fault, or NULL */
};

/* Stand before the first row.  Problems concern the file or the query: no text, unknown columns, columns that are missing. */
struct problem *import_open(struct import *im, struct arena *a, const struct person *person, const struct collection *c,
    const struct import_options *options, const char *text, size_t length) MUST_CHECK;

/* The next row, in a; *found false at the end.  A problem ends the import: the file is broken, too long, or a date needs dates=. */
struct problem *import_next(struct import *im, struct arena *a, struct import_row *row, bool *found) MUST_CHECK;

/* Stand before the first row again; everything read again is read the same way. */
struct problem *import_rewind(struct import *im) MUST_CHECK;

#endif
