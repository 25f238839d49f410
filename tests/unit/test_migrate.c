/* test_migrate.c -- the schema on a real server: from nothing, from half, and never twice.  It includes the file
 * under test, so that it can migrate to other files than the shipped ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>


#include "../../lib/store/migrate.c"
#include "database.h"

/* The name of the lock of a migration of the database "daybook", in SQL. */
#define LOCK "CONCAT('daybook.migrate.', LEFT(SHA2('daybook', 256), 16))"

static char folder[80];

static int said;           /* lines since the test began */
static const char *moment; /* a line that holds this text calls act */
static void (*act)(void);

static void
say(const char *line)
{
	said++;
	if (moment != NULL && strstr(line, moment) != NULL) {
		moment = NULL;
		act();
	}
}

/* --- judging --- */

static void
bad(struct problem *p, enum problem_kind kind, const char *words)
{
	assert_non_null(p);
	assert_int_equal(p->kind, kind);
	if (strstr(p->cause, words) == NULL)
		fail_msg("another cause: %s", p->cause);
}

static int
version(void)
{
	int found = -1;

	good(migrate_version(db, arena, &found));
	return found;
}

static struct problem *
to(int newest)
{
	said = 0;
	return migrate_to(db, arena, folder, newest, say);
}

/* --- files --- */

static void
write_sql(const char *name, const char *text)
{
	FILE *file = fopen(arena_printf(arena, "%s/%s", folder, name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char first_file[] =
    "-- The first file.\n"
    "CREATE TABLE meta (\n"
    "  name VARCHAR(64) NOT NULL,  -- of the fact; with a semicolon; inside\n"
    "  value VARCHAR(255) NOT NULL,\n"
    "  PRIMARY KEY (name)\n"
    ") ENGINE=InnoDB;\r\n"
    "\n"
    "  -- another word;\n"
    "CREATE TABLE b (id INT PRIMARY KEY, word VARCHAR(20) DEFAULT 'a;b') ENGINE=InnoDB;  \n"
    "INSERT INTO b (id) VALUES (1), (2);\n"
    "CREATE TABLE c (id INT PRIMARY KEY) ENGINE=InnoDB;\n"
    "UPDATE b\n"
    "   SET id = id + 10;\n";

/* --- before and after --- */

static int
open_all(void **state)
{
	(void)state;
	open_empty();
	said = 0;
	moment = NULL;
	snprintf(folder, sizeof(folder), "%s/schema.XXXXXX", server.folder);
	return mkdtemp(folder) != NULL ? 0 : -1;
}

/* --- the shipped schema --- */

static void
an_empty_database_gets_the_shipped_schema(void **state)
{
	(void)state;
	assert_int_equal(version(), 0);
	good(migrate_run(db, arena, "schema", say));
	assert_int_equal(version(), SCHEMA_NEWEST);
	assert_true(said > 10);
	assert_int_equal(number("SELECT value FROM meta WHERE name = 'live'"), 1);
	assert_int_equal(number("SELECT LENGTH(value) FROM meta WHERE name = 'instance'"), 32);
	assert_int_equal(number("SELECT COUNT(*) FROM migration WHERE at IS NULL"), 0);
}

/* By its type a column says how its ids are bound and read (store/db.h), so no other column may have one of these. */
static void
only_columns_of_ids_have_the_types_of_ids(void **state)
{
	(void)state;
	good(migrate_run(db, arena, "schema", NULL));
	assert_int_equal(number("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE()"
	    " AND (column_type = 'binary(16)') <>"
	    " (column_name IN ('space_id', 'user_id', 'owner_id', 'prev_owner_id', 'reader_id', 'home_space',"
	    "   'handheld_id', 'upload_id', 'session_id', 'created_by', 'updated_by', 'accepted_by', 'backup_id',"
	    "   'token_id')"
	    "  OR (column_name = 'id' AND table_name NOT IN ('record', 'device')))"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE()"
	    " AND (column_type = 'varbinary(65)') <>"
	    " (column_name IN ('record_id', 'op_id') OR (column_name = 'id' AND table_name = 'record'))"), 0);
}

static void
migrating_twice_does_nothing(void **state)
{
	struct rows *before, *after;

	(void)state;
	good(migrate_run(db, arena, "schema", say));
	good(db_run(db, arena, "SELECT value FROM meta WHERE name = 'instance'", NULL, 0, &before));
	said = 0;
	good(migrate_run(db, arena, "schema", say));
	good(db_run(db, arena, "SELECT value FROM meta WHERE name = 'instance'", NULL, 0, &after));
	assert_int_equal(said, 0);
	assert_string_equal(row_text(before, 0, 0), row_text(after, 0, 0));
	good(migrate_run(db, arena, "schema", NULL));
}

/* --- the splitter --- */

static void
files_are_split_at_semicolons_that_end_a_line(void **state)
{
	struct schema_file *files;

	(void)state;
	write_sql("0001_first.sql", first_file);
	write_sql("README.md", "no SQL");
	good(read_files(arena, folder, 1, &files));
	assert_int_equal(files[0].count, 5);
	assert_int_equal(strncmp(files[0].steps[0].text, "CREATE TABLE meta (\n  name", 26), 0);
	assert_string_equal(files[0].steps[1].text,
	    "CREATE TABLE b (id INT PRIMARY KEY, word VARCHAR(20) DEFAULT 'a;b') ENGINE=InnoDB");
	assert_string_equal(files[0].steps[4].text, "UPDATE b\n   SET id = id + 10");
	good(to(1));
	assert_int_equal(said, 5);
	assert_int_equal(number("SELECT SUM(id) FROM b"), 23);
	good(to(1));
	assert_int_equal(said, 0);
	assert_int_equal(number("SELECT SUM(id) FROM b"), 23);
}

static void
files_that_cannot_be_right_are_refused(void **state)
{
	(void)state;
	bad(migrate_to(db, arena, "/nowhere", 1, say), PROBLEM_INTERNAL, "/nowhere");
	bad(to(1), PROBLEM_INTERNAL, "no file 0001_");
	write_sql("0001_first.sql", "CREATE TABLE meta (name VARCHAR(64) PRIMARY KEY)\n");
	bad(to(1), PROBLEM_INTERNAL, "semicolon");
	write_sql("0001_first.sql", first_file);
	write_sql("0001_second.sql", first_file);
	bad(to(1), PROBLEM_INTERNAL, "two files");
	unlink(arena_printf(arena, "%s/0001_second.sql", folder));
	write_sql("0003_third.sql", "CREATE TABLE d (id INT);\n");
	bad(to(3), PROBLEM_INTERNAL, "no file 0002_");
	bad(to(2), PROBLEM_INTERNAL, "newer than this program");
	write_sql("3_third.sql", "CREATE TABLE d (id INT);\n");
	bad(to(3), PROBLEM_INTERNAL, "NNNN_name.sql");
	assert_int_equal(version(), 0);
}

/* --- going on --- */

static void
a_later_file_is_added_to_an_earlier_one(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	good(to(1));
	assert_int_equal(version(), 1);
	write_sql("0002_second.sql",
	    "ALTER TABLE c ADD COLUMN word VARCHAR(20) NULL;\nINSERT INTO c (id, word) VALUES (1, 'one');\n");
	good(to(2));
	assert_int_equal(said, 2);
	assert_int_equal(version(), 2);
}

static void
a_comment_may_change_and_a_statement_may_not(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	good(to(1));
	write_sql("0001_first.sql", arena_printf(arena, "-- A better word.\n%s", first_file));
	good(to(1));
	write_sql("0001_first.sql", arena_printf(arena, "%sCREATE TABLE late (id INT);\n", first_file));
	bad(to(1), PROBLEM_INTERNAL, "changed after it was applied");
	assert_int_equal(said, 0);
}

static void
a_newer_database_is_left_alone(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	write_sql("0002_second.sql", "CREATE TABLE d (id INT);\n");
	good(to(2));
	unlink(arena_printf(arena, "%s/0002_second.sql", folder));
	bad(to(1), PROBLEM_INTERNAL, "the database has schema 2");
	assert_int_equal(version(), 2);
}

static void
a_statement_that_fails_stops_and_is_tried_again(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	write_sql("0002_second.sql", "CREATE TABLE d (id INT);\nCREATE TABLE c (id INT);\nCREATE TABLE e (id INT);\n");
	bad(to(2), PROBLEM_INTERNAL, "0002_second.sql, statement 2 of 3: database error 1050");
	assert_int_equal(version(), 1);
	bad(to(2), PROBLEM_INTERNAL, "1050");
	assert_int_equal(said, 1);
	write_sql("0002_second.sql", "CREATE TABLE d (id INT);\nCREATE TABLE c2 (id INT);\nCREATE TABLE e (id INT);\n");
	good(to(2));
	assert_int_equal(said, 2);
	assert_int_equal(version(), 2);
}

static void
rows_that_cannot_be_changed_leave_no_trace(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	write_sql("0002_second.sql", "INSERT INTO b (id) VALUES (20), (11);\n");
	bad(to(2), PROBLEM_INTERNAL, "1062");
	assert_int_equal(number("SELECT COUNT(*) FROM b"), 2);
	bad(to(2), PROBLEM_INTERNAL, "1062");
	run_sql("DELETE FROM b WHERE id = 11");
	good(to(2));
	assert_int_equal(number("SELECT COUNT(*) FROM b"), 3);
}

/* The run died after the server had made the table and before the mark; or before the server had made it. */
static void
a_migration_that_died_in_a_statement_continues_there(void **state)
{
	static const char forget[] = "DELETE FROM migration WHERE statement = 0 OR statement > 4";

	(void)state;
	write_sql("0001_first.sql", first_file);
	good(to(1));
	run_sql(forget);
	run_sql("UPDATE migration SET at = NULL WHERE statement = 4");
	assert_int_equal(version(), 0);
	good(to(1));
	assert_int_equal(said, 2);
	assert_int_equal(number("SELECT SUM(id) FROM b"), 43);
	run_sql(forget);
	run_sql("UPDATE migration SET at = NULL WHERE statement = 4");
	run_sql("DROP TABLE c");
	good(to(1));
	assert_int_equal(version(), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM c"), 0);
}

static void
an_existing_table_is_an_error_where_no_run_died(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	run_sql("CREATE TABLE c (other INT)");
	bad(to(1), PROBLEM_INTERNAL, "1050");
	bad(to(1), PROBLEM_INTERNAL, "1050");
	assert_int_equal(version(), 0);
}

static void
kill_server(void)
{
	mariadb_end(&server, SIGKILL);
}

static void
a_server_that_dies_on_the_way_costs_another_run(void **state)
{
	static const char *const moments[] = { "1 of 5", "3 of 5", "4 of 5", "5 of 5" };

	(void)state;
	write_sql("0001_first.sql", first_file);
	act = kill_server;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		moment = moments[i];
		bad(to(1), PROBLEM_UNAVAILABLE, moments[i][0] == '1' ? "statement 1 of 5" : "goes on here");
		assert_int_equal(mariadb_launch(&server), 0);
	}
	good(to(1));
	assert_int_equal(said, 1);
	assert_int_equal(version(), 1);
	assert_int_equal(number("SELECT SUM(id) FROM b"), 23);
}

/* --- alone --- */

static void
kill_connection(void)
{
	good(db_execute(other, arena,
	    "BEGIN NOT ATOMIC"
	    "  DECLARE holder INT DEFAULT IS_USED_LOCK(" LOCK ");"
	    "  KILL CONNECTION holder;"
	    " END"));
}

static void
without_the_lock_nothing_goes_on(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	act = kill_connection;
	moment = "2 of 5";
	bad(to(1), PROBLEM_INTERNAL, "the connection that held the lock");
	assert_int_equal(number("SELECT COUNT(*) FROM information_schema.tables"
	    " WHERE table_schema = 'daybook' AND table_name = 'b'"), 0);
	good(to(1));
	assert_int_equal(said, 4);
}

static void
two_do_not_migrate_at_once(void **state)
{
	(void)state;
	write_sql("0001_first.sql", first_file);
	good(db_execute(other, arena, "DO GET_LOCK(" LOCK ", 0)"));
	bad(to(1), PROBLEM_INTERNAL, "another daybookctl migrate");
	assert_int_equal(version(), 0);
	good(db_execute(other, arena, "DO RELEASE_ALL_LOCKS()"));
	good(to(1));
	good(db_execute(other, arena, "DO GET_LOCK(" LOCK ", 5)"));
	assert_int_equal(
	    number("SELECT IS_USED_LOCK(" LOCK ") <> CONNECTION_ID()"), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_database_gets_the_shipped_schema),
		TEST(only_columns_of_ids_have_the_types_of_ids),
		TEST(migrating_twice_does_nothing),
		TEST(files_are_split_at_semicolons_that_end_a_line),
		TEST(files_that_cannot_be_right_are_refused),
		TEST(a_later_file_is_added_to_an_earlier_one),
		TEST(a_comment_may_change_and_a_statement_may_not),
		TEST(a_newer_database_is_left_alone),
		TEST(a_statement_that_fails_stops_and_is_tried_again),
		TEST(rows_that_cannot_be_changed_leave_no_trace),
		TEST(a_migration_that_died_in_a_statement_continues_there),
		TEST(an_existing_table_is_an_error_where_no_run_died),
		TEST(a_server_that_dies_on_the_way_costs_another_run),
		TEST(without_the_lock_nothing_goes_on),
		TEST(two_do_not_migrate_at_once),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
