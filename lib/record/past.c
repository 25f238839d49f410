/* past.c -- walks back through the audit of a record. */
#include "record/past.h"

#include <string.h>

#include "batch.h"
#include "record/record.h"
#include "store/statement.h"

/* One walk.  Rows are read a page at a time, so that it can stop when they take too much memory. */
struct walk_back {
	struct arena *a;
	const struct collection *c;
	struct past *past;
	int64_t version; /* the version to go back to */
	int64_t next;    /* the version of the next row */
	struct past_room left;
	bool whole;      /* every row down to next was found */
};

static void
undo(struct walk_back *w, const char *changes)
{
	struct json_slice key, pair;

	while (changes != NULL && json_next_member(&changes, &key, &pair)) {
		const struct field *f = collection_field(w->c, arena_strndup(w->a, key.text, key.length));
		const char *old, *now;

		if (f == NULL || !change_values(w->a, pair, &old, &now))
			continue;
		w->past->values[f->index] = old;
		w->past->changed[f->index] = true;
	}
}

static void
step_back(struct walk_back *w, const struct audit_row *row)
{
	w->whole = w->whole && row->version == w->next;
	w->next = row->version - 1;
	if (row->version == w->version) {
		w->past->row = *row;
		return;
	}
	w->whole = w->whole && !row->erased;
	w->past->handed_on = w->past->handed_on || row->prev_owner_id != NULL;
	w->left.rows--;
	w->left.bytes -= (row->changes == NULL ? 0 : (int64_t)strlen(row->changes)) +
	    (row->private_changes == NULL ? 0 : (int64_t)strlen(row->private_changes));
	undo(w, row->changes);
	undo(w, row->private_changes);
}

static bool
goes_on(const struct walk_back *w)
{
	return w->whole && w->next >= w->version && w->left.rows >= 0 && w->left.bytes >= 0;
}

static struct problem *
walk(const struct call *call, const char *id, struct walk_back *w)
{
	struct problem *p;
	struct rows *rows;
	bool more = true;

	while (more && goes_on(w)) {
		p = record_look(call, w->c, id, SQL(AUDIT_BACK),
		    VALUES(value_id(call->person->space_id), value_text(w->c->name), value_key(id),
		        value_integer(w->version), value_integer(w->next)), &rows);
		if (p != NULL)
			return p;
		for (size_t i = 0; i < rows->count && goes_on(w); i++) {
			struct audit_row row;

			audit_of_row(rows, i, call->person->space_id, &row);
			step_back(w, &row);
		}
		more = rows->count > 0;
	}
	return NULL;
}

struct problem *
past_read(const struct call *call, const struct collection *c, const char *id, int64_t version, int64_t current,
    int64_t rows_max, const char *const *values, struct past *past)
{
	struct arena *a = call->a;
	struct past_room alone = { PAST_ROWS_MAX, PAST_BYTES_MAX };
	struct past_room *room = call->batch == NULL ? &alone : batch_past_room(call->batch);
	struct walk_back w = {
		.a = a,
		.c = c,
		.past = past,
		.version = version,
		.next = current,
		.left = { rows_max < room->rows ? rows_max : room->rows, room->bytes },
		.whole = true,
	};
	const int64_t rows = w.left.rows;
	struct problem *p;

	*past = (struct past){
		.values = values_copy(a, c, values),
		.changed = arena_alloc(a, c->field_count + 1),
	};
	if ((p = walk(call, id, &w)) != NULL)
		return p;
	room->rows -= rows - w.left.rows;
	room->bytes = w.left.bytes;
	past->complete = w.whole && w.next <= version;
	return NULL;
}

void
past_of_rows(const struct call *call, const struct collection *c, const struct rows *rows, size_t first, size_t count,
    int64_t version, int64_t current, const char *const *values, struct past *past)
{
	struct arena *a = call->a;
	struct walk_back w = {
		.a = a,
		.c = c,
		.past = past,
		.version = version,
		.next = current,
		.left = { PAST_ROWS_MAX, PAST_BYTES_MAX },
		.whole = true,
	};

	*past = (struct past){
		.values = values_copy(a, c, values),
		.changed = arena_alloc(a, c->field_count + 1),
	};
	for (size_t i = first; i < first + count && goes_on(&w); i++) {
		struct audit_row row;

		audit_of_row(rows, i, call->person->space_id, &row);
		if (row.version <= current)
			step_back(&w, &row);
	}
	past->complete = w.whole && w.next <= version;
}
