/* expenses_reports.c -- reading expense reports in the format of the expenses API.  That system keeps a report as one
 * blob, which its page computes.  Here `reportData` is made of the rows of the month each time, and what it comes to is
 * what Daybook's own report of the month says. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/id.h"
#include "base/instant.h"
#include "compat/compat.h"
#include "compat/expenses_employee.h"
#include "compat/expenses_reports.h"
#include "http/reply.h"
#include "model/policy.h"

enum {
	ESCALATES_HOURS = 48,         /* after which a step is overdue there, */
	ESCALATES_FINANCE_HOURS = 72, /* and the last one */
	HOUR_MS = 3600 * 1000
};

/* ---- states ---- */

static const char *const states[][2] = {
	{ "draft", "draft" },
	{ "submitted", "submitted" },
	{ "senior", "pending_senior_staff" },
	{ "supervisor", "pending_supervisor" },
	{ "finance", "pending_finance" },
	{ "approved", "approved" },
	{ "returned", "needs_revision" },
};

const char *
report_wire_state(const char *state)
{
	for (size_t i = 0; state != NULL && i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i][0], state) == 0)
			return states[i][1];
	return states[0][1];
}

/* ---- finding one ---- */

static const char *
text_of(struct request *r, const struct wire_report *report, const char *field)
{
	return report->is ? value_plain(r->a, value_named(report->c, report->values, field)) : NULL;
}

static struct problem *
look(struct request *r, struct wire_report *report, const char *id)
{
	struct problem *p;

	if ((p = record_find(&r->call, report->c, id, &report->record, &report->is)) != NULL)
		return p;
	report->is = report->is && !report->record.deleted &&
	    policy_sees(&r->person, report->c, report->record.owner, report->record.reader);
	if (report->is)
		report->values = values_parse(r->a, report->c, report->record.doc, NULL);
	return NULL;
}

static void
take_month(struct request *r, struct wire_report *report)
{
	report->year = arena_strndup(r->a, report->from, 4);
	report->month = arena_printf(r->a, "%d", atoi(report->from + 5));
}

struct problem *
report_find(struct request *r, const char *employee, const char *month, const char *year, struct wire_report *report)
{
	const char *after, **values;
	struct problem *p;

	*report = (struct wire_report){ .owner = employee };
	if ((p = expenses_collection(r, "expenseReports", &report->c)) != NULL)
		return p;
	if (!month_bounds(r->a, year, month, &report->from, &after))
		return problem_at(r->a, PROBLEM_INVALID, "month", "month must be 1 to 12, and year a year.");
	if (!uuid_valid(employee) || !policy_sees(&r->person, report->c, employee, NULL))
		return expenses_denied(r);
	take_month(r, report);
	values = values_new(r->a, report->c);
	values[collection_field(report->c, "from")->index] = json_quoted(r->a, report->from);
	return look(r, report, values_id(r->a, report->c, employee, (const char *const *)values));
}

struct problem *
report_find_id(struct request *r, const char *id, struct wire_report *report)
{
	struct problem *p;

	*report = (struct wire_report){ .is = false };
	if ((p = expenses_collection(r, "expenseReports", &report->c)) != NULL || (p = look(r, report, id)) != NULL)
		return p;
	if (!report->is)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such report.");
	report->owner = report->record.owner;
	report->from = text_of(r, report, "from");
	take_month(r, report);
	return NULL;
}

/* ---- the report itself ---- */

static void
put_instant_of(struct lookups *l, struct json_out *out, const char *name, const struct wire_report *report,
    const char *field)
{
	put_text(out, name, text_of(l->r, report, field));
}

static struct problem *
put_step(struct lookups *l, struct json_out *out, const char *role, const char *user, const char *status,
    const char *at)
{
	const char *name = NULL;
	struct problem *p;

	if (user != NULL && (p = lookups_person(l, user, &name)) != NULL)
		return p;
	put_object(out, NULL);
	put_text(out, "role", role);
	put_text(out, "approverId", user);
	put_text(out, "approverName", name);
	put_text(out, "status", status);
	put_text(out, "actedAt", at);
	put_end(out);
	return NULL;
}

/* The id of the first person that a waiting report waits for, or NULL. */
static const char *
waits_for(struct lookups *l, const struct wire_report *report)
{
	const char *people = report->is ? value_named(report->c, report->values, "waitsFor") : NULL;
	struct json_slice first;

	if (people == NULL || !json_next_element(&people, &first))
		return NULL;
	return json_unquote(l->r->a, arena_strndup(l->r->a, first.text, first.length));
}

/* The steps that were taken, and the one that it waits for. */
static struct problem *
put_workflow(struct lookups *l, struct json_out *out, const struct wire_report *report, const char *state)
{
	static const char *const steps[][4] = {
		{ "senior", "senior_staff", "seniorBy", "seniorAt" },
		{ "supervisor", "supervisor", "supervisorBy", "supervisorAt" },
		{ "finance", "finance", "financeBy", "financeAt" },
	};
	struct problem *p;

	put_array(out, "approvalWorkflow");
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		const char *by = text_of(l->r, report, steps[i][2]), *at = text_of(l->r, report, steps[i][3]);

		if (at != NULL)
			p = put_step(l, out, steps[i][1], by, "approved", at);
		else if (strcmp(state, steps[i][0]) == 0)
			p = put_step(l, out, steps[i][1], waits_for(l, report), "pending", NULL);
		else
			p = NULL;
		if (p != NULL)
			return p;
	}
	put_end(out);
	return NULL;
}

/* When the step that it waits for is overdue, as that system counts. */
static void
put_due(struct json_out *out, struct lookups *l, const struct wire_report *report, const char *state)
{
	static const char *const before[] = { "supervisorAt", "seniorAt", "submittedAt" };
	int hours = strcmp(state, "finance") == 0 ? ESCALATES_FINANCE_HOURS : ESCALATES_HOURS;
	const char *since = NULL;
	int64_t at;

	for (size_t i = 0; since == NULL && i < sizeof before / sizeof before[0]; i++)
		since = text_of(l->r, report, before[i]);
	if (waits_for(l, report) == NULL || since == NULL || !instant_parse(since, &at))
		put_null(out, "escalationDueAt");
	else
		put_instant(out, "escalationDueAt", at + (int64_t)hours * HOUR_MS);
}

static struct problem *
put_waiting(struct lookups *l, struct json_out *out, const struct wire_report *report, const char *state)
{
	const char *approver = waits_for(l, report), *name = NULL;
	struct problem *p;

	if (approver != NULL && (p = lookups_person(l, approver, &name)) != NULL)
		return p;
	put_text(out, "currentApprovalStage", report_wire_state(state));
	put_text(out, "currentApproverId", approver);
	put_text(out, "currentApproverName", name);
	put_due(out, l, report, state);
	return put_workflow(l, out, report, state);
}

struct problem *
report_put(struct lookups *l, struct json_out *out, const struct wire_report *report)
{
	const char *state = text_of(l->r, report, "state"), *name;
	bool approved = state != NULL && strcmp(state, "approved") == 0;
	struct problem *p;

	if ((p = lookups_person(l, report->owner, &name)) != NULL)
		return p;
	put_text(out, "id", report->is ? report->record.id : NULL);
	put_text(out, "employeeId", report->owner);
	put_text(out, "employeeName", name);
	put_json(out, "month", report->month);
	put_json(out, "year", report->year);
	put_text(out, "status", report_wire_state(state));
	put_text(out, "submissionType", "monthly");
	put_instant_of(l, out, "submittedAt", report, "submittedAt");
	put_text(out, "approvedAt", approved ? text_of(l->r, report, "financeAt") : NULL);
	put_text(out, "approvedBy", approved ? text_of(l->r, report, "financeBy") : NULL);
	put_text(out, "comments", text_of(l->r, report, "comment"));
	if ((p = put_waiting(l, out, report, state == NULL ? "draft" : state)) != NULL)
		return p;
	if (report->is) {
		put_sql_instant(out, "createdAt", report->record.created_at);
		put_sql_instant(out, "updatedAt", report->record.updated_at);
	}
	return NULL;
}

/* ---- reportData ---- */

/* The rows of one resource in the month, as an array. */
static struct problem *
put_rows(struct lookups *l, struct json_out *out, const char *name, const struct resource *resource,
    const struct wire_report *report)
{
	struct stretch s = { .owner = report->owner, .from = report->from };
	struct problem *p;

	if (!month_bounds(l->r->a, report->year, report->month, &s.from, &s.to))
		return problem_internal(l->r->a, "a report is of a month");
	if ((p = expenses_collection(l->r, resource->collection, &s.collection)) != NULL ||
	    (p = stretch_read(&l->r->call, &s)) != NULL)
		return p;
	put_array(out, name);
	if ((p = rows_put(l, out, resource, &s)) != NULL)
		return p;
	put_end(out);
	return NULL;
}

/* What a day of the month has of everything. */
struct day {
	int64_t miles, amount, hours, per_diem;
};

static size_t
place_of(const char *date)
{
	return (size_t)(atoi(date + 8) - 1);
}

static void
put_days(struct lookups *l, struct json_out *out, const struct month *month)
{
	struct day days[31] = { { 0, 0, 0, 0 } };
	size_t last = place_of(month->to);
	struct arena *a = l->r->a;

	for (size_t i = 0; i < month->trip_count; i++) {
		days[place_of(month->trips[i].date)].miles += month->trips[i].business ? month->trips[i].miles : 0;
		days[place_of(month->trips[i].date)].amount += month->trips[i].amount;
	}
	for (size_t i = 0; i < month->sheet_count; i++)
		days[place_of(month->sheets[i].date)].hours += month->sheets[i].hours;
	for (size_t i = 0; i < month->day_count; i++)
		days[place_of(month->days[i].facts.date)].per_diem += month->days[i].worth.amount;
	put_array(out, "dailyEntries");
	for (size_t i = 0; i <= last; i++) {
		put_object(out, NULL);
		put_text(out, "date", arena_printf(a, "%.8s%02zu", month->from, i + 1));
		put_json(out, "milesTraveled", decimal_format(a, days[i].miles, 1));
		put_hundredths(a, out, "mileageAmount", days[i].amount);
		put_hundredths(a, out, "hoursWorked", days[i].hours);
		put_hundredths(a, out, "perDiem", days[i].per_diem);
		put_end(out);
	}
	put_end(out);
}

static struct problem *
put_signatures(struct lookups *l, struct json_out *out, const struct wire_report *report)
{
	struct request *r = l->r;
	struct problem *p;

	if ((p = put_signature(l, out, "employeeSignature", text_of(r, report, "signature"),
	    text_of(r, report, "signedAs"))) != NULL ||
	    (p = put_signature(l, out, "supervisorSignature", text_of(r, report, "supervisorSignature"),
	    text_of(r, report, "supervisorSignedAs"))) != NULL ||
	    (p = put_signature(l, out, "financeSignature", text_of(r, report, "financeSignature"),
	    text_of(r, report, "financeSignedAs"))) != NULL)
		return p;
	put_boolean(out, "employeeCertificationAcknowledged",
	    report->is && value_true(value_named(report->c, report->values, "certified")));
	put_boolean(out, "supervisorCertificationAcknowledged",
	    report->is && value_true(value_named(report->c, report->values, "supervisorCertified")));
	return NULL;
}

struct problem *
report_put_data(struct lookups *l, struct json_out *out, const struct wire_report *report)
{
	struct month month;
	const char *name;
	struct problem *p;

	if ((p = figures_read(l, report->owner, report->from, &month)) != NULL ||
	    (p = lookups_person(l, report->owner, &name)) != NULL)
		return p;
	put_object(out, "reportData");
	put_text(out, "employeeId", report->owner);
	put_text(out, "name", name);
	put_json(out, "month", report->month);
	put_json(out, "year", report->year);
	if ((p = put_rows(l, out, "receipts", &expense_receipts, report)) != NULL ||
	    (p = put_rows(l, out, "dailyDescriptions", &expense_notes, report)) != NULL)
		return p;
	put_days(l, out, &month);
	put_array(out, "costCenters");
	for (size_t i = 0; i < month.center_count; i++)
		if (month.centers[i].name != NULL)
			put_text(out, NULL, month.centers[i].name);
	put_end(out);
	figures_put(l, out, &month);
	if ((p = put_signatures(l, out, report)) != NULL)
		return p;
	put_end(out);
	return NULL;
}

/* GET …/expense-reports/:employee/:month/:year */
struct problem *
compat_expenses_report(struct request *r)
{
	struct wire_report report;
	struct lookups l;
	struct json_out *out;
	struct problem *p;

	lookups_start(&l, r);
	if ((p = report_find(r, r->params[0], r->params[1], r->params[2], &report)) != NULL)
		return p;
	if (!report.is)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no report of this month.");
	out = reply_object(r, 200);
	if ((p = report_put(&l, out, &report)) != NULL)
		return p;
	return report_put_data(&l, out, &report);
}

/* ---- GET …/monthly-reports ---- */

/* A figure of what was handed in, in JSON; "0" before that. */
static const char *
figure(struct arena *a, const char *figures, const char *group, const char *name)
{
	struct json_slice key, value;

	for (const char *at = figures; at != NULL && json_next_member(&at, &key, &value);) {
		bool is = strlen(group) == key.length && memcmp(group, key.text, key.length) == 0;

		if (is && strcmp(group, name) == 0)
			return arena_strndup(a, value.text, value.length);
		if (is)
			return figure(a, arena_strndup(a, value.text, value.length), name, name);
	}
	return "0";
}

static struct problem *
list_one(struct lookups *l, const struct collection *c, const struct record *record)
{
	struct arena *a = l->r->a;
	struct json_out *out = &l->r->json;
	struct wire_report report = { .owner = record->owner, .c = c, .record = *record, .is = true };
	const char *figures, *total;
	struct problem *p;

	report.values = values_parse(a, c, record->doc, NULL);
	report.from = text_of(l->r, &report, "from");
	take_month(l->r, &report);
	figures = value_named(c, report.values, "figures");
	total = value_named(c, report.values, "total");
	put_object(out, NULL);
	if ((p = report_put(l, out, &report)) != NULL)
		return p;
	put_json(out, "totalMiles", figure(a, figures, "sum", "miles"));
	put_json(out, "totalHours", figure(a, figures, "sum", "hours"));
	wire_put_number(a, out, "totalExpenses", collection_field(c, "total"), total);
	put_end(out);
	return NULL;
}

const struct member compat_expenses_reports_takes[] = {
	PARAM("employeeId", TEXT, "whose; without it all that one may see"),
	PARAM("month", TEXT, "1 to 12, with year"),
	PARAM("year", TEXT, "of that month"),
	PARAM("status", TEXT, "in this state"),
	MEMBERS_END
};

/* GET …/monthly-reports?employeeId=&month=&year=, GET …/expense-reports -- reports without their rows. */
struct problem *
compat_expenses_reports(struct request *r)
{
	const char *year = given_text(r, "year"), *month = given_text(r, "month"), *status = given_text(r, "status");
	struct stretch s = { .from = NULL };
	struct lookups l;
	struct problem *p;

	lookups_start(&l, r);
	if (year != NULL && month != NULL && !month_bounds(r->a, year, month, &s.from, &s.to))
		return problem_at(r->a, PROBLEM_INVALID, "month", "month must be 1 to 12, and year a year.");
	if ((p = expenses_collection(r, "expenseReports", &s.collection)) != NULL ||
	    (p = rows_owner(r, s.collection, given_text(r, "employeeId"), &s.owner)) != NULL ||
	    (p = stretch_read(&r->call, &s)) != NULL)
		return p;
	expenses_array(r);
	for (size_t i = s.count; i-- > 0;) {
		const char *state = record_text(&l, &s.records[i], "state");

		if (status != NULL && *status != '\0' && strcmp(status, report_wire_state(state)) != 0)
			continue;
		if ((p = list_one(&l, s.collection, &s.records[i])) != NULL)
			return p;
	}
	return NULL;
}
