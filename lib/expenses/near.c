/* near.c -- finds what a person has on one day. */
#include "expenses/near.h"

#include <string.h>

#include "record/record.h"
#include "store/statement.h"

struct problem *
near_find(struct change *ch, const char *owner, const char *date, const char *field, struct near **all, size_t *count)
{
	struct arena *a = ch->call->a;
	const struct collection *c = ch->collection;
	struct problem *p;
	struct rows *rows;

	*count = 0;
	if ((p = record_ask(ch->call, c, SQL(EXPENSES_OF),
	    VALUES(value_id(ch->call->person->space_id), value_text(c->name), value_id(owner), value_text(date),
	        value_text(date), value_integer(NEAR_MAX + 1)),
	    &rows)) != NULL)
		return p;
	*all = arena_alloc(a, (rows->count + 1) * sizeof **all);
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(row_text(rows, i, EXPENSE_ID), ch->id) != 0)
			(*all)[(*count)++] = (struct near){
				.id = row_text(rows, i, EXPENSE_ID),
				.values = (const char *const *)values_parse(a, c, row_text(rows, i, EXPENSE_DOC), NULL),
			};
	if (*count < NEAR_MAX)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, field, "A day of a person has at most %d %s.", NEAR_MAX, c->name);
}

/* ---- dry runs ---- */

static const char *
name_of(struct change *ch, const char *date, const char *key)
{
	return arena_printf(ch->call->a, "%s of %s on %s: %s", ch->collection->name, ch->owner, date, key);
}

int64_t
near_promised(struct change *ch, const char *date, const char *key)
{
	const struct seen_entry *entry = ch->coming == NULL ? NULL : seen_find(ch->coming, name_of(ch, date, key));

	return entry == NULL ? 0 : entry->count;
}

void
near_promise(struct change *ch, const char *date, const char *key, int64_t amount)
{
	struct seen_entry *entry;

	if (ch->coming == NULL || amount <= 0)
		return;
	entry = seen_entry(ch->coming, name_of(ch, date, key));
	entry->count = amount > UINT32_MAX - entry->count ? UINT32_MAX : entry->count + (uint32_t)amount;
}

/* ---- values ---- */

const char *
near_text(struct change *ch, const char *field)
{
	return value_plain(ch->call->a, ch->after[collection_field(ch->collection, field)->index]);
}

int64_t
near_number(struct change *ch, const char *const *values, const char *field)
{
	const struct field *f = collection_field(ch->collection, field);

	return value_scaled(f, values[f->index]);
}

bool
near_changes(const struct change *ch, const char *field)
{
	size_t i = collection_field(ch->collection, field)->index;

	return !value_equal(ch->before == NULL ? NULL : ch->before[i], ch->after[i]);
}
