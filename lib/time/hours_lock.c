/* hours_lock.c -- hours that are handed in do not change: no session of a day that a closed period of its person locks
 * is created, changed, moved there or away, or deleted.  A day is locked by a period that has it, and by one that has a
 * later day of the same week, because the hours before it decide what is overtime in it. */
#include "period/period.h"
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

static struct problem *
check(struct change *ch)
{
	return period_guard(ch, "day", refuse_day);
}

const struct rule hours_lock = {
	.name = "hours-lock",
	.collection = "workSessions",
	.check = check,
	.check_delete = check,
};
