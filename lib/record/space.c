/* space.c -- reads the settings of a space: its record `settings` in spaceSettings. */
#include "record/space.h"

#include "base/instant.h"

struct problem *
space_setting(const struct call *call, const char *field, const char **value)
{
	const struct collection *c = collection_find(call->set, "spaceSettings");
	struct problem *p;
	struct record settings;
	bool found;

	*value = NULL;
	if (c == NULL || collection_field(c, field) == NULL)
		return NULL;
	if ((p = record_find(call, c, "settings", &settings, &found)) != NULL || !found || settings.deleted)
		return p;
	*value = value_plain(call->a,
	    value_named(c, values_parse(call->a, c, settings.doc, settings.doc_private), field));
	return NULL;
}

struct problem *
space_zone(const struct call *call, const char **zone)
{
	struct problem *p = space_setting(call, "zone", zone);

	if (p == NULL && (*zone == NULL || !zone_known(*zone)))
		*zone = "UTC";
	return p;
}

struct problem *
space_zone_of(const struct call *call, const char *user, const char **zone)
{
	const struct collection *c = collection_find(call->set, "workSettings");
	const char *id = c == NULL ? NULL : values_id(call->a, c, user, (const char *const *)values_new(call->a, c));
	struct record settings;
	struct problem *p;
	bool found = false;

	*zone = NULL;
	if (id != NULL && (p = record_find(call, c, id, &settings, &found)) != NULL)
		return p;
	if (found && !settings.deleted)
		*zone = value_plain(call->a, value_named(c,
		    (const char *const *)values_parse(call->a, c, settings.doc, settings.doc_private), "zone"));
	return *zone != NULL && zone_known(*zone) ? NULL : space_zone(call, zone);
}

struct problem *
space_currency(const struct call *call, const char **currency)
{
	const struct collection *c = collection_find(call->set, "spaceSettings");
	const struct field *f = c == NULL ? NULL : collection_field(c, "currency");
	struct problem *p = space_setting(call, "currency", currency);

	if (p == NULL && *currency == NULL)
		*currency = f == NULL || f->initial == NULL ? "USD" : value_plain(call->a, f->initial);
	return p;
}
