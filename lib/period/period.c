/* period.c -- finds the closed period that locks a day.
 *
 * A period has at most 31 days, so those that reach into a span begin in it or in the 30 days before it.  Of one person
 * a whole year is asked for at once: a file of a year's hours then costs one look-up, and not one for each of its
 * days. */
#include "period/period.h"

#include <string.h>

#include "base/buf.h"
#include "base/json_out.h"
#include "model/collection.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	SPAN_DAYS_MAX = 14 /* mostly asked for: what a day needs is a week, and the longest of them */
};

static const char *
day_after(struct arena *a, const char *date, int64_t days)
{
	char text[DATE_TEXT_SIZE];

	date_from_days(date_days(date) + days, text);
	return arena_strdup(a, text);
}

/* The first and the last day on which a period can begin that has days of this span: for all spans that begin in one
 * year they are the same, unless the span reaches far into the next. */
static void
year_of(struct arena *a, const char *from, const char *to, const char **first, const char **last)
{
	*first = day_after(a, arena_printf(a, "%.4s-01-01", from), -(PERIOD_DAYS_MAX - 1));
	*last = day_after(a, arena_printf(a, "%.4s-12-31", from), SPAN_DAYS_MAX);
	if (strcmp(*last, to) < 0)
		*last = to;
}

/* True when the row is a closed period of the kind with days of the span.  It is asked for each record of a push, and
 * takes no memory. */
static bool
locks(const struct rows *rows, size_t i, const char *kind, const char *from, const char *to, struct period *closed)
{
	*closed = (struct period){
		.id = row_text(rows, i, PERIOD_ID),
		.from = row_text(rows, i, PERIOD_FROM),
		.to = row_text(rows, i, PERIOD_TO),
		.state = row_text(rows, i, PERIOD_STATE),
	};
	return strcmp(row_text(rows, i, PERIOD_KIND), kind) == 0 && strcmp(closed->from, to) <= 0 &&
	    strcmp(closed->to, from) >= 0 &&
	    (strcmp(closed->state, "submitted") == 0 || strcmp(closed->state, "approved") == 0);
}

struct problem *
period_closed(const struct call *call, const char *kind, const char *owner, const char *from, const char *to,
    struct period *closed, bool *found)
{
	struct arena *a = call->a;
	const struct collection *c = collection_find(call->set, "periods");
	const struct value space = value_id(call->person->space_id);
	const char *first, *last;
	struct problem *p;
	struct rows *rows;

	*found = false;
	if (c == NULL)
		return NULL;
	year_of(a, from, to, &first, &last);
	if (owner == NULL)
		p = record_ask(call, c, SQL(PERIOD_CLOSED_OF_ANY),
		    VALUES(space, value_text(day_after(a, from, -(PERIOD_DAYS_MAX - 1))), value_text(to),
		        value_text(kind), value_text(from)),
		    &rows);
	else
		p = record_ask(call, c, SQL(PERIODS_OF),
		    VALUES(space, value_id(owner), value_text(first), value_text(last)), &rows);
	for (size_t i = 0; p == NULL && !*found && i < rows->count; i++)
		*found = locks(rows, i, kind, from, to, closed);
	return p;
}

struct problem *
period_problem(struct arena *a, const struct period *closed, const char *field, const char *detail)
{
	struct problem *p = problem_at(a, PROBLEM_PERIOD_CLOSED, field, "%s", detail);
	struct json_out out;
	struct buf members;

	buf_init(&members, a);
	json_out_members(&out, &members);
	put_object(&out, "period");
	put_text(&out, "id", closed->id);
	put_text(&out, "from", closed->from);
	put_text(&out, "to", closed->to);
	put_text(&out, "state", closed->state);
	put_end(&out);
	p->members = members.text;
	return p;
}

struct problem *
period_refuse(struct change *ch, const char *kind, const char *owner, const char *from, const char *to,
    const char *field)
{
	struct problem *p;
	struct period closed;
	bool found;

	if ((p = period_closed(ch->call, kind, owner, from, to, &closed, &found)) != NULL || !found)
		return p;
	p = period_problem(ch->call->a, &closed, field,
	    "These days are handed in, or lie in the same week before days that are; they do not change now.");
	p->stands = true;
	return p;
}
