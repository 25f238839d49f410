/* batch.h -- what one transaction of the write knows and will write.  Private to this room.
 *
 * Records that were read or written are remembered, so record_find asks for each only once and finds what the
 * transaction itself has written.  Rows to write are put off and sent together, 16 in a statement.  They are sent
 * before anything else asks the database (db_put_off), so a query that knows nothing of the batch finds them too; only
 * the queries of this file, of which it knows what they depend on, go past them. */
#ifndef BATCH_H
#define BATCH_H

#include "record/op.h"
#include "record/past.h"
#include "record/record.h"
#include "store/statement.h"

/* The kinds of rows, in the order in which they are sent. */
enum batch_rows {
	BATCH_CREATED,  /* of record: RECORD_INSERT */
	BATCH_CHANGED,  /* of record: RECORD_CHANGE */
	BATCH_AUDIT,    /* AUDIT_APPEND */
	BATCH_OUTCOMES, /* OP_APPEND */
	BATCH_FILES,    /* FILE_REF_ADD */
	BATCH_ROWS_COUNT
};

/* An empty batch for a transaction on the space of call.  only_ops: nothing but ops is written in it, so who is a
 * member does not change meanwhile.  All memory is in call->a. */
struct batch *batch_new(const struct call *call, bool only_ops);

/* Ask in a few statements for what the next ops need: their outcomes, their records, and the records that these refer
 * to.  What is not asked for here is asked for one by one.  At most BATCH_AHEAD_MAX. */
enum {
	BATCH_AHEAD_MAX = STATEMENT_IDS_MAX
};
struct problem *batch_ahead(struct batch *b, const struct op *ops, size_t count) MUST_CHECK;

/* Read the person of the call again (person_again).  When a transaction is of one op, that is given, and the same
 * statement tells what is kept of it and finds its record.  Else op is NULL. */
struct problem *batch_person(struct batch *b, const struct op *op) MUST_CHECK;

/* What is kept of an op that was applied before; the texts belong to the arena of the call. */
struct kept {
	const struct value *hash;
	const char *collection, *record_id, *status;
	int64_t version, seq;
};

/* Find it.  *found is false when the op was not applied before. */
struct problem *batch_op(const struct call *call, const struct op *op, struct kept *kept, bool *found) MUST_CHECK;

/* record_find inside a write. */
struct problem *batch_find(struct batch *b, const struct collection *c, const char *id, struct record *record,
    bool *found) MUST_CHECK;

/* Put a row off.  The bytes of its values must outlive the transaction. */
void batch_add(struct batch *b, enum batch_rows kind, const struct value *values, size_t count);

/* From now on this is the record of its id. */
void batch_wrote(struct batch *b, const struct record *record);

/* How far its ops may still look back. */
struct past_room *batch_past_room(struct batch *b);

/* Back to a savepoint: forget what was put off since and all that is known. */
void batch_forget(struct batch *b);

#endif
