/* devices.c -- a user's devices, and the four endpoints for devices without a cursor (schema/PROTOCOL.md 4). */
#include "api/api.h"
#include "base/json.h"
#include "http/member.h"
#include "http/reply.h"
#include "sync/device.h"

enum {
	DEVICE_NAME_MAX = 100 /* bytes */
};

/* GET /api/devices */
struct problem *
devices_list(struct request *r)
{
	return device_list(&r->call, reply_object(r, 200));
}

const struct member devices_update_takes[] = {
	BODY("name", TEXT, "what the device is called", .required = "name is required.", .min = 1,
	  .max = DEVICE_NAME_MAX, .clean = true, .wrong = "name has at most {max} bytes of text."),
	MEMBERS_END
};

/* PATCH /api/devices/:id {"name"} */
struct problem *
devices_update(struct request *r)
{
	struct problem *p;

	if ((p = device_rename(&r->call, r->params[0], given_text(r, "name"))) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* DELETE /api/devices/:id */
struct problem *
devices_delete(struct request *r)
{
	struct problem *p;

	if ((p = device_forget(&r->call, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* ---- devices without a cursor ---- */

/* The device may name collections, but the answer is about all of them. */
const struct member device_takes[] = {
	BODY("deviceId", ID, "the device that asks", .or_device = true, .required = "deviceId is required."),
	BODY("collections", ANY, "is not looked at"),
	MEMBERS_END
};

const struct member device_notify_change_takes[] = {
	BODY("sourceDeviceId", ID, "the device that asks", .or_device = true,
	     .required = "sourceDeviceId is required."),
	BODY("collections", ANY, "is not looked at"),
	MEMBERS_END
};

static struct problem *
succeed(struct request *r)
{
	put_boolean(reply_object(r, 200), "success", true);
	return NULL;
}

const struct member device_check_update_takes[] = {
	PARAM("deviceId", ID, "the device that asks", .or_device = true, .required = "deviceId is required."),
	MEMBERS_END
};

/* GET /api/sync/check-update?deviceId= -- registers a new device, and remembers the head that it offers. */
struct problem *
device_check_update(struct request *r)
{
	struct problem *p;
	const char *last_sync;
	bool needs_update;
	struct json_out *out;

	if ((p = device_check(&r->call, given_text(r, "deviceId"), &needs_update, &last_sync)) != NULL)
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

	if ((p = device_mark(&r->call, given_text(r, "deviceId"))) != NULL)
		return p;
	return succeed(r);
}

/* POST /api/sync/mark-synced {"deviceId"} -- the device has everything up to the head that check-update last
 * offered. */
struct problem *
device_mark_synced(struct request *r)
{
	struct problem *p;

	if ((p = device_synced(&r->call, given_text(r, "deviceId"))) != NULL)
		return p;
	return succeed(r);
}

/* POST /api/sync/notify-change {"sourceDeviceId","collections"?} */
struct problem *
device_notify_change(struct request *r)
{
	struct problem *p;

	if ((p = device_mark_others(&r->call, given_text(r, "sourceDeviceId"))) != NULL)
		return p;
	return succeed(r);
}
