/* account.h -- people and their passwords: signing up and in, changing a password, and what the operator may do to an account.
 * No HTTP here.  What lives after a sign-in (refresh, sign-out, API tokens) is in session.h.
 *
 * Nobody learns from a sign-in whether an account exists: an unknown e-mail, a wrong password and a disabled user cost the same
 * work and get the same answer.  Signing up does tell that an e-mail is taken; it counts as a failure of the network. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "account/session.h"

enum {
	EMAIL_MAX = 254,       /* bytes */
	PERSON_NAME_MAX = 100, /* characters; also of sessions, tokens and spaces */
	ACCOUNT_UNDO_DAYS = 30, /* from an account's deletion to its erasure */
	PASSWORD_MIN = 8,      /* characters */
	PASSWORD_MAX = 200
};

/* What a person fills in.  Members that were not given are NULL. */
struct sign_in {
	const char *email, *password;
	const char *name;        /* when signing up */
	const char *device_id;   /* kept with the session */
	const char *device_name; /* the session's name for people; always given */
	bool cookie;             /* the refresh token travels in a cookie alone */
};

/* The e-mail in lower case, or PROBLEM_INVALID at "email": one @ with something on both sides, no blank, no control character. */
struct problem *email_normal(struct arena *a, const char *text, const char **email) MUST_CHECK;

/* 1 to PERSON_NAME_MAX characters on one line, not all blank; field names the member in the problem. */
struct problem *person_name_check(struct arena *a, const char *field, const char *name) MUST_CHECK;

/* Long enough, not too long, and neither the e-mail nor the name. */
struct problem *password_check(struct arena *a, const char *field, const char *password, const char *email, const char *name) MUST_CHECK;

/* A new user with a personal space, signed in: all of it or nothing.  PROBLEM_FORBIDDEN when registration is closed,
 * PROBLEM_EXISTS at "email". */
struct problem *account_register(const struct gate *g, const struct sign_in *form, struct entry *entry) MUST_CHECK;

/* PROBLEM_UNAUTHORIZED, the same for every reason; PROBLEM_THROTTLED while guesses have to wait or both turns for computing
 * passwords are taken. */
struct problem *account_login(const struct gate *g, const struct sign_in *form, struct entry *entry) MUST_CHECK;

/* A new password for the one who knows the current one (else PROBLEM_INVALID at "current", throttled as a sign-in is).  All other
 * sign-ins end, this one stays.  API tokens stay too, unless end_tokens: they were never derived from the password, stand in their own
 * list, and scripts that run unattended must not stop because someone chose a better password; but whoever knew the old one may have
 * made some. */
struct problem *account_change_password(const struct gate *g, const struct person *person, const char *current, const char *new,
    bool end_tokens) MUST_CHECK;

/* Ask for a new password by mail, for whoever has this e-mail.  The answer and the time it takes are the same whether somebody has;
 * asking again and again has to wait (PROBLEM_THROTTLED). */
struct problem *account_reset_ask(const struct gate *g, const char *email) MUST_CHECK;

/* A new password for the one who holds a token of such a mail.  All sign-ins end, and API tokens where end_tokens
 * says so.  A token of a mail is good once and for an hour, else PROBLEM_INVALID at "token". */
struct problem *account_reset_confirm(const struct gate *g, const char *token, const char *new, bool end_tokens) MUST_CHECK;

/* Is it really this person, and not whoever found his phone unlocked?  PROBLEM_REQUIRED or PROBLEM_INVALID at "password", throttled as a
 * sign-in is.  Somebody who comes through an external issuer alone has no password to be asked for, and passes. */
struct problem *account_prove(const struct gate *g, const struct person *person, const char *password) MUST_CHECK;

/* The person deletes his account: nobody signs in with it any more, and after ACCOUNT_UNDO_DAYS it is erased.  The password is asked
 * for, if there is one (PROBLEM_INVALID at "password").  PROBLEM_LAST_OWNER, naming the teams, while he is the last owner of one. */
struct problem *account_delete(const struct gate *g, const struct person *person, const char *password) MUST_CHECK;

/* The same without asking, inside a transaction; arg is the user's id as a text. */
struct problem *account_close(struct db *db, struct arena *a, void *arg) MUST_CHECK;

/* The operator's part; no throttle, no turns, whatever config says of registration.  password NULL: the user comes only through an
 * external issuer.  PROBLEM_NOT_FOUND for an unknown e-mail. */
struct problem *account_add(struct db *db, struct arena *a, const char *email, const char *name, const char *password,
    const char **id) MUST_CHECK;
/* All sign-ins of the user end. */
struct problem *account_set_password(struct db *db, struct arena *a, const char *email, const char *password) MUST_CHECK;
/* Disabling revokes every sign-in and every API token; enabling brings none of them back, but an account that was deleted and not
 * yet erased. */
struct problem *account_set_disabled(struct db *db, struct arena *a, const char *email, bool disabled) MUST_CHECK;
/* The subject of an external issuer is this user from now on.  PROBLEM_EXISTS when it is linked already. */
struct problem *account_link(struct db *db, struct arena *a, const char *email, const char *issuer, const char *subject) MUST_CHECK;
struct problem *account_unlink(struct db *db, struct arena *a, const char *issuer, const char *subject) MUST_CHECK;

struct account_row {
	const char *id, *email, *name;
	bool disabled;
	int64_t created_at, last_used_at; /* instants; last_used_at 0 when never signed in, or long ago */
};

/* All users by e-mail. */
struct problem *accounts_list(struct db *db, struct arena *a, struct account_row **accounts, size_t *count) MUST_CHECK;

#endif
