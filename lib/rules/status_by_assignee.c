/* status_by_assignee.c -- managers write these records.  The person one is assigned to may change its status and
 * nothing else. */
#include <string.h>

#include "model/policy.h"
#include "rules/rules.h"

static struct problem *
check(struct change *ch)
{
	if (policy_assigns(ch->call->person))
		return NULL;
	for (size_t i = 0; i < ch->collection->field_count; i++) {
		const struct field *f = &ch->collection->fields[i];
		const char *before = ch->before == NULL ? NULL : ch->before[i];

		if (strcmp(f->name, "status") != 0 && !value_equal(before, ch->after[i]))
			return problem_at(ch->call->a, PROBLEM_FORBIDDEN, f->name,
			    "Only managers change this; you can change the status.");
	}
	return NULL;
}

const struct rule status_by_assignee = {
	.name = "status-by-assignee",
	.check = check,
};
