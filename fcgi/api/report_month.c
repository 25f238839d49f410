/* report_month.c -- GET /api/reports/month and /api/reports/perdiem: reads the query and chooses the format.  The
 * figures are computed in lib/expenses/. */
#include "expenses/report_month.h"

#include "api/api.h"
#include "base/page.h"
#include "http/member.h"
#include "http/reply.h"

const struct member reports_month_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said; html is a page to print", .choices = "json csv html"),
	PARAM("from", DATE, "the first day", .required = "from is required: a date such as 2026-11-21."),
	PARAM("to", DATE, "the last day", .required = "to is required: a date such as 2026-11-21."),
	PARAM("person", TEXT, "one person alone"),
	PARAM("style", CHOICE, "of a CSV: programs where it is not said", .choices = "people programs"),
	MEMBERS_END
};

static void
start_stream(struct request *r, const struct month_report *report)
{
	static const char *const types[] = {
		[MONTH_JSON] = "application/json",
		[MONTH_CSV] = "text/csv; charset=utf-8; header=present",
		[MONTH_SHEET] = "text/csv; charset=utf-8; header=present",
		[MONTH_PAGE] = "text/html; charset=utf-8",
	};

	reply_stream_start(r, 200, types[report->format]);
	if (report->format == MONTH_PAGE)
		reply_header(r, "Content-Security-Policy", page_policy(r->a));
	else if (report->format != MONTH_JSON)
		reply_header(r, "Content-Disposition", arena_printf(r->a, "attachment; filename=\"%s-%s-%s.csv\"",
		    report->days ? "perdiem" : "month", report->from, report->to));
}

/* Send one piece for each person, in an arena that is reset after it.  The first is made before anything is sent, so
 * its problem is an ordinary answer; a later one breaks the stream off. */
static struct problem *
stream(struct request *r, struct month_report *report, struct arena *a)
{
	struct problem *p;
	struct buf piece;

	do {
		arena_reset(a);
		buf_init(&piece, a);
		if ((p = month_report_next(report, a, &piece)) != NULL)
			return problem_copy(r->a, p);
		if (!r->streaming)
			start_stream(r, report);
		reply_stream(r, piece.text, piece.length);
	} while (!report->ended && !r->head && !r->client_gone);
	return NULL;
}

static struct problem *
report_months(struct request *r, bool days)
{
	struct problem *p;
	struct arena *scratch;
	struct month_report *report = arena_alloc(r->a, sizeof *report);

	*report = (struct month_report){
		.call = &r->call,
		.only = given_text(r, "person"),
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.days = days,
		.format = given_is(r, "format", "html") ? MONTH_PAGE : !given_is(r, "format", "csv") ? MONTH_JSON
		    : given_is(r, "style", "people") ? MONTH_SHEET : MONTH_CSV,
	};
	if ((p = month_report_open(report)) != NULL)
		return p;
	scratch = arena_new();
	p = stream(r, report, scratch);
	arena_free(scratch);
	return p;
}

/* GET /api/reports/month?from=&to=&person=&format= -- trips, receipts, per diem and hours, person by person and month
 * by month. */
struct problem *
reports_month(struct request *r)
{
	return report_months(r, false);
}

/* GET /api/reports/perdiem?from=&to=&person=&format= -- what each day away is worth, and why. */
struct problem *
reports_perdiem(struct request *r)
{
	return report_months(r, true);
}
