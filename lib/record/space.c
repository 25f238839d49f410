/* space.c -- reads the settings of a space: its record `settings` in spaceSettings. */
#include "record/space.h"

#include "base/instant.h"
#include "record/write.h"

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

/* The zone that the work settings of a person name in the space of the call; NULL when they name none. */
static struct problem *
own_zone(const struct call *call, const char *user, const char **zone)
{
	const struct collection *c = collection_find(call->set, "workSettings");
	struct problem *p;
	struct record settings;
	const char *id;
	bool found;

	*zone = NULL;
	if (c == NULL || (id = values_id(call->a, c, user, (const char *const *)values_new(call->a, c))) == NULL)
		return NULL;
	if ((p = record_find(call, c, id, &settings, &found)) != NULL || !found || settings.deleted)
		return p;
	*zone = value_plain(call->a,
	    value_named(c, values_parse(call->a, c, settings.doc, settings.doc_private), "zone"));
	if (*zone != NULL && !zone_known(*zone))
		*zone = NULL;
	return NULL;
}

struct problem *
space_zone_of(const struct call *call, const char *user, const char **zone)
{
	struct problem *p = own_zone(call, user, zone);

	return p != NULL || *zone != NULL ? p : space_zone(call, zone);
}

struct problem *
home_zone(const struct call *call, const char **zone)
{
	struct person at_home = *call->person;
	const struct call there = call_as(call, &at_home);
	struct problem *p;

	*zone = NULL;
	if (at_home.home_space == NULL)
		return NULL;
	at_home.space_id = at_home.home_space;
	if ((p = own_zone(&there, at_home.user_id, zone)) != NULL || *zone != NULL)
		return p;
	if ((p = space_setting(&there, "zone", zone)) == NULL && *zone != NULL && !zone_known(*zone))
		*zone = NULL;
	return p;
}

struct problem *
home_zone_set(const struct call *call, const char *zone)
{
	const struct collection *c = collection_find(call->set, "spaceSettings");
	struct op op = op_own(c, NULL, NULL);
	struct outcome outcome;
	struct written written;
	struct problem *p;

	if (c == NULL || collection_field(c, "zone") == NULL)
		return NULL;
	op.intent = INTENT_CREATE;
	op_give(call->a, &op, "zone", json_quoted(call->a, zone));
	op_prepare(call->a, call->person, &op);
	p = write_ops(call, &op, 1, &outcome, &written);
	return p != NULL ? p : outcome.problem;
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
