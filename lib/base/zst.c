/* zst.c -- Zstandard.  The only file that includes <zstd.h>. */
#include "base/zst.h"

#include <zstd.h>

enum {
	LEVEL = 5 /* above it, parts of records get hardly smaller, but take much longer */
};

static void
free_packer(void *what)
{
	ZSTD_freeCCtx(what);
}

/* A packer that writes the size before the content and a checksum after it. */
static ZSTD_CCtx *
new_packer(struct arena *a)
{
	ZSTD_CCtx *packer = ZSTD_createCCtx();

	if (packer == NULL)
		return NULL;
	arena_defer(a, free_packer, packer);
	if (ZSTD_isError(ZSTD_CCtx_setParameter(packer, ZSTD_c_compressionLevel, LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(packer, ZSTD_c_contentSizeFlag, 1)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(packer, ZSTD_c_checksumFlag, 1)))
		return NULL;
	return packer;
}

void *
zst_pack(struct arena *a, const void *bytes, size_t size, size_t *packed_size)
{
	size_t room = ZSTD_compressBound(size);
	ZSTD_CCtx *packer = new_packer(a);
	void *packed;

	if (packer == NULL || ZSTD_isError(room))
		return NULL;
	packed = arena_raw(a, room);
	*packed_size = ZSTD_compress2(packer, packed, room, bytes, size);
	return ZSTD_isError(*packed_size) ? NULL : packed;
}

/* The size is read from the frame's first bytes, so a bomb is refused before anything is allocated for it. */
void *
zst_unpack(struct arena *a, const void *packed, size_t packed_size, size_t most, size_t *size)
{
	unsigned long long said = ZSTD_getFrameContentSize(packed, packed_size);
	size_t frame = ZSTD_findFrameCompressedSize(packed, packed_size);
	char *bytes;

	if (said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR || said > most)
		return NULL;
	if (ZSTD_isError(frame) || frame != packed_size)
		return NULL;
	bytes = arena_raw(a, (size_t)said + 1);
	*size = ZSTD_decompress(bytes, (size_t)said, packed, packed_size);
	if (ZSTD_isError(*size) || *size != (size_t)said)
		return NULL;
	bytes[*size] = '\0';
	return bytes;
}
