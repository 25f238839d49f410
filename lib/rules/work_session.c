/* work_session.c -- a work session ends after it starts and belongs to the local day of its start.  The day is settled when the
 * session is written: a later change of somebody's zone moves nothing. */
#include "instant.h"
#include "rules.h"

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static struct problem *
derive(struct change *ch)
{
	const char *zone = value_plain(ch->a, ch->after[at(ch, "zone")]);
	char day[DATE_TEXT_SIZE];

	if (ch->after[at(ch, "start")] == NULL || zone == NULL)
		return NULL;
	if (!zone_known(zone) || !zone_date(zone, value_instant_of(ch->after[at(ch, "start")]), day, NULL, NULL))
		return problem_at(ch->a, PROBLEM_INVALID, "zone", "zone must be a name such as Europe/Berlin or America/New_York.");
	ch->after[at(ch, "day")] = arena_printf(ch->a, "\"%s\"", day);
	return NULL;
}

static struct problem *
check(struct change *ch)
{
	const char *end = ch->after[at(ch, "end")];

	if (end == NULL || value_instant_of(end) > value_instant_of(ch->after[at(ch, "start")]))
		return NULL;
	return problem_at(ch->a, PROBLEM_INVALID, "end", "end must be later than start.");
}

const struct rule work_session = {
	.name = "work-session",
	.collection = "workSessions",
	.derive = derive,
	.check = check,
};
