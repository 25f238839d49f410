/* report_mileage.c -- handles one person after the other: reads their trips, prices them, and adds a piece to the
 * answer.  report_mileage_text.c writes it. */
#include "expenses/report_mileage.h"

#include <inttypes.h>

#include "expenses/people.h"
#include "model/policy.h"
#include "record/space.h"

void
mileage_sum_trip(struct mileage_sum *sum, const struct mileage_trip *trip)
{
	sum->trips++;
	sum->miles += trip->miles;
	sum->underway += trip->underway;
	if (!mileage_is_paid(trip))
		return;
	sum->business++;
	sum->business_miles += trip->miles;
	sum->amount += trip->amount;
	sum->toll += trip->toll;
	sum->parking += trip->parking;
	sum->unrated += trip->rate == NULL;
}

void
mileage_sum_add(struct mileage_sum *sum, const struct mileage_sum *more)
{
	sum->trips += more->trips;
	sum->miles += more->miles;
	sum->business += more->business;
	sum->business_miles += more->business_miles;
	sum->amount += more->amount;
	sum->toll += more->toll;
	sum->parking += more->parking;
	sum->unrated += more->unrated;
	sum->underway += more->underway;
}

char *
cents_text(struct arena *a, int64_t cents)
{
	uint64_t most = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;

	return arena_printf(a, "%s%" PRIu64 ".%02u", cents < 0 ? "-" : "", most / 100, (unsigned)(most % 100));
}

struct problem *
mileage_report_open(struct mileage_report *report)
{
	const struct call *call = report->call;
	const struct collection *c = collection_find(call->set, "mileage");
	struct problem *p;

	if (c == NULL)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There are no trips here.");
	if ((p = policy_may(call->a, call->person, c, MAY_READ)) != NULL ||
	    (p = space_currency(call, &report->currency)) != NULL ||
	    (p = mileage_rates_read(call, &report->rates)) != NULL)
		return p;
	return expense_people(call, c, report->only, &report->people);
}

/* The next person whose trips may be seen; false after the last one. */
static bool
next_person(struct mileage_report *report, struct mileage_person *person)
{
	const struct collection *c = collection_find(report->call->set, "mileage");

	while (report->next < report->people->count) {
		size_t i = report->next++;
		const char *name = row_text(report->people, i, EXPENSE_PERSON_NAME);

		*person = (struct mileage_person){
			.id = row_text(report->people, i, EXPENSE_PERSON_ID),
			.name = name == NULL ? "" : name,
		};
		if (policy_sees(report->call->person, c, person->id, NULL))
			return true;
	}
	return false;
}

struct problem *
mileage_report_next(struct mileage_report *report, struct arena *a, struct buf *out)
{
	const struct call call = call_in(report->call, a);
	struct mileage_person person;
	struct mileage_trips trips;
	struct problem *p;

	report->out.to = out;
	if (!next_person(report, &person)) {
		if (!report->begun)
			mileage_text_begin(report, out);
		mileage_text_end(report, out);
		report->ended = true;
		return NULL;
	}
	if ((p = mileage_read(&call, &report->rates, person.id, report->from, report->to, &trips)) != NULL)
		return p;
	if (!report->begun)
		mileage_text_begin(report, out);
	if (trips.first == trips.count && report->only == NULL)
		return NULL;
	person.trips = &trips;
	mileage_text_person(report, &person, out);
	return NULL;
}
