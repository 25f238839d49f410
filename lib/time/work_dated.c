/* work_dated.c -- what people are paid by has a day from which it holds: the rules of a space (workRules) and the terms
 * of a person (workTerms).  Whoever is paid by them does not set them.  What was counted yesterday is the same
 * tomorrow, unless somebody corrects the past and says why. */
#include <string.h>

#include "base/instant.h"
#include "period/period.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"
#include "time/dated.h"
#include "time/rules.h"
#include "time/week.h"

static const char *
value_of(const struct change *ch, const char *field)
{
	return ch->after[collection_field(ch->collection, field)->index];
}

/* The records of the same space or person. */
static struct problem *
find_others(struct change *ch, struct rows **rows)
{
	return record_ask(ch->call, ch->collection, SQL(WORK_DATED),
	    VALUES(value_id(ch->call->person->space_id), value_text(ch->collection->name), value_id(ch->owner),
	        value_integer(DATED_MAX + 1)),
	    rows);
}

/* ---- dry runs: how many records earlier rows of the same file would make ---- */

static const char *
name_of_all(struct change *ch)
{
	return arena_printf(ch->call->a, "%s of %s", ch->collection->name, ch->owner);
}

static size_t
count_coming(struct change *ch)
{
	const struct seen_entry *entry = ch->coming == NULL ? NULL : seen_find(ch->coming, name_of_all(ch));

	return entry == NULL ? 0 : entry->count;
}

static struct problem *
foreseen(struct change *ch)
{
	if (ch->after != NULL && ch->before == NULL)
		seen_entry(ch->coming, name_of_all(ch))->count++;
	return NULL;
}

/* ---- the past ---- */

/* Today, in the zone of the space. */
static struct problem *
find_today(struct change *ch, char today[DATE_TEXT_SIZE])
{
	struct problem *p;
	const char *zone;

	if ((p = space_zone(ch->call, &zone)) != NULL)
		return p;
	if (!zone_date(zone, ch->now, today, NULL, NULL) && !zone_date("UTC", ch->now, today, NULL, NULL))
		return problem_new(ch->call->a, PROBLEM_INTERNAL, "No zone tells the day.");
	return NULL;
}

/* The write itself says why: a reason that was given for an earlier correction is none for this one. */
static bool
gives_reason(struct change *ch)
{
	const char *reason = value_plain(ch->call->a, value_of(ch, "reason"));

	return ch->touched[collection_field(ch->collection, "reason")->index] && reason != NULL &&
	    reason[strspn(reason, " \t\n")] != '\0';
}

static struct problem *
check_past(struct change *ch, const char *from, size_t others)
{
	struct arena *a = ch->call->a;
	struct problem *p;
	char today[DATE_TEXT_SIZE];

	if ((p = find_today(ch, today)) != NULL || strcmp(from, today) >= 0)
		return p;
	if (ch->before == NULL && others == 0)
		return NULL;
	if (ch->action == ACTION_RESTORED)
		return problem_at(a, PROBLEM_INVALID, "reason",
		    "This corrects the past, and a restored version gives no reason; change the fields and say why.");
	if (!gives_reason(ch))
		return problem_at(a, PROBLEM_INVALID, "reason",
		    "This corrects days before today; say why in this change.");
	return NULL;
}

/* ---- closed periods ---- */

/* The last day that a record counts for: the one before the next record holds, and where it counts for a part of a
 * week, the last of that week, because of its overtime. */
static struct problem *
find_last(struct change *ch, const char *from, const struct rows *rows, const char **last)
{
	struct arena *a = ch->call->a;
	char day[DATE_TEXT_SIZE], first[DATE_TEXT_SIZE], end[DATE_TEXT_SIZE];
	struct problem *p;

	for (size_t i = 0; i < rows->count; i++) {
		const char *next = value_plain(a, value_named(ch->collection,
		    (const char *const *)values_parse(a, ch->collection, row_text(rows, i, WORK_DATED_DOC), NULL),
		    "from"));

		if (strcmp(next, from) <= 0)
			continue;
		date_from_days(date_days(next) - 1, day);
		p = week_of(ch->call, day, first, end);
		*last = arena_strdup(a, end);
		return p;
	}
	*last = "9999-12-31";
	return NULL;
}

/* Rules are those of everybody. */
static struct problem *
refuse_closed(struct change *ch, const char *from, const struct rows *rows)
{
	const char *owner = strcmp(ch->owner, NOBODY) == 0 ? NULL : ch->owner, *last;
	struct problem *p = find_last(ch, from, rows, &last);

	return p != NULL ? p : period_refuse(ch, "hours", owner, from, last, "from");
}

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
check_dated(struct change *ch)
{
	const char *from = value_plain(ch->call->a, value_of(ch, "from"));
	struct problem *p;
	struct rows *rows;
	size_t others;

	if (strcmp(ch->call->person->user_id, NOBODY) == 0) /* what held before it had days (undated.h) */
		return NULL;
	if ((p = find_others(ch, &rows)) != NULL)
		return p;
	others = rows->count + count_coming(ch);
	if (ch->before == NULL && others >= DATED_MAX)
		return problem_new(ch->call->a, PROBLEM_INVALID,
		    "There are %d of these already; change one of them.", DATED_MAX);
	if ((p = check_past(ch, from, others)) != NULL)
		return p;
	return refuse_closed(ch, from, rows);
}

/* What holds has been counted by.  It may be changed, with a reason, but is not taken away. */
static struct problem *
check_delete(struct change *ch)
{
	const char *from = value_plain(ch->call->a, value_named(ch->collection, ch->before, "from"));
	struct problem *p;
	struct rows *rows;
	char today[DATE_TEXT_SIZE];

	if ((p = find_today(ch, today)) != NULL)
		return p;
	if (strcmp(from, today) > 0)
		return (p = find_others(ch, &rows)) != NULL ? p : refuse_closed(ch, from, rows);
	return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "from",
	    "This holds since %s; change it instead of deleting it.", from);
}

static struct problem *
check_rules(struct change *ch)
{
	struct problem *p = check_halves(ch);

	return p != NULL ? p : check_dated(ch);
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

	return p != NULL ? p : check_dated(ch);
}

static struct problem *
check_delete_terms(struct change *ch)
{
	struct problem *p = refuse_own(ch);

	return p != NULL ? p : check_delete(ch);
}

const struct rule work_rules = {
	.name = "work-rules",
	.collection = "workRules",
	.check = check_rules,
	.check_delete = check_delete,
	.foreseen = foreseen,
};

const struct rule work_terms = {
	.name = "work-terms",
	.collection = "workTerms",
	.check = check_terms,
	.check_delete = check_delete_terms,
	.foreseen = foreseen,
};
