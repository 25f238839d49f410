/* scratch.h -- the memory of a test. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "base/arena.h"

extern struct arena *arena; /* from open_arena to close_arena */

/* Before a test, or before all of a program, and after: makes the arena, which is *state too, and readies crypto.h. */
int open_arena(void **state);
int close_arena(void **state);

#endif
