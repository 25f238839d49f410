/* mileage_rates.c -- what a mile or a kilometre is worth holds from a day on (period/dated.h).  A rate is followed by
 * the next one for the same kind of vehicle and the same unit. */
#include <string.h>

#include "expenses/mileage_money.h"
#include "expenses/rules.h"
#include "period/dated.h"
#include "store/statement.h"

static const char *
value_of(const struct change *ch, const char *field)
{
	return ch->after[collection_field(ch->collection, field)->index];
}

static bool
same(const struct collection *c, const char *const *left, const char *const *right)
{
	return value_equal(value_named(c, left, "vehicleKind"), value_named(c, right, "vehicleKind")) &&
	    value_equal(value_named(c, left, "unit"), value_named(c, right, "unit"));
}

/* Where a rate has a threshold, what trips are worth that follow in the same tax year depends on those before. */
static struct problem *
extend(struct change *ch, const struct rows *others, const char **last)
{
	struct arena *a = ch->call->a;
	struct mileage_rates rates = { .all = arena_alloc(a, (others->count + 2) * sizeof *rates.all) };
	const char *last_day = *last;

	for (size_t i = 0; i < others->count; i++)
		mileage_rate_of(a, ch->collection, row_text(others, i, DATED_ID),
		    (const char *const *)values_parse(a, ch->collection, row_text(others, i, DATED_DOC), NULL),
		    &rates.all[rates.count++]);
	if (ch->after != NULL)
		mileage_rate_of(a, ch->collection, ch->id, (const char *const *)ch->after, &rates.all[rates.count++]);
	for (size_t i = 0; i < rates.count; i++) {
		char end[DATE_TEXT_SIZE];

		mileage_year_end(&rates.all[i], last_day, end);
		if (rates.all[i].limited && strcmp(end, *last) > 0)
			*last = arena_strdup(a, end);
	}
	return NULL;
}

static const struct dated dated_rates = { .kind = "expenses", .same = same, .extend = extend };

static struct problem *
check_limit(struct change *ch)
{
	const char *threshold = value_of(ch, "threshold"), *after = value_of(ch, "rateAfter");

	if (threshold != NULL && after == NULL)
		return problem_at(ch->call->a, PROBLEM_REQUIRED, "rateAfter",
		    "rateAfter says what holds beyond the threshold; without it there is none.");
	if (threshold == NULL && after != NULL)
		return problem_at(ch->call->a, PROBLEM_REQUIRED, "threshold",
		    "rateAfter does nothing without threshold.");
	return NULL;
}

/* A tax year begins on a day that every year has. */
static struct problem *
check_year(struct change *ch)
{
	const char *start = value_plain(ch->call->a, value_of(ch, "yearStart"));

	if (start == NULL || (strlen(start) == 5 && date_valid(arena_printf(ch->call->a, "2001-%s", start))))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "yearStart",
	    "yearStart is a month and a day that every year has, such as 04-06.");
}

static struct problem *
check(struct change *ch)
{
	struct problem *p;

	if ((p = check_limit(ch)) != NULL || (p = check_year(ch)) != NULL)
		return p;
	return dated_check(ch, &dated_rates);
}

static struct problem *
check_delete(struct change *ch)
{
	return dated_check_delete(ch, &dated_rates);
}

const struct rule mileage_rates = {
	.name = "mileage-rates",
	.collection = "mileageRates",
	.check = check,
	.check_delete = check_delete,
	.foreseen = dated_foreseen,
};
