/* operations.c -- for operators and their monitoring: GET /api/health, and POST /api/client-errors for errors in
 * browsers. */

#include "api/api.h"
#include "base/instant.h"
#include "base/log.h"
#include "host/shared.h"
#include "http/reply.h"
#include "store/migrate.h"

enum {
	NOTES_A_MINUTE = 30 /* reports of errors in browsers, in one worker */
};

static struct problem *
check_schema(struct request *r, int *version)
{
	struct problem *p;

	if ((p = migrate_version(r->db, r->a, version)) != NULL)
		return p;
	if (*version >= SCHEMA_OLDEST && *version <= SCHEMA_NEWEST)
		return NULL;
	p = problem_new(r->a, PROBLEM_UNAVAILABLE, "The database does not fit this version of Daybook.");
	p->cause = arena_printf(r->a,
	    "schema %d, this program works with %d to %d: run daybookctl migrate, or install the newer program",
	    *version, SCHEMA_OLDEST, SCHEMA_NEWEST);
	p->retry_after = 60;
	return p;
}

/* GET /api/health -- begins with {"status":"ok" when the database answers, is live and fits this program; else 503.
 * Anyone may ask, so of the shared table it tells only the word of which daybookctl doctor tells the reason.  A CGI
 * program has no table, and needs none. */
struct problem *
health(struct request *r)
{
	struct problem *p;
	struct json_out *out;
	int64_t watched_ms;
	int version;

	if ((p = check_schema(r, &version)) != NULL ||
	    (p = database_live(r->db, r->a)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_text(out, "status", "ok");
	put_integer(out, "schema", version);
	put_instant(out, "time", instant_now());
	if (r->worker->of_parent)
		put_text(out, "sharedTable", shared_word(&watched_ms));
	return NULL;
}

/* Anyone may report errors, so there is a limit, or somebody could fill the disk. */
static bool
may_note(int64_t now)
{
	static int64_t minute;
	static int notes;

	if (now / 60000 != minute) {
		minute = now / 60000;
		notes = 0;
	}
	return notes++ < NOTES_A_MINUTE;
}

/* POST /api/client-errors -- writes one line to the log, with the browser's text quoted and cut. */
struct problem *
client_errors(struct request *r)
{
	struct problem *p;

	if (r->body_length == 0 || !text_is_clean(r->body, r->body_length))
		return problem_new(r->a, PROBLEM_MALFORMED, "The body must be text in UTF-8.");
	if (!may_note(r->started_at)) {
		p = problem_new(r->a, PROBLEM_TOO_MANY, "Enough errors were noted for the moment.");
		p->retry_after = 60;
		return p;
	}
	log_line(LOG_LEVEL_WARN, "client-error", "id=%s text=%s", r->id, log_quote(r->a, r->body));
	reply_nothing(r);
	return NULL;
}
