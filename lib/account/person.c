/* person.c -- finds the person of a token, in a space.  There is one statement for each kind of token.  It reads user,
 * session, membership and the head of the space together, always in the same columns, so one function takes them all.
 * What a person may do is policy.c. */
#include "account/person.h"

#include <string.h>

#include "account/bearer.h"
#include "account/caller.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/statement.h"

const char *const role_names[ROLE_COUNT] = {
	[ROLE_NONE] = "none",
	[ROLE_VIEWER] = "viewer",
	[ROLE_MEMBER] = "member",
	[ROLE_MANAGER] = "manager",
	[ROLE_OWNER] = "owner",
};

const char *const scope_names[SCOPE_COUNT] = {
	[SCOPE_NONE] = "none",
	[SCOPE_READ] = "read",
	[SCOPE_WRITE] = "write",
	[SCOPE_ADMIN] = "admin",
};

enum {
	TOKEN_USED_MINUTES = 10 /* between two writes of last_used_at */
};

enum role
role_named(const char *name)
{
	for (enum role role = ROLE_VIEWER; name != NULL && role < ROLE_COUNT; role++)
		if (strcmp(name, role_names[role]) == 0)
			return role;
	return ROLE_NONE;
}

enum scope
scope_named(const char *name)
{
	for (enum scope scope = SCOPE_READ; name != NULL && scope < SCOPE_COUNT; scope++)
		if (strcmp(name, scope_names[scope]) == 0)
			return scope;
	return SCOPE_NONE;
}

struct problem *
sign_in_again(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_UNAUTHORIZED, "Please sign in again.");

	p->cause = cause;
	return p;
}

static struct problem *
not_live(struct arena *a)
{
	struct problem *p = problem_new(a, PROBLEM_UNAVAILABLE,
	    "The server is being restored; nothing is lost, please wait.");

	p->cause = "meta.live is not 1: a dump was loaded and daybookctl has not yet given the spaces new epochs";
	p->retry_after = 60;
	return p;
}

struct problem *
database_live(struct db *db, struct arena *a)
{
	struct problem *p;
	struct rows *rows;
	const char *live;

	if ((p = db_run(db, a, SQL(DATABASE_LIVE), NULL, 0, &rows)) != NULL)
		return p;
	live = rows->count == 1 ? row_text(rows, 0, DATABASE_IS_LIVE) : NULL;
	return live != NULL && strcmp(live, "1") == 0 ? NULL : not_live(a);
}

/* There is no such session.  While a loaded dump waits for `daybookctl restore`, sessions may be missing from it: the
 * answer is then 503 and not 401, so that devices are not signed out. */
static struct problem *
nobody(struct db *db, struct arena *a, const char *cause)
{
	struct problem *p;

	if ((p = database_live(db, a)) != NULL)
		return p;
	return sign_in_again(a, cause);
}

/* Refuse the row unless it is a valid session of an enabled user. */
static struct problem *
check_row(struct arena *a, const struct rows *rows, size_t i)
{
	const char *live = row_text(rows, i, CALLER_LIVE);

	if (live == NULL || strcmp(live, "1") != 0)
		return not_live(a);
	if (row_integer(rows, i, CALLER_DISABLED) != 0)
		return sign_in_again(a, "the user is disabled");
	if (!row_null(rows, i, CALLER_REVOKED))
		return sign_in_again(a, "the session is revoked");
	if (!row_null(rows, i, CALLER_EXPIRES) && row_instant(rows, i, CALLER_EXPIRES) <= instant_now())
		return sign_in_again(a, "the session has expired");
	return NULL;
}

static void
take_chain(struct person *person, const struct rows *rows, size_t i)
{
	const struct value *chain = row_cell(rows, i, CALLER_CHAIN);

	memset(person->chain, 0, sizeof person->chain);
	if (chain->length >= sizeof person->chain)
		memcpy(person->chain, chain->bytes, sizeof person->chain);
}

/* The id of nobody, which is the lowest, stands for everybody. */
static void
take_overseen(struct person *person, const struct value *ids)
{
	static const unsigned char nobody[DB_ID_SIZE];

	person->oversees_all = ids->length >= sizeof nobody && memcmp(ids->bytes, nobody, sizeof nobody) == 0;
	person->overseen_count = person->oversees_all ? 0 : ids->length / DB_ID_SIZE;
	person->overseen = person->overseen_count == 0 ? NULL : (const unsigned char *)ids->bytes;
}

static void
take_space(struct person *person, const struct rows *rows, size_t i)
{
	bool member = !row_null(rows, i, CALLER_SPACE) && !row_null(rows, i, CALLER_EPOCH);

	person->space_id = member ? row_text(rows, i, CALLER_SPACE) : NULL;
	person->space_kind = member ? row_text(rows, i, CALLER_SPACE_KIND) : NULL;
	person->role = member ? role_named(row_text(rows, i, CALLER_ROLE)) : ROLE_NONE;
	person->view_epoch = member ? row_integer(rows, i, CALLER_VIEW_EPOCH) : 0;
	take_overseen(person, member ? row_cell(rows, i, CALLER_OVERSEES) : &(struct value){ .length = 0 });
	person->space_since = member ? row_instant(rows, i, CALLER_SPACE_SINCE) : 0;
	person->seq = member ? row_integer(rows, i, CALLER_SEQ) : 0;
	person->min_seq = member ? row_integer(rows, i, CALLER_MIN_SEQ) : 0;
	person->epoch = member ? row_text(rows, i, CALLER_EPOCH) : NULL;
	take_chain(person, rows, i);
}

static void
take_user(struct person *person, const struct rows *rows, size_t i)
{
	person->user_id = row_text(rows, i, CALLER_USER);
	person->name = row_text(rows, i, CALLER_NAME);
	person->email = row_text(rows, i, CALLER_EMAIL);
	person->home_space = row_text(rows, i, CALLER_HOME);
	person->scope = scope_named(row_text(rows, i, CALLER_SCOPE));
	person->device_id = row_text(rows, i, CALLER_DEVICE);
	person->session_until = row_null(rows, i, CALLER_EXPIRES) ? INT64_MAX : row_instant(rows, i, CALLER_EXPIRES);
}

static int64_t
use_due(const struct rows *rows, size_t i)
{
	return row_instant(rows, i, CALLER_BY_TOKEN_USED) + TOKEN_USED_MINUTES * 60000;
}

struct problem *
person_of_row(struct arena *a, const struct rows *rows, size_t i, struct person *person)
{
	const char *kind = row_text(rows, i, CALLER_KIND), *bound = row_text(rows, i, CALLER_BOUND_SPACE);
	struct problem *p;

	if ((p = check_row(a, rows, i)) != NULL)
		return p;
	if (person->api_token != (strcmp(kind, "token") == 0) || person->by_pin != (strcmp(kind, "pin") == 0) ||
	    (bound != NULL && strcmp(bound, person->space_id) != 0))
		return sign_in_again(a, "the session has become another one");
	take_user(person, rows, i);
	take_space(person, rows, i);
	if (person->api_token)
		person->use_due = use_due(rows, i);
	return NULL;
}

/* Record that an API token is in use, at most once in TOKEN_USED_MINUTES.  If that fails, the request goes on. */
static void
note_use(struct db *db, struct arena *a, const struct rows *rows, struct person *person)
{
	struct problem *p;
	int64_t now = instant_now();

	person->use_due = use_due(rows, 0);
	if (person->use_due > now)
		return;
	person->use_due = now + TOKEN_USED_MINUTES * 60000;
	p = db_run(db, a, SQL(TOKEN_USED), VALUES(value_id(row_text(rows, 0, CALLER_BY_TOKEN_SESSION))), NULL);
	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "token-use",
		    "cause=%s", log_quote(a, p->cause != NULL ? p->cause : p->detail));
}

static struct problem *
person_of_api_token(struct db *db, struct arena *a, const char *token, const char *space, struct person *person)
{
	struct problem *p;
	struct rows *rows;
	unsigned char hash[SHA256_SIZE];
	const char *bound;

	if (!bearer_hash(API_TOKEN_PREFIX, token, hash))
		return sign_in_again(a, "not the form of an API token");
	if ((p = db_run(db, a, SQL(CALLER_BY_TOKEN), VALUES(value_bytes(hash, sizeof(hash))), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return nobody(db, a, "no such API token");
	if ((p = check_row(a, rows, 0)) != NULL)
		return p;

	take_user(person, rows, 0);
	person->api_token = true;
	person->session_id = row_text(rows, 0, CALLER_BY_TOKEN_SESSION);
	bound = row_text(rows, 0, CALLER_BOUND_SPACE);
	if (space == NULL || (bound != NULL && strcmp(space, bound) == 0))
		take_space(person, rows, 0);
	note_use(db, a, rows, person);
	return NULL;
}

/* The subject is compared again byte by byte, because SQL ignores blanks at its end. */
static struct problem *
read_identity(struct db *db, struct arena *a, const char *issuer, const char *subject, const char *space,
    struct rows **rows)
{
	struct problem *p;

	p = db_run(db, a, SQL(CALLER_BY_IDENTITY),
	    VALUES(value_id(space), value_text(issuer), value_text(subject)), rows);
	if (p != NULL)
		return p;
	if ((*rows)->count == 0 || strcmp(row_text(*rows, 0, CALLER_BY_IDENTITY_ISSUER), issuer) != 0 ||
	    strcmp(row_text(*rows, 0, CALLER_BY_IDENTITY_SUBJECT), subject) != 0)
		return nobody(db, a, "no user is linked to this subject");
	return check_row(a, *rows, 0);
}

static struct problem *
person_of_identity(struct db *db, struct arena *a, const struct claims *claims, const char *space,
    struct person *person)
{
	struct problem *p;
	struct rows *rows;

	if ((p = read_identity(db, a, claims->issuer, claims->subject, space, &rows)) != NULL)
		return p;

	take_user(person, rows, 0);
	take_space(person, rows, 0);
	person->issuer = claims->issuer;
	person->subject = claims->subject;
	return NULL;
}

static struct problem *
check_session(struct db *db, struct arena *a, const struct rows *rows)
{
	return rows->count == 0 ? nobody(db, a, "no such session") : check_row(a, rows, 0);
}

static struct problem *
read_session(struct db *db, struct arena *a, const char *session, const char *space, struct rows **rows)
{
	struct problem *p;

	if ((p = db_run(db, a, SQL(CALLER), VALUES(value_id(space), value_id(session)), rows)) != NULL)
		return p;
	return check_session(db, a, *rows);
}

static struct problem *
person_of_sign_in(struct db *db, struct arena *a, const struct claims *claims, const char *space, struct person *person)
{
	struct problem *p;
	struct rows *rows;
	const char *bound;

	if (!uuid_valid(claims->session))
		return sign_in_again(a, "the token names no session");
	if ((p = read_session(db, a, claims->session, space != NULL ? space : claims->space, &rows)) != NULL)
		return p;
	if (strcmp(row_text(rows, 0, CALLER_KIND), "token") == 0)
		return sign_in_again(a, "the token names the session of an API token");
	if (strcmp(row_text(rows, 0, CALLER_USER), claims->subject) != 0)
		return sign_in_again(a, "the token names the session of another user");

	take_user(person, rows, 0);
	bound = row_text(rows, 0, CALLER_BOUND_SPACE);
	person->by_pin = strcmp(row_text(rows, 0, CALLER_KIND), "pin") == 0;
	if (!person->by_pin || space == NULL || (bound != NULL && strcmp(space, bound) == 0))
		take_space(person, rows, 0);
	person->session_id = claims->session;
	return NULL;
}

/* What of a person nothing has been said about. */
static const struct person nobody_yet = {
	.token_until = INT64_MAX, .session_until = INT64_MAX, .use_due = INT64_MAX,
};

/* A space that no id names matches no space, and does not fall back to the token's own. */
static const char *
space_asked(const char *space)
{
	return space != NULL && !uuid_valid(space) ? "" : space;
}

struct problem *
person_of_session(struct db *db, struct arena *a, const struct claims *claims, const char *space, struct person *person)
{
	*person = nobody_yet;
	return person_of_sign_in(db, a, claims, space_asked(space), person);
}

static struct problem *
person_of_any_token(struct db *db, struct arena *a, const struct token_ring *ring, const char *token, const char *space,
    struct person *person)
{
	struct problem *p;
	struct claims claims;

	space = space_asked(space);
	if (strncmp(token, API_TOKEN_PREFIX, strlen(API_TOKEN_PREFIX)) == 0)
		return person_of_api_token(db, a, token, space, person);
	if ((p = token_verify(ring, a, token, instant_now() / 1000, &claims)) != NULL)
		return p;
	person->token_until = claims.expires_at * 1000;
	if (claims.external)
		return person_of_identity(db, a, &claims, space, person);
	return person_of_sign_in(db, a, &claims, space, person);
}

struct problem *
person_of_token(struct db *db, struct arena *a, const struct token_ring *ring, const char *token, const char *space,
    struct person *person)
{
	struct shared_moment moment = shared_moment();
	struct problem *p;

	*person = nobody_yet;
	if ((p = person_of_any_token(db, a, ring, token, space, person)) != NULL)
		return p;
	caller_keep(ring, token, space, person, moment);
	return NULL;
}

void
person_at_device(struct person *person, const char *device_id)
{
	if (!person->by_pin)
		person->device_id = device_id;
}

const char *
author_name(const char *user_id, const char *name)
{
	if (name != NULL)
		return name;
	return strcmp(user_id, NOBODY) == 0 ? "Daybook" : "";
}

struct person
person_itself(const char *space_id)
{
	return (struct person){
		.user_id = NOBODY,
		.name = "Daybook",
		.email = "",
		.home_space = "",
		.scope = SCOPE_ADMIN,
		.space_id = space_id,
		.space_kind = "team",
		.role = ROLE_OWNER,
		.epoch = "",
	};
}

static struct problem *
take_again(struct arena *a, const struct rows *rows, struct person *person)
{
	if (strcmp(row_text(rows, 0, CALLER_USER), person->user_id) != 0)
		return sign_in_again(a, "the identity was linked to another user");

	/* The name may have changed since; a person who joins a team now is listed under the present one. */
	person->name = row_text(rows, 0, CALLER_NAME);
	person->email = row_text(rows, 0, CALLER_EMAIL);
	if (row_null(rows, 0, CALLER_SPACE)) { /* space_id stays: the write under way needs it */
		person->role = ROLE_NONE;
		take_overseen(person, &(struct value){ .length = 0 });
	} else {
		take_space(person, rows, 0);
	}
	return NULL;
}

struct problem *
person_again_of_rows(struct db *db, struct arena *a, const struct rows *rows, struct person *person)
{
	struct problem *p;

	if ((p = check_session(db, a, rows)) != NULL)
		return p;
	return take_again(a, rows, person);
}

/* A person without session and issuer is Daybook itself. */
struct problem *
person_again(struct db *db, struct arena *a, struct person *person)
{
	struct problem *p;
	struct rows *rows;
	const char *space = person->space_id != NULL ? person->space_id : "";

	if (person->session_id == NULL && person->issuer == NULL)
		return NULL;
	if (person->session_id != NULL)
		p = read_session(db, a, person->session_id, space, &rows);
	else
		p = read_identity(db, a, person->issuer, person->subject, space, &rows);
	return p != NULL ? p : take_again(a, rows, person);
}
