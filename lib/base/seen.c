/* seen.c -- a hash table with open addressing, which doubles when it is three quarters full. */
#include "base/seen.h"

#include <string.h>

#include "base/crypto.h"

enum {
	FIRST_ROOM = 256 /* a power of two */
};

void
seen_start(struct seen *s, struct arena *a)
{
	*s = (struct seen){ .a = a, .entries = arena_alloc(a, FIRST_ROOM * sizeof *s->entries), .room = FIRST_ROOM };
}

void
seen_clear(struct seen *s)
{
	memset(s->entries, 0, s->room * sizeof *s->entries);
	s->used = 0;
}

void
seen_hash(const char *text, unsigned char hash[SEEN_KEY_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	sha256(text, strlen(text), digest);
	memcpy(hash, digest, SEEN_KEY_SIZE);
}

/* The entry of key, or the free entry where it belongs. */
static struct seen_entry *
place(struct seen_entry *entries, size_t room, const unsigned char *key)
{
	size_t i;

	memcpy(&i, key, sizeof i);
	for (i &= room - 1; entries[i].count != 0 && memcmp(entries[i].key, key, SEEN_KEY_SIZE) != 0;
	    i = (i + 1) & (room - 1))
		;
	return &entries[i];
}

static void
grow(struct seen *s)
{
	size_t room = s->room * 2;
	struct seen_entry *entries = arena_alloc(s->a, room * sizeof *entries);

	for (size_t i = 0; i < s->room; i++)
		if (s->entries[i].count != 0)
			*place(entries, room, s->entries[i].key) = s->entries[i];
	s->entries = entries;
	s->room = room;
}

struct seen_entry *
seen_entry(struct seen *s, const char *text)
{
	unsigned char key[SEEN_KEY_SIZE];
	struct seen_entry *entry;

	if (s->used >= s->room / 4 * 3)
		grow(s);
	seen_hash(text, key);
	entry = place(s->entries, s->room, key);
	if (entry->count == 0) {
		s->used++;
		memcpy(entry->key, key, sizeof key);
	}
	return entry;
}

const struct seen_entry *
seen_find(const struct seen *s, const char *text)
{
	unsigned char key[SEEN_KEY_SIZE];
	const struct seen_entry *entry;

	seen_hash(text, key);
	entry = place(s->entries, s->room, key);
	return entry->count == 0 ? NULL : entry;
}
