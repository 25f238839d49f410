/* open.c -- reads an archive (backup/archive.h) from its first byte to its last, and believes nothing in it: what is
 * found is written again by format.c and must be the same bytes. */
#include <stdarg.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/zst.h"
#include "format.h"

enum {
	PIECE = 64 << 10,                                  /* bytes of a file that are read at once */
	PACKED_SPARE = 64 << 10,                           /* by which packed bytes may be more than unpacked ones */
	PACKED_PART_MAX = ARCHIVE_LINE_MAX + PACKED_SPARE,
	PACKED_COPY_MAX = ARCHIVE_COPY_MAX + PACKED_SPARE
};

struct reader {
	struct arena *a;
	struct arena *member_a, *line_a;   /* of one member, and of one line of it */
	const unsigned char *secret;
	size_t keys;                       /* in it */
	const unsigned char *key;          /* the one that sealed daybook.json, or NULL */
	archive_source source;
	void *source_arg;
	const struct archive_visitor *visitor;
	void *visitor_arg;
	struct archive_read *out;
	struct sha256 all;
	struct members members;
	int64_t lines;                     /* bytes of all lines so far */
	char name[TAR_NAME_MAX + 1];       /* of the member being read */
	enum member_kind kind;
	int64_t size;
	int64_t seconds;                   /* of its header */
	/* the record before */
	char collection[ID_BYTES_MAX + 1], id[ID_BYTES_MAX + 1];
	struct buf counts;
	int64_t counted;                   /* of its collection */
};

static const unsigned char zeros[TAR_END];

/* ---- bytes ---- */

/* What is wrong with the member being read. */
static PRINTF_LIKE(2, 3) struct problem *
bad(struct reader *r, const char *format, ...)
{
	va_list args;
	const char *text;

	va_start(args, format);
	text = arena_vprintf(r->a, format, args);
	va_end(args);
	return problem_new(r->a, PROBLEM_INVALID, "%s %s", r->name, text);
}

/* Up to size bytes: less only where the archive ends. */
static struct problem *
take_some(struct reader *r, void *room, size_t size, size_t *got)
{
	struct problem *p;

	*got = 0;
	while (*got < size) {
		size_t more = 0;

		if ((p = r->source(r->source_arg, (char *)room + *got, size - *got, &more)) != NULL)
			return p;
		if (more == 0)
			break;
		*got += more;
	}
	sha256_add(&r->all, room, *got);
	r->out->bytes += (int64_t)*got;
	return NULL;
}

static struct problem *
take(struct reader *r, void *room, size_t size)
{
	size_t got;
	struct problem *p = take_some(r, room, size, &got);

	if (p != NULL || got == size)
		return p;
	return bad(r, "ends too early: the file is cut off there.");
}

static struct problem *
take_padding(struct reader *r)
{
	unsigned char bytes[TAR_BLOCK];
	size_t size = tar_padding(r->size);
	struct problem *p;

	if ((p = take(r, bytes, size)) != NULL)
		return p;
	return memcmp(bytes, zeros, size) == 0 ? NULL : bad(r, "is not followed by zeros: the file is damaged.");
}

/* The bytes of the member being read, followed by a NUL. */
static struct problem *
take_member(struct reader *r, size_t most, char **bytes)
{
	if (r->size == 0 || r->size > (int64_t)most)
		return bad(r, "says that it has %lld bytes, but it can have from 1 to %zu.", (long long)r->size, most);
	*bytes = arena_raw(r->member_a, (size_t)r->size + 1);
	(*bytes)[r->size] = '\0';
	return take(r, *bytes, (size_t)r->size);
}

static struct problem *
end_member(struct reader *r, const unsigned char sha256[SHA256_SIZE])
{
	members_add(&r->members, r->kind, r->size, sha256);
	return take_padding(r);
}

/* ---- daybook.json ---- */

static struct problem *
read_digest(struct reader *r, struct json_object *tree, const char *key, unsigned char digest[SHA256_SIZE])
{
	const char *text;

	if (json_get_text(r->member_a, tree, key, &text) != NULL || text == NULL ||
	    !hex_parse(text, digest, SHA256_SIZE))
		return bad(r, "has no good member \"%s\".", key);
	return NULL;
}

static struct problem *
read_words(struct reader *r, struct json_object *tree, const char *const *keys, const char **const *words)
{
	for (size_t i = 0; keys[i] != NULL; i++) {
		const char *text;

		if (json_get_text(r->member_a, tree, keys[i], &text) != NULL || text == NULL)
			return bad(r, "has no good member \"%s\".", keys[i]);
		*words[i] = arena_strdup(r->a, text);
	}
	return NULL;
}

static struct problem *
read_head_tree(struct reader *r, struct json_object *tree, struct archive_head *head)
{
	static const char *const keys[] = { "kind", "epoch", "maker", "at", NULL };
	static const char *const ids[] = { "id", "name", NULL };
	const char *at, **const words[] = { &head->kind, &head->epoch, &head->maker, &at };
	const char **const names[] = { &head->space_id, &head->space_name };
	struct json_object *space;
	struct problem *p;

	if (!json_object_object_get_ex(tree, "space", &space) || !json_object_is_type(space, json_type_object))
		return bad(r, "names no space.");
	if ((p = read_words(r, space, ids, names)) != NULL || (p = read_words(r, tree, keys, words)) != NULL ||
	    (p = read_digest(r, tree, "chain", head->chain)) != NULL ||
	    (p = read_digest(r, tree, "definitions", head->fingerprint)) != NULL)
		return p;
	if (!uuid_valid(head->space_id) || !id_valid(head->kind) || !instant_parse(at, &head->at) || head->at < 0)
		return bad(r, "has an id, a kind or an instant that is none.");
	if (json_get_integer(r->member_a, tree, "seq", &head->seq, NULL) != NULL || head->seq < 0)
		return bad(r, "has no good member \"seq\".");
	return NULL;
}

/* Find the key that made the seal, and compare the whole with what a writer would write. */
static struct problem *
check_head(struct reader *r, const char *text, const char *seal)
{
	struct buf again;
	char made[SEAL_TEXT_SIZE];

	buf_init(&again, r->member_a);
	head_text(&again, &r->out->head);
	for (size_t i = 0; i < r->keys && r->key == NULL; i++) {
		head_seal(r->secret + i * ARCHIVE_KEY_SIZE, &again, made);
		if (secret_equal(made, seal, SEAL_TEXT_SIZE))
			r->key = r->secret + i * ARCHIVE_KEY_SIZE;
	}
	head_end(&again, seal);
	if (r->seconds != r->out->head.at / 1000 || again.length != (size_t)r->size ||
	    memcmp(again.text, text, again.length) != 0)
		return bad(r, "is not as Daybook writes it: it was changed or is damaged.");
	r->out->head.ours = r->key != NULL;
	return NULL;
}

/* Another format is said before anything else is: its other members may be others. */
static struct problem *
read_head(struct reader *r)
{
	struct archive_head *head = &r->out->head;
	struct json_object *tree;
	unsigned char digest[SHA256_SIZE];
	int64_t format = 0;
	struct problem *p;
	char *text;

	if ((p = take_member(r, ARCHIVE_HEAD_MAX, &text)) != NULL)
		return p;
	if (json_parse_object(r->member_a, text, (size_t)r->size, &tree) != NULL ||
	    json_get_integer(r->member_a, tree, "format", &format, NULL) != NULL)
		return bad(r, "cannot be read: it is damaged.");
	if (format != ARCHIVE_FORMAT)
		return bad(r, "says format %lld, which this version of Daybook does not read.", (long long)format);
	head->format = ARCHIVE_FORMAT;
	if ((p = read_digest(r, tree, "seal", digest)) != NULL || (p = read_head_tree(r, tree, head)) != NULL ||
	    (p = check_head(r, text, hex_text(r->member_a, digest, sizeof digest))) != NULL)
		return p;
	sha256(text, (size_t)r->size, digest);
	if ((p = end_member(r, digest)) != NULL)
		return p;
	return r->visitor->head == NULL ? NULL : r->visitor->head(r->visitor_arg, head);
}

/* ---- records ---- */

/* The members of a line, from its tree. */
static bool
read_line_tree(struct arena *a, struct json_object *tree, struct archive_record *line)
{
	const char *created_at = NULL, *updated_at = NULL, **at[] = {
		&line->collection, &line->id, &line->owner, &line->reader, &created_at, &line->created_by, &updated_at,
		&line->updated_by,
	};
	static const char *const keys[] = {
		"collection", "id", "owner", "reader", "createdAt", "createdBy", "updatedAt", "updatedBy",
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (json_get_text(a, tree, keys[i], at[i]) != NULL || (*at[i] == NULL && at[i] != &line->reader))
			return false;
	return json_get_integer(a, tree, "version", &line->version, NULL) == NULL &&
	    json_get_integer(a, tree, "seq", &line->seq, NULL) == NULL &&
	    instant_parse(created_at, &line->created_at) && instant_parse(updated_at, &line->updated_at);
}

/* A document in canonical form; NULL where there is none. */
static bool
read_doc(struct arena *a, struct json_object *tree, const char *key, const char **doc)
{
	struct json_object *value;
	struct buf b;

	if (!json_object_object_get_ex(tree, key, &value))
		return true;
	if (!json_object_is_type(value, json_type_object))
		return false;
	buf_init(&b, a);
	json_canonical(&b, value);
	*doc = b.text;
	return true;
}

static bool
is_collection_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	return length > 0 && length <= 40 && name[length] == '\0';
}

/* The line as a record, or false for what no writer writes. */
static bool
read_line(struct reader *r, const char *text, size_t length, struct archive_record *line)
{
	struct json_object *tree;
	struct buf again;

	memset(line, 0, sizeof *line);
	if (json_parse_object(r->line_a, text, length, &tree) != NULL || !read_line_tree(r->line_a, tree, line) ||
	    !read_doc(r->line_a, tree, "doc", &line->doc) || !read_doc(r->line_a, tree, "private", &line->doc_private))
		return false;
	if (line->doc == NULL || !is_collection_name(line->collection) || !id_valid(line->id) || line->version < 1 ||
	    line->seq < 1 || line->seq > r->out->head.seq || !uuid_valid(line->owner) ||
	    !uuid_valid(line->created_by) || !uuid_valid(line->updated_by) ||
	    (line->reader != NULL && !uuid_valid(line->reader)))
		return false;
	buf_init(&again, r->line_a);
	line_text(&again, line);
	return again.length == length + 1 && memcmp(again.text, text, length) == 0;
}

static void
end_collection(struct reader *r)
{
	if (r->counted > 0)
		buf_printf(&r->counts, "%s\"%s\":%lld", r->counts.length > 1 ? "," : "", r->collection,
		    (long long)r->counted);
	r->counted = 0;
}

/* Count it, and check that it comes after the one before. */
static bool
count_record(struct reader *r, const struct archive_record *line)
{
	int order = strcmp(r->collection, line->collection);

	if (order > 0 || (order == 0 && strcmp(r->id, line->id) >= 0))
		return false;
	if (order < 0) {
		end_collection(r);
		strcpy(r->collection, line->collection);
	}
	strcpy(r->id, line->id);
	r->counted++;
	r->out->records++;
	return true;
}

static struct problem *
read_lines(struct reader *r, const char *text, size_t length)
{
	struct archive_record line;
	struct problem *p;

	for (int64_t number = 1; length > 0; number++) {
		const char *end = memchr(text, '\n', length);
		size_t size = end == NULL ? 0 : (size_t)(end - text);

		arena_reset(r->line_a);
		if (end == NULL || !read_line(r, text, size, &line))
			return bad(r, "has a line that is no record, line %lld.", (long long)number);
		if (!count_record(r, &line))
			return bad(r, "has a record that is not in its place, in line %lld.", (long long)number);
		if (r->out->records > ARCHIVE_RECORDS_MAX)
			return bad(r, "brings more records than %d.", ARCHIVE_RECORDS_MAX);
		if (r->visitor->record != NULL && (p = r->visitor->record(r->visitor_arg, &line)) != NULL)
			return p;
		text = end + 1;
		length -= size + 1;
	}
	return NULL;
}

/* Unpack the member being read, of at most so many bytes. */
static struct problem *
take_packed(struct reader *r, size_t packed_most, size_t most, char **text, size_t *length)
{
	unsigned char digest[SHA256_SIZE];
	char *packed;
	struct problem *p;

	if ((p = take_member(r, packed_most, &packed)) != NULL)
		return p;
	sha256(packed, (size_t)r->size, digest);
	if ((*text = zst_unpack(r->member_a, packed, (size_t)r->size, most, length)) == NULL || *length == 0)
		return bad(r, "cannot be unpacked: it is damaged, or holds more than %zu bytes.", most);
	return end_member(r, digest);
}

static struct problem *
read_part(struct reader *r)
{
	size_t length;
	char *text;
	struct problem *p;

	if ((p = take_packed(r, PACKED_PART_MAX, ARCHIVE_LINE_MAX, &text, &length)) != NULL)
		return p;
	r->lines += (int64_t)length;
	if (r->lines > ARCHIVE_LINES_MAX)
		return bad(r, "brings more than %lld bytes of records.", (long long)ARCHIVE_LINES_MAX);
	return read_lines(r, text, length);
}

static struct problem *
read_copy(struct reader *r)
{
	struct json_object *tree;
	struct buf again;
	size_t length;
	char *text;
	struct problem *p;

	if ((p = take_packed(r, PACKED_COPY_MAX, ARCHIVE_COPY_MAX, &text, &length)) != NULL)
		return p;
	if (json_parse_object(r->member_a, text, length, &tree) != NULL)
		return bad(r, "holds no JSON.");
	buf_init(&again, r->member_a);
	json_canonical(&again, tree);
	if (again.length != length || memcmp(again.text, text, length) != 0)
		return bad(r, "is not as Daybook writes it.");
	return r->visitor->copy == NULL ? NULL : r->visitor->copy(r->visitor_arg, text, length);
}

/* ---- files ---- */

static struct problem *
read_file_bytes(struct reader *r, unsigned char digest[SHA256_SIZE])
{
	char *room = arena_raw(r->member_a, PIECE);
	struct sha256 hash;
	struct problem *p;

	sha256_start(&hash);
	for (int64_t left = r->size; left > 0;) {
		size_t size = left < PIECE ? (size_t)left : PIECE;

		if ((p = take(r, room, size)) != NULL)
			return p;
		sha256_add(&hash, room, size);
		if (r->visitor->file_bytes != NULL && (p = r->visitor->file_bytes(r->visitor_arg, room, size)) != NULL)
			return p;
		left -= (int64_t)size;
	}
	sha256_end(&hash, digest);
	return NULL;
}

static struct problem *
read_file(struct reader *r)
{
	const char *hex = strchr(r->name, '/') + 1;
	unsigned char digest[SHA256_SIZE];
	struct problem *p;

	if (r->size > ARCHIVE_FILE_BYTES_MAX || ++r->out->files > ARCHIVE_FILES_MAX)
		return bad(r, "is more than an archive may have.");
	if (r->visitor->file_begin != NULL && (p = r->visitor->file_begin(r->visitor_arg, hex, r->size)) != NULL)
		return p;
	if ((p = read_file_bytes(r, digest)) != NULL)
		return p;
	if (strcmp(hex_text(r->member_a, digest, sizeof digest), hex) != 0)
		return bad(r, "has other bytes than its name says: it is damaged.");
	if ((p = end_member(r, digest)) != NULL)
		return p;
	return r->visitor->file_end == NULL ? NULL : r->visitor->file_end(r->visitor_arg);
}

/* ---- manifest.json ---- */

/* The manifest, compared piece by piece with what it should be. */
struct manifest_in {
	struct reader *r;
	int64_t left;                      /* bytes of its text before the tail */
	struct sha256 hash;                /* of them */
	char seal[SEAL_TEXT_SIZE];
	const char *differs;               /* the first thing that is not as it says; else NULL */
};

static struct problem *
take_hashed(struct manifest_in *in, void *room, size_t size)
{
	struct problem *p = take(in->r, room, size);

	if (p != NULL)
		return p;
	sha256_add(&in->hash, room, size);
	in->left -= (int64_t)size;
	return NULL;
}

static const char *
name_piece(struct manifest_in *in, enum piece piece, size_t i)
{
	char name[TAR_NAME_MAX + 1];

	if (piece == PIECE_MEMBER) {
		member_name(&in->r->members, i, name);
		return arena_printf(in->r->a, "%s is not what " MANIFEST_NAME " says: it was changed.", name);
	}
	if (piece == PIECE_COUNTS || piece == PIECE_FILES)
		return MANIFEST_NAME " says another number of records or files than there is.";
	return MANIFEST_NAME " lists something else than there is.";
}

/* After the first difference the rest is only hashed: what follows no longer lies where it should. */
static struct problem *
compare_piece(void *arg, enum piece piece, size_t i, const void *bytes, size_t size)
{
	struct manifest_in *in = arg;
	char room[1024];
	struct problem *p;

	for (size_t at = 0; at < size && in->differs == NULL;) {
		size_t more = size - at < sizeof room ? size - at : sizeof room;

		if ((int64_t)more > in->left) {
			in->differs = name_piece(in, piece, i);
			return NULL;
		}
		if ((p = take_hashed(in, room, more)) != NULL)
			return p;
		if (piece == PIECE_SEAL)
			memcpy(in->seal + at, room, more);
		else if (memcmp(room, (const char *)bytes + at, more) != 0)
			in->differs = name_piece(in, piece, i);
		at += more;
	}
	return NULL;
}

static struct problem *
take_rest(struct manifest_in *in)
{
	char room[1024];
	struct problem *p;

	if (in->left > 0 && in->differs == NULL)
		in->differs = name_piece(in, PIECE_FRAME, 0);
	while (in->left > 0) {
		size_t size = in->left < (int64_t)sizeof room ? (size_t)in->left : sizeof room;

		if ((p = take_hashed(in, room, size)) != NULL)
			return p;
	}
	return NULL;
}

/* Who damages the manifest does not make its own hash fit; so where that fits, what it says counts. */
static struct problem *
check_manifest(struct manifest_in *in)
{
	struct reader *r = in->r;
	unsigned char digest[SHA256_SIZE];
	char tail[MANIFEST_TAIL + 1], found[MANIFEST_TAIL];
	struct problem *p;

	if ((p = take_rest(in)) != NULL || (p = take(r, found, sizeof found)) != NULL)
		return p;
	sha256_end(&in->hash, digest);
	manifest_tail(digest, tail);
	if (memcmp(found, tail, sizeof found) != 0)
		return bad(r, "is damaged: its bytes are not what its own hash says.");
	if (in->differs != NULL)
		return problem_new(r->a, PROBLEM_INVALID, "%s", in->differs);
	if (!hex_parse(in->seal, digest, sizeof digest) ||
	    strcmp(hex_text(r->member_a, digest, sizeof digest), in->seal) != 0)
		return bad(r, "has a seal that is none.");
	return NULL;
}

static struct problem *
read_manifest(struct reader *r, const unsigned char before[SHA256_SIZE])
{
	struct manifest_in in = { .r = r, .left = r->size - MANIFEST_TAIL };
	char seal[SEAL_TEXT_SIZE];
	struct problem *p;

	if (in.left < 0 || r->size > ARCHIVE_JSON_MAX)
		return bad(r, "says that it has %lld bytes, which no manifest has.", (long long)r->size);
	end_collection(r);
	buf_char(&r->counts, '}');
	sha256_start(&in.hash);
	no_seal(seal);
	no_seal(in.seal);
	if ((p = manifest_pieces(&r->members, r->counts.text, seal, compare_piece, &in)) != NULL ||
	    (p = check_manifest(&in)) != NULL)
		return p;
	if (r->key == NULL)
		return NULL;
	manifest_seal(r->key, before, seal);
	return secret_equal(seal, in.seal, SEAL_TEXT_SIZE) ? NULL
		: bad(r, "has not the seal that " HEAD_NAME " has: somebody else put the archive together.");
}

/* ---- the whole ---- */

static struct problem *
read_end(struct reader *r)
{
	unsigned char bytes[TAR_END + 1];
	size_t got;
	struct problem *p;

	if ((p = take_padding(r)) != NULL || (p = take_some(r, bytes, sizeof bytes, &got)) != NULL)
		return p;
	if (got < TAR_END)
		return bad(r, "is not followed by the end: the file is cut off.");
	if (got > TAR_END || memcmp(bytes, zeros, TAR_END) != 0)
		return bad(r, "is followed by something else than the end of the file.");
	return NULL;
}

/* The header of the next member.  r->name is still that of the one before, so that it can be said where the damage
 * is. */
static struct problem *
read_header(struct reader *r, bool *is_manifest)
{
	unsigned char block[TAR_BLOCK];
	char name[TAR_NAME_MAX + 1];
	bool is_first = r->members.count == 0;
	size_t got;
	struct problem *p;

	if ((p = take_some(r, block, sizeof block, &got)) != NULL)
		return p;
	if (is_first && (got < sizeof block || !tar_read(block, name, &r->size, &r->seconds)))
		return bad(r, "is not its beginning: this is no backup of Daybook, or it is damaged there.");
	if (got < sizeof block)
		return bad(r, "is the last member in it: the file is cut off after it.");
	if (!tar_read(block, name, &r->size, &r->seconds))
		return bad(r, "is followed by a damaged header.");
	*is_manifest = !is_first && strcmp(name, MANIFEST_NAME) == 0;
	if (!*is_manifest && !member_fits(&r->members, !is_first && strcmp(r->out->head.kind, "client") == 0, name,
	    &r->kind))
		return bad(r, is_first ? "is not its first member: this is no backup of Daybook."
			: "is followed by a member that does not belong there.");
	if (!is_first && r->seconds != r->out->head.at / 1000)
		return bad(r, "is followed by a header of another time.");
	strcpy(r->name, name);
	return NULL;
}

static struct problem *
read_member(struct reader *r)
{
	switch (r->kind) {
	case MEMBER_HEAD:
		return read_head(r);
	case MEMBER_RECORDS:
		return read_part(r);
	case MEMBER_COPY:
		return read_copy(r);
	case MEMBER_FILE:
		return read_file(r);
	}
	return NULL;
}

static struct problem *
read_all(struct reader *r)
{
	unsigned char before[SHA256_SIZE];
	bool is_manifest = false;
	struct problem *p;

	for (;;) {
		struct sha256 so_far = r->all;

		if ((p = read_header(r, &is_manifest)) != NULL)
			return p;
		if (is_manifest) {
			sha256_end(&so_far, before);
			break;
		}
		if ((p = read_member(r)) != NULL)
			return p;
		arena_reset(r->member_a);
	}
	if ((p = read_manifest(r, before)) != NULL)
		return p;
	return read_end(r);
}

struct problem *
archive_read(struct arena *a, const void *secret, size_t secret_size, archive_source source, void *source_arg,
    const struct archive_visitor *visitor, void *visitor_arg, struct archive_read *out)
{
	static const struct archive_visitor nobody;
	struct reader r = {
		.a = a, .member_a = arena_within(a), .line_a = arena_within(a), .secret = secret,
		.keys = secret == NULL ? 0 : secret_size / ARCHIVE_KEY_SIZE, .source = source,
		.source_arg = source_arg, .visitor = visitor == NULL ? &nobody : visitor,
		.visitor_arg = visitor_arg, .out = out, .name = HEAD_NAME,
	};
	struct problem *p;

	memset(out, 0, sizeof *out);
	sha256_start(&r.all);
	members_start(&r.members, a);
	buf_init(&r.counts, a);
	buf_char(&r.counts, '{');
	p = read_all(&r);
	arena_reset(r.member_a); /* a file is read several times in one arena */
	arena_reset(r.line_a);
	if (p != NULL)
		return p;
	out->counts = r.counts.text;
	sha256_end(&r.all, out->sha256);
	return NULL;
}
