/* since.h -- all of a collection, or what changed in it from an instant on, for clients that go by the clock instead of
 * a cursor.
 *
 * The writes of a space are in the order of their instants, but several can share one instant.  A client that next asks
 * from since_now (inclusive) may get the last writes twice, but misses none. */
#ifndef SINCE_H
#define SINCE_H

#include "record/record.h"

struct since_row {
	struct record record;
	const char *by_name; /* of the user who wrote it last, as author_name shows it */
};

struct since {
	/* asked */
	const struct collection *collection;
	int64_t from;          /* an instant, inclusive; 0 = everything */
	bool tombstones;       /* deleted ones too */
	/* answered, in the order of ids */
	struct since_row *rows;
	size_t count;
};

enum {
	SINCE_MAX = 20000 /* rows that are read at most; from LIST_FEW on it takes a heavy turn (record/list.h) */
};

/* Read all of it that the person may see.  PROBLEM_FORBIDDEN when they may not read the collection, PROBLEM_TOO_MUCH
 * when it is more than SINCE_MAX, PROBLEM_BUSY without a turn.  The rows come in one piece, so this is for
 * collections of a few hundred records. */
struct problem *since_read(const struct call *call, struct since *since) MUST_CHECK;

/* The instant of the last write of the person's space, to be read before the rows. */
struct problem *since_now(const struct call *call, int64_t *now) MUST_CHECK;

/* The display name of a user, "" when there is none. */
struct problem *since_name(struct db *db, struct arena *a, const char *user_id, const char **name) MUST_CHECK;

#endif
