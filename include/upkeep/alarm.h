/* alarm.h -- what somebody has to look at: a backup that failed or is old, a past that was rewritten, a disk that is
 * nearly full.  One row for each kind and subject until it is over; GET /api/health, GET /metrics, doctor and mail tell
 * of them. */
#ifndef ALARM_H
#define ALARM_H

#include "model/call.h"

/* Raise an alarm, or count it again if it is already there.  kind is one of the words in alarm.c, which say how it is
 * mended; subject says of what (the id of a space, the name of a target), or is "", and has at most 64 characters of
 * ASCII.  detail is one sentence without personal data; what it has beyond 1,000 characters is cut off. */
struct problem *alarm_raise(struct db *db, struct arena *a, const char *kind, const char *subject, const char *detail)
    MUST_CHECK;

/* It is over.  Nothing happens when there is none. */
struct problem *alarm_clear(struct db *db, struct arena *a, const char *kind, const char *subject) MUST_CHECK;

/* The kinds that Daybook knows, from 0 on; NULL after the last. */
const char *alarm_kind(size_t i);

/* How many alarms there are, by kind. */
struct alarm_count {
	const char *kind;
	int64_t count;
};
struct problem *alarms_count(struct db *db, struct arena *a, struct alarm_count **counts, size_t *count) MUST_CHECK;

struct alarm {
	const char *kind, *subject, *detail;
	int64_t raised_at, last_at, count;
};

enum {
	ALARMS_MAX = 1000 /* that are told of */
};

/* What the operator can do about an alarm of this kind: a sentence.  A kind that is not known gives a general one. */
const char *alarm_mend(const char *kind);

/* Whether the kind is one that Daybook knows. */
bool alarm_known(const char *kind);

/* All that are there, oldest first; those about one subject, such as a space, or with NULL about any. */
struct problem *alarms_read(struct db *db, struct arena *a, const char *subject, struct alarm **alarms, size_t *count)
    MUST_CHECK;

#endif
