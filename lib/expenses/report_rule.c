/* report_rule.c -- the rule of expense reports: what a step that may be taken sets.  Who did what and when is derived
 * from the steps, never taken from a client; a file, a restore and a revival are judged like any other write. */
#include <string.h>

#include "base/instant.h"
#include "expenses/month.h"
#include "expenses/rules.h"
#include "report_tell.h"
#include "report_turn.h"

enum {
	REMINDED_AGAIN_MS = 24 * 60 * 60 * 1000
};

/* ---- fields that go together ---- */

static const char *const of_submission[] = { "submittedAt", "submittedBy", "figures", "total", NULL };
static const char *const of_person[] = { "certified", "signature", "signedAs", NULL };
static const char *const of_senior[] = { "seniorAt", "seniorBy", NULL };
static const char *const of_supervisor[] = {
	"supervisorAt", "supervisorBy", "supervisorCertified", "supervisorSignature", "supervisorSignedAs", NULL
};
static const char *const of_finance[] = { "financeAt", "financeBy", "financeSignature", "financeSignedAs", NULL };
static const char *const of_return[] = { "returnedAt", "returnedBy", "returnedFrom", NULL };
static const char *const of_waiting[] = { "next", "waitsFor", "delegate", "remindedAt", NULL };
static const char *const words[] = { "comment", "remarks", NULL };

static void
clear(struct turn *t, const char *const *fields)
{
	for (; *fields != NULL; fields++)
		turn_set(t, *fields, collection_field(t->ch->collection, *fields)->initial);
}

/* What a decision does not say anew is not of this decision. */
static void
clear_old_words(struct turn *t)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (!t->ch->touched[collection_field(t->ch->collection, words[i])->index])
			turn_set(t, words[i], NULL);
}

static void
stamp(struct turn *t, const char *when, const char *who)
{
	struct arena *a = t->ch->call->a;

	turn_set(t, when, arena_printf(a, "\"%s\"", instant_text(a, t->ch->claimed)));
	turn_set(t, who, arena_printf(a, "\"%s\"", t->ch->call->person->user_id));
}

static void
move(struct turn *t, enum report_state state)
{
	t->is = state;
	turn_set(t, "state", arena_printf(t->ch->call->a, "\"%s\"", report_state_names[state]));
}

/* ---- steps ---- */

/* Back to its person, who begins anew. */
static void
start_over(struct turn *t)
{
	clear(t, of_submission);
	clear(t, of_senior);
	clear(t, of_supervisor);
	clear(t, of_finance);
	clear(t, of_return);
}

static void
submit(struct turn *t)
{
	const struct field *count = collection_field(t->ch->collection, "submissions");
	bool straight = turn_is_straight(t);

	if (!straight) {
		clear(t, of_senior);
		clear(t, of_supervisor);
		clear(t, of_return);
	}
	clear(t, of_finance);
	stamp(t, "submittedAt", "submittedBy");
	turn_set(t, "submissions", arena_printf(t->ch->call->a, "%lld",
	    (long long)value_scaled(count, turn_before(t, "submissions")) + 1));
	move(t, straight ? REPORT_FINANCE : report_first(&t->who));
}

static void
approve(struct turn *t)
{
	if (t->was == REPORT_SENIOR)
		stamp(t, "seniorAt", "seniorBy");
	else if (t->was == REPORT_SUPERVISOR)
		stamp(t, "supervisorAt", "supervisorBy");
	else
		stamp(t, "financeAt", "financeBy");
	clear_old_words(t);
	move(t, report_next(&t->who, t->was));
	if (t->is == REPORT_APPROVED)
		clear(t, of_return);
}

static void
hand_back(struct turn *t)
{
	stamp(t, "returnedAt", "returnedBy");
	turn_set(t, "returnedFrom", turn_before(t, "state"));
	clear_old_words(t);
	clear(t, of_person);
}

static void
take_step(struct turn *t)
{
	if (t->step != STEP_NONE)
		clear(t, of_waiting);
	switch (t->step) {
	case STEP_SUBMIT:
		submit(t);
		break;
	case STEP_APPROVE:
		approve(t);
		break;
	case STEP_RETURN:
		hand_back(t);
		break;
	case STEP_REOPEN:
		clear(t, of_person);
		start_over(t);
		break;
	case STEP_WITHDRAW:
		start_over(t);
		break;
	case STEP_NONE:
	case STEP_WRONG:
		break;
	}
}

/* ---- figures ---- */

/* As it is stored: members in the order of their names. */
static struct problem *
canonical(struct arena *a, const char *json, const char **value)
{
	struct json_object *tree;
	struct problem *p;
	struct buf b;

	*value = NULL;
	if ((p = json_parse(a, json, strlen(json), &tree)) != NULL)
		return problem_internal(a, "the figures of a month are no JSON: %s", p->detail);
	buf_init(&b, a);
	json_canonical(&b, tree);
	*value = b.text;
	return NULL;
}

static const struct mileage_trip *
find_unfinished(const struct month *month)
{
	for (size_t i = 0; i < month->trip_count; i++)
		if (month->trips[i].underway)
			return &month->trips[i];
	return NULL;
}

/* What is handed in is what the rows come to at this moment, under the lock of the space: from now on they stay. */
static struct problem *
take_figures(struct turn *t)
{
	struct arena *a = t->ch->call->a;
	const char *from = value_plain(a, turn_after(t, "from")), *figures;
	struct month_sources sources;
	struct month month;
	struct problem *p;

	if ((p = month_sources_read(t->ch->call, &sources)) != NULL ||
	    (p = month_read(t->ch->call, &sources, t->ch->owner, from, &month)) != NULL)
		return p;
	if (find_unfinished(&month) != NULL)
		return problem_at(a, PROBLEM_INVALID, "state",
		    "A trip of %s is under way; end it first.", find_unfinished(&month)->date);
	if ((p = canonical(a, month_figures(a, &month), &figures)) != NULL)
		return p;
	turn_set(t, "figures", figures);
	turn_set(t, "total", arena_printf(a, "%lld", (long long)month.sum.total));
	return NULL;
}

/* ---- whom it waits for ---- */

/* Daybook may write this again when the employees have changed; that is no reason to refuse an older write. */
static void
yield(struct turn *t, const char *field)
{
	t->ch->yields[collection_field(t->ch->collection, field)->index] = true;
}

static struct problem *
settle_waiting(struct turn *t)
{
	struct arena *a = t->ch->call->a;
	struct report_people people;
	struct problem *p;

	yield(t, "waitsFor");
	yield(t, "next");
	if (!report_waits(t->is))
		return NULL;
	if ((p = report_waits_for(t->ch->call, &t->who, t->ch->owner, t->is,
	    value_plain(a, turn_after(t, "delegate")), &people)) != NULL)
		return p;
	turn_set(t, "waitsFor", report_people_value(a, &people));
	turn_set(t, "next", arena_printf(a, "\"%s\"", report_state_names[report_next(&t->who, t->is)]));
	return NULL;
}

/* What is reminded of is what waits now: an instant that a client names is not taken. */
static void
settle_reminding(struct turn *t)
{
	struct arena *a = t->ch->call->a;
	const char *before = turn_before(t, "remindedAt");

	if (t->step != STEP_NONE || !turn_changes(t, "remindedAt"))
		return;
	if (before != NULL && (turn_after(t, "remindedAt") == NULL ||
	    t->ch->now - value_instant_of(before) < REMINDED_AGAIN_MS))
		turn_set(t, "remindedAt", before);
	else
		turn_set(t, "remindedAt", arena_printf(a, "\"%s\"", instant_text(a, t->ch->now)));
}

/* ---- the rule ---- */

/* What only steps set is what it was, whatever a restored version had. */
static void
keep_trail(struct turn *t)
{
	const struct collection *c = t->ch->collection;

	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].derived)
			t->ch->after[i] = t->ch->before == NULL ? NULL : t->ch->before[i];
}

/* Of a restored version only what its person wrote counts. */
static void
keep_decisions(struct turn *t)
{
	static const char *const fields[] = {
		"comment", "remarks", "reason", "delegate", "remindedAt", "supervisorCertified", "supervisorSignature",
		"supervisorSignedAs", "financeSignature", "financeSignedAs",
	};

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		turn_set(t, fields[i], turn_before(t, fields[i]));
}

static struct problem *
settle_month(struct turn *t)
{
	struct arena *a = t->ch->call->a;
	const char *from = value_plain(a, turn_after(t, "from"));
	char last[DATE_TEXT_SIZE];

	if (strcmp(from + 8, "01") != 0)
		return problem_at(a, PROBLEM_INVALID, "from", "A report is of a month: from is its first day.");
	date_from_days(date_days(from) + 31, last);
	date_from_days(date_days(last) - ((last[8] - '0') * 10 + last[9] - '0'), last);
	turn_set(t, "to", arena_printf(a, "\"%s\"", last));
	return NULL;
}

/* Nobody decides about figures that they have not seen. */
static void
rely_on_figures(struct turn *t)
{
	if (t->step == STEP_APPROVE || t->step == STEP_RETURN)
		t->ch->relied[collection_field(t->ch->collection, "submissions")->index] =
		    "The report was handed in again since the version you know.";
}

/* Daybook itself only brings up to date whom a report waits for. */
static struct problem *
follow_employees(struct turn *t)
{
	if (t->was == REPORT_SUBMITTED)
		move(t, report_first(&t->who));
	return settle_waiting(t);
}

static struct problem *
derive(struct change *ch)
{
	struct turn t = { .ch = ch };
	struct problem *p;

	keep_trail(&t);
	if (turn_after(&t, "from") == NULL)
		return NULL; /* it is required, which is said next */
	if (ch->action == ACTION_RESTORED)
		keep_decisions(&t);
	if ((p = settle_month(&t)) != NULL || (p = turn_open(ch, &t)) != NULL)
		return p;
	if (strcmp(ch->call->person->user_id, NOBODY) == 0)
		return follow_employees(&t);
	if ((p = turn_judge(&t)) != NULL)
		return p;
	settle_reminding(&t);
	rely_on_figures(&t);
	take_step(&t);
	if (t.step == STEP_SUBMIT && (p = take_figures(&t)) != NULL)
		return p;
	return settle_waiting(&t);
}

/* What was handed in once has a history that others decided about. */
static struct problem *
check_delete(struct change *ch)
{
	struct turn t = { .ch = ch };

	if (ch->before == NULL)
		return NULL;
	if (turn_before(&t, "submissions") != NULL ||
	    report_state_of(ch->call->a, turn_before(&t, "state")) != REPORT_DRAFT)
		return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "state",
		    "A report that was handed in is not deleted; its month is opened by taking it back.");
	if (strcmp(ch->call->person->user_id, ch->owner) == 0)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "owner", "A report is deleted by its person.");
}

const struct rule expense_report = {
	.name = "expense-report",
	.collection = "expenseReports",
	.overseers = true,
	.scans = true,
	.derive = derive,
	.check_delete = check_delete,
	.effect = report_tell_change,
};
