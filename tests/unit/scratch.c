/* scratch.c -- see scratch.h. */
#include "scratch.h"

#include "base/crypto.h"

struct arena *arena;

int
open_arena(void **state)
{
	crypto_init();
	arena = arena_new();
	*state = arena;
	return 0;
}

int
close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}
