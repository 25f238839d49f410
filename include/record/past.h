/* past.h -- finds what a record was at an earlier version, by undoing its audit rows, newest first.  Merges, conflicts,
 * restores and old versions use it. */
#ifndef PAST_H
#define PAST_H

#include "model/call.h"
#include "record/audit.h"

enum {
	PAST_ROWS_MAX = 10000,
	PAST_BYTES_MAX = 8 << 20 /* of changes that one call may hold in memory */
};

struct past {
	bool complete;           /* every write after the version was found, and none is erased */
	const char **values;     /* as of the version, if complete */
	bool *changed;           /* by field: a write after the version changed it */
	bool handed_on;          /* a write after the version changed the owner */
	struct audit_row row;    /* the write that made the version; its version is 0 when it was not found */
};

/* Find what a record was at version.  current is its version now, and values are its values now.  The result is in
 * call->a. */
struct problem *past_read(const struct call *call, const struct collection *c, const char *id, int64_t version,
    int64_t current, const char *const *values, struct past *past) MUST_CHECK;

#endif
