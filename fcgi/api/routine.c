/* routine.c -- GET /api/reports/routine and /api/reports/routine/today: reads the query and chooses the format.  The
 * figures are computed in lib/routine/. */
#include "api/api.h"
#include "base/instant.h"
#include "base/page.h"
#include "http/member.h"
#include "http/reply.h"
#include "routine/home.h"
#include "routine/report_routine.h"

const struct member routine_today_takes[] = {
	AT_PARAM,
	PARAM("person", TEXT, "of whom; without it mine"),
	MEMBERS_END
};

/* GET /api/reports/routine/today?person= -- the tasks of today, the last seven days, streak, points, weight. */
struct problem *
routine_today_show(struct request *r)
{
	struct routine_home *home = arena_alloc(r->a, sizeof *home);
	struct problem *p;

	if ((p = routine_home_read(&r->call, given_text(r, "person"), call_now(&r->call), home)) == NULL)
		routine_home_put(home, reply_object(r, 200));
	return p;
}

const struct member reports_routine_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said; html is a page to print", .choices = "json csv html"),
	PARAM("from", DATE, "the first day", .required = "from is required: a date such as 2026-11-21."),
	PARAM("to", DATE, "the last day", .required = "to is required: a date such as 2026-11-21."),
	PARAM("person", TEXT, "of whom; without it mine"),
	MEMBERS_END
};

static struct problem *
check_days(struct request *r)
{
	int64_t days = date_days(given_text(r, "to")) - date_days(given_text(r, "from"));

	if (days < 0)
		return problem_at(r->a, PROBLEM_INVALID, "to", "to must not be earlier than from.");
	if (days >= REPORT_ROUTINE_DAYS_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "to", "A report has at most %d days.",
		    REPORT_ROUTINE_DAYS_MAX);
	return NULL;
}

static void
answer_csv(struct request *r, const struct routine_report *report)
{
	struct buf text;

	buf_init(&text, r->a);
	routine_report_csv(report, &text);
	reply_stream_start(r, 200, "text/csv; charset=utf-8; header=present");
	reply_header(r, "Content-Disposition",
	    arena_printf(r->a, "attachment; filename=\"routine-%s-%s.csv\"", report->from, report->to));
	reply_stream(r, text.text, text.length);
}

static void
answer_html(struct request *r, const struct routine_report *report)
{
	struct buf text;

	buf_init(&text, r->a);
	routine_report_html(report, &text);
	reply_stream_start(r, 200, "text/html; charset=utf-8");
	reply_header(r, "Content-Security-Policy", page_policy(r->a));
	reply_stream(r, text.text, text.length);
}

/* GET /api/reports/routine?from=&to=&person=&format= -- what was due and done, and the figures on the last day. */
struct problem *
reports_routine(struct request *r)
{
	struct problem *p;
	struct routine_report *report = arena_alloc(r->a, sizeof *report);

	*report = (struct routine_report){
		.call = &r->call,
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.person = given_text(r, "person"),
		.now = call_now(&r->call),
	};
	if ((p = check_days(r)) != NULL || (p = routine_report_read(report)) != NULL)
		return p;
	if (given_is(r, "format", "csv"))
		answer_csv(r, report);
	else if (given_is(r, "format", "html"))
		answer_html(r, report);
	else
		routine_report_put(report, reply_object(r, 200));
	return NULL;
}
