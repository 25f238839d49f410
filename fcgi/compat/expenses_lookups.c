/* expenses_lookups.c -- what a request of the expenses API asks more than once: cost centers by their name, the names
 * of people.  On the wire a cost center is its name, of which only letters and digits count. */
#include <string.h>

#include "base/id.h"
#include "compat/expenses.h"
#include "model/cell.h"
#include "model/policy.h"

void
lookups_start(struct lookups *l, struct request *r)
{
	*l = (struct lookups){ .r = r };
	names_start(&l->people, &r->call, collection_find(r->worker->collections, "mileage"));
}

/* ---- cost centers ---- */

static struct problem *
read_centers(struct lookups *l)
{
	struct problem *p;

	if (l->has_centers)
		return NULL;
	if ((p = expenses_collection(l->r, "costCenters", &l->centers.collection)) != NULL ||
	    (p = since_read(&l->r->call, &l->centers)) != NULL)
		return p;
	l->has_centers = true;
	return NULL;
}

static const char *
text_of(struct lookups *l, const struct record *record, const char *field)
{
	return value_plain(l->r->a, value_named(record->collection,
	    values_parse(l->r->a, record->collection, record->doc, NULL), field));
}

static bool
is_called(struct lookups *l, const struct record *record, const char *field, const char *loose)
{
	const char *text = text_of(l, record, field);

	return text != NULL && strcmp(text_loose(l->r->a, text), loose) == 0;
}

/* The only one of that name or code, or NULL. */
static const char *
find_center(struct lookups *l, const char *field, const char *loose)
{
	const char *id = NULL;

	for (size_t i = 0; i < l->centers.count; i++) {
		const struct record *record = &l->centers.rows[i].record;

		if (!is_called(l, record, field, loose))
			continue;
		if (id != NULL)
			return NULL;
		id = record->id;
	}
	return id;
}

struct problem *
lookups_center(struct lookups *l, const char *text, const char **id)
{
	struct problem *p;
	const char *loose;

	*id = NULL;
	if (text == NULL || *(loose = text_loose(l->r->a, text)) == '\0')
		return NULL;
	if ((p = read_centers(l)) != NULL)
		return p;
	if ((*id = find_center(l, "name", loose)) == NULL)
		*id = find_center(l, "code", loose);
	for (size_t i = 0; *id == NULL && i < l->centers.count; i++)
		if (strcmp(l->centers.rows[i].record.id, text) == 0)
			*id = l->centers.rows[i].record.id;
	if (*id != NULL)
		return NULL;
	return problem_at(l->r->a, PROBLEM_INVALID, "costCenter", "There is no cost center \"%s\" here.",
	    text_short(l->r->a, text));
}

struct problem *
lookups_center_name(struct lookups *l, const char *id, const char **name)
{
	struct problem *p;

	*name = "";
	if (id == NULL)
		return NULL;
	if ((p = read_centers(l)) != NULL)
		return p;
	for (size_t i = 0; i < l->centers.count; i++)
		if (strcmp(l->centers.rows[i].record.id, id) == 0) {
			*name = text_of(l, &l->centers.rows[i].record, "name");
			return NULL;
		}
	*name = id;
	return NULL;
}

/* ---- people ---- */

struct problem *
lookups_person(struct lookups *l, const char *user, const char **name)
{
	if (strcmp(user, l->r->person.user_id) == 0) {
		*name = l->r->person.name;
		return NULL;
	}
	return names_user(&l->people, l->r->a, user, name);
}

struct problem *
lookups_owner(struct request *r, const char *employee, const char **owner)
{
	*owner = employee == NULL || *employee == '\0' ? r->person.user_id : employee;
	if (strcmp(*owner, r->person.user_id) == 0)
		return NULL;
	if (!policy_assigns(&r->person))
		return expenses_denied(r);
	if (!uuid_valid(*owner))
		return problem_at(r->a, PROBLEM_INVALID, "employeeId", "There is no such employee.");
	return NULL;
}
