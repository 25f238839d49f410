/* car_late.c -- a car that arrives after it was expected is late, on whatever path the arrival comes in; a car that somebody calls late
 * or not late in the same write is what he calls it.  Arriving does not take a late flag back.  Cars that do not arrive at all are
 * found by the clock (late.h). */
#include "fleet.h"
#include "late.h"
#include "rules.h"

static bool
rises(const struct change *ch, size_t flag)
{
	return value_true(ch->after[flag]) && (ch->before == NULL || !value_true(ch->before[flag]));
}

static struct problem *
derive(struct change *ch)
{
	size_t late = collection_field(ch->collection, "late")->index;
	const char *expected = ch->after[collection_field(ch->collection, "expected")->index];
	struct problem *p;
	struct late_watch watch;

	if (expected == NULL || ch->touched[late] || value_true(ch->after[late]) || ch->action == ACTION_RESTORED ||
	    !rises(ch, collection_field(ch->collection, "arrived")->index))
		return NULL;
	if ((p = late_open(ch->db, ch->a, ch->set, ch->person->space_id, &watch)) != NULL)
		return p;
	if (watch.under_way && ch->claimed > late_due(ch->a, &watch, expected))
		ch->after[late] = "true";
	return NULL;
}

const struct rule car_late = {
	.name = "car-late",
	.collection = "cars",
	.derive = derive,
};
