/* turn.h -- computing with passwords and PINs: 20 MiB and tens of milliseconds each, so at most two at once on a host, and for one who
 * guesses only after the throttle was asked.  Never inside a transaction. */
#ifndef TURN_H
#define TURN_H

#include "account/session.h"
#include "account/throttle.h"

/* Wait about a second for one of the host's two turns, else PROBLEM_THROTTLED.  turn is for password_turn_end. */
struct problem *turn_take(const struct gate *g, int *turn) MUST_CHECK;

/* The same for what may be a guess.  The throttle is asked before the wait, so that guessers do not hold workers, and after it, so that
 * guesses which waited together are not all let through. */
struct problem *turn_take_guess(const struct gate *g, const struct throttle *t, int *turn) MUST_CHECK;

/* What is kept of a password or PIN.  To be called within a turn; the operator's command has none. */
struct problem *turn_hash(struct arena *a, const char *secret, const char **hash) MUST_CHECK;

#endif
