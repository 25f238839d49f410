/* format.c -- the texts of an archive.  A writer writes them, and a reader makes them again to compare. */
#include "format.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

static const char copy_name[] = ARCHIVE_COPY_NAME, files_folder[] = "files/";

/* ---- members ---- */

void
members_start(struct members *m, struct arena *a)
{
	memset(m, 0, sizeof *m);
	m->a = a;
}

void
members_add(struct members *m, enum member_kind kind, int64_t bytes, const unsigned char sha256[SHA256_SIZE])
{
	struct member *member;

	if (m->count == m->room) {
		size_t room = m->room == 0 ? 64 : 2 * m->room;
		struct member *all = arena_raw(m->a, room * sizeof *all);

		if (m->count > 0)
			memcpy(all, m->all, m->count * sizeof *all);
		m->all = all;
		m->room = room;
	}
	member = &m->all[m->count++];
	member->kind = kind;
	member->bytes = bytes;
	memcpy(member->sha256, sha256, SHA256_SIZE);
	m->parts += kind == MEMBER_RECORDS;
	m->files += kind == MEMBER_FILE;
}

void
archive_part_name(char name[TAR_NAME_MAX + 1], int64_t number)
{
	snprintf(name, TAR_NAME_MAX + 1, "records/%05lld.ndjson.zst", (long long)number);
}

static void
put_hex(char *text, const unsigned char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = '\0';
}

void
archive_file_name(char name[TAR_NAME_MAX + 1], const unsigned char sha256[SHA256_SIZE])
{
	memcpy(name, files_folder, sizeof files_folder);
	put_hex(name + sizeof files_folder - 1, sha256, SHA256_SIZE);
}

/* daybook.json is the first one, and the parts follow it, so the place of a part is its number. */
void
member_name(const struct members *m, size_t i, char name[TAR_NAME_MAX + 1])
{
	switch (m->all[i].kind) {
	case MEMBER_HEAD:
		strcpy(name, HEAD_NAME);
		return;
	case MEMBER_RECORDS:
		archive_part_name(name, (int64_t)i);
		return;
	case MEMBER_COPY:
		strcpy(name, copy_name);
		return;
	case MEMBER_FILE:
		archive_file_name(name, m->all[i].sha256);
		return;
	}
}

/* A file's name is the hash of its content, in lower case, and greater than that of the file before it. */
static bool
is_next_file(const struct members *m, const char *name)
{
	unsigned char sha256[SHA256_SIZE];
	char again[TAR_NAME_MAX + 1];
	const struct member *last = &m->all[m->count - 1];

	if (strncmp(name, files_folder, sizeof files_folder - 1) != 0 ||
	    !hex_parse(name + sizeof files_folder - 1, sha256, sizeof sha256))
		return false;
	archive_file_name(again, sha256);
	return strcmp(name, again) == 0 &&
	    (last->kind != MEMBER_FILE || memcmp(last->sha256, sha256, sizeof sha256) < 0);
}

bool
member_fits(const struct members *m, bool is_copy, const char *name, enum member_kind *kind)
{
	char part[TAR_NAME_MAX + 1];
	enum member_kind last;

	if (m->count == 0) {
		*kind = MEMBER_HEAD;
		return strcmp(name, HEAD_NAME) == 0;
	}
	last = m->all[m->count - 1].kind;
	archive_part_name(part, m->parts + 1);
	if (!is_copy && last <= MEMBER_RECORDS && strcmp(name, part) == 0)
		*kind = MEMBER_RECORDS;
	else if (is_copy && last == MEMBER_HEAD && strcmp(name, copy_name) == 0)
		*kind = MEMBER_COPY;
	else if (is_next_file(m, name))
		*kind = MEMBER_FILE;
	else
		return false;
	return true;
}

/* ---- daybook.json ---- */

void
head_text(struct buf *b, const struct archive_head *head)
{
	struct json_out out;

	json_out_start(&out, b);
	put_object(&out, NULL);
	put_integer(&out, "format", head->format);
	put_object(&out, "space");
	put_text(&out, "id", head->space_id);
	put_text(&out, "name", head->space_name);
	put_end(&out);
	put_text(&out, "kind", head->kind);
	put_integer(&out, "seq", head->seq);
	put_instant(&out, "at", head->at);
	put_text(&out, "epoch", head->epoch);
	put_text(&out, "chain", hex_text(b->arena, head->chain, SHA256_SIZE));
	put_text(&out, "definitions", hex_text(b->arena, head->fingerprint, SHA256_SIZE));
	put_text(&out, "maker", head->maker);
}

void
head_end(struct buf *b, const char seal[SEAL_TEXT_SIZE])
{
	buf_printf(b, ",\"seal\":\"%s\"}", seal);
}

void
no_seal(char seal[SEAL_TEXT_SIZE])
{
	memset(seal, '0', SEAL_TEXT_SIZE - 1);
	seal[SEAL_TEXT_SIZE - 1] = '\0';
}

/* The two are made with keys of their own, so that none can stand in for the other. */
static void
make_seal(const void *key, const char *what, const void *bytes, size_t size, char seal[SEAL_TEXT_SIZE])
{
	unsigned char own[SHA256_SIZE], mac[SHA256_SIZE];

	hmac_sha256(key, ARCHIVE_KEY_SIZE, what, strlen(what), own);
	hmac_sha256(own, sizeof own, bytes, size, mac);
	put_hex(seal, mac, sizeof mac);
}

void
head_seal(const void *key, const struct buf *text, char seal[SEAL_TEXT_SIZE])
{
	make_seal(key, HEAD_NAME, text->text, text->length, seal);
}

void
manifest_seal(const void *key, const unsigned char sha256[SHA256_SIZE], char seal[SEAL_TEXT_SIZE])
{
	make_seal(key, MANIFEST_NAME, sha256, SHA256_SIZE, seal);
}

/* ---- records ---- */

void
line_text(struct buf *b, const struct archive_record *r)
{
	struct json_out out;

	json_out_start(&out, b);
	put_object(&out, NULL);
	put_text(&out, "collection", r->collection);
	put_text(&out, "id", r->id);
	put_integer(&out, "version", r->version);
	put_integer(&out, "seq", r->seq);
	put_text(&out, "owner", r->owner);
	put_some(&out, "reader", r->reader);
	put_instant(&out, "createdAt", r->created_at);
	put_text(&out, "createdBy", r->created_by);
	put_instant(&out, "updatedAt", r->updated_at);
	put_text(&out, "updatedBy", r->updated_by);
	put_json(&out, "doc", r->doc);
	if (r->doc_private != NULL)
		put_json(&out, "private", r->doc_private);
	put_end(&out);
	buf_char(b, '\n');
}

/* ---- manifest.json ---- */

struct giver {
	struct problem *(*give)(void *arg, enum piece piece, size_t i, const void *bytes, size_t size);
	void *arg;
};

static struct problem *
give_text(const struct giver *g, enum piece piece, const char *text)
{
	return g->give(g->arg, piece, 0, text, strlen(text));
}

static struct problem *
give_member(const struct giver *g, const struct members *m, size_t i)
{
	char name[TAR_NAME_MAX + 1], digits[SEAL_TEXT_SIZE], text[2 * TAR_NAME_MAX + SEAL_TEXT_SIZE];
	int length;

	member_name(m, i, name);
	put_hex(digits, m->all[i].sha256, SHA256_SIZE);
	length = snprintf(text, sizeof text, "%s{\"name\":\"%s\",\"bytes\":%lld,\"sha256\":\"%s\"}", i == 0 ? "" : ",",
	    name, (long long)m->all[i].bytes, digits);
	return g->give(g->arg, PIECE_MEMBER, i, text, (size_t)length);
}

struct problem *
manifest_pieces(const struct members *m, const char *counts, const char seal[SEAL_TEXT_SIZE],
    struct problem *(*give)(void *arg, enum piece piece, size_t i, const void *bytes, size_t size), void *arg)
{
	struct giver g = { give, arg };
	char files[INTEGER_SIZE];
	struct problem *p;

	if ((p = give_text(&g, PIECE_FRAME, "{\"parts\":[")) != NULL)
		return p;
	for (size_t i = 0; i < m->count; i++)
		if ((p = give_member(&g, m, i)) != NULL)
			return p;
	integer_text(files, m->files);
	if ((p = give_text(&g, PIECE_FRAME, "],\"counts\":")) != NULL ||
	    (p = give_text(&g, PIECE_COUNTS, counts)) != NULL ||
	    (p = give_text(&g, PIECE_FRAME, ",\"files\":")) != NULL ||
	    (p = give_text(&g, PIECE_FILES, files)) != NULL ||
	    (p = give_text(&g, PIECE_FRAME, ",\"seal\":\"")) != NULL ||
	    (p = give_text(&g, PIECE_SEAL, seal)) != NULL)
		return p;
	return give_text(&g, PIECE_FRAME, "\"");
}

void
manifest_tail(const unsigned char sha256[SHA256_SIZE], char tail[MANIFEST_TAIL + 1])
{
	char digits[SEAL_TEXT_SIZE];

	put_hex(digits, sha256, SHA256_SIZE);
	snprintf(tail, MANIFEST_TAIL + 1, ",\"sha256\":\"%s\"}", digits);
}
