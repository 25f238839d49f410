/* presence.c -- who is present, and what people did in the app, counted: /api/presence and /api/usage. */
#include "fleet/presence.h"

#include <inttypes.h>

#include "api/api.h"
#include "fleet/usage.h"
#include "http/member.h"
#include "http/reply.h"

enum {
	STATS_MAX = 1000
};

const struct member presence_report_takes[] = {
	BODY("deviceInfo", TEXT, "what one is about with"),
	BODY("end", BOOLEAN, "I leave"),
	MEMBERS_END
};

/* POST /api/presence {"deviceInfo","end"} -- one call to begin, to continue and to leave. */
struct problem *
presence_report(struct request *r)
{
	struct problem *p;
	struct presence here;
	struct json_out *out;
	bool found;

	if (given_flag(r, "end")) {
		if ((p = presence_end(&r->call, NULL, &found)) == NULL)
			put_boolean(reply_object(r, 200), "active", false);
		return p;
	}
	if ((p = presence_seen(&r->call, NULL, given_text(r, "deviceInfo"), &here)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "active", true);
	put_instant(out, "startedAt", here.started_at);
	put_instant(out, "lastActiveAt", here.last_at);
	return NULL;
}

/* GET /api/presence -- who was present in the last five minutes. */
struct problem *
presence_show(struct request *r)
{
	return presence_list(&r->call, reply_object(r, 200));
}

const struct member usage_report_takes[] = {
	BODY("events", LIST, "what was done: {\"type\",\"count\",\"metadata\"} each", .null = NULL_IS_WRONG,
	  .required = "events is required."),
	KEY_HEADER,
	MEMBERS_END
};

/* POST /api/usage {"events":[{"type","count","metadata"}]} */
struct problem *
usage_report(struct request *r)
{
	struct json_object *events = given_list(r, "events");
	struct problem *p;
	int64_t recorded;

	if ((p = usage_record(&r->call, r->idempotency_key, events, &recorded)) != NULL)
		return p;
	put_integer(reply_object(r, 201), "eventsRecorded", recorded);
	return NULL;
}

const struct member usage_stats_takes[] = {
	PARAM("groupBy", CHOICE, "without it the sums of all days", .choices = "day hour"),
	PARAM("period", CHOICE, "the last 7 days where it is not said", .choices = "7d 30d"),
	PARAM("limit", INTEGER, "rows at most", .min = 1, .max = STATS_MAX, .otherwise = STATS_MAX),
	MEMBERS_END
};

static enum usage_group
group_of(struct request *r)
{
	if (given_is(r, "groupBy", "day"))
		return USAGE_BY_DAY;
	return given_is(r, "groupBy", "hour") ? USAGE_BY_HOUR : USAGE_TOTAL;
}

/* GET /api/usage/stats?groupBy=day|hour&period=7d|30d&limit= */
struct problem *
usage_stats(struct request *r)
{
	struct problem *p;
	struct usage_count *counts;
	enum usage_group group = group_of(r);
	int64_t limit = given_integer(r, "limit");
	int days = given_is(r, "period", "30d") ? 30 : 7;
	struct json_out *out;
	size_t count;

	if ((p = usage_counts(&r->call, group, days, limit, &counts, &count)) != NULL)
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
