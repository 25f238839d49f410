/* report_fleet.c -- GET /api/reports/shift and /api/reports/fleet: reads the query and chooses the format.  The figures
 * are computed in lib/fleet/report_fleet.c. */
#include "fleet/report_fleet.h"

#include "api/api.h"
#include "base/page.h"
#include "http/member.h"
#include "http/reply.h"

static void
answer_csv(struct request *r, const struct buf *text, const char *name)
{
	reply_stream_start(r, 200, "text/csv; charset=utf-8; header=present");
	reply_header(r, "Content-Disposition", arena_printf(r->a, "attachment; filename=\"%s.csv\"", name));
	reply_stream(r, text->text, text->length);
}

static void
answer_html(struct request *r, const struct buf *text)
{
	reply_stream_start(r, 200, "text/html; charset=utf-8");
	reply_header(r, "Content-Security-Policy", page_policy(r->a));
	reply_stream(r, text->text, text->length);
}

const struct member reports_shift_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said; html is a page to print", .choices = "json csv html"),
	PARAM("id", TEXT, "the shift; without it the newest"),
	MEMBERS_END
};

/* GET /api/reports/shift?id=&format= -- without an id, the newest shift, open or not. */
struct problem *
reports_shift(struct request *r)
{
	struct problem *p;
	struct fleet_source source = { .call = &r->call };
	struct fleet_shift shift;
	struct buf text;

	if ((p = report_shift_read(&source, given_text(r, "id"), &shift)) != NULL)
		return p;
	buf_init(&text, r->a);
	if (given_is(r, "format", "csv")) {
		report_shift_csv(&source, &shift, &text);
		answer_csv(r, &text, arena_printf(r->a, "shift-%s", shift.id));
	} else if (given_is(r, "format", "html")) {
		report_shift_html(&source, &shift, &text);
		answer_html(r, &text);
	} else {
		report_shift_put(&source, &shift, reply_object(r, 200));
	}
	return NULL;
}

const struct member reports_fleet_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said", .choices = "json csv"),
	PARAM("from", TEXT, "the first day, or an instant",
	  .required = "from is required: a date such as 2026-11-21, or an instant."),
	PARAM("to", TEXT, "the last day, or an instant",
	  .required = "to is required: a date such as 2026-11-21, or an instant."),
	PARAM("person", TEXT, "writes of one person alone"),
	MEMBERS_END
};

/* GET /api/reports/fleet?from=&to=&person=&format= -- what the cars did in this time. */
struct problem *
reports_fleet(struct request *r)
{
	struct problem *p;
	struct fleet_source source = { .call = &r->call };
	struct fleet_span span = {
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.person = given_text(r, "person"),
	};
	struct buf text;

	if ((p = report_fleet_read(&source, &span)) != NULL)
		return p;
	if (!given_is(r, "format", "csv")) {
		report_fleet_put(&source, &span, reply_object(r, 200));
		return NULL;
	}
	buf_init(&text, r->a);
	report_fleet_csv(&span, &text);
	answer_csv(r, &text, arena_printf(r->a, "fleet-%.10s-%.10s", span.from, span.to));
	return NULL;
}
