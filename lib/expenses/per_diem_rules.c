/* per_diem_rules.c -- what a day away is worth holds from a day on (period/dated.h).  The rules of a cost center are
 * followed by the next ones of the same cost center; those that begin on one day are tiers. */
#include <string.h>

#include "expenses/month.h"
#include "expenses/rules.h"
#include "period/dated.h"

static bool
same(const struct collection *c, const char *const *left, const char *const *right)
{
	return value_equal(value_named(c, left, "costCenter"), value_named(c, right, "costCenter"));
}

/* What is left of the most of a month depends on the days before, until the month ends. */
static struct problem *
extend(struct change *ch, const struct rows *others, const char **last)
{
	char first[DATE_TEXT_SIZE], end[DATE_TEXT_SIZE];

	(void)others;
	if (strncmp(*last, "9999", 4) == 0)
		return NULL;
	month_span(*last, first, end);
	*last = arena_strdup(ch->call->a, end);
	return NULL;
}

static const struct dated dated_rules = { .kind = "expenses", .same = same, .extend = extend };

static struct problem *
check(struct change *ch)
{
	return dated_check(ch, &dated_rules);
}

static struct problem *
check_delete(struct change *ch)
{
	return dated_check_delete(ch, &dated_rules);
}

const struct rule per_diem_tiers = {
	.name = "per-diem-rules",
	.collection = "perDiemRules",
	.check = check,
	.check_delete = check_delete,
	.foreseen = dated_foreseen,
};
