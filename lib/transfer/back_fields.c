/* back_fields.c -- how the fields of a record go back to what they were. */
#include "back_fields.h"

#include <string.h>

static bool
is_length(const struct field *f)
{
	return f->type == FIELD_INTEGER && f->format != NULL && strcmp(f->format, "duration") == 0;
}

void
back_spare_spans(struct op *op, const bool *spared)
{
	const struct collection *c = op->collection;

	for (size_t i = 0; i < c->field_count && op->touched != NULL; i++) {
		const struct field *end = &c->fields[i];
		const struct field *start = end->pair == NULL ? NULL : collection_field(c, end->pair);

		if (start == NULL || end->type != FIELD_INSTANT || (!spared[i] && !spared[start->index]))
			continue;
		for (size_t j = 0; j < c->field_count; j++)
			if (j == i || j == start->index || is_length(&c->fields[j]))
				op->touched[j] = false;
	}
}

bool
back_any(const bool *flags, size_t count)
{
	return flags != NULL && memchr(flags, true, count) != NULL;
}
