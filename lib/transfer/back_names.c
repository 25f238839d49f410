/* back_names.c -- deletes the projects, clients and the like that an import made because rows named them, as far as
 * nothing names them any more.  A client goes after its projects, so there are rounds. */
#include "back_names.h"

#include <string.h>

#include "store/statement.h"

/* A record that the import made. */
struct candidate {
	struct written_row row;
	bool used, done;
};

struct candidates {
	struct candidate *all;
	size_t count, room;
};

static const char *
key_of(struct arena *a, const struct collection *c, const char *id)
{
	return arena_printf(a, "%s %s", c->name, id);
}

void
back_note_deleted(struct back *b, const struct collection *c, const char *id)
{
	seen_entry(&b->deleted, key_of(b->call->a, c, id))->count = 1;
}

static size_t *
made_of(struct back *b, const struct collection *c)
{
	size_t i = 0;

	while (i < BACK_MADE_MAX - 1 && b->report->made[i].collection != NULL &&
	    strcmp(b->report->made[i].collection, c->name) != 0)
		i++;
	b->report->made[i].collection = c->name;
	return &b->report->made[i].count;
}

/* Keep a row beyond its page. */
static void
add(struct back *b, struct candidates *list, const struct written_row *row)
{
	struct arena *a = b->call->a;
	struct candidate *c;

	if (list->count == list->room) {
		struct candidate *wider = arena_alloc(a, (list->room * 2 + 64) * sizeof *wider);

		if (list->count > 0)
			memcpy(wider, list->all, list->count * sizeof *wider);
		list->all = wider;
		list->room = list->room * 2 + 64;
	}
	c = &list->all[list->count++];
	*c = (struct candidate){ .row = *row };
	c->row.record.id = arena_strdup(a, row->record.id);
}

/* Records that are gone are counted if it was this import's taking back that deleted them.  What was changed since
 * stays. */
static void
sort_out(struct back *b, struct candidates *list, const struct written_row *row)
{
	const struct record *r = &row->record;

	if (!row->created || r->id == NULL)
		return;
	if (r->deleted) {
		if (row->last_cause != NULL && strcmp(row->last_cause, b->cause) == 0)
			++*made_of(b, r->collection);
		return;
	}
	if (r->version == row->version) {
		add(b, list, row);
		return;
	}
	b->report->kept++;
	back_leave(b, r->collection->name, r->id, "It was changed after the import.");
}

static struct problem *
find_candidates(struct back *b, struct arena *scratch, struct candidates *list)
{
	const char *after = arena_printf(b->call->a, "%s-n", b->run), *end = arena_printf(b->call->a, "%s.", b->run);
	struct written_row *rows;
	struct problem *p;
	size_t row_count;

	do {
		arena_reset(scratch);
		if ((p = back_page(b, scratch, after, end, &rows, &row_count)) != NULL)
			return p;
		for (size_t i = 0; i < row_count; i++)
			sort_out(b, list, &rows[i]);
		if (row_count > 0)
			after = arena_strdup(b->call->a, rows[row_count - 1].op);
	} while (row_count > 0);
	return NULL;
}

/* ---- what is named ---- */

static bool
has_open(const struct candidates *list, const char *collection)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->all[i].done && strcmp(list->all[i].row.record.collection->name, collection) == 0)
			return true;
	return false;
}

/* Note the records that one field of all records of a collection names, a page at a time. */
static struct problem *
read_uses(struct back *b, struct arena *scratch, const struct collection *c, const struct field *f, struct seen *used)
{
	const char *path = arena_printf(b->call->a, "$.%s", f->name), *after = "";
	struct value key = value_bytes("", 0);
	struct problem *p;
	struct rows *rows;

	do {
		arena_reset(scratch);
		if ((p = db_run(b->call->db, scratch, SQL(IMPORT_USES),
		    VALUES(value_integer(f->is_private), value_text(path), value_text(path),
		        value_id(b->call->person->space_id), value_text(c->name), key, key, value_key(after)),
		    &rows)) != NULL)
			return p;
		for (size_t i = 0; i < rows->count; i++) {
			const char *id = row_text(rows, i, USES_ID), *named = row_text(rows, i, USES_NAMED);

			if (named != NULL && seen_find(&b->deleted, key_of(scratch, c, id)) == NULL)
				seen_entry(used, arena_printf(scratch, "%s %s", f->ref, named))->count = 1;
		}
		if (rows->count > 0) {
			const struct value *last = row_cell(rows, rows->count - 1, USES_SORT_KEY);

			after = arena_strdup(b->call->a, row_text(rows, rows->count - 1, USES_ID));
			key = value_bytes(arena_memdup(b->call->a, last->bytes, last->length + 1), last->length);
		}
	} while (rows->count > 0 && !back_is_over(b));
	return NULL;
}

static struct problem *
read_all_uses(struct back *b, struct arena *scratch, const struct candidates *list, struct seen *used)
{
	const struct collections *set = b->call->set;
	struct problem *p;

	for (size_t i = 0; i < set->count; i++)
		for (size_t j = 0; j < set->all[i].field_count && !b->report->more; j++) {
			const struct field *f = &set->all[i].fields[j];

			if (f->type == FIELD_REF && !f->retired && has_open(list, f->ref) &&
			    (p = read_uses(b, scratch, &set->all[i], f, used)) != NULL)
				return p;
		}
	return NULL;
}

/* ---- deleting ---- */

static struct op
op_delete(const struct back *b, const struct candidate *c)
{
	return (struct op){
		.collection = c->row.record.collection,
		.record_id = c->row.record.id,
		.kind = OP_DELETE,
		.intent = INTENT_CHANGE,
		.base = c->row.record.version,
		.cause = b->cause,
	};
}

static void
count(struct back *b, const struct candidate *c, const struct outcome *out)
{
	if (out->problem == NULL) {
		++*made_of(b, c->row.record.collection);
		back_note_deleted(b, c->row.record.collection, c->row.record.id);
		return;
	}
	++*(out->problem->kind == PROBLEM_CONFLICT ? &b->report->kept : &b->report->refused);
	back_leave(b, c->row.record.collection->name, c->row.record.id, out->problem->detail);
}

/* Delete those that nothing names; *any: there were some. */
static struct problem *
delete_unused(struct back *b, struct arena *scratch, struct candidates *list, const struct seen *used, bool *any)
{
	struct op *ops;
	struct outcome *outcomes;
	struct candidate **of;
	struct problem *p;
	size_t op_count = 0;

	arena_reset(scratch);
	ops = arena_alloc(scratch, WRITE_OPS_MAX * sizeof *ops);
	outcomes = arena_alloc(scratch, WRITE_OPS_MAX * sizeof *outcomes);
	of = arena_alloc(scratch, WRITE_OPS_MAX * sizeof(struct candidate *));
	for (size_t i = 0; i < list->count && op_count < WRITE_OPS_MAX; i++) {
		struct candidate *c = &list->all[i];

		c->used = seen_find(used, key_of(scratch, c->row.record.collection, c->row.record.id)) != NULL;
		if (c->done || c->used)
			continue;
		c->done = true;
		of[op_count] = c;
		ops[op_count++] = op_delete(b, c);
	}
	*any = op_count > 0;
	if ((p = back_write(b, scratch, ops, op_count, outcomes)) != NULL)
		return p;
	for (size_t i = 0; i < op_count; i++)
		count(b, of[i], &outcomes[i]);
	return NULL;
}

static bool
any_open(const struct candidates *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->all[i].done)
			return true;
	return false;
}

struct problem *
back_take_names(struct back *b, struct arena *scratch)
{
	struct candidates list = { .count = 0 };
	struct problem *p;
	bool any = true;

	if ((p = find_candidates(b, scratch, &list)) != NULL)
		return p;
	while (any && any_open(&list) && !back_is_over(b)) {
		struct seen used;

		seen_start(&used, b->call->a);
		if ((p = read_all_uses(b, scratch, &list, &used)) != NULL)
			return p;
		if (b->report->more)
			break;
		if ((p = delete_unused(b, scratch, &list, &used, &any)) != NULL)
			return p;
	}
	for (size_t i = 0; i < list.count; i++)
		b->report->in_use += !list.all[i].done;
	return NULL;
}
