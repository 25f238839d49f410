/* What the database's users may do: every table has its row in lib/store/grants.c, a worker can send all of its
 * statements and has no right that none of them needs, the admin can do the rest, and what a user has beyond that is
 * seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ctl/ctl.h"
#include "database.h"
#include "scratch.h"
#include "store/grants.h"
#include "store/migrate.h"
#include "store/then_table.h"

static const struct grantee clerk = { "clerk", "localhost" }, boss = { "boss", "localhost" };
static struct db_settings as_clerk, as_boss;

/* Run the GRANTs of a text, one a line. */
static void
run_lines(struct db *by, char *text)
{
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		line[strlen(line) - 1] = '\0';
		good(db_execute(by, arena, line));
	}
}

static struct db_settings
as(const char *user)
{
	struct db_settings settings = server.settings;

	settings.user = user;
	return settings;
}

static void
give(void (*grants)(struct buf *sql, const char *database, const struct grantee *user), const struct grantee *user)
{
	struct buf sql;

	buf_init(&sql, arena);
	grants(&sql, "daybook", user);
	run_lines(db, sql.text);
}

/* The tables are made once; the users are new for each test. */
static int
start_with_tables(void **state)
{
	if (start_all(state) != 0)
		return -1;
	open_schema();
	return close_all(state);
}

static int
open_users(void **state)
{
	(void)state;
	arena = arena_new();
	db = db_new(&server.settings);
	run_sql("CREATE OR REPLACE USER clerk@localhost");
	run_sql("CREATE OR REPLACE USER boss@localhost");
	give(grants_worker, &clerk);
	give(grants_admin, &boss);
	as_clerk = as("clerk");
	as_boss = as("boss");
	other = db_new(&as_clerk);
	return 0;
}

static const struct table_rights *
rights_of(const char *table)
{
	for (size_t i = 0; i < worker_rights_count; i++)
		if (strcmp(worker_rights[i].table, table) == 0)
			return &worker_rights[i];
	return NULL;
}

static void
every_table_has_its_rights(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'daybook'"
	    " AND table_type = 'BASE TABLE'", NULL, 0, &rows));
	for (size_t i = 0; i < rows->count; i++)
		if (rights_of(row_text(rows, i, 0)) == NULL)
			fail_msg("the table %s has no row in lib/store/grants.c", row_text(rows, i, 0));
	assert_int_equal(rows->count, worker_rights_count);
}

static void
to_the_audit_a_worker_only_adds(void **state)
{
	(void)state;
	assert_string_equal(rights_text(arena, rights_of("audit")->rights), "SELECT, INSERT");
	is_problem(db_execute(other, arena, "UPDATE audit SET changes = NULL"), PROBLEM_INTERNAL);
	assert_true(db_was_denied(other));
	is_problem(db_execute(other, arena, "DELETE FROM audit"), PROBLEM_INTERNAL);
	assert_true(db_was_denied(other));
	is_problem(db_execute(other, arena, "TRUNCATE TABLE audit"), PROBLEM_INTERNAL);
	assert_true(db_was_denied(other));
	is_problem(db_execute(other, arena, "ALTER TABLE audit ADD COLUMN more INT"), PROBLEM_INTERNAL);
	assert_true(db_was_denied(other));
}

/* The statement at index i, if requests send it and it names the table (NULL: any). */
static const char *
workers_statement(size_t i, const char *table, bool *more)
{
	struct statement statement;

	*more = ctl_statement(arena, i, &statement);
	if (!*more || (i < STATEMENT_COUNT && statement_is_admins((enum statement_id)i)) ||
	    (table != NULL && strstr(statement.text, table) == NULL))
		return NULL;
	return statement.text;
}

static void
a_worker_can_send_its_statements(void **state)
{
	bool more = true;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; more; i++) {
		const char *text = workers_statement(i, NULL, &more);

		if (text != NULL)
			good(db_check(other, arena, text, NULL));
		count += text != NULL;
	}
	assert_true(count > 150);
}

/* Whether a worker still can prepare all statements that name the table. */
static bool
nothing_is_denied(const char *table)
{
	bool more = true;

	for (size_t i = 0; more; i++) {
		const char *text = workers_statement(i, table, &more);

		if (text != NULL && db_check(other, arena, text, NULL) != NULL && db_was_denied(other))
			return false;
	}
	return true;
}

static void
a_worker_has_no_right_that_it_does_not_need(void **state)
{
	(void)state;
	for (size_t i = 0; i < worker_rights_count; i++) {
		const struct table_rights *row = &worker_rights[i];

		for (int right = 0; right < RIGHT_COUNT; right++) {
			const char *name = rights_text(arena, row->rights & RIGHT_BIT(right));

			if ((row->rights & RIGHT_BIT(right)) == 0)
				continue;
			run_sql(arena_printf(arena, "REVOKE %s ON daybook.%s FROM clerk@localhost", name, row->table));
			if (nothing_is_denied(row->table))
				fail_msg("no statement of a worker needs %s on %s", name, row->table);
			run_sql(arena_printf(arena, "GRANT %s ON daybook.%s TO clerk@localhost", name, row->table));
		}
	}
}

/* Who looks back makes tables of their own connection, and none that others see. */
static void
a_worker_makes_temporary_tables_and_no_others(void **state)
{
	(void)state;
	good(db_execute(other, arena, then_texts[THEN_MAKE]));
	good(db_execute(other, arena, then_texts[THEN_NOTE]));
	good(db_check(other, arena, then_texts[THEN_COPY], NULL));
	good(db_check(other, arena, then_texts[THEN_COPY_DELETED], NULL));
	good(db_check(other, arena, then_texts[THEN_FIND], NULL));
	good(db_check(other, arena, then_texts[THEN_PAGE], NULL));
	good(db_check(other, arena, then_texts[THEN_WRITES], NULL));
	good(db_check(other, arena, then_texts[THEN_ADD], NULL));
	good(db_execute(other, arena, then_texts[THEN_DROP]));
	is_problem(db_execute(other, arena, "CREATE TABLE more (id INT)"), PROBLEM_INTERNAL);
	assert_true(db_was_denied(other));
	run_sql("REVOKE CREATE TEMPORARY TABLES ON daybook.* FROM clerk@localhost");
	db_free(other);
	other = db_new(&as_clerk);
	is_problem(db_execute(other, arena, then_texts[THEN_MAKE]), PROBLEM_INTERNAL);
	assert_true(db_was_denied(other));
}

static struct grants_seen
seen_of_clerk(void)
{
	struct grants_seen seen;

	good(grants_look(other, arena, "daybook", &seen));
	return seen;
}

static void
a_worker_with_its_rights_lacks_nothing_and_has_nothing_beyond(void **state)
{
	struct grants_seen seen = seen_of_clerk();

	(void)state;
	assert_null(seen.lacks);
	assert_null(seen.beyond);
	assert_null(seen.revoke);
}

static void
a_missing_right_is_seen(void **state)
{
	(void)state;
	run_sql("REVOKE DELETE ON daybook.member FROM clerk@localhost");
	run_sql("REVOKE SELECT, INSERT ON daybook.op FROM clerk@localhost");
	run_sql("REVOKE CREATE TEMPORARY TABLES ON daybook.* FROM clerk@localhost");
	assert_string_equal(seen_of_clerk().lacks,
	    "DELETE on member; SELECT, INSERT on op; CREATE TEMPORARY TABLES");
}

static void
a_right_too_much_is_seen_with_the_statement_that_takes_it_away(void **state)
{
	static const struct {
		const char *grant, *beyond;
	} cases[] = {
		{ "GRANT UPDATE, DELETE ON daybook.audit TO clerk@localhost", "UPDATE, DELETE on audit" },
		{ "GRANT CREATE ON daybook.* TO clerk@localhost", "CREATE on `daybook`.*" },
		{ "GRANT SELECT, INSERT, UPDATE ON `day%`.* TO clerk@localhost",
		    "SELECT, INSERT, UPDATE on `day%`.*" },
		{ "GRANT ALL ON *.* TO clerk@localhost", "ALL PRIVILEGES on *.*" },
		{ "GRANT DROP ON daybook.audit TO clerk@localhost",
		    "SELECT, INSERT, DROP on `daybook`.`audit`" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct grants_seen seen;

		run_sql(cases[i].grant);
		db_free(other);
		other = db_new(&as_clerk);
		seen = seen_of_clerk();
		assert_non_null(seen.beyond);
		assert_string_equal(seen.beyond, cases[i].beyond);
		run_sql(seen.revoke);
		give(grants_worker, &clerk);
		db_free(other);
		other = db_new(&as_clerk);
		assert_null(seen_of_clerk().beyond);
	}
}

static void
rights_in_other_databases_do_not_matter(void **state)
{
	(void)state;
	run_sql("GRANT ALL ON `day\\_book`.* TO clerk@localhost");
	run_sql("GRANT ALL ON `daybooks`.* TO clerk@localhost");
	assert_null(seen_of_clerk().beyond);
}

static void
empty_database(void)
{
	run_sql("DROP DATABASE daybook");
	run_sql("CREATE DATABASE daybook CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	run_sql("USE daybook");
}

/* Everything the admin does; at last with an empty database. */
static struct problem *
be_admin(struct db *admin)
{
	struct statement statement;
	struct buf view;
	struct problem *p;

	buf_init(&view, arena);
	statement_view(&view, "things", NULL, 0);
	for (size_t i = 0; ctl_statement(arena, i, &statement); i++)
		if ((p = db_check(admin, arena, statement.text, NULL)) != NULL)
			return p;
	if ((p = db_execute(admin, arena, view.text)) != NULL)
		return p;
	empty_database();
	if ((p = migrate_run(admin, arena, "schema", NULL)) == NULL)
		return NULL;
	empty_database();
	good(migrate_run(db, arena, "schema", NULL));
	return p;
}

static void
the_admin_can_migrate_and_has_no_right_that_it_does_not_need(void **state)
{
	const char *lacks;
	struct db *admin;

	(void)state;
	for (const char *at = admin_rights; *at != '\0'; at += strspn(at, ", ")) {
		const char *word = arena_strndup(arena, at, strcspn(at, ","));

		run_sql(arena_printf(arena, "REVOKE %s ON daybook.* FROM boss@localhost", word));
		admin = db_new(&as_boss);
		good(grants_look_admin(admin, arena, "daybook", &lacks));
		assert_string_equal(lacks, word);
		if (be_admin(admin) == NULL)
			fail_msg("the admin does not need %s", word);
		db_free(admin);
		give(grants_admin, &boss);
		at += strlen(word);
	}
	admin = db_new(&as_boss);
	good(be_admin(admin));
	good(grants_look_admin(admin, arena, "daybook", &lacks));
	assert_null(lacks);
	db_free(admin);
}

static void
names_are_quoted(void **state)
{
	const struct grantee user = { "it's", "10.0.%" };
	struct buf sql;

	(void)state;
	buf_init(&sql, arena);
	grants_admin(&sql, "a_b`c", &user);
	assert_non_null(strstr(sql.text, " ON `a\\_b``c`.* TO 'it''s'@'10.0.%';\n"));
	buf_clear(&sql);
	grants_worker(&sql, "a_b", &user);
	assert_non_null(strstr(sql.text, "GRANT SELECT, INSERT ON `a_b`.`audit` TO 'it''s'@'10.0.%';\n"));
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, open_users, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		A_TEST(every_table_has_its_rights),
		A_TEST(to_the_audit_a_worker_only_adds),
		A_TEST(a_worker_can_send_its_statements),
		A_TEST(a_worker_makes_temporary_tables_and_no_others),
		A_TEST(a_worker_has_no_right_that_it_does_not_need),
		A_TEST(a_worker_with_its_rights_lacks_nothing_and_has_nothing_beyond),
		A_TEST(a_missing_right_is_seen),
		A_TEST(a_right_too_much_is_seen_with_the_statement_that_takes_it_away),
		A_TEST(rights_in_other_databases_do_not_matter),
		A_TEST(the_admin_can_migrate_and_has_no_right_that_it_does_not_need),
		A_TEST(names_are_quoted),
	};

	return cmocka_run_group_tests(tests, start_with_tables, stop_all);
}
