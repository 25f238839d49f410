/* not_ahead.c -- what somebody did or felt on a day has no date that has not come. */
#include "changed.h"
#include "routine/rules.h"

static struct problem *
check(struct change *ch)
{
	return change_refuse_future(ch);
}

const struct rule not_ahead = {
	.name = "not-ahead",
	.check = check,
};
