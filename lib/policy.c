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

bool
policy_assigns(const struct person *person)
{
	return person->role >= ROLE_MANAGER;
}
