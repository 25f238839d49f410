/* fuzz_charset.c -- arbitrary bytes in each charset.  What is read is UTF-8 of at most three times as many bytes, and
 * UTF-8 itself comes back as it was. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The text is UTF-8, of a length that is bounded. */
static void
check(const struct charset_text *text, size_t size)
{
	if (text->length > 3 * size || strlen(text->text) != text->length || charset_called(text->charset) == NULL)
		abort();
	for (size_t at = 0; at < text->length;) {
		size_t length = utf8_size(text->text + at, text->length - at);

		if (length == 0)
			abort();
		at += length;
	}
}

/* The first byte chooses the charset. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct charset_text text;
	struct arena *a;
	char *copy;
	size_t names = 0, chosen;

	if (size == 0)
		return 0;
	while (charset_names[names] != NULL)
		names++;
	chosen = bytes[0] % (names + 1); /* the last one is none: NULL */
	a = arena_new();
	copy = arena_alloc(a, size);
	memcpy(copy, bytes + 1, size - 1);
	if (charset_read(a, copy, size - 1, charset_names[chosen], &text) == NULL)
		check(&text, size - 1);
	arena_free(a);
	return 0;
}
