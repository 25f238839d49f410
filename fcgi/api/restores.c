/* restores.c -- a whole space or a whole person out as one file, and a whole space in: export, import, restore. */
#include <string.h>

#include "api/api.h"
#include "backup/person_export.h"
#include "backup/receive.h"
#include "backup/restore.h"
#include "backup/space_export.h"
#include "base/id.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/policy.h"
#include "record/file.h"
#include "record/quota.h"
#include "transfer/upload.h"

enum {
	AT_ONCE_BYTES = 4 << 20,       /* of a file that is restored within the request */
	LOOK_AT_ONCE_BYTES = 32 << 20, /* of one that is only looked through there, */
	LOOK_AT_ONCE_RECORDS = 50000   /* and records of the space */
};

/* ---- export ---- */

/* A file on its way to the client. */
struct sending {
	struct request *r;
	const char *type, *name;
	bool stopped;       /* nobody wants the rest */
};

/* The first piece is ready before anything is sent, so what goes wrong until then is an ordinary answer. */
static struct problem *
send_bytes(void *arg, const void *bytes, size_t size)
{
	struct sending *s = arg;
	struct request *r = s->r;
	char today[INSTANT_TEXT_SIZE];

	if (!r->streaming) {
		instant_format(instant_now(), today);
		reply_stream_start(r, 200, s->type);
		reply_attachment(r, arena_printf(r->a, "daybook-%.10s%s", today, s->name));
	}
	reply_stream(r, bytes, size);
	s->stopped = r->head || r->client_gone;
	return s->stopped ? problem_new(r->a, PROBLEM_UNAVAILABLE, "Nobody reads the rest.") : NULL;
}

const struct member space_export_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "archive where it is not said, which has the files too", .choices = "archive json"),
	MEMBERS_END
};

/* GET /api/export?format=&at= */
struct problem *
space_export_show(struct request *r)
{
	bool json = given_is(r, "format", "json");
	struct sending sending = { r, json ? "application/json" : "application/x-tar", json ? ".json" : ".tar", false };
	struct space_export export = { .call = &r->call, .json = json, .sink = send_bytes, .arg = &sending };
	struct problem *p;

	if ((p = policy_whole(r->a, &r->person)) != NULL)
		return p;
	export.secret = token_ring_seals(r->worker->ring, &export.secret_size);
	p = space_export(&export);
	return sending.stopped ? NULL : p;
}

/* GET /api/auth/export */
struct problem *
auth_export(struct request *r)
{
	struct sending sending = { r, "application/json", "-me.json", false };
	struct problem *p = person_export(&r->call, send_bytes, &sending);

	return sending.stopped ? NULL : p;
}

/* ---- a file that is sent in pieces ---- */

const struct member backups_put_takes[] = {
	HEADER("Content-Range", ANY, "which piece the body is: bytes 0-1048575/3000000; without it the whole"),
	MEMBERS_END
};

static struct problem *
check_piece(struct request *r, const struct upload_piece *piece)
{
	struct file file;

	if (!file_named(r->params[0], &file))
		return problem_at(r->a, PROBLEM_INVALID, "id",
		    "A file that is sent is named by its SHA-256 in 64 lower-case hex digits.");
	if (piece->length == 0 || (piece->length < RECEIVE_PIECE_MIN &&
	    piece->at + (int64_t)piece->length < piece->total))
		return problem_at(r->a, PROBLEM_INVALID, "Content-Range",
		    "Each piece of a file but the last has at least %d bytes.", RECEIVE_PIECE_MIN);
	return NULL;
}

/* PUT /api/backups/:sha256 -- a file to restore or import from, whole or a piece of it. */
struct problem *
backups_put(struct request *r)
{
	const struct backup_server server = worker_backups(r->worker);
	struct upload_piece piece;
	struct received received;
	struct json_out *out;
	struct problem *p;

	if ((p = files_read_piece(r, &piece)) != NULL || (p = check_piece(r, &piece)) != NULL ||
	    (p = backup_receive(&r->call, &server, r->params[0], piece.bytes, piece.length, piece.at, piece.total,
	        &received)) != NULL)
		return p;
	out = reply_object(r, received.id == NULL ? 202 : 201);
	put_object(out, "backup");
	put_some(out, "id", received.id);
	put_integer(out, "bytes", received.total);
	put_integer(out, "received", received.received);
	put_end(out);
	return NULL;
}

/* ---- restore, import ---- */

static enum date_order
order_of(struct request *r)
{
	enum date_order order = DATES_COUNT - 1;

	while (order > DATES_UNSAID && !given_is(r, "dates", date_order_names[order]))
		order--;
	return order;
}

static struct restore_wish
wish_of(struct request *r)
{
	const char *zone = given_text(r, "zone");

	return (struct restore_wish){
		.replace = given_is(r, "mode", "replace"),
		.keep_changed = !given_is(r, "changed", "restore"),
		.zone = zone == NULL || *zone == '\0' ? NULL : zone,
		.dates = order_of(r),
		.file_bytes_max = r->worker->config.space_quota_bytes,
	};
}

static struct problem *
look_at(struct request *r, const struct restore_wish *wish, const struct restore_source *source)
{
	const struct backup_server server = worker_backups(r->worker);
	struct restore_wish look = *wish;

	look.seconds = RESTORE_LOOK_SECONDS;
	return restore_wish_look(&r->call, &server, &look, source, reply_object(r, 200));
}

/* Whether file and space are small enough for the time of a request. */
static struct problem *
is_small(struct request *r, const struct backup *backup, int64_t records, int64_t bytes, bool *small)
{
	struct amount holds, may;
	struct problem *p = quota_read(&r->call, &holds, &may);

	*small = p == NULL && holds.records <= records && backup->bytes <= bytes;
	return p;
}

static const char *
kind_of(const struct restore_wish *wish)
{
	return wish->import ? "import" : "restore";
}

static struct problem *
leave_to_jobs(struct request *r, struct restore_wish *wish)
{
	const char *id;
	struct problem *p;

	wish->seconds = RESTORE_JOB_SECONDS;
	if ((p = job_create(&r->call, kind_of(wish), restore_wish_json(r->a, wish), &id)) == NULL)
		put_text(reply_object(r, 202), "job", id);
	return p;
}

static struct problem *
look_at_backup(struct request *r, struct restore_wish *wish, const struct backup *backup)
{
	struct restore_source source;
	struct problem *p;
	bool small;

	if ((p = is_small(r, backup, LOOK_AT_ONCE_RECORDS, LOOK_AT_ONCE_BYTES, &small)) != NULL)
		return p;
	wish->look = !small;
	if (!small)
		return leave_to_jobs(r, wish);
	source = restore_from_backup(&r->call, backup);
	return look_at(r, wish, &source);
}

/* A small one is done when this is answered, a larger one by the process for jobs. */
static struct problem *
start_job(struct request *r, struct restore_wish *wish, const struct backup *backup)
{
	const struct backup_server server = worker_backups(r->worker);
	struct problem *p, *failed;
	struct job job;
	bool small;

	if ((p = is_small(r, backup, BACKUP_SMALL_RECORDS, AT_ONCE_BYTES, &small)) != NULL)
		return p;
	if (!small)
		return leave_to_jobs(r, wish);
	wish->seconds = RESTORE_REQUEST_SECONDS;
	if ((p = job_now(&r->call, &server, kind_of(wish), restore_wish_json(r->a, wish), &job, &failed)) != NULL)
		return p;
	if (failed == NULL)
		job_put(reply_object(r, 200), "job", &job);
	return failed;
}

#define ASKED(PLACE) \
	PLACE("mode", CHOICE, "merge brings back what is missing; replace also deletes what else is there", \
	  .choices = "merge replace"), \
	PLACE("changed", CHOICE, "what becomes of records that differ, with merge: keep where it is not said", \
	  .choices = "keep restore"), \
	PLACE("dryRun", BOOLEAN, "say what would change, and write nothing"), \
	PLACE("zone", TEXT, "of times without one, in files of other programs; else yours, or the space's"), \
	PLACE("dates", CHOICE, "how such files write dates that can be read in two ways", .choices = "mdy dmy ymd")

const struct member backups_restore_takes[] = {
	ASKED(BODY),
	BODY("collections", LIST, "only these; without it all"),
	MEMBERS_END
};

static struct problem *
read_collections(struct request *r, struct texts *collections)
{
	struct json_object *list = given_list(r, "collections");
	size_t count = list == NULL ? 0 : json_object_array_length(list);
	const char **names = arena_alloc(r->a, (count + 1) * sizeof *names);

	for (size_t i = 0; i < count; i++) {
		struct json_object *name = json_object_array_get_idx(list, i);

		if (!json_object_is_type(name, json_type_string) ||
		    collection_find(r->call.set, json_object_get_string(name)) == NULL)
			return problem_at(r->a, PROBLEM_INVALID, "collections",
			    "collections are names of collections.");
		names[i] = json_object_get_string(name);
	}
	*collections = (struct texts){ names, count };
	return NULL;
}

/* POST /api/backups/:id/restore -- from a backup, or from a file that was sent. */
struct problem *
backups_restore(struct request *r)
{
	struct restore_wish wish = wish_of(r);
	struct backup backup;
	struct problem *p;

	if (!uuid_valid(r->params[0]))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such backup.");
	if ((p = read_collections(r, &wish.collections)) != NULL ||
	    (p = restore_find(&r->call, r->params[0], &backup)) != NULL)
		return p;
	wish.backup = backup.id;
	wish.is_copy = strcmp(backup.kind, "client") == 0;
	wish.import = wish.is_copy || strcmp(backup.kind, "uploaded") == 0;
	return given_flag(r, "dryRun") ? look_at_backup(r, &wish, &backup) : start_job(r, &wish, &backup);
}

const struct member space_import_takes[] = {
	ASKED(PARAM),
	MEMBERS_END
};

/* A file that was refused is not kept, unless a job of the same file reads it. */
static struct problem *
forget(struct request *r, const char *id, struct problem *refused)
{
	struct problem *p;
	bool read;

	if (problem_is_fatal(refused))
		return refused;
	if ((p = backup_is_read(&r->call, id, &read)) != NULL || (!read && (p = backup_drop(&r->call, id)) != NULL))
		return p;
	return refused;
}

/* POST /api/import -- the body is an archive, an export in JSON, or a backup of another program. */
struct problem *
space_import(struct request *r)
{
	const struct backup_server server = worker_backups(r->worker);
	struct restore_wish wish = wish_of(r);
	unsigned char digest[SHA256_SIZE];
	struct received received;
	struct restore_source source = restore_from_bytes(r->a, r->body, r->body_length);
	struct backup backup = { .bytes = (int64_t)r->body_length };
	struct problem *p;

	wish.import = true;
	if (r->body_length == 0)
		return problem_new(r->a, PROBLEM_INVALID, "The file is empty.");
	if (given_flag(r, "dryRun"))
		return look_at(r, &wish, &source);
	sha256(r->body, r->body_length, digest);
	if ((p = backup_receive(&r->call, &server, hex_text(r->a, digest, sizeof digest), r->body, r->body_length, 0,
	    (int64_t)r->body_length, &received)) != NULL)
		return p;
	wish.backup = received.id;
	p = start_job(r, &wish, &backup);
	return p == NULL ? NULL : forget(r, received.id, p);
}
