/* oversight.h -- who looks after the expenses of a person: senior, supervisor and finance people, by `employees`. */
#ifndef OVERSIGHT_H
#define OVERSIGHT_H

#include "model/call.h"

/* Ids of users.  Each is an active employee, a member of the space, and another than the person. */
struct overseers {
	const char *senior, *supervisor; /* or NULL */
	const char **finance;
	size_t finance_count;
	bool is_finance;       /* the person decides for finance themself: for others, not for their own */
};

/* Find those of a person: owner is the id of a user.  What this transaction has written counts.  The texts are in
 * call->a. */
struct problem *oversight_people(const struct call *call, const char *owner, struct overseers *who) MUST_CHECK;

#endif
