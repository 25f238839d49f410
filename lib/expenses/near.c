/* near.c -- finds what a person has on one day. */
#include "expenses/near.h"

#include <string.h>

#include "record/record.h"
#include "store/statement.h"

struct problem *
near_ask(struct change *ch, struct kindred *kindred, const char *sql, const struct value *values, size_t count)
{
	struct problem *p = record_kindred(ch->call, kindred, sql, values, count);
	size_t kept = 0;

	for (size_t i = 0; p == NULL && i < kindred->count; i++)
		if (strcmp(kindred->all[i].id, ch->id) != 0)
			kindred->all[kept++] = kindred->all[i];
	kindred->count = kept;
	return p;
}

struct problem *
near_find(struct change *ch, const char *owner, const char *date, const char *field, struct kin **all, size_t *count)
{
	const struct collection *c = ch->collection;
	struct kindred day = {
		.collection = c,
		.owner = owner,
		.field = "date",
		.text = date,
		.most = NEAR_MAX + 1,
	};
	struct problem *p = near_ask(ch, &day, SQL(EXPENSES_OF),
	    VALUES(value_id(ch->call->person->space_id), value_text(c->name), value_id(owner), value_text(date),
	        value_text(date), value_integer(NEAR_MAX + 1)));

	*all = day.all;
	*count = day.count;
	if (p != NULL || day.count < NEAR_MAX)
		return p;
	return problem_at(ch->call->a, PROBLEM_INVALID, field, "A day of a person has at most %d %s.", NEAR_MAX,
	    c->name);
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
