/* past.h -- what a record was: its audit rows undone, newest first.  Merges, conflicts, restores and old versions read it. */
#ifndef PAST_H
#define PAST_H

#include "audit.h"
#include "collection.h"

enum {
	PAST_ROWS_MAX = 10000
};

struct past {
	struct audit_row *rows; /* newest first, every one after the version asked for */
	size_t count;
	bool complete;          /* none erased, none missing */
};

/* The rows of a record after version; current is the version it has. */
struct problem *past_read(struct db *db, struct arena *a, const char *space_id, const struct collection *c, const char *id,
    int64_t version, int64_t current, struct past *past) MUST_CHECK;

/* The values before the newest count rows of past, from the values after them; changed, by field, collects what those rows
 * touched, and may be NULL. */
const char **past_values(struct arena *a, const struct collection *c, const struct past *past, size_t count,
    const char *const *values, bool *changed);

#endif
