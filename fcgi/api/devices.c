/* devices.c -- a user's devices, and seed 003's four endpoints over the same cursors. */
#include <string.h>

#include "api/api.h"
#include "base/id.h"
#include "base/json.h"
#include "http/reply.h"
#include "record/record.h"
#include "sync/device.h"

enum {
	DEVICE_NAME_MAX = 100 /* bytes */
};

/* GET /api/devices */
struct problem *
devices_list(struct request *r)
{
	return device_list(r->db, r->a, &r->person, reply_object(r, 200));
}

/* PATCH /api/devices/:id {"name"} */
struct problem *
devices_update(struct request *r)
{
	static const char *const members[] = { "name", NULL };
	struct problem *p;
	const char *name;

	if ((p = json_only(r->a, r->input, members)) != NULL ||
	    (p = json_get_text(r->a, r->input, "name", &name)) != NULL)
		return p;
	if (name == NULL || name[0] == '\0')
		return problem_at(r->a, PROBLEM_REQUIRED, "name", "name is required.");
	if (strlen(name) > DEVICE_NAME_MAX || !text_is_clean(name, strlen(name)))
		return problem_at(r->a, PROBLEM_INVALID, "name", "name has at most %d bytes of text.", DEVICE_NAME_MAX);
	if ((p = device_rename(r->db, r->a, &r->person, r->params[0], name)) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* DELETE /api/devices/:id */
struct problem *
devices_delete(struct request *r)
{
	struct problem *p;

	if ((p = device_forget(r->db, r->a, &r->person, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* ---- seed 003 ---- */

static struct problem *
check_device(struct request *r, const char *member, const char *id)
{
	if (id == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, member, "%s is required.", member);
	if (!id_valid(id))
		return problem_at(r->a, PROBLEM_INVALID, member, "%s has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.",
		    member);
	return NULL;
}

/* The device named in the body, else by X-Device-Id. */
static struct problem *
read_device(struct request *r, const char *member, const char **id)
{
	const char *members[] = { member, "collections", NULL };
	struct problem *p;

	*id = r->device_id;
	if (r->input != NULL) {
		if ((p = json_only(r->a, r->input, members)) != NULL ||
		    (p = json_get_text(r->a, r->input, member, id)) != NULL)
			return p;
		if (*id == NULL)
			*id = r->device_id;
	}
	return check_device(r, member, *id);
}

static struct problem *
succeed(struct request *r)
{
	put_boolean(reply_object(r, 200), "success", true);
	return NULL;
}

/* GET /api/sync/check-update?deviceId= -- registers the device at first sight and remembers the head it offers. */
struct problem *
device_check_update(struct request *r)
{
	static const char *const parameters[] = { "deviceId", NULL };
	struct problem *p;
	const char *id = query_get(r, "deviceId"), *last_sync;
	bool needs_update;
	struct json_out *out;

	if (id == NULL)
		id = r->device_id;
	if ((p = query_only(r, parameters)) != NULL ||
	    (p = check_device(r, "deviceId", id)) != NULL ||
	    (p = device_check(r->db, r->a, &r->person, id, &needs_update, &last_sync)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "needsUpdate", needs_update);
	put_sql_instant(out, "lastSync", last_sync);
	return NULL;
}

/* POST /api/sync/mark-update {"deviceId"} */
struct problem *
device_mark_update(struct request *r)
{
	struct problem *p;
	const char *id;

	if ((p = read_device(r, "deviceId", &id)) != NULL ||
	    (p = device_mark(r->db, r->a, &r->person, id)) != NULL)
		return p;
	return succeed(r);
}

/* POST /api/sync/mark-synced {"deviceId"} -- it has what check-update last offered, and no more. */
struct problem *
device_mark_synced(struct request *r)
{
	struct problem *p;
	const char *id;

	if ((p = read_device(r, "deviceId", &id)) != NULL ||
	    (p = device_synced(r->db, r->a, &r->person, id)) != NULL)
		return p;
	return succeed(r);
}

/* POST /api/sync/notify-change {"sourceDeviceId","collections"?} */
struct problem *
device_notify_change(struct request *r)
{
	struct problem *p;
	const char *id;

	if ((p = read_device(r, "sourceDeviceId", &id)) != NULL ||
	    (p = device_mark_others(r->db, r->a, &r->person, id)) != NULL)
		return p;
	return succeed(r);
}
