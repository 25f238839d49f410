/* dated.c -- see dated.h. */
#include "period/dated.h"

#include <string.h>

#include "base/instant.h"
#include "period/period.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"

/* The records of the same space or person. */
static struct problem *
find_others(struct change *ch, struct rows **rows)
{
	return record_ask(ch->call, ch->collection, SQL(DATED),
	    VALUES(value_id(ch->call->person->space_id), value_text(ch->collection->name), value_id(ch->owner),
	        value_integer(DATED_MAX + 1)),
	    rows);
}

static const char *
from_of(struct change *ch, const char *const *values)
{
	return value_plain(ch->call->a, value_named(ch->collection, values, "from"));
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

struct problem *
dated_foreseen(struct change *ch)
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
	const struct field *f = collection_field(ch->collection, "reason");
	const char *reason = value_plain(ch->call->a, ch->after[f->index]);

	return ch->touched[f->index] && reason != NULL && reason[strspn(reason, " \t\n")] != '\0';
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

/* The last day that the values count for: the one before the next record holds. */
static const char *
find_last(struct change *ch, const struct dated *dated, const char *const *values, const struct rows *others)
{
	struct arena *a = ch->call->a;
	const char *from = from_of(ch, values);
	char day[DATE_TEXT_SIZE];

	for (size_t i = 0; i < others->count; i++) {
		const char *const *next = (const char *const *)values_parse(a, ch->collection,
		    row_text(others, i, DATED_DOC), NULL);

		if (strcmp(from_of(ch, next), from) <= 0 ||
		    (dated->same != NULL && !dated->same(ch->collection, values, next)))
			continue;
		date_from_days(date_days(from_of(ch, next)) - 1, day);
		return arena_strdup(a, day);
	}
	return "9999-12-31";
}

/* What belongs to nobody counts for everybody. */
static struct problem *
refuse_closed(struct change *ch, const struct dated *dated, const char *const *values, const struct rows *others)
{
	const char *owner = strcmp(ch->owner, NOBODY) == 0 ? NULL : ch->owner;
	const char *last = find_last(ch, dated, values, others);
	struct problem *p;

	if (dated->extend != NULL && (p = dated->extend(ch, others, &last)) != NULL)
		return p;
	return period_refuse(ch, dated->kind, owner, from_of(ch, values), last, "from");
}

/* ---- both ---- */

static bool
counts_as_before(struct change *ch, const struct dated *dated)
{
	const char *const *after = (const char *const *)ch->after;

	return strcmp(from_of(ch, ch->before), from_of(ch, after)) == 0 &&
	    (dated->same == NULL || dated->same(ch->collection, ch->before, after));
}

struct problem *
dated_check(struct change *ch, const struct dated *dated)
{
	const char *const *after = (const char *const *)ch->after;
	const char *from = from_of(ch, after);
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
	if (ch->before != NULL && strcmp(from_of(ch, ch->before), from) < 0)
		from = from_of(ch, ch->before);
	if ((p = check_past(ch, from, others)) != NULL || (p = refuse_closed(ch, dated, after, rows)) != NULL)
		return p;
	return ch->before == NULL || counts_as_before(ch, dated) ? NULL : refuse_closed(ch, dated, ch->before, rows);
}

struct problem *
dated_check_delete(struct change *ch, const struct dated *dated)
{
	const char *from = from_of(ch, ch->before);
	struct problem *p;
	struct rows *rows;
	char today[DATE_TEXT_SIZE];

	if ((p = find_today(ch, today)) != NULL)
		return p;
	if (strcmp(from, today) > 0)
		return (p = find_others(ch, &rows)) != NULL ? p : refuse_closed(ch, dated, ch->before, rows);
	return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "from",
	    "This holds since %s; change it instead of deleting it.", from);
}
