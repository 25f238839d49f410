/* hours_lock.c -- hours that are handed in do not change: no session of a day that a closed period of its person locks
 * is created, changed, moved there or away, or deleted.  A day is locked by a period that has it, and by one that has a
 * later day of the same week, because the hours before it decide what is overtime in it. */
#include <string.h>

#include "period/period.h"
#include "record/record.h"
#include "time/hours.h"
#include "time/rules.h"
#include "time/week.h"

/* The week is asked for only where a period is closed in the days after: mostly there is none. */
static struct problem *
refuse_day(struct change *ch, const char *owner, const char *day)
{
	struct arena *a = ch->call->a;
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	struct period closed;
	struct problem *p;
	bool found;

	date_from_days(date_days(day) + HOURS_WEEK_MAX - 1, last);
	if ((p = period_closed(ch->call, "hours", owner, day, arena_strdup(a, last), &closed, &found)) != NULL ||
	    !found || (p = week_of(ch->call, day, first, last)) != NULL)
		return p;
	return period_refuse(ch, "hours", owner, day, arena_strdup(a, last), "start");
}

/* Who owns the session before this write, which may change that.  Of a new one there is none. */
static struct problem *
find_holder(struct change *ch, const char **owner)
{
	struct problem *p;
	struct record held;
	bool found;

	*owner = ch->owner;
	if (ch->before == NULL)
		return NULL;
	if ((p = record_find(ch->call, ch->collection, ch->id, &held, &found)) == NULL && found)
		*owner = held.owner;
	return p;
}

static bool
changes_anything(const struct change *ch, const char *holder)
{
	if (ch->before == NULL || ch->after == NULL || strcmp(holder, ch->owner) != 0)
		return true;
	for (size_t i = 0; i < ch->collection->field_count; i++)
		if (!value_equal(ch->before[i], ch->after[i]))
			return true;
	return false;
}

static struct problem *
check(struct change *ch)
{
	size_t at = collection_field(ch->collection, "day")->index;
	const char *before = ch->before == NULL ? NULL : value_plain(ch->call->a, ch->before[at]);
	const char *after = ch->after == NULL ? NULL : value_plain(ch->call->a, ch->after[at]);
	const char *holder;
	struct problem *p;

	if ((p = find_holder(ch, &holder)) != NULL || !changes_anything(ch, holder))
		return p;
	if (before != NULL && (p = refuse_day(ch, holder, before)) != NULL)
		return p;
	if (after == NULL || (before != NULL && strcmp(before, after) == 0 && strcmp(holder, ch->owner) == 0))
		return NULL;
	return refuse_day(ch, ch->owner, after);
}

const struct rule hours_lock = {
	.name = "hours-lock",
	.collection = "workSessions",
	.check = check,
	.check_delete = check,
};
