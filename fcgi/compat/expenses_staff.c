/* expenses_staff.c -- reads everybody of a space once: the records of `employees`, and the members whom none of them
 * names. */
#include <string.h>

#include "compat/expenses_employee.h"
#include "model/policy.h"

const char *
record_text(struct lookups *l, const struct record *record, const char *field)
{
	const struct collection *c = record->collection;
	const char *secret = policy_sees_private(&l->r->person, record->owner) ? record->doc_private : NULL;

	return value_plain(l->r->a, value_named(c, values_parse(l->r->a, c, record->doc, secret), field));
}

static const char *
text(struct lookups *l, const struct collection *c, const char **values, const char *field)
{
	return value_plain(l->r->a, value_named(c, values, field));
}

static bool
is(struct lookups *l, const struct collection *c, const char **values, const char *field, const char *word)
{
	const char *value = text(l, c, values, field);

	return value != NULL && strcmp(value, word) == 0;
}

static bool
sees_whole(struct lookups *l, const char *id)
{
	return strcmp(id, l->r->person.user_id) == 0 || l->r->person.role >= ROLE_MANAGER;
}

/* An employee has this id too. */
static void
know(struct staff *staff, const char *id)
{
	struct seen_entry *entry = seen_entry(&staff->known, id);

	if (entry->count == 0)
		entry->count = (uint32_t)staff->count + 1;
}

const struct employee *
staff_find(const struct staff *staff, const char *id)
{
	const struct seen_entry *entry = id == NULL ? NULL : seen_find(&staff->known, id);

	return entry == NULL ? NULL : &staff->all[entry->count - 1];
}

static void
add_employee(struct lookups *l, struct staff *staff, const struct record *record)
{
	const struct collection *c = record->collection;
	const char *secret = policy_sees_private(&l->r->person, record->owner) ? record->doc_private : NULL;
	const char **values = values_parse(l->r->a, c, record->doc, secret);
	const char *user = text(l, c, values, "user");
	struct employee *e = &staff->all[staff->count];

	*e = (struct employee){
		.id = user != NULL ? user : record->id,
		.name = arena_printf(l->r->a, "%s %s", text(l, c, values, "firstName"), text(l, c, values, "lastName")),
		.position = text(l, c, values, "position"),
		.email = text(l, c, values, "email"),
		.phone = text(l, c, values, "phone"),
		.supervisor = text(l, c, values, "supervisor"),
		.senior = text(l, c, values, "senior"),
		.role = is(l, c, values, "finance", "true") ? "finance" : "employee",
		.record = record,
		.is_member = user != NULL,
		.archived = is(l, c, values, "status", "inactive"),
	};
	e->whole = sees_whole(l, e->id);
	know(staff, e->id);
	know(staff, record->id);
	staff->count++;
}

static void
add_member(struct lookups *l, struct staff *staff, const char *id, const char *name)
{
	if (staff_find(staff, id) != NULL)
		return;
	staff->all[staff->count] = (struct employee){
		.id = id, .name = name, .role = "employee", .is_member = true, .whole = sees_whole(l, id),
	};
	know(staff, id);
	staff->count++;
}

/* What a role in the space is there. */
static void
take_role(struct staff *staff, const char *id, enum role role)
{
	const struct employee *e = staff_find(staff, id);

	if (e != NULL && role >= ROLE_MANAGER)
		staff->all[e - staff->all].role = "admin";
}

/* References to records become ids as on the wire, and whoever they name leads somebody. */
static void
take_leader(struct staff *staff, const char **leader)
{
	const struct employee *e = staff_find(staff, *leader);

	*leader = e == NULL ? NULL : e->id;
	if (e != NULL && strcmp(e->role, "employee") == 0)
		staff->all[e - staff->all].role = "supervisor";
}

static void
join(struct lookups *l, struct staff *staff)
{
	const struct person *self = &l->r->person;

	staff->all = arena_alloc(l->r->a, (staff->employees.count + staff->members.count + 1) * sizeof *staff->all);
	for (size_t i = 0; i < staff->employees.count; i++)
		add_employee(l, staff, &staff->employees.rows[i].record);
	for (size_t i = 0; i < staff->members.count; i++) {
		const struct record *member = &staff->members.rows[i].record;

		add_member(l, staff, member->id, record_text(l, member, "name"));
		take_role(staff, member->id, role_named(record_text(l, member, "role")));
	}
	add_member(l, staff, self->user_id, self->name);
	take_role(staff, self->user_id, self->role);
	for (size_t i = 0; i < staff->count; i++) {
		take_leader(staff, &staff->all[i].supervisor);
		take_leader(staff, &staff->all[i].senior);
	}
}

struct problem *
staff_read(struct lookups *l, struct staff *staff)
{
	struct problem *p;

	*staff = (struct staff){ .count = 0 };
	seen_start(&staff->known, l->r->a);
	if ((p = expenses_collection(l->r, "employees", &staff->employees.collection)) != NULL ||
	    (p = expenses_collection(l->r, "members", &staff->members.collection)) != NULL ||
	    (p = since_read(&l->r->call, &staff->employees)) != NULL ||
	    (p = since_read(&l->r->call, &staff->members)) != NULL)
		return p;
	join(l, staff);
	return NULL;
}
