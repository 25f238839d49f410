/* The statements: their print is the committed one, and the server takes each of them on the schema as shipped, with
 * as many columns as have names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/ctl.h"
#include "mariadb.h"
#include "store/migrate.h"

static struct mariadb server;

static int
start_server(void **state)
{
	(void)state;
	return mariadb_start(&server);
}

static int
stop_server(void **state)
{
	(void)state;
	mariadb_stop(&server);
	return 0;
}

/* The whole file, NUL-terminated; the caller frees it. */
static char *
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (file == NULL)
		fail_msg("%s cannot be read", path);
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("%s is empty", path);
	fclose(file);
	return text;
}

/* Point at the first line that differs. */
static void
assert_same_lines(const char *printed, const char *committed)
{
	const char *line = printed;

	for (; *printed != '\0' && *printed == *committed; printed++, committed++)
		if (*printed == '\n')
			line = printed + 1;
	if (*printed != *committed)
		fail_msg("tests/unit/statements.txt differs at: %.*s\nIf the change is meant: "
		    "daybookctl statements > tests/unit/statements.txt", (int)strcspn(line, "\n"), line);
}

static void
the_committed_print_is_up_to_date(void **state)
{
	char *committed = read_file("tests/unit/statements.txt"), *printed;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	(void)state;
	ctl_print_statements(out);
	fclose(out);
	assert_same_lines(printed, committed);
	free(printed);
	free(committed);
}

static void
statements_are_one_and_closed(void **state)
{
	struct arena *a = arena_new();
	struct statement statement;

	(void)state;
	for (size_t i = 0; ctl_statement(a, i, &statement); i++) {
		int depth = 0, quotes = 0;

		assert_non_null(statement.text);
		for (const char *at = statement.text; *at != '\0'; at++) {
			quotes += *at == '\'';
			depth += (*at == '(') - (*at == ')');
			if (*at == ';' || *at == '\t' || *at == '\n' || depth < 0)
				fail_msg("%s", statement.name);
		}
		if (depth != 0 || quotes % 2 != 0)
			fail_msg("%s", statement.name);
	}
	arena_free(a);
}

static void
no_two_statements_share_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		for (size_t j = i + 1; j < STATEMENT_COUNT; j++)
			assert_string_not_equal(statements[i].name, statements[j].name);
}

static void
say_nothing(const char *line)
{
	(void)line;
}

static void
the_server_takes_every_statement_with_its_columns(void **state)
{
	size_t columns;
	struct arena *a = arena_new();
	struct db *db = db_new(&server.settings);
	struct problem *p = migrate_run(db, a, "schema", say_nothing);
	struct statement statement;

	(void)state;
	if (p != NULL)
		fail_msg("%s", p->cause);
	for (size_t i = 0; ctl_statement(a, i, &statement); i++) {
		if ((p = db_check(db, a, statement.text, &columns)) != NULL)
			fail_msg("%s: %s", statement.name, p->cause);
		if (columns != statement.columns)
			fail_msg("%s reads %zu columns; %zu have names", statement.name, columns, statement.columns);
	}
	db_free(db);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_committed_print_is_up_to_date),
		cmocka_unit_test(statements_are_one_and_closed),
		cmocka_unit_test(no_two_statements_share_a_name),
		cmocka_unit_test(the_server_takes_every_statement_with_its_columns),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
