/* ctl_print.c -- what is built in, as text: settings, the API, the statements.  The committed deploy/daybook.conf.example and
 * tests/unit/statements.txt are such prints, so that a change of them is seen in review. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "routes.h"
#include "statement.h"

int
ctl_settings(struct worker *w, int argc, char **argv)
{
	(void)w;
	(void)argv;
	if (argc != 1)
		return ctl_usage("settings");
	config_print(stdout);
	return CTL_OK;
}

static const char *
role_wanted(const struct route *route)
{
	return route->role == ROLE_NONE ? "" : role_names[route->role];
}

static void
print_markdown(void)
{
	size_t i;

	puts("| method | path | token | role | body | what |\n|---|---|---|---|---|---|");
	for (i = 0; i < route_count; i++) {
		const struct route *route = &routes[i];

		printf("| %s | %s | %s | %s | %s | %s |\n", route->method, route->pattern, access_names[route->access],
		    role_wanted(route), route->input == INPUT_NONE ? "" : input_names[route->input], route->what);
	}
	puts("\nGET answers HEAD too.  Routes whose token is read, write, admin or any may stand behind /api/spaces/:space, which names the\n"
	     "space; without it, the token's own space is meant.");
}

/* None of these texts needs an escape. */
static void
print_json(void)
{
	size_t i;

	puts("[");
	for (i = 0; i < route_count; i++) {
		const struct route *route = &routes[i];

		printf("  {\"method\":\"%s\",\"pattern\":\"%s\",\"access\":\"%s\",\"role\":\"%s\",\"input\":\"%s\"}%s\n", route->method,
		    route->pattern, access_names[route->access], role_names[route->role], input_names[route->input],
		    i + 1 < route_count ? "," : "");
	}
	puts("]");
}

int
ctl_routes(struct worker *w, int argc, char **argv)
{
	(void)w;
	if (argc == 2 && strcmp(argv[1], "--json") == 0)
		print_json();
	else if (argc == 1)
		print_markdown();
	else
		return ctl_usage("routes [--json]");
	return CTL_OK;
}

/* A line of its own begins, as in the source, after several spaces and before the words that stand after one. */
static bool
begins_line(const char *text, size_t spaces, int depth)
{
	static const char *const words[] = { "WHERE ", "VALUES ", "ORDER BY ", "GROUP BY ", "HAVING ", "LIMIT ", "ON DUPLICATE ", NULL };
	size_t i;

	if (spaces != 1 || depth > 0)
		return spaces > 1;
	for (i = 0; words[i] != NULL; i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void
print_statement(const struct statement *statement)
{
	const char *text = statement->text;
	int depth = 0;

	printf("%s\n\t", statement->name);
	while (*text != '\0') {
		size_t spaces = strspn(text, " ");

		text += spaces;
		if (begins_line(text, spaces, depth))
			fputs("\n\t", stdout);
		printf("%*s", (int)spaces, "");
		for (; *text != '\0' && *text != ' '; text++) {
			depth += (*text == '(') - (*text == ')');
			putchar(*text);
		}
	}
	puts("\n");
}

int
ctl_statements(struct worker *w, int argc, char **argv)
{
	size_t i;

	(void)w;
	(void)argv;
	if (argc != 1)
		return ctl_usage("statements");
	for (i = 0; i < STATEMENT_COUNT; i++)
		print_statement(&statements[i]);
	return CTL_OK;
}
