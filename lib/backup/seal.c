/* seal.c -- seals archives, checks sealed files, and opens them (backup/seal.h). */
#include "backup/seal.h"

#include <stdarg.h>
#include <string.h>

#include "base/json.h"

static const char magic[] = "DAYBOOK-SEALED-1\n";

_Static_assert(sizeof magic - 1 == SEAL_MAGIC_SIZE, "SEAL_MAGIC_SIZE is wrong");

enum {
	BOX_SIZE = STREAM_KEY_SIZE + BOX_EXTRA,
	LENGTH_SIZE = 4,
	CLOSED_MAX = SEAL_PIECE + STREAM_EXTRA
};

/* What a sealed file begins with, after the magic. */
struct beginning {
	unsigned char public[BOX_KEY_SIZE], box[BOX_SIZE], header[STREAM_HEADER_SIZE];
};

_Static_assert(sizeof(struct beginning) == BOX_KEY_SIZE + BOX_SIZE + STREAM_HEADER_SIZE, "struct beginning has gaps");

/* ---- keys ---- */

bool
seal_public(const char *text, unsigned char key[BOX_KEY_SIZE])
{
	struct arena *a = arena_new();
	size_t size = 0;
	unsigned char *bytes = base64url_parse(a, text, strlen(text), &size);
	bool good = bytes != NULL && size == BOX_KEY_SIZE;

	if (good)
		memcpy(key, bytes, BOX_KEY_SIZE);
	arena_free(a);
	return good;
}

struct problem *
seal_keys_read(struct arena *a, const char *text, size_t length, struct seal_keys *keys)
{
	const char *format = NULL, *public = NULL, *secret = NULL;
	unsigned char made[BOX_KEY_SIZE];
	struct json_object *tree;

	if (json_parse_object(a, text, length, &tree) != NULL || json_get_text(a, tree, "format", &format) != NULL ||
	    json_get_text(a, tree, "publicKey", &public) != NULL ||
	    json_get_text(a, tree, "secretKey", &secret) != NULL || format == NULL ||
	    strcmp(format, "daybook-key-1") != 0)
		return problem_new(a, PROBLEM_INVALID, "This is no key file of Daybook.");
	if (public == NULL || secret == NULL || !seal_public(public, keys->public) ||
	    !seal_public(secret, keys->secret))
		return problem_new(a, PROBLEM_INVALID, "The key file has no good keys: it is damaged.");
	box_public(keys->secret, made);
	if (memcmp(made, keys->public, sizeof made) != 0)
		return problem_new(a, PROBLEM_INVALID, "The two keys of the key file do not belong together.");
	return NULL;
}

/* ---- sealing ---- */

struct sealer {
	archive_sink sink;
	void *arg;
	struct stream_state stream;
	struct sha256 hash;
	int64_t bytes;
	unsigned char *plain;              /* SEAL_PIECE bytes */
	size_t length;                     /* in plain */
	unsigned char *closed;             /* a length and CLOSED_MAX bytes */
};

static struct problem *
put_bytes(struct sealer *s, const void *bytes, size_t size)
{
	sha256_add(&s->hash, bytes, size);
	s->bytes += (int64_t)size;
	return s->sink(s->arg, bytes, size);
}

static void
put_length(unsigned char *at, size_t length)
{
	for (int i = 0; i < LENGTH_SIZE; i++)
		at[i] = (unsigned char)(length >> (8 * (LENGTH_SIZE - 1 - i)));
}

static size_t
take_length(const unsigned char *at)
{
	size_t length = 0;

	for (int i = 0; i < LENGTH_SIZE; i++)
		length = length << 8 | at[i];
	return length;
}

struct problem *
sealer_begin(struct arena *a, const unsigned char public[BOX_KEY_SIZE], archive_sink sink, void *arg,
    struct sealer **sealer)
{
	struct sealer *s = *sealer = arena_alloc(a, sizeof *s);
	unsigned char key[STREAM_KEY_SIZE];
	struct beginning beginning;
	bool good;
	struct problem *p;

	s->sink = sink;
	s->arg = arg;
	s->plain = arena_raw(a, SEAL_PIECE);
	s->closed = arena_raw(a, LENGTH_SIZE + CLOSED_MAX);
	sha256_start(&s->hash);
	random_bytes(key, sizeof key);
	memcpy(beginning.public, public, sizeof beginning.public);
	good = box_close(public, key, sizeof key, beginning.box);
	stream_close_start(&s->stream, key, beginning.header);
	secret_forget(key, sizeof key);
	if (!good)
		return problem_new(a, PROBLEM_INVALID, "The public key for sealed backups is none.");
	if ((p = put_bytes(s, magic, SEAL_MAGIC_SIZE)) != NULL)
		return p;
	return put_bytes(s, &beginning, sizeof beginning);
}

static struct problem *
put_piece(struct sealer *s, bool last)
{
	size_t size = s->length + STREAM_EXTRA;

	stream_close(&s->stream, s->plain, s->length, last, s->closed + LENGTH_SIZE);
	put_length(s->closed, size);
	s->length = 0;
	return put_bytes(s, s->closed, LENGTH_SIZE + size);
}

/* A full piece waits until more comes: it may be the last. */
struct problem *
sealer_add(void *sealer, const void *bytes, size_t size)
{
	struct sealer *s = sealer;
	struct problem *p;

	while (size > 0) {
		size_t more = SEAL_PIECE - s->length < size ? SEAL_PIECE - s->length : size;

		if (more == 0) {
			if ((p = put_piece(s, false)) != NULL)
				return p;
			continue;
		}
		memcpy(s->plain + s->length, bytes, more);
		s->length += more;
		bytes = (const char *)bytes + more;
		size -= more;
	}
	return NULL;
}

struct problem *
sealer_end(struct sealer *s, int64_t *bytes, unsigned char sha256[SHA256_SIZE])
{
	static const unsigned char none[LENGTH_SIZE];
	struct sha256 before;
	struct problem *p;

	if ((p = put_piece(s, true)) != NULL || (p = put_bytes(s, none, sizeof none)) != NULL)
		return p;
	before = s->hash;
	sha256_end(&before, sha256);
	if ((p = put_bytes(s, sha256, SHA256_SIZE)) != NULL)
		return p;
	*bytes = s->bytes;
	sha256_end(&s->hash, sha256);
	return NULL;
}

/* ---- the parts of a sealed file ---- */

bool
seal_begins(const void *bytes, size_t size)
{
	return size >= SEAL_MAGIC_SIZE && memcmp(bytes, magic, SEAL_MAGIC_SIZE) == 0;
}

/* A sealed file while it is read. */
struct sealed {
	struct arena *a;
	archive_source source;
	void *arg;
	struct sha256 hash;
	int64_t bytes, pieces;             /* so far */
	struct beginning beginning;
	unsigned char *closed;             /* the piece that was read last */
	size_t closed_size;                /* 0: there is no further piece, and the end is as it should be */
};

static PRINTF_LIKE(2, 3) struct problem *
bad(const struct sealed *f, const char *format, ...)
{
	va_list args;
	const char *text;

	va_start(args, format);
	text = arena_vprintf(f->a, format, args);
	va_end(args);
	if (f->pieces == 0)
		return problem_new(f->a, PROBLEM_INVALID, "The beginning of the sealed file %s", text);
	return problem_new(f->a, PROBLEM_INVALID, "Piece %lld of the sealed file %s", (long long)f->pieces, text);
}

static struct problem *
take_some(struct sealed *f, void *room, size_t size, size_t *got)
{
	struct problem *p;

	*got = 0;
	while (*got < size) {
		size_t more = 0;

		if ((p = f->source(f->arg, (char *)room + *got, size - *got, &more)) != NULL)
			return p;
		if (more == 0)
			return NULL;
		*got += more;
	}
	return NULL;
}

static struct problem *
take(struct sealed *f, void *room, size_t size)
{
	size_t got;
	struct problem *p;

	if ((p = take_some(f, room, size, &got)) != NULL)
		return p;
	if (got < size)
		return bad(f, "is the last of it that is there: the file is cut off.");
	sha256_add(&f->hash, room, size);
	f->bytes += (int64_t)size;
	return NULL;
}

static struct problem *
sealed_begin(struct sealed *f, struct arena *a, archive_source source, void *arg)
{
	char start[SEAL_MAGIC_SIZE];
	struct problem *p;

	memset(f, 0, sizeof *f);
	f->a = a;
	f->source = source;
	f->arg = arg;
	f->closed = arena_raw(a, CLOSED_MAX);
	sha256_start(&f->hash);
	if ((p = take(f, start, sizeof start)) != NULL)
		return p;
	if (memcmp(start, magic, sizeof start) != 0)
		return bad(f, "is that of another one: this is no sealed backup of Daybook, or it is damaged there.");
	return take(f, &f->beginning, sizeof f->beginning);
}

static struct problem *
take_end(struct sealed *f)
{
	struct sha256 so_far = f->hash;
	unsigned char said[SHA256_SIZE], found[SHA256_SIZE], more;
	size_t got;
	struct problem *p;

	sha256_end(&so_far, found);
	if ((p = take(f, said, sizeof said)) != NULL || (p = take_some(f, &more, 1, &got)) != NULL)
		return p;
	if (got > 0)
		return bad(f, "is the last one, but the file goes on.");
	if (memcmp(said, found, sizeof said) != 0)
		return problem_new(f->a, PROBLEM_INVALID,
		    "The sealed file has other bytes than its checksum says: it is damaged.");
	return NULL;
}

/* All pieces but the last have the same size. */
static struct problem *
take_piece(struct sealed *f)
{
	unsigned char length[LENGTH_SIZE];
	bool was_short = f->pieces > 0 && f->closed_size < CLOSED_MAX;
	size_t size;
	struct problem *p;

	if ((p = take(f, length, sizeof length)) != NULL)
		return p;
	size = take_length(length);
	if (size == 0 && f->pieces > 0) {
		f->closed_size = 0;
		return take_end(f);
	}
	if (was_short || size <= STREAM_EXTRA || size > CLOSED_MAX)
		return bad(f, "is followed by something that is no piece: the file is damaged there.");
	f->pieces++;
	f->closed_size = size;
	return take(f, f->closed, size);
}

struct problem *
seal_check(struct arena *a, archive_source source, void *arg, unsigned char public[BOX_KEY_SIZE], int64_t *bytes,
    unsigned char sha256[SHA256_SIZE])
{
	struct sealed f;
	struct problem *p;

	if ((p = sealed_begin(&f, a, source, arg)) != NULL)
		return p;
	do {
		if ((p = take_piece(&f)) != NULL)
			return p;
	} while (f.closed_size > 0);
	memcpy(public, f.beginning.public, BOX_KEY_SIZE);
	*bytes = f.bytes;
	sha256_end(&f.hash, sha256);
	return NULL;
}

/* ---- opening ---- */

struct opener {
	struct sealed file;
	struct stream_state stream;
	unsigned char *plain;              /* what is not given yet of the piece that was opened last */
	size_t left;
	unsigned char *room;               /* SEAL_PIECE bytes for it */
	bool was_last, is_over;
};

struct problem *
opener_begin(struct arena *a, const struct seal_keys *keys, archive_source source, void *arg, struct opener **opener)
{
	struct opener *o = *opener = arena_alloc(a, sizeof *o);
	unsigned char key[STREAM_KEY_SIZE];
	struct problem *p;
	bool good;

	o->room = arena_raw(a, SEAL_PIECE);
	if ((p = sealed_begin(&o->file, a, source, arg)) != NULL)
		return p;
	if (memcmp(o->file.beginning.public, keys->public, BOX_KEY_SIZE) != 0)
		return problem_new(a, PROBLEM_INVALID, "The file is sealed to another key: it needs the key file with "
		    "the public key %s.", base64url_text(a, o->file.beginning.public, BOX_KEY_SIZE));
	if (!box_open(keys->public, keys->secret, o->file.beginning.box, BOX_SIZE, key))
		return bad(&o->file, "cannot be opened: it is damaged.");
	good = stream_open_start(&o->stream, key, o->file.beginning.header);
	secret_forget(key, sizeof key);
	return good ? NULL : bad(&o->file, "cannot be opened: it is damaged.");
}

static struct problem *
open_piece(struct opener *o)
{
	struct sealed *f = &o->file;
	struct problem *p;

	if ((p = take_piece(f)) != NULL)
		return p;
	if (f->closed_size == 0) {
		o->is_over = o->was_last;
		return o->is_over ? NULL : bad(f, "is not the last one: pieces are missing at the end.");
	}
	if (o->was_last || !stream_open(&o->stream, f->closed, f->closed_size, o->room, &o->was_last))
		return bad(f, "cannot be opened: it is damaged, or not in its place.");
	o->plain = o->room;
	o->left = f->closed_size - STREAM_EXTRA;
	return NULL;
}

struct problem *
opener_read(void *opener, void *room, size_t size, size_t *got)
{
	struct opener *o = opener;
	struct problem *p;

	*got = 0;
	while (o->left == 0 && !o->is_over)
		if ((p = open_piece(o)) != NULL)
			return p;
	if (o->is_over)
		return NULL;
	*got = o->left < size ? o->left : size;
	memcpy(room, o->plain, *got);
	o->plain += *got;
	o->left -= *got;
	return NULL;
}
