/* report_work.c -- handles one person after the other: reads their terms and sessions, computes their figures, and
 * adds a piece to the answer.  One statement reads all sessions of a person, so a session that is moved meanwhile is
 * neither missed nor counted twice. */
#include "time/report_work.h"

#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/json_out.h"
#include "model/policy.h"
#include "record/space.h"
#include "store/statement.h"

enum {
	DAY_MILLISECONDS = 86400000
};

/* ---- records as hours.h takes them ---- */

struct hours_session
work_session_of(struct arena *a, const struct collection *c, const char *const *values)
{
	const char *start = value_named(c, values, "start"), *end = value_named(c, values, "end");
	const char *day = value_plain(a, value_named(c, values, "day"));
	const char *kind = value_plain(a, value_named(c, values, "kind"));
	struct hours_session s = { .running = end == NULL, .lunch = kind != NULL && strcmp(kind, "lunch") == 0 };

	s.start = start == NULL ? 0 : value_instant_of(start);
	s.end = end == NULL ? 0 : value_instant_of(end);
	if (day != NULL)
		memcpy(s.day, day, sizeof s.day);
	return s;
}

/* ---- the sessions of a person ---- */

/* The first day that counts: for pay, the first of the week that `from` lies in. */
static void
look_back(const struct work_report *report, const struct hours_plan *plan, char first[DATE_TEXT_SIZE])
{
	memcpy(first, report->from, DATE_TEXT_SIZE);
	if (report->pay)
		hours_week_of(plan, report->from, first);
	if (!date_valid(first))
		memcpy(first, "1000-01-01", DATE_TEXT_SIZE);
}

/* A bound for the start of sessions, days from day in UTC.  No zone differs from UTC by a day, and no session is longer
 * than one: so what overlaps the sessions of the first day starts two days before it at the earliest. */
static struct value
bound(struct arena *a, const char *day, int days)
{
	return value_text(instant_text(a, (date_days(day) + days) * DAY_MILLISECONDS));
}

static struct problem *
read_sessions(struct work_report *report, struct arena *a, const char *owner, const struct hours_plan *plan,
    struct hours_session **sessions, size_t *count)
{
	struct problem *p;
	struct rows *rows;
	const struct collection *c = collection_find(report->call->set, "workSessions");
	char first[DATE_TEXT_SIZE];

	look_back(report, plan, first);
	p = db_run(report->call->db, a, SQL(WORK_SESSIONS),
	    VALUES(value_id(report->call->person->space_id), value_id(owner), bound(a, first, -2),
	        bound(a, report->to, 2), value_integer(REPORT_SESSIONS_MAX + 1)),
	    &rows);
	if (p != NULL)
		return p;
	if (rows->count > REPORT_SESSIONS_MAX)
		return problem_at(a, PROBLEM_INVALID, "from",
		    "One person has more than %d sessions in this time; ask for fewer days.", REPORT_SESSIONS_MAX);
	*sessions = arena_alloc(a, (rows->count + 1) * sizeof **sessions);
	*count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const char *doc = row_text(rows, i, WORK_SESSION_DOC);
		struct hours_session s = work_session_of(a, c, (const char *const *)values_parse(a, c, doc, NULL));

		s.aside = strcmp(s.day, first) < 0 || strcmp(s.day, report->to) > 0;
		(*sessions)[(*count)++] = s;
	}
	return NULL;
}

/* ---- JSON ---- */

static void
put_figures(struct json_out *out, const struct hours_figures *f)
{
	put_integer(out, "raw", f->raw);
	put_integer(out, "total", f->total);
	put_integer(out, "deductions", f->deductions);
	put_integer(out, "paid", f->paid);
	put_integer(out, "overlap", f->overlap);
	put_integer(out, "over", f->over);
	put_integer(out, "sessions", f->sessions);
	put_integer(out, "breaks", f->breaks);
	put_integer(out, "running", f->running);
	put_integer(out, "forgotten", f->forgotten);
	put_integer(out, "current", f->current);
}

static void
put_day(struct json_out *out, const struct hours_day *day)
{
	put_object(out, NULL);
	put_text(out, "day", day->day);
	put_figures(out, &day->figures);
	if (day->target > 0) {
		put_integer(out, "target", day->target);
		put_json(out, "progress", decimal_format(out->to->arena, day->progress, 1));
		put_integer(out, "remaining", day->remaining);
		put_boolean(out, "reached", day->reached);
	}
	if (day->limited) {
		put_integer(out, "untilMost", day->until_most);
		put_instant(out, "latestEnd", day->latest_end);
	}
	put_end(out);
}

void
work_hours_put(struct json_out *out, const struct hours *hours)
{
	put_array(out, "days");
	for (size_t i = 0; i < hours->day_count; i++)
		put_day(out, &hours->days[i]);
	put_end(out);
	put_array(out, "weeks");
	for (size_t i = 0; i < hours->week_count; i++) {
		put_object(out, NULL);
		put_text(out, "week", hours->weeks[i].week);
		put_figures(out, &hours->weeks[i].figures);
		put_end(out);
	}
	put_end(out);
	put_object(out, "sum");
	put_figures(out, &hours->sum);
	put_end(out);
}

static void
put_pay(struct json_out *out, const struct hours_pay *pay)
{
	put_integer(out, "regular", pay->regular);
	put_integer(out, "overtime", pay->overtime);
	put_integer(out, "dailyOvertime", pay->day_overtime);
	put_integer(out, "unpaid", pay->unpaid);
	put_integer(out, "overlap", pay->overlap);
	put_integer(out, "regularPay", pay->regular_pay);
	put_integer(out, "overtimePay", pay->overtime_pay);
	put_integer(out, "gross", pay->gross);
	put_integer(out, "running", pay->running);
}

void
work_payroll_put(struct json_out *out, const struct hours_payroll *payroll)
{
	put_array(out, "weeks");
	for (size_t i = 0; i < payroll->week_count; i++) {
		put_object(out, NULL);
		put_text(out, "week", payroll->weeks[i].week);
		if (payroll->weeks[i].rate == HOURS_NO_RATE)
			put_null(out, "rate");
		else
			put_integer(out, "rate", payroll->weeks[i].rate);
		put_pay(out, &payroll->weeks[i]);
		put_end(out);
	}
	put_end(out);
	put_object(out, "sum");
	put_pay(out, &payroll->sum);
	put_end(out);
}

/* ---- CSV ---- */

/* Add hours with two decimals, rounded half up; seconds is never negative. */
static void
add_hours(struct buf *b, int64_t seconds)
{
	int64_t hundredths = (seconds * 100 + 1800) / 3600;

	buf_printf(b, ",%" PRId64 ".%02d", hundredths / 100, (int)(hundredths % 100));
}

static void
add_money(struct buf *b, int64_t cents)
{
	buf_printf(b, ",%" PRId64 ".%02d", cents / 100, (int)(cents % 100));
}

static void
add_who(struct buf *b, const char *id, const char *name, const char *first)
{
	csv_cell(b, id);
	buf_char(b, ',');
	csv_cell(b, csv_guard(b->arena, name));
	buf_printf(b, ",%s", first);
}

static void
add_day_line(struct buf *b, const char *id, const char *name, const struct hours_day *day)
{
	const struct hours_figures *f = &day->figures;

	add_who(b, id, name, day->day);
	add_hours(b, f->raw);
	add_hours(b, f->total);
	add_hours(b, f->deductions);
	add_hours(b, f->paid);
	buf_printf(b, ",%" PRId64 ",%" PRId64 ",%" PRId64, f->sessions, f->breaks, f->running);
	if (day->target > 0)
		buf_printf(b, ",%s", decimal_format(b->arena, day->progress, 1));
	else
		buf_char(b, ',');
	buf_printf(b, ",%" PRId64, f->forgotten);
	add_hours(b, f->overlap);
	add_hours(b, f->over);
	buf_text(b, "\r\n");
}

static void
add_week_line(const struct work_report *report, struct buf *b, const char *id, const char *name,
    const struct hours_pay *pay)
{
	if (report->for_people) {
		work_sheet_week(report, b, name, pay);
		return;
	}
	add_who(b, id, name, pay->week);
	add_hours(b, pay->regular);
	add_hours(b, pay->overtime);
	if (pay->rate == HOURS_NO_RATE)
		buf_char(b, ',');
	else
		add_money(b, pay->rate);
	add_money(b, pay->regular_pay);
	add_money(b, pay->overtime_pay);
	add_money(b, pay->gross);
	buf_printf(b, ",%" PRId64 ",", pay->running);
	csv_cell(b, csv_guard(b->arena, report->currency));
	add_hours(b, pay->day_overtime);
	add_hours(b, pay->unpaid);
	add_hours(b, pay->overlap);
	buf_text(b, "\r\n");
}

/* Add the weeks in order, including those in which sessions run but nothing is paid yet. */
static void
add_week_lines(const struct work_report *report, struct buf *b, const char *id, const char *name,
    const struct hours_payroll *payroll)
{
	size_t paid = 0;

	for (size_t i = 0; i < payroll->waiting_count; i++) {
		for (; paid < payroll->week_count &&
		    strcmp(payroll->weeks[paid].week, payroll->waiting[i].week) <= 0; paid++)
			add_week_line(report, b, id, name, &payroll->weeks[paid]);
		add_week_line(report, b, id, name, &payroll->waiting[i]);
	}
	for (; paid < payroll->week_count; paid++)
		add_week_line(report, b, id, name, &payroll->weeks[paid]);
}

/* ---- the report ---- */

static void
begin_json(struct work_report *report, struct json_out *json)
{
	put_object(json, NULL);
	call_put_moment(report->call, json);
	put_text(json, "from", report->from);
	put_text(json, "to", report->to);
	if (report->call->then_at == 0)
		put_instant(json, "at", report->at);
	if (report->pay)
		put_text(json, "currency", report->currency);
	work_corrections_put(json, &report->rules, report->from, report->to);
	put_array(json, "people");
}

static void
begin(struct work_report *report, struct buf *out)
{
	if (!report->json)
		buf_text(out, CSV_MARK);
	if (report->json)
		begin_json(report, &report->out);
	else if (report->for_people)
		work_sheet_begin(report, out);
	else if (report->pay)
		buf_text(out, "person,name,week,regularHours,overtimeHours,rate,"
		    "regularPay,overtimePay,gross,running,currency,"
		    "dailyOvertimeHours,unpaidHours,overlapHours\r\n");
	else
		buf_text(out, "person,name,day,raw,total,deductions,paid,"
		    "sessions,breaks,running,progress,forgotten,overlap,over\r\n");
	report->begun = true;
}

static void
end(struct work_report *report, struct buf *out)
{
	report->ended = true;
	if (!report->json && report->for_people)
		work_sheet_end(report, out);
	if (!report->json)
		return;
	put_end(&report->out);
	put_object(&report->out, "sum");
	if (report->pay)
		put_pay(&report->out, &report->paid);
	else
		put_figures(&report->out, &report->sum);
	put_end(&report->out);
	put_end(&report->out);
}

/* Who the next figures are of. */
struct shown {
	const char *id, *name;
	struct work_dated_list terms;
	struct hours_plan plan;
};

static void
begin_person(struct work_report *report, const struct shown *shown)
{
	put_object(&report->out, NULL);
	put_text(&report->out, "person", shown->id);
	put_text(&report->out, "name", shown->name);
	work_corrections_put(&report->out, &shown->terms, report->from, report->to);
}

static void
show_hours(struct work_report *report, struct buf *out, const struct shown *shown, const struct hours *hours)
{
	hours_add(&report->sum, &hours->sum);
	for (size_t i = 0; !report->json && i < hours->day_count; i++)
		if (report->for_people)
			work_sheet_day(out, shown->name, &hours->days[i]);
		else
			add_day_line(out, shown->id, shown->name, &hours->days[i]);
	if (!report->json)
		return;
	begin_person(report, shown);
	work_hours_put(&report->out, hours);
	put_end(&report->out);
}

static void
show_payroll(struct work_report *report, struct buf *out, const struct shown *shown,
    const struct hours_payroll *payroll)
{
	hours_add_pay(&report->paid, &payroll->sum);
	if (!report->json) {
		add_week_lines(report, out, shown->id, shown->name, payroll);
		return;
	}
	begin_person(report, shown);
	work_payroll_put(&report->out, payroll);
	put_end(&report->out);
}

/* A person without sessions in this time is left out, unless the report is about that person only. */
static struct problem *
add_person(struct work_report *report, struct arena *a, struct buf *out, const char *id, const char *name)
{
	const struct call call = call_in(report->call, a);
	struct shown shown = { .id = id, .name = name };
	struct problem *p;
	struct hours_session *sessions = NULL;
	struct hours_payroll payroll;
	struct hours hours;
	size_t count = 0;

	if ((p = work_plan_read(&call, &report->rules, id, &shown.terms, &shown.plan)) != NULL ||
	    (p = read_sessions(report, a, id, &shown.plan, &sessions, &count)) != NULL)
		return p;
	if (report->pay) {
		hours_settle(a, sessions, count, &shown.plan, report->from, report->to, report->at, &payroll);
		if (payroll.week_count == 0 && payroll.sum.running == 0 && report->only == NULL)
			return NULL;
		show_payroll(report, out, &shown, &payroll);
	} else {
		hours_count(a, sessions, count, &shown.plan, report->at, &hours);
		if (hours.day_count == 0 && report->only == NULL)
			return NULL;
		show_hours(report, out, &shown, &hours);
	}
	report->shown++;
	return NULL;
}

struct problem *
work_report_open(struct work_report *report)
{
	struct arena *a = report->call->a;
	struct problem *p;
	const struct person *person = report->call->person;
	const struct collection *c = collection_find(report->call->set, "workSessions");
	const char *space = person->space_id;

	if (c == NULL)
		return problem_new(a, PROBLEM_NOT_FOUND, "There are no work sessions here.");
	if ((p = policy_may(a, person, c, MAY_READ)) != NULL ||
	    (p = work_rules_read(report->call, &report->rules)) != NULL ||
	    (report->pay && (p = space_currency(report->call, &report->currency)) != NULL))
		return p;
	if (report->only == NULL && !policy_limited(person, c))
		return db_run(report->call->db, a, SQL(WORK_PEOPLE), VALUES(value_id(space)), &report->people);
	if (report->only == NULL)
		report->only = person->user_id;
	if (!uuid_valid(report->only) || !policy_sees(person, c, report->only, NULL))
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such person.");
	p = db_run(report->call->db, a, SQL(WORK_PERSON),
	    VALUES(value_id(report->only), value_id(space), value_id(space)), &report->people);
	if (p == NULL && report->people->count == 0)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such person.");
	return p;
}

struct problem *
work_report_next(struct work_report *report, struct arena *a, struct buf *out)
{
	struct problem *p;
	const char *id, *name;

	if (!report->begun)
		json_out_start(&report->out, out);
	report->out.to = out;
	if (!report->begun)
		begin(report, out);
	if (report->next == report->people->count) {
		end(report, out);
		return NULL;
	}
	id = row_text(report->people, report->next, WORK_PERSON_ID);
	name = row_text(report->people, report->next, WORK_PERSON_NAME);
	if ((p = add_person(report, a, out, id, name == NULL ? "" : name)) != NULL)
		return p;
	report->next++;
	return NULL;
}
