/* period_rule.c -- the states of a period, and who may change them, on every path.
 *
 *	open, returned ── submitted     its person hands it in; its last day has begun
 *	submitted ── open               its person withdraws it
 *	submitted ── approved           a manager, never its person
 *	submitted ── returned           the same, with a comment
 *	approved ── open                the same, with a reason
 *
 * In a personal space nobody approves; there its person opens a submitted period again, with a reason.  A file or a
 * restore is judged like any other write.  What was submitted or decided when and by whom is derived from these steps,
 * and nothing else about a closed period changes. */
#include <string.h>

#include "model/policy.h"
#include "period/period.h"
#include "period/rules.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	FURTHEST_ZONE_MS = 14 * 60 * 60 * 1000 /* where a day begins first */
};

/* What a write does to the state. */
enum step {
	STEP_NONE,
	STEP_SUBMIT,
	STEP_WITHDRAW,
	STEP_APPROVE,
	STEP_RETURN,
	STEP_REOPEN,
	STEP_WRONG
};

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static const char *
before_of(const struct change *ch, const char *field)
{
	return ch->before == NULL ? NULL : ch->before[at(ch, field)];
}

static bool
changes(const struct change *ch, const char *field)
{
	return !value_equal(before_of(ch, field), ch->after[at(ch, field)]);
}

/* Whether the write itself gives a text for the field.  One that was given before does not count. */
static bool
is_given(const struct change *ch, const char *field)
{
	const char *text = value_plain(ch->call->a, ch->after[at(ch, field)]);

	return ch->touched[at(ch, field)] && text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static const char *
state_before(const struct change *ch)
{
	return ch->before == NULL ? "open" : value_plain(ch->call->a, before_of(ch, "state"));
}

static const char *
state_after(const struct change *ch)
{
	return ch->after[at(ch, "state")] == NULL ? "open" : value_plain(ch->call->a, ch->after[at(ch, "state")]);
}

static bool
is_closed(const char *state)
{
	return strcmp(state, "submitted") == 0 || strcmp(state, "approved") == 0;
}

static bool
is_team(const struct change *ch)
{
	return strcmp(ch->call->person->space_kind, "team") == 0;
}

static bool
is_own(const struct change *ch)
{
	return strcmp(ch->call->person->user_id, ch->owner) == 0;
}

static enum step
step_of(const struct change *ch)
{
	const char *was = state_before(ch), *is = state_after(ch);

	if (strcmp(was, is) == 0)
		return STEP_NONE;
	if (strcmp(is, "submitted") == 0)
		return strcmp(was, "approved") == 0 ? STEP_WRONG : STEP_SUBMIT;
	if (strcmp(was, "submitted") == 0)
		return strcmp(is, "approved") == 0 ? STEP_APPROVE
		    : strcmp(is, "returned") == 0 ? STEP_RETURN
		    : is_team(ch) ? STEP_WITHDRAW : STEP_REOPEN;
	return strcmp(was, "approved") == 0 && strcmp(is, "open") == 0 ? STEP_REOPEN : STEP_WRONG;
}

/* ---- who may ---- */

static struct problem *
forbid(const struct change *ch, const char *detail)
{
	return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "state", "%s", detail);
}

/* A step that the state of the record does not allow.  On a closed period it says so, with the period. */
static struct problem *
refuse_step(const struct change *ch)
{
	struct arena *a = ch->call->a;
	struct period closed = {
		.id = ch->id,
		.from = value_plain(a, before_of(ch, "from")),
		.to = value_plain(a, before_of(ch, "to")),
		.state = state_before(ch),
	};

	if (is_closed(closed.state))
		return period_problem(a, &closed, "state", "This period is approved; open it again first.");
	return problem_at(a, PROBLEM_INVALID, "state",
	    "A period is approved or returned only after it was submitted.");
}

static struct problem *
require(const struct change *ch, const char *field, const char *detail)
{
	return is_given(ch, field) ? NULL : problem_at(ch->call->a, PROBLEM_REQUIRED, field, "%s", detail);
}

static struct problem *
check_submit(const struct change *ch)
{
	const char *to = value_plain(ch->call->a, ch->after[at(ch, "to")]);
	char today[DATE_TEXT_SIZE];

	if (!is_own(ch))
		return forbid(ch, "A period is submitted by its person.");
	if (!zone_date("UTC", ch->now + FURTHEST_ZONE_MS, today, NULL, NULL) || strcmp(to, today) <= 0)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "to",
	    "A period is submitted when its last day has begun; this one lies in the future.");
}

static struct problem *
check_decision(const struct change *ch, enum step step)
{
	if (!is_team(ch))
		return step == STEP_REOPEN ? NULL
		    : forbid(ch, "In a personal space there is nobody to approve or return a period.");
	if (!policy_assigns(ch->call->person))
		return forbid(ch, "Managers approve, return and open again what was submitted.");
	if (is_own(ch))
		return forbid(ch, "Somebody else decides about your own period.");
	return NULL;
}

static struct problem *
check_step(const struct change *ch, enum step step)
{
	struct problem *p;

	if (step == STEP_NONE)
		return NULL;
	if (step == STEP_WRONG)
		return refuse_step(ch);
	if (step == STEP_SUBMIT)
		return check_submit(ch);
	if (step == STEP_WITHDRAW)
		return is_own(ch) ? NULL : forbid(ch, "A period is withdrawn by its person; a manager returns it.");
	if ((p = check_decision(ch, step)) != NULL)
		return p;
	if (step == STEP_RETURN)
		return require(ch, "comment", "Say what is to be changed.");
	return step == STEP_REOPEN ? require(ch, "reason", "Say why it is opened again.") : NULL;
}

/* ---- what else may change ---- */

/* A comment comes with a decision, a reason with opening again. */
static struct problem *
check_words(const struct change *ch, enum step step)
{
	struct arena *a = ch->call->a;

	if (changes(ch, "comment") && step != STEP_APPROVE && step != STEP_RETURN)
		return problem_at(a, PROBLEM_INVALID, "comment", "A comment comes with a decision about the period.");
	if (changes(ch, "reason") && step != STEP_REOPEN)
		return problem_at(a, PROBLEM_INVALID, "reason", "A reason comes with opening the period again.");
	return NULL;
}

/* Its person sets the span and the note while it is not closed, at last in the write that submits it. */
static struct problem *
check_contents(const struct change *ch)
{
	static const char *const fields[] = { "from", "to", "kind", "note" };

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (!changes(ch, fields[i]))
			continue;
		if (is_closed(state_before(ch)))
			return problem_at(ch->call->a, PROBLEM_READ_ONLY, fields[i],
			    "%s cannot be changed once the period is submitted.", fields[i]);
		if (ch->before != NULL && !is_own(ch))
			return problem_at(ch->call->a, PROBLEM_FORBIDDEN, fields[i],
			    "This is for its person to change.");
	}
	return NULL;
}

static struct problem *
check_span(const struct change *ch, const char *from, const char *to)
{
	struct arena *a = ch->call->a;

	if (strcmp(to, from) < 0)
		return problem_at(a, PROBLEM_INVALID, "to", "to must not be before from.");
	if (date_days(to) - date_days(from) >= PERIOD_DAYS_MAX)
		return problem_at(a, PROBLEM_INVALID, "to", "A period has at most %d days.", PERIOD_DAYS_MAX);
	return NULL;
}

static struct problem *
check_overlap(const struct change *ch, const char *from, const char *to)
{
	struct arena *a = ch->call->a;
	const char *kind = value_plain(a, ch->after[at(ch, "kind")]);
	struct problem *p;
	struct rows *rows;
	char first[DATE_TEXT_SIZE];

	date_from_days(date_days(from) - (PERIOD_DAYS_MAX - 1), first);
	p = record_ask(ch->call, ch->collection, SQL(PERIODS_OF),
	    VALUES(value_id(ch->call->person->space_id), value_text(ch->collection->name), value_id(ch->owner),
	        value_text(arena_strdup(a, first)), value_text(to)),
	    &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++)
		if (strcmp(row_text(rows, i, PERIOD_ID), ch->id) != 0 &&
		    strcmp(row_text(rows, i, PERIOD_KIND), kind) == 0 &&
		    strcmp(row_text(rows, i, PERIOD_TO), from) >= 0)
			return problem_at(a, PROBLEM_INVALID, "from", "Another period has some of these days.");
	return p;
}

/* ---- the rule ---- */

static void
set_stamp(struct change *ch, const char *when, const char *who, bool set)
{
	struct arena *a = ch->call->a;

	ch->after[at(ch, when)] = set ? arena_printf(a, "\"%s\"", instant_text(a, ch->claimed)) : NULL;
	ch->after[at(ch, who)] = set ? arena_printf(a, "\"%s\"", ch->call->person->user_id) : NULL;
}

/* A restore brings back the stamps of its version: they are those of the record until a step sets others. */
static void
keep_stamps(struct change *ch)
{
	static const char *const stamps[] = { "submittedAt", "submittedBy", "decidedAt", "decidedBy" };

	for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++)
		ch->after[at(ch, stamps[i])] = before_of(ch, stamps[i]);
}

static struct problem *
derive(struct change *ch)
{
	enum step step = step_of(ch);

	keep_stamps(ch);
	if (step == STEP_SUBMIT || step == STEP_WITHDRAW)
		set_stamp(ch, "submittedAt", "submittedBy", step == STEP_SUBMIT);
	if (step == STEP_SUBMIT)
		set_stamp(ch, "decidedAt", "decidedBy", false);
	if (step == STEP_APPROVE || step == STEP_RETURN || step == STEP_REOPEN)
		set_stamp(ch, "decidedAt", "decidedBy", true);
	return NULL;
}

static struct problem *
check(struct change *ch)
{
	const char *from = value_plain(ch->call->a, ch->after[at(ch, "from")]);
	const char *to = value_plain(ch->call->a, ch->after[at(ch, "to")]);
	enum step step = step_of(ch);
	struct problem *p;

	if ((p = check_span(ch, from, to)) != NULL || (p = check_contents(ch)) != NULL ||
	    (p = check_step(ch, step)) != NULL || (p = check_words(ch, step)) != NULL)
		return p;
	return changes(ch, "from") || changes(ch, "to") ? check_overlap(ch, from, to) : NULL;
}

static struct problem *
check_delete(struct change *ch)
{
	struct arena *a = ch->call->a;
	struct period closed = {
		.id = ch->id,
		.from = value_plain(a, before_of(ch, "from")),
		.to = value_plain(a, before_of(ch, "to")),
		.state = state_before(ch),
	};

	if (ch->before == NULL || !is_closed(closed.state))
		return NULL;
	return period_problem(a, &closed, "state", "A period that is handed in is not deleted; open it again first.");
}

const struct rule period_states = {
	.name = "period",
	.collection = "periods",
	.derive = derive,
	.check = check,
	.check_delete = check_delete,
};
