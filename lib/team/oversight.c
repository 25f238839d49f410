/* oversight.c -- the people who look after one person's expenses. */
#include "team/oversight.h"

#include <string.h>

#include "record/space.h"
#include "store/statement.h"

enum {
	OVERSIGHT_FINANCE_MAX = 100 /* of a space; more than decide about a report need not be known */
};

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

/* ---- one person, by keys ---- */

/* An employee who can see to the owner adds their user to *user; whoever is inactive or has left does not. */
static struct problem *
take_doc(const struct call *call, const char *doc, const char *owner, const char **user)
{
	const struct collection *c = collection_find(call->set, "employees");
	const char *const *values = (const char *const *)values_parse(call->a, c, doc, NULL);
	const char *linked = value_plain(call->a, value_named(c, values, "user"));
	const char *status = value_plain(call->a, value_named(c, values, "status"));
	struct problem *p;
	bool is_member;

	*user = NULL;
	if (linked == NULL || strcmp(linked, owner) == 0 || (status != NULL && strcmp(status, "active") != 0))
		return NULL;
	if ((p = space_has_member(call, linked, &is_member)) == NULL && is_member)
		*user = linked;
	return p;
}

static struct problem *
take_named(const struct call *call, const char *id, const char *owner, const char **user)
{
	const struct collection *c = collection_find(call->set, "employees");
	struct problem *p;
	struct record record;
	bool found;

	if (id == NULL)
		return NULL;
	if ((p = record_find(call, c, id, &record, &found)) != NULL || !found || record.deleted)
		return p;
	return take_doc(call, record.doc, owner, user);
}

static struct problem *
take_self(const struct call *call, const struct collection *c, const char *owner, struct overseers *who)
{
	const char *const *values;
	const char *status;
	struct problem *p;
	struct rows *rows;

	if ((p = record_ask(call, c, SQL(OVERSIGHT_SELF), VALUES(value_id(call->person->space_id), value_id(owner)),
	    &rows)) != NULL || rows->count == 0)
		return p;
	values = (const char *const *)values_parse(call->a, c, row_text(rows, 0, OVERSIGHT_DOC), NULL);
	status = value_plain(call->a, value_named(c, values, "status"));
	who->is_finance = value_true(value_named(c, values, "finance")) &&
	    (status == NULL || strcmp(status, "active") == 0);
	if ((p = take_named(call, value_plain(call->a, value_named(c, values, "senior")), owner, &who->senior)) != NULL)
		return p;
	return take_named(call, value_plain(call->a, value_named(c, values, "supervisor")), owner, &who->supervisor);
}

/* It is asked for each report of a push, so it reads few employees, and each once. */
struct problem *
oversight_people(const struct call *call, const char *owner, struct overseers *who)
{
	const struct collection *c = collection_find(call->set, "employees");
	struct problem *p;
	struct rows *rows;
	const char *user;

	*who = (struct overseers){ 0 };
	if (c == NULL)
		return NULL;
	if ((p = take_self(call, c, owner, who)) != NULL || (p = record_ask(call, c, SQL(OVERSIGHT_FINANCE),
	    VALUES(value_id(call->person->space_id), value_integer(OVERSIGHT_FINANCE_MAX)), &rows)) != NULL)
		return p;
	who->finance = arena_alloc(call->a, (rows->count + 1) * sizeof *who->finance);
	for (size_t i = 0; i < rows->count; i++) {
		if ((p = take_doc(call, row_text(rows, i, OVERSIGHT_DOC), owner, &user)) != NULL)
			return p;
		if (user != NULL)
			who->finance[who->finance_count++] = user;
	}
	return NULL;
}
