/* backup.c -- the rows of backups: found, listed, shown, counted, marked as gone.  Every statement names the space. */
#include "backup/backup.h"

#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "store/statement.h"
#include "work.h"

#define LATEST "9999-12-31 00:00:00.000"

static void
take_hash(const struct rows *rows, size_t row, size_t column, unsigned char hash[SHA256_SIZE])
{
	const struct value *cell = row_cell(rows, row, column);

	memset(hash, 0, SHA256_SIZE);
	if (cell->kind != VALUE_NULL && cell->length == SHA256_SIZE)
		memcpy(hash, cell->bytes, SHA256_SIZE);
}

void
backup_of_row(const struct rows *rows, size_t row, struct backup *b)
{
	*b = (struct backup){
		.id = row_text(rows, row, BACKUP_ID),
		.kind = row_text(rows, row, BACKUP_KIND),
		.state = row_text(rows, row, BACKUP_STATE),
		.at = row_instant(rows, row, BACKUP_AT),
		.seq = row_integer(rows, row, BACKUP_SEQ),
		.epoch = row_text(rows, row, BACKUP_EPOCH),
		.bytes = row_integer(rows, row, BACKUP_BYTES),
		.counts = row_text(rows, row, BACKUP_COUNTS),
		.files = row_integer(rows, row, BACKUP_FILES),
		.sealed = row_integer(rows, row, BACKUP_SEALED) != 0,
		.user_id = row_text(rows, row, BACKUP_USER),
		.name = row_text(rows, row, BACKUP_NAME),
		.checked_at = row_instant(rows, row, BACKUP_CHECKED_AT),
		.checked = row_text(rows, row, BACKUP_CHECKED),
		.took_ms = row_integer(rows, row, BACKUP_TOOK),
	};
	take_hash(rows, row, BACKUP_SHA256, b->sha256);
	take_hash(rows, row, BACKUP_CHAIN, b->chain);
	take_hash(rows, row, BACKUP_FINGERPRINT, b->fingerprint);
}

struct problem *
backup_find(const struct call *call, const char *id, struct backup *backup, bool *found)
{
	struct problem *p;
	struct rows *rows;

	*found = false;
	if ((p = db_run(call->db, call->a, SQL(BACKUP_FIND),
	    VALUES(value_id(call->person->space_id), value_id(id)), &rows)) != NULL)
		return p;
	if ((*found = rows->count == 1))
		backup_of_row(rows, 0, backup);
	return NULL;
}

struct problem *
backup_list(const struct call *call, int64_t before, const char *before_id, int limit, struct backup **backups,
    size_t *count)
{
	const char *at = before == 0 ? LATEST : instant_sql(call->a, before);
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_PAGE), VALUES(value_id(call->person->space_id), value_text(at),
	        value_text(at), value_id(before == 0 ? NOBODY : before_id), value_integer(limit)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*backups = arena_alloc(call->a, (rows->count + 1) * sizeof **backups);
	for (size_t i = 0; i < rows->count; i++)
		backup_of_row(rows, i, &(*backups)[i]);
	return NULL;
}

void
backup_put(struct json_out *out, const char *name, const struct backup *b)
{
	struct buf *hex;

	put_object(out, name);
	put_text(out, "id", b->id);
	put_instant(out, "at", b->at);
	put_text(out, "kind", b->kind);
	put_integer(out, "seq", b->seq);
	put_integer(out, "bytes", b->bytes);
	hex = put_value(out, "sha256");
	buf_printf(hex, "\"%s\"", hex_text(hex->arena, b->sha256, SHA256_SIZE));
	put_json(out, "counts", b->counts == NULL ? "{}" : b->counts);
	put_integer(out, "files", b->files);
	put_boolean(out, "sealed", b->sealed);
	if (b->checked_at != 0)
		put_instant(out, "checkedAt", b->checked_at);
	else
		put_null(out, "checkedAt");
	put_some(out, "damaged", b->checked);
	put_some(out, "by", b->user_id);
	put_some(out, "name", b->name);
	put_end(out);
}

struct problem *
backup_quota(const struct call *call, const struct backup_server *server, int64_t *holds, int64_t *may)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_QUOTA),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	*holds = row_integer(rows, 0, BACKUP_QUOTA_HOLDS);
	*may = row_null(rows, 0, BACKUP_QUOTA_MAX) ? server->bytes_max : row_integer(rows, 0, BACKUP_QUOTA_MAX);
	return NULL;
}

struct problem *
backups_count(struct db *db, struct arena *a, const char *space)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(BACKUP_HELD), VALUES(value_id(space), value_id(space)), &rows)) != NULL)
		return p;
	return db_run(db, a, SQL(BACKUP_HOLDS),
	    VALUES(value_integer(row_integer(rows, 0, BACKUP_SUMMED)), value_id(space)), NULL);
}

struct problem *
backup_drop(const struct call *call, const char *id)
{
	struct problem *p;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_GONE),
	    VALUES(value_id(call->person->space_id), value_id(id)), NULL)) != NULL)
		return p;
	return backups_count(call->db, call->a, call->person->space_id);
}

struct problem *
backup_is_read(const struct call *call, const char *id, bool *read)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(BACKUP_READ_BY), VALUES(value_id(call->person->space_id), value_id(id)),
	    &rows);
	*read = p == NULL && rows->count > 0;
	return p;
}

struct problem *
backups_keep_newest(const struct call *call, const char *kind, size_t most)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUPS_OF_KIND),
	    VALUES(value_id(call->person->space_id), value_text(kind)), &rows)) != NULL)
		return p;
	for (size_t i = most; i < rows->count; i++)
		if ((p = backup_drop(call, row_text(rows, i, BACKUP_ID_FOUND))) != NULL)
			return p;
	return NULL;
}

struct problem *
backups_too_many(const struct call *call)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_COUNT), VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, BACKUP_COUNT_GONE) >= BACKUPS_GONE_MAX) {
		p = problem_new(call->a, PROBLEM_TOO_MANY,
		    "Many backups of the space were replaced a moment ago; try again in a minute.");
		p->retry_after = 60;
		return p;
	}
	if (row_integer(rows, 0, BACKUP_COUNT_KEPT) < BACKUPS_MAX)
		return NULL;
	return problem_new(call->a, PROBLEM_SPACE_FULL,
	    "The space has %d backups, which is as many as are kept: delete some.", BACKUPS_MAX);
}

/* ---- room for another one ---- */

struct room {
	const struct call *call;
	const struct backup_server *server;
	const char *spare;
};

static struct problem *
no_room(const struct call *call)
{
	return problem_new(call->a, PROBLEM_SPACE_FULL, "The backups of this space have as many bytes as they may: "
	    "delete some, keep fewer, or ask the operator for more (backup_bytes_max).");
}

/* All or nothing: what does not fit even without the others must not cost them. */
static struct problem *
drop_oldest(struct db *db, struct arena *a, void *arg)
{
	const struct room *room = arg;
	const struct call *call = room->call;
	int64_t holds, may;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(BACKUPS_OF_SCHEDULE), VALUES(value_id(call->person->space_id)), &rows)) != NULL ||
	    (p = backup_quota(call, room->server, &holds, &may)) != NULL)
		return p;
	for (size_t i = rows->count; holds > may && i > 0; i--) {
		const char *id = row_text(rows, i - 1, BACKUP_ID_FOUND);

		if (strcmp(id, room->spare) != 0 && ((p = backup_drop(call, id)) != NULL ||
		    (p = backup_quota(call, room->server, &holds, &may)) != NULL))
			return p;
	}
	return holds > may ? no_room(call) : NULL;
}

struct problem *
backups_make_room(const struct call *call, const struct backup_server *server, const char *spare, bool drop)
{
	struct room room = { call, server, spare };
	int64_t holds, may;
	struct problem *p;

	if ((p = backups_count(call->db, call->a, call->person->space_id)) != NULL ||
	    (p = backup_quota(call, server, &holds, &may)) != NULL || may == 0 || holds <= may)
		return p;
	return drop ? db_transaction(call->db, call->a, drop_oldest, &room) : no_room(call);
}
