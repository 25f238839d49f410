/* invitation.h -- links that make their holder a member of a team.  The token in the link is shown once and kept nowhere; its hash is.
 * One link lets one person in, until it runs out or is revoked.  No HTTP here. */
#ifndef INVITATION_H
#define INVITATION_H

#include "model/call.h"
#include "team/team.h"

#define INVITATION_PREFIX "dbi_"

enum {
	INVITATION_DAYS = 7,      /* usual life */
	INVITATION_DAYS_MAX = 30,
	INVITATIONS_MAX = 100     /* of a space, open ones and those of the last day; of a person, those to addresses of the last day */
};

struct invitation {
	const char *id, *email;   /* email NULL: anyone who holds the link */
	const char *space_id, *space_name, *created_by, *inviter;
	enum role role;
	int64_t created_at, expires_at;
};

/* A new invitation into the person's space.  Managers invite as viewer or member, owners as anything but owner.  With an e-mail
 * address only that account may use it, and the link is mailed there where mail is set up (*mailed).  token is not kept. */
struct problem *invitation_create(const struct call *call, const struct config *config, const char *role, const char *email, int64_t days,
    struct invitation *invitation, const char **token, bool *mailed) MUST_CHECK;

/* The open ones of the person's space, the newest first. */
struct problem *invitations_list(const struct call *call, struct invitation **invitations, size_t *count) MUST_CHECK;

/* PROBLEM_NOT_FOUND for one of another space, and one that is not open any more. */
struct problem *invitation_revoke(const struct call *call, const char *id) MUST_CHECK;

/* What somebody with the token may know before signing in.  PROBLEM_NOT_FOUND for everything that is not an open invitation. */
struct problem *invitation_look(struct db *db, struct arena *a, const char *token, struct invitation *invitation) MUST_CHECK;

/* The person becomes a member; who is one already stays what he is, and the link stays open.  The person's own space is of no
 * matter here. */
struct problem *invitation_accept(const struct call *call, const char *token, struct space_row *space) MUST_CHECK;

/* The address people open, or NULL when the installation does not know its own. */
const char *invitation_link(struct arena *a, const struct config *config, const char *token);

#endif
