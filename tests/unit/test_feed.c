/* test_feed.c -- what a pull must not lose between two of its statements, and texts that are no cursors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/crypto.h"
#include "base/json_out.h"
#include "database.h"
#include "rules/rules.h"
#include "store/migrate.h"
#include "sync/feed.h"

static const struct collections *set;

#define SPACE "0000000a-0000-7000-8000-000000000000"
#define USER "0000000b-0000-7000-8000-000000000000"

/* The person as a request reads them before the feed, with the head and the purge of that moment. */
static struct person
owner(int64_t seq, int64_t min_seq)
{
	return (struct person){
		.user_id = USER, .space_id = SPACE, .role = ROLE_OWNER, .seq = seq, .min_seq = min_seq,
		.epoch = "0123456789abcdef0123456789abcdef",
	};
}

static void
add_record(int seq, bool deleted)
{
	good(db_run(db, arena, with_ids(
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, "
	    "created_at, created_by, updated_at, updated_by)"
	    " VALUES ('" SPACE "', 'cars', CONCAT('c', ?), 1, ?, ?, '" USER "', ?, '', '{}', SYSDATE(3), '" USER "',"
	    " SYSDATE(3), '" USER "')"),
	    VALUES(value_integer(seq), value_integer(seq), value_integer(seq), value_integer(deleted)), NULL));
}

static struct problem *
pull(struct person *person, struct feed *feed, const char **changes)
{
	const struct call call = { .db = db, .a = arena, .set = set, .person = person };
	struct buf b;
	struct json_out out;
	struct problem *p;

	buf_init(&b, arena);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	p = feed_read(&call, feed, &out);
	put_end(&out);
	*changes = b.text;
	return p;
}

/* --- before and after --- */

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	good(collections_load(arena, "schema/collections", rules, &set));
	run_sql("INSERT INTO space (id, kind, name, seq, min_seq, epoch, chain, last_at, created_at)"
	    " VALUES ('" SPACE "', 'personal', 'x', 40, 0, '0123456789abcdef0123456789abcdef',"
	    " REPEAT('0', 32), SYSDATE(3), SYSDATE(3))");
	for (int seq = 1; seq <= 40; seq++)
		add_record(seq, seq == 30);
	return 0;
}

/* --- the tests --- */

static const char at_twenty[] = "0123456789abcdef0123456789abcdef.0.%s.all.20";

static void
tombstones_purged_behind_the_cursor_are_told(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	struct problem *p;
	const char *changes;

	(void)state;
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(changes, "\"id\":\"c30\",\"version\":1,\"seq\":30,\"deleted\":true"));

	/* The purge falls between the statement that read the person and those of the page. */
	run_sql("DELETE FROM record WHERE seq = 30");
	run_sql("UPDATE space SET min_seq = 30");
	p = pull(&person, &feed, &changes);
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_RESYNC);
	assert_non_null(strstr(p->members, "purged"));
}

static void
a_first_load_outlives_the_purge_of_what_it_leaves_out(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = { .since = NULL };
	const char *changes;

	(void)state;
	run_sql("DELETE FROM record WHERE seq = 30");
	run_sql("UPDATE space SET min_seq = 30");
	good(pull(&person, &feed, &changes));
	assert_int_equal(feed.seq, 40);
	assert_false(feed.more);

	run_sql("UPDATE space SET min_seq = 41");
	feed = (struct feed){ .since = NULL };
	assert_int_equal(pull(&person, &feed, &changes)->kind, PROBLEM_RESYNC);
}

static void
the_last_page_has_the_writes_made_since_the_head(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	const char *changes;

	(void)state;
	run_sql("UPDATE record SET seq = 41, tx_seq = 41, version = 2 WHERE seq = 25");
	run_sql("UPDATE space SET seq = 41");
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(changes, "\"id\":\"c25\",\"version\":2,\"seq\":41"));
	assert_int_equal(feed.seq, 41);
	assert_false(feed.more);
}

/* A row of the audit whose hash begins with so many bytes of one digit. */
static void
add_audit(int seq, char digit)
{
	run_sql(arena_printf(arena,
	    "REPLACE INTO audit (space_id, seq, tx_seq, collection, record_id, version, owner_id,"
	    "                    action, digest, user_id, at, hash)"
	    " VALUES ('" SPACE "', %d, %d, 'cars', 'c%d', 1, '" USER "', 'created', REPEAT('0', 32), '" USER "',"
	    "         SYSDATE(3), REPEAT('%c', 32))", seq, seq, seq, digit));
}

static void
is_resync(struct problem *p, const char *reason)
{
	is_problem(p, PROBLEM_RESYNC);
	if (strstr(p->members, reason) == NULL)
		fail_msg("the reason is %s, not %s", p->members, reason);
}

/* What was written since, and is not of this person, is behind them too. */
static void
the_last_page_ends_at_the_head_of_its_moment(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	const char *changes;

	(void)state;
	run_sql("UPDATE record SET seq = 41, tx_seq = 41, version = 2 WHERE seq = 25");
	run_sql("UPDATE space SET seq = 43");
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(changes, "\"id\":\"c25\",\"version\":2,\"seq\":41"));
	assert_int_equal(feed.seq, 43);
}

/* "3333333333333333" in hex is eight times the digit 3. */
static void
a_cursor_and_a_past_are_compared_with_the_audit(void **state)
{
	static const char with_mark[] = "0123456789abcdef0123456789abcdef.%d.%s.all.%s";
	struct person person = owner(40, 0);
	struct feed feed = { .since = NULL };
	const char *changes;

	(void)state;
	for (int seq = 1; seq <= 40; seq++)
		add_audit(seq, '3');
	feed.since = arena_printf(arena, with_mark, 0, set->visibility, "20-3333333333333333");
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(feed.cursor, ".40-3333333333333333"));

	/* the head of a first load, and what a push was answered */
	feed.since = arena_printf(arena, with_mark, 0, set->visibility, "20-3333333333333333.30-3333333333333334");
	is_resync(pull(&person, &feed, &changes), "past");
	feed.since = arena_printf(arena, with_mark, 0, set->visibility, "20-3333333333333333.30-3333333333333333");
	feed.past = "31-3433333333333333";
	is_resync(pull(&person, &feed, &changes), "past");
	feed.past = "41-3333333333333333";
	is_resync(pull(&person, &feed, &changes), "ahead");
	feed.past = "31-3333333333333333";
	good(pull(&person, &feed, &changes));
	feed.past = "31-";
	is_problem(pull(&person, &feed, &changes), PROBLEM_INVALID);
	feed.past = NULL;

	/* another past comes before a changed view; a row that is gone says nothing */
	feed.since = arena_printf(arena, with_mark, 7, set->visibility, "20-3333333333333334");
	is_resync(pull(&person, &feed, &changes), "past");
	run_sql("DELETE FROM audit WHERE seq = 20");
	is_resync(pull(&person, &feed, &changes), "view");
	feed.since = arena_printf(arena, with_mark, 0, set->visibility, "20-3333333333333334");
	good(pull(&person, &feed, &changes));
}

/* As former versions answered them. */
static void
a_cursor_without_a_hash_gets_one_also_when_nothing_is_new(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = {
		.since = arena_printf(arena, "0123456789abcdef0123456789abcdef.0.%s.all.40", set->visibility),
	};
	const char *changes;

	(void)state;
	memset(person.chain, '3', sizeof person.chain);
	good(pull(&person, &feed, &changes));
	assert_true(feed.nothing_new);
	assert_non_null(strstr(feed.cursor, ".40-3333333333333333"));
}

/* A record of somebody else that was this person's before each of so many writes. */
static void
add_handovers(int from, int to)
{
	run_sql(
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc,"
	    "                    created_at, created_by, updated_at, updated_by)"
	    " VALUES ('" SPACE "', 'mileage', 'm', 1, 0, 0, '" SPACE "', 0, '', '{}', SYSDATE(3), '" USER "',"
	    "         SYSDATE(3), '" USER "')");
	run_sql(arena_printf(arena,
	    "INSERT INTO audit (space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id,"
	    "                   action, digest, user_id, at, hash)"
	    " SELECT '" SPACE "', seq, seq, 'mileage', 'm', 1, '" SPACE "', '" USER "', 'updated', REPEAT('0', 32),"
	    "        '" USER "', SYSDATE(3), REPEAT('0', 32) FROM seq_%d_to_%d", from, to));
	run_sql(arena_printf(arena, "UPDATE space SET seq = %d", to));
}

static int64_t
rows_sent(void)
{
	return number("SELECT variable_value FROM information_schema.session_status"
	    " WHERE variable_name = 'Rows_sent'");
}

static void
what_left_the_view_often_comes_page_by_page(void **state)
{
	enum { FROM = 41, TO = FROM + 3 * FEED_WINDOW };
	struct person person = owner(TO, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	const char *changes;
	int64_t sent, found = 0;

	(void)state;
	person.role = ROLE_MEMBER;
	add_handovers(FROM, TO);
	do {
		sent = rows_sent();
		good(pull(&person, &feed, &changes));
		assert_in_range(rows_sent() - sent, 0, 2 * FEED_WINDOW);
		for (const char *at = changes; (at = strstr(at, "\"removed\":true")) != NULL; at++)
			found++;
		feed.since = feed.cursor;
	} while (feed.more);
	assert_int_equal(found, TO - FROM + 1);
	assert_int_equal(feed.seq, TO);
}

/* ---- near the head ---- */

static const char near[] = "0123456789abcdef0123456789abcdef.0.%s.all.30-%s";

/* A pull from 30 on, with what is known there. */
static struct feed
from_thirty(const char *chain)
{
	return (struct feed){ .since = arena_printf(arena, near, set->visibility, chain) };
}

static void
a_pull_near_the_head_is_one_statement(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed;
	const char *changes;

	(void)state;
	add_audit(30, '3');
	db_take_count(db);
	feed = from_thirty("3333333333333333");
	good(pull(&person, &feed, &changes));
	assert_int_equal(db_take_count(db), 1);
	assert_non_null(strstr(changes, "\"id\":\"c31\""));
	assert_non_null(strstr(changes, "\"id\":\"c40\""));
	assert_null(strstr(changes, "\"id\":\"c30\""));
	assert_non_null(strstr(feed.cursor, ".40-3030303030303030")); /* the chain of the space */
	assert_false(feed.more);

	/* Of a moment before: what was written meanwhile comes along, and the cursor is that of the newest. */
	run_sql("UPDATE record SET seq = 41, tx_seq = 41, version = 2 WHERE seq = 35");
	run_sql("UPDATE space SET seq = 41, chain = REPEAT('1', 32)");
	feed = from_thirty("3333333333333333");
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(changes, "\"id\":\"c35\",\"version\":2,\"seq\":41"));
	assert_non_null(strstr(feed.cursor, ".41-3131313131313131"));
	assert_int_equal(feed.seq, 41);
}

static void
a_pull_near_the_head_compares_the_past_and_the_purge(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = from_thirty("3333333333333334");
	const char *changes;

	(void)state;
	good(pull(&person, &feed, &changes)); /* no audit row there */
	add_audit(30, '3');
	feed = from_thirty("3333333333333334");
	is_resync(pull(&person, &feed, &changes), "past");
	assert_string_equal(changes, "[]");
	run_sql("UPDATE space SET min_seq = 31");
	feed = from_thirty("3333333333333333");
	is_resync(pull(&person, &feed, &changes), "purged");
	run_sql("UPDATE space SET min_seq = 0, seq = 35");
	run_sql("DELETE FROM record WHERE seq > 35");
	feed = from_thirty("3333333333333333");
	feed.past = "33-3333333333333333";
	add_audit(33, '4');
	is_resync(pull(&person, &feed, &changes), "past");
}

/* The rows are read before anybody looks whose they are. */
static void
a_pull_near_the_head_shows_only_what_the_person_sees(void **state)
{
	static const char stranger[] = "0000000c-0000-7000-8000-000000000000";
	const struct collection *only[] = { collection_find(set, "mileage"), collection_find(set, "messages") };
	struct person person = owner(40, 0);
	struct feed feed = from_thirty("3333333333333333");
	const char *changes;

	(void)state;
	add_audit(30, '3');
	person.role = ROLE_MEMBER;
	run_sql("UPDATE record SET owner_id = '0000000c-0000-7000-8000-000000000000' WHERE seq > 30");
	run_sql("UPDATE record SET collection = 'mileage' WHERE seq IN (31, 32, 40)");
	run_sql("UPDATE record SET collection = 'messages' WHERE seq IN (33, 34, 35)");
	run_sql("UPDATE record SET collection = 'unknown' WHERE seq = 36");
	run_sql("UPDATE record SET owner_id = '" USER "' WHERE seq = 32");
	run_sql("UPDATE record SET reader_id = '0000000d-0000-7000-8000-000000000000' WHERE seq = 33");
	run_sql("UPDATE record SET reader_id = '" USER "' WHERE seq = 34");
	good(pull(&person, &feed, &changes));
	for (int seq = 31; seq <= 40; seq++) {
		bool shown = seq != 31 && seq != 33 && seq != 36 && seq != 40;

		if ((strstr(changes, arena_printf(arena, "\"c%d\"", seq)) != NULL) != shown)
			fail_msg("c%d is %s", seq, shown ? "missing" : "shown");
	}
	assert_int_equal(feed.seq, 40);

	feed = from_thirty("3333333333333333");
	feed.since = NULL;
	feed.only = only;
	feed.only_count = 2;
	good(pull(&person, &feed, &changes)); /* for a cursor of this choice */
	feed.since = arena_printf(arena, "%.*s.30-3333333333333333", (int)(strrchr(feed.cursor, '.') - feed.cursor),
	    feed.cursor);
	good(pull(&person, &feed, &changes));
	assert_null(strstr(changes, "\"c37\""));
	assert_non_null(strstr(changes, "\"c32\""));
	assert_non_null(strstr(changes, "\"c34\""));
	person.user_id = stranger;
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(changes, "\"c40\""));
	assert_null(strstr(changes, "\"c32\""));
}

/* Fields of the type json may have a megabyte more than a record has else. */
static void
a_pull_near_the_head_has_no_more_bytes_than_others(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = from_thirty("3333333333333333");
	const char *changes;

	(void)state;
	add_audit(30, '3');
	run_sql("UPDATE record SET doc = CONCAT('{\"notes\":\"', REPEAT('x', 400000), '\"}') WHERE seq > 30");
	run_sql("UPDATE record SET tx_seq = 32 WHERE seq = 33");
	for (int seq = 31; seq < 40; seq++)
		add_audit(seq, '3');
	for (int64_t end = 31; end <= 39; end += 2) {
		good(pull(&person, &feed, &changes));
		assert_int_equal(feed.seq, end);
		assert_true(strlen(changes) < FEED_BYTES_MAX);
		assert_true(feed.more);
		assert_non_null(strstr(feed.cursor, "-3333333333333333"));
		feed = (struct feed){ .since = feed.cursor };
	}
	good(pull(&person, &feed, &changes));
	assert_int_equal(feed.seq, 40);
	assert_false(feed.more);
}

/* The person may have been read a moment ago, before the space was written on. */
static void
a_cursor_ahead_of_the_person_is_compared_with_the_space(void **state)
{
	struct person person = owner(10, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	const char *changes;

	(void)state;
	good(pull(&person, &feed, &changes));
	assert_string_equal(changes, "[]");
	assert_string_equal(feed.cursor, feed.since);
	assert_false(feed.more);
	run_sql("UPDATE space SET seq = 19");
	is_resync(pull(&person, &feed, &changes), "ahead");
}

static void
texts_that_are_no_cursors_are_refused(void **state)
{
	static const char *const texts[] = {
		".", "..", "....", "0", "0.0.0.all", "0.0.0.all.", "0.0.0.all.1.", "0.0.0.all.1.2.", "0.0.0.all.1.2.3",
		"0.0.0.all.-1", "0.-1.0.all.1", "0.0.0.ALL.1", "G.0.0.all.1", "0.0.0.all.9999999999999999999",
		"0.0.0.all.1 ", " 0.0.0.all.1", "0.0.0.all.1e3", "000000000000000000000000000000000.0.0.all.1",
		"0.0.0.all.1-", "0.0.0.all.-0123456789abcdef", "0.0.0.all.1-0123456789abcde",
		"0.0.0.all.1-0123456789abcdef0",
		"0.0.0.all.1-0123456789abcdef.", "0.0.0.all.1-01-3456789abcdef", "0.0.0.all.1.2-",
	};
	struct person person = owner(40, 0);

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct feed feed = { .since = texts[i] };
		const char *changes;
		struct problem *p = pull(&person, &feed, &changes);

		if (p == NULL || p->kind != PROBLEM_INVALID || strcmp(p->field, "since") != 0)
			fail_msg("\"%s\" was taken for a cursor", texts[i]);
	}
}

/* ---- what must hold ---- */

/* The cause of the fault with which a pull from seq 20 on ends.  That pull returns no changes. */
static const char *
fault(void)
{
	struct person person = owner(40, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	const char *changes;
	struct problem *p = pull(&person, &feed, &changes);

	is_problem(p, PROBLEM_INTERNAL);
	assert_string_equal(changes, "[]");
	assert_null(feed.cursor);
	return p->cause;
}

static void
a_record_that_the_write_could_not_have_left_is_a_fault_and_not_told(void **state)
{
	static const struct {
		const char *set, *cause;
	} cases[] = {
		{ "version = 0", "does not hold: what was written has a version" },
		{ "version = 26", "does not hold: each version of a record took a seq" },
		{ "tx_seq = 26", "does not hold: a transaction begins with its first write" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		run_sql(arena_printf(arena, "UPDATE record SET %s WHERE seq = 25", cases[i].set));
		assert_string_equal(fault(), cases[i].cause);
		run_sql("UPDATE record SET version = 1, tx_seq = 25 WHERE seq = 25");
	}
}

/* Otherwise a device would ask for the same page for ever. */
static void
a_page_that_would_end_before_its_cursor_is_a_fault_and_not_told(void **state)
{
	(void)state;
	run_sql("UPDATE record"
	    "   SET doc = CONCAT('{\"notes\":\"', REPEAT('x', 65000), '\"}'), tx_seq = IF(seq > 30, 5, 21)"
	    " WHERE seq > 20");
	assert_string_equal(fault(), "does not hold: a page ends behind its cursor");
}

static void
what_left_the_view_is_held_to_the_same(void **state)
{
	struct person person = owner(40, 0);
	struct feed feed = { .since = arena_printf(arena, at_twenty, set->visibility) };
	const char *changes;

	(void)state;
	person.role = ROLE_MEMBER;
	run_sql("INSERT INTO audit (space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id,"
	    "                   action, digest, user_id, at, hash)"
	    " VALUES ('" SPACE "', 33, 33, 'mileage', 'm', 34, 'v', '" USER "', 'updated', REPEAT('0', 32), 'v',"
	    "         SYSDATE(3),"
	    "         REPEAT('0', 32))");
	is_problem(pull(&person, &feed, &changes), PROBLEM_INTERNAL);
	run_sql("UPDATE audit SET version = 2");
	good(pull(&person, &feed, &changes));
	assert_non_null(strstr(changes, "\"id\":\"m\",\"version\":2,\"seq\":33,\"removed\":true"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tombstones_purged_behind_the_cursor_are_told),
		cmocka_unit_test_setup_teardown(a_first_load_outlives_the_purge_of_what_it_leaves_out,
		    open_all, close_all),
		cmocka_unit_test_setup_teardown(the_last_page_has_the_writes_made_since_the_head,
		    open_all, close_all),
		TEST(the_last_page_ends_at_the_head_of_its_moment),
		TEST(a_cursor_and_a_past_are_compared_with_the_audit),
		TEST(a_cursor_without_a_hash_gets_one_also_when_nothing_is_new),
		TEST(what_left_the_view_often_comes_page_by_page),
		TEST(a_pull_near_the_head_is_one_statement),
		TEST(a_pull_near_the_head_compares_the_past_and_the_purge),
		TEST(a_pull_near_the_head_shows_only_what_the_person_sees),
		TEST(a_pull_near_the_head_has_no_more_bytes_than_others),
		TEST(a_cursor_ahead_of_the_person_is_compared_with_the_space),
		TEST(texts_that_are_no_cursors_are_refused),
		TEST(a_record_that_the_write_could_not_have_left_is_a_fault_and_not_told),
		TEST(a_page_that_would_end_before_its_cursor_is_a_fault_and_not_told),
		TEST(what_left_the_view_is_held_to_the_same),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
