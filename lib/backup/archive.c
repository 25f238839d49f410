/* archive.c -- writes archives (backup/archive.h), and makes the parts of their records. */
#include "backup/archive.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/text.h"
#include "base/zst.h"
#include "format.h"
#include "model/rule.h"

struct archive_writer {
	struct arena *a;
	archive_sink sink;
	void *arg;
	const void *secret;            /* the key that seals, or NULL */
	bool is_copy;                  /* of a client: it has no records */
	int64_t seconds;               /* of all members */
	int64_t bytes;                 /* written so far */
	struct sha256 all;             /* of them */
	struct members members;
	/* the member being written */
	enum member_kind kind;
	struct sha256 hash;
	int64_t size, written;
	bool is_open;
};

static const unsigned char zeros[TAR_END];

/* ---- bytes ---- */

static struct problem *
put_bytes(struct archive_writer *w, const void *bytes, size_t size)
{
	sha256_add(&w->all, bytes, size);
	w->bytes += (int64_t)size;
	return size == 0 ? NULL : w->sink(w->arg, bytes, size);
}

static struct problem *
put_header(struct archive_writer *w, const char *name, int64_t size)
{
	unsigned char block[TAR_BLOCK];

	tar_header(block, name, size, w->seconds);
	return put_bytes(w, block, sizeof block);
}

/* ---- members ---- */

static struct problem *
end_member(struct archive_writer *w)
{
	unsigned char digest[SHA256_SIZE];

	sha256_end(&w->hash, digest);
	members_add(&w->members, w->kind, w->size, digest);
	w->is_open = false;
	return put_bytes(w, zeros, tar_padding(w->size));
}

struct problem *
archive_member_begin(struct archive_writer *w, const char *name, int64_t size)
{
	struct problem *p;

	if ((p = must_hold(w->a, !w->is_open && size >= 0 && member_fits(&w->members, w->is_copy, name, &w->kind),
	    "the members of an archive are written one by one, in their order")) != NULL)
		return p;
	w->is_open = true;
	w->size = size;
	w->written = 0;
	sha256_start(&w->hash);
	if ((p = put_header(w, name, size)) != NULL)
		return p;
	return size == 0 ? end_member(w) : NULL;
}

struct problem *
archive_member_add(struct archive_writer *w, const void *bytes, size_t size)
{
	struct problem *p;

	if (size == 0)
		return NULL;
	if ((p = must_hold(w->a, w->is_open && (int64_t)size <= w->size - w->written,
	    "a member of an archive has as many bytes as were said")) != NULL)
		return p;
	sha256_add(&w->hash, bytes, size);
	w->written += (int64_t)size;
	if ((p = put_bytes(w, bytes, size)) != NULL)
		return p;
	return w->written == w->size ? end_member(w) : NULL;
}

struct problem *
archive_member(struct archive_writer *w, const char *name, const void *bytes, size_t size)
{
	struct problem *p;

	if ((p = archive_member_begin(w, name, (int64_t)size)) != NULL)
		return p;
	return archive_member_add(w, bytes, size);
}

/* ---- the whole ---- */

static struct problem *
put_head(struct archive_writer *w, const struct archive_head *head)
{
	char seal[SEAL_TEXT_SIZE];
	struct buf text;

	buf_init(&text, w->a);
	head_text(&text, head);
	no_seal(seal);
	if (w->secret != NULL)
		head_seal(w->secret, &text, seal);
	head_end(&text, seal);
	return archive_member(w, HEAD_NAME, text.text, text.length);
}

struct problem *
archive_begin(struct arena *a, const struct archive_head *head, const void *secret, size_t secret_size,
    archive_sink sink, void *arg, struct archive_writer **writer)
{
	struct archive_writer *w = *writer = arena_alloc(a, sizeof *w);

	w->a = a;
	w->sink = sink;
	w->arg = arg;
	w->secret = secret_size >= ARCHIVE_KEY_SIZE ? arena_memdup(a, secret, ARCHIVE_KEY_SIZE) : NULL;
	w->is_copy = strcmp(head->kind, "client") == 0;
	w->seconds = head->at / 1000;
	sha256_start(&w->all);
	members_start(&w->members, a);
	return put_head(w, head);
}

/* The manifest is made twice: its size comes before it. */
struct manifest_out {
	struct archive_writer *w;
	struct sha256 hash;
	int64_t size;
	bool is_written;
};

static struct problem *
take_piece(void *arg, enum piece piece, size_t i, const void *bytes, size_t size)
{
	struct manifest_out *out = arg;

	(void)piece;
	(void)i;
	out->size += (int64_t)size;
	if (!out->is_written)
		return NULL;
	sha256_add(&out->hash, bytes, size);
	return put_bytes(out->w, bytes, size);
}

static struct problem *
put_manifest(struct archive_writer *w, const char *counts, const char seal[SEAL_TEXT_SIZE])
{
	struct manifest_out out = { .w = w };
	unsigned char digest[SHA256_SIZE];
	char tail[MANIFEST_TAIL + 1];
	int64_t size;
	struct problem *p;

	if ((p = manifest_pieces(&w->members, counts, seal, take_piece, &out)) != NULL)
		return p;
	size = out.size + MANIFEST_TAIL;
	if ((p = put_header(w, MANIFEST_NAME, size)) != NULL)
		return p;
	out.is_written = true;
	sha256_start(&out.hash);
	if ((p = manifest_pieces(&w->members, counts, seal, take_piece, &out)) != NULL)
		return p;
	sha256_end(&out.hash, digest);
	manifest_tail(digest, tail);
	if ((p = put_bytes(w, tail, MANIFEST_TAIL)) != NULL)
		return p;
	return put_bytes(w, zeros, tar_padding(size));
}

struct problem *
archive_end(struct archive_writer *w, const char *counts, int64_t *bytes, unsigned char sha256[SHA256_SIZE])
{
	unsigned char before[SHA256_SIZE];
	char seal[SEAL_TEXT_SIZE];
	struct sha256 so_far = w->all;
	struct problem *p;

	if ((p = must_hold(w->a, !w->is_open, "the last member of an archive is whole before its end")) != NULL)
		return p;
	no_seal(seal);
	sha256_end(&so_far, before);
	if (w->secret != NULL)
		manifest_seal(w->secret, before, seal);
	if ((p = put_manifest(w, counts, seal)) != NULL || (p = put_bytes(w, zeros, TAR_END)) != NULL)
		return p;
	*bytes = w->bytes;
	sha256_end(&w->all, sha256);
	return NULL;
}

/* ---- parts ---- */

struct part_maker {
	struct arena *a;               /* of one part */
	struct arena *line_a;          /* of one line */
	struct problem *(*take)(void *arg, const char *collection, const char *first_id, const void *packed,
	    size_t size);
	void *arg;
	struct buf lines;
	char collection[TAR_NAME_MAX + 1], first_id[TAR_NAME_MAX + 1]; /* of the first record in it */
};

struct part_maker *
part_maker_new(struct arena *a,
    struct problem *(*take)(void *arg, const char *collection, const char *first_id, const void *packed, size_t size),
    void *arg)
{
	struct part_maker *m = arena_alloc(a, sizeof *m);

	m->a = arena_within(a);
	m->line_a = arena_within(a);
	m->take = take;
	m->arg = arg;
	buf_init(&m->lines, m->a);
	return m;
}

struct problem *
part_maker_end(struct part_maker *m)
{
	size_t size;
	void *packed;
	struct problem *p;

	if (m->lines.length == 0)
		return NULL;
	packed = zst_pack(m->a, m->lines.text, m->lines.length, &size);
	if ((p = must_hold(m->a, packed != NULL, "there is memory to pack a part of a backup")) != NULL ||
	    (p = m->take(m->arg, m->collection, m->first_id, packed, size)) != NULL)
		return p;
	arena_reset(m->a);
	buf_init(&m->lines, m->a);
	return NULL;
}

static struct archive_record
as_archived(const struct record *r)
{
	struct archive_record line = {
		.collection = r->collection->name, .id = r->id, .owner = r->owner, .reader = r->reader,
		.created_by = r->created_by, .updated_by = r->updated_by, .doc = r->doc, .doc_private = r->doc_private,
		.version = r->version, .seq = r->seq,
	};

	instant_from_sql(r->created_at, &line.created_at);
	instant_from_sql(r->updated_at, &line.updated_at);
	return line;
}

static void
add_line(struct part_maker *m, const struct archive_record *record, const struct buf *line)
{
	if (m->lines.length == 0) {
		snprintf(m->collection, sizeof m->collection, "%s", record->collection);
		snprintf(m->first_id, sizeof m->first_id, "%s", record->id);
	}
	buf_add(&m->lines, line->text, line->length);
}

struct problem *
part_maker_add(struct part_maker *m, const struct record *record)
{
	struct archive_record archived;
	struct buf line;
	struct problem *p;

	if (record->deleted)
		return NULL;
	arena_reset(m->line_a);
	buf_init(&line, m->line_a);
	archived = as_archived(record);
	line_text(&line, &archived);
	if ((p = must_hold(m->a, line.length <= ARCHIVE_LINE_MAX, "a record fits into a line of a backup")) != NULL)
		return p;
	if (m->lines.length + line.length > ARCHIVE_PART_MAX && (p = part_maker_end(m)) != NULL)
		return p;
	add_line(m, &archived, &line);
	return text_hash(TEXT_HASH, record->id) % ARCHIVE_CUT == 0 ? part_maker_end(m) : NULL;
}

/* ---- the definitions ---- */

static void
add_texts(struct buf *b, const struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		buf_printf(b, " %s", json_quoted(b->arena, texts->all[i]));
}

static void
add_field(struct buf *b, const struct field *f)
{
	buf_printf(b, "field %s %s %d%d%d%d%d %d %lld %d %lld %d %d %s", f->name, field_type_names[f->type],
	    f->required, f->immutable, f->is_private, f->retired, f->derived, f->has_min, (long long)f->min, f->has_max,
	    (long long)f->max, f->max_length, f->scale, f->initial != NULL ? f->initial : "-");
	buf_printf(b, " %s %s.%s", f->ref != NULL ? f->ref : "-",
	    f->from_collection != NULL ? f->from_collection : "-", f->from_field != NULL ? f->from_field : "-");
	add_texts(b, &f->choices);
	buf_printf(b, " %s\n", f->at_least != NULL ? f->at_least : "-");
}

static void
add_collection(struct buf *b, const struct collection *c)
{
	buf_printf(b, "collection %s %d %d %s", c->name, c->own, (int)c->id_form,
	    c->id_template != NULL ? c->id_template : "-");
	for (size_t i = 0; i < c->unique_count; i++)
		buf_printf(b, " %s", c->unique[i]->name);
	buf_char(b, '\n');
	for (size_t i = 0; i < c->field_count; i++)
		add_field(b, &c->fields[i]);
	for (size_t i = 0; i < c->rule_count; i++)
		buf_printf(b, "rule %s\n", c->rules[i]->name);
}

void
archive_fingerprint(const struct collections *set, unsigned char fingerprint[SHA256_SIZE])
{
	struct arena *a = arena_new();
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < set->count; i++)
		add_collection(&b, &set->all[i]);
	sha256(b.text, b.length, fingerprint);
	arena_free(a);
}
