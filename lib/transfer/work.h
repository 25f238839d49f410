/* work.h -- one import on its way, and what its parts do with it.  Private to intake.c, report.c, earlier.c, named.c,
 * doubles.c and imports.c. */
#ifndef WORK_H
#define WORK_H

#include <time.h>

#include "base/crypto.h"
#include "transfer/intake.h"

enum {
	SAMPLE_MAX = 256 /* hashes of rows that the record of an import keeps */
};

/* A row that was written before. */
struct earlier {
	unsigned char hash[SHA256_SIZE]; /* of its op; zeros: not known */
	bool written;
	bool deleted;                  /* its record was deleted since then */
};

/* What ops of a run did. */
struct counted {
	size_t created, updated, unchanged;
	size_t made;                   /* records that rows name */
};

struct named_records;
struct doubles;

/* The smallest hashes of rows, each once, in their order. */
struct sample {
	unsigned char hashes[SAMPLE_MAX][IMPORT_HASH_SIZE];
	size_t count;
};

/* One import on its way. */
struct work {
	const struct call *call;       /* its arena is that of the whole import */
	const struct collection *c;
	struct import *im;
	const struct intake_options *options;
	struct intake_report *report;
	bool *refused;                 /* by row number: the first half refused the row, for a reason outside of the
	                                * file */
	struct seen coming;            /* what the rows checked so far would write */
	struct seen known;             /* the ids of the current rows that are or were used by a record */
	char op_prefix[32];            /* also the id of the record of the import */
	struct earlier *earlier;       /* by row number: what an earlier request wrote; NULL: nothing */
	size_t written_to;             /* the last row that an earlier request wrote, or 0 */
	struct counted before, now;    /* by earlier requests of the run, and by this one */
	size_t looked_to;              /* the last row that may be written */
	struct amount holds, may;      /* the space, when this request began */
	int64_t room;                  /* for so many more records */
	bool crowded;                  /* for some rows there was no room */
	time_t until, look_until;      /* by steady_now; 0 = never */
	struct named_records *names;           /* records that rows name */
	struct doubles *doubles;       /* rows that earlier imports have, or NULL */
	struct sample sample;          /* of the rows that are good */
	const struct collection *imports; /* or NULL: this server keeps no records of imports */
	bool recorded;                 /* the record of this import is there, */
	bool running;                  /* and says that it is under way */
	bool whole;                    /* every row was looked at */
	size_t checked_to;             /* rows that earlier requests have checked, and none was bad */
	size_t all_rows;               /* of the file, once an earlier request has read it to its end; else 0 */
	bool trusted;                  /* earlier requests checked all rows and began to write: this one only writes */
	bool unfinished;               /* there was no time to check all rows, so none is written yet */
};

/* ---- report.c ---- */

/* Count a bad row, and list it. */
void report_error(struct work *w, const struct import_row *row, const struct problem *p, const char *value);

/* Show a row as it would be, if few were shown before. */
void report_preview(struct work *w, const struct import_row *row);

/* Add the report to the problem, which may be NULL. */
struct problem *report_with(struct work *w, struct problem *p);

/* Free an arena, but keep a copy of the problem that is in it. */
struct problem *work_leave(struct work *w, struct arena *ends, struct problem *p);

/* ---- earlier.c ---- */

/* Read what an earlier request of the run wrote. */
struct problem *earlier_find(struct work *w) MUST_CHECK;

/* True when an earlier request wrote the row: then there is nothing to check or write. */
bool earlier_has(const struct work *w, const struct import_row *row);

/* A row that an earlier request wrote must be what it was then. */
struct problem *earlier_meet(struct work *w, const struct import_row *row, const struct op *op) MUST_CHECK;

/* The problem for a run that was used before for another file. */
struct problem *earlier_other_file(struct work *w, const struct import_row *row);

/* ---- named.c ---- */

void named_start(struct work *w);

/* Turn the names of a row into ids.  A record that is not there gets the id that it will have.  A name that cannot be
 * used is row->bad. */
struct problem *named_settle(struct work *w, struct arena *a, struct import_row *row) MUST_CHECK;

/* In a format whose rows are of the records of their names: give a row without an id that of the record with its name,
 * or the one that a record made for this name would have. */
struct problem *named_self(struct work *w, struct arena *a, struct import_row *row) MUST_CHECK;

/* Ask the write path about the records that were added since. */
struct problem *named_ask(struct work *w, struct arena *a) MUST_CHECK;

/* How many new records a row needs that no row before it needed; with note they are needed from now on. */
size_t named_need(struct work *w, struct arena *a, const struct import_row *row, bool note);

/* After a dry run, put into the report which records would be made. */
void named_foretell(struct work *w);

/* Write the records that these rows need.  A row whose record is refused becomes bad. */
struct problem *named_write(struct work *w, struct arena *a, struct import_row *rows, size_t count) MUST_CHECK;

/* What is hashed of the op of a row that names records: what the file says, and not which records these are.  NULL for
 * any other row. */
const char *named_hash_text(struct work *w, struct arena *a, const struct import_row *row);

/* ---- doubles.c ---- */

/* Read which rows the earlier imports of the person into this collection had, as far as they were read otherwise. */
struct problem *doubles_load(struct work *w) MUST_CHECK;

/* A row that would become a new record. */
void doubles_meet(struct work *w, const struct import_row *row);

/* Put into the report which earlier import has the most of these rows. */
void doubles_tell(struct work *w);

/* PROBLEM_DOUBLED when there is one and it is not to be ignored. */
struct problem *doubles_refuse(struct work *w);

void sample_add(struct sample *sample, const unsigned char hash[IMPORT_HASH_SIZE]);

/* A JSON array of the hashes, in a. */
const char *sample_json(struct arena *a, const struct sample *sample);

/* ---- imports.c ---- */

/* Name the run: the one of the request, or, where that was taken back, the next one.  Find its record. */
struct problem *imports_find(struct work *w) MUST_CHECK;

/* Before rows are written: make the record, or see that nobody takes the import back. */
struct problem *imports_begin(struct work *w) MUST_CHECK;

/* Keep that the rows so far are good, so that the next request goes on behind them. */
struct problem *imports_checked(struct work *w) MUST_CHECK;

/* Write what this request did into the record. */
struct problem *imports_end(struct work *w) MUST_CHECK;

#endif
