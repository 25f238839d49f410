/* verify.h -- is everything that was written still there, as it was written?
 * Recomputes the audit chain of each space and replays the audit into records.  Safe while workers run: it looks at what was
 * there up to the head it read first. */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdint.h>

#include "store/db.h"

struct verified {
	int64_t spaces, writes, records, erased; /* looked at; erased are writes whose content was blanked */
	const char *difference;                  /* the first one, as a sentence that names space and seq or record; NULL when there is none */
};

/* Verify one space, or all when space_id is NULL.  An unknown space is a difference. */
struct problem *verify_run(struct db *db, struct arena *a, const char *space_id, struct verified *verified) MUST_CHECK;

#endif
