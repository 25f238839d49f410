/* ctl_routes.c -- daybookctl routes: the table of the API as text. */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "routes.h"

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
