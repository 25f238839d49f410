/* ctl_routes.c -- daybookctl routes: the table of the API as text. */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "ctl/ctl.h"
#include "http/member.h"
#include "routes.h"

/* --- for people --- */

static const char *
role_wanted(const struct route *route)
{
	return route->role == ROLE_NONE ? "" : role_names[route->role];
}

/* Print the members of a route: required ones are bold, parameters of the query begin with "?". */
static void
print_members(const struct member *m)
{
	for (; m->name != NULL; m++) {
		const char *bold = m->required != NULL ? "**" : "";

		if (m->in != IN_HEADER && strcmp(m->name, "*") != 0)
			printf(" %s%s%s%s", bold, m->in == IN_QUERY ? "?" : "", m->name, bold);
	}
}

static void
print_markdown(void)
{
	puts("| method | path | token | role | turns | body | takes | what |\n|---|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < route_count; i++) {
		const struct route *route = &routes[i];

		printf("| %s | %s | %s | %s | %s | %s |", route->method, route->pattern, access_names[route->access],
		    role_wanted(route), turn_classes[route->turns].name,
		    route->input == INPUT_NONE ? "" : input_names[route->input]);
		print_members(route->takes);
		printf(" | %s |\n", route->what);
	}
	puts("\n"
	    "Required members are bold, parameters of the query begin with ?; --json has all of it.  "
	    "GET answers HEAD too.\n"
	    "The path of a route whose token is read, write, admin or any may begin with /api/spaces/:space "
	    "in place of /api,\n"
	    "which names the space; without it, the token's own space is meant.");
}

/* --- for programs --- */

static void
put_choices(struct json_out *out, const char *words)
{
	put_array(out, "choices");
	while (*words != '\0') {
		size_t length = strcspn(words, " ");

		json_quote_n(put_value(out, NULL), words, length);
		words += length + (words[length] == ' ');
	}
	put_end(out);
}

/* Put the bounds of a number, or of the length of a text in bytes. */
static void
put_bounds(struct json_out *out, const struct member *m)
{
	if (m->type != TYPE_INTEGER && m->type != TYPE_TEXT)
		return;
	if (m->min != 0 || m->max != 0)
		put_integer(out, "min", m->min);
	if (m->max != 0)
		put_integer(out, "max", m->max);
	if (m->otherwise != 0)
		put_integer(out, "otherwise", m->otherwise);
}

static void
put_member(struct json_out *out, const struct member *m)
{
	put_object(out, NULL);
	put_text(out, "name", m->name);
	put_text(out, "in", place_names[m->in]);
	put_text(out, "type", member_type_names[m->type]);
	put_boolean(out, "required", m->required != NULL);
	if (m->choices != NULL)
		put_choices(out, m->choices);
	put_bounds(out, m);
	if (m->null == NULL_IS_GIVEN)
		put_boolean(out, "nullable", true);
	if (m->or_device)
		put_text(out, "orHeader", "X-Device-Id");
	put_text(out, "about", m->about);
	put_end(out);
}

static void
put_route(struct json_out *out, const struct route *route)
{
	put_object(out, NULL);
	put_text(out, "method", route->method);
	put_text(out, "pattern", route->pattern);
	put_text(out, "access", access_names[route->access]);
	put_text(out, "role", role_names[route->role]);
	put_text(out, "turns", turn_classes[route->turns].name);
	put_text(out, "input", input_names[route->input]);
	put_text(out, "what", route->what);
	put_array(out, "takes");
	for (const struct member *m = route->takes; m->name != NULL; m++)
		put_member(out, m);
	put_end(out);
	put_end(out);
}

/* Print one JSON object for each route, on a line of its own. */
static void
print_json(struct arena *a)
{
	struct json_out out;
	struct buf text;

	for (size_t i = 0; i < route_count; i++) {
		buf_init(&text, a);
		json_out_start(&out, &text);
		put_route(&out, &routes[i]);
		printf("%s\n  %s", i == 0 ? "[" : ",", text.text);
	}
	puts("\n]");
}

int
ctl_routes(struct worker *w, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--json") == 0)
		print_json(w->life);
	else if (argc == 1)
		print_markdown();
	else
		return ctl_usage("routes [--json]");
	return CTL_OK;
}
