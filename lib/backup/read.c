/* read.c -- the file of a backup, put together from its parts: the same bytes each time.  A chunk is compared with its
 * name before any of it is given away. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/tar.h"
#include "record/file.h"
#include "store/statement.h"
#include "work.h"

/* What comes next of the file. */
enum where {
	AT_PART,                            /* whatever the next part is */
	AT_HEADER,                          /* that of the member that begins with the part at hand */
	AT_CONTENT,                         /* of the part at hand */
	IN_FILE,                            /* the next piece of an attachment */
	AT_END,
	ALL_READ
};

struct backup_reader {
	const struct call *call;
	struct arena *rows_a, *body_a;      /* of the page of parts; of the chunk being read */
	struct call in_body;                /* the call with body_a */
	const char *id;
	int64_t seconds, after, beyond;     /* numbers of parts: the last one read, and the first that is not its */
	bool is_raw;                        /* bytes as they are, without headers */
	enum where where;
	struct rows *rows;
	size_t row;
	struct part part;                   /* at hand; without a name: there is none */
	char member[TAR_NAME_MAX + 1];      /* that is open, or "" */
	int64_t member_size;
	unsigned char block[2 * TAR_BLOCK]; /* a header, padding, or the end */
	const unsigned char *bytes;         /* what is given away next */
	size_t left;
	int64_t skip;                       /* bytes of the file that are passed over first */
	struct file file;                   /* an attachment, and of it the next byte and the hash so far */
	int64_t file_at;
	struct sha256 hash;
};

struct problem *
backup_open(const struct call *call, const struct backup *backup, struct backup_reader **reader)
{
	struct backup_reader *r = *reader = arena_alloc(call->a, sizeof *r);

	r->call = call;
	r->rows_a = arena_within(call->a);
	r->body_a = arena_within(call->a);
	r->in_body = call_in(call, r->body_a);
	r->id = arena_strdup(call->a, backup->id);
	r->seconds = backup->at / 1000;
	r->is_raw = backup->sealed || strcmp(backup->kind, "uploaded") == 0;
	r->after = backup->sealed ? SEALED_FROM - 1 : -1;
	r->beyond = backup->sealed ? INT32_MAX : SEALED_FROM;
	return NULL;
}

PRINTF_LIKE(2, 3)
static struct problem *
damaged(struct backup_reader *r, const char *format, ...)
{
	va_list args;
	const char *what;

	va_start(args, format);
	what = arena_vprintf(r->call->a, format, args);
	va_end(args);
	return problem_new(r->call->a, PROBLEM_INVALID, "The backup is damaged: %s", what);
}

static struct problem *
copied(struct backup_reader *r, struct problem *p)
{
	return problem_copy(r->call->a, p);
}

/* ---- the bytes of a part ---- */

static const char *
name_of(const struct backup_reader *r)
{
	return r->part.name[0] == '\0' ? "its file" : r->part.name;
}

/* A part that ends before the first byte that is wanted is not read; give_content has set what follows. */
static bool
passes_over_part(struct backup_reader *r)
{
	if (r->skip == 0 || r->skip < r->part.bytes)
		return false;
	r->skip -= r->part.bytes;
	return true;
}

static struct problem *
read_chunk(struct backup_reader *r)
{
	unsigned char digest[SHA256_SIZE];
	const struct value *body;
	struct problem *p;
	struct rows *rows;

	if (passes_over_part(r))
		return NULL;
	arena_reset(r->body_a);
	if ((p = db_run(r->call->db, r->body_a, SQL(BACKUP_CHUNK), VALUES(value_id(r->call->person->space_id),
	    value_bytes(r->part.sha256, SHA256_SIZE)), &rows)) != NULL)
		return copied(r, p);
	if (rows->count == 0)
		return damaged(r, "a chunk of %s is missing.", name_of(r));
	body = row_cell(rows, 0, BACKUP_CHUNK_BODY);
	sha256(body->bytes, body->length, digest);
	if ((int64_t)body->length != r->part.bytes || memcmp(digest, r->part.sha256, sizeof digest) != 0)
		return damaged(r, "a chunk of %s is not what it was (%" PRId64 " bytes, sha256 %s).", name_of(r),
		    r->part.bytes, hex_text(r->call->a, r->part.sha256, SHA256_SIZE));
	r->bytes = (const unsigned char *)body->bytes;
	r->left = body->length;
	return NULL;
}

static struct problem *
open_file(struct backup_reader *r)
{
	struct problem *p;

	if (passes_over_part(r))
		return NULL;
	r->file = (struct file){ .name = hex_text(r->rows_a, r->part.sha256, SHA256_SIZE) };
	memcpy(r->file.sha256, r->part.sha256, SHA256_SIZE);
	arena_reset(r->body_a);
	if ((p = file_read_whole(&r->in_body, &r->file)) != NULL)
		return copied(r, p);
	if (r->file.type == NULL || r->file.size != r->part.bytes)
		return damaged(r, "the file %s is missing.", r->file.name);
	r->file.upload_id = arena_strdup(r->rows_a, r->file.upload_id);
	r->where = r->part.bytes > 0 ? IN_FILE : AT_PART;
	r->file_at = 0;
	sha256_start(&r->hash);
	return NULL;
}

static struct problem *
read_file(struct backup_reader *r)
{
	unsigned char digest[SHA256_SIZE];
	struct problem *p;
	const char *bytes;
	size_t length;
	int64_t at;

	arena_reset(r->body_a);
	if ((p = file_chunk(&r->in_body, &r->file, r->file_at, &bytes, &length, &at)) != NULL)
		return p->kind == PROBLEM_INTERNAL ? damaged(r, "a piece of the file %s is missing.", r->file.name)
		    : copied(r, p);
	if ((int64_t)length > r->part.bytes - r->file_at)
		length = (size_t)(r->part.bytes - r->file_at);
	sha256_add(&r->hash, bytes, length);
	r->bytes = (const unsigned char *)bytes;
	r->left = length;
	r->file_at += (int64_t)length;
	if (r->file_at < r->part.bytes)
		return NULL;
	r->where = AT_PART;
	sha256_end(&r->hash, digest);
	return memcmp(digest, r->part.sha256, sizeof digest) == 0 ? NULL
	    : damaged(r, "the file %s is not what it was.", r->file.name);
}

/* ---- members ---- */

/* The next part; part.name is NULL when there is none. */
static struct problem *
next_part(struct backup_reader *r)
{
	struct problem *p;

	r->part = (struct part){ 0 };
	if (r->rows == NULL || r->row == r->rows->count) {
		arena_reset(r->rows_a);
		r->row = 0;
		if ((p = db_run(r->call->db, r->rows_a, SQL(BACKUP_PARTS), VALUES(value_id(r->call->person->space_id),
		    value_id(r->id), value_integer(r->after), value_integer(r->beyond)), &r->rows)) != NULL)
			return copied(r, p);
	}
	if (r->row == r->rows->count)
		return NULL;
	part_of_row(r->rows, r->row++, &r->part);
	r->after = r->part.number;
	return NULL;
}

/* Give away the header of the member that begins with the part at hand. */
static struct problem *
give_header(struct backup_reader *r)
{
	struct problem *p;
	struct rows *rows;

	arena_reset(r->body_a);
	if ((p = db_run(r->call->db, r->body_a, SQL(BACKUP_MEMBER_BYTES), VALUES(value_id(r->call->person->space_id),
	    value_id(r->id), value_integer(r->part.number), value_text(r->part.name)), &rows)) != NULL)
		return copied(r, p);
	r->member_size = row_integer(rows, 0, BACKUP_SUMMED);
	snprintf(r->member, sizeof r->member, "%s", r->part.name);
	tar_header(r->block, r->member, r->member_size, r->seconds);
	r->bytes = r->block;
	r->left = TAR_BLOCK;
	r->where = AT_CONTENT;
	return NULL;
}

static void
give_zeros(struct backup_reader *r, size_t size)
{
	memset(r->block, 0, sizeof r->block);
	r->bytes = r->block;
	r->left = size;
}

static struct problem *
give_content(struct backup_reader *r)
{
	r->where = AT_PART;
	return r->part.is_file ? open_file(r) : read_chunk(r);
}

/* A member ends where a part of another name begins. */
static struct problem *
give_next(struct backup_reader *r)
{
	struct problem *p;
	bool is_open = r->member[0] != '\0';

	if ((p = next_part(r)) != NULL)
		return p;
	if (r->part.name == NULL) {
		r->where = r->is_raw ? ALL_READ : AT_END;
	} else if (r->is_raw || (is_open && strcmp(r->part.name, r->member) == 0)) {
		return give_content(r);
	} else if (!is_open) {
		return give_header(r);
	} else {
		r->where = AT_HEADER;
	}
	if (is_open)
		give_zeros(r, tar_padding(r->member_size));
	r->member[0] = '\0';
	return NULL;
}

static struct problem *
step(struct backup_reader *r)
{
	switch (r->where) {
	case AT_PART:
		return give_next(r);
	case AT_HEADER:
		return give_header(r);
	case AT_CONTENT:
		return give_content(r);
	case IN_FILE:
		return read_file(r);
	case AT_END:
		give_zeros(r, TAR_END);
		r->where = ALL_READ;
		return NULL;
	case ALL_READ:
		break;
	}
	return NULL;
}

struct problem *
backup_next(void *reader, void *room, size_t size, size_t *got)
{
	struct backup_reader *r = reader;
	unsigned char *to = room;
	struct problem *p;

	*got = 0;
	while (*got < size && (r->left > 0 || r->where != ALL_READ)) {
		size_t some = r->left < size - *got ? r->left : size - *got;

		if (r->left == 0) {
			if ((p = step(r)) != NULL)
				return p;
			continue;
		}
		memcpy(to + *got, r->bytes, some);
		r->bytes += some;
		r->left -= some;
		*got += some;
	}
	return NULL;
}

/* What is at hand, without what is passed over. */
static void
pass_over(struct backup_reader *r)
{
	size_t some = r->skip < (int64_t)r->left ? (size_t)r->skip : r->left;

	r->bytes += some;
	r->left -= some;
	r->skip -= (int64_t)some;
}

struct problem *
backup_stream(const struct call *call, const struct backup *backup, int64_t from, int64_t to, archive_sink sink,
    void *arg)
{
	int64_t wanted = to - from;         /* one less than so many bytes */
	struct backup_reader *r;
	struct problem *p;

	if ((p = backup_open(call, backup, &r)) != NULL)
		return p;
	r->skip = from;
	while (wanted >= 0 && (r->left > 0 || r->where != ALL_READ)) {
		size_t some = (int64_t)r->left <= wanted ? r->left : (size_t)wanted + 1;

		if (some > 0 && (p = sink(arg, r->bytes, some)) != NULL)
			return p;
		wanted -= (int64_t)some;
		r->left = 0;
		if (wanted >= 0 && (p = step(r)) != NULL)
			return p;
		pass_over(r);
	}
	return NULL;
}
