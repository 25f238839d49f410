/* head.h -- the head of a space, as the processes of this host know it: epoch, seq, the bytes of the chain there, and
 * the seq up to which tombstones are purged.
 *
 * Staleness: a write that this host has acknowledged is in it; a write of another host, at most SHARED_FRESH_MS later.
 * Bound: 4,096 spaces. */
#ifndef HEAD_H
#define HEAD_H

#include "host/shared.h"

enum {
	EPOCH_SIZE = 33, /* bytes of the text of an epoch, with its NUL */
	CHAIN_BYTES = 8  /* of the hash of an audit row: enough to tell two pasts of a space apart */
};

struct head {
	char epoch[EPOCH_SIZE];
	unsigned char chain[CHAIN_BYTES]; /* of the audit row at seq; zeros before the first write */
	int64_t seq, min_seq;
};

/* A head of these; chain has CHAIN_BYTES.  An epoch that is no epoch gives an empty one, which is never kept. */
struct head head_of(const char *epoch, int64_t seq, const unsigned char *chain, int64_t min_seq);

/* Find the head of a space.  False when it is not known: the caller asks the database. */
bool head_find(const char *space_id, struct head *head);

/* Keep what a row said that was asked for at moment. */
void head_keep(const char *space_id, const struct head *head, struct shared_moment moment);

/* Keep what this process has itself written.  To be called right after the COMMIT, before the write is answered. */
void head_written(const char *space_id, const struct head *head);

#endif
