/* work_session.c -- a work session ends after it starts, lasts at most a day, neither starts nor ends in the future,
 * and belongs to the local day of its start.  The day is set when the session is written: a later change of somebody's
 * zone does not move it.  A client that knows how long the session was but not when it ended gives `duration`, and the
 * end is computed.  In all other cases the duration is computed from start and end.
 *
 * `manual` marks sessions whose times were typed and not tapped: a session gets it when a start, or an end that is set
 * later, is more than five minutes from the instant at which the person wrote it, when a duration was given instead of
 * an end, or when an import created it; and keeps it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "record/record.h"
#include "record/space.h"
#include "time/hours.h"
#include "time/rules.h"

enum {
	TYPED_MILLISECONDS = 5 * 60 * 1000 /* allowance for clocks and slow connections */
};

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static bool
given(const struct change *ch, size_t field)
{
	return ch->touched[field] && ch->after[field] != NULL;
}

static bool
changes(const struct change *ch, size_t field)
{
	const char *after = ch->after[field], *before = ch->before == NULL ? NULL : ch->before[field];

	return after != NULL && (before == NULL || strcmp(after, before) != 0);
}

/* A session without a zone is in its person's zone, or else in the space's. */
static struct problem *
derive_zone(struct change *ch)
{
	struct problem *p;
	const char *zone;

	if (ch->before != NULL || ch->action == ACTION_RESTORED || ch->touched[at(ch, "zone")])
		return NULL;
	if ((p = space_zone_of(ch->call, ch->owner, &zone)) != NULL)
		return p;
	ch->after[at(ch, "zone")] = arena_printf(ch->call->a, "\"%s\"", zone);
	return NULL;
}

static bool
typed(const struct change *ch, size_t field)
{
	return changes(ch, field) && llabs(value_instant_of(ch->after[field]) - ch->said) > TYPED_MILLISECONDS;
}

/* A timer that was started and stopped before it could be sent comes as one op with the instant of its start.  So the
 * end of a new session may differ from that instant without marking the session. */
static void
derive_manual(struct change *ch)
{
	bool imported = ch->action == ACTION_IMPORTED && ch->before == NULL;

	if (ch->action != ACTION_RESTORED &&
	    (imported || typed(ch, at(ch, "start")) || (ch->before != NULL && typed(ch, at(ch, "end")))))
		ch->after[at(ch, "manual")] = "true";
}

static struct problem *
derive_day(struct change *ch, int64_t start)
{
	struct arena *a = ch->call->a;
	const char *zone = value_plain(a, ch->after[at(ch, "zone")]);
	char day[DATE_TEXT_SIZE];

	if (zone == NULL)
		return NULL;
	if (!zone_known(zone) || !zone_date(zone, start, day, NULL, NULL))
		return problem_at(a, PROBLEM_INVALID, "zone",
		    "zone must be a name such as Europe/Berlin or America/New_York.");
	if (!date_valid(day))
		return problem_at(a, PROBLEM_INVALID, "start", "start lies before the first day of the calendar.");
	ch->after[at(ch, "day")] = arena_printf(a, "\"%s\"", day);
	return NULL;
}

/* Compute the end from the duration.  Such a session is marked `manual`, because its duration was typed and not
 * measured. */
static struct problem *
derive_end(struct change *ch, int64_t start)
{
	struct arena *a = ch->call->a;
	int64_t duration = value_scaled(&ch->collection->fields[at(ch, "duration")], ch->after[at(ch, "duration")]);

	if (duration == 0)
		return problem_at(a, PROBLEM_INVALID, "duration", "duration must be more than 0 seconds.");
	ch->after[at(ch, "end")] = arena_printf(a, "\"%s\"", instant_text(a, start + duration * 1000));
	ch->after[at(ch, "manual")] = "true";
	return NULL;
}

static struct problem *
derive_duration(struct change *ch, int64_t start)
{
	size_t duration = at(ch, "duration"), end = at(ch, "end");
	int64_t elapsed;

	if (ch->after[end] == NULL) {
		ch->after[duration] = NULL;
		return NULL;
	}
	elapsed = hours_elapsed(start, value_instant_of(ch->after[end]));
	if (given(ch, duration) && value_scaled(&ch->collection->fields[duration], ch->after[duration]) != elapsed)
		return problem_at(ch->call->a, PROBLEM_INVALID, "duration",
		    "duration is not the time between start and end; give one of the two.");
	ch->after[duration] = arena_printf(ch->call->a, "%" PRId64, elapsed);
	return NULL;
}

static struct problem *
derive(struct change *ch)
{
	struct problem *p;
	int64_t start;

	if (ch->after[at(ch, "start")] == NULL)
		return NULL;
	start = value_instant_of(ch->after[at(ch, "start")]);
	if ((p = derive_zone(ch)) != NULL || (p = derive_day(ch, start)) != NULL)
		return p;
	derive_manual(ch);
	if (given(ch, at(ch, "duration")) && !given(ch, at(ch, "end")) && (p = derive_end(ch, start)) != NULL)
		return p;
	return derive_duration(ch, start);
}

/* An instant that was in order when it was written is not judged again. */
static bool
ahead(const struct change *ch, size_t field)
{
	return changes(ch, field) && value_instant_of(ch->after[field]) > ch->now + (int64_t)HOURS_AHEAD_MAX * 1000;
}

/* The end that a duration makes is named by the duration. */
static const char *
name_of_end(const struct change *ch)
{
	return given(ch, at(ch, "duration")) && !given(ch, at(ch, "end")) ? "duration" : "end";
}

static struct problem *
check(struct change *ch)
{
	struct arena *a = ch->call->a;
	int64_t start = value_instant_of(ch->after[at(ch, "start")]);
	const char *end = ch->after[at(ch, "end")];

	if (ahead(ch, at(ch, "start")))
		return problem_at(a, PROBLEM_INVALID, "start",
		    "start lies in the future; hours are written down when they are worked.");
	if (ahead(ch, at(ch, "end")))
		return problem_at(a, PROBLEM_INVALID, name_of_end(ch),
		    "The end lies in the future; hours are written down when they are worked.");
	if (end == NULL)
		return NULL;
	if (value_instant_of(end) <= start)
		return problem_at(a, PROBLEM_INVALID, "end", "end must be later than start.");
	if (hours_elapsed(start, value_instant_of(end)) > HOURS_SESSION_MAX)
		return problem_at(a, PROBLEM_INVALID, "end",
		    "A session lasts at most 24 hours; give the time at which it really ended.");
	return NULL;
}

const struct rule work_session = {
	.name = "work-session",
	.collection = "workSessions",
	.derive = derive,
	.check = check,
};
