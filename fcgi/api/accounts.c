/* accounts.c -- /api/auth: the requests for lib/account/account.c, lib/account/session.c and lib/team/pin.c.
 *
 * A browser sends "cookie": true and gets its refresh token in a cookie that scripts cannot read and that is sent only
 * to /api/auth.  Every request that sets or uses the cookie must have this site's Origin.  A form on another site sends
 * that site's Origin, and programs that are not browsers do not need the cookie. */
#include "account/account.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "account/sign_ins.h"
#include "api/accounts.h"
#include "api/api.h"
#include "api/spaces.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/log.h"
#include "http/member.h"
#include "http/origin.h"
#include "http/reply.h"
#include "record/space.h"
#include "team/pin.h"
#include "team/team.h"

#define COOKIE_NAME "daybook_refresh"

struct gate
account_gate(struct request *r)
{
	return (struct gate){
		.db = r->db,
		.a = r->a,
		.config = &r->worker->config,
		.ring = r->worker->ring,
		.turns = &r->worker->turns,
		.network = r->network,
	};
}

/* --- origin and cookie --- */

static struct problem *
check_origin(struct request *r)
{
	if (origin_is_ours(r))
		return NULL;
	return problem_new(r->a, PROBLEM_FORBIDDEN,
	    "The cookie is for pages of this site; other programs send the refresh token in the body.");
}

static void
send_cookie(struct request *r, const char *value, int64_t seconds)
{
	cookie_send(r, COOKIE_NAME, value, "/api/auth", "Strict", seconds);
}

/* --- answers --- */

static void
put_user(struct json_out *out, const char *id, const char *email, const char *name)
{
	put_object(out, "user");
	put_text(out, "id", id);
	put_text(out, "email", email);
	put_text(out, "name", name);
	put_end(out);
}

/* Put an instant, unless it is 0. */
static void
put_moment(struct json_out *out, const char *name, int64_t instant)
{
	if (instant != 0)
		put_instant(out, name, instant);
}

static struct problem *
reply_entry(struct request *r, int status, const struct entry *entry)
{
	struct json_out *out = reply_object(r, status);

	put_user(out, entry->user_id, entry->email, entry->name);
	put_text(out, "space", entry->space);
	put_text(out, "accessToken", entry->access_token);
	if (entry->refresh_token == NULL)
		put_integer(out, "idleSeconds", r->worker->config.pin_idle_minutes * 60);
	else if (!entry->cookie)
		put_text(out, "refreshToken", entry->refresh_token);
	put_integer(out, "expiresIn", entry->expires_in);
	if (entry->cookie)
		send_cookie(r, entry->refresh_token, (int64_t)r->worker->config.refresh_days * 86400);
	return NULL;
}

static void
put_session(struct request *r, struct json_out *out, const char *name, const struct session_row *s)
{
	put_object(out, name);
	put_text(out, "id", s->id);
	put_text(out, "kind", s->kind);
	put_text(out, "name", s->name);
	put_some(out, "space", s->space_id);
	put_some(out, "deviceId", s->device_id);
	put_moment(out, "createdAt", s->created_at);
	put_moment(out, "lastUsedAt", s->last_used_at);
	put_moment(out, "expiresAt", s->expires_at);
	put_boolean(out, "current", r->person.session_id != NULL && strcmp(r->person.session_id, s->id) == 0);
	put_end(out);
}

/* Put the members of an API token.  The answer to its creation has the token itself before them. */
static void
put_api_token(struct json_out *out, const struct session_row *s)
{
	put_text(out, "id", s->id);
	put_text(out, "name", s->name);
	put_text(out, "scope", s->scope);
	put_text(out, "space", s->space_id);
	put_moment(out, "createdAt", s->created_at);
	put_moment(out, "lastUsedAt", s->last_used_at);
	put_moment(out, "expiresAt", s->expires_at);
}

/* --- signing in --- */

/* The name of the first pair whose text is in agent, or NULL. */
static const char *
name_in(const char *agent, const char *const (*pairs)[2])
{
	for (; (*pairs)[0] != NULL; pairs++)
		if (strstr(agent, (*pairs)[0]) != NULL)
			return (*pairs)[1];
	return NULL;
}

/* The name of a sign-in if its client gives none.  A User-Agent also names older browsers, so newer names are searched
 * first. */
static const char *
name_of_agent(struct request *r)
{
	static const char *const browsers[][2] = {
		{ "Edg", "Edge" },
		{ "OPR/", "Opera" },
		{ "SamsungBrowser/", "Samsung Internet" },
		{ "Firefox/", "Firefox" },
		{ "FxiOS/", "Firefox" },
		{ "CriOS/", "Chrome" },
		{ "Chrome/", "Chrome" },
		{ "Safari/", "Safari" },
		{ "curl/", "curl" },
		{ NULL, NULL },
	};
	static const char *const systems[][2] = {
		{ "Android", "Android" },
		{ "iPhone", "iPhone" },
		{ "iPad", "iPad" },
		{ "Windows", "Windows" },
		{ "CrOS", "ChromeOS" },
		{ "Mac OS X", "Mac" },
		{ "Linux", "Linux" },
		{ NULL, NULL },
	};
	const char *agent = request_header(r, "User-Agent");
	const char *browser = agent != NULL ? name_in(agent, browsers) : NULL;
	const char *system = agent != NULL ? name_in(agent, systems) : NULL;

	if (browser != NULL && system != NULL)
		return arena_printf(r->a, "%s on %s", browser, system);
	return browser != NULL ? browser : system != NULL ? system : "API client";
}

#define COOKIE_MEMBER \
	BODY("cookie", BOOLEAN, "the refresh token comes in a cookie; for pages of this site")
#define DEVICE_MEMBERS \
	BODY("deviceId", ID, "the installation that signs in", .or_device = true, \
	  .wrong = "An id has 1 to 64 letters, digits and . _ : @ -, beginning with a letter or digit."), \
	BODY("deviceName", NAME, "what the sign-in is called in the list of sign-ins")

static struct sign_in
form_of(struct request *r)
{
	const char *name = given_text(r, "deviceName");

	return (struct sign_in){
		.email = given_text(r, "email"),
		.password = given_text(r, "password"),
		.cookie = given_flag(r, "cookie"),
		.device_id = given_text(r, "deviceId"),
		.device_name = name != NULL ? name : name_of_agent(r),
	};
}

const struct member auth_register_takes[] = {
	BODY("email", TEXT, "the account's address", .required = "An e-mail address is needed."),
	BODY("password", TEXT, "8 to 200 characters", .required = "A password is needed."),
	BODY("name", NAME, "what others see", .required = "A name is needed."),
	BODY("zone", TEXT, "the time zone of the personal space"),
	COOKIE_MEMBER,
	DEVICE_MEMBERS,
	MEMBERS_END
};

static struct problem *
check_zone(struct arena *a, const char *zone)
{
	if (zone == NULL || zone_known(zone))
		return NULL;
	return problem_at(a, PROBLEM_INVALID, "zone",
	    "zone must be a name such as Europe/Berlin or America/New_York.");
}

/* Write the zone into the space of the new account.  Without it the space is in UTC, which its owner can change; so a
 * failure is only logged: the account is made. */
static void
keep_zone(struct request *r, const struct entry *entry, const char *zone)
{
	struct person person;
	struct call call = call_as(&r->call, &person);
	struct problem *p;

	if (zone == NULL)
		return;
	p = person_of_token(r->db, r->a, r->worker->ring, entry->access_token, NULL, &person);
	if (p == NULL && (p = home_zone_set(&call, zone)) == NULL)
		return;
	log_line(LOG_LEVEL_WARN, "zone", "user=%s what=not-kept why=%s", entry->user_id, log_quote(r->a, p->detail));
}

struct problem *
auth_register(struct request *r)
{
	const struct gate g = account_gate(r);
	struct sign_in form = form_of(r);
	const char *zone = given_text(r, "zone");
	struct problem *p;
	struct entry entry;

	form.name = given_text(r, "name");
	if ((form.cookie && (p = check_origin(r)) != NULL) || (p = check_zone(r->a, zone)) != NULL ||
	    (p = account_register(&g, &form, &entry)) != NULL)
		return p;
	keep_zone(r, &entry, zone);
	return reply_entry(r, 201, &entry);
}

const struct member auth_login_takes[] = {
	BODY("email", TEXT, "the account's address", .required = "An e-mail address is needed."),
	BODY("password", TEXT, "the account's password", .required = "A password is needed."),
	COOKIE_MEMBER,
	DEVICE_MEMBERS,
	MEMBERS_END
};

struct problem *
auth_login(struct request *r)
{
	const struct gate g = account_gate(r);
	const struct sign_in form = form_of(r);
	struct problem *p;
	struct entry entry;

	if ((form.cookie && (p = check_origin(r)) != NULL) || (p = account_login(&g, &form, &entry)) != NULL)
		return p;
	return reply_entry(r, 200, &entry);
}

const struct member auth_refresh_takes[] = {
	BODY("refreshToken", TEXT, "as the sign-in answered it; without it the cookie counts"),
	BODY("deviceId", ID, "the installation that signed in: only it may ask again after a lost response",
	  .or_device = true),
	MEMBERS_END
};

/* The refresh token of the body, or else of the cookie, in which case the request must come from this site's origin.
 * NULL when there is none. */
static struct problem *
read_refresh(struct request *r, const char **token, bool *by_cookie)
{
	*token = given_text(r, "refreshToken");
	*by_cookie = false;
	if (*token != NULL || (*token = cookie_value(r, COOKIE_NAME)) == NULL)
		return NULL;
	*by_cookie = true;
	return check_origin(r);
}

struct problem *
auth_refresh(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;
	struct entry entry;
	const char *token;
	bool by_cookie;

	if ((p = read_refresh(r, &token, &by_cookie)) != NULL)
		return p;
	if (token == NULL)
		return problem_new(r->a, PROBLEM_UNAUTHORIZED,
		    "There is no refresh token in the body and no cookie; please sign in.");
	if ((p = session_refresh(&g, token, given_text(r, "deviceId"), by_cookie, &entry)) != NULL)
		return p;
	return reply_entry(r, 200, &entry);
}

/* The route is public, so that signing out works with an access token that has expired.  A valid access token names the
 * session to end; an expired one ends nothing. */
static struct problem *
end_bearer(struct request *r, const struct gate *g)
{
	static const char bearer[] = "Bearer ";
	const char *authorization = request_header(r, "Authorization");
	struct claims claims;

	if (authorization == NULL || strncasecmp(authorization, bearer, sizeof(bearer) - 1) != 0)
		return NULL;
	authorization += sizeof(bearer) - 1;
	if (token_verify(g->ring, r->a, authorization, instant_now() / 1000, &claims) != NULL || claims.session == NULL)
		return NULL;
	return session_end(g, claims.session);
}

const struct member auth_logout_takes[] = {
	BODY("refreshToken", TEXT, "as the sign-in answered it; without it the cookie counts"),
	MEMBERS_END
};

struct problem *
auth_logout(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;
	const char *token;
	bool by_cookie;

	if ((p = read_refresh(r, &token, &by_cookie)) != NULL)
		return p;
	if (token != NULL && (p = session_close(&g, token)) != NULL)
		return p;
	if ((p = end_bearer(r, &g)) != NULL)
		return p;
	reply_nothing(r);
	if (by_cookie)
		send_cookie(r, "", 0);
	return NULL;
}

/* --- signing in by PIN on a shared handheld --- */

struct problem *
auth_pin_people(struct request *r)
{
	const struct handheld *h = r->handheld;
	struct pin_row *pins;
	struct problem *p;
	struct json_out *out;
	size_t count;

	if ((p = pins_list(r->db, r->a, h->space_id, &pins, &count)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_object(out, "space");
	put_text(out, "id", h->space_id);
	put_text(out, "name", h->space_name);
	put_end(out);
	put_object(out, "handheld");
	put_text(out, "id", h->id);
	put_text(out, "deviceId", h->device_id);
	put_text(out, "name", h->name);
	put_end(out);
	put_array(out, "people");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_text(out, "id", pins[i].user_id);
		put_text(out, "name", pins[i].name);
		put_text(out, "initials", initials(r->a, pins[i].name));
		put_end(out);
	}
	put_end(out);
	return NULL;
}

/* Malformed input gets its own error: that reveals nothing about any person. */
const struct member auth_pin_takes[] = {
	BODY("user", UUID, "who signs in", .required = "Say who it is.", .wrong = "user must be the id of a user."),
	BODY("pin", TEXT, "that person's PIN in this space", .required = "The PIN is needed.",
	  .max = PIN_DIGITS_MAX, .wrong = "A PIN has at most {max} digits."),
	BODY("deviceId", TEXT, "the handheld", .required = "Say which device this is.", .or_device = true),
	MEMBERS_END
};

struct problem *
auth_pin(struct request *r)
{
	const struct gate g = account_gate(r);
	struct entry entry;
	struct problem *p;

	if (!given_is(r, "deviceId", r->handheld->device_id))
		return problem_at(r->a, PROBLEM_FORBIDDEN, "deviceId", "This token was made for another device.");
	if ((p = pin_sign_in(&g, r->handheld, given_text(r, "user"), given_text(r, "pin"), &entry)) != NULL)
		return p;
	return reply_entry(r, 200, &entry);
}

const struct member auth_pin_refresh_takes[] = {
	BODY("handheld", TEXT, "the handheld's token", .required = "The handheld's token is needed."),
	MEMBERS_END
};

struct problem *
auth_pin_refresh(struct request *r)
{
	const struct gate g = account_gate(r);
	struct entry entry;
	struct problem *p;

	if ((p = pin_renew(&g, &r->person, given_text(r, "handheld"), &entry)) != NULL)
		return p;
	return reply_entry(r, 200, &entry);
}

/* --- the account --- */

/* The session of this request, in the list of the user's; NULL for a token of an external issuer. */
static const struct session_row *
find_current(struct request *r, const struct session_row *sessions, size_t count)
{
	for (size_t i = 0; r->person.session_id != NULL && i < count; i++)
		if (strcmp(sessions[i].id, r->person.session_id) == 0)
			return &sessions[i];
	return NULL;
}

struct problem *
auth_me(struct request *r)
{
	struct problem *p;
	struct session_row *sessions;
	const struct session_row *current;
	struct json_out *out;
	size_t count;

	if ((p = sessions_of_user(r->db, r->a, r->person.user_id, SESSION_SIGN_IN, &sessions, &count)) != NULL)
		return p;

	out = reply_object(r, 200);
	put_user(out, r->person.user_id, r->person.email, r->person.name);
	put_text(out, "space", r->person.space_id);
	put_text(out, "homeSpace", r->person.home_space);
	if ((p = spaces_put(r, out)) != NULL)
		return p;
	if ((current = find_current(r, sessions, count)) != NULL)
		put_session(r, out, "session", current);
	else
		put_null(out, "session");
	return NULL;
}

const struct member auth_rename_takes[] = {
	BODY("name", NAME, "what others see", .required = "A name is needed."),
	MEMBERS_END
};

/* PATCH /api/auth/me -- the person's name, the same for everybody who sees it. */
struct problem *
auth_rename(struct request *r)
{
	const char *name = given_text(r, "name");
	struct problem *p;

	if ((p = person_rename(&r->call, name)) != NULL)
		return p;
	put_user(reply_object(r, 200), r->person.user_id, r->person.email, name);
	return NULL;
}

#define NEW_PASSWORD_MEMBERS \
	BODY("new", TEXT, "the new password, 8 to 200 characters", .required = "A new password is needed."), \
	BODY("endTokens", BOOLEAN, "false: the account's API tokens stay; otherwise they end too")

static bool
ends_tokens(const struct request *r)
{
	return !is_given(r, "endTokens") || given_flag(r, "endTokens");
}

const struct member auth_password_takes[] = {
	BODY("current", TEXT, "the password so far", .required = "The current password is needed."),
	NEW_PASSWORD_MEMBERS,
	MEMBERS_END
};

struct problem *
auth_password(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;

	p = account_change_password(&g, &r->person, given_text(r, "current"), given_text(r, "new"),
	    ends_tokens(r));
	if (p != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

const struct member auth_reset_takes[] = {
	BODY("email", TEXT, "the account's address", .required = "An e-mail address is needed."),
	MEMBERS_END
};

struct problem *
auth_reset(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;

	if ((p = account_reset_ask(&g, given_text(r, "email"))) != NULL)
		return p;
	reply_object(r, 202);
	return NULL;
}

const struct member auth_reset_confirm_takes[] = {
	BODY("token", TEXT, "as the mail's link has it", .required = "The token of the mail is needed."),
	NEW_PASSWORD_MEMBERS,
	MEMBERS_END
};

struct problem *
auth_reset_confirm(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;

	p = account_reset_confirm(&g, given_text(r, "token"), given_text(r, "new"), ends_tokens(r));
	if (p != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* A person who signs in through an external issuer has no password. */
const struct member auth_delete_takes[] = {
	BODY("password", TEXT, "the account's password, where it has one"),
	MEMBERS_END
};

struct problem *
auth_delete(struct request *r)
{
	const struct gate g = account_gate(r);
	struct problem *p;

	if ((p = account_delete(&g, &r->person, given_text(r, "password"))) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

struct problem *
sessions_list(struct request *r)
{
	struct problem *p;
	struct session_row *sessions;
	struct json_out *out;
	size_t count;

	if ((p = sessions_of_user(r->db, r->a, r->person.user_id, SESSION_SIGN_IN, &sessions, &count)) != NULL)
		return p;

	out = reply_object(r, 200);
	put_array(out, "sessions");
	for (size_t i = 0; i < count; i++)
		put_session(r, out, NULL, &sessions[i]);
	put_end(out);
	return NULL;
}

struct problem *
sessions_revoke(struct request *r)
{
	struct problem *p;

	if ((p = session_revoke(r->db, r->a, r->person.user_id, SESSION_SIGN_IN, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}

/* --- what happened to the account --- */

const struct member sign_ins_takes[] = {
	PARAM("limit", INTEGER, "at most so many, usually 50", .min = 1, .max = 100, .otherwise = 50),
	PARAM("after", UUID, "those before this one: `next` of the answer so far"),
	MEMBERS_END
};

static void
put_sign_in(struct request *r, struct json_out *out, const struct sign_in_row *s)
{
	put_object(out, NULL);
	put_text(out, "id", s->id);
	put_text(out, "kind", s->kind);
	put_moment(out, "at", s->at);
	put_text(out, "name", s->name);
	put_some(out, "deviceId", s->device_id);
	put_text(out, "network", s->network);
	put_integer(out, "count", s->count);
	put_boolean(out, "current", s->session_id != NULL && r->person.session_id != NULL &&
	    strcmp(s->session_id, r->person.session_id) == 0);
	put_end(out);
}

struct problem *
sign_ins_list(struct request *r)
{
	int64_t most = given_integer(r, "limit");
	struct problem *p;
	struct sign_in_row *rows;
	struct json_out *out;
	size_t count;

	p = sign_ins_of_user(r->db, r->a, r->person.user_id, given_text(r, "after"), most + 1, &rows, &count);
	if (p != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "signIns");
	for (size_t i = 0; i < count && (int64_t)i < most; i++)
		put_sign_in(r, out, &rows[i]);
	put_end(out);
	if ((int64_t)count > most)
		put_text(out, "next", rows[most - 1].id);
	return NULL;
}

/* --- API tokens --- */

const struct member tokens_create_takes[] = {
	BODY("name", NAME, "what the token is for", .required = "Say what the token is for."),
	BODY("scope", CHOICE, "what it may do", .choices = "read write admin",
	  .required = "Say what the token may do: read, write or admin.", .wrong = "A token may read, write or admin."),
	BODY("space", TEXT, "the one space it opens; without it the person's own"),
	BODY("expiresInDays", INTEGER, "how long it is valid; 0: for ever, where the server allows it",
	  .otherwise = API_TOKEN_DAYS_USUAL, .max = API_TOKEN_DAYS_MAX, .wrong = "Use 0 to {max} days."),
	BODY("password", TEXT, "the account's password, where it has one"),
	MEMBERS_END
};

/* The setting bounds what a person may choose; a usual life that is too long for it becomes shorter. */
static struct problem *
read_days(struct request *r, int64_t *days)
{
	int64_t most = r->worker->config.api_token_days;

	*days = given_integer(r, "expiresInDays");
	if (most == 0 || (*days > 0 && *days <= most))
		return NULL;
	if (is_given(r, "expiresInDays"))
		return problem_at(r->a, PROBLEM_INVALID, "expiresInDays",
		    "On this server, an API token is valid for 1 to %" PRId64 " days.", most);
	*days = most;
	return NULL;
}

struct problem *
tokens_create(struct request *r)
{
	const struct gate g = account_gate(r);
	const char *name = given_text(r, "name"), *space = given_text(r, "space"), *text;
	enum scope scope = scope_named(given_text(r, "scope"));
	struct problem *p;
	struct session_row row;
	struct json_out *out;
	int64_t days;

	if (space == NULL)
		space = r->person.space_id;
	if (space == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "space", "Say which space the token is for.");
	if ((p = read_days(r, &days)) != NULL ||
	    (p = account_prove(&g, &r->person, given_text(r, "password"))) != NULL ||
	    (p = api_token_create(r->db, r->a, r->person.user_id, name, scope, space, days, &row, &text)) != NULL ||
	    (p = sign_in_token(&g, &r->person, &row, name_of_agent(r))) != NULL)
		return p;

	out = reply_object(r, 201);
	reply_header(r, "Location", arena_printf(r->a, "/api/auth/tokens/%s", row.id));
	put_text(out, "token", text);
	put_api_token(out, &row);
	return NULL;
}

struct problem *
tokens_list(struct request *r)
{
	struct problem *p;
	struct session_row *tokens;
	struct json_out *out;
	size_t count;

	if ((p = sessions_of_user(r->db, r->a, r->person.user_id, SESSION_API_TOKEN, &tokens, &count)) != NULL)
		return p;

	out = reply_object(r, 200);
	put_array(out, "tokens");
	for (size_t i = 0; i < count; i++) {
		put_object(out, NULL);
		put_api_token(out, &tokens[i]);
		put_end(out);
	}
	put_end(out);
	return NULL;
}

struct problem *
tokens_revoke(struct request *r)
{
	struct problem *p;

	if ((p = session_revoke(r->db, r->a, r->person.user_id, SESSION_API_TOKEN, r->params[0])) != NULL)
		return p;
	reply_nothing(r);
	return NULL;
}
