/* month.h -- what the expenses of a person come to in a calendar month: trips, tolls and parking, receipts, per diem,
 * hours, and what is missing.  Every report and every screen has its figures from here.
 *
 * A line is what its record says, or what trips and days away are worth (mileage_money.h, per_diem.h); a sum is that of
 * the lines shown.  Receipts of the category Per Diem are evidence for their day where a per diem rule is in force, and
 * count nothing by themselves; elsewhere they are receipts.  Receipts of categories that are not reimbursed count
 * nothing either.  A day off of the kinds PTO and holiday has 8 hours in the category of that name, unless it has hours
 * in it that were written down.
 *
 * Amounts are in cents, hours in hundredths, miles in tenths.  Dates are texts. */
#ifndef MONTH_H
#define MONTH_H

#include "base/json_out.h"
#include "expenses/mileage_money.h"
#include "expenses/per_diem.h"
#include "expenses/receipt_needs.h"

enum {
	MONTH_ROWS_MAX = 5000,     /* of a person in a month, of each collection */
	MONTHS_MAX = 12,           /* that are read together */
	MONTHS_ROWS_MAX = 20000,   /* of a person in these, of each collection */
	MONTH_CENTERS_MAX = 2000,  /* cost centers of a space whose names are known */
	MONTH_GAPS_MAX = 500,      /* of what is missing are listed; all are counted */
	MONTH_FIGURES_MAX = 400000 /* bytes of the figures that a report keeps; longer ones have no lines */
};

/* A cost center, or, in a month, what it has of it. */
struct month_center {
	const char *id;            /* NULL: what has no cost center */
	const char *name;          /* NULL: it is gone */
	bool per_diem_file;        /* a per diem needs a receipt */
	int64_t trips, extras, receipts, per_diem, hours; /* extras: toll and parking */
	int64_t total;
};

/* What reports of all people of a space need. */
struct month_sources {
	const struct collection *trips;  /* the collection mileage */
	struct mileage_rates rates;
	struct per_diem_rules per_diem;
	struct month_center *centers;    /* by id */
	size_t center_count;
	struct receipt_needs needs;
	const char *currency;
};

enum month_receipt_kind {
	RECEIPT_PAID,
	RECEIPT_EVIDENCE,          /* of a per diem */
	RECEIPT_NOT_REIMBURSED
};

struct month_receipt {
	const char *id, *date, *vendor, *category, *description, *cost_center;
	const char *split;         /* of which split it is a part, or NULL */
	const char *duplicate_of;  /* NULL where it is none */
	int64_t amount, split_total;
	bool has_file;
	enum month_receipt_kind kind; /* set by month_count */
};

/* Hours of a day by category, or of a month by category and cost center. */
struct month_hours {
	const char *id, *date, *category, *cost_center; /* id, date: NULL in a sum */
	int64_t hours;
};

struct month_note {
	const char *id, *date, *cost_center, *day_off;
	int64_t hours, distance;   /* away, and from base */
	bool overnight;
};

/* Something that the person still has to do. */
struct month_gap {
	const char *kind;          /* "split", "receipt", "hours", "trip", "rate", "note", "duplicate", "perDiem" */
	const char *date;
	const char *collection, *id; /* what it is about; id NULL: the day */
	const char *detail;        /* a sentence */
};

/* A day that may be worth a per diem: it has a note or a receipt for it, and a rule is in force. */
struct month_day {
	struct per_diem_facts facts;
	struct per_diem_day worth;
};

struct month {
	const char *owner;
	char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE]; /* its first and its last day */
	const struct month_sources *sources;
	/* rows, by date */
	struct mileage_trip *trips;      /* all, of which those that are paid are lines */
	size_t trip_count;
	struct month_receipt *receipts;
	size_t receipt_count;
	struct month_hours *sheets;      /* timesheets */
	size_t sheet_count;
	struct month_note *notes;
	size_t note_count;
	/* what month_count makes of them */
	struct month_day *days;
	size_t day_count;
	struct month_hours *hours;       /* by category and cost center */
	size_t hours_count;
	struct month_center *centers;    /* those that have anything, by name; what has none last */
	size_t center_count;
	struct month_gap *gaps;
	size_t gap_count;
	struct {
		int64_t miles, trips, toll, parking, receipts, per_diem, not_reimbursed, hours, total;
	} sum;
};

/* Read what all months of the call's space need, in its arena. */
struct problem *month_sources_read(const struct call *call, struct month_sources *sources) MUST_CHECK;

/* Read and count the month that the day (a valid date) is in, of this person, in the arena of the call.  Inside a write
 * it is as the ops before have left it.  Whether the asking person may see it is for the caller to check.
 * PROBLEM_TOO_MUCH for more than MONTH_ROWS_MAX. */
struct problem *month_read(const struct call *call, const struct month_sources *sources, const char *owner,
    const char *day, struct month *month) MUST_CHECK;

/* The same for the months from that of one day to that of another, in their order; each collection is one statement.
 * There are at most MONTHS_MAX of them; more are left out. */
struct problem *months_read(const struct call *call, const struct month_sources *sources, const char *owner,
    const char *from, const char *to, struct month months[MONTHS_MAX], size_t *count) MUST_CHECK;

/* Set the first and the last day of the month that the day is in. */
void month_span(const char *day, char from[DATE_TEXT_SIZE], char to[DATE_TEXT_SIZE]);

/* Count a month whose rows are there: the trips priced and in their order, the others by date.  Its results are in
 * a. */
void month_count(struct arena *a, struct month *month);

/* Put its figures as members of the object that is open: from, to, currency, sum, costCenters, hours, missing, and with
 * lines also trips, receipts, perDiem. */
void month_put(struct json_out *out, const struct month *month, bool lines);

/* The same as the text that an expense report keeps; without lines where it would be longer than
 * MONTH_FIGURES_MAX. */
const char *month_figures(struct arena *a, const struct month *month);

/* Records (values of the collection) as they are counted, in a. */
void per_diem_rule_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct per_diem_rule *rule);
void month_center_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_center *center);
void month_receipt_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_receipt *receipt);
void month_sheet_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_hours *sheet);
void month_note_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_note *note);

/* ---- for other reports ---- */

/* Put a day and what it is worth as an object of the array that is open. */
void month_day_put(struct json_out *out, const struct month_day *day);

/* What is paid of a trip beside its distance. */
int64_t month_toll(const struct mileage_trip *trip);
int64_t month_parking(const struct mileage_trip *trip);

/* The name of a cost center; NULL where it is gone or there is none. */
const char *month_center_name(const struct month_sources *sources, const char *id);

#endif
