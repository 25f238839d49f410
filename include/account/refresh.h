/* refresh.h -- refresh tokens: their text and the chain they form.  No database here.
 *
 * A token is "<session id>.<base64url of 32 bytes>".  The first secret is random; each next one is HMAC-SHA256(seed,
 * the one before), where seed is 32 random bytes of the session.  The table stores the seed and the SHA-256 of the
 * newest secret that was handed out.  So nobody gets a token by reading the table, and a client that asks twice with
 * the same token gets the same answer. */
#ifndef REFRESH_H
#define REFRESH_H

#include <stdbool.h>

#include "base/arena.h"

enum {
	REFRESH_SECRET_SIZE = 32,
	REFRESH_CHAIN_MAX = 10000, /* steps of a chain that are searched: 104 days, at one refresh every 15 minutes */
	REFRESH_NEAR = 64,         /* of these, those that cost hardly anything */
	REFRESH_UNKNOWN = -1
};

struct refresh_token {
	const char *session; /* a UUID by form */
	unsigned char secret[REFRESH_SECRET_SIZE];
};

/* Split the text of a token into its parts.  False when it has another form. */
bool refresh_parse(struct arena *a, const char *text, struct refresh_token *token);

/* The text of a token, in a. */
char *refresh_text(struct arena *a, const char *session, const unsigned char secret[REFRESH_SECRET_SIZE]);

/* The secret that is so many steps after secret in the chain of seed. */
void refresh_after(const unsigned char seed[32], const unsigned char secret[REFRESH_SECRET_SIZE], int steps,
    unsigned char after[REFRESH_SECRET_SIZE]);

/* How many steps secret is before the newest secret of the chain of seed, which has this hash: 0 for the newest itself,
 * REFRESH_UNKNOWN for one that is not among the last `most` steps.  A search through all of REFRESH_CHAIN_MAX takes as
 * long as some hundred ordinary requests. */
int refresh_find(const unsigned char seed[32], const unsigned char hash[32],
    const unsigned char secret[REFRESH_SECRET_SIZE], int most);

#endif
