/* timesheet.c -- a day has 24 hours: what is written down for a day of a person, in all categories and cost centers,
 * does not come to more. */
#include "base/decimal.h"
#include "expenses/near.h"
#include "expenses/rules.h"

enum {
	DAY_HOURS = 2400, /* hundredths */
	SCALE = 2
};

static const char key[] = "hours";

static int64_t
hours_of(struct change *ch, const char *const *values)
{
	return values == NULL ? 0 : near_number(ch, values, "hours");
}

/* A write that takes hours off is let through, whatever is left. */
static struct problem *
check(struct change *ch)
{
	struct arena *a = ch->call->a;
	int64_t hours = hours_of(ch, (const char *const *)ch->after), sum = hours;
	struct problem *p;
	struct kin *near;
	size_t count;

	if (ch->before != NULL && ch->action != ACTION_RESTORED && hours <= hours_of(ch, ch->before))
		return NULL;
	if ((p = near_find(ch, ch->owner, near_text(ch, "date"), "date", &near, &count)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		sum += hours_of(ch, near[i].values);
	sum += near_promised(ch, near_text(ch, "date"), key);
	if (sum <= DAY_HOURS)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, "hours", "A day has 24 hours; with these it would have %s.",
	    decimal_format(a, sum, SCALE));
}

static struct problem *
foreseen(struct change *ch)
{
	if (ch->after != NULL)
		near_promise(ch, near_text(ch, "date"), key,
		    hours_of(ch, (const char *const *)ch->after) - hours_of(ch, ch->before));
	return NULL;
}

const struct rule timesheet = {
	.name = "timesheet",
	.collection = "timesheets",
	.check = check,
	.foreseen = foreseen,
};
