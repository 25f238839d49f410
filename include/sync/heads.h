/* heads.h -- the heads of all spaces of a user.  schema/PROTOCOL.md 4.
 *
 * The spaces of a user are kept in the table that the processes of a host share (host/shared.h), and so are the heads.
 * Staleness: none for what this host has changed or written, at most SHARED_FRESH_MS for everything else.  Bound: 4,096
 * users with at most HEADS_KEPT spaces each; others are always read from the database. */
#ifndef HEADS_H
#define HEADS_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	HEADS_KEPT = 32
};

/* Put "definitions" (their stamp) and "heads":[{"space","head"},…] of the person's spaces.  A client can only compare a
 * head for equality.  A token that is bound to a space sees only that one. */
struct problem *heads_put(const struct call *call, struct json_out *out) MUST_CHECK;

/* For the watcher: ask the database about the lists in use, and keep what it says. */
struct problem *heads_confirm(struct db *db, struct arena *a) MUST_CHECK;

#endif
