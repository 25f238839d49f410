/* expenses_write.c -- writing and deleting the rows of one resource of the expenses API.
 *
 * A POST with the id of one's own row changes it; with that of somebody else's it is refused, whatever the body says; a
 * deleted row stays deleted.  Where the id follows from what a row says (one row for each person, day and category),
 * the client's own id is kept as another name of the row. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses_rows.h"
#include "http/reply.h"
#include "model/policy.h"
#include "record/past.h"

/* ---- writing one row ---- */

/* The record of a row with another name: clients give ids of their own to rows whose id follows from their fields. */
static const char *
names_with(struct arena *a, const struct record *held, const char *alias)
{
	const struct collection *c = held->collection;
	const char *names = value_named(c, values_parse(a, c, held->doc, NULL), "aliases");
	const char *at = names == NULL ? "[]" : names, *quoted = json_quoted(a, alias);
	struct json_slice name;
	struct buf b;
	size_t n = 0, skip;

	while (json_next_element(&at, &name)) {
		if (strlen(quoted) == name.length && memcmp(quoted, name.text, name.length) == 0)
			return names;
		n++;
	}
	buf_init(&b, a);
	buf_char(&b, '[');
	skip = n < ROW_NAMES_MAX ? 0 : n + 1 - ROW_NAMES_MAX;
	for (at = names == NULL ? "[]" : names, n = 0; json_next_element(&at, &name); n++)
		if (n >= skip) {
			buf_add(&b, name.text, name.length);
			buf_char(&b, ',');
		}
	buf_printf(&b, "%s]", quoted);
	return b.text;
}

static void
give_name(struct arena *a, struct op *op, const struct record *held, const char *alias)
{
	if (alias == NULL || collection_field(op->collection, "aliases") == NULL ||
	    (op->record_id != NULL && strcmp(alias, op->record_id) == 0))
		return;
	op_give(a, op, "aliases", held != NULL ? names_with(a, held, alias)
	    : arena_printf(a, "[%s]", json_quoted(a, alias)));
}

/* A client sends whole rows.  What it sends as it had read it is no change of it. */
static struct problem *
leave_unchanged(struct writer *w, struct row_write *row, const struct record *held)
{
	const struct collection *c = held->collection;
	const char **values = values_parse(w->call->a, c, held->doc, held->doc_private);
	struct past past;
	struct problem *p;

	row->op.base = row->seen;
	if (row->seen >= held->version)
		return NULL;
	if ((p = past_read(w->call, c, held->id, row->seen, held->version, PAST_MERGE_ROWS,
	    (const char *const *)values, &past)) != NULL || !past.complete)
		return p;
	for (size_t i = 0; i < c->field_count; i++)
		row->op.touched[i] = row->op.touched[i] && !value_equal(row->op.values[i], past.values[i]);
	return NULL;
}

/* A row that is there already. */
static struct problem *
change_row(struct writer *w, struct row_write *row, const struct record *held)
{
	const struct call *call = w->call;
	struct problem *p;

	if (!policy_sees(call->person, row->op.collection, held->owner, held->reader) ||
	    strcmp(held->owner, row->owner) != 0) {
		row->outcome.problem = problem_new(call->a, PROBLEM_FORBIDDEN, "This is somebody else's.");
		return NULL;
	}
	row->op.intent = INTENT_CHANGE;
	row->op.new_owner = NULL;
	if (row->seen > 0 && (p = leave_unchanged(w, row, held)) != NULL)
		return p;
	give_name(call->a, &row->op, held, row->alias);
	op_prepare(call->a, call->person, &row->op);
	return writer_take(w, &row->op, &row->outcome);
}

static struct problem *
create_row(struct writer *w, struct row_write *row)
{
	struct problem *p;

	give_name(w->call->a, &row->op, NULL, row->alias);
	op_prepare(w->call->a, w->call->person, &row->op);
	if ((p = writer_take(w, &row->op, &row->outcome)) != NULL)
		return p;
	if (row->outcome.problem != NULL && row->outcome.problem->kind == PROBLEM_EXISTS)
		row->outcome.problem = problem_new(w->call->a, PROBLEM_FORBIDDEN, "This is somebody else's.");
	return NULL;
}

/* The parts of a split have one total, so where another part joins, those that are there take the new one first. */
static struct problem *
grow_split(struct writer *w, struct row_write *row)
{
	const struct collection *c = row->op.collection;
	struct op op = { .collection = c, .record_id = row->split_part, .kind = OP_SET, .intent = INTENT_CHANGE,
		.base = BASE_CURRENT };
	struct outcome outcome;

	if (row->split_part == NULL)
		return NULL;
	op_give(w->call->a, &op, "splitTotal", value_named(c, row->op.values, "splitTotal"));
	return writer_must(w, &op, &outcome);
}

struct problem *
row_take(struct writer *w, struct row_write *row)
{
	const struct call *call = w->call;
	struct record held;
	struct problem *p;
	bool found;

	row->op.kind = OP_SET;
	row->op.base = BASE_CURRENT;
	row->op.intent = INTENT_CREATE;
	if (row->op.collection->own && strcmp(row->owner, call->person->user_id) != 0)
		row->op.new_owner = row->owner;
	op_prepare(call->a, call->person, &row->op);
	row->outcome = (struct outcome){ .problem = row->op.refused };
	if (row->op.refused != NULL)
		return NULL;
	if ((p = grow_split(w, row)) != NULL ||
	    (p = record_find(call, row->op.collection, row->op.record_id, &held, &found)) != NULL)
		return p;
	row->was_there = found && !held.deleted;
	if (row->was_there)
		return change_row(w, row, &held);
	if (found && !row->revives) {
		row->outcome.problem = problem_new(call->a, PROBLEM_NOT_FOUND, "This was deleted.");
		return NULL;
	}
	return create_row(w, row);
}

static struct problem *
take_one(struct writer *w, void *arg)
{
	struct row_write *row = arg;
	struct op op = row->op;
	struct problem *p = row_take(w, row);

	row->op = op;
	return p;
}

/* The text by which a write that is sent again under its key is known. */
static const char *
request_text(struct request *r)
{
	return arena_printf(r->a, "%s %s %s", r->method, r->path, r->body);
}

static struct problem *
answer_row(struct request *r, const struct resource *resource, const struct row_write *row)
{
	struct json_out *out;

	if (row->outcome.problem != NULL)
		return row->outcome.problem;
	if (!row->outcome.has_record)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such record.");
	out = reply_object(r, 200);
	put_text(out, "id", row->outcome.record.id);
	put_text(out, "message", arena_printf(r->a, "%s %s successfully", resource->what,
	    row->was_there ? "updated" : "created"));
	put_boolean(out, "isUpdate", row->was_there);
	return NULL;
}

struct problem *
row_read(struct lookups *l, const struct resource *resource, struct json_object *body, struct row_write *row)
{
	struct json_object *version;
	struct problem *p;

	if ((p = expenses_collection(l->r, resource->collection, &row->op.collection)) != NULL ||
	    (p = wire_read(l, resource, body, &row->op)) != NULL)
		return p;
	row->revives = resource->natural;
	if (json_object_object_get_ex(body, "version", &version) && json_object_is_type(version, json_type_int))
		row->seen = json_object_get_int64(version);
	if (resource->settle != NULL && (p = resource->settle(l, body, row->owner, &row->op)) != NULL)
		return p;
	if (row->op.values == NULL) {
		row->op.values = values_new(l->r->a, row->op.collection);
		row->op.touched = arena_alloc(l->r->a, row->op.collection->field_count + 1);
	}
	return NULL;
}

const struct member compat_expenses_create_takes[] = {
	BODY("*", ANY, "the members of a row; its id, and the employeeId of whose it is"),
	KEY_HEADER,
	MEMBERS_END
};

/* POST …/RESOURCE */
struct problem *
compat_expenses_create(struct request *r)
{
	const struct resource *resource = resource_of(r);
	struct problem *p;
	struct lookups l;
	struct row_write row = { .op = { .op_id = r->idempotency_key } };
	const char *id = body_text(r->input, "id");
	struct written written;

	lookups_start(&l, r);
	if ((p = lookups_owner(r, body_text(r->input, "employeeId"), &row.owner)) != NULL ||
	    (p = row_read(&l, resource, r->input, &row)) != NULL)
		return p;
	if (id != NULL && *id != '\0')
		*(resource->natural ? &row.alias : &row.op.record_id) = id;
	if (resource->finish != NULL && (p = resource->finish(&l, &row, 1)) != NULL)
		return p;
	row.op.hash_text = request_text(r);
	if ((p = write_action(&r->call, ROLE_VIEWER, take_one, &row, &written)) != NULL)
		return p;
	return answer_row(r, resource, &row);
}

/* ---- PUT ---- */

/* The values of a row with those that an op names in their place. */
static const char **
merged(struct arena *a, const struct record *held, const struct op *op)
{
	const struct collection *c = held->collection;
	const char **values = values_parse(a, c, held->doc, held->doc_private);

	for (size_t i = 0; i < c->field_count; i++)
		if (op->touched[i])
			values[i] = op->values[i];
	return values;
}

/* A row whose id follows from its fields, and another id from what they become. */
struct move {
	struct row_write *row;
	const struct record *held;
};

static struct problem *
taken(struct writer *w, const struct op *op, bool *is)
{
	struct record record;
	struct problem *p;
	bool found;

	if ((p = record_find(w->call, op->collection, op->record_id, &record, &found)) == NULL)
		*is = found && !record.deleted;
	return p;
}

/* Create it anew, as what continues the row that was there, and delete that one. */
static struct problem *
take_move(struct writer *w, void *arg)
{
	const struct move *m = arg;
	struct arena *a = w->call->a;
	struct op create = m->row->op;
	struct op drop = { .collection = create.collection, .record_id = m->held->id, .kind = OP_DELETE,
		.intent = INTENT_CHANGE, .base = BASE_CURRENT };
	struct outcome dropped;
	struct problem *p;
	bool is;

	op_prepare(a, w->call->person, &create);
	if ((p = create.refused) != NULL || (p = taken(w, &create, &is)) != NULL)
		return p;
	if (is)
		return problem_new(a, PROBLEM_INVALID, "There is a row for this already; please change that one.");
	if ((p = writer_must(w, &create, &m->row->outcome)) != NULL)
		return p;
	return m->row->outcome.status == OUTCOME_DUPLICATE ? NULL : writer_must(w, &drop, &dropped);
}

static struct problem *
move_row(struct request *r, struct row_write *row, const struct record *held, const char **values)
{
	struct op *op = &row->op;
	const struct collection *c = op->collection;
	struct move move = { row, held };
	struct written written;

	for (size_t i = 0; i < c->field_count; i++)
		if (!c->fields[i].derived && !c->fields[i].retired)
			op_give(r->a, op, c->fields[i].name, values[i]);
	op->kind = OP_SET;
	op->intent = INTENT_CREATE;
	op->base = BASE_CURRENT;
	op->renamed_from = held->id;
	if (strcmp(row->owner, r->person.user_id) != 0)
		op->new_owner = row->owner;
	row->was_there = true;
	return write_action(&r->call, ROLE_VIEWER, take_move, &move, &written);
}

/* Write what a PUT says of a row that is there. */
static struct problem *
put_row(struct lookups *l, const struct resource *resource, struct row_write *row, const struct record *held)
{
	struct request *r = l->r;
	const struct collection *c = held->collection;
	struct written written;
	const char **values;
	struct problem *p;

	if (resource->natural) {
		values = merged(r->a, held, &row->op);
		if (strcmp(values_id(r->a, c, held->owner, (const char *const *)values), held->id) != 0)
			return move_row(r, row, held, values);
	}
	row->op.record_id = held->id;
	if (resource->finish != NULL && (p = resource->finish(l, row, 1)) != NULL)
		return p;
	return write_action(&r->call, ROLE_VIEWER, take_one, row, &written);
}

/* A row that is not there: one whose id follows from its fields is created, because the client's id is one of its own
 * making. */
static struct problem *
put_absent(struct request *r, const struct resource *resource, struct row_write *row)
{
	struct written written;

	if (!resource->natural)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such record.");
	row->alias = r->params[0];
	return write_action(&r->call, ROLE_VIEWER, take_one, row, &written);
}

const struct member compat_expenses_update_takes[] = {
	BODY("*", ANY, "the members to change"),
	KEY_HEADER,
	MEMBERS_END
};

/* PUT …/RESOURCE/:id -- members that it does not name stay as they are. */
struct problem *
compat_expenses_update(struct request *r)
{
	const struct resource *resource = resource_of(r);
	const char *employee = body_text(r->input, "employeeId");
	struct row_write row = { .op = { .op_id = r->idempotency_key, .hash_text = request_text(r) } };
	const struct collection *c;
	struct lookups l;
	struct record held;
	struct problem *p;
	bool found;

	lookups_start(&l, r);
	if ((p = expenses_collection(r, resource->collection, &c)) != NULL ||
	    (p = row_find(r, resource, c, r->params[0], &held, &found)) != NULL ||
	    (!found && (p = lookups_owner(r, employee, &row.owner)) != NULL))
		return p;
	if (found)
		row.owner = held.owner;
	if (found && c->own && employee != NULL && *employee != '\0' && strcmp(employee, held.owner) != 0)
		return expenses_denied(r);
	if ((p = row_read(&l, resource, r->input, &row)) != NULL)
		return p;
	p = found ? put_row(&l, resource, &row, &held) : put_absent(r, resource, &row);
	return p != NULL ? p : answer_row(r, resource, &row);
}

/* ---- DELETE ---- */

/* Whether the person may know that this id was deleted. */
static struct problem *
was_deleted(struct request *r, const struct collection *c, const char *id, bool *was)
{
	struct record record;
	struct problem *p;

	if ((p = record_find(&r->call, c, id, &record, was)) != NULL ||
	    (!*was && (p = record_purged(&r->call, c, id, &record, was)) != NULL))
		return p;
	*was = *was && record.deleted && policy_sees(&r->person, c, record.owner, record.reader);
	return NULL;
}

static struct problem *
delete_row(struct request *r, const struct record *held)
{
	struct op op = { .op_id = r->idempotency_key, .collection = held->collection, .record_id = held->id,
		.kind = OP_DELETE, .intent = INTENT_CHANGE, .base = BASE_CURRENT };
	struct outcome outcome;
	struct written written;
	struct problem *p;

	op_prepare(r->a, &r->person, &op);
	if ((p = write_ops(&r->call, &op, 1, &outcome, &written)) != NULL)
		return p;
	p = outcome.problem;
	return p != NULL && p->kind == PROBLEM_NOT_FOUND ? NULL : p;
}

const struct member compat_expenses_delete_takes[] = {
	KEY_HEADER,
	MEMBERS_END
};

/* DELETE …/RESOURCE/:id -- also of a row that is deleted already. */
struct problem *
compat_expenses_delete(struct request *r)
{
	const struct resource *resource = resource_of(r);
	const struct collection *c;
	struct record held;
	struct problem *p;
	bool found;

	if ((p = expenses_collection(r, resource->collection, &c)) != NULL ||
	    (p = row_find(r, resource, c, r->params[0], &held, &found)) != NULL)
		return p;
	if (found) {
		p = delete_row(r, &held);
	} else if ((p = was_deleted(r, c, r->params[0], &found)) == NULL && !found && !resource->natural) {
		p = problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such record.");
	}
	return p != NULL ? p : expenses_done(r, arena_printf(r->a, "%s deleted successfully", resource->what));
}
