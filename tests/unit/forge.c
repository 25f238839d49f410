/* forge.c -- see forge.h. */
#include "forge.h"

#include <string.h>

#include "base/zst.h"

void
forge_member(struct forged *f, const char *name, const void *bytes, size_t size, int64_t said)
{
	unsigned char digest[SHA256_SIZE];

	tar_header((unsigned char *)buf_room(&f->file, TAR_BLOCK), name, said, 1795250040);
	buf_took(&f->file, TAR_BLOCK);
	buf_add(&f->file, bytes, size);
	buf_add(&f->file, arena_alloc(f->file.arena, TAR_BLOCK), tar_padding((int64_t)size));
	sha256(bytes, size, digest);
	buf_printf(&f->parts, "%s{\"name\":\"%s\",\"bytes\":%zu,\"sha256\":\"%s\"}", f->parts.length > 0 ? "," : "",
	    name, size, hex_text(f->file.arena, digest, sizeof digest));
}

const char forged_head[] =
    "{\"format\":1,\"space\":{\"id\":\"0191f3a0-0000-7000-8000-000000000002\",\"name\":\"x\"},\"kind\":\"manual\","
    "\"seq\":20,\"at\":\"2026-11-21T08:34:00.123Z\",\"epoch\":\"e\",\"chain\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\",\"definitions\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\",\"maker\":\"m\",\"seal\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\"}";

void
forge_start(struct forged *f, struct arena *a, const char *json)
{
	memset(f, 0, sizeof *f);
	buf_init(&f->file, a);
	buf_init(&f->parts, a);
	forge_member(f, "daybook.json", json, strlen(json), (int64_t)strlen(json));
}

void
forge_packed(struct forged *f, const char *name, const char *text, size_t length)
{
	size_t size;
	void *packed = zst_pack(f->file.arena, text, length, &size);

	forge_member(f, name, packed, size, (int64_t)size);
}

struct buf *
forge_end(struct forged *f, const char *counts, int files)
{
	struct buf text;
	unsigned char digest[SHA256_SIZE];

	buf_init(&text, f->file.arena);
	buf_printf(&text, "{\"parts\":[%s],\"counts\":%s,\"files\":%d,\"seal\":\"%064d\"", f->parts.text, counts,
	    files, 0);
	sha256(text.text, text.length, digest);
	buf_printf(&text, ",\"sha256\":\"%s\"}", hex_text(f->file.arena, digest, sizeof digest));
	forge_member(f, "manifest.json", text.text, text.length, (int64_t)text.length);
	buf_add(&f->file, arena_alloc(f->file.arena, TAR_END), TAR_END);
	return &f->file;
}
