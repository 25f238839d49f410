/* view.c -- the SQL views, from the definitions. */
#include "model/view.h"

#include "store/statement.h"

static struct list_column
view_column(struct arena *a, const struct field *f)
{
	bool number = f->type == FIELD_INTEGER || f->type == FIELD_MONEY || f->type == FIELD_DECIMAL;

	return (struct list_column){
		.field = f->name,
		.is_private = f->is_private,
		.kind = number ? LIST_NUMBER : LIST_TEXT,
		.initial = value_plain(a, f->initial),
	};
}

static struct problem *
view_create(struct db *db, struct arena *a, const struct collection *c)
{
	struct list_column *columns = arena_alloc(a, c->field_count * sizeof *columns);
	struct buf sql;

	for (size_t i = 0; i < c->field_count; i++)
		columns[i] = view_column(a, &c->fields[i]);
	buf_init(&sql, a);
	statement_view(&sql, c->name, columns, c->field_count);
	return db_execute(db, a, sql.text);
}

struct problem *
views_create(const struct call *call, size_t *made)
{
	struct db *db = call->db;
	struct problem *p;

	for (*made = 0; *made < call->set->count; ++*made) {
		if ((p = view_create(db, call->a, &call->set->all[*made])) == NULL)
			continue;
		return db_was_denied(db) ? NULL : p;
	}
	return NULL;
}
