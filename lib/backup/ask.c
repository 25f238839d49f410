/* ask.c -- what becomes of a wish for a backup: one that is there already, one that is under way, one that is made at
 * once, or a job. */
#include <string.h>

#include "base/json.h"
#include "store/statement.h"
#include "upkeep/alarm.h"
#include "work.h"

/* ---- the job ---- */

/* What an attempt that was cut short has stored is of no use.  Only the process for jobs may delete it. */
static struct problem *
forget_parts(const struct call *call, const char *id)
{
	struct problem *p;
	struct rows *rows;

	do {
		if ((p = db_run(call->db, call->a, SQL(BACKUP_PARTS_DROP),
		    VALUES(value_id(call->person->space_id), value_id(id), value_integer(INT32_MAX)), &rows)) != NULL)
			return p;
	} while (rows->affected > 0);
	return NULL;
}

struct problem *
job_backup(struct job_run *run)
{
	const struct call *call = run->call;
	struct making as = { 0 };
	struct problem *p;
	struct buf result;
	const char *id;

	if ((p = json_get_text(call->a, run->asked, "backup", &as.id)) != NULL ||
	    (p = json_get_text(call->a, run->asked, "kind", &as.kind)) != NULL ||
	    (p = must_hold(call->a, as.id != NULL && as.kind != NULL, "a job of a backup names it")) != NULL ||
	    (p = forget_parts(call, as.id)) != NULL ||
	    (p = backup_make_as(call, run->server, &as, run, &id)) != NULL)
		return p;
	buf_init(&result, call->a);
	buf_printf(&result, "{\"backup\":\"%s\"}", id);
	run->result = result.text;
	return NULL;
}

/* ---- asking ---- */

/* The same as the last one, when nothing has changed since; the schedule then leaves it alone. */
static struct problem *
find_same(const struct call *call, struct backup_asked *asked)
{
	const struct value space = value_id(call->person->space_id);
	unsigned char fingerprint[SHA256_SIZE];
	struct backup_settings settings;
	struct rows *rows, *now;
	struct problem *p;
	struct backup last;

	if ((p = backup_settings_read(call, &settings)) != NULL ||
	    (p = db_run(call->db, call->a, SQL(BACKUP_SPACE), VALUES(space), &now)) != NULL ||
	    (p = db_run(call->db, call->a, SQL(BACKUP_LAST), VALUES(space), &rows)) != NULL || rows->count == 0)
		return p;
	backup_of_row(rows, 0, &last);
	archive_fingerprint(call->set, fingerprint);
	if (last.seq != row_integer(now, 0, BACKUP_SPACE_SEQ) || last.sealed != (settings.key != NULL) ||
	    strcmp(last.kind, "before-restore") == 0 ||
	    memcmp(fingerprint, last.fingerprint, sizeof fingerprint) != 0 ||
	    memcmp(last.chain, row_text(now, 0, BACKUP_SPACE_CHAIN), SHA256_SIZE) != 0)
		return NULL;
	asked->id = last.id;
	return call->person->api_token ? NULL : db_run(call->db, call->a, SQL(BACKUP_CHOSEN),
	    VALUES(value_id(call->person->user_id), space, value_id(last.id)), NULL);
}

/* One that is being made: by a job, or by somebody who holds the lock. */
static struct problem *
find_making(const struct call *call, struct backup_asked *asked)
{
	struct problem *p;
	struct rows *rows, *locked;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_MAKING),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL || rows->count == 0 ||
	    (p = db_run(call->db, call->a, SQL(BACKUP_LOCKED),
	        VALUES(value_id(call->person->space_id)), &locked)) != NULL)
		return p;
	if (row_null(rows, 0, BACKUP_MAKING_JOB) && row_integer(locked, 0, LOCK_TAKEN) == 0)
		return NULL;
	asked->id = row_text(rows, 0, BACKUP_MAKING_ID);
	asked->job = row_text(rows, 0, BACKUP_MAKING_JOB);
	return NULL;
}

/* The row comes first, so that the job finds it. */
static struct problem *
make_job(const struct call *call, const char *kind, struct backup_asked *asked)
{
	const char *id = uuid7_text(call->a);
	struct problem *p;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_BEGIN), VALUES(value_id(call->person->space_id), value_id(id),
	        value_text(kind), value_id(call->person->user_id), value_null()), NULL)) != NULL ||
	    (p = job_create(call, "backup", arena_printf(call->a, "{\"backup\":\"%s\",\"kind\":\"%s\"}", id, kind),
	        &asked->job)) != NULL)
		return p;
	asked->id = id;
	asked->made = true;
	return NULL;
}

static struct problem *
is_small(const struct call *call, bool *small)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_SIZE), VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	*small = row_integer(rows, 0, BACKUP_SIZE_RECORDS) <= BACKUP_SMALL_RECORDS &&
	    row_integer(rows, 0, BACKUP_SIZE_FILES) <= BACKUP_SMALL_BYTES;
	return NULL;
}

/* What a program makes by itself is thinned out like what the schedule makes: a cron job would fill the space. */
struct problem *
backup_ask(const struct call *call, const struct backup_server *server, struct backup_asked *asked)
{
	const char *kind = call->person->api_token ? "daily" : "manual";
	struct problem *p;
	bool small;

	*asked = (struct backup_asked){ 0 };
	if ((p = find_making(call, asked)) != NULL || asked->id != NULL ||
	    (p = find_same(call, asked)) != NULL || asked->id != NULL ||
	    (p = backups_too_many(call)) != NULL || (p = is_small(call, &small)) != NULL)
		return p;
	if (!small)
		return make_job(call, kind, asked);
	asked->made = true;
	return backup_make(call, server, kind, NULL, &asked->id);
}

/* ---- copies of clients ---- */

static struct problem *
find_copy(const struct call *call, const char *key, struct backup *last, bool *found)
{
	struct problem *p;
	struct rows *rows;

	*found = false;
	if ((p = db_run(call->db, call->a, SQL(BACKUP_LAST_COPY),
	    VALUES(value_id(call->person->space_id), value_text(key)), &rows)) != NULL || rows->count == 0)
		return p;
	backup_of_row(rows, 0, last);
	*found = true;
	return NULL;
}

/* Whether the chunk of the last copy is what this one would give. */
static struct problem *
is_same_copy(const struct call *call, const struct backup *last, const char *body, size_t size, bool *same)
{
	unsigned char digest[SHA256_SIZE];
	struct problem *p;
	struct rows *rows;
	struct part part;

	*same = false;
	if ((p = copy_digest(call, body, size, digest)) != NULL || (p = db_run(call->db, call->a, SQL(BACKUP_PARTS),
	    VALUES(value_id(call->person->space_id), value_id(last->id), value_integer(0), value_integer(2)),
	    &rows)) != NULL || rows->count == 0)
		return p;
	part_of_row(rows, 0, &part);
	*same = memcmp(part.sha256, digest, sizeof digest) == 0;
	return NULL;
}

static struct problem *
too_many_keys(const struct call *call, const char *key)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_KEYS),
	    VALUES(value_id(call->person->space_id), value_text(key)), &rows)) != NULL ||
	    row_integer(rows, 0, COUNTED) < BACKUP_CLIENT_KEYS)
		return p;
	return problem_at(call->a, PROBLEM_SPACE_FULL, "key",
	    "The space keeps copies under %d keys, which is as many as it may: delete those of one.",
	    BACKUP_CLIENT_KEYS);
}

static struct problem *
thin_copies(const struct call *call, const char *key)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_COPIES),
	    VALUES(value_id(call->person->space_id), value_text(key)), &rows)) != NULL)
		return p;
	for (size_t i = BACKUP_CLIENT_KEPT; i < rows->count; i++)
		if ((p = backup_drop(call, row_text(rows, i, BACKUP_ID_FOUND))) != NULL)
			return p;
	return NULL;
}

struct problem *
backup_keep_copy(const struct call *call, const struct backup_server *server, const char *key, const char *body,
    size_t size)
{
	const struct making as = { .kind = "client", .name = key, .copy = body, .copy_size = size };
	bool found, same = false;
	struct backup last;
	struct problem *p;
	const char *id;

	if ((p = find_copy(call, key, &last, &found)) != NULL ||
	    (found && (p = is_same_copy(call, &last, body, size, &same)) != NULL) || same ||
	    (p = too_many_keys(call, key)) != NULL || (p = backups_too_many(call)) != NULL ||
	    (p = backup_make_as(call, server, &as, NULL, &id)) != NULL)
		return p;
	return thin_copies(call, key);
}
