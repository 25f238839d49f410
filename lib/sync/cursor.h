/* cursor.h -- what a cursor says, and whether the space can still be read from it.  Private to cursor.c and feed.c.
 * schema/PROTOCOL.md 4, "The cursor". */
#ifndef CURSOR_H
#define CURSOR_H

#include "sync/feed.h"

/* A place in the past of a space: a seq, and the first bytes of the hash of the audit row there.  Those bytes say which
 * past is meant: after a database was set back, the same seqs are written again with other hashes. */
struct mark {
	int64_t seq;       /* 0 is before the first write; -1 is no place at all */
	bool has_chain;    /* false at 0, and in cursors of former versions, which are not compared */
	unsigned char chain[CHAIN_BYTES];
};

/* "epoch.view.visibility.collections.seq" and, during a first load, ".H0".  seq and H0 are marks. */
struct cursor {
	const char *epoch, *visibility, *collections;
	int64_t view;
	struct mark at;
	struct mark first_head; /* where a first load began, or no place */
};

/* The mark of a seq and the hash there. */
struct mark mark_of(int64_t seq, const unsigned char chain[CHAIN_BYTES]);

/* A mark as text: "9-0123456789abcdef", or "0". */
char *mark_text(struct arena *a, const struct mark *m);

/* A cursor as text. */
char *cursor_text(struct arena *a, const struct cursor *c);

/* Read feed->since and feed->past into c and past, and check everything that can be checked without the rows of a page;
 * or begin a first load.  The problems are those of feed_read. */
struct problem *cursor_open(const struct call *call, const struct feed *feed, struct cursor *c,
    struct mark *past) MUST_CHECK;

/* After the rows of a page were read: PROBLEM_RESYNC if the space has another past than the marks, or if tombstones of
 * the page may have been purged meanwhile.  end->seq is where the page ends; its chain is filled in. */
struct problem *cursor_check_page(const struct call *call, const struct cursor *c, const struct mark *past,
    struct mark *end) MUST_CHECK;

/* The same for a page that goes on to the head, without a statement: hash is the hash of the audit row at c->at, and
 * min_seq is of the space, both as they were when the rows were read. */
struct problem *cursor_check_near(const struct call *call, const struct cursor *c, const struct value *hash,
    int64_t min_seq) MUST_CHECK;

#endif
