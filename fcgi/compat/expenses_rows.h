/* expenses_rows.h -- rows of the expenses API: several of them shown, and one of them written inside a transaction. */
#ifndef COMPAT_EXPENSES_ROWS_H
#define COMPAT_EXPENSES_ROWS_H

#include "compat/expenses.h"

enum {
	ROW_NAMES_MAX = 8 /* other names of a row that are kept, the last ones given */
};

/* ---- expenses_rows.c: reading ---- */

/* Put these records as objects into the open array, the newest day first, and within a day in their order. */
struct problem *rows_put(struct lookups *l, struct json_out *out, const struct resource *resource,
    const struct stretch *s) MUST_CHECK;

/* The first day of a month, and of the one after it.  False unless year is a year and month 1 to 12. */
bool month_bounds(struct arena *a, const char *year, const char *month, const char **from, const char **to);

/* Whose records of c an answer is about: of the employee that is named, else *owner is NULL for all that the person may
 * see.  PROBLEM_FORBIDDEN for an employee who is nobody. */
struct problem *rows_owner(struct request *r, const struct collection *c, const char *employee,
    const char **owner) MUST_CHECK;

/* Find the live record that a path names by its id, or by another name of it.  *found is false where the person sees
 * none. */
struct problem *row_find(struct request *r, const struct resource *resource, const struct collection *c, const char *id,
    struct record *record, bool *found) MUST_CHECK;

/* ---- expenses_write.c: writing ---- */

/* A row to write, and what became of it. */
struct row_write {
	struct op op;        /* the collection, the fields, and the id where the wire gives it */
	const char *owner;
	const char *alias;   /* the client's id of a row whose id follows from its fields, or NULL */
	bool revives;        /* a deleted row comes back */
	int64_t seen;        /* the version that the client has changed; 0 where it does not say */
	const char *split_part; /* the id of another part of its split, whose total grows first; or NULL */
	bool was_there;
	struct outcome outcome;
};

/* Read the members of a row into row->op; row->owner is set. */
struct problem *row_read(struct lookups *l, const struct resource *resource, struct json_object *body,
    struct row_write *row) MUST_CHECK;

/* Inside a transaction: change the row that is there, or create it.  outcome.problem is PROBLEM_FORBIDDEN where the id
 * is somebody else's, PROBLEM_NOT_FOUND where it was deleted. */
struct problem *row_take(struct writer *w, struct row_write *row) MUST_CHECK;

#endif
