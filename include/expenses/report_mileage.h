/* report_mileage.h -- the trips of a space with what each is worth, person by person, and by month.  The prices are
 * those of mileage_money.h.  A person sees those whose trips they see (policy.h). */
#ifndef REPORT_MILEAGE_H
#define REPORT_MILEAGE_H

#include "base/json_out.h"
#include "expenses/mileage_money.h"

enum report_format {
	REPORT_JSON,
	REPORT_CSV,
	REPORT_HTML
};

/* What trips come to.  Tolls and parking are those of trips that are paid. */
struct mileage_sum {
	int64_t trips, miles;               /* of all categories, and tenths */
	int64_t business, business_miles;   /* trips that are paid, and their tenths */
	int64_t amount, toll, parking;      /* cents */
	int64_t unrated, underway;          /* trips that no rate pays, and those that have not ended */
};

struct mileage_report {
	/* from the caller */
	const struct call *call;  /* its arena is that of the whole report */
	const char *from, *to;    /* dates, both included */
	const char *only;         /* the id of one person, or NULL */
	enum report_format format;
	bool by_month;            /* months alone, without their trips */
	/* the state of the report */
	const char *currency;
	struct mileage_rates rates;
	struct rows *people;
	size_t next;
	struct mileage_sum sum;
	bool begun, ended;
	struct json_out out;      /* the open JSON, which continues from piece to piece */
};

/* Find the people it is about.  PROBLEM_NOT_FOUND when the person may not see `only`, PROBLEM_FORBIDDEN when they may
 * not read trips. */
struct problem *mileage_report_open(struct mileage_report *report) MUST_CHECK;

/* Append the next piece to out, with memory from a, which may end before the next call; ->ended after the last one.
 * PROBLEM_TOO_MUCH as mileage_read has it. */
struct problem *mileage_report_next(struct mileage_report *report, struct arena *a, struct buf *out) MUST_CHECK;

/* Cents as people read them: "12.50". */
char *cents_text(struct arena *a, int64_t cents);

/* ---- how a piece is written (report_mileage_text.c) ---- */

/* A person whose trips are shown. */
struct mileage_person {
	const char *id, *name;
	const struct mileage_trips *trips;
};

void mileage_text_begin(struct mileage_report *report, struct buf *out);
void mileage_text_person(struct mileage_report *report, const struct mileage_person *person, struct buf *out);
void mileage_text_end(struct mileage_report *report, struct buf *out);

/* Add a trip to a sum, and a sum to another. */
void mileage_sum_trip(struct mileage_sum *sum, const struct mileage_trip *trip);
void mileage_sum_add(struct mileage_sum *sum, const struct mileage_sum *more);

#endif
