/* mileage_read.c -- reads the rates of a space and the trips of a person, as mileage_money.c prices them.  One
 * statement reads all trips of a person, so one that is moved meanwhile is neither missed nor counted twice. */
#include <string.h>

#include "account/person.h"
#include "expenses/mileage_money.h"
#include "period/dated.h"
#include "record/record.h"
#include "store/statement.h"

struct problem *
mileage_rates_read(const struct call *call, struct mileage_rates *rates)
{
	const struct collection *c = collection_find(call->set, "mileageRates");
	struct problem *p;
	struct rows *rows;

	*rates = (struct mileage_rates){ .count = 0 };
	if (c == NULL)
		return NULL;
	if ((p = record_ask(call, c, SQL(DATED),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_id(NOBODY),
	        value_integer(DATED_MAX + 1)),
	    &rows)) != NULL)
		return p;
	rates->all = arena_alloc(call->a, (rows->count + 1) * sizeof *rates->all);
	for (size_t i = 0; i < rows->count; i++)
		mileage_rate_of(call->a, c, row_text(rows, i, DATED_ID),
		    (const char *const *)values_parse(call->a, c, row_text(rows, i, DATED_DOC), NULL),
		    &rates->all[rates->count++]);
	return NULL;
}

static void
add_trip(const struct call *call, const struct collection *c, const struct rows *rows, size_t row,
    struct mileage_trips *trips)
{
	struct mileage_trip *trip = &trips->all[trips->count++];

	mileage_trip_of(call->a, c, row_text(rows, row, MILEAGE_TRIP_ID),
	    (const char *const *)values_parse(call->a, c, row_text(rows, row, MILEAGE_TRIP_DOC), NULL), trip);
	trip->created_at = row_text(rows, row, MILEAGE_TRIP_CREATED_AT);
	trip->version = row_integer(rows, row, MILEAGE_TRIP_VERSION);
}

struct problem *
mileage_read(const struct call *call, const struct mileage_rates *rates, const char *owner, const char *from,
    const char *to, struct mileage_trips *trips)
{
	const struct collection *c = collection_find(call->set, "mileage");
	char first[DATE_TEXT_SIZE];
	struct problem *p;
	struct rows *rows;

	*trips = (struct mileage_trips){ .count = 0 };
	if (c == NULL)
		return NULL;
	mileage_first_day(rates, from, first);
	if ((p = record_ask(call, c, SQL(MILEAGE_TRIPS),
	    VALUES(value_id(call->person->space_id), value_id(owner), value_text(first), value_text(to),
	        value_integer(MILEAGE_TRIPS_MAX + 1)),
	    &rows)) != NULL)
		return p;
	if (rows->count > MILEAGE_TRIPS_MAX)
		return problem_at(call->a, PROBLEM_TOO_MUCH, "from",
		    "One person has more than %d trips in this time; ask for fewer days.", MILEAGE_TRIPS_MAX);
	trips->all = arena_alloc(call->a, (rows->count + 1) * sizeof *trips->all);
	for (size_t i = 0; i < rows->count; i++)
		add_trip(call, c, rows, i, trips);
	mileage_price(call->a, rates, trips->all, trips->count);
	while (trips->first < trips->count && strcmp(trips->all[trips->first].date, from) < 0)
		trips->first++;
	return NULL;
}
