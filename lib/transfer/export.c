/* export.c -- reads page after page by key, and writes each record as a line of CSV or an element of JSON.  With
 * filters the pages are those of a list.  A record whose place in the order changes between two pages could appear
 * twice or never.  So the export remembers what it has shown, and at the end reads what was written meanwhile. */
#include "transfer/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/json_out.h"
#include "model/cell.h"
#include "model/policy.h"
#include "model/show.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"

enum {
	PAGE_ROWS = 500,      /* as in the statements */
	PIECE_BYTES = 8 << 20 /* of a page: json fields may have 1 MiB each */
};

/* ---- columns ---- */

/* What only the server writes, by name and for people. */
static const struct {
	const char *name, *label;
} reserved[] = {
	{ "id", "Id" },
	{ "version", "Version" },
	{ "seq", "Seq" },
	{ "owner", "Person" },
	{ "createdAt", "Created" },
	{ "createdBy", "Created by" },
	{ "lastUpdatedAt", "Changed" },
	{ "lastUpdatedBy", "Changed by" },
};

static void
add_column(struct export *ex, const char *name, const struct field *f)
{
	ex->names[ex->column_count] = name;
	ex->columns[ex->column_count++] = f;
}

/* Whether the person may find records of others in it, so that it says whose they are. */
static bool
is_of_many(const struct export *ex)
{
	const struct person *person = ex->call->person;

	return (policy_assigns(person) || policy_looks_after(person, ex->collection)) &&
	    strcmp(person->space_kind, "team") == 0;
}

/* The columns without fields=: all that an import reads back, and version and lastUpdatedAt for people. */
static void
choose_columns(struct export *ex)
{
	const struct person *person = ex->call->person;

	add_column(ex, "id", NULL);
	for (size_t i = 0; i < ex->collection->field_count; i++) {
		const struct field *f = &ex->collection->fields[i];

		if (!f->retired && f->type != FIELD_JSON && policy_knows(person, ex->collection, f))
			add_column(ex, f->name, f);
	}
	if (is_of_many(ex))
		add_column(ex, "owner", NULL);
	add_column(ex, "version", NULL);
	add_column(ex, "lastUpdatedAt", NULL);
}

/* The columns for people: whose it is, the id where they give it, and the fields that they see. */
static void
choose_shown(struct export *ex)
{
	const struct person *person = ex->call->person;
	const struct collection *c = ex->collection;

	if (c->own && is_of_many(ex))
		add_column(ex, "owner", NULL);
	if (c->id_label != NULL)
		add_column(ex, "id", NULL);
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (!f->retired && !f->hidden && f->type != FIELD_JSON && policy_knows(person, c, f))
			add_column(ex, f->name, f);
	}
}

static struct problem *
add_named(struct export *ex, const char *name)
{
	struct arena *a = ex->call->a;
	const struct field *f = collection_field(ex->collection, name);

	for (size_t i = 0; i < ex->column_count; i++)
		if (strcmp(ex->names[i], name) == 0)
			return problem_at(a, PROBLEM_INVALID, "fields", "fields names %s twice.", name);
	if (f != NULL && !f->retired && policy_knows(ex->call->person, ex->collection, f)) {
		add_column(ex, f->name, f);
		return NULL;
	}
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (strcmp(reserved[i].name, name) == 0) {
			add_column(ex, reserved[i].name, NULL);
			return NULL;
		}
	return problem_at(a, PROBLEM_UNKNOWN_FIELD, "fields",
	    "%s has no field %s.", ex->collection->label, text_short(a, name));
}

static struct problem *
name_columns(struct export *ex)
{
	const char *at = ex->fields;

	while (*at != '\0') {
		size_t length = strcspn(at, ",");
		struct problem *p = length == 0 ? NULL : add_named(ex, arena_strndup(ex->call->a, at, length));

		if (p != NULL)
			return p;
		at += length;
		at += *at == ',';
	}
	if (ex->column_count == 0)
		return problem_at(ex->call->a, PROBLEM_INVALID, "fields", "fields names no field.");
	return NULL;
}

static bool
is_filtered(const struct export *ex)
{
	return ex->list.filter_count > 0 || (ex->list.search != NULL && ex->list.search[0] != '\0');
}

/* What cells for people need: names, and the zone of each record's instants. */
static struct problem *
prepare_shown(struct export *ex)
{
	const struct collection *c = ex->collection;

	names_start(&ex->names_known, ex->call, c);
	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].format != NULL && strcmp(c->fields[i].format, "zone") == 0)
			ex->zone_field = &c->fields[i];
	return space_zone_of(ex->call, ex->call->person->user_id, &ex->zone);
}

struct problem *
export_open(struct export *ex)
{
	const struct collection *c = ex->collection;
	struct problem *p;

	ex->changed_since = ex->call->person->seq;
	seen_start(&ex->shown, ex->call->a);
	ex->list.collection = c;
	ex->list.sort = c->order == NULL ? "id" : c->order->name;
	ex->list.limit = PAGE_ROWS;
	if (ex->for_people && (p = prepare_shown(ex)) != NULL)
		return p;
	if (ex->fields != NULL)
		return name_columns(ex);
	if (ex->for_people)
		choose_shown(ex);
	else
		choose_columns(ex);
	return NULL;
}

/* ---- one record ---- */

static const char *
sql_instant(struct arena *a, const char *instant)
{
	return arena_printf(a, "%.10sT%sZ", instant, instant + 11);
}

static const char *
reserved_cell(struct arena *a, const struct record *r, const char *name)
{
	if (strcmp(name, "id") == 0)
		return r->id;
	if (strcmp(name, "version") == 0)
		return arena_printf(a, "%" PRId64, r->version);
	if (strcmp(name, "seq") == 0)
		return arena_printf(a, "%" PRId64, r->seq);
	if (strcmp(name, "owner") == 0)
		return r->owner;
	if (strcmp(name, "createdAt") == 0)
		return sql_instant(a, r->created_at);
	if (strcmp(name, "createdBy") == 0)
		return r->created_by;
	if (strcmp(name, "lastUpdatedAt") == 0)
		return sql_instant(a, r->updated_at);
	return r->updated_by;
}

static const char *
label_of(const struct export *ex, size_t column)
{
	const char *name = ex->names[column];
	const struct field *f = ex->columns[column];

	if (f != NULL)
		return f->label;
	if (strcmp(name, "id") == 0 && ex->collection->id_label != NULL)
		return ex->collection->id_label;
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (strcmp(reserved[i].name, name) == 0)
			return reserved[i].label;
	return name;
}

static void
add_header(struct export *ex, struct buf *out)
{
	buf_text(out, CSV_MARK);
	for (size_t i = 0; i < ex->column_count; i++) {
		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, ex->for_people ? csv_guard(out->arena, label_of(ex, i)) : ex->names[i]);
	}
	buf_text(out, "\r\n");
}

/* A reserved member for people: users by name, instants by the person's clock. */
static struct problem *
show_reserved(struct export *ex, struct arena *a, const struct record *r, const char *name, const char **text)
{
	const char *cell = reserved_cell(a, r, name);
	struct problem *p;

	*text = cell;
	if (strcmp(name, "owner") == 0 || strcmp(name, "createdBy") == 0 || strcmp(name, "lastUpdatedBy") == 0) {
		if ((p = names_user(&ex->names_known, a, cell, text)) != NULL)
			return p;
		*text = csv_guard(a, *text);
	} else if (strcmp(name, "createdAt") == 0 || strcmp(name, "lastUpdatedAt") == 0) {
		int64_t instant;

		(void)instant_from_sql(strcmp(name, "createdAt") == 0 ? r->created_at : r->updated_at, &instant);
		*text = clock_text(a, ex->zone, instant);
	}
	return NULL;
}

static struct problem *
show_value(struct export *ex, struct arena *a, const struct field *f, const char *value, const char *zone,
    const char **text)
{
	const struct collection *target = f->type == FIELD_REF ? collection_find(ex->call->set, f->ref) : NULL;
	bool is_user = f->format != NULL && strcmp(f->format, "user") == 0;
	struct problem *p = NULL;

	*text = "";
	if (value == NULL)
		return NULL;
	if (target != NULL)
		p = names_record(&ex->names_known, a, target, value_plain(a, value), text);
	else if (is_user)
		p = names_user(&ex->names_known, a, value_plain(a, value), text);
	else
		*text = value_shown(a, f, value, zone);
	if (p == NULL && (target != NULL || is_user))
		*text = csv_guard(a, *text);
	return p;
}

/* The zone in which the instants of a record are shown. */
static const char *
zone_of(const struct export *ex, struct arena *a, const char *const *values)
{
	const char *zone = ex->zone_field == NULL ? NULL : value_plain(a, values[ex->zone_field->index]);

	return zone != NULL && zone_known(zone) ? zone : ex->zone;
}

static struct problem *
add_shown(struct export *ex, struct arena *a, struct buf *out, const struct record *r, const char *const *values)
{
	const char *zone = zone_of(ex, a, values), *text;
	struct problem *p;

	for (size_t i = 0; i < ex->column_count; i++) {
		const struct field *f = ex->columns[i];

		p = f == NULL ? show_reserved(ex, a, r, ex->names[i], &text)
		    : show_value(ex, a, f, values[f->index] != NULL ? values[f->index] : f->initial, zone, &text);
		if (p != NULL)
			return p;
		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, text);
	}
	buf_text(out, "\r\n");
	return NULL;
}

static struct problem *
add_line(struct export *ex, struct arena *a, struct buf *out, const struct record *r)
{
	bool private_too = policy_sees_private(ex->call->person, r->owner);
	const char **values = values_parse(a, ex->collection, r->doc, private_too ? r->doc_private : NULL);

	if (ex->for_people)
		return add_shown(ex, a, out, r, (const char *const *)values);
	for (size_t i = 0; i < ex->column_count; i++) {
		const struct field *f = ex->columns[i];

		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, f == NULL ? reserved_cell(a, r, ex->names[i]) : cell_text(a, f, values[f->index]));
	}
	buf_text(out, "\r\n");
	return NULL;
}

static void
add_object(struct export *ex, struct arena *a, struct buf *out, const struct record *r)
{
	struct json_out object;

	buf_text(out, ex->count == 0 ? "\n" : ",\n");
	json_out_start(&object, out);
	if (ex->fields != NULL)
		record_put_fields(a, &object, NULL, r, ex->call->person, ex->names);
	else
		record_put(&object, NULL, r, ex->call->person);
}

/* Add a record, unless it was added before. */
static struct problem *
add_record(struct export *ex, struct arena *a, struct buf *out, const struct record *r)
{
	struct seen_entry *entry = seen_entry(&ex->shown, r->id);
	struct problem *p;

	if (entry->count++ > 0)
		return NULL;
	if (ex->json)
		add_object(ex, a, out, r);
	else if ((p = add_line(ex, a, out, r)) != NULL)
		return p;
	ex->count++;
	return NULL;
}

/* ---- pages ---- */

static struct problem *
read_page(struct export *ex, struct arena *a, struct rows **rows)
{
	const struct person *person = ex->call->person;
	struct value space = value_id(person->space_id), collection = value_text(ex->collection->name);
	struct value key = value_bytes(ex->after_key, ex->after_key_length), id = value_key(ex->after_id);
	struct value user = value_id(person->user_id);

	if (policy_limited(person, ex->collection) && policy_looks_after(person, ex->collection))
		return db_run_within(ex->call->db, a, PIECE_BYTES, SQL(EXPORT_PAGE_OVERSEEN),
		    VALUES(space, collection, user, user, key, key, id), rows);
	if (policy_limited(person, ex->collection))
		return db_run_within(ex->call->db, a, PIECE_BYTES, SQL(EXPORT_PAGE_OWN),
		    VALUES(space, collection, user, key, key, id), rows);
	return db_run_within(ex->call->db, a, PIECE_BYTES, SQL(EXPORT_PAGE),
	    VALUES(space, collection, key, key, id), rows);
}

/* Add the page after the last key, and advance the key. */
static struct problem *
add_page(struct export *ex, struct arena *a, struct buf *out)
{
	struct problem *p;
	struct rows *rows;
	struct record r;
	const struct value *key;

	if ((p = read_page(ex, a, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++)
		if (record_of_row(ex->call->set, rows, i, &r) &&
		    policy_sees(ex->call->person, ex->collection, r.owner, r.reader) &&
		    (p = add_record(ex, a, out, &r)) != NULL)
			return p;
	ex->paged = rows->count < PAGE_ROWS && !rows->cut;
	if (rows->count == 0)
		return NULL;
	key = row_cell(rows, rows->count - 1, EXPORT_SORT_KEY);
	ex->after_key_length = key->length < sizeof ex->after_key ? key->length : sizeof ex->after_key;
	memcpy(ex->after_key, key->bytes, ex->after_key_length);
	snprintf(ex->after_id, sizeof ex->after_id, "%s", row_text(rows, rows->count - 1, RECORD_ID));
	return NULL;
}

/* Add a page of the list; *next is where the next one begins, in a, or NULL. */
static struct problem *
add_listed(struct export *ex, struct arena *a, struct buf *out, const struct list *asked, const char **next)
{
	const struct call call = call_in(ex->call, a);
	struct list *list = arena_memdup(a, asked, sizeof *list);
	struct problem *p;

	if ((p = list_read(&call, list)) != NULL)
		return p;
	for (size_t i = 0; i < list->count; i++)
		if ((p = add_record(ex, a, out, &list->records[i])) != NULL)
			return p;
	*next = list->next;
	return NULL;
}

static struct problem *
add_list_page(struct export *ex, struct arena *a, struct buf *out)
{
	struct problem *p;
	const char *next;

	if ((p = add_listed(ex, a, out, &ex->list, &next)) != NULL)
		return p;
	ex->list.after = arena_strdup(ex->call->a, next);
	ex->paged = next == NULL;
	return NULL;
}

/* Add those of the records that the list has. */
static struct problem *
add_listed_of(struct export *ex, struct arena *a, struct buf *out, const char *const *ids, size_t count)
{
	struct list *list = arena_memdup(a, &ex->list, sizeof *list);
	struct problem *p;

	list->after = NULL;
	for (size_t i = 0; i < count; i += list->id_count) {
		list->ids = ids + i;
		list->id_count = count - i < LIST_IDS_MAX ? count - i : LIST_IDS_MAX;
		do
			if ((p = add_listed(ex, a, out, list, &list->after)) != NULL)
				return p;
		while (list->after != NULL);
	}
	return NULL;
}

/* Add the records that were written since the export began and were not on any page. */
static struct problem *
add_changed(struct export *ex, struct arena *a, struct buf *out)
{
	struct problem *p;
	struct rows *rows;
	struct record r;
	const char **ids;
	size_t count = 0;

	p = db_run_within(ex->call->db, a, PIECE_BYTES, SQL(EXPORT_CHANGED),
	    VALUES(value_id(ex->call->person->space_id), value_integer(ex->changed_since),
	        value_text(ex->collection->name)), &rows);
	if (p != NULL)
		return p;
	ids = arena_alloc(a, (rows->count + 1) * sizeof *ids);
	for (size_t i = 0; i < rows->count; i++) {
		ex->changed_since = row_integer(rows, i, RECORD_SEQ);
		if (!record_of_row(ex->call->set, rows, i, &r) ||
		    !policy_sees(ex->call->person, ex->collection, r.owner, r.reader))
			continue;
		if (is_filtered(ex))
			ids[count++] = r.id;
		else if ((p = add_record(ex, a, out, &r)) != NULL)
			return p;
	}
	ex->ended = rows->count < PAGE_ROWS && !rows->cut;
	return add_listed_of(ex, a, out, ids, count);
}

struct problem *
export_next(struct export *ex, struct arena *a, struct buf *out)
{
	struct problem *p;

	if (!ex->begun && ex->json)
		buf_char(out, '[');
	if (!ex->begun && !ex->json)
		add_header(ex, out);
	ex->begun = true;
	if (!ex->paged && is_filtered(ex) && (p = add_list_page(ex, a, out)) != NULL)
		return p;
	if (!ex->paged && !is_filtered(ex) && (p = add_page(ex, a, out)) != NULL)
		return p;
	if (ex->paged && (p = add_changed(ex, a, out)) != NULL)
		return p;
	if (ex->ended && ex->json)
		buf_text(out, ex->count == 0 ? "]\n" : "\n]\n");
	return NULL;
}
