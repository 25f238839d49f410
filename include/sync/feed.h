/* feed.h -- what changed since a cursor: the feed of a space.
 * schema/PROTOCOL.md 4. */
#ifndef FEED_H
#define FEED_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	FEED_ROWS_MAX = 1000,
	FEED_BYTES_MAX = 1000000,
	FEED_WINDOW = 4000       /* records looked at for one page, whether the person sees them or not */
};

/* A request for a page of the feed, and the rest of its answer. */
struct feed {
	/* asked */
	const char *since;                          /* a cursor, or NULL for a first load */
	const char *past;                           /* as a push answered it, or NULL */
	const struct collection *const *only;       /* a subset, or NULL for all */
	size_t only_count;
	/* answered */
	char *cursor;                               /* for the next call */
	bool more;
	int64_t seq;                                /* the seq of the cursor */
	bool nothing_new;                           /* since was at the head */
};

/* Read the cursor and, when there is something new, one page.  Its changes are put into an array that the caller has
 * opened.  PROBLEM_RESYNC, with members reason and restored, when the cursor cannot be continued.  PROBLEM_INVALID
 * (field since, past or collections) for a text that is not a cursor, or is one for another choice of collections. */
struct problem *feed_read(const struct call *call, struct feed *feed, struct json_out *changes) MUST_CHECK;

/* Check the cursor of a push, and the past that the push before it was answered; each may be NULL.  PROBLEM_RESYNC when
 * they are of another epoch than the person's space, or of another past of it; PROBLEM_INVALID when they cannot be
 * read. */
struct problem *feed_check_push(const struct call *call, const char *cursor, const char *past) MUST_CHECK;

/* The past of a space up to a seq, as text: the seq and the first bytes of the hash of the audit row there. */
char *feed_mark(struct arena *a, int64_t seq, const unsigned char *chain);

#endif
