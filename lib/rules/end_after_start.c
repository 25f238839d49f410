/* end_after_start.c -- what has a start and an end must end after it starts. */
#include "rules/rules.h"

static struct problem *
check(struct change *ch)
{
	const char *start = value_named(ch->collection, ch->after, "start");
	const char *end = value_named(ch->collection, ch->after, "end");

	if (start == NULL || end == NULL || value_instant_of(end) > value_instant_of(start))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "end", "end must be later than start.");
}

const struct rule end_after_start = {
	.name = "end-after-start",
	.check = check,
};
