/* handhelds.c -- administering a team's shared handhelds and PINs.  Sign-ins by PIN are in accounts.c. */
#include "team/handheld.h"

#include "api/accounts.h"
#include "api/api.h"
#include "base/json.h"
#include "http/member.h"
#include "http/reply.h"
#include "team/pin.h"

/* --- handhelds --- */

static void
put_handheld(struct json_out *out, const char *name, const struct handheld *h)
{
	put_object(out, name);
	put_text(out, "id", h->id);
	put_text(out, "name", h->name);
	put_text(out, "deviceId", h->device_id);
	put_text(out, "createdBy", h->created_by);
	put_instant(out, "createdAt", h->created_at);
	put_instant(out, "lastUsedAt", h->last_used_at);
	if (h->user_id != NULL) {
		put_object(out, "user");
		put_text(out, "id", h->user_id);
		put_text(out, "name", h->user_name);
		put_end(out);
	}
	put_end(out);
}

const struct member handhelds_create_takes[] = {
	BODY("name", NAME, "what the handheld is called", .required = "A handheld has a name."),
	BODY("deviceId", ID, "the installation on it; without it one is made"),
	MEMBERS_END
};

struct problem *
handhelds_create(struct request *r)
{
	const char *token;
	struct handheld h;
	struct problem *p;
	struct json_out *out;

	if ((p = handheld_enrol(&r->call, given_text(r, "name"), given_text(r, "deviceId"), &h, &token)) != NULL)
		return p;
	out = reply_object(r, 201);
	reply_header(r, "Location", arena_printf(r->a, "/api/spaces/%s/handhelds/%s", r->person.space_id, h.id));
	put_text(out, "token", token);
	put_handheld(out, "handheld", &h);
	return NULL;
}

struct problem *
handhelds_show(struct request *r)
{
	struct handheld *handhelds;
	struct problem *p;
	struct json_out *out;
	size_t count;

	if ((p = handhelds_list(&r->call, &handhelds, &count)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "handhelds");
	for (size_t i = 0; i < count; i++)
		put_handheld(out, NULL, &handhelds[i]);
	put_end(out);
	return NULL;
}

struct problem *
handhelds_delete(struct request *r)
{
	struct problem *p;

	if ((p = handheld_revoke(&r->call, r->params[0])) != NULL)
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
	struct json_out *out;

	if ((p = pin_read(&r->call, &changed_at)) != NULL)
		return p;
	out = reply_object(r, 200);
	if (changed_at == 0) {
		put_null(out, "pin");
		return NULL;
	}
	put_object(out, "pin");
	put_instant(out, "changedAt", changed_at);
	put_end(out);
	return NULL;
}

/* A person who signs in through an external issuer has no password. */
const struct member pin_change_takes[] = {
	BODY("pin", TEXT, "4 to 8 digits that are not the first to be tried", .required = "A PIN is needed."),
	BODY("password", TEXT, "the account's password, where it has one"),
	MEMBERS_END
};

struct problem *
pin_change(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;

	if ((p = pin_set(&g, &r->person, given_text(r, "pin"), given_text(r, "password"))) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

static struct problem *
remove_pin(struct request *r, const char *user_id)
{
	struct problem *p;

	if ((p = pin_remove(&r->call, user_id)) != NULL)
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
	struct json_out *out;
	size_t count;

	if ((p = pins_list(r->db, r->a, r->person.space_id, &pins, &count)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "pins");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_text(out, "user", pins[i].user_id);
		put_text(out, "name", pins[i].name);
		put_instant(out, "changedAt", pins[i].changed_at);
		put_end(out);
	}
	put_end(out);
	return NULL;
}
