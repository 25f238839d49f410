/* account.h -- people and their passwords: signing up and in, changing a password, and what the operator may do with an
 * account.  What comes after a sign-in (refresh, sign-out, API tokens) is in session.h.
 *
 * A sign-in does not tell whether an account exists: an unknown e-mail, a wrong password and a disabled user cost the
 * same work and get the same answer.  Signing up does tell that an e-mail is taken, and counts as a failure of the
 * caller's network (throttle.h). */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "account/session.h"

enum {
	PERSON_NAME_MAX = 100, /* characters; also of sessions, tokens and spaces */
	ACCOUNT_UNDO_DAYS = 30, /* between an account's deletion and its erasure */
	PASSWORD_MIN = 8,      /* characters */
	PASSWORD_MAX = 200
};

/* What a person fills in. */
struct sign_in {
	const char *email, *password;
	const char *name;        /* when signing up, else NULL */
	const char *device_id;   /* kept with the session; or NULL */
	const char *device_name; /* the session's name for people; always given */
	bool cookie;             /* the refresh token travels only in a cookie */
};

/* PROBLEM_REQUIRED, at the member field, when name is blank; PROBLEM_INVALID unless it is at most
 * PERSON_NAME_MAX characters on one line. */
struct problem *person_name_check(struct arena *a, const char *field, const char *name) MUST_CHECK;

/* PROBLEM_INVALID, at the member field, for a password that is too short, too long, the e-mail or the name. */
struct problem *password_check(struct arena *a, const char *field, const char *password, const char *email,
    const char *name) MUST_CHECK;

/* Create a user with a personal space and sign them in, all or nothing.  PROBLEM_FORBIDDEN when registration is closed,
 * PROBLEM_EXISTS at "email", PROBLEM_THROTTLED as for a sign-in, PROBLEM_REQUIRED or PROBLEM_INVALID naming the
 * member. */
struct problem *account_register(const struct gate *g, const struct sign_in *form, struct entry *entry) MUST_CHECK;

/* Sign in.  PROBLEM_UNAUTHORIZED, the same for every reason; PROBLEM_THROTTLED while guesses have to wait, PROBLEM_BUSY
 * while both turns at hashing passwords are taken (turn.h). */
struct problem *account_login(const struct gate *g, const struct sign_in *form, struct entry *entry) MUST_CHECK;

/* Set a new password for a person who knows the current one; else PROBLEM_INVALID at "current", throttled like a
 * sign-in.  PROBLEM_INVALID at "new" by password_check.  This sign-in stays and all others end, with end_tokens the API
 * tokens too: somebody who knew the old password may have made one. */
struct problem *account_change_password(const struct gate *g, const struct person *person, const char *current,
    const char *new, bool end_tokens) MUST_CHECK;

/* Ask for a mail with a link to a new password.  The result and the time it takes are the same whether or not somebody
 * has this e-mail.  PROBLEM_THROTTLED for asking too often, PROBLEM_INVALID at "email" for something that is not an
 * address. */
struct problem *account_reset_ask(const struct gate *g, const char *email) MUST_CHECK;

/* Set a new password with the token of such a mail.  All sign-ins end, and with end_tokens all API tokens.  A token can
 * be used once, within RESET_MINUTES (mail.h); else PROBLEM_INVALID at "token". */
struct problem *account_reset_confirm(const struct gate *g, const char *token, const char *new,
    bool end_tokens) MUST_CHECK;

/* Check the password again, so that a phone that was left unlocked is not enough.  PROBLEM_REQUIRED or PROBLEM_INVALID
 * at "password", throttled like a sign-in.  A person who has no password, because they come through an external issuer,
 * passes without one. */
struct problem *account_prove(const struct gate *g, const struct person *person, const char *password) MUST_CHECK;

/* Delete the person's account: nobody can sign in with it any more, and after ACCOUNT_UNDO_DAYS it is erased.  The
 * password is checked as account_prove does.  PROBLEM_LAST_OWNER, naming the teams, while they are the last owner of
 * one. */
struct problem *account_delete(const struct gate *g, const struct person *person, const char *password) MUST_CHECK;

/* The same without a password check, inside a transaction (see db_transaction); arg is the user's id as text. */
struct problem *account_close(struct db *db, struct arena *a, void *arg) MUST_CHECK;

/* What the operator does with accounts.  There are no throttles and turns, and the setting `registration` does not
 * matter.  An unknown e-mail is PROBLEM_NOT_FOUND.
 *
 * Create a user; *id is theirs.  With password NULL they come only through an external issuer.  PROBLEM_EXISTS. */
struct problem *account_add(struct db *db, struct arena *a, const char *email, const char *name, const char *password,
    const char **id) MUST_CHECK;
/* Set a password; all sign-ins of the user end, and with end_tokens all API tokens. */
struct problem *account_set_password(struct db *db, struct arena *a, const char *email, const char *password,
    bool end_tokens) MUST_CHECK;
/* Disabling revokes every sign-in, every API token and every open invitation of the user.  Enabling brings none of them
 * back, but it does bring back an account that was deleted and is not erased yet. */
struct problem *account_set_disabled(struct db *db, struct arena *a, const char *email, bool disabled) MUST_CHECK;
/* Link a subject of an external issuer to this user, who can then sign in with tokens of that issuer.  PROBLEM_EXISTS
 * when it is linked already. */
struct problem *account_link(struct db *db, struct arena *a, const char *email, const char *issuer,
    const char *subject) MUST_CHECK;
/* Undo account_link.  PROBLEM_NOT_FOUND when that subject is not linked. */
struct problem *account_unlink(struct db *db, struct arena *a, const char *issuer, const char *subject) MUST_CHECK;

/* A user, as the operator sees them. */
struct account_row {
	const char *id, *email, *name;
	bool disabled;
	int64_t created_at, last_used_at; /* instants; last_used_at is 0 when there is no sign-in any more */
};

/* All users, in the order of their e-mails. */
struct problem *accounts_list(struct db *db, struct arena *a, struct account_row **accounts, size_t *count) MUST_CHECK;

#endif
