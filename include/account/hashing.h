/* hashing.h -- hashing passwords and PINs within the machine's turns for it (host/turn.h).  One hash takes 19 MiB and
 * tens of milliseconds, so few are computed at once.  For what may be a guess, the throttle is asked first.  No turn is
 * taken inside a transaction. */
#ifndef HASHING_H
#define HASHING_H

#include "account/session.h"
#include "account/throttle.h"

/* Take one of the turns, or wait for one as TURN_PASSWORD says, else PROBLEM_BUSY.  hashing_end gives it back. */
struct problem *hashing_begin(const struct gate *g, struct turn *turn) MUST_CHECK;

/* The same for what may be a guess.  The throttle is asked before the wait, so that guesses do not occupy workers, and
 * again after it, so that guesses that waited at the same time are not all let through. */
struct problem *hashing_begin_guess(const struct gate *g, const struct throttle *t, struct turn *turn) MUST_CHECK;

void hashing_end(const struct gate *g, struct turn *turn);

/* Hash a password or PIN for storing; *hash is in a.  Call it within a turn; the operator's command needs none. */
struct problem *hash_secret(struct arena *a, const char *secret, const char **hash) MUST_CHECK;

#endif
