/* expenses_options.c -- what the forms of the expenses API's clients offer: categories, reasons, per diem rules, the
 * preferences of a dashboard.  Daybook keeps no lists of travel reasons and of descriptions; they are what the person
 * has written most often. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/instant.h"
#include "compat/compat.h"
#include "compat/expenses_employee.h"
#include "compat/expenses_reports.h"
#include "http/reply.h"
#include "model/cell.h"
#include "record/choices.h"
#include "record/space.h"

enum {
	OFTEN_MAX = 50,    /* texts that are offered */
	OFTEN_DAYS = 366   /* of so many days */
};

/* ---- GET …/receipts/categories ---- */

struct problem *
compat_expenses_categories(struct request *r)
{
	const struct collection *c;
	struct texts choices;
	struct problem *p;

	if ((p = expenses_collection(r, "receipts", &c)) != NULL ||
	    (p = choices_read(&r->call, collection_field(c, "category"), &choices)) != NULL)
		return p;
	expenses_array(r);
	for (size_t i = 0; i < choices.count; i++)
		put_text(&r->json, NULL, choices.all[i]);
	return NULL;
}

/* ---- GET …/travel-reasons, …/daily-description-options ---- */

/* A text, and how often the person has written it. */
struct often {
	const char *text;
	size_t count;
};

static int
by_count(const void *left, const void *right)
{
	const struct often *a = left, *b = right;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return strcmp(a->text, b->text);
}

static struct problem *
today_of(struct request *r, char today[DATE_TEXT_SIZE])
{
	const char *zone;
	struct problem *p;

	if ((p = space_zone_of(&r->call, r->person.user_id, &zone)) != NULL)
		return p;
	if (!zone_date(zone, instant_now(), today, NULL, NULL))
		return problem_internal(r->a, "the zone of a person is known");
	return NULL;
}

/* Count the texts of a field of the person's own records. */
static struct problem *
count_texts(struct request *r, const char *collection, const char *field, struct often **texts, size_t *count)
{
	struct stretch s = { .owner = r->person.user_id };
	char today[DATE_TEXT_SIZE], from[DATE_TEXT_SIZE];
	struct seen seen;
	struct problem *p;

	if ((p = today_of(r, today)) != NULL || (p = expenses_collection(r, collection, &s.collection)) != NULL)
		return p;
	date_from_days(date_days(today) - OFTEN_DAYS, from);
	s.from = from;
	s.to = arena_printf(r->a, "%s~", today);
	if ((p = stretch_read(&r->call, &s)) != NULL)
		return p;
	seen_start(&seen, r->a);
	*texts = arena_alloc(r->a, (s.count + 1) * sizeof **texts);
	*count = 0;
	for (size_t i = 0; i < s.count; i++) {
		const char **values = values_parse(r->a, s.collection, s.records[i].doc, NULL);
		const char *text = value_plain(r->a, value_named(s.collection, values, field));
		struct seen_entry *entry = text == NULL ? NULL : seen_entry(&seen, text);

		if (entry == NULL)
			continue;
		if (entry->count == 0) {
			(*texts)[*count].text = text;
			entry->count = (uint32_t)++*count;
		}
		(*texts)[entry->count - 1].count++;
	}
	if (*count > 0)
		qsort(*texts, *count, sizeof **texts, by_count);
	return NULL;
}

static struct problem *
put_often(struct request *r, const char *collection, const char *field, const char *member)
{
	struct often *texts;
	struct problem *p;
	size_t count;

	if ((p = count_texts(r, collection, field, &texts, &count)) != NULL)
		return p;
	expenses_array(r);
	for (size_t i = 0; i < count && i < OFTEN_MAX; i++) {
		put_object(&r->json, NULL);
		put_text(&r->json, "id", text_loose(r->a, texts[i].text));
		put_text(&r->json, member, texts[i].text);
		put_integer(&r->json, "sortOrder", (int64_t)i);
		put_integer(&r->json, "isActive", 1);
		put_end(&r->json);
	}
	return NULL;
}

struct problem *
compat_expenses_reasons(struct request *r)
{
	return put_often(r, "mileage", "purpose", "reason");
}

struct problem *
compat_expenses_descriptions(struct request *r)
{
	return put_often(r, "dayNotes", "description", "description");
}

/* ---- GET …/per-diem-rules, …/per-diem-monthly-rules ---- */

static bool
is_same_center(const struct per_diem_rule *a, const struct per_diem_rule *b)
{
	if (a->cost_center == NULL || b->cost_center == NULL)
		return a->cost_center == b->cost_center;
	return strcmp(a->cost_center, b->cost_center) == 0;
}

/* Whether a rule holds today: none of its cost center began later and has begun. */
static bool
in_force(const struct per_diem_rules *rules, const struct per_diem_rule *rule, const char *today)
{
	if (strcmp(rule->from, today) > 0)
		return false;
	for (size_t i = 0; i < rules->count; i++)
		if (is_same_center(&rules->all[i], rule) && strcmp(rules->all[i].from, today) <= 0 &&
		    strcmp(rules->all[i].from, rule->from) > 0)
			return false;
	return true;
}

static void
put_rule(struct lookups *l, struct json_out *out, const struct month_sources *sources, const struct per_diem_rule *rule)
{
	const char *center = month_center_name(sources, rule->cost_center);
	struct arena *a = l->r->a;

	put_object(out, NULL);
	put_text(out, "id", rule->id);
	put_text(out, "costCenter", center == NULL ? "" : center);
	put_text(out, "name", rule->name);
	put_text(out, "effectiveFrom", rule->from);
	put_integer(out, "sortOrder", rule->rank);
	put_hundredths(a, out, "maxAmount", rule->amount);
	put_hundredths(a, out, "minHours", rule->min_hours);
	put_json(out, "minMiles", decimal_format(a, rule->min_miles, 1));
	put_json(out, "minDistanceFromBase", decimal_format(a, rule->min_distance, 1));
	put_integer(out, "requiresOvernight", rule->overnight);
	put_integer(out, "useActualAmount", rule->use_actual);
	put_end(out);
}

static void
put_monthly(struct lookups *l, struct json_out *out, const struct month_sources *sources,
    const struct per_diem_rule *rule)
{
	const char *center = month_center_name(sources, rule->cost_center);

	if (!rule->limited)
		return;
	put_object(out, NULL);
	put_text(out, "id", rule->id);
	put_text(out, "costCenter", center == NULL ? "" : center);
	put_hundredths(l->r->a, out, "maxAmount", rule->monthly_max);
	put_end(out);
}

static struct problem *
put_rules(struct request *r, bool monthly)
{
	struct month_sources sources;
	char today[DATE_TEXT_SIZE];
	struct lookups l;
	struct problem *p;

	lookups_start(&l, r);
	if ((p = today_of(r, today)) != NULL || (p = month_sources_read(&r->call, &sources)) != NULL)
		return p;
	expenses_array(r);
	for (size_t i = 0; i < sources.per_diem.count; i++) {
		const struct per_diem_rule *rule = &sources.per_diem.all[i];

		if (!in_force(&sources.per_diem, rule, today))
			continue;
		if (monthly)
			put_monthly(&l, &r->json, &sources, rule);
		else
			put_rule(&l, &r->json, &sources, rule);
	}
	return NULL;
}

struct problem *
compat_expenses_rules(struct request *r)
{
	return put_rules(r, false);
}

struct problem *
compat_expenses_monthly_rules(struct request *r)
{
	return put_rules(r, true);
}

/* ---- …/dashboard-preferences/:userId ---- */

static struct problem *
check_own(struct request *r)
{
	return strcmp(r->params[0], r->person.user_id) == 0 ? NULL : expenses_denied(r);
}

struct problem *
compat_expenses_preferences(struct request *r)
{
	struct json_object *object, *value;
	const char *signature;
	struct lookups l;
	struct problem *p;

	lookups_start(&l, r);
	if ((p = check_own(r)) != NULL ||
	    (p = remembered_read(&l, r->person.user_id, &object, &signature)) != NULL)
		return p;
	reply_json(r, 200);
	if (json_object_object_get_ex(object, "dashboardPreferences", &value) &&
	    json_object_is_type(value, json_type_object))
		json_canonical(put_value(&r->json, NULL), value);
	else
		put_json(&r->json, NULL, "{}");
	return NULL;
}

const struct member compat_expenses_prefer_takes[] = {
	BODY("*", ANY, "the preferences, as the client likes"),
	MEMBERS_END
};

/* PUT -- takes the place of what was remembered. */
struct problem *
compat_expenses_prefer(struct request *r)
{
	struct lookups l;
	struct remembering keep = { .l = &l, .user = r->person.user_id };
	struct written written;
	struct problem *p;

	lookups_start(&l, r);
	if ((p = check_own(r)) != NULL || (p = json_parse_object(r->a, "{}", 2, &keep.changes)) != NULL)
		return p;
	json_object_object_add(keep.changes, "dashboardPreferences", json_object_get(r->input));
	if ((p = write_action(&r->call, ROLE_MEMBER, remembering_take, &keep, &written)) != NULL)
		return p;
	return expenses_done(r, "Preferences saved successfully");
}
