/* late.h -- cars that are not there when they are expected.  A car's `expected` is a time of day by the space's clock; in a shift it means
 * the first such moment from some hours before the shift's start on, so that 02:00 in a shift that begins at 22:00 is the next day. */
#ifndef LATE_H
#define LATE_H

#include "record/write.h"

enum {
	LATE_HOURS_BEFORE = 6 /* a car may be expected so long before its shift is begun in Daybook */
};

/* What lateness in a space is measured by. */
struct late_watch {
	bool under_way;      /* a shift is */
	const char *shift;   /* its id */
	int64_t started_at;
	const char *zone;    /* of the space; UTC where it has not said */
};

struct problem *late_open(const struct call *call, struct late_watch *watch) MUST_CHECK;

/* The instant after which a car that is expected then (canonical, "\"05:30\"") is late. */
int64_t late_due(struct arena *a, const struct late_watch *watch, const char *expected);

/* Flag the cars of all spaces that are overdue now, and notify: once for a car, its board and its expected time, so that a flag that
 * somebody takes back stays so.  The housekeeper's, every minute. */
struct problem *late_run(const struct call *call, int64_t *count) MUST_CHECK;

#endif
