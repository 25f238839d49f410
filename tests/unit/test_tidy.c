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

#include "base/crypto.h"
#include "database.h"
#include "store/migrate.h"
#include "store/statement.h"
#include "upkeep/tidy.h"

#define REST "-0000-7000-8000-000000000000"
#define SPACE "0000000a" REST
#define USER "0000000b" REST
#define OTHER "0000000c" REST

static const struct tidy_limits limits = { .op_days = 90, .tombstone_days = 180 };

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
	    VALUES(value_id(id), value_integer(seq)), NULL));
}

static void
add_record(const char *space, int seq, bool deleted, int days_old)
{
	good(db_run(db, arena, with_ids(
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc,"
	    " created_at, created_by, updated_at, updated_by)"
	    " VALUES (?, 'tasks', CONCAT('t', ?), 1, ?, ?, '" USER "', ?, '', '{}',"
	    " SYSDATE(3), '" USER "', SYSDATE(3) - INTERVAL ? DAY, '" USER "')"),
	    VALUES(value_id(space), value_integer(seq), value_integer(seq), value_integer(seq),
	        value_integer(deleted), value_integer(days_old)), NULL));
}

static int64_t
min_seq(const char *space)
{
	return number(arena_printf(arena, "SELECT min_seq FROM space WHERE id = '%s'", space));
}

/* --- before and after --- */

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	return 0;
}

/* --- tombstones --- */

static void
old_tombstones_go_and_min_seq_rises_to_the_last(void **state)
{
	(void)state;
	add_space(SPACE, 7);
	add_record(SPACE, 1, false, 400);
	add_record(SPACE, 2, true, 300);
	add_record(SPACE, 3, false, 250);
	add_record(SPACE, 4, true, 181);
	add_record(SPACE, 5, false, 180);
	add_record(SPACE, 6, true, 179);
	add_record(SPACE, 7, true, 1);
	assert_int_equal(tidy(0).tombstones, 2);
	assert_int_equal(min_seq(SPACE), 4);
	assert_int_equal(number("SELECT COUNT(*) FROM record WHERE deleted = 0"), 3);
	assert_int_equal(number("SELECT GROUP_CONCAT(seq ORDER BY seq SEPARATOR '') FROM record"), 13567);
	assert_int_equal(number("SELECT seq FROM space"), 7);
	assert_int_equal(tidy(0).tombstones, 0);
	assert_int_equal(min_seq(SPACE), 4);
}

static void
a_later_round_takes_the_rest(void **state)
{
	(void)state;
	add_space(SPACE, 3);
	add_record(SPACE, 2, true, 10);
	add_record(SPACE, 3, true, 1);
	assert_int_equal(tidy(169).tombstones, 0);
	assert_int_equal(min_seq(SPACE), 0);
	assert_int_equal(tidy(171).tombstones, 1);
	assert_int_equal(min_seq(SPACE), 2);
	assert_int_equal(tidy(200).tombstones, 1);
	assert_int_equal(min_seq(SPACE), 3);
}

/* A tombstone with a low seq and a late time (which cannot happen with one clock): later tombstones
 * are kept, so that min_seq stays correct. */
static void
nothing_is_purged_past_a_young_tombstone(void **state)
{
	(void)state;
	add_space(SPACE, 4);
	add_record(SPACE, 1, true, 300);
	add_record(SPACE, 2, true, 5);
	add_record(SPACE, 3, true, 300);
	assert_int_equal(tidy(0).tombstones, 1);
	assert_int_equal(min_seq(SPACE), 1);
}

static void
min_seq_never_goes_down(void **state)
{
	(void)state;
	add_space(SPACE, 9);
	run_sql("UPDATE space SET min_seq = 8");
	add_record(SPACE, 3, true, 300);
	assert_int_equal(tidy(0).tombstones, 1);
	assert_int_equal(min_seq(SPACE), 8);
}

static void
many_tombstones_of_many_spaces_go_in_one_round(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		add_space(arena_printf(arena, "%08d" REST, i), 2000);
	run_sql("INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc,"
	    " created_at, created_by, updated_at, updated_by)"
	    " SELECT UNHEX(REPLACE(CONCAT(LPAD(p.seq, 8, '0'), '" REST "'), '-', '')), 'tasks', CONCAT('t', n.seq), 1,"
	    " n.seq, n.seq, '" USER "', n.seq % 2, '', '{}',"
	    " SYSDATE(3), '" USER "', SYSDATE(3) - INTERVAL (2000 - n.seq) DAY, '" USER "'"
	    "   FROM seq_0_to_2 p, seq_1_to_2000 n");
	run_sql("INSERT INTO space (id, kind, name, seq, min_seq, epoch, chain, last_at, created_at)"
	    " SELECT UNHEX(MD5(seq)), 'team', 'x', 0, 0, REPEAT('0', 32), REPEAT('0', 32), SYSDATE(3), SYSDATE(3)"
	    " FROM seq_1_to_1100");
	assert_int_equal(tidy(0).tombstones, 3 * 910);
	assert_int_equal(min_seq("00000000" REST), 1819);
	assert_int_equal(min_seq("00000002" REST), 1819);
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 6000 - 3 * 910);
	assert_int_equal(number("SELECT COUNT(*) FROM record r JOIN space p ON p.id = r.space_id"
	    " WHERE r.deleted = 1 AND r.seq <= p.min_seq"), 0);
}

/* Until tidy waits for a lock. */
static void
wait_for_tidy(struct arena *own)
{
	for (int waiting = 0; waiting == 0;) {
		struct rows *rows;
		struct problem *p;

		usleep(150000); /* the server keeps what it shows here for 100 ms */
		p = db_run(other, own,
		    "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'", NULL, 0, &rows);
		waiting = p != NULL || row_integer(rows, 0, 0) > 0;
	}
}

/* Revives the tombstone while tidy waits for the lock of its space. */
static void *
revive(void *arg)
{
	struct arena *own = arena_new();

	(void)arg;
	wait_for_tidy(own);
	if (db_execute(other, own, "UPDATE record SET deleted = 0, seq = 6, updated_at = SYSDATE(3)"
	        " WHERE seq = 2") != NULL ||
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
	add_space(SPACE, 5);
	add_record(SPACE, 2, true, 300);
	good(db_execute(other, arena, "BEGIN"));
	good(db_execute(other, arena, with_ids("SELECT * FROM space WHERE id = '" SPACE "' FOR UPDATE")));
	pthread_create(&thread, NULL, revive, NULL);
	assert_int_equal(tidy(0).tombstones, 0);
	pthread_join(thread, NULL);
	assert_int_equal(number("SELECT COUNT(*) FROM record WHERE seq = 6 AND deleted = 0"), 1);
	assert_int_equal(min_seq(SPACE), 0);
}

/* --- files --- */

/* A whole file of two chunks, sent by somebody so many days ago, and perhaps named by a record. */
static void
add_file(const char *name, int days_old, bool named)
{
	run_sql(arena_printf(arena,
	    "INSERT INTO attachment_upload (space_id, id, sha256, user_id, size, received, named, changed_at)"
	    " VALUES ('" SPACE "', UNHEX(MD5('up-%s')), UNHEX(SHA2('%s', 256)), '" USER "', 6, 6, 0,"
	    " UTC_TIMESTAMP(3) - INTERVAL %d DAY)",
	    name, name, days_old));
	run_sql(arena_printf(arena, "INSERT INTO attachment (space_id, sha256, type, size, upload_id, created_at)"
	    " SELECT space_id, sha256, 'image/png', size, id, changed_at"
	    " FROM attachment_upload WHERE id = UNHEX(MD5('up-%s'))", name));
	run_sql(arena_printf(arena, "INSERT INTO attachment_chunk (space_id, upload_id, at, body)"
	    " VALUES ('" SPACE "', UNHEX(MD5('up-%s')), 0, 'abc'),"
	    " ('" SPACE "', UNHEX(MD5('up-%s')), 3, 'def')", name, name));
	if (!named)
		return;
	run_sql(arena_printf(arena, "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id,"
	    " sort_key, doc, created_at, created_by, updated_at, updated_by)"
	    " VALUES ('" SPACE "', 'slips', '%s', 1, (SELECT COUNT(*) + 1 FROM (SELECT seq FROM record) r), 1,"
	    " '" USER "',"
	    " '', CONCAT('{\"photo\":\"', SHA2('%s', 256), '\"}'),"
	    " SYSDATE(3), '" USER "', SYSDATE(3), '" USER "')", name, name));
	run_sql(arena_printf(arena, "INSERT INTO attachment_ref (space_id, sha256, collection, record_id)"
	    " VALUES ('" SPACE "', UNHEX(SHA2('%s', 256)), 'slips', '%s')", name, name));
	run_sql(arena_printf(arena, "UPDATE attachment SET named = 1 WHERE upload_id = UNHEX(MD5('up-%s'))", name));
}

static void
uploads_that_stand_still_go_after_a_day(void **state)
{
	(void)state;
	run_sql("INSERT INTO attachment_upload (space_id, id, sha256, user_id, size, received, named, changed_at)"
	    " SELECT '" SPACE "', UNHEX(MD5(seq)), UNHEX(SHA2(seq, 256)), '" USER "', 9, 3, 0,"
	    " UTC_TIMESTAMP(3) - INTERVAL IF(seq <= 250, 25, 23) HOUR FROM seq_1_to_300");
	run_sql("INSERT INTO attachment_chunk (space_id, upload_id, at, body)"
	    " SELECT '" SPACE "', UNHEX(MD5(seq)), 0, 'abc' FROM seq_1_to_300");
	assert_int_equal(tidy(0).uploads, 250);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment_chunk"), 50);
	assert_int_equal(tidy(1).uploads, 50);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment_chunk"), 0);
}

static void
files_that_nobody_names_go_after_a_month(void **state)
{
	(void)state;
	add_space(SPACE, 9);
	add_file("young", 29, false);
	add_file("old", 31, false);
	add_file("old and named", 31, true);
	assert_int_equal(tidy(0).files, 1);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment"), 2);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment_chunk"), 4);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment_upload WHERE id = UNHEX(MD5('up-young'))"), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment_upload"), 1);
	assert_int_equal(tidy(30).files, 1);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment WHERE upload_id = UNHEX(MD5('up-old and named'))"), 1);
}

/* What is sent again, if only in part, is wanted. */
static void
files_that_somebody_sends_again_stay(void **state)
{
	(void)state;
	add_space(SPACE, 9);
	add_file("again", 31, false);
	add_file("by another", 31, false);
	run_sql("UPDATE attachment_upload SET changed_at = UTC_TIMESTAMP(3) WHERE id = UNHEX(MD5('up-again'))");
	run_sql("INSERT INTO attachment_upload (space_id, id, sha256, user_id, size, received, named, changed_at)"
	    " VALUES ('" SPACE "', UNHEX(MD5('up-2')), UNHEX(SHA2('by another', 256)), '" OTHER "', 6, 3, 0,"
	    " UTC_TIMESTAMP(3))");
	assert_int_equal(tidy(0).files, 0);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment"), 2);
}

/* A record names the file while tidy waits for the lock of its space. */
static void *
name_file(void *arg)
{
	struct arena *own = arena_new();

	(void)arg;
	wait_for_tidy(own);
	if (db_execute(other, own, "INSERT INTO attachment_ref (space_id, sha256, collection, record_id)"
	        " SELECT id, UNHEX(SHA2('loose', 256)), 'slips', 's' FROM space") != NULL ||
	    db_execute(other, own, "COMMIT") != NULL)
		fail();
	arena_free(own);
	return NULL;
}

static void
a_file_that_is_named_meanwhile_stays(void **state)
{
	pthread_t thread;

	(void)state;
	add_space(SPACE, 5);
	add_file("loose", 31, false);
	good(db_execute(other, arena, "BEGIN"));
	good(db_execute(other, arena, with_ids("SELECT * FROM space WHERE id = '" SPACE "' FOR UPDATE")));
	pthread_create(&thread, NULL, name_file, NULL);
	assert_int_equal(tidy(0).files, 0);
	pthread_join(thread, NULL);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment"), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM attachment_chunk"), 2);
}

/* --- the rest --- */

static void
old_outcomes_of_ops_are_deleted(void **state)
{
	(void)state;
	run_sql("INSERT INTO op"
	    " SELECT '" SPACE "', '" USER "', CONCAT('o', seq), REPEAT('0', 32), 'tasks', 't', 'applied', 1, 1,"
	    " SYSDATE(3) - INTERVAL IF(seq <= 2500, 91, 89) DAY"
	    "  FROM seq_1_to_3000");
	assert_int_equal(tidy(0).ops, 2500);
	assert_int_equal(number("SELECT COUNT(*) FROM op"), 500);
	assert_int_equal(tidy(2).ops, 500);
}

/* Another tidier, of another host, has taken them off the count and deletes them while this one waits. */
static void *
tidy_elsewhere(void *arg)
{
	struct arena *own = arena_new();

	wait_for_tidy(own);
	if (db_run(other, own, SQL(TIDY_OPS), VALUES(value_text(arg)), NULL) != NULL ||
	    db_execute(other, own, "COMMIT") != NULL)
		fail();
	arena_free(own);
	return NULL;
}

static void
outcomes_that_two_delete_at_once_leave_the_count_once(void **state)
{
	char limit[] = "2200-01-01 00:00:00.000";
	pthread_t thread;

	(void)state;
	add_space(SPACE, 0);
	run_sql("UPDATE space SET bytes = 1000 * " IN_SQL(ROW_BYTES));
	run_sql("INSERT INTO op"
	    " SELECT '" SPACE "', '" USER "', CONCAT('o', seq), REPEAT('0', 32), 'tasks', 't', 'applied', 1, 1,"
	    " SYSDATE(3) - INTERVAL 91 DAY"
	    "  FROM seq_1_to_10");
	good(db_execute(other, arena, "BEGIN"));
	good(db_run(other, arena, SQL(TIDY_OPS_BYTES), VALUES(value_text(limit)), NULL));
	pthread_create(&thread, NULL, tidy_elsewhere, limit);
	tidy(0);
	pthread_join(thread, NULL);
	assert_int_equal(number("SELECT COUNT(*) FROM op"), 0);
	assert_int_equal(number("SELECT bytes FROM space"), 990 * ROW_BYTES);
}

static void
ended_sessions_go_after_a_month(void **state)
{
	(void)state;
	run_sql("INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at,"
	    " expires_at, revoked_at) VALUES"
	    " (UNHEX(MD5('live')), '" USER "', 'sign-in', REPEAT('1', 32), '', 'write', SYSDATE(3), SYSDATE(3),"
	    " SYSDATE(3) + INTERVAL 1 DAY, NULL),"
	    " (UNHEX(MD5('token')), '" USER "', 'token', REPEAT('2', 32), '', 'write', SYSDATE(3), SYSDATE(3),"
	    " NULL, NULL),"
	    " (UNHEX(MD5('fresh')), '" USER "', 'sign-in', REPEAT('3', 32), '', 'write', SYSDATE(3), SYSDATE(3),"
	    " SYSDATE(3) - INTERVAL 29 DAY, NULL),"
	    " (UNHEX(MD5('expired')), '" USER "', 'sign-in', REPEAT('4', 32), '', 'write', SYSDATE(3), SYSDATE(3),"
	    " SYSDATE(3) - INTERVAL 31 DAY, NULL),"
	    " (UNHEX(MD5('revoked')), '" USER "', 'token', REPEAT('5', 32), '', 'write', SYSDATE(3), SYSDATE(3), NULL,"
	    " SYSDATE(3) - INTERVAL 31 DAY),"
	    " (UNHEX(MD5('leaving')), '" USER "', 'token', REPEAT('6', 32), '', 'write', SYSDATE(3), SYSDATE(3), NULL,"
	    " SYSDATE(3) - INTERVAL 2 DAY)");
	assert_int_equal(tidy(0).sessions, 2);
	assert_int_equal(number("SELECT COUNT(*) FROM session WHERE id IN"
	    " (UNHEX(MD5('live')), UNHEX(MD5('token')), UNHEX(MD5('fresh')), UNHEX(MD5('leaving')))"), 4);
}

/* More than a portion of them, between others that stay. */
static void
many_revoked_sessions_go_in_one_round(void **state)
{
	(void)state;
	run_sql("INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at, revoked_at)"
	    " SELECT UNHEX(MD5(seq)), '" USER "', 'token', UNHEX(SHA2(seq, 256)), '', 'write', SYSDATE(3), SYSDATE(3),"
	    "        IF(seq MOD 2, SYSDATE(3) - INTERVAL 31 DAY, NULL)"
	    "  FROM seq_1_to_3001");
	assert_int_equal(tidy(0).sessions, 1501);
	assert_int_equal(number("SELECT COUNT(*) FROM session WHERE revoked_at IS NULL"), 1500);
	assert_int_equal(number("SELECT COUNT(*) FROM session"), 1500);
}

static void
add_traces(const char *space, int count, int days_old)
{
	run_sql(arena_printf(arena,
	    "INSERT INTO presence (id, space_id, user_id, started_at, last_at)"
	    " SELECT UNHEX(MD5(CONCAT('%s', %d, seq))), '%s', '" USER "', SYSDATE(3), SYSDATE(3) - INTERVAL %d DAY"
	    "  FROM seq_1_to_%d", space, days_old, space, days_old, count));
	run_sql(arena_printf(arena,
	    "INSERT INTO usage_event (id, space_id, user_id, type, count, at)"
	    " SELECT UNHEX(MD5(CONCAT('%s', %d, seq))), '%s', '" USER "', 'exports', 1,"
	    "        SYSDATE(3) - INTERVAL %d DAY"
	    "  FROM seq_1_to_%d", space, days_old, space, days_old, count));
}

static void
presence_and_usage_go_after_the_days_of_their_space(void **state)
{
	(void)state;
	add_space(SPACE, 1);
	add_space(OTHER, 1);
	add_traces(SPACE, 2500, 366);
	add_traces(SPACE, 3, 364);
	add_traces(OTHER, 2, 31);
	add_traces(OTHER, 4, 29);
	run_sql("INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, sort_key, doc,"
	    " created_at, created_by, updated_at, updated_by)"
	    " VALUES ('" OTHER "', 'spaceSettings', 'settings', 1, 1, 1, '" USER "', '', '{\"retentionDays\":30}',"
	    " SYSDATE(3), '" USER "', SYSDATE(3), '" USER "')");
	assert_int_equal(tidy(0).others, 5004);
	assert_int_equal(number("SELECT COUNT(*) FROM presence WHERE space_id = '" SPACE "'"), 3);
	assert_int_equal(number("SELECT COUNT(*) FROM presence WHERE space_id = '" OTHER "'"), 4);
	assert_int_equal(number("SELECT COUNT(*) FROM usage_event"), 7);
	assert_int_equal(tidy(2).others, 14);
}

static void
forgotten_throttles_go_after_a_day(void **state)
{
	(void)state;
	run_sql("INSERT INTO throttle VALUES (REPEAT('1', 32), 3, SYSDATE(3) - INTERVAL 25 HOUR),"
	    " (REPEAT('2', 32), 3, SYSDATE(3) - INTERVAL 23 HOUR)");
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
		TEST(uploads_that_stand_still_go_after_a_day),
		TEST(files_that_nobody_names_go_after_a_month),
		TEST(files_that_somebody_sends_again_stay),
		TEST(a_file_that_is_named_meanwhile_stays),
		TEST(old_outcomes_of_ops_are_deleted),
		TEST(outcomes_that_two_delete_at_once_leave_the_count_once),
		TEST(ended_sessions_go_after_a_month),
		TEST(many_revoked_sessions_go_in_one_round),
		TEST(presence_and_usage_go_after_the_days_of_their_space),
		TEST(forgotten_throttles_go_after_a_day),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
