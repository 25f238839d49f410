/* person.h -- who is asking, in which space, and in which role.  One statement finds that by the token; nothing in a
 * body can change it. */
#ifndef PERSON_H
#define PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "account/token.h"
#include "host/head.h"
#include "store/db.h"

/* The id of no user.  It is the author of Daybook's own writes, and the owner of records that belong to no member. */
#define NOBODY "00000000-0000-0000-0000-000000000000"

/* The name to show for the author of a write.  name is the user's, which is returned; where it is NULL the answer is
 * "Daybook" for NOBODY and "" for anyone else. */
const char *author_name(const char *user_id, const char *name);

/* Roles in a space, the lowest first. */
enum role {
	ROLE_NONE, /* not a member */
	ROLE_VIEWER,
	ROLE_MEMBER,
	ROLE_MANAGER,
	ROLE_OWNER,
	ROLE_COUNT
};

/* What a token allows, the least first. */
enum scope {
	SCOPE_NONE,
	SCOPE_READ,
	SCOPE_WRITE,
	SCOPE_ADMIN,
	SCOPE_COUNT
};

extern const char *const role_names[ROLE_COUNT];   /* "none" … "owner" */
extern const char *const scope_names[SCOPE_COUNT]; /* "none", "read", "write", "admin" */

/* The role or scope of that name; ROLE_NONE or SCOPE_NONE when there is none. */
enum role role_named(const char *name);
enum scope scope_named(const char *name);

/* Who is asking, as their token shows, and their membership in the space of the request. */
struct person {
	/* the user */
	const char *user_id, *name, *email, *home_space;
	/* how they signed in */
	const char *session_id; /* NULL with a token of an external issuer */
	const char *issuer, *subject; /* of an external token, else NULL */
	bool api_token;         /* by an API token, not a sign-in */
	bool by_pin;            /* by PIN on a shared handheld */
	int64_t token_until, session_until; /* instants at which they end; INT64_MAX: never */
	int64_t use_due;        /* when the use of an API token is to be recorded again; else INT64_MAX */
	enum scope scope;       /* what the token allows; a sign-in has SCOPE_ADMIN, one by PIN SCOPE_WRITE */
	const char *device_id;  /* see person_at_device; or NULL */
	/* the space of this request */
	const char *space_id;   /* NULL when no space was asked for, or the person is not a member of it */
	const char *space_kind; /* "personal" or "team" */
	enum role role;
	const unsigned char *overseen; /* ids of those they oversee (policy.h), DB_ID_SIZE bytes each, ascending */
	size_t overseen_count;
	bool oversees_all;      /* they oversee everybody; overseen_count is 0 */
	int64_t view_epoch, seq, min_seq; /* of the cursor; head of the space; last purged tombstone (PROTOCOL.md 4) */
	unsigned char chain[CHAIN_BYTES]; /* of the audit row at seq; zeros before the first write */
	int64_t space_since;    /* the instant at which the space was made; 0 for Daybook itself */
	const char *epoch;
};

/* PROBLEM_UNAVAILABLE while a loaded dump waits for `daybookctl restore` (meta.live is not 1): for calls without a
 * token. */
struct problem *database_live(struct db *db, struct arena *a) MUST_CHECK;

/* Find the person who holds a token: a JWT or an API token.  space is the one in the path, or NULL for the token's own:
 * the one space of an API token or PIN, or the `space` claim of a sign-in.  A token that is bound to a space leaves
 * person->space_id NULL for any other.  PROBLEM_UNAUTHORIZED for a token that is unknown, expired or revoked, and for a
 * disabled user.  PROBLEM_UNAVAILABLE when the database is away or not live.  The texts of person belong to a. */
struct problem *person_of_token(struct db *db, struct arena *a, const struct token_ring *ring, const char *token,
    const char *space, struct person *person) MUST_CHECK;

/* The same of the sign-in that the subject and session of claims name; their space counts where space is NULL. */
struct problem *person_of_session(struct db *db, struct arena *a, const struct claims *claims, const char *space,
    struct person *person) MUST_CHECK;

/* Take what row i of the columns CALLER and CALLER_BY_TOKEN or CALLER_BY_IDENTITY says about a person whose session or
 * identity, and whose space, it is known to be about.  PROBLEM_UNAUTHORIZED or PROBLEM_UNAVAILABLE as above. */
struct problem *person_of_row(struct arena *a, const struct rows *rows, size_t i, struct person *person) MUST_CHECK;

/* PROBLEM_UNAUTHORIZED, with the same words for everything that can be wrong with a sign-in; cause is for the log. */
struct problem *sign_in_again(struct arena *a, const char *cause);

/* Set the device that the request names (X-Device-Id, or the device of a push) in place of the session's.  A sign-in by
 * PIN keeps the device of its handheld, whatever the request says. */
void person_at_device(struct person *person, const char *device_id);

/* The person who stands for Daybook itself in a space.  It may do everything there, and its user id is NOBODY. */
struct person person_itself(const char *space_id);

/* Read user, session and membership of person again, inside a transaction that holds the lock of the space.  A session
 * that was revoked, a user who was disabled, or an identity that was unlinked meanwhile is PROBLEM_UNAUTHORIZED.  A
 * membership that was lost sets role to ROLE_NONE. */
struct problem *person_again(struct db *db, struct arena *a, struct person *person) MUST_CHECK;

/* The same when rows were read already: the columns CALLER by the person's session and space come first. */
struct problem *person_again_of_rows(struct db *db, struct arena *a, const struct rows *rows,
    struct person *person) MUST_CHECK;

#endif
