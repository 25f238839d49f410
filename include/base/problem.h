/* problem.h -- what went wrong, as a problem of RFC 9457.  Every function that can fail returns a problem, or NULL when
 * all went well.  The function that finds the failure names it: return problem_new(a, PROBLEM_INVALID, "...").  Its
 * callers return it unchanged.  schema/PROTOCOL.md 17. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdbool.h>

#include "base/arena.h"

/* The closed list of problems; problem_kinds[] gives each its status, type and title. */
enum problem_kind {
	PROBLEM_MALFORMED,          /* 400 not JSON, bad UTF-8, bad query, duplicate key */
	PROBLEM_INVALID,            /* 400 a value of the wrong type, form or range */
	PROBLEM_TOO_MUCH,           /* 400 a read that would look through more than is done for one request */
	PROBLEM_UNKNOWN_FIELD,      /* 400 a member or parameter that is not declared */
	PROBLEM_READ_ONLY,          /* 400 a member only the server writes, or an immutable one */
	PROBLEM_REQUIRED,           /* 400 a required member is missing or emptied */
	PROBLEM_UNAUTHORIZED,       /* 401 no token, or not a valid one */
	PROBLEM_FORBIDDEN,          /* 403 the role or scope is too low */
	PROBLEM_NOT_FOUND,          /* 404 absent, or not for this person to see: the answer is the same */
	PROBLEM_METHOD_NOT_ALLOWED, /* 405 with Allow */
	PROBLEM_CONFLICT,           /* 409 the write conflicts with an earlier one; members show both sides */
	PROBLEM_OVERLAP,            /* 409 two entries of one person at the same time, in a space that allows none */
	PROBLEM_LAST_OWNER,         /* 409 a team would be left without an owner */
	PROBLEM_PERIOD_CLOSED,      /* 409 the days are handed in; the member `period` says which */
	PROBLEM_EXISTS,             /* 409 the id, name or e-mail is taken */
	PROBLEM_DOUBLED,            /* 409 rows of a file that were imported before, read in another way */
	PROBLEM_RESYNC,             /* 410 the cursor cannot be continued */
	PROBLEM_PRECONDITION,       /* 412 If-Match names another version */
	PROBLEM_TOO_LARGE,          /* 413 */
	PROBLEM_SPACE_FULL,         /* 413 the space holds as much as it may */
	PROBLEM_MEDIA_TYPE,         /* 415 */
	PROBLEM_RANGE,              /* 416 bytes beyond the end, or, of an upload, not next to those received */
	PROBLEM_OP_REUSED,          /* 422 an op id or Idempotency-Key with another request */
	PROBLEM_THROTTLED,          /* 429 with Retry-After: what may be guessing, such as wrong passwords */
	PROBLEM_TOO_MANY,           /* 429 with Retry-After: what is allowed so many times in a span of time */
	PROBLEM_BUSY,               /* 429 with Retry-After: too much is under way at this moment */
	PROBLEM_INTERNAL,           /* 500 a fault of the server; the cause is in the log */
	PROBLEM_UNAVAILABLE,        /* 503 the database is away; with Retry-After */
	PROBLEM_STORAGE,            /* 507 the disk of the server is full; with Retry-After */
	PROBLEM_COUNT
};

struct problem_kind_row {
	int status;        /* of the reply */
	const char *type;  /* "/problems/stale-version": for programs; it never changes */
	const char *title; /* the same for all problems of this type */
};

extern const struct problem_kind_row problem_kinds[PROBLEM_COUNT];

/* One failure: what the client is told about it, and its cause for the log. */
struct problem {
	enum problem_kind kind;
	const char *detail;  /* one sentence for people; anybody may read it, so it holds no value from the database */
	const char *field;   /* the member or parameter at fault, or NULL */
	const char *members; /* further members, serialised and without braces: "\"currentVersion\":3", or NULL */
	const char *cause;   /* for the log only, never sent; or NULL */
	const char *scope;   /* of a 403: the scope that the token lacks; or NULL */
	const char *allow;   /* of a 405: "GET, HEAD", or NULL */
	const char *range;   /* of an unfinished upload: what was received so far, "bytes=0-99"; or NULL */
	const char *content_range; /* of a 416: the Content-Range header, which has the full length; or NULL */
	bool stands;         /* of a write: refused whatever its base is, never a conflict */
	int retry_after;     /* seconds for Retry-After; 0 = no header */
};

/* A problem with this detail, in a.  Never NULL. */
struct problem *problem_new(struct arena *a, enum problem_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same, naming the member at fault; field is copied. */
struct problem *problem_at(struct arena *a, enum problem_kind kind, const char *field, const char *format,
    ...) PRINTF_LIKE(4, 5);

/* True for a failure of the server or its database (500, 503, 507): the outcome is unknown.  Every other problem
 * is about what was asked. */
bool problem_is_fatal(const struct problem *p);

/* A copy of the problem in another arena. */
struct problem *problem_copy(struct arena *a, const struct problem *p);

/* A 500 whose detail says nothing to the client.  The formatted text is its cause, for the log. */
struct problem *problem_internal(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* An assertion, which only a bug or damaged data can break.  NULL when it holds, else a 500; its cause is what, a
 * sentence about what should hold ("a write makes the next version").  The caller stops before it does any harm. */
struct problem *must_hold(struct arena *a, bool holds, const char *what) MUST_CHECK;

#endif
