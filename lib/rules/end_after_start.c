/* end_after_start.c -- what has a start and an end ends later than it starts. */
#include "rules.h"

static struct problem *
check(struct change *ch)
{
	const char *start = ch->after[collection_field(ch->collection, "start")->index];
	const char *end = ch->after[collection_field(ch->collection, "end")->index];

	if (start == NULL || end == NULL || value_instant_of(end) > value_instant_of(start))
		return NULL;
	return problem_at(ch->a, PROBLEM_INVALID, "end", "end must be later than start.");
}

const struct rule end_after_start = {
	.name = "end-after-start",
	.check = check,
};
