/* invitation.h -- links that make their holder a member of a team.  The token in the link is shown once; only its hash
 * is stored.  A link lets one person in, unless it has expired or was revoked. */
#ifndef INVITATION_H
#define INVITATION_H

#include "model/call.h"
#include "team/team.h"

#define INVITATION_PREFIX "dbi_"

enum {
	INVITATION_DAYS = 7,      /* the usual validity */
	INVITATION_DAYS_MAX = 30,
	INVITATIONS_MAX = 100     /* of one space: open ones and those made in the last day together; and of one person
	                           * in all spaces: those mailed in the last day */
};

struct invitation {
	const char *id, *email;   /* email NULL: for anyone who has the link */
	const char *space_id, *space_name, *created_by, *inviter;
	enum role role;
	int64_t created_at, expires_at;
};

/* Make an invitation to the space of the call.  Managers invite viewers and members; owners invite to any role but
 * owner.  With an e-mail address only the account with that address may use it, and where mail is set up the link is
 * mailed there (*mailed).  Only the hash of *token is stored.  PROBLEM_FORBIDDEN, also for more than INVITATIONS_MAX;
 * PROBLEM_INVALID at "role", "email" or "expiresInDays". */
struct problem *invitation_create(const struct call *call, const struct config *config, const char *role,
    const char *email, int64_t days, struct invitation *invitation, const char **token, bool *mailed) MUST_CHECK;

/* The open invitations of the person's space, newest first. */
struct problem *invitations_list(const struct call *call, struct invitation **invitations, size_t *count) MUST_CHECK;

/* Revoke an open invitation.  PROBLEM_NOT_FOUND for one of another space, and for one that is not open. */
struct problem *invitation_revoke(const struct call *call, const char *id) MUST_CHECK;

/* Read what a person with the token may know before they sign in.  PROBLEM_NOT_FOUND for anything but an open
 * invitation. */
struct problem *invitation_look(struct db *db, struct arena *a, const char *token,
    struct invitation *invitation) MUST_CHECK;

/* Make the person a member of the invitation's space; the space of the call does not matter.  For a person who is a
 * member already, nothing changes and the link stays open.  PROBLEM_NOT_FOUND when it is not open; PROBLEM_FORBIDDEN
 * when it is for another e-mail address, and for more than MEMBERSHIPS_MAX (team.h). */
struct problem *invitation_accept(const struct call *call, const char *token, struct space_row *space) MUST_CHECK;

/* The link that people open, in a; NULL when the setting public_url is missing. */
const char *invitation_link(struct arena *a, const struct config *config, const char *token);

#endif
