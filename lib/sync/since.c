/* since.c -- all of a collection, or what was written in it from an instant on. */
#include "sync/since.h"

#include "base/instant.h"
#include "host/turn.h"
#include "model/policy.h"
#include "record/list.h"
#include "store/statement.h"

static void
take_rows(struct arena *a, const struct collections *set, const struct person *person, const struct rows *rows,
    struct since *since)
{
	since->rows = arena_alloc(a, (rows->count + 1) * sizeof *since->rows);
	since->count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		struct since_row *row = &since->rows[since->count];

		if (!record_of_row(set, rows, i, &row->record) ||
		    !policy_sees(person, since->collection, row->record.owner, row->record.reader))
			continue;
		row->by_name = author_name(row->record.updated_by, row_text(rows, i, SINCE_USER_NAME));
		since->count++;
	}
}

static struct problem *
read_rows(const struct call *call, struct since *since)
{
	const char *from = since->from == 0 ? NULL : instant_sql(call->a, since->from);
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(RECORDS_SINCE),
	    VALUES(value_id(call->person->space_id), value_text(since->collection->name), value_text(from),
	        value_text(from), value_integer(since->tombstones), value_integer(SINCE_MAX + 1)),
	    &rows);
	if (p != NULL)
		return p;
	if (rows->count > SINCE_MAX)
		return problem_new(call->a, PROBLEM_TOO_MUCH,
		    "There are more than %d; please use sync/changes of the API.", SINCE_MAX);
	take_rows(call->a, call->set, call->person, rows, since);
	return NULL;
}

struct problem *
since_read(const struct call *call, struct since *since)
{
	struct turn turn = { 0 };
	struct problem *p;

	if ((p = policy_may(call->a, call->person, since->collection, MAY_READ)) == NULL &&
	    (p = list_take_turn(call, since->collection, &turn)) == NULL)
		p = read_rows(call, since);
	if (call->turns != NULL)
		turn_end(call->turns, &turn);
	return p;
}

struct problem *
since_now(const struct call *call, int64_t *now)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(SPACE_LAST_AT),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such space.");
	*now = row_instant(rows, 0, LAST_WRITE_AT);
	return NULL;
}

struct problem *
since_name(struct db *db, struct arena *a, const char *user_id, const char **name)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(USER_NAME), VALUES(value_id(user_id)), &rows)) != NULL)
		return p;
	*name = author_name(user_id, rows->count == 0 ? NULL : row_text(rows, 0, NAME_OF_USER));
	return NULL;
}
