/* bearer.h -- tokens that are their own proof: a prefix that tells their kind, and a secret.  Only their hash is kept. */
#ifndef BEARER_H
#define BEARER_H

#include <stdbool.h>

#include "base/crypto.h"

#define API_TOKEN_PREFIX "dbk_"

/* The text of a new token that is its own proof, and its hash, which alone is kept. */
const char *bearer_make(struct arena *a, const char *prefix, unsigned char hash[SHA256_SIZE]);

/* True and its hash, when text has the form of such a token. */
bool bearer_hash(const char *prefix, const char *text, unsigned char hash[SHA256_SIZE]);

#endif
