/* What a route takes: what request_read_members accepts by a table, and the problem with everything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/dialect.h"
#include "http/member.h"
#include "http/route.h"
#include "stage.h"

static const struct member form[] = {
	BODY("email", TEXT, "an address", .required = "An address is needed."),
	BODY("pin", TEXT, "digits", .min = 1, .max = 4, .required = "A PIN is needed.",
	    .wrong = "A PIN has at most {max} digits."),
	BODY("label", TEXT, "a label", .max = 6, .clean = true),
	BODY("name", NAME, "a name"),
	BODY("device", ID, "a device", .or_device = true),
	BODY("user", UUID, "a user"),
	BODY("days", INTEGER, "days", .min = 1, .max = 30, .otherwise = 7),
	BODY("count", INTEGER, "any number"),
	BODY("cookie", BOOLEAN, "a switch"),
	BODY("scope", CHOICE, "a scope", .choices = "read write admin"),
	BODY("events", LIST, "a list", .null = NULL_IS_WRONG),
	BODY("shift", TEXT, "a shift, or none", .null = NULL_IS_GIVEN),
	BODY("base", INTEGER, "a version", .min = 1, .max = 100, .null = NULL_IS_WRONG, .wrong = "base is a version."),
	BODY("whatever", ANY, "anything"),
	HEADER("If-Match", ANY, "a header"),
	MEMBERS_END
};

static const struct member question[] = {
	PARAM("limit", INTEGER, "how many", .min = 1, .max = 100, .otherwise = 20),
	PARAM("format", CHOICE, "a format", .choices = "json csv"),
	PARAM("from", DATE, "a day", .required = "from is required."),
	PARAM("at", INSTANT, "an instant"),
	PARAM("again", BOOLEAN, "a switch"),
	PARAM("device", ID, "a device", .or_device = true),
	MEMBERS_END
};

static const struct member filters[] = {
	PARAM("sort", TEXT, "an order"),
	PARAM("*", ANY, "filters"),
	MEMBERS_END
};

static const struct member record[] = {
	BODY("id", TEXT, "an id"),
	BODY("expected", INTEGER, "a version", .null = NULL_IS_GIVEN),
	BODY("*", ANY, "fields"),
	MEMBERS_END
};

static struct request *
asked(const struct member *takes, const char *uri, const char *body, struct problem **p)
{
	struct request *r = stage_request(&stage, "GET", uri);
	struct route *route = arena_alloc(r->a, sizeof *route);

	*route = (struct route){ .takes = takes };
	assert_null(request_read(r));
	r->route = route;
	if (body != NULL)
		assert_null(json_parse_object(r->a, body, strlen(body), &r->input));
	*p = request_read_members(r);
	return r;
}

static struct request *
passes(const struct member *takes, const char *uri, const char *body)
{
	struct problem *p;
	struct request *r = asked(takes, uri, body, &p);

	if (p != NULL)
		fail_msg("%s %s: %s: %s", uri, body != NULL ? body : "", p->field, p->detail);
	return r;
}

static void
refuses(const struct member *takes, const char *uri, const char *body, enum problem_kind kind, const char *field,
    const char *detail)
{
	struct problem *p;

	asked(takes, uri, body, &p);
	if (p == NULL)
		fail_msg("%s %s passes", uri, body != NULL ? body : "");
	if (p->kind != kind || strcmp(p->field, field) != 0 || strcmp(p->detail, detail) != 0)
		fail_msg("%s %s: %s, %s: %s", uri, body != NULL ? body : "", problem_kinds[p->kind].type, p->field,
		    p->detail);
}

/* A body of the form with one more member. */
static void
form_refuses(const char *more, enum problem_kind kind, const char *field, const char *detail)
{
	refuses(form, "/x", arena_printf(stage.worker.life, "{\"email\":\"e\",\"pin\":\"1\",%s}", more), kind, field,
	    detail);
}

static void
valid_members_are_given(void **state)
{
	struct request *r = passes(form, "/x",
	    "{\"email\":\"e\",\"pin\":\"1234\",\"label\":\"a\\tb\",\"name\":\"Ann\",\"device\":\"d-1\","
	    "\"user\":\"01939d2a-0000-7000-8000-000000000000\","
	    "\"days\":30,\"count\":-5,\"cookie\":true,\"scope\":\"admin\",\"events\":[1],"
	    "\"shift\":\"s\",\"base\":3,\"whatever\":{}}");

	(void)state;
	assert_string_equal(given_text(r, "email"), "e");
	assert_true(given_is(r, "scope", "admin"));
	assert_false(given_is(r, "scope", "read"));
	assert_int_equal(given_integer(r, "days"), 30);
	assert_int_equal(given_integer(r, "count"), -5);
	assert_true(given_flag(r, "cookie"));
	assert_int_equal(json_object_array_length(given_list(r, "events")), 1);
	assert_true(is_given(r, "shift"));
	assert_int_equal(given_integer(r, "base"), 3);
	assert_true(is_given(r, "whatever"));
}

static void
what_is_absent_or_null_is_not_given(void **state)
{
	static const char *const bodies[] = { "{\"email\":\"e\",\"pin\":\"1\"}",
		"{\"email\":\"e\",\"pin\":\"1\","
		"\"name\":null,\"device\":null,\"days\":null,\"cookie\":null,\"scope\":null}" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct request *r = passes(form, "/x", bodies[i]);

		assert_false(is_given(r, "name"));
		assert_null(given_text(r, "name"));
		assert_null(given_text(r, "device"));
		assert_int_equal(given_integer(r, "days"), 7);
		assert_int_equal(given_integer(r, "count"), 0);
		assert_false(given_flag(r, "cookie"));
		assert_false(given_is(r, "scope", "read"));
		assert_null(given_list(r, "events"));
		assert_false(is_given(r, "shift"));
	}
}

static void
null_can_mean_something_or_be_wrong(void **state)
{
	struct request *r = passes(form, "/x", "{\"email\":\"e\",\"pin\":\"1\",\"shift\":null}");

	(void)state;
	assert_true(is_given(r, "shift"));
	assert_null(given_text(r, "shift"));
	form_refuses("\"base\":null", PROBLEM_INVALID, "base", "base is a version.");
	form_refuses("\"events\":null", PROBLEM_INVALID, "events", "events must be a list.");
}

static void
a_member_of_another_type_is_named(void **state)
{
	(void)state;
	form_refuses("\"name\":7", PROBLEM_INVALID, "name", "This must be a text.");
	form_refuses("\"scope\":[]", PROBLEM_INVALID, "scope", "This must be a text.");
	form_refuses("\"days\":\"7\"", PROBLEM_INVALID, "days", "This must be a whole number.");
	form_refuses("\"days\":7.5", PROBLEM_INVALID, "days", "This must be a whole number.");
	form_refuses("\"cookie\":1", PROBLEM_INVALID, "cookie", "This must be true or false.");
	form_refuses("\"events\":{}", PROBLEM_INVALID, "events", "events must be a list.");
}

static void
a_value_that_does_not_fit_is_named(void **state)
{
	(void)state;
	refuses(form, "/x", "{\"email\":\"e\",\"pin\":\"12345\"}", PROBLEM_INVALID, "pin",
	    "A PIN has at most 4 digits.");
	form_refuses("\"label\":\"1234567\"", PROBLEM_INVALID, "label", "label has at most 6 bytes.");
	form_refuses("\"label\":\"\\u0001\"", PROBLEM_INVALID, "label", "label has at most 6 bytes.");
	form_refuses("\"name\":\"\\u0001\"", PROBLEM_INVALID, "name", "Control characters are not allowed here.");
	form_refuses("\"name\":\" \"", PROBLEM_REQUIRED, "name", "This must not be empty.");
	form_refuses("\"device\":\"-d\"", PROBLEM_INVALID, "device",
	    "device has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.");
	form_refuses("\"user\":\"d\"", PROBLEM_INVALID, "user", "user must be an id as an answer gave it.");
	form_refuses("\"days\":0", PROBLEM_INVALID, "days", "days must be a whole number from 1 to 30.");
	form_refuses("\"days\":31", PROBLEM_INVALID, "days", "days must be a whole number from 1 to 30.");
	form_refuses("\"scope\":\"rea\"", PROBLEM_INVALID, "scope", "scope must be read, write or admin.");
	form_refuses("\"scope\":\"\"", PROBLEM_INVALID, "scope", "scope must be read, write or admin.");
	form_refuses("\"scope\":\"read write\"", PROBLEM_INVALID, "scope", "scope must be read, write or admin.");
}

static void
what_is_required_is_asked_for(void **state)
{
	(void)state;
	refuses(form, "/x", NULL, PROBLEM_REQUIRED, "email", "An address is needed.");
	refuses(form, "/x", "{\"pin\":\"1\"}", PROBLEM_REQUIRED, "email", "An address is needed.");
	refuses(form, "/x", "{\"email\":null,\"pin\":\"1\"}", PROBLEM_REQUIRED, "email", "An address is needed.");
	refuses(form, "/x", "{\"email\":\"e\",\"pin\":\"\"}", PROBLEM_REQUIRED, "pin", "A PIN is needed.");
}

static void
unknown_members_come_first_then_types_then_the_rows(void **state)
{
	(void)state;
	refuses(form, "/x", "{\"days\":\"x\",\"role\":1,\"more\":1}", PROBLEM_UNKNOWN_FIELD, "role",
	    "This member is not known here.");
	refuses(form, "/x", "{\"days\":\"x\",\"pin\":\"12345\"}", PROBLEM_INVALID, "days",
	    "This must be a whole number.");
	refuses(form, "/x", "{\"pin\":\"12345\",\"days\":0}", PROBLEM_REQUIRED, "email", "An address is needed.");
	refuses(form, "/x", "{\"email\":\"e\",\"pin\":\"12345\",\"days\":0}", PROBLEM_INVALID, "pin",
	    "A PIN has at most 4 digits.");
	refuses(form, "/x?role=1", "{\"more\":1}", PROBLEM_UNKNOWN_FIELD, "role", "This parameter is not known here.");
	refuses(form, "/x", "{\"If-Match\":1}", PROBLEM_UNKNOWN_FIELD, "If-Match", "This member is not known here.");
	refuses(form, "/x", "{\"*\":1}", PROBLEM_UNKNOWN_FIELD, "*", "This member is not known here.");
}

static void
the_header_names_the_device_if_the_request_does_not(void **state)
{
	(void)state;
	stage_set(&stage, "HTTP_X_DEVICE_ID", "phone");
	assert_string_equal(given_text(passes(form, "/x", "{\"email\":\"e\",\"pin\":\"1\"}"), "device"), "phone");
	assert_string_equal(given_text(passes(form, "/x", "{\"email\":\"e\",\"pin\":\"1\",\"device\":\"desk\"}"),
	    "device"), "desk");
	assert_string_equal(given_text(passes(question, "/x?from=2026-11-21", NULL), "device"), "phone");
	assert_string_equal(given_text(passes(question, "/x?from=2026-11-21&device=desk", NULL), "device"), "desk");
}

static void
parameters_are_read_from_text(void **state)
{
	struct request *r = passes(question,
	    "/x?limit=50&format=csv&from=2026-11-21&at=2026-11-21T08:34:00Z&again=true", NULL);

	(void)state;
	assert_int_equal(given_integer(r, "limit"), 50);
	assert_true(given_is(r, "format", "csv"));
	assert_string_equal(given_text(r, "from"), "2026-11-21");
	assert_int_equal(given_instant(r, "at"), INT64_C(1795250040000));
	assert_true(given_flag(r, "again"));
	r = passes(question, "/x?from=2026-11-21&again=0", NULL);
	assert_int_equal(given_integer(r, "limit"), 20);
	assert_int_equal(given_instant(r, "at"), 0);
	assert_false(given_flag(r, "again"));
	assert_true(is_given(r, "again"));
	assert_null(given_text(r, "format"));
}

static void
numbers_in_a_query_are_whole_and_within_range(void **state)
{
	static const char *const bad[] = { "", "-", "%2B5", "+5", "5+", "5.0", "0x5", "1e3", "0", "-1", "101",
	    "99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refuses(question, arena_printf(stage.worker.life, "/x?from=2026-11-21&limit=%s", bad[i]), NULL,
		    PROBLEM_INVALID, "limit",
		    "limit must be a whole number from 1 to 100.");
	assert_int_equal(given_integer(passes(question, "/x?from=2026-11-21&limit=100", NULL), "limit"), 100);
}

static void
parameters_that_do_not_fit_are_named(void **state)
{
	(void)state;
	refuses(question, "/x", NULL, PROBLEM_REQUIRED, "from", "from is required.");
	refuses(question, "/x?from=", NULL, PROBLEM_INVALID, "from", "from must be a date such as 2026-11-21.");
	refuses(question, "/x?from=2026-02-30", NULL, PROBLEM_INVALID, "from",
	    "from must be a date such as 2026-11-21.");
	refuses(question, "/x?from=2026-11-21&at=now", NULL, PROBLEM_INVALID, "at",
	    "at must be an instant such as 2026-11-21T08:34:00.000Z.");
	refuses(question, "/x?from=2026-11-21&again=yes", NULL, PROBLEM_INVALID, "again", "again must be 1 or 0.");
	refuses(question, "/x?format=xml", NULL, PROBLEM_INVALID, "format", "format must be json or csv.");
	refuses(question, "/x?from=2026-11-21&device=", NULL, PROBLEM_INVALID, "device",
	    "device has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.");
}

static void
unknown_parameters_are_named(void **state)
{
	(void)state;
	refuses(question, "/x?limit=1&limits=2", NULL, PROBLEM_UNKNOWN_FIELD, "limits",
	    "This parameter is not known here.");
	refuses(question, "/x?limit=1&limit=2&limits=2", NULL, PROBLEM_UNKNOWN_FIELD, "limits",
	    "This parameter is not known here.");
	refuses(nothing, "/x?limit=1", NULL, PROBLEM_UNKNOWN_FIELD, "limit", "This parameter is not known here.");
	refuses(question, "/x?*=1", NULL, PROBLEM_UNKNOWN_FIELD, "*", "This parameter is not known here.");
	passes(any_parameters, "/x?limit=1&limit=2&*=", NULL);
	passes(nothing, "/x", NULL);
}

static void
a_parameter_given_twice_is_named(void **state)
{
	static const char *const uris[] = { "/x?format=json&limit=5&format=csv", "/x?format&form%61t",
	    "/x?format=&format=" };

	(void)state;
	for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++)
		refuses(question, uris[i], NULL, PROBLEM_MALFORMED, "format", "This parameter is given twice.");
}

static void
a_filter_may_be_given_twice_and_a_named_parameter_not(void **state)
{
	struct request *r = passes(filters, "/x?sort=id&weight=gt.1&weight=lt.9", NULL);

	(void)state;
	assert_string_equal(given_text(r, "sort"), "id");
	assert_true(takes_parameter(r, "sort"));
	assert_false(takes_parameter(r, "weight"));
	assert_false(takes_parameter(r, "*"));
	refuses(filters, "/x?sort=id&weight=gt.1&sort=-id", NULL, PROBLEM_MALFORMED, "sort",
	    "This parameter is given twice.");
}

static void
what_is_named_beside_a_record_is_taken_out_of_it(void **state)
{
	struct request *r = passes(record, "/x", "{\"miles\":12,\"id\":\"t-1\",\"expected\":null,\"*\":1}");

	(void)state;
	assert_string_equal(given_text(r, "id"), "t-1");
	assert_true(is_given(r, "expected"));
	assert_string_equal(json_object_to_json_string_ext(r->input, JSON_C_TO_STRING_PLAIN),
	    "{\"miles\":12,\"*\":1}");
	refuses(record, "/x", "{\"id\":7,\"note\":\"x\"}", PROBLEM_INVALID, "id", "This must be a text.");
}

static void
a_dialect_ignores_what_it_does_not_name(void **state)
{
	static const struct dialect other = { .prefix = "/other/" };
	static const struct route route = { .takes = form }, asks = { .takes = question };
	struct request *r = stage_request(&stage, "POST", "/x?role=1");
	static const char body[] = "{\"email\":\"e\",\"pin\":\"1\",\"role\":7}";

	(void)state;
	assert_null(request_read(r));
	assert_null(json_parse_object(r->a, body, strlen(body), &r->input));
	r->route = &route;
	r->dialect = &other;
	assert_null(request_read_members(r));
	assert_string_equal(given_text(r, "email"), "e");
	assert_true(json_object_object_get_ex(r->input, "email", NULL));
	r = stage_request(&stage, "GET", "/x?from=2026-11-21&from=x&more=1");
	assert_null(request_read(r));
	r->route = &asks;
	r->dialect = &other;
	assert_null(request_read_members(r));
	assert_string_equal(given_text(r, "from"), "2026-11-21");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(valid_members_are_given),
		TEST(what_is_absent_or_null_is_not_given),
		TEST(null_can_mean_something_or_be_wrong),
		TEST(a_member_of_another_type_is_named),
		TEST(a_value_that_does_not_fit_is_named),
		TEST(what_is_required_is_asked_for),
		TEST(unknown_members_come_first_then_types_then_the_rows),
		TEST(the_header_names_the_device_if_the_request_does_not),
		TEST(parameters_are_read_from_text),
		TEST(numbers_in_a_query_are_whole_and_within_range),
		TEST(parameters_that_do_not_fit_are_named),
		TEST(unknown_parameters_are_named),
		TEST(a_parameter_given_twice_is_named),
		TEST(a_filter_may_be_given_twice_and_a_named_parameter_not),
		TEST(what_is_named_beside_a_record_is_taken_out_of_it),
		TEST(a_dialect_ignores_what_it_does_not_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
