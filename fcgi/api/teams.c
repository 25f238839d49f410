/* teams.c -- teams over HTTP: making and deleting a space, its members and their roles, invitations. */
#include "team/invitation.h"

#include <inttypes.h>
#include <string.h>

#include "account/account.h"
#include "api/api.h"
#include "api/spaces.h"
#include "base/instant.h"
#include "http/reply.h"
#include "record/record.h"

static const char *const no_parameters[] = { NULL };

static struct caller
caller_of(struct request *r)
{
	return (struct caller){ .db = r->db, .a = r->a, .set = r->worker->collections, .person = &r->person };
}

static struct problem *
reply_space(struct request *r, int status, const struct space_row *space)
{
	space_put(reply_object(r, status), "space", space);
	return NULL;
}

static struct problem *
reply_member(struct request *r, const struct outcome *outcome)
{
	struct json_out *out = reply_object(r, 200);

	record_put(out, "member", &outcome->record, &r->person);
	put_integer(out, "version", outcome->version);
	put_integer(out, "seq", outcome->seq);
	return NULL;
}

/* ---- spaces ---- */

/* The name, taken out of the input: what stays is the profile. */
static struct problem *
take_name(struct request *r, const char **name)
{
	struct problem *p;

	if ((p = json_get_text(r->a, r->input, "name", name)) != NULL)
		return p;
	if (*name == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "name", "A space has a name.");
	*name = arena_strdup(r->a, *name);
	json_object_object_del(r->input, "name");
	return person_name_check(r->a, "name", *name);
}

struct problem *
teams_create(struct request *r)
{
	const struct caller c = caller_of(r);
	struct space_row space;
	struct problem *p;
	const char *name;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = take_name(r, &name)) != NULL ||
	    (p = team_create(&c, r->idempotency_key, name, r->input, &space)) != NULL)
		return p;
	reply_header(r, "Location", arena_printf(r->a, "/api/spaces/%s", space.id));
	return reply_space(r, 201, &space);
}

struct problem *
spaces_read(struct request *r)
{
	struct space_row space;
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = space_read(r->db, r->a, r->person.user_id, r->person.space_id, &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}

struct problem *
spaces_update(struct request *r)
{
	static const char *const allowed[] = { "name", NULL };
	const struct caller c = caller_of(r);
	struct space_row space;
	struct problem *p;
	const char *name;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = take_name(r, &name)) != NULL ||
	    (p = space_rename(&c, name)) != NULL ||
	    (p = space_read(r->db, r->a, r->person.user_id, r->person.space_id, &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}

struct problem *
teams_delete(struct request *r)
{
	const struct caller c = caller_of(r);
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL || (p = team_delete(&c)) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

struct problem *
teams_restore(struct request *r)
{
	struct space_row space;
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = team_restore(r->db, r->a, r->person.user_id, r->params[0])) != NULL ||
	    (p = space_read(r->db, r->a, r->person.user_id, r->params[0], &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}

/* ---- members ---- */

/* The list and the history of members are those of any collection; one member has more methods than others, so his reading is
 * named here too. */
struct problem *
members_read(struct request *r)
{
	r->collection = collection_find(r->worker->collections, "members");
	r->record_id = r->params[0];
	if (r->collection == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is nothing here.");
	return records_read(r);
}

struct problem *
members_update(struct request *r)
{
	static const char *const allowed[] = { "role", NULL };
	const struct caller c = caller_of(r);
	struct outcome outcome;
	struct problem *p;
	const char *role;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = json_get_text(r->a, r->input, "role", &role)) != NULL)
		return p;
	if (role == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "role", "Say which role: viewer, member, manager or owner.");
	if (role_named(role) == ROLE_NONE)
		return problem_at(r->a, PROBLEM_INVALID, "role", "A role is viewer, member, manager or owner.");
	if ((p = member_change_role(&c, r->params[0], role_named(role), &outcome)) != NULL)
		return p;
	return reply_member(r, &outcome);
}

struct problem *
members_delete(struct request *r)
{
	const struct caller c = caller_of(r);
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL || (p = member_remove(&c, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

struct problem *
teams_transfer(struct request *r)
{
	static const char *const allowed[] = { "user", NULL };
	const struct caller c = caller_of(r);
	struct outcome outcome;
	struct problem *p;
	const char *user;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = json_get_text(r->a, r->input, "user", &user)) != NULL)
		return p;
	if (user == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "user", "Say which member shall be the owner.");
	if ((p = team_transfer(&c, user, &outcome)) != NULL)
		return p;
	return reply_member(r, &outcome);
}

/* ---- invitations ---- */

static void
put_invitation(struct json_out *out, const char *name, const struct invitation *i)
{
	put_object(out, name);
	put_text(out, "id", i->id);
	put_text(out, "role", role_names[i->role]);
	put_some(out, "email", i->email);
	put_text(out, "createdBy", i->created_by);
	put_instant(out, "createdAt", i->created_at);
	put_instant(out, "expiresAt", i->expires_at);
	put_end(out);
}

struct problem *
invitations_create(struct request *r)
{
	static const char *const allowed[] = { "role", "email", "expiresInDays", NULL };
	const struct caller c = caller_of(r);
	const struct config *config = &r->worker->config;
	struct invitation invitation;
	const char *role, *email, *token;
	int64_t days = INVITATION_DAYS;
	bool given, mailed;
	struct problem *p;
	struct json_out *out;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = json_get_text(r->a, r->input, "role", &role)) != NULL ||
	    (p = json_get_text(r->a, r->input, "email", &email)) != NULL ||
	    (p = json_get_integer(r->a, r->input, "expiresInDays", &days, &given)) != NULL ||
	    (p = invitation_create(&c, config, role, email, days, &invitation, &token, &mailed)) != NULL)
		return p;

	out = reply_object(r, 201);
	put_invitation(out, "invitation", &invitation);
	put_text(out, "token", token);
	put_some(out, "link", invitation_link(r->a, config, token));
	put_boolean(out, "mailed", mailed);
	return NULL;
}

struct problem *
invitations_show(struct request *r)
{
	const struct caller c = caller_of(r);
	struct invitation *invitations;
	struct problem *p;
	struct json_out *out;
	size_t count;

	if ((p = query_only(r, no_parameters)) != NULL || (p = invitations_list(&c, &invitations, &count)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "invitations");
	for (size_t i = 0; i < count; i++)
		put_invitation(out, NULL, &invitations[i]);
	put_end(out);
	return NULL;
}

struct problem *
invitations_revoke(struct request *r)
{
	const struct caller c = caller_of(r);
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL || (p = invitation_revoke(&c, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* The token comes in the body, so that it stands in no log. */
static struct problem *
read_token(struct request *r, const char **token)
{
	static const char *const allowed[] = { "token", NULL };
	struct problem *p;

	if ((p = query_only(r, no_parameters)) != NULL ||
	    (p = json_only(r->a, r->input, allowed)) != NULL ||
	    (p = json_get_text(r->a, r->input, "token", token)) != NULL)
		return p;
	return *token != NULL ? NULL : problem_at(r->a, PROBLEM_REQUIRED, "token", "The token of an invitation is needed.");
}

struct problem *
invitations_look(struct request *r)
{
	struct invitation invitation;
	struct problem *p;
	const char *token;
	struct json_out *out;

	if ((p = read_token(r, &token)) != NULL ||
	    (p = database_live(r->db, r->a)) != NULL ||
	    (p = invitation_look(r->db, r->a, token, &invitation)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_object(out, "space");
	put_text(out, "name", invitation.space_name);
	put_end(out);
	put_text(out, "role", role_names[invitation.role]);
	put_text(out, "invitedBy", invitation.inviter);
	put_some(out, "email", invitation.email);
	put_instant(out, "expiresAt", invitation.expires_at);
	return NULL;
}

struct problem *
invitations_accept(struct request *r)
{
	const struct caller c = caller_of(r);
	struct space_row space;
	struct problem *p;
	const char *token;

	if ((p = read_token(r, &token)) != NULL || (p = invitation_accept(&c, token, &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}
