/* upload.c -- receives a file, in two transactions.  A short one under the lock of the space reserves room for the
 * whole file, so that two uploads cannot both use the last of the quota.  The second one stores the piece and locks
 * only the upload, so that nobody who writes records waits for a photo.  Read upload_take, at the bottom, first. */
#include "transfer/upload.h"

#include <inttypes.h>
#include <string.h>

#include "base/sniff.h"
#include "record/write.h"
#include "store/statement.h"

enum {
	RESTING_SECONDS = 60 /* an upload without a piece for so long may be dropped for another */
};

/* One call of upload_take. */
struct taking {
	const struct call *call;
	const struct upload_limits *limits;
	const struct upload_piece *piece;
	struct file *file;
	bool at_once;            /* the piece is the whole file, and its hash is right */
	/* set by each run of a transaction */
	const char *upload_id;
	bool began, sent, named; /* this person has an upload; has sent all of it; has named it in a record */
	int64_t size, received;  /* of the upload */
	bool created, done;
	struct problem *spoilt;  /* why the whole file was discarded */
};

/* --- checks without the database --- */

static struct problem *
other_type(struct arena *a)
{
	return problem_new(a, PROBLEM_MEDIA_TYPE,
	    "A file must be a JPEG, PNG, WebP or HEIC picture or a PDF, by its content.");
}

static struct problem *
other_hash(struct arena *a)
{
	return problem_new(a, PROBLEM_INVALID,
	    "The content does not have the SHA-256 that the address names; nothing of it is kept.");
}

static struct problem *
check_size(struct taking *in)
{
	struct arena *a = in->call->a;
	const struct upload_piece *piece = in->piece;

	if (piece->total > in->limits->file_max)
		return problem_new(a, PROBLEM_TOO_LARGE, "A file may have %" PRId64 " bytes, this one has %" PRId64 ".",
		    in->limits->file_max, piece->total);
	if (piece->length == (size_t)piece->total)
		return NULL;
	if (piece->length > UPLOAD_PIECE_MAX)
		return problem_new(a, PROBLEM_TOO_LARGE, "A piece of a file may have %d bytes.", UPLOAD_PIECE_MAX);
	if (piece->length < UPLOAD_PIECE_MIN && piece->at + (int64_t)piece->length < piece->total)
		return problem_at(a, PROBLEM_INVALID, "Content-Range",
		    "Each piece of a file but the last has at least %d bytes.", UPLOAD_PIECE_MIN);
	return NULL;
}

static struct problem *
check_content(struct taking *in)
{
	const struct upload_piece *piece = in->piece;
	unsigned char digest[SHA256_SIZE];

	in->at_once = piece->length == (size_t)piece->total;
	if (in->at_once) {
		sha256(piece->bytes, piece->length, digest);
		if (memcmp(digest, in->file->sha256, SHA256_SIZE) != 0)
			return other_hash(in->call->a);
	}
	if (piece->at == 0 && sniff_type(piece->bytes, piece->length, piece->total) == NULL)
		return other_type(in->call->a);
	return NULL;
}

/* --- rows --- */

static struct problem *
read_upload(struct taking *in)
{
	struct problem *p;
	struct rows *rows;

	in->began = in->sent = in->named = in->created = in->done = false;
	in->spoilt = NULL;
	in->size = in->received = 0;
	p = db_run(in->call->db, in->call->a, SQL(FILE_UPLOAD_LOCK), VALUES(value_id(in->call->person->space_id),
	    value_bytes(in->file->sha256, SHA256_SIZE), value_id(in->call->person->user_id)), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	in->began = true;
	in->upload_id = row_text(rows, 0, UPLOAD_ID);
	in->size = row_integer(rows, 0, UPLOAD_SIZE);
	in->received = row_integer(rows, 0, UPLOAD_RECEIVED);
	in->sent = in->received == in->size;
	in->named = row_integer(rows, 0, UPLOAD_NAMED) != 0;
	return NULL;
}

static struct problem *
drop_chunks(struct taking *in)
{
	return db_run(in->call->db, in->call->a, SQL(FILE_CHUNKS_DROP),
	    VALUES(value_id(in->call->person->space_id), value_id(in->upload_id)), NULL);
}

/* Begin the upload, or begin it again, with so many bytes received. */
static struct problem *
begin_upload(struct taking *in, int64_t received)
{
	struct arena *a = in->call->a;
	struct problem *p;
	const char *space = in->call->person->space_id, *id = uuid7_text(a);
	int64_t size = in->piece->total;

	if (in->began)
		p = db_run(in->call->db, a, SQL(FILE_UPLOAD_RESTART), VALUES(value_id(id), value_integer(size),
		    value_integer(received), value_id(space), value_id(in->upload_id)), NULL);
	else
		p = db_run(in->call->db, a, SQL(FILE_UPLOAD_BEGIN), VALUES(value_id(space), value_id(id),
		    value_bytes(in->file->sha256, SHA256_SIZE), value_id(in->call->person->user_id),
		    value_integer(size), value_integer(received)), NULL);
	in->upload_id = id;
	in->received = received;
	return p;
}

/* --- the first transaction: room for it --- */

/* The space has the whole file already.  A person who sends all of it has shown that they have it; one who may read it
 * need not send it again. */
static struct problem *
take_known(struct taking *in)
{
	struct problem *p;
	bool readable;

	if ((p = file_readable(in->call, in->file, in->sent, in->named, &readable)) != NULL)
		return p;
	in->created = !readable;
	in->done = in->at_once || readable;
	if (!in->at_once)
		return NULL;
	if (in->began && !in->sent && (p = drop_chunks(in)) != NULL)
		return p;
	/* The chunks of a completed upload may be the file's content, so it keeps its id. */
	if (in->sent)
		return db_run(in->call->db, in->call->a, SQL(FILE_UPLOAD_AGAIN),
		    VALUES(value_id(in->call->person->space_id), value_id(in->upload_id)), NULL);
	return begin_upload(in, in->piece->total);
}

/* What a file takes of the quota.  Small files count for more than they have, so there is a bound for their number. */
static int64_t
counted(int64_t size)
{
	return size < UPLOAD_COUNTED_MIN ? UPLOAD_COUNTED_MIN : size;
}

struct problem *
upload_space_bytes(const struct call *call, int64_t *bytes)
{
	const struct value space = value_id(call->person->space_id);
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(FILE_SPACE_BYTES), VALUES(space, space), &rows);
	*bytes = p == NULL ? row_integer(rows, 0, BYTES_OF_SPACE) : 0;
	return p;
}

static struct problem *
check_quota(struct taking *in)
{
	struct problem *p;
	int64_t used;

	if ((p = upload_space_bytes(in->call, &used)) != NULL)
		return p;
	used -= in->began && !in->sent ? counted(in->size) : 0;
	if (counted(in->piece->total) <= in->limits->space_quota - used)
		return NULL;
	return problem_new(in->call->a, PROBLEM_SPACE_FULL,
	    "The files of this space may have %" PRId64 " bytes together; %" PRId64
	    " of them are used, and this one takes %" PRId64 ".", in->limits->space_quota, used,
	    counted(in->piece->total));
}

struct problem *
upload_missing(struct arena *a, int64_t received)
{
	struct problem *p = problem_at(a, PROBLEM_RANGE, "Content-Range",
	    "The bytes before this piece are not there; go on at byte %" PRId64 ".", received);

	p->members = arena_printf(a, "\"received\":%" PRId64, received);
	if (received > 0)
		p->range = arena_printf(a, "bytes=0-%" PRId64, received - 1);
	return p;
}

static struct problem *
missing_bytes(struct taking *in)
{
	return upload_missing(in->call->a, in->received);
}

/* A person has a few unfinished uploads, because each keeps its whole size of the quota.  The one that has rested
 * longest is dropped for a further one, unless even it is being sent just now.  Its row goes first: whoever completes
 * it at the same moment holds that row, and the chunks are then the content of a file. */
static struct problem *
drop_resting(struct taking *in)
{
	struct arena *a = in->call->a;
	struct problem *p;
	struct rows *rows, *dropped;
	const struct value space = value_id(in->call->person->space_id);
	const char *id;

	p = db_run(in->call->db, a, SQL(FILE_UPLOADS_UNFINISHED),
	    VALUES(space, value_id(in->call->person->user_id), value_bytes(in->file->sha256, SHA256_SIZE)), &rows);
	if (p != NULL || rows->count < UPLOADS_UNFINISHED_MAX)
		return p;
	id = row_text(rows, 0, UNFINISHED_ID);
	if ((p = db_run(in->call->db, a, SQL(FILE_UPLOAD_DROP_RESTING),
	    VALUES(space, value_id(id), value_integer(RESTING_SECONDS)), &dropped)) != NULL)
		return p;
	if (dropped->affected > 0)
		return db_run(in->call->db, a, SQL(FILE_CHUNKS_DROP), VALUES(space, value_id(id)), NULL);
	p = problem_new(a, PROBLEM_BUSY,
	    "You are sending %d files already; please finish one first.", UPLOADS_UNFINISHED_MAX);
	p->retry_after = RESTING_SECONDS;
	return p;
}

static struct problem *
make_room(struct taking *in)
{
	struct problem *p;

	if (in->began && !in->sent && in->size == in->piece->total)
		return in->piece->at > in->received ? missing_bytes(in) : NULL;
	if (in->began && !in->sent && in->piece->at > 0)
		return problem_at(in->call->a, PROBLEM_INVALID, "Content-Range",
		    "This upload was begun as one of %" PRId64 " bytes.", in->size);
	if (in->piece->at > 0) {
		in->received = 0;
		return missing_bytes(in);
	}
	if ((p = drop_resting(in)) != NULL || (p = check_quota(in)) != NULL)
		return p;
	if (in->began && !in->sent && (p = drop_chunks(in)) != NULL)
		return p;
	return begin_upload(in, 0);
}

/* Lock the upload before looking for the file, because another request may be completing it. */
static struct problem *
reserve(struct writer *w, void *arg)
{
	struct taking *in = arg;
	struct problem *p;

	(void)w;
	if ((p = read_upload(in)) != NULL ||
	    (p = file_read_whole(in->call, in->file)) != NULL)
		return p;
	if (in->file->type != NULL && ((p = take_known(in)) != NULL || in->done))
		return p;
	return make_room(in);
}

/* --- the second transaction: the bytes --- */

/* In an arena of its own, because the file may be larger than the memory that a request should use. */
static struct problem *
hash_chunks(struct taking *in, unsigned char digest[SHA256_SIZE])
{
	struct arena *own = arena_new();
	const struct call call = call_in(in->call, own);
	struct file content = { .name = in->file->name, .upload_id = in->upload_id };
	struct problem *p = NULL;
	struct sha256 hash;
	const char *bytes;
	size_t length;
	int64_t at, next = 0;

	sha256_start(&hash);
	while (p == NULL && next < in->size) {
		arena_reset(own);
		if ((p = file_chunk(&call, &content, next, &bytes, &length, &at)) != NULL)
			break;
		sha256_add(&hash, bytes, length);
		next = at + (int64_t)length;
	}
	if (p != NULL)
		p = problem_copy(in->call->a, p);
	arena_free(own);
	sha256_end(&hash, digest);
	return p;
}

static struct problem *
throw_away(struct taking *in, struct problem *why)
{
	struct problem *p;

	in->spoilt = why;
	if ((p = drop_chunks(in)) != NULL)
		return p;
	return db_run(in->call->db, in->call->a, SQL(FILE_UPLOAD_DROP),
	    VALUES(value_id(in->call->person->space_id), value_id(in->upload_id)), NULL);
}

/* Keep the file.  If somebody else has completed the same file meanwhile, their chunks are its content, and these are
 * deleted. */
static struct problem *
keep_file(struct taking *in, const char *type)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(in->call->db, in->call->a, SQL(FILE_KEEP),
	    VALUES(value_id(in->call->person->space_id), value_bytes(in->file->sha256, SHA256_SIZE), value_text(type),
	        value_integer(in->size), value_id(in->upload_id)), &rows);
	if (p != NULL)
		return p;
	in->created = true;
	return rows->affected == 0 ? drop_chunks(in) : NULL;
}

static struct problem *
finish(struct taking *in)
{
	struct problem *p;
	struct file content = { .name = in->file->name, .upload_id = in->upload_id };
	unsigned char digest[SHA256_SIZE];
	const char *bytes, *type;
	size_t length;
	int64_t at;

	if (!in->at_once && (p = hash_chunks(in, digest)) != NULL)
		return p;
	if (!in->at_once && memcmp(digest, in->file->sha256, SHA256_SIZE) != 0)
		return throw_away(in, other_hash(in->call->a));
	if ((p = file_chunk(in->call, &content, 0, &bytes, &length, &at)) != NULL)
		return p;
	type = sniff_type(bytes, length, in->size);
	return type == NULL ? throw_away(in, other_type(in->call->a)) : keep_file(in, type);
}

/* Store the bytes of the piece that were not received yet. */
static struct problem *
append(struct taking *in)
{
	struct problem *p;
	const struct upload_piece *piece = in->piece;
	size_t done = (size_t)(in->received - piece->at);

	while (done < piece->length) {
		size_t length = piece->length - done < FILE_CHUNK_MAX ? piece->length - done : FILE_CHUNK_MAX;

		p = db_run(in->call->db, in->call->a, SQL(FILE_CHUNK_ADD),
		    VALUES(value_id(in->call->person->space_id), value_id(in->upload_id),
		        value_integer(piece->at + (int64_t)done), value_bytes(piece->bytes + done, length)), NULL);
		if (p != NULL)
			return p;
		done += length;
	}
	in->received = piece->at + (int64_t)piece->length;
	return db_run(in->call->db, in->call->a, SQL(FILE_UPLOAD_ADVANCE), VALUES(value_integer(in->received),
	    value_id(in->call->person->space_id), value_id(in->upload_id)), NULL);
}

static struct problem *
store(struct db *db, struct arena *a, void *arg)
{
	struct taking *in = arg;
	struct problem *p;
	const struct upload_piece *piece = in->piece;

	(void)db;
	if ((p = read_upload(in)) != NULL)
		return p;
	if (!in->began || in->size != piece->total)
		return problem_new(a, PROBLEM_UNAVAILABLE, "The same upload was begun anew elsewhere; try again.");
	if (in->sent)
		return NULL;
	if (in->at_once && in->received > 0) {
		in->received = 0;
		if ((p = drop_chunks(in)) != NULL)
			return p;
	}
	if (piece->at > in->received)
		return missing_bytes(in);
	if (piece->at + (int64_t)piece->length > in->received && (p = append(in)) != NULL)
		return p;
	return in->received == in->size ? finish(in) : NULL;
}

struct problem *
upload_take(const struct call *call, const struct upload_limits *limits, const struct upload_piece *piece,
    struct file *file, bool *created)
{
	struct problem *p;
	struct written written;
	struct taking in = {
		.call = call,
		.limits = limits,
		.piece = piece,
		.file = file,
	};

	*created = false;
	if ((p = check_size(&in)) != NULL ||
	    (p = check_content(&in)) != NULL ||
	    (p = write_action(call, ROLE_MEMBER, reserve, &in, &written)) != NULL)
		return p;
	if (!in.done && ((p = db_transaction(call->db, call->a, store, &in)) != NULL || (p = in.spoilt) != NULL))
		return p;
	*created = in.created;
	if (in.done || in.received == in.size)
		return file_read_whole(call, file);
	file->type = NULL;
	file->size = in.size;
	file->received = in.received;
	return NULL;
}
