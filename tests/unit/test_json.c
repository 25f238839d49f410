/* test_json.c -- what passes the scanner and what does not, the canonical form, the readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "scratch.h"

static struct problem *
parse_n(struct arena *a, const char *text, size_t length)
{
	char *exact = arena_alloc(a, length); /* no NUL behind it: a reader that runs over is seen */
	struct json_object *tree;

	if (length > 0)
		memcpy(exact, text, length);
	return json_parse(a, exact, length, &tree);
}

static struct problem *
parse(struct arena *a, const char *text)
{
	return parse_n(a, text, strlen(text));
}

static void
expect_well(struct arena *a, const char *text)
{
	struct problem *p = parse(a, text);

	if (p != NULL)
		fail_msg("%s: %s", text, p->detail);
}

/* Refused as malformed, at field, in words that hold says. */
static void
expect_refused(struct arena *a, const char *text, const char *field, const char *says)
{
	struct problem *p = parse(a, text);

	if (p == NULL)
		fail_msg("%s passed", text);
	assert_int_equal(p->kind, PROBLEM_MALFORMED);
	if (strstr(p->detail, says) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", text, p->detail, says);
	if (field == NULL)
		assert_null(p->field);
	else
		assert_string_equal(p->field, field);
}

static struct json_object *
tree_of(struct arena *a, const char *text)
{
	struct json_object *tree;

	assert_null(json_parse(a, text, strlen(text), &tree));
	return tree;
}

static const char *
canonical(struct arena *a, const char *text)
{
	struct buf b;

	buf_init(&b, a);
	json_canonical(&b, tree_of(a, text));
	return b.text;
}

static const char *
quoted(struct arena *a, const char *text)
{
	struct buf b;

	buf_init(&b, a);
	json_quote(&b, text);
	return b.text;
}

/* "[[[…]]]", depth deep, around inner. */
static const char *
nested(struct arena *a, int depth, const char *inner)
{
	struct buf b;

	buf_init(&b, a);
	for (int i = 0; i < depth; i++)
		buf_char(&b, '[');
	buf_text(&b, inner);
	for (int i = 0; i < depth; i++)
		buf_char(&b, ']');
	return b.text;
}

/* An object of count members. */
static const char *
wide(struct arena *a, int count)
{
	struct buf b;

	buf_init(&b, a);
	for (int i = 0; i < count; i++)
		buf_printf(&b, "%c\"k%d\":%d", i == 0 ? '{' : ',', i, i);
	buf_char(&b, '}');
	return b.text;
}

static void
ordinary_json_passes(void **state)
{
	static const char *const texts[] = {
		"{}", "[]", "null", "true", "false", "0", "12", "-1", "1.50", "1e3", "1E+3", "1e-3", "\"\"", "\"text\"",
		" \t\r\n{ \"a\" : [ 1 , 2 , { \"b\" : null } ] } \n", "{\"\":1}", "[[],{},\"\",0]",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "\"\\ud83d\\ude00\"",
		"\"\xf0\x9f\x98\x80 \xe2\x82\xac \xc3\xa9 \x7f\"", "{\"a\":{\"x\":1},\"b\":{\"x\":1}}",
		"9007199254740991", "-9007199254740991", "0.0", "0e5", "1e-400",
		"1234567890123456789012345678901234567.89",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect_well(*state, texts[i]);
}

static void
what_is_not_json_is_refused(void **state)
{
	static const char *const texts[] = {
		"", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
		"{,}", "{a:1}", "{'a':1}", "{1:1}", "'a'", "nul", "nulll", "True", "NULL", "undefined", "/**/1",
		"//\n1", "1 2", "{} {}", "{}x", "[1]]", ":", ",", "+1", ".5", "1.", "1.e5", "1e", "1e+", "-", "--1",
		"01", "-01", "00", "0x10", "1_000", "NaN", "-NaN", "Infinity", "-Infinity", "\"", "\"abc", "\"\\\"",
		"\"\\x41\"", "\"\\'\"", "\"\\", "\"\\u", "\"\\u12\"", "\"\\u123g\"", "\xef\xbb\xbf{}", "\v1", "\f1",
		"\xc2\xa0[]", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\"::1}", "\xff",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct problem *p = parse(*state, texts[i]);

		if (p == NULL)
			fail_msg("%s passed", texts[i]);
		assert_int_equal(p->kind, PROBLEM_MALFORMED);
	}
}

static void
a_key_given_twice_is_refused_with_its_path(void **state)
{
	expect_refused(*state, "{\"a\":1,\"a\":2}", "a", "twice, at byte 8");
	expect_refused(*state, "{\"ops\":[1,2,3,{\"set\":{\"miles\":1,\"to\":2,\"miles\":1}}]}",
	    "ops.3.set.miles", "twice");
	expect_refused(*state, "{\"a\":1,\"\\u0061\":2}", "a", "twice");
	expect_refused(*state, "{\"a\\/b\":1,\"a/b\":2}", "a/b", "twice");
	expect_refused(*state, "{\"\":1,\"\":2}", NULL, "twice");
	expect_refused(*state, "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", "\xf0\x9f\x98\x80", "twice");
}

static void
numbers_that_would_not_survive_are_refused(void **state)
{
	expect_refused(*state, "{\"n\":9007199254740992}", "n", "2^53");
	expect_refused(*state, "{\"n\":-9007199254740992}", "n", "2^53");
	expect_refused(*state, "{\"n\":9223372036854775808}", "n", "2^53");
	expect_refused(*state, "{\"n\":-99999999999999999999999}", "n", "2^53");
	expect_refused(*state, "[0,[1e400]]", "1.0", "too large");
	expect_refused(*state, "-1e400", NULL, "too large");
	expect_refused(*state, "{\"n\":-0}", "n", "minus zero");
	expect_refused(*state, "-0.00", NULL, "minus zero");
	expect_refused(*state, "-0e7", NULL, "minus zero");
	expect_refused(*state, "0.0000000000000000000000000000000000000001", NULL, "40 characters");
	expect_well(*state, "-0.01");
	expect_well(*state, "-10");
	expect_well(*state, "0.00000000000000000000000000000000000001");
}

static void
text_that_is_not_utf8_is_refused(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
		"\xfe", "\xe2\x82", "\xf0\x9f\x98", "\xe2\x28\xa1", "\xf0\x28\x8c\xbc", "\xf0\x9f\x98\x28",
	};
	struct arena *a = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect_refused(a, arena_printf(a, "{\"t\":\"%s\"}", bad[i]), "t", "UTF-8");
		expect_refused(a, arena_printf(a, "{\"t\":{\"%s\":1}}", bad[i]), "t", "UTF-8");
		expect_refused(a, arena_printf(a, "{\"t\":\"%s", bad[i]), "t", "UTF-8");
		assert_false(text_is_clean(bad[i], strlen(bad[i])));
	}
}

static void
halves_of_surrogate_pairs_are_refused(void **state)
{
	static const char *const bad[] = {
		"\\ud800", "\\udbff", "\\udc00", "\\udfff", "\\ud800\\ud800", "\\ud800x", "\\ud800\\n",
		"\\ud800\\u0041", "\\udc00\\ud800", "\\ud83d\\u", "\\uD83D",
	};
	struct arena *a = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_refused(a, arena_printf(a, "{\"t\":\"%s\"}", bad[i]), "t", "surrogate");
}

static void
the_nul_character_is_refused_in_every_form(void **state)
{
	struct arena *a = *state;

	expect_refused(a, "{\"t\":\"a\\u0000b\"}", "t", "U+0000");
	expect_refused(a, "{\"o\":{\"a\\u0000b\":1}}", "o", "U+0000");
	assert_non_null(parse_n(a, "\"a\0b\"", 5));
	assert_non_null(parse_n(a, "{}\0", 3));
	assert_non_null(parse_n(a, "{}\0x", 4));
	assert_non_null(parse_n(a, "\0{}", 3));
	assert_non_null(parse_n(a, "[1,\0]", 5));
	assert_non_null(parse_n(a, "12\0", 3));
	assert_non_null(parse_n(a, "\"\\\0\"", 4));
}

static void
raw_control_characters_are_refused(void **state)
{
	struct arena *a = *state;

	for (int c = 1; c < 0x20; c++)
		expect_refused(a, arena_printf(a, "{\"t\":\"%c\"}", c), "t", "control");
	expect_well(a, "\"\x7f\"");
}

static void
sixteen_levels_pass_and_seventeen_do_not(void **state)
{
	struct arena *a = *state;

	expect_well(a, nested(a, 16, ""));
	expect_well(a, nested(a, 16, "1"));
	expect_well(a, nested(a, 15, "{\"a\":1}"));
	expect_refused(a, nested(a, 17, ""), "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", "16 deep");
	expect_refused(a, nested(a, 16, "{}"), "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", "16 deep");
	expect_refused(a, nested(a, 100000, ""), "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", "16 deep");
}

/* "[{},{},…]" with so many objects. */
static const char *
objects(struct arena *a, size_t count)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < count; i++)
		buf_text(&b, i == 0 ? "[{}" : ",{}");
	buf_char(&b, ']');
	return b.text;
}

static void
a_text_of_many_small_values_is_refused_before_its_tree_is_built(void **state)
{
	struct arena *a = *state;
	struct json_object *tree;
	const char *text = objects(a, 100000);
	struct problem *p = json_parse(a, text, strlen(text), &tree);

	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_TOO_LARGE);
	assert_non_null(p->field);
	expect_well(a, objects(a, 20000));
	/* a longer text may have more */
	expect_well(a, arena_printf(a, "[%s,\"%*s\"]", objects(a, 100000), 4 << 20, "a picture"));
}

static void
an_object_holds_256_members_and_no_more(void **state)
{
	struct arena *a = *state;

	expect_well(a, wide(a, 256));
	expect_refused(a, wide(a, 257), NULL, "256 members");
	expect_refused(a, arena_printf(a, "{\"ops\":[%s]}", wide(a, 1000)), "ops.0", "256 members");
	expect_well(a, arena_printf(a, "[%s,%s]", wide(a, 256), wide(a, 256)));
}

static void
the_path_names_the_member_at_fault(void **state)
{
	struct arena *a = *state;
	struct problem *p;
	char key[200];

	expect_refused(a, "{\"a\":{\"b\":[{},{\"c\":01}]}}", "a.b.1.c", "needless zero, at byte 21");
	expect_refused(a, "{\"a\":{\"b\":1},\"c\" 1}", "c", "colon");
	expect_refused(a, "{\"a\":{\"b\":1} \"c\":1}", NULL, "comma");
	expect_refused(a, "{\"a\":[1 2]}", "a.0", "comma");
	expect_refused(a, "{\"a\":", "a", "too early");
	expect_refused(a, "{\"a\\nb\":x}", "a\nb", "no JSON value");
	memset(key, 'k', 63);
	strcpy(key + 63, "\xc3\xa9 and so on");
	p = parse(a, arena_printf(a, "{\"%s\":x}", key));
	assert_non_null(p);
	assert_int_equal(strlen(p->field), 63); /* cut, and not inside a character */
}

static void
every_text_cut_short_is_refused_without_harm(void **state)
{
	static const char text[] = "{\"ops\":[{\"op\":\"a\\u00e9\\ud83d\\ude00\","
	    "\"n\":-12.5e+3,\"ok\":true,\"no\":null,\"t\":\"\xe2\x82\xac\"}]}";

	assert_null(parse(*state, text));
	for (size_t length = 0; length < sizeof(text) - 1; length++)
		assert_non_null(parse_n(*state, text, length));
}

static void
the_top_must_be_an_object_when_asked_for(void **state)
{
	struct arena *a = *state;
	struct json_object *tree;
	struct problem *p;

	assert_null(json_parse_object(a, "{}", 2, &tree));
	assert_non_null(tree);
	p = json_parse_object(a, "[]", 2, &tree);
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_MALFORMED);
	assert_null(tree);
	assert_non_null(json_parse_object(a, "null", 4, &tree));
	assert_non_null(json_parse_object(a, "{", 1, &tree));
}

static void
strings_are_quoted_in_one_form(void **state)
{
	struct arena *a = *state;
	struct buf b;

	assert_string_equal(quoted(a, ""), "\"\"");
	assert_string_equal(quoted(a, "a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	assert_string_equal(quoted(a, "\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
	assert_string_equal(quoted(a, "\x01\x1f\x7f"), "\"\\u0001\\u001f\x7f\"");
	assert_string_equal(quoted(a, "\xc3\xa9\xe2\x80\xa8<>&'"), "\"\xc3\xa9\xe2\x80\xa8<>&'\"");
	buf_init(&b, a);
	json_quote_n(&b, "a\0b", 3);
	assert_string_equal(b.text, "\"a\\u0000b\"");
}

static void
the_canonical_form_sorts_and_has_no_spaces(void **state)
{
	struct arena *a = *state;

	assert_string_equal(canonical(a, " { \"b\" : 1 , \"a\" : [ true , null , false ] , \"B\" : { } } "),
	    "{\"B\":{},\"a\":[true,null,false],\"b\":1}");
	assert_string_equal(canonical(a, "{\"\xc3\xa9\":1,\"z\":2,\"\\u00e8\":3,\"\":4}"),
	    "{\"\":4,\"z\":2,\"\xc3\xa8\":3,\"\xc3\xa9\":1}");
	assert_string_equal(canonical(a, "\"\\u0041\\/\\n\""), "\"A/\\n\"");
	assert_string_equal(canonical(a, "null"), "null");
}

static void
numbers_keep_the_characters_of_the_source(void **state)
{
	struct arena *a = *state;

	assert_string_equal(canonical(a, "[1.50,1e3,0.1,12,-7,9007199254740991,1E+2,100000000000000000000.5]"),
	    "[1.50,1e3,0.1,12,-7,9007199254740991,1E+2,100000000000000000000.5]");
	assert_string_equal(json_number_text(tree_of(a, "1.50")), "1.50");
	assert_string_equal(json_number_text(tree_of(a, "12")), "12");
	assert_null(json_number_text(tree_of(a, "\"12\"")));
	assert_null(json_number_text(tree_of(a, "null")));
}

static void
equal_trees_are_equal_bytes(void **state)
{
	struct arena *a = *state;

	assert_string_equal(canonical(a, "{\"a\":\"\\u00e9\",\"b\":1}"), canonical(a, "{\"b\":1,\"a\":\"\xc3\xa9\"}"));
	assert_string_equal(canonical(a, "{\"a\":\"\\ud83d\\ude00\"}"), canonical(a, "{\"a\":\"\xf0\x9f\x98\x80\"}"));
}

static const char *
escape_of(struct arena *a, int byte)
{
	static const char letters[] = "\b\t\n\f\r\"\\", escapes[] = "btnfr\"\\";
	const char *letter = strchr(letters, byte);

	return letter == NULL ? arena_printf(a, "\\u%04x", byte)
	    : arena_printf(a, "\\%c", escapes[letter - letters]);
}

/* Eight bytes are looked at together, so each byte has to be found at each place, also beside another. */
static void
what_needs_an_escape_is_found_wherever_it_stands(void **state)
{
	struct arena *a = *state;

	for (int byte = 1; byte < 256; byte++)
		for (size_t place = 0; place < 20; place++) {
			char text[] = "aaaaaaaaaaaaaaaaaaaaaa", *wanted;
			bool plain = byte >= ' ' && byte != '"' && byte != '\\';

			text[place] = (char)byte;
			wanted = arena_printf(a, "\"%.*s%s%s\"", (int)place, text,
			    plain ? arena_printf(a, "%c", byte) : escape_of(a, byte), text + place + 1);
			assert_string_equal(quoted(a, text), wanted);
			text[place + 1] = '"';
			wanted[strlen(wanted) - 1] = '\0';
			assert_int_equal(strlen(quoted(a, text)), strlen(wanted) + 2);
		}
}

static void
unquoting_gives_back_what_was_quoted(void **state)
{
	static const char *const texts[] = {
		"", "plain", "a\"b\\c", "\\", "\"", "\\\\\"", "\x01\n\t\x1f\x7f", "\xf0\x9f\x98\x80\xc3\xa9",
	};
	struct arena *a = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(json_unquote(a, quoted(a, texts[i])), texts[i]);
	assert_string_equal(json_unquote(a, "\"a\",\"b\":1}"), "a"); /* a slice need not end in NUL */
	assert_string_equal(json_unquote(a, "12"), "");
	assert_string_equal(json_unquote(a, "\"open"), "open");
}

static void
members_of_our_own_objects_are_walked_as_slices(void **state)
{
	const char *at = "{\"a\":1,\"b\":\"x,}\\\"]\",\"c\":{\"d\":[1,{\"e\":\"]}\"}]},\"f\":[],\"g\":null}";
	static const char *const keys[] = { "a", "b", "c", "f", "g" };
	static const char *const values[] = { "1", "\"x,}\\\"]\"", "{\"d\":[1,{\"e\":\"]}\"}]}", "[]", "null" };
	struct json_slice key, value;
	struct arena *a = *state;

	for (size_t i = 0; i < 5; i++) {
		assert_true(json_next_member(&at, &key, &value));
		assert_string_equal(arena_strndup(a, key.text, key.length), keys[i]);
		assert_string_equal(arena_strndup(a, value.text, value.length), values[i]);
	}
	assert_false(json_next_member(&at, &key, &value));
	assert_false(json_next_member(&at, &key, &value));
}

static void
elements_of_our_own_arrays_are_walked_as_slices(void **state)
{
	const char *at = "[1,\"a]\",[2,[3]],{},-4.5]";
	static const char *const values[] = { "1", "\"a]\"", "[2,[3]]", "{}", "-4.5" };
	struct json_slice value;

	for (size_t i = 0; i < 5; i++) {
		assert_true(json_next_element(&at, &value));
		assert_string_equal(arena_strndup(*state, value.text, value.length), values[i]);
	}
	assert_false(json_next_element(&at, &value));
	assert_false(json_next_element(&at, &value));
}

static void
walking_nothing_or_a_torso_ends_at_once(void **state)
{
	static const char *const torsos[] = {
		"", "{", "{}", "[", "[]", "{\"", "{\"a", "{\"a\"", "{\"a\\", "x", "12", "null",
	};
	struct json_slice key, value;

	(void)state;
	for (size_t i = 0; i < sizeof(torsos) / sizeof(torsos[0]); i++) {
		const char *at = torsos[i];

		assert_false(json_next_member(&at, &key, &value));
	}
	for (size_t i = 0; i < 5; i++) {
		const char *at = torsos[i];

		assert_false(json_next_element(&at, &value));
	}
}

static void
typed_members_are_read_or_refused_by_name(void **state)
{
	struct arena *a = *state;
	struct json_object *tree = tree_of(a, "{\"t\":\"x\",\"n\":7,\"d\":1.5,\"b\":true,\"z\":null}");
	const char *text = "unset";
	int64_t number = -1;
	bool boolean = false, given = false;
	struct problem *p;

	assert_null(json_get_text(a, tree, "t", &text));
	assert_string_equal(text, "x");
	assert_null(json_get_integer(a, tree, "n", &number, &given));
	assert_int_equal(number, 7);
	assert_true(given);
	assert_null(json_get_boolean(a, tree, "b", &boolean, NULL));
	assert_true(boolean);
	p = json_get_text(a, tree, "n", &text);
	assert_int_equal(p->kind, PROBLEM_INVALID);
	assert_string_equal(p->field, "n");
	assert_non_null(json_get_integer(a, tree, "d", &number, NULL));
	assert_non_null(json_get_integer(a, tree, "t", &number, NULL));
	assert_non_null(json_get_boolean(a, tree, "n", &boolean, NULL));
}

static void
absent_members_and_null_leave_things_as_they_are(void **state)
{
	static const char *const keys[] = { "absent", "z" };
	struct arena *a = *state;
	struct json_object *tree = tree_of(a, "{\"z\":null}");

	for (size_t i = 0; i < 2; i++) {
		const char *text = "set";
		int64_t number = 5;
		bool boolean = true, given = true;

		assert_null(json_get_text(a, tree, keys[i], &text));
		assert_null(text);
		assert_null(json_get_integer(a, tree, keys[i], &number, &given));
		assert_int_equal(number, 5);
		assert_false(given);
		given = true;
		assert_null(json_get_boolean(a, tree, keys[i], &boolean, &given));
		assert_true(boolean);
		assert_false(given);
		assert_null(json_get_integer(a, tree, keys[i], &number, NULL));
	}
}

static void
a_member_nobody_declared_is_named(void **state)
{
	static const char *const allowed[] = { "a", "b", NULL };
	struct arena *a = *state;
	struct problem *p;

	assert_null(json_only(a, tree_of(a, "{}"), allowed));
	assert_null(json_only(a, tree_of(a, "{\"b\":1,\"a\":2}"), allowed));
	p = json_only(a, tree_of(a, "{\"a\":1,\"role\":\"owner\",\"x\":1}"), allowed);
	assert_int_equal(p->kind, PROBLEM_UNKNOWN_FIELD);
	assert_string_equal(p->field, "role");
}

static void
clean_text_has_no_control_bytes_but_tab_and_line_ends(void **state)
{
	(void)state;
	assert_true(text_is_clean("", 0));
	assert_true(text_is_clean("a\tb\r\nc \xc3\xa9\xf0\x9f\x98\x80", 13));
	assert_false(text_is_clean("a\0b", 3));
	assert_false(text_is_clean("a\x1b[2J", 5));
	assert_false(text_is_clean("\x08", 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ordinary_json_passes),
		TEST(what_is_not_json_is_refused),
		TEST(a_key_given_twice_is_refused_with_its_path),
		TEST(numbers_that_would_not_survive_are_refused),
		TEST(text_that_is_not_utf8_is_refused),
		TEST(halves_of_surrogate_pairs_are_refused),
		TEST(the_nul_character_is_refused_in_every_form),
		TEST(raw_control_characters_are_refused),
		TEST(sixteen_levels_pass_and_seventeen_do_not),
		TEST(a_text_of_many_small_values_is_refused_before_its_tree_is_built),
		TEST(an_object_holds_256_members_and_no_more),
		TEST(the_path_names_the_member_at_fault),
		TEST(every_text_cut_short_is_refused_without_harm),
		TEST(the_top_must_be_an_object_when_asked_for),
		TEST(strings_are_quoted_in_one_form),
		TEST(what_needs_an_escape_is_found_wherever_it_stands),
		TEST(the_canonical_form_sorts_and_has_no_spaces),
		TEST(numbers_keep_the_characters_of_the_source),
		TEST(equal_trees_are_equal_bytes),
		TEST(unquoting_gives_back_what_was_quoted),
		TEST(members_of_our_own_objects_are_walked_as_slices),
		TEST(elements_of_our_own_arrays_are_walked_as_slices),
		TEST(walking_nothing_or_a_torso_ends_at_once),
		TEST(typed_members_are_read_or_refused_by_name),
		TEST(absent_members_and_null_leave_things_as_they_are),
		TEST(a_member_nobody_declared_is_named),
		TEST(clean_text_has_no_control_bytes_but_tab_and_line_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
