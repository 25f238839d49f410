/* record.c -- finding and showing records.  Docs are spliced into answers as they are stored; only ?fields= takes one apart. */
#include "record/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "model/policy.h"
#include "store/statement.h"

bool
record_of_row(const struct collections *set, const struct rows *rows, size_t row, struct record *record)
{
	*record = (struct record){
		.collection = collection_find(set, row_text(rows, row, 0)),
		.id = row_text(rows, row, 1),
		.version = row_integer(rows, row, 2),
		.seq = row_integer(rows, row, 3),
		.tx_seq = row_integer(rows, row, 4),
		.owner = row_text(rows, row, 5),
		.deleted = row_integer(rows, row, 6) != 0,
		.doc = row_text(rows, row, 7),
		.doc_private = row_text(rows, row, 8),
		.created_at = row_text(rows, row, 9),
		.created_by = row_text(rows, row, 10),
		.updated_at = row_text(rows, row, 11),
		.updated_by = row_text(rows, row, 12),
		.reader = row_text(rows, row, 13),
	};
	return record->collection != NULL;
}

struct problem *
record_find(struct db *db, struct arena *a, const struct collections *set, const char *space_id,
    const struct collection *c, const char *id, struct record *record, bool *found)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(db, a, SQL(RECORD_READ), VALUES(value_text(space_id), value_text(c->name), value_text(id)), &rows);
	if (p != NULL)
		return p;
	*found = rows->count == 1 && record_of_row(set, rows, 0, record);
	return NULL;
}

static void
add_reserved(struct buf *b, const struct record *r)
{
	buf_printf(b, "{\"id\":\"%s\",\"version\":%" PRId64 ",\"seq\":%" PRId64 ",\"owner\":\"%s\"", r->id, r->version, r->seq, r->owner);
	if (r->deleted)
		buf_text(b, ",\"deleted\":true");
	buf_text(b, ",\"createdAt\":");
	sql_instant_json(b, r->created_at);
	buf_printf(b, ",\"createdBy\":\"%s\",\"lastUpdatedAt\":", r->created_by);
	sql_instant_json(b, r->updated_at);
	buf_printf(b, ",\"lastUpdatedBy\":\"%s\"", r->updated_by);
}

/* The members of a doc without its braces. */
static void
splice(struct buf *b, const char *doc)
{
	size_t length = doc == NULL ? 0 : strlen(doc);

	if (length <= 2)
		return;
	buf_char(b, ',');
	buf_add(b, doc + 1, length - 2);
}

void
record_json(struct buf *b, const struct record *r, const struct person *person)
{
	add_reserved(b, r);
	if (!r->deleted) {
		splice(b, r->doc);
		if (policy_sees_private(person, r->owner))
			splice(b, r->doc_private);
	}
	buf_char(b, '}');
}

static bool
named(const char *const *names, struct json_slice key)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == key.length && memcmp(*names, key.text, key.length) == 0)
			return true;
	return false;
}

void
record_json_fields(struct arena *a, struct buf *b, const struct record *r, const struct person *person, const char *const *names)
{
	static const char *const always[] = { "id", "version", NULL };
	struct buf whole;
	struct json_slice key, value;
	const char *at, *separator = "{";

	buf_init(&whole, a);
	record_json(&whole, r, person);
	at = whole.text;
	while (json_next_member(&at, &key, &value)) {
		if (!named(names, key) && !named(always, key))
			continue;
		buf_printf(b, "%s\"%.*s\":", separator, (int)key.length, key.text);
		buf_add(b, value.text, value.length);
		separator = ",";
	}
	buf_char(b, '}');
}

char *
record_etag(struct arena *a, const struct record *r, const struct person *person, const char *epoch)
{
	bool whole = !r->collection->has_private || policy_sees_private(person, r->owner);

	return arena_printf(a, "\"%s.%" PRId64 "%s\"", epoch, r->version, whole ? "" : "-");
}
