/* routes.h -- the whole API: one table, one row an endpoint.  Handlers are declared here and nowhere else. */
#ifndef ROUTES_H
#define ROUTES_H

#include "request.h"

enum access {
	ACCESS_PUBLIC,  /* no token needed; one that is sent is not looked at */
	ACCESS_HANDHELD, /* the token of a shared handheld, and no other */
	ACCESS_SELF,    /* any good sign-in, by PIN too; API tokens are refused with 403 */
	ACCESS_USER,    /* any good sign-in of one's own; API tokens and PINs are refused with 403: they act in a space, not for the account */
	ACCESS_ANY,     /* any good sign-in or API token, in no space; one that the path names must be theirs */
	ACCESS_READ,    /* a member of the space, token scope read or more */
	ACCESS_WRITE,   /* a member of the space, scope write or more */
	ACCESS_ADMIN,   /* a member of the space, scope admin */
	ACCESS_COUNT
};

enum input {
	INPUT_NONE,     /* no body is read */
	INPUT_JSON,     /* an object */
	INPUT_OPTIONAL, /* an object, or no body at all */
	INPUT_RAW,      /* bytes, for the handler */
	INPUT_COUNT
};

extern const char *const access_names[ACCESS_COUNT]; /* "public", "handheld" … "admin" */
extern const char *const input_names[INPUT_COUNT];   /* "none", "json", "optional", "raw" */

struct route {
	const char *method;
	const char *pattern;    /* "/api/:collection/:id" */
	enum access access;
	enum role role;         /* at least, in the space; the collection's own `may` can only raise it */
	enum input input;
	size_t body_max;        /* 0 = BODY_MAX */
	struct problem *(*run)(struct request *r);
	const char *what;       /* one line for people */
};

extern const struct route routes[];
extern const size_t route_count;

/* Find the route of r and its parameters: 404, 405 with allow.  "/api/spaces/:space" in front of a route of a space is taken off
 * r->path and kept in r->space; a pattern that names :space itself means that one. */
struct problem *route_find(struct request *r) MUST_CHECK;

/* accounts.c */
struct problem *auth_register(struct request *r);
struct problem *auth_login(struct request *r);
struct problem *auth_refresh(struct request *r);
struct problem *auth_logout(struct request *r);
struct problem *auth_me(struct request *r);
struct problem *auth_rename(struct request *r);
struct problem *auth_password(struct request *r);
struct problem *auth_reset(struct request *r);
struct problem *auth_reset_confirm(struct request *r);
struct problem *auth_delete(struct request *r);
struct problem *sessions_list(struct request *r);
struct problem *sessions_revoke(struct request *r);
struct problem *tokens_create(struct request *r);
struct problem *tokens_list(struct request *r);
struct problem *tokens_revoke(struct request *r);

/* handhelds.c */
struct problem *handhelds_create(struct request *r);
struct problem *handhelds_show(struct request *r);
struct problem *handhelds_delete(struct request *r);
struct problem *pin_show(struct request *r);
struct problem *pin_change(struct request *r);
struct problem *pin_delete(struct request *r);
struct problem *pins_show(struct request *r);
struct problem *pins_delete(struct request *r);
struct problem *auth_pin_people(struct request *r);
struct problem *auth_pin(struct request *r);
struct problem *auth_pin_refresh(struct request *r);

/* spaces.c */
struct problem *spaces_list(struct request *r);

/* teams.c */
struct problem *teams_create(struct request *r);
struct problem *spaces_read(struct request *r);
struct problem *spaces_update(struct request *r);
struct problem *teams_delete(struct request *r);
struct problem *teams_restore(struct request *r);
struct problem *members_read(struct request *r);
struct problem *members_update(struct request *r);
struct problem *members_delete(struct request *r);
struct problem *teams_transfer(struct request *r);
struct problem *invitations_create(struct request *r);
struct problem *invitations_show(struct request *r);
struct problem *invitations_revoke(struct request *r);
struct problem *invitations_look(struct request *r);
struct problem *invitations_accept(struct request *r);

/* collections.c */
struct problem *collections_show(struct request *r);

/* records.c */
struct problem *records_list(struct request *r);
struct problem *records_create(struct request *r);
struct problem *records_read(struct request *r);
struct problem *records_update(struct request *r);
struct problem *records_delete(struct request *r);
struct problem *records_history(struct request *r);
struct problem *records_restore(struct request *r);

/* fleet.c */
struct problem *shifts_start(struct request *r);
struct problem *shifts_end(struct request *r);
struct problem *cars_reset(struct request *r);
struct problem *roster_apply(struct request *r);

/* presence.c */
struct problem *presence_report(struct request *r);
struct problem *presence_show(struct request *r);
struct problem *usage_report(struct request *r);
struct problem *usage_stats(struct request *r);

/* report_fleet.c */
struct problem *reports_shift(struct request *r);
struct problem *reports_fleet(struct request *r);

/* transfer.c */
struct problem *records_import(struct request *r);
struct problem *records_export(struct request *r);

/* files.c */
struct problem *files_put(struct request *r);
struct problem *files_read(struct request *r);

/* sync.c */
struct problem *sync_changes(struct request *r);
struct problem *sync_heads(struct request *r);
struct problem *sync_push(struct request *r);

/* devices.c */
struct problem *devices_list(struct request *r);
struct problem *devices_update(struct request *r);
struct problem *devices_delete(struct request *r);
struct problem *device_check_update(struct request *r);
struct problem *device_mark_update(struct request *r);
struct problem *device_mark_synced(struct request *r);
struct problem *device_notify_change(struct request *r);

/* audits.c */
struct problem *audits_list(struct request *r);

/* reports.c */
struct problem *reports_work(struct request *r);
struct problem *reports_payroll(struct request *r);

/* compat/cars.c */
struct problem *compat_cars_health(struct request *r);
struct problem *compat_cars_list(struct request *r);
struct problem *compat_cars_create(struct request *r);
struct problem *compat_cars_read(struct request *r);
struct problem *compat_cars_update(struct request *r);
struct problem *compat_cars_delete(struct request *r);
struct problem *compat_cars_changes(struct request *r);
/* compat/cars_audit.c, compat/cars_notices.c */
struct problem *compat_cars_audit(struct request *r);
struct problem *compat_notices_subscribe(struct request *r);
struct problem *compat_notices_unsubscribe(struct request *r);
struct problem *compat_notices_send(struct request *r);
/* compat/cars_shifts.c */
struct problem *compat_cars_reset(struct request *r);
struct problem *compat_shifts_list(struct request *r);
struct problem *compat_shifts_act(struct request *r);
/* compat/cars_people.c */
struct problem *compat_sessions_start(struct request *r);
struct problem *compat_sessions_active(struct request *r);
struct problem *compat_sessions_beat(struct request *r);
struct problem *compat_sessions_end(struct request *r);
struct problem *compat_usage_add(struct request *r);
struct problem *compat_usage_stats(struct request *r);

/* operations.c */
struct problem *health(struct request *r);
struct problem *client_errors(struct request *r);

#endif
