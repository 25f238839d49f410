/* past.h -- what a record was: its audit rows undone, newest first.  Merges, conflicts, restores and old versions read it. */
#ifndef PAST_H
#define PAST_H

#include "model/call.h"
#include "record/audit.h"

enum {
	PAST_ROWS_MAX = 10000,
	PAST_BYTES_MAX = 8 << 20 /* of changes: what one look back may hold in memory */
};

struct past {
	bool complete;           /* every write after the version was found, and none of them is erased */
	const char **values;     /* as of the version, when complete */
	bool *changed;           /* by field: a write after the version touched it */
	bool handed_on;          /* one of them changed the owner */
	struct audit_row row;    /* the write that made the version; its version is 0 when it was not found */
};

/* What a record was at version; current is the version it has now, values are its values now. */
struct problem *past_read(const struct call *call, const struct collection *c, const char *id, int64_t version,
    int64_t current, const char *const *values, struct past *past) MUST_CHECK;

#endif
