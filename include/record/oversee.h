/* oversee.h -- who oversees whom in a space, by its employees: an active supervisor or senior oversees the members
 * whose employee names them, an active employee with `finance` oversees everybody.  What that shows is in policy.h.
 *
 * The tables `oversight` and `member` hold the result, so that statements and whoever is asking find it without reading
 * employees.  It is found anew in each transaction that changed an employee or a membership, whatever the path. */
#ifndef OVERSEE_H
#define OVERSEE_H

#include "record/write.h"

/* An employee who is a member, or was one. */
struct linked_employee {
	const char *id, *user;
	const char *supervisor, *senior; /* ids of employees, or NULL */
	bool active, finance;
};

/* The live employees of the space of the call who are linked to a user, by id; in call->a. */
struct problem *oversee_employees(const struct call *call, struct linked_employee **employees,
    size_t *count) MUST_CHECK;

/* The one with that id; NULL when id is NULL or there is none. */
const struct linked_employee *oversee_find(const struct linked_employee *employees, size_t count, const char *id);

/* Inside a transaction that holds the space's lock, after all of its writes: find out who oversees whom.  Each member
 * for whom that is another set than before gets a new view_epoch, unless they see everything anyway. */
struct problem *oversee_renew(struct writer *w) MUST_CHECK;

#endif
