/* ids.c -- ids that people give their things, as files have them: a spreadsheet makes 128489.0 of 128489, and somebody
 * types 25a255 for 25A255.  The id is then the one that a record has already, or an earlier row of the file. */
#include <string.h>

#include "base/id.h"
#include "reading.h"

enum {
	FIRST_ROOM = 64
};

/* An id itself, as a key that differs from what cell_id_key gives. */
static const char *
exactly(struct arena *a, const char *id)
{
	return arena_printf(a, "=%s", id);
}

/* Keep an id, and find it again by itself and in other case. */
static void
keep_spelling(struct import *im, struct arena *a, const char *id)
{
	struct import_spellings *s = &im->spellings;
	struct seen_entry *entry = seen_entry(&s->keys, cell_id_key(a, id));

	if (entry->count == 0) {
		if (s->count == s->room) {
			const char **more = arena_alloc(im->a, (s->room = s->room * 2 + FIRST_ROOM) * sizeof *more);

			if (s->count > 0)
				memcpy(more, s->all, s->count * sizeof *more);
			s->all = more;
		}
		s->all[s->count++] = arena_strdup(im->a, id);
		entry->count = (uint32_t)s->count;
	}
	seen_entry(&s->keys, exactly(a, id))->count = 1;
}

void
ids_begin(struct import *im)
{
	struct arena *scratch = arena_new();

	seen_clear(&im->spellings.keys);
	im->spellings.count = 0;
	for (size_t i = 0; im->collection->id_label != NULL && i < im->options.id_count; i++)
		keep_spelling(im, scratch, im->options.ids[i]);
	arena_free(scratch);
}

const char *
id_meant(struct import *im, struct arena *a, struct import_row *row, const char *text)
{
	const char *id = im->collection->id_label == NULL ? text : cell_id(a, text);
	const struct seen_entry *entry;

	if (im->collection->id_label == NULL || !id_valid(id))
		return id;
	if (seen_find(&im->spellings.keys, exactly(a, id)) == NULL) {
		entry = seen_find(&im->spellings.keys, cell_id_key(a, id));
		if (entry == NULL)
			keep_spelling(im, a, id);
		else
			id = im->spellings.all[entry->count - 1];
	}
	row->other_id = strcmp(id, text) != 0;
	return id;
}
