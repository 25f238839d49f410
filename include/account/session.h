/* session.h -- what lets a person in again without a password: sign-ins with their refresh tokens, and API tokens (PINs: pin.h); and the spaces
 * one may enter.  No HTTP here.  How refresh tokens follow each other is in refresh.h. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/person.h"
#include "account/token.h"
#include "base/config.h"
#include "base/crypto.h"
#include "store/db.h"

enum {
	API_TOKENS_MAX = 100,     /* live ones of a user */
	API_TOKEN_DAYS_MAX = 3650
};

/* What calls at the door work with: the worker's means and where the caller stands. */
struct gate {
	struct db *db;
	struct arena *a;
	const struct config *config;
	const struct token_ring *ring;
	const char *network; /* the caller's, for throttling */
};

/* Someone came in.  space is the home space, which the access token defaults to. */
struct entry {
	const char *user_id, *email, *name, *space;
	const char *session_id;
	const char *access_token, *refresh_token;
	int64_t expires_in; /* seconds, of the access token */
	bool cookie;        /* the refresh token goes into a cookie, never into a body */
};

/* Write a sign-in of entry->user_id and fill in its tokens.  For account.c: password is the hash just proved, and the row is written
 * only while it still is the user's and the user is not disabled (else PROBLEM_UNAUTHORIZED).  Also inside a transaction. */
struct problem *session_open(const struct gate *g, const char *password, const char *device_id, const char *name,
    struct entry *entry) MUST_CHECK;

/* An access token for so many seconds, for the user, session and space of entry. */
struct problem *session_give_access(const struct gate *g, struct entry *entry, int64_t seconds) MUST_CHECK;

/* The next refresh token and a new access token.  Asked again with the same token while the answer to the first call is unused, the
 * answer is the same; a token older than that revokes the session.  by_cookie must agree with how the sign-in was made. */
struct problem *session_refresh(const struct gate *g, const char *text, bool by_cookie, struct entry *entry) MUST_CHECK;

/* End the session this refresh token belongs to, whichever of its chain it is.  A token nobody knows ends nothing: no problem. */
struct problem *session_close(const struct gate *g, const char *text) MUST_CHECK;

/* End the session by its id; no problem when it has ended already. */
struct problem *session_end(const struct gate *g, const char *id) MUST_CHECK;

enum session_kind {
	SESSION_SIGN_IN,  /* by PIN too */
	SESSION_API_TOKEN
};

struct session_row {
	const char *id, *name;
	const char *device_id;           /* or NULL */
	const char *kind;                /* "sign-in", "pin" or "token" */
	const char *scope, *space_id;    /* of an API token or a PIN */
	int64_t created_at, last_used_at;
	int64_t expires_at;              /* 0 = never */
};

/* The live ones of a user, the newest first. */
struct problem *sessions_of_user(struct db *db, struct arena *a, const char *user_id, enum session_kind kind,
    struct session_row **sessions, size_t *count) MUST_CHECK;

/* End one of the user's own; PROBLEM_NOT_FOUND for anyone else's, one that has ended, and one there never was. */
struct problem *session_revoke(struct db *db, struct arena *a, const char *user_id, enum session_kind kind, const char *id) MUST_CHECK;

/* A new API token of the user for one space, of which they must be a member (else PROBLEM_NOT_FOUND).  days 0: it does not expire.
 * text is the token; it is not kept. */
struct problem *api_token_create(struct db *db, struct arena *a, const char *user_id, const char *name, enum scope scope,
    const char *space_id, int64_t days, struct session_row *row, const char **text) MUST_CHECK;

struct space_row {
	const char *id, *kind, *name, *epoch;
	enum role role;
	int64_t seq, joined_at;
};

/* A row of SPACES_OF_USER or SPACE_OF_USER. */
struct space_row space_of_row(const struct rows *rows, size_t row);

/* The spaces of a user: the home space first, the others by name. */
struct problem *spaces_of_user(struct db *db, struct arena *a, const char *user_id, struct space_row **spaces, size_t *count) MUST_CHECK;

#endif
