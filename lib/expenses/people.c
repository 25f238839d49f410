/* people.c -- see people.h. */
#include "expenses/people.h"

#include "base/id.h"
#include "model/policy.h"

struct problem *
expense_people(const struct call *call, const struct collection *c, const char *only, struct rows **people)
{
	const struct value space = value_id(call->person->space_id), name = value_text(c->name);
	struct problem *p;

	if (only == NULL)
		return db_run(call->db, call->a, SQL(EXPENSE_PEOPLE), VALUES(space, name), people);
	if (uuid_valid(only) && policy_sees(call->person, c, only, NULL)) {
		p = db_run(call->db, call->a, SQL(EXPENSE_PERSON), VALUES(value_id(only), space, space, name), people);
		if (p != NULL || (*people)->count > 0)
			return p;
	}
	return problem_at(call->a, PROBLEM_NOT_FOUND, "person", "There is no such person.");
}
