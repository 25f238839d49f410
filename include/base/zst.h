/* zst.h -- Zstandard (RFC 8878).  lib/base/zst.c is the only file that includes <zstd.h>. */
#ifndef ZST_H
#define ZST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* One frame of bytes, with its size and a checksum in it; *packed_size is how long it is.  Equal bytes give equal
 * frames with the same version of the library.  NULL when the library has no memory for it. */
void *zst_pack(struct arena *a, const void *bytes, size_t size, size_t *packed_size);

/* The content of a packed text that is exactly one frame.  NULL when it is anything else, damaged, or says that it
 * holds more than most bytes: nothing larger is ever allocated.  A NUL follows it, which *size does not count. */
void *zst_unpack(struct arena *a, const void *packed, size_t packed_size, size_t most, size_t *size);

#endif
