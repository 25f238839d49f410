/* session.h -- sign-ins with their refresh tokens, API tokens, and the spaces of a user.  A session is a row of the
 * table `session`: a sign-in (with a password or a PIN) or an API token.  Sign-ins by PIN are in pin.h.  How one
 * refresh token follows another is in refresh.h. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/person.h"
#include "account/token.h"
#include "base/config.h"
#include "host/turn.h"
#include "store/db.h"

enum {
	API_TOKENS_MAX = 100,     /* of one user, without expired and revoked ones */
	LENT_TOKENS_MAX = 20,     /* of those, that sign-ins of one kind of client were given */
	SIGN_INS_MAX = 100,       /* the same; a further one ends the one that was used least recently */
	ENDED_MAX = 100,          /* ended ones of one user, of every kind; the oldest are deleted */
	API_TOKEN_DAYS_MAX = 3650,
	API_TOKEN_DAYS_USUAL = 365 /* unless its owner chooses */
};

/* The resources for signing people in or changing their account, and the network that the request comes from. */
struct gate {
	struct db *db;
	struct arena *a;
	const struct config *config;
	const struct token_ring *ring;
	struct turns *turns;
	const char *network; /* the caller's, for throttling */
};

/* The result of a sign-in: what the client is sent.  space is the one that the access token means when a path names
 * none: the home space, or after a sign-in by PIN the space of the handheld. */
struct entry {
	const char *user_id, *email, *name, *space;
	const char *session_id;
	const char *access_token, *refresh_token;
	int64_t expires_in; /* seconds, of the access token */
	bool cookie;        /* the refresh token goes into a cookie and not into the body */
};

/* Write a sign-in of entry->user_id and fill in its tokens.  password is the stored hash against which the password was
 * verified: the row is written only if it is still the user's and the user is not disabled, else PROBLEM_UNAUTHORIZED.
 * It may be called inside a transaction. */
struct problem *session_open(const struct gate *g, const char *password, const char *device_id, const char *name,
    struct entry *entry) MUST_CHECK;

/* Give entry a new access token for this many seconds, for its user, session and space. */
struct problem *session_give_access(const struct gate *g, struct entry *entry, int64_t seconds) MUST_CHECK;

/* Fill in entry with the next refresh token and a new access token.  device_id is the device that asks, or NULL.
 * A token that was used before may ask again, from the device of the sign-in, until the token of its answer was used:
 * within a minute it gets the same answer, later a new one that replaces it.  A token that was replaced or is older was
 * copied by somebody, so it revokes the session (schema/PROTOCOL.md 16).  by_cookie must agree with how the sign-in was
 * made.  PROBLEM_UNAUTHORIZED for everything that is wrong with the token, PROBLEM_UNAVAILABLE when other workers kept
 * advancing the chain. */
struct problem *session_refresh(const struct gate *g, const char *text, const char *device_id, bool by_cookie,
    struct entry *entry) MUST_CHECK;

/* End the session of this refresh token, which may be any token of its chain.  An unknown token ends nothing and is no
 * problem. */
struct problem *session_close(const struct gate *g, const char *text) MUST_CHECK;

/* End the session of that id.  One that has ended already is no problem. */
struct problem *session_end(const struct gate *g, const char *id) MUST_CHECK;

enum session_kind {
	SESSION_SIGN_IN,  /* by PIN too */
	SESSION_API_TOKEN
};

/* A session, as a list shows it. */
struct session_row {
	const char *id, *name;
	const char *device_id;           /* or NULL */
	const char *kind;                /* "sign-in", "pin" or "token" */
	const char *scope, *space_id;    /* of an API token or a PIN; else NULL */
	int64_t created_at, last_used_at;
	int64_t expires_at;              /* 0 = never */
};

/* The sessions of a user that have neither expired nor been revoked, newest first. */
struct problem *sessions_of_user(struct db *db, struct arena *a, const char *user_id, enum session_kind kind,
    struct session_row **sessions, size_t *count) MUST_CHECK;

/* Delete the ended sessions of a user, of every kind, but for the ENDED_MAX newest.  Whoever opens one calls it. */
struct problem *sessions_forget(struct db *db, struct arena *a, const char *user_id) MUST_CHECK;

/* End a session of the user.  PROBLEM_NOT_FOUND when it is not theirs, has ended, or does not exist. */
struct problem *session_revoke(struct db *db, struct arena *a, const char *user_id, enum session_kind kind,
    const char *id) MUST_CHECK;

/* Create an API token for one space, of which the user must be a member (else PROBLEM_NOT_FOUND).  With days 0 it does
 * not expire; the caller has checked days against the setting api_token_days.  *text is the token; only its hash is
 * stored.  PROBLEM_FORBIDDEN when there are API_TOKENS_MAX already. */
struct problem *api_token_create(struct db *db, struct arena *a, const char *user_id, const char *name,
    enum scope scope, const char *space_id, int64_t days, struct session_row *row, const char **text) MUST_CHECK;

/* The same for so many seconds: the sign-in of a client that knows no refresh tokens.  Of those with this name and time
 * the LENT_TOKENS_MAX newest stay; older ones end, as the oldest sign-ins do. */
struct problem *api_token_lend(struct db *db, struct arena *a, const char *user_id, const char *name,
    enum scope scope, const char *space_id, int64_t seconds, struct session_row *row, const char **text) MUST_CHECK;

/* A space, as one of its members sees it. */
struct space_row {
	const char *id, *kind, *name, *epoch;
	enum role role;
	int64_t seq, joined_at;
};

/* A row of SPACES_OF_USER or SPACE_OF_USER. */
struct space_row space_of_row(const struct rows *rows, size_t row);

/* The spaces of a user: the home space first, then the others by name. */
struct problem *spaces_of_user(struct db *db, struct arena *a, const char *user_id, struct space_row **spaces,
    size_t *count) MUST_CHECK;

#endif
