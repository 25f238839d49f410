/* receive.c -- stores a file that somebody sends in pieces.  A transaction under the lock of the space reserves room
 * for all of it.  Each piece is a transaction under the lock of the backup's row; the last one is followed by a look at
 * all of them, and only then the file counts. */
#include "backup/receive.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "record/write.h"
#include "store/statement.h"
#include "transfer/upload.h"
#include "work.h"

enum {
	RESTING_SECONDS = 60     /* a file without a piece for so long may be dropped for another */
};

struct receiving {
	const struct call *call;
	const struct backup_server *server;
	const char *name, *id;   /* id: NULL while there is no such file */
	const char *bytes;
	size_t size;
	int64_t at, total;
	bool whole;
	bool ended;              /* by another request, since it was found */
	int64_t received, next;  /* bytes and rows so far */
};

/* ---- room for it ---- */

static struct problem *
no_room(const struct call *call, int64_t holds, int64_t may)
{
	return problem_new(call->a, PROBLEM_SPACE_FULL, "The backups of this space may have %" PRId64
	    " bytes together and have %" PRId64 "; delete some, or have the limit raised.", may, holds);
}

/* The file of that name, whole or on its way. */
static struct problem *
find_upload(struct receiving *in)
{
	const struct call *call = in->call;
	struct problem *p;
	struct rows *rows;
	int64_t total;

	in->id = NULL;
	in->whole = false;
	if ((p = db_run(call->db, call->a, SQL(RECEIVE_FIND),
	    VALUES(value_id(call->person->space_id), value_text(in->name)), &rows)) != NULL || rows->count == 0)
		return p;
	in->id = row_text(rows, 0, RECEIVE_FOUND_ID);
	in->whole = row_integer(rows, 0, RECEIVE_FOUND_WHOLE) != 0;
	total = row_integer(rows, 0, RECEIVE_FOUND_BYTES);
	if (total == in->total)
		return NULL;
	return problem_at(call->a, PROBLEM_INVALID, "Content-Range",
	    "This file was begun as one of %" PRId64 " bytes.", total);
}

/* A space has a few unfinished files, because each keeps its whole size of the quota.  The one that has rested longest
 * is dropped for a further one, unless even it is being sent just now. */
static struct problem *
drop_resting(const struct call *call)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(RECEIVE_UNFINISHED), VALUES(value_integer(RESTING_SECONDS),
	    value_id(call->person->space_id)), &rows)) != NULL || rows->count < RECEIVE_UNFINISHED_MAX)
		return p;
	if (row_integer(rows, 0, RECEIVE_UNFINISHED_RESTS) != 0)
		return backup_drop(call, row_text(rows, 0, RECEIVE_UNFINISHED_ID));
	p = problem_new(call->a, PROBLEM_BUSY, "%d files are being sent already; please finish one first.",
	    RECEIVE_UNFINISHED_MAX);
	p->retry_after = RESTING_SECONDS;
	return p;
}

static struct problem *
check_room(const struct receiving *in)
{
	const struct call *call = in->call;
	int64_t holds, may;
	struct problem *p;

	if ((p = backups_count(call->db, call->a, call->person->space_id)) != NULL ||
	    (p = backup_quota(call, in->server, &holds, &may)) != NULL)
		return p;
	return may > 0 && in->total > may - holds ? no_room(call, holds, may) : NULL;
}

/* Under the lock of the space, so that two files cannot both use the last of the room. */
static struct problem *
begin_upload(struct writer *w, void *arg)
{
	struct receiving *in = arg;
	const struct call *call = in->call;
	const char *space = call->person->space_id;
	struct problem *p;

	(void)w;
	if ((p = find_upload(in)) != NULL || in->id != NULL)
		return p;
	if (in->at > 0)
		return upload_missing(call->a, 0);
	if ((p = backups_too_many(call)) != NULL || (p = drop_resting(call)) != NULL || (p = check_room(in)) != NULL)
		return p;
	in->id = uuid7_text(call->a);
	if ((p = db_run(call->db, call->a, SQL(RECEIVE_BEGIN), VALUES(value_id(space), value_id(in->id),
	    value_id(call->person->user_id), value_text(in->name), value_integer(in->total)), NULL)) != NULL)
		return p;
	return backups_count(call->db, call->a, space);
}

/* ---- a piece ---- */

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

	if ((p = db_run(db, a, SQL(RECEIVE_TOUCH), VALUES(space, id), &rows)) != NULL)
		return p;
	in->received = 0;
	in->ended = rows->affected == 0;
	if (in->ended)
		return NULL;
	if ((p = db_run(db, a, SQL(RECEIVE_SO_FAR), VALUES(space, id), &rows)) != NULL)
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
	if ((p = backup_stream(call, &backup, 0, INT64_MAX, add_to_hash, &h)) != NULL)
		return p;
	sha256_end(&h.hash, digest);
	if (strcmp(hex_text(call->a, digest, sizeof digest), in->name) != 0) {
		if ((p = backup_drop(call, in->id)) != NULL)
			return p;
		return problem_new(call->a, PROBLEM_INVALID,
		    "The content does not have the SHA-256 that the address names; nothing of it is kept.");
	}
	if ((p = db_run(call->db, call->a, SQL(RECEIVE_WHOLE), VALUES(value_integer(in->received),
	    value_bytes(digest, sizeof digest), value_id(call->person->space_id), value_id(in->id)), NULL)) != NULL ||
	    (p = backups_keep_newest(call, "uploaded", RECEIVE_KEPT)) != NULL)
		return p;
	return backups_count(call->db, call->a, call->person->space_id);
}

/* Another request has sent the last piece too, and was first; or what it sent was not what the name says. */
static struct problem *
look_again(struct receiving *in)
{
	struct problem *p = find_upload(in);

	if (p != NULL || in->whole)
		return p;
	p = problem_new(in->call->a, PROBLEM_BUSY, "The file is being sent by another request too; try again.");
	p->retry_after = 1;
	return p;
}

struct problem *
backup_receive(const struct call *call, const struct backup_server *server, const char *name, const void *bytes,
    size_t size, int64_t at, int64_t total, struct received *received)
{
	struct receiving in = {
		.call = call, .server = server, .name = name, .bytes = bytes, .size = size, .at = at, .total = total,
	};
	struct written written;
	struct problem *p;

	*received = (struct received){ .total = total, .received = total };
	if ((p = find_upload(&in)) != NULL ||
	    (in.id == NULL && (p = write_action(call, ROLE_OWNER, begin_upload, &in, &written)) != NULL))
		return p;
	if (!in.whole && ((p = db_transaction(call->db, call->a, take_piece, &in)) != NULL ||
	    (in.ended && (p = look_again(&in)) != NULL) || (in.received == total && (p = finish(&in)) != NULL)))
		return p;
	if (in.whole || in.received == total) {
		received->id = in.id;
		return NULL;
	}
	received->received = in.received;
	return NULL;
}
