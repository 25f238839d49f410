/* test_policy.c -- who may do what, and who sees what: every role, every right, own and addressed records, private
 * fields, and tokens that are bound to a space.  Without a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/policy.h"
#include "model/rule.h"
#include "people.h"

static const char ben[] = "ben", mo[] = "mo";

static struct person
of_role(enum role role)
{
	return (struct person){ .user_id = ben, .role = role };
}

static const struct collection shared = {
	.name = "shared", .may = { ROLE_VIEWER, ROLE_MEMBER, ROLE_MANAGER, ROLE_OWNER },
};
static const struct collection owned = {
	.name = "owned", .own = true, .may = { ROLE_VIEWER, ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER },
};
static const struct collection watched = {
	.name = "watched", .own = true, .overseen = true, .may = { ROLE_VIEWER, ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER },
};
static const struct rule judges = { .name = "judges", .overseers = true };
static const struct rule *const judging[] = { &judges };
static const struct collection judged = {
	.name = "judged", .own = true, .overseen = true, .rules = judging, .rule_count = 1,
	.may = { ROLE_VIEWER, ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER },
};
static const struct field to = { .name = "to" };
static const struct collection letters = {
	.name = "letters", .addressee = &to, .may = { ROLE_VIEWER, ROLE_MEMBER, ROLE_MEMBER, ROLE_MEMBER },
};
static const struct collection closed = {
	.name = "closed", .may = { ROLE_COUNT, ROLE_COUNT, ROLE_COUNT, ROLE_COUNT },
};

/* ---- rights ---- */

static void
every_right_begins_with_the_role_that_may_says(void **state)
{
	(void)state;
	for (enum may what = 0; what < MAY_COUNT; what++)
		for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
			const struct person person = of_role(role);
			struct problem *p = policy_may(arena, &person, &shared, what);

			if (role >= shared.may[what] ? p != NULL : p == NULL || p->kind != PROBLEM_FORBIDDEN)
				fail_msg("right %d as %s: %s", what, role_names[role],
				    p == NULL ? "allowed" : p->detail);
		}
}

static void
an_action_begins_with_its_least_role(void **state)
{
	(void)state;
	for (enum role least = ROLE_NONE; least < ROLE_COUNT; least++)
		for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
			const struct person person = of_role(role);
			struct problem *p = policy_role(arena, &person, least);

			assert_true(role >= least ? p == NULL : p != NULL && p->kind == PROBLEM_FORBIDDEN);
		}
}

static void
an_unset_right_is_nobodys(void **state)
{
	const struct person owner = of_role(ROLE_OWNER);

	(void)state;
	for (enum may what = 0; what < MAY_COUNT; what++)
		is_problem_at(policy_may(arena, &owner, &closed, what), PROBLEM_FORBIDDEN, NULL);
	assert_false(policy_sees(&owner, &closed, ben, NULL)); /* their own ones neither */
}

static void
a_refusal_says_neither_collection_nor_role(void **state)
{
	const struct person viewer = of_role(ROLE_VIEWER);
	struct problem *p = policy_may(arena, &viewer, &shared, MAY_DELETE);

	(void)state;
	lacks(p->detail, "shared");
	lacks(p->detail, "owner");
	assert_null(p->field);
	assert_null(p->scope); /* another token would not help */
}

static void
daybook_itself_may_do_everything_in_its_space(void **state)
{
	const struct person itself = person_itself("s");

	(void)state;
	assert_string_equal(itself.user_id, NOBODY);
	assert_string_equal(itself.space_id, "s");
	for (enum may what = 0; what < MAY_COUNT; what++)
		assert_null(policy_may(arena, &itself, &shared, what));
	assert_true(policy_sees(&itself, &owned, ben, NULL));
	assert_true(policy_sees_private(&itself, ben));
}

static void
managers_make_somebody_else_the_owner(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		const struct person person = of_role(role);

		assert_int_equal(policy_assigns(&person), role >= ROLE_MANAGER);
	}
}

/* ---- what is seen ---- */

static void
shared_records_are_seen_by_who_may_read(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		const struct person person = of_role(role);

		assert_int_equal(policy_sees(&person, &shared, mo, NULL), role >= ROLE_VIEWER);
		assert_int_equal(policy_sees(&person, &shared, ben, NULL), role >= ROLE_VIEWER);
		assert_false(policy_limited(&person, &shared));
	}
}

static void
own_records_are_seen_by_their_owner_and_managers(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		const struct person person = of_role(role);

		assert_int_equal(policy_sees(&person, &owned, ben, NULL), role >= ROLE_VIEWER);
		assert_int_equal(policy_sees(&person, &owned, mo, NULL), role >= ROLE_MANAGER);
		assert_int_equal(policy_limited(&person, &owned), role < ROLE_MANAGER);
	}
}

static void
what_is_addressed_is_seen_by_two_whatever_the_role(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		const struct person person = of_role(role);

		assert_false(policy_sees(&person, &letters, mo, "vera")); /* owners of the space neither */
		assert_int_equal(policy_sees(&person, &letters, ben, mo), role >= ROLE_VIEWER);
		assert_int_equal(policy_sees(&person, &letters, mo, ben), role >= ROLE_VIEWER);
		assert_int_equal(policy_sees(&person, &letters, mo, NULL), role >= ROLE_VIEWER); /* for everybody */
	}
}

static void
private_fields_are_their_owners_and_managers(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		const struct person person = of_role(role);

		assert_true(policy_sees_private(&person, ben));
		assert_int_equal(policy_sees_private(&person, mo), role >= ROLE_MANAGER);
	}
}

static void
a_private_field_is_named_by_managers_and_in_own_collections(void **state)
{
	const struct field plain = { .name = "name" }, secret = { .name = "price", .is_private = true };

	(void)state;
	for (enum role role = ROLE_VIEWER; role < ROLE_COUNT; role++) {
		const struct person person = of_role(role);

		assert_true(policy_knows(&person, &shared, &plain));
		assert_int_equal(policy_knows(&person, &shared, &secret), role >= ROLE_MANAGER);
		assert_true(policy_knows(&person, &owned, &secret));
		assert_int_equal(policy_knows_private(&person, &shared), role >= ROLE_MANAGER);
	}
}

/* ---- overseeing ---- */

#define USER(n) "0000000" #n "-0000-7000-8000-000000000000"

static struct person
overseer(const char *user, enum role role, const unsigned char *ids, size_t count)
{
	return (struct person){ .user_id = user, .role = role, .overseen = ids, .overseen_count = count };
}

static const unsigned char two_and_four[2][DB_ID_SIZE] = {
	{ 0, 0, 0, 2, 0, 0, 0x70, 0, 0x80 }, { 0, 0, 0, 4, 0, 0, 0x70, 0, 0x80 },
};

static void
who_oversees_somebody_sees_what_is_overseen_of_them(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
		const struct person person = overseer(USER(3), role, two_and_four[0], 2);
		bool reads = role >= ROLE_VIEWER, manages = role >= ROLE_MANAGER;

		assert_true(policy_oversees(&person, USER(2)) && policy_oversees(&person, USER(4)));
		assert_false(policy_oversees(&person, USER(3)));
		assert_false(policy_oversees(&person, USER(1)) || policy_oversees(&person, USER(5)));
		assert_false(policy_oversees(&person, NOBODY) || policy_oversees(&person, "no id"));
		assert_int_equal(policy_sees(&person, &watched, USER(2), NULL), reads);
		assert_int_equal(policy_sees(&person, &watched, USER(3), NULL), reads);
		assert_int_equal(policy_sees(&person, &watched, USER(5), NULL), manages);
		assert_int_equal(policy_sees(&person, &owned, USER(2), NULL), manages);
		assert_int_equal(policy_limited(&person, &watched), !manages);
		assert_int_equal(policy_looks_after(&person, &watched), !manages);
		assert_false(policy_looks_after(&person, &owned));
		assert_false(policy_sees_private(&person, USER(2)) && !manages);
	}
}

static void
who_oversees_everybody_sees_all_that_is_overseen(void **state)
{
	struct person person = overseer(USER(3), ROLE_MEMBER, NULL, 0);

	(void)state;
	assert_false(policy_oversees(&person, USER(2)) || policy_looks_after(&person, &watched));
	person.oversees_all = true;
	assert_true(policy_oversees(&person, USER(2)) && policy_oversees(&person, NOBODY));
	assert_false(policy_oversees(&person, USER(3)));
	assert_true(policy_sees(&person, &watched, USER(2), NULL));
	assert_false(policy_sees(&person, &owned, USER(2), NULL));
	assert_false(policy_limited(&person, &watched));
	assert_true(policy_limited(&person, &owned) && policy_looks_after(&person, &watched));
}

static void
seeing_is_not_changing(void **state)
{
	(void)state;
	for (int all_of_them = 0; all_of_them < 2; all_of_them++)
		for (enum role role = ROLE_VIEWER; role < ROLE_COUNT; role++) {
			struct person person = overseer(USER(3), role, two_and_four[0], all_of_them ? 0 : 2);

			person.oversees_all = all_of_them;
			assert_int_equal(policy_changes(&person, &watched, USER(2)), role >= ROLE_MANAGER);
			assert_true(policy_changes(&person, &watched, USER(3)));
			assert_true(policy_changes(&person, &judged, USER(2)));
			assert_int_equal(policy_changes(&person, &judged, USER(5)),
			    all_of_them || role >= ROLE_MANAGER);
			assert_true(policy_changes(&person, &shared, USER(5)));
		}
}

/* ---- the same for statements ---- */

static const struct collection all[] = {
	{ .name = "shared", .may = { ROLE_VIEWER } }, { .name = "owned", .own = true, .may = { ROLE_VIEWER } },
	{ .name = "letters", .addressee = &to, .may = { ROLE_VIEWER } }, { .name = "plans", .may = { ROLE_MANAGER } },
	{ .name = "closed", .may = { ROLE_COUNT } },
	{ .name = "watched", .own = true, .overseen = true, .may = { ROLE_VIEWER } },
};
static const struct collections set = { .all = all, .count = sizeof all / sizeof all[0] };

/* "whole: … own: … overseen: … addressed: …" */
static const char *
view_of_person(const struct person *person, const struct collection *const *only, size_t count)
{
	struct feed_view view;
	struct buf b;

	policy_view(arena, person, &set, only, count, &view);
	buf_init(&b, arena);
	buf_text(&b, "whole:");
	for (size_t i = 0; i < view.whole_count; i++)
		buf_printf(&b, " %s", view.whole[i]);
	buf_text(&b, " own:");
	for (size_t i = 0; i < view.own_count; i++)
		buf_printf(&b, " %s", view.own[i]);
	for (size_t i = 0; i < view.overseen_count; i++)
		buf_printf(&b, "%s %s", i == 0 ? " overseen:" : "", view.overseen[i]);
	buf_text(&b, " addressed:");
	for (size_t i = 0; i < view.addressed_count; i++)
		buf_printf(&b, " %s", view.addressed[i]);
	return b.text;
}

static const char *
view_of(enum role role, const struct collection *const *only, size_t count)
{
	const struct person person = of_role(role);

	return view_of_person(&person, only, count);
}

static void
statements_are_given_what_the_person_sees(void **state)
{
	(void)state;
	assert_string_equal(view_of(ROLE_NONE, NULL, 0), "whole: own: addressed:");
	assert_string_equal(view_of(ROLE_VIEWER, NULL, 0), "whole: shared own: owned watched addressed: letters");
	assert_string_equal(view_of(ROLE_MEMBER, NULL, 0), "whole: shared own: owned watched addressed: letters");
	for (enum role role = ROLE_MANAGER; role <= ROLE_OWNER; role++)
		assert_string_equal(view_of(role, NULL, 0),
		    "whole: shared owned plans watched own: addressed: letters");
}

static void
statements_are_told_of_whom_a_person_oversees(void **state)
{
	struct person person = overseer(USER(3), ROLE_MEMBER, two_and_four[0], 2);

	(void)state;
	assert_string_equal(view_of_person(&person, NULL, 0),
	    "whole: shared own: owned overseen: watched addressed: letters");
	person.role = ROLE_MANAGER;
	assert_string_equal(view_of_person(&person, NULL, 0),
	    "whole: shared owned plans watched own: addressed: letters");
	person = overseer(USER(3), ROLE_VIEWER, NULL, 0);
	person.oversees_all = true;
	assert_string_equal(view_of_person(&person, NULL, 0), "whole: shared watched own: owned addressed: letters");
}

static void
asking_for_a_few_collections_shows_no_more_of_them(void **state)
{
	const struct collection *const only[] = { &all[4], &all[3], &all[1] };

	(void)state;
	assert_string_equal(view_of(ROLE_MEMBER, only, 3), "whole: own: owned addressed:");
	assert_string_equal(view_of(ROLE_MANAGER, only, 3), "whole: plans owned own: addressed:");
	assert_string_equal(view_of(ROLE_OWNER, only, 0), "whole: own: addressed:");
}

/* The list of a statement and the look at one record must agree, for every role. */
static void
statements_and_single_records_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < set.count; i++)
		for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
			const struct collection *c = &all[i];
			const struct person person = of_role(role);
			struct feed_view view;

			policy_view(arena, &person, &set, &c, 1, &view);
			assert_int_equal(view.whole_count + view.own_count + view.addressed_count > 0,
			    policy_sees(&person, c, ben, NULL));
			assert_int_equal(view.whole_count + view.addressed_count > 0,
			    policy_sees(&person, c, mo, NULL));
			assert_int_equal(view.whole_count > 0 || view.own_count > 0,
			    policy_sees(&person, c, ben, NULL) && c->addressee == NULL);
		}
}

/* ---- tokens ---- */

static void
only_a_sign_in_acts_for_the_account(void **state)
{
	const struct person person = of_role(ROLE_VIEWER);
	struct person token = of_role(ROLE_OWNER), pin = of_role(ROLE_OWNER);

	(void)state;
	token.api_token = true;
	pin.by_pin = true;
	assert_null(policy_account(arena, &person));
	is_problem_at(policy_account(arena, &token), PROBLEM_FORBIDDEN, NULL);
	is_problem_at(policy_account(arena, &pin), PROBLEM_FORBIDDEN, NULL);
	holds(policy_account(arena, &token)->detail, "API token");
	holds(policy_account(arena, &pin)->detail, "PIN");
}

static void
a_bound_token_enters_its_one_space(void **state)
{
	struct person person = of_role(ROLE_MEMBER);

	(void)state;
	person.space_id = "team";
	assert_true(policy_enters(&person, "team"));
	assert_true(policy_enters(&person, "home"));
	for (int i = 0; i < 2; i++) {
		person.api_token = i == 0;
		person.by_pin = i == 1;
		person.space_id = "team";
		assert_true(policy_enters(&person, "team"));
		assert_false(policy_enters(&person, "home"));
		person.space_id = NULL; /* the request names a space that is not the token's */
		assert_false(policy_enters(&person, "team"));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_right_begins_with_the_role_that_may_says),
		cmocka_unit_test(an_action_begins_with_its_least_role),
		cmocka_unit_test(an_unset_right_is_nobodys),
		cmocka_unit_test(a_refusal_says_neither_collection_nor_role),
		cmocka_unit_test(daybook_itself_may_do_everything_in_its_space),
		cmocka_unit_test(managers_make_somebody_else_the_owner),
		cmocka_unit_test(shared_records_are_seen_by_who_may_read),
		cmocka_unit_test(own_records_are_seen_by_their_owner_and_managers),
		cmocka_unit_test(who_oversees_somebody_sees_what_is_overseen_of_them),
		cmocka_unit_test(who_oversees_everybody_sees_all_that_is_overseen),
		cmocka_unit_test(seeing_is_not_changing),
		cmocka_unit_test(statements_are_told_of_whom_a_person_oversees),
		cmocka_unit_test(what_is_addressed_is_seen_by_two_whatever_the_role),
		cmocka_unit_test(private_fields_are_their_owners_and_managers),
		cmocka_unit_test(a_private_field_is_named_by_managers_and_in_own_collections),
		cmocka_unit_test(statements_are_given_what_the_person_sees),
		cmocka_unit_test(asking_for_a_few_collections_shows_no_more_of_them),
		cmocka_unit_test(statements_and_single_records_agree),
		cmocka_unit_test(only_a_sign_in_acts_for_the_account),
		cmocka_unit_test(a_bound_token_enters_its_one_space),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
