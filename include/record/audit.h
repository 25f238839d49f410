/* audit.h -- the audit of a space: one row for each write, in the same transaction, tied by a hash to the row before.
 *
 * digest = SHA-256(salt ‖ u32be length(changes) ‖ changes ‖ u32be length(private_changes) ‖ private_changes)
 * header = space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, user_id, device_id,
 *          op_id, cause, at, claimed_at: each is u32be length and the bytes of its text, or FF FF FF FF alone for NULL.
 *          Integers are in decimal, instants in RFC 3339 UTC with milliseconds.
 * hash   = SHA-256(hash of the row before, 32 zero bytes for the first ‖ header ‖ digest)
 *
 * Erasing a person's data blanks salt, changes and private_changes.  digest stays, so the chain still verifies.
 * schema/PROTOCOL.md 7 has an example, byte by byte. */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/crypto.h"
#include "model/rule.h"
#include "store/db.h"

enum {
	AUDIT_SALT_SIZE = 16
};

/* A row of the table `audit`. */
struct audit_row {
	const char *space_id;
	int64_t seq, tx_seq;
	const char *collection, *record_id;
	int64_t version;
	const char *owner_id, *prev_owner_id;     /* prev_owner_id is NULL unless the owner changed */
	const char *action;
	const char *changes;                      /* {"field":[old,new],…}; NULL when erased */
	const char *private_changes;              /* the same of private fields; NULL when there are none, or erased */
	unsigned char salt[AUDIT_SALT_SIZE];
	bool erased;
	unsigned char digest[SHA256_SIZE];
	const char *user_id, *device_id, *op_id, *cause; /* the last three may be NULL */
	int64_t at, claimed_at;                   /* instants; claimed_at is 0 when there is none */
	unsigned char hash[SHA256_SIZE];
	const char *reader_id;                    /* of the record, or NULL; not part of the header */
	const unsigned char *op_hash;             /* of the op, or NULL; only written, and not part of the header */
	const char *token_id;                     /* of the API token that wrote it, or NULL; the same */
};

/* Fill row->digest from salt and changes. */
void audit_digest(struct audit_row *row);

/* Fill row->hash from the hash before it, the header and row->digest. */
void audit_hash(struct arena *a, const unsigned char before[SHA256_SIZE], struct audit_row *row);

/* Give row a salt, a digest and a hash.  chain is the hash before it and becomes the new one. */
void audit_seal(struct arena *a, unsigned char chain[SHA256_SIZE], struct audit_row *row);

/* Put the row into the batch of a write; it must outlive the transaction.  at_sql is row->at as SQL has it. */
void audit_append(struct arena *a, struct batch *batch, const char *at_sql, const struct audit_row *row);

/* Read a row of the database whose first columns are AUDIT_COLUMNS; more may follow them.  The texts belong to rows. */
void audit_of_row(const struct rows *rows, size_t row, const char *space_id, struct audit_row *out);

/* The old and the new value of one changed field: walk changes with json_next_member and give each value here.  NULL
 * for an empty field; both are in a.  False when pair is not [old,new]. */
bool change_values(struct arena *a, struct json_slice pair, const char **old, const char **new_value);

/* The canonical JSON {"field":[old,new],…} of what differs between two arrays of values, of the public or the private
 * fields.  before or after is NULL where there is no record.  With renamed_from there is a member "renamedFrom" too, in
 * its place by the order of names.  NULL when there would be no member. */
char *changes_between(struct arena *a, const struct collection *c, const char *const *before, const char *const *after,
    bool private_ones, const char *renamed_from);

#endif
