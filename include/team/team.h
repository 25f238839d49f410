/* team.h -- spaces that several people share: making one, its members and their roles, handing it on, deleting it.  No HTTP here.
 *
 * Who is a member is mirrored as records of the collection `members`, written in the same transaction, so that every device knows
 * it.  Whatever changes what somebody may see draws a new view_epoch for them: their devices load again.  A space always keeps an
 * owner who can sign in. */
#ifndef TEAM_H
#define TEAM_H

#include "account/session.h"
#include "record/write.h"

enum {
	TEAMS_MAX = 50,       /* of one owner, deleted ones not counted */
	TEAM_UNDO_DAYS = 30   /* for which a deleted space can be brought back */
};

/* A new team of the person, who becomes its owner.  profile holds members of spaceSettings, or none.  The person's own space is of
 * no matter here.  With a key (or NULL) the same request makes one team, however often it is sent; another one under that key is
 * PROBLEM_OP_REUSED. */
struct problem *team_create(const struct call *call, const char *key, const char *name, struct json_object *profile, struct space_row *space) MUST_CHECK;

/* PROBLEM_NOT_FOUND unless the user is a member and the space is not deleted. */
struct problem *space_read(struct db *db, struct arena *a, const char *user_id, const char *space_id, struct space_row *space) MUST_CHECK;

struct problem *space_rename(const struct call *call, const char *name) MUST_CHECK;

/* From now on there is no such space, for anybody; its owners can bring it back for TEAM_UNDO_DAYS.  A personal space stays. */
struct problem *team_delete(const struct call *call) MUST_CHECK;

/* An owner brings a deleted team back.  PROBLEM_NOT_FOUND for everyone else, for a space that is not deleted, and too late. */
struct problem *team_restore(struct db *db, struct arena *a, const char *user_id, const char *space_id) MUST_CHECK;

struct deleted_team {
	const char *id, *name;
	int64_t deleted_at;
};

/* The deleted teams a user owns and can still bring back, the last one first. */
struct problem *teams_deleted(struct db *db, struct arena *a, const char *user_id, struct deleted_team **teams, size_t *count) MUST_CHECK;

/* Another role for a member.  Owners give any, managers those below their own to people below them; the last owner stays one. */
struct problem *member_change_role(const struct call *call, const char *user_id, enum role role, struct outcome *outcome) MUST_CHECK;

/* The member, who may be the person himself, is one no more: the space, its tokens and what he was inviting others to are gone for
 * him at once.  His records stay, with him as their author. */
struct problem *member_remove(const struct call *call, const char *user_id) MUST_CHECK;

/* Another member becomes owner, and the person a manager. */
struct problem *team_transfer(const struct call *call, const char *user_id, struct outcome *outcome) MUST_CHECK;

/* The person is called otherwise from now on: in the account, in the personal space unless that was given a name of its own, and in the
 * record of every team, each of which is a write of its own.  name is one that person_name_check let pass.  Asked again, it does what is
 * left to do. */
struct problem *person_rename(const struct call *call, const char *name) MUST_CHECK;

/* Inside a transaction that holds the space: somebody joins, with the view that begins now. */
struct problem *member_join(struct writer *w, const char *user_id, const char *name, const char *email, enum role role) MUST_CHECK;

/* Inside a transaction that holds the space: somebody is a member no more, whoever he is. */
struct problem *member_drop(struct writer *w, const char *user_id) MUST_CHECK;

/* PROBLEM_FORBIDDEN in a personal space: it is one person's alone. */
struct problem *team_only(struct arena *a, const struct person *person) MUST_CHECK;

#endif
