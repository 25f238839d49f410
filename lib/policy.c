/* policy.c -- may this person do that?  Every read and every write asks here, and nothing else says no. */
#include "policy.h"

#include <string.h>

struct problem *
policy_may(struct arena *a, const struct person *person, const struct collection *c, enum may what)
{
	if (person->role >= c->may[what])
		return NULL;
	return problem_new(a, PROBLEM_FORBIDDEN, "Your role in this space does not allow this.");
}

bool
policy_limited(const struct person *person, const struct collection *c)
{
	return c->own && person->role < ROLE_MANAGER;
}

bool
policy_sees(const struct person *person, const struct collection *c, const char *owner)
{
	if (person->role < c->may[MAY_READ])
		return false;
	return !policy_limited(person, c) || strcmp(person->user_id, owner) == 0;
}

bool
policy_sees_private(const struct person *person, const char *owner)
{
	return person->role >= ROLE_MANAGER || strcmp(person->user_id, owner) == 0;
}

bool
policy_knows(const struct person *person, const struct collection *c, const struct field *f)
{
	return !f->is_private || person->role >= ROLE_MANAGER || c->own;
}

struct problem *
policy_account(struct arena *a, const struct person *person)
{
	if (person->api_token)
		return problem_new(a, PROBLEM_FORBIDDEN, "An API token acts in its space; for the account itself, sign in.");
	if (person->by_pin)
		return problem_new(a, PROBLEM_FORBIDDEN, "A PIN is for the work here; for your account, sign in with your password.");
	return NULL;
}

bool
policy_enters(const struct person *person, const char *space_id)
{
	if (!person->api_token && !person->by_pin)
		return true;
	return person->space_id != NULL && strcmp(person->space_id, space_id) == 0;
}

bool
policy_assigns(const struct person *person)
{
	return person->role >= ROLE_MANAGER;
}
