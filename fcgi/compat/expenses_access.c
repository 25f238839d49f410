/* expenses_access.c -- signing in to the expenses API.  Its clients know an e-mail, a password and one token for twelve
 * hours, so a sign-in gives them an API token of Daybook for one space; signing out revokes it.
 *
 * The space is the one that the body names, else the person's only team, else their own space. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses.h"
#include "compat/expenses_employee.h"
#include "compat/sign_in.h"
#include "http/reply.h"

enum {
	TOKEN_SECONDS = 12 * 3600
};

/* The answer is in r when no token is given. */
static struct problem *
log_in(struct request *r, const char **token)
{
	const char *email = body_text(r->input, "email"), *password = body_text(r->input, "password");
	struct compat_sign_in form;
	struct problem *p;

	*token = NULL;
	if (email == NULL || *email == '\0' || password == NULL || *password == '\0')
		return expenses_say(r, 400, "Email and password are required");
	form = (struct compat_sign_in){
		.email = email,
		.password = password,
		.space = body_text(r->input, "space"),
		.team = true,
		.name = "Expenses API",
		.seconds = TOKEN_SECONDS,
	};
	if ((p = compat_sign_in(r, &form, token)) == NULL)
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

/* POST …/auth/logout -- revokes the token.  One that is not valid any more has nothing to revoke. */
struct problem *
compat_expenses_logout(struct request *r)
{
	struct problem *p = compat_sign_out(r, compat_shown_token(r));

	return p != NULL ? p : expenses_done(r, "Logged out successfully");
}
