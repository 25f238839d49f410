/* home.h -- what a person's routine looks like today: the tasks, and the figures over them. */
#ifndef ROUTINE_HOME_H
#define ROUTINE_HOME_H

#include "base/json_out.h"
#include "model/call.h"
#include "routine/figures.h"

enum {
	ROUTINE_WEEK = 7 /* the last seven days, today included */
};

/* A task that is due today, or of which something is logged today. */
struct routine_home_task {
	const struct routine_task *task;
	const struct routine_log *log; /* of today, or NULL: nothing is logged, which is as good as pending */
	bool due;
};

struct routine_home_day {
	struct routine_completion completion;
	struct routine_streak_day streak;
};

struct routine_home {
	const char *owner, *zone;
	int64_t today;                          /* a day, figures.h */
	struct routine_rows rows;               /* logs of tasks of the last week, or as far back as figures look */
	struct routine_home_task *tasks;        /* by order */
	size_t task_count;
	struct routine_streak streak;
	struct routine_points points;
	struct routine_home_day week[ROUTINE_WEEK]; /* the oldest first; today is the last one */
	struct routine_weight_figures weight;
	const struct routine_weight *todays_weight; /* or NULL */
};

/* Read the home of a person at an instant, in the arena of the call.  owner is a user id, or NULL for the person of the
 * call.  PROBLEM_NOT_FOUND for a person whose tasks they may not see, PROBLEM_TOO_MUCH as routine_read says. */
struct problem *routine_home_read(const struct call *call, const char *owner, int64_t now,
    struct routine_home *home) MUST_CHECK;

/* "pending", "completed" or "skipped". */
const char *routine_status_name(const struct routine_log *log);

/* Put the members of an open object: "person","date","zone","tasks":[{"id","title","domain","timeOfDay","startTime",
 * "points","mustDo","due","status","value"}],"completion","week":[…],"streak","points","weight". */
void routine_home_put(const struct routine_home *home, struct json_out *out);

#endif
