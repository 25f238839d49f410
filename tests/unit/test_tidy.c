/* test_tidy.c -- what goes, what stays, and that min_seq tells the truth about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto.h"
#include "mariadb.h"
#include "migrate.h"
#include "statement.h"
#include "tidy.h"

static struct mariadb server;
static struct arena *arena;
static struct db *db, *other;
static const struct tidy_limits limits = { .op_days = 90, .tombstone_days = 180 };

static void
good(struct problem *p)
{
	if (p != NULL)
		fail_msg("%s", p->cause != NULL ? p->cause : p->detail);
}

static void
run_sql(const char *sql)
{
	good(db_execute(db, arena, sql));
}

static int64_t
number(const char *sql)
{
	struct rows *rows;

	good(db_run(db, arena, sql, NULL, 0, &rows));
	assert_int_equal(rows->count, 1);
	return row_integer(rows, 0, 0);
}

static struct tidy_counts
tidy(int shift_days)
{
	struct tidy_counts counts;

	good(tidy_run(db, arena, &limits, shift_days, &counts));
	return counts;
}

/* --- a space and its records --- */

static void
add_space(const char *id, int seq)
{
	good(db_run(db, arena,
	    "INSERT INTO space (id, kind, name, seq, min_seq, epoch, chain, last_at, created_at)"
	    " VALUES (?, 'personal', 'x', ?, 0, REPEAT('0', 32), REPEAT('0', 32), SYSDATE(3), SYSDATE(3))",
	    VALUES(value_text(id), value_integer(seq)), NULL));
}

static void
add_record(const char *space, int seq, bool deleted, int days_old)
{
	good(db_run(db, arena,
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, created_at, created_by, updated_at, updated_by)"
	    " VALUES (?, 'tasks', CONCAT('t', ?), 1, ?, ?, 'u', ?, '', '{}', SYSDATE(3), 'u', SYSDATE(3) - INTERVAL ? DAY, 'u')",
	    VALUES(value_text(space), value_integer(seq), value_integer(seq), value_integer(seq), value_integer(deleted), value_integer(days_old)), NULL));
}

static int64_t
min_seq(const char *space)
{
	return number(arena_printf(arena, "SELECT min_seq FROM space WHERE id = '%s'", space));
}

/* --- before and after --- */

static int
start_all(void **state)
{
	(void)state;
	crypto_init();
	return mariadb_start(&server);
}

static int
stop_all(void **state)
{
	(void)state;
	mariadb_stop(&server);
	return 0;
}

static int
open_all(void **state)
{
	(void)state;
	arena = arena_new();
	db = db_new(&server.settings);
	other = db_new(&server.settings);
	run_sql("DROP DATABASE daybook");
	run_sql("CREATE DATABASE daybook CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	run_sql("USE daybook");
	good(migrate_run(db, arena, "schema", NULL));
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	db_free(db);
	db_free(other);
	arena_free(arena);
	return 0;
}

/* --- tombstones --- */

static void
old_tombstones_go_and_min_seq_rises_to_the_last(void **state)
{
	(void)state;
	add_space("a", 7);
	add_record("a", 1, false, 400);
	add_record("a", 2, true, 300);
	add_record("a", 3, false, 250);
	add_record("a", 4, true, 181);
	add_record("a", 5, false, 180);
	add_record("a", 6, true, 179);
	add_record("a", 7, true, 1);
	assert_int_equal(tidy(0).tombstones, 2);
	assert_int_equal(min_seq("a"), 4);
	assert_int_equal(number("SELECT COUNT(*) FROM record WHERE deleted = 0"), 3);
	assert_int_equal(number("SELECT GROUP_CONCAT(seq ORDER BY seq SEPARATOR '') FROM record"), 13567);
	assert_int_equal(number("SELECT seq FROM space"), 7);
	assert_int_equal(tidy(0).tombstones, 0);
	assert_int_equal(min_seq("a"), 4);
}

static void
a_later_round_takes_the_rest(void **state)
{
	(void)state;
	add_space("a", 3);
	add_record("a", 2, true, 10);
	add_record("a", 3, true, 1);
	assert_int_equal(tidy(169).tombstones, 0);
	assert_int_equal(min_seq("a"), 0);
	assert_int_equal(tidy(171).tombstones, 1);
	assert_int_equal(min_seq("a"), 2);
	assert_int_equal(tidy(200).tombstones, 1);
	assert_int_equal(min_seq("a"), 3);
}

/* A tombstone with a low seq and a late time, as no clock of ours makes it: what comes after it waits, so that min_seq never lies. */
static void
nothing_is_purged_past_a_young_tombstone(void **state)
{
	(void)state;
	add_space("a", 4);
	add_record("a", 1, true, 300);
	add_record("a", 2, true, 5);
	add_record("a", 3, true, 300);
	assert_int_equal(tidy(0).tombstones, 1);
	assert_int_equal(min_seq("a"), 1);
}

static void
min_seq_never_goes_down(void **state)
{
	(void)state;
	add_space("a", 9);
	run_sql("UPDATE space SET min_seq = 8");
	add_record("a", 3, true, 300);
	assert_int_equal(tidy(0).tombstones, 1);
	assert_int_equal(min_seq("a"), 8);
}

static void
many_tombstones_of_many_spaces_go_in_one_round(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		add_space(arena_printf(arena, "s%d", i), 2000);
	run_sql("INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, created_at, created_by, updated_at, updated_by)"
	    " SELECT CONCAT('s', p.seq), 'tasks', CONCAT('t', n.seq), 1, n.seq, n.seq, 'u', n.seq % 2, '', '{}', SYSDATE(3), 'u', SYSDATE(3) - INTERVAL (2000 - n.seq) DAY, 'u'"
	    "   FROM seq_0_to_2 p, seq_1_to_2000 n");
	run_sql("INSERT INTO space (id, kind, name, seq, min_seq, epoch, chain, last_at, created_at) SELECT CONCAT('x', seq), 'team', 'x', 0, 0, REPEAT('0', 32), REPEAT('0', 32), SYSDATE(3), SYSDATE(3) FROM seq_1_to_1100");
	assert_int_equal(tidy(0).tombstones, 3 * 910);
	assert_int_equal(min_seq("s0"), 1819);
	assert_int_equal(min_seq("s2"), 1819);
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 6000 - 3 * 910);
	assert_int_equal(number("SELECT COUNT(*) FROM record r JOIN space p ON p.id = r.space_id WHERE r.deleted = 1 AND r.seq <= p.min_seq"), 0);
}

/* Revives the tombstone while tidy waits for the lock of its space. */
static void *
revive(void *arg)
{
	struct arena *own = arena_new();

	(void)arg;
	for (int waiting = 0; waiting == 0;) {
		struct rows *rows;
		struct problem *p;

		usleep(150000); /* the server keeps what it shows here for 100 ms */
		p = db_run(other, own, "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'", NULL, 0, &rows);
		waiting = p != NULL || row_integer(rows, 0, 0) > 0;
	}
	if (db_execute(other, own, "UPDATE record SET deleted = 0, seq = 6, updated_at = SYSDATE(3) WHERE seq = 2") != NULL ||
	    db_execute(other, own, "UPDATE space SET seq = 6") != NULL ||
	    db_execute(other, own, "COMMIT") != NULL)
		fail();
	arena_free(own);
	return NULL;
}

static void
what_is_revived_meanwhile_stays(void **state)
{
	pthread_t thread;

	(void)state;
	add_space("a", 5);
	add_record("a", 2, true, 300);
	good(db_execute(other, arena, "BEGIN"));
	good(db_execute(other, arena, "SELECT * FROM space WHERE id = 'a' FOR UPDATE"));
	pthread_create(&thread, NULL, revive, NULL);
	assert_int_equal(tidy(0).tombstones, 0);
	pthread_join(thread, NULL);
	assert_int_equal(number("SELECT COUNT(*) FROM record WHERE seq = 6 AND deleted = 0"), 1);
	assert_int_equal(min_seq("a"), 0);
}

/* --- the rest --- */

static void
old_outcomes_of_ops_go(void **state)
{
	(void)state;
	run_sql("INSERT INTO op SELECT 'a', 'u', CONCAT('o', seq), REPEAT('0', 32), 'tasks', 't', 'applied', 1, 1, SYSDATE(3) - INTERVAL IF(seq <= 2500, 91, 89) DAY"
	    "  FROM seq_1_to_3000");
	assert_int_equal(tidy(0).ops, 2500);
	assert_int_equal(number("SELECT COUNT(*) FROM op"), 500);
	assert_int_equal(tidy(2).ops, 500);
}

static void
ended_sessions_go_after_a_month(void **state)
{
	(void)state;
	run_sql("INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at, expires_at, revoked_at) VALUES"
	    " ('live', 'u', 'sign-in', REPEAT('1', 32), '', 'write', SYSDATE(3), SYSDATE(3), SYSDATE(3) + INTERVAL 1 DAY, NULL),"
	    " ('token', 'u', 'token', REPEAT('2', 32), '', 'write', SYSDATE(3), SYSDATE(3), NULL, NULL),"
	    " ('fresh', 'u', 'sign-in', REPEAT('3', 32), '', 'write', SYSDATE(3), SYSDATE(3), SYSDATE(3) - INTERVAL 29 DAY, NULL),"
	    " ('expired', 'u', 'sign-in', REPEAT('4', 32), '', 'write', SYSDATE(3), SYSDATE(3), SYSDATE(3) - INTERVAL 31 DAY, NULL),"
	    " ('revoked', 'u', 'token', REPEAT('5', 32), '', 'write', SYSDATE(3), SYSDATE(3), NULL, SYSDATE(3) - INTERVAL 31 DAY),"
	    " ('leaving', 'u', 'token', REPEAT('6', 32), '', 'write', SYSDATE(3), SYSDATE(3), NULL, SYSDATE(3) - INTERVAL 2 DAY)");
	assert_int_equal(tidy(0).sessions, 2);
	assert_int_equal(number("SELECT COUNT(*) FROM session WHERE id IN ('live', 'token', 'fresh', 'leaving')"), 4);
}

static void
forgotten_throttles_go_after_a_day(void **state)
{
	(void)state;
	run_sql("INSERT INTO throttle VALUES (REPEAT('1', 32), 3, SYSDATE(3) - INTERVAL 25 HOUR), (REPEAT('2', 32), 3, SYSDATE(3) - INTERVAL 23 HOUR)");
	assert_int_equal(tidy(0).throttles, 1);
	assert_int_equal(number("SELECT COUNT(*) FROM throttle"), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(old_tombstones_go_and_min_seq_rises_to_the_last),
		TEST(a_later_round_takes_the_rest),
		TEST(nothing_is_purged_past_a_young_tombstone),
		TEST(min_seq_never_goes_down),
		TEST(many_tombstones_of_many_spaces_go_in_one_round),
		TEST(what_is_revived_meanwhile_stays),
		TEST(old_outcomes_of_ops_go),
		TEST(ended_sessions_go_after_a_month),
		TEST(forgotten_throttles_go_after_a_day),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
