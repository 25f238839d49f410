/* stamps.h -- stamps of a time-stamping authority (RFC 3161) on the heads of spaces.  deploy/stamp asks the authority
 * and keeps them, at most one a space and day; here they are read.  schema/PROTOCOL.md 5.
 *
 * A stamp is of the hash of one audit row, which covers every row before it.  So whoever has the authority's
 * certificates can check with openssl that all of them were there when it was made. */
#ifndef STAMPS_H
#define STAMPS_H

#include "model/call.h"

enum {
	STAMPS_PAGE_MOST = 100,
	STAMP_LATE_HOURS = 26 /* for which a write may wait for a stamp, where an authority is set */
};

struct stamp {
	int64_t seq;
	unsigned char hash[SHA256_SIZE]; /* what was stamped */
	int64_t at;                      /* instant: when it was asked for */
	bool known;                      /* the audit still has a write at seq, */
	bool through;                    /* and the chain goes through the hash */
};

/* The stamps of the person's space with a seq below `before`, newest first, at most limit. */
struct problem *stamps_read(const struct call *call, int64_t before, int limit, struct stamp **stamps, size_t *count)
    MUST_CHECK;

/* The authority's answer for the head at seq, as it came (TimeStampResp as DER).  PROBLEM_NOT_FOUND. */
struct problem *stamp_token(const struct call *call, int64_t seq, const char **bytes, size_t *size) MUST_CHECK;

/* How a space is stamped. */
struct stamped_space {
	const char *id, *name;
	int64_t head;            /* seq */
	int64_t seq, at;         /* of the newest stamp; 0 without one */
	int64_t waits_since;     /* instant of the first write after it; 0: everything is stamped */
};

/* Some spaces by id, beginning after one (NOBODY at first); none after the last.  The user of db is the admin. */
struct problem *stamps_spaces(struct db *db, struct arena *a, const char *after, struct stamped_space **spaces,
    size_t *count) MUST_CHECK;

/* Whether a write has waited too long. */
bool stamp_is_late(const struct stamped_space *space);

#endif
