/* employee.c -- the people of a company.  Each has a number of his own, given or the next one, and none is given twice, not even
 * that of somebody who was deleted.  Who is linked to a member belongs to that member: he sees his own private fields.  Who is linked
 * to none belongs to nobody, or a manager would go on seeing what those he hired earn when he is none any more. */
#include <string.h>

#include "rules.h"
#include "person.h"
#include "statement.h"

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static bool
same(const char *left, const char *right)
{
	return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static bool
changed(const struct change *ch, size_t i)
{
	return !same(ch->before == NULL ? NULL : ch->before[i], ch->after[i]);
}

static void
take_owner(struct change *ch)
{
	const char *user = value_plain(ch->a, ch->after[at(ch, "user")]);

	ch->owner = user != NULL ? user : NOBODY;
}

/* The audit holds every number there ever was, and the lock of the space lets nobody else take the next one meanwhile. */
static struct problem *
derive(struct change *ch)
{
	size_t number = at(ch, "employeeId");
	struct problem *p;
	struct rows *rows;

	take_owner(ch);
	if (ch->after[number] != NULL)
		return NULL;
	if ((p = db_run(ch->db, ch->a, SQL(EMPLOYEE_LAST), VALUES(value_text(ch->person->space_id)), &rows)) != NULL)
		return p;
	ch->after[number] = arena_printf(ch->a, "\"EMP%04lld\"", (long long)row_integer(rows, 0, 0) + 1);
	return NULL;
}

static struct problem *
check_number(struct change *ch)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t i = at(ch, "employeeId");
	const char *number = value_plain(ch->a, ch->after[i]);
	struct problem *p;
	struct rows *rows;

	if (!changed(ch, i))
		return NULL;
	if (*number == '\0' || number[strspn(number, letters)] != '\0')
		return problem_at(ch->a, PROBLEM_INVALID, "employeeId", "A number is made of letters, digits, and . _ -");
	p = db_run(ch->db, ch->a, SQL(EMPLOYEE_NUMBER_TAKEN), VALUES(value_text(ch->person->space_id), value_text(ch->id), value_text(number)), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	return problem_at(ch->a, PROBLEM_INVALID, "employeeId", "Somebody else has this number.");
}

static struct problem *
check_member(struct change *ch, const char *user)
{
	const struct value space = value_text(ch->person->space_id);
	struct problem *p;
	struct rows *rows;

	if (!uuid_valid(user))
		return problem_at(ch->a, PROBLEM_INVALID, "user", "user must be the id of a member of the space.");
	if ((p = db_run(ch->db, ch->a, SQL(MEMBER_FIND), VALUES(space, value_text(user)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_at(ch->a, PROBLEM_INVALID, "user", "user must be the id of a member of the space.");
	if ((p = db_run(ch->db, ch->a, SQL(EMPLOYEE_USER_TAKEN), VALUES(space, value_text(ch->id), value_text(user)), &rows)) != NULL)
		return p;
	return rows->count == 0 ? NULL : problem_at(ch->a, PROBLEM_INVALID, "user", "This member is somebody else already.");
}

static struct problem *
check_user(struct change *ch)
{
	size_t i = at(ch, "user");

	return changed(ch, i) && ch->after[i] != NULL ? check_member(ch, value_plain(ch->a, ch->after[i])) : NULL;
}

static struct problem *
check(struct change *ch)
{
	const char *supervisor = value_plain(ch->a, ch->after[at(ch, "supervisor")]);
	struct problem *p;

	if (supervisor != NULL && strcmp(supervisor, ch->id) == 0)
		return problem_at(ch->a, PROBLEM_INVALID, "supervisor", "Nobody is his own supervisor.");
	if ((p = check_number(ch)) != NULL)
		return p;
	return check_user(ch);
}

const struct rule employee = {
	.name = "employee",
	.collection = "employees",
	.derive = derive,
	.check = check,
};
