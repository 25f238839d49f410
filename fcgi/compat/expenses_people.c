/* expenses_people.c -- …/employees: everybody by name and position, and of oneself everything.  Who administers the
 * space sees more of everybody; nobody sees passwords, signatures or tokens of others.
 *
 * Roles are those of the space: whoever administers it is `admin`; who has finance is `finance`, who is somebody's
 * supervisor or senior is `supervisor`.  No body changes that. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses_employee.h"
#include "http/reply.h"
#include "model/cell.h"

/* ---- one of them ---- */

static void
put_or_empty(struct json_out *out, const char *name, const char *text)
{
	put_text(out, name, text == NULL ? "" : text);
}

/* The addresses of the places that a person starts from.  Only themselves and admins see places. */
static struct problem *
put_bases(struct lookups *l, struct json_out *out, const char *user)
{
	static const char *const names[] = { "baseAddress", "baseAddress2" };
	struct stretch places = { .owner = user };
	struct problem *p;
	size_t put = 0;

	if ((p = expenses_collection(l->r, "places", &places.collection)) != NULL ||
	    (p = stretch_read(&l->r->call, &places)) != NULL)
		return p;
	for (size_t i = 0; i < places.count && put < 2; i++) {
		const struct record *place = &places.records[i];
		const char *base = record_text(l, place, "base"), *address = record_text(l, place, "address");

		if (base != NULL && strcmp(base, "true") == 0)
			put_text(out, names[put++], address != NULL ? address : record_text(l, place, "name"));
	}
	while (put < 2)
		put_text(out, names[put++], "");
	return NULL;
}

/* What everybody sees, and what who sees all of them sees in a list too. */
static void
put_employee(struct json_out *out, const struct employee *e)
{
	put_text(out, "id", e->id);
	put_text(out, "name", e->name);
	put_or_empty(out, "position", e->position);
	put_text(out, "role", e->role);
	put_text(out, "supervisorId", e->supervisor);
	put_text(out, "seniorStaffId", e->senior);
	put_integer(out, "archived", e->archived);
	if (!e->whole)
		return;
	put_or_empty(out, "phoneNumber", e->phone);
	put_array(out, "permissions");
	put_end(out);
	if (e->record != NULL) {
		put_sql_instant(out, "createdAt", e->record->created_at);
		put_sql_instant(out, "updatedAt", e->record->updated_at);
	}
}

static void
put_email(struct lookups *l, struct json_out *out, const struct staff *staff, const struct employee *e)
{
	const char *email = e->email;

	if (strcmp(e->id, l->r->person.user_id) == 0)
		email = l->r->person.email;
	for (size_t i = 0; email == NULL && i < staff->members.count; i++)
		if (strcmp(staff->members.rows[i].record.id, e->id) == 0)
			email = record_text(l, &staff->members.rows[i].record, "email");
	put_or_empty(out, "email", email);
}

/* All of an employee. */
static struct problem *
put_whole(struct lookups *l, struct json_out *out, const struct staff *staff, const struct employee *e)
{
	struct problem *p;

	put_employee(out, e);
	put_email(l, out, staff, e);
	if (!e->is_member)
		return NULL;
	if ((p = put_bases(l, out, e->id)) != NULL)
		return p;
	return remembered_put(l, out, e->id);
}

struct problem *
employee_put_self(struct lookups *l, struct json_out *out)
{
	struct staff staff;
	struct problem *p;

	if ((p = staff_read(l, &staff)) != NULL)
		return p;
	return put_whole(l, out, &staff, staff_find(&staff, l->r->person.user_id));
}

/* ---- GET …/employees ---- */

static bool
is_same(const char *asked, const char *text)
{
	return asked == NULL || *asked == '\0' || (text != NULL && strcmp(asked, text) == 0);
}

/* What the query asks of an employee. */
static bool
is_asked_for(struct request *r, const struct employee *e)
{
	const char *search = given_text(r, "search");

	if (e->archived && !given_is(r, "includeArchived", "true") && !given_is(r, "includeArchived", "1"))
		return false;
	return is_same(given_text(r, "supervisorId"), e->supervisor) &&
	    is_same(given_text(r, "position"), e->position) &&
	    (search == NULL || strstr(text_loose(r->a, e->name), text_loose(r->a, search)) != NULL);
}

const struct member compat_expenses_employees_takes[] = {
	PARAM("supervisorId", TEXT, "those whose supervisor this is"),
	PARAM("position", TEXT, "those with this position"),
	PARAM("search", TEXT, "a part of the name"),
	PARAM("includeArchived", TEXT, "true: those who have left, too"),
	MEMBERS_END
};

struct problem *
compat_expenses_employees(struct request *r)
{
	struct problem *p;
	struct lookups l;
	struct staff staff;
	struct json_out *out;

	lookups_start(&l, r);
	if ((p = staff_read(&l, &staff)) != NULL)
		return p;
	out = expenses_array(r);
	for (size_t i = 0; i < staff.count; i++) {
		const struct employee *e = &staff.all[i];

		if (!is_asked_for(r, e))
			continue;
		put_object(out, NULL);
		if (strcmp(e->id, r->person.user_id) != 0)
			put_employee(out, e);
		else if ((p = put_whole(&l, out, &staff, e)) != NULL)
			return p;
		put_end(out);
	}
	return NULL;
}

/* GET …/employees/:id */
struct problem *
compat_expenses_employee(struct request *r)
{
	struct problem *p;
	struct lookups l;
	struct staff staff;
	const struct employee *e;

	lookups_start(&l, r);
	if ((p = staff_read(&l, &staff)) != NULL)
		return p;
	if ((e = staff_find(&staff, r->params[0])) == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such employee.");
	if (!e->whole)
		return expenses_denied(r);
	return put_whole(&l, reply_object(r, 200), &staff, e);
}
