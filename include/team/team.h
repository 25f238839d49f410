/* team.h -- spaces that several people share: making one, its members and their roles, transferring ownership, deleting
 * it.
 *
 * Each membership is also a record of the collection `members`, written in the same transaction, so that every device
 * learns of it.  A change of what somebody may see gives them a new view_epoch, and their devices load everything
 * again.  A space always has an owner who can sign in. */
#ifndef TEAM_H
#define TEAM_H

#include "account/session.h"
#include "record/write.h"

enum {
	TEAMS_MAX = 50,        /* of one owner, without deleted ones */
	TEAMS_MADE_MAX = 100,  /* the same with deleted ones, until they are erased */
	MEMBERSHIPS_MAX = 500, /* of one person: the personal space, and all teams with deleted ones */
	TEAM_UNDO_DAYS = 30    /* for which a deleted team can be brought back */
};

/* Make a team, and make the person its owner.  The space of the call does not matter.  profile has members of
 * spaceSettings, or is NULL.  key is an Idempotency-Key or NULL: the same request sent again under it makes no second
 * team, and another request under it is PROBLEM_OP_REUSED.  PROBLEM_FORBIDDEN for more than TEAMS_MAX,
 * TEAMS_MADE_MAX or MEMBERSHIPS_MAX; mistakes in profile name the field. */
struct problem *team_create(const struct call *call, const char *key, const char *name, struct json_object *profile,
    struct space_row *space) MUST_CHECK;

/* Read a space.  PROBLEM_NOT_FOUND unless the user is a member and the space is not deleted. */
struct problem *space_read(struct db *db, struct arena *a, const char *user_id, const char *space_id,
    struct space_row *space) MUST_CHECK;

/* Give the space of the call another name.  PROBLEM_FORBIDDEN for people below manager. */
struct problem *space_rename(const struct call *call, const char *name) MUST_CHECK;

/* Delete the space of the call: from now on nobody finds it.  Its owners can bring it back for TEAM_UNDO_DAYS.
 * PROBLEM_FORBIDDEN for a personal space, and for people below owner. */
struct problem *team_delete(const struct call *call) MUST_CHECK;

/* Bring a deleted team back, as its owner.  PROBLEM_NOT_FOUND for everyone else, for a space that is not deleted, and
 * when it is too late; PROBLEM_FORBIDDEN for an owner of TEAMS_MAX others. */
struct problem *team_restore(struct db *db, struct arena *a, const char *user_id, const char *space_id) MUST_CHECK;

struct deleted_team {
	const char *id, *name;
	int64_t deleted_at;
};

/* The deleted teams that a user owns and can still bring back, the last deleted first. */
struct problem *teams_deleted(struct db *db, struct arena *a, const char *user_id, struct deleted_team **teams,
    size_t *count) MUST_CHECK;

/* Give a member another role.  Owners give any role, managers give roles below their own to people below them, and
 * everybody may give themselves a lower one; else PROBLEM_FORBIDDEN, also where the new owner has TEAMS_MAX already.
 * PROBLEM_NOT_FOUND when there is no such member, PROBLEM_LAST_OWNER when no owner would be left. */
struct problem *member_change_role(const struct call *call, const char *user_id, enum role role,
    struct outcome *outcome) MUST_CHECK;

/* End a membership, another person's or one's own.  The member loses access to the space at once; their API tokens for
 * it and the invitations they made are revoked.  Their records stay, with them as the author.  PROBLEM_FORBIDDEN,
 * PROBLEM_NOT_FOUND, or PROBLEM_LAST_OWNER. */
struct problem *member_remove(const struct call *call, const char *user_id) MUST_CHECK;

/* Transfer the ownership: another member becomes the owner, and the person a manager.  PROBLEM_FORBIDDEN unless the
 * person is an owner of a team, PROBLEM_INVALID at "user" when the new owner is not another member. */
struct problem *team_transfer(const struct call *call, const char *user_id, struct outcome *outcome) MUST_CHECK;

/* Give the person another name: in the account, in the personal space unless it has a name of its own, and in their
 * record in every team, each of which is a write of its own.  name has passed person_name_check.  After a failure,
 * calling it again does what is left.  PROBLEM_UNAUTHORIZED when the user was disabled meanwhile. */
struct problem *person_rename(const struct call *call, const char *name) MUST_CHECK;

/* Inside a transaction that holds the space's lock: make a user a member, with a new view_epoch.
 * PROBLEM_FORBIDDEN, in words for that user, for more than MEMBERSHIPS_MAX; who joins several spaces at the same moment
 * may pass it by those. */
struct problem *member_join(struct writer *w, const char *user_id, const char *name, const char *email,
    enum role role) MUST_CHECK;

/* Inside a transaction that holds the space's lock: end a membership, without any check of roles. */
struct problem *member_drop(struct writer *w, const char *user_id) MUST_CHECK;

/* PROBLEM_FORBIDDEN in a personal space, which only one person uses. */
struct problem *team_only(struct arena *a, const struct person *person) MUST_CHECK;

#endif
