/* expenses_remembered.c -- what the clients of the expenses API remember for a person and Daybook has no field for: a
 * JSON object in their work settings, which they and the admins of the space see. */
#include <string.h>

#include "compat/expenses_employee.h"
#include "compat/expenses_reports.h"
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
read_settings(struct lookups *l, const struct call *call, const char *user, struct record *record, bool *found)
{
	const struct collection *c;
	struct problem *p;

	*found = false;
	if ((p = expenses_collection(l->r, "workSettings", &c)) != NULL ||
	    (p = record_find(call, c, settings_id(l, c, user), record, found)) != NULL)
		return p;
	*found = *found && !record->deleted && policy_sees(call->person, c, record->owner, record->reader);
	return NULL;
}

/* The object that is remembered, and the signature.  Whoever writes the field by Daybook's own API may write anything:
 * what is no object counts as an empty one. */
static struct problem *
read_within(struct lookups *l, const struct call *call, const char *user, struct json_object **object,
    const char **signature)
{
	struct record record;
	const char *text = NULL;
	struct problem *p;
	bool found;

	*signature = NULL;
	if ((p = read_settings(l, call, user, &record, &found)) != NULL)
		return p;
	if (found) {
		text = record_text(l, &record, "remembered");
		*signature = record_text(l, &record, "signature");
	}
	if (text == NULL || json_parse_object(l->r->a, text, strlen(text), object) != NULL)
		return json_parse_object(l->r->a, "{}", 2, object);
	return NULL;
}

struct problem *
remembered_read(struct lookups *l, const char *user, struct json_object **object, const char **signature)
{
	return read_within(l, &l->r->call, user, object, signature);
}

struct problem *
remembered_put(struct lookups *l, struct json_out *out, const char *user)
{
	struct json_object *object, *value;
	const char *signature;
	struct problem *p;

	if ((p = remembered_read(l, user, &object, &signature)) != NULL)
		return p;
	if (strcmp(user, l->r->person.user_id) == 0 &&
	    (p = put_signature(l, out, "signature", signature, NULL)) != NULL)
		return p;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (json_object_object_get_ex(object, known[i][0], &value))
			json_canonical(put_value(out, known[i][0]), value);
		else
			put_json(out, known[i][0], known[i][1]);
	return NULL;
}

/* ---- changing it ---- */

bool
is_remembered(const char *member)
{
	static const char *const further[] = { "certifies", "dashboardPreferences" };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i][0], member) == 0)
			return true;
	for (size_t i = 0; i < sizeof further / sizeof further[0]; i++)
		if (strcmp(further[i], member) == 0)
			return true;
	return false;
}

/* The object with the changes in it, as its text. */
static const char *
merge(struct arena *a, struct json_object *object, struct json_object *changes)
{
	struct buf b;

	json_object_object_foreach(changes, key, value)
		if (is_remembered(key))
			json_object_object_add(object, key, json_object_get(value));
	buf_init(&b, a);
	json_canonical(&b, object);
	return b.text;
}

struct problem *
remembering_take(struct writer *w, void *arg)
{
	const struct remembering *keep = arg;
	struct lookups *l = keep->l;
	struct row_write row = { .owner = keep->user, .revives = true };
	struct json_object *object;
	const char *signature;
	struct problem *p;

	if ((p = expenses_collection(l->r, "workSettings", &row.op.collection)) != NULL ||
	    (p = read_within(l, w->call, keep->user, &object, &signature)) != NULL ||
	    (p = wire_give(l, &row.op, "remembered", merge(l->r->a, object, keep->changes))) != NULL ||
	    (keep->signature != NULL && (p = wire_give(l, &row.op, "signature", keep->signature)) != NULL) ||
	    (p = row_take(w, &row)) != NULL)
		return p;
	return row.outcome.problem;
}
