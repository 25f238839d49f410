/* handhelds.c -- a team's shared handhelds and its people's PINs, as they are administered.  Signing in there is in accounts.c. */
#include "team/handheld.h"

#include <string.h>

#include "account/account.h"
#include "api/api.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "http/reply.h"
#include "model/collection.h"
#include "team/pin.h"

static const char *const no_parameters[] = { NULL };

static struct caller
caller_of(struct request *r)
{
	return (struct caller){ .db = r->db, .a = r->a, .set = r->worker->collections, .person = &r->person };
}

/* --- handhelds --- */

static void
write_handheld(struct request *r, struct buf *b, const struct handheld *h)
{
	buf_printf(b, "{\"id\":\"%s\",\"name\":", h->id);
	json_quote(b, h->name);
	buf_printf(b, ",\"deviceId\":\"%s\",\"createdBy\":\"%s\",\"createdAt\":\"%s\"", h->device_id, h->created_by, instant_text(r->a, h->created_at));
	buf_printf(b, ",\"lastUsedAt\":\"%s\"", instant_text(r->a, h->last_used_at));
	if (h->user_id != NULL) {
		buf_printf(b, ",\"user\":{\"id\":\"%s\",\"name\":", h->user_id);
		json_quote(b, h->user_name);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

struct problem *
handhelds_create(struct request *r)
{
	static const char *const allowed[] = { "name", "deviceId", NULL };
	const struct caller c = caller_of(r);
	const char *name, *device_id, *token;
	struct handheld h;
	struct problem *p;
	struct buf *b;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = json_get_text(r->a, r->input, "name", &name)) != NULL ||
	    (p = json_get_text(r->a, r->input, "deviceId", &device_id)) != NULL)
		return p;
	if (name == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "name", "A handheld has a name.");
	if (device_id != NULL && !id_valid(device_id))
		return problem_at(r->a, PROBLEM_INVALID, "deviceId", "deviceId has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.");
	if ((p = person_name_check(r->a, "name", name)) != NULL ||
	    (p = handheld_enrol(&c, name, device_id, &h, &token)) != NULL)
		return p;
	b = reply_json(r, 201);
	reply_header(r, "Location", arena_printf(r->a, "/api/spaces/%s/handhelds/%s", r->person.space_id, h.id));
	buf_printf(b, "{\"token\":\"%s\",\"handheld\":", token);
	write_handheld(r, b, &h);
	buf_char(b, '}');
	return NULL;
}

struct problem *
handhelds_show(struct request *r)
{
	const struct caller c = caller_of(r);
	struct handheld *handhelds;
	struct problem *p;
	struct buf *b;
	size_t count;

	if ((p = query_only(r, no_parameters)) != NULL || (p = handhelds_list(&c, &handhelds, &count)) != NULL)
		return p;
	b = reply_json(r, 200);
	buf_text(b, "{\"handhelds\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(b, ',');
		write_handheld(r, b, &handhelds[i]);
	}
	buf_text(b, "]}");
	return NULL;
}

struct problem *
handhelds_delete(struct request *r)
{
	const struct caller c = caller_of(r);
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL || (p = handheld_revoke(&c, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* --- PINs --- */

struct problem *
pin_show(struct request *r)
{
	int64_t changed_at;
	struct problem *p;
	struct buf *b;

	if ((p = query_only(r, no_parameters)) != NULL || (p = pin_read(r->db, r->a, &r->person, &changed_at)) != NULL)
		return p;
	b = reply_json(r, 200);
	if (changed_at == 0)
		buf_text(b, "{\"pin\":null}");
	else
		buf_printf(b, "{\"pin\":{\"changedAt\":\"%s\"}}", instant_text(r->a, changed_at));
	return NULL;
}

struct problem *
pin_change(struct request *r)
{
	static const char *const allowed[] = { "pin", "password", NULL };
	const struct gate g = request_gate(r);
	const char *pin, *password;
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = json_get_text(r->a, r->input, "pin", &pin)) != NULL ||
	    (p = json_get_text(r->a, r->input, "password", &password)) != NULL ||
	    (p = pin_set(&g, &r->person, pin, password)) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

static struct problem *
remove_pin(struct request *r, const char *user_id)
{
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL || (p = pin_remove(r->db, r->a, &r->person, user_id)) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

struct problem *
pin_delete(struct request *r)
{
	return remove_pin(r, r->person.user_id);
}

struct problem *
pins_delete(struct request *r)
{
	return remove_pin(r, r->params[0]);
}

struct problem *
pins_show(struct request *r)
{
	struct pin_row *pins;
	struct problem *p;
	struct buf *b;
	size_t count;

	if ((p = query_only(r, no_parameters)) != NULL || (p = pins_list(r->db, r->a, r->person.space_id, &pins, &count)) != NULL)
		return p;
	b = reply_json(r, 200);
	buf_text(b, "{\"pins\":[");
	for (size_t i = 0; i < count; i++) {
		buf_printf(b, "%s{\"user\":\"%s\",\"name\":", i > 0 ? "," : "", pins[i].user_id);
		json_quote(b, pins[i].name);
		buf_printf(b, ",\"changedAt\":\"%s\"}", instant_text(r->a, pins[i].changed_at));
	}
	buf_text(b, "]}");
	return NULL;
}
