/* handheld.h -- shared handhelds: devices that belong to a team and not to a person.  A manager enrols one and gets its
 * token, which stays on it.  The token lists the people who have a PIN and lets one of them sign in (pin.h); it gives
 * access to nothing else.  It belongs to the device it was made for: a request with it must name that device. */
#ifndef HANDHELD_H
#define HANDHELD_H

#include "model/call.h"
#include "team/team.h"

#define HANDHELD_TOKEN_PREFIX "dbh_"

enum {
	HANDHELDS_MAX = 500,         /* live ones in a space */
	HANDHELDS_REVOKED_MAX = 100  /* revoked ones; the oldest are deleted */
};

/* A shared handheld, and who is signed in on it. */
struct handheld {
	const char *id, *name;
	const char *device_id;              /* the device of everything that is written there */
	const char *space_id, *space_name;  /* only handheld_of_token sets these */
	const char *created_by;             /* a user id */
	int64_t created_at, last_used_at;
	const char *user_id, *user_name;    /* who is signed in there now, or NULL */
};

/* Make a device a shared handheld of the caller's team.  device_id NULL: the handheld's own id.  text is its token; it
 * is not kept.  PROBLEM_FORBIDDEN in a personal space, and when there are too many. */
struct problem *handheld_enrol(const struct call *call, const char *name, const char *device_id, struct handheld *h,
    const char **text) MUST_CHECK;

/* The live handhelds of the space of the call, by name. */
struct problem *handhelds_list(const struct call *call, struct handheld **handhelds, size_t *count) MUST_CHECK;

/* Revoke a handheld: its token is invalid at once, and the person signed in on it is signed out.  PROBLEM_NOT_FOUND
 * when the space has no such handheld. */
struct problem *handheld_revoke(const struct call *call, const char *id) MUST_CHECK;

/* The handheld with this token.  PROBLEM_UNAUTHORIZED when it is unknown or revoked, or its space is deleted. */
struct problem *handheld_of_token(struct db *db, struct arena *a, const char *token, struct handheld *h) MUST_CHECK;

#endif
