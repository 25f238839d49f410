/* currency.c -- a field named currency must be three capital letters, the form of an ISO 4217 code.  This rule, unlike
 * screens, goes by the name of the field. */
#include <string.h>

#include "rules/rules.h"

static struct problem *
check(struct change *ch)
{
	const char *code = value_plain(ch->call->a, value_named(ch->collection, ch->after, "currency"));

	if (code == NULL || (strlen(code) == 3 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "currency",
	    "currency must be three capital letters, such as EUR or USD.");
}

const struct rule currency = {
	.name = "currency",
	.check = check,
};
