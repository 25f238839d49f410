/* per_diem.h -- what days away are worth: the one formula for it.  No database, no clock.  The golden cases are in
 * tests/fixtures/expenses/per-diem.json; the web app computes the same.
 *
 * A rule (a record of perDiemRules) holds from a day on, for one cost center or for those that have none of their own.
 * Of a day those rules hold that began last, among the rules of its cost center, else among the rules without one.  If
 * that is one rule, a night away stands for its miles and its distance.  If they are several, they are tiers: of those
 * whose every condition is met the highest rank holds, of equal ranks the greatest amount.
 *
 * A day without a day note, and a day off, is worth nothing.  Each day says why it is worth what it is.
 *
 * Amounts are in cents, hours in hundredths, miles and distances in tenths. */
#ifndef PER_DIEM_H
#define PER_DIEM_H

#include "base/instant.h"
#include "model/call.h"

enum {
	PER_DIEM_RULES_MAX = 400 /* of a space */
};

struct per_diem_rule {
	const char *id;
	char from[DATE_TEXT_SIZE];
	const char *cost_center;    /* NULL: of all that have no rules of their own */
	const char *name;           /* of the tier */
	int64_t rank, amount;
	int64_t min_hours, min_miles, min_distance; /* 0: no condition */
	bool overnight;             /* only with a night away */
	bool use_actual;            /* what was spent, up to the amount */
	bool limited;               /* by monthly_max */
	int64_t monthly_max;
};

/* The rules of a space, in any order. */
struct per_diem_rules {
	struct per_diem_rule *all;
	size_t count;
};

/* What is known of a day. */
struct per_diem_facts {
	char date[DATE_TEXT_SIZE];
	bool noted;                 /* there is a day note */
	const char *cost_center;    /* of the note, or NULL */
	const char *day_off;        /* of the note, or NULL */
	int64_t hours, distance;    /* away, and from base; 0 where the note does not say */
	int64_t miles;              /* driven on business trips that have ended */
	bool overnight;
	int64_t spent;              /* the receipts of the category Per Diem */
};

struct per_diem_day {
	bool ruled;                 /* a rule is in force, whether it pays or not */
	const struct per_diem_rule *rule; /* that was met, or NULL */
	int64_t amount;
	const char *reason;         /* a sentence */
};

/* Whether any rule is in force on a day of this cost center (or NULL). */
bool per_diem_in_force(const struct per_diem_rules *rules, const char *cost_center, const char *date);

/* What the days of one calendar month are worth, in their order: monthlyMax limits the running sum.  days has room for
 * one result for each of the facts; reasons are in a. */
void per_diem_count(struct arena *a, const struct per_diem_rules *rules, const struct per_diem_facts *facts,
    size_t count, struct per_diem_day *days);

#endif
