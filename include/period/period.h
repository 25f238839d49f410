/* period.h -- periods: spans of days whose records a person hands in, and that are locked from then on.
 *
 * A period is a record of the collection `periods`: its owner is the person, its kind says what is handed in (hours),
 * from and to are its first and last day.  While its state is submitted or approved it is *closed*.  The rule `period`
 * (period_rule.c) guards its states.  The rules of what is handed in live in the rooms of their areas and ask here
 * before they let a record change. */
#ifndef PERIOD_H
#define PERIOD_H

#include "base/instant.h"
#include "model/rule.h"

enum {
	PERIOD_DAYS_MAX = 31 /* from its first to its last day */
};

/* A closed period. */
struct period {
	const char *id;
	const char *from, *to; /* dates */
	const char *state;     /* submitted or approved */
};

/* Find a closed period of this kind that has any day from `from` to `to` (valid dates), the earliest one; *found is
 * false when there is none.  With owner NULL those of everybody count.  Inside a write it is asked once for all records
 * of an owner and a year, and sees what the write itself has changed.  The texts are in the arena of the call. */
struct problem *period_closed(const struct call *call, const char *kind, const char *owner, const char *from,
    const char *to, struct period *closed, bool *found) MUST_CHECK;

/* Refuse the change when such a period is closed: PROBLEM_PERIOD_CLOSED, at field, with the member `period`, whatever
 * the base of the write is.  NULL when there is none.  It is for the rules of what a period locks, in check and
 * check_delete. */
struct problem *period_refuse(struct change *ch, const char *kind, const char *owner /* NULL: of anybody */,
    const char *from, const char *to, const char *field) MUST_CHECK;

/* The problem itself: PROBLEM_PERIOD_CLOSED with {id, from, to, state} in the member `period`. */
struct problem *period_problem(struct arena *a, const struct period *closed, const char *field, const char *detail);

#endif
