/* usage.h -- what people did in the app, counted.  An event counts what happened since the last report; it is never a
 * running total. */
#ifndef USAGE_H
#define USAGE_H

#include "base/json.h"
#include "model/call.h"

enum {
	USAGE_EVENTS_MAX = 100,      /* in one report */
	USAGE_DAY_MAX = 1000,        /* of one person in a space in 24 hours */
	USAGE_COUNT_MAX = 1000000,
	USAGE_METADATA_MAX = 4096    /* bytes */
};

/* Keep the events of a report: an array of {"type","count","metadata"?}; type is 1 to 40 of [A-Za-z0-9._-].  A report
 * that is repeated under its key counts once.  *recorded is how many events it has.  PROBLEM_INVALID names the member
 * at fault; PROBLEM_TOO_MANY for more than USAGE_DAY_MAX. */
struct problem *usage_record(const struct call *call, const char *key, struct json_object *events,
    int64_t *recorded) MUST_CHECK;

enum usage_group {
	USAGE_TOTAL,
	USAGE_BY_DAY,  /* of UTC */
	USAGE_BY_HOUR
};

struct usage_count {
	const char *type, *when; /* "2026-11-21", "2026-11-21T05:00:00.000Z", or NULL for totals */
	int64_t total;
};

/* What was counted in the space of the call in the last `days` days: newest first, and for the same time the largest
 * count first. */
struct problem *usage_counts(const struct call *call, enum usage_group group, int days, int64_t limit,
    struct usage_count **counts, size_t *count) MUST_CHECK;

#endif
