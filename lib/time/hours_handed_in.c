/* hours_handed_in.c -- hours are handed in when no timer runs in them.  Otherwise the timer could not be stopped any
 * more.  The days of the same week before the period count, because it locks them too. */
#include <string.h>

#include "period/period.h"
#include "record/record.h"
#include "store/statement.h"
#include "time/rules.h"
#include "time/week.h"

/* The text of an instant about days after the beginning of a date.  A zone is at most a day away from UTC. */
static struct value
bound(struct arena *a, const char *date, int64_t days)
{
	char text[DATE_TEXT_SIZE];

	date_from_days(date_days(date) + days, text);
	return value_text(arena_strdup(a, text));
}

static struct problem *
check(struct change *ch)
{
	struct arena *a = ch->call->a;
	size_t state = collection_field(ch->collection, "state")->index;
	const char *kind = value_plain(a, value_named(ch->collection, (const char *const *)ch->after, "kind"));
	const char *from = value_plain(a, value_named(ch->collection, (const char *const *)ch->after, "from"));
	const char *to = value_plain(a, value_named(ch->collection, (const char *const *)ch->after, "to"));
	const struct collection *sessions = collection_find(ch->call->set, "workSessions");
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	struct problem *p;
	struct rows *rows;

	if (strcmp(kind, "hours") != 0 || strcmp(value_plain(a, ch->after[state]), "submitted") != 0 ||
	    (ch->before != NULL && value_equal(ch->before[state], ch->after[state])))
		return NULL;
	if ((p = week_of(ch->call, from, first, last)) != NULL)
		return p;
	p = record_ask(ch->call, sessions, SQL(HOURS_RUNNING),
	    VALUES(value_id(ch->call->person->space_id), value_id(ch->owner), bound(a, first, -1), bound(a, to, 2),
	        value_text(arena_strdup(a, first)), value_text(to)),
	    &rows);
	if (p != NULL || rows->count == 0)
		return p;
	return problem_at(a, PROBLEM_INVALID, "state",
	    "A timer runs in these days, or in the same week before them; stop it first.");
}

const struct rule hours_handed_in = {
	.name = "hours-handed-in",
	.collection = "periods",
	.check = check,
};
