/* refresh.h -- refresh tokens: their text and the chain they form.  No database here.
 *
 * A token is "<session id>.<base64url of 32 bytes>".  The first secret is drawn at random; each next one is HMAC-SHA256(seed, the
 * one before), seed being the session's own 32 random bytes.  The table keeps SHA-256 of the newest secret that was handed out and
 * the seed: whoever reads the table has no token, and whoever asks twice with the same one hears the same answer. */
#ifndef REFRESH_H
#define REFRESH_H

#include <stdbool.h>

#include "base/arena.h"

enum {
	REFRESH_SECRET_SIZE = 32,
	REFRESH_CHAIN_MAX = 10000 /* steps walked back at most: at one refresh in 15 minutes, 104 days */
};

enum refresh_place {
	REFRESH_UNKNOWN,     /* no secret of this chain */
	REFRESH_CURRENT,     /* the newest: its successor is to be handed out */
	REFRESH_PREDECESSOR, /* the one before the newest, and that was not used yet: the answer was lost, give it again */
	REFRESH_SPENT        /* an older one: somebody holds a copy */
};

struct refresh_token {
	const char *session; /* a UUID by form */
	unsigned char secret[REFRESH_SECRET_SIZE];
};

/* False when text has another form. */
bool refresh_parse(struct arena *a, const char *text, struct refresh_token *token);

char *refresh_text(struct arena *a, const char *session, const unsigned char secret[REFRESH_SECRET_SIZE]);

void refresh_next(const unsigned char seed[32], const unsigned char secret[REFRESH_SECRET_SIZE],
    unsigned char next[REFRESH_SECRET_SIZE]);

/* Where secret stands in the chain that ends in a secret with this hash. */
enum refresh_place refresh_find(const unsigned char seed[32], const unsigned char hash[32],
    const unsigned char secret[REFRESH_SECRET_SIZE]);

#endif
