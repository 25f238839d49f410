/* refresh.c -- the chain of refresh tokens; see refresh.h for why it is one. */
#include "account/refresh.h"

#include <string.h>

#include "base/crypto.h"
#include "base/id.h"

bool
refresh_parse(struct arena *a, const char *text, struct refresh_token *token)
{
	const char *dot = strchr(text, '.');
	unsigned char *secret;
	size_t size = 0;

	if (dot == NULL || dot - text != UUID_TEXT_SIZE - 1)
		return false;
	token->session = arena_strndup(a, text, UUID_TEXT_SIZE - 1);
	if (!uuid_valid(token->session))
		return false;

	secret = base64url_parse(a, dot + 1, strlen(dot + 1), &size);
	if (secret == NULL || size != REFRESH_SECRET_SIZE)
		return false;
	memcpy(token->secret, secret, REFRESH_SECRET_SIZE);
	return true;
}

char *
refresh_text(struct arena *a, const char *session, const unsigned char secret[REFRESH_SECRET_SIZE])
{
	return arena_printf(a, "%s.%s", session, base64url_text(a, secret, REFRESH_SECRET_SIZE));
}

/* next may be secret itself. */
static void
next_secret(const unsigned char seed[32], const unsigned char secret[REFRESH_SECRET_SIZE],
    unsigned char next[REFRESH_SECRET_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	hmac_sha256(seed, 32, secret, REFRESH_SECRET_SIZE, digest);
	memcpy(next, digest, REFRESH_SECRET_SIZE);
}

void
refresh_after(const unsigned char seed[32], const unsigned char secret[REFRESH_SECRET_SIZE], int steps,
    unsigned char after[REFRESH_SECRET_SIZE])
{
	memmove(after, secret, REFRESH_SECRET_SIZE);
	for (int i = 0; i < steps; i++)
		next_secret(seed, after, after);
}

int
refresh_find(const unsigned char seed[32], const unsigned char hash[32],
    const unsigned char secret[REFRESH_SECRET_SIZE], int most)
{
	unsigned char at[REFRESH_SECRET_SIZE], digest[SHA256_SIZE];

	memcpy(at, secret, sizeof(at));
	for (int step = 0; step <= most; step++) {
		sha256(at, sizeof(at), digest);
		if (secret_equal(digest, hash, sizeof(digest)))
			return step;
		next_secret(seed, at, at);
	}
	return REFRESH_UNKNOWN;
}
