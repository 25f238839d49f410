/* oversight.c -- the people who look after one person's expenses. */
#include "team/oversight.h"

#include <string.h>

#include "record/oversee.h"
#include "record/space.h"

/* The user of an employee who can see to the owner; NULL when there is none. */
static struct problem *
take(const struct call *call, const struct linked_employee *e, const char *owner, const char **user)
{
	struct problem *p;
	bool is_member;

	*user = NULL;
	if (e == NULL || !e->active || strcmp(e->user, owner) == 0)
		return NULL;
	if ((p = space_has_member(call, e->user, &is_member)) == NULL && is_member)
		*user = e->user;
	return p;
}

static struct problem *
take_finance(const struct call *call, const struct linked_employee *employees, size_t count, const char *owner,
    struct overseers *who)
{
	struct problem *p;
	const char *user;

	who->finance = arena_alloc(call->a, (count + 1) * sizeof *who->finance);
	for (size_t i = 0; i < count; i++) {
		if (!employees[i].finance)
			continue;
		who->is_finance |= employees[i].active && strcmp(employees[i].user, owner) == 0;
		if ((p = take(call, &employees[i], owner, &user)) != NULL)
			return p;
		if (user != NULL)
			who->finance[who->finance_count++] = user;
	}
	return NULL;
}

struct problem *
oversight_people(const struct call *call, const char *owner, struct overseers *who)
{
	struct linked_employee *employees;
	const struct linked_employee *self = NULL;
	struct problem *p;
	size_t count;

	*who = (struct overseers){ 0 };
	if ((p = oversee_employees(call, &employees, &count)) != NULL)
		return p;
	for (size_t i = 0; i < count && self == NULL; i++)
		if (strcmp(employees[i].user, owner) == 0)
			self = &employees[i];
	if (self != NULL &&
	    ((p = take(call, oversee_find(employees, count, self->senior), owner, &who->senior)) != NULL ||
	    (p = take(call, oversee_find(employees, count, self->supervisor), owner, &who->supervisor)) != NULL))
		return p;
	return take_finance(call, employees, count, owner, who);
}
