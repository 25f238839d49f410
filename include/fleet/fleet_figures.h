/* fleet_figures.h -- the figures of visits, computed from rows alone: no database, no clock.  All formulas are here,
 * and the golden cases in tests/fixtures/fleet hold the expected results.
 *
 * A visit is one car on one board: its flags as they were at the end of the shift, at a reset, or when the car was
 * deleted. */
#ifndef FLEET_FIGURES_H
#define FLEET_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_out.h"

struct fleet_visit {
	const char *car, *location;
	bool arrived, late, empty;
	bool taken_away;              /* the visit ended with the deletion of the car */
	int64_t arrived_at, empty_at; /* instants; 0 = none */
	int64_t late_at;              /* when it was flagged late; 0 where that is not known */
	const char *by;               /* the user whose visit it is; NULL where that is not known */
};

struct fleet_figures {
	int64_t cars, arrived, late, empty;
	int64_t late_rate;            /* late cars in tenths of a per cent, rounded half up; 0 when there are no cars */
	int64_t cycles;               /* visits with both instants, the second not before the first */
	int64_t median, p90;          /* seconds from arrival to empty: the median (of two the mean, rounded half
	                               * up), and the 90th percentile by nearest rank */
};

/* The arrivals of one hour. */
struct fleet_hour {
	int64_t start;                /* the instant at which the hour of the zone's clock began */
	char clock[17];               /* "2026-11-21 05:00" there */
	int64_t arrivals, late;
};

/* The figures of one location. */
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

/* Compute the figures of visits, in a.  zone must be known (zone_known). */
void fleet_summarise(struct arena *a, const struct fleet_visit *visits, size_t count, const char *zone,
    struct fleet_summary *summary);

/* The figures as a JSON object:
 * {"cars","arrived","notArrived","late","empty","lateRate"[,"cycle":{"count","medianSeconds","p90Seconds"}]}. */
void fleet_figures_put(struct json_out *out, const char *name, const struct fleet_figures *figures);

/* "figures":{…},"arrivalsPerHour":[…],"byLocation":[…], without braces. */
void fleet_summary_put(struct json_out *out, const struct fleet_summary *summary);

#endif
