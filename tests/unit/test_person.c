/* test_person.c -- from a token to a person, and once more under the lock of a write, against a real database: what
 * was taken away in between is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "account/account.h"
#include "account/email.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "database.h"
#include "store/statement.h"

static struct token_ring *ring;
static struct config config = { .access_minutes = 15, .refresh_days = 60 };

static const char issuer[] = "https://id.example.org";

static int
begin(void **state)
{
	const char *keys;

	if (start_all(state) != 0)
		return -1;
	open_schema();
	keys = arena_printf(arena, "%s/keys", server.folder);
	good(token_key_create(arena, keys));
	good(token_ring_load(arena, keys, NULL, "daybook", &ring));
	return 0;
}

static int
end(void **state)
{
	close_all(state);
	return stop_all(state);
}

/* Someone new who is signed in. */
static struct entry
sign_in(void)
{
	const struct gate g = { .db = db, .a = arena, .config = &config, .ring = ring, .network = "192.0.2.1" };
	const char *email = arena_printf(arena, "%s@example.org", random_hex(arena));
	struct entry entry = { .email = email, .name = "Ann" };
	struct rows *rows;

	/* One hash for all: what a password is worth is not asked here. */
	good(account_add(db, arena, email, "Ann", NULL, &entry.user_id));
	good(db_run(db, arena, "UPDATE user SET password = 'x' WHERE id = ?", VALUES(value_id(entry.user_id)), NULL));
	good(email_find_user(db, arena, email, &rows));
	entry.space = row_text(rows, 0, USER_HOME);
	good(session_open(&g, "x", "phone", "Phone", &entry));
	return entry;
}

/* On the other connection: sql with one id in it. */
static void
meanwhile(const char *sql, const char *id)
{
	good(db_run(other, arena, sql, VALUES(uuid_valid(id) ? value_id(id) : value_text(id)), NULL));
}

static void
a_sign_in_is_a_person_in_their_home_space(void **state)
{
	struct entry ann = sign_in();
	struct person person;

	(void)state;
	good(person_of_token(db, arena, ring, ann.access_token, NULL, &person));
	assert_string_equal(person.user_id, ann.user_id);
	assert_string_equal(person.home_space, ann.space);
	assert_string_equal(person.space_id, ann.space);
	assert_string_equal(person.space_kind, "personal");
	assert_string_equal(person.session_id, ann.session_id);
	assert_string_equal(person.device_id, "phone");
	assert_int_equal(person.role, ROLE_OWNER);
	assert_int_equal(person.scope, SCOPE_ADMIN);
	assert_int_equal(person.seq, 0);
	assert_int_equal(strlen(person.epoch), 32);
	assert_false(person.api_token);
	assert_null(person.issuer);
}

static void
a_space_of_others_is_no_space(void **state)
{
	struct entry ann = sign_in(), ben = sign_in();
	const char *const spaces[] = { ben.space, "01920000-0000-7000-8000-000000000000", "nonsense", "", "\xc3\xa4" };
	struct person person;

	(void)state;
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		good(person_of_token(db, arena, ring, ann.access_token, spaces[i], &person));
		assert_null(person.space_id);
		assert_int_equal(person.role, ROLE_NONE);
	}
}

static void
an_api_token_stays_in_its_space(void **state)
{
	struct entry ann = sign_in();
	struct session_row row;
	struct person person;
	const char *token;

	(void)state;
	good(api_token_create(db, arena, ann.user_id, "script", SCOPE_WRITE, ann.space, 0, &row, &token));
	good(person_of_token(db, arena, ring, token, NULL, &person));
	assert_true(person.api_token);
	assert_int_equal(person.scope, SCOPE_WRITE);
	assert_string_equal(person.space_id, ann.space);
	good(person_of_token(db, arena, ring, token, "01920000-0000-7000-8000-000000000000", &person));
	assert_null(person.space_id);

	good(person_of_token(db, arena, ring, token, ann.space, &person));
	good(person_again(db, arena, &person));
	assert_int_equal(person.role, ROLE_OWNER);
	meanwhile("UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE id = ?", row.id);
	is_problem(person_again(db, arena, &person), PROBLEM_UNAUTHORIZED);
	is_problem(person_of_token(db, arena, ring, token, NULL, &person), PROBLEM_UNAUTHORIZED);
}

static void
a_session_of_an_api_token_is_no_sign_in(void **state)
{
	struct entry ann = sign_in();
	struct session_row row;
	struct claims claims = { .subject = ann.user_id, .space = ann.space, .issued_at = 1, .expires_at = 1 };
	struct person person;
	const char *token;
	char *text;

	(void)state;
	good(api_token_create(db, arena, ann.user_id, "script", SCOPE_READ, ann.space, 0, &row, &token));
	claims.session = row.id;
	claims.issued_at = instant_now() / 1000;
	claims.expires_at = claims.issued_at + 60;
	good(token_issue(ring, arena, &claims, &text));
	is_problem(person_of_token(db, arena, ring, text, NULL, &person), PROBLEM_UNAUTHORIZED);
}

static void
a_token_names_its_own_users_session(void **state)
{
	struct entry ann = sign_in(), ben = sign_in();
	struct claims claims = { .subject = ann.user_id, .session = ben.session_id, .space = ben.space };
	struct person person;
	char *text;

	(void)state;
	claims.issued_at = instant_now() / 1000;
	claims.expires_at = claims.issued_at + 60;
	good(token_issue(ring, arena, &claims, &text));
	is_problem(person_of_token(db, arena, ring, text, NULL, &person), PROBLEM_UNAUTHORIZED);
}

/* --- under the lock --- */

struct meanwhile {
	struct person *person;
	const char *sql, *id;
};

/* What a write does: take the lock, and look again after something happened on another connection. */
static struct problem *
look_again(struct db *on, struct arena *a, void *arg)
{
	const struct meanwhile *m = arg;
	struct problem *p;

	if ((p = db_run(on, a, SQL(SPACE_LOCK), VALUES(value_id(m->person->space_id)), NULL)) != NULL)
		return p;
	if (m->sql != NULL)
		meanwhile(m->sql, m->id);
	return person_again(on, a, m->person);
}

static struct problem *
again(struct person *person, const char *sql, const char *id)
{
	struct meanwhile m = { person, sql, id };

	return db_transaction(db, arena, look_again, &m);
}

static struct person
person_of(const struct entry *entry)
{
	struct person person;

	good(person_of_token(db, arena, ring, entry->access_token, NULL, &person));
	return person;
}

static void
a_person_unchanged_meanwhile_stays_as_they_are(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	good(again(&person, NULL, NULL));
	assert_int_equal(person.role, ROLE_OWNER);
	assert_string_equal(person.space_id, ann.space);
	assert_string_equal(person.device_id, "phone");
}

static void
a_session_that_ended_meanwhile_is_noticed(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	is_problem(again(&person, "UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE id = ?", ann.session_id),
	    PROBLEM_UNAUTHORIZED);
	meanwhile("UPDATE session SET revoked_at = NULL, expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND"
	    " WHERE id = ?", ann.session_id);
	is_problem(again(&person, NULL, NULL), PROBLEM_UNAUTHORIZED);
	meanwhile("DELETE FROM session WHERE id = ?", ann.session_id);
	is_problem(again(&person, NULL, NULL), PROBLEM_UNAUTHORIZED);
}

static void
a_user_disabled_meanwhile_is_noticed(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	is_problem(again(&person, "UPDATE user SET disabled = 1 WHERE id = ?", ann.user_id), PROBLEM_UNAUTHORIZED);
}

static void
another_role_meanwhile_is_taken_over(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	good(again(&person, "UPDATE member SET role = 'viewer', view_epoch = 7 WHERE user_id = ?", ann.user_id));
	assert_int_equal(person.role, ROLE_VIEWER);
	assert_int_equal(person.view_epoch, 7);
}

static void
a_membership_lost_meanwhile_leaves_no_role(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	good(again(&person, "DELETE FROM member WHERE user_id = ?", ann.user_id));
	assert_int_equal(person.role, ROLE_NONE);
	assert_string_equal(person.space_id, ann.space);
}

static void
an_identity_lost_meanwhile_is_noticed(void **state)
{
	struct entry ann = sign_in(), ben = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	person.session_id = NULL;
	person.issuer = issuer;
	person.subject = "ann";
	is_problem(again(&person, NULL, NULL), PROBLEM_UNAUTHORIZED);
	good(account_link(db, arena, ann.email, issuer, "ann"));
	good(again(&person, NULL, NULL));
	assert_int_equal(person.role, ROLE_OWNER);
	is_problem(again(&person, "UPDATE identity SET user_id = ? WHERE subject = 'ann'", ben.user_id),
	    PROBLEM_UNAUTHORIZED);
	good(account_unlink(db, arena, issuer, "ann"));
}

static void
subjects_that_sql_takes_for_the_same_are_not(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann);

	(void)state;
	good(account_link(db, arena, ann.email, issuer, "ann"));
	person.session_id = NULL;
	person.issuer = issuer;
	person.subject = "ann ";
	is_problem(again(&person, NULL, NULL), PROBLEM_UNAUTHORIZED);
	good(account_unlink(db, arena, issuer, "ann"));
}

static void
a_database_not_yet_live_asks_to_wait(void **state)
{
	struct entry ann = sign_in();
	struct person person = person_of(&ann), nobody;
	struct problem *p;

	(void)state;
	meanwhile("UPDATE meta SET value = '0' WHERE name = ?", "live");
	p = person_of_token(db, arena, ring, ann.access_token, NULL, &nobody);
	is_problem(p, PROBLEM_UNAVAILABLE);
	assert_true(p->retry_after > 0);
	is_problem(again(&person, NULL, NULL), PROBLEM_UNAVAILABLE);
	meanwhile("DELETE FROM session WHERE id = ?", ann.session_id);
	is_problem(person_of_token(db, arena, ring, ann.access_token, NULL, &nobody), PROBLEM_UNAVAILABLE);
	meanwhile("UPDATE meta SET value = '1' WHERE name = ?", "live");
	is_problem(person_of_token(db, arena, ring, ann.access_token, NULL, &nobody), PROBLEM_UNAUTHORIZED);
}

/* --- signing in while the account changes --- */

static void
a_sign_in_meets_the_password_it_proved(void **state)
{
	const struct gate g = { .db = db, .a = arena, .config = &config, .ring = ring, .network = "" };
	struct entry ann = sign_in();

	(void)state;
	meanwhile("UPDATE user SET password = 'y' WHERE id = ?", ann.user_id);
	is_problem(session_open(&g, "x", NULL, "Phone", &ann), PROBLEM_UNAUTHORIZED);
	good(session_open(&g, "y", NULL, "Phone", &ann));
	meanwhile("UPDATE user SET disabled = 1 WHERE id = ?", ann.user_id);
	is_problem(session_open(&g, "y", NULL, "Phone", &ann), PROBLEM_UNAUTHORIZED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sign_in_is_a_person_in_their_home_space),
		cmocka_unit_test(a_space_of_others_is_no_space),
		cmocka_unit_test(an_api_token_stays_in_its_space),
		cmocka_unit_test(a_session_of_an_api_token_is_no_sign_in),
		cmocka_unit_test(a_token_names_its_own_users_session),
		cmocka_unit_test(a_person_unchanged_meanwhile_stays_as_they_are),
		cmocka_unit_test(a_session_that_ended_meanwhile_is_noticed),
		cmocka_unit_test(a_user_disabled_meanwhile_is_noticed),
		cmocka_unit_test(another_role_meanwhile_is_taken_over),
		cmocka_unit_test(a_membership_lost_meanwhile_leaves_no_role),
		cmocka_unit_test(an_identity_lost_meanwhile_is_noticed),
		cmocka_unit_test(subjects_that_sql_takes_for_the_same_are_not),
		cmocka_unit_test(a_database_not_yet_live_asks_to_wait),
		cmocka_unit_test(a_sign_in_meets_the_password_it_proved),
	};

	return cmocka_run_group_tests_name("person", tests, begin, end);
}
