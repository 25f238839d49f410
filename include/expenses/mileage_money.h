/* mileage_money.h -- what the trips of a person are worth: the one formula for it, used by every report.
 *
 * A rate (a record of mileageRates) holds from a day on, for a kind of vehicle or for any, by the mile or by the
 * kilometre.  Of those that have begun, the newest for the trip's kind of vehicle pays it, else the newest for any; of
 * two that begin on the same day, the one of the trip's own unit.  Without one the trip is worth nothing.
 *
 * A rate may fall beyond a threshold, which is a distance of one person in one tax year: the distances of all earlier
 * trips of the tax year count that rates of the same kind and unit pay.  Trips are in the order of date, order and id;
 * a trip without an order comes before those with one.
 *
 * A trip is worth its distance in the unit of the rate, the part up to the threshold at one rate and the rest at the
 * other, added exactly and rounded once, half away from zero, to cents.  A sum is that of the trips as shown.  Only
 * business trips that have ended are worth anything; their tolls and parking are amounts of their own.
 *
 * Distances are in tenths, rates in 1/1000 of the currency for one mile or kilometre, amounts in cents. */
#ifndef MILEAGE_MONEY_H
#define MILEAGE_MONEY_H

#include "base/instant.h"
#include "model/call.h"

enum {
	MILEAGE_TRIPS_MAX = 20000, /* of a person in one reading, with those that only count towards a threshold */
	MILEAGE_DAYS_MAX = 366     /* from the first day of a reading to its last */
};

struct mileage_rate {
	const char *id;
	char from[DATE_TEXT_SIZE];
	const char *kind;           /* "any", "car", "van" … */
	bool by_km;                 /* else by the mile */
	bool limited;               /* it has a threshold */
	int64_t rate, rate_after;   /* up to the threshold, and beyond it */
	int64_t threshold;
	char year_start[6];         /* month and day on which the tax year begins, "04-06" */
};

/* All rates of a space, by the day from which they hold. */
struct mileage_rates {
	struct mileage_rate *all;
	size_t count;
};

struct mileage_trip {
	const char *id, *order;     /* order may be NULL */
	char date[DATE_TEXT_SIZE];
	const char *kind;           /* of the vehicle; NULL where the trip names none */
	bool business, underway, has_km;
	int64_t miles, km;          /* km only where has_km */
	int64_t toll, parking;      /* cents, as recorded; of a trip that is no business, nobody pays them */
	const char *const *values;  /* all fields of the record, or NULL */
	const char *created_at;     /* as SQL has it, or NULL */
	int64_t version;            /* of the record, or 0 */

	/* set by mileage_price: */
	const struct mileage_rate *rate; /* that pays it, or NULL */
	int64_t distance;           /* in the unit of the rate; without a rate 0 */
	int64_t accrued;            /* distance of the earlier trips of the tax year that count towards the threshold */
	int64_t beyond;             /* the part of distance that is paid by rate_after */
	int64_t amount;             /* cents */
};

/* Trips of one person, in their order. */
struct mileage_trips {
	struct mileage_trip *all;
	size_t count;
	size_t first;               /* those before it are earlier than the days that were asked for: they only count
	                             * towards thresholds */
};

/* Whether the trip is one that is paid: business, and ended.  One that is, but has no rate, is worth nothing because
 * nobody has set what it is worth. */
bool mileage_is_paid(const struct mileage_trip *trip);

/* A record of mileageRates (values of c) as a rate, in a. */
void mileage_rate_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct mileage_rate *rate);

/* A record of mileage (values of c, which are kept) as a trip that has no price yet, in a. */
void mileage_trip_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct mileage_trip *trip);

/* Bring the trips of one person into their order and price them.  The rates are in the order of their days.  For a
 * threshold to be right, trips has all trips of the tax year before the first one that matters (mileage_first_day). */
void mileage_price(struct arena *a, const struct mileage_rates *rates, struct mileage_trip *trips, size_t count);

/* The first day whose trips matter for the price of trips from this day on: the day itself, or the first of the tax
 * year where a rate has a threshold. */
void mileage_first_day(const struct mileage_rates *rates, const char *from, char first[DATE_TEXT_SIZE]);

/* The last day of the tax year of the rate that the day is in. */
void mileage_year_end(const struct mileage_rate *rate, const char *date, char end[DATE_TEXT_SIZE]);

/* Kilometres of miles and miles of kilometres, both in tenths, rounded half away from zero. */
int64_t mileage_km(int64_t miles);
int64_t mileage_miles(int64_t km);

/* Read all rates of the space of the call.  They are in its arena. */
struct problem *mileage_rates_read(const struct call *call, struct mileage_rates *rates) MUST_CHECK;

/* Read and price the trips of a person from one day to another (valid dates, both included, at most MILEAGE_DAYS_MAX),
 * in the arena of the call.  Whether the asking person may see them is for the caller to check.  PROBLEM_TOO_MUCH for
 * more than MILEAGE_TRIPS_MAX. */
struct problem *mileage_read(const struct call *call, const struct mileage_rates *rates, const char *owner,
    const char *from, const char *to, struct mileage_trips *trips) MUST_CHECK;

#endif
