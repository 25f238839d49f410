/* write.h -- the one path that changes a record.  REST, push, import, restore and actions all end here.
 *
 * The caller makes ops, op_prepare types and checks what can be checked without the database, write_ops locks the space, reads the
 * person again and decides each op by schema/PROTOCOL.md 2.  A refused op changes nothing and takes no seq; the others go on.
 * Record, audit and outcome are written in one transaction; answers are given only after its COMMIT. */
#ifndef WRITE_H
#define WRITE_H

#include "base/seen.h"
#include "model/call.h"
#include "record/op.h"
#include "record/record.h"

enum {
	WRITE_OPS_MAX = 1000,        /* in one call */
	TRANSACTION_BYTES_MAX = 1 << 20
};

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

struct outcome {
	enum outcome_status status;
	bool merged;                /* also of the first application of a duplicate */
	bool created;               /* there was no live record before */
	int64_t version, seq;       /* of the write (of the first one, for a duplicate); 0 when refused */
	struct record record;       /* as it is now */
	bool has_record;            /* the caller may see it */
	struct problem *problem;    /* conflict, rejected */
};

/* An open transaction on one space, between its lock and its COMMIT. */
struct writer {
	const struct call *call;     /* its person as read under the lock */
	const char *epoch;
	int64_t seq, tx_seq;         /* of the last write; of the first one of this transaction */
	int64_t now;                 /* the instant of its writes */
	unsigned char chain[32];     /* hash of the last audit row */
	size_t rows, bytes;          /* written in this transaction */
	bool full;                   /* its limits are reached: the last op given was not written */
};

struct written {
	int64_t head;               /* seq of the space after the last transaction */
	const char *epoch;
	int64_t at;                 /* instant of the last transaction */
};

/* Write prepared ops in order, in as few transactions as the limits allow.  A problem refuses what was not yet committed:
 * PROBLEM_UNAUTHORIZED (revoked meanwhile), PROBLEM_NOT_FOUND (no member any more), PROBLEM_UNAVAILABLE (outcome unknown: send the
 * same ops again).  person is brought up to date. */
struct problem *write_ops(const struct call *call, struct op *ops, size_t count, struct outcome *outcomes,
    struct written *written) MUST_CHECK;

/* Would a prepared op be taken now?  Everything that can refuse it is asked, nothing is locked and nothing written; of the outcome, status,
 * created and problem are said.  coming remembers, from one op to the next, what those before it would have made; the caller starts it. */
struct problem *write_ask(const struct call *call, struct op *op, struct seen *coming,
    struct outcome *outcome) MUST_CHECK;

/* Several writes, and statements that belong to them, as one: all or nothing.  The space is locked, the person read again and his role
 * held against least (ROLE_NONE: also somebody who is no member), then work is run and the transaction committed.  work may run more
 * than once and must set what it leaves behind anew; a problem it returns undoes everything.  An action that can be repeated gives its
 * key to its first op (op_id, hash_text) and stops when that is answered OUTCOME_DUPLICATE. */
struct problem *write_action(const struct call *call, enum role least,
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written) MUST_CHECK;

/* The same for a space that is not there yet: make inserts it, in the same transaction, before it is locked.  Nobody is a member then. */
struct problem *write_founding(const struct call *call, struct problem *(*make)(struct writer *w, void *arg),
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written) MUST_CHECK;

/* Inside work: write one op, prepared by op_prepare.  What refuses the op is in outcome->problem; a problem that is returned is fatal. */
struct problem *writer_take(struct writer *w, struct op *op, struct outcome *outcome) MUST_CHECK;

/* Inside work: prepare and write one op that has to be written; what refuses it is returned, and the action is undone. */
struct problem *writer_must(struct writer *w, struct op *op, struct outcome *outcome) MUST_CHECK;

#endif
