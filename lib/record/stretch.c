/* stretch.c -- reads a part of a collection in its own order, along the keys of lists. */
#include "record/stretch.h"

#include <string.h>

#include "model/policy.h"
#include "record/list.h"
#include "store/statement.h"

static const char greatest[] = "\xff"; /* no text begins with this byte */

static struct value
bound(const char *text)
{
	return value_bytes(text, strlen(text));
}

/* The statement asks for no row that the person does not see, so those of others neither cost nor count. */
static struct problem *
run(const struct call *call, const struct stretch *s, const char *owner, struct rows **rows)
{
	const struct person *person = call->person;
	const struct value space = value_id(person->space_id), name = value_text(s->collection->name);
	const struct value from = bound(s->from == NULL ? "" : s->from), to = bound(s->to == NULL ? greatest : s->to);
	const struct value most = value_integer(STRETCH_MAX + 1);

	if (owner != NULL)
		return db_run_within(call->db, call->a, STRETCH_BYTES_MAX, SQL(RECORDS_BETWEEN_OF_OWNER),
		    VALUES(space, name, value_id(owner), from, to, most), rows);
	if (policy_limited(person, s->collection))
		return db_run_within(call->db, call->a, STRETCH_BYTES_MAX, SQL(RECORDS_BETWEEN_OF_OVERSEEN),
		    VALUES(space, value_id(person->user_id), space, name, from, to, most), rows);
	return db_run_within(call->db, call->a, STRETCH_BYTES_MAX, SQL(RECORDS_BETWEEN),
	    VALUES(space, name, from, to, most), rows);
}

static struct problem *
read_rows(const struct call *call, struct stretch *s, const char *owner)
{
	struct problem *p;
	struct rows *rows;

	if ((p = run(call, s, owner, &rows)) != NULL)
		return p;
	if (rows->cut || rows->count > STRETCH_MAX)
		return problem_new(call->a, PROBLEM_TOO_MUCH, "These are too many at once; please ask for a month.");
	s->records = arena_alloc(call->a, (rows->count + 1) * sizeof *s->records);
	for (size_t i = 0; i < rows->count; i++) {
		struct record *record = &s->records[s->count];

		record_of_shown(s->collection, rows, i, record);
		s->count += policy_sees(call->person, s->collection, record->owner, record->reader);
	}
	return NULL;
}

static struct problem *
check_owner(const struct call *call, const struct stretch *s)
{
	if (s->owner == NULL || policy_sees(call->person, s->collection, s->owner, NULL))
		return NULL;
	return problem_new(call->a, PROBLEM_FORBIDDEN, "These are somebody else's %s.", s->collection->label);
}

/* The one owner whose records they can be; NULL where there may be several. */
static const char *
only_owner(const struct person *person, const struct stretch *s)
{
	bool alone = policy_limited(person, s->collection) && !policy_looks_after(person, s->collection);

	return s->owner == NULL && alone ? person->user_id : s->owner;
}

struct problem *
stretch_read(const struct call *call, struct stretch *s)
{
	const char *owner = only_owner(call->person, s);
	bool bounded = owner != NULL && s->from != NULL && s->to != NULL;
	struct turn turn = { 0 };
	struct problem *p;

	s->count = 0;
	if ((p = policy_may(call->a, call->person, s->collection, MAY_READ)) != NULL ||
	    (p = check_owner(call, s)) != NULL ||
	    (!bounded && (p = list_take_turn(call, s->collection, &turn)) != NULL))
		return p;
	p = read_rows(call, s, owner);
	if (call->turns != NULL)
		turn_end(call->turns, &turn);
	return p;
}
