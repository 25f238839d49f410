/* order_last.c -- things in an order of people's own: a new one comes last.  Somebody who moves one gives it a key
 * between its new neighbours, and touches no other; two who move things at the same time keep both moves.
 *
 * Lists of other programs are numbered.  A number is taken for the place in such a list. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/order_key.h"
#include "record/record.h"
#include "routine/rules.h"
#include "changed.h"
#include "store/statement.h"

enum {
	DIGITS_MAX = 9
};

/* The key of a number; NULL for any other text. */
static const char *
key_of_number(struct arena *a, const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > DIGITS_MAX || text[digits] != '\0')
		return NULL;
	return order_key_of_number(a, strtol(text, NULL, 10));
}

static struct problem *
put_last(struct change *ch)
{
	struct arena *a = ch->call->a;
	struct problem *p;
	struct rows *rows;

	p = record_ask(ch->call, ch->collection, SQL(ORDER_LAST),
	    VALUES(value_id(ch->call->person->space_id), value_text(ch->collection->name), value_id(ch->owner)),
	    &rows);
	if (p != NULL)
		return p;
	ch->after[change_place(ch, "order")] = json_quoted(a,
	    order_key_between(a, rows->count == 0 ? NULL : row_text(rows, 0, ORDER_LAST_KEY), NULL));
	return NULL;
}

static struct problem *
derive(struct change *ch)
{
	const char *order = change_plain(ch, "order"), *key;

	if (ch->action == ACTION_RESTORED)
		return NULL;
	if (ch->before == NULL && !change_names(ch, "order"))
		return put_last(ch);
	if (change_alters(ch, "order") && order != NULL && (key = key_of_number(ch->call->a, order)) != NULL)
		ch->after[change_place(ch, "order")] = json_quoted(ch->call->a, key);
	return NULL;
}

static struct problem *
check(struct change *ch)
{
	const char *order = change_plain(ch, "order");

	if (ch->action == ACTION_RESTORED || !change_names(ch, "order") || !change_alters(ch, "order") ||
	    order == NULL || order_key_valid(order))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "order",
	    "order is made of the letters a to z and does not end in a, or it is a number below %d.",
	    ORDER_KEY_NUMBERS);
}

const struct rule order_last = {
	.name = "order-last",
	.derive = derive,
	.check = check,
};
