/* report_tell.c -- what people are told about an expense report: whoever is to decide that it waits for them, and its
 * person what was decided.  Each occasion is told once (team/notice.h): the id of the report, how often it was handed
 * in, and the state make it. */
#include <string.h>

#include "base/instant.h"
#include "model/show.h"
#include "record/space.h"
#include "report_tell.h"
#include "store/statement.h"

enum {
	LATE_MS = 48 * 60 * 60 * 1000,         /* for a senior or a supervisor */
	LATE_LAST_MS = 72 * 60 * 60 * 1000,    /* for finance, and managers in its place */
	SUBMISSIONS_TOLD_MAX = 20              /* so often it is told of as a new one: taking it back and handing it in
	                                        * again and again is not to ring with others for ever */
};

/* ---- the report ---- */

static int64_t
latest(int64_t instant, const struct collection *c, const char *const *values, const char *field)
{
	const char *value = value_named(c, values, field);
	int64_t other = value == NULL ? 0 : value_instant_of(value);

	return other > instant ? other : instant;
}

struct told_report
told_report(struct arena *a, const struct collection *c, const char *id, const char *owner, const char *const *values)
{
	struct told_report r = {
		.id = id,
		.owner = owner,
		.from = value_plain(a, value_named(c, values, "from")),
		.state = report_state_of(a, value_named(c, values, "state")),
		.returned_from = report_state_of(a, value_named(c, values, "returnedFrom")),
		.submissions = value_scaled(collection_field(c, "submissions"), value_named(c, values, "submissions")),
		.has_total = value_named(c, values, "total") != NULL,
		.total = value_scaled(collection_field(c, "total"), value_named(c, values, "total")),
		.comment = value_plain(a, value_named(c, values, "comment")),
		.reason = value_plain(a, value_named(c, values, "reason")),
		.reminded_at = value_plain(a, value_named(c, values, "remindedAt")),
		.supervisor_approved = value_named(c, values, "supervisorAt") != NULL,
	};

	report_people_read(a, value_named(c, values, "waitsFor"), &r.waits_for);
	if (!report_waits(r.state))
		return r;
	r.since = latest(0, c, values, "submittedAt");
	r.since = latest(r.since, c, values, "seniorAt");
	r.since = latest(r.since, c, values, "supervisorAt");
	return r;
}

bool
report_is_late(const struct told_report *r, int64_t now)
{
	bool is_last = r->state == REPORT_FINANCE || r->state == REPORT_SUBMITTED;

	return r->since > 0 && now - r->since >= (is_last ? LATE_LAST_MS : LATE_MS);
}

/* ---- notifications ---- */

static const char *
occasion(struct arena *a, const struct told_report *r, const char *what)
{
	int64_t times = r->submissions < SUBMISSIONS_TOLD_MAX ? r->submissions : SUBMISSIONS_TOLD_MAX;

	return arena_printf(a, "expense-report %s %lld %s %s", r->id, (long long)times, report_state_names[r->state],
	    what);
}

static const char *
kind_of(const struct told_report *r, enum told_kind kind)
{
	static const char *const kinds[] = {
		[TOLD_WAITS] = "report-waits",
		[TOLD_REMINDED] = "report-reminder",
		[TOLD_LATE] = "report-late",
		[TOLD_COMMENT] = "report-comment",
	};

	if (kind != TOLD_STATE)
		return kinds[kind];
	return r->state == REPORT_APPROVED ? "report-approved"
	    : r->state == REPORT_RETURNED ? "report-returned"
	    : r->state == REPORT_DRAFT ? "report-opened" : "report-step";
}

/* A comment is told once for each text, a reminder once for each instant. */
static const char *
what_of(struct arena *a, const struct told_report *r, enum told_kind kind)
{
	switch (kind) {
	case TOLD_WAITS:
		return "waits";
	case TOLD_REMINDED:
		return arena_printf(a, "reminded %s", r->reminded_at == NULL ? "" : r->reminded_at);
	case TOLD_LATE:
		return "late";
	case TOLD_STATE:
		return "reached";
	case TOLD_COMMENT:
		return arena_printf(a, "comment %s", r->comment == NULL ? "" : r->comment);
	}
	return "";
}

struct notice
told_notice(struct arena *a, const struct told_report *r, enum told_kind kind, const char *to)
{
	return (struct notice){
		.occasion = occasion(a, r, what_of(a, r, kind)),
		.kind = kind_of(r, kind),
		.about = arena_printf(a, "expenseReports/%s", r->id),
		.to = to,
		.cause = "expense-reports",
	};
}

/* ---- words ---- */

static const char *
month_of(struct arena *a, const char *from)
{
	static const char *const names[] = {
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December",
	};
	int month = (from[5] - '0') * 10 + from[6] - '0';

	return arena_printf(a, "%s %.4s", names[month - 1], from);
}

static const char *
say_state(struct arena *a, const struct told_report *r, const char *month)
{
	switch (r->state) {
	case REPORT_APPROVED:
		return arena_printf(a, "Your expenses of %s are approved", month);
	case REPORT_RETURNED:
		return arena_printf(a, "Your expenses of %s were returned", month);
	case REPORT_DRAFT:
		return arena_printf(a, "Your expenses of %s are open again", month);
	default:
		return arena_printf(a, "Your expenses of %s were %s", month,
		    r->supervisor_approved ? "approved by the supervisor" : "seen by the senior");
	}
}

static const char *
say(struct arena *a, const struct told_report *r, enum told_kind kind, const char *name)
{
	const char *month = month_of(a, r->from);

	switch (kind) {
	case TOLD_WAITS:
		return arena_printf(a, r->state == REPORT_SENIOR
		    ? "Expenses of %s, %s: to be looked at" : "Expenses of %s, %s: to be approved", name, month);
	case TOLD_REMINDED:
		return arena_printf(a, "Expenses of %s, %s: a reminder, they wait for you", name, month);
	case TOLD_LATE:
		return arena_printf(a, "Expenses of %s, %s: they still wait for you", name, month);
	case TOLD_COMMENT:
		return arena_printf(a, "A comment on your expenses of %s", month);
	case TOLD_STATE:
		break;
	}
	return say_state(a, r, month);
}

/* Its person reads what was said to them, who decides what it comes to. */
static struct problem *
find_body(const struct call *call, const struct told_report *r, enum told_kind kind, const char **body)
{
	struct problem *p;
	const char *currency;

	*body = NULL;
	if (kind == TOLD_STATE || kind == TOLD_COMMENT) {
		*body = r->state == REPORT_DRAFT ? r->reason : r->comment;
		return NULL;
	}
	if (!r->has_total)
		return NULL;
	if ((p = space_currency(call, &currency)) != NULL)
		return p;
	*body = arena_printf(call->a, "The total is %s %s.", money_text(call->a, r->total), currency);
	return NULL;
}

static struct problem *
find_name(const struct call *call, const char *user, const char **name)
{
	struct problem *p;
	struct rows *rows;

	*name = "somebody";
	p = record_look(call, NULL, NULL, SQL(USER_NAME), VALUES(value_id(user)), &rows);
	if (p == NULL && rows->count > 0)
		*name = row_text(rows, 0, NAME_OF_USER);
	return p;
}

static struct problem *
tell_one(struct writer *w, const struct told_report *r, enum told_kind kind, const char *to, int64_t *count)
{
	struct notice notice = told_notice(w->call->a, r, kind, to);
	struct problem *p;
	const char *name;
	bool told;

	if ((p = notice_was_told(w->call, &notice, &told)) != NULL || told)
		return p;
	if ((p = find_name(w->call, r->owner, &name)) != NULL ||
	    (p = find_body(w->call, r, kind, &notice.body)) != NULL)
		return p;
	notice.title = say(w->call->a, r, kind, name);
	if ((p = notice_tell(w, &notice, &told)) == NULL)
		*count += told;
	return p;
}

struct problem *
report_tell(struct writer *w, const struct told_report *r, enum told_kind kind, int64_t *count)
{
	struct problem *p = NULL;

	if (kind == TOLD_STATE || kind == TOLD_COMMENT)
		return tell_one(w, r, kind, r->owner, count);
	for (size_t i = 0; p == NULL && i < r->waits_for.count; i++)
		p = tell_one(w, r, kind, r->waits_for.ids[i], count);
	return p;
}

/* ---- a write ---- */

static bool
changed(const struct change *ch, const char *field)
{
	size_t i = collection_field(ch->collection, field)->index;

	return !value_equal(ch->before == NULL ? NULL : ch->before[i], ch->after[i]);
}

/* Its person knows what they did themself. */
static struct problem *
tell_person(struct writer *w, const struct change *ch, const struct told_report *r)
{
	bool own = strcmp(ch->call->person->user_id, ch->owner) == 0;
	int64_t count = 0;

	if (own || ch->before == NULL)
		return NULL;
	if (changed(ch, "state"))
		return report_tell(w, r, TOLD_STATE, &count);
	return changed(ch, "comment") && r->comment != NULL ? report_tell(w, r, TOLD_COMMENT, &count) : NULL;
}

struct problem *
report_tell_change(struct writer *w, struct change *ch)
{
	struct told_report r;
	struct problem *p;
	int64_t count = 0;

	if (ch->after == NULL)
		return NULL;
	r = told_report(ch->call->a, ch->collection, ch->id, ch->owner, (const char *const *)ch->after);
	if ((p = tell_person(w, ch, &r)) != NULL || !report_waits(r.state))
		return p;
	if (changed(ch, "remindedAt") && r.reminded_at != NULL)
		return report_tell(w, &r, TOLD_REMINDED, &count);
	return changed(ch, "state") || changed(ch, "waitsFor") ? report_tell(w, &r, TOLD_WAITS, &count) : NULL;
}
