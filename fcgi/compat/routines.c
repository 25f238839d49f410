/* routines.c -- the API of the routine tracker at /compat/routines/api/, over the records of tasks, task logs, weights
 * and what belongs to them.  This file has its errors and its sign-in; routines_*.c have the rest.
 *
 * In that system there was one password and one person, and no request but those of pages asked for it.  Here
 * everything is somebody's: the holder of the token, which comes in a header or in the cookie that signing in sets. */
#include "compat/routines.h"

#include "base/instant.h"
#include "compat/compat.h"
#include "compat/sign_in.h"
#include "http/dialect.h"
#include "http/io.h"
#include "http/origin.h"
#include "http/reply.h"
#include "sync/device.h"

#define COOKIE "auth_token"

enum {
	TOKEN_SECONDS = 7 * 24 * 3600
};

static void
refuse(struct request *r, const struct problem *p)
{
	struct json_out *out = reply_object(r, problem_kinds[p->kind].status);

	put_text(out, "error", p->kind == PROBLEM_INTERNAL ? "Internal server error" : p->detail);
}

const struct dialect routines_dialect = {
	.prefix = "/compat/routines/",
	.methods = "GET, POST, PUT, DELETE, OPTIONS",
	.headers = "Content-Type, Authorization, X-API-Key, X-Device-Id",
	.max_age = "86400",
	.cookie = COOKIE,
	.refuse = refuse,
};

/* ---- signing in ---- */

/* At the root of a name or port (deploy/nginx-facade.conf) the cookie is for all of it; beside Daybook's own paths it
 * is for these alone. */
static void
send_cookie(struct request *r, const char *value, int64_t seconds)
{
	bool at_root = io_param(r->io, "DAYBOOK_AT_ROOT") != NULL;

	cookie_send(r, COOKIE, value, at_root ? "/" : "/compat/routines", "Lax", seconds);
}

const struct member compat_routines_login_takes[] = {
	BODY("email", TEXT, "the account's address", .required = "An e-mail address is needed.", .min = 1),
	BODY("password", TEXT, "the account's password", .required = "A password is needed.", .min = 1),
	BODY("space", ID, "the id of the space; without it the personal one"),
	MEMBERS_END
};

/* POST …/login {"email","password"} -- a form of another site would sign a person in as somebody else, so a page must
 * be of this site. */
struct problem *
compat_routines_login(struct request *r)
{
	const struct compat_sign_in form = {
		.email = given_text(r, "email"),
		.password = given_text(r, "password"),
		.space = given_text(r, "space"),
		.name = "Routines API",
		.seconds = TOKEN_SECONDS,
	};
	struct problem *p;
	struct json_out *out;
	const char *token;

	if (origin_is_foreign(r))
		return problem_new(r->a, PROBLEM_FORBIDDEN, "Pages of other sites cannot sign anybody in here.");
	if ((p = compat_sign_in(r, &form, &token)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "success", true);
	put_text(out, "token", token);
	put_integer(out, "expiresIn", TOKEN_SECONDS);
	send_cookie(r, token, TOKEN_SECONDS);
	return NULL;
}

/* POST …/logout -- revokes the token of the header, or else that of the cookie. */
struct problem *
compat_routines_logout(struct request *r)
{
	const char *token = compat_shown_token(r);
	struct problem *p;

	if (token == NULL && (token = cookie_value(r, COOKIE)) != NULL && !origin_is_ours(r))
		return problem_new(r->a, PROBLEM_FORBIDDEN, "Pages of other sites cannot sign anybody out here.");
	if ((p = compat_sign_out(r, token)) != NULL)
		return p;
	put_boolean(reply_object(r, 200), "success", true);
	send_cookie(r, "", 0);
	return NULL;
}

/* ---- devices ---- */

static struct problem *
succeed(struct request *r)
{
	put_boolean(reply_object(r, 200), "success", true);
	return NULL;
}

const struct member compat_routines_check_takes[] = {
	PARAM("deviceId", ID, "the device that asks", .required = "deviceId is required"),
	MEMBERS_END
};

/* GET …/sync/check-update?deviceId= -- a device is known from its first question on.  What it is told of is the present
 * head, so a change that comes before it has read is told again. */
struct problem *
compat_routines_check(struct request *r)
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

const struct member compat_routines_device_takes[] = {
	BODY("deviceId", ID, "the device that is meant", .required = "deviceId is required"),
	MEMBERS_END
};

/* POST …/sync/mark-update {"deviceId"} */
struct problem *
compat_routines_mark(struct request *r)
{
	struct problem *p = device_mark(&r->call, given_text(r, "deviceId"));

	return p != NULL ? p : succeed(r);
}

/* POST …/sync/mark-synced {"deviceId"} */
struct problem *
compat_routines_synced(struct request *r)
{
	struct problem *p = device_synced(&r->call, given_text(r, "deviceId"));

	return p != NULL ? p : succeed(r);
}

const struct member compat_routines_notify_takes[] = {
	BODY("sourceDeviceId", ID, "the device that changed something", .required = "sourceDeviceId is required"),
	BODY("collections", ANY, "is not looked at"),
	MEMBERS_END
};

/* POST …/sync/notify-change {"sourceDeviceId"} */
struct problem *
compat_routines_notify(struct request *r)
{
	struct problem *p = device_mark_others(&r->call, given_text(r, "sourceDeviceId"));

	return p != NULL ? p : succeed(r);
}
