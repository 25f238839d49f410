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
	HOURS_WEEK_MAX = 14        /* days that a week can have where another first day of the week begins to hold */
};

#define HOURS_NEVER INT64_MAX      /* a limit that is never reached */
#define HOURS_NO_RATE INT64_C(-1)

/* A session of work or lunch. */
struct hours_session {
	char day[DATE_TEXT_SIZE];
	int64_t start, end;        /* instants; end means nothing while it runs */
	bool running, lunch;
	bool aside;                /* of a day that is not counted: it only tells what other sessions overlap */
	int64_t overlap;           /* set by hours_count: seconds of work that earlier sessions have too */
};

enum hours_rounding {
	HOURS_EXACT,
	HOURS_UP,
	HOURS_DOWN,
	HOURS_NEAREST              /* half up */
};

/* How working time is counted and paid. */
struct hours_rules {
	bool lunch_per_day;        /* lunch is deducted once a day, else from each session */
	int64_t lunch_after;       /* seconds; lunch is deducted from work longer than this */
	int64_t lunch;             /* seconds that are deducted */
	int64_t long_after;        /* seconds; from work longer than this, long_lunch is deducted in all */
	int64_t long_lunch;
	bool recorded_lunch_counts;
	int64_t target, most;      /* seconds a day: the target (0: none) and the daily limit */
	bool sunday;               /* weeks begin on Sunday, else on Monday */
	int64_t day_overtime_after;  /* seconds a day */
	int64_t day_overtime_times;  /* hundredths: 150 is one and a half */
	int64_t overtime_after;    /* seconds a week, without those that are overtime of their day */
	int64_t overtime_times;    /* hundredths */
	enum hours_rounding rounding;
	int64_t rounded_to;        /* seconds; 0: no rounding */
	int64_t rate;              /* cents an hour, or HOURS_NO_RATE: nothing is paid */
};

/* The rules where nobody has chosen any: no lunch, no limit, no overtime, no rounding, no rate; weeks begin on
 * Monday. */
extern const struct hours_rules hours_rules_default;

/* Rules that hold from a day on. */
struct hours_dated {
	char from[DATE_TEXT_SIZE];
	struct hours_rules rules;
};

/* All rules of a person, in the order of their days.  Before the first of them, `before` holds. */
struct hours_plan {
	struct hours_rules before;
	const struct hours_dated *dated;
	size_t count;
};

/* The rules that hold on a day. */
const struct hours_rules *hours_rules_on(const struct hours_plan *plan, const char *day);

/* How long a session of work counts that has ended: seconds, rounded as the rules say.  Rounding twice is as once. */
int64_t hours_rounded(const struct hours_rules *rules, int64_t seconds);

/* The sums of a day, a week, or all days. */
struct hours_figures {
	int64_t raw;               /* seconds of work, each session rounded; parallel timers are added up */
	int64_t total;             /* seconds of work and lunch */
	int64_t deductions;        /* seconds of lunch that are deducted */
	int64_t paid;              /* raw less deductions, at least 0: what a rate is paid for */
	int64_t overlap;           /* seconds that sessions of work have in common, before rounding: raw has them more
	                            * than once */
	int64_t over;              /* seconds of paid above the daily limit */
	int64_t current;           /* seconds of total in sessions that still run */
	int64_t sessions, breaks, running;
	int64_t forgotten;         /* of the running ones, those over HOURS_SESSION_MAX: they count no time */
};

struct hours_day {
	char day[DATE_TEXT_SIZE];
	struct hours_figures figures;
	/* against the target; meaningless when there is none */
	int64_t progress;          /* tenths of a per cent, rounded half up, at most 1000 */
	int64_t remaining;         /* seconds */
	bool reached;
	/* against the daily limit; meaningless when nothing runs or there is none */
	int64_t until_most;        /* seconds, lunch that is still to come included; never less than 0 */
	int64_t latest_end;        /* the instant at which the limit is reached */
	bool limited;              /* something runs, and there is a limit */
	int64_t target;            /* seconds; 0: none */
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

/* Compute the figures of one person's sessions, in a.  It sorts sessions by day and start, and sets their overlap.
 * Running ones count up to the instant at, except forgotten ones, which count nothing. */
void hours_count(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_plan *plan,
    int64_t at, struct hours *hours);

/* Add f to sum. */
void hours_add(struct hours_figures *sum, const struct hours_figures *f);

/* The first day of the week that day lies in: the last one, day included, that is the first day of a week by the rules
 * that hold on it.  So a week is longer, up to HOURS_WEEK_MAX days, where another first day begins to hold. */
void hours_week_of(const struct hours_plan *plan, const char *day, char week[DATE_TEXT_SIZE]);

/* What is paid for a week at one rate.  Each of the two amounts is rounded half up to a cent; gross is their sum. */
struct hours_pay {
	char week[DATE_TEXT_SIZE];
	int64_t rate;                        /* cents an hour, or HOURS_NO_RATE */
	int64_t regular, overtime;           /* seconds */
	int64_t day_overtime;                /* those of overtime that are overtime of their day */
	int64_t unpaid;                      /* seconds of both for which there is no rate */
	int64_t overlap;                     /* seconds that are in them more than once */
	int64_t regular_pay, overtime_pay, gross; /* cents */
	int64_t running;                     /* sessions that have not ended by the instant `at` and are not paid yet */
	__int128 weight;                     /* of overtime: seconds by hundredths, for its price */
};

struct hours_payroll {
	struct hours_pay *weeks;             /* lines by week, in a week by the days on which their rates hold */
	size_t week_count;
	struct hours_pay *waiting;           /* weeks with running sessions and no pay: only `running` is set */
	size_t waiting_count;
	struct hours_pay sum;                /* of the lines, as shown with rounded amounts; it has no rate */
};

/* The pay for the days from..to, both included, in a.  The time of sessions that have ended by the instant at is paid.
 * Of each day, what exceeds day_overtime_after is overtime.  The rest is counted in the order of days, and what exceeds
 * overtime_after in its week is overtime.  sessions must begin with the whole week of from, or too little overtime is
 * found. */
void hours_settle(struct arena *a, struct hours_session *sessions, size_t count, const struct hours_plan *plan,
    const char *from, const char *to, int64_t at, struct hours_payroll *payroll);

/* Add amounts, running sessions and seconds of pay to sum. */
void hours_add_pay(struct hours_pay *sum, const struct hours_pay *pay);

#endif
