/* expenses_reports.h -- expense reports of the expenses API: how their states and people are told there. */
#ifndef COMPAT_EXPENSES_REPORTS_H
#define COMPAT_EXPENSES_REPORTS_H

#include "compat/expenses_rows.h"
#include "expenses/month.h"

/* A report, or the month of a person that has none. */
struct wire_report {
	const char *owner, *year, *month;   /* year and month as numbers without zeros */
	const char *from;                   /* the first day */
	const struct collection *c;
	struct record record;
	const char **values;
	bool is;                            /* there is a record, and the person sees it */
};

/* The name of a state on the wire: "draft", "pending_supervisor" … */
const char *report_wire_state(const char *state);

/* Find the report of a person and month.  PROBLEM_INVALID for a month that is none, PROBLEM_FORBIDDEN where the person
 * may not see what this employee has. */
struct problem *report_find(struct request *r, const char *employee, const char *month, const char *year,
    struct wire_report *report) MUST_CHECK;

/* Find a report by its id. */
struct problem *report_find_id(struct request *r, const char *id, struct wire_report *report) MUST_CHECK;

/* Put the members of a report, without its reportData, into the open object. */
struct problem *report_put(struct lookups *l, struct json_out *out, const struct wire_report *report) MUST_CHECK;

/* Put `reportData`: the rows of the month and what they come to. */
struct problem *report_put_data(struct lookups *l, struct json_out *out, const struct wire_report *report) MUST_CHECK;

/* ---- expenses_figures.c ---- */

/* Read the month that the day is in. */
struct problem *figures_read(struct lookups *l, const char *owner, const char *day, struct month *month) MUST_CHECK;

/* Put what a month comes to: totalMiles, totalMileageAmount … */
void figures_put(struct lookups *l, struct json_out *out, const struct month *month);

/* Cents and hundredths as numbers of JSON. */
void put_hundredths(struct arena *a, struct json_out *out, const char *name, int64_t n);

/* ---- expenses_signing.c ---- */

/* Give an op what a body, or its reportData, says of a signature: a data: URL becomes a file, anything else is a name
 * that was signed with.  *is says whether there was any. */
struct problem *sign(struct request *r, struct json_object *body, const char *member, struct op *op, const char *image,
    const char *name, bool *is) MUST_CHECK;

/* A member of the body, or of its reportData; NULL where neither has it. */
struct json_object *report_member(struct json_object *body, const char *name);

/* Put a signature: as a data: URL where it is small, else its address; null where there is none. */
struct problem *put_signature(struct lookups *l, struct json_out *out, const char *name, const char *file,
    const char *signed_as) MUST_CHECK;

/* What a person keeps for their next approval: a signature of their own, and that they certify a report. */
struct approval {
	const char *signature;   /* the name of a file, or NULL */
	const char *certifies;   /* the id of a report, or NULL */
};
struct problem *approval_read(struct lookups *l, struct approval *approval) MUST_CHECK;
struct problem *approval_keep(struct lookups *l, const char *signature, const char *certifies) MUST_CHECK;

#endif
