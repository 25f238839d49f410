/* reports.c -- GET /api/reports/work, /api/reports/payroll and /api/reports/time, as JSON or CSV: reads the query; the
 * figures are computed in lib/time/.  All take from and to (dates, both included) and format. */
#include <string.h>

#include "api/api.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"
#include "time/report_time.h"
#include "time/report_work.h"

/* ---- what all reports take ---- */

const struct member report_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said", .choices = "json csv"),
	PARAM("from", DATE, "the first day", .required = "from is required: a date such as 2026-11-21."),
	PARAM("to", DATE, "the last day", .required = "to is required: a date such as 2026-11-21."),
	PARAM("person", TEXT, "one person alone"),
	PARAM("style", CHOICE, "of a CSV: programs where it is not said", .choices = "people programs"),
	MEMBERS_END
};

/* Check that there are at most so many days. */
static struct problem *
check_days(struct request *r, int most)
{
	int64_t days = date_days(given_text(r, "to")) - date_days(given_text(r, "from"));

	if (days < 0)
		return problem_at(r->a, PROBLEM_INVALID, "to", "to must not be earlier than from.");
	if (days >= most)
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

/* Send one piece for each person, in an arena that is reset after it.  The first is made before anything is sent, so
 * its problem is an ordinary answer; a later one breaks the stream off. */
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
			start_stream(r, report->json,
			    arena_printf(r->a, "%s-%s-%s", report->pay ? "payroll" : "work", report->from, report->to));
		reply_stream(r, piece.text, piece.length);
	} while (!report->ended && !r->head && !r->client_gone);
	return NULL;
}

/* Copy a problem to the request, because the arena it is in is freed. */
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
	struct problem *p;
	struct arena *scratch;
	struct work_report *report = arena_alloc(r->a, sizeof *report);

	*report = (struct work_report){
		.call = &r->call,
		.only = given_text(r, "person"),
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.json = !given_is(r, "format", "csv"),
		.for_people = given_is(r, "style", "people"),
		.pay = pay,
		.at = call_now(&r->call),
	};
	if ((p = check_days(r, REPORT_DAYS_MAX)) != NULL ||
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

/* GET /api/reports/payroll?from=&to=&person=&format= -- regular time and overtime, week by week, with their pay. */
struct problem *
reports_payroll(struct request *r)
{
	return report_work(r, true);
}

/* ---- what time was for ---- */

const struct member reports_time_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said", .choices = "json csv"),
	PARAM("style", CHOICE, "of a CSV: programs where it is not said", .choices = "people programs"),
	PARAM("from", DATE, "the first day", .required = "from is required: a date such as 2026-11-21."),
	PARAM("to", DATE, "the last day", .required = "to is required: a date such as 2026-11-21."),
	PARAM("group", TEXT, "one or two groups, such as client,project",
	    .required = "group is required: one or two of person, client, project, tag, task, note, jobSite, day, week "
	    "and month."),
	PARAM("person", TEXT, "these people alone"),
	PARAM("project", TEXT, "these projects; an empty one: work without any"),
	PARAM("client", TEXT, "the projects of these clients; an empty one: work for none"),
	PARAM("tag", TEXT, "work with this tag; empty: without any", .max = 200,
	    .wrong = "tag has at most {max} bytes."),
	PARAM("billable", BOOLEAN, "what is billable, or what is not"),
	PARAM("jobSite", TEXT, "these job sites; an empty one: work at none"),
	PARAM("q", TEXT, "a part of the note, the task, a tag, the project's or the client's name", .max = 400,
	    .wrong = "q has at most {max} bytes."),
	MEMBERS_END
};

static void
stream_time(struct request *r, struct time_report *report)
{
	struct arena *scratch = arena_new();
	struct buf piece;

	start_stream(r, report->json, arena_printf(r->a, "time-%s-%s", report->from, report->to));
	do {
		arena_reset(scratch);
		buf_init(&piece, scratch);
		time_report_next(report, &piece);
		reply_stream(r, piece.text, piece.length);
	} while (!report->ended && !r->head && !r->client_gone);
	arena_free(scratch);
}

/* GET /api/reports/time?from=&to=&group= -- what the time was for. */
struct problem *
reports_time(struct request *r)
{
	struct problem *p;
	struct time_report *report = arena_alloc(r->a, sizeof *report);

	*report = (struct time_report){
		.call = &r->call,
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.group = given_text(r, "group"),
		.person = given_text(r, "person"),
		.project = given_text(r, "project"),
		.client = given_text(r, "client"),
		.tag = given_text(r, "tag"),
		.asks_billable = is_given(r, "billable"),
		.billable = given_flag(r, "billable"),
		.job_site = given_text(r, "jobSite"),
		.search = given_text(r, "q"),
		.json = !given_is(r, "format", "csv"),
		.for_people = given_is(r, "style", "people"),
		.at = call_now(&r->call),
	};
	if ((p = check_days(r, REPORT_DAYS_MAX)) == NULL && (p = time_report_open(report)) == NULL)
		stream_time(r, report);
	return p;
}
