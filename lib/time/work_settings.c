/* work_settings.c -- in a team, managers set what pay depends on.  Everybody sets their own daily target, daily limit
 * (maxHours) and zone. */
#include <string.h>

#include "model/policy.h"
#include "time/rules.h"

static const char *const pay_fields[] = {
	"lunchRule", "lunchAfterHours", "lunchMinutes", "recordedLunchCounts", "weekStart", "overtimeAfterHours",
	"overtimeMultiplier",
};

static struct problem *
check(struct change *ch)
{
	if (policy_assigns(ch->call->person) || strcmp(ch->call->person->space_kind, "team") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof pay_fields / sizeof pay_fields[0]; i++) {
		size_t at = collection_field(ch->collection, pay_fields[i])->index;
		const char *before = ch->before == NULL ? NULL : ch->before[at], *after = ch->after[at];

		if (before != after && (before == NULL || after == NULL || strcmp(before, after) != 0))
			return problem_at(ch->call->a, PROBLEM_FORBIDDEN, pay_fields[i],
			    "Pay depends on this: in a team, managers set it.");
	}
	return NULL;
}

const struct rule work_settings = {
	.name = "work-settings",
	.collection = "workSettings",
	.check = check,
};
