/* expenses_employee.h -- the people of a space, as the expenses API has them.  An employee there is a member of the
 * space, and their id is that of the user; one whom no record of `employees` links to a member has the id of that
 * record. */
#ifndef COMPAT_EXPENSES_EMPLOYEE_H
#define COMPAT_EXPENSES_EMPLOYEE_H

#include "base/seen.h"
#include "compat/expenses.h"

/* One of them.  Texts are NULL where they are empty, or where the person who asks does not see them. */
struct employee {
	const char *id, *name;
	const char *position, *email, *phone;
	const char *supervisor, *senior; /* ids as on the wire */
	const char *role;                /* as that API names roles */
	const struct record *record;     /* of `employees`, or NULL */
	bool is_member, archived;
	bool whole;                      /* who asks sees all of them: it is themselves, or they administer the space */
};

/* Everybody. */
struct staff {
	struct since employees, members;
	struct employee *all;
	size_t count;
	struct seen known; /* where an employee is, by their id and by that of their record: the place + 1 */
};

struct problem *staff_read(struct lookups *l, struct staff *staff) MUST_CHECK;

/* The employee with that id; NULL when there is none. */
const struct employee *staff_find(const struct staff *staff, const char *id);

/* A field of a record as text, or NULL.  Private fields are read only for who sees them. */
const char *record_text(struct lookups *l, const struct record *record, const char *field);

/* Put the members of the person who asks into the open object. */
struct problem *employee_put_self(struct lookups *l, struct json_out *out) MUST_CHECK;

/* ---- expenses_remembered.c ---- */

/* Put what the clients of that API remember for a person: their preferences, and how far they came in setting up. */
struct problem *remembered_put(struct lookups *l, struct json_out *out, const char *user) MUST_CHECK;

/* What is remembered for a person: an object, and the name of the file of their signature or NULL.  Both are empty
 * where the person who asks does not see them. */
struct problem *remembered_read(struct lookups *l, const char *user, struct json_object **object,
    const char **signature) MUST_CHECK;

/* Whether a member is one that is remembered. */
bool is_remembered(const char *member);

/* A change of it: members to set, and a signature ("" takes it away, NULL leaves it). */
struct remembering {
	struct lookups *l;
	const char *user;
	struct json_object *changes;
	const char *signature;
};

/* Inside a transaction; arg is a struct remembering.  The settings are read again under the lock. */
struct problem *remembering_take(struct writer *w, void *arg) MUST_CHECK;

#endif
