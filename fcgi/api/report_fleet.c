/* report_fleet.c -- GET /api/reports/shift and /api/reports/fleet: read the query, choose the form.  The figures are lib/fleet/report_fleet.c's. */
#include "fleet/report_fleet.h"

#include <string.h>

#include "api/api.h"
#include "http/reply.h"

enum form {
	FORM_JSON,
	FORM_CSV,
	FORM_HTML
};

static struct problem *
read_form(struct request *r, enum form last, enum form *form)
{
	static const char *const names[] = { "json", "csv", "html" };
	const char *text = query_get(r, "format");

	for (*form = FORM_JSON; text != NULL && *form <= last; ++*form)
		if (strcmp(names[*form], text) == 0)
			return NULL;
	if (text == NULL)
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, "format", last == FORM_HTML ? "format must be json, csv or html." : "format must be json or csv.");
}

static struct fleet_source
source_of(struct request *r)
{
	return (struct fleet_source){
		.db = r->db,
		.a = r->a,
		.set = r->worker->collections,
		.person = &r->person,
	};
}

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
	reply_header(r, "Content-Security-Policy", report_html_policy(r->a));
	reply_stream(r, text->text, text->length);
}

/* GET /api/reports/shift?id=&format= -- without an id the newest one, under way or not. */
struct problem *
reports_shift(struct request *r)
{
	static const char *const known[] = { "id", "format", NULL };
	struct problem *p;
	struct fleet_source source = source_of(r);
	struct fleet_shift shift;
	enum form form;
	struct buf text;

	if ((p = query_only(r, known)) != NULL ||
	    (p = read_form(r, FORM_HTML, &form)) != NULL ||
	    (p = report_shift_read(&source, query_get(r, "id"), &shift)) != NULL)
		return p;
	if (form == FORM_JSON) {
		report_shift_json(&source, &shift, reply_json(r, 200));
		return NULL;
	}
	buf_init(&text, r->a);
	if (form == FORM_CSV) {
		report_shift_csv(&source, &shift, &text);
		answer_csv(r, &text, arena_printf(r->a, "shift-%s", shift.id));
	} else {
		report_shift_html(&source, &shift, &text);
		answer_html(r, &text);
	}
	return NULL;
}

static struct problem *
read_bound(struct request *r, const char *name, const char **text)
{
	if ((*text = query_get(r, name)) == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, name, "%s is required: a date such as 2026-11-21, or an instant.", name);
	return NULL;
}

/* GET /api/reports/fleet?from=&to=&person=&format= -- what the cars did in this time. */
struct problem *
reports_fleet(struct request *r)
{
	static const char *const known[] = { "from", "to", "person", "format", NULL };
	struct problem *p;
	struct fleet_source source = source_of(r);
	struct fleet_span span = { .person = query_get(r, "person") };
	enum form form;
	struct buf text;

	if ((p = query_only(r, known)) != NULL ||
	    (p = read_form(r, FORM_CSV, &form)) != NULL ||
	    (p = read_bound(r, "from", &span.from)) != NULL ||
	    (p = read_bound(r, "to", &span.to)) != NULL ||
	    (p = report_fleet_read(&source, &span)) != NULL)
		return p;
	if (form == FORM_JSON) {
		report_fleet_json(&source, &span, reply_json(r, 200));
		return NULL;
	}
	buf_init(&text, r->a);
	report_fleet_csv(&span, &text);
	answer_csv(r, &text, arena_printf(r->a, "fleet-%.10s-%.10s", span.from, span.to));
	return NULL;
}
