/* work_plan.c -- reads rules and terms, and lays them over each other: one set of rules for each day on which something
 * begins to hold. */
#include "time/work_plan.h"

#include <string.h>

#include "account/person.h"
#include "period/dated.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"

/* ---- values as hours.h takes them ---- */

/* Set *seconds to a number of units of so many seconds each; unchanged if the value is empty. */
static void
add_seconds(const struct collection *c, const char *const *values, const char *name, int64_t unit, int64_t *seconds)
{
	const struct field *f = collection_field(c, name);
	int64_t scale = 1;

	if (f == NULL || f->retired || values[f->index] == NULL)
		return;
	for (int i = 0; i < f->scale; i++)
		scale *= 10;
	*seconds = value_scaled(f, values[f->index]) * unit / scale;
}

static const char *
choice_of(const struct collection *c, const char *const *values, const char *name)
{
	const struct field *f = collection_field(c, name);

	return f == NULL || f->retired ? NULL : values[f->index];
}

static void
add_choice(const struct collection *c, const char *const *values, const char *name, const char *word, bool *chosen)
{
	const char *value = choice_of(c, values, name);

	if (value != NULL)
		*chosen = strcmp(value, word) == 0;
}

static void
add_rounding(const struct collection *c, const char *const *values, enum hours_rounding *rounding)
{
	static const char *const words[] = {
		[HOURS_EXACT] = "\"none\"", [HOURS_UP] = "\"up\"", [HOURS_DOWN] = "\"down\"",
		[HOURS_NEAREST] = "\"nearest\"",
	};
	const char *value = choice_of(c, values, "rounding");

	for (size_t i = 0; value != NULL && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(value, words[i]) == 0)
			*rounding = (enum hours_rounding)i;
}

void
work_rules_add(const struct collection *c, const char *const *values, struct hours_rules *rules)
{
	add_choice(c, values, "lunchRule", "\"day\"", &rules->lunch_per_day);
	add_choice(c, values, "recordedLunchCounts", "true", &rules->recorded_lunch_counts);
	add_choice(c, values, "weekStart", "\"sunday\"", &rules->sunday);
	add_seconds(c, values, "lunchAfterHours", 3600, &rules->lunch_after);
	add_seconds(c, values, "lunchMinutes", 60, &rules->lunch);
	add_seconds(c, values, "longLunchAfterHours", 3600, &rules->long_after);
	add_seconds(c, values, "longLunchMinutes", 60, &rules->long_lunch);
	add_seconds(c, values, "targetHours", 3600, &rules->target);
	add_seconds(c, values, "maxHours", 3600, &rules->most);
	add_seconds(c, values, "dailyOvertimeAfterHours", 3600, &rules->day_overtime_after);
	add_seconds(c, values, "dailyOvertimeMultiplier", 100, &rules->day_overtime_times);
	add_seconds(c, values, "overtimeAfterHours", 3600, &rules->overtime_after);
	add_seconds(c, values, "overtimeMultiplier", 100, &rules->overtime_times);
	add_rounding(c, values, &rules->rounding);
	add_seconds(c, values, "roundingMinutes", 60, &rules->rounded_to);
	add_seconds(c, values, "hourlyRate", 1, &rules->rate);
}

/* ---- records ---- */

static void
set_updated_day(struct work_dated *dated, const char *zone, int64_t instant)
{
	if (!zone_date(zone, instant, dated->updated_day, NULL, NULL))
		memcpy(dated->updated_day, dated->updated_at, DATE_TEXT_SIZE - 1);
}

static struct problem *
read_dated(const struct call *call, const char *name, const char *owner, const char *zone,
    struct work_dated_list *list)
{
	struct arena *a = call->a;
	struct problem *p;
	struct rows *rows;

	*list = (struct work_dated_list){ .c = collection_find(call->set, name), .zone = zone };
	if (list->c == NULL)
		return NULL;
	if ((p = record_ask(call, list->c, SQL(DATED),
	    VALUES(value_id(call->person->space_id), value_text(name), value_id(owner), value_integer(DATED_MAX + 1)),
	    &rows)) != NULL)
		return p;
	list->all = arena_alloc(a, rows->count * sizeof *list->all);
	for (size_t i = 0; i < rows->count; i++) {
		const char *const *values = (const char *const *)values_parse(a, list->c,
		    row_text(rows, i, DATED_DOC), row_text(rows, i, DATED_DOC_PRIVATE));
		const char *from = value_plain(a, value_named(list->c, values, "from"));

		if (from == NULL)
			continue;
		list->all[list->count] = (struct work_dated){
			.id = row_text(rows, i, DATED_ID),
			.from = from,
			.reason = value_plain(a, value_named(list->c, values, "reason")),
			.values = values,
			.updated_at = row_text(rows, i, DATED_UPDATED_AT),
			.converted = strcmp(row_text(rows, i, DATED_UPDATED_BY), NOBODY) == 0,
		};
		set_updated_day(&list->all[list->count++], zone, row_instant(rows, i, DATED_UPDATED_AT));
	}
	return NULL;
}

struct problem *
work_rules_read(const struct call *call, struct work_dated_list *rules)
{
	struct problem *p;
	const char *zone;

	if ((p = space_zone(call, &zone)) != NULL)
		return p;
	return read_dated(call, "workRules", NOBODY, zone, rules);
}

/* The person's own daily target, in seconds; 0 when they have none. */
static struct problem *
find_target(const struct call *call, const char *owner, int64_t *target)
{
	struct problem *p;
	struct record record;
	const struct collection *c = collection_find(call->set, "workSettings");
	const char *id;
	bool found;

	*target = 0;
	if (c == NULL || (id = values_id(call->a, c, owner, (const char *const *)values_new(call->a, c))) == NULL)
		return NULL;
	if ((p = record_find(call, c, id, &record, &found)) != NULL)
		return p;
	if (found && !record.deleted)
		add_seconds(c, (const char *const *)values_parse(call->a, c, record.doc, record.doc_private),
		    "targetHours", 3600, target);
	return NULL;
}

/* ---- the plan ---- */

/* The last record of the list whose day is not after this one, or NULL. */
static const struct work_dated *
latest(const struct work_dated_list *list, const char *day)
{
	const struct work_dated *found = NULL;

	for (size_t i = 0; i < list->count && strcmp(list->all[i].from, day) <= 0; i++)
		found = &list->all[i];
	return found;
}

static void
lay_over(const struct work_dated_list *list, const char *day, struct hours_rules *rules)
{
	const struct work_dated *dated = latest(list, day);
	const char *status;

	if (dated == NULL)
		return;
	work_rules_add(list->c, dated->values, rules);
	status = value_named(list->c, dated->values, "status");
	if (status != NULL && strcmp(status, "\"left\"") == 0)
		rules->rate = HOURS_NO_RATE;
}

/* The next day on which rules or terms begin to hold, or NULL. */
static const char *
next_day(const struct work_dated_list *rules, const struct work_dated_list *terms, size_t *rule, size_t *term)
{
	const char *of_rules = *rule < rules->count ? rules->all[*rule].from : NULL;
	const char *of_terms = *term < terms->count ? terms->all[*term].from : NULL;
	int order = of_rules == NULL ? 1 : of_terms == NULL ? -1 : strcmp(of_rules, of_terms);

	*rule += order <= 0 && of_rules != NULL;
	*term += order >= 0 && of_terms != NULL;
	return order <= 0 ? of_rules : of_terms;
}

void
work_plan_make(struct arena *a, const struct work_dated_list *rules, const struct work_dated_list *terms,
    int64_t target, struct hours_plan *plan)
{
	struct hours_dated *dated = arena_alloc(a, (rules->count + terms->count) * sizeof *dated);
	size_t rule = 0, term = 0;
	const char *day;

	*plan = (struct hours_plan){ .before = hours_rules_default, .dated = dated };
	plan->before.target = target;
	while ((day = next_day(rules, terms, &rule, &term)) != NULL) {
		struct hours_dated *next = &dated[plan->count++];

		*next = (struct hours_dated){ .rules = plan->before };
		memcpy(next->from, day, sizeof next->from);
		lay_over(rules, day, &next->rules);
		lay_over(terms, day, &next->rules);
	}
}

struct problem *
work_plan_read(const struct call *call, const struct work_dated_list *rules, const char *owner,
    struct work_dated_list *terms, struct hours_plan *plan)
{
	struct problem *p;
	int64_t target;

	if ((p = find_target(call, owner, &target)) != NULL ||
	    (p = read_dated(call, "workTerms", owner, rules->zone, terms)) != NULL)
		return p;
	work_plan_make(call->a, rules, terms, target, plan);
	return NULL;
}

/* ---- corrections ---- */

/* Whether the record was last written after a day of from..to on which it holds.  until is the day from which the next
 * record holds, or NULL. */
static bool
corrects(const struct work_dated *dated, const char *until, const char *from, const char *to)
{
	const char *first = strcmp(dated->from, from) > 0 ? dated->from : from;

	return !dated->converted && strcmp(first, to) <= 0 && (until == NULL || strcmp(first, until) < 0) &&
	    strcmp(first, dated->updated_day) < 0;
}

static void
put_correction(struct json_out *out, const struct work_dated_list *list, const struct work_dated *dated)
{
	put_object(out, NULL);
	put_text(out, "collection", list->c->name);
	put_text(out, "id", dated->id);
	put_text(out, "from", dated->from);
	put_sql_instant(out, "at", dated->updated_at);
	if (dated->reason != NULL)
		put_text(out, "reason", dated->reason);
	put_end(out);
}

void
work_corrections_put(struct json_out *out, const struct work_dated_list *list, const char *from, const char *to)
{
	put_array(out, "corrections");
	for (size_t i = 0; i < list->count; i++)
		if (corrects(&list->all[i], i + 1 < list->count ? list->all[i + 1].from : NULL, from, to))
			put_correction(out, list, &list->all[i]);
	put_end(out);
}
