/* oversight.h -- who looks after the expenses of a person: senior, supervisor and finance people, by `employees`. */
#ifndef OVERSIGHT_H
#define OVERSIGHT_H

#include "record/oversee.h"

/* Ids of users.  Each is an active employee, a member of the space, and another than the person. */
struct overseers {
	const char *senior, *supervisor; /* or NULL */
	const char **finance;
	size_t finance_count;
	bool is_finance;       /* the person decides for finance themself: for others, not for their own */
};

/* The employees and the members of a space, to find the overseers of many people. */
struct oversight {
	struct linked_employee *employees;
	size_t count;
	const struct rows *members;
};

/* Read them for the space of the call; in call->a.  What this transaction has written counts. */
struct problem *oversight_open(const struct call *call, struct oversight *all) MUST_CHECK;

/* Those of one person; finance is in a. */
void oversight_of(struct arena *a, const struct oversight *all, const char *owner, struct overseers *who);

/* Find those of a person: owner is the id of a user.  What this transaction has written counts.  The texts are in
 * call->a. */
struct problem *oversight_people(const struct call *call, const char *owner, struct overseers *who) MUST_CHECK;

#endif
