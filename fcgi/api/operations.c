/* operations.c -- for operators and their monitoring: GET /api/health, and POST /api/client-errors for errors in
 * browsers. */
#include <string.h>

#include "api/api.h"
#include "base/instant.h"
#include "base/log.h"
#include "host/shared.h"
#include "http/local.h"
#include "http/reply.h"
#include "store/migrate.h"
#include "upkeep/alarm.h"
#include "upkeep/measure.h"

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

/* A word for each thing that an alarm may be about. */
static void
put_words(struct json_out *out, const struct alarm_count *counts, size_t count)
{
	static const struct {
		const char *member, *kind, *well, *ill;
	} words[] = {
		{ "backup", "backup-late", "good", "late" },
		{ "backup", "backup-damaged", "good", "damaged" },
		{ "backup", "backup-failed", "good", "failed" },
		{ "database", "database-size", "good", "large" },
		{ "disk", "disk", "good", "low" },
		{ "mail", "mail-stuck", "good", "stuck" },
	};
	const char *word = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		word = word == NULL ? words[i].well : word;
		for (size_t j = 0; j < count; j++)
			word = strcmp(counts[j].kind, words[i].kind) == 0 ? words[i].ill : word;
		if (i + 1 < sizeof(words) / sizeof(words[0]) && strcmp(words[i].member, words[i + 1].member) == 0)
			continue;
		put_text(out, words[i].member, word);
		word = NULL;
	}
}

/* What only the operator is told: each alarm, and the figures. */
static struct problem *
put_details(struct request *r, struct json_out *out)
{
	struct measures measures;
	struct alarm *alarms;
	struct problem *p;
	size_t count;

	if ((p = alarms_read(r->db, r->a, NULL, &alarms, &count)) != NULL ||
	    (p = measures_read(r->db, r->a, &measures)) != NULL)
		return p;
	put_object(out, "details");
	put_array(out, "alarms");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_text(out, "kind", alarms[i].kind);
		put_text(out, "subject", alarms[i].subject);
		put_text(out, "detail", alarms[i].detail);
		put_instant(out, "since", alarms[i].raised_at);
		put_instant(out, "lastAt", alarms[i].last_at);
		put_integer(out, "count", alarms[i].count);
		put_text(out, "mend", alarm_mend(alarms[i].kind));
		put_end(out);
	}
	put_end(out);
	put_object(out, "measures");
	for (size_t i = 0; i < measures.count; i++)
		put_integer(out, *measures.all[i].label == '\0' ? measures.all[i].name
		    : arena_printf(r->a, "%s.%s", measures.all[i].name, measures.all[i].label), measures.all[i].value);
	put_end(out);
	put_end(out);
	return NULL;
}

/* How many alarms there are of each kind, and the words that follow from them. */
static struct problem *
put_alarms(struct request *r, struct json_out *out)
{
	struct alarm_count *counts;
	struct problem *p;
	size_t count;

	if ((p = alarms_count(r->db, r->a, &counts, &count)) != NULL)
		return p;
	put_words(out, counts, count);
	put_object(out, "alarms");
	for (size_t i = 0; i < count; i++)
		put_integer(out, counts[i].kind, counts[i].count);
	put_end(out);
	return operator_asks(r) ? put_details(r, out) : NULL;
}

/* GET /api/health -- begins with {"status":"ok" when the database answers, is live and fits this program; else 503.
 * Anyone may ask, so of the shared table and of alarms it tells only words and counts, of which daybookctl doctor
 * tells the reasons; the operator is told them here too.  A CGI program has no table, and needs none. */
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
	return put_alarms(r, out);
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
