/* car_flags.c -- the flags of a package car: an empty car has arrived, and one that has not arrived is not empty.
 * arrivedAt and emptyAt are the op's own instant, so a flag that is set offline keeps the time at which the person set
 * it.  A car that is renamed keeps its instants. */
#include "base/instant.h"
#include "fleet/rules.h"

static const char *
quoted_instant(struct arena *a, int64_t instant)
{
	return arena_printf(a, "\"%s\"", instant_text(a, instant));
}

/* The instant at which a flag was set under the car's former id; NULL if it was not. */
static const char *
raised_before(const struct change *ch, size_t flag, size_t at)
{
	return ch->continued != NULL && value_true(ch->continued[flag]) ? ch->continued[at] : NULL;
}

/* Set the instant of a flag when the flag is set, and empty it when the flag is cleared.  A restored car has the
 * instants of its version. */
static void
follow(struct change *ch, const char *flag_name, const char *at_name)
{
	size_t flag = collection_field(ch->collection, flag_name)->index;
	size_t at = collection_field(ch->collection, at_name)->index;
	bool was = ch->before != NULL && value_true(ch->before[flag]);
	bool is = value_true(ch->after[flag]);

	if (!is)
		ch->after[at] = NULL;
	else if (!was && (ch->action != ACTION_RESTORED || ch->after[at] == NULL))
		ch->after[at] = raised_before(ch, flag, at) != NULL
		    ? raised_before(ch, flag, at) : quoted_instant(ch->call->a, ch->claimed);
}

static struct problem *
derive(struct change *ch)
{
	size_t arrived = collection_field(ch->collection, "arrived")->index;
	size_t empty = collection_field(ch->collection, "empty")->index;

	if (value_true(ch->after[empty]) && !value_true(ch->after[arrived])) {
		if (ch->touched[empty] && ch->touched[arrived])
			return problem_at(ch->call->a, PROBLEM_INVALID, "empty",
			    "A car that has not arrived cannot be empty.");
		if (ch->touched[arrived])
			ch->after[empty] = "false";
		else
			ch->after[arrived] = "true";
	}
	follow(ch, "arrived", "arrivedAt");
	follow(ch, "empty", "emptyAt");
	return NULL;
}

const struct rule car_flags = {
	.name = "car-flags",
	.collection = "cars",
	.derive = derive,
};
