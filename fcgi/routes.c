/* routes.c -- the whole API: one row an endpoint, and the search through the rows.
 * The first pattern that fits a path decides what the path is, and its rows say which methods it has; so fixed words stand above
 * names.  What is not listed is not there.  `daybookctl routes` prints the table. */
#include "routes.h"

#include <string.h>

#include "api/api.h"
#include "base/id.h"
#include "compat/compat.h"
#include "model/collection.h"

const char *const access_names[ACCESS_COUNT] = {
	[ACCESS_PUBLIC] = "public",
	[ACCESS_HANDHELD] = "handheld",
	[ACCESS_SELF] = "self",
	[ACCESS_USER] = "user",
	[ACCESS_ANY] = "any",
	[ACCESS_READ] = "read",
	[ACCESS_WRITE] = "write",
	[ACCESS_ADMIN] = "admin",
};

const char *const input_names[INPUT_COUNT] = {
	[INPUT_NONE] = "none",
	[INPUT_JSON] = "json",
	[INPUT_OPTIONAL] = "optional",
	[INPUT_RAW] = "raw",
};

enum {
	IMPORT_MAX = 16 << 20,
	FILE_MAX = 16 << 20,
	CLIENT_ERROR_MAX = 8 << 10
};

#define GET    "GET"
#define POST   "POST"
#define PUT    "PUT"
#define PATCH  "PATCH"
#define DELETE "DELETE"

/* The role of a write is the least that any collection asks for; policy.c knows each one's own.  A push is let in for everybody
 * who may read, because each of its ops is answered by itself. */
/* clang-format off */
const struct route routes[] = {
	/* method path                                 token          role at least body            most bytes        handler               what it is for */
	{ POST,   "/api/auth/register",                ACCESS_PUBLIC, ROLE_NONE,   INPUT_JSON,     0,                auth_register,        "sign up" },
	{ POST,   "/api/auth/login",                   ACCESS_PUBLIC, ROLE_NONE,   INPUT_JSON,     0,                auth_login,           "sign in" },
	{ POST,   "/api/auth/refresh",                 ACCESS_PUBLIC, ROLE_NONE,   INPUT_OPTIONAL, 0,                auth_refresh,         "a new access token for a refresh token" },
	{ POST,   "/api/auth/logout",                  ACCESS_PUBLIC, ROLE_NONE,   INPUT_OPTIONAL, 0,                auth_logout,          "sign out" },
	{ GET,    "/api/auth/me",                      ACCESS_SELF,   ROLE_NONE,   INPUT_NONE,     0,                auth_me,              "who I am" },
	{ PATCH,  "/api/auth/me",                      ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                auth_rename,          "give myself another name" },
	{ POST,   "/api/auth/password",                ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                auth_password,        "change my password" },
	{ POST,   "/api/auth/password/reset",          ACCESS_PUBLIC, ROLE_NONE,   INPUT_JSON,     0,                auth_reset,           "ask for a new password by mail" },
	{ POST,   "/api/auth/password/reset/confirm",  ACCESS_PUBLIC, ROLE_NONE,   INPUT_JSON,     0,                auth_reset_confirm,   "choose it, with the token of that mail" },
	{ DELETE, "/api/auth/me",                      ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                auth_delete,          "delete my account; it is erased after 30 days" },
	{ GET,    "/api/auth/sessions",                ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                sessions_list,        "where I am signed in" },
	{ DELETE, "/api/auth/sessions/:id",            ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                sessions_revoke,      "sign out elsewhere" },
	{ POST,   "/api/auth/tokens",                  ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                tokens_create,        "make an API token for one space" },
	{ GET,    "/api/auth/tokens",                  ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                tokens_list,          "my API tokens" },
	{ DELETE, "/api/auth/tokens/:id",              ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                tokens_revoke,        "end an API token" },

	{ GET,    "/api/auth/pin",                     ACCESS_HANDHELD, ROLE_NONE, INPUT_NONE,     0,                auth_pin_people,      "who can sign in on this shared handheld" },
	{ POST,   "/api/auth/pin",                     ACCESS_HANDHELD, ROLE_NONE, INPUT_JSON,     0,                auth_pin,             "sign in there by PIN" },
	{ POST,   "/api/auth/pin/refresh",             ACCESS_SELF,   ROLE_NONE,   INPUT_JSON,     0,                auth_pin_refresh,     "whoever signed in by PIN is still at work" },

	{ GET,    "/api/spaces",                       ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                spaces_list,          "the spaces I am a member of" },
	{ POST,   "/api/spaces",                       ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                teams_create,         "make a team" },
	{ POST,   "/api/spaces/:id/restore",           ACCESS_USER,   ROLE_NONE,   INPUT_OPTIONAL, 0,                teams_restore,        "bring back a team I deleted" },
	{ GET,    "/api/spaces/:space",                ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                spaces_read,          "one space, and my role in it" },
	{ PATCH,  "/api/spaces/:space",                ACCESS_ADMIN,  ROLE_MANAGER, INPUT_JSON,    0,                spaces_update,        "name a space" },
	{ DELETE, "/api/spaces/:space",                ACCESS_ADMIN,  ROLE_OWNER,  INPUT_NONE,     0,                teams_delete,         "delete a team; its owner can bring it back for 30 days" },
	{ POST,   "/api/transfer",                     ACCESS_ADMIN,  ROLE_OWNER,  INPUT_JSON,     0,                teams_transfer,       "make another member the owner of the space" },
	{ GET,    "/api/invitations",                  ACCESS_ADMIN,  ROLE_MANAGER, INPUT_NONE,    0,                invitations_show,     "the open invitations" },
	{ POST,   "/api/invitations",                  ACCESS_ADMIN,  ROLE_MANAGER, INPUT_JSON,    0,                invitations_create,   "a link that makes its holder a member" },
	{ POST,   "/api/invitations/look",             ACCESS_PUBLIC, ROLE_NONE,   INPUT_JSON,     0,                invitations_look,     "where an invitation leads" },
	{ POST,   "/api/invitations/accept",           ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                invitations_accept,   "become a member" },
	{ DELETE, "/api/invitations/:id",              ACCESS_ADMIN,  ROLE_MANAGER, INPUT_NONE,    0,                invitations_revoke,   "an invitation is good no more" },
	{ GET,    "/api/members/:id",                  ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                members_read,         "one member" },
	{ PATCH,  "/api/members/:id",                  ACCESS_ADMIN,  ROLE_MANAGER, INPUT_JSON,    0,                members_update,       "another role for a member" },
	{ DELETE, "/api/members/:id",                  ACCESS_ADMIN,  ROLE_VIEWER, INPUT_NONE,     0,                members_delete,       "remove a member, or leave" },
	{ GET,    "/api/handhelds",                    ACCESS_ADMIN,  ROLE_MANAGER, INPUT_NONE,    0,                handhelds_show,       "the shared handhelds, and who is signed in there" },
	{ POST,   "/api/handhelds",                    ACCESS_ADMIN,  ROLE_MANAGER, INPUT_JSON,    0,                handhelds_create,     "make a device a shared handheld; answers its token" },
	{ DELETE, "/api/handhelds/:id",                ACCESS_ADMIN,  ROLE_MANAGER, INPUT_NONE,    0,                handhelds_delete,     "it is one no more, and nobody is signed in there" },
	{ GET,    "/api/pin",                          ACCESS_ADMIN,  ROLE_VIEWER, INPUT_NONE,     0,                pin_show,             "whether I have a PIN here" },
	{ PUT,    "/api/pin",                          ACCESS_ADMIN,  ROLE_VIEWER, INPUT_JSON,     0,                pin_change,           "choose or change my PIN" },
	{ DELETE, "/api/pin",                          ACCESS_ADMIN,  ROLE_VIEWER, INPUT_NONE,     0,                pin_delete,           "do without" },
	{ GET,    "/api/pins",                         ACCESS_ADMIN,  ROLE_MANAGER, INPUT_NONE,    0,                pins_show,            "which members have a PIN" },
	{ DELETE, "/api/pins/:id",                     ACCESS_ADMIN,  ROLE_MANAGER, INPUT_NONE,    0,                pins_delete,          "take a member's PIN away" },
	{ GET,    "/api/collections",                  ACCESS_ANY,    ROLE_NONE,   INPUT_NONE,     0,                collections_show,     "the definitions: fields, forms, rules" },

	{ GET,    "/api/sync/changes",                 ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                sync_changes,         "what changed after ?since=" },
	{ GET,    "/api/sync/heads",                   ACCESS_ANY,    ROLE_NONE,   INPUT_NONE,     0,                sync_heads,           "has anything changed in any of my spaces?" },
	{ POST,   "/api/sync/push",                    ACCESS_WRITE,  ROLE_VIEWER, INPUT_JSON,     0,                sync_push,            "a device's writes, each with its own outcome" },
	{ GET,    "/api/sync/check-update",            ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                device_check_update,  "is there news for this device?" },
	{ POST,   "/api/sync/mark-update",             ACCESS_WRITE,  ROLE_VIEWER, INPUT_OPTIONAL, 0,                device_mark_update,   "tell this device to look again" },
	{ POST,   "/api/sync/mark-synced",             ACCESS_READ,   ROLE_VIEWER, INPUT_OPTIONAL, 0,                device_mark_synced,   "this device has what it was offered" },
	{ POST,   "/api/sync/notify-change",           ACCESS_WRITE,  ROLE_VIEWER, INPUT_OPTIONAL, 0,                device_notify_change, "tell my other devices to look again" },

	{ GET,    "/api/devices",                      ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                devices_list,         "my devices and where they stand" },
	{ PATCH,  "/api/devices/:id",                  ACCESS_USER,   ROLE_NONE,   INPUT_JSON,     0,                devices_update,       "name a device" },
	{ DELETE, "/api/devices/:id",                  ACCESS_USER,   ROLE_NONE,   INPUT_NONE,     0,                devices_delete,       "forget a device and sign it out" },

	{ GET,    "/api/audit",                        ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                audits_list,          "who changed what, newest first" },

	{ GET,    "/api/reports/work",                 ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                reports_work,         "hours by day and week, person by person" },
	{ GET,    "/api/reports/payroll",              ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                reports_payroll,      "regular and overtime by week, and their pay" },

	{ POST,   "/api/shifts/start",                 ACCESS_WRITE,  ROLE_MEMBER, INPUT_OPTIONAL, 0,                shifts_start,         "begin a shift; one is under way at a time" },
	{ POST,   "/api/shifts/:id/end",               ACCESS_WRITE,  ROLE_MEMBER, INPUT_OPTIONAL, 0,                shifts_end,           "end it: snapshot, figures, and all flags anew" },
	{ POST,   "/api/cars/reset",                   ACCESS_WRITE,  ROLE_MEMBER, INPUT_OPTIONAL, 0,                cars_reset,           "all flags of the board anew" },
	{ GET,    "/api/reports/shift",                ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                reports_shift,        "what a shift came to; also to print" },
	{ GET,    "/api/reports/fleet",                ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                reports_fleet,        "arrivals, lateness and times of the days' shifts" },
	{ POST,   "/api/presence",                     ACCESS_READ,   ROLE_VIEWER, INPUT_OPTIONAL, 0,                presence_report,      "I am about, or leave" },
	{ GET,    "/api/presence",                     ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                presence_show,        "who is about" },
	{ POST,   "/api/usage",                        ACCESS_WRITE,  ROLE_VIEWER, INPUT_JSON,     0,                usage_report,         "what was done in the app, counted" },
	{ GET,    "/api/usage/stats",                  ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                usage_stats,          "how often, by day or hour" },
	{ POST,   "/api/roster/apply",                 ACCESS_WRITE,  ROLE_MEMBER, INPUT_OPTIONAL, 0,                roster_apply,         "the roster's active cars onto the board" },

	{ PUT,    "/api/files/:sha256",                ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      FILE_MAX,         files_put,            "send a photo or a PDF, whole or in pieces" },
	{ GET,    "/api/files/:sha256",                ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                files_read,           "a file that a record names, whole or a range of it" },

	{ GET,    "/api/health",                       ACCESS_PUBLIC, ROLE_NONE,   INPUT_NONE,     0,                health,               "is all well?" },
	{ POST,   "/api/client-errors",                ACCESS_PUBLIC, ROLE_NONE,   INPUT_RAW,      CLIENT_ERROR_MAX, client_errors,        "what went wrong in a browser, for the log" },

	{ GET,    "/compat/cars/api/health",           ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_cars_health,   "the package-car tracker's own API: is all well?" },
	{ GET,    "/compat/cars/api/cars",             ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_cars_list,     "the whole fleet in one list" },
	{ POST,   "/compat/cars/api/cars",             ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      0,                compat_cars_create,   "add a car" },
	{ POST,   "/compat/cars/api/cars/reset",       ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      0,                compat_cars_reset,    "all flags anew, or with ?hard=true no cars" },
	{ GET,    "/compat/cars/api/cars/:id",         ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_cars_read,     "one car" },
	{ PUT,    "/compat/cars/api/cars/:id",         ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      0,                compat_cars_update,   "change a car, with or without expectedVersion" },
	{ DELETE, "/compat/cars/api/cars/:id",         ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      0,                compat_cars_delete,   "remove a car" },
	{ GET,    "/compat/cars/api/sync/changes",     ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_cars_changes,  "cars changed from the instant ?since= on" },
	{ GET,    "/compat/cars/api/audit",            ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_cars_audit,    "who changed what in the fleet, newest first" },
	{ POST,   "/compat/cars/api/notifications/subscribe",   ACCESS_WRITE, ROLE_VIEWER, INPUT_RAW, 0,             compat_notices_subscribe,   "changes nothing: notifications are for everybody" },
	{ POST,   "/compat/cars/api/notifications/unsubscribe", ACCESS_WRITE, ROLE_VIEWER, INPUT_RAW, 0,             compat_notices_unsubscribe, "the same" },
	{ POST,   "/compat/cars/api/notifications/send",        ACCESS_WRITE, ROLE_MEMBER, INPUT_RAW, 0,             compat_notices_send,        "a notification for everybody in the space" },
	{ GET,    "/compat/cars/api/shifts",           ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_shifts_list,   "shifts, newest first" },
	{ POST,   "/compat/cars/api/shifts",           ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      0,                compat_shifts_act,    "begin a shift, end the one under way" },
	{ POST,   "/compat/cars/api/sessions/start",   ACCESS_WRITE,  ROLE_VIEWER, INPUT_RAW,      0,                compat_sessions_start, "somebody is about" },
	{ GET,    "/compat/cars/api/sessions/active",  ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_sessions_active, "how many are about" },
	{ PUT,    "/compat/cars/api/sessions/:id/heartbeat", ACCESS_WRITE, ROLE_VIEWER, INPUT_RAW, 0,                compat_sessions_beat, "and still is" },
	{ POST,   "/compat/cars/api/sessions/:id/end", ACCESS_WRITE,  ROLE_VIEWER, INPUT_RAW,      0,                compat_sessions_end,  "and has left" },
	{ POST,   "/compat/cars/api/usage",            ACCESS_WRITE,  ROLE_VIEWER, INPUT_RAW,      0,                compat_usage_add,     "what people did in the app, counted" },
	{ GET,    "/compat/cars/api/usage/stats",      ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                compat_usage_stats,   "its sums, by day or hour" },

	{ POST,   "/api/:collection/import",           ACCESS_WRITE,  ROLE_MEMBER, INPUT_RAW,      IMPORT_MAX,       records_import,       "records from a CSV or JSON file" },
	{ GET,    "/api/:collection/export",           ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                records_export,       "all records as CSV or JSON" },
	{ GET,    "/api/:collection",                  ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                records_list,         "records, filtered and in order" },
	{ POST,   "/api/:collection",                  ACCESS_WRITE,  ROLE_MEMBER, INPUT_JSON,     0,                records_create,       "a new record" },
	{ GET,    "/api/:collection/:id",              ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                records_read,         "one record, or an older ?version= of it" },
	{ PUT,    "/api/:collection/:id",              ACCESS_WRITE,  ROLE_MEMBER, INPUT_JSON,     0,                records_update,       "change the named members" },
	{ PATCH,  "/api/:collection/:id",              ACCESS_WRITE,  ROLE_MEMBER, INPUT_JSON,     0,                records_update,       "change the named members" },
	{ DELETE, "/api/:collection/:id",              ACCESS_WRITE,  ROLE_MEMBER, INPUT_OPTIONAL, 0,                records_delete,       "delete a record; its history stays" },
	{ GET,    "/api/:collection/:id/history",      ACCESS_READ,   ROLE_VIEWER, INPUT_NONE,     0,                records_history,      "its versions, newest first" },
	{ POST,   "/api/:collection/:id/restore",      ACCESS_WRITE,  ROLE_MEMBER, INPUT_JSON,     0,                records_restore,      "bring back an older version" },
};
/* clang-format on */

const size_t route_count = sizeof(routes) / sizeof(routes[0]);

/* What the names of a pattern stand for in a path. */
struct match {
	const char *params[sizeof(((struct request *)0)->params) / sizeof(char *)];
	size_t count;
	const struct collection *collection;
	const char *record_id;
	const char *space;
};

/* Let name stand for value; false when nothing can have that value. */
static bool
take_param(struct request *r, struct match *m, const char *name, size_t length, const char *value)
{
	static const char collection[] = ":collection", space[] = ":space";

	if (!id_valid(value) || m->count == sizeof(m->params) / sizeof(m->params[0]))
		return false;
	m->params[m->count++] = value;
	if (length == sizeof(collection) - 1 && strncmp(name, collection, length) == 0) {
		m->collection = collection_find(r->worker->collections, value);
		return m->collection != NULL;
	}
	if (length == sizeof(space) - 1 && strncmp(name, space, length) == 0)
		m->space = value;
	if (m->collection != NULL && m->record_id == NULL)
		m->record_id = value;
	return true;
}

static bool
fits(struct request *r, const char *pattern, const char *path, struct match *m)
{
	*m = (struct match){ 0 };
	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/"), have = strcspn(++path, "/");

		if (*pattern == ':') {
			if (!take_param(r, m, pattern, want, arena_strndup(r->a, path, have)))
				return false;
		} else if (want != have || strncmp(pattern, path, have) != 0) {
			return false;
		}
		pattern += want;
		path += have;
	}
	return *pattern == '\0' && *path == '\0';
}

/* The first row whose pattern fits r->path, or NULL. */
static const struct route *
first_fit(struct request *r, struct match *m)
{
	size_t i;

	for (i = 0; i < route_count; i++)
		if (fits(r, routes[i].pattern, r->path, m))
			return &routes[i];
	return NULL;
}

/* Take "/api/spaces/:space" off the path.  False when it does not stand there. */
static bool
take_space(struct request *r)
{
	static const char prefix[] = "/api/spaces/";
	const char *space = r->path + sizeof(prefix) - 1;
	const char *rest;

	if (strncmp(r->path, prefix, sizeof(prefix) - 1) != 0 || (rest = strchr(space, '/')) == NULL)
		return false;
	r->space = arena_strndup(r->a, space, (size_t)(rest - space));
	r->path = arena_printf(r->a, "/api%s", rest);
	return id_valid(r->space);
}

static bool
is_outside_spaces(const struct route *route)
{
	return route->access <= ACCESS_USER;
}

/* The methods of all rows with this pattern, as Allow wants them. */
static const char *
methods_of(struct request *r, const char *pattern)
{
	struct buf list;
	size_t i;

	buf_init(&list, r->a);
	for (i = 0; i < route_count; i++)
		if (strcmp(routes[i].pattern, pattern) == 0)
			buf_printf(&list, "%s%s, ", routes[i].method, strcmp(routes[i].method, GET) == 0 ? ", HEAD" : "");
	buf_text(&list, "OPTIONS");
	return list.text;
}

struct problem *
route_find(struct request *r)
{
	struct match match;
	const struct route *first = first_fit(r, &match), *route;
	struct problem *p;

	if (first == NULL && take_space(r))
		first = first_fit(r, &match);
	if (first == NULL || (r->space != NULL && (is_outside_spaces(first) || match.space != NULL)))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is nothing here.");
	if (match.space != NULL)
		r->space = match.space;
	memcpy(r->params, match.params, sizeof(r->params));
	r->collection = match.collection;
	r->record_id = match.record_id;
	for (route = first; route < routes + route_count; route++)
		if (strcmp(route->pattern, first->pattern) == 0 && strcmp(route->method, r->method) == 0) {
			r->route = route;
			return NULL;
		}
	p = problem_new(r->a, PROBLEM_METHOD_NOT_ALLOWED, "This address does not take %s.", r->method);
	p->allow = methods_of(r, first->pattern);
	return p;
}
