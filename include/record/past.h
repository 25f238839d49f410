/* past.h -- finds what a record was at an earlier version, by undoing its audit rows, newest first.  Merges, conflicts,
 * restores and old versions use it. */
#ifndef PAST_H
#define PAST_H

#include "model/call.h"
#include "record/audit.h"

/* How far to look back: audit rows, and bytes of their changes.  All ops of a push share one room, because others wait
 * for the lock of the space meanwhile; of it one merge takes only PAST_MERGE_ROWS. */
struct past_room {
	int64_t rows, bytes;
};

enum {
	PAST_ROWS_MAX = 10000,
	PAST_MERGE_ROWS = 1000,
	PAST_BYTES_MAX = 8 << 20
};

struct past {
	bool complete;           /* every write after the version was found, and none is erased */
	const char **values;     /* as of the version, if complete */
	bool *changed;           /* by field: a write after the version changed it */
	bool handed_on;          /* a write after the version changed the owner */
	struct audit_row row;    /* the write that made the version; its version is 0 when it was not found */
};

/* Find what a record was at version, by at most so many rows.  current is its version now, and values are its values
 * now.  Inside a write, what is looked at is taken from the room of its ops.  The result is in call->a. */
struct problem *past_read(const struct call *call, const struct collection *c, const char *id, int64_t version,
    int64_t current, int64_t rows_max, const char *const *values, struct past *past) MUST_CHECK;

/* The same from rows that were read already, with the columns AUDIT: so many from first on, the writes of the record,
 * newest first.  Those after current are passed over. */
void past_of_rows(const struct call *call, const struct collection *c, const struct rows *rows, size_t first,
    size_t count, int64_t version, int64_t current, const char *const *values, struct past *past);

#endif
