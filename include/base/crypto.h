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

/* Fill bytes from the system's random source. */
void random_bytes(void *bytes, size_t size);

/* A new UUIDv7 (RFC 9562) of now, as lower-case text. */
void uuid7(char text[UUID_TEXT_SIZE]);
char *uuid7_text(struct arena *a);

/* 128 random bits as 32 lower-case hex digits. */
char *random_hex(struct arena *a);

/* SHA-256, piece by piece (start, add, end) or at once. */
struct sha256 {
	_Alignas(16) unsigned char state[128];
};
void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *bytes, size_t size);
void sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE]);
void sha256(const void *bytes, size_t size, unsigned char digest[SHA256_SIZE]);

/* HMAC-SHA256 (RFC 2104) of bytes under key. */
void hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, unsigned char mac[SHA256_SIZE]);

/* True when size bytes are equal.  The time it takes does not depend on the bytes. */
bool secret_equal(const void *a, const void *b, size_t size);

/* bytes as lower-case hex digits. */
char *hex_text(struct arena *a, const void *bytes, size_t size);
/* Read exactly size bytes from 2*size hex digits of either case.  False when text is anything else. */
bool hex_parse(const char *text, void *bytes, size_t size);

/* bytes as base64url without padding (RFC 4648 section 5). */
char *base64url_text(struct arena *a, const void *bytes, size_t size);
/* The bytes of a base64url text, followed by a NUL that *size does not count.  NULL when text is not canonical
 * base64url without padding. */
unsigned char *base64url_parse(struct arena *a, const char *text, size_t length, size_t *size);

/* Hash a password with argon2id, 19 MiB, 2 passes: "$argon2id$…".  False when there is no memory for it. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);
/* True when password is the one that was hashed.  With hash NULL the same work is done against a hash made at start,
 * and the answer is false: an unknown user takes as long as a known one. */
bool password_verify(const char *password, const char *hash);

#endif
