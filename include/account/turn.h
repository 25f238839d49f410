/* turn.h -- the host's two slots for hashing passwords and PINs, called turns.  One hash takes 19 MiB and tens of
 * milliseconds, so a host computes at most two at once.  For what may be a guess, the throttle is asked first.  No turn
 * is taken inside a transaction. */
#ifndef TURN_H
#define TURN_H

#include "account/session.h"
#include "account/throttle.h"

/* Wait up to about a second for one of the host's two turns, else PROBLEM_THROTTLED.  password_turn_end ends *turn. */
struct problem *turn_take(const struct gate *g, int *turn) MUST_CHECK;

/* The same for what may be a guess.  The throttle is asked before the wait, so that guesses do not occupy workers, and
 * again after it, so that guesses that waited at the same time are not all let through. */
struct problem *turn_take_guess(const struct gate *g, const struct throttle *t, int *turn) MUST_CHECK;

/* Hash a password or PIN for storing; *hash is in a.  Call it within a turn; the operator's command needs none. */
struct problem *turn_hash(struct arena *a, const char *secret, const char **hash) MUST_CHECK;

#endif
