/* backups.c -- backups of a space over HTTP: asked for, listed, sent, checked, deleted.  The work is in lib/backup. */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "backup/jobs.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/text.h"
#include "http/content.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/policy.h"

enum {
	CHECKED_AT_ONCE = 64 << 20, /* bytes of a backup that is read within a request */
	KEY_MAX = 100,
	READ_SECONDS = 10           /* until a backup that is read may be deleted: Retry-After */
};

static struct problem *
no_backup(struct request *r)
{
	return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such backup.");
}

static struct problem *
find(struct request *r, struct backup *backup)
{
	struct problem *p;
	bool found = false;

	if (uuid_valid(r->params[0]) && (p = backup_find(&r->call, r->params[0], backup, &found)) != NULL)
		return p;
	return found ? NULL : no_backup(r);
}

/* ---- asking for one ---- */

const struct member backup_make_takes[] = {
	BODY("key", TEXT, "a name for a copy that a client sends; without it the server makes a backup", .max = KEY_MAX,
	  .clean = true, .wrong = "key has at most {max} bytes."),
	BODY("data", ANY, "with key: what the client has"),
	BODY("timestamp", ANY, "with key: when the client made it"),
	BODY("userId", ANY, "ignored: the token says who it is"),
	MEMBERS_END
};

/* A copy is kept as it came, whatever its shape: what a client could not serialise well is better than nothing. */
static struct problem *
keep_copy(struct request *r, const struct backup_server *server)
{
	struct json_object *data;
	struct problem *p;
	struct buf body;

	if (given_text(r, "key") == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "key", "A copy needs a key; send nothing to make a backup.");
	if (!json_object_object_get_ex(r->input, "data", &data))
		return problem_at(r->a, PROBLEM_REQUIRED, "data", "A copy needs data; send nothing to make a backup.");
	buf_init(&body, r->a);
	json_canonical(&body, r->input);
	if ((p = backup_keep_copy(&r->call, server, given_text(r, "key"), body.text, body.length)) != NULL)
		return p;
	put_boolean(reply_object(r, 200), "success", true);
	return NULL;
}

/* POST /api/backup -- without a body: make one; {"key","data",…}: keep what a client has. */
struct problem *
backup_ask_for(struct request *r)
{
	const struct backup_server server = worker_backups(r->worker);
	struct backup_asked asked;
	struct json_out *out;
	struct problem *p;

	if (r->input != NULL && json_object_object_length(r->input) > 0)
		return keep_copy(r, &server);
	if ((p = backup_ask(&r->call, &server, &asked)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "success", true);
	put_text(out, "id", asked.id);
	put_some(out, "job", asked.job);
	return NULL;
}

/* ---- the list ---- */

const struct member backups_list_takes[] = {
	PARAM("limit", INTEGER, "how many at most", .min = 1, .max = BACKUP_PAGE, .otherwise = BACKUP_PAGE),
	PARAM("after", TEXT, "next of the page before"),
	MEMBERS_END
};

/* Where the page before ended: "1764570000000.<id>". */
static struct problem *
read_after(struct request *r, int64_t *at, const char **id)
{
	const char *text = given_text(r, "after");

	*at = 0;
	*id = NULL;
	if (text == NULL)
		return NULL;
	if (!text_take_number(&text, at) || !text_take(&text, ".") || !uuid_valid(text) || *at == 0)
		return problem_at(r->a, PROBLEM_INVALID, "after", "after is the next of another page.");
	*id = text;
	return NULL;
}

static struct problem *
put_quota(struct request *r, struct json_out *out)
{
	const struct backup_server server = worker_backups(r->worker);
	int64_t holds, may;
	struct problem *p;

	if ((p = backup_quota(&r->call, &server, &holds, &may)) != NULL)
		return p;
	put_object(out, "quota");
	put_integer(out, "bytes", holds);
	if (may > 0)
		put_integer(out, "max", may);
	else
		put_null(out, "max");
	put_end(out);
	return NULL;
}

static struct problem *
put_late(struct request *r, struct json_out *out)
{
	const struct backup_server server = worker_backups(r->worker);
	struct backup_late late;
	struct problem *p;

	if ((p = backup_late_read(&r->call, &server, &late)) != NULL)
		return p;
	if (late.since == 0) {
		put_null(out, "late");
		return NULL;
	}
	put_object(out, "late");
	put_instant(out, "since", late.since);
	put_text(out, "detail", late.detail);
	put_end(out);
	return NULL;
}

/* GET /api/backups -- newest first. */
struct problem *
backups_list(struct request *r)
{
	int limit = (int)given_integer(r, "limit");
	struct backup *backups, *last;
	struct json_out *out;
	struct problem *p;
	const char *id;
	size_t count;
	int64_t at;

	if ((p = read_after(r, &at, &id)) != NULL ||
	    (p = backup_list(&r->call, at, id, limit + 1, &backups, &count)) != NULL)
		return p;
	last = count > (size_t)limit ? &backups[limit - 1] : NULL;
	count = last != NULL ? (size_t)limit : count;
	out = reply_object(r, 200);
	put_array(out, "backups");
	for (size_t i = 0; i < count; i++)
		backup_put(out, NULL, &backups[i]);
	put_end(out);
	put_text(out, "next", last == NULL ? NULL : arena_printf(r->a, "%" PRId64 ".%s", last->at, last->id));
	p = put_late(r, out);
	return p != NULL ? p : put_quota(r, out);
}

/* ---- the file ---- */

struct sending {
	struct request *r;
	const struct backup *backup;
	const char *etag;
	struct content_span span;
	bool partial;
};

/* RFC 9530 has the digest in base64 with its padding. */
static const char *
digest_text(struct arena *a, const unsigned char sha256[SHA256_SIZE])
{
	char *text = base64url_text(a, sha256, SHA256_SIZE);

	for (char *at = text; *at != '\0'; at++)
		*at = *at == '-' ? '+' : *at == '_' ? '/' : *at;
	return arena_printf(a, "sha-256=:%s=:", text);
}

static void
start_sending(const struct sending *s)
{
	const struct backup *b = s->backup;
	struct request *r = s->r;

	reply_stream_start(r, s->partial ? 206 : 200, b->sealed ? "application/octet-stream" : "application/x-tar");
	content_put_span(r, &s->span, s->partial, b->bytes);
	reply_header(r, "Repr-Digest", digest_text(r->a, b->sha256));
	reply_header(r, "ETag", s->etag);
	reply_attachment(r, arena_printf(r->a, "daybook-%.8s-%.10s-%" PRId64 ".%s", r->person.space_id,
	    instant_text(r->a, b->at), b->seq, b->sealed ? "sealed" : "tar"));
}

static struct problem *
send_piece(void *arg, const void *bytes, size_t size)
{
	struct sending *s = arg;

	if (s->r->client_gone)
		return problem_new(s->r->a, PROBLEM_UNAVAILABLE, "Nobody reads the backup any more.");
	if (!s->r->streaming)
		start_sending(s);
	reply_stream(s->r, bytes, size);
	return NULL;
}

/* GET /api/backups/:id -- its file, as it was when it was made, or a range of it. */
struct problem *
backups_read(struct request *r)
{
	struct backup backup;
	struct sending s = { .r = r, .backup = &backup };
	struct problem *p;

	if ((p = policy_whole(r->a, &r->person)) != NULL || (p = find(r, &backup)) != NULL)
		return p;
	s.etag = arena_printf(r->a, "\"%s\"", hex_text(r->a, backup.sha256, SHA256_SIZE));
	if ((p = content_asked(r, s.etag, backup.bytes, &s.span, &s.partial)) != NULL)
		return p;
	if (!r->head)
		return backup_found_damaged(&r->call, &backup,
		    backup_stream(&r->call, &backup, s.span.from, s.span.to, send_piece, &s));
	start_sending(&s);
	return NULL;
}

/* ---- checking, deleting ---- */

/* POST /api/backups/:id/verify -- at once, or for a large one by a job. */
struct problem *
backups_verify(struct request *r)
{
	const struct backup_server server = worker_backups(r->worker);
	struct backup_verdict verdict;
	struct backup backup;
	struct problem *p;
	const char *job;

	if ((p = find(r, &backup)) != NULL)
		return p;
	if (backup.bytes > CHECKED_AT_ONCE) {
		if ((p = job_create(&r->call, "check", arena_printf(r->a, "{\"backup\":\"%s\"}", backup.id),
		    &job)) == NULL)
			put_text(reply_object(r, 202), "job", job);
		return p;
	}
	if ((p = backup_verify(&r->call, &server, &backup, NULL, &verdict)) == NULL)
		backup_verdict_put(reply_object(r, 200), &verdict);
	return p;
}

/* DELETE /api/backups/:id */
struct problem *
backups_delete(struct request *r)
{
	struct backup backup;
	struct problem *p;
	bool read;

	if ((p = find(r, &backup)) != NULL || (p = backup_is_read(&r->call, backup.id, &read)) != NULL)
		return p;
	if (read) {
		p = problem_new(r->a, PROBLEM_BUSY, "This backup is being read; wait until that job has ended.");
		p->retry_after = READ_SECONDS;
		return p;
	}
	if ((p = backup_drop(&r->call, backup.id)) == NULL)
		reply_nothing(r);
	return p;
}
