/* routines_rxdb.c -- how the routine tracker's clients replicate: rxdb/pull reads what was written after a checkpoint,
 * rxdb/push takes documents as a device has them.
 *
 * A checkpoint is a place in the order of writes, and no clock: nothing is skipped that was written in the same
 * millisecond or committed late, and deletions are among what is read.  A document has a member `version`, which comes
 * back with what a device changed.  It says what the device last saw, so that what others changed since in other
 * members is merged, and in the same ones is a conflict, whatever any clock shows.  Between its pulls a device does
 * not learn the versions that it made itself, but the audit has its name at them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "compat/compat.h"
#include "compat/routines.h"
#include "http/reply.h"
#include "record/past.h"
#include "record/write.h"
#include "store/statement.h"

enum {
	BATCH_MAX = 1000,
	BATCH_USUAL = 200,
	WINDOW = 20000,      /* writes that one statement looks through, */
	WINDOWS_MAX = 5,     /* and how many statements one pull has */
	DOCS_MAX = 50,
	SETS_MAX = 20,       /* of one document of an exercise log: each is a record */
	DEVICE_HEX = 32
};

static struct problem *
find_kind(struct request *r, const struct routines_kind_of_doc **kind)
{
	*kind = routines_kind_named(given_text(r, "collection"));
	if (*kind != NULL)
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, "collection", "There is no collection of this name.");
}

/* ---- pull ---- */

/* The seq of a checkpoint.  One of another history, from before what was purged, or of any other form means the
 * beginning: then everything comes again, and nothing is missed. */
static int64_t
seq_of_checkpoint(const struct person *person, const char *id)
{
	const char *dot = id == NULL ? NULL : strrchr(id, '.');
	int64_t seq = dot == NULL ? 0 : strtoll(dot + 1, NULL, 10);

	if (dot == NULL || strlen(person->epoch) != (size_t)(dot - id) ||
	    strncmp(id, person->epoch, (size_t)(dot - id)) != 0 || seq < person->min_seq || seq > person->seq)
		return 0;
	return seq;
}

struct reading {
	int64_t at;              /* what was read up to here */
	int64_t left;            /* documents that still fit */
	const char *updated_at;  /* of the last one, or NULL */
};

/* Put what one window has. */
static struct problem *
read_window(struct request *r, const struct routines_wire *wire, struct reading *reading)
{
	const struct person *person = &r->person;
	int64_t to = person->seq - reading->at > WINDOW ? reading->at + WINDOW : person->seq;
	struct problem *p;
	struct rows *rows;
	struct record record;

	p = db_run_within(r->db, r->a, PAGE_BYTES_MAX, SQL(OWN_BETWEEN), VALUES(value_id(person->space_id),
	    value_integer(reading->at), value_integer(to), value_text(wire->collection->name),
	    value_id(person->user_id), value_integer(reading->left)), &rows);
	if (p != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		if (record_of_row(r->call.set, rows, i, &record))
			routines_put(wire, &r->json, &record);
		reading->updated_at = record.updated_at;
		reading->at = record.seq;
		reading->left--;
	}
	if (!rows->cut && reading->left > 0)
		reading->at = to;
	return NULL;
}

static void
put_checkpoint(struct request *r, const struct reading *reading)
{
	put_object(&r->json, "checkpoint");
	if (reading->updated_at != NULL)
		put_sql_instant(&r->json, "updatedAt", reading->updated_at);
	else
		put_instant(&r->json, "updatedAt", r->started_at);
	put_text(&r->json, "id", arena_printf(r->a, "%s.%" PRId64, r->person.epoch, reading->at));
	put_end(&r->json);
}

const struct member compat_routines_pull_takes[] = {
	PARAM("collection", TEXT, "a collection, by its name there", .required = "collection is required"),
	PARAM("modelName", ANY, "is not looked at"),
	PARAM("batchSize", INTEGER, "documents at most", .min = 1, .max = BATCH_MAX, .otherwise = BATCH_USUAL),
	PARAM("updatedAt", ANY, "of the checkpoint: is not looked at"),
	PARAM("id", TEXT, "of the checkpoint that the last pull answered; without it from the start"),
	MEMBERS_END
};

/* GET …/rxdb/pull?collection=&batchSize=&id= */
struct problem *
compat_routines_pull(struct request *r)
{
	struct reading reading = { .at = seq_of_checkpoint(&r->person, given_text(r, "id")),
		.left = given_integer(r, "batchSize") };
	const struct routines_kind_of_doc *kind;
	struct routines_wire wire;
	struct problem *p;
	int windows = 0;

	if ((p = find_kind(r, &kind)) != NULL)
		return p;
	put_array(reply_object(r, 200), "documents");
	if (kind->collection == NULL) {
		put_end(&r->json);
		put_null(&r->json, "checkpoint");
		return NULL;
	}
	if ((p = routines_wire_open(&r->call, kind, &wire)) != NULL)
		return p;
	while (reading.left > 0 && reading.at < r->person.seq && windows++ < WINDOWS_MAX)
		if ((p = read_window(r, &wire, &reading)) != NULL)
			return p;
	put_end(&r->json);
	put_checkpoint(r, &reading);
	return NULL;
}

/* ---- push ---- */

struct push {
	struct request *r;
	const struct routines_kind_of_doc *kind;
	struct routines_wire wire;
	struct json_object *docs;
	struct buf conflicts, errors;   /* JSON arrays */
	struct json_out conflicting, wrong;
	size_t error_count;
};

/* One document on its way. */
struct doc {
	struct push *push;
	struct writer *w;
	struct json_object *json;
	const char *id;                 /* as the device calls it */
	const char *record_id;          /* as it is called here, where its fields say the id */
	bool deletes;
	struct record held;
	bool found;
	int64_t base;                   /* the version that the device last saw or made; 0: none */
	const char **seen;              /* its values, or NULL */
	struct outcome outcome;
};

static void
add_error(struct push *push, const char *id, const char *words)
{
	put_object(&push->wrong, NULL);
	put_text(&push->wrong, "_id", id);
	put_text(&push->wrong, "error", words);
	put_end(&push->wrong);
	push->error_count++;
}

/* Show a device what is the case, under the id that it has. */
static struct problem *
add_state(struct doc *d)
{
	struct push *push = d->push;
	struct record record;
	struct problem *p;
	bool found;

	if ((p = record_find(d->w->call, push->wire.collection, d->id, &record, &found)) != NULL)
		return p;
	if (found && strcmp(record.owner, d->w->call->person->user_id) == 0)
		routines_put(&push->wire, &push->conflicting, &record);
	else
		routines_put_gone(&push->wire, &push->conflicting, d->id);
	return NULL;
}

/* ---- what it is about, and what the device saw of it ---- */

static void
name_by_fields(struct doc *d, const char **values, bool *touched)
{
	const struct collection *c = d->push->wire.collection;
	struct op op = { .collection = c, .values = values, .touched = touched };
	const char *id = values_id(d->w->call->a, c, d->w->call->person->user_id, op_first_values(d->w->call->a, &op));

	if (id != NULL)
		d->record_id = id;
}

/* Find the record: that of the id, or where the fields say the id, the one that they mean. */
static struct problem *
find_record(struct doc *d, const char **values, bool *touched)
{
	const struct collection *c = d->push->wire.collection;
	struct problem *p;

	d->record_id = d->id;
	if ((p = record_find(d->w->call, c, d->id, &d->held, &d->found)) != NULL || d->found || d->deletes)
		return p;
	name_by_fields(d, values, touched);
	return record_find(d->w->call, c, d->record_id, &d->held, &d->found);
}

/* The version that a document names, if it is of this history. */
static int64_t
version_of(const struct doc *d)
{
	struct json_object *value;
	const char *text, *dot;

	if (!json_object_object_get_ex(d->json, "version", &value) || !json_object_is_type(value, json_type_string))
		return 0;
	text = json_object_get_string(value);
	dot = strchr(text, '.');
	if (dot == NULL || strcmp(dot + 1, d->w->epoch) != 0)
		return 0;
	return strtoll(text, NULL, 10);
}

/* Go on from the base over the versions that this device made itself. */
static struct problem *
skip_own(struct doc *d)
{
	const struct call *call = d->w->call;
	const struct collection *c = d->push->wire.collection;
	struct problem *p;
	struct rows *rows;
	struct audit_row row;

	p = record_look(call, c, d->held.id, SQL(AUDIT_BACK), VALUES(value_id(call->person->space_id),
	    value_text(c->name), value_key(d->held.id), value_integer(d->base + 1), value_integer(d->held.version)),
	    &rows);
	if (p != NULL)
		return p;
	for (size_t i = rows->count; i-- > 0;) {
		audit_of_row(rows, i, call->person->space_id, &row);
		if (row.version != d->base + 1 || row.device_id == NULL ||
		    strcmp(row.device_id, call->person->device_id) != 0)
			break;
		d->base = row.version;
	}
	return NULL;
}

/* A log that says pending, or was deleted, is as good as none: whoever makes one does not contradict it. */
static bool
is_blank(const struct doc *d)
{
	const struct collection *c = d->push->wire.collection;
	const char *status;

	if (d->held.deleted || strcmp(c->name, "taskLogs") != 0)
		return d->held.deleted;
	status = value_named(c, values_parse(d->w->call->a, c, d->held.doc, d->held.doc_private), "status");
	return status == NULL || strcmp(status, "\"pending\"") == 0;
}

static struct problem *
find_base(struct doc *d)
{
	bool renamed = strcmp(d->id, d->record_id) != 0;
	struct problem *p;

	d->base = d->found ? version_of(d) : 0;
	if (!d->found)
		return NULL;
	if (d->base > d->held.version)
		d->base = 0;
	if (d->base < d->held.version && (p = skip_own(d)) != NULL)
		return p;
	if (renamed && is_blank(d))
		d->base = d->held.version;
	return NULL;
}

static struct problem *
find_seen(struct doc *d)
{
	const struct collection *c = d->push->wire.collection;
	const char **now;
	struct problem *p;
	struct past past;

	if (!d->found || d->held.deleted || d->base == 0)
		return NULL;
	now = values_parse(d->w->call->a, c, d->held.doc, d->held.doc_private);
	if (d->base == d->held.version) {
		d->seen = now;
		return NULL;
	}
	p = past_read(d->w->call, c, d->held.id, d->base, d->held.version, PAST_MERGE_ROWS, now, &past);
	if (p == NULL && past.complete)
		d->seen = past.values;
	return p;
}

/* ---- writing one ---- */

static struct problem *
take_op(struct doc *d, struct op *op)
{
	op_prepare(d->w->call->a, d->w->call->person, op);
	return writer_take(d->w, op, &d->outcome);
}

/* A log is taken back before it is deleted: others then see that it was undone, not only that it is gone. */
static struct problem *
take_back(struct doc *d)
{
	const struct collection *c = d->push->wire.collection;
	struct op op = { .collection = c, .record_id = d->record_id, .kind = OP_SET, .intent = INTENT_PUSH,
		.base = d->base };
	struct problem *p;

	op_give(d->w->call->a, &op, "status", "\"pending\"");
	if ((p = take_op(d, &op)) == NULL && d->outcome.problem == NULL)
		d->base = BASE_CURRENT;
	return p;
}

static struct problem *
take_deletion(struct doc *d)
{
	struct op op = { .collection = d->push->wire.collection, .record_id = d->record_id, .kind = OP_DELETE,
		.intent = INTENT_PUSH };
	struct problem *p;

	if (!d->found || d->held.deleted)
		return NULL;
	if (strcmp(op.collection->name, "taskLogs") == 0 && !is_blank(d) &&
	    ((p = take_back(d)) != NULL || d->outcome.problem != NULL))
		return p;
	op.base = d->base;
	return take_op(d, &op);
}

static struct problem *
take_change(struct doc *d, const char **values, bool *touched)
{
	struct op op = { .collection = d->push->wire.collection, .record_id = d->record_id, .kind = OP_SET,
		.intent = INTENT_PUSH, .base = d->base, .values = values, .touched = touched };

	return take_op(d, &op);
}

static struct problem *
refuse_doc(struct doc *d, const char *words)
{
	add_error(d->push, d->id, words);
	return add_state(d);
}

/* Tell the device what it has to know: that the record differs from what it sent, or has another id. */
static struct problem *
answer_doc(struct doc *d)
{
	const struct problem *p = d->outcome.problem;

	if (p != NULL && d->outcome.status == OUTCOME_CONFLICT && strcmp(d->id, d->record_id) == 0)
		return add_state(d);
	if (p != NULL)
		return refuse_doc(d, p->detail);
	return strcmp(d->id, d->record_id) == 0 ? NULL : add_state(d);
}

static struct problem *
take_doc(struct doc *d)
{
	const struct routines_wire *wire = &d->push->wire;
	struct arena *a = d->w->call->a;
	const char **values = values_new(a, wire->collection);
	bool *touched = arena_alloc(a, wire->collection->field_count + 1);
	struct problem *p;

	if (!d->deletes && (p = routines_read(wire, d->json, NULL, values, touched)) != NULL)
		return problem_is_fatal(p) ? p : refuse_doc(d, p->detail);
	if ((p = find_record(d, values, touched)) != NULL)
		return p;
	if (d->found && strcmp(d->held.owner, d->w->call->person->user_id) != 0)
		return refuse_doc(d, "This id cannot be used.");
	if ((p = find_base(d)) != NULL || (p = find_seen(d)) != NULL)
		return p;
	if (d->seen != NULL && !d->deletes) {
		memset(touched, false, wire->collection->field_count * sizeof *touched);
		if ((p = routines_read(wire, d->json, d->seen, values, touched)) != NULL)
			return problem_is_fatal(p) ? p : refuse_doc(d, p->detail);
	}
	p = d->deletes ? take_deletion(d) : take_change(d, values, touched);
	return p != NULL ? p : answer_doc(d);
}

/* ---- documents with several sets ---- */

static void
drop_tree(void *tree)
{
	json_object_put(tree);
}

/* The document with the members of one of its sets as its own. */
static struct json_object *
with_set(struct arena *a, struct json_object *json, struct json_object *set)
{
	static const char *const members[] = { "reps", "weight", "duration" };
	struct json_object *one = json_object_new_object(), *value;

	arena_defer(a, drop_tree, one);
	json_object_object_foreach (json, name, member)
		json_object_object_add(one, name, json_object_get(member));
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		json_object_object_add(one, members[i],
		    json_object_object_get_ex(set, members[i], &value) ? json_object_get(value) : NULL);
	return one;
}

/* The sets of a document of an exercise log; NULL for any other, and for one that says nothing of its sets. */
static struct json_object *
sets_of(const struct doc *d)
{
	struct json_object *sets;

	if (d->deletes || strcmp(d->push->kind->name, "exercise_logs") != 0 ||
	    !json_object_object_get_ex(d->json, "sets", &sets) || !json_object_is_type(sets, json_type_array))
		return NULL;
	return sets;
}

/* The first set is the record of the document; each other one is a record of its own, which the device is told of at
 * its next pull, as it is told that its document has one set. */
static struct problem *
take_sets(struct doc *d, struct json_object *sets)
{
	size_t count = json_object_array_length(sets);
	struct arena *a = d->w->call->a;
	struct problem *p = NULL;

	if (count > SETS_MAX)
		return refuse_doc(d, arena_printf(a, "A document may have %d sets.", SETS_MAX));
	for (size_t i = 0; p == NULL && i < count; i++) {
		struct json_object *set = json_object_array_get_idx(sets, i);
		struct doc one = { .push = d->push, .w = d->w, .id = d->id };

		if (!json_object_is_type(set, json_type_object))
			return refuse_doc(d, "sets must be a list of objects.");
		one.json = with_set(a, d->json, set);
		if (i > 0) {
			one.id = arena_printf(a, "%s.%zu", d->id, i + 1);
			json_object_object_del(one.json, "version");
		}
		p = take_doc(&one);
	}
	return p;
}

/* ---- all ---- */

static struct problem *
take_one(struct push *push, struct writer *w, struct json_object *json)
{
	struct doc d = { .push = push, .w = w, .json = json };
	struct json_object *value, *sets;

	if (!json_object_is_type(json, json_type_object) || !json_object_object_get_ex(json, "_id", &value) ||
	    !json_object_is_type(value, json_type_string) || !id_valid(json_object_get_string(value))) {
		add_error(push, NULL, "_id must be 1 to 64 letters, digits or ._:@- and start with a letter or digit.");
		return NULL;
	}
	d.id = json_object_get_string(value);
	d.deletes = json_object_object_get_ex(json, "_deleted", &value) && json_object_get_boolean(value);
	sets = sets_of(&d);
	return sets != NULL && json_object_array_length(sets) > 0 ? take_sets(&d, sets) : take_doc(&d);
}

static void
start_lists(struct push *push)
{
	buf_init(&push->conflicts, push->r->a);
	buf_init(&push->errors, push->r->a);
	json_out_start(&push->conflicting, &push->conflicts);
	json_out_start(&push->wrong, &push->errors);
	put_array(&push->conflicting, NULL);
	put_array(&push->wrong, NULL);
	push->error_count = 0;
}

static struct problem *
work_push(struct writer *w, void *arg)
{
	struct push *push = arg;
	struct problem *p = NULL;

	start_lists(push);
	push->wire.call = w->call;
	for (size_t i = 0; p == NULL && i < json_object_array_length(push->docs); i++)
		p = take_one(push, w, json_object_array_get_idx(push->docs, i));
	return p;
}

/* What Daybook computes or does not keep cannot be pushed, and a device is told so for each document. */
static void
refuse_all(struct push *push)
{
	struct json_object *value;

	start_lists(push);
	for (size_t i = 0; i < json_object_array_length(push->docs); i++) {
		struct json_object *json = json_object_array_get_idx(push->docs, i);

		add_error(push, json_object_is_type(json, json_type_object) &&
		    json_object_object_get_ex(json, "_id", &value) && json_object_is_type(value, json_type_string)
		    ? json_object_get_string(value) : NULL, "Daybook keeps no documents of this collection.");
	}
}

/* A device that does not say who it is is known by its token and its program. */
static const char *
device_of(struct request *r)
{
	const char *agent = request_header(r, "User-Agent");
	const char *text = arena_printf(r->a, "%s %s %s", r->person.user_id,
	    r->person.session_id == NULL ? "" : r->person.session_id, agent == NULL ? "" : agent);
	unsigned char digest[SHA256_SIZE];

	sha256(text, strlen(text), digest);
	return arena_printf(r->a, "rxdb-%s", arena_strndup(r->a, hex_text(r->a, digest, sizeof digest), DEVICE_HEX));
}

const struct member compat_routines_push_takes[] = {
	BODY("collection", TEXT, "a collection, by its name there", .required = "collection is required", .min = 1),
	BODY("modelName", ANY, "is not looked at"),
	BODY("docs", LIST, "documents, at most 50", .required = "docs must be a list"),
	MEMBERS_END
};

/* POST …/rxdb/push {"collection","docs"} */
struct problem *
compat_routines_push(struct request *r)
{
	struct push push = { .r = r, .docs = given_list(r, "docs") };
	struct written written;
	struct json_out *out;
	struct problem *p;

	if ((p = find_kind(r, &push.kind)) != NULL)
		return p;
	if (json_object_array_length(push.docs) > DOCS_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "docs", "docs may have %d documents.", DOCS_MAX);
	if (r->device_id == NULL)
		person_at_device(&r->person, device_of(r));
	if (push.kind->collection == NULL)
		refuse_all(&push);
	else if ((p = routines_wire_open(&r->call, push.kind, &push.wire)) != NULL ||
	    (p = write_action(&r->call, ROLE_VIEWER, work_push, &push, &written)) != NULL)
		return p;
	put_end(&push.conflicting);
	put_end(&push.wrong);
	out = reply_object(r, 200);
	put_boolean(out, "ok", push.error_count == 0);
	put_json(out, "conflicts", push.conflicts.text);
	put_json(out, "errors", push.errors.text);
	return NULL;
}
