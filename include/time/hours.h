/* hours.h -- the figures of working time, computed from rows alone: no database, no clock, no JSON.  All formulas are
 * here.  The golden cases in tests/fixtures/hours hold the expected results, for this code and for the web app's.
 *
 * Seconds are elapsed seconds, also in a night when the clocks change.  A session belongs completely to its day. */
#ifndef HOURS_H
#define HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/instant.h"

enum {
	HOURS_SESSION_MAX = 86400, /* seconds; a timer that runs longer was forgotten */
	HOURS_AHEAD_MAX = 300,     /* seconds that a start or an end may be in the future, because clocks differ */
	HOURS_RATE_DEFAULT = 2500  /* cents an hour, where no other rate is set */
};

/* A session of work or lunch. */
struct hours_session {
	char day[DATE_TEXT_SIZE];
	int64_t start, end;        /* instants; end means nothing while it runs */
	bool running, lunch;
};

/* How working time is counted and paid. */
struct hours_rules {
	bool lunch_per_day;        /* lunch is deducted once a day, else from each session */
	int64_t lunch_after;       /* seconds; lunch is deducted from work longer than this */
	int64_t lunch;             /* seconds that are deducted */
	bool recorded_lunch_counts;
	int64_t target, most;      /* seconds a day: the target (0: none) and the daily limit */
	bool sunday;               /* weeks begin on Sunday, else on Monday */
	int64_t overtime_after;    /* seconds a week */
	int64_t overtime_times;    /* hundredths: 150 is one and a half */
};

/* The rules where no settings say otherwise: 30 minutes of lunch for each session of more than 5 hours, at most 10
 * hours a day, and overtime after 40 hours a week at 1.5 times the rate. */
extern const struct hours_rules hours_rules_default;

/* The sums of a day, a week, or all days. */
struct hours_figures {
	int64_t raw;               /* seconds of work; parallel timers are added up */
	int64_t total;             /* seconds of work and lunch */
	int64_t deductions;        /* seconds of lunch that are deducted */
	int64_t billable;          /* raw less deductions, at least 0 */
	int64_t current;           /* seconds of total in sessions that still run */
	int64_t sessions, breaks, running;
	int64_t forgotten;         /* of the running ones, those over HOURS_SESSION_MAX: they count no time */
	int64_t efficiency;        /* billable in per cent of total, rounded half up; 100 when total is 0 */
};

struct hours_day {
	char day[DATE_TEXT_SIZE];
	struct hours_figures figures;
	/* against the target; meaningless when there is none */
	int64_t progress;          /* tenths of a per cent, rounded half up, at most 1000 */
	int64_t remaining;         /* seconds */
	bool reached;
	/* against the daily limit; meaningless when nothing runs */
	int64_t until_most;        /* seconds, lunch that is still to come included; never less than 0 */
	int64_t latest_end;        /* the instant at which the limit is reached */
};

struct hours_week {
	char week[DATE_TEXT_SIZE]; /* its first day */
	struct hours_figures figures;
};

/* The figures of one person. */
struct hours {
	struct hours_day *days;    /* those that have sessions, in order */
	size_t day_count;
	struct hours_week *weeks;
	size_t week_count;
	struct hours_figures sum;
};

/* Whole seconds between two instants; 0 when end is not later. */
int64_t hours_elapsed(int64_t start, int64_t end);

/* Compute the figures of one person's sessions, in a.  It sorts sessions by day and start.  Running ones count up to
 * the instant at, except forgotten ones, which count nothing. */
void hours_count(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_rules *rules,
    int64_t at, struct hours *hours);

/* Add f to sum and compute sum's efficiency again. */
void hours_add(struct hours_figures *sum, const struct hours_figures *f);

/* The first day of the week that day lies in. */
void hours_week_of(const char *day, bool sunday, char week[DATE_TEXT_SIZE]);

/* A week's pay.  Each of the two amounts is rounded half up to a cent; gross is their sum. */
struct hours_pay {
	char week[DATE_TEXT_SIZE];
	int64_t regular, overtime;           /* seconds */
	int64_t rate;                        /* cents an hour */
	int64_t regular_pay, overtime_pay, gross; /* cents */
	int64_t running;                     /* sessions that have not ended by the instant `at` and are not paid yet */
};

struct hours_payroll {
	struct hours_pay *weeks;
	size_t week_count;
	struct hours_pay *waiting;           /* weeks with running sessions and no pay: only `running` is set */
	size_t waiting_count;
	struct hours_pay sum;                /* of the lines, as shown with rounded amounts */
};

/* The pay for the days from..to, both included, in a.  The billable time of sessions that have ended by the instant at
 * is paid.  It is counted in the order of days, and what exceeds overtime_after in its week is overtime.  sessions must
 * begin with the whole week of from, or too little overtime is found. */
void hours_settle(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_rules *rules,
    int64_t rate, const char *from, const char *to, int64_t at, struct hours_payroll *payroll);

/* Add amounts, running sessions and seconds of pay to sum. */
void hours_add_pay(struct hours_pay *sum, const struct hours_pay *pay);

#endif
