/* tidy.h -- what is thrown away in time: tombstones, old op outcomes, ended sessions, forgotten throttles, uploads that
 * stand still, files that no record names and no history.
 * Safe while workers run: each space is purged under its own lock, a bounded number of rows at a time. */
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
	int64_t others; /* finished mail, links that have run out */
};

/* One round over all spaces.  now is the database's clock plus shift_days (0 in life; tests look ahead with it). */
struct problem *tidy_run(struct db *db, struct arena *a, const struct tidy_limits *limits, int shift_days,
    struct tidy_counts *counts) MUST_CHECK;

#endif
