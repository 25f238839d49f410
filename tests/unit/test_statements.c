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

/* Whether text has name as a word of its own before `end`. */
static bool
names_before(const char *text, const char *name, const char *end)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyz_0123456789.";
	size_t length = strlen(name);

	for (const char *at = text; (at = strstr(at, name)) != NULL && (end == NULL || at < end); at++)
		if (at > text && strchr(word, at[-1]) == NULL &&
		    (at[length] == '\0' || strchr(word, at[length]) == NULL))
			return true;
	return false;
}

/* Where the tables that a statement writes have all been named. */
static const char *
end_of_targets(const char *text)
{
	static const char *const ends[] = { " SET ", " (", " WHERE ", " SELECT " };
	const char *end = NULL;

	if (strncmp(text, "UPDATE", 6) == 0)
		return strstr(text, " SET ");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *at = strstr(text, ends[i]);

		if (at != NULL && (end == NULL || at < end))
			end = at;
	}
	return end;
}

/* A forgotten one would let people in who were sent away: lib/host/README.md. */
static void
a_statement_that_writes_what_lets_people_in_says_whose(void **state)
{
	static const char *const guarded[] = {
		"meta", "user", "identity", "session", "member", "space", "pin", "handheld"
	};
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		const struct statement *s = &statements[i];
		bool writes = strncmp(s->text, "INSERT", 6) == 0 || strncmp(s->text, "UPDATE", 6) == 0 ||
		    strncmp(s->text, "DELETE", 6) == 0 || strncmp(s->text, "REPLACE", 7) == 0;

		for (size_t t = 0; writes && t < sizeof(guarded) / sizeof(guarded[0]); t++) {
			if (!names_before(s->text, guarded[t], end_of_targets(s->text)))
				continue;
			if (!s->whose.declared)
				fail_msg("%s writes %s: it must be a CHANGE", s->name, guarded[t]);
			found++;
		}
		if (s->whose.declared && !writes)
			fail_msg("%s is a CHANGE and writes nothing", s->name);
	}
	assert_true(found > 50);
}

/* The places that a CHANGE names are parameters that hold ids. */
static void
the_places_of_a_change_are_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		const struct whose *whose = &statements[i].whose;
		size_t parameters = 0;

		for (const char *at = statements[i].text; (at = strchr(at, '?')) != NULL; at++)
			parameters++;
		if (whose->user > parameters || whose->space > parameters || whose->session > parameters ||
		    whose->head > parameters)
			fail_msg("%s", statements[i].name);
		if (whose->declared)
			assert_ptr_equal(statement_whose(statements[i].text), whose);
	}
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
		cmocka_unit_test(a_statement_that_writes_what_lets_people_in_says_whose),
		cmocka_unit_test(the_places_of_a_change_are_parameters),
		cmocka_unit_test(the_server_takes_every_statement_with_its_columns),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
