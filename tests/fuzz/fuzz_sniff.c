/* fuzz_sniff.c -- arbitrary bytes as the beginning of a file.  They are of one type or of none, the same each time,
 * and nothing after them is read.  What a browser would take for a page has no type. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A page begins with "<", after blanks and a byte order mark at most. */
static int
is_markup(const uint8_t *bytes, size_t size)
{
	size_t at = 0;

	if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < size && strchr(" \t\r\n\f", bytes[at]) != NULL && bytes[at] != '\0')
		at++;
	return at < size && bytes[at] == '<';
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *type = sniff_type(bytes, size, (int64_t)size);

	if (type != sniff_type(bytes, size, (int64_t)size))
		abort();
	if (type == NULL)
		return 0;
	if (is_markup(bytes, size) || strcmp(sniff_extension(type), "bin") == 0)
		abort();
	if (sniff_is_image(type) == (strcmp(type, "application/pdf") == 0))
		abort();
	return 0;
}
