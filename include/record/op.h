/* op.h -- one op: the request to set, delete or restore a record.  The caller fills it in, op_prepare checks what can
 * be checked without the database, and write.h decides it.  schema/PROTOCOL.md 3. */
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

/* Where an op comes from, which decides what it may do to the record it finds. */
enum op_intent {
	INTENT_PUSH,   /* an op of a device: its base decides everything */
	INTENT_CREATE, /* POST: a live record is 409, a tombstone is revived */
	INTENT_CHANGE, /* PUT, PATCH, DELETE, restore: it never creates */
	INTENT_IMPORT  /* a row of a file: creates or updates; with an id made from its values it only creates */
};

struct op {
	/* from the caller */
	const char *op_id;                   /* the idempotency key, or NULL */
	const struct collection *collection;
	const char *record_id;               /* NULL: the natural id, or a new one */
	enum op_kind kind;
	enum op_intent intent;
	int64_t base;                        /* the version that was seen, 0 for none, or BASE_CURRENT */
	const char *epoch;                   /* of base, where the client names it: in no other is base a version */
	bool strict;                         /* If-Match: any other version is 412, nothing is merged */
	bool again;                          /* an import: revive tombstones */
	bool keep_live;                      /* an import: leave a live record unchanged instead of updating it */
	struct json_object *set;             /* the client's members, or NULL when values and touched are given */
	const char **values;                 /* canonical, by field index */
	bool *touched;                       /* by field index: the op names it */
	const char *new_owner;               /* or NULL */
	int64_t claimed_at;                  /* the client's instant, or 0 */
	const char *renamed_from;            /* or NULL */
	int64_t restore_version;
	const char *cause;                   /* the same for all writes of one action, or NULL */
	bool system;                         /* Daybook's own write: needs no role, may set derived fields */
	bool verbatim;                       /* with system: all values, exactly as they were stored once, of a record
	                                      * of new_owner; no rule derives, checks or follows, and nothing that it
	                                      * refers to is looked for.  Its base counts.  With INTENT_IMPORT the
	                                      * action is imported, else restored */
	bool takes_rights;                   /* somebody's: never refused because the space is full */
	bool takes_back;                     /* deletes what an import made: rules that keep people from deleting let
	                                      * it through */
	bool reset;                          /* the action in the audit is ACTION_RESET instead of ACTION_UPDATED */
	bool unwritten;                      /* this id was never used: the caller of write_ask knows, or it is new */
	const char *hash_text;               /* of an action: hashed instead of collection, id and set; or NULL */
	/* from op_prepare */
	unsigned char hash[32];
	unsigned char hash_before[32];       /* the hash it had before any field was retired */
	bool hashed;                         /* hash is set; some refused ops have none */
	const char **said;                   /* by field: what the hash covers, also values that are ignored */
	bool *named;                         /* by field: whether said has it */
	bool made_id;                        /* record_id is a new random one */
	struct problem *refused;             /* what is wrong with the op, or NULL */
	struct problem *bad_private;         /* what is wrong with a private field, told only to those who see that
	                                      * field */
};

/* An op that Daybook makes by itself or as part of an action: it sets the record, whatever its version is.  The caller
 * may choose another kind.  cause as in struct op. */
struct op op_own(const struct collection *c, const char *id, const char *cause);

/* Set a field of such an op to a canonical value; NULL empties it. */
void op_give(struct arena *a, struct op *op, const char *field, const char *canonical);

/* Check an op, make its values canonical, make its id where it needs one, and compute its hash.  A mistake is kept in
 * op->refused.  write_ops answers with it, unless the op was applied before, when its definition was another. */
void op_prepare(struct arena *a, const struct person *person, struct op *op);

/* True when these 32 bytes are the hash of the op, or the one it had before any field was retired. */
bool op_has_hash(const struct op *op, const void *hash);

/* The values of a new record: the defaults, and over them what the op names. */
const char **op_first_values(struct arena *a, const struct op *op);

#endif
