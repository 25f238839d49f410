/* export.c -- reads page after page by key, and writes each record as a line of CSV or an element of JSON.  A record
 * whose place in the order changes between two pages could appear twice or never.  So the export remembers what it has
 * shown, and at the end reads what was written meanwhile. */
#include "transfer/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/json_out.h"
#include "model/cell.h"
#include "model/policy.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	PAGE_ROWS = 500,      /* as in the statements */
	PIECE_BYTES = 8 << 20 /* of a page: json fields may have 1 MiB each */
};

/* ---- columns ---- */

static const char *const reserved[] = {
	"id", "version", "seq", "owner", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy",
};

static void
add_column(struct export *ex, const char *name, const struct field *f)
{
	ex->names[ex->column_count] = name;
	ex->columns[ex->column_count++] = f;
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
	if (policy_assigns(person) && strcmp(person->space_kind, "team") == 0)
		add_column(ex, "owner", NULL);
	add_column(ex, "version", NULL);
	add_column(ex, "lastUpdatedAt", NULL);
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
		if (strcmp(reserved[i], name) == 0) {
			add_column(ex, reserved[i], NULL);
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

struct problem *
export_open(struct export *ex)
{
	ex->changed_since = ex->call->person->seq;
	seen_start(&ex->shown, ex->call->a);
	if (ex->fields != NULL)
		return name_columns(ex);
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

static void
add_header(struct export *ex, struct buf *out)
{
	for (size_t i = 0; i < ex->column_count; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : ",", ex->names[i]);
	buf_text(out, "\r\n");
}

static void
add_line(struct export *ex, struct arena *a, struct buf *out, const struct record *r)
{
	bool private_too = policy_sees_private(ex->call->person, r->owner);
	const char **values = values_parse(a, ex->collection, r->doc, private_too ? r->doc_private : NULL);

	for (size_t i = 0; i < ex->column_count; i++) {
		const struct field *f = ex->columns[i];

		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, f == NULL ? reserved_cell(a, r, ex->names[i]) : cell_text(a, f, values[f->index]));
	}
	buf_text(out, "\r\n");
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
static void
add_record(struct export *ex, struct arena *a, struct buf *out, const struct record *r)
{
	struct seen_entry *entry = seen_entry(&ex->shown, r->id);

	if (entry->count++ > 0)
		return;
	if (ex->json)
		add_object(ex, a, out, r);
	else
		add_line(ex, a, out, r);
	ex->count++;
}

/* ---- pages ---- */

static struct problem *
read_page(struct export *ex, struct arena *a, struct rows **rows)
{
	const struct person *person = ex->call->person;
	struct value space = value_id(person->space_id), collection = value_text(ex->collection->name);
	struct value key = value_bytes(ex->after_key, ex->after_key_length), id = value_key(ex->after_id);

	if (policy_limited(person, ex->collection))
		return db_run_within(ex->call->db, a, PIECE_BYTES, SQL(EXPORT_PAGE_OWN),
		    VALUES(space, collection, value_id(person->user_id), key, key, id), rows);
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
		    policy_sees(ex->call->person, ex->collection, r.owner, r.reader))
			add_record(ex, a, out, &r);
	ex->paged = rows->count < PAGE_ROWS && !rows->cut;
	if (rows->count == 0)
		return NULL;
	key = row_cell(rows, rows->count - 1, EXPORT_SORT_KEY);
	ex->after_key_length = key->length < sizeof ex->after_key ? key->length : sizeof ex->after_key;
	memcpy(ex->after_key, key->bytes, ex->after_key_length);
	snprintf(ex->after_id, sizeof ex->after_id, "%s", row_text(rows, rows->count - 1, RECORD_ID));
	return NULL;
}

/* Add the records that were written since the export began and were not on any page. */
static struct problem *
add_changed(struct export *ex, struct arena *a, struct buf *out)
{
	struct problem *p;
	struct rows *rows;
	struct record r;

	p = db_run_within(ex->call->db, a, PIECE_BYTES, SQL(EXPORT_CHANGED),
	    VALUES(value_id(ex->call->person->space_id), value_integer(ex->changed_since),
	        value_text(ex->collection->name)), &rows);
	if (p != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		ex->changed_since = row_integer(rows, i, RECORD_SEQ);
		if (record_of_row(ex->call->set, rows, i, &r) &&
		    policy_sees(ex->call->person, ex->collection, r.owner, r.reader))
			add_record(ex, a, out, &r);
	}
	ex->ended = rows->count < PAGE_ROWS && !rows->cut;
	return NULL;
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
	if (!ex->paged && (p = add_page(ex, a, out)) != NULL)
		return p;
	if (ex->paged && (p = add_changed(ex, a, out)) != NULL)
		return p;
	if (ex->ended && ex->json)
		buf_text(out, ex->count == 0 ? "]\n" : "\n]\n");
	return NULL;
}
