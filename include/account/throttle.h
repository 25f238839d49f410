/* throttle.h -- makes guessing passwords slow.  Failures are counted for an account as tried from one network, and for
 * the network alone.  After a number of them each further failure doubles the wait.  An account itself is never locked,
 * so nobody can lock somebody else out from another network.  The table stores hashes, neither e-mails nor
 * addresses. */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdint.h>

#include "base/crypto.h"
#include "store/db.h"

enum {
	THROTTLE_ACCOUNT_FREE = 5,  /* the first wait starts with this many failures of an account from one network */
	THROTTLE_NETWORK_FREE = 50, /* the same for a network, whatever the account */
	THROTTLE_LONGEST = 900      /* seconds */
};

/* The two counts of failures that an attempt is checked against. */
struct throttle {
	unsigned char account[SHA256_SIZE]; /* hash of account and network together */
	unsigned char network[SHA256_SIZE];
	int64_t account_free, network_free; /* how many counts of each need no wait */
};

/* Name what is counted.  account is an e-mail address as email_key gives it, or NULL to count only the network. */
void throttle_init(struct throttle *t, const char *account, const char *network);

/* The same for signing up: beside failures, the accounts that were made from the network are counted, the first `free`
 * of which need no wait.  throttle_signed_up counts one. */
void throttle_init_sign_up(struct throttle *t, const char *network, int64_t free);
struct problem *throttle_signed_up(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

/* The same for a PIN on a shared handheld: failures are counted for the person on that handheld, and for the handheld
 * as a whole.  The second count starts again each day (UTC), so that a busy handheld is not slowed down by ordinary
 * typing mistakes. */
void throttle_init_pin(struct throttle *t, const char *handheld, const char *user);

/* The same for the refresh tokens of one sign-in, which are nobody's password: whoever makes them up waits, and nobody
 * else of the network does. */
void throttle_init_refresh(struct throttle *t, const char *session);

/* Seconds to wait after so many failures: 0 for fewer than `free`, then 1, 2, 4, … up to THROTTLE_LONGEST. */
int throttle_delay(int64_t failures, int64_t free);

/* PROBLEM_THROTTLED with Retry-After while the wait lasts.  To be called before any password is hashed. */
struct problem *throttle_check(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

/* A guess was wrong: both counts rise. */
struct problem *throttle_failed(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

/* The password was right: the count of the account from this network goes back to 0.  The count of the network does
 * not, or a guesser could reset it with an account of their own.  It expires after a day without failures. */
struct problem *throttle_passed(struct db *db, struct arena *a, const struct throttle *t) MUST_CHECK;

#endif
