/* write.h -- the one path that changes a record.  REST, push, import, restore and actions all end here.
 *
 * The caller makes ops, op_prepare types and checks what can be checked without the database, write_ops locks the space, reads the
 * person again and decides each op by PROTOCOL section 2 (README: what a write does).  A refused op changes nothing and takes no
 * seq; the others go on.  Record, audit and outcome are written in one transaction; answers are given only after its COMMIT. */
#ifndef WRITE_H
#define WRITE_H

#include "collection.h"
#include "db.h"
#include "person.h"
#include "record.h"

enum {
	WRITE_OPS_MAX = 1000,        /* in one call */
	TRANSACTION_BYTES_MAX = 1 << 20
};

enum {
	BASE_CURRENT = -1 /* whatever the version is now */
};

enum op_kind {
	OP_SET,
	OP_DELETE,
	OP_RESTORE
};

enum op_intent {
	INTENT_PUSH,   /* a device's op: base decides all */
	INTENT_CREATE, /* POST: a live record is 409, a tombstone is revived */
	INTENT_CHANGE, /* PUT, PATCH, DELETE, restore: never creates */
	INTENT_IMPORT  /* a row of a file: upsert where the id is natural or given, else create once */
};

struct op {
	/* from the caller */
	const char *op_id;                   /* the idempotency key, or NULL */
	const struct collection *collection;
	const char *record_id;               /* NULL: natural, or made here */
	enum op_kind kind;
	enum op_intent intent;
	int64_t base;                        /* version seen, 0 = none known, BASE_CURRENT */
	bool strict;                         /* If-Match: any other version is 412, no merge */
	bool again;                          /* import: revive tombstones */
	bool keep_live;                      /* import without a key: a live record is unchanged, not updated */
	struct json_object *set;             /* the client's members, or NULL when values and touched are given */
	const char **values;                 /* typed; by field index */
	bool *touched;                       /* which of values were named */
	const char *new_owner;               /* or NULL */
	int64_t claimed_at;                  /* the client's instant, or 0 */
	const char *renamed_from;            /* or NULL */
	int64_t restore_version;
	const char *cause;                   /* joins writes that belong together, or NULL */
	bool system;                         /* Daybook's own write: no role is asked, derived fields may be given */
	bool reset;                          /* a change that audit calls a reset */
	const char *hash_text;               /* for actions: what the op's hash covers instead of collection, id and set; or NULL */
	/* from op_prepare */
	unsigned char hash[32];
	bool made_id;                        /* record_id was made here, at random */
	struct problem *refused;             /* already known to be bad */
	struct problem *bad_private;         /* a private field is; told only to who sees that field, for others there is none */
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
	struct db *db;
	struct arena *a;
	const struct collections *set;
	struct person *person;       /* as read under the lock; space_id names the space */
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

/* Name a field of an op by its canonical value (NULL empties it), instead of `set`: for writes that Daybook makes itself. */
void op_give(struct arena *a, struct op *op, const char *field, const char *canonical);

/* Type and check an op, make its id where it needs one, compute its hash.  A defect is kept in op->refused; write_ops answers it. */
void op_prepare(struct arena *a, const struct person *person, struct op *op);

/* Write prepared ops in order, in as few transactions as the limits allow.  A problem refuses what was not yet committed:
 * PROBLEM_UNAUTHORIZED (revoked meanwhile), PROBLEM_NOT_FOUND (no member any more), PROBLEM_UNAVAILABLE (outcome unknown: send the
 * same ops again).  person is brought up to date. */
struct problem *write_ops(struct db *db, struct arena *a, const struct collections *set, struct person *person,
    struct op *ops, size_t count, struct outcome *outcomes, struct written *written) MUST_CHECK;

/* Several writes, and statements that belong to them, as one: all or nothing.  The space is locked, the person read again and his role
 * held against least (ROLE_NONE: also somebody who is no member), then work is run and the transaction committed.  work may run more
 * than once and must set what it leaves behind anew; a problem it returns undoes everything.  An action that can be repeated gives its
 * key to its first op (op_id, hash_text) and stops when that is answered OUTCOME_DUPLICATE. */
struct problem *write_action(struct db *db, struct arena *a, const struct collections *set, struct person *person, enum role least,
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written) MUST_CHECK;

/* Inside work: write one op, prepared by op_prepare.  What refuses the op is in outcome->problem; a problem that is returned is fatal. */
struct problem *writer_take(struct writer *w, struct op *op, struct outcome *outcome) MUST_CHECK;

/* Inside work: prepare and write one op that has to be written; what refuses it is returned, and the action is undone. */
struct problem *writer_must(struct writer *w, struct op *op, struct outcome *outcome) MUST_CHECK;

#endif
