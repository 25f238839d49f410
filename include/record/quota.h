/* quota.h -- how much a space holds and may hold: records that are not deleted, and bytes.  Bytes are those of the JSON
 * of its records, with tombstones, and of its audit, and ROW_BYTES for each row of these and for each kept outcome of
 * an op.  Both are counted in the row of the space with each write.  A space has the limits of the settings, or limits
 * of its own (daybookctl space). */
#ifndef QUOTA_H
#define QUOTA_H

#include "model/call.h"

/* As a limit, 0 stands for none. */
struct amount {
	int64_t records, bytes;
};

/* Read the columns QUOTA_COLUMNS of a row, the first of them at column.  *may has the limits of the space, or else
 * those of the call. */
void quota_of_row(const struct call *call, const struct rows *rows, size_t row, size_t column, struct amount *holds,
    struct amount *may);

/* What a write does to the amount of records. */
enum growth {
	GROWTH_NONE,    /* it changes one */
	GROWTH_OWN,     /* Daybook itself adds one: what follows from an act of somebody */
	GROWTH_RECORD   /* somebody adds one */
};

/* PROBLEM_SPACE_FULL when the space holds as much as it may.  A limit keeps people from adding records; changes, and
 * what Daybook adds by itself, go on until a tenth more is used: who came to work in time can also go home. */
struct problem *quota_check(struct arena *a, const struct amount *holds, const struct amount *may,
    enum growth growth) MUST_CHECK;

/* What the space of the call holds and may hold. */
struct problem *quota_read(const struct call *call, struct amount *holds, struct amount *may) MUST_CHECK;

/* How many records people may still add; INT64_MAX for any number. */
int64_t quota_room(const struct amount *holds, const struct amount *may);

/* The problem for a record for which there is no such room. */
struct problem *quota_no_room(struct arena *a, const struct amount *holds, const struct amount *may);

/* How full a space is, in whole percent of the limit that it is nearer to; 0 without limits. */
int64_t quota_percent(const struct amount *holds, const struct amount *may);

#endif
