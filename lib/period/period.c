/* period.c -- finds the closed period that locks a day, and guards the records that it locks.
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

/* What people hand in, and the states in which it is locked. */
struct kind {
	const char *name;
	const char *collection;    /* whose records are its periods */
	const char *closed[6];     /* ended by NULL */
	const char *refusal;
};

static const struct kind kinds[] = {
	{
		.name = "hours",
		.collection = "periods",
		.closed = { "submitted", "approved" },
		.refusal = "These days are handed in, or lie in the same week before days that are; they do not change "
		    "now.",
	},
	{
		.name = "expenses",
		.collection = "expenseReports",
		.closed = { "submitted", "senior", "supervisor", "finance", "approved" },
		.refusal = "The expenses of this month are handed in; they do not change now.",
	},
};

static const struct kind *
kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static bool
is_closed(const struct kind *kind, const char *state)
{
	for (size_t i = 0; kind->closed[i] != NULL; i++)
		if (strcmp(kind->closed[i], state) == 0)
			return true;
	return false;
}

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
locks(const struct rows *rows, size_t i, const struct kind *kind, const char *from, const char *to,
    struct period *closed)
{
	const char *named = row_text(rows, i, PERIOD_KIND);

	*closed = (struct period){
		.id = row_text(rows, i, PERIOD_ID),
		.from = row_text(rows, i, PERIOD_FROM),
		.to = row_text(rows, i, PERIOD_TO),
		.state = row_text(rows, i, PERIOD_STATE),
	};
	return (named == NULL || strcmp(named, kind->name) == 0) && strcmp(closed->from, to) <= 0 &&
	    strcmp(closed->to, from) >= 0 && is_closed(kind, closed->state);
}

struct problem *
period_closed(const struct call *call, const char *name, const char *owner, const char *from, const char *to,
    struct period *closed, bool *found)
{
	struct arena *a = call->a;
	const struct kind *kind = kind_of(name);
	const struct collection *c = kind == NULL ? NULL : collection_find(call->set, kind->collection);
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
		    VALUES(space, value_text(c->name), value_text(day_after(a, from, -(PERIOD_DAYS_MAX - 1))),
		        value_text(to), value_text(kind->name), value_text(from)),
		    &rows);
	else
		p = record_ask(call, c, SQL(PERIODS_OF),
		    VALUES(space, value_text(c->name), value_id(owner), value_text(first), value_text(last)), &rows);
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
	p = period_problem(ch->call->a, &closed, field, kind_of(kind)->refusal);
	p->stands = true;
	return p;
}

/* ---- the guard of what is handed in ---- */

/* Who owns the record before this write, which may change that.  Of a new one there is none. */
static struct problem *
find_holder(struct change *ch, const char **owner)
{
	struct problem *p;
	struct record held;
	bool found;

	*owner = ch->owner;
	if (ch->before == NULL)
		return NULL;
	if ((p = record_find(ch->call, ch->collection, ch->id, &held, &found)) == NULL && found)
		*owner = held.owner;
	return p;
}

static bool
changes_anything(const struct change *ch, const char *holder)
{
	if (ch->before == NULL || ch->after == NULL || strcmp(holder, ch->owner) != 0)
		return true;
	for (size_t i = 0; i < ch->collection->field_count; i++)
		if (!value_equal(ch->before[i], ch->after[i]))
			return true;
	return false;
}

struct problem *
period_guard(struct change *ch, const char *field,
    struct problem *(*refuse)(struct change *ch, const char *owner, const char *day))
{
	size_t at = collection_field(ch->collection, field)->index;
	const char *before = ch->before == NULL ? NULL : value_plain(ch->call->a, ch->before[at]);
	const char *after = ch->after == NULL ? NULL : value_plain(ch->call->a, ch->after[at]);
	const char *holder;
	struct problem *p;

	if ((p = find_holder(ch, &holder)) != NULL || !changes_anything(ch, holder))
		return p;
	if (before != NULL && (p = refuse(ch, holder, before)) != NULL)
		return p;
	if (after == NULL || (before != NULL && strcmp(before, after) == 0 && strcmp(holder, ch->owner) == 0))
		return NULL;
	return refuse(ch, ch->owner, after);
}
