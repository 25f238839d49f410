/* make.c -- makes a backup.  Its parts are stored first, while the records are read at one moment.  Then the file is
 * written once, to find out its first and last members and its checksum, and read back once as a stranger would read
 * it: only a backup that proves itself is called whole.  A sealed one is then stored as it will be sent, and the parts
 * that it was made of are dropped by tidying. */
#include <string.h>

#include "backup/seal.h"
#include "base/instant.h"
#include "base/tar.h"
#include "record/file.h"
#include "store/statement.h"
#include "work.h"

#ifndef DAYBOOK_VERSION
#define DAYBOOK_VERSION "1.0"
#endif

/* A backup while it is made. */
struct work {
	const struct call *call;
	const struct backup_server *server;
	const struct making *as;
	struct job_run *run;
	struct store *store;
	struct backup backup;       /* what is known of it so far */
	struct contents contents;
	struct archive_writer *writer;
	int64_t began, written;
	/* the member that is caught: daybook.json, manifest.json */
	const char *catching;       /* or NULL: what the writer writes is only counted */
	bool caught_head;
	int64_t caught_left;        /* bytes of it to come */
	struct buf caught;
};

/* ---- the first and the last member ---- */

static struct problem *
store_caught(struct work *k)
{
	struct part part = { .name = k->catching, .body = k->caught.text, .bytes = (int64_t)k->caught.length };
	struct problem *p;

	sha256(part.body, k->caught.length, part.sha256);
	if ((p = store_add(k->store, &part)) != NULL)
		return p;
	buf_init(&k->caught, k->caught.arena);
	return NULL;
}

/* Bytes of the member that is caught, and of nothing else: its header is passed over, and its padding. */
static struct problem *
catch_bytes(struct work *k, const char *bytes, size_t size)
{
	struct problem *p = NULL;

	while (size > 0 && k->caught_left > 0 && p == NULL) {
		size_t room = PIECE_MAX - k->caught.length;
		size_t some = (int64_t)size < k->caught_left ? size : (size_t)k->caught_left;

		some = some < room ? some : room;
		buf_add(&k->caught, bytes, some);
		bytes += some;
		size -= some;
		k->caught_left -= (int64_t)some;
		if (k->caught.length == PIECE_MAX || k->caught_left == 0)
			p = store_caught(k);
	}
	return p;
}

/* What the writer writes.  Headers come whole. */
static struct problem *
take_written(void *arg, const void *bytes, size_t size)
{
	struct work *k = arg;
	char name[TAR_NAME_MAX + 1];
	int64_t member, seconds;

	if (k->catching == NULL)
		return NULL;
	if (!k->caught_head && size == TAR_BLOCK && tar_read(bytes, name, &member, &seconds) &&
	    strcmp(name, k->catching) == 0) {
		k->caught_head = true;
		k->caught_left = member;
		return NULL;
	}
	return k->caught_head ? catch_bytes(k, bytes, size) : NULL;
}

static void
catch_member(struct work *k, const char *name)
{
	k->catching = name;
	k->caught_head = false;
	k->caught_left = 0;
	buf_init(&k->caught, k->call->a);
}

/* ---- writing the file once ---- */

static struct problem *
write_file(struct work *k, const struct part *part)
{
	struct arena *a = arena_new();
	const struct call call = call_in(k->call, a);
	struct file file = { .name = hex_text(k->call->a, part->sha256, SHA256_SIZE) };
	struct problem *p = archive_member_begin(k->writer, part->name, part->bytes);
	const char *bytes, *upload;
	int64_t at, next = 0;
	size_t length;

	memcpy(file.sha256, part->sha256, SHA256_SIZE);
	if (p == NULL)
		p = file_read_whole(&call, &file);
	upload = arena_strdup(k->call->a, file.upload_id);
	while (p == NULL && next < part->bytes) {
		arena_reset(a);
		file.upload_id = upload;
		if ((p = file_chunk(&call, &file, next, &bytes, &length, &at)) == NULL &&
		    (p = archive_member_add(k->writer, bytes, length)) == NULL)
			next += (int64_t)length;
	}
	if (p != NULL)
		p = problem_copy(k->call->a, p);
	arena_free(a);
	return p;
}

static struct problem *
write_chunk(struct work *k, struct arena *a, const struct part *part)
{
	const struct value *body;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(k->call->db, a, SQL(BACKUP_CHUNK), VALUES(value_id(k->call->person->space_id),
	    value_bytes(part->sha256, SHA256_SIZE)), &rows)) != NULL)
		return problem_copy(k->call->a, p);
	if ((p = must_hold(k->call->a, rows->count == 1, "a backup has the chunk that it was just given")) != NULL)
		return p;
	body = row_cell(rows, 0, BACKUP_CHUNK_BODY);
	return archive_member(k->writer, part->name, body->bytes, body->length);
}

/* The parts that are stored so far, in their order. */
static struct problem *
write_parts(struct work *k)
{
	struct arena *rows_a = arena_new(), *a = arena_new();
	struct problem *p;
	struct rows *rows;
	struct part part;
	int64_t last = 0;

	do {
		arena_reset(rows_a);
		if ((p = db_run(k->call->db, rows_a, SQL(BACKUP_PARTS), VALUES(value_id(k->call->person->space_id),
		    value_id(k->backup.id), value_integer(last), value_integer(SEALED_FROM)), &rows)) != NULL)
			p = problem_copy(k->call->a, p);
		for (size_t i = 0; p == NULL && i < rows->count; i++) {
			arena_reset(a);
			part_of_row(rows, i, &part);
			last = part.number;
			k->written += part.bytes;
			if ((p = part.is_file ? write_file(k, &part) : write_chunk(k, a, &part)) == NULL)
				p = job_step(k->run, "writing", k->written, 0);
		}
	} while (p == NULL && rows->count > 0);
	arena_free(rows_a);
	arena_free(a);
	return p;
}

/* daybook.json is row 0, manifest.json the last ones. */
static struct problem *
write_archive(struct work *k)
{
	const struct backup_server *server = k->server;
	int64_t number = store_number(k->store);
	struct problem *p;

	store_number_from(k->store, 0);
	catch_member(k, "daybook.json");
	if ((p = archive_begin(k->call->a, &k->contents.head, server->secret, server->secret_size, take_written, k,
	    &k->writer)) != NULL || (p = store_flush(k->store)) != NULL)
		return p;
	store_number_from(k->store, number);
	k->catching = NULL;
	if ((p = write_parts(k)) != NULL)
		return p;
	catch_member(k, "manifest.json");
	k->backup.counts = tally_json(&k->contents.counts, k->call->a);
	if ((p = archive_end(k->writer, k->backup.counts, &k->backup.bytes, k->backup.sha256)) != NULL)
		return p;
	return store_flush(k->store);
}

/* ---- proving it ---- */

/* A source that tells how far it is. */
struct told_source {
	struct backup_reader *reader;
	struct work *work;
	int64_t read;
};

static struct problem *
next_told(void *arg, void *room, size_t size, size_t *got)
{
	struct told_source *s = arg;
	struct problem *p;

	if ((p = backup_next(s->reader, room, size, got)) != NULL)
		return p;
	s->read += (int64_t)*got;
	return job_step(s->work->run, "checking", s->read, s->work->backup.bytes);
}

static struct problem *
prove(struct work *k)
{
	static const struct archive_visitor nothing;
	struct told_source source = { .work = k };
	struct archive_read *read = arena_alloc(k->call->a, sizeof *read);
	struct problem *p;

	if ((p = backup_open(k->call, &k->backup, &source.reader)) != NULL ||
	    (p = archive_read(k->call->a, k->server->secret, k->server->secret_size, next_told, &source, &nothing, NULL,
	        read)) != NULL)
		return p->kind != PROBLEM_INVALID ? p
		    : problem_internal(k->call->a, "a backup does not prove itself: %s", p->detail);
	return must_hold(k->call->a, read->bytes == k->backup.bytes && read->files == k->contents.files &&
	    memcmp(read->sha256, k->backup.sha256, SHA256_SIZE) == 0 && strcmp(read->counts, k->backup.counts) == 0,
	    "a backup is read as it was written");
}

/* ---- sealing it ---- */

/* Store what was caught as bytes of the file, without a name. */
static struct problem *
store_piece(struct work *k)
{
	struct part part = { .name = "", .body = k->caught.text, .bytes = (int64_t)k->caught.length };
	struct problem *p;

	if (part.bytes == 0)
		return NULL;
	sha256(part.body, k->caught.length, part.sha256);
	if ((p = store_add(k->store, &part)) != NULL)
		return p;
	arena_reset(k->caught.arena);
	buf_init(&k->caught, k->caught.arena);
	return job_step(k->run, "sealing", 0, 0);
}

static struct problem *
take_sealed(void *arg, const void *bytes, size_t size)
{
	struct work *k = arg;
	struct problem *p = NULL;

	if (k->caught.length > 0 && k->caught.length + size > PIECE_MAX)
		p = store_piece(k);
	buf_add(&k->caught, bytes, size);
	return p;
}

/* Store the file once more as it will be sent, sealed; its checksum is that of the sealed file from now on. */
static struct problem *
seal(struct work *k, const char *key)
{
	unsigned char public[BOX_KEY_SIZE];
	struct sealer *sealer;
	struct problem *p;

	if (!seal_public(key, public)) /* it came with a restore, which takes values as they are */
		return problem_at(k->call->a, PROBLEM_INVALID, "backupKey",
		    "The key in the settings that backups are sealed to is none; set another, or none.");
	store_number_from(k->store, SEALED_FROM);
	buf_init(&k->caught, arena_new());
	if ((p = sealer_begin(k->call->a, public, take_sealed, k, &sealer)) == NULL &&
	    (p = backup_stream(k->call, &k->backup, 0, INT64_MAX, sealer_add, sealer)) == NULL &&
	    (p = sealer_end(sealer, &k->backup.bytes, k->backup.sha256)) == NULL && (p = store_piece(k)) == NULL)
		p = store_flush(k->store);
	arena_free(k->caught.arena);
	k->backup.sealed = true;
	return p;
}

/* ---- the whole ---- */

static struct problem *
begin(struct work *k)
{
	const char *user = strcmp(k->call->person->user_id, NOBODY) == 0 ? NULL : k->call->person->user_id;

	return db_run(k->call->db, k->call->a, SQL(BACKUP_BEGIN),
	    VALUES(value_id(k->call->person->space_id), value_id(k->backup.id), value_text(k->backup.kind),
	        value_id(user), value_text(k->as->name)), NULL);
}

static struct problem *
find_base(struct work *k)
{
	struct backup *base = arena_alloc(k->call->a, sizeof *base);
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(k->call->db, k->call->a, SQL(BACKUP_LAST),
	    VALUES(value_id(k->call->person->space_id)), &rows)) != NULL || rows->count == 0)
		return p;
	backup_of_row(rows, 0, base);
	k->contents.base = base;
	return NULL;
}

static struct problem *
collect(struct work *k)
{
	struct problem *p;

	k->contents.store = k->store;
	k->contents.run = k->run;
	k->contents.copy = k->as->copy;
	k->contents.copy_size = k->as->copy_size;
	k->contents.head = (struct archive_head){
		.format = ARCHIVE_FORMAT, .kind = k->backup.kind, .maker = "daybook " DAYBOOK_VERSION,
	};
	if ((k->as->copy == NULL && (p = find_base(k)) != NULL) ||
	    (p = contents_collect(k->call, &k->contents)) != NULL)
		return p;
	k->backup.at = k->contents.head.at;
	return NULL;
}

static struct problem *
call_whole(struct work *k)
{
	const struct archive_head *head = &k->contents.head;
	const struct backup *b = &k->backup;
	struct value space = value_id(k->call->person->space_id);
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(store_db(k->store), k->call->a, SQL(BACKUP_WHOLE),
	    VALUES(value_text(instant_sql(k->call->a, head->at)), value_integer(head->seq), value_text(head->epoch),
	        value_bytes(head->chain, SHA256_SIZE), value_bytes(head->fingerprint, SHA256_SIZE),
	        value_integer(b->bytes), value_bytes(b->sha256, SHA256_SIZE), value_text(b->counts),
	        value_integer(k->contents.files), value_integer(b->sealed), value_integer(steady_now() - k->began),
	        space, value_id(b->id), value_integer(1), value_id(k->call->person->space_id)), &rows)) != NULL)
		return p;
	if (rows->affected == 1)
		return NULL;
	return problem_new(k->call->a, PROBLEM_UNAVAILABLE, "The database was away while the backup was made.");
}

/* What a restore can be taken back with has to be read here. */
static bool
is_for_restore(const struct work *k)
{
	return strcmp(k->backup.kind, "before-restore") == 0;
}

static struct problem *
make(struct work *k)
{
	struct backup_settings settings;
	struct problem *p;

	if ((p = backup_settings_read(k->call, &settings)) != NULL || (p = begin(k)) != NULL ||
	    (p = collect(k)) != NULL || (p = write_archive(k)) != NULL || (p = prove(k)) != NULL)
		return p;
	if (settings.key != NULL && k->as->copy == NULL && !is_for_restore(k) &&
	    (p = seal(k, settings.key)) != NULL)
		return p;
	if ((p = backups_make_room(k->call, k->server, k->backup.id, k->as->copy == NULL)) != NULL ||
	    (p = call_whole(k)) != NULL)
		return p;
	if (is_for_restore(k) &&
	    (p = backups_keep_newest(k->call, k->backup.kind, BACKUP_BEFORE_RESTORE_KEPT)) != NULL)
		return p;
	return backups_count(k->call->db, k->call->a, k->call->person->space_id);
}

struct problem *
backup_make_as(const struct call *call, const struct backup_server *server, const struct making *as,
    struct job_run *run, const char **id)
{
	struct work k = { .call = call, .server = server, .as = as, .run = run, .began = steady_now() };
	struct problem *p, *gone;

	*id = k.backup.id = as->id != NULL ? as->id : uuid7_text(call->a);
	k.backup.kind = as->kind;
	if ((p = store_open(call, server, k.backup.id, &k.store)) != NULL)
		return p;
	if (k.store == NULL) {
		p = problem_new(call->a, PROBLEM_BUSY, "Another backup of this space is being made.");
		p->retry_after = 5;
		return p;
	}
	if ((p = make(&k)) != NULL && (run == NULL || !problem_is_fatal(p)) &&
	    (gone = backup_drop(call, k.backup.id)) != NULL)
		p = gone;
	store_close(k.store);
	return p;
}

struct problem *
backup_make(const struct call *call, const struct backup_server *server, const char *kind, struct job_run *run,
    const char **id)
{
	const struct making as = { .kind = kind };

	return backup_make_as(call, server, &as, run, id);
}
