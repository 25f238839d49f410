/* policy.c -- what a person may see and change.  Every read and every write of a record goes by these functions:
 * directly, or, in lists and the feed, through the view that policy_view gives to statements. */
#include "model/policy.h"

#include <stdlib.h>
#include <string.h>

#include "model/rule.h"

struct problem *
policy_role(struct arena *a, const struct person *person, enum role least)
{
	if (person->role >= least)
		return NULL;
	return problem_new(a, PROBLEM_FORBIDDEN, "Your role in this space does not allow this.");
}

struct problem *
policy_may(struct arena *a, const struct person *person, const struct collection *c, enum may what)
{
	return policy_role(a, person, c->may[what]);
}

bool
policy_reads(const struct person *person, const struct collection *c)
{
	return person->role >= c->may[MAY_READ];
}

static int
compare_ids(const void *left, const void *right)
{
	return memcmp(left, right, DB_ID_SIZE);
}

bool
policy_oversees(const struct person *person, const char *owner)
{
	unsigned char id[DB_ID_SIZE];

	if (strcmp(person->user_id, owner) == 0)
		return false;
	if (person->oversees_all || person->overseen_count == 0)
		return person->oversees_all;
	return db_id(owner, strlen(owner), id) &&
	    bsearch(id, person->overseen, person->overseen_count, sizeof id, compare_ids) != NULL;
}

bool
policy_limited(const struct person *person, const struct collection *c)
{
	return c->own && person->role < ROLE_MANAGER && !(c->overseen && person->oversees_all);
}

bool
policy_looks_after(const struct person *person, const struct collection *c)
{
	return c->overseen && person->role < ROLE_MANAGER && (person->oversees_all || person->overseen_count > 0);
}

bool
policy_sees(const struct person *person, const struct collection *c, const char *owner, const char *reader)
{
	if (!policy_reads(person, c))
		return false;
	if (reader != NULL)
		return strcmp(person->user_id, owner) == 0 || strcmp(person->user_id, reader) == 0;
	return !policy_limited(person, c) || strcmp(person->user_id, owner) == 0 ||
	    (c->overseen && policy_oversees(person, owner));
}

static void
view_add(struct feed_view *view, const struct person *person, const struct collection *c)
{
	if (!policy_reads(person, c))
		return;
	if (c->addressee != NULL)
		view->addressed[view->addressed_count++] = c->name;
	else if (policy_limited(person, c) && policy_looks_after(person, c))
		view->overseen[view->overseen_count++] = c->name;
	else if (policy_limited(person, c))
		view->own[view->own_count++] = c->name;
	else
		view->whole[view->whole_count++] = c->name;
}

void
policy_view(struct arena *a, const struct person *person, const struct collections *set,
    const struct collection *const *only, size_t only_count, struct feed_view *view)
{
	size_t count = only != NULL ? only_count : set->count;

	*view = (struct feed_view){
		.whole = arena_alloc(a, (count + 1) * sizeof(const char *)),
		.own = arena_alloc(a, (count + 1) * sizeof(const char *)),
		.overseen = arena_alloc(a, (count + 1) * sizeof(const char *)),
		.addressed = arena_alloc(a, (count + 1) * sizeof(const char *)),
	};
	for (size_t i = 0; i < count; i++)
		view_add(view, person, only != NULL ? only[i] : &set->all[i]);
}

bool
policy_changes(const struct person *person, const struct collection *c, const char *owner)
{
	if (!c->own || person->role >= ROLE_MANAGER || strcmp(person->user_id, owner) == 0)
		return true;
	for (size_t i = 0; i < c->rule_count; i++)
		if (c->rules[i]->overseers && policy_looks_after(person, c) && policy_oversees(person, owner))
			return true;
	return false;
}

bool
policy_sees_private(const struct person *person, const char *owner)
{
	return person->role >= ROLE_MANAGER || strcmp(person->user_id, owner) == 0;
}

bool
policy_knows_private(const struct person *person, const struct collection *c)
{
	return person->role >= ROLE_MANAGER || c->own;
}

bool
policy_knows(const struct person *person, const struct collection *c, const struct field *f)
{
	return !f->is_private || policy_knows_private(person, c);
}

struct problem *
policy_account(struct arena *a, const struct person *person)
{
	if (person->api_token)
		return problem_new(a, PROBLEM_FORBIDDEN,
		    "An API token acts in its space; for the account itself, sign in.");
	if (person->by_pin)
		return problem_new(a, PROBLEM_FORBIDDEN,
		    "A PIN is for the work here; for your account, sign in with your password.");
	return NULL;
}

struct problem *
policy_whole(struct arena *a, const struct person *person)
{
	if (!person->by_pin)
		return NULL;
	return problem_new(a, PROBLEM_FORBIDDEN,
	    "A PIN is for the work here; for the space as one file, sign in with your password.");
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
