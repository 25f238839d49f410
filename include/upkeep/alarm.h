/* alarm.h -- what somebody has to look at: a backup that failed or is old, a past that was rewritten, a disk that is
 * nearly full.  One row for each kind and subject until it is over; GET /api/health, GET /metrics, doctor and mail tell
 * of them. */
#ifndef ALARM_H
#define ALARM_H

#include "model/call.h"

/* Raise an alarm, or count it again if it is already there.  kind is a word such as backup-failed; subject says of
 * what, or is "". */
struct problem *alarm_raise(struct db *db, struct arena *a, const char *kind, const char *subject, const char *detail)
    MUST_CHECK;

/* It is over. */
struct problem *alarm_clear(struct db *db, struct arena *a, const char *kind, const char *subject) MUST_CHECK;

struct alarm {
	const char *kind, *subject, *detail;
	int64_t raised_at, last_at, count;
};

enum {
	ALARMS_MAX = 1000 /* that are told of */
};

/* All that are there, oldest first; those of one space, or with space_id NULL of everybody. */
struct problem *alarms_read(struct db *db, struct arena *a, const char *space_id, struct alarm **alarms, size_t *count)
    MUST_CHECK;

#endif
