/* write.h -- the one path that changes a record.  REST, push, import, restore and actions all end here.
 *
 * The caller makes ops, and op_prepare checks what can be checked without the database.  write_ops locks the space,
 * reads the person again and decides each op by schema/PROTOCOL.md 2.  A refused op changes nothing and takes no seq;
 * the others go on.  Record, audit and outcome are written in one transaction, and the caller gets its answer only
 * after COMMIT. */
#ifndef WRITE_H
#define WRITE_H

#include "base/seen.h"
#include "model/call.h"
#include "record/op.h"
#include "record/quota.h"
#include "record/record.h"

enum {
	WRITE_OPS_MAX = 1000,        /* in one call */
	TRANSACTION_BYTES_MAX = 1 << 20
};

/* What became of an op: schema/PROTOCOL.md 3. */
enum outcome_status {
	OUTCOME_APPLIED,
	OUTCOME_MERGED,
	OUTCOME_UNCHANGED,
	OUTCOME_DUPLICATE,
	OUTCOME_CONFLICT,
	OUTCOME_REJECTED,
	OUTCOME_COUNT
};

extern const char *const outcome_names[OUTCOME_COUNT];

/* The answer to an op. */
struct outcome {
	enum outcome_status status;
	bool merged;                /* for a duplicate: whether it was merged the first time */
	bool created;               /* there was no live record before */
	int64_t version, seq;       /* of the write, for a duplicate of the first one; 0 when refused */
	struct record record;       /* as it is now, if has_record */
	bool has_record;            /* the person may see it */
	struct problem *problem;    /* conflict, rejected */
};

/* An open transaction on one space, between its lock and its COMMIT. */
struct writer {
	const struct call *call;     /* its person as read under the lock */
	const char *epoch;
	int64_t seq, tx_seq;         /* of the last write; of the first one of this transaction */
	int64_t min_seq;             /* up to which tombstones are purged */
	int64_t now;                 /* the instant of its writes */
	const char *now_sql;         /* the same as SQL has it */
	unsigned char chain[32];     /* hash of the last audit row */
	size_t rows, bytes;          /* written in this transaction */
	struct amount holds, may;    /* the space: with what this transaction has written; at most */
	int64_t held;                /* holds.bytes when the space was locked */
	bool people;                 /* employees or members changed: who oversees whom is found anew at the end */
	bool moved;                  /* the head of the space was moved */
	bool full;                   /* its limits are reached, and the last op was not written */
};

/* What the last transaction of a call has committed. */
struct written {
	int64_t head;               /* seq of the space after the last transaction */
	unsigned char chain[CHAIN_BYTES]; /* of the audit row at head */
	const char *epoch;
	int64_t at;                 /* instant of the last transaction */
};

/* Write prepared ops in order, in as few transactions as the limits allow.  No two of them have the same op id.
 * outcomes has one for each op.  A problem refuses what was not committed yet: PROBLEM_UNAUTHORIZED (revoked
 * meanwhile), PROBLEM_NOT_FOUND (no longer a member), PROBLEM_UNAVAILABLE (the outcome is unknown: send the same ops
 * again).  The person of the call is brought up to date. */
struct problem *write_ops(const struct call *call, struct op *ops, size_t count, struct outcome *outcomes,
    struct written *written) MUST_CHECK;

/* A dry run: find out whether prepared ops would be accepted now.  Every check is made, but nothing is locked or
 * written.  What the ops need is asked for together.  Of the outcomes only status, created and problem are set.  coming
 * collects, from one op to the next, what the earlier ops would have written; the caller starts it with seen_start. */
struct problem *write_ask(const struct call *call, struct op *ops, size_t count, struct seen *coming,
    struct outcome *outcomes) MUST_CHECK;

/* Make several writes, and the statements that belong to them, in one transaction: all or nothing.  The space is
 * locked, the person is read again and must have at least the role least (ROLE_NONE lets in people who are not
 * members), then work runs and the transaction is committed.  work may run several times, and must set all of its
 * results each time.  A problem that it returns undoes everything.  An action that can be repeated gives its key to its
 * first op (op_id, hash_text) and stops when that op is answered OUTCOME_DUPLICATE. */
struct problem *write_action(const struct call *call, enum role least,
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written) MUST_CHECK;

/* The same for a space that does not exist yet: make inserts the row of the space in the same transaction, and only
 * then it is locked.  At that moment it has no members, so no role is checked. */
struct problem *write_founding(const struct call *call, struct problem *(*make)(struct writer *w, void *arg),
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written) MUST_CHECK;

/* Write more than one transaction of write_ops holds, all or nothing: page is called again and again inside one
 * transaction of the database, until it leaves more false.  Readers see the space as it was until COMMIT, and then as
 * it will be; other writers of the space wait, and are told to come again.
 *
 * Each page has an arena and a batch of its own, with at most WRITE_OPS_MAX writes: page stops when writer_take has set
 * w->full, and its next call begins with the op that did not fit.  Devices get a page, which has one tx_seq, together.
 * What must last longer than a page is in an arena of the caller's.  The transaction may run several times: page begins
 * anew when first is true.  at_most is how long it may take, in seconds; PROBLEM_TOO_MUCH beyond it. */
struct whole_page {
	bool first;                 /* in: the transaction begins, or begins again */
	bool more;                  /* out: there is another page */
};
struct problem *write_whole(const struct call *call, enum role least, int at_most,
    struct problem *(*page)(struct writer *w, void *arg, struct whole_page *page), void *arg, struct written *written)
    MUST_CHECK;

/* Inside work: write one op that op_prepare has prepared.  If the op is refused, outcome->problem says why; a problem
 * that is returned ends the transaction. */
struct problem *writer_take(struct writer *w, struct op *op, struct outcome *outcome) MUST_CHECK;

/* Inside work: ask together for what the next ops need, at most WRITE_AHEAD_MAX; they stay where they are until they
 * are written.  It only saves time. */
enum {
	WRITE_AHEAD_MAX = 64
};
struct problem *writer_ahead(struct writer *w, const struct op *ops, size_t count) MUST_CHECK;

/* Inside work: prepare and write one op that the action cannot do without.  If the op is refused, the problem is
 * returned, and so the action is undone. */
struct problem *writer_must(struct writer *w, struct op *op, struct outcome *outcome) MUST_CHECK;

#endif
