/* read.h -- reads the rows of a person that their figures are computed of, by few statements, each along a key.  What
 * is looked at one by one is bounded by days; of all years together only sums by day are read. */
#ifndef ROUTINE_READ_H
#define ROUTINE_READ_H

#include "model/call.h"
#include "routine/figures.h"

enum {
	ROUTINE_TASKS_MAX = 1000,  /* of one person */
	ROUTINE_LOGS_MAX = 100000, /* of one person, among those that are read one by one */
	ROUTINE_YEARS_MAX = 120,   /* of one person, with logs of tasks */
	ROUTINE_DAYS_MAX = 40000   /* of one person, with exercise or books: more than a hundred years */
};

/* Whose figures are asked for, and of which days. */
struct routine_wanted {
	const char *owner;         /* a user */
	int64_t first, last;       /* days on which tasks are looked at; sums, streaks, weight are of last */
	bool strength;             /* also how strong habits are on the last day, which looks back by years */
};

/* Whose routine is asked for: only, an id, or where it is NULL the person of the call.  PROBLEM_FORBIDDEN for who may
 * read no tasks at all, PROBLEM_NOT_FOUND for a person whose tasks they may not see, and for who is no member. */
struct problem *routine_person(const struct call *call, const char *only, const char **owner) MUST_CHECK;

/* Which day it is for a person at an instant, and the zone in which it is that. */
struct problem *routine_today(const struct call *call, const char *owner, int64_t now, const char **zone,
    int64_t *day) MUST_CHECK;

/* Read the rows of a person, all as they are at one moment.  PROBLEM_TOO_MUCH when there are more of them than the
 * figures take. */
struct problem *routine_read(const struct call *call, const struct routine_wanted *wanted,
    struct routine_rows *rows) MUST_CHECK;

#endif
