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
	PASSWORD_HASH_SIZE = 128,
	BOX_KEY_SIZE = 32,        /* a public key, and a secret one */
	BOX_EXTRA = 48,           /* bytes by which a box is more than what is in it */
	STREAM_KEY_SIZE = 32,
	STREAM_HEADER_SIZE = 24,
	STREAM_EXTRA = 17         /* bytes by which a piece is more when it is closed */
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

/* Boxes: who knows the public key can close one, and only who knows the secret key opens it (libsodium's sealed boxes:
 * X25519, XSalsa20, Poly1305).  box_public makes the public key of a secret one. */
void box_public(const unsigned char secret[BOX_KEY_SIZE], unsigned char public[BOX_KEY_SIZE]);
/* box has size + BOX_EXTRA bytes.  False for a public key that is none. */
bool box_close(const unsigned char public[BOX_KEY_SIZE], const void *bytes, size_t size, unsigned char *box) MUST_CHECK;
/* bytes has size - BOX_EXTRA bytes.  False for a box that was closed for another key, or changed. */
bool box_open(const unsigned char public[BOX_KEY_SIZE], const unsigned char secret[BOX_KEY_SIZE],
    const unsigned char *box, size_t size, void *bytes) MUST_CHECK;

/* A stream of pieces under one key: none can be changed, left out, or put elsewhere, and the last one is known to be
 * the last (libsodium's secretstream: XChaCha20, Poly1305). */
struct stream_state {
	_Alignas(16) unsigned char state[64];
};
void stream_close_start(struct stream_state *s, const unsigned char key[STREAM_KEY_SIZE],
    unsigned char header[STREAM_HEADER_SIZE]);
/* closed has size + STREAM_EXTRA bytes. */
void stream_close(struct stream_state *s, const void *bytes, size_t size, bool last, unsigned char *closed);
bool stream_open_start(struct stream_state *s, const unsigned char key[STREAM_KEY_SIZE],
    const unsigned char header[STREAM_HEADER_SIZE]) MUST_CHECK;
/* size is that of closed, at least STREAM_EXTRA; bytes has size - STREAM_EXTRA.  False for a piece that is not the next
 * one as it was closed. */
bool stream_open(struct stream_state *s, const unsigned char *closed, size_t size, void *bytes, bool *last) MUST_CHECK;

/* Overwrite a secret that is no longer needed. */
void secret_forget(void *bytes, size_t size);

/* Hash a password with argon2id, 19 MiB, 2 passes: "$argon2id$…".  False when there is no memory for it. */
bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE]);
/* True when password is the one that was hashed.  With hash NULL the same work is done against a hash made at start,
 * and the answer is false: an unknown user takes as long as a known one. */
bool password_verify(const char *password, const char *hash);

#endif
