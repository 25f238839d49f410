/* feed.h -- what changed: the feed of a space by cursor, and the heads of all spaces of a user.
 * schema/PROTOCOL.md 4. */
#ifndef FEED_H
#define FEED_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	FEED_ROWS_MAX = 1000,
	FEED_BYTES_MAX = 1000000,
	FEED_WINDOW = 4000       /* records looked at for one page: bounds the work of a person who sees little */
};

struct feed {
	/* asked */
	const char *since;                          /* a cursor of ours, or NULL for a first load */
	const struct collection *const *only;       /* a subset, or NULL for all */
	size_t only_count;
	/* answered */
	char *cursor;                               /* to ask with next time */
	bool more;
	int64_t seq;                                /* what the cursor stands at */
	bool nothing_new;                           /* the cursor was at the head */
};

/* Read the cursor and, when there is something new, one page.  Its changes are put into an array
 * that the caller has opened.
 * PROBLEM_RESYNC with members reason and restored; PROBLEM_INVALID (field since or collections) for a cursor that is none of ours or
 * belongs to another choice of collections. */
struct problem *feed_read(const struct call *call, struct feed *feed, struct json_out *changes) MUST_CHECK;

/* PROBLEM_RESYNC when a push's cursor is of another epoch than the person's space; a cursor that is none of ours is PROBLEM_INVALID. */
struct problem *feed_check_epoch(const struct call *call, const char *cursor) MUST_CHECK;

/* Put "heads":[{"space","head"},…]: for equality only.  A token bound to a space sees that one. */
struct problem *feed_heads(const struct call *call, struct json_out *out) MUST_CHECK;

#endif
