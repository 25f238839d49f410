/* account.c -- signing up, signing in, passwords, and what the operator does with accounts.
 * Hashing a password takes 19 MiB and tens of milliseconds.  It happens only after the throttle was asked and one of
 * the host's two turns was taken, and never inside a transaction. */
#include "account/account.h"

#include <string.h>
#include <strings.h>

#include "account/email.h"
#include "account/hashing.h"
#include "account/mail.h"
#include "account/sign_ins.h"
#include "account/throttle.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "base/unicode.h"
#include "store/statement.h"

enum {
	PASSWORD_BYTES_MAX = 4 * PASSWORD_MAX
};

/* --- names and passwords as people type them --- */

struct problem *
person_name_check(struct arena *a, const char *field, const char *name)
{
	const char *at = name;
	bool seen = false;

	if (!text_is_clean(name, strlen(name)))
		return problem_at(a, PROBLEM_INVALID, field, "Control characters are not allowed here.");
	while (*at != '\0') {
		unsigned point = utf8_next(&at);

		if (unicode_is_control(point))
			return problem_at(a, PROBLEM_INVALID, field, "Control characters are not allowed here.");
		seen = seen || !unicode_is_blank(point);
	}
	if (!seen)
		return problem_at(a, PROBLEM_REQUIRED, field, "This must not be empty.");
	if (utf8_count(name) > PERSON_NAME_MAX)
		return problem_at(a, PROBLEM_INVALID, field, "At most %d characters, please.", PERSON_NAME_MAX);
	return NULL;
}

struct problem *
password_check(struct arena *a, const char *field, const char *password, const char *email, const char *name)
{
	size_t characters = utf8_count(password);

	if (characters < PASSWORD_MIN)
		return problem_at(a, PROBLEM_INVALID, field, "A password has at least %d characters.", PASSWORD_MIN);
	if (characters > PASSWORD_MAX || strlen(password) > PASSWORD_BYTES_MAX)
		return problem_at(a, PROBLEM_INVALID, field, "A password has at most %d characters.", PASSWORD_MAX);
	if (strcasecmp(password, email) == 0 || strcasecmp(password, name) == 0)
		return problem_at(a, PROBLEM_INVALID, field, "Your e-mail address or name is no password.");
	return NULL;
}

/* --- a new user --- */

struct new_user {
	const struct gate *gate;    /* NULL for the operator: no sign-in follows */
	const struct sign_in *form;
	const char *id, *email, *name, *password, *space, *epoch;
	struct entry *entry;
};

static struct problem *
email_taken(struct arena *a)
{
	return problem_at(a, PROBLEM_EXISTS, "email", "There is an account with this e-mail address already.");
}

static struct problem *
insert_user(struct db *db, struct arena *a, const struct new_user *u)
{
	struct problem *p;
	struct rows *rows;

	if ((p = email_find_user(db, a, u->email, &rows)) != NULL || rows->count > 0)
		return p != NULL ? p : email_taken(a);
	p = db_run(db, a, SQL(USER_CREATE),
	    VALUES(value_id(u->id), value_text(u->email), value_text(u->name), value_text(u->password),
	        value_id(u->space)), NULL);
	if (p != NULL && db_was_duplicate(db))
		return email_taken(a);
	return p;
}

static struct problem *
insert_space(struct db *db, struct arena *a, const struct new_user *u)
{
	struct problem *p;
	static const unsigned char no_chain[SHA256_SIZE];

	p = db_run(db, a, SQL(SPACE_CREATE),
	    VALUES(value_id(u->space), value_text("personal"), value_text(u->name), value_text(u->epoch),
	        value_bytes(no_chain, sizeof(no_chain))),
	    NULL);
	if (p != NULL)
		return p;
	p = db_run(db, a, SQL(SPACE_EPOCH_CREATE), VALUES(value_id(u->space), value_text(u->epoch)), NULL);
	if (p != NULL)
		return p;
	return db_run(db, a, SQL(MEMBER_CREATE),
	    VALUES(value_id(u->space), value_id(u->id), value_text(role_names[ROLE_OWNER]),
	        value_integer(0)), NULL);
}

static struct problem *
create_user(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	const struct new_user *u = arg;

	if ((p = insert_user(db, a, u)) != NULL || (p = insert_space(db, a, u)) != NULL)
		return p;
	if (u->gate == NULL)
		return NULL;
	p = session_open(u->gate, u->password, u->form->device_id, u->form->device_name, u->entry);
	if (p != NULL)
		return p;
	return sign_in_note(u->gate, SIGN_IN_UP, u->entry, u->form->device_id, u->form->device_name);
}

static struct problem *
check_device(struct arena *a, const struct sign_in *form)
{
	if (form->device_id != NULL && !id_valid(form->device_id))
		return problem_at(a, PROBLEM_INVALID, "deviceId",
		    "An id has 1 to 64 letters, digits and . _ : @ -, beginning with a letter or digit.");
	return person_name_check(a, "deviceName", form->device_name);
}

static struct problem *
check_sign_up(struct arena *a, const struct sign_in *form, const char **email)
{
	struct problem *p;

	if ((p = email_normal(a, form->email, email)) != NULL ||
	    (p = person_name_check(a, "name", form->name)) != NULL ||
	    (p = password_check(a, "password", form->password, *email, form->name)) != NULL)
		return p;
	return check_device(a, form);
}

struct problem *
account_register(const struct gate *g, const struct sign_in *form, struct entry *entry)
{
	struct problem *p, *uncounted;
	struct throttle t;
	struct new_user u = { .gate = g, .form = form, .name = form->name, .entry = entry };
	struct turn turn;

	if (!g->config->registration)
		return problem_new(g->a, PROBLEM_FORBIDDEN, "New accounts are made by the operator of this server.");
	if ((p = check_sign_up(g->a, form, &u.email)) != NULL || (p = database_live(g->db, g->a)) != NULL)
		return p;

	throttle_init_sign_up(&t, g->network, g->config->sign_ups);
	if ((p = hashing_begin_guess(g, &t, &turn)) != NULL)
		return p;
	p = hash_secret(g->a, form->password, &u.password);
	hashing_end(g, &turn);
	if (p != NULL)
		return p;

	u.id = uuid7_text(g->a);
	u.space = uuid7_text(g->a);
	u.epoch = random_hex(g->a);
	*entry = (struct entry){
		.user_id = u.id, .email = u.email, .name = u.name, .space = u.space, .cookie = form->cookie,
	};
	p = db_transaction(g->db, g->a, create_user, &u);
	if (p == NULL)
		return throttle_signed_up(g->db, g->a, &t);
	if (p->kind == PROBLEM_EXISTS && (uncounted = throttle_failed(g->db, g->a, &t)) != NULL)
		return uncounted;
	return p;
}

/* --- signing in --- */

struct found_user {
	const char *id, *name, *email, *password, *home_space;
	bool disabled;
};

/* Find the user with this e-mail; user->id stays NULL when there is none. */
static struct problem *
find_user(struct db *db, struct arena *a, const char *email, struct found_user *user)
{
	struct problem *p;
	struct rows *rows;

	memset(user, 0, sizeof(*user));
	if ((p = email_find_user(db, a, email, &rows)) != NULL || rows->count == 0)
		return p;
	*user = (struct found_user){
		.id = row_text(rows, 0, USER_ID),
		.name = row_text(rows, 0, USER_NAME),
		.email = row_text(rows, 0, USER_EMAIL),
		.password = row_text(rows, 0, USER_PASSWORD),
		.home_space = row_text(rows, 0, USER_HOME),
		.disabled = row_integer(rows, 0, USER_DISABLED) != 0,
	};
	return NULL;
}

static struct problem *
not_let_in(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_UNAUTHORIZED, "The e-mail address or the password is not right.");

	p->cause = cause;
	return p;
}

/* A sign-in that failed; user_id is NULL when nobody has the address. */
struct failure {
	const struct gate *gate;
	const struct throttle *throttle;
	const char *user_id, *device_name;
};

/* In one transaction, so that it takes the same time whether or not there is somebody to tell. */
static struct problem *
note_failure(struct db *db, struct arena *a, void *arg)
{
	const struct failure *f = arg;
	struct problem *p;

	if ((p = throttle_failed(db, a, f->throttle)) != NULL)
		return p;
	return sign_in_failed(f->gate, f->user_id, f->device_name);
}

static struct problem *
check_login(struct arena *a, const struct sign_in *form)
{
	if (strlen(email_key(a, form->email)) > EMAIL_MAX)
		return problem_at(a, PROBLEM_INVALID, "email", "An e-mail address has at most %d bytes.", EMAIL_MAX);
	if (strlen(form->password) > PASSWORD_BYTES_MAX)
		return problem_at(a, PROBLEM_INVALID, "password",
		    "A password has at most %d characters.", PASSWORD_MAX);
	return check_device(a, form);
}

struct problem *
account_login(const struct gate *g, const struct sign_in *form, struct entry *entry)
{
	struct problem *p;
	struct throttle t;
	struct found_user user;
	bool right;
	struct turn turn;

	if ((p = check_login(g->a, form)) != NULL || (p = database_live(g->db, g->a)) != NULL)
		return p;

	throttle_init(&t, email_key(g->a, form->email), g->network);
	if ((p = hashing_begin_guess(g, &t, &turn)) != NULL)
		return p;
	p = find_user(g->db, g->a, form->email, &user);
	right = p == NULL && password_verify(form->password, user.password);
	hashing_end(g, &turn);
	if (p != NULL)
		return p;

	if (!right || user.disabled) {
		struct failure failure = {
			.gate = g, .throttle = &t, .user_id = user.id, .device_name = form->device_name,
		};

		if ((p = db_transaction(g->db, g->a, note_failure, &failure)) != NULL)
			return p;
		return not_let_in(g->a,
		    user.id == NULL ? "no such user" : right ? "the user is disabled" : "wrong password");
	}

	*entry = (struct entry){
		.user_id = user.id,
		.email = user.email,
		.name = user.name,
		.space = user.home_space,
		.cookie = form->cookie,
	};
	if ((p = session_open(g, user.password, form->device_id, form->device_name, entry)) != NULL)
		return p->kind == PROBLEM_UNAUTHORIZED ? not_let_in(g->a, p->cause) : p;
	if ((p = sign_in_note(g, SIGN_IN_PASSWORD, entry, form->device_id, form->device_name)) != NULL)
		return p;
	return throttle_passed(g->db, g->a, &t);
}

/* --- another password --- */

struct password_change {
	const struct person *person; /* NULL for the operator, who ends every sign-in */
	const char *user_id;
	const char *was, *now; /* hashes */
	bool end_tokens;       /* API tokens too */
	bool lost;             /* the password was changed by someone else meanwhile */
};

/* End all sign-ins but the one to keep, and with tokens all API tokens. */
static struct problem *
end_sessions(struct db *db, struct arena *a, const char *user_id, const char *keep, bool tokens)
{
	struct problem *p;

	p = db_run(db, a, SQL(SESSIONS_REVOKE_OTHERS), VALUES(value_id(user_id), value_id(keep)), NULL);
	if (p != NULL || !tokens)
		return p;
	return db_run(db, a, SQL(TOKENS_REVOKE_ALL), VALUES(value_id(user_id)), NULL);
}

static struct problem *
change_password(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	struct rows *rows;
	struct password_change *c = arg;
	const char *keep = c->person->session_id != NULL ? c->person->session_id : "";

	p = db_run(db, a, SQL(USER_CHANGE_PASSWORD),
	    VALUES(value_text(c->now), value_id(c->user_id), value_text(c->was)), &rows);
	if (p != NULL)
		return p;
	if ((c->lost = rows->affected != 1))
		return NULL;
	if ((p = db_run(db, a, SQL(RESETS_END), VALUES(value_id(c->user_id)), NULL)) != NULL)
		return p;
	return end_sessions(db, a, c->user_id, keep, c->end_tokens);
}

static struct problem *
wrong_current(struct arena *a)
{
	return problem_at(a, PROBLEM_INVALID, "current", "The current password is not right.");
}

static struct problem *
read_password(const struct gate *g, const char *user_id, const char **hash)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(g->db, g->a, SQL(USER_PASSWORD), VALUES(value_id(user_id)), &rows)) != NULL)
		return p;
	*hash = rows->count == 1 ? row_text(rows, 0, PASSWORD_HASH) : NULL;
	return NULL;
}

struct problem *
account_change_password(const struct gate *g, const struct person *person, const char *current,
    const char *new, bool end_tokens)
{
	struct problem *p;
	struct throttle t;
	struct password_change c = { .person = person, .user_id = person->user_id, .end_tokens = end_tokens };
	bool right;
	struct turn turn;

	if (strlen(current) > PASSWORD_BYTES_MAX)
		return wrong_current(g->a);
	if ((p = password_check(g->a, "new", new, person->email, person->name)) != NULL)
		return p;

	throttle_init(&t, email_key(g->a, person->email), g->network);
	if ((p = hashing_begin_guess(g, &t, &turn)) != NULL)
		return p;
	p = read_password(g, person->user_id, &c.was);
	right = p == NULL && password_verify(current, c.was);
	if (right)
		p = hash_secret(g->a, new, &c.now);
	hashing_end(g, &turn);
	if (p != NULL)
		return p;

	if (!right)
		return (p = throttle_failed(g->db, g->a, &t)) != NULL ? p : wrong_current(g->a);
	if ((p = db_transaction(g->db, g->a, change_password, &c)) != NULL)
		return p;
	if (c.lost)
		return wrong_current(g->a);
	return throttle_passed(g->db, g->a, &t);
}

/* --- a forgotten password --- */

/* Every request counts as a failed attempt, whether or not the address is known. */
struct problem *
account_reset_ask(const struct gate *g, const char *email)
{
	struct problem *p;
	struct throttle t;

	if ((p = email_normal(g->a, email, &email)) != NULL || (p = database_live(g->db, g->a)) != NULL)
		return p;
	throttle_init(&t, arena_printf(g->a, "reset %s", email), g->network);
	if ((p = throttle_check(g->db, g->a, &t)) != NULL || (p = throttle_failed(g->db, g->a, &t)) != NULL)
		return p;
	return mail_is_set_up(g->config) ? mail_queue_reset(g->db, g->a, email) : NULL;
}

struct reset {
	unsigned char hash[SHA256_SIZE]; /* of the token in the mail */
	const char *user_id, *password;
	bool end_tokens;
	bool lost;                       /* somebody else used it meanwhile */
};

static struct problem *
bad_reset(struct arena *a)
{
	return problem_at(a, PROBLEM_INVALID, "token", "This link was used or has run out; please ask for another.");
}

static struct problem *
use_reset(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	struct reset *r = arg;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(RESET_USE), VALUES(value_bytes(r->hash, sizeof(r->hash))), &rows)) != NULL)
		return p;
	if ((r->lost = rows->affected != 1))
		return NULL;
	if ((p = db_run(db, a, SQL(RESETS_END), VALUES(value_id(r->user_id)), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(USER_SET_PASSWORD),
	        VALUES(value_text(r->password), value_id(r->user_id)), NULL)) != NULL)
		return p;
	return end_sessions(db, a, r->user_id, "", r->end_tokens);
}

/* The new password is hashed only if the token is valid. */
struct problem *
account_reset_confirm(const struct gate *g, const char *token, const char *new, bool end_tokens)
{
	struct problem *p;
	struct reset r = { .end_tokens = end_tokens };
	struct rows *rows;
	struct turn turn;

	sha256(token, strlen(token), r.hash);
	if ((p = database_live(g->db, g->a)) != NULL ||
	    (p = db_run(g->db, g->a, SQL(RESET_FIND), VALUES(value_bytes(r.hash, sizeof(r.hash))), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return bad_reset(g->a);
	r.user_id = row_text(rows, 0, RESET_USER);
	p = password_check(g->a, "new", new, row_text(rows, 0, RESET_EMAIL), row_text(rows, 0, RESET_NAME));
	if (p != NULL || (p = hashing_begin(g, &turn)) != NULL)
		return p;
	p = hash_secret(g->a, new, &r.password);
	hashing_end(g, &turn);
	if (p != NULL || (p = db_transaction(g->db, g->a, use_reset, &r)) != NULL)
		return p;
	return r.lost ? bad_reset(g->a) : NULL;
}

/* --- deleting an account --- */

static struct problem *
lock_teams(struct db *db, struct arena *a, const char *user_id)
{
	struct problem *p;
	struct rows *teams, *space;

	if ((p = db_run(db, a, SQL(TEAMS_OF_USER), VALUES(value_id(user_id)), &teams)) != NULL)
		return p;
	for (size_t i = 0; p == NULL && i < teams->count; i++)
		p = db_run(db, a, SQL(SPACE_LOCK), VALUES(value_id(row_text(teams, i, ID_FOUND))), &space);
	return p;
}

static struct problem *
last_owner(struct arena *a, const struct rows *teams)
{
	struct problem *p = problem_new(a, PROBLEM_LAST_OWNER,
	    "You are the last owner of a team; hand it on or delete it first.");
	struct buf b;

	buf_init(&b, a);
	buf_text(&b, "\"teams\":[");
	for (size_t i = 0; i < teams->count; i++) {
		buf_printf(&b, "%s{\"id\":\"%s\",\"name\":", i > 0 ? "," : "", row_text(teams, i, TEAM_ID));
		json_quote(&b, row_text(teams, i, TEAM_NAME));
		buf_char(&b, '}');
	}
	buf_char(&b, ']');
	p->members = b.text;
	return p;
}

/* It locks the person's teams first, so that two owners cannot leave at the same moment. */
struct problem *
account_close(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	struct rows *teams;
	const char *user_id = arg;

	if ((p = lock_teams(db, a, user_id)) != NULL ||
	    (p = db_run(db, a, SQL(TEAMS_LAST_OWNER), VALUES(value_id(user_id)), &teams)) != NULL)
		return p;
	if (teams->count > 0)
		return last_owner(a, teams);
	if ((p = db_run(db, a, SQL(USER_DELETE), VALUES(value_id(user_id)), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(INVITATIONS_REVOKE_OF_USER), VALUES(value_id(user_id)), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(SESSIONS_REVOKE_ALL), VALUES(value_id(user_id)), NULL);
}

static struct problem *
wrong_password(struct arena *a)
{
	return problem_at(a, PROBLEM_INVALID, "password", "The password is not right.");
}

/* A person who signs in only through an external issuer has no password, so there is nothing to check. */
struct problem *
account_prove(const struct gate *g, const struct person *person, const char *password)
{
	struct problem *p;
	struct throttle t;
	const char *hash;
	bool right;
	struct turn turn;

	if ((p = read_password(g, person->user_id, &hash)) != NULL || hash == NULL)
		return p;
	if (password == NULL)
		return problem_at(g->a, PROBLEM_REQUIRED, "password", "The password is needed.");
	if (strlen(password) > PASSWORD_BYTES_MAX)
		return wrong_password(g->a);
	throttle_init(&t, email_key(g->a, person->email), g->network);
	if ((p = hashing_begin_guess(g, &t, &turn)) != NULL)
		return p;
	right = password_verify(password, hash);
	hashing_end(g, &turn);
	if (right)
		return throttle_passed(g->db, g->a, &t);
	return (p = throttle_failed(g->db, g->a, &t)) != NULL ? p : wrong_password(g->a);
}

struct problem *
account_delete(const struct gate *g, const struct person *person, const char *password)
{
	struct problem *p;

	if ((p = account_prove(g, person, password)) != NULL)
		return p;
	return db_transaction(g->db, g->a, account_close, arena_strdup(g->a, person->user_id));
}

/* --- the operator's part --- */

struct problem *
account_add(struct db *db, struct arena *a, const char *email, const char *name, const char *password, const char **id)
{
	struct problem *p;
	struct new_user u = { .name = name };

	if ((p = email_normal(a, email, &u.email)) != NULL || (p = person_name_check(a, "name", name)) != NULL)
		return p;
	if (password != NULL &&
	    ((p = password_check(a, "password", password, u.email, name)) != NULL ||
	        (p = hash_secret(a, password, &u.password)) != NULL))
		return p;

	u.id = uuid7_text(a);
	u.space = uuid7_text(a);
	u.epoch = random_hex(a);
	if ((p = db_transaction(db, a, create_user, &u)) != NULL)
		return p;
	*id = u.id;
	return NULL;
}

static struct problem *
find_account(struct db *db, struct arena *a, const char *email, struct found_user *user)
{
	struct problem *p;

	if ((p = find_user(db, a, email, user)) != NULL)
		return p;
	if (user->id == NULL)
		return problem_at(a, PROBLEM_NOT_FOUND, "email", "There is no account with this e-mail address.");
	return NULL;
}

static struct problem *
set_password(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	const struct password_change *c = arg;

	if ((p = db_run(db, a, SQL(USER_SET_PASSWORD),
	        VALUES(value_text(c->now), value_id(c->user_id)), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(RESETS_END), VALUES(value_id(c->user_id)), NULL)) != NULL)
		return p;
	return end_sessions(db, a, c->user_id, "", c->end_tokens);
}

struct problem *
account_set_password(struct db *db, struct arena *a, const char *email, const char *password, bool end_tokens)
{
	struct problem *p;
	struct found_user user;
	struct password_change c = { .end_tokens = end_tokens };

	if ((p = find_account(db, a, email, &user)) != NULL ||
	    (p = password_check(a, "password", password, user.email, user.name)) != NULL ||
	    (p = hash_secret(a, password, &c.now)) != NULL)
		return p;
	c.user_id = user.id;
	return db_transaction(db, a, set_password, &c);
}

struct disabling {
	const char *user_id;
	bool disabled;
};

static struct problem *
set_disabled(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	const struct disabling *d = arg;

	p = db_run(db, a, SQL(USER_SET_DISABLED), VALUES(value_integer(d->disabled), value_id(d->user_id)), NULL);
	if (p != NULL || !d->disabled ||
	    (p = db_run(db, a, SQL(INVITATIONS_REVOKE_OF_USER), VALUES(value_id(d->user_id)), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(SESSIONS_REVOKE_ALL), VALUES(value_id(d->user_id)), NULL);
}

struct problem *
account_set_disabled(struct db *db, struct arena *a, const char *email, bool disabled)
{
	struct problem *p;
	struct found_user user;
	struct disabling d = { .disabled = disabled };

	if ((p = find_account(db, a, email, &user)) != NULL)
		return p;
	d.user_id = user.id;
	return db_transaction(db, a, set_disabled, &d);
}

static struct problem *
check_identity(struct arena *a, const char *issuer, const char *subject)
{
	if (*issuer == '\0' || utf8_count(issuer) > 255 || !text_is_clean(issuer, strlen(issuer)))
		return problem_at(a, PROBLEM_INVALID, "issuer", "An issuer has 1 to 255 characters.");
	if (*subject == '\0' || utf8_count(subject) > 255 || !text_is_clean(subject, strlen(subject)))
		return problem_at(a, PROBLEM_INVALID, "subject", "A subject has 1 to 255 characters.");
	return NULL;
}

struct problem *
account_link(struct db *db, struct arena *a, const char *email, const char *issuer, const char *subject)
{
	struct problem *p;
	struct found_user user;

	if ((p = check_identity(a, issuer, subject)) != NULL || (p = find_account(db, a, email, &user)) != NULL)
		return p;
	p = db_run(db, a, SQL(IDENTITY_CREATE),
	    VALUES(value_text(issuer), value_text(subject), value_id(user.id)), NULL);
	if (p != NULL && db_was_duplicate(db))
		return problem_at(a, PROBLEM_EXISTS, "subject",
		    "This subject is linked to a user already; unlink it first.");
	return p;
}

struct problem *
account_unlink(struct db *db, struct arena *a, const char *issuer, const char *subject)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(IDENTITY_DELETE), VALUES(value_text(issuer), value_text(subject)), &rows)) != NULL)
		return p;
	if (rows->affected == 0)
		return problem_at(a, PROBLEM_NOT_FOUND, "subject", "This subject is linked to nobody.");
	return NULL;
}

struct problem *
accounts_list(struct db *db, struct arena *a, struct account_row **accounts, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(USERS_LIST), NULL, 0, &rows)) != NULL)
		return p;
	*count = rows->count;
	*accounts = arena_alloc(a, rows->count * sizeof(**accounts));
	for (size_t i = 0; i < rows->count; i++)
		(*accounts)[i] = (struct account_row){
			.id = row_text(rows, i, LISTED_USER_ID),
			.email = row_text(rows, i, LISTED_USER_EMAIL),
			.name = row_text(rows, i, LISTED_USER_NAME),
			.disabled = row_integer(rows, i, LISTED_USER_DISABLED) != 0,
			.created_at = row_instant(rows, i, LISTED_USER_CREATED_AT),
			.last_used_at = row_instant(rows, i, LISTED_USER_LAST_USED_AT),
		};
	return NULL;
}
