/* fuzz_token.c -- arbitrary bytes as a token, and as header and payload of a token with a valid signature.  What is
 * accepted must keep what token.h promises; nothing may crash or read out of bounds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/token.h"
#include "base/crypto.h"
#include "place.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const int64_t now = 1795250040;
static const char key[] = "0123456789abcdef0123456789abcdef";
static const char issuer[] =
    "{\"issuer\":\"https://login.example\",\"audience\":\"daybook\",\"keys\":["
    "{\"kid\":\"r\",\"alg\":\"RS256\",\"pem\":\"rsa.pem\"},{\"kid\":\"e\",\"alg\":\"ES256\",\"pem\":\"ec.pem\"}]}";
static const char rsa[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkwxhOdmmkG2L5mhjSrKC\n"
    "ui6kTKfRXuhaiB99gcsRm0xw4PROqxaaBEuU0uHvicT6i2lY8z4N0wmqcPfEYFK3\n"
    "XA09zf8GZ50LJohn4KNxlos88+OyC5Ia3lhPIJfwBPRVGIodcy0nLntcdqJD5zu/\n"
    "A0lJtR4+xZiXUKu2Th78Tnu8HvsMjh0lKiT4rgCbMkPGzrR5PQdbUdj1KxKtX3W3\n"
    "oPUFRty/4AUtlCw7T7oFjjAW2x2XgZ7gxwP+UFbH4Co7o9HSF/jlR/+hfH9aH49D\n"
    "muz6wJLsVVuxFQkZmHig+L6vTaNKjZ/5xRZp3NYINvma7X8TrX3+TS+iESnsTiDM\n"
    "uQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char ec[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqPC1dckl74oVKU0UVEBL3c/84hmq\n"
    "T00Vxch1M03YrfvGZNWqeFZAPIEJWG47iPNj584wDnvxU7xk46s3AJUKtA==\n"
    "-----END PUBLIC KEY-----\n";

static struct arena *life, *arena;
static struct token_ring *ring;

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

/* The file is gone as soon as its bytes are read. */
static const char *
write_file(const char *folder, const char *name, const char *bytes, size_t size)
{
	const char *path = arena_printf(life, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");

	demand(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
	demand(chmod(path, 0600) == 0);
	return path;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char folder[256];
	const char *paths[4];

	(void)argc;
	(void)argv;
	crypto_init();
	life = arena_new();
	arena = arena_new();
	demand(mkdtemp(place_of("fuzz-token", folder, sizeof(folder))) != NULL);
	paths[0] = write_file(folder, "k.key", key, 32);
	paths[1] = write_file(folder, "login.json", issuer, strlen(issuer));
	paths[2] = write_file(folder, "rsa.pem", rsa, strlen(rsa));
	paths[3] = write_file(folder, "ec.pem", ec, strlen(ec));
	demand(token_ring_load(life, folder, folder, "daybook", &ring) == NULL);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		unlink(paths[i]);
	rmdir(folder);
	return 0;
}

static void
verify(const char *text)
{
	struct claims claims = { 0 };
	struct problem *p = token_verify(ring, arena, text, now, &claims);

	if (p != NULL) {
		demand(p->kind == PROBLEM_UNAUTHORIZED && p->cause != NULL);
		return;
	}
	demand(strlen(text) <= 8192);
	demand(claims.issuer != NULL && claims.subject != NULL && claims.subject[0] != '\0');
	demand(claims.external || (claims.session != NULL && claims.space != NULL));
	demand(claims.expires_at > now && claims.issued_at <= now + 60);
	demand(claims.expires_at - claims.issued_at <= 24 * 60 * 60);
}

/* header, newline, payload */
static void
verify_signed(const char *bytes, size_t size)
{
	const char *line = memchr(bytes, '\n', size);
	unsigned char mac[SHA256_SIZE];
	char *text;

	if (line == NULL)
		return;
	text = arena_printf(arena, "%s.%s", base64url_text(arena, bytes, (size_t)(line - bytes)),
	    base64url_text(arena, line + 1, size - (size_t)(line + 1 - bytes)));
	hmac_sha256(key, 32, text, strlen(text), mac);
	verify(arena_printf(arena, "%s.%s", text, base64url_text(arena, mac, sizeof(mac))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	verify(arena_memdup(arena, bytes, size));
	verify_signed((const char *)bytes, size);
	arena_reset(arena);
	return 0;
}
