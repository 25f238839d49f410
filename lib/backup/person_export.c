/* person_export.c -- writes all that is a person's, piece by piece.  Read write_all, at the bottom, first. */
#include "backup/person_export.h"

#include <stdio.h>
#include <string.h>

#include "account/session.h"
#include "account/sign_ins.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json_out.h"
#include "format.h"
#include "model/policy.h"
#include "store/statement.h"
#include "sync/device.h"

enum {
	PIECE_BYTES = 256 << 10,
	PAGE_ROWS = 500,     /* as in the statements */
	PAGE_BYTES = 4 << 20
};

struct person_exporting {
	const struct call *call;
	struct arena *scratch;   /* of one page */
	archive_sink sink;
	void *arg;
	struct buf piece;
	struct json_out out;
};

static struct problem *
send_piece(struct person_exporting *e, size_t least)
{
	struct problem *p;

	if (e->piece.length <= least)
		return NULL;
	p = e->sink(e->arg, e->piece.text, e->piece.length);
	buf_clear(&e->piece);
	return p;
}

/* ---- the account ---- */

static void
put_sessions(struct json_out *out, const char *name, const struct session_row *rows, size_t count)
{
	put_array(out, name);
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_text(out, "name", rows[i].name);
		put_text(out, "kind", rows[i].kind);
		put_some(out, "device", rows[i].device_id);
		put_some(out, "scope", rows[i].scope);
		put_some(out, "space", rows[i].space_id);
		put_instant(out, "createdAt", rows[i].created_at);
		put_instant(out, "lastUsedAt", rows[i].last_used_at);
		put_end(out);
	}
	put_end(out);
}

static struct problem *
write_sessions(struct person_exporting *e)
{
	const struct call *call = e->call;
	struct session_row *rows;
	struct problem *p;
	size_t count;

	if ((p = sessions_of_user(call->db, call->a, call->person->user_id, SESSION_SIGN_IN, &rows, &count)) != NULL)
		return p;
	put_sessions(&e->out, "sessions", rows, count);
	p = sessions_of_user(call->db, call->a, call->person->user_id, SESSION_API_TOKEN, &rows, &count);
	if (p == NULL)
		put_sessions(&e->out, "tokens", rows, count);
	return p;
}

static struct problem *
write_sign_ins(struct person_exporting *e)
{
	struct sign_in_row *rows;
	struct problem *p;
	size_t count;

	p = sign_ins_of_user(e->call->db, e->call->a, e->call->person->user_id, NULL, SIGN_IN_ROWS_MAX, &rows, &count);
	if (p != NULL)
		return p;
	put_array(&e->out, "signIns");
	for (size_t i = 0; i < count; i++) {
		put_object(&e->out, NULL);
		put_text(&e->out, "kind", rows[i].kind);
		put_instant(&e->out, "at", rows[i].at);
		put_text(&e->out, "name", rows[i].name);
		put_text(&e->out, "network", rows[i].network);
		put_integer(&e->out, "count", rows[i].count);
		put_end(&e->out);
	}
	put_end(&e->out);
	return NULL;
}

static struct problem *
write_account(struct person_exporting *e)
{
	const struct person *person = e->call->person;
	struct problem *p;

	put_text(&e->out, "daybook", "person");
	put_instant(&e->out, "at", instant_now());
	put_object(&e->out, "account");
	put_text(&e->out, "id", person->user_id);
	put_text(&e->out, "email", person->email);
	put_text(&e->out, "name", person->name);
	put_text(&e->out, "homeSpace", person->home_space);
	put_end(&e->out);
	if ((p = write_sessions(e)) != NULL || (p = device_list(e->call, &e->out)) != NULL)
		return p;
	return write_sign_ins(e);
}

/* ---- records ---- */

static void
put_record(struct person_exporting *e, const struct record *r)
{
	put_object(&e->out, NULL);
	put_text(&e->out, "collection", r->collection->name);
	put_text(&e->out, "id", r->id);
	put_integer(&e->out, "version", r->version);
	put_sql_instant(&e->out, "createdAt", r->created_at);
	put_sql_instant(&e->out, "updatedAt", r->updated_at);
	put_json(&e->out, "doc", r->doc);
	if (r->doc_private != NULL)
		put_json(&e->out, "private", r->doc_private);
	put_end(&e->out);
}

/* Where the next page of a collection begins. */
struct place {
	unsigned char key[64];
	size_t key_length;
	char id[ID_BYTES_MAX + 1];
};

static struct problem *
write_page(struct person_exporting *e, const struct collection *c, const char *space, struct place *at, bool *more)
{
	struct value key = value_bytes(at->key, at->key_length);
	const struct value *last;
	struct record record;
	struct problem *p;
	struct rows *rows;

	arena_reset(e->scratch);
	p = db_run_within(e->call->db, e->scratch, PAGE_BYTES, SQL(EXPORT_PAGE_OWN), VALUES(value_id(space),
	    value_text(c->name), value_id(e->call->person->user_id), key, key, value_key(at->id)), &rows);
	if (p != NULL)
		return problem_copy(e->call->a, p);
	for (size_t i = 0; i < rows->count; i++) {
		if (record_of_row(e->call->set, rows, i, &record))
			put_record(e, &record);
		if ((p = send_piece(e, PIECE_BYTES)) != NULL)
			return p;
	}
	*more = rows->count == PAGE_ROWS || rows->cut;
	if (rows->count == 0)
		return NULL;
	last = row_cell(rows, rows->count - 1, EXPORT_SORT_KEY);
	at->key_length = last->length < sizeof at->key ? last->length : sizeof at->key;
	memcpy(at->key, last->bytes, at->key_length);
	snprintf(at->id, sizeof at->id, "%s", row_text(rows, rows->count - 1, RECORD_ID));
	return NULL;
}

static struct problem *
write_records(struct person_exporting *e, const struct person *there)
{
	struct problem *p;

	put_array(&e->out, "records");
	for (size_t i = 0; i < e->call->set->count; i++) {
		const struct collection *c = &e->call->set->all[i];
		struct place at = { .key_length = 0 };
		bool more = there->role >= c->may[MAY_READ];

		while (more)
			if ((p = write_page(e, c, there->space_id, &at, &more)) != NULL)
				return p;
	}
	put_end(&e->out);
	return NULL;
}

/* ---- files ---- */

static struct problem *
write_files(struct person_exporting *e, const char *space)
{
	unsigned char after[SHA256_SIZE] = { 0 };
	struct problem *p;
	struct rows *rows;

	put_array(&e->out, "files");
	do {
		arena_reset(e->scratch);
		p = db_run(e->call->db, e->scratch, SQL(PERSON_EXPORT_FILES), VALUES(value_id(space),
		    value_bytes(after, sizeof after), value_id(e->call->person->user_id)), &rows);
		if (p != NULL)
			return problem_copy(e->call->a, p);
		for (size_t i = 0; i < rows->count; i++) {
			memcpy(after, row_cell(rows, i, SPACE_EXPORT_FILE_SHA256)->bytes, sizeof after);
			put_object(&e->out, NULL);
			put_text(&e->out, "sha256", hex_text(e->scratch, after, sizeof after));
			put_text(&e->out, "type", row_text(rows, i, SPACE_EXPORT_FILE_TYPE));
			put_integer(&e->out, "size", row_integer(rows, i, SPACE_EXPORT_FILE_SIZE));
			put_end(&e->out);
		}
		if ((p = send_piece(e, PIECE_BYTES)) != NULL)
			return p;
	} while (rows->count > 0);
	put_end(&e->out);
	return NULL;
}

/* ---- the whole ---- */

static struct problem *
write_space(struct person_exporting *e, const struct space_row *space)
{
	struct person there = *e->call->person;
	struct problem *p;

	there.space_id = space->id;
	there.space_kind = space->kind;
	there.role = space->role;
	put_object(&e->out, NULL);
	put_text(&e->out, "id", space->id);
	put_text(&e->out, "kind", space->kind);
	put_text(&e->out, "name", space->name);
	put_text(&e->out, "role", role_names[space->role]);
	put_instant(&e->out, "joinedAt", space->joined_at);
	if ((p = write_records(e, &there)) != NULL || (p = write_files(e, space->id)) != NULL)
		return p;
	put_end(&e->out);
	return NULL;
}

static struct problem *
write_all(struct db *db, struct arena *a, void *arg)
{
	struct person_exporting *e = arg;
	struct space_row *spaces;
	struct problem *p;
	size_t count;

	if ((p = spaces_of_user(db, a, e->call->person->user_id, &spaces, &count)) != NULL)
		return p;
	put_object(&e->out, NULL);
	if ((p = write_account(e)) != NULL)
		return p;
	put_array(&e->out, "spaces");
	for (size_t i = 0; i < count; i++)
		if ((p = write_space(e, &spaces[i])) != NULL)
			return p;
	put_end(&e->out);
	put_end(&e->out);
	buf_char(&e->piece, '\n');
	return send_piece(e, 0);
}

struct problem *
person_export(const struct call *call, archive_sink sink, void *arg)
{
	struct person_exporting e = { .call = call, .scratch = arena_new(), .sink = sink, .arg = arg };
	struct problem *p;

	buf_init(&e.piece, call->a);
	json_out_start(&e.out, &e.piece);
	p = db_snapshot(call->db, call->a, write_all, &e);
	arena_free(e.scratch);
	return p;
}
