/* expenses_access.c -- signing in to the expenses API.  Its clients know an e-mail, a password and one token for twelve
 * hours, so a sign-in gives them an API token of Daybook for one space; signing out revokes it.
 *
 * The space is the one that the body names, else the person's only team, else their own space. */
#include <string.h>
#include <strings.h>

#include "account/account.h"
#include "account/bearer.h"
#include "account/sign_ins.h"
#include "compat/compat.h"
#include "compat/expenses.h"
#include "compat/expenses_employee.h"
#include "http/reply.h"

enum {
	TOKEN_SECONDS = 12 * 3600
};

static const char token_name[] = "Expenses API";

static struct gate
gate_of(struct request *r)
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

/* ---- which space ---- */

static const struct space_row *
only_team(const struct space_row *spaces, size_t count)
{
	const struct space_row *team = NULL;

	for (size_t i = 0; i < count; i++)
		if (strcmp(spaces[i].kind, "team") == 0) {
			if (team != NULL)
				return NULL;
			team = &spaces[i];
		}
	return team;
}

static struct problem *
choose_space(struct request *r, const struct entry *entry, const char *named, const char **space)
{
	struct problem *p;
	struct space_row *spaces;
	const struct space_row *team;
	size_t count;

	*space = named;
	if (named != NULL)
		return NULL;
	if ((p = spaces_of_user(r->db, r->a, entry->user_id, &spaces, &count)) != NULL)
		return p;
	team = only_team(spaces, count);
	*space = team != NULL ? team->id : entry->space;
	return NULL;
}

/* ---- signing in ---- */

/* Check the password, and trade the sign-in for a token of one space. */
static struct problem *
sign_in(struct request *r, const char **token)
{
	const struct gate g = gate_of(r);
	const struct sign_in form = {
		.email = body_text(r->input, "email"),
		.password = body_text(r->input, "password"),
		.device_name = token_name,
	};
	const char *space;
	struct entry entry;
	struct session_row row;
	struct problem *p;

	if ((p = account_login(&g, &form, &entry)) != NULL)
		return p;
	if ((p = session_end(&g, entry.session_id)) != NULL ||
	    (p = choose_space(r, &entry, body_text(r->input, "space"), &space)) != NULL ||
	    (p = api_token_lend(r->db, r->a, entry.user_id, token_name, SCOPE_WRITE, space, TOKEN_SECONDS, &row,
	    token)) != NULL)
		return p;
	return person_of_token(r->db, r->a, r->worker->ring, *token, NULL, &r->person);
}

/* The answer is in r when no token is given. */
static struct problem *
log_in(struct request *r, const char **token)
{
	const char *email = body_text(r->input, "email"), *password = body_text(r->input, "password");
	struct problem *p;

	*token = NULL;
	if (email == NULL || *email == '\0' || password == NULL || *password == '\0')
		return expenses_say(r, 400, "Email and password are required");
	if ((p = sign_in(r, token)) == NULL)
		return NULL;
	if (p->kind != PROBLEM_UNAUTHORIZED)
		return p;
	*token = NULL;
	return expenses_say(r, 401, "Invalid credentials");
}

const struct member compat_expenses_login_takes[] = {
	BODY("email", ANY, "the account's address"),
	BODY("password", ANY, "the account's password"),
	BODY("space", ANY, "the id of the space; without it the only team, or the personal one"),
	MEMBERS_END
};

/* POST …/auth/login {"email","password"} */
struct problem *
compat_expenses_login(struct request *r)
{
	struct problem *p;
	struct lookups l;
	struct json_out *out;
	const char *token;

	if ((p = log_in(r, &token)) != NULL || token == NULL)
		return p;
	lookups_start(&l, r);
	out = reply_object(r, 200);
	put_boolean(out, "success", true);
	put_text(out, "message", "Login successful");
	put_object(out, "employee");
	if ((p = employee_put_self(&l, out)) != NULL)
		return p;
	put_end(out);
	put_text(out, "token", token);
	return NULL;
}

/* POST …/employee-login -- the same, with the employee's members and the token beside each other. */
struct problem *
compat_expenses_employee_login(struct request *r)
{
	struct problem *p;
	struct lookups l;
	struct json_out *out;
	const char *token;

	if ((p = log_in(r, &token)) != NULL || token == NULL)
		return p;
	lookups_start(&l, r);
	out = reply_object(r, 200);
	if ((p = employee_put_self(&l, out)) != NULL)
		return p;
	put_text(out, "token", token);
	return NULL;
}

/* GET …/auth/verify */
struct problem *
compat_expenses_verify(struct request *r)
{
	struct problem *p;
	struct lookups l;
	struct json_out *out = reply_object(r, 200);

	lookups_start(&l, r);
	put_boolean(out, "valid", true);
	put_object(out, "employee");
	if ((p = employee_put_self(&l, out)) != NULL)
		return p;
	put_end(out);
	return NULL;
}

/* ---- signing out ---- */

/* The token of the request, or NULL: as answer.c finds it. */
static const char *
shown_token(struct request *r)
{
	static const char bearer[] = "Bearer ";
	const char *authorization = request_header(r, "Authorization");

	if (authorization == NULL || strncasecmp(authorization, bearer, sizeof bearer - 1) != 0)
		return request_header(r, "X-API-Key");
	return authorization + sizeof bearer - 1 + strspn(authorization + sizeof bearer - 1, " ");
}

/* POST …/auth/logout -- revokes the token.  One that is not valid any more has nothing to revoke. */
struct problem *
compat_expenses_logout(struct request *r)
{
	const struct gate g = gate_of(r);
	const char *token = shown_token(r);
	struct person person;
	struct problem *p;

	if (token != NULL && *token != '\0') {
		p = person_of_token(r->db, r->a, r->worker->ring, token, NULL, &person);
		if (p != NULL && p->kind != PROBLEM_UNAUTHORIZED)
			return p;
		if (p == NULL && person.session_id != NULL && (p = session_end(&g, person.session_id)) != NULL)
			return p;
	}
	return expenses_done(r, "Logged out successfully");
}
