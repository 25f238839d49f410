/* report_routine.h -- the report of a person's routine over some days: what was due and done on each day and of each
 * task, points, streaks, exercise, reading, moods and weights.
 *
 * Days after today have not come and are not in it.  The figures of one day (streak, points, weight, strength) are
 * those of the last day that is in it.  So a report of the past says the same whenever it is asked for, unless somebody
 * changes the past. */
#ifndef REPORT_ROUTINE_H
#define REPORT_ROUTINE_H

#include "base/json_out.h"
#include "model/call.h"
#include "routine/figures.h"

enum {
	REPORT_ROUTINE_DAYS_MAX = 366,
	REPORT_ROUTINE_LOGS_MAX = 20000 /* of books, in one report */
};

/* A day of the report. */
struct routine_report_day {
	struct routine_completion completion;
	struct routine_streak_day streak;
	int64_t points;              /* of tasks, exercise and books */
	int64_t books, pages;        /* books that were read, and how far */
	const char *mood;            /* "great" … "bad"; or NULL */
	const struct routine_weight *weight; /* of this day, or NULL */
	int64_t trend;               /* of the weight, in hundredths of a kilogram, where there is one of this day */
};

/* A task over the days of the report. */
struct routine_report_task {
	const struct routine_task *task;
	int64_t due, completed, skipped; /* as of routine_completion */
	int64_t done;                /* completed, also when it was not due */
	int64_t points;
	int64_t strength;            /* in thousandths, on the last day */
};

struct routine_report {
	/* from the caller */
	const struct call *call;
	const char *from, *to;       /* dates, both included */
	const char *person;          /* an id; NULL: the person of the call */
	int64_t now;
	/* set by routine_report_read */
	const char *owner, *name, *zone;
	int64_t first, last;         /* days; last is not after today, and before first where none has come */
	struct routine_rows rows;
	struct routine_report_day *days;
	size_t day_count;
	struct routine_report_task *tasks; /* those that were due or done in these days, by order */
	size_t task_count;
	struct routine_report_day sum;
	int64_t streak_days, exercise_days; /* of the report: days that count, and days with exercise */
	struct routine_streak streak; /* on the last day */
	struct routine_points points, before; /* on the last day, and on the day before the first */
	struct routine_weight_figures weight;
	int64_t weight_change;       /* hundredths of a kilogram since the last weight before the first day, or
	                              * ROUTINE_NONE */
};

/* Read and compute it.  PROBLEM_NOT_FOUND for a person whose tasks the asking one may not see. */
struct problem *routine_report_read(struct routine_report *report) MUST_CHECK;

/* Append it: as the members of an open object; as CSV, with a line for each day; as a page to print. */
void routine_report_put(const struct routine_report *report, struct json_out *out);
void routine_report_csv(const struct routine_report *report, struct buf *out);
void routine_report_html(const struct routine_report *report, struct buf *out);

#endif
