/* test_archive.c -- the file of a backup: what is written is read again, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <malloc.h>

#include "backup/archive.h"
#include "base/buf.h"
#include "base/zst.h"
#include "forge.h"
#include "pieces.h"
#include "scratch.h"
#include "shipped.h"

static const char person_id[] = "0191f3a0-0000-7000-8000-000000000001";
static const unsigned char keys[2 * ARCHIVE_KEY_SIZE] =
    "one key of thirty-two bytes, okayand another of thirty-two, ok..";

static const struct archive_head head = {
	.format = ARCHIVE_FORMAT, .space_id = "0191f3a0-0000-7000-8000-000000000002",
	.space_name = "J\xc3\xbcrgen's \"team\"",
	.kind = "manual", .seq = 100000, .at = INT64_C(1795250040123), .epoch = "0123456789abcdef0123456789abcdef",
	.chain = { 1, 2, 3 }, .fingerprint = { 4, 5, 6 }, .maker = "daybook 1.0",
};

/* ---- bytes in memory ---- */

static struct problem *
add_bytes(void *arg, const void *bytes, size_t size)
{
	buf_add(arg, bytes, size);
	return NULL;
}

/* ---- writing ---- */

struct parts {
	struct archive_writer *w;
	struct arena *a;
	int64_t count;
	struct buf firsts;
};

static struct problem *
put_part(void *arg, const char *collection, const char *first_id, const void *packed, size_t size)
{
	struct parts *parts = arg;
	char name[TAR_NAME_MAX + 1];

	buf_printf(&parts->firsts, "%s/%s ", collection, first_id);
	archive_part_name(name, ++parts->count);
	return archive_member(parts->w, name, packed, size);
}

static struct record
record_of(struct arena *a, const char *collection, const char *id, const char *doc)
{
	struct record r = {
		.collection = collection_find(set, collection), .id = arena_strdup(a, id), .owner = person_id,
		.version = 2, .seq = 17, .doc = arena_strdup(a, doc),
		.created_at = "2026-11-21 08:34:00.000", .created_by = person_id,
		.updated_at = "2026-11-21 08:34:00.005", .updated_by = person_id,
	};

	assert_non_null(r.collection);
	return r;
}

static void
add_weights(struct part_maker *m, struct arena *a, int from, int count)
{
	for (int i = from; i < from + count; i++) {
		struct record r = record_of(a, "weights", arena_printf(a, "w%05d", i),
		    arena_printf(a, "{\"kg\":%d}", i));

		if (i % 3 == 0)
			r.reader = person_id;
		if (i % 5 == 0)
			r.doc_private = "{\"note\":\"\xc3\xa4\"}";
		r.deleted = i % 7 == 1;
		assert_null(part_maker_add(m, &r));
	}
}

static const char *
counts_of(struct arena *a, int tasks, int weights)
{
	int live = 0;

	for (int i = 0; i < weights; i++)
		live += i % 7 != 1;
	return arena_printf(a, "{\"tasks\":%d,\"weights\":%d}", tasks, live);
}

static void
put_file(struct archive_writer *w, const char *content)
{
	unsigned char digest[SHA256_SIZE];
	char name[TAR_NAME_MAX + 1];

	sha256(content, strlen(content), digest);
	archive_file_name(name, digest);
	assert_null(archive_member_begin(w, name, (int64_t)strlen(content)));
	for (const char *at = content; *at != '\0'; at++)
		assert_null(archive_member_add(w, at, 1));
}

/* An archive with tasks, weights and two files: their hashes begin with 5 and with e3. */
static struct buf
archive_of(struct arena *a, int weights, const void *secret, size_t secret_size, int64_t *bytes,
    unsigned char digest[SHA256_SIZE])
{
	struct parts parts = { .a = a };
	struct part_maker *m;
	struct record task = record_of(a, "tasks", "t1", "{\"title\":\"Call \\\"her\\\"\"}");
	struct buf file;

	buf_init(&file, a);
	buf_init(&parts.firsts, a);
	assert_null(archive_begin(a, &head, secret, secret_size, add_bytes, &file, &parts.w));
	m = part_maker_new(a, put_part, &parts);
	assert_null(part_maker_add(m, &task));
	add_weights(m, a, 0, weights);
	assert_null(part_maker_end(m));
	put_file(parts.w, "hello\n");
	put_file(parts.w, "");
	assert_null(archive_end(parts.w, counts_of(a, 1, weights), bytes, digest));
	assert_int_equal(file.length, *bytes);
	return file;
}

static struct buf
small_archive(struct arena *a)
{
	unsigned char digest[SHA256_SIZE];
	int64_t bytes;

	return archive_of(a, 300, keys, ARCHIVE_KEY_SIZE, &bytes, digest);
}

/* ---- reading ---- */

struct seen_all {
	struct buf text;
	bool ours;
};

static struct problem *
see_head(void *arg, const struct archive_head *h)
{
	struct seen_all *seen = arg;

	buf_printf(&seen->text, "%s %s %lld %lld %s|", h->space_name, h->kind, (long long)h->seq,
	    (long long)h->at, h->maker);
	seen->ours = h->ours;
	return NULL;
}

static struct problem *
see_record(void *arg, const struct archive_record *r)
{
	struct seen_all *seen = arg;

	if (strcmp(r->id, "w00030") != 0 && r->collection[0] != 't')
		return NULL;
	buf_printf(&seen->text, "%s/%s %lld %lld %s %s", r->collection, r->id, (long long)r->version, (long long)r->seq,
	    r->owner, r->reader != NULL ? r->reader : "-");
	buf_printf(&seen->text, " %lld %lld %s %s|", (long long)r->created_at, (long long)r->updated_at, r->doc,
	    r->doc_private != NULL ? r->doc_private : "-");
	return NULL;
}

static struct problem *
see_file(void *arg, const char sha256_hex[65], int64_t size)
{
	buf_printf(&((struct seen_all *)arg)->text, "%.4s %lld:", sha256_hex, (long long)size);
	return NULL;
}

static struct problem *
see_bytes(void *arg, const void *bytes, size_t size)
{
	buf_add(&((struct seen_all *)arg)->text, bytes, size);
	return NULL;
}

static struct problem *
see_copy(void *arg, const char *json, size_t size)
{
	buf_printf(&((struct seen_all *)arg)->text, "copy %.*s", (int)size, json);
	return NULL;
}

static const struct archive_visitor visitor = { see_head, see_record, see_copy, see_file, see_bytes, NULL };

static struct problem *
read_in(struct arena *a, const struct buf *file, size_t piece, const void *secret, size_t secret_size,
    struct seen_all *seen, struct archive_read *out)
{
	struct from from = { file->text, file->length, piece };

	buf_init(&seen->text, a);
	return archive_read(a, secret, secret_size, give_bytes, &from, &visitor, seen, out);
}

static struct problem *
read_file(struct arena *a, const struct buf *file)
{
	struct seen_all seen;
	struct archive_read out;

	return read_in(a, file, SIZE_MAX, keys, ARCHIVE_KEY_SIZE, &seen, &out);
}

static void
refused(struct arena *a, const struct buf *file, const char *detail)
{
	struct problem *p = read_file(a, file);

	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_INVALID);
	assert_string_equal(p->detail, detail);
}

/* ---- tests ---- */

static void
what_is_written_is_read_again(void **state)
{
	struct arena *a = arena;
	unsigned char digest[SHA256_SIZE];
	struct archive_read out;
	struct seen_all seen;
	int64_t bytes;
	struct buf file = archive_of(a, 1000, keys, ARCHIVE_KEY_SIZE, &bytes, digest);

	(void)state;
	assert_null(read_in(a, &file, 777, keys, ARCHIVE_KEY_SIZE, &seen, &out));
	assert_string_equal(seen.text.text, "J\xc3\xbcrgen's \"team\" manual 100000 1795250040123 daybook 1.0|"
	    "tasks/t1 2 17 0191f3a0-0000-7000-8000-000000000001 - 1795250040000 1795250040005 {\"title\":\"Call "
	    "\\\"her\\\"\"} -|weights/w00030 2 17 0191f3a0-0000-7000-8000-000000000001 "
	    "0191f3a0-0000-7000-8000-000000000001 1795250040000 1795250040005 {\"kg\":30} {\"note\":\"\xc3\xa4\"}|"
	    "5891 6:hello\ne3b0 0:");
	assert_int_equal(out.bytes, bytes);
	assert_memory_equal(out.sha256, digest, sizeof digest);
	assert_string_equal(out.counts, counts_of(a, 1, 1000));
	assert_int_equal(out.files, 2);
	assert_memory_equal(out.head.chain, head.chain, SHA256_SIZE);
	assert_memory_equal(out.head.fingerprint, head.fingerprint, SHA256_SIZE);
	assert_true(out.head.ours && seen.ours);
}

static void
an_archive_may_be_empty(void **state)
{
	struct arena *a = arena;
	unsigned char digest[SHA256_SIZE];
	struct archive_writer *w;
	struct archive_read out;
	struct seen_all seen;
	int64_t bytes;
	struct buf file;

	(void)state;
	buf_init(&file, a);
	assert_null(archive_begin(a, &head, NULL, 0, add_bytes, &file, &w));
	assert_null(archive_end(w, "{}", &bytes, digest));
	assert_null(read_in(a, &file, 1, NULL, 0, &seen, &out));
	assert_string_equal(out.counts, "{}");
	assert_int_equal(out.records, 0);
}

static void
a_copy_of_a_client_stands_for_records(void **state)
{
	static const char json[] = "{\"data\":{},\"key\":\"k\"}";
	struct arena *a = arena;
	unsigned char digest[SHA256_SIZE];
	struct archive_head client = head;
	struct archive_writer *w;
	struct archive_read out;
	struct seen_all seen;
	size_t size;
	void *packed = zst_pack(a, json, sizeof json - 1, &size);
	int64_t bytes;
	struct buf file;

	(void)state;
	buf_init(&file, a);
	client.kind = "client";
	client.seq = 0;
	assert_null(archive_begin(a, &client, keys, ARCHIVE_KEY_SIZE, add_bytes, &file, &w));
	assert_null(archive_member(w, ARCHIVE_COPY_NAME, packed, size));
	assert_non_null(archive_member(w, "records/00001.ndjson.zst", packed, size));
	assert_null(archive_end(w, "{}", &bytes, digest));
	assert_null(read_in(a, &file, 1000, keys, ARCHIVE_KEY_SIZE, &seen, &out));
	assert_non_null(strstr(seen.text.text, "|copy {\"data\":{},\"key\":\"k\"}"));
}

static void
the_seal_is_of_one_of_the_keys_or_of_nobody(void **state)
{
	struct arena *a = arena;
	unsigned char digest[SHA256_SIZE];
	struct archive_read out;
	struct seen_all seen;
	int64_t bytes;
	struct buf ours = archive_of(a, 10, keys + ARCHIVE_KEY_SIZE, ARCHIVE_KEY_SIZE, &bytes, digest);
	struct buf nobodys = archive_of(a, 10, NULL, 0, &bytes, digest);

	(void)state;
	assert_null(read_in(a, &ours, SIZE_MAX, keys, sizeof keys, &seen, &out));
	assert_true(out.head.ours);
	assert_null(read_in(a, &ours, SIZE_MAX, keys, ARCHIVE_KEY_SIZE, &seen, &out));
	assert_false(out.head.ours);
	assert_null(read_in(a, &ours, SIZE_MAX, NULL, 0, &seen, &out));
	assert_false(out.head.ours || seen.ours);
	assert_null(read_in(a, &nobodys, SIZE_MAX, keys, sizeof keys, &seen, &out));
	assert_false(out.head.ours || seen.ours);
}

/* Two archives begin with the same sealed head; the records of one do not pass under the head of the other. */
static void
a_sealed_beginning_is_of_its_own_archive_alone(void **state)
{
	struct arena *a = arena;
	unsigned char digest[SHA256_SIZE];
	int64_t bytes;
	struct buf ours = archive_of(a, 10, keys, ARCHIVE_KEY_SIZE, &bytes, digest);
	struct buf theirs = archive_of(a, 11, keys + ARCHIVE_KEY_SIZE, ARCHIVE_KEY_SIZE, &bytes, digest);
	struct problem *p;

	(void)state;
	memcpy(theirs.text, ours.text, 2 * TAR_BLOCK);
	p = read_file(a, &theirs);
	assert_non_null(p);
	assert_non_null(strstr(p->detail, "daybook.json"));
}

static void
equal_records_make_equal_parts(void **state)
{
	struct arena *a = arena;
	unsigned char digest[SHA256_SIZE], again[SHA256_SIZE];
	int64_t bytes;

	(void)state;
	archive_of(a, 500, keys, ARCHIVE_KEY_SIZE, &bytes, digest);
	archive_of(a, 500, keys, ARCHIVE_KEY_SIZE, &bytes, again);
	assert_memory_equal(again, digest, sizeof digest);
}

static struct problem *
note_part(void *arg, const char *collection, const char *first_id, const void *packed, size_t size)
{
	struct parts *parts = arg;
	unsigned char digest[SHA256_SIZE];

	sha256(packed, size, digest);
	parts->count++;
	buf_printf(&parts->firsts, "%s/%s %s\n", collection, first_id, hex_text(parts->a, digest, sizeof digest));
	return NULL;
}

static char *
parts_of(struct arena *a, int from, int count, const char *doc)
{
	struct parts parts = { .a = a };
	struct part_maker *m = part_maker_new(a, note_part, &parts);

	buf_init(&parts.firsts, a);
	for (int i = from; i < from + count; i++) {
		struct record r = record_of(a, "weights", arena_printf(a, "w%05d", i), doc);

		assert_null(part_maker_add(m, &r));
	}
	assert_null(part_maker_end(m));
	return parts.firsts.text;
}

/* What was taken away at the beginning changes the first part only. */
static void
parts_end_where_ids_say_it(void **state)
{
	const char *all = parts_of(arena, 0, 2000, "{}"), *fewer = parts_of(arena, 3, 1997, "{}");
	const char *rest = strchr(all, '\n');

	(void)state;
	assert_non_null(strchr(rest + 1, '\n'));
	assert_string_equal(strchr(fewer, '\n'), rest);
	assert_int_not_equal(strncmp(all, fewer, 90), 0);
}

static void
a_part_is_never_longer_than_its_limit_or_one_line(void **state)
{
	struct arena *a = arena;
	char *doc = arena_alloc(a, 700001);

	(void)state;
	memset(doc, 'x', 700000);
	memcpy(doc, "{\"note\":\"", 9);
	memcpy(doc + 699998, "\"}", 3);
	assert_int_equal(strlen(doc), 700000);
	for (const char *at = parts_of(a, 0, 3, doc); at[0] != '\0'; at = strchr(at, '\n') + 1)
		assert_memory_equal(at, "weights/w0000", 13);
	assert_non_null(strstr(parts_of(a, 0, 3, doc), "w00002"));
}

static void
a_file_that_is_cut_off_is_refused(void **state)
{
	struct arena *a = arena;
	struct buf file = small_archive(a);
	size_t whole = file.length;
	struct problem *p;

	(void)state;
	for (file.length = 0; file.length < whole; file.length += 37) {
		p = read_file(a, &file);
		assert_non_null(p);
		assert_int_equal(p->kind, PROBLEM_INVALID);
		assert_non_null(strstr(p->detail, file.length < TAR_BLOCK ? "no backup" : "cut off"));
	}
	file.length = whole;
	assert_null(read_file(a, &file));
	buf_char(&file, '\0');
	refused(a, &file, "manifest.json is followed by something else than the end of the file.");
}

static void
what_is_no_archive_is_refused(void **state)
{
	struct arena *a = arena;
	static const char no[] =
	    "daybook.json is not its beginning: this is no backup of Daybook, or it is damaged there.";
	struct buf file;

	(void)state;
	buf_init(&file, a);
	refused(a, &file, no);
	buf_text(&file, "{\"users\":[]}");
	refused(a, &file, no);
	buf_add(&file, arena_alloc(a, 5000), 5000);
	refused(a, &file, no);
	buf_clear(&file);
	tar_header((unsigned char *)buf_room(&file, TAR_BLOCK), "passwd", 0, 0);
	buf_took(&file, TAR_BLOCK);
	refused(a, &file, "daybook.json is not its first member: this is no backup of Daybook.");
}

/* ---- archives that a writer of Daybook does not write ---- */

#define LINE(id, seq, rest) \
	"{\"collection\":\"weights\",\"id\":\"" id "\",\"version\":1,\"seq\":" seq \
	",\"owner\":\"0191f3a0-0000-7000-8000-000000000001\",\"createdAt\":\"2026-11-21T08:34:00.000Z\"," \
	"\"createdBy\":\"0191f3a0-0000-7000-8000-000000000001\",\"updatedAt\":\"2026-11-21T08:34:00.000Z\"," \
	"\"updatedBy\":\"0191f3a0-0000-7000-8000-000000000001\"," rest "}\n"

static const char part1[] = "records/00001.ndjson.zst", part2[] = "records/00002.ndjson.zst";

static void
refused_lines(struct arena *a, const char *lines, const char *detail)
{
	struct forged f;

	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, lines, strlen(lines));
	refused(a, forge_end(&f, "{\"weights\":1}", 0), detail);
}

static void
a_line_that_no_writer_writes_is_refused(void **state)
{
	static const char no_record[] = "records/00001.ndjson.zst has a line that is no record, line 1.";
	struct arena *a = arena;
	struct forged f;

	(void)state;
	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, LINE("a", "20", "\"doc\":{}"), strlen(LINE("a", "20", "\"doc\":{}")));
	assert_null(read_file(a, forge_end(&f, "{\"weights\":1}", 0)));
	refused_lines(a, LINE("a", "21", "\"doc\":{}"), no_record);
	refused_lines(a, LINE("a", "0", "\"doc\":{}"), no_record);
	refused_lines(a, LINE("a", "1.0", "\"doc\":{}"), no_record);
	refused_lines(a, LINE("../a", "1", "\"doc\":{}"), no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":{} "), no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":[]"), no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":null"), no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":{\"b\":1,\"a\":1}"), no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":{\"b\":1,\"b\":1}"), no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":{},\"more\":1"), no_record);
	refused_lines(a, LINE("a", "1", "\"private\":{}"), no_record);
	refused_lines(a, "\n", no_record);
	refused_lines(a, "{}", no_record);
	refused_lines(a, "[]\n", no_record);
	refused_lines(a, LINE("a", "1", "\"doc\":{}") LINE("a", "2", "\"doc\":{}"),
	    "records/00001.ndjson.zst has a record that is not in its place, in line 2.");
	refused_lines(a, LINE("b", "1", "\"doc\":{}") LINE("a", "2", "\"doc\":{}"),
	    "records/00001.ndjson.zst has a record that is not in its place, in line 2.");
	refused_lines(a, LINE("a", "1", "\"doc\":{}") "x",
	    "records/00001.ndjson.zst has a line that is no record, line 2.");
}

static void
members_out_of_order_are_refused(void **state)
{
	static const char *const names[] = {
		"records/00002.ndjson.zst", "records/1.ndjson.zst", "records/../../etc/passwd", "/etc/passwd",
		"copy.json.zst", "daybook.json", "files/x", "files/",
	};
	struct arena *a = arena;
	struct forged f;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		forge_start(&f, a, forged_head);
		forge_packed(&f, names[i], LINE("a", "1", "\"doc\":{}"), strlen(LINE("a", "1", "\"doc\":{}")));
		refused(a, forge_end(&f, "{\"weights\":1}", 0),
		    "daybook.json is followed by a member that does not belong there.");
	}
}

static void
a_bomb_is_refused_before_it_is_unpacked(void **state)
{
	struct arena *a = arena;
	char *text = arena_alloc(a, 50 << 20);
	struct forged f;

	(void)state;
	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, text, 50 << 20);
	assert_true(f.file.length < 20000);
	refused(a, forge_end(&f, "{}", 0),
	    "records/00001.ndjson.zst cannot be unpacked: it is damaged, or holds more than 2097152 bytes.");
}

static void
sizes_that_are_wrong_are_refused(void **state)
{
	struct arena *a = arena;
	struct forged f;

	(void)state;
	forge_start(&f, a, forged_head);
	forge_member(&f, part1, "x", 1, INT64_C(8589934591));
	refused(a, forge_end(&f, "{}", 0),
	    "records/00001.ndjson.zst says that it has 8589934591 bytes, but it can have from 1 to 2162688.");
	forge_start(&f, a, forged_head);
	forge_member(&f, part1, "x", 1, 0);
	refused(a, forge_end(&f, "{}", 0),
	    "records/00001.ndjson.zst says that it has 0 bytes, but it can have from 1 to 2162688.");
	forge_start(&f, a, forged_head);
	forge_member(&f, "files/5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", "hello\n", 6,
	    1 << 30);
	refused(a, forge_end(&f, "{}", 0),
	    "files/5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 ends too early: "
	    "the file is cut off there.");
	forge_start(&f, a, forged_head);
	tar_header((unsigned char *)buf_room(&f.file, TAR_BLOCK), "manifest.json", 10, 1795250040);
	buf_took(&f.file, TAR_BLOCK);
	refused(a, &f.file, "manifest.json says that it has 10 bytes, which no manifest has.");
}

static void
a_manifest_that_says_something_else_is_refused(void **state)
{
	static const char line[] = LINE("a", "1", "\"doc\":{}");
	static const char miscounted[] = "manifest.json says another number of records or files than there is.";
	struct arena *a = arena;
	struct forged f;

	(void)state;
	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, line, strlen(line));
	refused(a, forge_end(&f, "{\"weights\":2}", 0), miscounted);
	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, line, strlen(line));
	refused(a, forge_end(&f, "{\"weights\":1}", 1), miscounted);
	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, line, strlen(line));
	f.parts.text[f.parts.length - 3] ^= 1;
	refused(a, forge_end(&f, "{\"weights\":1}", 0),
	    "records/00001.ndjson.zst is not what manifest.json says: it was changed.");
	forge_start(&f, a, forged_head);
	forge_packed(&f, part1, line, strlen(line));
	buf_text(&f.parts, ",{\"name\":\"records/00002.ndjson.zst\",\"bytes\":1,\"sha256\":\"00\"}");
	refused(a, forge_end(&f, "{\"weights\":1}", 0), "manifest.json lists something else than there is.");
	(void)part2;
}

static void
a_head_that_no_writer_writes_is_refused(void **state)
{
	static const char changed[] = "daybook.json is not as Daybook writes it: it was changed or is damaged.";
	const struct { const char *from, *to, *detail; } cases[] = {
		{ "\"format\":1", "\"format\":2",
		    "daybook.json says format 2, which this version of Daybook does not read." },
		{ "\"format\":1", "\"format\":01", "daybook.json cannot be read: it is damaged." },
		{ "\"seq\":20", "\"seq\":-1", "daybook.json has no good member \"seq\"." },
		{ "\"seq\":20", "\"seq\": 20", changed },
		{ "\"maker\"", "\"smoker\"", "daybook.json has no good member \"maker\"." },
		{ "\"maker\":", "\"more\":1,\"maker\":", changed },
		{ "0191f3a0", "0191F3A0", "daybook.json has an id, a kind or an instant that is none." },
		{ "00.123Z", "00.12Z", changed },
		{ "\"manual\"", "\"../x\"", "daybook.json has an id, a kind or an instant that is none." },
	};
	struct arena *a = arena;
	struct forged f;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *at = strstr(forged_head, cases[i].from);

		assert_non_null(at);
		forge_start(&f, a, arena_printf(a, "%.*s%s%s", (int)(at - forged_head), forged_head, cases[i].to,
		    at + strlen(cases[i].from)));
		refused(a, forge_end(&f, "{}", 0), cases[i].detail);
	}
}

static void
a_writer_refuses_members_out_of_order_and_of_other_sizes(void **state)
{
	struct arena *a = arena;
	struct archive_writer *w;
	unsigned char digest[SHA256_SIZE];
	int64_t bytes;
	struct buf file;

	(void)state;
	buf_init(&file, a);
	assert_null(archive_begin(a, &head, keys, ARCHIVE_KEY_SIZE, add_bytes, &file, &w));
	assert_non_null(archive_member(w, part2, "x", 1));
	assert_null(archive_member(w, part1, "x", 1));
	assert_non_null(archive_member(w, part1, "x", 1));
	assert_null(archive_member_begin(w, part2, 3));
	assert_non_null(archive_member_add(w, "four", 4));
	assert_non_null(archive_member_begin(w, "files/x", 1));
	assert_non_null(archive_end(w, "{}", &bytes, digest));
}

/* ---- changes of single bytes ---- */

enum {
	CHANGES = 1000,
	MEMBERS_MOST = 64
};

/* Where the members of an archive lie: the block of the header begins at `at`. */
struct lying {
	size_t at, end;            /* end: of its padding */
	char name[TAR_NAME_MAX + 1];
};

static size_t
lying_in(const struct buf *file, struct lying lying[MEMBERS_MOST])
{
	size_t at = 0, count = 0;
	int64_t size, seconds;

	for (; count < MEMBERS_MOST && at + TAR_BLOCK <= file->length; count++) {
		struct lying *l = &lying[count];

		if (!tar_read((const unsigned char *)file->text + at, l->name, &size, &seconds))
			break;
		l->at = at;
		at = l->end = at + TAR_BLOCK + (size_t)size + tar_padding(size);
	}
	lying[count - 1].end = file->length;
	return count;
}

/* A damaged header is said by the member before it, everything else by its own. */
static void
refused_by_name(struct arena *a, const struct buf *file, const struct lying *lying, size_t i, size_t place,
    bool keyless)
{
	const struct lying *named = place < lying[i].at + TAR_BLOCK && i > 0 ? &lying[i - 1] : &lying[i];
	struct seen_all seen;
	struct archive_read out;
	struct problem *p = read_in(a, file, 4096, keyless ? NULL : keys, ARCHIVE_KEY_SIZE, &seen, &out);

	if (p == NULL || strncmp(p->detail, named->name, strlen(named->name)) != 0)
		fail_msg("byte %zu, in %s: %s", place, lying[i].name, p == NULL ? "it was read" : p->detail);
	assert_int_equal(p->kind, PROBLEM_INVALID);
}

/* Each member is changed as often as each other, else the large ones would get all changes. */
static void
every_change_is_refused(const struct buf *file, unsigned seed)
{
	struct lying lying[MEMBERS_MOST];
	size_t count = lying_in(file, lying);
	struct arena *a = arena_new();

	assert_true(count >= 4 && count < MEMBERS_MOST);
	for (size_t n = 0; n < CHANGES; n++) {
		size_t i = n % count;
		size_t place = lying[i].at + (size_t)rand_r(&seed) % (lying[i].end - lying[i].at);
		char changed = (char)(1 + rand_r(&seed) % 255);

		file->text[place] ^= changed;
		refused_by_name(a, file, lying, i, place, n % 3 == 0);
		file->text[place] ^= changed;
		arena_reset(a);
	}
	assert_null(read_file(a, file));
	arena_free(a);
}

static void
a_thousand_changes_are_refused_and_the_member_is_named(void **state)
{
	struct buf file = small_archive(arena);

	(void)state;
	every_change_is_refused(&file, 20261121);
}

static void
changes_of_a_clients_copy_are_refused_and_the_member_is_named(void **state)
{
	static const char json[] = "{\"data\":{\"entries\":[1,2,3]},\"key\":\"autoBackup\"}";
	struct archive_head client = head;
	unsigned char digest[SHA256_SIZE];
	struct archive_writer *w;
	size_t size;
	void *packed = zst_pack(arena, json, sizeof json - 1, &size);
	int64_t bytes;
	struct buf file;

	(void)state;
	buf_init(&file, arena);
	client.kind = "client";
	assert_null(archive_begin(arena, &client, keys, ARCHIVE_KEY_SIZE, add_bytes, &file, &w));
	assert_null(archive_member(w, ARCHIVE_COPY_NAME, packed, size));
	put_file(w, "hello\n");
	assert_null(archive_end(w, "{}", &bytes, digest));
	every_change_is_refused(&file, 20261122);
}

/* ---- memory ---- */

enum {
	MANY = 100000,                 /* records */
	LARGE = 24 << 20               /* bytes of a file */
};

struct spool {
	FILE *file;
	size_t most;                   /* bytes that were taken from malloc, at most */
};

static void
note_memory(struct spool *spool)
{
	struct mallinfo2 now = mallinfo2();
	size_t taken = now.uordblks + now.hblkhd;

	spool->most = taken > spool->most ? taken : spool->most;
}

static struct problem *
spool_bytes(void *arg, const void *bytes, size_t size)
{
	struct spool *spool = arg;

	note_memory(spool);
	assert_int_equal(fwrite(bytes, 1, size, spool->file), size);
	return NULL;
}

static struct problem *
unspool_bytes(void *arg, void *room, size_t size, size_t *got)
{
	struct spool *spool = arg;

	note_memory(spool);
	*got = fread(room, 1, size, spool->file);
	return NULL;
}

static void
spool_records(struct part_maker *m)
{
	struct arena *a = arena_new();

	for (int i = 0; i < MANY; i++) {
		struct record r = record_of(a, "weights", arena_printf(a, "w%05d", i), "{\"kg\":79.4}");

		assert_null(part_maker_add(m, &r));
		arena_reset(a);
	}
	arena_free(a);
}

static void
spool_file(struct archive_writer *w)
{
	static const char piece[1 << 16] = "x";
	unsigned char digest[SHA256_SIZE];
	char name[TAR_NAME_MAX + 1];
	struct sha256 hash;

	sha256_start(&hash);
	for (int i = 0; i < LARGE / (int)sizeof piece; i++)
		sha256_add(&hash, piece, sizeof piece);
	sha256_end(&hash, digest);
	archive_file_name(name, digest);
	assert_null(archive_member_begin(w, name, LARGE));
	for (int i = 0; i < LARGE / (int)sizeof piece; i++)
		assert_null(archive_member_add(w, piece, sizeof piece));
}

static void
memory_is_flat_whatever_the_size(void **state)
{
	struct spool spool = { tmpfile(), 0 };
	struct parts parts = { .a = arena };
	struct archive_read out;
	struct part_maker *m;
	unsigned char digest[SHA256_SIZE];
	int64_t bytes;
	size_t before;

	(void)state;
	assert_non_null(spool.file);
	note_memory(&spool);
	before = spool.most;
	buf_init(&parts.firsts, arena);
	assert_null(archive_begin(arena, &head, keys, ARCHIVE_KEY_SIZE, spool_bytes, &spool, &parts.w));
	m = part_maker_new(arena, put_part, &parts);
	spool_records(m);
	assert_null(part_maker_end(m));
	spool_file(parts.w);
	assert_null(archive_end(parts.w, arena_printf(arena, "{\"weights\":%d}", MANY), &bytes, digest));
	assert_true(bytes > LARGE && parts.count > 500);
	rewind(spool.file);
	assert_null(archive_read(arena, keys, ARCHIVE_KEY_SIZE, unspool_bytes, &spool, NULL, NULL, &out));
	assert_int_equal(out.records, MANY);
	assert_true(spool.most - before < 6 << 20);
	fclose(spool.file);
}

static void
a_fingerprint_is_of_the_definitions(void **state)
{
	unsigned char one[SHA256_SIZE], again[SHA256_SIZE], fewer[SHA256_SIZE];
	struct collections less = *set;

	(void)state;
	archive_fingerprint(set, one);
	archive_fingerprint(set, again);
	less.count--;
	archive_fingerprint(&less, fewer);
	assert_memory_equal(one, again, sizeof one);
	assert_memory_not_equal(one, fewer, sizeof one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(an_archive_may_be_empty),
		cmocka_unit_test(a_copy_of_a_client_stands_for_records),
		cmocka_unit_test(the_seal_is_of_one_of_the_keys_or_of_nobody),
		cmocka_unit_test(a_sealed_beginning_is_of_its_own_archive_alone),
		cmocka_unit_test(equal_records_make_equal_parts),
		cmocka_unit_test(parts_end_where_ids_say_it),
		cmocka_unit_test(a_part_is_never_longer_than_its_limit_or_one_line),
		cmocka_unit_test(a_file_that_is_cut_off_is_refused),
		cmocka_unit_test(what_is_no_archive_is_refused),
		cmocka_unit_test(a_line_that_no_writer_writes_is_refused),
		cmocka_unit_test(members_out_of_order_are_refused),
		cmocka_unit_test(a_bomb_is_refused_before_it_is_unpacked),
		cmocka_unit_test(sizes_that_are_wrong_are_refused),
		cmocka_unit_test(a_manifest_that_says_something_else_is_refused),
		cmocka_unit_test(a_head_that_no_writer_writes_is_refused),
		cmocka_unit_test(a_writer_refuses_members_out_of_order_and_of_other_sizes),
		cmocka_unit_test(a_thousand_changes_are_refused_and_the_member_is_named),
		cmocka_unit_test(changes_of_a_clients_copy_are_refused_and_the_member_is_named),
		cmocka_unit_test(memory_is_flat_whatever_the_size),
		cmocka_unit_test(a_fingerprint_is_of_the_definitions),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
