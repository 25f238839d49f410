/* tally.c -- how many records of each collection.  Collections come in the order of an archive, so the last one is
 * counted on or another one begins. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "work.h"

void
tally_start(struct tally *t, struct arena *a)
{
	*t = (struct tally){ .a = a };
}

void
tally_clear(struct tally *t)
{
	t->count = 0;
}

static void
make_room(struct tally *t)
{
	struct count *more;

	if (t->count < t->room)
		return;
	t->room = t->room == 0 ? 16 : t->room * 2;
	more = arena_alloc(t->a, t->room * sizeof *more);
	if (t->count > 0)
		memcpy(more, t->all, t->count * sizeof *more);
	t->all = more;
}

void
tally_add(struct tally *t, const char *collection, int64_t records)
{
	if (records == 0)
		return;
	if (t->count > 0 && strcmp(t->all[t->count - 1].collection, collection) == 0) {
		t->all[t->count - 1].records += records;
		return;
	}
	make_room(t);
	t->all[t->count++] = (struct count){ arena_strdup(t->a, collection), records };
}

void
tally_add_json(struct tally *t, const char *counts)
{
	struct json_slice key, value;
	const char *at = counts;

	while (at != NULL && json_next_member(&at, &key, &value))
		tally_add(t, arena_strndup(t->a, key.text, key.length), strtoll(value.text, NULL, 10));
}

const char *
tally_json(const struct tally *t, struct arena *a)
{
	struct json_out out;
	struct buf b;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	for (size_t i = 0; i < t->count; i++)
		put_integer(&out, t->all[i].collection, t->all[i].records);
	put_end(&out);
	return b.text;
}
