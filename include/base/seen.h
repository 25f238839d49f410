/* seen.h -- what a long walk has met already: a table from a text's hash to a count and a mark, 36 bytes an entry. */
#ifndef SEEN_H
#define SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	SEEN_KEY_SIZE = 16 /* of SHA-256: two texts do not meet */
};

struct seen_entry {
	unsigned char key[SEEN_KEY_SIZE], mark[SEEN_KEY_SIZE]; /* mark is the caller's: the hash of another text */
	uint32_t count;                                        /* the caller's too; a new entry has 0 and must get more */
};

struct seen {
	struct arena *a;
	struct seen_entry *entries;
	size_t room, used;
};

void seen_start(struct seen *s, struct arena *a);

/* Forget everything, keep the room. */
void seen_clear(struct seen *s);

/* The entry of a text, new or old; good until the next call. */
struct seen_entry *seen_entry(struct seen *s, const char *text);

/* The entry of a text that was met, or NULL. */
const struct seen_entry *seen_find(const struct seen *s, const char *text);

/* The first bytes of the hash of text, for marks. */
void seen_hash(const char *text, unsigned char hash[SEEN_KEY_SIZE]);

#endif
