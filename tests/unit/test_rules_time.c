/* test_rules_time.c -- the rules of time as functions: what they derive, what they refuse.  Those that look up other
 * records are met in tests/api/time.test.mjs and overlap.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "model/rule.h"
#include "rules/rules.h"
#include "shipped.h"

static struct person person;
static int64_t said; /* when the person does it */

/* A write: what there was, and the members it names. */
struct write {
	const struct collection *c;
	const char **before, **after;
	bool *touched;
};

static const char **
start_values(const struct collection *c)
{
	const char **values = values_new(arena, c);

	for (size_t i = 0; i < c->field_count; i++)
		values[i] = c->fields[i].initial;
	return values;
}

/* The problem, or NULL; the values are in w->after. */
static struct problem *
run_rules(struct write *w, const char *collection, const char **before, const char *members)
{
	const struct call call = { .a = arena, .set = set, .person = &person };
	struct problem *p = NULL;
	struct json_object *from;
	struct change ch;

	w->c = collection_find(set, collection);
	w->touched = arena_alloc(arena, w->c->field_count);
	w->before = before;
	w->after = before == NULL ? start_values(w->c) : values_copy(arena, w->c, (const char *const *)before);
	assert_null(json_parse_object(arena, members, strlen(members), &from));
	json_object_object_foreach(from, key, value) {
		const struct field *f = collection_field(w->c, key);

		assert_null(field_read(arena, f, value, &w->after[f->index]));
		w->touched[f->index] = true;
	}
	if (collection_field(w->c, "zone") != NULL)
		w->touched[collection_field(w->c, "zone")->index] = true; /* else it would be looked up */
	ch = (struct change){
		.call = &call,
		.collection = w->c,
		.id = "x",
		.owner = person.user_id,
		.action = before == NULL ? ACTION_CREATED : ACTION_UPDATED,
		.before = (const char *const *)before,
		.after = w->after,
		.touched = w->touched,
		.relied = values_new(arena, w->c),
		.now = instant_now(),
		.said = said,
	};
	for (size_t i = 0; p == NULL && i < w->c->rule_count; i++)
		p = w->c->rules[i]->derive == NULL ? NULL : w->c->rules[i]->derive(&ch);
	if (p == NULL)
		p = values_check(arena, w->c, (const char *const *)w->after);
	for (size_t i = 0; p == NULL && i < w->c->rule_count; i++)
		if (w->c->rules[i]->check != NULL && !rule_looks_up(w->c->rules[i]))
			p = w->c->rules[i]->check(&ch);
	return p;
}

static const char *
value(const struct write *w, const char *field)
{
	const char *plain = value_plain(arena, w->after[collection_field(w->c, field)->index]);

	return plain == NULL ? "" : plain;
}

static struct write
passes(const char *collection, const char **before, const char *members)
{
	struct write w;
	struct problem *p = run_rules(&w, collection, before, members);

	if (p != NULL)
		fail_msg("%s: %s", members, p->detail);
	return w;
}

static void
refuses(const char *collection, const char **before, const char *members, const char *field)
{
	struct write w;
	struct problem *p = run_rules(&w, collection, before, members);

	if (p == NULL)
		fail_msg("%s passes", members);
	assert_non_null(p->field);
	assert_string_equal(p->field, field);
}

static void
become(enum role role, const char *kind)
{
	person = (struct person){
		.user_id = "01939d2a-0000-7000-8000-000000000001", .role = role, .space_kind = kind, .space_id = "s",
	};
}

static void
an_end_follows_from_a_duration(void **state)
{
	struct write w = passes("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"duration\":5400}");

	(void)state;
	assert_string_equal(value(&w, "end"), "2026-11-20T10:30:00.000Z");
	assert_string_equal(value(&w, "manual"), "true");
	w = passes("workSessions", w.after, "{\"start\":\"2026-11-20T09:30:00Z\",\"duration\":60}");
	assert_string_equal(value(&w, "end"), "2026-11-20T09:31:00.000Z");
	refuses("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"duration\":0}", "duration");
}

static void
a_duration_follows_from_an_end(void **state)
{
	struct write w = passes("workSessions", NULL,
	    "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T10:00:00.999Z\"}");

	(void)state;
	assert_string_equal(value(&w, "duration"), "3600");
	w = passes("workSessions", w.after, "{\"end\":null}");
	assert_string_equal(value(&w, "duration"), "");
	w = passes("workSessions", w.after, "{\"note\":\"on\"}");
	assert_string_equal(value(&w, "duration"), "");
	refuses("workSessions", NULL,
	    "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T10:00:00Z\",\"duration\":3599}", "duration");
	passes("workSessions", NULL,
	    "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T10:00:00.999Z\",\"duration\":3600}");
}

static void
at_instant(const char *text)
{
	assert_true(instant_parse(text, &said));
}

static void
what_was_not_tapped_was_typed(void **state)
{
	struct write w, stopped;

	(void)state;
	at_instant("2026-11-20T09:05:00Z");
	w = passes("workSessions", NULL, "{\"start\":\"2026-11-20T08:59:59.999Z\"}");
	assert_string_equal(value(&w, "manual"), "true");
	w = passes("workSessions", NULL, "{\"start\":\"2026-11-20T09:10:00Z\"}");
	assert_string_equal(value(&w, "manual"), "false");
	w = passes("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T12:00:00Z\"}");
	assert_string_equal(value(&w, "manual"), "false");
	w = passes("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\"}");
	assert_string_equal(value(&w, "manual"), "false");
	at_instant("2026-11-20T17:00:00Z");
	stopped = passes("workSessions", w.after, "{\"end\":\"2026-11-20T17:00:01Z\"}");
	assert_string_equal(value(&stopped, "manual"), "false");
	w = passes("workSessions", w.after, "{\"end\":\"2026-11-20T16:00:00Z\"}");
	assert_string_equal(value(&w, "manual"), "true");
	w = passes("workSessions", w.after, "{\"end\":\"2026-11-20T17:00:00Z\"}");
	assert_string_equal(value(&w, "manual"), "true");
	w = passes("workSessions", stopped.after, "{\"note\":\"on\",\"start\":\"2026-11-20T09:00:00.000Z\"}");
	assert_string_equal(value(&w, "manual"), "false");
	w = passes("workSessions", stopped.after, "{\"start\":\"2026-11-20T08:00:00Z\"}");
	assert_string_equal(value(&w, "manual"), "true");
}

static void
a_session_lasts_at_most_a_day(void **state)
{
	(void)state;
	passes("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-21T09:00:00Z\"}");
	refuses("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-21T09:00:01Z\"}", "end");
	refuses("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T09:00:00Z\"}", "end");
	refuses("workSessions", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T08:00:00Z\"}", "end");
}

static void
a_day_is_local(void **state)
{
	struct write w = passes("workSessions", NULL,
	    "{\"start\":\"2026-11-21T04:59:59Z\",\"zone\":\"America/New_York\"}");

	(void)state;
	assert_string_equal(value(&w, "day"), "2026-11-20");
	refuses("workSessions", NULL, "{\"start\":\"2026-11-21T04:59:59Z\",\"zone\":\"Mars/Base\"}", "zone");
	refuses("workSessions", NULL, "{\"zone\":\"UTC\"}", "start");
}

/* What is right is looked up further, in tests/fixtures/rules. */
static void
half_a_rule_and_terms_of_ones_own_are_refused(void **state)
{
	(void)state;
	become(ROLE_MANAGER, "team");
	refuses("workTerms", NULL, "{\"from\":\"2026-11-01\",\"hourlyRate\":9900}", "owner");
	refuses("workRules", NULL, "{\"from\":\"2026-11-01\",\"lunchMinutes\":30}", "lunchAfterHours");
	refuses("workRules", NULL, "{\"from\":\"2026-11-01\",\"overtimeMultiplier\":2}", "overtimeAfterHours");
	refuses("workRules", NULL, "{\"from\":\"2026-11-01\",\"rounding\":\"up\"}", "roundingMinutes");
}

static void
who_is_assigned_moves_the_status(void **state)
{
	struct write w;

	(void)state;
	become(ROLE_MANAGER, "team");
	w = passes("assignments", NULL, "{\"title\":\"Ramp\"}");
	become(ROLE_MEMBER, "team");
	passes("assignments", w.after, "{\"status\":\"completed\"}");
	passes("assignments", w.after, "{\"status\":\"completed\",\"title\":\"Ramp\"}");
	refuses("assignments", w.after, "{\"status\":\"completed\",\"title\":\"Rest\"}", "title");
	refuses("assignments", NULL, "{\"title\":\"Ramp\"}", "title");
	become(ROLE_MANAGER, "team");
	refuses("schedules", NULL, "{\"start\":\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-20T09:00:00Z\"}", "end");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_follows_from_a_duration),
		cmocka_unit_test(a_duration_follows_from_an_end),
		cmocka_unit_test(what_was_not_tapped_was_typed),
		cmocka_unit_test(a_session_lasts_at_most_a_day),
		cmocka_unit_test(a_day_is_local),
		cmocka_unit_test(half_a_rule_and_terms_of_ones_own_are_refused),
		cmocka_unit_test(who_is_assigned_moves_the_status),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
