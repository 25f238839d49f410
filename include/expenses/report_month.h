/* report_month.h -- the month reports of the people of a space, and what their days away are worth: as JSON, as CSV,
 * and as a page to print.  The figures are those of month.h.  One person after the other is read and added to the
 * answer.
 *
 * A month report is of whole calendar months: those that the days from..to lie in.  A report of per diem has the days
 * themselves; what is left of the most of a month is counted from the beginning of the month all the same. */
#ifndef REPORT_MONTH_H
#define REPORT_MONTH_H

#include "base/json_out.h"
#include "expenses/month.h"

enum month_format {
	MONTH_JSON,
	MONTH_CSV,                 /* for programs: cents, and names of fields */
	MONTH_SHEET,               /* CSV for people: labels, amounts with a point, and the sum in the last line */
	MONTH_PAGE                 /* HTML to print */
};

/* The expense report of a month. */
struct month_handed {
	const char *id, *from, *state;
	const char *total;         /* canonical; NULL before it was handed in */
};

struct month_report {
	/* from the caller */
	const struct call *call;   /* its arena is that of the whole report */
	const char *from, *to;     /* dates, both included; at most MONTHS_MAX calendar months */
	const char *only;          /* the id of one person, or NULL */
	bool days;                 /* of per diem, else of months */
	enum month_format format;
	/* the state of the report */
	struct month_sources sources;
	struct rows *people;
	size_t next;
	size_t shown;              /* people in the answer so far */
	struct {
		int64_t trips, toll, parking, receipts, per_diem, total, not_reimbursed, hours, miles;
	} sum;
	bool begun, ended;
	struct json_out out;       /* the open JSON, which continues from piece to piece */
};

/* Find the people it is about: those whose expenses the asking person sees.  PROBLEM_INVALID for more than MONTHS_MAX
 * months, PROBLEM_NOT_FOUND for a person whose expenses they do not see. */
struct problem *month_report_open(struct month_report *report) MUST_CHECK;

/* Append the next piece to out, with memory from a, which may end before the next call; ->ended after the last one. */
struct problem *month_report_next(struct month_report *report, struct arena *a, struct buf *out) MUST_CHECK;

/* ---- the parts that write a person (report_month_text.c) ---- */

/* One person's months, and the expense reports of these by their first day. */
struct month_person {
	const char *id, *name;
	struct month *months;
	size_t count;
	const struct month_handed *handed;
	size_t handed_count;
};

/* The expense report of a month; NULL where there is none. */
const struct month_handed *month_handed_of(const struct month_person *person, const struct month *month);

/* Whether a day is one of those that were asked for. */
bool month_report_has(const struct month_report *report, const char *day);

void month_text_begin(const struct month_report *report, struct buf *out);
void month_text_person(const struct month_report *report, struct buf *out, const struct month_person *person);
void month_text_end(const struct month_report *report, struct buf *out);

#endif
