/* invitation.c -- making, showing, revoking and accepting invitations.  An invitation is checked again under the lock
 * of the space, so that one link lets one person in even if two use it at the same moment. */
#include "team/invitation.h"

#include <string.h>

#include "account/account.h"
#include "account/email.h"
#include "account/mail.h"
#include "base/crypto.h"
#include "base/instant.h"
#include "store/statement.h"

enum {
	SECRET_SIZE = 32,
	SECRET_LETTERS = 43 /* of base64url */
};

/* ---- tokens and links ---- */

static bool
hash_token(const char *token, unsigned char hash[SHA256_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t prefix = strlen(INVITATION_PREFIX);

	if (strlen(token) != prefix + SECRET_LETTERS || strncmp(token, INVITATION_PREFIX, prefix) != 0 ||
	    strspn(token + prefix, letters) != SECRET_LETTERS)
		return false;
	sha256(token, strlen(token), hash);
	return true;
}

/* The token is in the fragment, after the #: browsers do not send that part, so no server logs it. */
const char *
invitation_link(struct arena *a, const struct config *config, const char *token)
{
	return config->public_url == NULL ? NULL : arena_printf(a, "%s/#invitation=%s", config->public_url, token);
}

static struct problem *
not_open(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND,
	    "This invitation was used, revoked or has run out; please ask for another.");
}

/* ---- making ---- */

struct making {
	const struct config *config;
	struct invitation *invitation;
	unsigned char hash[SHA256_SIZE];
	const char *token;
	bool mailed;
};

/* People invite only to roles below their own. */
static struct problem *
check_rank(struct writer *w, enum role role)
{
	if (w->call->person->role > role)
		return NULL;
	return problem_at(w->call->a, PROBLEM_FORBIDDEN, "role", "Your role in this space does not allow this.");
}

static struct problem *
check_room(struct writer *w)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(w->call->db, w->call->a, SQL(INVITATIONS_COUNT),
	    VALUES(value_id(w->call->person->space_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) >= INVITATIONS_MAX)
		return problem_new(w->call->a, PROBLEM_FORBIDDEN,
		    "There are %d invitations already, open or of today; please wait, or revoke old ones.",
		    INVITATIONS_MAX);
	return NULL;
}

/* A limit for each person too: otherwise someone could mail strangers by creating team after team. */
static struct problem *
check_letters(struct writer *w)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(w->call->db, w->call->a, SQL(INVITATIONS_MAILED),
	    VALUES(value_id(w->call->person->user_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) >= INVITATIONS_MAX)
		return problem_new(w->call->a, PROBLEM_FORBIDDEN,
		    "You have invited %d addresses today; please wait, or hand links on yourself.", INVITATIONS_MAX);
	return NULL;
}

static struct problem *
queue_letter(struct writer *w, const struct making *m)
{
	struct arena *a = w->call->a;
	const struct invitation *i = m->invitation;
	const char *subject = arena_printf(a, "%s invites you to %s", w->call->person->name, i->space_name);
	const char *text = arena_printf(a,
	    "%s invites you to work in \"%s\" with Daybook, as %s.\n\n"
	    "Open this link to take the invitation; it is good until %.10s and for one person:\n\n%s\n\n"
	    "If you do not know what this is about, leave it alone and nothing happens.\n",
	    w->call->person->name, i->space_name, role_names[i->role], instant_text(a, i->expires_at),
	    invitation_link(a, m->config, m->token));

	return mail_queue(w->call->db, a, i->email, subject, text);
}

static struct problem *
make(struct writer *w, void *arg)
{
	struct arena *a = w->call->a;
	const struct person *person = w->call->person;
	struct making *m = arg;
	struct invitation *i = m->invitation;
	struct space_row space;
	struct problem *p;

	if ((p = team_only(a, person)) != NULL ||
	    (p = check_rank(w, i->role)) != NULL ||
	    (p = check_room(w)) != NULL ||
	    (i->email != NULL && (p = check_letters(w)) != NULL) ||
	    (p = space_read(w->call->db, a, person->user_id, person->space_id, &space)) != NULL)
		return p;
	i->space_id = space.id;
	i->space_name = space.name;
	p = db_run(w->call->db, a, SQL(INVITATION_CREATE),
	    VALUES(value_id(i->id), value_id(i->space_id), value_bytes(m->hash, sizeof m->hash),
	        value_text(role_names[i->role]), value_text(i->email), value_id(i->created_by),
	        value_text(instant_sql(a, i->created_at)), value_text(instant_sql(a, i->expires_at))),
	    NULL);
	if (p != NULL || !m->mailed)
		return p;
	return queue_letter(w, m);
}

static struct problem *
check_form(const struct call *call, const struct config *config, const char *role, const char **email, int64_t days)
{
	struct arena *a = call->a;
	struct problem *p;

	if (role_named(role) == ROLE_NONE || role_named(role) == ROLE_OWNER)
		return problem_at(a, PROBLEM_INVALID, "role", "People are invited as viewer, member or manager.");
	if (days < 1 || days > INVITATION_DAYS_MAX)
		return problem_at(a, PROBLEM_INVALID, "expiresInDays",
		    "From 1 to %d days, please.", INVITATION_DAYS_MAX);
	if (*email == NULL)
		return NULL;
	if ((p = email_normal(a, *email, email)) != NULL)
		return p;
	if (mail_is_set_up(config) && !mail_address_fits(*email))
		return problem_at(a, PROBLEM_INVALID, "email", "Mail cannot be sent to this address.");
	return NULL;
}

struct problem *
invitation_create(const struct call *call, const struct config *config, const char *role, const char *email,
    int64_t days, struct invitation *invitation, const char **token, bool *mailed)
{
	struct arena *a = call->a;
	unsigned char secret[SECRET_SIZE];
	int64_t now = instant_now();
	struct making m = { .config = config, .invitation = invitation };
	struct written written;
	struct problem *p;

	if ((p = check_form(call, config, role, &email, days)) != NULL)
		return p;
	random_bytes(secret, sizeof secret);
	m.token = arena_printf(a, INVITATION_PREFIX "%s", base64url_text(a, secret, sizeof secret));
	(void)hash_token(m.token, m.hash);
	m.mailed = email != NULL && mail_is_set_up(config);
	*invitation = (struct invitation){
		.id = uuid7_text(a),
		.email = email,
		.created_by = call->person->user_id,
		.inviter = call->person->name,
		.role = role_named(role),
		.created_at = now,
		.expires_at = now + days * 86400000,
	};
	if ((p = write_action(call, ROLE_MANAGER, make, &m, &written)) != NULL)
		return p;
	*token = m.token;
	*mailed = m.mailed;
	return NULL;
}

/* ---- reading ---- */

/* A row of INVITATIONS_LIST or INVITATION_FIND. */
static struct invitation
of_row(const struct rows *rows, size_t row)
{
	return (struct invitation){
		.id = row_text(rows, row, INVITATION_ID),
		.space_id = row_text(rows, row, INVITATION_SPACE),
		.space_name = row_text(rows, row, INVITATION_SPACE_NAME),
		.role = role_named(row_text(rows, row, INVITATION_ROLE)),
		.email = row_text(rows, row, INVITATION_EMAIL),
		.created_by = row_text(rows, row, INVITATION_CREATED_BY),
		.inviter = row_text(rows, row, INVITATION_INVITER),
		.created_at = row_instant(rows, row, INVITATION_CREATED_AT),
		.expires_at = row_instant(rows, row, INVITATION_EXPIRES_AT),
	};
}

struct problem *
invitations_list(const struct call *call, struct invitation **invitations, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(INVITATIONS_LIST),
	    VALUES(value_id(call->person->space_id)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*invitations = arena_alloc(call->a, rows->count * sizeof **invitations);
	for (size_t i = 0; i < rows->count; i++)
		(*invitations)[i] = of_row(rows, i);
	return NULL;
}

struct problem *
invitation_revoke(const struct call *call, const char *id)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(INVITATION_REVOKE),
	    VALUES(value_id(id), value_id(call->person->space_id)), &rows);
	if (p == NULL && rows->affected == 0)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such invitation.");
	return p;
}

static struct problem *
find_invitation(struct db *db, struct arena *a, const char *token, struct rows **rows)
{
	unsigned char hash[SHA256_SIZE];
	struct problem *p;

	if (!hash_token(token, hash))
		return not_open(a);
	if ((p = db_run(db, a, SQL(INVITATION_FIND), VALUES(value_bytes(hash, sizeof hash)), rows)) != NULL)
		return p;
	return (*rows)->count == 0 ? not_open(a) : NULL;
}

struct problem *
invitation_look(struct db *db, struct arena *a, const char *token, struct invitation *invitation)
{
	struct problem *p;
	struct rows *rows;

	if ((p = find_invitation(db, a, token, &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, INVITATION_IS_OPEN) == 0)
		return not_open(a);
	*invitation = of_row(rows, 0);
	return NULL;
}

/* ---- accepting ---- */

static struct problem *
check_addressee(struct writer *w, const struct invitation *i)
{
	if (i->email == NULL || email_same(w->call->a, i->email, w->call->person->email))
		return NULL;
	return problem_new(w->call->a, PROBLEM_FORBIDDEN, "This invitation is for another e-mail address.");
}

/* A member who opens an invitation to their own space, used or not, gets the space as the answer; that does not use up
 * the link. */
static struct problem *
accept(struct writer *w, void *arg)
{
	struct arena *a = w->call->a;
	struct person *person = w->call->person;
	struct invitation i;
	struct rows *rows;
	struct problem *p;

	if ((p = find_invitation(w->call->db, a, arg, &rows)) != NULL || person->role != ROLE_NONE)
		return p;
	i = of_row(rows, 0);
	if (row_integer(rows, 0, INVITATION_IS_OPEN) == 0)
		return not_open(a);
	if ((p = check_addressee(w, &i)) != NULL ||
	    (p = db_run(w->call->db, a, SQL(INVITATION_ACCEPT),
	        VALUES(value_id(person->user_id), value_id(i.id)), NULL)) != NULL)
		return p;
	return member_join(w, person->user_id, person->name, person->email, i.role);
}

struct problem *
invitation_accept(const struct call *call, const char *token, struct space_row *space)
{
	struct db *db = call->db;
	struct arena *a = call->a;
	struct person joiner = *call->person;
	const struct call joining = call_as(call, &joiner);
	struct written written;
	struct problem *p;
	struct rows *rows;
	const char *held = arena_strdup(a, token);

	if ((p = find_invitation(db, a, held, &rows)) != NULL)
		return p;
	joiner.space_id = row_text(rows, 0, INVITATION_SPACE);
	joiner.role = ROLE_NONE;
	if ((p = write_action(&joining, ROLE_NONE, accept, arena_strdup(a, token), &written)) != NULL)
		return p;
	return space_read(db, a, joiner.user_id, row_text(rows, 0, INVITATION_SPACE), space);
}
