/* import.h -- a file of records, read row by row: which column is which field, which rows are imported, and their
 * values.  No database here; intake.h writes what this reads.
 *
 * schema/PROTOCOL.md 10 has the rules: how a column finds its field, what an empty cell means, and how the id of a row
 * is made that has none.  That id is made from the values of the row and from how often they occurred before.  So the
 * same file adds nothing twice, and a file with two equal rows adds two records. */
#ifndef IMPORT_H
#define IMPORT_H

#include "base/csv.h"
#include "base/json_out.h"
#include "base/seen.h"
#include "model/cell.h"
#include "transfer/format.h"

enum {
	IMPORT_ROWS_MAX = 100000,
	IMPORT_TARGETS_MAX = 4, /* fields that one column may be mapped to */
	IMPORT_NAMES_MAX = 8,   /* records that one row names */
	IMPORT_HASH_SIZE = 8,   /* bytes of the hash of a row as it is in the file */
	IMPORT_MOMENTS_MAX = 8, /* instants of a record that columns fill */
	IMPORT_LENGTHS_MAX = 4, /* columns that say how long something was */
	IMPORT_LISTS_MAX = 64   /* lists of rows in a file of JSON */
};

/* A member of the space, whom a file may name as owner. */
struct import_person {
	const char *id, *name, *email;
};

struct import_options {
	bool json;               /* an array of flat objects, or {"<collection>":[…]}; else CSV */
	bool headerless;         /* the first line of CSV is a row: the columns are called "1", "2", … */
	const char *map;         /* "HEADER=field,HEADER=", names %-encoded; an empty field skips the column */
	const char *where;       /* "HEADER=value": the rows to import */
	enum date_order dates;
	const char *zone;        /* of local times, as the request says, or NULL */
	const char *zone_else;   /* the one where zone is NULL: the person's, the space's; or NULL */
	const char *charset;     /* that the text was converted from, only to tell it; or NULL */
	const struct formats *formats; /* the known ones, or NULL */
	const char *format;      /* the name of one of them, "none", or NULL: the one that the headers have */
	const char *units;       /* "field:unit,…", or NULL */
	const char *several;     /* of rows of one record: "first", "last", "mean", or NULL: as the format says */
	const char *decimals;    /* "comma", "point", or NULL: as the numbers of a column tell */
	size_t header;           /* the line that names the columns, from 1; 0: the first that looks like it */
	const struct collections *set; /* in which references are looked up; NULL: their cells hold ids only */
	const struct import_person *people; /* whom an owner may be, by name or e-mail address */
	size_t people_count;
	const char *const *ids;  /* that records have, where people give them: a row may write one in other case */
	size_t id_count;
};

/* Which of several rows of one record counts. */
enum import_several {
	SEVERAL_NONE, /* they are mistakes, unless they are equal */
	SEVERAL_FIRST,
	SEVERAL_LAST,
	SEVERAL_MEAN
};

enum target_kind {
	TARGET_FIELD,
	TARGET_ID,
	TARGET_OWNER,
	TARGET_OF                  /* "project.client": a reference of the record that another cell names */
};

struct import_target {
	enum target_kind kind;
	const struct field *field; /* of TARGET_FIELD and TARGET_OF: project */
	const struct field *of;    /* of TARGET_OF: client, a field of the collection of field */
};

/* A record that a row refers to.  The cell has its id, or its name (the field importBy of its definition). */
struct import_name {
	const struct field *field; /* the reference */
	const char *text;          /* what the cell has, without blanks around it; never empty */
	const struct field *of;    /* a reference of the named record, which helps to find it, or NULL */
	const char *of_text;       /* what the cell of TARGET_OF has */
};

struct import_column {
	const char *name;        /* as it is in the file */
	const char *loose;       /* its text_loose (cell.h) */
	struct import_target targets[IMPORT_TARGETS_MAX];
	size_t target_count;     /* 0: the column is ignored */
	const struct format_column *form; /* what the format says of it, or NULL */
	bool is_known;           /* by the map, by the format, by its name, or by where */
	bool is_across;          /* each of its cells is a record of its own */
	bool left_out;           /* neither the format nor the collection knows it */
	const char *names_first; /* of a column of persons: the first one, */
	bool names_others;       /* and whether other rows name others */
};

/* What the cells of a row say of an instant, before its readings are weighed. */
struct import_moment {
	const struct field *field;
	struct moment day, time; /* of one cell or of two */
	bool has_day, has_time;
	bool shared;             /* the day stands in a column that fills two instants */
	const char *cell;        /* the last one, for messages */
};

/* A list of rows in a file of JSON. */
struct import_list {
	const char *start;       /* after the [ */
	size_t line;
};

/* What is told about the rows that were read. */
struct import_told {
	size_t totals_line;      /* from here on the file has sums and no records; 0: it has none */
	size_t times_won;        /* rows with a duration that is not the time between their start and end */
	size_t next_day;         /* rows that end on the day after their date */
	size_t placed;           /* rows with a day and no time */
	size_t later;            /* rows of an id of which another row was taken */
	size_t inside;           /* records made within another, such as a break */
};

struct import_map {
	const char *header, *loose;
	struct import_target target;
	bool skips, used;
};

/* Ids as they are written first, by a record or a row. */
struct import_spellings {
	struct seen keys;        /* by cell_id_key: the place in all, from 1; and the ids themselves */
	const char **all;
	size_t count, room;
};

struct import {
	struct arena *a;         /* for the whole import */
	const struct person *person;
	const struct collection *collection;
	struct import_options options;
	struct cell_rules rules;
	struct cell_form *forms; /* of the rules; NULL until they are learnt */
	struct import_map *maps;
	size_t map_count;
	const char *where_header, *where_loose, *where_value; /* or NULL */
	struct import_column columns[CSV_COLUMNS_MAX];
	size_t column_count;
	const struct import_column *where_column; /* of CSV, or NULL */
	/* the state of the import */
	const char *text, *end;
	struct csv csv;
	const struct format *format; /* that the file has, or NULL */
	size_t header_line;      /* that names the columns; 0: none does */
	struct import_target across_name, across_value; /* of a format with columns across */
	struct import_list lists[IMPORT_LISTS_MAX]; /* of JSON */
	size_t list_count, list; /* how many, and which is being read */
	bool list_begun;
	const char *json_at;     /* after the [ or the last element */
	size_t json_line;
	bool json_ended;
	size_t rows;             /* read so far, whether taken or not */
	struct csv held;         /* before a row that makes several records */
	size_t part;             /* of these, which is next; 0: a new row is */
	const struct field *span_start, *span_end, *span_length; /* see spans.c; or NULL */
	struct import_moment moments[IMPORT_MOMENTS_MAX]; /* of the row that is being read */
	size_t moment_count;
	int64_t lengths[IMPORT_LENGTHS_MAX]; /* seconds */
	size_t length_count;
	int64_t order;           /* of the row among those with its id */
	struct import_told told;
	struct seen seen;
	struct import_spellings spellings;
	enum import_several several;
	const struct field *mean; /* of SEVERAL_MEAN, else NULL */
	bool surveys;            /* rows are read to find these: */
	struct seen chosen;      /* by id: the line of the row that counts, and its order */
	struct seen sums;        /* by id: the sum of mean, and of how many rows */
	struct seen placed;      /* by owner and day: how far the day is filled */
};

struct import_row {
	size_t number, line;     /* both from 1; the first line of the file is 1 */
	bool taken;              /* where selects it */
	bool repeat;             /* it repeats an earlier row with the same id and values: nothing to write */
	bool later;              /* it is not taken, because of the rows of its id another one counts */
	bool derived_id;         /* the id is made from the values: an existing record stays as it is */
	const char *id;          /* NULL only when bad */
	const char *owner;       /* NULL: the person of the import */
	const char **values;
	bool *touched;
	struct import_name names[IMPORT_NAMES_MAX]; /* until these are ids, values has what the cells have */
	size_t name_count;
	bool unsettled;          /* its id depends on a name: import_settle makes it */
	unsigned char hash[IMPORT_HASH_SIZE]; /* of the row as it is in the file, however it is read */
	size_t rounded;          /* how many of its values were rounded */
	bool short_year, shown_twice; /* see cell_notes */
	bool other_id;           /* its id is written otherwise than that of the record */
	size_t converted;        /* how many of its values were in other units */
	bool times_won;          /* it has a duration that is not the time between its start and its end */
	bool next_day;           /* it ends on the day after its date */
	bool placed;             /* it has a day and no time; day is that day, of which its id is made */
	bool inside;             /* it is a record that was made within another, such as a break */
	bool local;              /* it has a time without an offset */
	const char *day;
	struct problem *bad;     /* why it cannot be imported, or NULL */
	const char *bad_value;   /* the cell at fault, or NULL */
};

/* Begin before the first row.  A problem is about the file or the query: not text, unknown columns, missing columns.
 * One about columns has the members of import_put. */
struct problem *import_open(struct import *im, struct arena *a, const struct person *person, const struct collection *c,
    const struct import_options *options, const char *text, size_t length) MUST_CHECK;

/* Read the next row, in a; *found is false at the end.  What is wrong with one row is in row->bad.  A problem ends the
 * import: the file is malformed or too long, or its dates can be read two ways and dates= is missing. */
struct problem *import_next(struct import *im, struct arena *a, struct import_row *row, bool *found) MUST_CHECK;

/* Make the id of a row that is unsettled, once its values are ids; for the rows in their order. */
void import_settle(struct import *im, struct arena *a, struct import_row *row);

/* Give a row, whose id was made of its values, that of the record it is about instead.  An earlier row with this id and
 * other values makes the row bad. */
void import_rename(struct import *im, struct arena *a, struct import_row *row, const char *id);

/* The name of the known format that the file has, or NULL. */
const char *import_format(const struct import *im);

/* Put how the file is read: format, zone, charset, dates, header and columns. */
void import_put(struct json_out *out, const struct import *im);

/* Put a sentence, as elements of an array, for each thing that people should know about how the rows were read. */
void import_put_notes(struct json_out *out, const struct import *im);

/* Put a row as the record that it would be, with the names of what it refers to. */
void import_put_row(struct json_out *out, const struct import *im, const struct import_row *row);

/* Go back before the first row.  Everything is read the same way again. */
struct problem *import_rewind(struct import *im) MUST_CHECK;

#endif
