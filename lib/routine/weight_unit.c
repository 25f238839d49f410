/* weight_unit.c -- a weight is kept in kilograms and shown in the unit that its person likes: that of their settings,
 * where the write says nothing else. */
#include "changed.h"
#include "routine/day.h"
#include "routine/rules.h"

static struct problem *
derive(struct change *ch)
{
	const struct collection *settings = collection_find(ch->call->set, "routineSettings");
	const char *const *values, *unit;
	struct problem *p;

	if (ch->before != NULL || ch->action == ACTION_RESTORED || change_names(ch, "unit"))
		return NULL;
	if ((p = routine_settings_of(ch->call, ch->owner, &values)) != NULL || values == NULL)
		return p;
	if ((unit = value_named(settings, values, "weightUnit")) != NULL)
		ch->after[change_place(ch, "unit")] = unit;
	return NULL;
}

const struct rule weight_unit = {
	.name = "weight",
	.collection = "weights",
	.derive = derive,
};
