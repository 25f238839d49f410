/* presence.c -- who is about, and what is used: /api/presence and /api/usage. */
#include "fleet/presence.h"

#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "base/instant.h"
#include "fleet/usage.h"
#include "http/reply.h"

enum {
	STATS_MAX = 1000
};

/* POST /api/presence {"deviceInfo","end"} -- begin, go on, or leave: one call for all. */
struct problem *
presence_report(struct request *r)
{
	static const char *const members[] = { "deviceInfo", "end", NULL };
	struct problem *p;
	struct presence here;
	struct json_out *out;
	const char *info = NULL;
	bool end = false, found;

	if (r->input != NULL && ((p = json_only(r->a, r->input, members)) != NULL ||
	    (p = json_get_text(r->a, r->input, "deviceInfo", &info)) != NULL ||
	    (p = json_get_boolean(r->a, r->input, "end", &end, NULL)) != NULL))
		return p;
	if (end) {
		if ((p = presence_end(r->db, r->a, &r->person, NULL, &found)) == NULL)
			put_boolean(reply_object(r, 200), "active", false);
		return p;
	}
	if ((p = presence_seen(r->db, r->a, &r->person, NULL, info, &here)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "active", true);
	put_instant(out, "startedAt", here.started_at);
	put_instant(out, "lastActiveAt", here.last_at);
	return NULL;
}

/* GET /api/presence -- who was about in the last five minutes. */
struct problem *
presence_show(struct request *r)
{
	static const char *const none[] = { NULL };
	struct problem *p;

	if ((p = query_only(r, none)) != NULL)
		return p;
	return presence_list(r->db, r->a, r->person.space_id, reply_object(r, 200));
}

/* POST /api/usage {"events":[{"type","count","metadata"}]} */
struct problem *
usage_report(struct request *r)
{
	static const char *const members[] = { "events", NULL };
	struct problem *p;
	struct json_object *events;
	int64_t recorded;

	if ((p = json_only(r->a, r->input, members)) != NULL)
		return p;
	if (!json_object_object_get_ex(r->input, "events", &events))
		return problem_at(r->a, PROBLEM_REQUIRED, "events", "events is required.");
	if ((p = usage_record(r->db, r->a, &r->person, r->idempotency_key, events, &recorded)) != NULL)
		return p;
	put_integer(reply_object(r, 201), "eventsRecorded", recorded);
	return NULL;
}

static struct problem *
read_question(struct request *r, enum usage_group *group, int *days)
{
	const char *by = query_get(r, "groupBy"), *period = query_get(r, "period");

	*group = by == NULL ? USAGE_TOTAL : strcmp(by, "day") == 0 ? USAGE_BY_DAY : USAGE_BY_HOUR;
	*days = period != NULL && strcmp(period, "30d") == 0 ? 30 : 7;
	if (*group == USAGE_BY_HOUR && strcmp(by, "hour") != 0)
		return problem_at(r->a, PROBLEM_INVALID, "groupBy", "groupBy must be day or hour.");
	if (period != NULL && *days == 7 && strcmp(period, "7d") != 0)
		return problem_at(r->a, PROBLEM_INVALID, "period", "period must be 7d or 30d.");
	return NULL;
}

/* GET /api/usage/stats?groupBy=day|hour&period=7d|30d&limit= */
struct problem *
usage_stats(struct request *r)
{
	static const char *const known[] = { "groupBy", "period", "limit", NULL };
	struct problem *p;
	struct usage_count *counts;
	enum usage_group group;
	struct json_out *out;
	int64_t limit;
	size_t count;
	int days;

	if ((p = query_only(r, known)) != NULL ||
	    (p = read_question(r, &group, &days)) != NULL ||
	    (p = query_integer(r, "limit", 1, STATS_MAX, STATS_MAX, &limit)) != NULL ||
	    (p = usage_counts(r->db, r->a, r->person.space_id, group, days, limit, &counts, &count)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "stats");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_text(out, "type", counts[i].type);
		put_integer(out, "total", counts[i].total);
		put_some(out, group == USAGE_BY_DAY ? "date" : "hour", counts[i].when);
		put_end(out);
	}
	put_end(out);
	return NULL;
}
