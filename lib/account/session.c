/* session.c -- sign-ins, API tokens and the spaces of a user, in the tables session and member.  If two workers get the
 * same refresh token at once, both give the same answer: the row is changed only while it still has the hash that was
 * read. */
#include "account/session.h"

#include <string.h>

#include "account/bearer.h"
#include "account/refresh.h"
#include "account/throttle.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/statement.h"

enum {
	/* After a lost try another worker has advanced the chain, so the next read finds an answer to repeat. */
	ADVANCE_TRIES = 3,
	REPEAT_SECONDS = 60, /* for so long the same token gets the same answer */
	SKIPPED_MAX = 1000   /* answers lost in a row; a device tries less than once a minute */
};

/* --- sign-ins --- */

struct problem *
session_give_access(const struct gate *g, struct entry *entry, int64_t seconds)
{
	struct problem *p;
	char *text;
	int64_t now = instant_now() / 1000;
	struct claims claims = {
		.subject = entry->user_id,
		.session = entry->session_id,
		.space = entry->space,
		.issued_at = now,
		.expires_at = now + seconds,
	};

	if ((p = token_issue(g->ring, g->a, &claims, &text)) != NULL)
		return p;
	entry->access_token = text;
	entry->expires_in = claims.expires_at - claims.issued_at;
	return NULL;
}

static int64_t
access_seconds(const struct gate *g)
{
	return (int64_t)g->config->access_minutes * 60;
}

struct problem *
sessions_forget(struct db *db, struct arena *a, const char *user_id)
{
	return db_run(db, a, SQL(SESSIONS_FORGET),
	    VALUES(value_id(user_id), value_id(user_id), value_integer(ENDED_MAX - 1)), NULL);
}

struct problem *
session_open(const struct gate *g, const char *password, const char *device_id, const char *name, struct entry *entry)
{
	struct problem *p;
	struct rows *rows;
	unsigned char secret[REFRESH_SECRET_SIZE], seed[32], hash[SHA256_SIZE];

	entry->session_id = uuid7_text(g->a);
	random_bytes(secret, sizeof(secret));
	random_bytes(seed, sizeof(seed));
	sha256(secret, sizeof(secret), hash);
	p = db_run(g->db, g->a, SQL(SESSION_OPEN),
	    VALUES(value_id(entry->session_id), value_bytes(hash, sizeof(hash)), value_bytes(seed, sizeof(seed)),
	        value_text(device_id), value_text(name), value_integer(entry->cookie),
	        value_integer(g->config->refresh_days), value_id(entry->user_id), value_text(password)),
	    &rows);
	if (p != NULL)
		return p;
	if (rows->affected != 1)
		return sign_in_again(g->a, "the user was disabled or their password changed during the sign-in");

	if ((p = db_run(g->db, g->a, SQL(SESSIONS_TRIM),
	    VALUES(value_id(entry->user_id), value_id(entry->user_id), value_integer(SIGN_INS_MAX - 1)),
	    NULL)) != NULL || (p = sessions_forget(g->db, g->a, entry->user_id)) != NULL)
		return p;
	entry->refresh_token = refresh_text(g->a, entry->session_id, secret);
	return session_give_access(g, entry, access_seconds(g));
}

/* A session as refresh and sign-out see it. */
struct chain {
	const char *user_id, *email, *name, *home_space;
	const unsigned char *hash, *seed;
	const char *device_id; /* of the sign-in, or NULL */
	int64_t ahead;         /* steps between the token that was used last and the newest one */
	int64_t seconds;       /* since then */
	bool cookie;
	bool over;             /* revoked, expired, or its user disabled */
};

static struct problem *
read_chain(const struct gate *g, const char *id, struct chain *chain, bool *found)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(g->db, g->a, SQL(SESSION_READ), VALUES(value_id(id)), &rows)) != NULL)
		return p;
	*found = rows->count == 1 && row_cell(rows, 0, SIGN_IN_HASH)->length == SHA256_SIZE &&
	    row_cell(rows, 0, SIGN_IN_SEED)->length == SHA256_SIZE;
	if (!*found)
		return NULL;
	*chain = (struct chain){
		.user_id = row_text(rows, 0, SIGN_IN_USER),
		.email = row_text(rows, 0, SIGN_IN_EMAIL),
		.name = row_text(rows, 0, SIGN_IN_NAME),
		.home_space = row_text(rows, 0, SIGN_IN_HOME),
		.over = row_integer(rows, 0, SIGN_IN_DISABLED) != 0 || row_integer(rows, 0, SIGN_IN_OVER) != 0,
		.hash = (const unsigned char *)row_text(rows, 0, SIGN_IN_HASH),
		.seed = (const unsigned char *)row_text(rows, 0, SIGN_IN_SEED),
		.device_id = row_text(rows, 0, SIGN_IN_DEVICE),
		.ahead = row_integer(rows, 0, SIGN_IN_AHEAD),
		.seconds = row_integer(rows, 0, SIGN_IN_SECONDS),
		.cookie = row_integer(rows, 0, SIGN_IN_COOKIE) != 0,
	};
	return NULL;
}

/* Somebody holds a copy of an old refresh token.  The session is revoked, for its person and for whoever has the copy;
 * the person signs in again. */
static struct problem *
end_copied(const struct gate *g, const struct chain *chain, const char *session)
{
	struct problem *p;

	log_line(LOG_LEVEL_WARN, "refresh-reused", "session=%s user=%s", session, chain->user_id);
	if ((p = session_end(g, session)) != NULL)
		return p;
	return sign_in_again(g->a, "a spent refresh token was used: the session is revoked");
}

/* Make next, so many steps after the token, the newest of the chain; *moved is false when another worker advanced it or
 * ended the session. */
static struct problem *
advance(const struct gate *g, const struct refresh_token *token, const unsigned char *hash, int steps,
    const unsigned char next[REFRESH_SECRET_SIZE], bool *moved)
{
	struct problem *p;
	struct rows *rows;
	unsigned char next_hash[SHA256_SIZE];

	sha256(next, REFRESH_SECRET_SIZE, next_hash);
	p = db_run(g->db, g->a, SQL(SESSION_ADVANCE),
	    VALUES(value_bytes(next_hash, sizeof(next_hash)), value_integer(steps),
	        value_integer(g->config->refresh_days), value_id(token->session), value_bytes(hash, SHA256_SIZE)),
	    &rows);
	if (p != NULL)
		return p;
	*moved = rows->affected == 1;
	return NULL;
}

/* Where a token stands in its chain.  One that a device has is near.  A copy from long ago is searched for too, and
 * found once, because that ends its session.  Whoever sends made-up ones, each of which is searched for in vain, has
 * to wait like a guesser. */
static struct problem *
find_place(const struct gate *g, const struct chain *chain, const struct refresh_token *token, int *place)
{
	int near = chain->ahead > REFRESH_NEAR ? (int)chain->ahead : REFRESH_NEAR;
	struct problem *p;
	struct throttle t;

	if ((*place = refresh_find(chain->seed, chain->hash, token->secret, near)) != REFRESH_UNKNOWN)
		return NULL;
	throttle_init_refresh(&t, token->session);
	if ((p = throttle_check(g->db, g->a, &t)) != NULL)
		return p;
	*place = refresh_find(chain->seed, chain->hash, token->secret, REFRESH_CHAIN_MAX);
	return *place == REFRESH_UNKNOWN ? throttle_failed(g->db, g->a, &t) : NULL;
}

/* Whether a token at this place may go on: the newest, or from the sign-in's own device the one that was used last.
 * Every other one was answered or skipped before, so somebody has a copy. */
static bool
goes_on(const struct chain *chain, int place, const char *device_id)
{
	if (place == 0)
		return true;
	return place == chain->ahead && place < SKIPPED_MAX &&
	    (chain->device_id == NULL || (device_id != NULL && strcmp(chain->device_id, device_id) == 0));
}

/* Read the chain and advance it; *again is true when another worker was faster, and the caller should retry.
 * The token that was used last gets its answer again for REPEAT_SECONDS.  After that the answer may have been lost, or
 * the token is a copy: it gets a new successor, and the one that was handed out before is worth nothing.  Where that
 * one was not lost, its holder's next refresh ends the session, so an owner and a thief never go on side by side. */
static struct problem *
step(const struct gate *g, const struct refresh_token *token, const char *device_id, bool by_cookie,
    struct entry *entry, bool *again)
{
	struct problem *p;
	struct chain chain;
	int place, steps;
	unsigned char next[REFRESH_SECRET_SIZE];
	bool found, repeat, moved = true;

	*again = false;
	if ((p = read_chain(g, token->session, &chain, &found)) != NULL)
		return p;
	if (!found)
		return sign_in_again(g->a, "no such session");
	if (chain.over)
		return sign_in_again(g->a, "the session has ended");
	if (chain.cookie != by_cookie)
		return sign_in_again(g->a, "the refresh token came by the other way than it was given");

	if ((p = find_place(g, &chain, token, &place)) != NULL)
		return p;
	if (place == REFRESH_UNKNOWN)
		return sign_in_again(g->a, "no refresh token of this session");
	if (!goes_on(&chain, place, device_id))
		return end_copied(g, &chain, token->session);

	repeat = place > 0 && chain.seconds < REPEAT_SECONDS;
	steps = repeat ? place : place + 1;
	refresh_after(chain.seed, token->secret, steps, next);
	if (!repeat && (p = advance(g, token, chain.hash, steps, next, &moved)) != NULL)
		return p;
	*again = !moved;
	*entry = (struct entry){
		.user_id = chain.user_id,
		.email = chain.email,
		.name = chain.name,
		.space = chain.home_space,
		.session_id = token->session,
		.refresh_token = refresh_text(g->a, token->session, next),
		.cookie = chain.cookie,
	};
	return NULL;
}

struct problem *
session_refresh(const struct gate *g, const char *text, const char *device_id, bool by_cookie, struct entry *entry)
{
	struct problem *p;
	struct refresh_token token;
	bool again = true;

	if ((p = database_live(g->db, g->a)) != NULL)
		return p;
	if (!refresh_parse(g->a, text, &token))
		return sign_in_again(g->a, "not the form of a refresh token");
	for (int i = 0; again && i < ADVANCE_TRIES; i++)
		if ((p = step(g, &token, device_id, by_cookie, entry, &again)) != NULL)
			return p;
	if (again) {
		p = problem_new(g->a, PROBLEM_UNAVAILABLE, "Please try again.");
		p->retry_after = 1;
		return p;
	}
	return session_give_access(g, entry, access_seconds(g));
}

struct problem *
session_close(const struct gate *g, const char *text)
{
	struct problem *p;
	struct refresh_token token;
	struct chain chain;
	bool found;
	int place;

	if (!refresh_parse(g->a, text, &token))
		return NULL;
	if ((p = read_chain(g, token.session, &chain, &found)) != NULL || !found || chain.over ||
	    (p = find_place(g, &chain, &token, &place)) != NULL)
		return p;
	return place == REFRESH_UNKNOWN ? NULL : session_end(g, token.session);
}

struct problem *
session_end(const struct gate *g, const char *id)
{
	return db_run(g->db, g->a, SQL(SESSION_END), VALUES(value_id(id)), NULL);
}

/* --- sessions of a user --- */

struct problem *
sessions_of_user(struct db *db, struct arena *a, const char *user_id, enum session_kind kind,
    struct session_row **sessions, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(db, a, SQL(SESSIONS_OF_USER),
	    VALUES(value_id(user_id), value_integer(kind == SESSION_API_TOKEN)), &rows);
	if (p != NULL)
		return p;
	*count = rows->count;
	*sessions = arena_alloc(a, rows->count * sizeof(**sessions));
	for (size_t i = 0; i < rows->count; i++)
		(*sessions)[i] = (struct session_row){
			.id = row_text(rows, i, SESSION_ID),
			.name = row_text(rows, i, SESSION_NAME),
			.device_id = row_text(rows, i, SESSION_DEVICE),
			.scope = row_text(rows, i, SESSION_SCOPE),
			.space_id = row_text(rows, i, SESSION_SPACE),
			.created_at = row_instant(rows, i, SESSION_CREATED_AT),
			.last_used_at = row_instant(rows, i, SESSION_LAST_USED_AT),
			.expires_at = row_instant(rows, i, SESSION_EXPIRES_AT),
			.kind = row_text(rows, i, SESSION_KIND),
		};
	return NULL;
}

struct problem *
session_revoke(struct db *db, struct arena *a, const char *user_id, enum session_kind kind, const char *id)
{
	struct problem *p;
	struct rows *rows;

	if (!uuid_valid(id))
		return problem_new(a, PROBLEM_NOT_FOUND, "There is none with this id.");
	p = db_run(db, a, SQL(SESSION_REVOKE),
	    VALUES(value_id(id), value_id(user_id), value_integer(kind == SESSION_API_TOKEN)), &rows);
	if (p != NULL)
		return p;
	if (rows->affected == 0)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is none with this id.");
	return NULL;
}

/* --- API tokens --- */

static struct problem *
check_member(struct db *db, struct arena *a, const char *user_id, const char *space_id)
{
	struct problem *p;
	struct rows *rows = NULL;

	if (uuid_valid(space_id) &&
	    (p = db_run(db, a, SQL(MEMBER_ROLE), VALUES(value_id(space_id), value_id(user_id)), &rows)) != NULL)
		return p;
	if (rows == NULL || rows->count == 0)
		return problem_at(a, PROBLEM_NOT_FOUND, "space", "There is no such space.");
	return NULL;
}

static struct problem *
check_room(struct db *db, struct arena *a, const char *user_id)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(TOKENS_COUNT), VALUES(value_id(user_id)), &rows)) != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) >= API_TOKENS_MAX)
		return problem_new(a, PROBLEM_FORBIDDEN,
		    "There are %d API tokens already; please revoke one first.", API_TOKENS_MAX);
	return NULL;
}

static struct problem *
create_token(struct db *db, struct arena *a, const char *user_id, const char *name, enum scope scope,
    const char *space_id, int64_t seconds, struct session_row *row, const char **text)
{
	struct problem *p;
	unsigned char hash[SHA256_SIZE];
	int64_t now = instant_now();

	if ((p = check_member(db, a, user_id, space_id)) != NULL || (p = check_room(db, a, user_id)) != NULL)
		return p;

	*text = bearer_make(a, API_TOKEN_PREFIX, hash);
	*row = (struct session_row){
		.id = uuid7_text(a),
		.name = name,
		.scope = scope_names[scope],
		.space_id = space_id,
		.created_at = now,
		.last_used_at = now,
		.expires_at = seconds > 0 ? now + seconds * 1000 : 0,
	};
	p = db_run(db, a, SQL(TOKEN_CREATE),
	    VALUES(value_id(row->id), value_id(user_id), value_bytes(hash, sizeof(hash)), value_text(name),
	        value_text(row->scope), value_id(space_id), value_text(instant_sql(a, now)),
	        value_text(instant_sql(a, now)),
	        value_text(row->expires_at != 0 ? instant_sql(a, row->expires_at) : NULL)),
	    NULL);
	return p != NULL ? p : sessions_forget(db, a, user_id);
}

struct problem *
api_token_create(struct db *db, struct arena *a, const char *user_id, const char *name, enum scope scope,
    const char *space_id, int64_t days, struct session_row *row, const char **text)
{
	return create_token(db, a, user_id, name, scope, space_id, days * 86400, row, text);
}

/* A client that signs in whenever it starts, and never out, is let in as often as it likes. */
struct problem *
api_token_lend(struct db *db, struct arena *a, const char *user_id, const char *name, enum scope scope,
    const char *space_id, int64_t seconds, struct session_row *row, const char **text)
{
	struct problem *p;

	if ((p = db_run(db, a, SQL(TOKENS_TRIM_LENT),
	    VALUES(value_id(user_id), value_text(name), value_integer(seconds), value_id(user_id), value_text(name),
	        value_integer(seconds), value_integer(LENT_TOKENS_MAX - 2)), NULL)) != NULL)
		return p;
	return create_token(db, a, user_id, name, scope, space_id, seconds, row, text);
}

/* --- spaces --- */

struct space_row
space_of_row(const struct rows *rows, size_t row)
{
	return (struct space_row){
		.id = row_text(rows, row, SPACE_ID),
		.kind = row_text(rows, row, SPACE_KIND),
		.name = row_text(rows, row, SPACE_NAME),
		.role = role_named(row_text(rows, row, SPACE_ROLE)),
		.seq = row_integer(rows, row, SPACE_SEQ),
		.epoch = row_text(rows, row, SPACE_EPOCH),
		.joined_at = row_instant(rows, row, SPACE_JOINED_AT),
	};
}

struct problem *
spaces_of_user(struct db *db, struct arena *a, const char *user_id, struct space_row **spaces, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(SPACES_OF_USER), VALUES(value_id(user_id)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*spaces = arena_alloc(a, rows->count * sizeof(**spaces));
	for (size_t i = 0; i < rows->count; i++)
		(*spaces)[i] = space_of_row(rows, i);
	return NULL;
}
