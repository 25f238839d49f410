/* verify.h -- checks that everything is stored as it was written.  It computes the hash chain of each space's audit
 * again, replays the audit and compares the result with the records, and counts what each space holds.  Safe while
 * workers run: it checks only writes up to the head that it read first, and counts at one moment.
 * schema/PROTOCOL.md 7. */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdint.h>

#include "store/db.h"

struct verified {
	int64_t spaces, writes, records; /* how many were checked */
	int64_t erased;                  /* writes whose content was blanked */
	const char *difference;          /* a sentence about the first one, with space and seq or record; or NULL */
};

/* Verify one space, or all when space_id is NULL.  An unknown space is a difference; a problem means that it could not
 * be checked. */
struct problem *verify_run(struct db *db, struct arena *a, const char *space_id, struct verified *verified) MUST_CHECK;

#endif
