/* car_late.c -- a car that arrives after it was expected is late, whether the arrival comes by REST, push or import.
 * If the same write says whether the car is late, that counts.  An arrival on time takes back a late flag that the
 * timer (late_run) set: the car was there, only its device was offline.  It does not take back a flag that a person
 * set.  Cars that do not arrive are found by the timer. */
#include <string.h>

#include "fleet/late.h"
#include "fleet/rules.h"
#include "record/record.h"

/* True when this write sets the flag.  A car that is renamed does not arrive again. */
static bool
rises(const struct change *ch, size_t flag)
{
	const char *const *earlier = ch->before != NULL ? ch->before : ch->continued;

	return value_true(ch->after[flag]) && (earlier == NULL || !value_true(earlier[flag]));
}

/* *by_timer is true when the car's last write is Daybook's own, which flagged it late. */
static struct problem *
set_by_timer(struct change *ch, bool *by_timer)
{
	struct problem *p;
	struct record held;
	bool found;

	p = record_find(ch->call, ch->collection, ch->id, &held, &found);
	*by_timer = p == NULL && found && strcmp(held.updated_by, NOBODY) == 0;
	return p;
}

static struct problem *
take_back(struct change *ch, size_t late)
{
	struct problem *p;
	bool by_timer;

	if ((p = set_by_timer(ch, &by_timer)) != NULL || !by_timer)
		return p;
	ch->after[late] = "false";
	ch->yields[late] = true;
	return NULL;
}

static struct problem *
derive(struct change *ch)
{
	size_t late = collection_field(ch->collection, "late")->index;
	const char *expected = value_named(ch->collection, ch->after, "expected");
	struct problem *p;
	struct late_watch watch;

	if (expected == NULL || ch->touched[late] || ch->action == ACTION_RESTORED ||
	    !rises(ch, collection_field(ch->collection, "arrived")->index))
		return NULL;
	if ((p = late_open(ch->call, &watch)) != NULL || !watch.under_way)
		return p;
	if (ch->claimed > late_due(ch->call->a, &watch, expected))
		ch->after[late] = "true";
	else if (value_true(ch->after[late]))
		return take_back(ch, late);
	return NULL;
}

const struct rule car_late = {
	.name = "car-late",
	.collection = "cars",
	.derive = derive,
};
