/* report_month.c -- finds the people of a month report, reads one after the other, and writes it as JSON.
 * report_month_text.c writes CSV and the page. */
#include "expenses/report_month.h"

#include <string.h>

#include "base/decimal.h"
#include "base/id.h"
#include "model/policy.h"
#include "record/record.h"
#include "store/statement.h"

/* ---- expense reports ---- */

static const char *
text_of(struct arena *a, const struct collection *c, const char *const *values, const char *name)
{
	return value_plain(a, value_named(c, values, name));
}

static struct problem *
read_handed(const struct call *call, struct month_person *person)
{
	struct arena *a = call->a;
	const struct collection *c = collection_find(call->set, "expenseReports");
	struct month_handed *all;
	struct problem *p;
	struct rows *rows;

	if (c == NULL)
		return NULL;
	if ((p = record_ask(call, c, SQL(EXPENSES_OF),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_id(person->id),
	        value_text(person->months[0].from), value_text(person->months[person->count - 1].to),
	        value_integer(MONTHS_MAX * 31)),
	    &rows)) != NULL)
		return p;
	all = arena_alloc(a, (rows->count + 1) * sizeof *all);
	for (size_t i = 0; i < rows->count; i++) {
		const char *const *values =
		    (const char *const *)values_parse(a, c, row_text(rows, i, EXPENSE_DOC), NULL);

		all[i] = (struct month_handed){
			.id = row_text(rows, i, EXPENSE_ID),
			.from = text_of(a, c, values, "from"),
			.state = text_of(a, c, values, "state"),
			.total = value_named(c, values, "total"),
		};
	}
	person->handed = all;
	person->handed_count = rows->count;
	return NULL;
}

const struct month_handed *
month_handed_of(const struct month_person *person, const struct month *month)
{
	for (size_t i = 0; i < person->handed_count; i++)
		if (strcmp(person->handed[i].from, month->from) == 0)
			return &person->handed[i];
	return NULL;
}

/* ---- JSON ---- */

bool
month_report_has(const struct month_report *report, const char *day)
{
	return strcmp(day, report->from) >= 0 && strcmp(day, report->to) <= 0;
}

static void
put_months(struct json_out *out, const struct month_person *person)
{
	put_array(out, "months");
	for (size_t i = 0; i < person->count; i++) {
		const struct month_handed *handed = month_handed_of(person, &person->months[i]);

		put_object(out, NULL);
		month_put(out, &person->months[i], true);
		if (handed != NULL) {
			put_object(out, "report");
			put_text(out, "id", handed->id);
			put_text(out, "state", handed->state);
			if (handed->total != NULL)
				put_json(out, "total", handed->total);
			put_end(out);
		}
		put_end(out);
	}
	put_end(out);
}

static void
put_days(const struct month_report *report, struct json_out *out, const struct month_person *person)
{
	int64_t sum = 0;

	put_array(out, "days");
	for (size_t i = 0; i < person->count; i++)
		for (size_t k = 0; k < person->months[i].day_count; k++) {
			const struct month_day *day = &person->months[i].days[k];

			if (!month_report_has(report, day->facts.date))
				continue;
			month_day_put(out, day);
			sum += day->worth.amount;
		}
	put_end(out);
	put_integer(out, "sum", sum);
}

static void
put_person(const struct month_report *report, struct json_out *out, const struct month_person *person)
{
	put_object(out, NULL);
	put_text(out, "person", person->id);
	put_text(out, "name", person->name);
	if (report->days)
		put_days(report, out, person);
	else
		put_months(out, person);
	put_end(out);
}

static void
put_begin(struct month_report *report, struct buf *to)
{
	struct json_out *out = &report->out;

	json_out_start(out, to);
	put_object(out, NULL);
	call_put_moment(report->call, out);
	put_text(out, "from", report->from);
	put_text(out, "to", report->to);
	put_text(out, "currency", report->sources.currency);
	put_array(out, "people");
}

static void
put_total(struct month_report *report)
{
	struct json_out *out = &report->out;

	put_end(out);
	if (report->days) {
		put_integer(out, "sum", report->sum.per_diem);
	} else {
		put_object(out, "sum");
		put_json(out, "miles", decimal_format(out->to->arena, report->sum.miles, 1));
		put_integer(out, "trips", report->sum.trips);
		put_integer(out, "toll", report->sum.toll);
		put_integer(out, "parking", report->sum.parking);
		put_integer(out, "receipts", report->sum.receipts);
		put_integer(out, "perDiem", report->sum.per_diem);
		put_integer(out, "total", report->sum.total);
		put_integer(out, "notReimbursed", report->sum.not_reimbursed);
		put_json(out, "hours", decimal_format(out->to->arena, report->sum.hours, 2));
		put_end(out);
	}
	put_end(out);
}

/* ---- a person ---- */

/* Somebody who has nothing in these months is no line of a report of everybody. */
static bool
has_any(const struct month_report *report, const struct month_person *person)
{
	for (size_t i = 0; i < person->count; i++) {
		const struct month *m = &person->months[i];

		if (report->only != NULL || month_handed_of(person, m) != NULL || m->day_count > 0 ||
		    (!report->days && m->trip_count + m->receipt_count + m->sheet_count + m->note_count > 0))
			return true;
	}
	return false;
}

static void
add_up(struct month_report *report, const struct month_person *person)
{
	for (size_t i = 0; i < person->count; i++) {
		const struct month *m = &person->months[i];

		report->sum.miles += m->sum.miles;
		report->sum.trips += m->sum.trips;
		report->sum.toll += m->sum.toll;
		report->sum.parking += m->sum.parking;
		report->sum.receipts += m->sum.receipts;
		report->sum.total += m->sum.total;
		report->sum.not_reimbursed += m->sum.not_reimbursed;
		report->sum.hours += m->sum.hours;
		for (size_t k = 0; k < m->day_count; k++)
			if (!report->days || month_report_has(report, m->days[k].facts.date))
				report->sum.per_diem += m->days[k].worth.amount;
	}
}

static struct problem *
add_person(struct month_report *report, struct arena *a, struct buf *out)
{
	const struct call call = call_in(report->call, a);
	const char *name = row_text(report->people, report->next, EXPENSE_PERSON_NAME);
	struct month_person person = {
		.id = row_text(report->people, report->next, EXPENSE_PERSON_ID),
		.name = name == NULL ? "" : name,
		.months = arena_alloc(a, MONTHS_MAX * sizeof *person.months),
	};
	struct problem *p;

	if ((p = months_read(&call, &report->sources, person.id, report->from, report->to, person.months,
	    &person.count)) != NULL || (p = read_handed(&call, &person)) != NULL || !has_any(report, &person))
		return p;
	add_up(report, &person);
	report->shown++;
	if (report->format == MONTH_JSON)
		put_person(report, &report->out, &person);
	else
		month_text_person(report, out, &person);
	return NULL;
}

/* ---- the report ---- */

/* The months since year 0 of a date. */
static int
month_number(const char *date)
{
	int n = 0;

	for (size_t i = 0; i < 4; i++)
		n = 10 * n + (date[i] - '0');
	return 12 * n + 10 * (date[5] - '0') + (date[6] - '0');
}

static struct problem *
check_span(const struct month_report *report)
{
	struct arena *a = report->call->a;

	if (strcmp(report->to, report->from) < 0)
		return problem_at(a, PROBLEM_INVALID, "to", "to must not be earlier than from.");
	if (month_number(report->to) - month_number(report->from) >= MONTHS_MAX)
		return problem_at(a, PROBLEM_INVALID, "to", "A report has at most %d months.", MONTHS_MAX);
	return NULL;
}

/* Those of the people who have expenses whose receipts the asking person sees. */
static struct problem *
find_everybody(struct month_report *report, const struct collection *c)
{
	const struct person *person = report->call->person;
	struct problem *p;

	p = db_run(report->call->db, report->call->a, SQL(MONTH_PEOPLE), VALUES(value_id(person->space_id)),
	    &report->people);
	while (p == NULL && report->next < report->people->count &&
	    !policy_sees(person, c, row_text(report->people, report->next, EXPENSE_PERSON_ID), NULL))
		report->next++;
	return p;
}

static struct problem *
find_people(struct month_report *report, const struct collection *c)
{
	struct arena *a = report->call->a;
	const struct person *person = report->call->person;
	const char *space = person->space_id;
	struct problem *p;

	if (report->only == NULL && (!policy_limited(person, c) || policy_looks_after(person, c)))
		return find_everybody(report, c);
	if (report->only == NULL)
		report->only = person->user_id;
	if (!uuid_valid(report->only) || !policy_sees(person, c, report->only, NULL))
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such person.");
	p = db_run(report->call->db, a, SQL(MONTH_PERSON),
	    VALUES(value_id(report->only), value_id(space), value_id(space)), &report->people);
	if (p == NULL && report->people->count == 0)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such person.");
	return p;
}

struct problem *
month_report_open(struct month_report *report)
{
	const struct call *call = report->call;
	const struct collection *c = collection_find(call->set, "receipts");
	struct problem *p;

	if (c == NULL)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There are no receipts here.");
	if ((p = policy_may(call->a, call->person, c, MAY_READ)) != NULL ||
	    (p = check_span(report)) != NULL ||
	    (p = month_sources_read(call, &report->sources)) != NULL)
		return p;
	return find_people(report, c);
}

static void
begin(struct month_report *report, struct buf *out)
{
	if (report->format == MONTH_JSON)
		put_begin(report, out);
	else
		month_text_begin(report, out);
	report->begun = true;
}

static void
end(struct month_report *report, struct buf *out)
{
	if (report->format == MONTH_JSON)
		put_total(report);
	else
		month_text_end(report, out);
	report->ended = true;
}

/* The next person whom the asking person sees. */
static void
pass_on(struct month_report *report)
{
	const struct collection *c = collection_find(report->call->set, "receipts");

	do
		report->next++;
	while (report->next < report->people->count && !policy_sees(report->call->person, c,
	    row_text(report->people, report->next, EXPENSE_PERSON_ID), NULL));
}

struct problem *
month_report_next(struct month_report *report, struct arena *a, struct buf *out)
{
	struct problem *p;

	report->out.to = out;
	if (!report->begun)
		begin(report, out);
	if (report->next >= report->people->count) {
		end(report, out);
		return NULL;
	}
	if ((p = add_person(report, a, out)) != NULL)
		return p;
	pass_on(report);
	return NULL;
}
