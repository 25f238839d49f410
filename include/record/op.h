/* op.h -- one write that somebody asks for: to set, delete or restore a record.  The caller fills it in, op_prepare types and checks what
 * can be checked without the database, write.h decides it. */
#ifndef OP_H
#define OP_H

#include "account/person.h"
#include "model/collection.h"

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
	bool unwritten;                      /* only asked about: the caller found that nobody ever wrote a record of this id */
	const char *hash_text;               /* for actions: what the op's hash covers instead of collection, id and set; or NULL */
	/* from op_prepare */
	unsigned char hash[32];
	unsigned char hash_before[32];       /* what it was when no field was retired yet */
	bool hashed;                         /* hash is known: not of every op that is refused */
	const char **said;                   /* what the hash covers, by field: also what is not taken */
	bool *named;                         /* which of said were named */
	bool made_id;                        /* record_id was made here, at random */
	struct problem *refused;             /* already known to be bad */
	struct problem *bad_private;         /* a private field is; told only to who sees that field, for others there is none */
};

/* A change of a record, whatever its version is, that Daybook makes by itself or as part of an action; the caller may say another kind.
 * cause as in struct op. */
struct op op_own(const struct collection *c, const char *id, const char *cause);

/* Name a field of an op by its canonical value (NULL empties it), instead of `set`: for writes that Daybook makes itself. */
void op_give(struct arena *a, struct op *op, const char *field, const char *canonical);

/* Type and check an op, make its id where it needs one, compute its hash.  A defect is kept in op->refused; write_ops answers it, unless
 * the op was applied before, when its definition was another. */
void op_prepare(struct arena *a, const struct person *person, struct op *op);

/* Defaults, then what the op names: how a record begins. */
const char **op_first_values(struct arena *a, const struct op *op);

#endif
