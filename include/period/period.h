/* period.h -- periods: spans of days whose records a person hands in, and that are locked from then on.
 *
 * A period is a record: its owner is the person, from and to are its first and last day.  Periods of the kind hours are
 * the records of `periods`, whose states the rule `period` (period_rule.c) guards; those of the kind expenses are the
 * records of `expenseReports`, one a month, and their states are a rule of that area.  From its submission on, until it
 * is returned, taken back or opened again, a period is *closed*.  The rules of what is handed in live in the rooms of
 * their areas and ask here before they let a record change. */
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
	const char *state;
};

/* Find a closed period of this kind ("hours", "expenses") that has any day from `from` to `to` (valid dates), the
 * earliest one; *found is false when there is none.  With owner NULL those of everybody count.  Inside a
 * write it is asked once for all records of an owner and a year, and sees what the write itself has changed.  The texts
 * are in the arena of the call. */
struct problem *period_closed(const struct call *call, const char *kind, const char *owner, const char *from,
    const char *to, struct period *closed, bool *found) MUST_CHECK;

/* Refuse the change when such a period is closed: PROBLEM_PERIOD_CLOSED, at field, with the member `period`, whatever
 * the base of the write is.  NULL when there is none.  It is for the rules of what a period locks, in check and
 * check_delete. */
struct problem *period_refuse(struct change *ch, const char *kind, const char *owner /* NULL: of anybody */,
    const char *from, const char *to, const char *field) MUST_CHECK;

/* What a lock does in check and check_delete: ask refuse about the day in the field before this write and about the one
 * after it, each with the owner at that side.  A write that changes nothing is let through without asking. */
struct problem *period_guard(struct change *ch, const char *field,
    struct problem *(*refuse)(struct change *ch, const char *owner, const char *day)) MUST_CHECK;

/* The problem itself: PROBLEM_PERIOD_CLOSED with {id, from, to, state} in the member `period`. */
struct problem *period_problem(struct arena *a, const struct period *closed, const char *field, const char *detail);

#endif
