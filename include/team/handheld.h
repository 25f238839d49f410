/* handheld.h -- shared handhelds: a device that belongs to a team and not to a person.  A manager enrols it and gets its token, which
 * stays on it; the token shows whose PINs are known there and lets one of them sign in (pin.h), and opens nothing else.  The token goes
 * with the device it was made for: whoever shows it must name that device.  No HTTP here. */
#ifndef HANDHELD_H
#define HANDHELD_H

#include "model/call.h"
#include "team/team.h"

#define HANDHELD_TOKEN_PREFIX "dbh_"

enum {
	HANDHELDS_MAX = 500 /* live ones of a space */
};

struct handheld {
	const char *id, *name;
	const char *device_id;              /* whatever is written at it was written on this device */
	const char *space_id, *space_name;  /* handheld_of_token alone fills these in */
	const char *created_by;             /* a user id */
	int64_t created_at, last_used_at;
	const char *user_id, *user_name;    /* who is signed in there now, or NULL */
};

/* Make this device a shared handheld of the caller's team.  device_id NULL: the handheld's own id.  text is its token; it is not kept.
 * PROBLEM_FORBIDDEN in a personal space, and when there are too many. */
struct problem *handheld_enrol(const struct call *call, const char *name, const char *device_id, struct handheld *h, const char **text) MUST_CHECK;

/* The live ones of the caller's space, by name. */
struct problem *handhelds_list(const struct call *call, struct handheld **handhelds, size_t *count) MUST_CHECK;

/* Its token is good no more, and whoever is signed in there is signed out, at once.  PROBLEM_NOT_FOUND. */
struct problem *handheld_revoke(const struct call *call, const char *id) MUST_CHECK;

/* The handheld that shows this token, or PROBLEM_UNAUTHORIZED: unknown, revoked, or its space is gone. */
struct problem *handheld_of_token(struct db *db, struct arena *a, const char *token, struct handheld *h) MUST_CHECK;

#endif
