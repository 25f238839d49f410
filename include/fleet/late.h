/* late.h -- cars that are late.  A car's `expected` is a time of day by the space's clock.  In a shift it means the
 * first such instant that is not earlier than LATE_HOURS_BEFORE hours before the start of the shift.  So 02:00 in a
 * shift that begins at 22:00 is on the next day. */
#ifndef LATE_H
#define LATE_H

#include "record/write.h"

enum {
	LATE_HOURS_BEFORE = 6 /* a car may be expected this long before its shift is started in Daybook */
};

/* What lateness in a space depends on. */
struct late_watch {
	bool under_way;      /* a shift is open */
	const char *shift;   /* its id */
	int64_t started_at;
	const char *zone;    /* of the space; UTC when its settings name none */
};

/* Read what lateness in the space of the call depends on now. */
struct problem *late_open(const struct call *call, struct late_watch *watch) MUST_CHECK;

/* The instant after which a car is late.  expected is the canonical value of its field, with its quotes. */
int64_t late_due(struct arena *a, const struct late_watch *watch, const char *expected);

/* Flag the cars of all spaces that are overdue now, and notify: once for each car, board and expected time, so that a
 * flag that somebody has cleared is not set again.  *count is how many were flagged.  A failure in one space does not
 * stop the round for the others; the first one is returned.  The housekeeper calls it every minute. */
struct problem *late_run(const struct call *call, int64_t *count) MUST_CHECK;

#endif
