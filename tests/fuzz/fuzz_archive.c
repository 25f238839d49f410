/* fuzz_archive.c -- arbitrary bytes as the file of a backup, and as what lies behind its hashes: daybook.json, a part,
 * lines of records, a client's copy.  It is read the same way each time, and what is wrong is said. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "forge.h"
#include "pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum {
	AS_ARCHIVE,
	AS_HEAD,
	AS_LINES,
	AS_PART,
	AS_COPY,
	AS_COUNT
};

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

/* What a visitor is told keeps what archive.h promises. */
static struct problem *
see_record(void *arg, const struct archive_record *r)
{
	char *last = arg;

	demand(strlen(r->collection) <= 40 && strlen(r->id) <= 64 && strlen(r->owner) == 36);
	demand(r->version > 0 && r->seq > 0);
	demand(r->doc[0] == '{' && (r->doc_private == NULL || r->doc_private[0] == '{'));
	demand(strcmp(last, r->collection) <= 0);
	strcpy(last, r->collection);
	return NULL;
}

static bool
read_bytes(struct arena *a, const char *bytes, size_t size)
{
	static const struct archive_visitor visitor = { .record = see_record };
	struct from from = { bytes, size, SIZE_MAX };
	struct archive_read out;
	char last[64] = "";
	struct problem *p = archive_read(a, NULL, 0, give_bytes, &from, &visitor, last, &out);

	demand(p == NULL || (p->kind == PROBLEM_INVALID && p->detail[0] != '\0'));
	demand(p != NULL || (out.bytes == (int64_t)size && !out.head.ours));
	return p == NULL;
}

static const char client_head[] =
    "{\"format\":1,\"space\":{\"id\":\"0191f3a0-0000-7000-8000-000000000002\",\"name\":\"x\"},\"kind\":\"client\","
    "\"seq\":0,\"at\":\"2026-11-21T08:34:00.123Z\",\"epoch\":\"e\",\"chain\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\",\"definitions\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\",\"maker\":\"m\",\"seal\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\"}";

/* The first byte chooses what the rest is. */
static const struct buf *
put_together(struct forged *f, struct arena *a, int as, const char *bytes, size_t size)
{
	static const char part[] = "records/00001.ndjson.zst";
	char *text = arena_memdup(a, bytes, size);

	if (as == AS_HEAD) {
		forge_start(f, a, text);
		return forge_end(f, "{}", 0);
	}
	forge_start(f, a, as == AS_COPY ? client_head : forged_head);
	if (as == AS_LINES)
		forge_packed(f, part, text, size);
	if (as == AS_PART)
		forge_member(f, part, text, size, (int64_t)size);
	if (as == AS_COPY)
		forge_packed(f, "copy.json.zst", text, size);
	return forge_end(f, as == AS_COPY ? "{}" : "{\"weights\":1}", 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct forged f;
	struct arena *a;
	const struct buf *file;
	bool good;

	if (size == 0)
		return 0;
	a = arena_new();
	crypto_init();
	if (bytes[0] % AS_COUNT == AS_ARCHIVE) {
		good = read_bytes(a, (const char *)bytes + 1, size - 1);
		demand(good == read_bytes(a, (const char *)bytes + 1, size - 1));
	} else {
		file = put_together(&f, a, bytes[0] % AS_COUNT, (const char *)bytes + 1, size - 1);
		good = read_bytes(a, file->text, file->length);
		demand(good == read_bytes(a, file->text, file->length));
	}
	arena_free(a);
	return 0;
}
