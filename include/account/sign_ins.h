/* sign_ins.h -- what happened to an account, for its owner: who signed in, from where, with which device; wrong
 * passwords; new API tokens.  Rows are kept for SIGN_IN_DAYS, and at most SIGN_IN_ROWS_MAX of a user.  Sign-ins by PIN
 * are not here: a handheld belongs to its team. */
#ifndef SIGN_INS_H
#define SIGN_INS_H

#include "account/session.h"

enum {
	SIGN_IN_DAYS = 90,
	SIGN_IN_ROWS_MAX = 300,     /* of a user; the oldest are deleted */
	SIGN_IN_MAILS_A_DAY = 10 /* to a user */
};

enum sign_in_kind {
	SIGN_IN_UP,       /* the account was made */
	SIGN_IN_PASSWORD,
	SIGN_IN_FAILED,   /* one row for a day and a network, with a count */
	SIGN_IN_TOKEN,    /* an API token was made */
	SIGN_IN_KINDS
};

extern const char *const sign_in_names[SIGN_IN_KINDS]; /* "sign-up", "sign-in", "failed", "token" */

/* What the caller's network is called: an IPv4 address without its last byte ("203.0.113.0/24"), an IPv6 network of
 * a customer or a site ("2001:db8:1::/48").  "" when it is not known. */
char *network_short(struct arena *a, const char *network);

/* Write down a sign-in, or that an account was made.  entry is the result; device_id may be NULL; name is what the
 * device is called.  A sign-in from a device that this user has not used before is also told by mail. */
struct problem *sign_in_note(const struct gate *g, enum sign_in_kind kind, const struct entry *entry,
    const char *device_id, const char *name) MUST_CHECK;

/* Write down that a password was wrong.  user_id is NULL when nobody has the address: that takes the same time. */
struct problem *sign_in_failed(const struct gate *g, const char *user_id, const char *name) MUST_CHECK;

/* Write down that an API token was made, and tell its owner by mail.  name is that of the device that made it. */
struct problem *sign_in_token(const struct gate *g, const struct person *person, const struct session_row *token,
    const char *name) MUST_CHECK;

/* A row, as its owner sees it. */
struct sign_in_row {
	const char *id, *kind;
	const char *name;               /* of the device; of a token, that of the token */
	const char *device_id, *session_id; /* or NULL */
	const char *network;            /* or "" */
	int64_t at, count;              /* count is that of wrong passwords; else 1 */
};

/* At most `most` rows of the user, newest first, that are older than the row `after` (NULL: from the newest). */
struct problem *sign_ins_of_user(struct db *db, struct arena *a, const char *user_id, const char *after, int64_t most,
    struct sign_in_row **sign_ins, size_t *count) MUST_CHECK;

#endif
