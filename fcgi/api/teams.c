/* teams.c -- teams over HTTP: making and deleting a space, its members and their roles, invitations. */
#include "team/invitation.h"

#include "api/api.h"
#include "api/spaces.h"
#include "http/member.h"
#include "http/reply.h"
#include "record/quota.h"
#include "record/record.h"
#include "transfer/upload.h"

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

/* What is left of the body after `name` is the profile: fields of spaceSettings. */
const struct member teams_create_takes[] = {
	BODY("name", NAME, "what the team is called", .required = "A space has a name."),
	BODY("*", ANY, "fields of spaceSettings; without a zone, the team has that of its maker"),
	KEY_HEADER,
	MEMBERS_END
};

struct problem *
teams_create(struct request *r)
{
	struct space_row space;
	struct problem *p;

	if ((p = team_create(&r->call, r->idempotency_key, given_text(r, "name"), r->input, &space)) != NULL)
		return p;
	reply_header(r, "Location", arena_printf(r->a, "/api/spaces/%s", space.id));
	return reply_space(r, 201, &space);
}

static void
put_limit(struct json_out *out, const char *name, int64_t limit)
{
	if (limit == 0)
		put_null(out, name);
	else
		put_integer(out, name, limit);
}

/* Managers are told how much the space holds. */
struct problem *
spaces_read(struct request *r)
{
	struct space_row space;
	struct amount holds, may;
	int64_t files;
	struct problem *p;
	struct json_out *out;

	if ((p = space_read(r->db, r->a, r->person.user_id, r->person.space_id, &space)) != NULL)
		return p;
	if (space.role < ROLE_MANAGER)
		return reply_space(r, 200, &space);
	if ((p = quota_read(&r->call, &holds, &may)) != NULL || (p = upload_space_bytes(&r->call, &files)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_object(out, "space");
	space_put_members(out, &space);
	put_integer(out, "records", holds.records);
	put_limit(out, "recordsMax", may.records);
	put_integer(out, "bytes", holds.bytes);
	put_limit(out, "bytesMax", may.bytes);
	put_integer(out, "fileBytes", files);
	put_integer(out, "fileBytesMax", r->worker->config.space_quota_bytes);
	put_end(out);
	return NULL;
}

const struct member spaces_update_takes[] = {
	BODY("name", NAME, "what the space is called", .required = "A space has a name."),
	MEMBERS_END
};

struct problem *
spaces_update(struct request *r)
{
	struct space_row space;
	struct problem *p;

	if ((p = space_rename(&r->call, given_text(r, "name"))) != NULL ||
	    (p = space_read(r->db, r->a, r->person.user_id, r->person.space_id, &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}

struct problem *
teams_delete(struct request *r)
{
	struct problem *p;

	if ((p = team_delete(&r->call)) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

const struct member teams_restore_takes[] = {
	BODY("*", ANY, "is not looked at"),
	MEMBERS_END
};

struct problem *
teams_restore(struct request *r)
{
	struct space_row space;
	struct problem *p;

	if ((p = team_restore(r->db, r->a, r->person.user_id, r->params[0])) != NULL ||
	    (p = space_read(r->db, r->a, r->person.user_id, r->params[0], &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}

/* ---- members ---- */

/* The list and the history of members are those of any collection.  The path of a single member has other methods of
 * its own, so it needs a row for GET too. */
struct problem *
members_read(struct request *r)
{
	if (r->collection == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is nothing here.");
	return records_read(r);
}

const struct member members_update_takes[] = {
	BODY("role", CHOICE, "what the member may do from now on", .choices = "viewer member manager owner",
	  .required = "Say which role: viewer, member, manager or owner.",
	  .wrong = "A role is viewer, member, manager or owner."),
	MEMBERS_END
};

struct problem *
members_update(struct request *r)
{
	struct outcome outcome;
	struct problem *p;

	if ((p = member_change_role(&r->call, r->params[0], role_named(given_text(r, "role")), &outcome)) != NULL)
		return p;
	return reply_member(r, &outcome);
}

struct problem *
members_delete(struct request *r)
{
	struct problem *p;

	if ((p = member_remove(&r->call, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

const struct member teams_transfer_takes[] = {
	BODY("user", TEXT, "the member who shall be the owner", .required = "Say which member shall be the owner."),
	MEMBERS_END
};

struct problem *
teams_transfer(struct request *r)
{
	struct outcome outcome;
	struct problem *p;

	if ((p = team_transfer(&r->call, given_text(r, "user"), &outcome)) != NULL)
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

const struct member invitations_create_takes[] = {
	BODY("role", CHOICE, "as what", .choices = "viewer member manager",
	  .required = "Say as what: viewer, member or manager.",
	  .wrong = "People are invited as viewer, member or manager."),
	BODY("email", TEXT, "where the link is sent, if the server sends mail"),
	BODY("expiresInDays", INTEGER, "how long the link is good", .min = 1, .max = INVITATION_DAYS_MAX,
	  .otherwise = INVITATION_DAYS, .wrong = "From 1 to {max} days, please."),
	MEMBERS_END
};

struct problem *
invitations_create(struct request *r)
{
	const struct config *config = &r->worker->config;
	struct invitation invitation;
	const char *token;
	bool mailed;
	struct problem *p;
	struct json_out *out;

	p = invitation_create(&r->call, config, given_text(r, "role"), given_text(r, "email"),
	    given_integer(r, "expiresInDays"), &invitation, &token, &mailed);
	if (p != NULL)
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
	struct invitation *invitations;
	struct problem *p;
	struct json_out *out;
	size_t count;

	if ((p = invitations_list(&r->call, &invitations, &count)) != NULL)
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
	struct problem *p;

	if ((p = invitation_revoke(&r->call, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* The token is sent in the body, so that it appears in no log. */
const struct member invitation_takes[] = {
	BODY("token", TEXT, "as the link has it", .required = "The token of an invitation is needed."),
	MEMBERS_END
};

struct problem *
invitations_look(struct request *r)
{
	struct invitation invitation;
	struct problem *p;
	struct json_out *out;

	if ((p = database_live(r->db, r->a)) != NULL ||
	    (p = invitation_look(r->db, r->a, given_text(r, "token"), &invitation)) != NULL)
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
	struct space_row space;
	struct problem *p;

	if ((p = invitation_accept(&r->call, given_text(r, "token"), &space)) != NULL)
		return p;
	return reply_space(r, 200, &space);
}
