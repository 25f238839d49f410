/* receive.c -- stores a file that somebody sends in pieces.  Each piece is a transaction under the lock of the backup's
 * row; the last one is followed by a look at all of them, and only then the file counts. */
#include "backup/receive.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "store/statement.h"
#include "transfer/upload.h"
#include "work.h"

struct receiving {
	const struct call *call;
	const char *name, *id;
	const char *bytes;
	size_t size;
	int64_t at, total;
	int64_t received, next;  /* bytes and rows so far */
};

static struct problem *
no_room(const struct call *call, int64_t holds, int64_t may)
{
	return problem_new(call->a, PROBLEM_SPACE_FULL, "The backups of this space may have %" PRId64
	    " bytes together and have %" PRId64 "; delete some, or have the limit raised.", may, holds);
}

/* The upload of that name, begun if there is none. */
static struct problem *
find_upload(struct receiving *in, const struct backup_server *server, bool *whole)
{
	const struct call *call = in->call;
	const struct value space = value_id(call->person->space_id);
	struct problem *p;
	struct rows *rows;
	int64_t holds, may;

	*whole = false;
	if ((p = db_run(call->db, call->a, SQL(RECEIVE_FIND), VALUES(space, value_text(in->name)), &rows)) != NULL)
		return p;
	if (rows->count > 0) {
		in->id = row_text(rows, 0, RECEIVE_FOUND_ID);
		*whole = row_integer(rows, 0, RECEIVE_FOUND_WHOLE) != 0;
		return NULL;
	}
	if ((p = backup_quota(call, server, &holds, &may)) != NULL)
		return p;
	if (may > 0 && in->total > may - holds)
		return no_room(call, holds, may);
	in->id = uuid7_text(call->a);
	return db_run(call->db, call->a, SQL(BACKUP_BEGIN), VALUES(space, value_id(in->id), value_text("uploaded"),
	    value_id(call->person->user_id), value_text(in->name)), NULL);
}

static struct problem *
add_row(struct receiving *in, struct arena *a, const char *bytes, size_t size)
{
	const struct value space = value_id(in->call->person->space_id);
	unsigned char digest[SHA256_SIZE];
	struct problem *p;

	sha256(bytes, size, digest);
	if ((p = db_run(in->call->db, a, SQL(BACKUP_CHUNK_ADD),
	    VALUES(space, value_bytes(digest, sizeof digest), value_bytes(bytes, size)), NULL)) != NULL)
		return p;
	return db_run(in->call->db, a, SQL(BACKUP_PART_ADD), VALUES(space, value_id(in->id), value_integer(in->next++),
	    value_text(""), value_bytes(digest, sizeof digest), value_integer((int64_t)size), value_integer(0),
	    value_null(), value_null(), value_null()), NULL);
}

/* Store what of the piece is not stored yet. */
static struct problem *
take_piece(struct db *db, struct arena *a, void *arg)
{
	struct receiving *in = arg;
	const struct value space = value_id(in->call->person->space_id), id = value_id(in->id);
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(RECEIVE_LOCK), VALUES(space, id), &rows)) != NULL ||
	    (p = db_run(db, a, SQL(RECEIVE_SO_FAR), VALUES(space, id), &rows)) != NULL)
		return p;
	in->received = row_integer(rows, 0, RECEIVE_SO_FAR_BYTES);
	in->next = row_integer(rows, 0, RECEIVE_SO_FAR_ROWS) + 1;
	if (in->at > in->received)
		return upload_missing(in->call->a, in->received);
	for (size_t done = (size_t)(in->received - in->at); done < in->size;) {
		size_t part = in->size - done < PIECE_MAX ? in->size - done : PIECE_MAX;

		if ((p = add_row(in, a, in->bytes + done, part)) != NULL)
			return p;
		done += part;
		in->received += (int64_t)part;
	}
	return NULL;
}

/* ---- the whole ---- */

struct hashing {
	struct sha256 hash;
};

static struct problem *
add_to_hash(void *arg, const void *bytes, size_t size)
{
	struct hashing *h = arg;

	sha256_add(&h->hash, bytes, size);
	return NULL;
}

static struct problem *
finish(struct receiving *in)
{
	const struct call *call = in->call;
	const struct backup backup = { .id = in->id, .kind = "uploaded" };
	unsigned char digest[SHA256_SIZE];
	struct hashing h;
	struct problem *p;

	sha256_start(&h.hash);
	if ((p = backup_stream(call, &backup, add_to_hash, &h)) != NULL)
		return p;
	sha256_end(&h.hash, digest);
	if (strcmp(hex_text(call->a, digest, sizeof digest), in->name) != 0) {
		if ((p = backup_drop(call, in->id)) != NULL)
			return p;
		return problem_new(call->a, PROBLEM_INVALID,
		    "The content does not have the SHA-256 that the address names; nothing of it is kept.");
	}
	if ((p = db_run(call->db, call->a, SQL(RECEIVE_WHOLE), VALUES(value_integer(in->received),
	    value_bytes(digest, sizeof digest), value_id(call->person->space_id), value_id(in->id)), NULL)) != NULL)
		return p;
	return backups_count(call->db, call->a, call->person->space_id);
}

struct problem *
backup_receive(const struct call *call, const struct backup_server *server, const char *name, const void *bytes,
    size_t size, int64_t at, int64_t total, struct received *received)
{
	struct receiving in = {
		.call = call, .name = name, .bytes = bytes, .size = size, .at = at, .total = total,
	};
	struct problem *p;
	bool whole;

	*received = (struct received){ .total = total, .received = total };
	if ((p = find_upload(&in, server, &whole)) != NULL)
		return p;
	if (!whole && ((p = db_transaction(call->db, call->a, take_piece, &in)) != NULL ||
	    (in.received == total && (p = finish(&in)) != NULL)))
		return p;
	if (whole || in.received == total) {
		received->id = in.id;
		return NULL;
	}
	received->received = in.received;
	return NULL;
}
