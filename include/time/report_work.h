/* report_work.h -- working time and pay of the people of a space, from their records.  Whose working time a person may
 * see is decided here and in SQL; the figures are computed in hours.c.
 *
 * What each of their days is counted and paid by is in work_plan.h. */
#ifndef REPORT_WORK_H
#define REPORT_WORK_H

#include "base/json_out.h"
#include "model/call.h"
#include "time/hours.h"
#include "time/work_plan.h"

enum {
	REPORT_DAYS_MAX = 366,
	REPORT_SESSIONS_MAX = 20000 /* of one person in one report */
};

struct work_report {
	/* from the caller */
	const struct call *call;   /* its arena is that of the whole report */
	const char *from, *to;     /* dates, both included */
	const char *only;          /* the id of one person, or NULL */
	bool pay;                  /* payroll, else the figures of days and weeks */
	bool json;                 /* else CSV */
	bool for_people;           /* CSV: labels, h:mm, and the sum in the last line */
	int64_t at;                /* running sessions count up to here */
	/* the state of the report */
	const char *currency;      /* of the space, for the amounts of a payroll */
	struct work_dated_list rules;
	struct rows *people;
	size_t next;
	size_t shown;              /* people in the answer so far */
	struct hours_figures sum;
	struct hours_pay paid;
	bool begun, ended;
	struct json_out out;       /* the open JSON, which continues from piece to piece */
};

/* Find the people it is about.  PROBLEM_NOT_FOUND when the person may not see `only` or there are no workSessions,
 * PROBLEM_FORBIDDEN when they may not read these. */
struct problem *work_report_open(struct work_report *report) MUST_CHECK;

/* Append the next piece to out, with memory from a, which may end before the next call; ->ended after the last one. */
struct problem *work_report_next(struct work_report *report, struct arena *a, struct buf *out) MUST_CHECK;

/* ---- the lines of a CSV for people (report_work_sheet.c) ---- */

void work_sheet_begin(const struct work_report *report, struct buf *out);
void work_sheet_day(struct buf *out, const char *name, const struct hours_day *day);
void work_sheet_week(const struct work_report *report, struct buf *out, const char *name, const struct hours_pay *pay);
void work_sheet_end(const struct work_report *report, struct buf *out);

/* ---- the parts, for tests ---- */

/* A record of c, the collection workSessions, as hours.h takes it. */
struct hours_session work_session_of(struct arena *a, const struct collection *c, const char *const *values);

/* The figures as members of the object that is open: "days":[…],"weeks":[…],"sum":{…}. */
void work_hours_put(struct json_out *out, const struct hours *hours);
void work_payroll_put(struct json_out *out, const struct hours_payroll *payroll);

#endif
