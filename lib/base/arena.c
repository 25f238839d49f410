/* arena.c -- memory with one lifetime, cut from chunks.  Small pieces share a chunk; a big one has a chunk of its own.
 * A reset keeps one chunk, so a busy worker needs no more memory from the system.  Under AddressSanitizer every piece
 * has a chunk of its own, so that the sanitizer sees its bounds. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_EDGES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_EDGES 1
#endif
#endif

enum {
	ALIGNMENT = alignof(max_align_t),
	CHUNK_ROOM = 64 * 1024
};

/* A piece of this size or more gets a chunk of its own. */
#ifdef ARENA_EDGES
static const size_t ALONE_FROM = 0;
#else
static const size_t ALONE_FROM = CHUNK_ROOM / 4;
#endif

struct chunk {
	struct chunk *next;
	size_t room; /* bytes held */
	size_t used; /* bytes in use; the next piece starts here, rounded up */
	alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next; /* the one deferred before */
	void (*end)(void *what);
	void *what;
};

struct arena {
	struct chunk *shared;      /* the chunk that small pieces come from, then the full ones; or NULL */
	struct chunk *alone;       /* chunks of one piece each */
	struct deferred *deferred; /* the last one first; in memory of the chunks */
};

static size_t freed; /* bytes, since arena_take_freed */

static struct chunk *
make_chunk(struct chunk *next, size_t room)
{
	struct chunk *chunk;

	if (room > SIZE_MAX - sizeof(*chunk))
		abort();
	chunk = malloc(sizeof(*chunk) + room);
	if (chunk == NULL)
		abort();
	chunk->next = next;
	chunk->room = room;
	chunk->used = 0;
	return chunk;
}

static void
free_chunks(struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		freed += chunk->room;
		free(chunk);
		chunk = next;
	}
}

void *
arena_raw(struct arena *a, size_t size)
{
	struct chunk *chunk = a->shared;
	size_t start;

	if (size >= ALONE_FROM) {
		a->alone = make_chunk(a->alone, size);
		return a->alone->bytes;
	}
	start = chunk == NULL ? 0 : (chunk->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (chunk == NULL || start + size > chunk->room) {
		chunk = a->shared = make_chunk(chunk, CHUNK_ROOM);
		start = 0;
	}
	chunk->used = start + size;
	return chunk->bytes + start;
}

struct arena *
arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		abort();
	return a;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_raw(a, size), 0, size);
}

void *
arena_memdup(struct arena *a, const void *bytes, size_t size)
{
	char *copy;

	if (size == SIZE_MAX)
		abort();
	copy = arena_raw(a, size + 1);
	if (size > 0)
		memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

char *
arena_strdup(struct arena *a, const char *text)
{
	if (text == NULL)
		return NULL;
	return arena_memdup(a, text, strlen(text));
}

char *
arena_strndup(struct arena *a, const char *text, size_t length)
{
	return arena_memdup(a, text, strnlen(text, length));
}

char *
arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	if (length < 0)
		abort();
	text = arena_raw(a, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}

void
arena_defer(struct arena *a, void (*end)(void *what), void *what)
{
	struct deferred *deferred = arena_raw(a, sizeof(*deferred));

	deferred->next = a->deferred;
	deferred->end = end;
	deferred->what = what;
	a->deferred = deferred;
}

static void
free_inner(void *inner)
{
	arena_free(inner);
}

struct arena *
arena_within(struct arena *a)
{
	struct arena *inner = arena_new();

	arena_defer(a, free_inner, inner);
	return inner;
}

size_t
arena_take_freed(void)
{
	size_t bytes = freed;

	freed = 0;
	return bytes;
}

void
arena_reset(struct arena *a)
{
	while (a->deferred != NULL) {
		struct deferred *last = a->deferred;

		a->deferred = last->next;
		last->end(last->what);
	}
	free_chunks(a->alone);
	a->alone = NULL;
	if (a->shared == NULL)
		return;
	free_chunks(a->shared->next);
	a->shared->next = NULL;
	a->shared->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free_chunks(a->shared);
	free(a);
}
