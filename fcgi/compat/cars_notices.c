/* cars_notices.c -- notifications in the format of the package-car tracker.  Each becomes a record of `notifications`,
 * which every device of the space shows at its next poll.  No push service is used, so a subscription changes nothing:
 * everybody in the space gets the notification anyway. */
#include <inttypes.h>

#include "base/crypto.h"
#include "base/instant.h"
#include "compat/cars.h"
#include "compat/compat.h"
#include "http/reply.h"
#include "record/write.h"
#include "store/statement.h"

/* True for a value that JavaScript takes for true: not absent, null, false, 0 or "". */
static bool
has(struct request *r, const char *member)
{
	struct json_object *value;

	if (!json_object_object_get_ex(r->input, member, &value) || value == NULL)
		return false;
	return json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array) ||
	    json_object_get_boolean(value);
}

static struct problem *
agree(struct request *r, const char *message)
{
	struct json_out *out = reply_object(r, 200);

	put_boolean(out, "success", true);
	put_text(out, "message", message);
	return NULL;
}

/* The same, with the number of people that it reaches. */
static struct problem *
agree_count(struct request *r, const char *message, int64_t count)
{
	agree(r, message);
	put_integer(&r->json, "count", count);
	return NULL;
}

const struct member compat_notices_subscribe_takes[] = {
	BODY("userId", ANY, "must be there, and is not looked at"),
	BODY("subscription", ANY, "must be there, and is not looked at"),
	MEMBERS_END
};

/* POST …/notifications/subscribe {"userId","subscription"} */
struct problem *
compat_notices_subscribe(struct request *r)
{
	if (!has(r, "userId") || !has(r, "subscription"))
		return compat_say(r, 400, "Missing userId or subscription");
	return agree(r, "This server sends no push messages");
}

const struct member compat_notices_unsubscribe_takes[] = {
	BODY("userId", ANY, "must be there, and is not looked at"),
	MEMBERS_END
};

/* POST …/notifications/unsubscribe {"userId"} */
struct problem *
compat_notices_unsubscribe(struct request *r)
{
	if (!has(r, "userId"))
		return compat_say(r, 400, "Missing userId");
	return agree(r, "Push subscription removed");
}

/* A notification to write. */
struct notice {
	const struct request *r;
	const struct collection *collection;
	const char *title, *body;     /* canonical */
};

/* Sent again under the same key, it is the same notification. */
static struct problem *
write_notice(struct writer *w, void *arg)
{
	struct notice *n = arg;
	struct outcome outcome;
	struct arena *a = w->call->a;
	struct op op = {
		.op_id = n->r->idempotency_key,
		.collection = n->collection,
		.record_id = uuid7_text(a),
		.made_id = true,
		.kind = OP_SET,
		.intent = INTENT_CREATE,
		.base = BASE_CURRENT,
		.cause = "notifications-send",
		.system = true,
		.hash_text = arena_printf(a, "notify %s %s", n->title, n->body),
	};

	op_give(a, &op, "at", arena_printf(a, "\"%s\"", instant_text(a, w->now)));
	op_give(a, &op, "kind", "\"message\"");
	op_give(a, &op, "title", n->title);
	op_give(a, &op, "body", n->body);
	return writer_must(w, &op, &outcome);
}

static struct problem *
read_words(struct request *r, struct notice *n)
{
	struct problem *p;
	const char *title, *text;

	if ((p = json_get_text(r->a, r->input, "title", &title)) != NULL ||
	    (p = json_get_text(r->a, r->input, "body", &text)) != NULL ||
	    (p = field_read_text(r->a, collection_field(n->collection, "title"), title, &n->title)) != NULL)
		return p;
	return field_read_text(r->a, collection_field(n->collection, "body"), text, &n->body);
}

static struct problem *
count_people(struct request *r, int64_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(r->db, r->a, SQL(MEMBERS_COUNT), VALUES(value_id(r->person.space_id)), &rows)) == NULL)
		*count = row_integer(rows, 0, COUNTED);
	return p;
}

/* Which member a client means by its own userId is not known, so a notification for a single person is not created, and
 * nobody else sees it. */
static struct problem *
send_to_nobody(struct request *r)
{
	return agree_count(r, "Notifications here are for everybody; this one was not sent", 0);
}

const struct member compat_notices_send_takes[] = {
	BODY("title", ANY, "a text, by the collection's definition"),
	BODY("body", ANY, "a text, by the collection's definition"),
	BODY("userId", ANY, "a single person: then nothing is sent"),
	MEMBERS_END
};

/* POST …/notifications/send {"title","body"} */
struct problem *
compat_notices_send(struct request *r)
{
	struct problem *p;
	struct notice notice = { .r = r };
	struct written written;
	int64_t people;

	if ((p = compat_collection(r, "notifications", &notice.collection)) != NULL)
		return p;
	if (!has(r, "title") || !has(r, "body"))
		return compat_say(r, 400, "Missing title or body");
	if (has(r, "userId"))
		return send_to_nobody(r);
	if ((p = read_words(r, &notice)) != NULL ||
	    (p = write_action(&r->call, ROLE_MEMBER, write_notice, &notice, &written)) != NULL ||
	    (p = count_people(r, &people)) != NULL)
		return p;
	return agree_count(r, arena_printf(r->a, "Would send notification to %" PRId64 " subscribers", people), people);
}
