/* dialect.c -- which words are spoken under which address. */
#include "dialect.h"

#include <string.h>

static const struct dialect *const dialects[] = {
	&cars_dialect,
};

const struct dialect *
dialect_of(const struct request *r)
{
	for (size_t i = 0; r->path != NULL && i < sizeof dialects / sizeof dialects[0]; i++)
		if (strncmp(r->path, dialects[i]->prefix, strlen(dialects[i]->prefix)) == 0)
			return dialects[i];
	return NULL;
}
