/* test_late.c -- when a car is due: the golden cases of tests/fixtures/fleet/due.json; which cars the round flags, to
 * the millisecond, and once for each occasion; and a car that arrives when it is late already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "fleet/late.h"
#include "people.h"
#include "rules/rules.h"

#define OTHER "66666666-6666-4666-8666-666666666666"

static const char *
text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return json_object_get_string(value);
}

static void
expect_case(struct arena *a, struct json_object *one)
{
	struct late_watch watch = { .under_way = true, .zone = text_of(one, "zone") };
	char due[INSTANT_TEXT_SIZE];

	assert_true(instant_parse(text_of(one, "startedAt"), &watch.started_at));
	instant_format(late_due(a, &watch, arena_printf(a, "\"%s\"", text_of(one, "expected"))), due);
	if (strcmp(due, text_of(one, "due")) != 0)
		fail_msg("%s: %s", text_of(one, "name"), due);
}

static void
cars_are_due_as_the_golden_cases_say(void **state)
{
	struct arena *a = arena_new();
	struct json_object *file = json_object_from_file("tests/fixtures/fleet/due.json"), *cases;

	(void)state;
	assert_non_null(file);
	assert_true(json_object_object_get_ex(file, "cases", &cases));
	assert_true(json_object_array_length(cases) >= 10);
	for (size_t i = 0; i < json_object_array_length(cases); i++)
		expect_case(a, json_object_array_get_idx(cases, i));
	json_object_put(file);
	arena_free(a);
}

/* An unknown zone cannot occur in a space: its settings name only known ones. */
static void
where_the_zone_is_unknown_nothing_is_ever_due(void **state)
{
	const struct late_watch watch = { .under_way = true, .zone = "Nowhere/At_all", .started_at = 1000000 };
	struct arena *a = arena_new();

	(void)state;
	assert_true(late_due(a, &watch, "\"05:30\"") == INT64_MAX);
	arena_free(a);
}

/* ---- the round ---- */

static const struct collections *definitions;

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	good(collections_load(arena, "schema/collections", rules, &definitions));
	open_team(definitions);
	return 0;
}

/* What Daybook itself writes, in the space that Anna is in. */
static void
by_itself(const char *collection, const char *id, const char *field, const char *value)
{
	struct op op = op_own(collection_find(definitions, collection), id, "test");
	struct record record;
	bool found;

	good(record_find(as(ANNA), op.collection, id, &record, &found));
	op.intent = found ? INTENT_CHANGE : INTENT_CREATE;
	op_give(arena, &op, field, value);
	applied(ANNA, op);
}

static void
start_shift(const char *id, const char *at)
{
	by_itself("shifts", id, "startedAt", arena_printf(arena, "\"%s\"", at));
}

/* The clock of a space never goes back: from now on it says `at`, until the real clock is past that.  The tests of
 * the round are in 2050, which no real clock has reached. */
static void
clock_says(const char *at)
{
	run_sql(arena_printf(arena, "UPDATE space SET last_at = '%s'", at));
}

/* The round at that moment; how many cars it flagged. */
static int64_t
flagged_at(const char *at)
{
	const struct call call = { .db = db, .a = arena, .set = definitions };
	int64_t count;

	clock_says(at);
	good(late_run(&call, &count));
	return count;
}

static bool
is_late(const char *id)
{
	return number(arena_printf(arena,
	    "SELECT COUNT(*) FROM record WHERE collection = 'cars' AND id = '%s' AND JSON_VALUE(doc, '$.late')",
	    id)) == 1;
}

static int64_t
notifications(void)
{
	return number("SELECT COUNT(*) FROM record WHERE collection = 'notifications' AND deleted = 0");
}

static void
a_car_is_late_a_millisecond_after_its_time(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	assert_int_equal(flagged_at("2050-05-10 05:29:59.999"), 0);
	assert_int_equal(flagged_at("2050-05-10 05:30:00.000"), 0);
	assert_int_equal(flagged_at("2050-05-10 05:30:00.001"), 1);
	assert_true(is_late("7"));
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE record_id = '7' AND cause = 'late-cars'"
	    " AND user_id = '" NOBODY "' AND at = '2050-05-10 05:30:00.001'"), 1);
}

static void
a_time_may_have_seconds(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30:15'}"));
	assert_int_equal(flagged_at("2050-05-10 05:30:15.000"), 0);
	assert_int_equal(flagged_at("2050-05-10 05:30:15.001"), 1);
}

static void
a_car_in_the_night_is_due_after_midnight(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T22:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'02:00'}"));
	applied(BEN, op_set("cars", "8", 0, "{'expected':'16:00'}")); /* six hours before the start, to the second */
	assert_int_equal(flagged_at("2050-05-10 23:59:59"), 1);
	assert_true(is_late("8"));
	assert_int_equal(flagged_at("2050-05-11 02:00:00.001"), 1);
	assert_true(is_late("7"));
}

static void
the_clock_is_that_of_the_space(void **state)
{
	(void)state;
	applied(MIA, op_set("spaceSettings", NULL, 0, "{'zone':'America/Chicago'}"));
	start_shift("s1", "2050-01-10T10:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	assert_int_equal(flagged_at("2050-01-10 11:30:00.000"), 0);
	assert_int_equal(flagged_at("2050-01-10 11:30:00.001"), 1);
}

static void
only_cars_that_are_waited_for_are_flagged(void **state)
{
	struct op gone = op_set("cars", "5", 1, NULL);

	(void)state;
	gone.kind = OP_DELETE;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "1", 0, "{'location':'100'}")); /* nobody said when */
	applied(BEN, op_set("cars", "2", 0, "{'expected':'05:30','arrived':true}"));
	applied(BEN, op_set("cars", "3", 0, "{'expected':'05:30','empty':true}"));
	applied(BEN, op_set("cars", "4", 0, "{'expected':'05:30','late':true}"));
	applied(BEN, op_set("cars", "5", 0, "{'expected':'05:30'}"));
	applied(BEN, gone);
	assert_int_equal(flagged_at("2050-05-10 23:00:00"), 0);
	assert_int_equal(notifications(), 0);
}

static void
without_a_shift_under_way_nothing_is_late(void **state)
{
	(void)state;
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	assert_int_equal(flagged_at("2050-05-10 23:00:00"), 0);
	start_shift("s1", "2050-05-11T04:00:00.000Z");
	by_itself("shifts", "s1", "endedAt", "\"2050-05-11T06:00:00.000Z\"");
	assert_int_equal(flagged_at("2050-05-11 23:00:00"), 0);
	start_shift("s2", "2050-05-12T04:00:00.000Z");
	assert_int_equal(flagged_at("2050-05-12 23:00:00"), 1);
}

static void
a_flag_that_was_taken_back_stays_so(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), 1);
	assert_int_equal(flagged_at("2050-05-10 06:01:00"), 0);
	applied(BEN, op_set("cars", "7", 2, "{'late':false}"));
	assert_int_equal(flagged_at("2050-05-10 06:02:00"), 0);
	run_sql("UPDATE record SET deleted = 1 WHERE collection = 'notifications'"); /* somebody has seen to it */
	assert_int_equal(flagged_at("2050-05-10 06:03:00"), 0);
	assert_false(is_late("7"));
}

static void
another_time_or_board_is_another_occasion(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), 1);
	applied(BEN, op_set("cars", "7", 2, "{'late':false,'expected':'07:00'}"));
	assert_int_equal(flagged_at("2050-05-10 07:00:00.000"), 0);
	assert_int_equal(flagged_at("2050-05-10 07:00:00.001"), 1);
	by_itself("cars", "7", "late", "false");
	by_itself("cars", "7", "shift", "\"another-board\"");
	assert_int_equal(flagged_at("2050-05-10 07:01:00"), 1);
	assert_int_equal(notifications(), 3);
}

static void
a_notification_says_which_car_and_when(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "128489", 0, "{'expected':'05:30'}"));
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM record WHERE collection = 'notifications'"
	    " AND JSON_VALUE(doc, '$.title') = 'Car 128489 is late'"
	    " AND JSON_VALUE(doc, '$.body') = 'Car 128489 was expected at 05:30 and has not arrived.'"
	    " AND JSON_VALUE(doc, '$.about') = 'cars/128489'"
	    " AND JSON_VALUE(doc, '$.kind') = 'late-car'"
	    " AND JSON_VALUE(doc, '$.at') = '2050-05-10T06:00:00.000Z'"), 1);
	assert_int_equal(number("SELECT COUNT(DISTINCT tx_seq) FROM audit WHERE cause = 'late-cars'"), 1);
}

static void
every_space_has_its_round_but_deleted_ones(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	add_space(OTHER, "team");
	add_member(OTHER, ANNA, ROLE_OWNER);
	people[ANNA].space_id = OTHER;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(ANNA, op_set("cars", "8", 0, "{'expected':'05:30'}"));
	run_sql("UPDATE space SET deleted_at = SYSDATE(3) WHERE id = '" OTHER "'");
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), 1);
	run_sql("UPDATE space SET deleted_at = NULL");
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), 1);
	assert_true(is_late("7") && is_late("8"));
}

static void
what_does_not_fit_is_flagged_by_the_next_round(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	run_sql(arena_printf(arena,
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, sort_key, doc, created_at,"
	    "                    created_by, updated_at, updated_by)"
	    " SELECT '" TEAM "', 'cars', n.seq, 1, n.seq + 1, 2, '%s', '',"
	    "        '{\"expected\":\"05:30\",\"location\":\"100\"}', SYSDATE(3), '%s', SYSDATE(3), '%s'"
	    "   FROM seq_1_to_501 n",
	    people[BEN].user_id, people[BEN].user_id, people[BEN].user_id));
	run_sql("UPDATE space SET seq = 502");
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), WRITE_OPS_MAX / 2);
	assert_int_equal(flagged_at("2050-05-10 06:01:00"), 1);
	assert_int_equal(flagged_at("2050-05-10 06:02:00"), 0);
}

/* Spaces with an open shift, which come before the team in the round, as many as the round lists at once. */
static void
add_spaces_before(void)
{
	run_sql("INSERT INTO space (id, kind, name, seq, epoch, chain, last_at, created_at)"
	    " SELECT UNHEX(LPAD(HEX(n.seq), 32, '0')), 'team', 'Many', 1, epoch, chain, last_at, created_at"
	    "   FROM space JOIN seq_1_to_100 n WHERE id = '" TEAM "'");
	run_sql("INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, sort_key, doc,"
	    "                    created_at, created_by, updated_at, updated_by)"
	    " SELECT p.id, r.collection, r.id, 1, 1, 1, r.owner_id, r.sort_key, r.doc, r.created_at, r.created_by,"
	    "        r.updated_at, r.updated_by"
	    "   FROM space p JOIN record r"
	    "  WHERE p.name = 'Many' AND r.space_id = '" TEAM "' AND r.collection = 'shifts'");
}

/* Overdue cars in the first of those spaces, which can flag none. */
static void
add_overdue_before(void)
{
	run_sql("INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, sort_key, doc,"
	    "                    created_at, created_by, updated_at, updated_by)"
	    " SELECT UNHEX('00000000000000000000000000000001'), collection, id, version, 2, 2, owner_id, sort_key, doc,"
	    "        created_at, created_by, updated_at, updated_by"
	    "   FROM record WHERE space_id = '" TEAM "' AND collection = 'cars'");
}

static void
a_space_that_fails_or_is_full_keeps_no_other_from_its_round(void **state)
{
	const struct call call = { .db = db, .a = arena, .set = definitions };
	int64_t count;

	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	add_spaces_before();
	add_overdue_before(); /* whose seq the space does not know, so the next write fails */
	clock_says("2050-05-10 06:00:00");
	assert_non_null(late_run(&call, &count));
	assert_int_equal(count, 1);
	assert_int_equal(notifications(), 1);

	run_sql("UPDATE space SET seq = 2, bytes = 1000000, bytes_max = 1000 WHERE name = 'Many'");
	good(late_run(&call, &count));
	assert_int_equal(count, 0);
	run_sql("UPDATE space SET bytes_max = 0 WHERE name = 'Many'");
	good(late_run(&call, &count));
	assert_int_equal(count, 1);
}

/* ---- a car that arrives ---- */

static struct op
arrival(const char *id, int64_t base, const char *members, const char *at)
{
	struct op op = op_set("cars", id, base, members);

	assert_true(instant_parse(at, &op.claimed_at));
	return op;
}

/* An arrival counts at the instant that its device claims, which is when the person saw the car. */
static void
a_car_that_arrives_after_its_time_is_late(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	applied(BEN, op_set("cars", "8", 0, "{'expected':'05:30'}"));
	applied(BEN, op_set("cars", "9", 0, "{'location':'100'}"));
	clock_says("2050-05-10 06:00:00");
	applied(BEN, arrival("7", 1, "{'arrived':true}", "2050-05-10T05:30:00.000Z"));
	applied(BEN, arrival("8", 1, "{'arrived':true}", "2050-05-10T05:30:00.001Z"));
	applied(BEN, arrival("9", 1, "{'arrived':true}", "2050-05-10T05:59:00Z"));
	assert_false(is_late("7"));
	assert_true(is_late("8"));
	assert_false(is_late("9"));
}

static void
an_arrival_in_time_takes_back_the_clocks_flag_and_no_persons(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	applied(BEN, op_set("cars", "8", 0, "{'expected':'05:30'}"));
	applied(MO, op_set("cars", "8", 1, "{'late':true}"));
	assert_int_equal(flagged_at("2050-05-10 06:00:00"), 1);
	assert_true(is_late("7"));
	became(written_by(BEN, arrival("7", 1, "{'arrived':true}", "2050-05-10T05:20:00Z")), OUTCOME_MERGED);
	became(written_by(BEN, arrival("8", 1, "{'arrived':true}", "2050-05-10T05:20:00Z")), OUTCOME_MERGED);
	assert_false(is_late("7"));
	assert_true(is_late("8"));
}

static void
what_the_arrival_itself_says_counts(void **state)
{
	(void)state;
	start_shift("s1", "2050-05-10T04:00:00.000Z");
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	applied(BEN, op_set("cars", "8", 0, "{'expected':'05:30'}"));
	clock_says("2050-05-10 06:00:00");
	applied(BEN, arrival("7", 1, "{'arrived':true,'late':false}", "2050-05-10T05:40:00Z"));
	applied(BEN, arrival("8", 1, "{'arrived':true,'late':true}", "2050-05-10T05:20:00Z"));
	assert_false(is_late("7"));
	assert_true(is_late("8"));
}

static void
without_a_shift_an_arrival_is_never_late(void **state)
{
	(void)state;
	applied(BEN, op_set("cars", "7", 0, "{'expected':'05:30'}"));
	clock_says("2050-05-10 06:00:00");
	applied(BEN, arrival("7", 1, "{'arrived':true}", "2050-05-10T05:59:00Z"));
	assert_false(is_late("7"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cars_are_due_as_the_golden_cases_say),
		cmocka_unit_test(where_the_zone_is_unknown_nothing_is_ever_due),
		TEST(a_car_is_late_a_millisecond_after_its_time),
		TEST(a_time_may_have_seconds),
		TEST(a_car_in_the_night_is_due_after_midnight),
		TEST(the_clock_is_that_of_the_space),
		TEST(only_cars_that_are_waited_for_are_flagged),
		TEST(without_a_shift_under_way_nothing_is_late),
		TEST(a_flag_that_was_taken_back_stays_so),
		TEST(another_time_or_board_is_another_occasion),
		TEST(a_notification_says_which_car_and_when),
		TEST(every_space_has_its_round_but_deleted_ones),
		TEST(what_does_not_fit_is_flagged_by_the_next_round),
		TEST(a_space_that_fails_or_is_full_keeps_no_other_from_its_round),
		TEST(a_car_that_arrives_after_its_time_is_late),
		TEST(an_arrival_in_time_takes_back_the_clocks_flag_and_no_persons),
		TEST(what_the_arrival_itself_says_counts),
		TEST(without_a_shift_an_arrival_is_never_late),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
