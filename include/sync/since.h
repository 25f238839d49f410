/* since.h -- what a collection holds, or what changed in it from an instant on, for clients that know no cursor but only the clock.
 *
 * Writes of a space follow each other in the order of their instants, and several can share one.  Whoever asks again from
 * since_now on, that instant included, may meet the last of them again and misses none. */
#ifndef SINCE_H
#define SINCE_H

#include "record/record.h"

struct since_row {
	struct record record;
	const char *by_name; /* display name of who wrote it last; author_name says what of Daybook's own and of who is gone */
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

/* Read all of it that the person may see: in one piece, for collections of some hundred records. */
struct problem *since_read(const struct call *call, struct since *since) MUST_CHECK;

/* The instant of the last write of the person's space, to be read before the rows. */
struct problem *since_now(const struct call *call, int64_t *now) MUST_CHECK;

/* The display name of a user, "" when there is none. */
struct problem *since_name(struct db *db, struct arena *a, const char *user_id, const char **name) MUST_CHECK;

#endif
