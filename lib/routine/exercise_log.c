/* exercise_log.c -- each log is one set of an exercise: the next one of its day, where nobody says which. */
#include <inttypes.h>

#include "changed.h"
#include "record/record.h"
#include "routine/rules.h"
#include "store/statement.h"

static struct problem *
derive(struct change *ch)
{
	const char *date = change_plain(ch, "date"), *exercise = change_plain(ch, "exercise");
	const struct field *set = collection_field(ch->collection, "set");
	struct problem *p;
	struct rows *rows;
	int64_t next;

	if (ch->before != NULL || ch->action == ACTION_RESTORED || date == NULL || exercise == NULL ||
	    ch->after[set->index] != NULL)
		return NULL;
	p = record_ask(ch->call, ch->collection, SQL(EXERCISE_SET),
	    VALUES(value_id(ch->call->person->space_id), value_id(ch->owner), value_text(date), value_text(date),
	        value_text(exercise)), &rows);
	if (p != NULL)
		return p;
	next = row_text(rows, 0, EXERCISE_SET_LAST) == NULL ? 1 : row_integer(rows, 0, EXERCISE_SET_LAST) + 1;
	if (next <= set->max)
		ch->after[set->index] = arena_printf(ch->call->a, "%" PRId64, next);
	return NULL;
}

const struct rule exercise_log = {
	.name = "exercise-log",
	.collection = "exerciseLogs",
	.derive = derive,
};
