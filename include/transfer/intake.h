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
	INTAKE_ERRORS_MAX = 100 /* listed one by one */
};

struct intake_options {
	bool dry_run;          /* check every row, write nothing */
	bool skip_bad;         /* write only the good rows */
	bool again;            /* revive records that were deleted */
	const char *run;       /* names this run: the same text gives the same op ids */
	int seconds;           /* stop writing after so long, between two transactions; 0: never */
	int look_seconds;      /* stop checking after so long: an import then writes nothing; one that goes on stops
	                        * after half of it, and writes what it has checked; 0: never */
};

struct intake_report {
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
	struct buf errors;     /* a JSON array of {"line","row","field","detail","value"}, not yet closed */
	struct json_out errors_out; /* writes them */
};

/* Write the file of an opened import.  A problem about bad rows, a malformed file, or a database that went away has the
 * report among its members.  PROBLEM_TOO_LARGE: there was no time to check all rows. */
struct problem *intake(const struct call *call, struct import *im, const struct intake_options *options,
    struct intake_report *report) MUST_CHECK;

/* Put the report's members. */
void intake_put(struct json_out *out, const struct intake_report *report);

#endif
