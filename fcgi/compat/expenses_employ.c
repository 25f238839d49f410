/* expenses_employ.c -- PUT …/employees/:id, by themselves or by who administers the space.  What Daybook knows of an
 * employee goes into their record, which only admins change; base addresses become places; the rest is remembered for
 * their clients.  Roles, passwords and permissions are not given here, whatever the body says. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses_employee.h"
#include "compat/expenses_image.h"
#include "compat/expenses_rows.h"
#include "http/reply.h"
#include "model/policy.h"

enum {
	BASES = 2
};

/* All that one request changes. */
struct employing {
	struct lookups *l;
	const struct employee *e;
	struct op op;               /* of their record among the employees */
	bool has_op;
	struct row_write bases[BASES];
	size_t base_count;
	struct remembering keep;
	bool keeps;
	size_t changes;
};

static bool
is_self(const struct employing *in)
{
	return strcmp(in->e->id, in->l->r->person.user_id) == 0;
}

/* ---- the record among the employees ---- */

static bool
differs(const char *is, const char *said)
{
	return strcmp(is == NULL ? "" : is, said) != 0;
}

static struct problem *
set_field(struct employing *in, const char *field, const char *text)
{
	in->has_op = true;
	return wire_give(in->l, &in->op, field, text);
}

/* The member as text, if the body has it and it is another one than now. */
static const char *
changed(struct employing *in, const char *member, const char *is)
{
	struct json_object *body = in->l->r->input;
	const char *text = body_text(body, member);

	if (!json_object_object_get_ex(body, member, NULL))
		return NULL;
	text = text == NULL ? "" : text;
	return differs(is, text) ? text : NULL;
}

/* A name there is one text; here the last word is the last name. */
static struct problem *
set_name(struct employing *in, const char *name)
{
	struct arena *a = in->l->r->a;
	const char *last = strrchr(name, ' ');
	struct problem *p;

	if (last == NULL || last == name || last[1] == '\0')
		return problem_at(a, PROBLEM_INVALID, "name", "A name is a first and a last name.");
	if ((p = set_field(in, "firstName", arena_strndup(a, name, (size_t)(last - name)))) != NULL)
		return p;
	return set_field(in, "lastName", last + 1);
}

static struct problem *
set_leader(struct employing *in, const struct staff *staff, const char *field, const char *id)
{
	const struct employee *leader = *id == '\0' ? NULL : staff_find(staff, id);

	if (*id != '\0' && (leader == NULL || leader->record == NULL))
		return problem_at(in->l->r->a, PROBLEM_INVALID, field, "This is nobody among the employees.");
	return set_field(in, field, leader == NULL ? NULL : leader->record->id);
}

/* Only finance is a matter of the record; who administers the space and who leads whom follows from elsewhere. */
static struct problem *
set_role(struct employing *in, const char *role)
{
	struct arena *a = in->l->r->a;

	if (strcmp(role, "finance") == 0)
		return set_field(in, "finance", "true");
	if ((strcmp(role, "employee") == 0 || strcmp(role, "supervisor") == 0) && strcmp(in->e->role, "admin") != 0)
		return strcmp(in->e->role, "finance") == 0 ? set_field(in, "finance", "false") : NULL;
	return problem_at(a, PROBLEM_FORBIDDEN, "role", "Roles are given in the space, not here.");
}

static struct problem *
read_record(struct employing *in, const struct staff *staff)
{
	const struct employee *e = in->e;
	const char *text;
	struct problem *p = NULL;

	if ((text = changed(in, "name", e->name)) != NULL)
		p = set_name(in, text);
	if (p == NULL && (text = changed(in, "position", e->position)) != NULL)
		p = set_field(in, "position", text);
	if (p == NULL && (text = changed(in, "phoneNumber", e->phone)) != NULL)
		p = set_field(in, "phone", text);
	if (p == NULL && !is_self(in) && (text = changed(in, "email", e->email)) != NULL)
		p = set_field(in, "email", text);
	if (p == NULL && (text = changed(in, "supervisorId", e->supervisor)) != NULL)
		p = set_leader(in, staff, "supervisor", text);
	if (p == NULL && (text = changed(in, "seniorStaffId", e->senior)) != NULL)
		p = set_leader(in, staff, "senior", text);
	if (p == NULL && json_object_object_get_ex(in->l->r->input, "archived", NULL) &&
	    body_flag(in->l->r->input, "archived") != e->archived)
		p = set_field(in, "status", e->archived ? "active" : "inactive");
	if (p == NULL && (text = changed(in, "role", e->role)) != NULL)
		p = set_role(in, text);
	return p;
}

/* Whom no record names gets one. */
static struct problem *
begin_record(struct employing *in)
{
	struct problem *p;

	in->op.kind = OP_SET;
	in->op.intent = INTENT_CHANGE;
	in->op.base = BASE_CURRENT;
	if (in->e->record != NULL) {
		in->op.record_id = in->e->record->id;
		return NULL;
	}
	in->op.intent = INTENT_CREATE;
	if (!in->op.touched[collection_field(in->op.collection, "lastName")->index] &&
	    (p = set_name(in, in->e->name)) != NULL)
		return p;
	return wire_give(in->l, &in->op, "user", in->e->id);
}

/* ---- base addresses ---- */

static struct problem *
set_base(struct employing *in, size_t i, const struct record *held, const char *address)
{
	static const char *const names[BASES] = { "Base", "Base 2" };
	struct row_write *row = &in->bases[in->base_count++];
	struct lookups *l = in->l;
	struct problem *p;

	*row = (struct row_write){ .owner = in->e->id, .revives = true };
	if ((p = expenses_collection(l->r, "places", &row->op.collection)) != NULL)
		return p;
	row->op.record_id = held != NULL ? held->id : arena_printf(l->r->a, "base%zu.%s", i + 1, in->e->id);
	if (held == NULL && (p = wire_give(l, &row->op, "name", names[i])) != NULL)
		return p;
	if ((p = wire_give(l, &row->op, "base", *address == '\0' ? "false" : "true")) != NULL)
		return p;
	return wire_give(l, &row->op, "address", address);
}

/* The places that the person starts from, in the order in which they are shown. */
static struct problem *
read_bases(struct employing *in)
{
	static const char *const members[BASES] = { "baseAddress", "baseAddress2" };
	struct stretch places = { .owner = in->e->id };
	const struct record *held[BASES] = { NULL, NULL };
	struct lookups *l = in->l;
	const char *text;
	struct problem *p;
	size_t n = 0;

	if ((p = expenses_collection(l->r, "places", &places.collection)) != NULL ||
	    (p = stretch_read(&l->r->call, &places)) != NULL)
		return p;
	for (size_t i = 0; i < places.count && n < BASES; i++)
		if (value_true(value_named(places.collection,
		    values_parse(l->r->a, places.collection, places.records[i].doc, NULL), "base")))
			held[n++] = &places.records[i];
	for (size_t i = 0; i < BASES; i++) {
		const char *is = held[i] == NULL ? NULL : record_text(l, held[i], "address");

		if ((text = changed(in, members[i], is)) != NULL && (p = set_base(in, i, held[i], text)) != NULL)
			return p;
	}
	return NULL;
}

/* ---- what is remembered ---- */

static struct problem *
read_kept(struct employing *in)
{
	struct request *r = in->l->r;
	const char *file;
	struct problem *p;

	in->keep = (struct remembering){ .l = in->l, .user = in->e->id };
	if ((p = json_parse_object(r->a, "{}", 2, &in->keep.changes)) != NULL)
		return p;
	json_object_object_foreach(r->input, key, value)
		if (is_remembered(key)) {
			json_object_object_add(in->keep.changes, key, json_object_get(value));
			in->keeps = true;
		}
	if (!json_object_object_get_ex(r->input, "signature", NULL))
		return NULL;
	if (!is_self(in))
		return expenses_denied(r);
	if ((p = image_of_uri(r, body_text(r->input, "signature"), &file)) != NULL)
		return p;
	in->keep.signature = file == NULL ? "" : file;
	in->keeps = true;
	return NULL;
}

/* ---- all of it ---- */

static struct problem *
take_employing(struct writer *w, void *arg)
{
	struct employing *in = arg;
	struct outcome outcome;
	struct problem *p;

	in->changes = 0;
	if (in->has_op) {
		struct op op = in->op;

		if ((p = writer_must(w, &op, &outcome)) != NULL)
			return p;
		in->changes += outcome.status == OUTCOME_APPLIED;
	}
	for (size_t i = 0; i < in->base_count; i++) {
		struct row_write row = in->bases[i];

		if ((p = row_take(w, &row)) != NULL || (p = row.outcome.problem) != NULL)
			return p;
		in->changes += row.outcome.status == OUTCOME_APPLIED;
	}
	if (!in->keeps)
		return NULL;
	in->changes++;
	return remembering_take(w, &in->keep);
}

static struct problem *
read_body(struct employing *in, const struct staff *staff)
{
	struct request *r = in->l->r;
	struct problem *p;

	if (body_text(r->input, "password") != NULL || body_text(r->input, "newPassword") != NULL)
		return problem_at(r->a, PROBLEM_INVALID, "password", "Passwords are changed in Daybook itself.");
	if ((p = expenses_collection(r, "employees", &in->op.collection)) != NULL ||
	    (p = read_record(in, staff)) != NULL)
		return p;
	if (in->has_op && r->person.role < ROLE_MANAGER)
		return problem_new(r->a, PROBLEM_FORBIDDEN, "This is changed by who administers the space.");
	if (in->has_op && (p = begin_record(in)) != NULL)
		return p;
	if (!in->e->is_member)
		return NULL;
	if ((p = read_bases(in)) != NULL)
		return p;
	return read_kept(in);
}

const struct member compat_expenses_employ_takes[] = {
	BODY("*", ANY, "the members of an employee to change"),
	MEMBERS_END
};

struct problem *
compat_expenses_employ(struct request *r)
{
	struct employing *in = arena_alloc(r->a, sizeof *in);
	struct written written;
	struct lookups l;
	struct staff staff;
	struct problem *p;

	lookups_start(&l, r);
	in->l = &l;
	if ((p = staff_read(&l, &staff)) != NULL)
		return p;
	if ((in->e = staff_find(&staff, r->params[0])) == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such employee.");
	if (!in->e->whole)
		return expenses_denied(r);
	if ((p = read_body(in, &staff)) != NULL ||
	    (p = write_action(&r->call, ROLE_MEMBER, take_employing, in, &written)) != NULL)
		return p;
	put_text(reply_object(r, 200), "message", "Employee updated successfully");
	put_integer(&r->json, "changes", (int64_t)in->changes);
	return NULL;
}
