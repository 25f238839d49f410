/* token.h -- JSON Web Tokens (RFC 7519).  lib/account/token.c is the only file that includes <jwt.h>.
 *
 * libjwt (1.x) lets the token choose its algorithm, checks no claim, and accepts unsigned tokens when it has no key.
 * Therefore a token must pass these checks: at most 8 KiB and exactly three parts; header and payload pass the strict
 * scanner of json.h; kid names one of Daybook's own keys, or iss a configured issuer, and that fixes the algorithm,
 * which alg must equal (for Daybook's own tokens, also after libjwt has decoded them); crit, jku, x5u, jwk and x5c are
 * refused; typ is absent, JWT or at+jwt; and every claim is checked here.
 *
 * Daybook's own keys are files KID.key in a folder, each 32 to 64 raw bytes, for HS256.  The last one by name signs,
 * all verify.  To rotate, add a file with a later name, reload, and remove the old one after access_minutes.  Names are
 * 1 to 64 of [A-Za-z0-9._-].  A file that every user of the machine may read is refused.
 *
 * External issuers are files NAME.json:
 * {"issuer","audience","keys":[{"kid","alg":"RS256"|"ES256","pem":"file.pem"}],"maxMinutes"?}.  RSA keys have 2048 bits
 * or more, ES256 keys are on P-256.  kid may be absent in a token when its issuer has one key.  No key is fetched from
 * anywhere.  schema/PROTOCOL.md 11. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/problem.h"

/* The key set: Daybook's own keys and those of external issuers. */
struct token_ring;

/* The claims of a token (RFC 7519 section 4). */
struct claims {
	const char *issuer;  /* as configured: Daybook itself or an external one */
	int external;        /* boolean */
	const char *subject; /* a user id, or the subject of the external issuer */
	const char *session; /* sid: a session id; NULL for external tokens */
	const char *space;   /* the space the token defaults to; NULL for external tokens */
	int64_t issued_at;   /* seconds */
	int64_t expires_at;  /* seconds */
};

/* Load keys and issuers into *ring, in a.  issuers_dir may be NULL.  No key at all, a key that is too short, a weak or
 * wrong public key, or a bad file is PROBLEM_INTERNAL; its cause names the file and says what to do. */
struct problem *token_ring_load(struct arena *a, const char *keys_dir, const char *issuers_dir,
    const char *issuer, struct token_ring **ring) MUST_CHECK;

/* SHA-256 of all that the ring verifies tokens with: two rings with the same digest take the same tokens. */
const unsigned char *token_ring_digest(const struct token_ring *ring);

/* Keys for the seals of Daybook's own backups, 32 bytes for each key of its own in the ring, the newest first.  They
 * are made from those keys and tell nothing of them. */
const unsigned char *token_ring_seals(const struct token_ring *ring, size_t *size);

/* Make a new key file in keys_dir, named by the time in UTC, with mode 0600.  The folder is made with mode 0700 if it
 * is absent. */
struct problem *token_key_create(struct arena *a, const char *keys_dir) MUST_CHECK;

/* Sign subject, session, space, issued_at and expires_at with the newest key.  *text is in a. */
struct problem *token_issue(const struct token_ring *ring, struct arena *a, const struct claims *claims,
    char **text) MUST_CHECK;

/* Verify a token at now (seconds) and give its claims, in a.  Every defect is the same PROBLEM_UNAUTHORIZED; its cause
 * says which one. */
struct problem *token_verify(const struct token_ring *ring, struct arena *a, const char *text, int64_t now,
    struct claims *claims) MUST_CHECK;

/* Seal bytes for a purpose with the newest of Daybook's own keys: HMAC-SHA256 under a key that is derived from it and
 * from purpose, so that a seal is no token, and a seal for one purpose none for another. */
void token_seal(const struct token_ring *ring, const char *purpose, const void *bytes, size_t size,
    unsigned char seal[SHA256_SIZE]);

/* Whether one of Daybook's own keys made this seal. */
bool token_seal_fits(const struct token_ring *ring, const char *purpose, const void *bytes, size_t size,
    const unsigned char seal[SHA256_SIZE]) MUST_CHECK;

#endif
