/* employee.c -- the people of a company.  Each has a number of their own, chosen or the next one.  No number is given
 * twice, not even that of an employee who was deleted.  An employee who is linked to a member is that member's record,
 * so they see their own private fields.  The record of one who is linked to nobody is owned by nobody: otherwise a
 * former manager would still see what the people they entered earn. */
#include <stdlib.h>
#include <string.h>

#include "account/person.h"
#include "base/id.h"
#include "record/space.h"
#include "rules/rules.h"
#include "store/statement.h"

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

static bool
changed(const struct change *ch, size_t i)
{
	return !value_equal(ch->before == NULL ? NULL : ch->before[i], ch->after[i]);
}

static void
take_owner(struct change *ch)
{
	const char *user = value_plain(ch->call->a, ch->after[at(ch, "user")]);

	ch->owner = user != NULL ? user : NOBODY;
}

/* ---- dry runs: what earlier rows of the same file would take ---- */

static const char last_given[] = "employees last number";

static const char *
name_of_value(struct change *ch, const char *field, const char *value)
{
	return arena_printf(ch->call->a, "employees %s %s", field, value);
}

/* True when an earlier row of the same file would have this value. */
static bool
is_promised(struct change *ch, const char *field, const char *value)
{
	const struct seen_entry *entry = ch->coming == NULL
	    ? NULL : seen_find(ch->coming, name_of_value(ch, field, value));
	unsigned char mark[SEEN_KEY_SIZE];

	if (entry == NULL)
		return false;
	seen_hash(ch->id, mark);
	return memcmp(entry->mark, mark, sizeof mark) != 0;
}

static void
promise(struct change *ch, const char *field)
{
	const char *value = value_plain(ch->call->a, ch->after[at(ch, field)]);
	struct seen_entry *entry;

	if (value == NULL)
		return;
	entry = seen_entry(ch->coming, name_of_value(ch, field, value));
	entry->count = 1;
	seen_hash(ch->id, entry->mark);
}

/* The number in "EMP0042", here 42; 0 for numbers of another form. */
static uint32_t
counted(const char *number)
{
	size_t digits = number == NULL || strncmp(number, "EMP", 3) != 0 ? 0 : strspn(number + 3, "0123456789");

	return digits < 1 || digits > 9 || number[3 + digits] != '\0' ? 0 : (uint32_t)strtoul(number + 3, NULL, 10);
}

static struct problem *
foreseen(struct change *ch)
{
	uint32_t n;

	if (ch->after == NULL)
		return NULL;
	promise(ch, "employeeId");
	promise(ch, "user");
	if ((n = counted(value_plain(ch->call->a, ch->after[at(ch, "employeeId")]))) > 0) {
		struct seen_entry *last = seen_entry(ch->coming, last_given);

		last->count = last->count < n ? n : last->count;
	}
	return NULL;
}

/* ---- every write ---- */

/* The audit has every number that was ever used.  The space is locked, so nobody else can take the next one
 * meanwhile. */
static struct problem *
derive(struct change *ch)
{
	size_t number = at(ch, "employeeId");
	const struct seen_entry *promised = ch->coming == NULL ? NULL : seen_find(ch->coming, last_given);
	struct problem *p;
	struct rows *rows;
	int64_t last;

	take_owner(ch);
	if (ch->after[number] != NULL)
		return NULL;
	if ((p = db_run(ch->call->db, ch->call->a, SQL(EMPLOYEE_LAST),
	    VALUES(value_id(ch->call->person->space_id)), &rows)) != NULL)
		return p;
	last = row_integer(rows, 0, EMPLOYEE_LAST_NUMBER);
	if (promised != NULL && promised->count > last)
		last = promised->count;
	ch->after[number] = arena_printf(ch->call->a, "\"EMP%04lld\"", (long long)last + 1);
	return NULL;
}

static struct problem *
check_number(struct change *ch)
{
	struct arena *a = ch->call->a;
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t i = at(ch, "employeeId");
	const char *number = value_plain(a, ch->after[i]);
	struct problem *p;
	struct rows *rows;

	if (!changed(ch, i))
		return NULL;
	if (*number == '\0' || number[strspn(number, letters)] != '\0')
		return problem_at(a, PROBLEM_INVALID, "employeeId", "A number is made of letters, digits, and . _ -");
	p = db_run(ch->call->db, a, SQL(EMPLOYEE_NUMBER_TAKEN),
	    VALUES(value_id(ch->call->person->space_id), value_key(ch->id), value_text(number)), &rows);
	if (p != NULL || (rows->count == 0 && !is_promised(ch, "employeeId", number)))
		return p;
	return problem_at(a, PROBLEM_INVALID, "employeeId", "Somebody else has this number.");
}

static struct problem *
check_member(struct change *ch, const char *user)
{
	struct arena *a = ch->call->a;
	const struct value space = value_id(ch->call->person->space_id);
	struct problem *p;
	struct rows *rows;
	bool is_member;

	if (!uuid_valid(user))
		return problem_at(a, PROBLEM_INVALID, "user", "user must be the id of a member of the space.");
	if ((p = space_has_member(ch->call, user, &is_member)) != NULL)
		return p;
	if (!is_member)
		return problem_at(a, PROBLEM_INVALID, "user", "user must be the id of a member of the space.");
	if ((p = db_run(ch->call->db, a, SQL(EMPLOYEE_USER_TAKEN),
	    VALUES(space, value_key(ch->id), value_text(user)), &rows)) != NULL)
		return p;
	if (rows->count == 0 && !is_promised(ch, "user", user))
		return NULL;
	return problem_at(a, PROBLEM_INVALID, "user", "This member is somebody else already.");
}

static struct problem *
check_user(struct change *ch)
{
	size_t i = at(ch, "user");

	return changed(ch, i) && ch->after[i] != NULL ? check_member(ch, value_plain(ch->call->a, ch->after[i])) : NULL;
}

/* Nobody looks after themselves. */
static struct problem *
check_other(struct change *ch, const char *field)
{
	const char *id = value_plain(ch->call->a,
	    value_named(ch->collection, (const char *const *)ch->after, field));

	if (id == NULL || strcmp(id, ch->id) != 0)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, field, "An employee cannot be their own %s.", field);
}

static struct problem *
check(struct change *ch)
{
	struct problem *p;

	if ((p = check_other(ch, "supervisor")) != NULL || (p = check_other(ch, "senior")) != NULL)
		return p;
	if ((p = check_number(ch)) != NULL)
		return p;
	return check_user(ch);
}

const struct rule employee = {
	.name = "employee",
	.collection = "employees",
	.scans = true,
	.derive = derive,
	.check = check,
	.foreseen = foreseen,
};
