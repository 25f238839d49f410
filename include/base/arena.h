/* arena.h -- memory with one lifetime: everything taken from an arena is freed together.
 * A worker has one arena and resets it after each request.  Nothing taken from it is freed by hand.
 * When memory runs out the process aborts: a worker holds no state, and its parent starts another. */
#ifndef ARENA_H
#define ARENA_H

#include <stdarg.h>
#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

struct arena;

/* A new, empty arena.  Never NULL.  The caller frees it with arena_free. */
struct arena *arena_new(void);

/* size zeroed bytes, aligned for any type.  Never NULL, also when size is 0.  The same holds for every function below
 * that returns memory: it is never NULL and belongs to a. */
void *arena_alloc(struct arena *a, size_t size);

/* The same, but the bytes hold anything: for what is written over at once. */
void *arena_raw(struct arena *a, size_t size);

/* A copy of size bytes, followed by a NUL. */
void *arena_memdup(struct arena *a, const void *bytes, size_t size);

/* A copy of text.  Only here the result may be NULL: for NULL. */
char *arena_strdup(struct arena *a, const char *text);

/* A copy of the first length bytes of text, NUL-terminated. */
char *arena_strndup(struct arena *a, const char *text, size_t length);

/* Formatted text, as printf writes it. */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Call end(what) when the arena is reset or freed; the last one deferred is called first.
 * For what is not plain memory, such as a json-c tree. */
void arena_defer(struct arena *a, void (*end)(void *what), void *what);

/* A new, empty arena that is freed when a is reset or freed: for what is taken and dropped again meanwhile. */
struct arena *arena_within(struct arena *a);

/* Free everything taken so far: deferred calls in reverse order, then the memory.  The arena can be used again. */
void arena_reset(struct arena *a);

/* The bytes that all arenas of this process have given back since the last call: a reset of a small arena gives
 * nothing back, because it keeps its memory. */
size_t arena_take_freed(void);

/* arena_reset, then the arena itself.  NULL is allowed. */
void arena_free(struct arena *a);

#endif
