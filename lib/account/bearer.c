/* bearer.c -- makes and recognises opaque tokens. */
#include "account/bearer.h"

#include <string.h>

enum {
	BEARER_SECRET_SIZE = 32
};

const char *
bearer_make(struct arena *a, const char *prefix, unsigned char hash[SHA256_SIZE])
{
	unsigned char secret[BEARER_SECRET_SIZE];
	const char *text;

	random_bytes(secret, sizeof(secret));
	text = arena_printf(a, "%s%s", prefix, base64url_text(a, secret, sizeof(secret)));
	sha256(text, strlen(text), hash);
	return text;
}

bool
bearer_hash(const char *prefix, const char *text, unsigned char hash[SHA256_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t before = strlen(prefix), length = strlen(text);

	if (length != before + 43 || strncmp(text, prefix, before) != 0) /* base64url of 32 bytes */
		return false;
	if (strspn(text + before, letters) != 43)
		return false;
	sha256(text, length, hash);
	return true;
}
