/* odometer.c -- see odometer.h. */
#include "expenses/odometer.h"

#include <stdlib.h>
#include <string.h>

#include "model/policy.h"
#include "record/record.h"
#include "store/statement.h"

/* A daily reading. */
struct reading {
	const char *id, *date;
	int64_t tenths;
};

static int64_t
tenths_of(const struct collection *c, const char *const *values, const char *name)
{
	const struct field *f = collection_field(c, name);
	int64_t n = value_scaled(f, values[f->index]);

	for (int scale = f->scale; scale < 1; scale++)
		n *= 10;
	return n;
}

static bool
find_tenths(const struct collection *c, const char *const *values, const char *name, int64_t *tenths)
{
	if (value_named(c, values, name) == NULL)
		return false;
	*tenths = tenths_of(c, values, name);
	return true;
}

bool
odometer_start(const struct collection *c, const struct mileage_trip *trip, int64_t *tenths)
{
	return find_tenths(c, trip->values, "startOdometer", tenths);
}

bool
odometer_end(const struct collection *c, const struct mileage_trip *trip, int64_t *tenths)
{
	return find_tenths(c, trip->values, "endOdometer", tenths);
}

int64_t
odometer_distance(const struct mileage_trip *trip, const struct odometer_vehicle *vehicle)
{
	if (!vehicle->by_km)
		return trip->miles;
	return trip->has_km ? trip->km : mileage_km(trip->miles);
}

void
odometer_pass(struct odometer *odometer, const struct collection *c, const struct mileage_trip *trip,
    const struct odometer_vehicle *vehicle)
{
	struct odometer said = { .known = true, .kind = "trip", .id = trip->id, .date = trip->date };

	if (odometer_end(c, trip, &said.reading)) {
		*odometer = said;
	} else if (odometer_start(c, trip, &said.reading)) {
		said.counted = odometer_distance(trip, vehicle);
		said.reading += said.counted;
		*odometer = said;
	} else if (odometer->known) {
		odometer->counted += odometer_distance(trip, vehicle);
		odometer->reading += odometer_distance(trip, vehicle);
	}
}

/* ---- vehicles ---- */

struct problem *
odometer_vehicle_find(const struct call *call, const char *id, struct odometer_vehicle *vehicle)
{
	const struct collection *c = collection_find(call->set, "vehicles");
	const char *const *values;
	const char *unit;
	struct record record;
	struct problem *p;
	bool found = false;

	*vehicle = (struct odometer_vehicle){ .id = id };
	if (id == NULL || c == NULL)
		return NULL;
	if ((p = record_find(call, c, id, &record, &found)) != NULL || !found || record.deleted ||
	    !policy_sees(call->person, c, record.owner, record.reader))
		return p;
	values = (const char *const *)values_parse(call->a, c, record.doc, NULL);
	unit = value_plain(call->a, value_named(c, values, "unit"));
	vehicle->name = value_plain(call->a, value_named(c, values, "name"));
	vehicle->by_km = unit != NULL && strcmp(unit, "km") == 0;
	vehicle->begins = find_tenths(c, values, "startingOdometer", &vehicle->beginning);
	return NULL;
}

static struct problem *
find_main(const struct call *call, const char *owner, const char **id)
{
	const struct collection *c = collection_find(call->set, "vehicles");
	struct problem *p;
	struct rows *rows;

	if (c == NULL)
		return NULL;
	if ((p = record_ask(call, c, SQL(VEHICLES_MAIN), VALUES(value_id(call->person->space_id), value_id(owner)),
	    &rows)) == NULL && rows->count > 0)
		*id = row_text(rows, 0, VEHICLE_ID);
	return p;
}

static bool
is_of(struct arena *a, const struct collection *c, const char *const *values, const char *vehicle)
{
	const char *id = value_plain(a, value_named(c, values, "vehicle"));

	return vehicle == NULL ? id == NULL : id != NULL && strcmp(id, vehicle) == 0;
}

/* ---- the suggestion ---- */

static struct problem *
read_back(const struct call *call, const struct collection *c, const char *owner, const char *date, int64_t most,
    struct rows **rows)
{
	return record_ask(call, c, SQL(EXPENSES_BEFORE),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_id(owner), value_text(date),
	        value_integer(most)),
	    rows);
}

/* The newest reading of the vehicle up to the day. */
static struct problem *
find_reading(const struct call *call, const char *owner, const char *date, const char *vehicle,
    struct reading *reading)
{
	const struct collection *c = collection_find(call->set, "odometerReadings");
	struct problem *p;
	struct rows *rows;

	if (c == NULL || vehicle == NULL)
		return NULL;
	if ((p = read_back(call, c, owner, date, ODOMETER_READINGS_MAX, &rows)) != NULL)
		return p;
	for (size_t i = 0; reading->id == NULL && i < rows->count; i++) {
		const char *const *values = (const char *const *)values_parse(call->a, c,
		    row_text(rows, i, EXPENSE_DOC), NULL);

		if (is_of(call->a, c, values, vehicle) && find_tenths(c, values, "reading", &reading->tenths)) {
			reading->id = row_text(rows, i, EXPENSE_ID);
			reading->date = value_plain(call->a, value_named(c, values, "date"));
		}
	}
	return NULL;
}

static struct problem *
read_trips(const struct call *call, const char *owner, const char *date, const char *vehicle,
    struct mileage_trips *trips, bool *whole)
{
	const struct collection *c = collection_find(call->set, "mileage");
	struct problem *p;
	struct rows *rows;

	if ((p = read_back(call, c, owner, date, ODOMETER_TRIPS_MAX, &rows)) != NULL)
		return p;
	*whole = rows->count < ODOMETER_TRIPS_MAX;
	trips->all = arena_alloc(call->a, (rows->count + 1) * sizeof *trips->all);
	for (size_t i = 0; i < rows->count; i++) {
		const char *const *values = (const char *const *)values_parse(call->a, c,
		    row_text(rows, i, EXPENSE_DOC), NULL);

		if (is_of(call->a, c, values, vehicle))
			mileage_trip_of(call->a, c, row_text(rows, i, EXPENSE_ID), values,
			    &trips->all[trips->count++]);
	}
	mileage_price(call->a, &(struct mileage_rates){ .count = 0 }, trips->all, trips->count); /* into order */
	return NULL;
}

struct problem *
odometer_suggest(const struct call *call, const char *owner, const char *date, const char *vehicle,
    struct odometer_vehicle *used, struct odometer *odometer)
{
	const struct collection *c = collection_find(call->set, "mileage");
	struct mileage_trips trips = { .count = 0 };
	struct reading reading = { .id = NULL };
	struct problem *p;
	bool whole;

	*odometer = (struct odometer){ .known = false };
	if ((vehicle == NULL && (p = find_main(call, owner, &vehicle)) != NULL) ||
	    (p = odometer_vehicle_find(call, vehicle, used)) != NULL ||
	    (p = read_trips(call, owner, date, vehicle, &trips, &whole)) != NULL ||
	    (p = find_reading(call, owner, date, vehicle, &reading)) != NULL)
		return p;
	if (used->begins && whole)
		*odometer = (struct odometer){
			.known = true, .reading = used->beginning, .kind = "vehicle", .id = vehicle,
		};
	for (size_t i = 0; i <= trips.count; i++) {
		if (reading.id != NULL && (i == trips.count || strcmp(reading.date, trips.all[i].date) <= 0)) {
			*odometer = (struct odometer){
				.known = true, .reading = reading.tenths, .kind = "reading", .id = reading.id,
				.date = reading.date,
			};
			reading.id = NULL;
		}
		if (i < trips.count)
			odometer_pass(odometer, c, &trips.all[i], used);
	}
	return NULL;
}
