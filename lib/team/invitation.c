/* invitation.c -- invitations and what becomes of them.  An invitation is checked again under the lock of the space, so one link
 * lets one person in, whoever else holds it at the same moment. */
#include "team/invitation.h"

#include <string.h>

#include "account/account.h"
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

/* The token stands behind the #: browsers keep that part to themselves, and no log of a server ever holds it. */
const char *
invitation_link(struct arena *a, const struct config *config, const char *token)
{
	return config->public_url == NULL ? NULL : arena_printf(a, "%s/#invitation=%s", config->public_url, token);
}

static struct problem *
not_open(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "This invitation was used, revoked or has run out; please ask for another.");
}

/* ---- making ---- */

struct making {
	const struct config *config;
	struct invitation *invitation;
	unsigned char hash[SHA256_SIZE];
	const char *token;
	bool mailed;
};

/* Managers invite those below themselves, owners everybody but owners. */
static struct problem *
check_rank(struct writer *w, enum role role)
{
	if (w->person->role > role)
		return NULL;
	return problem_at(w->a, PROBLEM_FORBIDDEN, "role", "Your role in this space does not allow this.");
}

static struct problem *
check_room(struct writer *w)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(w->db, w->a, SQL(INVITATIONS_COUNT), VALUES(value_text(w->person->space_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) >= INVITATIONS_MAX)
		return problem_new(w->a, PROBLEM_FORBIDDEN, "There are %d invitations already, open or of today; please wait, or revoke old ones.", INVITATIONS_MAX);
	return NULL;
}

/* Whoever makes team after team must not send mail after mail to people who never asked for it. */
static struct problem *
check_letters(struct writer *w)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(w->db, w->a, SQL(INVITATIONS_MAILED), VALUES(value_text(w->person->user_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) >= INVITATIONS_MAX)
		return problem_new(w->a, PROBLEM_FORBIDDEN, "You have invited %d addresses today; please wait, or hand links on yourself.", INVITATIONS_MAX);
	return NULL;
}

static struct problem *
queue_letter(struct writer *w, const struct making *m)
{
	const struct invitation *i = m->invitation;
	const char *subject = arena_printf(w->a, "%s invites you to %s", w->person->name, i->space_name);
	const char *text = arena_printf(w->a,
	    "%s invites you to work in \"%s\" with Daybook, as %s.\n\n"
	    "Open this link to take the invitation; it is good until %.10s and for one person:\n\n%s\n\n"
	    "If you do not know what this is about, leave it alone and nothing happens.\n",
	    w->person->name, i->space_name, role_names[i->role], instant_text(w->a, i->expires_at), invitation_link(w->a, m->config, m->token));

	return mail_queue(w->db, w->a, i->email, subject, text);
}

static struct problem *
make(struct writer *w, void *arg)
{
	struct making *m = arg;
	struct invitation *i = m->invitation;
	struct space_row space;
	struct problem *p;

	if ((p = team_only(w->a, w->person)) != NULL ||
	    (p = check_rank(w, i->role)) != NULL ||
	    (p = check_room(w)) != NULL ||
	    (i->email != NULL && (p = check_letters(w)) != NULL) ||
	    (p = space_read(w->db, w->a, w->person->user_id, w->person->space_id, &space)) != NULL)
		return p;
	i->space_id = space.id;
	i->space_name = space.name;
	p = db_run(w->db, w->a, SQL(INVITATION_CREATE),
	    VALUES(value_text(i->id), value_text(i->space_id), value_bytes(m->hash, sizeof m->hash), value_text(role_names[i->role]),
	        value_text(i->email), value_text(i->created_by), value_text(instant_sql(w->a, i->created_at)),
	        value_text(instant_sql(w->a, i->expires_at))),
	    NULL);
	if (p != NULL || !m->mailed)
		return p;
	return queue_letter(w, m);
}

static struct problem *
check_form(const struct caller *c, const struct config *config, const char *role, const char **email, int64_t days)
{
	struct problem *p;

	if (role == NULL)
		return problem_at(c->a, PROBLEM_REQUIRED, "role", "Say as what: viewer, member or manager.");
	if (role_named(role) == ROLE_NONE || role_named(role) == ROLE_OWNER)
		return problem_at(c->a, PROBLEM_INVALID, "role", "People are invited as viewer, member or manager.");
	if (days < 1 || days > INVITATION_DAYS_MAX)
		return problem_at(c->a, PROBLEM_INVALID, "expiresInDays", "From 1 to %d days, please.", INVITATION_DAYS_MAX);
	if (*email == NULL)
		return NULL;
	if ((p = email_normal(c->a, *email, email)) != NULL)
		return p;
	if (mail_is_set_up(config) && !mail_address_fits(*email))
		return problem_at(c->a, PROBLEM_INVALID, "email", "Mail cannot be sent to this address.");
	return NULL;
}

struct problem *
invitation_create(const struct caller *c, const struct config *config, const char *role, const char *email, int64_t days,
    struct invitation *invitation, const char **token, bool *mailed)
{
	unsigned char secret[SECRET_SIZE];
	int64_t now = instant_now();
	struct making m = { .config = config, .invitation = invitation };
	struct written written;
	struct problem *p;

	if ((p = check_form(c, config, role, &email, days)) != NULL)
		return p;
	random_bytes(secret, sizeof secret);
	m.token = arena_printf(c->a, INVITATION_PREFIX "%s", base64url_text(c->a, secret, sizeof secret));
	(void)hash_token(m.token, m.hash);
	m.mailed = email != NULL && mail_is_set_up(config);
	*invitation = (struct invitation){
		.id = uuid7_text(c->a),
		.email = email,
		.created_by = c->person->user_id,
		.inviter = c->person->name,
		.role = role_named(role),
		.created_at = now,
		.expires_at = now + days * 86400000,
	};
	if ((p = write_action(c->db, c->a, c->set, c->person, ROLE_MANAGER, make, &m, &written)) != NULL)
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
invitations_list(const struct caller *c, struct invitation **invitations, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(c->db, c->a, SQL(INVITATIONS_LIST), VALUES(value_text(c->person->space_id)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*invitations = arena_alloc(c->a, rows->count * sizeof **invitations);
	for (size_t i = 0; i < rows->count; i++)
		(*invitations)[i] = of_row(rows, i);
	return NULL;
}

struct problem *
invitation_revoke(const struct caller *c, const char *id)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(c->db, c->a, SQL(INVITATION_REVOKE), VALUES(value_text(id), value_text(c->person->space_id)), &rows);
	if (p == NULL && rows->affected == 0)
		return problem_new(c->a, PROBLEM_NOT_FOUND, "There is no such invitation.");
	return p;
}

static struct problem *
find(struct db *db, struct arena *a, const char *token, struct rows **rows)
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

	if ((p = find(db, a, token, &rows)) != NULL)
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
	if (i->email == NULL || strcmp(i->email, w->person->email) == 0)
		return NULL;
	return problem_new(w->a, PROBLEM_FORBIDDEN, "This invitation is for another e-mail address.");
}

/* A member who opens the link again, his own used one or another, is told of his space; the link is not used up by that. */
static struct problem *
accept(struct writer *w, void *arg)
{
	struct person *person = w->person;
	struct invitation i;
	struct rows *rows;
	struct problem *p;

	if ((p = find(w->db, w->a, arg, &rows)) != NULL || person->role != ROLE_NONE)
		return p;
	i = of_row(rows, 0);
	if (row_integer(rows, 0, INVITATION_IS_OPEN) == 0)
		return not_open(w->a);
	if ((p = check_addressee(w, &i)) != NULL ||
	    (p = db_run(w->db, w->a, SQL(INVITATION_ACCEPT), VALUES(value_text(person->user_id), value_text(i.id)), NULL)) != NULL)
		return p;
	return member_join(w, person->user_id, person->name, person->email, i.role);
}

struct problem *
invitation_accept(const struct caller *c, const char *token, struct space_row *space)
{
	struct person joiner = *c->person;
	struct written written;
	struct problem *p;
	struct rows *rows;
	const char *held = arena_strdup(c->a, token);

	if ((p = find(c->db, c->a, held, &rows)) != NULL)
		return p;
	joiner.space_id = row_text(rows, 0, INVITATION_SPACE);
	joiner.role = ROLE_NONE;
	if ((p = write_action(c->db, c->a, c->set, &joiner, ROLE_NONE, accept, arena_strdup(c->a, token), &written)) != NULL)
		return p;
	return space_read(c->db, c->a, joiner.user_id, row_text(rows, 0, INVITATION_SPACE), space);
}
