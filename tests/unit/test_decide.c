/* test_decide.c -- an op meets what is there: the table of schema/PROTOCOL.md 2, cell by cell without a database; then
 * ops that were here before, tombstones that were purged, and what a conflict says to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../lib/record/step.h"
#include "people.h"

enum {
	NOW = 3 /* the version of the record that is there */
};

/* What is there, as step_hold leaves it. */
enum there {
	ABSENT,
	HIDDEN, /* a record that the person does not see */
	GONE,   /* a tombstone */
	LIVE
};

enum {
	UNCHANGED = -1 /* instead of an action: nothing is decided but to leave it */
};

static const struct field boat_fields[] = { { .name = "name" } };
static const size_t boat_order[] = { 0 };
static const char *no_values[1];
static bool touches[] = { true };

/* A step whose op meets a record of version NOW. */
static struct step
step_of(const struct collection *c, enum there there, struct op *op, const struct person *person)
{
	struct call *call = arena_alloc(arena, sizeof *call);
	struct person *copy = arena_memdup(arena, person, sizeof *person);

	*call = (struct call){ .a = arena, .person = copy };
	op->values = no_values;
	return (struct step){
		.call = call,
		.op = op,
		.out = arena_alloc(arena, sizeof(struct outcome)),
		.c = c,
		.touched = touches,
		.before = no_values,
		.stored = there != ABSENT,
		.known = there != ABSENT,
		.live = there == LIVE || there == HIDDEN,
		.visible = there == GONE || there == LIVE,
		.action = (enum action)UNCHANGED,
		.held = {
			.collection = c, .id = "7", .owner = "u", .version = NOW, .seq = 9, .doc = "{\"name\":\"Ark\"}",
			.deleted = there == GONE, .created_by = "u", .updated_by = "u",
			.created_at = "2026-11-21 08:34:00.000", .updated_at = "2026-11-21 08:34:00.000",
		},
	};
}

static struct collection
boats(enum role create, enum role update, enum role delete)
{
	return (struct collection){
		.name = "boats", .label = "Boats", .merges = true,
		.fields = boat_fields, .field_count = 1, .sorted = boat_order,
		.may = { ROLE_VIEWER, create, update, delete },
	};
}

/* ---- base × state ---- */

/* One cell: who asks for what, what is there, and the action, or the problem with refused. */
struct cell {
	const char *name;
	struct op op;
	enum there there;
	int action;
	bool stale;
	enum problem_kind refused; /* PROBLEM_COUNT for none */
};

#define PUSH(kind_, base_) { .kind = kind_, .intent = INTENT_PUSH, .base = base_ }
#define POST { .kind = OP_SET, .intent = INTENT_CREATE }
#define CHANGE(kind_, base_) { .kind = kind_, .intent = INTENT_CHANGE, .base = base_ }
#define IF_MATCH(kind_, base_) { .kind = kind_, .intent = INTENT_CHANGE, .base = base_, .strict = true }
#define IMPORT(base_, again_) { .kind = OP_SET, .intent = INTENT_IMPORT, .base = base_, .again = again_ }
#define DOES(action_) action_, false, PROBLEM_COUNT
#define DOES_STALE(action_) action_, true, PROBLEM_COUNT
#define REFUSED(kind_) UNCHANGED, false, kind_

static const struct cell cells[] = {
	{ "a device creates", PUSH(OP_SET, 0), ABSENT, DOES(ACTION_CREATED) },
	{ "a device changes what never was", PUSH(OP_SET, 1), ABSENT, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a device deletes what never was", PUSH(OP_DELETE, 0), ABSENT, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a post creates", POST, ABSENT, DOES(ACTION_CREATED) },
	{ "an import creates", IMPORT(0, false), ABSENT, DOES(ACTION_IMPORTED) },
	{ "a patch never creates", CHANGE(OP_SET, BASE_CURRENT), ABSENT, REFUSED(PROBLEM_NOT_FOUND) },
	{ "nor does one that says it knows nothing", CHANGE(OP_SET, 0), ABSENT, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a deletion of nothing", CHANGE(OP_DELETE, BASE_CURRENT), ABSENT, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a restore of nothing", CHANGE(OP_RESTORE, BASE_CURRENT), ABSENT, REFUSED(PROBLEM_NOT_FOUND) },

	{ "a device creates what is hidden", PUSH(OP_SET, 0), HIDDEN, REFUSED(PROBLEM_EXISTS) },
	{ "a post creates what is hidden", POST, HIDDEN, REFUSED(PROBLEM_EXISTS) },
	{ "an import creates what is hidden", IMPORT(0, false), HIDDEN, REFUSED(PROBLEM_EXISTS) },
	{ "a device changes what is hidden", PUSH(OP_SET, NOW), HIDDEN, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a device deletes what is hidden", PUSH(OP_DELETE, NOW), HIDDEN, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a patch of what is hidden", CHANGE(OP_SET, BASE_CURRENT), HIDDEN, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a restore of what is hidden", CHANGE(OP_RESTORE, BASE_CURRENT), HIDDEN, REFUSED(PROBLEM_NOT_FOUND) },

	{ "a device changes the version it knows", PUSH(OP_SET, NOW), LIVE, DOES(ACTION_UPDATED) },
	{ "a device deletes the version it knows", PUSH(OP_DELETE, NOW), LIVE, DOES(ACTION_DELETED) },
	{ "a device changes an older version", PUSH(OP_SET, NOW - 1), LIVE, DOES_STALE(ACTION_UPDATED) },
	{ "a device knows of no record", PUSH(OP_SET, 0), LIVE, DOES_STALE(ACTION_UPDATED) },
	{ "a device is ahead", PUSH(OP_SET, NOW + 1), LIVE, REFUSED(PROBLEM_CONFLICT) },
	{ "a device deletes an older version", PUSH(OP_DELETE, NOW - 1), LIVE, REFUSED(PROBLEM_CONFLICT) },
	{ "a device deletes without knowing", PUSH(OP_DELETE, 0), LIVE, REFUSED(PROBLEM_CONFLICT) },
	{ "a device deletes ahead", PUSH(OP_DELETE, NOW + 1), LIVE, REFUSED(PROBLEM_CONFLICT) },
	{ "a post on a live record", POST, LIVE, REFUSED(PROBLEM_EXISTS) },
	{ "a patch of whatever is there", CHANGE(OP_SET, BASE_CURRENT), LIVE, DOES(ACTION_UPDATED) },
	{ "a patch of an older version", CHANGE(OP_SET, NOW - 1), LIVE, DOES_STALE(ACTION_UPDATED) },
	{ "a patch ahead", CHANGE(OP_SET, NOW + 1), LIVE, REFUSED(PROBLEM_CONFLICT) },
	{ "a patch that matches", IF_MATCH(OP_SET, NOW), LIVE, DOES(ACTION_UPDATED) },
	{ "a patch that matches a later version", IF_MATCH(OP_SET, NOW + 1), LIVE, REFUSED(PROBLEM_PRECONDITION) },
	{ "a deletion of whatever is there", CHANGE(OP_DELETE, BASE_CURRENT), LIVE, DOES(ACTION_DELETED) },
	{ "a deletion that matches", IF_MATCH(OP_DELETE, NOW), LIVE, DOES(ACTION_DELETED) },
	{ "a deletion that does not", IF_MATCH(OP_DELETE, NOW - 1), LIVE, REFUSED(PROBLEM_PRECONDITION) },
	{ "a restore of a live record", CHANGE(OP_RESTORE, BASE_CURRENT), LIVE, DOES(ACTION_RESTORED) },
	{ "a restore never merges", CHANGE(OP_RESTORE, NOW - 1), LIVE, REFUSED(PROBLEM_CONFLICT) },
	{ "an import updates", IMPORT(BASE_CURRENT, false), LIVE, DOES(ACTION_IMPORTED) },
	{ "a reset is called one", { .intent = INTENT_CHANGE, .base = BASE_CURRENT, .reset = true }, LIVE,
	    DOES(ACTION_RESET) },

	{ "a device revives the tombstone it knows", PUSH(OP_SET, NOW), GONE, DOES(ACTION_REVIVED) },
	{ "a device changes what was deleted", PUSH(OP_SET, NOW - 1), GONE, REFUSED(PROBLEM_CONFLICT) },
	{ "a device creates over a tombstone", PUSH(OP_SET, 0), GONE, REFUSED(PROBLEM_CONFLICT) },
	{ "a device is ahead of a tombstone", PUSH(OP_SET, NOW + 1), GONE, REFUSED(PROBLEM_CONFLICT) },
	{ "a device deletes what is deleted", PUSH(OP_DELETE, NOW - 1), GONE, DOES(UNCHANGED) },
	{ "a post revives", POST, GONE, DOES(ACTION_REVIVED) },
	{ "a patch of a tombstone", CHANGE(OP_SET, BASE_CURRENT), GONE, REFUSED(PROBLEM_NOT_FOUND) },
	{ "a deletion of a tombstone", CHANGE(OP_DELETE, BASE_CURRENT), GONE, REFUSED(PROBLEM_NOT_FOUND) },
	{ "an import leaves tombstones alone", IMPORT(BASE_CURRENT, false), GONE, REFUSED(PROBLEM_CONFLICT) },
	{ "an import brings back when asked to", IMPORT(BASE_CURRENT, true), GONE, DOES(ACTION_IMPORTED) },
	{ "a restore brings back", CHANGE(OP_RESTORE, BASE_CURRENT), GONE, DOES(ACTION_RESTORED) },
	{ "a restore of the version it knows", CHANGE(OP_RESTORE, NOW), GONE, DOES(ACTION_RESTORED) },
	{ "a restore of an older one", CHANGE(OP_RESTORE, NOW - 1), GONE, REFUSED(PROBLEM_CONFLICT) },
	{ "a restore that does not match", IF_MATCH(OP_RESTORE, NOW - 1), GONE, REFUSED(PROBLEM_PRECONDITION) },
};

static void
every_base_meets_every_state_as_the_table_says(void **state)
{
	const struct person person = { .user_id = "u", .role = ROLE_MEMBER };
	const struct collection c = boats(ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER);

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		struct op op = cells[i].op;
		struct step s = step_of(&c, cells[i].there, &op, &person);
		struct problem *p = step_decide(&s);

		if ((p == NULL ? PROBLEM_COUNT : p->kind) != cells[i].refused)
			fail_msg("%s: %s", cells[i].name, p == NULL ? "not refused" : p->detail);
		if (p == NULL && ((int)s.action != cells[i].action || s.stale != cells[i].stale))
			fail_msg("%s: action %d, stale %d", cells[i].name, (int)s.action, s.stale);
	}
}

static void
where_nothing_is_merged_an_older_base_is_a_conflict(void **state)
{
	const struct person person = { .user_id = "u", .role = ROLE_MEMBER };
	struct collection c = boats(ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER);
	struct op ahead = PUSH(OP_SET, NOW + 1), same = PUSH(OP_SET, NOW), none = PUSH(OP_SET, 0);
	struct step s;

	(void)state;
	c.merges = false;
	s = step_of(&c, LIVE, &ahead, &person);
	is_problem_at(step_decide(&s), PROBLEM_CONFLICT, NULL);
	s = step_of(&c, LIVE, &same, &person);
	good(step_decide(&s));
	s = step_of(&c, LIVE, &none, &person); /* equal values are no conflict, here too */
	good(step_decide(&s));
	assert_true(s.stale);
}

/* The least role that each op needs: create asks for a manager, update for a member, delete for an owner. */
static const struct {
	const char *name;
	struct op op;
	enum there there;
	enum role least;
} rights[] = {
	{ "creating", PUSH(OP_SET, 0), ABSENT, ROLE_MANAGER },
	{ "importing what is new", IMPORT(0, false), ABSENT, ROLE_MANAGER },
	{ "changing", PUSH(OP_SET, NOW), LIVE, ROLE_MEMBER },
	{ "merging", PUSH(OP_SET, NOW - 1), LIVE, ROLE_MEMBER },
	{ "knowing of no record", PUSH(OP_SET, 0), LIVE, ROLE_MANAGER },
	{ "deleting", PUSH(OP_DELETE, NOW), LIVE, ROLE_OWNER },
	{ "reviving", PUSH(OP_SET, NOW), GONE, ROLE_MANAGER },
	{ "bringing back", CHANGE(OP_RESTORE, BASE_CURRENT), GONE, ROLE_MANAGER },
	{ "restoring what is there", CHANGE(OP_RESTORE, BASE_CURRENT), LIVE, ROLE_MEMBER },
	{ "importing over it", IMPORT(BASE_CURRENT, false), LIVE, ROLE_MEMBER },
};

static void
each_op_needs_its_right(void **state)
{
	const struct collection c = boats(ROLE_MANAGER, ROLE_MEMBER, ROLE_OWNER);

	(void)state;
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
		for (enum role role = ROLE_VIEWER; role < ROLE_COUNT; role++) {
			const struct person person = { .user_id = "u", .role = role };
			struct op op = rights[i].op;
			struct step s = step_of(&c, rights[i].there, &op, &person);
			struct problem *p = step_decide(&s);

			if (role >= rights[i].least ? p != NULL : p == NULL || p->kind != PROBLEM_FORBIDDEN)
				fail_msg("%s as %s: %s", rights[i].name, role_names[role],
				    p == NULL ? "allowed" : p->detail);
		}
}

/* Otherwise an answer would tell a person without the right whether there is a record. */
static void
a_missing_right_is_said_before_a_conflict(void **state)
{
	const struct person viewer = { .user_id = "u", .role = ROLE_VIEWER };
	const struct collection c = boats(ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER);
	struct op post = POST, ahead = PUSH(OP_SET, NOW + 1), hidden = PUSH(OP_SET, 0), gone = PUSH(OP_SET, 0);
	struct step s;

	(void)state;
	s = step_of(&c, LIVE, &post, &viewer);
	is_problem_at(step_decide(&s), PROBLEM_FORBIDDEN, NULL);
	s = step_of(&c, LIVE, &ahead, &viewer);
	is_problem_at(step_decide(&s), PROBLEM_FORBIDDEN, NULL);
	s = step_of(&c, HIDDEN, &hidden, &viewer);
	is_problem_at(step_decide(&s), PROBLEM_FORBIDDEN, NULL);
	s = step_of(&c, GONE, &gone, &viewer);
	is_problem_at(step_decide(&s), PROBLEM_FORBIDDEN, NULL);
}

static void
daybook_itself_needs_no_right(void **state)
{
	const struct person nobody = { .user_id = NOBODY, .role = ROLE_NONE };
	const struct collection c = boats(ROLE_COUNT, ROLE_COUNT, ROLE_COUNT);

	(void)state;
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
		struct op op = rights[i].op;
		struct step s = step_of(&c, rights[i].there, &op, &nobody);

		op.system = true;
		good(step_decide(&s));
	}
}

static void
a_hidden_id_gives_nothing_away_but_that_it_is_taken(void **state)
{
	const struct person person = { .user_id = "u", .role = ROLE_MEMBER };
	const struct collection c = boats(ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER);
	struct op op = PUSH(OP_SET, 0);
	struct step s = step_of(&c, HIDDEN, &op, &person);
	struct problem *p = step_decide(&s);

	(void)state;
	is_problem_at(p, PROBLEM_EXISTS, "id");
	assert_null(p->members);
}

/* ---- what is there, in the database ---- */

#define MAY "'may':{'read':'viewer','create':'member','update':'member','delete':'member'}"
#define FIELDS \
	"'fields':[{'name':'name','type':'text'},{'name':'berth','type':'text'}," \
	"{'name':'price','type':'money','private':true}]"

static const struct collections *set;

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	good(define(&set,
	    "boats.json",
	    "{'name':'boats','singular':'boat','label':'Boats'," MAY "," FIELDS "}",
	    "hulls.json",
	    "{'name':'hulls','singular':'hull','label':'Hulls','conflict':'reject'," MAY "," FIELDS "}",
	    "logs.json",
	    "{'name':'logs','singular':'log','label':'Logs','own':true," MAY "," FIELDS "}",
	    NULL));
	open_team(set);
	return 0;
}

static struct op
op_delete(const char *collection, const char *id, int64_t base)
{
	struct op op = op_set(collection, id, base, NULL);

	op.kind = OP_DELETE;
	return op;
}

static void
disjoint_members_merge_and_clashing_ones_conflict(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','berth':'A'}"));
	applied(MO, op_set("boats", "7", 1, "{'berth':'B'}"));

	o = written_by(BEN, op_set("boats", "7", 1, "{'name':'Arche'}"));
	became(o, OUTCOME_MERGED);
	assert_int_equal(o.version, 3);
	assert_string_equal(o.record.doc, "{\"berth\":\"B\",\"name\":\"Arche\"}");

	o = written_by(BEN, op_set("boats", "7", 1, "{'berth':'C','name':'Arche'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"currentVersion\":3,\"expectedVersion\":1,\"fields\":[\"berth\"],");
	holds(o.problem->members, "\"base\":{\"berth\":\"A\"},\"mine\":{\"berth\":\"C\"}");
	holds(o.problem->members, "\"current\":{\"id\":\"7\",\"version\":3,");

	o = written_by(BEN, op_set("boats", "7", 1, "{'berth':'B','name':'Arche'}")); /* both came to the same */
	became(o, OUTCOME_UNCHANGED);
	assert_int_equal(o.version, 3);
	assert_int_equal(number("SELECT seq FROM space"), 3);
}

static void
a_rejecting_collection_shows_both_sides_of_all_that_was_named(void **state)
{
	struct op strict;
	struct outcome o;

	(void)state;
	applied(BEN, op_set("hulls", "7", 0, "{'name':'Ark'}"));
	applied(MO, op_set("hulls", "7", 1, "{'berth':'B'}"));

	o = written_by(BEN, op_set("hulls", "7", 1, "{'name':'Arche'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	assert_int_equal(o.status, OUTCOME_CONFLICT);
	holds(o.problem->members, "\"fields\":[\"name\"],\"base\":{\"name\":\"Ark\"},\"mine\":{\"name\":\"Arche\"}");

	strict = op_set("boats", "7", 1, "{'name':'Arche'}");
	strict.collection = collection_find(set, "hulls");
	strict.intent = INTENT_CHANGE;
	strict.strict = true;
	o = written_by(BEN, strict);
	was_refused(o, PROBLEM_PRECONDITION, NULL);
	assert_int_equal(o.status, OUTCOME_CONFLICT);
	holds(o.problem->members, "\"base\":{\"name\":\"Ark\"}");
}

static void
a_conflict_shows_private_fields_to_those_who_see_them(void **state)
{
	struct op op;
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark','price':100}"));
	applied(MIA, op_set("boats", "7", 1, "{'price':200}"));

	o = written_by(BEN, op_set("boats", "7", 1, "{'price':300}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"fields\":[\"price\"],\"base\":{\"price\":100},\"mine\":{\"price\":300}");
	holds(o.problem->members, "\"price\":200");

	op = op_set("boats", "7", 0, "{'name':'Arche'}");
	op.intent = INTENT_CREATE;
	o = written_by(MO, op);
	was_refused(o, PROBLEM_EXISTS, NULL);
	holds(o.problem->members, "\"name\":\"Ark\"");
	lacks(o.problem->members, "price");
	lacks(o.problem->members, "expectedVersion");

	/* Where nothing is merged, all that was named would be shown: also what the person only guesses to be there. */
	applied(BEN, op_set("hulls", "7", 0, "{'name':'Ark','price':100}"));
	applied(BEN, op_set("hulls", "7", 1, "{'price':200}"));
	o = written_by(MO, op_set("hulls", "7", 1, "{'name':'Arche','price':200}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"fields\":[\"name\"],\"base\":{\"name\":\"Ark\"},\"mine\":{\"name\":\"Arche\"}");
	lacks(o.problem->members, "price");
}

static void
a_repeated_op_gets_the_first_answer(void **state)
{
	struct op op = op_set("boats", "7", 0, "{'name':'Ark'}"), later;
	struct outcome o;

	(void)state;
	op.op_id = "op-1";
	applied(BEN, op);
	applied(MO, op_set("boats", "7", 1, "{'berth':'B'}"));

	later = op;
	later.base = 2; /* the base is no part of what the op wants */
	o = written_by(BEN, later);
	became(o, OUTCOME_DUPLICATE);
	assert_int_equal(o.version, 1);
	assert_int_equal(o.seq, 1);
	assert_false(o.merged);
	assert_int_equal(o.record.version, 2); /* shown as it is now */

	became(written_by(MO, op), OUTCOME_UNCHANGED); /* of another person: decided anew */
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 2);
}

static void
a_repeated_merged_op_is_still_reported_as_merged(void **state)
{
	struct op op = op_set("boats", "7", 1, "{'name':'Arche'}");
	struct outcome o;

	(void)state;
	op.op_id = "op-1";
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(MO, op_set("boats", "7", 1, "{'berth':'B'}"));
	became(written_by(BEN, op), OUTCOME_MERGED);
	o = written_by(BEN, op);
	became(o, OUTCOME_DUPLICATE);
	assert_true(o.merged);
	assert_int_equal(o.version, 3);
}

static void
an_op_id_belongs_to_one_request(void **state)
{
	struct op op = op_set("boats", "7", 0, "{'name':'Ark'}"), other_op;

	(void)state;
	op.op_id = "op-1";
	applied(BEN, op);
	other_op = op_set("boats", "7", 0, "{'name':'Arche'}");
	other_op.op_id = "op-1";
	was_refused(written_by(BEN, other_op), PROBLEM_OP_REUSED, "op");
	other_op = op_set("boats", "8", 0, "{'name':'Ark'}");
	other_op.op_id = "op-1";
	was_refused(written_by(BEN, other_op), PROBLEM_OP_REUSED, "op");

	/* Once its outcome is purged, only the audit knows it, without a hash: collection and record must agree. */
	run_sql("DELETE FROM op");
	was_refused(written_by(BEN, other_op), PROBLEM_OP_REUSED, "op");
	became(written_by(BEN, op), OUTCOME_DUPLICATE);
	other_op = op_set("hulls", "7", 0, "{'name':'Ark'}");
	other_op.op_id = "op-1";
	was_refused(written_by(BEN, other_op), PROBLEM_OP_REUSED, "op");
}

static void
an_op_that_changed_nothing_is_remembered_and_a_refused_one_is_not(void **state)
{
	struct op op = op_set("boats", "7", 0, "{'name':'Ark'}");
	struct outcome o;

	(void)state;
	applied(BEN, op);
	op.op_id = "op-1";
	o = written_by(BEN, op);
	became(o, OUTCOME_UNCHANGED);
	assert_int_equal(o.seq, 1);
	became(written_by(BEN, op), OUTCOME_DUPLICATE);

	op = op_set("boats", "7", 2, "{'name':'Arche'}");
	op.op_id = "op-2";
	was_refused(written_by(BEN, op), PROBLEM_CONFLICT, NULL);
	assert_int_equal(number("SELECT COUNT(*) FROM op WHERE op_id = 'op-2'"), 0);
	op.base = 1;
	applied(BEN, op);
}

static void
a_duplicate_does_not_show_what_is_hidden_by_now(void **state)
{
	struct op op = op_set("logs", "7", 0, "{'name':'Ark'}"), hand_on;
	struct outcome o;

	(void)state;
	op.op_id = "op-1";
	applied(BEN, op);
	hand_on = op_set("logs", "7", 1, NULL);
	hand_on.set = given(arena_printf(arena, "{'owner':'%s'}", people[MO].user_id));
	applied(MIA, hand_on);
	o = written_by(BEN, op);
	became(o, OUTCOME_DUPLICATE);
	assert_int_equal(o.version, 1);
	assert_false(o.has_record);
}

static void
a_purged_tombstone_is_still_a_tombstone(void **state)
{
	struct op post = op_set("boats", "7", 0, "{'name':'Arche'}");
	struct outcome o;

	(void)state;
	applied(BEN, op_set("boats", "7", 0, "{'name':'Ark'}"));
	applied(BEN, op_delete("boats", "7", 1));
	run_sql("DELETE FROM record");

	o = written_by(BEN, op_delete("boats", "7", 1));
	became(o, OUTCOME_UNCHANGED);
	assert_int_equal(o.version, 2);
	o = written_by(BEN, op_set("boats", "7", 1, "{'name':'Arche'}"));
	was_refused(o, PROBLEM_CONFLICT, NULL);
	holds(o.problem->members, "\"currentVersion\":2,\"expectedVersion\":1,");
	holds(o.problem->members, "\"deleted\":true");

	post.intent = INTENT_CREATE;
	o = written_by(BEN, post);
	became(o, OUTCOME_APPLIED);
	assert_true(o.created);
	assert_int_equal(o.version, 3); /* versions never start again */
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action = 'revived' AND version = 3"), 1);
}

static void
somebody_elses_purged_tombstone_is_hidden(void **state)
{
	struct outcome o;

	(void)state;
	applied(BEN, op_set("logs", "7", 0, "{'name':'Ark'}"));
	applied(BEN, op_delete("logs", "7", 1));
	run_sql("DELETE FROM record");
	o = written_by(MO, op_set("logs", "7", 0, "{'name':'Arche'}"));
	was_refused(o, PROBLEM_EXISTS, "id");
	assert_null(o.problem->members);
	was_refused(written_by(MO, op_delete("logs", "7", 2)), PROBLEM_NOT_FOUND, NULL);
	applied(BEN, op_set("logs", "7", 2, "{'name':'Arche'}"));
}

static void
what_is_asked_about_is_decided_in_the_same_way(void **state)
{
	struct op op = op_set("boats", "7", 0, "{'name':'Ark'}");
	struct seen coming;
	struct outcome o;

	(void)state;
	seen_start(&coming, arena);
	op_prepare(arena, &people[BEN], &op);
	good(write_ask(as(BEN), &op, 1, &coming, &o));
	became(o, OUTCOME_APPLIED);
	assert_true(o.created);
	op_prepare(arena, &people[VERA], &op);
	good(write_ask(as(VERA), &op, 1, &coming, &o));
	assert_int_equal(o.problem->kind, PROBLEM_FORBIDDEN);
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 0);
	assert_int_equal(number("SELECT seq FROM space"), 0);
}

#define WITHOUT(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)
#define WITH(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITHOUT(every_base_meets_every_state_as_the_table_says),
		WITHOUT(where_nothing_is_merged_an_older_base_is_a_conflict),
		WITHOUT(each_op_needs_its_right),
		WITHOUT(a_missing_right_is_said_before_a_conflict),
		WITHOUT(daybook_itself_needs_no_right),
		WITHOUT(a_hidden_id_gives_nothing_away_but_that_it_is_taken),
		WITH(disjoint_members_merge_and_clashing_ones_conflict),
		WITH(a_rejecting_collection_shows_both_sides_of_all_that_was_named),
		WITH(a_conflict_shows_private_fields_to_those_who_see_them),
		WITH(a_repeated_op_gets_the_first_answer),
		WITH(a_repeated_merged_op_is_still_reported_as_merged),
		WITH(an_op_id_belongs_to_one_request),
		WITH(an_op_that_changed_nothing_is_remembered_and_a_refused_one_is_not),
		WITH(a_duplicate_does_not_show_what_is_hidden_by_now),
		WITH(a_purged_tombstone_is_still_a_tombstone),
		WITH(somebody_elses_purged_tombstone_is_hidden),
		WITH(what_is_asked_about_is_decided_in_the_same_way),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
