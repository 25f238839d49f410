/* op.c -- prepares an op for the write path: checks its members and makes them canonical, finds or makes its id, and
 * computes its hash.  No database. */
#include "record/op.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "model/policy.h"

static struct problem *
type_member(struct arena *a, const struct person *person, struct op *op, const char *key, struct json_object *value)
{
	const struct field *f = collection_field(op->collection, key);
	struct problem *p;

	if (strcmp(key, "owner") == 0) {
		if ((p = json_get_text(a, op->set, "owner", &op->new_owner)) != NULL)
			return p;
		return op->new_owner != NULL
		    ? NULL : problem_at(a, PROBLEM_REQUIRED, "owner", "A record has an owner.");
	}
	if (f == NULL && (strcmp(key, "version") == 0 || strcmp(key, "seq") == 0 || strcmp(key, "id") == 0 ||
	    strcmp(key, "deleted") == 0 || strncmp(key, "created", 7) == 0 || strncmp(key, "lastUpdated", 11) == 0))
		return problem_at(a, PROBLEM_READ_ONLY, key, "%s is written by the server only.", key);
	if (f == NULL || (f->is_private && !policy_knows(person, op->collection, f) && op->intent == INTENT_IMPORT))
		return problem_at(a, PROBLEM_UNKNOWN_FIELD, key, "%s has no field %s.", op->collection->label, key);
	if (f->derived && !op->system)
		return problem_at(a, PROBLEM_READ_ONLY, key, "%s is written by the server only.", key);
	if (f->retired)
		return NULL;
	op->touched[f->index] = true;
	if ((p = field_read(a, f, value, &op->values[f->index])) == NULL || !f->is_private)
		return p;
	op->bad_private = p;
	return NULL;
}

static void
make_room(struct arena *a, struct op *op)
{
	if (op->values != NULL)
		return;
	op->values = values_new(a, op->collection);
	op->touched = arena_alloc(a, op->collection->field_count + 1);
}

struct op
op_own(const struct collection *c, const char *id, const char *cause)
{
	return (struct op){
		.collection = c,
		.record_id = id,
		.kind = OP_SET,
		.intent = INTENT_CHANGE,
		.base = BASE_CURRENT,
		.cause = cause,
		.system = true,
	};
}

void
op_give(struct arena *a, struct op *op, const char *field, const char *canonical)
{
	const struct field *f = collection_field(op->collection, field);

	if (f == NULL)
		abort();
	make_room(a, op);
	op->values[f->index] = canonical;
	op->touched[f->index] = true;
}

/* The field without limits and choices, so that the hash of an op does not depend on later changes of the
 * definition. */
static struct field
without_limits(const struct field *f)
{
	struct field loose = *f;

	loose.type = f->type == FIELD_CHOICE ? FIELD_TEXT : f->type;
	loose.max_length = INT_MAX;
	loose.has_min = loose.has_max = false;
	return loose;
}

/* Keep what the op says for its hash, even if the value is ignored or refused: since the op was first sent, the field
 * may have been retired or restricted, or become derived, but the hash must stay the same. */
static void
note_said(struct arena *a, struct op *op, const char *key, struct json_object *value)
{
	const struct field *f = collection_field(op->collection, key);
	struct field loose;

	if (f == NULL) {
		op->hashed = op->hashed && strcmp(key, "owner") == 0;
		return;
	}
	op->named[f->index] = true;
	op->said[f->index] = op->values[f->index];
	if (op->touched[f->index] && op->values[f->index] != NULL)
		return;
	loose = without_limits(f);
	if (field_read(a, &loose, value, &op->said[f->index]) != NULL)
		op->hashed = false;
}

/* Values that Daybook sets itself are canonical already. */
static void
type_given(struct op *op)
{
	op->said = op->values;
	op->named = op->touched;
}

static struct problem *
type_members(struct arena *a, const struct person *person, struct op *op)
{
	struct problem *first = NULL, *p;

	make_room(a, op);
	op->bad_private = NULL;
	type_given(op);
	if (op->set == NULL)
		return NULL;
	op->said = values_new(a, op->collection);
	op->named = arena_alloc(a, op->collection->field_count + 1);
	json_object_object_foreach(op->set, key, value) {
		if ((p = type_member(a, person, op, key, value)) != NULL && first == NULL)
			first = p;
		note_said(a, op, key, value);
	}
	return first;
}

/* The values of a new record: those that the op names, and defaults for the rest. */
static const char **
begin_with(struct arena *a, const struct op *op, const char *const *values, const bool *named)
{
	const char **all = values_new(a, op->collection);

	for (size_t i = 0; i < op->collection->field_count; i++)
		all[i] = named[i] ? values[i] : op->collection->fields[i].initial;
	return all;
}

const char **
op_first_values(struct arena *a, const struct op *op)
{
	return begin_with(a, op, op->values, op->touched);
}

static struct problem *
make_id(struct arena *a, const struct person *person, struct op *op)
{
	const struct collection *c = op->collection;
	const char **said;

	if (op->record_id != NULL)
		return NULL;
	said = begin_with(a, op, op->said, op->named);
	for (size_t i = 0; i < c->unique_count; i++)
		if (c->unique[i]->required && said[c->unique[i]->index] == NULL)
			return problem_at(a, PROBLEM_REQUIRED, c->unique[i]->name,
			    "%s is required.", c->unique[i]->name);
	op->record_id = values_id(a, c, op->new_owner != NULL ? op->new_owner : person->user_id, said);
	if (op->record_id != NULL)
		return NULL;
	if (c->id_label != NULL)
		return problem_at(a, PROBLEM_REQUIRED, "id",
		    "id is required: it is what people call the %s.", c->singular);
	op->record_id = uuid7_text(a);
	op->made_id = op->unwritten = true;
	return NULL;
}

static struct problem *
check_ids(struct arena *a, const struct op *op)
{
	if (op->op_id != NULL && !id_valid(op->op_id))
		return problem_at(a, PROBLEM_INVALID, "op",
		    "An op id has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.");
	if (!id_valid(op->record_id))
		return problem_at(a, PROBLEM_INVALID, "id",
		    "An id has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.");
	if (id_reserved(op->record_id))
		return problem_at(a, PROBLEM_INVALID, "id",
		    "\"%s\" is a word of the API and cannot be an id.", op->record_id);
	if (op->renamed_from != NULL && op->kind != OP_SET)
		return problem_at(a, PROBLEM_INVALID, "renamedFrom", "Only a new record can continue another.");
	if (op->renamed_from != NULL && (!id_valid(op->renamed_from) || strcmp(op->renamed_from, op->record_id) == 0))
		return problem_at(a, PROBLEM_INVALID, "renamedFrom", "renamedFrom must be the id of another record.");
	return NULL;
}

/* The op's members as {"name":value,…}, sorted by name, owner among them. */
static void
put_set(struct json_out *out, const struct op *op, bool retired)
{
	const char *owner = op->new_owner;

	put_object(out, NULL);
	for (size_t i = 0; i < op->collection->field_count; i++) {
		const struct field *f = &op->collection->fields[op->collection->sorted[i]];

		if (owner != NULL && strcmp(f->name, "owner") > 0) {
			put_text(out, "owner", owner);
			owner = NULL;
		}
		if (op->named[f->index] && (retired || !f->retired))
			put_json(out, f->name, op->said[f->index]);
	}
	put_some(out, "owner", owner);
	put_end(out);
}

/* SHA-256 of [collection, id, {set}], of [collection, id, null] for a delete, or of an action's own text
 * (schema/PROTOCOL.md 3).  A random id made here is left out: a repeated create without an id is the same request.
 * Retired fields are left out, unless retired is true (for hash_before). */
static void
hash_op(struct arena *a, const struct op *op, bool retired, unsigned char hash[SHA256_SIZE])
{
	struct buf b;
	struct json_out out;

	if (op->hash_text != NULL) {
		sha256(op->hash_text, strlen(op->hash_text), hash);
		return;
	}
	buf_init(&b, a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	put_text(&out, NULL, op->collection->name);
	put_text(&out, NULL, op->made_id ? NULL : op->record_id);
	if (op->kind == OP_DELETE)
		put_null(&out, NULL);
	else
		put_set(&out, op, retired);
	put_end(&out);
	sha256(b.text, b.length, hash);
}

bool
op_has_hash(const struct op *op, const void *hash)
{
	return memcmp(hash, op->hash, sizeof op->hash) == 0 ||
	    memcmp(hash, op->hash_before, sizeof op->hash_before) == 0;
}

/* A refused op gets a hash too, if possible: it may have been applied under an earlier definition. */
void
op_prepare(struct arena *a, const struct person *person, struct op *op)
{
	struct problem *p;

	op->hashed = true;
	op->refused = NULL;
	if (op->set != NULL || op->values == NULL)
		op->refused = type_members(a, person, op);
	else
		type_given(op);
	if ((p = make_id(a, person, op)) == NULL)
		p = check_ids(a, op);
	if (p != NULL) {
		op->hashed = false;
		op->refused = op->refused != NULL ? op->refused : p;
	}
	if (!op->hashed)
		return;
	hash_op(a, op, false, op->hash);
	hash_op(a, op, true, op->hash_before);
}
