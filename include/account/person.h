/* person.h -- who is asking, in which space, and as what.  Proved by one statement from the token's session; never from a body. */
#ifndef PERSON_H
#define PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "account/token.h"
#include "store/db.h"

/* The id of no user: Daybook itself at work, and the owner of what belongs to a space and to none of its members. */
#define NOBODY "00000000-0000-0000-0000-000000000000"

/* How people read who wrote something: name is that of the user, NULL where there is none.  "Daybook" for NOBODY, else "". */
const char *author_name(const char *user_id, const char *name);

enum role {
	ROLE_NONE, /* not a member */
	ROLE_VIEWER,
	ROLE_MEMBER,
	ROLE_MANAGER,
	ROLE_OWNER,
	ROLE_COUNT
};

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

struct person {
	/* the user */
	const char *user_id, *name, *email, *home_space;
	/* how they came in */
	const char *session_id; /* NULL with a token of an external issuer */
	const char *issuer, *subject; /* of an external token, else NULL */
	bool api_token;         /* an API token, not a sign-in */
	bool by_pin;            /* a sign-in by PIN on a shared handheld */
	enum scope scope;       /* what the token allows; sign-ins have SCOPE_ADMIN, by PIN SCOPE_WRITE */
	const char *device_id;  /* see person_at_device; or NULL */
	/* the space of this request */
	const char *space_id;   /* NULL when the caller is no member of the one asked for, or none was */
	const char *space_kind; /* "personal" or "team" */
	enum role role;
	int64_t view_epoch, seq, min_seq;
	int64_t space_since;    /* when it was made: nobody did anything in it before; 0 for Daybook itself */
	const char *epoch;
};

/* PROBLEM_UNAVAILABLE while meta.live is not 1: for calls that come without a token. */
struct problem *database_live(struct db *db, struct arena *a) MUST_CHECK;

/* Who holds this token?  authorization is the text after "Bearer " (a JWT or an API token), or the value of X-API-Key.  space is the
 * space named by the path, or NULL for the token's own (the one space of an API token or PIN, a sign-in's `space` claim).  A token bound to a
 * space leaves person->space_id NULL for any other.  PROBLEM_UNAUTHORIZED for an unknown, expired, revoked token or a disabled user;
 * PROBLEM_UNAVAILABLE when the database is away or not live (meta). */
struct problem *person_of_token(struct db *db, struct arena *a, const struct token_ring *ring, const char *token,
    const char *space, struct person *person) MUST_CHECK;

/* The request says on which device it was made: X-Device-Id, or the device of a push; else it is the session's.  A shared handheld is
 * always itself. */
void person_at_device(struct person *person, const char *device_id);

/* Daybook itself at work in a space, for what happens without anybody asking.  It may everything there; its user id is nobody's. */
struct person person_itself(const char *space_id);

/* Read user, session and membership of person again, inside a transaction that holds the space's lock: a revoked session, a disabled
 * user or a lost identity is PROBLEM_UNAUTHORIZED; a lost membership sets role to ROLE_NONE. */
struct problem *person_again(struct db *db, struct arena *a, struct person *person) MUST_CHECK;

#endif
