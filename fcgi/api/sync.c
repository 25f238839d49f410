/* sync.c -- push, changes and heads, by schema/PROTOCOL.md 3 and 4.  Each op of a push has its own outcome; only a
 * malformed push is refused as a whole. */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "http/member.h"
#include "http/reply.h"
#include "record/write.h"
#include "sync/device.h"
#include "sync/feed.h"
#include "sync/heads.h"

enum {
	COLLECTIONS_NAMED_MAX = 100
};

/* ---- changes ---- */

static struct problem *
read_collections(struct request *r, struct feed *feed)
{
	const char *text = given_text(r, "collections");
	const struct collection **only;

	if (text == NULL || text[0] == '\0')
		return NULL;
	only = arena_alloc(r->a, COLLECTIONS_NAMED_MAX * sizeof *only);
	feed->only = only;
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		const struct collection *c = collection_find(r->worker->collections, arena_strndup(r->a, text, length));

		if (c == NULL || feed->only_count == COLLECTIONS_NAMED_MAX)
			return problem_at(r->a, PROBLEM_INVALID, "collections",
			    "collections must be names of collections with commas between them.");
		for (size_t i = 0; i < feed->only_count; i++)
			if (only[i] == c)
				return problem_at(r->a, PROBLEM_INVALID, "collections", "%s is named twice.", c->name);
		only[feed->only_count++] = c;
		text += length + (text[length] == ',');
	}
	return NULL;
}

static struct problem *
note_device(struct request *r, const struct feed *feed)
{
	struct problem *p;

	if (r->person.device_id == NULL)
		return NULL;
	if ((p = device_seen(&r->call, "Device", false)) != NULL || feed->nothing_new)
		return p;
	return device_reached(&r->call, feed->seq);
}

const struct member sync_changes_takes[] = {
	PARAM("since", TEXT, "the cursor of the answer before; empty or absent from the start"),
	PARAM("past", TEXT, "the `past` of the last push, until a pull has come to its end"),
	PARAM("collections", TEXT, "names of collections with commas between them; without it all"),
	MEMBERS_END
};

/* GET /api/sync/changes?since=&past=&collections= */
struct problem *
sync_changes(struct request *r)
{
	struct problem *p;
	struct feed feed = { .since = given_text(r, "since"), .past = given_text(r, "past") };
	struct json_out *out = reply_object(r, 200);
	char *tag;

	put_array(out, "changes");
	if (feed.since != NULL && feed.since[0] == '\0')
		feed.since = NULL; /* an empty cursor means a first load, too */
	if ((p = read_collections(r, &feed)) != NULL ||
	    (p = feed_read(&r->call, &feed, out)) != NULL ||
	    (p = note_device(r, &feed)) != NULL)
		return p;
	tag = arena_printf(r->a, "\"%s\"", feed.cursor);
	if (feed.nothing_new && reply_matches(r, tag)) {
		reply_not_modified(r, tag);
		return NULL;
	}
	put_end(out);
	reply_header(r, "ETag", tag);
	put_text(out, "cursor", feed.cursor);
	put_boolean(out, "more", feed.more);
	put_integer(out, "head", feed.seq > r->person.seq ? feed.seq : r->person.seq);
	put_text(out, "definitions", r->call.set->stamp);
	put_instant(out, "serverTime", instant_now());
	return NULL;
}

/* GET /api/sync/heads */
struct problem *
sync_heads(struct request *r)
{
	struct problem *p;
	struct buf heads;
	struct json_out out;
	unsigned char digest[SHA256_SIZE];
	char *tag;

	buf_init(&heads, r->a);
	json_out_members(&out, &heads);
	if ((p = heads_put(&r->call, &out)) != NULL)
		return p;
	sha256(heads.text, heads.length, digest);
	tag = arena_printf(r->a, "\"%s\"", hex_text(r->a, digest, 16));
	if (reply_matches(r, tag)) {
		reply_not_modified(r, tag);
		return NULL;
	}
	put_members(reply_object(r, 200), heads.text);
	reply_header(r, "ETag", tag);
	return NULL;
}

/* ---- push ---- */

struct push {
	struct op *ops;
	struct outcome *outcomes;
	size_t count;
};

static struct problem *
bad_op(struct request *r, const char *member, const char *what)
{
	return problem_at(r->a, PROBLEM_INVALID, member, "%s %s.", member, what);
}

/* Read set or delete; exactly one must be given. */
static struct problem *
read_intent(struct request *r, struct json_object *from, struct op *op)
{
	struct problem *p;
	struct json_object *set;
	bool deletes = false;

	if ((p = json_get_boolean(r->a, from, "delete", &deletes, NULL)) != NULL)
		return p;
	if (!json_object_object_get_ex(from, "set", &set))
		set = NULL;
	if (deletes == (set != NULL))
		return bad_op(r, "set", "or delete must be given, and not both");
	if (set != NULL && !json_object_is_type(set, json_type_object))
		return bad_op(r, "set", "must be an object");
	op->kind = deletes ? OP_DELETE : OP_SET;
	op->set = set;
	return NULL;
}

/* Read all members of an op except its op id. */
static struct problem *
read_op_members(struct request *r, struct json_object *from, struct op *op)
{
	static const char *const members[] = {
		"op", "collection", "id", "base", "set", "delete", "at", "renamedFrom", NULL
	};
	struct problem *p;
	const char *collection, *at;
	bool given;

	if ((p = json_only(r->a, from, members)) != NULL ||
	    (p = json_get_text(r->a, from, "collection", &collection)) != NULL ||
	    (p = json_get_text(r->a, from, "id", &op->record_id)) != NULL ||
	    (p = json_get_text(r->a, from, "at", &at)) != NULL ||
	    (p = json_get_text(r->a, from, "renamedFrom", &op->renamed_from)) != NULL ||
	    (p = json_get_integer(r->a, from, "base", &op->base, &given)) != NULL)
		return p;
	if (collection == NULL)
		return bad_op(r, "collection", "is required");
	if ((op->collection = collection_find(r->worker->collections, collection)) == NULL)
		return bad_op(r, "collection", "must be the name of a collection");
	if (!given || op->base < 0)
		return bad_op(r, "base", "is required: the version seen, or 0");
	if (at != NULL && !instant_parse(at, &op->claimed_at))
		return bad_op(r, "at", "must be an instant such as 2026-11-21T08:34:00.000Z");
	if ((p = read_intent(r, from, op)) != NULL)
		return p;
	/* Other ids are made from the fields. */
	if (op->record_id == NULL && (op->kind == OP_DELETE || op->collection->id_form == ID_GIVEN))
		return bad_op(r, "id", "is required");
	return NULL;
}

static struct problem *
broken(struct request *r, size_t i, const char *member, const char *what)
{
	return problem_at(r->a, PROBLEM_MALFORMED, arena_printf(r->a, "ops.%zu.%s", i, member), "%s %s.", member, what);
}

/* An op without the text of an op id could not be given an outcome, so the whole push is refused.  All other mistakes
 * are the outcome of their op: one bad op must not hold up the others of a device. */
static struct problem *
read_op(struct request *r, size_t i, struct json_object *from, struct op *op)
{
	if (!json_object_is_type(from, json_type_object))
		return problem_at(r->a, PROBLEM_MALFORMED, arena_printf(r->a, "ops.%zu", i),
		    "An op must be an object.");
	if (json_get_text(r->a, from, "op", &op->op_id) != NULL || op->op_id == NULL)
		return broken(r, i, "op", "is required: the id of the op");
	op->intent = INTENT_PUSH;
	if (!id_valid(op->op_id))
		op->refused = bad_op(r, "op",
		    "must be an id: 1 to 64 letters, digits or ._:@-, starting with a letter or digit");
	else
		op->refused = read_op_members(r, from, op);
	return NULL;
}

static bool
is_of_record(const struct op *op, const struct op *other)
{
	return op->collection != NULL && op->collection == other->collection && op->record_id != NULL &&
	    other->record_id != NULL && strcmp(op->record_id, other->record_id) == 0;
}

/* Refuse an op whose id or record an earlier op of the push has.  A second op of a record that was applied before, in
 * another push, is still looked up by its hash. */
static void
check_apart(struct request *r, const struct push *push, size_t i)
{
	struct op *op = &push->ops[i];

	for (size_t j = 0; j < i; j++) {
		const struct op *other = &push->ops[j];

		if (strcmp(op->op_id, other->op_id) == 0) {
			op->refused = bad_op(r, "op", "stands twice in this push");
			op->hashed = false;
			return;
		}
		if (op->refused == NULL && is_of_record(op, other))
			op->refused = bad_op(r, "id", "stands twice in this push: a record takes one op at a time");
	}
}

/* Two ops can be compared only after ids that are made from fields have been computed. */
static void
prepare_push(struct request *r, struct push *push)
{
	for (size_t i = 0; i < push->count; i++)
		if (push->ops[i].refused == NULL)
			op_prepare(r->a, &r->person, &push->ops[i]);
	for (size_t i = 0; i < push->count; i++)
		check_apart(r, push, i);
}

static struct problem *
too_many_ops(struct request *r)
{
	struct problem *p =
	    problem_at(r->a, PROBLEM_MALFORMED, "ops", "A push has at most %d ops.", PUSH_OPS_MAX);

	p->members = arena_printf(r->a, "\"limit\":%d", PUSH_OPS_MAX);
	return p;
}

static struct problem *
read_ops(struct request *r, struct push *push)
{
	struct problem *p;
	struct json_object *list = given_list(r, "ops");

	push->count = json_object_array_length(list);
	if (push->count > PUSH_OPS_MAX)
		return too_many_ops(r);
	push->ops = arena_alloc(r->a, (push->count + 1) * sizeof *push->ops);
	push->outcomes = arena_alloc(r->a, (push->count + 1) * sizeof *push->outcomes);
	for (size_t i = 0; i < push->count; i++)
		if ((p = read_op(r, i, json_object_array_get_idx(list, i), &push->ops[i])) != NULL)
			return p;
	prepare_push(r, push);
	return NULL;
}

const struct member sync_push_takes[] = {
	BODY("device", ID, "this installation", .required = "device is required: the id of this installation."),
	BODY("cursor", TEXT, "the device's cursor: a push of another epoch or past is refused"),
	BODY("past", TEXT, "the `past` of the last push, until a pull has come to its end"),
	BODY("user", TEXT, "whose writes these are: a push by somebody else's token is refused"),
	BODY("ops", LIST, "at most 200 ops, each with its own outcome", .broken = true, .null = NULL_IS_WRONG,
	  .required = "ops must be a list."),
	MEMBERS_END
};

static struct problem *
check_envelope(struct request *r)
{
	const char *user = given_text(r, "user");

	person_at_device(&r->person, given_text(r, "device"));
	if (user != NULL && strcmp(user, r->person.user_id) != 0)
		return problem_at(r->a, PROBLEM_FORBIDDEN, "user", "This token belongs to another user.");
	return feed_check_push(&r->call, given_text(r, "cursor"), given_text(r, "past"));
}

static void
put_result(struct request *r, struct json_out *out, const struct op *op, const struct outcome *outcome)
{
	put_object(out, NULL);
	put_text(out, "op", op->op_id);
	put_text(out, "status", outcome_names[outcome->status]);
	if (outcome->merged)
		put_boolean(out, "merged", true);
	if (outcome->version > 0) {
		put_integer(out, "version", outcome->version);
		put_integer(out, "seq", outcome->seq);
	}
	if (outcome->has_record)
		record_put(out, "record", &outcome->record, &r->person);
	if (outcome->problem != NULL)
		put_json(out, "problem", problem_json(r->a, outcome->problem, NULL));
	put_end(out);
}

/* POST /api/sync/push */
struct problem *
sync_push(struct request *r)
{
	struct problem *p;
	struct push push = { .count = 0 };
	struct written written;
	struct json_out *out;

	if ((p = check_envelope(r)) != NULL ||
	    (p = read_ops(r, &push)) != NULL ||
	    (p = device_seen(&r->call, "Device", false)) != NULL ||
	    (p = write_ops(&r->call, push.ops, push.count, push.outcomes, &written)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "results");
	for (size_t i = 0; i < push.count; i++)
		put_result(r, out, &push.ops[i], &push.outcomes[i]);
	put_end(out);
	put_text(out, "epoch", written.epoch);
	put_integer(out, "head", written.head);
	put_text(out, "past", feed_mark(r->a, written.head, written.chain));
	return NULL;
}
