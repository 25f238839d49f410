/* tidy.h -- deletes what has expired: tombstones, old outcomes of ops, ended sessions, old counts of failures,
 * abandoned uploads, and files that neither a record nor its history names.  Safe while workers run: each space is
 * purged under its own lock, a bounded number of rows at a time. */
#ifndef TIDY_H
#define TIDY_H

#include <stdint.h>

#include "store/db.h"

struct tidy_limits {
	int op_days;        /* outcomes of ops older than this go */
	int tombstone_days; /* tombstones older than this go, and min_seq rises */
};

struct tidy_counts {
	int64_t tombstones, ops, sessions, throttles, uploads, files;
	int64_t others; /* finished mail, expired links */
};

/* One round over all spaces, at the time of the database's clock plus shift_days, which is 0 except in tests. */
struct problem *tidy_run(struct db *db, struct arena *a, const struct tidy_limits *limits, int shift_days,
    struct tidy_counts *counts) MUST_CHECK;

#endif
