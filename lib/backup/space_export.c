/* space_export.c -- writes a whole space as an archive or as JSON, inside one snapshot of the database.  Read write_all
 * first. */
#include "backup/space_export.h"

#include <string.h>

#include "backup/walk.h"
#include "base/instant.h"
#include "base/json.h"
#include "format.h"
#include "record/file.h"
#include "record/then.h"
#include "store/statement.h"

enum {
	PIECE_BYTES = 256 << 10 /* of JSON that are sent at once */
};

/* One export under way. */
struct exporting {
	const struct space_export *export;
	const struct call *call;
	struct arena *scratch;
	struct archive_head head;
	struct archive_writer *w;    /* of an archive */
	struct part_maker *parts;
	int64_t part;
	struct buf piece;            /* of JSON */
	bool any;
	const struct collection *collection; /* of the last record */
	int64_t count;               /* of its records */
	struct buf counts;
	struct json_out counts_out;
};

/* ---- what it is ---- */

static struct problem *
read_head(struct exporting *e)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(e->call->db, e->call->a, SQL(SPACE_EXPORT_HEAD), VALUES(value_id(e->call->person->space_id)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(e->call->a, PROBLEM_NOT_FOUND, "There is no such space.");
	e->head = (struct archive_head){
		.format = ARCHIVE_FORMAT,
		.space_id = e->call->person->space_id,
		.space_name = row_text(rows, 0, SPACE_EXPORT_NAME),
		.kind = "export",
		.seq = row_integer(rows, 0, SPACE_EXPORT_SEQ),
		.at = instant_now(),
		.epoch = row_text(rows, 0, SPACE_EXPORT_EPOCH),
		.maker = "daybook",
	};
	if (row_cell(rows, 0, SPACE_EXPORT_CHAIN)->length == sizeof e->head.chain)
		memcpy(e->head.chain, row_cell(rows, 0, SPACE_EXPORT_CHAIN)->bytes, sizeof e->head.chain);
	archive_fingerprint(e->call->set, e->head.fingerprint);
	if (e->call->then_at == 0)
		return NULL;
	e->head.seq = e->call->then_seq;
	e->head.at = e->call->then_at;
	return then_hash(e->call, e->head.chain);
}

/* ---- records ---- */

static void
close_count(struct exporting *e)
{
	if (e->count > 0)
		put_integer(&e->counts_out, e->collection->name, e->count);
	e->count = 0;
}

static struct problem *
take_part(void *arg, const char *collection, const char *first_id, const void *packed, size_t size)
{
	struct exporting *e = arg;
	char name[TAR_NAME_MAX + 1];

	(void)collection;
	(void)first_id;
	archive_part_name(name, ++e->part);
	return archive_member(e->w, name, packed, size);
}

static struct problem *
send_piece(struct exporting *e, size_t least)
{
	struct problem *p;

	if (e->piece.length <= least)
		return NULL;
	p = e->export->sink(e->export->arg, e->piece.text, e->piece.length);
	buf_clear(&e->piece);
	return p;
}

static struct problem *
add_json(struct exporting *e, const struct record *record)
{
	struct archive_record line = {
		.collection = record->collection->name, .id = record->id, .owner = record->owner,
		.reader = record->reader, .created_by = record->created_by, .updated_by = record->updated_by,
		.doc = record->doc, .doc_private = record->doc_private, .version = record->version,
		.seq = record->seq,
	};

	instant_from_sql(record->created_at, &line.created_at);
	instant_from_sql(record->updated_at, &line.updated_at);
	buf_text(&e->piece, e->any ? ",\n" : "\n");
	e->any = true;
	line_text(&e->piece, &line);
	return send_piece(e, PIECE_BYTES);
}

static struct problem *
write_records(struct exporting *e)
{
	struct walk *walk = walk_new(e->call, e->call->a, NULL);
	const struct record *record;
	struct problem *p;

	while ((p = walk_next(walk, &record)) == NULL && record != NULL) {
		if (record->deleted)
			continue;
		if (record->collection != e->collection)
			close_count(e);
		e->collection = record->collection;
		e->count++;
		if ((p = e->export->json ? add_json(e, record) : part_maker_add(e->parts, record)) != NULL)
			return p;
	}
	close_count(e);
	return p;
}

/* ---- files ---- */

static struct problem *
add_file(struct exporting *e, const struct file *file)
{
	struct arena *own = arena_new();
	const struct call call = call_in(e->call, own);
	struct problem *p;
	char name[TAR_NAME_MAX + 1];
	const char *bytes;
	size_t length;
	int64_t at, next = 0;

	archive_file_name(name, file->sha256);
	p = archive_member_begin(e->w, name, file->size);
	while (p == NULL && next < file->size) {
		arena_reset(own);
		if ((p = file_chunk(&call, file, next, &bytes, &length, &at)) != NULL ||
		    (p = archive_member_add(e->w, bytes, length)) != NULL)
			break;
		next = at + (int64_t)length;
	}
	if (p != NULL)
		p = problem_copy(e->call->a, p);
	arena_free(own);
	return p;
}

static struct problem *
list_file(struct exporting *e, const struct file *file)
{
	struct json_out out;

	buf_text(&e->piece, e->any ? ",\n" : "\n");
	e->any = true;
	json_out_start(&out, &e->piece);
	put_object(&out, NULL);
	put_text(&out, "sha256", file->name);
	put_text(&out, "type", file->type);
	put_integer(&out, "size", file->size);
	put_end(&out);
	return send_piece(e, PIECE_BYTES);
}

static struct problem *
write_page_of_files(struct exporting *e, unsigned char after[SHA256_SIZE], bool *more)
{
	struct problem *p;
	struct rows *rows;

	arena_reset(e->scratch);
	p = db_run(e->call->db, e->scratch, SQL(SPACE_EXPORT_FILES),
	    VALUES(value_id(e->call->person->space_id), value_bytes(after, SHA256_SIZE)), &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		struct file file = {
			.type = row_text(rows, i, SPACE_EXPORT_FILE_TYPE),
			.size = row_integer(rows, i, SPACE_EXPORT_FILE_SIZE),
			.received = row_integer(rows, i, SPACE_EXPORT_FILE_SIZE),
			.upload_id = row_text(rows, i, SPACE_EXPORT_FILE_UPLOAD),
		};

		memcpy(file.sha256, row_cell(rows, i, SPACE_EXPORT_FILE_SHA256)->bytes, SHA256_SIZE);
		memcpy(after, file.sha256, SHA256_SIZE);
		file.name = hex_text(e->scratch, file.sha256, SHA256_SIZE);
		p = e->export->json ? list_file(e, &file) : add_file(e, &file);
	}
	*more = p == NULL && rows->count > 0;
	return p == NULL ? NULL : problem_copy(e->call->a, p);
}

static struct problem *
write_files(struct exporting *e)
{
	unsigned char after[SHA256_SIZE] = { 0 };
	struct problem *p;
	bool more = true;

	while (more)
		if ((p = write_page_of_files(e, after, &more)) != NULL)
			return p;
	return NULL;
}

/* ---- the whole ---- */

static struct problem *
write_archive(struct exporting *e)
{
	const struct space_export *export = e->export;
	unsigned char sha256[SHA256_SIZE];
	struct problem *p;
	int64_t bytes;

	if ((p = archive_begin(e->call->a, &e->head, export->secret, export->secret_size, export->sink, export->arg,
	    &e->w)) != NULL)
		return p;
	e->parts = part_maker_new(e->call->a, take_part, e);
	if ((p = write_records(e)) != NULL || (p = part_maker_end(e->parts)) != NULL || (p = write_files(e)) != NULL)
		return p;
	put_end(&e->counts_out);
	return archive_end(e->w, e->counts.text, &bytes, sha256);
}

static struct problem *
write_json(struct exporting *e)
{
	struct problem *p;
	struct buf head;
	struct json_out out;

	buf_init(&e->piece, e->call->a);
	buf_init(&head, e->call->a);
	json_out_members(&out, &head);
	put_integer(&out, "daybook", ARCHIVE_FORMAT);
	put_object(&out, "space");
	put_text(&out, "id", e->head.space_id);
	put_text(&out, "name", e->head.space_name);
	put_end(&out);
	put_integer(&out, "seq", e->head.seq);
	put_text(&out, "epoch", e->head.epoch);
	put_instant(&out, "at", e->head.at);
	buf_printf(&e->piece, "{%s,\"records\":[", head.text);
	if ((p = write_records(e)) != NULL)
		return p;
	e->any = false;
	buf_text(&e->piece, "],\"files\":[");
	if ((p = write_files(e)) != NULL)
		return p;
	buf_text(&e->piece, "]}\n");
	return send_piece(e, 0);
}

static struct problem *
write_all(struct db *db, struct arena *a, void *arg)
{
	struct exporting *e = arg;
	struct problem *p;

	(void)db;
	buf_init(&e->counts, a);
	json_out_start(&e->counts_out, &e->counts);
	put_object(&e->counts_out, NULL);
	if ((p = read_head(e)) != NULL)
		return p;
	return e->export->json ? write_json(e) : write_archive(e);
}

struct problem *
space_export(const struct space_export *export)
{
	struct exporting e = { .export = export, .call = export->call, .scratch = arena_new() };
	struct problem *p = db_snapshot(export->call->db, export->call->a, write_all, &e);

	arena_free(e.scratch);
	return p;
}
