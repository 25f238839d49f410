/* place.c -- see place.h. */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>

char *
place_of(const char *name, char *path, size_t size)
{
	const char *under = getenv("TMPDIR");
	int length = under == NULL ? -1 : snprintf(path, size, "%s/daybook-%s.XXXXXX", under, name);

	if (length < 0 || (size_t)length >= size)
		snprintf(path, size, "/tmp/daybook-%s.XXXXXX", name);
	return path;
}
