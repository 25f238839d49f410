/* pieces.c -- see pieces.h. */
#include "pieces.h"

#include <string.h>

struct problem *
give_bytes(void *arg, void *room, size_t size, size_t *got)
{
	struct from *from = arg;

	*got = size < from->piece ? size : from->piece;
	*got = *got < from->left ? *got : from->left;
	memcpy(room, from->at, *got);
	from->at += *got;
	from->left -= *got;
	return NULL;
}
