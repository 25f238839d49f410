/* mileage_money.c -- see mileage_money.h.  Prices are made from rows alone; mileage_read.c reads these. */
#include "expenses/mileage_money.h"

#include <stdlib.h>
#include <string.h>

enum {
	SCALE = 1,               /* of distances */
	KM_OF_MILE = 1609344,    /* millionths of a kilometre in a mile */
	MILLION = 1000000,
	PARTS_OF_CENT = 100      /* a tenth of a mile at a thousandth of the currency is 1/10000 of it */
};

/* Distances that count towards the same threshold. */
struct accrual {
	const char *kind;
	bool by_km;
	char start[DATE_TEXT_SIZE];  /* of the tax year */
	int64_t distance;
};

/* ---- units ---- */

static int64_t
rounded_quotient(int64_t n, int64_t by)
{
	return n < 0 ? -((-n + by / 2) / by) : (n + by / 2) / by;
}

int64_t
mileage_km(int64_t miles)
{
	return rounded_quotient(miles * KM_OF_MILE, MILLION);
}

int64_t
mileage_miles(int64_t km)
{
	return rounded_quotient(km * MILLION, KM_OF_MILE);
}

/* ---- records ---- */

/* A number at this scale; 0 for an empty one. */
static int64_t
scaled(const struct collection *c, const char *const *values, const char *name, int scale)
{
	const struct field *f = collection_field(c, name);
	int64_t n = f == NULL ? 0 : value_scaled(f, values[f->index]);

	for (int at = f == NULL ? scale : f->scale; at < scale; at++)
		n *= 10;
	return n;
}

static const char *
text_of(struct arena *a, const struct collection *c, const char *const *values, const char *name)
{
	return value_plain(a, value_named(c, values, name));
}

static void
copy_date(char to[DATE_TEXT_SIZE], const char *date)
{
	if (date != NULL && strlen(date) == DATE_TEXT_SIZE - 1)
		memcpy(to, date, DATE_TEXT_SIZE);
}

void
mileage_rate_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct mileage_rate *rate)
{
	const char *kind = text_of(a, c, values, "vehicleKind"), *unit = text_of(a, c, values, "unit");
	const char *start = text_of(a, c, values, "yearStart");

	*rate = (struct mileage_rate){
		.id = id,
		.kind = kind == NULL ? "any" : kind,
		.by_km = unit != NULL && strcmp(unit, "km") == 0,
		.limited = value_named(c, values, "threshold") != NULL,
		.rate = scaled(c, values, "rate", 3),
		.rate_after = scaled(c, values, "rateAfter", 3),
		.threshold = scaled(c, values, "threshold", SCALE),
		.year_start = "01-01",
	};
	copy_date(rate->from, text_of(a, c, values, "from"));
	if (start != NULL && strlen(start) == sizeof rate->year_start - 1)
		memcpy(rate->year_start, start, sizeof rate->year_start);
}

void
mileage_trip_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct mileage_trip *trip)
{
	const char *category = text_of(a, c, values, "category");

	*trip = (struct mileage_trip){
		.id = id,
		.order = text_of(a, c, values, "order"),
		.kind = text_of(a, c, values, "vehicleKind"),
		.business = category != NULL && strcmp(category, "business") == 0,
		.underway = value_true(value_named(c, values, "underway")),
		.has_km = value_named(c, values, "km") != NULL,
		.miles = scaled(c, values, "miles", SCALE),
		.km = scaled(c, values, "km", SCALE),
		.toll = scaled(c, values, "toll", 0),
		.parking = scaled(c, values, "parking", 0),
		.values = values,
	};
	copy_date(trip->date, text_of(a, c, values, "date"));
}

/* ---- which rate ---- */

bool
mileage_is_paid(const struct mileage_trip *trip)
{
	return trip->business && !trip->underway;
}

/* The newest rate for this kind that has begun on the day of the trip, or NULL. */
static const struct mileage_rate *
newest(const struct mileage_rates *rates, const struct mileage_trip *trip, const char *kind)
{
	const struct mileage_rate *found = NULL;

	for (size_t i = 0; i < rates->count && strcmp(rates->all[i].from, trip->date) <= 0; i++) {
		const struct mileage_rate *rate = &rates->all[i];

		if (strcmp(rate->kind, kind) != 0)
			continue;
		if (found == NULL || strcmp(found->from, rate->from) != 0 || rate->by_km == trip->has_km)
			found = rate;
	}
	return found;
}

static const struct mileage_rate *
find_rate(const struct mileage_rates *rates, const struct mileage_trip *trip)
{
	const struct mileage_rate *rate = NULL;

	if (!mileage_is_paid(trip))
		return NULL;
	if (trip->kind != NULL)
		rate = newest(rates, trip, trip->kind);
	return rate != NULL ? rate : newest(rates, trip, "any");
}

/* ---- tax years ---- */

/* The first day of the tax year that the day is in. */
static void
find_year(const char *date, const char *year_start, char start[DATE_TEXT_SIZE])
{
	int year = (int)strtol(date, NULL, 10) - (strcmp(date + 5, year_start) < 0);

	memcpy(start, "0000-", 6);
	for (int i = 3; i >= 0; i--, year /= 10)
		start[i] = (char)('0' + year % 10);
	memcpy(start + 5, year_start, 6);
}

void
mileage_first_day(const struct mileage_rates *rates, const char *from, char first[DATE_TEXT_SIZE])
{
	copy_date(first, from);
	for (size_t i = 0; i < rates->count; i++) {
		char start[DATE_TEXT_SIZE];

		if (!rates->all[i].limited)
			continue;
		find_year(from, rates->all[i].year_start, start);
		if (strcmp(start, first) < 0)
			copy_date(first, start);
	}
}

void
mileage_year_end(const struct mileage_rate *rate, const char *date, char end[DATE_TEXT_SIZE])
{
	char start[DATE_TEXT_SIZE];
	int year;

	find_year(date, rate->year_start, start);
	year = (int)strtol(start, NULL, 10) + 1;
	if (year > 9999) {
		copy_date(end, "9999-12-31");
		return;
	}
	for (int i = 3; i >= 0; i--, year /= 10)
		start[i] = (char)('0' + year % 10);
	date_from_days(date_days(start) - 1, end);
}

static bool
counts_towards(const struct mileage_trip *trip, const struct accrual *accrual)
{
	return trip->rate != NULL && trip->rate->by_km == accrual->by_km &&
	    strcmp(trip->rate->kind, accrual->kind) == 0 && strcmp(trip->date, accrual->start) >= 0;
}

/* What counts towards the threshold of a rate.  It is counted on from trip to trip, and anew where a tax year
 * begins. */
static struct accrual *
find_accrual(struct accrual *accruals, size_t *count, const struct mileage_trip *trips, size_t at)
{
	const struct mileage_rate *rate = trips[at].rate;
	struct accrual *accrual = accruals;
	char start[DATE_TEXT_SIZE];

	while (accrual < accruals + *count && (accrual->by_km != rate->by_km || strcmp(accrual->kind, rate->kind) != 0))
		accrual++;
	if (accrual == accruals + *count) {
		*accrual = (struct accrual){ .kind = rate->kind, .by_km = rate->by_km };
		++*count;
	}
	find_year(trips[at].date, rate->year_start, start);
	if (strcmp(start, accrual->start) == 0)
		return accrual;
	copy_date(accrual->start, start);
	accrual->distance = 0;
	for (size_t i = 0; i < at; i++)
		if (counts_towards(&trips[i], accrual))
			accrual->distance += trips[i].distance;
	return accrual;
}

/* ---- prices ---- */

static int
by_order(const void *left, const void *right)
{
	const struct mileage_trip *l = left, *r = right;
	int order = strcmp(l->date, r->date);

	if (order == 0)
		order = strcmp(l->order == NULL ? "" : l->order, r->order == NULL ? "" : r->order);
	return order != 0 ? order : strcmp(l->id, r->id);
}

static int64_t
distance_of(const struct mileage_trip *trip)
{
	if (!trip->rate->by_km)
		return trip->miles;
	return trip->has_km ? trip->km : mileage_km(trip->miles);
}

static void
price(struct mileage_trip *trip, int64_t accrued)
{
	const struct mileage_rate *rate = trip->rate;
	int64_t left = rate->limited ? rate->threshold - accrued : 0;

	trip->accrued = accrued;
	if (rate->limited && left < trip->distance)
		trip->beyond = left > 0 ? trip->distance - left : trip->distance;
	trip->amount = rounded_quotient(
	    (trip->distance - trip->beyond) * rate->rate + trip->beyond * rate->rate_after, PARTS_OF_CENT);
}

void
mileage_price(struct arena *a, const struct mileage_rates *rates, struct mileage_trip *trips, size_t count)
{
	struct accrual *accruals = arena_alloc(a, (rates->count + 1) * sizeof *accruals);
	size_t accrual_count = 0;

	if (count > 1)
		qsort(trips, count, sizeof *trips, by_order);
	for (size_t i = 0; i < count; i++) {
		struct accrual *accrual;

		trips[i].distance = trips[i].accrued = trips[i].beyond = trips[i].amount = 0;
		if ((trips[i].rate = find_rate(rates, &trips[i])) == NULL)
			continue;
		trips[i].distance = distance_of(&trips[i]);
		accrual = find_accrual(accruals, &accrual_count, trips, i);
		price(&trips[i], accrual->distance);
		accrual->distance += trips[i].distance;
	}
}
