/* bearer.h -- opaque tokens: a prefix that tells their kind, and a random secret.  Only the hash of a token is
 * stored. */
#ifndef BEARER_H
#define BEARER_H

#include <stdbool.h>

#include "base/crypto.h"

#define API_TOKEN_PREFIX "dbk_"

/* A new token, in a, and the hash of it that is stored. */
const char *bearer_make(struct arena *a, const char *prefix, unsigned char hash[SHA256_SIZE]);

/* True, and hash is set, when text has the form of a token with this prefix. */
bool bearer_hash(const char *prefix, const char *text, unsigned char hash[SHA256_SIZE]);

#endif
