/* What the worker takes from a web server and what it gives back, without a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/dialect.h"
#include "http/reply.h"
#include "routes.h"
#include "stage.h"

/* The kind of problem with which uri is refused; PROBLEM_COUNT when it is taken. */
static enum problem_kind
refusal(const char *method, const char *uri, struct request **r)
{
	struct problem *p;

	*r = stage_request(&stage, method, uri);
	p = request_read(*r);
	return p != NULL ? p->kind : PROBLEM_COUNT;
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" does not stand in:\n%s", part, text);
}

static void
assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" stands in:\n%s", part, text);
}

/* --- path and query --- */

static void
a_path_is_decoded_once(void **state)
{
	struct request *r;

	(void)state;
	assert_int_equal(refusal("GET", "/api/t%61sks/a%2525", &r), PROBLEM_COUNT);
	assert_string_equal(r->path, "/api/tasks/a%25");
}

static void
odd_paths_are_refused(void **state)
{
	static const struct {
		const char *uri;
		enum problem_kind kind;
	} odd[] = {
		{ "/api/%00", PROBLEM_MALFORMED },
		{ "/api/a%0ab", PROBLEM_MALFORMED },
		{ "/api/%7f", PROBLEM_MALFORMED },
		{ "/api/%", PROBLEM_MALFORMED },
		{ "/api/%4", PROBLEM_MALFORMED },
		{ "/api/%zz", PROBLEM_MALFORMED },
		{ "/api/%c0%af", PROBLEM_MALFORMED },
		{ "/api/\xff", PROBLEM_MALFORMED },
		{ "/api/%ed%a0%80", PROBLEM_MALFORMED },
		{ "/api/\tx", PROBLEM_MALFORMED },
		{ "api", PROBLEM_MALFORMED },
		{ "", PROBLEM_MALFORMED },
		{ "http://example.org/api", PROBLEM_MALFORMED },
		{ "*", PROBLEM_MALFORMED },
		{ "/", PROBLEM_NOT_FOUND },
		{ "//api", PROBLEM_NOT_FOUND },
		{ "/api//tasks", PROBLEM_NOT_FOUND },
		{ "/api/tasks/", PROBLEM_NOT_FOUND },
		{ "/api/./tasks", PROBLEM_NOT_FOUND },
		{ "/api/..", PROBLEM_NOT_FOUND },
		{ "/api/%2e%2e/tasks", PROBLEM_NOT_FOUND },
		{ "/api/.%2E/tasks", PROBLEM_NOT_FOUND },
		{ "/api/tasks%2fx", PROBLEM_NOT_FOUND },
		{ "/api/tasks%2Fx", PROBLEM_NOT_FOUND },
	};
	struct request *r;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (refusal("GET", odd[i].uri, &r) != odd[i].kind)
			fail_msg("%s", odd[i].uri);
	assert_int_equal(refusal("GET", "/api/...", &r), PROBLEM_COUNT);
	assert_int_equal(refusal("GET", "/api/.x", &r), PROBLEM_COUNT);
}

static void
a_long_path_is_refused(void **state)
{
	char uri[PATH_MAX_BYTES + 2];
	struct request *r;

	(void)state;
	memset(uri, 'a', sizeof(uri));
	uri[0] = '/';
	uri[sizeof(uri) - 1] = '\0';
	assert_int_equal(refusal("GET", uri, &r), PROBLEM_TOO_LARGE);
	uri[PATH_MAX_BYTES] = '\0';
	assert_int_equal(refusal("GET", uri, &r), PROBLEM_COUNT);
}

static void
a_missing_uri_is_our_fault(void **state)
{
	struct request *r;

	(void)state;
	assert_int_equal(refusal("GET", NULL, &r), PROBLEM_INTERNAL);
}

static void
a_query_is_cut_and_decoded(void **state)
{
	struct request *r;

	(void)state;
	assert_int_equal(refusal("GET", "/api/tasks?q=a+b%2Bc&&empty&done=%3D%26&caf%C3%A9=1", &r), PROBLEM_COUNT);
	assert_string_equal(query_get(r, "q"), "a b+c");
	assert_string_equal(query_get(r, "empty"), "");
	assert_string_equal(query_get(r, "done"), "=&");
	assert_string_equal(query_get(r, "caf\xc3\xa9"), "1");
	assert_null(query_get(r, "other"));
	assert_int_equal(r->query_count, 4);
}

static void
odd_queries_are_refused(void **state)
{
	static const char *const odd[] = { "/api/tasks?a=%00", "/api/tasks?=1", "/api/tasks?a=%",
		"/api/tasks?%ff=1", "/api/tasks?a=%0d%0ax", "/api/tasks?a=\x01" };
	struct request *r;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (refusal("GET", odd[i], &r) != PROBLEM_MALFORMED)
			fail_msg("%s", odd[i]);
}

static void
at_most_64_parameters_are_taken(void **state)
{
	struct request *r;
	struct buf uri;

	(void)state;
	buf_init(&uri, stage.worker.life);
	buf_text(&uri, "/api/tasks?p0=");
	for (int i = 1; i < QUERY_PARAMETERS_MAX; i++)
		buf_printf(&uri, "&p%d=", i);
	assert_int_equal(refusal("GET", uri.text, &r), PROBLEM_COUNT);
	buf_text(&uri, "&more=");
	assert_int_equal(refusal("GET", uri.text, &r), PROBLEM_MALFORMED);
}

/* --- method and headers --- */

static void
unknown_methods_are_refused(void **state)
{
	static const char *const odd[] = { "FOO", "get", "TRACE", "CONNECT", "PROPFIND", "", NULL };
	struct request *r;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_int_equal(refusal(odd[i], "/api/health", &r), PROBLEM_METHOD_NOT_ALLOWED);
	assert_int_equal(refusal("HEAD", "/api/health", &r), PROBLEM_COUNT);
	assert_true(r->head);
	assert_string_equal(r->method, "GET");
}

static void
ids_in_headers_are_checked(void **state)
{
	static const char *const bad[] = { "", "-a", ".a", "a b", "a/b", "a\"b", "\xc3\xa9",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	struct request *r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct problem *p;

		stage_set(&stage, "HTTP_IDEMPOTENCY_KEY", bad[i]);
		p = request_read(stage_request(&stage, "GET", "/api/health"));
		if (p == NULL || p->field == NULL || strcmp(p->field, "Idempotency-Key") != 0)
			fail_msg("%s", bad[i]);
	}
	stage_set(&stage, "HTTP_IDEMPOTENCY_KEY", "op:1@phone_a-b.c");
	stage_set(&stage, "HTTP_X_DEVICE_ID", "phone");
	assert_int_equal(refusal("GET", "/api/health", &r), PROBLEM_COUNT);
	assert_string_equal(r->idempotency_key, "op:1@phone_a-b.c");
	assert_string_equal(r->device_id, "phone");
}

static void
control_bytes_in_headers_are_refused(void **state)
{
	struct request *r;

	(void)state;
	stage_set(&stage, "HTTP_AUTHORIZATION", "Bearer \x01");
	assert_int_equal(refusal("GET", "/api/health", &r), PROBLEM_MALFORMED);
}

static void
the_network_of_an_ipv6_address_is_its_64(void **state)
{
	struct request *r;

	(void)state;
	refusal("GET", "/api/health", &r);
	assert_string_equal(r->network, "192.0.2.7");
	stage_set(&stage, "REMOTE_ADDR", "2001:db8:1:2:3:4:5:6");
	refusal("GET", "/api/health", &r);
	assert_string_equal(r->network, "2001:db8:1:2::/64");
	stage_set(&stage, "REMOTE_ADDR", "::ffff:192.0.2.9");
	refusal("GET", "/api/health", &r);
	assert_string_equal(r->network, "192.0.2.9");
	stage_set(&stage, "REMOTE_ADDR", "unix:");
	refusal("GET", "/api/health", &r);
	assert_string_equal(r->network, "");
}

/* --- body --- */

static const struct route json_route = { .input = INPUT_JSON, .body_max = 100 };
static const struct route optional_route = { .input = INPUT_OPTIONAL };
static const struct route raw_route = { .input = INPUT_RAW, .body_max = 100 };
static const struct route bare_route = { .input = INPUT_NONE };

/* The status with which the body set on the stage is refused; 0 when it is taken. */
static int
body_status(const struct route *route, struct request **r)
{
	struct problem *p;

	*r = stage_request(&stage, "POST", "/api/tasks");
	(*r)->method = "POST";
	(*r)->route = route;
	stage.body_at = 0;
	p = request_read_body(*r);
	return p != NULL ? problem_kinds[p->kind].status : 0;
}

static void
a_json_body_is_read_in_pieces(void **state)
{
	static const char *const types[] = {
		"application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"",
	};
	struct request *r;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		stage_body(&stage, types[i], "{\"note\":\"from the phone\"}");
		assert_int_equal(body_status(&json_route, &r), 0);
		assert_non_null(r->input);
		assert_string_equal(r->body, "{\"note\":\"from the phone\"}");
	}
}

static void
other_content_types_are_415(void **state)
{
	static const char *const types[] = { "", "text/plain", "application/jsonp", "application/json; charset=latin1",
		"application/json; a=b", "application/x-www-form-urlencoded", NULL };
	struct request *r;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		stage_body(&stage, types[i], "{}");
		assert_int_equal(body_status(&json_route, &r), 415);
	}
}

static void
half_a_body_is_refused(void **state)
{
	struct request *r;

	(void)state;
	stage_body(&stage, "application/json", "{\"miles\":12}");
	stage_set(&stage, "CONTENT_LENGTH", "13");
	assert_int_equal(body_status(&json_route, &r), 400);
	assert_null(r->input);
}

static void
lengths_that_are_no_numbers_are_refused(void **state)
{
	static const char *const lengths[] = { "-5", "+5", "5x", " 5", "0x5", "99999999999999999999999" };
	struct request *r;

	(void)state;
	stage_body(&stage, "application/json", "{\"a\":1}");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		stage_set(&stage, "CONTENT_LENGTH", lengths[i]);
		assert_int_equal(body_status(&json_route, &r), 400);
	}
	stage_set(&stage, "CONTENT_LENGTH", "101");
	assert_int_equal(body_status(&json_route, &r), 413);
}

static void
a_body_may_be_left_out_where_it_is_optional(void **state)
{
	struct request *r;

	(void)state;
	stage_body(&stage, "", "");
	assert_int_equal(body_status(&json_route, &r), 400);
	assert_int_equal(body_status(&optional_route, &r), 0);
	assert_null(r->input);
	assert_int_equal(body_status(&raw_route, &r), 0);
	assert_string_equal(r->body, "");
	stage_body(&stage, "application/json", "[1]");
	assert_int_equal(body_status(&optional_route, &r), 400);
	stage_body(&stage, "text/csv", "a,b\n");
	assert_int_equal(body_status(&raw_route, &r), 0);
	assert_string_equal(r->body, "a,b\n");
}

static void
what_writes_takes_no_query(void **state)
{
	struct request *r = stage_request(&stage, "DELETE", "/api/tasks/t1?force=1");
	struct problem *p;

	(void)state;
	r->route = &optional_route;
	assert_null(request_read(r));
	p = request_read_body(r);
	assert_non_null(p);
	assert_string_equal(p->field, "force");
	r->route = &raw_route;
	assert_null(request_read_body(r));
}

static void
a_dialect_asks_for_no_type_and_looks_at_no_query(void **state)
{
	static const struct dialect other = { .prefix = "/other/" };
	struct request *r = stage_request(&stage, "POST", "/other/cars?hard=1");

	(void)state;
	stage_body(&stage, "text/plain", "{\"id\":\"7\"}");
	r->route = &json_route;
	r->dialect = &other;
	assert_null(request_read(r));
	assert_null(request_read_body(r));
	assert_non_null(r->input);
	stage_body(&stage, "", "");
	r->body_length = 0;
	assert_int_equal(request_read_body(r)->kind, PROBLEM_MALFORMED);
}

static void
a_body_nobody_reads_is_taken_off_the_connection(void **state)
{
	struct request *r;

	(void)state;
	stage_body(&stage, "text/plain", "nobody asked for this");
	assert_int_equal(body_status(&bare_route, &r), 0);
	assert_int_equal(stage.body_at, 0);
	request_drain(r);
	assert_int_equal(stage.body_at, stage.body_size);
}

/* --- the answer --- */

static void
every_answer_carries_our_headers(void **state)
{
	const char *sent;

	(void)state;
	stage_set(&stage, "REQUEST_ID", "0123456789abcdef");
	sent = stage_answer(&stage, "GET", "/api/nothing/at/all");
	assert_memory_equal(sent, "Status: 404 Not Found\r\n", 23);
	assert_has(sent, "Content-Type: application/problem+json\r\n");
	assert_has(sent, "X-Request-Id: 0123456789abcdef\r\n");
	assert_has(sent, "Cache-Control: no-store\r\n");
	assert_has(sent, "X-Content-Type-Options: nosniff\r\n");
	assert_has(sent, "\"type\":\"/problems/not-found\"");
	assert_has(sent, "\"instance\":\"0123456789abcdef\"");
}

static void
a_request_id_of_another_form_is_not_repeated(void **state)
{
	(void)state;
	stage_set(&stage, "REQUEST_ID", "a b<script>");
	assert_has_not(stage_answer(&stage, "GET", "/api/nothing"), "script");
}

static void
a_head_has_the_length_and_no_body(void **state)
{
	const char *sent;

	(void)state;
	sent = stage_answer(&stage, "HEAD", "/api/nothing");
	assert_has(sent, "Content-Length: ");
	assert_has_not(sent, "Content-Length: 0\r\n");
	assert_string_equal(strstr(sent, "\r\n\r\n"), "\r\n\r\n");
}

static void
without_a_token_the_challenge_names_no_error(void **state)
{
	const char *sent;

	(void)state;
	sent = stage_answer(&stage, "GET", "/api/tasks");
	assert_has(sent, "Status: 401 Unauthorized\r\n");
	assert_has(sent, "WWW-Authenticate: Bearer realm=\"daybook\"\r\n");
	stage_set(&stage, "HTTP_AUTHORIZATION", "Basic YTpi");
	sent = stage_answer(&stage, "GET", "/api/tasks");
	assert_has(sent, "Status: 401 Unauthorized\r\n");
	assert_has(sent, "WWW-Authenticate: Bearer realm=\"daybook\", error=\"invalid_token\"\r\n");
}

static void
a_cookie_is_no_token(void **state)
{
	(void)state;
	stage_set(&stage, "HTTP_COOKIE", "refresh=abc; token=abc");
	assert_has(stage_answer(&stage, "GET", "/api/tasks"), "Status: 401 ");
}

static void
a_refused_request_is_still_read_to_its_end(void **state)
{
	(void)state;
	stage_body(&stage, "application/json", "{\"title\":\"never seen\"}");
	assert_has(stage_answer(&stage, "POST", "/api/tasks"), "Status: 401 ");
	assert_int_equal(stage.body_at, stage.body_size);
}

static void
a_wrong_method_is_told_the_right_ones(void **state)
{
	const char *sent;

	(void)state;
	sent = stage_answer(&stage, "PUT", "/api/tasks");
	assert_has(sent, "Status: 405 Method Not Allowed\r\n");
	assert_has(sent, "Allow: GET, HEAD, POST, OPTIONS\r\n");
	assert_has(stage_answer(&stage, "OPTIONS", "/api/tasks/t1"),
	    "Allow: GET, HEAD, PUT, PATCH, DELETE, OPTIONS\r\n");
	assert_has(stage_answer(&stage, "OPTIONS", "/api/nothing"), "Status: 404 ");
}

static void
listed_origins_alone_may_ask(void **state)
{
	const char *sent;

	(void)state;
	stage_set(&stage, "HTTP_ORIGIN", "https://other.example.org");
	sent = stage_answer(&stage, "OPTIONS", "/api/tasks");
	assert_has(sent, "Status: 204 No Content\r\n");
	assert_has(sent, "Access-Control-Allow-Origin: https://other.example.org\r\n");
	assert_has(sent, "Access-Control-Allow-Methods: GET, HEAD, POST, OPTIONS\r\n");
	assert_has(sent, "Access-Control-Allow-Headers: ");
	assert_has(sent, "Vary: Origin\r\n");
	assert_has_not(sent, "Credentials");
	assert_has(stage_answer(&stage, "GET", "/api/tasks"),
	    "Access-Control-Allow-Origin: https://other.example.org\r\n");
	stage_set(&stage, "HTTP_ORIGIN", "https://other.example.org.evil.example");
	sent = stage_answer(&stage, "OPTIONS", "/api/tasks");
	assert_has_not(sent, "Access-Control");
	stage_set(&stage, "HTTP_ORIGIN", "null");
	assert_has_not(stage_answer(&stage, "GET", "/api/tasks"), "Access-Control");
}

static void
a_database_away_is_503_with_a_time_to_come_back(void **state)
{
	const char *sent;

	(void)state;
	sent = stage_answer(&stage, "GET", "/api/health");
	assert_has(sent, "Status: 503 Service Unavailable\r\n");
	assert_has(sent, "Retry-After: ");
	assert_has_not(sent, "nowhere");
}

static void
errors_of_browsers_are_taken_and_limited(void **state)
{
	int taken = 0;

	(void)state;
	stage_body(&stage, "text/plain", "TypeError: x is undefined");
	while (taken < 100 && strstr(stage_answer(&stage, "POST", "/api/client-errors"), "Status: 204 ") != NULL) {
		taken++;
		stage.body_at = 0;
	}
	assert_in_range(taken, 10, 60);
	assert_has(stage.sent.text, "Status: 429 ");
	assert_has(stage.sent.text, "Retry-After: 60\r\n");
}

static void
a_client_that_left_is_no_trouble(void **state)
{
	(void)state;
	stage.gone = true;
	assert_string_equal(stage_answer(&stage, "GET", "/api/tasks"), "");
}

static void
etags_match_weakly_and_in_lists(void **state)
{
	static const struct {
		const char *header;
		bool match;
	} cases[] = {
		{ "\"e1-5\"", true },
		{ "W/\"e1-5\"", true },
		{ "\"x\", W/\"e1-5\"", true },
		{ "\"x\",\"e1-5\" , \"y\"", true },
		{ "*", true },
		{ "\"e1-50\"", false },
		{ "e1-5", false },
		{ "\"x\"", false },
		{ "", false },
	};
	struct request *r = stage_request(&stage, "GET", "/api/tasks");

	(void)state;
	assert_false(reply_matches(r, "\"e1-5\""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		stage_set(&stage, "HTTP_IF_NONE_MATCH", cases[i].header);
		if (reply_matches(r, "\"e1-5\"") != cases[i].match || reply_matches(r, "W/\"e1-5\"") != cases[i].match)
			fail_msg("%s", cases[i].header);
	}
}

static void
a_header_with_a_line_break_is_not_sent(void **state)
{
	struct request *r = stage_request(&stage, "GET", "/api/tasks");

	(void)state;
	r->id = "r1";
	buf_text(reply_json(r, 200), "{}");
	reply_header(r, "ETag", "\"1\"");
	reply_header(r, "etag", "\"2\"");
	reply_header(r, "Location", "/api/tasks/1\r\nSet-Cookie: a=b");
	reply_send(r);
	assert_has(stage.sent.text, "\"2\"\r\n");
	assert_has_not(stage.sent.text, "\"1\"");
	assert_has_not(stage.sent.text, "Set-Cookie");
	assert_has(stage.sent.text, "Content-Length: 2\r\n\r\n{}");
}

static void
a_stream_has_no_length_and_a_late_problem_replaces_it_before_its_first_byte(void **state)
{
	struct request *r = stage_request(&stage, "GET", "/api/tasks/export");

	(void)state;
	r->id = "r1";
	reply_stream_start(r, 200, "text/csv");
	reply_problem(r, problem_new(r->a, PROBLEM_UNAVAILABLE, "The database is away."));
	reply_send(r);
	assert_has(stage.sent.text, "Status: 503 ");
	buf_clear(&stage.sent);
	r = stage_request(&stage, "GET", "/api/tasks/export");
	r->id = "r2";
	reply_stream_start(r, 200, "text/csv");
	reply_stream(r, "a,b\n", 4);
	reply_stream(r, "1,2\n", 4);
	reply_send(r);
	assert_has_not(stage.sent.text, "Content-Length");
	assert_has(stage.sent.text, "\r\n\r\na,b\n1,2\n");
}

static void
every_kind_of_problem_has_the_reason_of_its_status(void **state)
{
	(void)state;
	for (int kind = 0; kind < PROBLEM_COUNT; kind++) {
		struct request *r = stage_request(&stage, "GET", "/api/tasks");

		r->id = "r1";
		reply_problem(r, problem_new(r->a, (enum problem_kind)kind, "It is so."));
		reply_send(r);
		assert_has(stage.sent.text, arena_printf(r->a, "Status: %d ", problem_kinds[kind].status));
		assert_has_not(stage.sent.text, " Answer\r\n");
		buf_clear(&stage.sent);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_path_is_decoded_once),
		TEST(odd_paths_are_refused),
		TEST(a_long_path_is_refused),
		TEST(a_missing_uri_is_our_fault),
		TEST(a_query_is_cut_and_decoded),
		TEST(odd_queries_are_refused),
		TEST(at_most_64_parameters_are_taken),
		TEST(unknown_methods_are_refused),
		TEST(ids_in_headers_are_checked),
		TEST(control_bytes_in_headers_are_refused),
		TEST(the_network_of_an_ipv6_address_is_its_64),
		TEST(a_json_body_is_read_in_pieces),
		TEST(other_content_types_are_415),
		TEST(half_a_body_is_refused),
		TEST(lengths_that_are_no_numbers_are_refused),
		TEST(a_body_may_be_left_out_where_it_is_optional),
		TEST(what_writes_takes_no_query),
		TEST(a_dialect_asks_for_no_type_and_looks_at_no_query),
		TEST(a_body_nobody_reads_is_taken_off_the_connection),
		TEST(every_answer_carries_our_headers),
		TEST(a_request_id_of_another_form_is_not_repeated),
		TEST(a_head_has_the_length_and_no_body),
		TEST(without_a_token_the_challenge_names_no_error),
		TEST(a_cookie_is_no_token),
		TEST(a_refused_request_is_still_read_to_its_end),
		TEST(a_wrong_method_is_told_the_right_ones),
		TEST(listed_origins_alone_may_ask),
		TEST(a_database_away_is_503_with_a_time_to_come_back),
		TEST(errors_of_browsers_are_taken_and_limited),
		TEST(a_client_that_left_is_no_trouble),
		TEST(etags_match_weakly_and_in_lists),
		TEST(a_header_with_a_line_break_is_not_sent),
		TEST(a_stream_has_no_length_and_a_late_problem_replaces_it_before_its_first_byte),
		TEST(every_kind_of_problem_has_the_reason_of_its_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
