/* since.c -- all of a collection, or what was written in it from an instant on. */
#include "sync/since.h"

#include "base/instant.h"
#include "model/policy.h"
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

struct problem *
since_read(const struct call *call, struct since *since)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	struct problem *p;
	struct rows *rows;

	if ((p = policy_may(a, person, since->collection, MAY_READ)) != NULL)
		return p;
	p = db_run(call->db, a, SQL(RECORDS_SINCE),
	    VALUES(value_id(person->space_id), value_text(since->collection->name),
	        since->from == 0 ? value_null() : value_text(instant_sql(a, since->from)),
	        since->from == 0 ? value_null() : value_text(instant_sql(a, since->from)),
	        value_integer(since->tombstones)),
	    &rows);
	if (p != NULL)
		return p;
	take_rows(a, call->set, person, rows, since);
	return NULL;
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
