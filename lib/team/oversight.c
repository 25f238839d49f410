/* oversight.c -- the people who look after one person's expenses. */
#include "team/oversight.h"

#include <string.h>

#include "store/statement.h"

/* Members come by their ids. */
static bool
is_member(const struct oversight *all, const char *user)
{
	size_t first = 0, end = all->members->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;
		int order = strcmp(row_text(all->members, middle, ID_FOUND), user);

		if (order == 0)
			return true;
		if (order < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return false;
}

/* The user of an employee who can see to the owner; NULL when there is none. */
static const char *
take(const struct oversight *all, const struct linked_employee *e, const char *owner)
{
	return e != NULL && e->active && strcmp(e->user, owner) != 0 && is_member(all, e->user) ? e->user : NULL;
}

static const struct linked_employee *
find_self(const struct oversight *all, const char *owner)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->employees[i].user, owner) == 0)
			return &all->employees[i];
	return NULL;
}

struct problem *
oversight_open(const struct call *call, struct oversight *all)
{
	struct problem *p;
	struct rows *members;

	*all = (struct oversight){ 0 };
	if ((p = oversee_employees(call, &all->employees, &all->count)) != NULL ||
	    (p = record_look(call, NULL, NULL, SQL(MEMBER_IDS), VALUES(value_id(call->person->space_id)),
	        &members)) != NULL)
		return p;
	all->members = members;
	return NULL;
}

void
oversight_of(struct arena *a, const struct oversight *all, const char *owner, struct overseers *who)
{
	const struct linked_employee *self = find_self(all, owner);

	*who = (struct overseers){ .finance = arena_alloc(a, (all->count + 1) * sizeof *who->finance) };
	if (self != NULL) {
		who->senior = take(all, oversee_find(all->employees, all->count, self->senior), owner);
		who->supervisor = take(all, oversee_find(all->employees, all->count, self->supervisor), owner);
		who->is_finance = self->active && self->finance;
	}
	for (size_t i = 0; i < all->count; i++)
		if (all->employees[i].finance && take(all, &all->employees[i], owner) != NULL)
			who->finance[who->finance_count++] = all->employees[i].user;
}

struct problem *
oversight_people(const struct call *call, const char *owner, struct overseers *who)
{
	struct oversight all;
	struct problem *p = oversight_open(call, &all);

	if (p == NULL)
		oversight_of(call->a, &all, owner, who);
	return p;
}
