/* acknowledged.c -- who acknowledged a notification, and when.  The first person who does so is kept, until somebody
 * takes the acknowledgement back. */
#include "base/instant.h"
#include "rules/rules.h"

static struct problem *
derive(struct change *ch)
{
	struct arena *a = ch->call->a;
	size_t flag = collection_field(ch->collection, "acknowledged")->index;
	size_t by = collection_field(ch->collection, "acknowledgedBy")->index;
	size_t at = collection_field(ch->collection, "acknowledgedAt")->index;
	bool was = ch->before != NULL && value_true(ch->before[flag]);

	if (!value_true(ch->after[flag])) {
		ch->after[by] = ch->after[at] = NULL;
	} else if (!was) {
		ch->after[by] = arena_printf(a, "\"%s\"", ch->call->person->user_id);
		ch->after[at] = arena_printf(a, "\"%s\"", instant_text(a, ch->claimed));
	}
	return NULL;
}

const struct rule acknowledged = {
	.name = "acknowledged",
	.collection = "notifications",
	.derive = derive,
};
