/* odometer.h -- what the odometer of a vehicle says, followed from trip to trip.
 *
 * A daily reading is that of the morning: it comes before the trips of its day.  A trip that has an odometer at its end
 * says it anew; any other one moves it on by its distance, in the unit of the vehicle. */
#ifndef ODOMETER_H
#define ODOMETER_H

#include "expenses/mileage_money.h"

enum {
	ODOMETER_TRIPS_MAX = 500,   /* so many trips before a day are looked at for its suggestion, */
	ODOMETER_READINGS_MAX = 100 /* and so many readings */
};

/* What the odometer says, and since when it is followed. */
struct odometer {
	bool known;
	int64_t reading;            /* tenths */
	int64_t counted;            /* how much of it was added since somebody read it */
	const char *kind;           /* who said it: "trip", "reading" or "vehicle" (where it began) */
	const char *id, *date;      /* of that record; date NULL for a vehicle */
};

/* A vehicle as trips need it; without one, by_km is false and id NULL. */
struct odometer_vehicle {
	const char *id, *name;
	bool by_km;
	bool begins;                /* its odometer at the beginning is known: */
	int64_t beginning;          /* tenths */
};

/* What odometers of trips count: the distance of a trip in the unit of its vehicle, in tenths. */
int64_t odometer_distance(const struct mileage_trip *trip, const struct odometer_vehicle *vehicle);

/* The readings of a trip (values of c, the collection mileage) in tenths; false where there is none. */
bool odometer_start(const struct collection *c, const struct mileage_trip *trip, int64_t *tenths);
bool odometer_end(const struct collection *c, const struct mileage_trip *trip, int64_t *tenths);

/* Move it on by a trip. */
void odometer_pass(struct odometer *odometer, const struct collection *c, const struct mileage_trip *trip,
    const struct odometer_vehicle *vehicle);

/* Find a vehicle by its id, NULL for none.  One that is gone, or that the asking person does not
 * see, has only its id. */
struct problem *odometer_vehicle_find(const struct call *call, const char *id,
    struct odometer_vehicle *vehicle) MUST_CHECK;

/* Find what the odometer of a vehicle says after all trips of a person up to a day (a valid date, included), of which
 * the last ODOMETER_TRIPS_MAX are looked at.  With vehicle NULL it is the one that they use unless they choose another;
 * *used is the one that it is about.  Whether the asking person may see it is for the caller to check. */
struct problem *odometer_suggest(const struct call *call, const char *owner, const char *date, const char *vehicle,
    struct odometer_vehicle *used, struct odometer *odometer) MUST_CHECK;

#endif
