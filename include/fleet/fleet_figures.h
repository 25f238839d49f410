/* fleet_figures.h -- what the visits of cars come to, from rows alone: no database, no clock.  The one place for these formulas; the
 * golden cases in tests/fixtures/fleet say what they come to.
 *
 * A visit is one car on one board: what its flags were at the end of the shift, at a reset, or when it was taken away. */
#ifndef FLEET_FIGURES_H
#define FLEET_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_out.h"

struct fleet_visit {
	const char *car, *location;
	bool arrived, late, empty;
	bool taken_away;              /* the car was deleted then */
	int64_t arrived_at, empty_at; /* instants; 0 = none */
	int64_t late_at;              /* when the flag was raised, where that is known */
	const char *by;               /* the user whose visit it is, where that is known */
};

struct fleet_figures {
	int64_t cars, arrived, late, empty;
	int64_t late_rate;            /* of the cars, in tenths of a per cent, rounded half up; 0 when there are none */
	int64_t cycles;               /* visits with both instants, the second not before the first */
	int64_t median, p90;          /* of arrival to empty, in seconds: the middle one (of two the mean, rounded half up); the nearest rank */
};

struct fleet_hour {
	int64_t start;                /* the instant at which the hour of the place's clock began */
	char clock[17];               /* "2026-11-21 05:00" there */
	int64_t arrivals, late;
};

struct fleet_place {
	const char *location;
	struct fleet_figures figures;
};

struct fleet_summary {
	struct fleet_figures all;
	struct fleet_hour *hours;     /* in order, those with arrivals */
	size_t hour_count;
	struct fleet_place *places;   /* by name */
	size_t place_count;
};

/* zone is one that instant.h knows. */
void fleet_summarise(struct arena *a, const struct fleet_visit *visits, size_t count, const char *zone, struct fleet_summary *summary);

/* The figures as a JSON object: {"cars","arrived","notArrived","late","empty","lateRate"[,"cycle":{"count","medianSeconds","p90Seconds"}]}. */
void fleet_figures_put(struct json_out *out, const char *name, const struct fleet_figures *figures);

/* "figures":{…},"arrivalsPerHour":[…],"byLocation":[…], without braces. */
void fleet_summary_put(struct json_out *out, const struct fleet_summary *summary);

#endif
