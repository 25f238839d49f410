/* vehicle.c -- a person has one vehicle that they use unless they choose another.  Whoever chooses one takes that from
 * the one before; where no other write may follow from a write, in an import and a restore, the second is refused. */
#include <string.h>

#include "expenses/rules.h"
#include "record/record.h"
#include "record/write.h"
#include "store/statement.h"

static bool
is_main(const struct change *ch)
{
	return ch->after != NULL && value_true(ch->after[collection_field(ch->collection, "main")->index]);
}

static bool
becomes_main(const struct change *ch)
{
	return is_main(ch) && (ch->before == NULL || !value_true(value_named(ch->collection, ch->before, "main")));
}

static struct problem *
find_others(struct change *ch, struct rows **rows)
{
	return record_ask(ch->call, ch->collection, SQL(VEHICLES_MAIN),
	    VALUES(value_id(ch->call->person->space_id), value_id(ch->owner)), rows);
}

static const char *
name_of_main(const struct change *ch)
{
	return arena_printf(ch->call->a, "main vehicle of %s", ch->owner);
}

static struct problem *
check(struct change *ch)
{
	struct problem *p;
	struct rows *rows;
	bool others = ch->coming != NULL && seen_find(ch->coming, name_of_main(ch)) != NULL;

	if (!becomes_main(ch) || (ch->action != ACTION_IMPORTED && ch->action != ACTION_RESTORED))
		return NULL;
	if ((p = find_others(ch, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++)
		others = others || strcmp(row_text(rows, i, VEHICLE_ID), ch->id) != 0;
	if (!others)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "main",
	    "Another vehicle of this person has main already; take it from that one first.");
}

static struct problem *
foreseen(struct change *ch)
{
	if (becomes_main(ch))
		seen_entry(ch->coming, name_of_main(ch))->count = 1;
	return NULL;
}

static struct problem *
effect(struct writer *w, struct change *ch)
{
	struct problem *p;
	struct rows *rows;
	struct outcome outcome;

	if (!is_main(ch)) /* one that was and comes from another person is theirs from now on */
		return NULL;
	if ((p = find_others(ch, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		struct op op = op_own(ch->collection, row_text(rows, i, VEHICLE_ID), "another-main");

		if (strcmp(op.record_id, ch->id) == 0)
			continue;
		op_give(ch->call->a, &op, "main", "false");
		if ((p = writer_must(w, &op, &outcome)) != NULL)
			return p;
	}
	return NULL;
}

const struct rule vehicle_main = {
	.name = "vehicle",
	.collection = "vehicles",
	.check = check,
	.effect = effect,
	.foreseen = foreseen,
};
