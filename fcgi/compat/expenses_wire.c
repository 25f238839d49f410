/* expenses_wire.c -- a row of the expenses API as a record, and back, by a table of its members.  That API is loose
 * about types: a number may come as a text, 1 is true, a distance may have more digits than are kept.  What is read
 * here is exact: numbers are rounded half away from zero to what the field keeps. */
#include "compat/expenses.h"

#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "http/reply.h"
#include "model/cell.h"

enum {
	CENTS_DIGITS = 2
};

const struct resource *
resource_of(const struct request *r)
{
	const char *path = r->path + sizeof EXPENSES_PATH - 1;
	size_t length = strcspn(path, "/");

	for (size_t i = 0; i < expense_resource_count; i++)
		if (strlen(expense_resources[i]->path) == length &&
		    strncmp(expense_resources[i]->path, path, length) == 0)
			return expense_resources[i];
	return NULL;
}

/* ---- reading ---- */

static int
scale_of(const struct field *f)
{
	return f->type == FIELD_MONEY ? CENTS_DIGITS : f->type == FIELD_DECIMAL ? f->scale : 0;
}

static struct problem *
read_number(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	int64_t n;
	bool rounded;

	if (decimal_round(text, scale_of(f), &n, &rounded) != DECIMAL_OK)
		return problem_at(a, PROBLEM_INVALID, f->name, "%s must be a number.", f->label);
	return field_read_text(a, f, decimal_format(a, n, f->type == FIELD_MONEY ? 0 : scale_of(f)), canonical);
}

struct problem *
wire_give(struct lookups *l, struct op *op, const char *field, const char *text)
{
	struct arena *a = l->r->a;
	const struct field *f = collection_field(op->collection, field);
	const char *canonical = f->initial;
	struct problem *p = NULL;

	if (text == NULL || text[0] == '\0')
		p = NULL;
	else if (f->type == FIELD_INTEGER || f->type == FIELD_DECIMAL || f->type == FIELD_MONEY)
		p = read_number(a, f, text, &canonical);
	else
		p = field_read_text(a, f, text, &canonical);
	if (p != NULL)
		return p;
	op_give(a, op, field, canonical);
	return NULL;
}

static struct problem *
give_date(struct lookups *l, struct op *op, const struct wire *m, const char *text)
{
	const char *date = text == NULL || text[0] == '\0' ? NULL : wire_date(l->r->a, text);

	if (text != NULL && text[0] != '\0' && date == NULL)
		return problem_at(l->r->a, PROBLEM_INVALID, m->name, "%s must be a date such as 2026-11-21.", m->name);
	return wire_give(l, op, m->field, date);
}

static struct problem *
give_center(struct lookups *l, struct op *op, const struct wire *m, const char *text)
{
	const char *id;
	struct problem *p;

	if ((p = lookups_center(l, text, &id)) != NULL)
		return p;
	return wire_give(l, op, m->field, id);
}

/* A word in the wire's form, else the text as it is: the field says what it takes. */
static const char *
choice_of(struct arena *a, const struct wire_word *words, const char *text)
{
	const char *loose = text_loose(a, text);

	for (; words->wire != NULL; words++)
		if (strcmp(text_loose(a, words->wire), loose) == 0)
			return words->choice;
	return text;
}

static struct problem *
give(struct lookups *l, struct op *op, const struct wire *m, struct json_object *value)
{
	const char *text = wire_text(value);

	switch (m->kind) {
	case WIRE_FLAG:
		return wire_give(l, op, m->field, wire_flag(value) ? "true" : "false");
	case WIRE_DATE:
		return give_date(l, op, m, text);
	case WIRE_CENTER:
		return give_center(l, op, m, text);
	case WIRE_WORD:
		return wire_give(l, op, m->field, text == NULL ? NULL : choice_of(l->r->a, m->words, text));
	default:
		if (value != NULL && text == NULL)
			return problem_at(l->r->a, PROBLEM_INVALID, m->name, "%s must be a text or a number.", m->name);
		return wire_give(l, op, m->field, text);
	}
}

struct problem *
wire_read(struct lookups *l, const struct resource *resource, struct json_object *body, struct op *op)
{
	struct json_object *value;
	struct problem *p;

	for (const struct wire *m = resource->members; m->name != NULL; m++)
		if (json_object_object_get_ex(body, m->name, &value) && (p = give(l, op, m, value)) != NULL)
			return p;
	return NULL;
}

/* ---- showing ---- */

void
wire_put_number(struct arena *a, struct json_out *out, const char *name, const struct field *f, const char *value)
{
	if (value != NULL && f->type == FIELD_MONEY)
		value = decimal_format(a, value_scaled(f, value), CENTS_DIGITS);
	put_json(out, name, value == NULL ? "0" : value);
}

static const char *
word_of(const struct wire_word *words, const char *choice)
{
	for (; words->wire != NULL; words++)
		if (strcmp(words->choice, choice) == 0)
			return words->wire;
	return choice;
}

static struct problem *
put_member(struct lookups *l, struct json_out *out, const struct wire_row *row, const struct wire *m)
{
	struct arena *a = l->r->a;
	const struct collection *c = row->record->collection;
	const char *value = value_named(c, row->values, m->field), *text = value_plain(a, value);
	struct problem *p;

	switch (m->kind) {
	case WIRE_NUMBER:
		wire_put_number(a, out, m->name, collection_field(c, m->field), value);
		return NULL;
	case WIRE_FLAG:
		put_integer(out, m->name, value_true(value));
		return NULL;
	case WIRE_CENTER:
		if ((p = lookups_center_name(l, text, &text)) != NULL)
			return p;
		break;
	case WIRE_REF:
		put_text(out, m->name, text);
		return NULL;
	case WIRE_WORD:
		text = text == NULL ? NULL : word_of(m->words, text);
		break;
	default:
		break;
	}
	put_text(out, m->name, text == NULL ? "" : text);
	return NULL;
}

struct problem *
wire_put(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	const struct record *record = row->record;
	struct problem *p;

	put_object(out, NULL);
	put_text(out, "id", record->id);
	if (record->collection->own)
		put_text(out, "employeeId", record->owner);
	for (const struct wire *m = row->resource->members; m->name != NULL; m++)
		if ((p = put_member(l, out, row, m)) != NULL)
			return p;
	if (row->resource->put != NULL && (p = row->resource->put(l, out, row)) != NULL)
		return p;
	put_integer(out, "version", record->version);
	put_sql_instant(out, "createdAt", record->created_at);
	put_sql_instant(out, "updatedAt", record->updated_at);
	put_end(out);
	return NULL;
}
