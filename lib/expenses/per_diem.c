/* per_diem.c -- see per_diem.h. */
#include "expenses/per_diem.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "model/show.h"

/* The rules that hold on a day, the one that goes first in front. */
struct group {
	const struct per_diem_rule *rules[PER_DIEM_RULES_MAX];
	size_t count;
};

/* A condition of a rule on a day: what the day has of what is needed. */
struct condition {
	int64_t has, needs;
	int scale;
	const char *of;             /* "h away" */
	bool by_night;              /* a night away stands for it, where the rule is alone */
};

enum {
	CONDITIONS = 3
};

/* ---- which rules hold ---- */

static bool
is_of(const struct per_diem_rule *rule, const char *cost_center)
{
	return cost_center == NULL ? rule->cost_center == NULL
	    : rule->cost_center != NULL && strcmp(rule->cost_center, cost_center) == 0;
}

/* The last day, not after this one, on which rules of this cost center begin; NULL when none has begun. */
static const char *
find_beginning(const struct per_diem_rules *rules, const char *cost_center, const char *date)
{
	const char *found = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct per_diem_rule *rule = &rules->all[i];

		if (is_of(rule, cost_center) && strcmp(rule->from, date) <= 0 &&
		    (found == NULL || strcmp(rule->from, found) > 0))
			found = rule->from;
	}
	return found;
}

static int
by_rank(const void *left, const void *right)
{
	const struct per_diem_rule *l = *(const struct per_diem_rule *const *)left;
	const struct per_diem_rule *r = *(const struct per_diem_rule *const *)right;

	if (l->rank != r->rank)
		return l->rank > r->rank ? -1 : 1;
	if (l->amount != r->amount)
		return l->amount > r->amount ? -1 : 1;
	return strcmp(l->id, r->id);
}

static void
find_group(const struct per_diem_rules *rules, const char *cost_center, const char *date, struct group *group)
{
	const char *from = find_beginning(rules, cost_center, date);

	if (from == NULL && cost_center != NULL)
		from = find_beginning(rules, cost_center = NULL, date);
	group->count = 0;
	for (size_t i = 0; from != NULL && i < rules->count && group->count < PER_DIEM_RULES_MAX; i++)
		if (is_of(&rules->all[i], cost_center) && strcmp(rules->all[i].from, from) == 0)
			group->rules[group->count++] = &rules->all[i];
	if (group->count > 1)
		qsort(group->rules, group->count, sizeof group->rules[0], by_rank);
}

bool
per_diem_in_force(const struct per_diem_rules *rules, const char *cost_center, const char *date)
{
	return find_beginning(rules, cost_center, date) != NULL ||
	    (cost_center != NULL && find_beginning(rules, NULL, date) != NULL);
}

/* ---- is a rule met? ---- */

static void
list_conditions(const struct per_diem_rule *rule, const struct per_diem_facts *facts,
    struct condition conditions[CONDITIONS])
{
	conditions[0] = (struct condition){ facts->hours, rule->min_hours, 2, "h away", false };
	conditions[1] = (struct condition){ facts->miles, rule->min_miles, 1, "mi driven", true };
	conditions[2] = (struct condition){ facts->distance, rule->min_distance, 1, "mi from base", true };
}

static void
say(struct buf *to, const char *text)
{
	buf_printf(to, "%s%s", to->length == 0 ? "" : ", ", text);
}

static const char *
condition_text(struct arena *a, const struct condition *condition)
{
	return arena_printf(a, "%s of %s %s", decimal_format(a, condition->has, condition->scale),
	    decimal_format(a, condition->needs, condition->scale), condition->of);
}

/* The first condition that is not met.  NULL when the rule is met: then met has by what. */
static const char *
find_miss(struct arena *a, const struct per_diem_rule *rule, const struct per_diem_facts *facts, bool alone,
    struct buf *met)
{
	struct condition conditions[CONDITIONS];
	bool by_night = rule->overnight;

	buf_init(met, a);
	list_conditions(rule, facts, conditions);
	for (size_t i = 0; i < CONDITIONS; i++) {
		const struct condition *c = &conditions[i];

		if (c->needs == 0)
			continue;
		if (alone && c->by_night && facts->overnight) {
			by_night = true;
			continue;
		}
		if (c->has < c->needs)
			return condition_text(a, c);
		say(met, condition_text(a, c));
	}
	if (rule->overnight && !facts->overnight)
		return "no night away";
	if (by_night)
		say(met, "a night away");
	return NULL;
}

/* ---- a day ---- */

static const char *
pay(struct arena *a, const struct per_diem_rule *rule, const struct per_diem_facts *facts, const char *met,
    int64_t *sum, struct per_diem_day *day)
{
	int64_t left = rule->limited ? rule->monthly_max - *sum : INT64_MAX;
	struct buf reason;

	buf_init(&reason, a);
	buf_printf(&reason, "%s%s%s.", rule->name, *met == '\0' ? "" : ": ", met);
	day->rule = rule;
	day->amount = rule->amount;
	if (rule->amount == 0)
		buf_text(&reason, " It pays nothing.");
	if (rule->amount > 0 && rule->use_actual) {
		buf_printf(&reason, " %s was spent, at most %s is paid.", money_text(a, facts->spent),
		    money_text(a, rule->amount));
		if (facts->spent < day->amount)
			day->amount = facts->spent;
	}
	if (day->amount > left) {
		buf_printf(&reason, " At most %s is paid a month.", money_text(a, rule->monthly_max));
		day->amount = left > 0 ? left : 0;
	}
	*sum += day->amount;
	return reason.text;
}

/* The rule that is met, or why none is. */
static const char *
choose(struct arena *a, const struct group *group, const struct per_diem_facts *facts, int64_t *sum,
    struct per_diem_day *day)
{
	struct buf misses, met;

	buf_init(&misses, a);
	for (size_t i = 0; i < group->count; i++) {
		const struct per_diem_rule *rule = group->rules[i];
		const char *miss = find_miss(a, rule, facts, group->count == 1, &met);

		if (miss == NULL)
			return pay(a, rule, facts, met.text, sum, day);
		buf_printf(&misses, "%s%s: %s", i == 0 ? "None. " : "; ", rule->name, miss);
	}
	buf_text(&misses, ".");
	return misses.text;
}

static void
count_day(struct arena *a, const struct group *group, const struct per_diem_facts *facts, int64_t *sum,
    struct per_diem_day *day)
{
	*day = (struct per_diem_day){ .ruled = group->count > 0 };
	if (!day->ruled)
		day->reason = "No rule is in force.";
	else if (!facts->noted)
		day->reason = "None: the day has no note.";
	else if (facts->day_off != NULL)
		day->reason = arena_printf(a, "None: it was off (%s).", facts->day_off);
	else
		day->reason = choose(a, group, facts, sum, day);
}

void
per_diem_count(struct arena *a, const struct per_diem_rules *rules, const struct per_diem_facts *facts, size_t count,
    struct per_diem_day *days)
{
	struct group *group = arena_alloc(a, sizeof *group);
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		find_group(rules, facts[i].cost_center, facts[i].date, group);
		count_day(a, group, &facts[i], &sum, &days[i]);
	}
}
