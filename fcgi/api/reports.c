/* reports.c -- computed figures, as JSON or CSV.  What a query says is read here; what it comes to is in lib/.  Every report takes
 * from and to (dates, both included) and format. */
#include <string.h>

#include "api/api.h"
#include "base/instant.h"
#include "http/reply.h"
#include "time/report_work.h"

/* ---- what all reports take ---- */

static struct problem *
read_format(struct request *r, bool *json)
{
	const char *format = query_get(r, "format");

	*json = format == NULL || strcmp(format, "json") == 0;
	if (*json || strcmp(format, "csv") == 0)
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, "format", "format must be json or csv.");
}

static struct problem *
read_date(struct request *r, const char *name, const char **date)
{
	if ((*date = query_get(r, name)) == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, name, "%s is required: a date such as 2026-11-21.", name);
	if (!date_valid(*date))
		return problem_at(r->a, PROBLEM_INVALID, name, "%s must be a date such as 2026-11-21.", name);
	return NULL;
}

/* from and to, at most so many days. */
static struct problem *
read_days(struct request *r, int most, const char **from, const char **to)
{
	struct problem *p;

	if ((p = read_date(r, "from", from)) != NULL ||
	    (p = read_date(r, "to", to)) != NULL)
		return p;
	if (date_days(*to) < date_days(*from))
		return problem_at(r->a, PROBLEM_INVALID, "to", "to must not be earlier than from.");
	if (date_days(*to) - date_days(*from) >= most)
		return problem_at(r->a, PROBLEM_INVALID, "to", "A report has at most %d days.", most);
	return NULL;
}

static void
start_stream(struct request *r, bool json, const char *name)
{
	reply_stream_start(r, 200, json ? "application/json" : "text/csv; charset=utf-8; header=present");
	if (!json)
		reply_header(r, "Content-Disposition", arena_printf(r->a, "attachment; filename=\"%s.csv\"", name));
}

/* ---- work and payroll ---- */

/* Piece after piece, a person each, in memory that ends with it.  The first is made before anything is sent: its problem is an answer,
 * a later one breaks the stream off. */
static struct problem *
stream_work(struct request *r, struct work_report *report, struct arena *a)
{
	struct problem *p;
	struct buf piece;

	do {
		arena_reset(a);
		buf_init(&piece, a);
		if ((p = work_report_next(report, a, &piece)) != NULL)
			return p;
		if (!r->streaming)
			start_stream(r, report->json, arena_printf(r->a, "%s-%s-%s", report->pay ? "payroll" : "work", report->from, report->to));
		reply_stream(r, piece.text, piece.length);
	} while (!report->ended && !r->head && !r->client_gone);
	return NULL;
}

/* A problem outlives the memory it was made in. */
static struct problem *
keep_problem(struct request *r, const struct problem *p)
{
	struct problem *kept;

	if (p == NULL)
		return NULL;
	kept = arena_memdup(r->a, p, sizeof *p);
	kept->detail = arena_strdup(r->a, p->detail);
	kept->field = arena_strdup(r->a, p->field);
	kept->cause = arena_strdup(r->a, p->cause);
	return kept;
}

static struct problem *
report_work(struct request *r, bool pay)
{
	static const char *const known[] = { "from", "to", "person", "format", NULL };
	struct problem *p;
	struct arena *scratch;
	struct work_report *report = arena_alloc(r->a, sizeof *report);

	*report = (struct work_report){
		.db = r->db,
		.a = r->a,
		.set = r->worker->collections,
		.person = &r->person,
		.only = query_get(r, "person"),
		.pay = pay,
		.at = instant_now(),
	};
	if ((p = query_only(r, known)) != NULL ||
	    (p = read_format(r, &report->json)) != NULL ||
	    (p = read_days(r, REPORT_DAYS_MAX, &report->from, &report->to)) != NULL ||
	    (p = work_report_open(report)) != NULL)
		return p;
	scratch = arena_new();
	p = keep_problem(r, stream_work(r, report, scratch));
	arena_free(scratch);
	return p;
}

/* GET /api/reports/work?from=&to=&person=&format= -- the figures of days and weeks, person by person. */
struct problem *
reports_work(struct request *r)
{
	return report_work(r, false);
}

/* GET /api/reports/payroll?from=&to=&person=&format= -- regular and overtime, week by week, and what they are paid. */
struct problem *
reports_payroll(struct request *r)
{
	return report_work(r, true);
}
