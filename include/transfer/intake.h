/* intake.h -- writes a file of records into the database: it checks every row, then writes all of them.
 *
 * A bad row stops the import before anything is written, unless bad rows are to be skipped.  Rows are written as ops of
 * the one write path, at most WRITE_OPS_MAX in a transaction.  Their op ids are made from the run and the number of the
 * row.  So sending the same request again continues an import that broke off, and adds nothing to one that is
 * complete.  What is written already is read in a few statements and not checked again. */
#ifndef INTAKE_H
#define INTAKE_H

#include "record/write.h"
#include "transfer/import.h"

enum {
	INTAKE_ERRORS_MAX = 100, /* listed one by one */
	INTAKE_MADE_MAX = 8      /* collections whose records a file names */
};

struct intake_options {
	bool dry_run;          /* check every row, write nothing */
	bool skip_bad;         /* write only the good rows */
	bool again;            /* revive records that were deleted */
	bool anyway;           /* write rows that an earlier import read in another way */
	const char *run;       /* names this run: the same text gives the same op ids */
	const char *reading;   /* a hash of all that decides how the file is read; NULL: doubles are not noticed */
	const char *file;      /* its name, or NULL */
	int seconds;           /* stop writing after so long, between two transactions; 0: never */
	int look_seconds;      /* stop checking after so long, and say that there is more; an import that goes on stops
	                        * after half of it, and writes what it has checked; 0: never */
};

/* An earlier import that had rows of this file and read them in another way. */
struct intake_doubles {
	const char *import;    /* the id of its record; NULL: there is none */
	const char *file;      /* or NULL */
	const char *at;        /* when it began, as JSON */
	size_t rows;           /* about so many rows of this file */
};

struct intake_report {
	const struct import *im;
	bool dry_run;
	size_t rows;           /* in the file */
	size_t matched;        /* rows that where selects */
	size_t created, updated, unchanged; /* in a dry run: what they would be */
	size_t deleted;        /* records that were deleted before and stay deleted */
	size_t repeats;        /* rows that repeat an earlier one */
	size_t bad;
	size_t rounded;        /* values */
	size_t done;           /* this many rows of the file are finished */
	bool more;             /* the time was up: send it again; in a dry run: later rows were not checked */
	size_t earlier;        /* rows that an earlier run of this import wrote; for notes */
	size_t short_years, shown_twice; /* rows, see cell_notes (model/cell.h); for notes */
	size_t converted, other_ids; /* values in other units, rows with an id in another form; for notes */
	struct buf errors;     /* a JSON array of {"line","row","field","detail","value"}, not yet closed */
	struct json_out errors_out; /* writes them */
	struct buf preview;    /* a JSON array of rows as they would be, not yet closed */
	struct json_out preview_out;
	size_t previewed;
	struct {
		const char *collection;
		size_t count;
	} made[INTAKE_MADE_MAX]; /* records that rows name and that were not there; ends before a NULL */
	struct intake_doubles doubles;
	const char *import;    /* the id of the record of this import; NULL while there is none */
};

/* Fill in what a file is read with that the request does not say: the definitions, the zone of the person's work
 * settings or else of the space, and whom its owners may be.  In call->a. */
struct problem *intake_surroundings(const struct call *call, const struct collection *c,
    struct import_options *options) MUST_CHECK;

/* Write the file of an opened import.  A problem about bad rows, a malformed file, or a database that went away has the
 * report among its members.  PROBLEM_TOO_LARGE: there was no time to check all rows, and no place to keep how many were
 * checked.  PROBLEM_DOUBLED: rows of it were imported before and read in another way. */
struct problem *intake(const struct call *call, struct import *im, const struct intake_options *options,
    struct intake_report *report) MUST_CHECK;

/* Put the report's members. */
void intake_put(struct json_out *out, const struct intake_report *report);

#endif
