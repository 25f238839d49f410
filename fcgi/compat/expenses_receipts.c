/* expenses_receipts.c -- receipts, and their images.  An image is uploaded by itself and has an address, `imageUri`,
 * that the receipt then names; here that address ends with the SHA-256 by which Daybook names files.  A receipt may
 * also come with its image as a data: URL. */
#include <string.h>

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
	{ "splitTotal", "splitTotal", WIRE_NUMBER, NULL },
	{ .name = NULL }
};

/* ---- reading ---- */

static struct problem *
settle_receipt(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	const char *uri = body_text(body, "imageUri"), *file;
	struct problem *p;

	(void)owner;
	if (!json_object_object_get_ex(body, "imageUri", NULL))
		return NULL;
	if ((p = image_of_uri(l->r, uri, &file)) != NULL)
		return p;
	return wire_give(l, op, "file", file);
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
	const char *group = group_of(l, row);

	if (group == NULL) {
		put_null(out, "splitAllocationIndex");
		put_null(out, "splitAllocationCount");
		return;
	}
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
