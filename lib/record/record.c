/* record.c -- finds and shows records.  A stored document is copied into an answer as it is; it is only parsed for
 * ?fields=. */
#include "record/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/json_out.h"
#include "batch.h"
#include "model/policy.h"
#include "store/statement.h"

enum {
	RESERVED_SIZE = 480 /* bytes of the reserved members and of a change around them, at most */
};

void
record_of_shown(const struct collection *c, const struct rows *rows, size_t row, struct record *record)
{
	*record = (struct record){
		.collection = c,
		.id = row_text(rows, row, RECORD_ID),
		.version = row_integer(rows, row, RECORD_VERSION),
		.seq = row_integer(rows, row, RECORD_SEQ),
		.owner = row_text(rows, row, RECORD_OWNER),
		.reader = row_text(rows, row, RECORD_READER),
		.doc = row_text(rows, row, RECORD_DOC),
		.doc_private = row_text(rows, row, RECORD_DOC_PRIVATE),
		.created_at = row_text(rows, row, RECORD_CREATED_AT),
		.created_by = row_text(rows, row, RECORD_CREATED_BY),
		.updated_at = row_text(rows, row, RECORD_UPDATED_AT),
		.updated_by = row_text(rows, row, RECORD_UPDATED_BY),
	};
}

bool
record_of_row(const struct collections *set, const struct rows *rows, size_t row, struct record *record)
{
	record_of_shown(collection_find(set, row_text(rows, row, RECORD_COLLECTION)), rows, row, record);
	record->tx_seq = row_integer(rows, row, RECORD_TX_SEQ);
	record->deleted = row_integer(rows, row, RECORD_DELETED) != 0;
	return record->collection != NULL;
}

struct problem *
record_find(const struct call *call, const struct collection *c, const char *id, struct record *record, bool *found)
{
	struct problem *p;
	struct rows *rows;

	if (call->batch != NULL)
		return batch_find(call->batch, c, id, record, found);
	p = db_run(call->db, call->a, SQL(RECORD_READ),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_key(id)), &rows);
	if (p != NULL)
		return p;
	*found = rows->count == 1 && record_of_row(call->set, rows, 0, record);
	return NULL;
}

static void
put_reserved(struct json_out *out, const struct record *r)
{
	put_text(out, "id", r->id);
	put_integer(out, "version", r->version);
	put_integer(out, "seq", r->seq);
	put_text(out, "owner", r->owner);
	if (r->deleted)
		put_boolean(out, "deleted", true);
	put_sql_instant(out, "createdAt", r->created_at);
	put_text(out, "createdBy", r->created_by);
	put_sql_instant(out, "lastUpdatedAt", r->updated_at);
	put_text(out, "lastUpdatedBy", r->updated_by);
}

/* The members of a doc without its braces. */
static void
splice(struct json_out *out, const char *doc)
{
	size_t length = doc == NULL ? 0 : strlen(doc);

	if (length > 2)
		put_members_n(out, doc + 1, length - 2);
}

size_t
record_size(const struct record *r)
{
	return RESERVED_SIZE + strlen(r->doc) + (r->doc_private == NULL ? 0 : strlen(r->doc_private));
}

void
record_put(struct json_out *out, const char *name, const struct record *r, const struct person *person)
{
	put_object(out, name);
	put_reserved(out, r);
	if (!r->deleted) {
		splice(out, r->doc);
		if (policy_sees_private(person, r->owner))
			splice(out, r->doc_private);
	}
	put_end(out);
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
record_put_fields(struct arena *a, struct json_out *out, const char *name, const struct record *r,
    const struct person *person, const char *const *names)
{
	static const char *const always[] = { "id", "version", NULL };
	struct buf text;
	struct json_out whole;
	struct json_slice key, value;
	const char *at;

	buf_init(&text, a);
	json_out_start(&whole, &text);
	record_put(&whole, NULL, r, person);
	at = text.text;
	put_object(out, name);
	while (json_next_member(&at, &key, &value))
		if (named(names, key) || named(always, key))
			put_json_n(out, arena_strndup(a, key.text, key.length), value.text, value.length);
	put_end(out);
}

char *
record_etag(struct arena *a, const struct record *r, const struct person *person, const char *epoch)
{
	bool whole = !r->collection->has_private || policy_sees_private(person, r->owner);

	return arena_printf(a, "\"%s.%" PRId64 "%s\"", epoch, r->version, whole ? "" : "-");
}
