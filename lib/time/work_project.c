/* work_project.c -- whether work is billed to a client, and at which rate.  Both are taken from the project when it is
 * chosen and stay with the session: what is changed in the project later moves no figure of the past.
 *
 * `billable` follows the project until a write names it.  `rate` is the project's rate at the moment in which the
 * project or `billable` changed; managers may set another, and null gives them the project's again.  A session that is
 * not billed has no rate.  What a member sends as the rate has to be what it is anyway, so that a file they exported
 * can be imported again. */
#include <string.h>

#include "model/policy.h"
#include "record/record.h"
#include "time/rules.h"

/* What a session takes from its project; nothing of a project that is deleted or not found. */
struct terms {
	bool billable, archived;
	const char *name, *rate;
};

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static bool
changed(const struct change *ch, size_t field)
{
	return !value_equal(ch->before == NULL ? NULL : ch->before[field], ch->after[field]);
}

static bool
given(const struct change *ch, size_t field)
{
	return ch->touched[field] && ch->after[field] != NULL;
}

static bool
is_true(const char *value)
{
	return value != NULL && strcmp(value, "true") == 0;
}

static struct problem *
find_terms(struct change *ch, const char *project, struct terms *terms)
{
	struct arena *a = ch->call->a;
	struct problem *p;
	struct record record;
	const struct collection *c = collection_find(ch->call->set, "projects");
	const char *id = value_plain(a, project);
	const char *const *values;
	bool found = false;

	*terms = (struct terms){ .billable = false };
	if (id == NULL || c == NULL)
		return NULL;
	if ((p = record_find(ch->call, c, id, &record, &found)) != NULL || !found || record.deleted)
		return p;
	values = (const char *const *)values_parse(a, c, record.doc, record.doc_private);
	*terms = (struct terms){
		.billable = is_true(value_named(c, values, "billable")),
		.archived = is_true(value_named(c, values, "archived")),
		.name = value_plain(a, value_named(c, values, "name")),
		.rate = value_named(c, values, "rate"),
	};
	return NULL;
}

static void
derive_billable(struct change *ch, const struct terms *terms)
{
	size_t billable = at(ch, "billable"), project = at(ch, "project");

	if (given(ch, billable) || (!changed(ch, project) && !ch->touched[billable]))
		return;
	ch->after[billable] = ch->after[project] == NULL ? NULL : terms->billable ? "true" : "false";
}

/* The rate where nobody sets one. */
static const char *
usual_rate(const struct change *ch, const struct terms *terms)
{
	return is_true(ch->after[at(ch, "billable")]) ? terms->rate : NULL;
}

/* Two people may change the project and `billable` at the same time.  The rate that follows from both is then no
 * conflict, unless a manager had set the one that is there. */
static struct problem *
let_merge(struct change *ch, size_t rate)
{
	struct problem *p;
	struct terms old;
	const char *usual;

	if (ch->before == NULL || (p = find_terms(ch, ch->before[at(ch, "project")], &old)) != NULL)
		return ch->before == NULL ? NULL : p;
	usual = is_true(ch->before[at(ch, "billable")]) ? old.rate : NULL;
	ch->yields[rate] = value_equal(usual, ch->before[rate]);
	return NULL;
}

static struct problem *
derive_rate(struct change *ch, const struct terms *terms)
{
	size_t rate = at(ch, "rate");
	bool manages = policy_assigns(ch->call->person);
	bool anew = ch->before == NULL || changed(ch, at(ch, "project")) || changed(ch, at(ch, "billable"));
	const char *sent = ch->after[rate], *usual;

	if (manages && given(ch, rate))
		return NULL;
	if (manages && ch->touched[rate])
		anew = true;
	usual = anew ? usual_rate(ch, terms) : ch->before[rate];
	if (given(ch, rate) && !value_equal(sent, usual))
		return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "rate",
		    "Managers set what an hour is billed at. Leave the rate out, and it is the project's.");
	ch->after[rate] = usual;
	return anew ? let_merge(ch, rate) : NULL;
}

/* A restored version has the rate of its time.  If the project and `billable` stay as they are, so does the rate: a
 * member must not take back what a manager has set since. */
static void
keep_rate(struct change *ch)
{
	size_t rate = at(ch, "rate");

	if (ch->before != NULL && !policy_assigns(ch->call->person) && !changed(ch, at(ch, "project")) &&
	    !changed(ch, at(ch, "billable")))
		ch->after[rate] = ch->before[rate];
}

static bool
concerns(const struct change *ch)
{
	return ch->before == NULL || ch->touched[at(ch, "project")] || ch->touched[at(ch, "billable")] ||
	    ch->touched[at(ch, "rate")];
}

static struct problem *
derive(struct change *ch)
{
	struct problem *p;
	struct terms terms;

	if (ch->action == ACTION_RESTORED) {
		keep_rate(ch);
		return NULL;
	}
	if (!concerns(ch))
		return NULL;
	if ((p = find_terms(ch, ch->after[at(ch, "project")], &terms)) != NULL)
		return p;
	if (terms.archived && changed(ch, at(ch, "project")))
		return problem_at(ch->call->a, PROBLEM_INVALID, "project",
		    "The project %s is archived: it takes no new work.", terms.name == NULL ? "" : terms.name);
	derive_billable(ch, &terms);
	return derive_rate(ch, &terms);
}

const struct rule work_project = {
	.name = "work-project",
	.collection = "workSessions",
	.derive = derive,
};
