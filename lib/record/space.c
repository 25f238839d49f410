/* space.c -- reads the settings of a space: its record `settings` in spaceSettings. */
#include "record/space.h"

#include "base/instant.h"

struct problem *
space_zone(const struct call *call, const char **zone)
{
	const struct collection *c = collection_find(call->set, "spaceSettings");
	struct problem *p;
	struct record settings;
	bool found;
	char *named;

	*zone = "UTC";
	if (c == NULL || collection_field(c, "zone") == NULL)
		return NULL;
	if ((p = record_find(call, c, "settings", &settings, &found)) != NULL || !found || settings.deleted)
		return p;
	named = value_plain(call->a,
	    value_named(c, values_parse(call->a, c, settings.doc, settings.doc_private), "zone"));
	if (named != NULL && zone_known(named))
		*zone = named;
	return NULL;
}
