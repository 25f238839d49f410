/* figures.h -- the figures of routines, computed from rows alone: no database, no clock.  www/routine/figures.js
 * computes the same, and the golden cases in tests/fixtures/routine hold for both.
 *
 * A day is a number here: days since 1970-01-01, as date_days gives it.  ROUTINE_NO_DAY is none.  All rows are those of
 * one person.  Rows after the day that is asked about count for nothing.
 *
 * Nothing is stored that could become wrong: what is written late for a past day, or taken back, changes the figures of
 * that day and of those after it. */
#ifndef ROUTINE_FIGURES_H
#define ROUTINE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ROUTINE_NO_DAY INT64_MIN
#define ROUTINE_NONE INT64_MIN /* a number that is not there */

enum {
	ROUTINE_STREAK_TASKS = 5,      /* of a day of the streak, where the settings do not say */
	ROUTINE_EXERCISE_POINTS = 25,  /* of a day with an exercise log */
	ROUTINE_BOOK_POINTS = 20,      /* of a book on a day on which it was read */
	ROUTINE_BETTER_POINTS = 150,   /* for each hundred per cent */
	ROUTINE_MILESTONES = 16,
	ROUTINE_STRENGTH_DAYS = 1826,  /* how far back strength looks: what is older weighs next to nothing */
	ROUTINE_TREND_DAYS = 730,      /* the same of the trend of the weight */
	ROUTINE_SLOPE_DAYS = 28,       /* over which the goal date looks at the trend */
	ROUTINE_SLOPE_LEAST = 7,       /* fewer days say nothing */
	ROUTINE_GOAL_DAYS = 1826,      /* a goal that is farther away has no date */
	ROUTINE_DELTA_DAYS = 30
};

enum routine_recurrence {
	ROUTINE_DAILY,
	ROUTINE_WEEKDAYS,
	ROUTINE_WEEKENDS,
	ROUTINE_CUSTOM,
	ROUTINE_TIMES,
	ROUTINE_INTERVAL
};

enum routine_status {
	ROUTINE_PENDING,
	ROUTINE_COMPLETED,
	ROUTINE_SKIPPED
};

/* How a task repeats, up to and including a day. */
struct routine_schedule {
	int64_t until;             /* the last day on which it holds; INT64_MAX: it holds now */
	enum routine_recurrence recurrence;
	unsigned days;             /* of CUSTOM: bit 0 is Monday */
	int64_t times, in_days;    /* of TIMES; at least 1 */
	int64_t every_days;        /* of INTERVAL; at least 1 */
	int64_t first, last;       /* the task's first and last day, or ROUTINE_NO_DAY */
	int64_t paused_from, paused_until; /* or ROUTINE_NO_DAY: not paused; until further notice */
	int64_t target;            /* in hundredths, or ROUTINE_NONE */
	bool at_most;              /* the target is not to be exceeded */
	bool active;
};

/* What was done of a task on a day. */
struct routine_log {
	int64_t day;
	enum routine_status status;
	int64_t value;             /* in hundredths, or ROUTINE_NONE */
	int64_t points;
};

struct routine_task {
	const char *id, *title, *order;
	const char *domain, *time_of_day, *start_time, *end_time, *unit; /* or NULL */
	int64_t points;
	bool must_do;
	int64_t created;           /* the day on which it was made */
	int64_t begun;             /* the earlier of that day and of its first log: where a schedule has no first day,
	                            * the task is due from here on */
	const struct routine_schedule *schedules; /* in order; the last one holds now */
	size_t schedule_count;     /* at least 1 */
	const struct routine_log *logs; /* by day, one for each */
	size_t log_count;
};

/* What a person did on a day, of all tasks. */
struct routine_day {
	int64_t day;
	int64_t completed;         /* tasks */
	int64_t points;            /* of these */
};

/* Days of which none counts for a streak or a strength, and none breaks them. */
struct routine_pause {
	int64_t first, last;
};

struct routine_weight {
	const char *id;            /* of its record */
	int64_t day;
	int64_t hundredths;           /* hundredths of a kilogram */
};

struct routine_settings {
	int64_t day_begins;        /* hour */
	int64_t streak_tasks;
	bool streak_exercise;
	const struct routine_pause *pauses;
	size_t pause_count;
	int64_t height;            /* millimetres, or ROUTINE_NONE */
	int64_t goal_weight;       /* hundredths of a kilogram, or ROUTINE_NONE */
	const char *weight_unit;   /* "kg", "lb" or "st" */
};

/* The rows of a person.  rows.h reads them. */
struct routine_rows {
	struct routine_settings settings;
	struct routine_task *tasks;   /* by order, then id */
	size_t task_count;
	struct routine_day *days;     /* by day: those on which a task was completed */
	size_t day_count;
	int64_t *exercise;            /* days with an exercise log, in order, each once */
	size_t exercise_count;
	int64_t *books;               /* a day for each book that was read on it, in order */
	size_t book_count;
	struct routine_weight *weights; /* by day, one for each */
	size_t weight_count;
};

/* ---- days and tasks (due.c) ---- */

/* The day that it is for a person whose clock shows this date and so many seconds after midnight: before the hour at
 * which their day begins, it is still the day before. */
int64_t routine_day_at(const struct routine_settings *settings, const char *date, int seconds_of_day);

/* Whether a value makes a task with this target done (hundredths). */
bool routine_reaches(int64_t target, bool at_most, int64_t value);

/* The schedule that is in force on a day. */
const struct routine_schedule *routine_schedule_on(const struct routine_task *task, int64_t day);

/* The log of a day, or NULL. */
const struct routine_log *routine_log_on(const struct routine_task *task, int64_t day);

/* Whether the task is to be done on a day, whether it was or not. */
bool routine_due(const struct routine_task *task, int64_t day);

/* What was due on a day. */
struct routine_completion {
	int64_t day;
	int64_t completed;   /* of those that were due */
	int64_t due;         /* without those that were skipped */
	int64_t skipped;     /* of those that were due */
};

/* Count the tasks of a day, or one task when only is not NULL. */
struct routine_completion routine_completion_on(const struct routine_rows *rows, const struct routine_task *only,
    int64_t day);

/* completed of due in per cent, rounded half up; 0 where nothing was due. */
int64_t routine_rate(int64_t completed, int64_t due);

/* How strong the habit is after a day, in thousandths, 0 to 1000.  Each day makes it score·m + v·(1−m), where
 * m = 0.5^(√f/13), f is how often a day it is due, and v is 1 for done and 0 for not, or the part of the target that
 * was reached.  Days on which it was skipped, paused, or not due and not done leave it as it is. */
int64_t routine_strength(const struct routine_rows *rows, const struct routine_task *task, int64_t day);

/* ---- streaks and points (streak.c) ---- */

struct routine_milestone {
	int64_t days, points;
};

extern const struct routine_milestone routine_milestones[ROUTINE_MILESTONES];

/* A chain of days that count, one after the other; paused days do not interrupt it. */
struct routine_run {
	int64_t first, last;  /* the first and the last day that counts */
	int64_t length;       /* how many days count */
};

struct routine_streak {
	int64_t current;           /* the days that count up to yesterday, and today if it counts already */
	int64_t longest;
	int64_t tasks;             /* completed today */
	bool valid;                /* today counts */
	bool exercise;             /* there is an exercise log today */
	bool rest;                 /* today has none, but yesterday has: a day of rest */
	bool paused;               /* today is in a pause */
	struct routine_milestone next; /* the first with more days than the current streak; days 0: there is none */
	int64_t points;            /* of the milestones of all runs */
	struct routine_run *runs;  /* all, in order */
	size_t run_count;
};

/* What makes a day count or not. */
struct routine_streak_day {
	int64_t tasks;
	bool valid, exercise, rest, paused;
};

/* What was completed on a day, or NULL where nothing was. */
const struct routine_day *routine_day_done(const struct routine_rows *rows, int64_t day);

/* Whether a day counts for the streak. */
struct routine_streak_day routine_streak_on(const struct routine_rows *rows, int64_t day);

/* The streaks up to and including a day, in a. */
struct routine_streak routine_streak(struct arena *a, const struct routine_rows *rows, int64_t day);

/* The points of the milestones of a run of so many days. */
int64_t routine_milestone_points(int64_t days);

struct routine_points {
	int64_t tasks, milestones, exercise, books;
	int64_t total;
	int64_t better;            /* per cent: floor(total / 150) × 100 */
};

/* All points up to and including a day. */
struct routine_points routine_points(const struct routine_rows *rows, const struct routine_streak *streak,
    int64_t day);

/* ---- weight (weight.c) ---- */

struct routine_weight_figures {
	const struct routine_weight *latest; /* the last up to the day, or NULL: then nothing else is set */
	int64_t delta;             /* hundredths of a kilogram since the oldest of the 30 days before; ROUTINE_NONE */
	int64_t delta_days;        /* how many days before the latest that was */
	int64_t trend;             /* hundredths of a kilogram: the smoothed weight */
	int64_t goal_day;          /* when the trend reaches the goal, or ROUTINE_NO_DAY */
	int64_t bmi;               /* tenths, or ROUTINE_NONE */
};

/* The figures of the weight on a day.  The trend is an exponential smoothing by day, a tenth for each new day; days
 * without a weight have that on the line between their neighbours. */
struct routine_weight_figures routine_weight(const struct routine_rows *rows, int64_t day);

/* Hundredths of a kilogram in a unit: in kg the same, in lb tenths of a pound, in st hundredths of a stone; *scale is
 * how many digits after the point that has. */
int64_t routine_weight_in(const char *unit, int64_t hundredths, int *scale);

#endif
