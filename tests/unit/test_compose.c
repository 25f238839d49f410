/* test_compose.c -- what a record will be: defaults, what is set once, owners and addressees, ids that follow from
 * fields, restored versions, references, computed fields, and what a merge comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/instant.h"
#include "people.h"
#include "rules/rules.h"

#define MAY "'may':{'read':'viewer','create':'member','update':'member','delete':'member'}"

static const struct collections *set;

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	good(define(&set,
	    "boats.json",
	    "{'name':'boats','singular':'boat','label':'Boats'," MAY ",'fields':["
	    "{'name':'name','type':'text','required':true},{'name':'berth','type':'text'},"
	    "{'name':'crew','type':'integer','default':2,'min':0},{'name':'yard','type':'text','immutable':true},"
	    "{'name':'out','type':'date'},{'name':'back','type':'date','atLeast':'out'},"
	    "{'name':'price','type':'money','private':true,'min':0},{'name':'sister','type':'ref','ref':'boats'},"
	    "{'name':'trip','type':'ref','ref':'trips'}]}",
	    "letters.json",
	    "{'name':'letters','singular':'letter','label':'Letters','addressee':'to'," MAY ",'fields':["
	    "{'name':'to','type':'text','immutable':true},{'name':'text','type':'text'}]}",
	    "rosters.json",
	    "{'name':'rosters','singular':'roster','label':'Rosters','unique':['depot','day'],"
	    "'idForm':'{depot}:{day}'," MAY ",'fields':[{'name':'depot','type':'text','required':true},"
	    "{'name':'day','type':'date','required':true},"
	    "{'name':'lead','type':'text'}]}",
	    "trips.json",
	    "{'name':'trips','singular':'trip','label':'Trips','own':true,'unique':['day']," MAY
	    ",'fields':[{'name':'day','type':'date','required':true}]}",
	    NULL));
	open_team(set);
	return 0;
}

static int
open_shipped(void **state)
{
	(void)state;
	open_schema();
	good(collections_load(arena, "schema/collections", rules, &set));
	open_team(set);
	return 0;
}

/* The document of a record as it is stored now. */
static const char *
doc_of(const char *collection, const char *id)
{
	struct record record;
	bool found;

	good(record_find(as(ANNA), collection_find(set, collection), id, &record, &found));
	assert_true(found);
	return record.doc;
}

static struct op
op_restore(const char *collection, const char *id, int64_t version)
{
	struct op op = op_set(collection, id, BASE_CURRENT, NULL);

	op.kind = OP_RESTORE;
	op.intent = INTENT_CHANGE;
	op.restore_version = version;
	return op;
}

static struct op
op_delete(const char *collection, const char *id)
{
	struct op op = op_set(collection, id, BASE_CURRENT, NULL);

	op.kind = OP_DELETE;
	op.intent = INTENT_CHANGE;
	return op;
}

/* An op that gives the record to somebody and sets nothing else. */
static struct op
op_give_to(const char *collection, const char *id, int64_t base, const char *owner)
{
	struct op op = op_set(collection, id, base, NULL);

	op.set = given(arena_printf(arena, "{'owner':'%s'}", owner));
	return op;
}

/* ---- values ---- */

static void
a_new_record_has_the_defaults_and_what_the_op_sets(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	assert_string_equal(doc_of("boats", "7"), "{\"crew\":2,\"name\":\"Ark\"}");
	applied(BEN, op_set("boats", "8", 0, "{'name':'Ark','crew':0}"));
	assert_string_equal(doc_of("boats", "8"), "{\"crew\":0,\"name\":\"Ark\"}");
	applied(BEN, op_set("boats", "9", 0, "{'name':'Ark','crew':null}"));
	assert_string_equal(doc_of("boats", "9"), "{\"crew\":2,\"name\":\"Ark\"}");
}

static void
a_change_leaves_alone_what_it_does_not_name(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','berth':'A','crew':5}"));
	applied(BEN, op_set("boats", "7", 1, "{'berth':null}"));
	assert_string_equal(doc_of("boats", "7"), "{\"crew\":5,\"name\":\"Ark\"}");
	applied(BEN, op_set("boats", "7", 2, "{'crew':null}"));
	assert_string_equal(doc_of("boats", "7"), "{\"crew\":2,\"name\":\"Ark\"}");
	was_refused(written_by(BEN, op_set("boats", "7", 3, "{'name':null}")), PROBLEM_REQUIRED, "name");
}

static void
a_revived_record_begins_anew(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','berth':'A','yard':'North'}"));
	applied(BEN, op_delete("boats", "7"));
	applied(MO, op_set("boats", "7", 2, "{'name':'Arche','yard':'South'}"));
	assert_string_equal(doc_of("boats", "7"), "{\"crew\":2,\"name\":\"Arche\",\"yard\":\"South\"}");
	assert_int_equal(number(arena_printf(arena, "SELECT COUNT(*) FROM record WHERE owner_id = '%s'",
	    people[BEN].user_id)), 1);
}

static void
what_is_set_once_stays(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','yard':'North'}"));
	was_refused(written_by(BEN, op_set("boats", "7", 1, "{'yard':'South'}")), PROBLEM_READ_ONLY, "yard");
	was_refused(written_by(ANNA, op_set("boats", "7", 1, "{'yard':null}")), PROBLEM_READ_ONLY, "yard");
	applied(BEN, op_set("boats", "7", 1, "{'yard':'North','berth':'A'}")); /* says the same */

	/* With base 0 Mo means to make a boat, not to change this one: two people made the same. */
	o = written_by(MO, op_set("boats", "7", 0, "{'name':'Ark','yard':'South'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"fields\":[\"yard\"]");
}

static void
private_fields_exist_for_who_sees_them(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','price':100}"));
	was_refused(written_by(MO, op_set("boats", "7", 1, "{'price':100}")), PROBLEM_UNKNOWN_FIELD, "price");
	was_refused(written_by(MO, op_set("boats", "7", 1, "{'price':-1}")), PROBLEM_UNKNOWN_FIELD, "price");
	was_refused(written_by(BEN, op_set("boats", "7", 1, "{'price':-1}")), PROBLEM_INVALID, "price");
	applied(MIA, op_set("boats", "7", 1, "{'price':200}"));
	o = written_by(MO, op_set("boats", "7", 2, "{'name':'Arche'}"));
	became(o, OUTCOME_APPLIED);
	assert_string_equal(o.record.doc_private, "{\"price\":200}"); /* left as it is */
}

/* ---- ids, owners, addressees ---- */

static void
an_id_follows_from_its_fields_for_good(void **state)
{
	(void)state;
	applied(BEN, op_set("rosters", NULL, 0, "{'depot':'north','day':'2026-11-21'}"));
	assert_string_equal(doc_of("rosters", "north:2026-11-21"), "{\"day\":\"2026-11-21\",\"depot\":\"north\"}");
	was_refused(written_by(BEN, op_set("rosters", "north:2026-11-21", 1, "{'day':'2026-11-22'}")),
	    PROBLEM_READ_ONLY, "day");
	was_refused(written_by(BEN, op_set("rosters", "south:2026-11-21", 0, "{'depot':'north','day':'2026-11-21'}")),
	    PROBLEM_INVALID, "id");
	applied(BEN, op_set("rosters", "north:2026-11-21", 1, "{'day':'2026-11-21','lead':'Mo'}"));
}

static void
managers_hand_records_on_to_members(void **state)
{
	const char *mo = people[MO].user_id, *otto = people[OTTO].user_id;
	struct outcome o;

	(void)state;
	o = written_by(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	assert_string_equal(o.record.owner, people[BEN].user_id);
	was_refused(written_by(BEN, op_give_to("boats", "7", 1, mo)), PROBLEM_FORBIDDEN, "owner");
	became(written_by(BEN, op_give_to("boats", "7", 1, people[BEN].user_id)), OUTCOME_UNCHANGED);
	was_refused(written_by(MIA, op_give_to("boats", "7", 1, otto)), PROBLEM_INVALID, "owner");
	was_refused(written_by(MIA, op_give_to("boats", "7", 1, arena_printf(arena, "%s ", mo))), PROBLEM_INVALID,
	    "owner");
	became(written_by(MIA, op_give_to("boats", "7", 1, NOBODY)), OUTCOME_UNCHANGED); /* as an export names nobody */
	o = written_by(MIA, op_give_to("boats", "7", 1, mo));
	became(o, OUTCOME_APPLIED);
	assert_string_equal(o.record.owner, mo);
	assert_int_equal(number(arena_printf(arena,
	    "SELECT COUNT(*) FROM audit WHERE prev_owner_id = '%s' AND owner_id = '%s'",
	    people[BEN].user_id, mo)), 1);
}

static void
an_owner_who_is_part_of_the_id_stays(void **state)
{
	struct outcome o = written_by(BEN, op_set("trips", NULL, 0, "{'day':'2026-11-21'}"));

	(void)state;
	became(o, OUTCOME_APPLIED);
	was_refused(written_by(MIA, op_give_to("trips", o.record.id, 1, people[MO].user_id)), PROBLEM_READ_ONLY,
	    "owner");
}

static void
what_is_for_one_person_stays_theirs(void **state)
{
	const char *to_mo = arena_printf(arena, "{'to':'%s','text':'Hello'}", people[MO].user_id);
	const char *to_vera = arena_printf(arena, "{'to':'%s','text':'Hello'}", people[VERA].user_id);

	(void)state;
	applied(MIA, op_set("letters", "7", 0, to_mo));
	was_refused(written_by(MIA, op_set("letters", "7", 1, to_vera)), PROBLEM_READ_ONLY, "to");
	was_refused(written_by(MIA, op_give_to("letters", "7", 1, people[BEN].user_id)), PROBLEM_READ_ONLY, "owner");
	was_refused(written_by(ANNA, op_set("letters", "7", 1, "{'text':'Bye'}")), PROBLEM_NOT_FOUND, NULL);

	/* In a later life of its id too: Mo would not learn that it is gone. */
	applied(MIA, op_delete("letters", "7"));
	was_refused(written_by(MIA, op_set("letters", "7", 2, to_vera)), PROBLEM_READ_ONLY, "to");
	was_refused(written_by(MIA, op_set("letters", "7", 2, "{'text':'Hello'}")), PROBLEM_READ_ONLY, "to");
	applied(MIA, op_set("letters", "7", 2, to_mo));
}

/* ---- restored versions ---- */

static void
a_restore_brings_back_a_version(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','berth':'A','price':100}"));
	applied(BEN, op_delete("boats", "7"));
	applied(BEN, op_set("boats", "7", 2, "{'name':'Arche','yard':'North','price':200}"));
	applied(BEN, op_delete("boats", "7"));

	applied(BEN, op_restore("boats", "7", 3));
	assert_string_equal(doc_of("boats", "7"), "{\"crew\":2,\"name\":\"Arche\",\"yard\":\"North\"}");
	applied(MO, op_restore("boats", "7", 1));
	/* What is set once stays set, and Mo's restore leaves the price that they do not see. */
	assert_string_equal(doc_of("boats", "7"), "{\"berth\":\"A\",\"crew\":2,\"name\":\"Ark\",\"yard\":\"North\"}");
	assert_int_equal(number("SELECT JSON_VALUE(doc_private, '$.price') FROM record"), 200);
}

static void
only_a_version_that_is_known_and_was_alive_can_be_restored(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(BEN, op_delete("boats", "7"));
	applied(BEN, op_set("boats", "7", 2, "{'name':'Arche'}"));
	was_refused(written_by(BEN, op_restore("boats", "7", 0)), PROBLEM_INVALID, "version");
	was_refused(written_by(BEN, op_restore("boats", "7", 4)), PROBLEM_INVALID, "version");
	was_refused(written_by(BEN, op_restore("boats", "7", 2)), PROBLEM_INVALID, "version");
	became(written_by(BEN, op_restore("boats", "7", 3)), OUTCOME_UNCHANGED);
}

static void
a_version_that_was_erased_or_lies_behind_one_cannot_be_restored(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(BEN, op_set("boats", "7", 1, "{'name':'Arche'}"));
	applied(BEN, op_set("boats", "7", 2, "{'name':'Arca'}"));
	run_sql("UPDATE audit SET changes = NULL, private_changes = NULL, salt = NULL WHERE version = 2");
	was_refused(written_by(BEN, op_restore("boats", "7", 2)), PROBLEM_INVALID, "version");
	was_refused(written_by(BEN, op_restore("boats", "7", 1)), PROBLEM_INVALID, "version");
	became(written_by(BEN, op_restore("boats", "7", 3)), OUTCOME_UNCHANGED);
}

/* ---- references ---- */

static void
a_reference_names_a_record_that_the_person_sees(void **state)
{
	const char *trip;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	trip = written_by(MO, op_set("trips", NULL, 0, "{'day':'2026-11-21'}")).record.id;

	was_refused(written_by(BEN, op_set("boats", "7", 1, "{'sister':'8'}")), PROBLEM_INVALID, "sister");
	applied(BEN, op_set("boats", "7", 1, "{'sister':'7'}"));
	was_refused(written_by(BEN, op_set("boats", "7", 2, arena_printf(arena, "{'trip':'%s'}", trip))),
	    PROBLEM_INVALID, "trip");
	applied(MO, op_set("boats", "7", 2, arena_printf(arena, "{'trip':'%s'}", trip)));
	applied(BEN, op_set("boats", "7", 3, "{'berth':'A'}")); /* what stays is not asked again */
}

static void
a_reference_may_name_what_was_deleted(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(BEN, op_delete("boats", "7"));
	applied(BEN, op_set("boats", "8", 0, "{'name':'Arche','sister':'7'}"));
	run_sql("DELETE FROM record WHERE id = '7'"); /* purged: the audit still knows it */
	applied(BEN, op_set("boats", "9", 0, "{'name':'Arche','sister':'7'}"));
}

/* ---- merges ---- */

static void
a_merge_that_breaks_a_check_is_a_conflict(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','out':'2026-11-10','back':'2026-11-20'}"));
	applied(MO, op_set("boats", "7", 1, "{'out':'2026-11-15'}"));
	o = written_by(BEN, op_set("boats", "7", 1, "{'back':'2026-11-12'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->detail, "does not fit");
	holds(o.problem->members, "\"fields\":[\"back\"],\"base\":{\"back\":\"2026-11-20\"}");
	became(written_by(BEN, op_set("boats", "7", 1, "{'back':'2026-11-16'}")), OUTCOME_MERGED);
}

static void
a_value_that_was_put_back_was_touched(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','berth':'A'}"));
	applied(MO, op_set("boats", "7", 1, "{'berth':'B'}"));
	applied(MO, op_set("boats", "7", 2, "{'berth':'A'}"));
	was_refused(written_by(BEN, op_set("boats", "7", 1, "{'berth':'C'}")), PROBLEM_CONFLICT, NULL);
	/* Wants what is there. */
	became(written_by(BEN, op_set("boats", "7", 2, "{'berth':'A','crew':3}")), OUTCOME_MERGED);
}

static void
an_owner_whom_both_changed_is_a_conflict(void **state)
{
	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(MIA, op_give_to("boats", "7", 1, people[MO].user_id));
	was_refused(written_by(ANNA, op_give_to("boats", "7", 1, people[VERA].user_id)), PROBLEM_CONFLICT, NULL);
	became(written_by(ANNA, op_give_to("boats", "7", 1, people[MO].user_id)), OUTCOME_UNCHANGED);
	became(written_by(BEN, op_set("boats", "7", 1, "{'berth':'A'}")), OUTCOME_MERGED);
}

static void
without_a_whole_history_nothing_is_merged(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(MO, op_set("boats", "7", 1, "{'berth':'B'}"));
	run_sql("DELETE FROM audit WHERE version = 2");
	o = written_by(BEN, op_set("boats", "7", 1, "{'name':'Arche'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"fields\":[\"name\"],\"mine\":{\"name\":\"Arche\"}");
	lacks(o.problem->members, "\"base\"");
}

static void
who_knew_of_no_record_and_wants_the_same_changes_nothing(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','berth':'A'}"));
	became(written_by(MO, op_set("boats", "7", 0, "{'berth':'A'}")), OUTCOME_UNCHANGED);
	o = written_by(MO, op_set("boats", "7", 0, "{'name':'Ark','berth':'B'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"fields\":[\"berth\"],\"mine\":{\"berth\":\"B\"}");
}

/* ---- computed fields, with the shipped cars ---- */

static const char *
field_of(const char *collection, const char *id, const char *field)
{
	const struct collection *c = collection_find(set, collection);

	return value_named(c, values_parse(arena, c, doc_of(collection, id), NULL), field);
}

static void
computed_fields_follow_and_are_not_written(void **state)
{
	struct op op = op_set("cars", "7", 0, "{'empty':true}");
	int64_t hour_ago = instant_now() - 3600 * 1000;

	(void)state;
	run_sql("UPDATE space SET created_at = '2020-01-01'");
	was_refused(written_by(BEN, op_set("cars", "7", 0, "{'arrivedAt':'2026-11-21T08:34:00Z'}")), PROBLEM_READ_ONLY,
	    "arrivedAt");
	op.claimed_at = hour_ago;
	applied(BEN, op);
	assert_string_equal(field_of("cars", "7", "arrived"), "true");
	assert_int_equal(value_instant_of(field_of("cars", "7", "emptyAt")), hour_ago);
	applied(BEN, op_set("cars", "7", 1, "{'arrived':false}"));
	assert_string_equal(field_of("cars", "7", "empty"), "false");
	assert_null(field_of("cars", "7", "emptyAt"));
}

/* Not before the last change by a person, and not after now. */
static void
the_moment_that_a_device_claims_is_held_within_bounds(void **state)
{
	struct op op = op_set("cars", "7", 1, "{'arrived':true}");
	int64_t before = instant_now(), at;

	(void)state;
	run_sql("UPDATE space SET created_at = '2020-01-01'");
	applied(BEN, op_set("cars", "7", 0, "{'location':'100'}"));
	op.claimed_at = before - 3600 * 1000;
	applied(BEN, op);
	at = value_instant_of(field_of("cars", "7", "arrivedAt"));
	assert_true(at >= before - 1000);
	op = op_set("cars", "8", 0, "{'arrived':true}");
	op.claimed_at = before + 3600 * 1000;
	applied(BEN, op);
	assert_true(value_instant_of(field_of("cars", "8", "arrivedAt")) <= instant_now() + 1000);
}

static void
a_car_under_a_new_name_continues_the_old_one(void **state)
{
	struct op op = op_set("cars", "7", 0, "{'arrived':true}");
	const char *at;

	(void)state;
	run_sql("UPDATE space SET created_at = '2020-01-01'");
	op.claimed_at = instant_now() - 3600 * 1000;
	applied(BEN, op);
	at = field_of("cars", "7", "arrivedAt");
	applied(BEN, op_delete("cars", "7"));

	op = op_set("cars", "8", 0, "{'arrived':true}");
	op.renamed_from = "7";
	applied(BEN, op);
	assert_string_equal(field_of("cars", "8", "arrivedAt"), at);

	op.record_id = "9";
	op.renamed_from = "6";
	was_refused(written_by(BEN, op), PROBLEM_INVALID, "renamedFrom");
	op = op_set("cars", "8", 1, "{'arrived':true}");
	op.renamed_from = "7";
	was_refused(written_by(BEN, op), PROBLEM_INVALID, "renamedFrom");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)
#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, open_shipped, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_record_has_the_defaults_and_what_the_op_sets),
		TEST(a_change_leaves_alone_what_it_does_not_name),
		TEST(a_revived_record_begins_anew),
		TEST(what_is_set_once_stays),
		TEST(private_fields_exist_for_who_sees_them),
		TEST(an_id_follows_from_its_fields_for_good),
		TEST(managers_hand_records_on_to_members),
		TEST(an_owner_who_is_part_of_the_id_stays),
		TEST(what_is_for_one_person_stays_theirs),
		TEST(a_restore_brings_back_a_version),
		TEST(only_a_version_that_is_known_and_was_alive_can_be_restored),
		TEST(a_version_that_was_erased_or_lies_behind_one_cannot_be_restored),
		TEST(a_reference_names_a_record_that_the_person_sees),
		TEST(a_reference_may_name_what_was_deleted),
		TEST(a_merge_that_breaks_a_check_is_a_conflict),
		TEST(a_value_that_was_put_back_was_touched),
		TEST(an_owner_whom_both_changed_is_a_conflict),
		TEST(without_a_whole_history_nothing_is_merged),
		TEST(who_knew_of_no_record_and_wants_the_same_changes_nothing),
		SHIPPED(computed_fields_follow_and_are_not_written),
		SHIPPED(the_moment_that_a_device_claims_is_held_within_bounds),
		SHIPPED(a_car_under_a_new_name_continues_the_old_one),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
