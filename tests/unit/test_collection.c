/* test_collection.c -- the shipped definitions load, values become canonical, ids follow from fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/id.h"
#include "people.h"
#include "shipped.h"

static const struct collection *
boats(const char *members)
{
	const struct collections *ours;

	good(define(&ours, "boats.json",
	    arena_printf(arena, "{'name':'boats','singular':'boat','label':'Boats',%s}", members), NULL));
	return collection_find(ours, "boats");
}

static void
shipped_definitions_load(void **state)
{
	static const char *const names[] = {
		"cars", "workSessions", "workSettings", "mileage", "weights", "tasks", "taskLogs",
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_non_null(collection_find(set, names[i]));
	assert_null(collection_find(set, "nothing"));
}

/* The canonical form of a JSON value, or the problem's kind as text. */
static const char *
canonical(const struct collection *c, const char *field, const char *json)
{
	const char *value;
	struct json_object *tree;
	struct problem *p = json_parse(arena, json, strlen(json), &tree);

	if (p == NULL)
		p = field_read(arena, collection_field(c, field), tree, &value);
	if (p != NULL) {
		assert_string_equal(p->field, field);
		return "refused";
	}
	return value == NULL ? "empty" : value;
}

static void
equal_values_are_equal_texts(void **state)
{
	const struct collection *c = boats("'fields':[{'name':'d','type':'decimal','scale':2,'min':-1,'max':10},"
	    "{'name':'i','type':'instant'},{'name':'t','type':'text','maxLength':3},{'name':'n','type':'integer'},"
	    "{'name':'p','type':'place'},{'name':'l','type':'list','maxLength':3},"
	    "{'name':'b','type':'boolean','default':true},"
	    "{'name':'c','type':'choice','choices':['x','y']},{'name':'m','type':'money'},{'name':'f','type':'file'},"
	    "{'name':'day','type':'date'},{'name':'at','type':'time'}]");

	(void)state;
	assert_string_equal(canonical(c, "d", "1.50"), "1.5");
	assert_string_equal(canonical(c, "d", "15e-1"), "1.5");
	assert_string_equal(canonical(c, "d", "1.505"), "refused");
	assert_string_equal(canonical(c, "d", "10.01"), "refused");
	assert_string_equal(canonical(c, "d", "-1.01"), "refused");
	assert_string_equal(canonical(c, "d", "\"1\""), "refused");
	assert_string_equal(canonical(c, "n", "1.5"), "refused");
	assert_string_equal(canonical(c, "n", "1.0"), "1");
	assert_string_equal(canonical(c, "m", "1999"), "1999");
	assert_string_equal(canonical(c, "i", "\"2026-11-21T09:00:00+01:00\""), "\"2026-11-21T08:00:00.000Z\"");
	assert_string_equal(canonical(c, "i", "\"2026-11-21\""), "refused");
	assert_string_equal(canonical(c, "t", "\"äöü\""), "\"äöü\"");
	assert_string_equal(canonical(c, "t", "\"äöüß\""), "refused");
	assert_string_equal(canonical(c, "t", "\"\""), "empty");
	assert_string_equal(canonical(c, "t", "\"\\u0001\""), "refused");
	assert_string_equal(canonical(c, "t", "null"), "empty");
	assert_string_equal(canonical(c, "b", "null"), "true");
	assert_string_equal(canonical(c, "b", "0"), "refused");
	assert_string_equal(canonical(c, "p", "{\"lng\":13.40495412,\"lat\":52.5,\"accuracy\":12.34}"),
	    "{\"accuracy\":12.3,\"lat\":52.5,\"lng\":13.404954}");
	assert_string_equal(canonical(c, "p", "{\"lat\":91,\"lng\":0}"), "refused");
	assert_string_equal(canonical(c, "p", "{\"lat\":1}"), "refused");
	assert_string_equal(canonical(c, "p", "{\"lat\":1,\"lng\":1,\"height\":1}"), "refused");
	assert_string_equal(canonical(c, "l", "[\"a\",\"b\"]"), "[\"a\",\"b\"]");
	assert_string_equal(canonical(c, "l", "[]"), "empty");
	assert_string_equal(canonical(c, "l", "[1]"), "refused");
	assert_string_equal(canonical(c, "c", "\"y\""), "\"y\"");
	assert_string_equal(canonical(c, "c", "\"z\""), "refused");
	assert_string_equal(canonical(c, "f", "\"ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789\""),
	    "\"abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789\"");
	assert_string_equal(canonical(c, "f", "\"abc\""), "refused");
	assert_string_equal(canonical(c, "day", "\"2026-02-29\""), "refused");
	assert_string_equal(canonical(c, "at", "\"24:00\""), "refused");
}

static void
docs_are_sorted_and_read_back(void **state)
{
	const struct collection *c = boats("'fields':[{'name':'z','type':'text'},{'name':'a','type':'integer'},"
	    "{'name':'secret','type':'text','private':true}]");
	const char **values = values_new(arena, c), **again;

	(void)state;
	values[0] = "\"say \\\"hi\\\" }{,\"";
	values[1] = "7";
	values[2] = "\"s\"";
	assert_string_equal(values_doc(arena, c, values, false), "{\"a\":7,\"z\":\"say \\\"hi\\\" }{,\"}");
	assert_string_equal(values_doc(arena, c, values, true), "{\"secret\":\"s\"}");
	again = values_parse(arena, c, values_doc(arena, c, values, false), values_doc(arena, c, values, true));
	for (size_t i = 0; i < c->field_count; i++)
		assert_string_equal(again[i], values[i]);
}

static void
order_keys_compare_as_their_values_do(void **state)
{
	const struct collection *c = boats("'order':'n','fields':[{'name':'n','type':'decimal','scale':1}]");
	static const char *const ascending[] = { "-100", "-1.5", "0", "0.1", "2", "10" };
	const char **values = values_new(arena, c);
	struct sort_key last = values_sort_key(arena, c, values);

	(void)state;
	assert_int_equal(last.length, 0);
	for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
		struct sort_key key;

		values[0] = ascending[i];
		key = values_sort_key(arena, c, values);
		assert_int_equal(key.length, 8);
		if (last.length > 0)
			assert_true(memcmp(last.bytes, key.bytes, 8) < 0);
		last = key;
	}
}

/* The hashes are those of printf '["weights","u1","2026-11-21"]' | sha256sum, first 32 digits, and the like. */
static void
natural_ids_follow_from_fields(void **state)
{
	const struct collection *c, *settings;
	const char **values;

	(void)state;
	c = collection_find(set, "weights");
	values = values_new(arena, c);
	values[collection_field(c, "date")->index] = "\"2026-11-21\"";
	assert_string_equal(values_id(arena, c, "u1", values), "a5756736f4a0ea3c195710ea19c9525e");
	settings = boats("'unique':[],'fields':[{'name':'a','type':'text'}]");
	assert_string_equal(values_id(arena, settings, "u1", values_new(arena, settings)), "settings");
	c = boats("'unique':['b','a'],'idForm':'{b}:{a}','fields':[{'name':'a','type':'integer','required':true},"
	    "{'name':'b','type':'text','required':true}]");
	values = values_new(arena, c);
	values[0] = "7";
	values[1] = "\"x\"";
	assert_string_equal(values_id(arena, c, "u1", values), "x:7");
}

static void
whole_records_are_checked(void **state)
{
	const struct collection *c = boats("'fields':[{'name':'from','type':'date','required':true},"
	    "{'name':'to','type':'date','atLeast':'from'}]");
	const char **values = values_new(arena, c);

	(void)state;
	assert_string_equal(values_check(arena, c, values)->field, "from");
	values[0] = "\"2026-11-21\"";
	assert_null(values_check(arena, c, values));
	values[1] = "\"2026-11-20\"";
	assert_string_equal(values_check(arena, c, values)->field, "to");
}

static void
ids_have_a_form(void **state)
{
	(void)state;
	assert_true(id_valid("128489"));
	assert_true(id_valid("a.b:c@d-e_f"));
	assert_false(id_valid(""));
	assert_false(id_valid(".a"));
	assert_false(id_valid("a b"));
	assert_false(id_valid("ä"));
	assert_false(id_valid("12345678901234567890123456789012345678901234567890123456789012345"));
	assert_true(id_reserved("import"));
	assert_false(id_reserved("imports"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_definitions_load),
		cmocka_unit_test(equal_values_are_equal_texts),
		cmocka_unit_test(docs_are_sorted_and_read_back),
		cmocka_unit_test(order_keys_compare_as_their_values_do),
		cmocka_unit_test(natural_ids_follow_from_fields),
		cmocka_unit_test(whole_records_are_checked),
		cmocka_unit_test(ids_have_a_form),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
