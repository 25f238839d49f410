/* zone.c -- a field named zone must be a name of the time zone database.  This rule, unlike screens, goes by the name
 * of the field. */
#include "base/instant.h"
#include "rules/rules.h"

static struct problem *
check(struct change *ch)
{
	const char *zone = value_plain(ch->call->a, value_named(ch->collection, ch->after, "zone"));

	if (zone == NULL || zone_known(zone))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "zone",
	    "zone must be a name such as Europe/Berlin or America/New_York.");
}

const struct rule known_zone = {
	.name = "known-zone",
	.check = check,
};
