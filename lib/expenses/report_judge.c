/* report_judge.c -- which step of an expense report a write takes, who may take it, and what else the write may
 * change. */
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "model/policy.h"
#include "period/period.h"
#include "record/record.h"
#include "report_turn.h"
#include "store/statement.h"

enum {
	FURTHEST_ZONE_MS = 14 * 60 * 60 * 1000 /* where a day begins first */
};

/* ---- values ---- */

static size_t
at(const struct turn *t, const char *field)
{
	return collection_field(t->ch->collection, field)->index;
}

const char *
turn_before(const struct turn *t, const char *field)
{
	const struct field *f = collection_field(t->ch->collection, field);

	return t->ch->before != NULL ? t->ch->before[f->index] : f->initial;
}

const char *
turn_after(const struct turn *t, const char *field)
{
	return t->ch->after[at(t, field)];
}

void
turn_set(struct turn *t, const char *field, const char *value)
{
	t->ch->after[at(t, field)] = value;
}

bool
turn_changes(const struct turn *t, const char *field)
{
	return !value_equal(turn_before(t, field), turn_after(t, field));
}

static bool
has_words(const struct turn *t, const char *field)
{
	const char *text = value_plain(t->ch->call->a, turn_after(t, field));

	return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

/* Whether the write itself gives a text for the field.  One that was given before does not count. */
static bool
is_given(const struct turn *t, const char *field)
{
	return t->ch->touched[at(t, field)] && has_words(t, field);
}

/* ---- which step ---- */

bool
turn_is_straight(const struct turn *t)
{
	return report_state_of(t->ch->call->a, turn_before(t, "returnedFrom")) == REPORT_FINANCE;
}

/* Whether the writer took one of the steps since it was handed in. */
static bool
has_decided(const struct turn *t)
{
	static const char *const fields[] = { "seniorBy", "supervisorBy", "financeBy" };
	const char *by;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if ((by = value_plain(t->ch->call->a, turn_before(t, fields[i]))) != NULL &&
		    strcmp(by, t->ch->call->person->user_id) == 0)
			return true;
	return false;
}

/* A device that sends a step once more means the one that was taken.  Its person hands a report in, and whoever decides
 * sets a later state, so what lies behind is no new wish. */
static bool
was_taken(const struct turn *t)
{
	if (!report_is_closed(t->was) || !report_is_closed(t->is) || t->is >= t->was)
		return false;
	return t->is == REPORT_SUBMITTED ? t->own : has_decided(t);
}

static bool
is_next(const struct turn *t)
{
	return t->is == report_next(&t->who, t->was) ||
	    t->is == report_state_of(t->ch->call->a, turn_before(t, "next"));
}

static enum report_step
step_of(const struct turn *t)
{
	if (t->is == t->was)
		return STEP_NONE;
	if (t->is == REPORT_SUBMITTED)
		return report_is_closed(t->was) ? STEP_WRONG : STEP_SUBMIT;
	if (t->is == REPORT_DRAFT)
		return t->was == REPORT_APPROVED ? STEP_REOPEN : STEP_WITHDRAW;
	if (!report_waits(t->was))
		return STEP_WRONG;
	return t->is == REPORT_RETURNED ? STEP_RETURN : is_next(t) ? STEP_APPROVE : STEP_WRONG;
}

struct problem *
turn_open(struct change *ch, struct turn *t)
{
	struct problem *p;

	*t = (struct turn){ .ch = ch, .own = strcmp(ch->call->person->user_id, ch->owner) == 0 };
	t->was = report_state_of(ch->call->a, turn_before(t, "state"));
	t->is = report_state_of(ch->call->a, turn_after(t, "state"));
	if ((p = report_deciders(ch->call, ch->owner, &t->who)) != NULL)
		return p;
	if (was_taken(t)) {
		t->is = t->was;
		turn_set(t, "state", turn_before(t, "state"));
	}
	t->step = step_of(t);
	return NULL;
}

/* ---- problems ---- */

static struct problem *
forbid(const struct turn *t, const char *field, const char *detail)
{
	return problem_at(t->ch->call->a, PROBLEM_FORBIDDEN, field, "%s", detail);
}

static struct problem *
refuse(const struct turn *t, const char *field, const char *detail)
{
	return problem_at(t->ch->call->a, PROBLEM_INVALID, field, "%s", detail);
}

static struct problem *
require(const struct turn *t, const char *field, const char *detail)
{
	return problem_at(t->ch->call->a, PROBLEM_REQUIRED, field, "%s", detail);
}

static struct problem *
refuse_closed(const struct turn *t, const char *field, const char *detail)
{
	struct arena *a = t->ch->call->a;
	struct period closed = {
		.id = t->ch->id,
		.from = value_plain(a, turn_before(t, "from")),
		.to = value_plain(a, turn_before(t, "to")),
		.state = report_state_names[t->was],
	};

	return period_problem(a, &closed, field, detail);
}

static struct problem *
refuse_step(const struct turn *t)
{
	if (t->was == REPORT_APPROVED)
		return refuse_closed(t, "state", "This report is approved; open it again first.");
	if (report_waits(t->was))
		return refuse_closed(t, "state",
		    "This step is not the next one of this report: next says which state approves it now.");
	return refuse(t, "state", "A report is approved or returned only after it was submitted.");
}

/* ---- who may take a step ---- */

/* Whoever is assigned to the step, or whom it was left to, or a manager; never its person. */
static bool
decides(const struct turn *t)
{
	const char *user = t->ch->call->person->user_id;
	const char *delegate = value_plain(t->ch->call->a, turn_before(t, "delegate"));

	return !t->own && report_waits(t->was) && (policy_assigns(t->ch->call->person) ||
	    report_people_have(report_assigned(&t->who, t->was), user) ||
	    (delegate != NULL && strcmp(delegate, user) == 0));
}

static struct problem *
check_submit(const struct turn *t)
{
	const char *from = value_plain(t->ch->call->a, turn_after(t, "from"));
	char today[DATE_TEXT_SIZE];

	if (!t->own)
		return forbid(t, "state", "A report is submitted by its person.");
	if (zone_date("UTC", t->ch->now + FURTHEST_ZONE_MS, today, NULL, NULL) && strcmp(from, today) > 0)
		return refuse(t, "from", "A month is submitted when it has begun; this one lies in the future.");
	if (!value_true(turn_after(t, "certified")))
		return require(t, "certified", "Certify that the report is complete and true.");
	if (turn_after(t, "signature") == NULL && !has_words(t, "signedAs"))
		return require(t, "signedAs", "Sign the report, with a signature or by name.");
	return NULL;
}

/* What finance has returned holds the approval of the supervisor; taking it back gives that up. */
static struct problem *
check_withdraw(const struct turn *t)
{
	if (!t->own)
		return forbid(t, "state", "A report is taken back by its person; who decides returns it.");
	if (report_waits(t->was) && turn_before(t, "supervisorAt") != NULL && !turn_is_straight(t))
		return refuse_closed(t, "state", "The supervisor has approved this report; ask for it to be returned.");
	return NULL;
}

static struct problem *
check_approve(const struct turn *t)
{
	if (t->was == REPORT_SENIOR)
		return NULL;
	if (t->was == REPORT_SUPERVISOR && !value_true(turn_after(t, "supervisorCertified")))
		return require(t, "supervisorCertified", "Certify that you have examined the report.");
	if (t->was == REPORT_SUPERVISOR && turn_after(t, "supervisorSignature") == NULL &&
	    !has_words(t, "supervisorSignedAs"))
		return require(t, "supervisorSignedAs", "Sign the approval, with a signature or by name.");
	if (t->was != REPORT_SUPERVISOR && turn_after(t, "financeSignature") == NULL &&
	    !has_words(t, "financeSignedAs"))
		return require(t, "financeSignedAs", "Sign the approval, with a signature or by name.");
	return NULL;
}

static struct problem *
check_decision(const struct turn *t)
{
	if (t->own)
		return forbid(t, "state", "Somebody else decides about your own report.");
	if (!decides(t))
		return forbid(t, "state", "This report waits for somebody else: waitsFor says for whom.");
	if (t->step == STEP_APPROVE)
		return check_approve(t);
	return is_given(t, "comment") ? NULL : require(t, "comment", "Say what is to be changed.");
}

static struct problem *
check_reopen(const struct turn *t)
{
	if (t->own)
		return forbid(t, "state", "Somebody else opens your own report again.");
	if (!policy_assigns(t->ch->call->person) &&
	    !report_people_have(&t->who.finance, t->ch->call->person->user_id))
		return forbid(t, "state", "Finance or a manager opens again what was approved.");
	return is_given(t, "reason") ? NULL : require(t, "reason", "Say why it is opened again.");
}

static struct problem *
check_step(const struct turn *t)
{
	switch (t->step) {
	case STEP_NONE:
		return NULL;
	case STEP_SUBMIT:
		return check_submit(t);
	case STEP_WITHDRAW:
		return check_withdraw(t);
	case STEP_APPROVE:
	case STEP_RETURN:
		return check_decision(t);
	case STEP_REOPEN:
		return check_reopen(t);
	case STEP_WRONG:
		break;
	}
	return refuse_step(t);
}

/* ---- what else may change ---- */

/* What its person says, while it is not closed, at last in the write that submits it. */
static struct problem *
check_own(const struct turn *t, const char *field)
{
	struct problem *p;

	if (!t->own)
		return forbid(t, field, "This is for the person whose report it is.");
	if (!report_is_closed(t->was))
		return NULL;
	p = refuse_closed(t, field, "This report is handed in; take it back before you change it.");
	p->stands = true;
	return p;
}

/* Words of who decides, with the decision or before it. */
static struct problem *
check_words(const struct turn *t, const char *field)
{
	if ((t->step == STEP_NONE || t->step == STEP_APPROVE || t->step == STEP_RETURN) && decides(t))
		return NULL;
	return forbid(t, field, "This is for who decides about the report, while it waits for them.");
}

static struct problem *
check_supervisor(const struct turn *t, const char *field)
{
	if (t->step == STEP_APPROVE && t->was == REPORT_SUPERVISOR)
		return NULL;
	return forbid(t, field, "This comes with the approval by the supervisor.");
}

static struct problem *
check_finance(const struct turn *t, const char *field)
{
	if (t->step == STEP_APPROVE && (t->was == REPORT_FINANCE || t->was == REPORT_SUBMITTED))
		return NULL;
	return forbid(t, field, "This comes with the last approval.");
}

static struct problem *
check_reason(const struct turn *t, const char *field)
{
	return t->step == STEP_REOPEN ? NULL : refuse(t, field, "A reason comes with opening the report again.");
}

/* Once a day is enough; the rule takes care of that. */
static struct problem *
check_reminding(const struct turn *t, const char *field)
{
	if (t->step != STEP_NONE || !report_waits(t->was))
		return refuse(t, field, "Somebody is reminded while the report waits for them.");
	if (t->own || policy_assigns(t->ch->call->person))
		return NULL;
	return forbid(t, field, "The person whose report it is reminds, or a manager.");
}

/* Whether somebody may see the report and decide about it: a manager, or who is assigned to one of its steps. */
static struct problem *
may_decide(const struct turn *t, const char *user, bool *may)
{
	const struct call *call = t->ch->call;
	struct problem *p;
	struct rows *rows;

	*may = report_people_have(&t->who.senior, user) || report_people_have(&t->who.supervisor, user) ||
	    report_people_have(&t->who.finance, user);
	if (*may || !uuid_valid(user) || strcmp(user, t->ch->owner) == 0)
		return NULL;
	p = record_look(call, NULL, NULL, SQL(MEMBER_READ),
	    VALUES(value_id(call->person->space_id), value_id(user)), &rows);
	if (p == NULL && rows->count > 0)
		*may = role_named(row_text(rows, 0, MEMBER_ROLE)) >= ROLE_MANAGER;
	return p;
}

static struct problem *
check_delegate(const struct turn *t, const char *field)
{
	const char *user = value_plain(t->ch->call->a, turn_after(t, field));
	struct problem *p;
	bool may;

	if (t->step != STEP_NONE || !decides(t))
		return forbid(t, field, "Who decides now may leave it to somebody else.");
	if (user == NULL || (p = may_decide(t, user, &may)) != NULL || may)
		return user == NULL ? NULL : p;
	return refuse(t, field,
	    "Somebody else decides who is a manager or oversees this person, and not the person themself.");
}

struct allowed {
	const char *field;
	struct problem *(*check)(const struct turn *t, const char *field);
};

/* All fields that a client can write, but for the state, and from, which is part of the id. */
static const struct allowed fields[] = {
	{ "certified", check_own },
	{ "signature", check_own },
	{ "signedAs", check_own },
	{ "note", check_own },
	{ "comment", check_words },
	{ "remarks", check_words },
	{ "reason", check_reason },
	{ "delegate", check_delegate },
	{ "remindedAt", check_reminding },
	{ "supervisorCertified", check_supervisor },
	{ "supervisorSignature", check_supervisor },
	{ "supervisorSignedAs", check_supervisor },
	{ "financeSignature", check_finance },
	{ "financeSignedAs", check_finance },
};

/* A restored version brings back what its person wrote, and takes no step. */
static struct problem *
check_restored(const struct turn *t)
{
	if (t->step == STEP_NONE)
		return NULL;
	return refuse(t, "state",
	    "This version was in another state; a report is submitted and decided again, not restored to it.");
}

struct problem *
turn_judge(struct turn *t)
{
	struct problem *p;

	if (t->ch->before == NULL && !t->own)
		return forbid(t, "owner", "A report is begun by its person.");
	if (t->ch->action == ACTION_RESTORED && (p = check_restored(t)) != NULL)
		return p;
	if ((p = check_step(t)) != NULL)
		return p;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (turn_changes(t, fields[i].field) && (p = fields[i].check(t, fields[i].field)) != NULL)
			return p;
	return NULL;
}
