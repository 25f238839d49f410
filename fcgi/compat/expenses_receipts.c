/* expenses_receipts.c -- receipts, and their images.  An image is uploaded by itself and has an address, `imageUri`,
 * that the receipt then names; here that address ends with the SHA-256 by which Daybook names files.  A receipt may
 * also come with its image as a data: URL. */
#include <string.h>

#include "base/decimal.h"
#include "base/seen.h"
#include "compat/compat.h"
#include "compat/expenses_image.h"
#include "compat/expenses_rows.h"
#include "http/content.h"

static const struct wire receipt_members[] = {
	{ "date", "date", WIRE_DATE, NULL },
	{ "vendor", "vendor", WIRE_TEXT, NULL },
	{ "amount", "amount", WIRE_NUMBER, NULL },
	{ "category", "category", WIRE_TEXT, NULL },
	{ "description", "description", WIRE_TEXT, NULL },
	{ "costCenter", "costCenter", WIRE_CENTER, NULL },
	{ "splitGroupId", "splitGroup", WIRE_TEXT, NULL },
	{ .name = NULL }
};

/* ---- reading ---- */

static struct problem *
settle_receipt(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	const char *uri = body_text(body, "imageUri"), *group = body_text(body, "splitGroupId"), *file;
	const char *total = body_text(body, "splitTotal");
	struct problem *p;

	(void)owner;
	if (json_object_object_get_ex(body, "splitGroupId", NULL) && (group == NULL || *group == '\0'))
		p = wire_give(l, op, "splitTotal", NULL);
	else
		p = total == NULL || *total == '\0' ? NULL : wire_give(l, op, "splitTotal", total);
	if (p != NULL || !json_object_object_get_ex(body, "imageUri", NULL))
		return p;
	if ((p = image_of_uri(l->r, uri, &file)) != NULL)
		return p;
	return wire_give(l, op, "file", file);
}

/* ---- splits ---- */

static const char *
said(const struct row_write *row, const char *field)
{
	const struct field *f = collection_field(row->op.collection, field);

	return row->op.touched[f->index] ? row->op.values[f->index] : NULL;
}

static int64_t
amount_of(const struct collection *c, const char *value)
{
	return value_scaled(collection_field(c, "amount"), value);
}

static const char *
value_of(struct lookups *l, const struct record *record, const char *field)
{
	const struct collection *c = record->collection;

	return value_named(c, values_parse(l->r->a, c, record->doc, NULL), field);
}

static bool
is_among(const struct row_write *rows, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].op.record_id != NULL && strcmp(rows[i].op.record_id, id) == 0)
			return true;
	return false;
}

/* The parts of a split that are there already. */
static struct problem *
read_parts(struct lookups *l, const struct row_write *row, struct stretch *s)
{
	const struct collection *c = row->op.collection;
	const char *day = value_plain(l->r->a, said(row, "date"));
	size_t kept = 0;
	struct problem *p;

	*s = (struct stretch){ .collection = c, .owner = row->owner, .from = day,
		.to = arena_printf(l->r->a, "%s~", day) };
	if ((p = stretch_read(&l->r->call, s)) != NULL)
		return p;
	for (size_t i = 0; i < s->count; i++)
		if (value_equal(value_of(l, &s->records[i], "splitGroup"), said(row, "splitGroup")))
			s->records[kept++] = s->records[i];
	s->count = kept;
	return NULL;
}

/* That system knows no total of a split, so it is what the parts come to: those that are written, and the others. */
static struct problem *
total_split(struct lookups *l, const struct row_write *rows, size_t count, struct row_write *row)
{
	const struct collection *c = row->op.collection;
	int64_t sum = 0;
	struct stretch parts;
	struct problem *p;

	if ((p = read_parts(l, row, &parts)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		if (rows[i].op.collection == c && value_equal(said(&rows[i], "splitGroup"), said(row, "splitGroup")))
			sum += amount_of(c, said(&rows[i], "amount"));
	for (size_t i = 0; i < parts.count; i++)
		if (!is_among(rows, count, parts.records[i].id))
			sum += amount_of(c, value_of(l, &parts.records[i], "amount"));
	for (size_t i = 0; i < parts.count; i++)
		if (!is_among(row, 1, parts.records[i].id) &&
		    amount_of(c, value_of(l, &parts.records[i], "splitTotal")) < sum)
			row->split_part = parts.records[i].id;
	op_give(l->r->a, &row->op, "splitTotal", decimal_format(l->r->a, sum, 0));
	return NULL;
}

static struct problem *
finish_receipts(struct lookups *l, struct row_write *rows, size_t count)
{
	struct problem *p;

	for (size_t i = 0; i < count; i++) {
		struct row_write *row = &rows[i];

		if (strcmp(row->op.collection->name, "receipts") != 0 || said(row, "splitGroup") == NULL ||
		    said(row, "splitTotal") != NULL || said(row, "date") == NULL || said(row, "amount") == NULL)
			continue;
		if ((p = total_split(l, rows, count, row)) != NULL)
			return p;
	}
	return NULL;
}

/* ---- showing ---- */

/* What is known of all the receipts of an answer. */
struct shown {
	struct seen files;       /* by name: the place of its type + 1 */
	const char **types;
	struct seen parts, put;  /* by split group: how many parts it has, and how many were shown */
};

static const char *
text_of(struct lookups *l, const struct wire_row *row, const char *field)
{
	return value_plain(l->r->a, value_named(row->record->collection, row->values, field));
}

static const char *
group_of(struct lookups *l, const struct wire_row *row)
{
	const char *group = text_of(l, row, "splitGroup");

	return group == NULL ? NULL : arena_printf(l->r->a, "%s %s", row->record->owner, group);
}

static struct problem *
arrange_receipts(struct lookups *l, const struct wire_row *rows, size_t count)
{
	struct arena *a = l->r->a;
	struct shown *shown = arena_alloc(a, sizeof *shown);
	const char **names = arena_alloc(a, (count + 1) * sizeof *names);
	size_t n = 0;

	l->arranged = shown;
	seen_start(&shown->files, a);
	seen_start(&shown->parts, a);
	seen_start(&shown->put, a);
	for (size_t i = 0; i < count; i++) {
		const char *file = text_of(l, &rows[i], "file"), *group = group_of(l, &rows[i]);

		if (group != NULL)
			seen_entry(&shown->parts, group)->count++;
		if (file == NULL || seen_find(&shown->files, file) != NULL)
			continue;
		names[n++] = file;
		seen_entry(&shown->files, file)->count = (uint32_t)n;
	}
	shown->types = arena_alloc(a, (n + 1) * sizeof *shown->types);
	return files_types(&l->r->call, names, n, shown->types);
}

static void
put_image(struct lookups *l, struct json_out *out, const struct shown *shown, const struct wire_row *row)
{
	const char *file = text_of(l, row, "file"), *type = NULL;

	if (file != NULL)
		type = shown->types[seen_find(&shown->files, file)->count - 1];
	put_text(out, "imageUri", file == NULL ? "" : image_uri(l->r->a, file, type));
	put_text(out, "fileType", type != NULL && strcmp(type, "application/pdf") == 0 ? "pdf" : "image");
}

static void
put_split(struct lookups *l, struct json_out *out, struct shown *shown, const struct wire_row *row)
{
	const struct collection *c = row->record->collection;
	const char *group = group_of(l, row);

	if (group == NULL) {
		put_null(out, "splitTotal");
		put_null(out, "splitAllocationIndex");
		put_null(out, "splitAllocationCount");
		return;
	}
	wire_put_number(l->r->a, out, "splitTotal", collection_field(c, "splitTotal"),
	    value_named(c, row->values, "splitTotal"));
	put_integer(out, "splitAllocationIndex", ++seen_entry(&shown->put, group)->count);
	put_integer(out, "splitAllocationCount", seen_entry(&shown->parts, group)->count);
}

static struct problem *
put_receipt(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	struct shown *shown = l->arranged;

	put_image(l, out, shown, row);
	put_split(l, out, shown, row);
	return wire_put_remark(l, out, row);
}

const struct resource expense_receipts = {
	.path = "receipts",
	.collection = "receipts",
	.what = "Receipt",
	.members = receipt_members,
	.settle = settle_receipt,
	.finish = finish_receipts,
	.arrange = arrange_receipts,
	.put = put_receipt,
};

/* ---- GET …/receipts/:id/file ---- */

struct problem *
compat_expenses_receipt_file(struct request *r)
{
	const struct collection *c;
	struct record record;
	struct problem *p;
	struct file file;
	const char *name = NULL;
	bool found;

	if ((p = expenses_collection(r, "receipts", &c)) != NULL ||
	    (p = row_find(r, &expense_receipts, c, r->params[0], &record, &found)) != NULL)
		return p;
	if (found)
		name = value_plain(r->a, value_named(c, values_parse(r->a, c, record.doc, NULL), "file"));
	if (name == NULL || !file_named(name, &file))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such file.");
	if ((p = file_find(&r->call, &file, &found)) != NULL)
		return p;
	if (!found || file.type == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such file.");
	return content_reply(r, &file);
}
