/* expenses_lock.c -- expenses that are handed in do not change: nothing of a month whose report its person has
 * submitted is created, changed, moved there or away, handed to somebody else or deleted, until the report is returned,
 * taken back or opened again. */
#include "expenses/rules.h"
#include "period/period.h"

static struct problem *
refuse_day(struct change *ch, const char *owner, const char *day)
{
	return period_refuse(ch, "expenses", owner, day, day, "date");
}

static struct problem *
check(struct change *ch)
{
	return period_guard(ch, "date", refuse_day);
}

const struct rule expenses_lock = {
	.name = "expenses-lock",
	.check = check,
	.check_delete = check,
};
