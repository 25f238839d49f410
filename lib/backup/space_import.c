/* space_import.c -- an export in JSON as an archive in memory, so that one reader reads both.  Its records are put in
 * the order of an archive first: whoever has edited such a file may have moved them. */
#include <stdlib.h>
#include <string.h>

#include "backup/space_export.h"
#include "backup/walk.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"

/* One import on its way. */
struct turning {
	struct arena *a;
	struct archive_writer *w;
	struct buf out;
	int64_t part;
	struct record *records;
	size_t count;
	struct buf counts;
};

static struct problem *
keep(void *arg, const void *bytes, size_t size)
{
	struct turning *t = arg;

	buf_add(&t->out, bytes, size);
	return NULL;
}

static struct problem *
take_part(void *arg, const char *collection, const char *first_id, const void *packed, size_t size)
{
	struct turning *t = arg;
	char name[TAR_NAME_MAX + 1];

	(void)collection;
	(void)first_id;
	archive_part_name(name, ++t->part);
	return archive_member(t->w, name, packed, size);
}

/* ---- a record ---- */

static struct problem *
not_one(struct arena *a, size_t number)
{
	return problem_at(a, PROBLEM_INVALID, arena_printf(a, "records.%zu", number),
	    "This is no record of an export: collection, id, owner and doc are needed.");
}

static const char *
text_of(struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static const char *
document_of(struct arena *a, struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);
	struct buf b;

	if (!json_object_is_type(value, json_type_object))
		return NULL;
	buf_init(&b, a);
	json_canonical(&b, value);
	return b.text;
}

/* An instant of the record as SQL has it; the file need not say it. */
static const char *
instant_of(struct arena *a, struct json_object *object, const char *name)
{
	const char *text = text_of(object, name);
	int64_t at;

	return instant_sql(a, text != NULL && instant_parse(text, &at) ? at : 0);
}

static const char *
user_of(struct json_object *object, const char *name)
{
	const char *user = text_of(object, name);

	return user != NULL && uuid_valid(user) ? user : NOBODY;
}

static struct problem *
read_record(struct turning *t, struct json_object *object, size_t number)
{
	struct collection *c = arena_alloc(t->a, sizeof *c);
	struct record *r = &t->records[t->count];

	if (!json_object_is_type(object, json_type_object))
		return not_one(t->a, number);
	c->name = text_of(object, "collection"); /* this server may not know it: who reads the archive says so */
	*r = (struct record){
		.collection = c,
		.id = text_of(object, "id"),
		.owner = user_of(object, "owner"),
		.version = 1,
		.seq = 1,
		.doc = document_of(t->a, object, "doc"),
		.doc_private = document_of(t->a, object, "private"),
		.created_at = instant_of(t->a, object, "createdAt"),
		.created_by = user_of(object, "createdBy"),
		.updated_at = instant_of(t->a, object, "updatedAt"),
		.updated_by = user_of(object, "updatedBy"),
	};
	if (c->name == NULL || !id_valid(c->name) || strlen(c->name) > 40 || r->id == NULL || !id_valid(r->id) ||
	    r->doc == NULL)
		return not_one(t->a, number);
	t->count++;
	return NULL;
}

static int
by_order(const void *left, const void *right)
{
	const struct record *l = left, *r = right;

	return walk_compare(l->collection->name, l->id, r->collection->name, r->id);
}

static struct problem *
read_records(struct turning *t, struct json_object *list)
{
	size_t length = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	struct problem *p;

	if (!json_object_is_type(list, json_type_array))
		return problem_at(t->a, PROBLEM_INVALID, "records", "records must be a list.");
	t->records = arena_alloc(t->a, (length + 1) * sizeof *t->records);
	for (size_t i = 0; i < length; i++)
		if ((p = read_record(t, json_object_array_get_idx(list, i), i)) != NULL)
			return p;
	qsort(t->records, t->count, sizeof *t->records, by_order);
	for (size_t i = 1; i < t->count; i++)
		if (by_order(&t->records[i - 1], &t->records[i]) == 0)
			return problem_at(t->a, PROBLEM_INVALID, "records", "records has a record twice.");
	return NULL;
}

/* ---- the archive ---- */

static struct problem *
write_records(struct turning *t)
{
	struct part_maker *parts = part_maker_new(t->a, take_part, t);
	struct json_out out;
	struct problem *p;
	size_t first = 0;

	buf_init(&t->counts, t->a);
	json_out_start(&out, &t->counts);
	put_object(&out, NULL);
	for (size_t i = 0; i < t->count; i++) {
		if ((p = part_maker_add(parts, &t->records[i])) != NULL)
			return p;
		if (i + 1 < t->count &&
		    strcmp(t->records[i].collection->name, t->records[i + 1].collection->name) == 0)
			continue;
		put_integer(&out, t->records[i].collection->name, (int64_t)(i + 1 - first));
		first = i + 1;
	}
	put_end(&out);
	return part_maker_end(parts);
}

static struct archive_head
head_of_body(struct json_object *body)
{
	struct json_object *space = json_object_object_get(body, "space");
	const char *id = json_object_is_type(space, json_type_object) ? text_of(space, "id") : NULL;
	const char *name = json_object_is_type(space, json_type_object) ? text_of(space, "name") : NULL;
	const char *at = text_of(body, "at");
	struct archive_head head = {
		.format = ARCHIVE_FORMAT,
		.space_id = id != NULL && uuid_valid(id) ? id : NOBODY,
		.space_name = name == NULL ? "" : name,
		.kind = "export",
		.seq = 1, /* of all records here */
		.epoch = "00000000000000000000000000000000",
		.maker = "json",
	};

	if (at == NULL || !instant_parse(at, &head.at) || head.at < 0)
		head.at = 0;
	return head;
}

struct problem *
space_export_as_archive(struct arena *a, struct json_object *body, const char **bytes, size_t *size)
{
	struct json_object *format = json_object_object_get(body, "daybook");
	struct archive_head head = head_of_body(body);
	struct turning t = { .a = a };
	unsigned char sha256[SHA256_SIZE];
	struct problem *p;
	int64_t length;

	if (!json_object_is_type(format, json_type_int) || json_object_get_int64(format) != ARCHIVE_FORMAT)
		return problem_at(a, PROBLEM_INVALID, "daybook",
		    "This export has a format that this server does not know; a newer one may.");
	buf_init(&t.out, a);
	if ((p = read_records(&t, json_object_object_get(body, "records"))) != NULL ||
	    (p = archive_begin(a, &head, NULL, 0, keep, &t, &t.w)) != NULL ||
	    (p = write_records(&t)) != NULL ||
	    (p = archive_end(t.w, t.counts.text, &length, sha256)) != NULL)
		return p;
	*bytes = t.out.text;
	*size = t.out.length;
	return NULL;
}
