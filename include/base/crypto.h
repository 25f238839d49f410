/* crypto.h -- random bytes, hashes, passwords.  lib/base/crypto.c is the only file that includes <sodium.h>. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	SHA256_SIZE = 32,
	UUID_TEXT_SIZE = 37,
	PASSWORD_HASH_SIZE = 128
};

/* Must be called once before anything else here; aborts when the library cannot start. */
void crypto_init(void);

void random_bytes(void *bytes, size_t size);

/* A UUIDv7 (RFC 9562) of now in lower-case text. */
void uuid7(char text[UUID_TEXT_SIZE]);
char *uuid7_text(struct arena *a);

/* 128 random bits as 32 lower-case hex digits. */
char *random_hex(struct arena *a);

/* SHA-256, at once or piece by piece. */
struct sha256 {
	_Alignas(16) unsigned char state[128];
};
void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t size);
void sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE]);
void sha256(const void *bytes, size_t size, unsigned char digest[SHA256_SIZE]);

void hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, unsigned char mac[SHA256_SIZE]);

/* Equal, in time that does not depend on the bytes. */
bool secret_equal(const void *a, const void *b, size_t size);

char *hex_text(struct arena *a, const void *bytes, size_t size);
/* Exactly size bytes from 2*size hex digits of either case. */
bool hex_parse(const char *text, void *bytes, size_t size);

/* RFC 4648 section 5, without padding. */
char *base64url_text(struct arena *a, const void *bytes, size_t size);
/* NULL when text is not canonical base64url without padding; the bytes are followed by a NUL that is not counted. */
unsigned char *base64url_parse(struct arena *a, const char *text, size_t length, size_t *size);

/* argon2id, 19 MiB, 2 passes: "$argon2id$…".  False when memory for it cannot be had. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);
/* With hash NULL the same work is done against a hash made at start, and the answer is false. */
bool password_verify(const char *password, const char *hash);

/* At most two password computations at once on a host: takes one of two lock files in folder without waiting.
 * Returns a descriptor for password_turn_end, or -1 when both are taken (the caller answers 429). */
int password_turn_begin(const char *folder);
void password_turn_end(int turn);

#endif
