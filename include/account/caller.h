/* caller.h -- who holds a token, as the processes of this host know it: without the database and without checking the
 * token again.  It is for requests that only read, and for writes that read the person again under the lock of the
 * space (person_again); any other asks the database (person_of_token).
 *
 * The key is a hash of the whole token, of the space that was asked for, and of the keys that this process verifies
 * tokens with.  So a token that differs in one byte is another one, and one whose key was withdrawn is not known.
 *
 * Staleness: what this host has changed is in force with the next request: a sign-out, a revocation, a role, a removal,
 * a disabled user.  What another host or an operator has changed, at most SHARED_FRESH_MS later.  The ends of token and
 * session are compared with the clock each time.  Bound: 4,096 tokens and spaces.  Of a person who oversees so many
 * that their ids do not fit beside the rest (about 40), nothing is kept, and each request asks the database. */
#ifndef CALLER_H
#define CALLER_H

#include "account/person.h"
#include "host/shared.h"

/* Find the person who holds a token, as person_of_token would.  False when that is not known for sure, or the database
 * is away: person_of_token then asks it.  The texts of person belong to a. */
bool caller_find(const struct db *db, struct arena *a, const struct token_ring *ring, const char *token,
    const char *space, struct person *person);

/* Keep what person_of_token found at moment.  Only a member of the space is kept. */
void caller_keep(const struct token_ring *ring, const char *token, const char *space, const struct person *person,
    struct shared_moment moment);

/* For the watcher: ask the database about the callers in use, confirm those that are as they were, and drop the others.
 * It asks nothing when nobody is there. */
struct problem *callers_confirm(struct db *db, struct arena *a) MUST_CHECK;

#endif
