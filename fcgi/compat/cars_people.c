/* cars_people.c -- presence and usage in the format of the package-car tracker.  A session there is a client of the
 * person with the token here.  Nobody can renew or end another person's session, and a person with several sessions
 * counts once. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "compat/cars.h"
#include "compat/compat.h"
#include "fleet/presence.h"
#include "fleet/usage.h"
#include "http/reply.h"

enum {
	LIMIT_DEFAULT = 100,
	LIMIT_MAX = 1000,
	SERIES_MAX = 10000,   /* rows of a series by day or hour */
	ALL_DAYS = 36500,
	DAY_CHARACTERS = 10,  /* of "2026-11-21T05:00:00.000Z" */
	HOUR_CHARACTERS = 2
};

/* ---- presence ---- */

const struct member compat_sessions_start_takes[] = {
	BODY("deviceInfo", TEXT, "what one is about with"),
	MEMBERS_END
};

/* POST …/sessions/start {"deviceInfo"} */
struct problem *
compat_sessions_start(struct request *r)
{
	struct problem *p;
	struct presence presence;
	const char *info = given_text(r, "deviceInfo"), *session = uuid7_text(r->a);
	struct json_out *out;

	if ((p = presence_seen(&r->call, session, info, &presence)) != NULL)
		return p;
	out = reply_object(r, 201);
	put_text(out, "sessionId", session);
	put_text(out, "userId", r->person.name);
	put_instant(out, "startedAt", presence.started_at);
	return NULL;
}

static struct problem *
check_session(struct request *r)
{
	if (uuid_valid(r->params[0]))
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, "sessionId", "Invalid session ID format");
}

/* PUT …/sessions/:id/heartbeat */
struct problem *
compat_sessions_beat(struct request *r)
{
	struct problem *p;
	struct presence presence;

	if ((p = check_session(r)) != NULL ||
	    (p = presence_seen(&r->call, r->params[0], NULL, &presence)) != NULL)
		return p;
	return compat_succeed(r);
}

/* POST …/sessions/:id/end -- also for a session that has ended. */
struct problem *
compat_sessions_end(struct request *r)
{
	struct problem *p;
	bool found;

	if ((p = check_session(r)) != NULL ||
	    (p = presence_end(&r->call, r->params[0], &found)) != NULL)
		return p;
	return compat_succeed(r);
}

/* GET …/sessions/active */
struct problem *
compat_sessions_active(struct request *r)
{
	struct problem *p;
	int64_t people;

	if ((p = presence_count(&r->call, &people)) != NULL)
		return p;
	put_integer(reply_object(r, 200), "activeUsers", people);
	return NULL;
}

/* ---- what people did ---- */

static void
drop_tree(void *tree)
{
	json_object_put(tree);
}

/* The event to store.  A missing count means 1.  NULL for a count of 0, because that client sends all of its
 * counters. */
static struct json_object *
event_of(struct json_object *sent)
{
	static const char *const members[] = { "type", "count", "metadata" };
	struct json_object *event, *value;

	if (!json_object_is_type(sent, json_type_object))
		return json_object_get(sent);
	if (json_object_object_get_ex(sent, "count", &value) && json_object_is_type(value, json_type_int) &&
	    json_object_get_int64(value) == 0)
		return NULL;
	event = json_object_new_object();
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (json_object_object_get_ex(sent, members[i], &value))
			json_object_object_add(event, members[i], json_object_get(value));
	if (!json_object_object_get_ex(event, "count", NULL))
		json_object_object_add(event, "count", json_object_new_int(1));
	return event;
}

static struct json_object *
events_of(struct arena *a, struct json_object *sent)
{
	struct json_object *events = json_object_new_array();

	arena_defer(a, drop_tree, events);
	for (size_t i = 0; i < json_object_array_length(sent); i++) {
		struct json_object *item = json_object_array_get_idx(sent, i), *event = event_of(item);

		if (event != NULL || item == NULL)
			json_object_array_add(events, event);
	}
	return events;
}

const struct member compat_usage_add_takes[] = {
	BODY("events", ANY, "what was done: a list"),
	MEMBERS_END
};

/* POST …/usage {"events":[{"type","count","metadata"}]} */
struct problem *
compat_usage_add(struct request *r)
{
	struct problem *p;
	struct json_object *sent, *events;
	struct json_out *out;
	int64_t recorded;

	if (!json_object_object_get_ex(r->input, "events", &sent) || !json_object_is_type(sent, json_type_array))
		return compat_say(r, 400, "Events array required");
	events = events_of(r->a, sent);
	if (json_object_array_length(events) > 0 &&
	    (p = usage_record(&r->call, r->idempotency_key, events, &recorded)) != NULL)
		return p;
	out = reply_object(r, 201);
	put_boolean(out, "success", true);
	put_integer(out, "eventsRecorded", (int64_t)json_object_array_length(sent));
	return NULL;
}

/* That API sorts series from the oldest on. */
static int
by_time(const void *left, const void *right)
{
	const struct usage_count *a = left, *b = right;
	int order = strcmp(a->when, b->when);

	return order != 0 ? order : strcmp(a->type, b->type);
}

static void
put_count(struct arena *a, struct json_out *out, const struct usage_count *count, enum usage_group group)
{
	put_object(out, NULL);
	put_text(out, "event_type", count->type);
	put_integer(out, "total_count", count->total);
	if (group == USAGE_BY_DAY)
		put_text(out, "date", arena_strndup(a, count->when, DAY_CHARACTERS));
	if (group == USAGE_BY_HOUR)
		put_text(out, "hour", arena_printf(a, "%.*s %.*s:00", DAY_CHARACTERS, count->when, HOUR_CHARACTERS,
		    count->when + DAY_CHARACTERS + 1));
	put_end(out);
}

const struct member compat_usage_stats_takes[] = {
	PARAM("groupBy", TEXT, "day or hour; anything else sums"),
	PARAM("period", TEXT, "30d, or anything else for 7 days; without it all"),
	PARAM("limit", INTEGER, "sums at most", .min = 1, .max = LIMIT_MAX, .otherwise = LIMIT_DEFAULT),
	MEMBERS_END
};

/* GET …/usage/stats?groupBy=&period=&limit= */
struct problem *
compat_usage_stats(struct request *r)
{
	struct problem *p;
	enum usage_group group = given_is(r, "groupBy", "day") ? USAGE_BY_DAY
	    : given_is(r, "groupBy", "hour") ? USAGE_BY_HOUR : USAGE_TOTAL;
	int days = !is_given(r, "period") ? ALL_DAYS : given_is(r, "period", "30d") ? 30 : 7;
	int64_t limit = group == USAGE_TOTAL ? given_integer(r, "limit") : SERIES_MAX;
	struct usage_count *counts;
	size_t count;
	struct json_out *out;

	if ((p = usage_counts(&r->call, group, days, limit, &counts, &count)) != NULL)
		return p;
	if (group != USAGE_TOTAL && count > 0)
		qsort(counts, count, sizeof *counts, by_time);
	out = reply_object(r, 200);
	put_array(out, "stats");
	for (size_t i = 0; i < count; i++)
		put_count(r->a, out, &counts[i], group);
	put_end(out);
	return NULL;
}
