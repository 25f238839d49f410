/* seen.h -- a set of texts, for long loops: was this text seen before?  It keeps a hash of each text, with a count and
 * a mark for the caller's use, in 36 bytes. */
#ifndef SEEN_H
#define SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	SEEN_KEY_SIZE = 16 /* bytes of SHA-256: enough that no two texts share a key */
};

struct seen_entry {
	unsigned char key[SEEN_KEY_SIZE];
	unsigned char mark[SEEN_KEY_SIZE]; /* for the caller: the hash of another text */
	uint32_t count;                    /* for the caller too.  0 marks a free slot: raise it in a new entry, or the
	                                    * entry is lost */
};

struct seen {
	struct arena *a;
	struct seen_entry *entries;
	size_t room, used;
};

/* Begin an empty set in a. */
void seen_start(struct seen *s, struct arena *a);

/* Empty the set but keep its memory. */
void seen_clear(struct seen *s);

/* The entry of text, made if there is none; valid until the next call. */
struct seen_entry *seen_entry(struct seen *s, const char *text);

/* The entry of text, or NULL when it was not seen. */
const struct seen_entry *seen_find(const struct seen *s, const char *text);

/* The hash of text, for marks. */
void seen_hash(const char *text, unsigned char hash[SEEN_KEY_SIZE]);

#endif
