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
	const char *info = NULL;
	bool end = false, found;

	if (r->input != NULL && ((p = json_only(r->a, r->input, members)) != NULL ||
	    (p = json_get_text(r->a, r->input, "deviceInfo", &info)) != NULL ||
	    (p = json_get_boolean(r->a, r->input, "end", &end, NULL)) != NULL))
		return p;
	if (end) {
		if ((p = presence_end(r->db, r->a, &r->person, NULL, &found)) == NULL)
			buf_text(reply_json(r, 200), "{\"active\":false}");
		return p;
	}
	if ((p = presence_seen(r->db, r->a, &r->person, NULL, info, &here)) != NULL)
		return p;
	buf_printf(reply_json(r, 200), "{\"active\":true,\"startedAt\":\"%s\",\"lastActiveAt\":\"%s\"}", instant_text(r->a, here.started_at),
	    instant_text(r->a, here.last_at));
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
	return presence_list(r->db, r->a, r->person.space_id, reply_json(r, 200));
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
	buf_printf(reply_json(r, 201), "{\"eventsRecorded\":%" PRId64 "}", recorded);
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
	struct buf *out;
	int64_t limit;
	size_t count;
	int days;

	if ((p = query_only(r, known)) != NULL ||
	    (p = read_question(r, &group, &days)) != NULL ||
	    (p = query_integer(r, "limit", 1, STATS_MAX, STATS_MAX, &limit)) != NULL ||
	    (p = usage_counts(r->db, r->a, r->person.space_id, group, days, limit, &counts, &count)) != NULL)
		return p;
	out = reply_json(r, 200);
	buf_text(out, "{\"stats\":[");
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%s{\"type\":\"%s\",\"total\":%" PRId64, i == 0 ? "" : ",", counts[i].type, counts[i].total);
		if (counts[i].when != NULL)
			buf_printf(out, ",\"%s\":\"%s\"", group == USAGE_BY_DAY ? "date" : "hour", counts[i].when);
		buf_char(out, '}');
	}
	buf_text(out, "]}");
	return NULL;
}
