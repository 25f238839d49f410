/* fuzz_multipart.c -- arbitrary bytes as a form with files, whose boundary is the first line.  It is read or refused;
 * every part lies within the body, and none of them holds the boundary. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_part(const struct multipart_part *part, const char *body, size_t length, const char *mark)
{
	if (part->bytes < body || part->bytes + part->length > body + length)
		abort();
	if (memmem(part->bytes, part->length, mark, strlen(mark)) != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct arena *a;
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	const uint8_t *end = memchr(bytes, '\n', size);
	const char *boundary, *body;
	size_t length, count;

	if (a == NULL) {
		crypto_init();
		a = arena_new();
	}
	arena_reset(a);
	if (end == NULL || memchr(bytes, '\0', (size_t)(end - bytes)) != NULL)
		return 0;
	boundary = arena_strndup(a, (const char *)bytes, (size_t)(end - bytes));
	length = size - (size_t)(end + 1 - bytes);
	body = arena_memdup(a, end + 1, length);
	if (multipart_read(a, arena_printf(a, "multipart/form-data; boundary=%s", boundary), body, length, parts,
	    &count) != NULL)
		return 0;
	if (count > MULTIPART_PARTS_MAX)
		abort();
	for (size_t i = 0; i < count; i++)
		check_part(&parts[i], body, length,
		    arena_printf(a, "\r\n--%s", arena_strndup(a, boundary, strcspn(boundary, "; \t"))));
	return 0;
}
