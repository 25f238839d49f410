/* format.h -- the known formats of files that people import: one JSON file for each in schema/formats, read once at
 * start.  A format says which columns a file of another program has, which fields they fill, and what is special about
 * its rows.  The first mistake stops the start and is named.  schema/README.md lists the words. */
#ifndef FORMAT_H
#define FORMAT_H

#include "model/cell.h"

enum {
	FORMATS_MAX = 100,
	FORMAT_COLUMNS_MAX = 80,
	FORMAT_FIELDS_MAX = 4, /* that one column fills */
	FORMAT_SET_MAX = 8
};

/* What a column's cells mean: a cell that is one of from, in either case and with # for a digit, is read as the text in
 * to at the same place, or as an empty cell where that is "". */
struct format_values {
	struct texts from, to;
};

struct format_column {
	struct texts names;        /* of CSV, as files have them: a last * stands for anything.  Of JSON: paths */
	struct texts loose;        /* the same, for comparing names of CSV */
	const char *fields[FORMAT_FIELDS_MAX]; /* "start", "id", "owner", "project.client" */
	size_t field_count;        /* 0: the column is of no use here */
	bool needed;               /* a file without it is not of this format */
	const char *like;          /* only files whose first cell looks so are of this format; # is a digit; or NULL */
	enum cell_unit unit;
	struct format_values values;
	struct texts only;         /* rows with another cell are left out; none: all rows are taken */
	bool order;                /* of rows with one id the one whose cell is the earliest is taken */
	bool person;             /* names whose record it is, in words of that program */
	const char *otherwise_field; /* that a cell fills which values does not have; or NULL: fields as ever */
	struct texts otherwise_fields, otherwise_values; /* what such a cell says beside that */
	struct texts inside_fields, inside_values; /* a second record in the middle of the row's span, as long as the
	                            * cell says, with these values; or none */
};

struct format_across {
	const char *name_field;    /* filled by the names of the columns that "columns" leaves out; NULL: none is */
	const char *value_field;   /* filled by their cells */
	struct format_values values; /* any other cell is not of this format, but for numbers */
	const char *number_field;  /* that a whole number fills which values does not have; or NULL */
	int number_digits;         /* so many of its digits are behind the point */
	const char *number_means;  /* what such a cell says for value_field */
};

struct format {
	const char *name, *label;
	const struct collection *collection;
	bool json;
	struct texts list;         /* of JSON: the path of the list, such as buckets, *, events; none: the whole */
	const char *holder_member, *holder_value; /* of JSON: the object with the list has this member; or NULL */
	const struct format_column *columns;
	size_t column_count;
	struct texts set_fields, set_values; /* what every new record has */
	enum date_order dates;
	int day_start;             /* where rows have a day and no time, the first of a day begins at this second; -1:
	                            * such rows are refused */
	bool own;                  /* also files are of it whose columns are all the collection's own */
	bool by_name;              /* a row without an id is of the record of its name (importBy) */
	bool first;                /* of rows with one id the first is taken, and the others are no mistakes */
	const char *mean_field;    /* the number of which the mean of such rows can be taken; or NULL */
	struct format_across across;
};

struct formats {
	const struct format *all;
	size_t count;
};

/* The folder of the formats, in that of the schema. */
const char *formats_folder(struct arena *a, const char *schema);

/* Read every *.json in folder; the result belongs to life.  A folder that does not exist has no formats, and a
 * format of a collection that is not defined is passed over.  PROBLEM_INTERNAL for a mistake; its cause names file
 * and reason. */
struct problem *formats_load(struct arena *life, const char *folder, const struct collections *set,
    const struct formats **formats) MUST_CHECK;

/* The format of that name for a collection, or NULL. */
const struct format *format_find(const struct formats *formats, const struct collection *c, const char *name);

/* The column of a CSV file with that name, or NULL; loose is its text_loose. */
const struct format_column *format_column(const struct format *format, const char *loose);

/* True for a cell without blanks around it that is such a number. */
bool format_is_number(const struct format_across *across, const char *cell);

/* What a cell without blanks around it means: NULL when values does not have it. */
const char *format_value(const struct format_values *values, const char *cell);

/* True when text looks like the pattern: # is a digit, * at the end is anything, every other character is itself. */
bool format_like(const char *pattern, const char *text);

#endif
