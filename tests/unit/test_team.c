/* test_team.c -- teams and their members: who may change whom, the last owner, what joining and leaving take along,
 * making and deleting a team, and whom invitations let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/instant.h"
#include "people.h"
#include "rules/rules.h"
#include "team/invitation.h"
#include "team/team.h"

#define HOME "44444444-4444-4444-8444-444444444444"

static const struct collections *definitions;
static const struct config config; /* no mail, no address */

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	good(collections_load(arena, "schema/collections", rules, &definitions));
	open_team(definitions);
	return 0;
}

/* ---- looking ---- */

/* What the database says of a membership now; ROLE_NONE for none. */
static enum role
role_of(enum who who)
{
	struct rows *rows;

	good(db_run(db, arena, "SELECT role FROM member WHERE space_id = ? AND user_id = ?",
	    VALUES(value_id(TEAM), value_id(people[who].user_id)), &rows));
	return rows->count == 0 ? ROLE_NONE : role_named(row_text(rows, 0, 0));
}

static void
set_role_of(enum who who, enum role role)
{
	run_sql(arena_printf(arena, "UPDATE member SET role = '%s' WHERE space_id = '" TEAM "' AND user_id = '%s'",
	    role_names[role], people[who].user_id));
}

/* The live record of a member; NULL when there is none. */
static const char *
record_of(enum who who)
{
	struct record record;
	bool found;

	good(record_find(as(ANNA), collection_find(definitions, "members"), people[who].user_id, &record, &found));
	return found && !record.deleted ? record.doc : NULL;
}

static int64_t
count_of(const char *from_where, enum who who)
{
	return number(arena_printf(arena, "SELECT COUNT(*) FROM %s = '%s'", from_where, people[who].user_id));
}

static struct problem *
change_role(enum who who, enum who whom, enum role role)
{
	struct outcome outcome;

	return member_change_role(as(who), people[whom].user_id, role, &outcome);
}

static struct problem *
drop(enum who who, enum who whom)
{
	return member_remove(as(who), people[whom].user_id);
}

static const char *
invite(enum who who, const char *role, const char *email)
{
	struct invitation invitation;
	const char *token;
	bool mailed;

	good(invitation_create(as(who), &config, role, email, INVITATION_DAYS, &invitation, &token, &mailed));
	assert_false(mailed);
	return token;
}

static struct problem *
invite_fails(enum who who, const char *role, const char *email, int64_t days)
{
	struct invitation invitation;
	const char *token;
	bool mailed;

	return invitation_create(as(who), &config, role, email, days, &invitation, &token, &mailed);
}

static struct problem *
accept(enum who who, const char *token)
{
	struct space_row space;

	return invitation_accept(as(who), token, &space);
}

/* ---- who may change whom ---- */

/* By the role of who acts and of whom it is about: the first letters of the roles that may be given. */
static const char *const may_give[ROLE_COUNT][ROLE_COUNT] = {
	[ROLE_VIEWER] = { NULL, "", "", "", "" },
	[ROLE_MEMBER] = { NULL, "", "", "", "" },
	[ROLE_MANAGER] = { NULL, "vm", "vm", "", "" },
	[ROLE_OWNER] = { NULL, "vmMo", "vmMo", "vmMo", "vmMo" },
};

/* The same for oneself: down from what one is, and nowhere else; owners, beside another one, anywhere. */
static const char *const may_become[ROLE_COUNT] = { NULL, "", "v", "vm", "vmMo" };

static char
letter_of(enum role role)
{
	return "nvmMo"[role];
}

static void
expect_change(enum who whom, enum role mine, enum role theirs, enum role wanted, bool allowed)
{
	struct problem *p;

	set_role_of(whom, theirs);
	set_role_of(MIA, mine);
	p = change_role(MIA, whom, wanted);
	if (allowed ? p != NULL : p == NULL || p->kind != PROBLEM_FORBIDDEN)
		fail_msg("a %s makes %s %s %s: %s", role_names[mine], whom == MIA ? "themselves," : "a",
		    role_names[theirs],
		    role_names[wanted], p == NULL ? "allowed" : p->detail);
	assert_int_equal(role_of(whom), allowed ? wanted : theirs);
}

static void
which_roles_each_role_may_give(void **state)
{
	(void)state;
	for (enum role mine = ROLE_VIEWER; mine < ROLE_COUNT; mine++)
		for (enum role theirs = ROLE_VIEWER; theirs < ROLE_COUNT; theirs++)
			for (enum role wanted = ROLE_VIEWER; wanted < ROLE_COUNT; wanted++)
				expect_change(BEN, mine, theirs, wanted,
				    strchr(may_give[mine][theirs], letter_of(wanted)) != NULL);
}

static void
one_can_only_step_down_by_oneself(void **state)
{
	(void)state;
	for (enum role mine = ROLE_VIEWER; mine < ROLE_COUNT; mine++)
		for (enum role wanted = ROLE_VIEWER; wanted < ROLE_COUNT; wanted++)
			expect_change(MIA, mine, mine, wanted, strchr(may_become[mine], letter_of(wanted)) != NULL);
}

static void
which_members_each_role_may_remove_and_anybody_may_leave(void **state)
{
	static const char *const may_remove[ROLE_COUNT] = { NULL, "", "", "vm", "vmMo" };

	(void)state;
	for (enum role mine = ROLE_VIEWER; mine < ROLE_COUNT; mine++)
		for (enum role theirs = ROLE_VIEWER; theirs < ROLE_COUNT; theirs++) {
			bool allowed = strchr(may_remove[mine], letter_of(theirs)) != NULL;
			struct problem *p;

			set_role_of(MIA, mine);
			set_role_of(BEN, theirs);
			p = drop(MIA, BEN);
			if (allowed ? p != NULL : p == NULL || p->kind != PROBLEM_FORBIDDEN)
				fail_msg("a %s removes a %s", role_names[mine], role_names[theirs]);
			assert_int_equal(role_of(BEN), allowed ? ROLE_NONE : theirs);
			if (allowed)
				add_member(TEAM, BEN, ROLE_MEMBER);
		}
	set_role_of(VERA, ROLE_VIEWER);
	good(drop(VERA, VERA));
	assert_int_equal(role_of(VERA), ROLE_NONE);
}

static void
who_is_no_member_is_not_found(void **state)
{
	struct outcome outcome;

	(void)state;
	is_problem(change_role(ANNA, OTTO, ROLE_VIEWER), PROBLEM_NOT_FOUND);
	is_problem(drop(ANNA, OTTO), PROBLEM_NOT_FOUND);
	is_problem(member_change_role(as(ANNA), "ben", ROLE_VIEWER, &outcome), PROBLEM_NOT_FOUND);
	is_problem(change_role(OTTO, BEN, ROLE_VIEWER), PROBLEM_NOT_FOUND); /* and finds no such space */
	is_problem(drop(OTTO, OTTO), PROBLEM_NOT_FOUND);
}

static void
the_role_that_counts_is_that_of_this_moment(void **state)
{
	(void)state;
	set_role_of(MIA, ROLE_VIEWER);
	assert_int_equal(people[MIA].role, ROLE_MANAGER); /* as the request read it */
	is_problem(change_role(MIA, BEN, ROLE_VIEWER), PROBLEM_FORBIDDEN);
}

/* ---- the last owner ---- */

static void
the_last_owner_stays(void **state)
{
	(void)state;
	is_problem(change_role(ANNA, ANNA, ROLE_MANAGER), PROBLEM_LAST_OWNER);
	is_problem(drop(ANNA, ANNA), PROBLEM_LAST_OWNER);
	good(change_role(ANNA, ANNA, ROLE_OWNER)); /* changes nothing */
	assert_int_equal(role_of(ANNA), ROLE_OWNER);

	good(change_role(ANNA, BEN, ROLE_OWNER));
	run_sql(arena_printf(arena, "UPDATE user SET disabled = 1 WHERE id = '%s'", people[BEN].user_id));
	is_problem(drop(ANNA, ANNA), PROBLEM_LAST_OWNER); /* Ben cannot sign in */
	run_sql("UPDATE user SET disabled = 0");
	good(drop(ANNA, ANNA));
	assert_int_equal(role_of(ANNA), ROLE_NONE);
	is_problem(drop(BEN, BEN), PROBLEM_LAST_OWNER);
}

static void
a_team_is_handed_on_to_a_member_who_can_sign_in(void **state)
{
	struct outcome outcome;

	(void)state;
	is_problem(team_transfer(as(MIA), people[BEN].user_id, &outcome), PROBLEM_FORBIDDEN);
	is_problem_at(team_transfer(as(ANNA), people[OTTO].user_id, &outcome), PROBLEM_INVALID, "user");
	is_problem_at(team_transfer(as(ANNA), "ben", &outcome), PROBLEM_INVALID, "user");
	is_problem_at(team_transfer(as(ANNA), people[ANNA].user_id, &outcome), PROBLEM_INVALID, "user");
	run_sql(arena_printf(arena, "UPDATE user SET disabled = 1 WHERE id = '%s'", people[MO].user_id));
	is_problem(team_transfer(as(ANNA), people[MO].user_id, &outcome), PROBLEM_LAST_OWNER);
	assert_int_equal(role_of(MO), ROLE_MEMBER); /* undone as a whole */

	good(team_transfer(as(ANNA), people[BEN].user_id, &outcome));
	assert_int_equal(role_of(BEN), ROLE_OWNER);
	assert_int_equal(role_of(ANNA), ROLE_MANAGER);
	holds(outcome.record.doc, "\"role\":\"owner\"");
	holds(record_of(ANNA), "\"role\":\"manager\"");
}

/* ---- what a change takes along ---- */

static void
a_change_of_role_is_a_record_and_a_new_view(void **state)
{
	struct outcome outcome;

	(void)state;
	good(member_change_role(as(ANNA), people[BEN].user_id, ROLE_MANAGER, &outcome));
	assert_string_equal(outcome.record.id, people[BEN].user_id);
	assert_string_equal(outcome.record.owner, people[BEN].user_id);
	holds(record_of(BEN), "\"name\":\"ben\"");
	holds(record_of(BEN), "\"role\":\"manager\"");
	lacks(record_of(BEN), "@"); /* the address is private */
	assert_int_equal(number(arena_printf(arena, "SELECT view_epoch FROM member WHERE user_id = '%s'",
	    people[BEN].user_id)), outcome.seq);
	assert_int_equal(number("SELECT COUNT(*) FROM member WHERE view_epoch > 0"), 1);

	good(member_change_role(as(ANNA), people[BEN].user_id, ROLE_MANAGER, &outcome));
	assert_int_equal(outcome.status, OUTCOME_UNCHANGED);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 1);
}

static void
leaving_ends_what_was_of_the_team_alone(void **state)
{
	(void)state;
	good(change_role(ANNA, BEN, ROLE_VIEWER));
	applied(MO, op_set("tasks", "1", 0, "{'title':'Sweep'}"));
	for (int i = 0; i < 2; i++)
		run_sql(arena_printf(arena,
		    "INSERT INTO session (id, user_id, kind, hash, name, scope, space_id, created_at, last_used_at)"
		    " VALUES (UNHEX(MD5(RAND())), '%s', 'token', REPEAT('%d', 32), 'x', 'write', '%s',"
		    " SYSDATE(3), SYSDATE(3))",
		    people[MO].user_id, i, i == 0 ? TEAM : HOME));
	run_sql(arena_printf(arena, "INSERT INTO device_space (user_id, device_id, space_id, epoch) VALUES"
	    " ('%s', 'phone', '" TEAM "', REPEAT('0', 32)), ('%s', 'phone', '" HOME "', REPEAT('0', 32))",
	    people[MO].user_id, people[MO].user_id));
	run_sql(arena_printf(arena, "INSERT INTO pin (space_id, user_id, hash, changed_at) VALUES"
	    " ('" TEAM "', '%s', 'x', SYSDATE(3)), ('" HOME "', '%s', 'x', SYSDATE(3))",
	    people[MO].user_id, people[MO].user_id));

	good(drop(MIA, MO));
	assert_null(record_of(MO));
	assert_int_equal(count_of("session WHERE revoked_at IS NOT NULL AND user_id", MO), 1);
	assert_int_equal(count_of("session WHERE revoked_at IS NULL AND user_id", MO),
	    2); /* the sign-in, and of home */
	assert_int_equal(count_of("device_space WHERE user_id", MO), 1);
	assert_int_equal(count_of("pin WHERE user_id", MO), 1);
	assert_int_equal(count_of("record WHERE collection = 'tasks' AND deleted = 0 AND owner_id", MO), 1);
	is_problem(change_role(MO, BEN, ROLE_VIEWER), PROBLEM_NOT_FOUND);
}

static void
an_invitation_does_not_outlive_the_right_to_make_it(void **state)
{
	const char *manager = invite(ANNA, "manager", NULL), *member = invite(ANNA, "member", NULL);
	const char *by_mia = invite(MIA, "viewer", NULL);
	struct outcome outcome;
	struct invitation found;

	(void)state;
	good(team_transfer(as(ANNA), people[BEN].user_id, &outcome));
	is_problem(invitation_look(db, arena, manager, &found), PROBLEM_NOT_FOUND);
	good(invitation_look(db, arena, member, &found)); /* managers still make these */
	good(change_role(BEN, ANNA, ROLE_MEMBER));
	is_problem(invitation_look(db, arena, member, &found), PROBLEM_NOT_FOUND);
	good(invitation_look(db, arena, by_mia, &found));
	good(drop(BEN, MIA));
	is_problem(invitation_look(db, arena, by_mia, &found), PROBLEM_NOT_FOUND);
}

static void
a_member_who_comes_back_has_a_new_view(void **state)
{
	(void)state;
	good(change_role(ANNA, BEN, ROLE_VIEWER));
	good(drop(ANNA, BEN));
	assert_null(record_of(BEN));
	good(accept(BEN, invite(ANNA, "member", NULL)));
	assert_int_equal(role_of(BEN), ROLE_MEMBER);
	holds(record_of(BEN), "\"role\":\"member\"");
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action = 'revived'"), 1);
	assert_int_equal(number(arena_printf(arena,
	    "SELECT m.view_epoch = p.seq FROM member m JOIN space p ON p.id = m.space_id WHERE m.user_id = '%s'",
	    people[BEN].user_id)), 1);
}

static void
a_new_name_is_in_the_account_and_in_every_team(void **state)
{
	(void)state;
	run_sql(arena_printf(arena, "UPDATE user SET home_space = '" HOME "' WHERE id = '%s'", people[BEN].user_id));
	add_space(HOME, "personal");
	run_sql("UPDATE space SET name = 'ben' WHERE id = '" HOME "'");
	good(person_rename(as(BEN), "Benjamin"));
	assert_int_equal(count_of("user WHERE name = 'Benjamin' AND id", BEN), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM space WHERE name = 'Benjamin'"), 1);
	holds(record_of(BEN), "\"name\":\"Benjamin\"");

	run_sql("UPDATE space SET name = 'At home' WHERE id = '" HOME "'"); /* a name of its own stays */
	good(person_rename(as(BEN), "Ben"));
	assert_int_equal(number("SELECT COUNT(*) FROM space WHERE name = 'At home'"), 1);
	run_sql(arena_printf(arena, "UPDATE user SET disabled = 1 WHERE id = '%s'", people[BEN].user_id));
	is_problem(person_rename(as(BEN), "Nobody"), PROBLEM_UNAUTHORIZED);
}

/* ---- one person's own space ---- */

static void
a_personal_space_has_one_person(void **state)
{
	struct outcome outcome;

	(void)state;
	run_sql("UPDATE space SET kind = 'personal' WHERE id = '" TEAM "'");
	for (enum who who = 0; who < PEOPLE_COUNT; who++)
		people[who].space_kind = "personal";
	is_problem(change_role(ANNA, BEN, ROLE_VIEWER), PROBLEM_FORBIDDEN);
	is_problem(drop(ANNA, BEN), PROBLEM_FORBIDDEN);
	is_problem(team_transfer(as(ANNA), people[BEN].user_id, &outcome), PROBLEM_FORBIDDEN);
	is_problem(team_delete(as(ANNA)), PROBLEM_FORBIDDEN);
	is_problem(invite_fails(ANNA, "member", NULL, 7), PROBLEM_FORBIDDEN);
	assert_int_equal(number("SELECT COUNT(*) FROM space WHERE deleted_at IS NULL"), 1);
}

/* ---- making and deleting ---- */

static void
who_makes_a_team_owns_it(void **state)
{
	struct space_row space;

	(void)state;
	good(team_create(as(OTTO), NULL, "Yard", given("{'zone':'Europe/Berlin'}"), &space));
	assert_string_equal(space.name, "Yard");
	assert_int_equal(space.role, ROLE_OWNER);
	assert_int_equal(number(arena_printf(arena,
	    "SELECT COUNT(*) FROM record"
	    " WHERE space_id = '%s' AND id = CONCAT(X'00', '%s') AND JSON_VALUE(doc, '$.role') = 'owner'",
	    space.id, people[OTTO].user_id)), 1);
	assert_int_equal(number(arena_printf(arena,
	    "SELECT COUNT(*) FROM record WHERE space_id = '%s' AND JSON_VALUE(doc, '$.zone') = 'Europe/Berlin'",
	    space.id)), 1);
}

static void
a_team_with_a_wrong_profile_is_not_made(void **state)
{
	struct space_row space;

	(void)state;
	is_problem_at(team_create(as(OTTO), NULL, "Yard", given("{'industry':'mining'}"), &space), PROBLEM_INVALID,
	    "industry");
	is_problem_at(team_create(as(OTTO), NULL, "Yard", given("{'zone':'Nowhere'}"), &space), PROBLEM_INVALID,
	    "zone");
	is_problem_at(team_create(as(OTTO), NULL, "Yard", given("{'colour':1}"), &space), PROBLEM_UNKNOWN_FIELD,
	    "colour");
	assert_int_equal(number("SELECT COUNT(*) FROM space"), 1);
	assert_int_equal(count_of("member WHERE user_id", OTTO), 0);
}

static void
the_same_request_makes_one_team(void **state)
{
	struct space_row first, again, others;

	(void)state;
	good(team_create(as(OTTO), "key-1", "Yard", NULL, &first));
	good(team_create(as(OTTO), "key-1", "Yard", NULL, &again));
	assert_string_equal(first.id, again.id);
	is_problem_at(team_create(as(OTTO), "key-1", "Dock", NULL, &again), PROBLEM_OP_REUSED, "Idempotency-Key");
	is_problem_at(team_create(as(OTTO), "key-1", "Yard", given("{'currency':'EUR'}"), &again), PROBLEM_OP_REUSED,
	    "Idempotency-Key");
	good(team_create(as(BEN), "key-1", "Yard", NULL, &others)); /* a key is a person's own */
	assert_string_not_equal(first.id, others.id);
	good(team_create(as(OTTO), "key-2", "Yard", NULL, &again));
	assert_string_not_equal(first.id, again.id);
	assert_int_equal(number("SELECT COUNT(*) FROM space"), 4);
}

static void
a_person_owns_at_most_so_many_teams(void **state)
{
	struct space_row space;

	(void)state;
	for (int i = 1; i < TEAMS_MAX; i++) {
		const char *id = arena_printf(arena, "55555555-5555-4555-8555-5555555555%02d", i);

		add_space(id, "team");
		add_member(id, ANNA, ROLE_OWNER);
	}
	is_problem(team_create(as(ANNA), NULL, "One more", NULL, &space), PROBLEM_FORBIDDEN);
	good(team_delete(as(ANNA))); /* deleted ones do not count */
	good(team_create(as(ANNA), NULL, "One more", NULL, &space));
	is_problem(team_create(as(ANNA), NULL, "And another", NULL, &space), PROBLEM_FORBIDDEN);
	is_problem(team_restore(db, arena, people[ANNA].user_id, TEAM), PROBLEM_FORBIDDEN);
}

static void
owners_delete_a_team_and_bring_it_back(void **state)
{
	struct deleted_team *teams;
	struct space_row space;
	size_t count;

	(void)state;
	is_problem(team_delete(as(MIA)), PROBLEM_FORBIDDEN);
	is_problem(team_restore(db, arena, people[ANNA].user_id, TEAM), PROBLEM_NOT_FOUND); /* it is there */
	good(team_delete(as(ANNA)));
	is_problem(space_read(db, arena, people[BEN].user_id, TEAM, &space), PROBLEM_NOT_FOUND);
	good(teams_deleted(db, arena, people[ANNA].user_id, &teams, &count));
	assert_int_equal(count, 1);
	assert_string_equal(teams[0].id, TEAM);
	good(teams_deleted(db, arena, people[MIA].user_id, &teams, &count));
	assert_int_equal(count, 0);
	is_problem(team_restore(db, arena, people[MIA].user_id, TEAM), PROBLEM_NOT_FOUND);
	good(team_restore(db, arena, people[ANNA].user_id, TEAM));
	good(space_read(db, arena, people[BEN].user_id, TEAM, &space));
	assert_int_equal(space.role, ROLE_MEMBER);
}

static void
after_thirty_days_a_team_stays_deleted(void **state)
{
	struct deleted_team *teams;
	size_t count;

	(void)state;
	run_sql("UPDATE space SET deleted_at = UTC_TIMESTAMP(3) - INTERVAL 30 DAY");
	is_problem(team_restore(db, arena, people[ANNA].user_id, TEAM), PROBLEM_NOT_FOUND);
	good(teams_deleted(db, arena, people[ANNA].user_id, &teams, &count));
	assert_int_equal(count, 0);
	run_sql("UPDATE space SET deleted_at = UTC_TIMESTAMP(3) - INTERVAL 30 DAY + INTERVAL 1 HOUR");
	good(teams_deleted(db, arena, people[ANNA].user_id, &teams, &count));
	assert_int_equal(count, 1);
	good(team_restore(db, arena, people[ANNA].user_id, TEAM));
}

static void
a_team_is_renamed_by_managers(void **state)
{
	(void)state;
	is_problem(space_rename(as(BEN), "Dock"), PROBLEM_FORBIDDEN);
	good(space_rename(as(MIA), "Dock"));
	assert_int_equal(number("SELECT COUNT(*) FROM space WHERE name = 'Dock'"), 1);
}

/* ---- invitations ---- */

static void
an_invitation_lets_one_person_in(void **state)
{
	const char *token = invite(MIA, "member", NULL);
	struct invitation found;

	(void)state;
	good(invitation_look(db, arena, token, &found));
	assert_int_equal(found.role, ROLE_MEMBER);
	assert_string_equal(found.inviter, "mia");
	good(accept(BEN, token)); /* a member already: the link stays open */
	good(invitation_look(db, arena, token, &found));
	good(accept(OTTO, token));
	assert_int_equal(role_of(OTTO), ROLE_MEMBER);
	holds(record_of(OTTO), "\"name\":\"otto\"");
	is_problem(invitation_look(db, arena, token, &found), PROBLEM_NOT_FOUND);
	good(accept(OTTO, token)); /* again, by the same person */
	good(drop(ANNA, OTTO));
	is_problem(accept(OTTO, token), PROBLEM_NOT_FOUND); /* it does not let them in a second time */
}

static void
an_invitation_is_open_until_its_last_moment(void **state)
{
	const char *token = invite(ANNA, "member", NULL);
	struct invitation found;

	(void)state;
	good(invitation_look(db, arena, token, &found));
	assert_int_equal(found.expires_at - found.created_at, INVITATION_DAYS * 86400000LL);
	run_sql("UPDATE invitation SET expires_at = UTC_TIMESTAMP(3)");
	is_problem(accept(OTTO, token), PROBLEM_NOT_FOUND);
	is_problem(invitation_revoke(as(ANNA), found.id), PROBLEM_NOT_FOUND);
	run_sql("UPDATE invitation SET expires_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR");
	good(accept(OTTO, token));
}

static void
a_revoked_invitation_and_one_to_a_deleted_team_let_nobody_in(void **state)
{
	const char *token = invite(ANNA, "member", NULL), *other_token = invite(ANNA, "member", NULL);
	struct invitation *open, found;
	size_t count;

	(void)state;
	good(invitation_look(db, arena, token, &found));
	people[OTTO].space_id = HOME;
	is_problem(invitation_revoke(as(OTTO), found.id), PROBLEM_NOT_FOUND); /* of another space */
	good(invitation_revoke(as(MIA), found.id));
	is_problem(invitation_revoke(as(MIA), found.id), PROBLEM_NOT_FOUND);
	is_problem(accept(OTTO, token), PROBLEM_NOT_FOUND);
	good(invitations_list(as(MIA), &open, &count));
	assert_int_equal(count, 1);
	run_sql("UPDATE space SET deleted_at = UTC_TIMESTAMP(3)");
	is_problem(accept(OTTO, other_token), PROBLEM_NOT_FOUND);
}

static void
what_is_no_token_is_no_invitation(void **state)
{
	const char *token = invite(ANNA, "member", NULL);
	char *wrong = arena_strdup(arena, token);

	(void)state;
	is_problem(accept(OTTO, ""), PROBLEM_NOT_FOUND);
	is_problem(accept(OTTO, token + 1), PROBLEM_NOT_FOUND);
	is_problem(accept(OTTO, arena_printf(arena, "%sA", token)), PROBLEM_NOT_FOUND);
	wrong[strlen(INVITATION_PREFIX)] = wrong[strlen(INVITATION_PREFIX)] == 'A' ? 'B' : 'A';
	is_problem(accept(OTTO, wrong), PROBLEM_NOT_FOUND);
	wrong[strlen(INVITATION_PREFIX)] = '+';
	is_problem(accept(OTTO, wrong), PROBLEM_NOT_FOUND);
	assert_int_equal(role_of(OTTO), ROLE_NONE);
}

static void
an_invitation_to_an_address_is_for_that_account(void **state)
{
	const char *token = invite(ANNA, "member", "Otto@Example.org");

	(void)state;
	good(accept(VERA, token)); /* a member already is only told of their space */
	people[OTTO].email = "somebody@example.org";
	run_sql(arena_printf(arena, "UPDATE user SET email = 'somebody@example.org' WHERE id = '%s'",
	    people[OTTO].user_id));
	is_problem(accept(OTTO, token), PROBLEM_FORBIDDEN);
	run_sql(arena_printf(arena, "UPDATE user SET email = 'otto@example.org' WHERE id = '%s'",
	    people[OTTO].user_id));
	good(accept(OTTO, token)); /* by the address of this moment */
}

static void
people_are_invited_below_oneself(void **state)
{
	(void)state;
	is_problem_at(invite_fails(ANNA, "owner", NULL, 7), PROBLEM_INVALID, "role");
	is_problem_at(invite_fails(ANNA, "none", NULL, 7), PROBLEM_INVALID, "role");
	is_problem_at(invite_fails(ANNA, "king", NULL, 7), PROBLEM_INVALID, "role");
	invite(ANNA, "manager", NULL);
	is_problem_at(invite_fails(MIA, "manager", NULL, 7), PROBLEM_FORBIDDEN, "role");
	invite(MIA, "member", NULL);
	is_problem(invite_fails(BEN, "viewer", NULL, 7), PROBLEM_FORBIDDEN);
	is_problem(invite_fails(OTTO, "viewer", NULL, 7), PROBLEM_NOT_FOUND);
}

static void
an_invitation_holds_for_one_to_thirty_days(void **state)
{
	(void)state;
	is_problem_at(invite_fails(ANNA, "member", NULL, 0), PROBLEM_INVALID, "expiresInDays");
	is_problem_at(invite_fails(ANNA, "member", NULL, INVITATION_DAYS_MAX + 1), PROBLEM_INVALID, "expiresInDays");
	good(invite_fails(ANNA, "member", NULL, 1));
	good(invite_fails(ANNA, "member", NULL, INVITATION_DAYS_MAX));
	is_problem_at(invite_fails(ANNA, "member", "nobody", 7), PROBLEM_INVALID, "email");
}

static void
add_invitations(int first, int count, const char *space, const char *email, const char *created, const char *expires)
{
	run_sql(arena_printf(arena,
	    "INSERT INTO invitation (id, space_id, hash, role, email, created_by, created_at, expires_at)"
	    " SELECT CONCAT('i', seq), '%s', LPAD(seq, 32, '0'), 'viewer', %s, '%s', UTC_TIMESTAMP(3) - INTERVAL %s,"
	    "        UTC_TIMESTAMP(3) + INTERVAL %s FROM seq_%d_to_%d",
	    space, email, people[ANNA].user_id, created, expires, first, first + count - 1));
}

static void
a_space_has_at_most_so_many_invitations(void **state)
{
	(void)state;
	add_invitations(1, INVITATIONS_MAX - 1, TEAM, "NULL", "2 DAY", "1 DAY");
	add_invitations(501, 100, TEAM, "NULL", "2 DAY", "-1 DAY"); /* over, and not of today */
	add_invitations(701, 100, HOME, "NULL", "1 HOUR", "1 DAY"); /* of another space */
	good(invite_fails(MIA, "viewer", NULL, 7));
	is_problem(invite_fails(MIA, "viewer", NULL, 7), PROBLEM_FORBIDDEN);
	run_sql("UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3) WHERE id = CAST('i1' AS BINARY(16))");
	good(invite_fails(MIA, "viewer", NULL, 7));
	run_sql("UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3), created_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR");
	is_problem(invite_fails(MIA, "viewer", NULL, 7),
	    PROBLEM_FORBIDDEN); /* revoking makes no room for more of today */
}

static void
a_person_invites_at_most_so_many_addresses_a_day(void **state)
{
	(void)state;
	add_invitations(1, INVITATIONS_MAX - 1, HOME, "CONCAT(seq, '@example.org')", "23 HOUR", "-1 DAY");
	add_invitations(501, 100, HOME, "CONCAT(seq, '@example.org')", "25 HOUR", "-1 DAY");
	add_invitations(701, 100, HOME, "NULL", "1 HOUR", "-1 DAY"); /* links to hand on are no mail */
	good(invite_fails(ANNA, "viewer", "one@example.org", 7));
	is_problem(invite_fails(ANNA, "viewer", "two@example.org", 7), PROBLEM_FORBIDDEN);
	good(invite_fails(ANNA, "viewer", NULL, 7));
	good(invite_fails(MIA, "viewer", "two@example.org", 7));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(which_roles_each_role_may_give),
		TEST(one_can_only_step_down_by_oneself),
		TEST(which_members_each_role_may_remove_and_anybody_may_leave),
		TEST(who_is_no_member_is_not_found),
		TEST(the_role_that_counts_is_that_of_this_moment),
		TEST(the_last_owner_stays),
		TEST(a_team_is_handed_on_to_a_member_who_can_sign_in),
		TEST(a_change_of_role_is_a_record_and_a_new_view),
		TEST(leaving_ends_what_was_of_the_team_alone),
		TEST(an_invitation_does_not_outlive_the_right_to_make_it),
		TEST(a_member_who_comes_back_has_a_new_view),
		TEST(a_new_name_is_in_the_account_and_in_every_team),
		TEST(a_personal_space_has_one_person),
		TEST(who_makes_a_team_owns_it),
		TEST(a_team_with_a_wrong_profile_is_not_made),
		TEST(the_same_request_makes_one_team),
		TEST(a_person_owns_at_most_so_many_teams),
		TEST(owners_delete_a_team_and_bring_it_back),
		TEST(after_thirty_days_a_team_stays_deleted),
		TEST(a_team_is_renamed_by_managers),
		TEST(an_invitation_lets_one_person_in),
		TEST(an_invitation_is_open_until_its_last_moment),
		TEST(a_revoked_invitation_and_one_to_a_deleted_team_let_nobody_in),
		TEST(what_is_no_token_is_no_invitation),
		TEST(an_invitation_to_an_address_is_for_that_account),
		TEST(people_are_invited_below_oneself),
		TEST(an_invitation_holds_for_one_to_thirty_days),
		TEST(a_space_has_at_most_so_many_invitations),
		TEST(a_person_invites_at_most_so_many_addresses_a_day),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
