/* dialect.c -- finds the dialect of a path. */
#include <string.h>

#include "compat/cars.h"
#include "compat/compat.h"
#include "compat/expenses.h"
#include "compat/routines.h"

static const struct dialect *const dialects[] = {
	&cars_dialect,
	&expenses_dialect,
	&routines_dialect,
};

const struct dialect *
dialect_of(const char *path)
{
	for (size_t i = 0; path != NULL && i < sizeof dialects / sizeof dialects[0]; i++)
		if (strncmp(path, dialects[i]->prefix, strlen(dialects[i]->prefix)) == 0)
			return dialects[i];
	return NULL;
}
