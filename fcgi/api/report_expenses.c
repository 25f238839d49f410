/* report_expenses.c -- GET /api/reports/mileage, /api/reports/logbook and /api/mileage/suggested-start: reads the query
 * and chooses the format.  The figures are computed in lib/expenses/. */
#include <string.h>

#include "api/api.h"
#include "base/decimal.h"
#include "base/instant.h"
#include "base/page.h"
#include "expenses/logbook.h"
#include "expenses/odometer.h"
#include "expenses/people.h"
#include "expenses/report_mileage.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/policy.h"

static enum report_format
asked_format(const struct request *r)
{
	return given_is(r, "format", "csv") ? REPORT_CSV : given_is(r, "format", "html") ? REPORT_HTML : REPORT_JSON;
}

static void
start_stream(struct request *r, enum report_format format, const char *name)
{
	static const char *const types[] = {
		[REPORT_JSON] = "application/json",
		[REPORT_CSV] = "text/csv; charset=utf-8; header=present",
		[REPORT_HTML] = "text/html; charset=utf-8",
	};

	reply_stream_start(r, 200, types[format]);
	if (format == REPORT_CSV)
		reply_header(r, "Content-Disposition", arena_printf(r->a, "attachment; filename=\"%s.csv\"", name));
	if (format == REPORT_HTML)
		reply_header(r, "Content-Security-Policy", page_policy(r->a));
}

static struct problem *
check_days(struct request *r)
{
	int64_t days = date_days(given_text(r, "to")) - date_days(given_text(r, "from"));

	if (days < 0)
		return problem_at(r->a, PROBLEM_INVALID, "to", "to must not be earlier than from.");
	if (days >= MILEAGE_DAYS_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "to", "A report has at most %d days.", MILEAGE_DAYS_MAX);
	return NULL;
}

/* ---- trips ---- */

const struct member reports_mileage_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said; html is a page to print", .choices = "json csv html"),
	PARAM("from", DATE, "the first day", .required = "from is required: a date such as 2026-11-21."),
	PARAM("to", DATE, "the last day", .required = "to is required: a date such as 2026-11-21."),
	PARAM("person", TEXT, "one person alone"),
	PARAM("by", CHOICE, "month: without the trips", .choices = "trip month"),
	MEMBERS_END
};

/* Send one piece for each person, in an arena that is reset after it.  The first is made before anything is sent, so
 * its problem is an ordinary answer; a later one breaks the stream off. */
static struct problem *
stream_mileage(struct request *r, struct mileage_report *report, struct arena *a)
{
	struct problem *p;
	struct buf piece;

	do {
		arena_reset(a);
		buf_init(&piece, a);
		if ((p = mileage_report_next(report, a, &piece)) != NULL)
			return p;
		if (!r->streaming)
			start_stream(r, report->format,
			    arena_printf(r->a, "mileage-%s-%s", report->from, report->to));
		reply_stream(r, piece.text, piece.length);
	} while (!report->ended && !r->head && !r->client_gone);
	return NULL;
}

/* GET /api/reports/mileage?from=&to=&person=&by=&format= -- trips and what they are worth, person by person. */
struct problem *
reports_mileage(struct request *r)
{
	struct problem *p;
	struct arena *scratch;
	struct mileage_report *report = arena_alloc(r->a, sizeof *report);

	*report = (struct mileage_report){
		.call = &r->call,
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.only = given_text(r, "person"),
		.format = asked_format(r),
		.by_month = given_is(r, "by", "month"),
	};
	if ((p = check_days(r)) != NULL || (p = mileage_report_open(report)) != NULL)
		return p;
	scratch = arena_new();
	if ((p = stream_mileage(r, report, scratch)) != NULL)
		p = problem_copy(r->a, p);
	arena_free(scratch);
	return p;
}

/* ---- the logbook ---- */

const struct member reports_logbook_takes[] = {
	AT_PARAM,
	PARAM("format", CHOICE, "json where it is not said; html is a page to print", .choices = "json csv html"),
	PARAM("from", DATE, "the first day", .required = "from is required: a date such as 2026-11-21."),
	PARAM("to", DATE, "the last day", .required = "to is required: a date such as 2026-11-21."),
	PARAM("person", TEXT, "whose trips; without it one's own"),
	MEMBERS_END
};

static struct problem *
stream_logbook(struct request *r, struct logbook *book, struct arena *a)
{
	struct problem *p;
	struct buf piece;

	do {
		arena_reset(a);
		buf_init(&piece, a);
		if ((p = logbook_next(book, a, &piece)) != NULL)
			return p;
		if (!r->streaming)
			start_stream(r, book->format, arena_printf(r->a, "logbook-%s-%s", book->from, book->to));
		reply_stream(r, piece.text, piece.length);
	} while (!book->ended && !r->head && !r->client_gone);
	return NULL;
}

/* GET /api/reports/logbook?from=&to=&person=&format=&at= -- trips with all writes of them, as an auditor reads them. */
struct problem *
reports_logbook(struct request *r)
{
	struct problem *p;
	struct arena *scratch;
	struct logbook *book = arena_alloc(r->a, sizeof *book);

	*book = (struct logbook){
		.call = &r->call,
		.from = given_text(r, "from"),
		.to = given_text(r, "to"),
		.person = given_text(r, "person"),
		.format = asked_format(r),
	};
	if ((p = check_days(r)) != NULL || (p = logbook_open(book)) != NULL)
		return p;
	scratch = arena_new();
	if ((p = stream_logbook(r, book, scratch)) != NULL)
		p = problem_copy(r->a, p);
	arena_free(scratch);
	return p;
}

/* ---- the odometer ---- */

const struct member mileage_suggested_start_takes[] = {
	PARAM("date", DATE, "the day of the new trip", .required = "date is required: a date such as 2026-11-21."),
	PARAM("vehicle", ID, "the vehicle; without it the one that is used unless another is chosen"),
	PARAM("person", TEXT, "whose trips; without it one's own"),
	MEMBERS_END
};

/* GET /api/mileage/suggested-start?date=&vehicle=&person= -- the odometer at which a new trip would begin. */
struct problem *
mileage_suggested_start(struct request *r)
{
	const struct collection *c = collection_find(r->call.set, "mileage");
	const char *person = is_given(r, "person") ? given_text(r, "person") : r->call.person->user_id;
	struct odometer_vehicle vehicle;
	struct odometer odometer;
	struct rows *people;
	struct json_out *out;
	struct problem *p;

	if (c == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There are no trips here.");
	if ((p = policy_may(r->a, r->call.person, c, MAY_READ)) != NULL ||
	    (is_given(r, "person") && (p = expense_people(&r->call, c, person, &people)) != NULL) ||
	    (p = odometer_suggest(&r->call, person, given_text(r, "date"), given_text(r, "vehicle"), &vehicle,
	    &odometer)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_some(out, "vehicle", vehicle.id);
	put_text(out, "unit", vehicle.by_km ? "km" : "mi");
	if (!odometer.known) {
		put_null(out, "odometer");
		return NULL;
	}
	put_json(out, "odometer", decimal_format(r->a, odometer.reading, 1));
	put_json(out, "counted", decimal_format(r->a, odometer.counted, 1));
	put_object(out, "since");
	put_text(out, "kind", odometer.kind);
	put_text(out, "id", odometer.id);
	put_some(out, "date", odometer.date);
	put_end(out);
	return NULL;
}
