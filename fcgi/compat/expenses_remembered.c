/* expenses_remembered.c -- what the clients of the expenses API remember for a person and Daybook has no field for: a
 * JSON object in their work settings, which they and the admins of the space see. */
#include <string.h>

#include "compat/expenses_employee.h"
#include "http/reply.h"
#include "model/policy.h"

/* The members, and what each is where nothing is remembered. */
static const char *const known[][2] = {
	{ "approvalFrequency", "\"monthly\"" },
	{ "costCenters", "[]" },
	{ "defaultCostCenter", "\"\"" },
	{ "hasCompletedOnboarding", "0" },
	{ "hasCompletedSetupWizard", "0" },
	{ "onboardingResetAt", "null" },
	{ "oxfordHouseId", "\"\"" },
	{ "preferences", "{}" },
	{ "preferredName", "\"\"" },
	{ "selectedCostCenters", "[]" },
	{ "sundayReminderEnabled", "0" },
	{ "typicalWorkEndHour", "null" },
	{ "typicalWorkStartHour", "null" },
};

static const char *
settings_id(struct lookups *l, const struct collection *c, const char *user)
{
	return values_id(l->r->a, c, user, (const char *const *)values_new(l->r->a, c));
}

/* The record of the person's work settings; *found is false where there is none that who asks sees. */
static struct problem *
read_settings(struct lookups *l, const char *user, struct record *record, bool *found)
{
	const struct collection *c;
	struct problem *p;

	*found = false;
	if ((p = expenses_collection(l->r, "workSettings", &c)) != NULL ||
	    (p = record_find(&l->r->call, c, settings_id(l, c, user), record, found)) != NULL)
		return p;
	*found = *found && !record->deleted && policy_sees(&l->r->person, c, record->owner, record->reader);
	return NULL;
}

/* The object that is remembered.  Whoever writes the field by Daybook's own API may write anything: what is no object
 * counts as an empty one. */
static struct problem *
read_remembered(struct lookups *l, const char *user, struct json_object **object)
{
	struct record record;
	const char *text = NULL;
	struct problem *p;
	bool found;

	if ((p = read_settings(l, user, &record, &found)) != NULL)
		return p;
	if (found)
		text = record_text(l, &record, "remembered");
	if (text == NULL || json_parse_object(l->r->a, text, strlen(text), object) != NULL)
		return json_parse_object(l->r->a, "{}", 2, object);
	return NULL;
}

struct problem *
remembered_put(struct lookups *l, struct json_out *out, const char *user)
{
	struct json_object *object, *value;
	struct problem *p;

	if ((p = read_remembered(l, user, &object)) != NULL)
		return p;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (json_object_object_get_ex(object, known[i][0], &value))
			json_canonical(put_value(out, known[i][0]), value);
		else
			put_json(out, known[i][0], known[i][1]);
	return NULL;
}
