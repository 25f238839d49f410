/* token.h -- JSON Web Tokens.  lib/account/token.c is the only file that includes <jwt.h>.
 *
 * libjwt 1.10.2 lets the token choose its algorithm, checks no claim and takes unsigned tokens when it has no key.  So: at most
 * 8 KiB; exactly three parts; header and payload pass json.h's strict scanner; kid names a key of ours or iss an issuer of ours,
 * which pins the algorithm; alg must equal it before decoding and after; crit, jku, x5u, jwk, x5c are refused; typ is absent, JWT
 * or at+jwt; every claim is checked here.
 *
 * Our keys: files KID.key in a folder, each 32 to 64 raw bytes, HS256.  The newest by name signs, all verify: to rotate, add a file
 * with a later name, reload, and remove the old one after access_minutes.  Names are 1 to 64 of [A-Za-z0-9._-].  A file that every
 * user of the machine may read is refused.
 *
 * External issuers: files NAME.json {"issuer","audience","keys":[{"kid","alg":"RS256"|"ES256","pem":"file.pem"}],"maxMinutes"?}.
 * RSA keys have 2048 bits or more; ES256 keys lie on P-256.  kid may be absent in a token when its issuer has one key.  No key is fetched. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdint.h>

#include "base/problem.h"

struct token_ring;

struct claims {
	const char *issuer;  /* as configured: ours or an external one */
	int external;        /* boolean */
	const char *subject; /* our user id, or the external issuer's subject */
	const char *session; /* sid: our session id; NULL for external tokens */
	const char *space;   /* the space the token defaults to; NULL for external tokens */
	int64_t issued_at;   /* seconds */
	int64_t expires_at;  /* seconds */
};

/* Load keys and issuers; the ring lives in a.  issuers_dir may be NULL.  No key at all, a short key, a weak or wrong public key
 * or a bad file is a PROBLEM_INTERNAL whose cause names the file and says what to do. */
struct problem *token_ring_load(struct arena *a, const char *keys_dir, const char *issuers_dir,
    const char *issuer, struct token_ring **ring) MUST_CHECK;

/* Make a new key file in keys_dir, named by the UTC time, mode 0600; the folder is made with mode 0700 when absent. */
struct problem *token_key_create(struct arena *a, const char *keys_dir) MUST_CHECK;

/* Sign claims (subject, session, space, issued_at, expires_at) with the newest key. */
struct problem *token_issue(const struct token_ring *ring, struct arena *a, const struct claims *claims, char **text) MUST_CHECK;

/* Check text at now (seconds).  Any defect is the same PROBLEM_UNAUTHORIZED; which one stands in its cause. */
struct problem *token_verify(const struct token_ring *ring, struct arena *a, const char *text, int64_t now,
    struct claims *claims) MUST_CHECK;

#endif
