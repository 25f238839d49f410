/* work_dated.c -- what hours are counted and paid by, from a day on (period/dated.h): the rules of a space (workRules)
 * and the terms of a person (workTerms).  Whoever is paid by them does not set them. */
#include <string.h>

#include "base/instant.h"
#include "period/dated.h"
#include "time/rules.h"
#include "time/week.h"

static const char *
value_of(const struct change *ch, const char *field)
{
	return ch->after[collection_field(ch->collection, field)->index];
}

/* The hours of a day before the next record holds count for the overtime of its week. */
static struct problem *
extend(struct change *ch, const struct rows *others, const char **last)
{
	char first[DATE_TEXT_SIZE], end[DATE_TEXT_SIZE];
	struct problem *p;

	(void)others;
	if (strcmp(*last, "9999-12-31") == 0)
		return NULL;
	p = week_of(ch->call, *last, first, end);
	*last = arena_strdup(ch->call->a, end);
	return p;
}

static const struct dated work_dated = { .kind = "hours", .extend = extend };

/* ---- what makes no sense by itself ---- */

struct half {
	const char *field, *needs;
};

/* A value that means nothing without the other one. */
static const struct half halves[] = {
	{ "lunchMinutes", "lunchAfterHours" },
	{ "longLunchMinutes", "longLunchAfterHours" },
	{ "dailyOvertimeMultiplier", "dailyOvertimeAfterHours" },
	{ "overtimeMultiplier", "overtimeAfterHours" },
	{ "rounding", "roundingMinutes" },
};

static bool
says_something(const char *value)
{
	return value != NULL && strcmp(value, "0") != 0 && strcmp(value, "\"none\"") != 0;
}

static struct problem *
check_halves(struct change *ch)
{
	for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++)
		if (says_something(value_of(ch, halves[i].field)) && value_of(ch, halves[i].needs) == NULL)
			return problem_at(ch->call->a, PROBLEM_REQUIRED, halves[i].needs,
			    "%s does nothing without %s.", halves[i].field, halves[i].needs);
	return NULL;
}

/* ---- both ---- */

static struct problem *
check_rules(struct change *ch)
{
	struct problem *p = check_halves(ch);

	return p != NULL ? p : dated_check(ch, &work_dated);
}

static struct problem *
check_delete_rules(struct change *ch)
{
	return dated_check_delete(ch, &work_dated);
}

/* Members never come here: the definition lets only managers write.  Nobody is above an owner. */
static struct problem *
refuse_own(struct change *ch)
{
	const struct person *person = ch->call->person;

	if (person->role >= ROLE_OWNER || strcmp(person->space_kind, "team") != 0 ||
	    strcmp(person->user_id, ch->owner) != 0)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "owner",
	    "Nobody sets what they are paid by; another manager does.");
}

static struct problem *
check_terms(struct change *ch)
{
	struct problem *p = refuse_own(ch);

	return p != NULL ? p : dated_check(ch, &work_dated);
}

static struct problem *
check_delete_terms(struct change *ch)
{
	struct problem *p = refuse_own(ch);

	return p != NULL ? p : dated_check_delete(ch, &work_dated);
}

const struct rule work_rules = {
	.name = "work-rules",
	.collection = "workRules",
	.check = check_rules,
	.check_delete = check_delete_rules,
	.foreseen = dated_foreseen,
};

const struct rule work_terms = {
	.name = "work-terms",
	.collection = "workTerms",
	.check = check_terms,
	.check_delete = check_delete_terms,
	.foreseen = dated_foreseen,
};
