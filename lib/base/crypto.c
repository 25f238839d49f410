/* crypto.c -- random bytes, hashes and passwords, on libsodium.  The only file that includes <sodium.h>.
 * It decides nothing about who may do what. */
#include "base/crypto.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"

enum {
	PASSWORD_PASSES = 2,
	PASSWORD_MEMORY = 19 * 1024 * 1024
};

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((struct sha256 *)NULL)->state),
    "struct sha256 is too small");
_Static_assert(_Alignof(crypto_hash_sha256_state) <= 16, "struct sha256 is not aligned enough");
_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE, "PASSWORD_HASH_SIZE is too small");
_Static_assert(crypto_hash_sha256_BYTES == SHA256_SIZE, "SHA256_SIZE is wrong");

_Static_assert(crypto_box_PUBLICKEYBYTES == BOX_KEY_SIZE && crypto_box_SECRETKEYBYTES == BOX_KEY_SIZE &&
    crypto_box_SEALBYTES == BOX_EXTRA, "the sizes of boxes are wrong");
_Static_assert(crypto_secretstream_xchacha20poly1305_KEYBYTES == STREAM_KEY_SIZE &&
    crypto_secretstream_xchacha20poly1305_HEADERBYTES == STREAM_HEADER_SIZE &&
    crypto_secretstream_xchacha20poly1305_ABYTES == STREAM_EXTRA, "the sizes of streams are wrong");
_Static_assert(sizeof(crypto_secretstream_xchacha20poly1305_state) <= sizeof(((struct stream_state *)NULL)->state),
    "struct stream_state is too small");

/* The hash that the password of an unknown user is verified against: it is well-formed, has the settings above, and
 * belongs to no known password. */
static char nobodys_hash[crypto_pwhash_STRBYTES];

/* Make a hash from a random salt and a random digest.  That costs nothing, and a check against it takes as long as one
 * against a real hash. */
static void
make_nobodys_hash(void)
{
	unsigned char salt[16], digest[32];
	char salt_text[sodium_base64_ENCODED_LEN(sizeof(salt), sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
	char digest_text[sodium_base64_ENCODED_LEN(sizeof(digest), sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];

	randombytes_buf(salt, sizeof(salt));
	randombytes_buf(digest, sizeof(digest));
	sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	sodium_bin2base64(digest_text, sizeof(digest_text), digest, sizeof(digest),
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	snprintf(nobodys_hash, sizeof(nobodys_hash), "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s",
	    PASSWORD_MEMORY / 1024, PASSWORD_PASSES, salt_text, digest_text);
}

void
crypto_init(void)
{
	if (sodium_init() < 0)
		abort();
	make_nobodys_hash();
}

void
random_bytes(void *bytes, size_t size)
{
	randombytes_buf(bytes, size);
}

void
uuid7(char text[UUID_TEXT_SIZE])
{
	unsigned char bytes[UUID_BYTES];
	int64_t now = instant_now();

	randombytes_buf(bytes, sizeof(bytes));
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(now >> (8 * (5 - i)));
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x70); /* version 7 */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
	uuid_unpack(bytes, text);
}

char *
uuid7_text(struct arena *a)
{
	char *text = arena_alloc(a, UUID_TEXT_SIZE);

	uuid7(text);
	return text;
}

char *
random_hex(struct arena *a)
{
	unsigned char bytes[16];

	randombytes_buf(bytes, sizeof(bytes));
	return hex_text(a, bytes, sizeof(bytes));
}

void
sha256_start(struct sha256 *h)
{
	crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)h->state);
}

void
sha256_add(struct sha256 *h, const void *bytes, size_t size)
{
	crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)h->state, bytes, size);
}

void
sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE])
{
	crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)h->state, digest);
}

void
sha256(const void *bytes, size_t size, unsigned char digest[SHA256_SIZE])
{
	crypto_hash_sha256(digest, bytes, size);
}

void
hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, unsigned char mac[SHA256_SIZE])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_size);
	crypto_auth_hmacsha256_update(&state, bytes, size);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_memzero(&state, sizeof(state));
}

bool
secret_equal(const void *a, const void *b, size_t size)
{
	return sodium_memcmp(a, b, size) == 0;
}

void
secret_forget(void *bytes, size_t size)
{
	sodium_memzero(bytes, size);
}

void
box_public(const unsigned char secret[BOX_KEY_SIZE], unsigned char public[BOX_KEY_SIZE])
{
	crypto_scalarmult_base(public, secret);
}

bool
box_close(const unsigned char public[BOX_KEY_SIZE], const void *bytes, size_t size, unsigned char *box)
{
	return crypto_box_seal(box, bytes, size, public) == 0;
}

bool
box_open(const unsigned char public[BOX_KEY_SIZE], const unsigned char secret[BOX_KEY_SIZE], const unsigned char *box,
    size_t size, void *bytes)
{
	return crypto_box_seal_open(bytes, box, size, public, secret) == 0;
}

static crypto_secretstream_xchacha20poly1305_state *
stream_of(struct stream_state *s)
{
	return (crypto_secretstream_xchacha20poly1305_state *)(void *)s->state;
}

void
stream_close_start(struct stream_state *s, const unsigned char key[STREAM_KEY_SIZE],
    unsigned char header[STREAM_HEADER_SIZE])
{
	crypto_secretstream_xchacha20poly1305_init_push(stream_of(s), header, key);
}

void
stream_close(struct stream_state *s, const void *bytes, size_t size, bool last, unsigned char *closed)
{
	crypto_secretstream_xchacha20poly1305_push(stream_of(s), closed, NULL, bytes, size, NULL, 0,
	    last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
}

bool
stream_open_start(struct stream_state *s, const unsigned char key[STREAM_KEY_SIZE],
    const unsigned char header[STREAM_HEADER_SIZE])
{
	return crypto_secretstream_xchacha20poly1305_init_pull(stream_of(s), header, key) == 0;
}

bool
stream_open(struct stream_state *s, const unsigned char *closed, size_t size, void *bytes, bool *last)
{
	unsigned char tag;

	if (crypto_secretstream_xchacha20poly1305_pull(stream_of(s), bytes, NULL, &tag, closed, size, NULL, 0) != 0)
		return false;
	*last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return *last || tag == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}

char *
hex_text(struct arena *a, const void *bytes, size_t size)
{
	char *text = arena_alloc(a, 2 * size + 1);

	sodium_bin2hex(text, 2 * size + 1, bytes, size);
	return text;
}

bool
hex_parse(const char *text, void *bytes, size_t size)
{
	if (strlen(text) != 2 * size)
		return false;
	return sodium_hex2bin(bytes, size, text, 2 * size, NULL, NULL, NULL) == 0;
}

char *
base64url_text(struct arena *a, const void *bytes, size_t size)
{
	size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(a, room);

	return sodium_bin2base64(text, room, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

unsigned char *
base64url_parse(struct arena *a, const char *text, size_t length, size_t *size)
{
	size_t room = length / 4 * 3 + 3;
	unsigned char *bytes = arena_alloc(a, room + 1);

	if (sodium_base642bin(bytes, room, text, length, NULL, size, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return NULL;
	bytes[*size] = '\0';
	return bytes;
}

bool
password_hash(const char *password, char hash[PASSWORD_HASH_SIZE])
{
	return crypto_pwhash_argon2id_str(hash, password, strlen(password), PASSWORD_PASSES, PASSWORD_MEMORY) == 0;
}

bool
password_verify(const char *password, const char *hash)
{
	const char *against = hash != NULL ? hash : nobodys_hash;
	bool same = crypto_pwhash_argon2id_str_verify(against, password, strlen(password)) == 0;

	return same && hash != NULL;
}
