/* test_account.c -- who may come in, the parts that need no database: what is a good e-mail, name and password, how
 * long a guesser waits, and where a refresh token stands in its chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "account/account.h"
#include "account/email.h"
#include "account/bearer.h"
#include "account/refresh.h"
#include "account/throttle.h"
#include "base/buf.h"
#include "base/id.h"
#include "scratch.h"

static char *
repeat(const char *text, size_t times)
{
	struct buf b;

	buf_init(&b, arena);
	while (times-- > 0)
		buf_text(&b, text);
	return b.text;
}

static void
refuses(struct problem *p, enum problem_kind kind, const char *field)
{
	assert_non_null(p);
	assert_int_equal(p->kind, kind);
	assert_string_equal(p->field, field);
}

/* --- what may be written --- */

static void
an_email_is_kept_in_lower_case(void **state)
{
	const char *email;

	(void)state;
	assert_null(email_normal(arena, "Ann.Lee+Day@Example.ORG", &email));
	assert_string_equal(email, "ann.lee+day@example.org");
	assert_null(email_normal(arena, "jürgen@müller.example", &email));
	assert_string_equal(email, "jürgen@müller.example");
}

static void
an_email_has_one_normal_form(void **state)
{
	static const char *const same[] = {
		"  jürgen@müller.example", "jürgen@müller.example   \n", "JÜRGEN@Müller.example",
		"ju\xcc\x88rgen@mu\xcc\x88ller.example",   /* the letter, then its dots */
		"\xc2\xa0ju\xcc\x88rgen@müller.example\xe2\x80\x8b",
	};
	const char *email;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_null(email_normal(arena, same[i], &email));
		assert_string_equal(email, "jürgen@müller.example");
		assert_true(email_same(arena, same[i], "jürgen@müller.example"));
	}
	assert_false(email_same(arena, "jurgen@muller.example", "jürgen@müller.example"));
	assert_string_equal(email_key(arena, "no \xff UTF-8"), "no \xff UTF-8");
}

static void
what_is_no_email_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "@", "ann", "ann@", "@example.org", "a@b@c", "ann @example.org", "ann@ example.org",
		"ann@exam\nple.org", "ann@exam\tple.org", "an\x7fn@example.org",
		"ann@exam\xc2\xa0ple.org",     /* no-break space */
		"an\xe2\x80\x8bn@example.org", /* zero width space */
		"an\xc2\x85n@example.org",     /* a control character of Latin-1 */
		"an\xffn@example.org",         /* no UTF-8 */
	};
	const char *email;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		refuses(email_normal(arena, wrong[i], &email), PROBLEM_INVALID, "email");
}

static void
an_email_has_254_bytes_at_most(void **state)
{
	const char *email;

	(void)state;
	assert_null(email_normal(arena, arena_printf(arena, "%s@b.example", repeat("a", 244)), &email));
	refuses(email_normal(arena, arena_printf(arena, "%s@b.example", repeat("a", 245)), &email),
	    PROBLEM_INVALID, "email");
}

static void
a_name_is_a_line_that_can_be_seen(void **state)
{
	(void)state;
	assert_null(person_name_check(arena, "name", "Ann"));
	assert_null(person_name_check(arena, "name", "Zoë 王 🙂"));
	assert_null(person_name_check(arena, "name", repeat("🙂", 100)));
	refuses(person_name_check(arena, "name", repeat("🙂", 101)), PROBLEM_INVALID, "name");
	refuses(person_name_check(arena, "deviceName", ""), PROBLEM_REQUIRED, "deviceName");
	refuses(person_name_check(arena, "name", " \xc2\xa0\xe2\x80\x8b"), PROBLEM_REQUIRED, "name");
	refuses(person_name_check(arena, "name", "Ann\nLee"), PROBLEM_INVALID, "name");
	refuses(person_name_check(arena, "name", "Ann\x1b[2J"), PROBLEM_INVALID, "name");
	refuses(person_name_check(arena, "name", "Ann\xff"), PROBLEM_INVALID, "name");
}

static void
a_password_has_8_to_200_characters(void **state)
{
	(void)state;
	assert_null(password_check(arena, "new", "12345678", "ann@example.org", "Ann"));
	assert_null(password_check(arena, "new", repeat("🙂", 8), "ann@example.org", "Ann"));
	assert_null(password_check(arena, "new", repeat("🙂", 200), "ann@example.org", "Ann"));
	refuses(password_check(arena, "new", "1234567", "ann@example.org", "Ann"), PROBLEM_INVALID, "new");
	refuses(password_check(arena, "new", repeat("é", 7), "ann@example.org", "Ann"), PROBLEM_INVALID, "new");
	refuses(password_check(arena, "new", repeat("x", 201), "ann@example.org", "Ann"), PROBLEM_INVALID, "new");
}

static void
a_password_is_not_what_everybody_knows(void **state)
{
	(void)state;
	refuses(password_check(arena, "password", "Ann@Example.org", "ann@example.org", "Ann"),
	    PROBLEM_INVALID, "password");
	refuses(password_check(arena, "password", "ann lee smith", "ann@example.org", "Ann Lee Smith"),
	    PROBLEM_INVALID, "password");
}

/* --- roles, scopes, ids --- */

static void
roles_and_scopes_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(role_named("owner"), ROLE_OWNER);
	assert_int_equal(role_named("viewer"), ROLE_VIEWER);
	assert_int_equal(role_named("none"), ROLE_NONE);
	assert_int_equal(role_named("Owner"), ROLE_NONE);
	assert_int_equal(role_named(NULL), ROLE_NONE);
	assert_int_equal(scope_named("write"), SCOPE_WRITE);
	assert_int_equal(scope_named("none"), SCOPE_NONE);
	assert_int_equal(scope_named(""), SCOPE_NONE);
}

static void
ids_of_ours_are_uuids_in_lower_case(void **state)
{
	(void)state;
	assert_true(uuid_valid(uuid7_text(arena)));
	assert_false(uuid_valid("0192F000-0000-7000-8000-000000000000"));
	assert_false(uuid_valid("0192f000-0000-7000-8000-00000000000"));
	assert_false(uuid_valid("0192f000-0000-7000-8000-000000000000 "));
	assert_false(uuid_valid("0192f000000007000-8000-000000000000a"));
	assert_false(uuid_valid(""));
	assert_false(uuid_valid(NULL));
}

static void
an_api_token_is_known_by_its_form(void **state)
{
	unsigned char hash[SHA256_SIZE], digest[SHA256_SIZE];
	const char *token = arena_printf(arena, "dbk_%s", repeat("a", 43));

	(void)state;
	assert_true(bearer_hash(API_TOKEN_PREFIX, token, hash));
	sha256(token, strlen(token), digest);
	assert_memory_equal(hash, digest, SHA256_SIZE);
	assert_false(bearer_hash(API_TOKEN_PREFIX, repeat("a", 47), hash));
	assert_false(bearer_hash(API_TOKEN_PREFIX, "dbk_", hash));
	assert_false(bearer_hash(API_TOKEN_PREFIX, arena_printf(arena, "dbk_%s", repeat("a", 44)), hash));
	assert_false(bearer_hash(API_TOKEN_PREFIX, arena_printf(arena, "dbk_%s=", repeat("a", 42)), hash));
}

/* --- the throttle --- */

static void
waits_double_after_the_free_failures(void **state)
{
	(void)state;
	assert_int_equal(throttle_delay(0, 5), 0);
	assert_int_equal(throttle_delay(4, 5), 0);
	assert_int_equal(throttle_delay(5, 5), 1);
	assert_int_equal(throttle_delay(6, 5), 2);
	assert_int_equal(throttle_delay(14, 5), 512);
	assert_int_equal(throttle_delay(15, 5), 900);
	assert_int_equal(throttle_delay(1000000000, 5), 900);
	assert_int_equal(throttle_delay(49, 50), 0);
	assert_int_equal(throttle_delay(53, 50), 8);
}

static void
subjects_differ_by_account_and_by_network(void **state)
{
	struct throttle ann, ann_elsewhere, ben, network;

	(void)state;
	throttle_init(&ann, "ann@example.org", "192.0.2.1");
	throttle_init(&ann_elsewhere, "ann@example.org", "192.0.2.2");
	throttle_init(&ben, "ben@example.org", "192.0.2.1");
	throttle_init(&network, NULL, "192.0.2.1");
	assert_memory_not_equal(ann.account, ann_elsewhere.account, SHA256_SIZE);
	assert_memory_not_equal(ann.account, ben.account, SHA256_SIZE);
	assert_memory_not_equal(ann.network, ann_elsewhere.network, SHA256_SIZE);
	assert_memory_equal(ann.network, ben.network, SHA256_SIZE);
	assert_memory_equal(network.account, ann.network, SHA256_SIZE);
}

/* --- the chain of refresh tokens --- */

static const unsigned char seed[32] = "a seed of exactly 32 bytes here.";

/* The secret that stands so many steps behind the first. */
static void
secret_after(int steps, unsigned char secret[REFRESH_SECRET_SIZE])
{
	memset(secret, 7, REFRESH_SECRET_SIZE);
	refresh_after(seed, secret, steps, secret);
}

/* Where in the chain the secret after `step` steps is found, if the newest is the one after `newest` steps. */
static int
place_of(int step, int newest)
{
	unsigned char secret[REFRESH_SECRET_SIZE], last[REFRESH_SECRET_SIZE], hash[SHA256_SIZE];

	secret_after(step, secret);
	secret_after(newest, last);
	sha256(last, sizeof(last), hash);
	return refresh_find(seed, hash, secret, REFRESH_CHAIN_MAX);
}

static void
a_refresh_token_finds_its_place(void **state)
{
	(void)state;
	assert_int_equal(place_of(0, 0), 0);
	assert_int_equal(place_of(0, 1), 1);
	assert_int_equal(place_of(0, 2), 2);
	assert_int_equal(place_of(3, 4), 1);
	assert_int_equal(place_of(0, REFRESH_CHAIN_MAX), REFRESH_CHAIN_MAX);
	assert_int_equal(place_of(0, REFRESH_CHAIN_MAX + 1), REFRESH_UNKNOWN);
	assert_int_equal(place_of(1, 0), REFRESH_UNKNOWN); /* one that was never handed out */
}

static void
a_chain_is_bound_to_its_seed(void **state)
{
	static const unsigned char other_seed[32] = "another seed of exactly 32 bytes";
	unsigned char first[REFRESH_SECRET_SIZE], second[REFRESH_SECRET_SIZE], hash[SHA256_SIZE];

	(void)state;
	secret_after(0, first);
	secret_after(1, second);
	sha256(second, sizeof(second), hash);
	assert_int_equal(refresh_find(seed, hash, first, 1), 1);
	assert_int_equal(refresh_find(seed, hash, first, 0), REFRESH_UNKNOWN);
	assert_int_equal(refresh_find(other_seed, hash, first, REFRESH_NEAR), REFRESH_UNKNOWN);
}

static void
a_refresh_token_survives_its_text(void **state)
{
	struct refresh_token token;
	unsigned char secret[REFRESH_SECRET_SIZE];
	const char *session = uuid7_text(arena);

	(void)state;
	random_bytes(secret, sizeof(secret));
	assert_true(refresh_parse(arena, refresh_text(arena, session, secret), &token));
	assert_string_equal(token.session, session);
	assert_memory_equal(token.secret, secret, sizeof(secret));
}

static void
other_texts_are_no_refresh_tokens(void **state)
{
	const char *session = "0192f000-0000-7000-8000-000000000000", *secret = repeat("A", 43);
	struct refresh_token token;

	(void)state;
	assert_true(refresh_parse(arena, arena_printf(arena, "%s.%s", session, secret), &token));
	assert_false(refresh_parse(arena, "", &token));
	assert_false(refresh_parse(arena, ".", &token));
	assert_false(refresh_parse(arena, session, &token));
	assert_false(refresh_parse(arena, arena_printf(arena, "%s.", session), &token));
	assert_false(refresh_parse(arena, arena_printf(arena, "%s.%sA", session, secret), &token));
	assert_false(refresh_parse(arena, arena_printf(arena, "%s.%s=", session, secret), &token));
	assert_false(refresh_parse(arena, arena_printf(arena, "%s.%.42s", session, secret), &token));
	/* Stray bits at the end. */
	assert_false(refresh_parse(arena, arena_printf(arena, "%s.%.42sB", session, secret), &token));
	assert_false(refresh_parse(arena, arena_printf(arena, "%.35s'.%s", session, secret), &token));
	assert_false(refresh_parse(arena, arena_printf(arena, "%s.%s.%s", session, secret, secret), &token));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_email_is_kept_in_lower_case),
		cmocka_unit_test(an_email_has_one_normal_form),
		cmocka_unit_test(what_is_no_email_is_refused),
		cmocka_unit_test(an_email_has_254_bytes_at_most),
		cmocka_unit_test(a_name_is_a_line_that_can_be_seen),
		cmocka_unit_test(a_password_has_8_to_200_characters),
		cmocka_unit_test(a_password_is_not_what_everybody_knows),
		cmocka_unit_test(roles_and_scopes_are_found_by_name),
		cmocka_unit_test(ids_of_ours_are_uuids_in_lower_case),
		cmocka_unit_test(an_api_token_is_known_by_its_form),
		cmocka_unit_test(waits_double_after_the_free_failures),
		cmocka_unit_test(subjects_differ_by_account_and_by_network),
		cmocka_unit_test(a_refresh_token_finds_its_place),
		cmocka_unit_test(a_chain_is_bound_to_its_seed),
		cmocka_unit_test(a_refresh_token_survives_its_text),
		cmocka_unit_test(other_texts_are_no_refresh_tokens),
	};

	return cmocka_run_group_tests_name("account", tests, open_arena, close_arena);
}
