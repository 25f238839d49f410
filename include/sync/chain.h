/* chain.h -- the head of a space with its whole hash, and whether the chain of its audit still goes through former
 * heads.  schema/PROTOCOL.md 5, "A past that cannot be rewritten unseen".
 *
 * The hash of an audit row covers every row before it.  So whoever remembers one head can tell later whether anything
 * up to there was changed since, whatever was computed anew. */
#ifndef CHAIN_H
#define CHAIN_H

#include "model/call.h"

enum {
	HEADS_ASKED_MAX = 64 /* by one question */
};

/* A head as it was given out.  The seal shows that this server did. */
struct chain_head {
	int64_t seq;                      /* 0: nothing was written yet, the hash is zeros and at is 0 */
	unsigned char hash[SHA256_SIZE];  /* of the audit row at seq */
	unsigned char seal[SHA256_SIZE];
	int64_t at;                       /* instant of the write */
	const char *epoch;
};

enum through {
	THROUGH_NO,
	THROUGH_YES,
	THROUGH_UNKNOWN /* the audit row is no longer there */
};

/* A head that somebody remembers, and whether the chain goes through it. */
struct remembered {
	int64_t seq;
	unsigned char hash[SHA256_SIZE];
	enum through through;
	bool ahead;      /* the space does not come so far */
	int64_t at;      /* of the audit row at seq, or 0 */
};

/* The head of the person's space, as the database has it now. */
struct problem *chain_head_read(const struct call *call, const struct token_ring *ring, struct chain_head *head)
    MUST_CHECK;

/* Whether this server gave out a head with this seal.  Of keys that were removed since, none fits. */
bool chain_seal_fits(const struct call *call, const struct token_ring *ring, const struct remembered *head,
    const unsigned char seal[SHA256_SIZE]) MUST_CHECK;

/* Read "SEQ-HASH,SEQ-HASH": at most HEADS_ASKED_MAX heads, the hash as 64 hex digits.  PROBLEM_INVALID, field past. */
struct problem *chain_parse(struct arena *a, const char *text, struct remembered **heads, size_t *count) MUST_CHECK;

/* Find out whether the chain of the person's space goes through these heads; head is the present one. */
struct problem *chain_goes_through(const struct call *call, const struct chain_head *head, struct remembered *heads,
    size_t count) MUST_CHECK;

#endif
