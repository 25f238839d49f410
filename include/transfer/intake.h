/* intake.h -- a file of records into the database: first every row is looked at, then all are written.
 *
 * A bad row stops the import before anything is written, unless bad rows are to be skipped.  Rows go in as ops of the one write
 * path, at most WRITE_OPS_MAX a transaction, under op ids made of the run and the row's number: an import that broke off is
 * continued, and one that is sent again adds nothing, by sending the same request. */
#ifndef INTAKE_H
#define INTAKE_H

#include "record/write.h"
#include "transfer/import.h"

enum {
	INTAKE_ERRORS_MAX = 100 /* told one by one */
};

struct intake_options {
	bool dry_run;          /* look at every row, write nothing */
	bool skip_bad;         /* take the good rows */
	bool again;            /* revive records that were deleted */
	const char *run;       /* what names this run: the same text, the same ops */
	int seconds;           /* stop writing after so long, between two transactions; 0: never */
	int look_seconds;      /* stop looking after so long: a dry run tells what it saw, an import writes nothing; 0: never */
};

struct intake_report {
	bool dry_run;
	size_t rows;           /* of the file */
	size_t matched;        /* of them taken by where */
	size_t created, updated, unchanged; /* in a dry run: what it would come to */
	size_t deleted;        /* records that were deleted here and stay so */
	size_t repeats;        /* rows that say again what an earlier one says */
	size_t bad;
	size_t rounded;        /* values */
	size_t done;           /* rows of the file behind which nothing is left to do */
	bool more;             /* the time was up: send the same request again; in a dry run: rows behind `rows` were not looked at */
	size_t earlier, short_years, shown_twice; /* for notes */
	struct buf errors;     /* [{"line","row","field","detail","value"},… without the end of the array: more may come */
	struct json_out errors_out; /* writes them */
};

/* Take the file of an opened import.  A problem about bad rows, a broken file, or a database that went away has the report among
 * its members.  PROBLEM_TOO_LARGE: there was no time to look at all rows. */
struct problem *intake(const struct call *call, struct import *im, const struct intake_options *options,
    struct intake_report *report) MUST_CHECK;

/* Put the report's members. */
void intake_put(struct json_out *out, const struct intake_report *report);

#endif
