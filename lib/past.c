/* past.c -- walking back through a record's audit. */
#include "past.h"

#include "statement.h"

struct problem *
past_read(struct db *db, struct arena *a, const char *space_id, const struct collection *c, const char *id,
    int64_t version, int64_t current, struct past *past)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(db, a, SQL(AUDIT_AFTER), VALUES(value_text(space_id), value_text(c->name), value_text(id), value_integer(version)), &rows);
	if (p != NULL)
		return p;
	past->count = rows->count;
	past->complete = (int64_t)rows->count == current - version;
	past->rows = arena_alloc(a, (rows->count + 1) * sizeof *past->rows);
	for (size_t i = 0; i < rows->count; i++) {
		audit_of_row(rows, i, space_id, &past->rows[i]);
		past->complete = past->complete && !past->rows[i].erased;
	}
	return NULL;
}

static void
undo(struct arena *a, const struct collection *c, const char *changes, const char **values, bool *changed)
{
	struct json_slice key, pair;

	while (changes != NULL && json_next_member(&changes, &key, &pair)) {
		const struct field *f = collection_field(c, arena_strndup(a, key.text, key.length));
		const char *old, *now;

		if (f == NULL || !change_values(a, pair, &old, &now))
			continue;
		values[f->index] = old;
		if (changed != NULL)
			changed[f->index] = true;
	}
}

const char **
past_values(struct arena *a, const struct collection *c, const struct past *past, size_t count, const char *const *values, bool *changed)
{
	const char **then = values_copy(a, c, values);

	for (size_t i = 0; i < count; i++) {
		undo(a, c, past->rows[i].changes, then, changed);
		undo(a, c, past->rows[i].private_changes, then, changed);
	}
	return then;
}
