/* records.c -- one set of endpoints for the records of every collection.  A handler only turns the request into ops or
 * a list; lib/record/write.c and list.c do the work, and policy.c decides who may. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/crypto.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/policy.h"
#include "record/history.h"
#include "record/list.h"
#include "record/then.h"
#include "record/write.h"
#include "sync/feed.h"

#define VERSION_MAX (INT64_C(1) << 53)

enum {
	NAMES_MAX = 128 /* in ?fields=: more than a definition may have */
};

/* ---- conditions ---- */

/* Read If-Match: "\"<epoch>.<version>\"" as record_etag makes it, also with W/, or "*" for any version.  A tag of
 * another form matches no version. */
static struct problem *
read_if_match(struct request *r, struct op *op)
{
	const char *text = request_header(r, "If-Match");
	size_t epoch;
	char *end;

	if (text == NULL || strcmp(text, "*") == 0)
		return NULL;
	op->strict = true;
	if (strncmp(text, "W/", 2) == 0)
		text += 2;
	if (text[0] != '"' || strlen(text) > 100 || text[strlen(text) - 1] != '"')
		return problem_at(r->a, PROBLEM_INVALID, "If-Match",
		    "If-Match must be one entity tag as an answer gave it.");
	op->base = 0;
	epoch = strcspn(text + 1, ".");
	if (text[1 + epoch] != '.')
		return NULL;
	op->epoch = arena_strndup(r->a, text + 1, epoch);
	op->base = strtoll(text + 2 + epoch, &end, 10);
	if (op->base < 1 || (strcmp(end, "\"") != 0 && strcmp(end, "-\"") != 0))
		op->base = 0;
	return NULL;
}

/* The members by which a write names the version that it changes; null is a mistake and does not mean "any". */
#define VERSION_MEMBERS \
	BODY("expectedVersion", INTEGER, "the version that the change was made to", .min = 1, .max = VERSION_MAX, \
	  .null = NULL_IS_WRONG, .wrong = "expectedVersion must be a version from 1 on."), \
	HEADER("If-Match", TEXT, "the ETag of that version, instead of expectedVersion")

/* The version that this write changes: by If-Match, or expectedVersion in the body, else the current one. */
static struct problem *
read_base(struct request *r, struct op *op)
{
	op->base = BASE_CURRENT;
	if (is_given(r, "expectedVersion")) {
		op->base = given_integer(r, "expectedVersion");
		if (request_header(r, "If-Match") != NULL)
			return problem_at(r->a, PROBLEM_INVALID, "expectedVersion",
			    "Send If-Match or expectedVersion, not both.");
	}
	return read_if_match(r, op);
}

/* ---- answers to writes ---- */

static struct problem *
answer_write(struct request *r, const struct op *op, const struct outcome *outcome, const char *epoch)
{
	bool created = outcome->created && op->kind == OP_SET;
	struct json_out *out;

	if (outcome->problem != NULL)
		return outcome->problem;
	if (!outcome->has_record)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such record.");
	out = reply_object(r, created ? 201 : 200);
	reply_header(r, "ETag", record_etag(r->a, &outcome->record, &r->person, epoch));
	if (created)
		reply_header(r, "Location", arena_printf(r->a, "%s%s%s/%s/%s", "/api",
		    r->space == NULL ? "" : "/spaces/", r->space == NULL ? "" : r->space,
		    op->collection->name, outcome->record.id));
	record_put(out, outcome->record.collection->singular, &outcome->record, &r->person);
	if (outcome->merged)
		put_boolean(out, "merged", true);
	if (outcome->status == OUTCOME_DUPLICATE)
		put_boolean(out, "duplicate", true);
	put_integer(out, "version", outcome->version);
	put_integer(out, "seq", outcome->seq);
	return NULL;
}

/* A duplicate of a create is answered 201 again, because its first answer was lost. */
static struct problem *
write_one(struct request *r, struct op *op)
{
	struct problem *p;
	struct outcome outcome;
	struct written written;

	op->collection = r->collection;
	op->op_id = r->idempotency_key;
	op_prepare(r->a, &r->person, op);
	p = write_ops(&r->call, op, 1, &outcome, &written);
	if (p != NULL)
		return p;
	if (outcome.status == OUTCOME_DUPLICATE && op->intent == INTENT_CREATE)
		outcome.created = true;
	return answer_write(r, op, &outcome, written.epoch);
}

/* ---- writing ---- */

const struct member records_create_takes[] = {
	BODY("id", TEXT, "the record's id, where people or devices give it"),
	BODY("renamedFrom", TEXT, "the id of the record that this one takes the place of"),
	BODY("*", ANY, "the fields of the collection, by its definition"),
	KEY_HEADER,
	MEMBERS_END
};

/* POST /api/:collection -- creates a record, or brings a deleted one back with new values. */
struct problem *
records_create(struct request *r)
{
	struct op op = {
		.kind = OP_SET,
		.intent = INTENT_CREATE,
		.record_id = given_text(r, "id"),
		.renamed_from = given_text(r, "renamedFrom"),
		.set = r->input,
	};

	return write_one(r, &op);
}

const struct member records_update_takes[] = {
	VERSION_MEMBERS,
	BODY("*", ANY, "the fields to change, by the collection's definition"),
	KEY_HEADER,
	MEMBERS_END
};

/* PUT and PATCH /api/:collection/:id -- changes the fields named; null empties a field; the others stay. */
struct problem *
records_update(struct request *r)
{
	struct problem *p;
	struct op op = { .kind = OP_SET, .intent = INTENT_CHANGE, .record_id = r->record_id, .set = r->input };

	if ((p = read_base(r, &op)) != NULL)
		return p;
	return write_one(r, &op);
}

const struct member records_delete_takes[] = {
	VERSION_MEMBERS,
	KEY_HEADER,
	MEMBERS_END
};

/* DELETE /api/:collection/:id -- leaves a tombstone; its history stays. */
struct problem *
records_delete(struct request *r)
{
	struct problem *p;
	struct op op = { .kind = OP_DELETE, .intent = INTENT_CHANGE, .record_id = r->record_id };

	if ((p = read_base(r, &op)) != NULL)
		return p;
	return write_one(r, &op);
}

const struct member records_restore_takes[] = {
	BODY("version", INTEGER, "the one to bring back", .required = "version is required: the one to bring back."),
	VERSION_MEMBERS,
	KEY_HEADER,
	MEMBERS_END
};

/* POST /api/:collection/:id/restore {"version"} -- writes the values of an older version as a new version. */
struct problem *
records_restore(struct request *r)
{
	struct problem *p;
	struct op op = { .kind = OP_RESTORE, .intent = INTENT_CHANGE, .record_id = r->record_id };

	op.restore_version = given_integer(r, "version");
	if ((p = read_base(r, &op)) != NULL)
		return p;
	op.hash_text = arena_printf(r->a,
	    "POST /api/%s/%s/restore {\"version\":%" PRId64 "}", r->collection->name, r->record_id, op.restore_version);
	return write_one(r, &op);
}

/* ---- reading ---- */

/* Read the names in ?fields=, each a field that the person may know or a reserved member; NULL when the parameter is
 * absent. */
static struct problem *
read_fields(struct request *r, const char *const **names)
{
	static const char *const reserved[] = {
		"id", "version", "seq", "owner", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy", NULL
	};
	const char *text = given_text(r, "fields"), **list;
	size_t n = 0;

	*names = NULL;
	if (text == NULL)
		return NULL;
	list = arena_alloc(r->a, (NAMES_MAX + 1) * sizeof *list);
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		const char *name = arena_strndup(r->a, text, length);
		const struct field *f = collection_field(r->collection, name);
		bool known = f != NULL && policy_knows(&r->person, r->collection, f);

		for (size_t i = 0; reserved[i] != NULL && !known; i++)
			known = strcmp(reserved[i], name) == 0;
		if (!known)
			return problem_at(r->a, PROBLEM_UNKNOWN_FIELD, "fields",
			    "%s has no field %s.", r->collection->label, name);
		if (n == NAMES_MAX)
			return problem_at(r->a, PROBLEM_INVALID, "fields", "fields has at most %d names.", NAMES_MAX);
		list[n++] = name;
		text += length + (text[length] == ',');
	}
	*names = list;
	return NULL;
}

#define FIELDS_PARAM PARAM("fields", TEXT, "names of fields with commas between them; without it all")

const struct member records_list_takes[] = {
	PARAM("sort", TEXT, "a field, with - before it from the greatest on"),
	PARAM("limit", INTEGER, "records at most", .min = 1, .max = LIST_LIMIT_MAX, .otherwise = LIST_LIMIT_DEFAULT),
	PARAM("after", TEXT, "the next of the page before"),
	FIELDS_PARAM,
	AT_PARAM,
	PARAM("q", TEXT, "words that the record holds"),
	PARAM("*", ANY, "filters: a field, and what its value must be"),
	MEMBERS_END
};

struct problem *
records_read_filters(struct request *r, struct list *list)
{
	for (size_t i = 0; i < r->query_count; i++) {
		const struct query_parameter *q = &r->query[i];

		if (!parameter_is_filter(r, i))
			continue;
		if (list->filter_count == LIST_FILTERS_MAX)
			return problem_new(r->a, PROBLEM_MALFORMED,
			    "There are more than %d filters.", LIST_FILTERS_MAX);
		list->filters[list->filter_count++] = (struct list_filter){ q->name, q->value };
	}
	list->search = given_text(r, "q");
	return NULL;
}

/* Any write in the space can change a list, so its ETag is made of the head, the view epoch, and a hash of the person
 * and the query. */
static const char *
list_tag(struct request *r)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	buf_init(&b, r->a);
	buf_printf(&b,
	    "%s %s %s %s", r->path, r->person.user_id, role_names[r->person.role], r->worker->collections->stamp);
	for (size_t i = 0; i < r->query_count; i++)
		buf_printf(&b, " %s=%s", r->query[i].name, r->query[i].value);
	sha256(b.text, b.length, digest);
	return arena_printf(r->a, "\"%s.%" PRId64 ".%s.%s\"", r->person.epoch, r->person.view_epoch,
	    feed_mark(r->a, r->person.seq, r->person.chain), hex_text(r->a, digest, 8));
}

static void
put_record(struct request *r, struct json_out *out, const char *name, const struct record *record,
    const char *const *names)
{
	if (names == NULL)
		record_put(out, name, record, &r->person);
	else
		record_put_fields(r->a, out, name, record, &r->person, names);
}

/* GET /api/:collection */
struct problem *
records_list(struct request *r)
{
	struct problem *p;
	struct list *list = arena_alloc(r->a, sizeof *list);
	const char *const *names, *tag = list_tag(r);
	struct json_out *out;
	size_t size = 0;

	list->collection = r->collection;
	list->sort = given_text(r, "sort");
	list->after = given_text(r, "after");
	list->limit = given_integer(r, "limit");
	if ((p = records_read_filters(r, list)) != NULL ||
	    (p = read_fields(r, &names)) != NULL)
		return p;
	if (reply_matches(r, tag)) {
		reply_not_modified(r, tag);
		return NULL;
	}
	if ((p = list_read(&r->call, list)) != NULL)
		return p;
	out = reply_object(r, 200);
	reply_header(r, "ETag", tag);
	for (size_t i = 0; i < list->count; i++)
		size += record_size(&list->records[i]);
	buf_room(out->to, size);
	put_array(out, r->collection->name);
	for (size_t i = 0; i < list->count; i++)
		put_record(r, out, NULL, &list->records[i], names);
	put_end(out);
	put_text(out, "next", list->next);
	return NULL;
}

static struct problem *
read_record(struct request *r, int64_t version, struct record *record)
{
	struct problem *p;
	bool found;

	if (version > 0 && r->call.then_at != 0)
		return problem_at(r->a, PROBLEM_INVALID, "at", "at and version cannot go together.");
	if (r->call.then_at != 0)
		return then_record(&r->call, r->collection, r->record_id, record);
	if (version > 0)
		return history_version(&r->call, r->collection, r->record_id, version, record);
	if ((p = policy_may(r->a, &r->person, r->collection, MAY_READ)) != NULL ||
	    (p = record_find(&r->call, r->collection, r->record_id, record, &found)) != NULL)
		return p;
	if (!found || record->deleted || !policy_sees(&r->person, r->collection, record->owner, record->reader))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such record.");
	return NULL;
}

const struct member records_read_takes[] = {
	PARAM("version", INTEGER, "an older version of the record", .min = 1, .max = VERSION_MAX),
	AT_PARAM,
	FIELDS_PARAM,
	MEMBERS_END
};

/* GET /api/:collection/:id, also ?version=, ?at= and ?fields= */
struct problem *
records_read(struct request *r)
{
	struct problem *p;
	struct record record;
	const char *const *names, *tag;
	struct json_out *out;

	if ((p = read_fields(r, &names)) != NULL ||
	    (p = read_record(r, given_integer(r, "version"), &record)) != NULL)
		return p;
	tag = record_etag(r->a, &record, &r->person, r->person.epoch);
	if (names == NULL && reply_matches(r, tag)) {
		reply_not_modified(r, tag);
		return NULL;
	}
	out = reply_object(r, 200);
	if (names == NULL)
		reply_header(r, "ETag", tag);
	put_record(r, out, r->collection->singular, &record, names);
	return NULL;
}

const struct member records_history_takes[] = {
	PARAM("limit", INTEGER, "versions at most", .min = 1, .max = HISTORY_LIMIT_MAX,
	  .otherwise = HISTORY_LIMIT_DEFAULT),
	PARAM("after", TEXT, "the next of the page before"),
	MEMBERS_END
};

/* GET /api/:collection/:id/history */
struct problem *
records_history(struct request *r)
{
	return history_read(&r->call, r->collection, r->record_id, given_text(r, "after"),
	    given_integer(r, "limit"), reply_object(r, 200));
}
