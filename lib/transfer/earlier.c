/* earlier.c -- what earlier requests of an import have written, from the outcomes of their ops and, where these are
 * purged, from the audit. */
#include "work.h"

#include <stdlib.h>
#include <string.h>

#include "store/statement.h"

/* What an op did, as the statements tell it. */
enum {
	WAS_UNCHANGED,
	WAS_CREATED,
	WAS_UPDATED
};

/* The number of the row in the id of its op; 0 when there is none: the op made a record that rows name. */
static size_t
row_of_op(const struct work *w, const char *op_id)
{
	unsigned long number = strtoul(op_id + strlen(w->op_prefix) + 1, NULL, 10);

	return number <= IMPORT_ROWS_MAX ? number : 0;
}

static void
count(struct work *w, size_t number, int64_t was)
{
	struct counted *before = &w->before;

	if (number == 0)
		before->made += was == WAS_CREATED;
	else
		++*(was == WAS_CREATED ? &before->created : was == WAS_UPDATED ? &before->updated : &before->unchanged);
}

static void
note(struct work *w, const struct rows *rows)
{
	if (w->earlier == NULL && rows->count > 0)
		w->earlier = arena_alloc(w->call->a, (IMPORT_ROWS_MAX + 1) * sizeof *w->earlier);
	for (size_t i = 0; i < rows->count; i++) {
		size_t number = row_of_op(w, row_text(rows, i, IMPORTED_OP));
		struct earlier *e = &w->earlier[number];

		count(w, number, row_integer(rows, i, IMPORTED_WAS));
		if (row_cell(rows, i, IMPORTED_HASH)->length == sizeof e->hash)
			memcpy(e->hash, row_cell(rows, i, IMPORTED_HASH)->bytes, sizeof e->hash);
		e->deleted = row_integer(rows, i, IMPORTED_IS_THERE) == 0;
		e->written = true;
		w->written_to = number > w->written_to ? number : w->written_to;
	}
}

/* Note the rows that a statement finds, a page at a time. */
static struct problem *
find_in(struct work *w, struct arena *scratch, const char *sql)
{
	struct problem *p;
	struct rows *rows;
	const struct value space = value_id(w->call->person->space_id), user = value_id(w->call->person->user_id);
	const char *after = arena_printf(w->call->a, "%s-", w->op_prefix);
	const char *end = arena_printf(w->call->a, "%s.", w->op_prefix);

	do {
		arena_reset(scratch);
		if ((p = db_run(w->call->db, scratch, sql,
		    VALUES(space, user, value_key(after), value_key(end)), &rows)) != NULL)
			return p;
		note(w, rows);
		if (rows->count > 0)
			after = arena_strdup(w->call->a, row_text(rows, rows->count - 1, IMPORTED_OP));
	} while (rows->count > 0);
	return NULL;
}

/* The write path would look up each op; after this the rows of an interrupted import cost less than at its first
 * request. */
struct problem *
earlier_find(struct work *w)
{
	struct problem *p;
	struct arena *scratch = arena_new();

	if ((p = find_in(w, scratch, SQL(IMPORT_WRITTEN))) == NULL)
		p = find_in(w, scratch, SQL(IMPORT_WRITTEN_PURGED));
	return work_leave(w, scratch, p);
}

bool
earlier_has(const struct work *w, const struct import_row *row)
{
	return w->earlier != NULL && w->earlier[row->number].written;
}

struct problem *
earlier_other_file(struct work *w, const struct import_row *row)
{
	return problem_at(w->call->a, PROBLEM_OP_REUSED, "Idempotency-Key",
	    "This key was used before, for another import: line %zu is not what it was.", row->line);
}

struct problem *
earlier_meet(struct work *w, const struct import_row *row, const struct op *op)
{
	if (earlier_has(w, row) && !op_has_hash(op, w->earlier[row->number].hash))
		return earlier_other_file(w, row);
	return NULL;
}
