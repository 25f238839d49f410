/* throttle.h -- whoever guesses passwords waits.  Failures are counted for an account as tried from one network, and for the network
 * alone; past a number of them each further failure doubles the wait.  An account by itself is never locked: nobody can shut
 * somebody else out from elsewhere.  The table holds hashes, no e-mail and no address. */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "store/db.h"

enum {
	THROTTLE_ACCOUNT_FREE = 5,  /* failures of an account from a network before the first wait */
	THROTTLE_NETWORK_FREE = 50, /* failures of a network, whatever the account */
	THROTTLE_LONGEST = 900      /* seconds */
};

struct throttle {
	unsigned char account[SHA256_SIZE]; /* of account and network together */
	unsigned char network[SHA256_SIZE];
};

/* account is the e-mail in lower case, or NULL when only the network counts. */
void throttle_init(struct throttle *t, const char *account, const char *network);

/* A PIN tried on a shared handheld: the person counts there, and the handheld alone for a day, so that a busy one is not the slower for
 * all the slips of all its people. */
void throttle_init_pin(struct throttle *t, const char *handheld, const char *user);

/* Seconds to wait after the last of so many failures when `free` of them cost nothing: 0, 1, 2, 4, … THROTTLE_LONGEST. */
int throttle_delay(int64_t failures, int64_t free);

/* PROBLEM_THROTTLED with Retry-After while a wait lasts.  To be asked before any password is computed. */
struct problem *throttle_check(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

/* A guess was wrong: both counts rise. */
struct problem *throttle_failed(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

/* The password was right: the account's count from this network is forgotten.  The network's is not, or one account of their own
 * would let a guesser start again and again; it ages out within a day without failures. */
struct problem *throttle_passed(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

#endif
