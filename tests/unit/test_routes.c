/* The route table: which row a path finds, and what the table must be like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/member.h"
#include "routes.h"
#include "stage.h"

static struct request *
find(const char *method, const char *path, enum problem_kind *kind)
{
	struct request *r = stage_request(&stage, method, path);
	struct problem *p = request_read(r);

	if (p == NULL)
		p = route_find(r);
	*kind = p != NULL ? p->kind : PROBLEM_COUNT;
	return r;
}

static void
assert_route(const char *method, const char *path, const char *pattern)
{
	enum problem_kind kind;
	struct request *r = find(method, path, &kind);

	if (kind != PROBLEM_COUNT || strcmp(r->route->pattern, pattern) != 0)
		fail_msg("%s %s finds %s",
		    method, path, kind == PROBLEM_COUNT ? r->route->pattern : problem_kinds[kind].title);
}

static void
assert_refused(const char *method, const char *path, enum problem_kind expected)
{
	enum problem_kind kind;

	find(method, path, &kind);
	if (kind != expected)
		fail_msg("%s %s", method, path);
}

static void
fixed_words_come_before_names(void **state)
{
	(void)state;
	assert_route("GET", "/api/spaces", "/api/spaces");
	assert_route("GET", "/api/auth/me", "/api/auth/me");
	assert_route("DELETE", "/api/auth/sessions/s1", "/api/auth/sessions/:id");
	assert_route("GET", "/api/tasks", "/api/:collection");
	assert_route("POST", "/api/tasks/import", "/api/:collection/import");
	assert_route("GET", "/api/tasks/export", "/api/:collection/export");
	assert_route("GET", "/api/tasks/t1", "/api/:collection/:id");
	assert_route("GET", "/api/tasks/t1/history", "/api/:collection/:id/history");
	assert_route("POST", "/api/tasks/t1/restore", "/api/:collection/:id/restore");
	assert_refused("GET", "/api/tasks/import", PROBLEM_METHOD_NOT_ALLOWED);
	assert_refused("DELETE", "/api/tasks/export", PROBLEM_METHOD_NOT_ALLOWED);
	assert_refused("POST", "/api/sync/changes", PROBLEM_METHOD_NOT_ALLOWED);
}

static void
what_is_not_listed_is_not_there(void **state)
{
	static const char *const paths[] = {
		"/api", "/api/nothing", "/api/auth", "/api/auth/nothing", "/api/nothing/t1", "/api/tasks/t1/x",
		"/api/tasks/t1/history/x", "/api/Tasks", "/tasks", "/x/tasks", "/api/tasks/-t1", "/api/tasks/a%20b",
		"/api/sync", "/api/collections/x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_refused("GET", paths[i], PROBLEM_NOT_FOUND);
}

static void
names_in_a_pattern_get_their_values(void **state)
{
	enum problem_kind kind;
	struct request *r = find("GET", "/api/tasks/water%3aplants/history", &kind);

	(void)state;
	assert_int_equal(kind, PROBLEM_COUNT);
	assert_string_equal(r->collection->name, "tasks");
	assert_string_equal(r->record_id, "water:plants");
	assert_string_equal(r->params[0], "tasks");
	assert_string_equal(r->params[1], "water:plants");
	r = find("DELETE", "/api/auth/tokens/t9", &kind);
	assert_null(r->collection);
	assert_null(r->record_id);
	assert_string_equal(r->params[0], "t9");
}

static void
put_and_patch_are_one(void **state)
{
	enum problem_kind kind;

	(void)state;
	assert_ptr_equal(find("PUT", "/api/cars/17", &kind)->route->run,
	    find("PATCH", "/api/cars/17", &kind)->route->run);
}

static void
a_space_in_front_is_taken_off(void **state)
{
	enum problem_kind kind;
	struct request *r = find("GET", "/api/spaces/0190-s/tasks/t1", &kind);

	(void)state;
	assert_int_equal(kind, PROBLEM_COUNT);
	assert_string_equal(r->space, "0190-s");
	assert_string_equal(r->path, "/api/tasks/t1");
	assert_string_equal(r->route->pattern, "/api/:collection/:id");
	r = find("GET", "/api/spaces/0190-s/sync/changes", &kind);
	assert_int_equal(kind, PROBLEM_COUNT);
	assert_string_equal(r->space, "0190-s");
	assert_null(find("GET", "/api/tasks", &kind)->space);
}

static void
a_space_can_be_named_by_itself(void **state)
{
	enum problem_kind kind;

	(void)state;
	assert_string_equal(find("GET", "/api/spaces/s1", &kind)->space, "s1");
	assert_string_equal(find("GET", "/api/spaces/s1/members/m1", &kind)->space, "s1");
	assert_null(find("POST", "/api/spaces/s1/restore", &kind)->space);
}

static void
only_routes_of_spaces_may_begin_with_a_space(void **state)
{
	static const char *const paths[] = {
		"/api/spaces/s1/auth/me", "/api/spaces/s1/health", "/api/spaces/s1/devices", "/api/spaces/s1/spaces",
		"/api/spaces/s1/spaces/s2/tasks", "/api/spaces/s1/nothing", "/api/spaces/-s1/tasks",
		"/api/spaces/s%201/tasks", "/api/spaces/s1/spaces/s2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_refused("GET", paths[i], PROBLEM_NOT_FOUND);
}

/* --- the table itself --- */

static void
no_route_is_listed_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < route_count; i++)
		for (size_t j = i + 1; j < route_count; j++)
			if (strcmp(routes[i].method, routes[j].method) == 0 &&
			    strcmp(routes[i].pattern, routes[j].pattern) == 0)
				fail_msg("%s %s", routes[i].method, routes[i].pattern);
}

static void
what_changes_a_space_needs_a_token_that_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < route_count; i++) {
		const struct route *route = &routes[i];
		bool get = strcmp(route->method, "GET") == 0;

		if (strstr(route->pattern, ":collection") != NULL &&
		    route->access != (get ? ACCESS_READ : ACCESS_WRITE))
			fail_msg("%s %s", route->method, route->pattern);
		if (get && route->input != INPUT_NONE)
			fail_msg("%s %s takes a body", route->method, route->pattern);
		if (route->access >= ACCESS_READ && route->role < ROLE_VIEWER)
			fail_msg("%s %s asks for no role", route->method, route->pattern);
		assert_non_null(route->run);
		assert_true(strlen(route->what) > 5);
	}
}

/* --- what the rows take --- */

/* Call check for every member of every row. */
static void
for_each_member(void (*check)(const struct route *route, const struct member *m))
{
	for (size_t i = 0; i < route_count; i++) {
		assert_non_null(routes[i].takes);
		for (const struct member *m = routes[i].takes; m->name != NULL; m++)
			check(&routes[i], m);
	}
}

static void
wrong_row(const struct route *route, const struct member *m, const char *why)
{
	fail_msg("%s %s: %s %s", route->method, route->pattern, m->name, why);
}

static void
check_apart(const struct route *route, const struct member *m)
{
	for (const struct member *other = route->takes; other < m; other++)
		if (other->in == m->in && strcmp(other->name, m->name) == 0)
			wrong_row(route, m, "stands twice");
}

/* given_text and the like know a member by its name alone. */
static void
check_place(const struct route *route, const struct member *m)
{
	bool get = strcmp(route->method, "GET") == 0;
	bool json = route->input == INPUT_JSON || route->input == INPUT_OPTIONAL;

	for (const struct member *other = route->takes; other < m; other++)
		if (other->in != IN_HEADER && m->in != IN_HEADER && strcmp(other->name, m->name) == 0)
			wrong_row(route, m, "stands in body and query");
	if (m->in == IN_BODY && !json)
		wrong_row(route, m, "stands in a body that is not read as JSON");
	if (m->in == IN_QUERY && !get && json)
		wrong_row(route, m, "is a parameter where a body says everything");
}

static void
check_shape(const struct route *route, const struct member *m)
{
	bool others = strcmp(m->name, "*") == 0;

	if (m->about == NULL || strlen(m->about) < 5 || strlen(m->about) > 80)
		wrong_row(route, m, "is not described in a line");
	if ((m->type == TYPE_CHOICE) != (m->choices != NULL))
		wrong_row(route, m, "is a choice without words, or words without a choice");
	if (m->min > m->max && m->max != 0)
		wrong_row(route, m, "has no value that fits");
	if ((m->type == TYPE_INSTANT || m->type == TYPE_DATE) && m->in == IN_BODY)
		wrong_row(route, m, "is of a type that bodies do not have");
	if (m->type == TYPE_LIST && m->in != IN_BODY)
		wrong_row(route, m, "is of a type that only bodies have");
	if (m->or_device && m->type != TYPE_ID && m->type != TYPE_TEXT)
		wrong_row(route, m, "cannot be a device");
	if (others && (m->type != TYPE_ANY || m->required != NULL))
		wrong_row(route, m, "says more of others than that they are taken");
}

/* A member named beside a record's own ("*") is removed from the record, which frees it.  Texts are copied first
 * (member.c), lists are not. */
static void
check_beside_others(const struct route *route, const struct member *m)
{
	if (strcmp(m->name, "*") != 0 || m->in != IN_BODY)
		return;
	for (const struct member *other = route->takes; other->name != NULL; other++)
		if (other->in == IN_BODY && other->type == TYPE_LIST)
			wrong_row(route, other, "is a list beside others");
}

static void
every_member_of_every_row_is_consistent(void **state)
{
	(void)state;
	for_each_member(check_apart);
	for_each_member(check_place);
	for_each_member(check_shape);
	for_each_member(check_beside_others);
}

static void
only_these_rows_are_open_to_all(void **state)
{
	static const char *const open[] = {
		"/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/health",
		"/api/client-errors", "/api/invitations/look", "/api/auth/password/reset",
		"/api/auth/password/reset/confirm", "/compat/expenses/api", "/compat/expenses/api/health",
		"/compat/expenses/api/auth/login", "/compat/expenses/api/auth/logout",
		"/compat/expenses/api/employee-login", "/compat/routines/api/login", "/compat/routines/api/logout",
		"/metrics", /* it asks for a token of its own, or a request of this host */
	};
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < route_count; i++) {
		size_t j = 0;

		if (routes[i].access != ACCESS_PUBLIC)
			continue;
		while (j < sizeof(open) / sizeof(open[0]) && strcmp(open[j], routes[i].pattern) != 0)
			j++;
		if (j == sizeof(open) / sizeof(open[0]))
			fail_msg("%s is open", routes[i].pattern);
		found++;
	}
	assert_int_equal(found, sizeof(open) / sizeof(open[0]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

/* In all spaces of a person, all cars of a board, or as far back as the audit goes. */
static void
what_reads_or_writes_without_end_is_not_light(void **state)
{
	static const struct {
		const char *method, *pattern;
		enum turn_class turns;
	} rows[] = {
		{ "PATCH", "/api/auth/me", TURN_BULK },
		{ "DELETE", "/api/auth/me", TURN_BULK },
		{ "GET", "/api/:collection/:id", TURN_LIST },
		{ "GET", "/api/members/:id", TURN_LIST },
		{ "POST", "/api/:collection/:id/restore", TURN_BULK },
		{ "POST", "/api/shifts/:id/end", TURN_BULK },
		{ "POST", "/api/cars/reset", TURN_BULK },
		{ "POST", "/api/roster/apply", TURN_BULK },
		{ "POST", "/compat/cars/api/cars/reset", TURN_BULK },
	};
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < route_count; i++)
		for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++)
			if (strcmp(routes[i].method, rows[j].method) == 0 &&
			    strcmp(routes[i].pattern, rows[j].pattern) == 0) {
				assert_int_equal(routes[i].turns, rows[j].turns);
				found++;
			}
	assert_int_equal(found, sizeof rows / sizeof rows[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fixed_words_come_before_names),
		TEST(what_is_not_listed_is_not_there),
		TEST(names_in_a_pattern_get_their_values),
		TEST(put_and_patch_are_one),
		TEST(a_space_in_front_is_taken_off),
		TEST(a_space_can_be_named_by_itself),
		TEST(only_routes_of_spaces_may_begin_with_a_space),
		TEST(no_route_is_listed_twice),
		TEST(what_changes_a_space_needs_a_token_that_writes),
		TEST(every_member_of_every_row_is_consistent),
		TEST(only_these_rows_are_open_to_all),
		TEST(what_reads_or_writes_without_end_is_not_light),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
