/* forge.h -- archives put together by hand: headers and hashes are right, so what is refused is what they hold. */
#ifndef FORGE_H
#define FORGE_H

#include "backup/archive.h"
#include "base/buf.h"

struct forged {
	struct buf file;  /* the archive so far */
	struct buf parts; /* of its manifest */
};

/* A daybook.json that is read, of seq 20. */
extern const char forged_head[];

/* Begin with this text as daybook.json. */
void forge_start(struct forged *f, struct arena *a, const char *json);

/* Add a member whose header says that it has so many bytes; or one that is packed first. */
void forge_member(struct forged *f, const char *name, const void *bytes, size_t size, int64_t said);
void forge_packed(struct forged *f, const char *name, const char *text, size_t length);

/* Add a manifest that fits, with these counts, and the end. */
struct buf *forge_end(struct forged *f, const char *counts, int files);

#endif
