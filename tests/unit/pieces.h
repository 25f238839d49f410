/* pieces.h -- bytes as a source of archives and sealed files, in pieces of any size. */
#ifndef PIECES_H
#define PIECES_H

#include <stddef.h>

#include "base/problem.h"

struct from {
	const char *at;
	size_t left, piece;
};

/* An archive_source whose argument is a struct from: in pieces of odd sizes, as a network gives them. */
struct problem *give_bytes(void *arg, void *room, size_t size, size_t *got);

#endif
