/* spaces.c -- GET /api/spaces: the spaces that a person is a member of, and their deleted teams that can still be
 * brought back. */
#include "api/spaces.h"

#include "api/api.h"
#include "http/reply.h"
#include "model/policy.h"
#include "team/team.h"

void
space_put_members(struct json_out *out, const struct space_row *space)
{
	put_text(out, "id", space->id);
	put_text(out, "kind", space->kind);
	put_text(out, "name", space->name);
	put_text(out, "role", role_names[space->role]);
	put_integer(out, "seq", space->seq);
	put_text(out, "epoch", space->epoch);
	put_instant(out, "joinedAt", space->joined_at);
}

void
space_put(struct json_out *out, const char *name, const struct space_row *space)
{
	put_object(out, name);
	space_put_members(out, space);
	put_end(out);
}

struct problem *
spaces_put(struct request *r, struct json_out *out)
{
	struct problem *p;
	struct space_row *spaces;
	size_t count;

	if ((p = spaces_of_user(r->db, r->a, r->person.user_id, &spaces, &count)) != NULL)
		return p;
	put_array(out, "spaces");
	for (size_t i = 0; i < count; i++)
		if (policy_enters(&r->person, spaces[i].id))
			space_put(out, NULL, &spaces[i]);
	put_end(out);
	return NULL;
}

static struct problem *
put_deleted(struct request *r, struct json_out *out)
{
	struct problem *p;
	struct deleted_team *teams;
	size_t count;

	if ((p = teams_deleted(r->db, r->a, r->person.user_id, &teams, &count)) != NULL)
		return p;
	put_array(out, "deleted");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_text(out, "id", teams[i].id);
		put_text(out, "name", teams[i].name);
		put_instant(out, "deletedAt", teams[i].deleted_at);
		put_instant(out, "erasedAfter", teams[i].deleted_at + (int64_t)TEAM_UNDO_DAYS * 86400000);
		put_end(out);
	}
	put_end(out);
	return NULL;
}

struct problem *
spaces_list(struct request *r)
{
	struct problem *p;
	struct json_out *out;

	out = reply_object(r, 200);
	if ((p = spaces_put(r, out)) != NULL)
		return p;
	return put_deleted(r, out);
}
