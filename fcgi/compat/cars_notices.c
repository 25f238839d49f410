/* cars_notices.c -- the push subscriptions of the package-car tracker's API.  That system never sent anything, and this one sends
 * nothing to other servers either: subscriptions are taken note of by nobody, and the answers say so in its form. */
#include "cars.h"

/* True for what that system's language takes for true: neither absent, null, false, 0 nor "". */
static bool
has(struct json_object *body, const char *member)
{
	struct json_object *value;

	if (!json_object_object_get_ex(body, member, &value) || value == NULL)
		return false;
	return json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array) ||
	    json_object_get_boolean(value);
}

static struct problem *
agree(struct request *r, const char *rest)
{
	buf_printf(reply_json(r, 200), "{\"success\":true,%s}", rest);
	return NULL;
}

/* POST …/notifications/subscribe {"userId","subscription"} */
struct problem *
compat_notices_subscribe(struct request *r)
{
	struct problem *p;
	struct json_object *body;

	if ((p = compat_body(r, &body)) != NULL)
		return p;
	if (!has(body, "userId") || !has(body, "subscription"))
		return compat_say(r, 400, "Missing userId or subscription");
	return agree(r, "\"message\":\"This server sends no push messages\"");
}

/* POST …/notifications/unsubscribe {"userId"} */
struct problem *
compat_notices_unsubscribe(struct request *r)
{
	struct problem *p;
	struct json_object *body;

	if ((p = compat_body(r, &body)) != NULL)
		return p;
	if (!has(body, "userId"))
		return compat_say(r, 400, "Missing userId");
	return agree(r, "\"message\":\"Push subscription removed\"");
}

/* POST …/notifications/send {"title","body"} */
struct problem *
compat_notices_send(struct request *r)
{
	struct problem *p;
	struct json_object *body;

	if ((p = compat_body(r, &body)) != NULL)
		return p;
	if (!has(body, "title") || !has(body, "body"))
		return compat_say(r, 400, "Missing title or body");
	return agree(r, "\"message\":\"Would send notification to 0 subscribers\",\"count\":0");
}
