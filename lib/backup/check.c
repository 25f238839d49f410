/* check.c -- reads a backup and says whether it is what it was when it was made. */
#include <string.h>

#include "backup/seal.h"
#include "base/json.h"
#include "base/text.h"
#include "store/statement.h"
#include "upkeep/alarm.h"
#include "work.h"

enum {
	CHECKED_MOST = 255 /* characters, as the column has */
};

/* The bytes of a backup, with what is known of all that were read. */
struct checked_source {
	struct backup_reader *reader;
	struct job_run *run;
	struct sha256 hash;
	int64_t bytes, of;
};

static struct problem *
next_checked(void *arg, void *room, size_t size, size_t *got)
{
	struct checked_source *s = arg;
	struct problem *p;

	if ((p = backup_next(s->reader, room, size, got)) != NULL)
		return p;
	sha256_add(&s->hash, room, *got);
	s->bytes += (int64_t)*got;
	return job_step(s->run, "checking", s->bytes, s->of);
}

static struct problem *
check_seal(struct arena *a, struct checked_source *s)
{
	unsigned char public[BOX_KEY_SIZE], digest[SHA256_SIZE];
	int64_t bytes;

	return seal_check(a, next_checked, s, public, &bytes, digest);
}

static struct problem *
read_bytes(struct arena *a, struct checked_source *s)
{
	char *room = arena_alloc(a, PIECE_MAX);
	struct problem *p;
	size_t got;

	do {
		p = next_checked(s, room, PIECE_MAX, &got);
	} while (p == NULL && got > 0);
	return p;
}

/* A file that somebody sent may be anything: only its bytes are looked at. */
static struct problem *
read_kind(const struct call *call, const struct backup_server *server, const struct backup *backup,
    struct checked_source *s)
{
	static const struct archive_visitor nothing;
	struct archive_read *read = arena_alloc(call->a, sizeof *read);

	if (strcmp(backup->kind, "uploaded") == 0)
		return read_bytes(call->a, s);
	return backup->sealed ? check_seal(call->a, s) : archive_read(call->a, server->secret, server->secret_size,
	    next_checked, s, &nothing, NULL, read);
}

/* What is wrong with it comes as PROBLEM_INVALID. */
static struct problem *
read_it(const struct call *call, const struct backup_server *server, const struct backup *backup,
    struct checked_source *s)
{
	unsigned char digest[SHA256_SIZE];
	struct problem *p;

	sha256_start(&s->hash);
	if ((p = backup_open(call, backup, &s->reader)) != NULL || (p = read_kind(call, server, backup, s)) != NULL)
		return p;
	sha256_end(&s->hash, digest);
	if (s->bytes != backup->bytes || memcmp(digest, backup->sha256, sizeof digest) != 0)
		return problem_new(call->a, PROBLEM_INVALID, "The bytes are not those that were made.");
	return NULL;
}

static struct problem *
no_backup(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "There is no such backup.");
}

static struct problem *
note(const struct call *call, const struct backup *backup, const struct backup_verdict *verdict)
{
	const char *space = call->person->space_id;
	const char *wrong = verdict->ok ? NULL
	    : arena_strndup(call->a, verdict->detail, utf8_bytes(verdict->detail, CHECKED_MOST));
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(BACKUP_CHECKED), VALUES(value_text(wrong), value_text(wrong),
	    value_id(space), value_id(backup->id)), &rows)) != NULL)
		return p;
	if (rows->affected == 0) /* what is deleted while it is read is not damaged */
		return no_backup(call->a);
	if (verdict->ok)
		return NULL;
	return alarm_raise(call->db, call->a, "backup-damaged", space,
	    arena_printf(call->a, "Backup %s is not what it was: %s", backup->id, verdict->detail));
}

/* What is said of one that is as it was. */
static const char *
whole(const struct backup *backup)
{
	if (strcmp(backup->kind, "uploaded") == 0)
		return "Its bytes are those that were sent. What they say is checked when it is restored.";
	if (backup->sealed)
		return "Its bytes are those that were made. What is in it only the holder of its key can check.";
	return "Everything in it is as it was when it was made.";
}

struct problem *
backup_verify(const struct call *call, const struct backup_server *server, const struct backup *backup,
    struct job_run *run, struct backup_verdict *verdict)
{
	struct checked_source source = { .run = run, .of = backup->bytes };
	struct problem *p = read_it(call, server, backup, &source);

	if (p != NULL && p->kind != PROBLEM_INVALID)
		return p;
	verdict->ok = p == NULL;
	verdict->checked = backup->sealed ? "seal" : "content";
	verdict->detail = p != NULL ? p->detail : whole(backup);
	return note(call, backup, verdict);
}

struct problem *
backup_found_damaged(const struct call *call, const struct backup *backup, struct problem *found)
{
	struct backup_verdict verdict = { .ok = false };
	struct problem *p;

	if (found == NULL || found->kind != PROBLEM_INVALID)
		return found;
	verdict.detail = found->detail;
	p = note(call, backup, &verdict);
	return p != NULL && problem_is_fatal(p) ? p : found;
}

struct problem *
job_check(struct job_run *run)
{
	const struct call *call = run->call;
	struct backup_verdict verdict;
	struct backup backup;
	struct problem *p;
	const char *id;
	bool found;

	if ((p = json_get_text(call->a, run->asked, "backup", &id)) != NULL ||
	    (p = backup_find(call, id, &backup, &found)) != NULL)
		return p;
	if (!found)
		return no_backup(call->a);
	if ((p = backup_verify(call, run->server, &backup, run, &verdict)) != NULL)
		return p;
	run->result = backup_verdict_json(call->a, &verdict);
	return NULL;
}

const char *
backup_verdict_json(struct arena *a, const struct backup_verdict *verdict)
{
	struct json_out out;
	struct buf b;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	backup_verdict_put(&out, verdict);
	put_end(&out);
	return b.text;
}

void
backup_verdict_put(struct json_out *out, const struct backup_verdict *verdict)
{
	put_boolean(out, "ok", verdict->ok);
	put_text(out, "detail", verdict->detail);
	put_text(out, "checked", verdict->checked);
}
