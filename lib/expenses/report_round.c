/* report_round.c -- the round over expense reports.  It first looks without the lock of the space, at what was changed
 * lately, and then does under the lock what is due: whatever was told or decided meanwhile is seen there.  Two rounds
 * at the same time tell everything once. */
#include "expenses/report_round.h"

#include <string.h>

#include "base/instant.h"
#include "hours_alert.h"
#include "report_tell.h"
#include "store/statement.h"

enum {
	DAY_MS = 24 * 60 * 60 * 1000,
	MONTHS_DAYS = 400,      /* reports of earlier months are left alone */
	LATELY_MS = 8 * DAY_MS, /* longer than anybody has to wait for a reminder */
	PEOPLE_MS = DAY_MS / 24, /* after a change of the employees all reports are looked at */
	REPORTS_MAX = 5000,     /* of a space in one round */
	DUE_MAX = 100           /* that are seen to under one lock; the others come next */
};

/* The round in one space. */
struct round {
	const struct collection *c;
	int64_t now;
	bool people_changed;
	struct oversight people;     /* if they were changed */
	const char *due[DUE_MAX];    /* ids of reports */
	size_t due_count;
	int64_t told;
};

/* ---- what is due ---- */

static struct problem *
find_untold(const struct call *call, const struct told_report *r, enum told_kind kind, const char *to, bool *due)
{
	struct notice notice = told_notice(call->a, r, kind, to);
	struct problem *p;
	bool told;

	if (*due)
		return NULL;
	if ((p = notice_was_told(call, &notice, &told)) != NULL)
		return p;
	*due = !told;
	return NULL;
}

/* Whether it would wait for others than it says. */
static struct problem *
find_moved(const struct call *call, const struct round *round, const struct told_report *r,
    const char *const *values, bool *due)
{
	struct report_deciders who;
	struct report_people people;
	struct overseers overseers;
	struct problem *p;
	enum report_state state = r->state;
	const char *next;

	oversight_of(call->a, &round->people, r->owner, &overseers);
	report_deciders_of(&overseers, &who);
	if (state == REPORT_SUBMITTED)
		state = report_first(&who);
	if ((p = report_waits_for(call, &who, r->owner, state,
	    value_plain(call->a, value_named(round->c, values, "delegate")), &people)) != NULL)
		return p;
	next = value_plain(call->a, value_named(round->c, values, "next"));
	*due = state != r->state || next == NULL || strcmp(next, report_state_names[report_next(&who, state)]) != 0 ||
	    !value_equal(report_people_value(call->a, &people), value_named(round->c, values, "waitsFor"));
	return NULL;
}

static struct problem *
find_waiting(const struct call *call, const struct round *round, const struct told_report *r,
    const char *const *values, bool *due)
{
	struct problem *p = NULL;

	if (round->people_changed && (p = find_moved(call, round, r, values, due)) != NULL)
		return p;
	for (size_t i = 0; p == NULL && !*due && i < r->waits_for.count; i++) {
		p = find_untold(call, r, TOLD_WAITS, r->waits_for.ids[i], due);
		if (p == NULL && report_is_late(r, round->now))
			p = find_untold(call, r, TOLD_LATE, r->waits_for.ids[i], due);
	}
	return p;
}

static struct problem *
look_at(const struct call *call, struct round *round, const struct rows *rows, size_t i)
{
	const char *id = row_text(rows, i, REPORT_ID), *owner = row_text(rows, i, REPORT_OWNER);
	const char *const *values =
	    (const char *const *)values_parse(call->a, round->c, row_text(rows, i, REPORT_DOC), NULL);
	const struct told_report r = told_report(call->a, round->c, id, owner, values);
	struct problem *p;
	bool due = false;

	p = report_waits(r.state)
	    ? find_waiting(call, round, &r, values, &due) : find_untold(call, &r, TOLD_STATE, owner, &due);
	if (due)
		round->due[round->due_count++] = id;
	return p;
}

/* Employees and members are read only where one was changed since: mostly none was. */
static struct problem *
find_people(const struct call *call, struct round *round)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(REPORT_PEOPLE_CHANGED), VALUES(value_id(call->person->space_id),
	    value_text(instant_sql(call->a, round->now - PEOPLE_MS))), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	round->people_changed = true;
	return oversight_open(call, &round->people);
}

static struct problem *
find_due(const struct call *call, struct round *round, const char *first)
{
	int64_t since = round->now - LATELY_MS;
	struct problem *p;
	struct rows *rows;

	if ((p = find_people(call, round)) != NULL)
		return p;
	if (round->people_changed)
		since = 0;
	if ((p = db_run(call->db, call->a, SQL(REPORTS_CHANGED), VALUES(value_id(call->person->space_id),
	    value_text(first), value_text(instant_sql(call->a, since)), value_integer(REPORTS_MAX)), &rows)) != NULL)
		return p;
	for (size_t i = 0; p == NULL && i < rows->count && round->due_count < DUE_MAX; i++)
		p = look_at(call, round, rows, i);
	return p;
}

/* ---- under the lock ---- */

/* Its rule brings up to date whom it waits for; where that is who it was, nothing is written. */
static struct problem *
bring_up_to_date(struct writer *w, const struct round *round, const char *id, struct record *record, bool *live)
{
	struct op op = op_own(round->c, id, "expense-reports");
	struct outcome outcome;
	struct problem *p;
	bool found;

	if ((p = record_find(w->call, round->c, id, record, &found)) != NULL)
		return p;
	*live = found && !record->deleted;
	if (!*live || !round->people_changed)
		return NULL;
	if ((p = writer_must(w, &op, &outcome)) != NULL)
		return p;
	return record_find(w->call, round->c, id, record, &found);
}

static struct problem *
see_to(struct writer *w, struct round *round, const char *id)
{
	struct told_report r;
	struct record record;
	struct problem *p;
	bool live;

	if ((p = bring_up_to_date(w, round, id, &record, &live)) != NULL || !live)
		return p;
	r = told_report(w->call->a, round->c, record.id, record.owner,
	    (const char *const *)values_parse(w->call->a, round->c, record.doc, NULL));
	if (r.state == REPORT_DRAFT)
		return NULL;
	if (!report_waits(r.state))
		return report_tell(w, &r, TOLD_STATE, &round->told);
	if ((p = report_tell(w, &r, TOLD_WAITS, &round->told)) != NULL || !report_is_late(&r, w->now))
		return p;
	return report_tell(w, &r, TOLD_LATE, &round->told);
}

/* Room for one more report and whom it concerns.  What does not fit into this transaction is left for the next
 * round. */
static bool
has_room(const struct writer *w)
{
	return w->rows + 2 * REPORT_DECIDERS_MAX + 1 <= WRITE_OPS_MAX &&
	    w->bytes + 4 * (size_t)RECORD_BYTES_MAX <= TRANSACTION_BYTES_MAX;
}

static struct problem *
work(struct writer *w, void *arg)
{
	struct round *round = arg;
	struct problem *p = NULL;

	round->told = 0;
	for (size_t i = 0; p == NULL && i < round->due_count && has_room(w); i++)
		p = see_to(w, round, round->due[i]);
	return p;
}

/* ---- all spaces ---- */

static struct problem *
run_reports(const struct call *call, const char *first, int64_t now, int64_t *count)
{
	struct round round = { .c = collection_find(call->set, "expenseReports"), .now = now };
	struct written written;
	struct problem *p;

	if (round.c == NULL || (p = find_due(call, &round, first)) != NULL || round.due_count == 0)
		return round.c == NULL ? NULL : p;
	if ((p = write_action(call, ROLE_NONE, work, &round, &written)) == NULL)
		*count += round.told;
	return p;
}

/* In an arena of its own, because there may be many spaces.  A space that is full is no failure: nothing can be told
 * there, and the round of quotas.h tells the operator. */
static struct problem *
run_space(const struct call *call, const char *space, const char *first, int64_t *count)
{
	struct arena *own = arena_new();
	struct person itself = person_itself(space);
	struct call here = call_in(call, own);
	int64_t now = instant_now();
	struct problem *p;

	here.person = &itself;
	if ((p = run_reports(&here, first, now, count)) == NULL)
		p = hours_alert(&here, now, count);
	if (p != NULL && p->kind == PROBLEM_SPACE_FULL)
		p = NULL;
	else if (p != NULL)
		p = problem_internal(call->a,
		    "expense reports of space %s: %s", space, p->cause != NULL ? p->cause : p->detail);
	arena_free(own);
	return p;
}

static const char *
days_ago(struct arena *a, int64_t days)
{
	return arena_strndup(a, instant_text(a, instant_now() - days * DAY_MS), DATE_TEXT_SIZE - 1);
}

static void
run_listed(const struct call *call, const struct rows *spaces, const char *first, int64_t *count,
    struct problem **failed)
{
	struct problem *p;

	for (size_t i = 0; i < spaces->count; i++)
		if ((p = run_space(call, row_text(spaces, i, ID_FOUND), first, count)) != NULL && *failed == NULL)
			*failed = p;
}

struct problem *
report_round(const struct call *call, int64_t *count)
{
	const char *first = days_ago(call->a, MONTHS_DAYS), *week = days_ago(call->a, HOURS_ALERT_DAYS);
	const char *after = NOBODY;
	struct problem *p, *failed = NULL;
	struct rows *spaces;

	*count = 0;
	for (;;) {
		if ((p = db_run(call->db, call->a, SQL(REPORT_SPACES),
		    VALUES(value_id(after), value_text(first), value_text(week)), &spaces)) != NULL)
			return p;
		if (spaces->count == 0)
			return failed;
		run_listed(call, spaces, first, count, &failed);
		after = row_text(spaces, spaces->count - 1, ID_FOUND);
	}
}
