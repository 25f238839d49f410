/* sign_in.h -- signing in to a dialect.  Clients of other systems know an e-mail, a password and one token for some
 * time, so a sign-in gives them an API token of Daybook for one space, and signing out revokes it. */
#ifndef COMPAT_SIGN_IN_H
#define COMPAT_SIGN_IN_H

#include "http/request.h"

struct compat_sign_in {
	const char *email, *password;
	const char *space;   /* an id; or NULL: the person's only team where team is set, else their own space */
	bool team;
	const char *name;    /* of the token, in the list of tokens */
	int64_t seconds;     /* for which it is valid */
};

/* Check the password and give a token; r->person is then its holder.  PROBLEM_UNAUTHORIZED, the same for every reason,
 * and what account_login says besides; PROBLEM_NOT_FOUND for a space of which the person is no member. */
struct problem *compat_sign_in(struct request *r, const struct compat_sign_in *form, const char **token) MUST_CHECK;

/* Revoke a token, which may be NULL.  One that is not valid any more has nothing to revoke. */
struct problem *compat_sign_out(struct request *r, const char *token) MUST_CHECK;

/* The token in the headers of the request, or NULL: as answer.c finds it. */
const char *compat_shown_token(struct request *r);

#endif
