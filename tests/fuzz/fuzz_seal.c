/* fuzz_seal.c -- arbitrary bytes as a key file, as a sealed backup, as the pieces of one, and as what is sealed.  What
 * was sealed is opened as it was; what was changed, cut or put together by anybody without the keys is refused. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backup/seal.h"
#include "base/buf.h"
#include "pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum {
	AS_KEYS,
	AS_FILE,
	AS_PIECES,
	AS_CHANGED,
	AS_CUT,
	AS_PLAIN,
	AS_COUNT
};

enum {
	PLACE_SIZE = 4,                                     /* bytes that say which byte is changed, or the last */
	BEGINNING_SIZE = SEAL_MAGIC_SIZE + BOX_KEY_SIZE + STREAM_KEY_SIZE + BOX_EXTRA + STREAM_HEADER_SIZE
};

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static struct problem *
add_bytes(void *arg, const void *bytes, size_t size)
{
	buf_add(arg, bytes, size);
	return NULL;
}

static struct seal_keys
our_keys(void)
{
	struct seal_keys keys;

	memset(keys.secret, 7, sizeof keys.secret);
	box_public(keys.secret, keys.public);
	return keys;
}

static void
read_keys(struct arena *a, const char *text, size_t length)
{
	unsigned char public[BOX_KEY_SIZE];
	struct seal_keys keys;

	if (seal_keys_read(a, text, length, &keys) != NULL)
		return;
	box_public(keys.secret, public);
	demand(memcmp(public, keys.public, sizeof public) == 0);
}

static bool
is_whole(struct arena *a, const struct buf *file)
{
	struct from from = { file->text, file->length, SIZE_MAX };
	unsigned char public[BOX_KEY_SIZE], digest[SHA256_SIZE];
	int64_t bytes;
	struct problem *p = seal_check(a, give_bytes, &from, public, &bytes, digest);

	demand(p == NULL ? bytes == (int64_t)file->length : p->kind == PROBLEM_INVALID && p->detail[0] != '\0');
	return p == NULL;
}

/* Whether it is opened to its end; plain is what came out. */
static bool
is_opened(struct arena *a, const struct buf *file, struct buf *plain)
{
	struct from from = { file->text, file->length, SIZE_MAX };
	const struct seal_keys keys = our_keys();
	struct opener *o;
	struct problem *p;
	char room[777];
	size_t got = 1;

	buf_init(plain, a);
	p = opener_begin(a, &keys, give_bytes, &from, &o);
	while (p == NULL && got > 0) {
		p = opener_read(o, room, sizeof room, &got);
		if (p == NULL)
			buf_add(plain, room, got);
	}
	demand(p == NULL || (p->kind == PROBLEM_INVALID && p->detail[0] != '\0'));
	return p == NULL;
}

static struct buf
seal(struct arena *a, const char *plain, size_t size)
{
	const struct seal_keys keys = our_keys();
	unsigned char digest[SHA256_SIZE];
	struct sealer *s;
	struct buf file;
	int64_t bytes;

	buf_init(&file, a);
	demand(sealer_begin(a, keys.public, add_bytes, &file, &s) == NULL);
	demand(sealer_add(s, plain, size) == NULL);
	demand(sealer_end(s, &bytes, digest) == NULL);
	demand(bytes == (int64_t)file.length);
	return file;
}

/* A good beginning, pieces that somebody made, and the hash of it all. */
static struct buf
forge(struct arena *a, const char *pieces, size_t size)
{
	struct buf good = seal(a, "x", 1), file;
	unsigned char digest[SHA256_SIZE];

	buf_init(&file, a);
	buf_add(&file, good.text, BEGINNING_SIZE);
	buf_add(&file, pieces, size);
	sha256(file.text, file.length, digest);
	buf_add(&file, digest, sizeof digest);
	return file;
}

/* The first bytes say where a sealed file of the rest is cut off, or which of its bytes is another one. */
static struct buf
spoil(struct arena *a, const uint8_t *bytes, size_t size, bool cut)
{
	struct buf file;
	uint32_t place;
	size_t at;

	memcpy(&place, bytes, PLACE_SIZE);
	file = seal(a, (const char *)bytes + PLACE_SIZE + 1, size - PLACE_SIZE - 1);
	at = place % file.length;
	if (cut)
		file.length = at;
	else
		file.text[at] = (char)(file.text[at] ^ (bytes[PLACE_SIZE] == 0 ? 1 : bytes[PLACE_SIZE]));
	return file;
}

static void
take(struct arena *a, int as, const uint8_t *bytes, size_t size)
{
	struct buf file, plain;

	if (as == AS_KEYS) {
		read_keys(a, (const char *)bytes, size);
	} else if (as == AS_FILE) {
		buf_init(&file, a);
		buf_add(&file, bytes, size);
		demand(!is_opened(a, &file, &plain) || is_whole(a, &file));
	} else if (as == AS_PIECES) {
		file = forge(a, (const char *)bytes, size);
		(void)is_whole(a, &file);
		demand(!is_opened(a, &file, &plain));
	} else if (as == AS_PLAIN) {
		file = seal(a, (const char *)bytes, size);
		demand(is_whole(a, &file) && is_opened(a, &file, &plain));
		demand(plain.length == size && memcmp(plain.text, bytes, size) == 0);
	} else if (size > PLACE_SIZE + 1) {
		file = spoil(a, bytes, size, as == AS_CUT);
		demand(!is_whole(a, &file) && !is_opened(a, &file, &plain));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *a;

	if (size < 2)
		return 0;
	a = arena_new();
	crypto_init();
	take(a, bytes[0] % AS_COUNT, bytes + 1, size - 1);
	arena_free(a);
	return 0;
}
