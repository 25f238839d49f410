/* test_collection.c -- definitions: the shipped ones load, mistakes are named, values become
 * canonical, ids follow from fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/id.h"
#include "model/collection.h"
#include "rules/rules.h"

static char folder[] = "/tmp/daybook-definitions.XXXXXX";
static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new();
	return mkdtemp(folder) == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(a);
	return rmdir(folder);
}

/* Load a folder that holds text as one definition; the problem, or NULL. */
static struct problem *
load(const char *text, const struct collections **set)
{
	char *path = arena_printf(a, "%s/boats.json", folder);
	struct problem *p;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	p = collections_load(a, folder, rules, set);
	unlink(path);
	return p;
}

static const struct collection *
boats(const char *members)
{
	const struct collections *set;
	struct problem *p = load(arena_printf(a,
	    "{\"name\":\"boats\",\"singular\":\"boat\",\"label\":\"Boats\",%s}", members), &set);

	if (p != NULL)
		fail_msg("%s", p->cause);
	return collection_find(set, "boats");
}

/* The text of a definition of boats with these members too. */
#define BOATS(members) "{\"name\":\"boats\",\"singular\":\"boat\",\"label\":\"B\"," members "}"

static void
refuses(const char *text, const char *words)
{
	const struct collections *set;
	struct problem *p = load(text, &set);

	assert_non_null(p);
	if (strstr(p->cause, "boats.json") == NULL || strstr(p->cause, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\" of boats.json", p->cause, words);
}

static void
shipped_definitions_load(void **state)
{
	static const char *const names[] = {
		"cars", "workSessions", "workSettings", "mileage", "weights", "tasks", "taskLogs",
	};
	const struct collections *set;
	struct problem *p = collections_load(a, "schema/collections", rules, &set);

	(void)state;
	if (p != NULL)
		fail_msg("%s", p->cause);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_non_null(collection_find(set, names[i]));
	assert_null(collection_find(set, "nothing"));
}

static void
a_mistake_is_named_with_file_and_field(void **state)
{
	(void)state;
	refuses("{", "ends");
	refuses("{\"name\":\"boats\"}", "\"singular\" is missing");
	refuses(BOATS("\"colour\":1,\"fields\":[]"), "colour");
	refuses(BOATS("\"fields\":[]"), "1 to 96 fields");
	refuses(BOATS("\"fields\":[{\"name\":\"hull\",\"type\":\"wood\"}]"),
	    "field \"hull\": there is no type \"wood\"");
	refuses(BOATS("\"fields\":[{\"name\":\"version\",\"type\":\"text\"}]"),
	    "field \"version\": the name is a word of the API");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"text\"},{\"name\":\"a\",\"type\":\"text\"}]"),
	    "field \"a\": the name stands twice");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"default\":\"x\"}]"), "a must be a number");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"ref\",\"ref\":\"docks\"}]"),
	    "\"ref\" names no collection");
	refuses(BOATS("\"rules\":[\"sink\"],\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"),
	    "there is no rule \"sink\"");
	refuses(BOATS("\"may\":{\"read\":\"king\"},\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"),
	    "no role \"king\"");
	refuses(BOATS("\"own\":true,\"unique\":[\"a\"],\"idForm\":\"{a}\","
	    "\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"required\":true}]"), "would collide");
	refuses(BOATS("\"order\":\"b\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"), "\"order\"");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"date\",\"atLeast\":\"b\"}]"), "\"atLeast\"");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"date\",\"atLeast\":\"b\"},"
	    "{\"name\":\"b\",\"type\":\"date\",\"private\":true}]"), "cannot name a private one");
	refuses(BOATS("\"may\":{\"read\":\"manager\",\"create\":\"member\"},"
	    "\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"), "whoever may create must be allowed to read");
	refuses(BOATS("\"unique\":[\"a\"],\"idForm\":\"{a}:{b}\","
	    "\"fields\":[{\"name\":\"a\",\"type\":\"date\",\"required\":true},"
	    "{\"name\":\"b\",\"type\":\"date\",\"required\":true}]"),
	    "required fields that are \"unique\"");
	refuses(BOATS("\"unique\":[\"a\"],\"fields\":[{\"name\":\"a\",\"type\":\"date\",\"derived\":true}]"),
	    "that clients write");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"choicesFrom\":\"ports.names\"}]"),
	    "collection.field, of a choice");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"choice\",\"choicesFrom\":\"ports.names\"}]"),
	    "a choice needs \"choices\"");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"choice\",\"choices\":[\"x\"],"
	    "\"choicesFrom\":\"ports.names\"}]"), "must name a public list");
	refuses(
	    BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"choice\",\"choices\":[\"x\"],\"choicesFrom\":\"boats.b\"},"
		"{\"name\":\"b\",\"type\":\"list\"}]"),
	    "a collection of one record");
	refuses(BOATS("\"unique\":[],\"fields\":[{\"name\":\"a\",\"type\":\"choice\",\"choices\":[\"x\"],"
		"\"choicesFrom\":\"boats.b\",\"default\":\"y\"},{\"name\":\"b\",\"type\":\"list\"}]"),
	    "must be one of \"choices\"");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"choices\":[\"x\"]}]"),
	    "\"choices\" are of a choice");
	refuses(BOATS("\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"also\":[\"x\",1]}]"),
	    "\"also\" must be a list of texts");
	refuses(BOATS("\"idAlso\":[\"Ship\"],\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"),
	    "\"idAlso\" needs \"idLabel\"");
	refuses(BOATS("\"headerless\":[\"id\"],\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"),
	    "\"headerless\" must name");
	refuses(BOATS("\"headerless\":[\"a\"],\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"private\":true}]"),
	    "\"headerless\" must name");
	refuses(BOATS("\"headerless\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"),
	    "must be a list of texts");
	refuses(BOATS("\"addressee\":\"a\",\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]"),
	    "\"addressee\" must name a public text that is immutable");
	refuses(BOATS("\"addressee\":\"b\",\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"immutable\":true}]"),
	    "\"addressee\" must name a public text that is immutable");
	refuses(BOATS("\"own\":true,\"addressee\":\"a\","
	    "\"fields\":[{\"name\":\"a\",\"type\":\"text\",\"immutable\":true}]"), "exclude each other");
}

/* JSON whose texts stand between single quotes here. */
static const char *
as_json(const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *at = copy; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	return copy;
}

static void
takes(const char *members)
{
	boats(as_json(members));
}

/* A definition of boats with these members beside its names is refused with these words. */
static void
declines(const char *members, const char *words)
{
	static const char *const names = "'name':'boats','singular':'boat','label':'Boats'";

	refuses(as_json(arena_printf(a, "{%s,%s}", names, members)), words);
}

static void
formats_are_of_their_types(void **state)
{
	(void)state;
	takes("'fields':[{'name':'by','type':'text','format':'user'},{'name':'of','type':'text','format':'user'},"
	    "{'name':'zone','type':'text','format':'zone'},{'name':'long','type':'integer','format':'duration'}]");
	declines("'fields':[{'name':'a','type':'text','format':'colour'}]",
	    "field \"a\": \"format\" must be user or zone");
	declines("'fields':[{'name':'a','type':'text','format':'duration'}]", "duration, of an integer");
	declines("'fields':[{'name':'a','type':'decimal','format':'duration'}]", "duration, of an integer");
	declines("'fields':[{'name':'a','type':'integer','format':'user'}]", "of a text");
	declines("'fields':[{'name':'a','type':'text','format':true}]", "field \"a\": format");
	declines("'fields':[{'name':'a','type':'text','format':'zone'},{'name':'b','type':'text','format':'zone'}]",
	    "field \"b\": \"format\": there is a zone already, \"a\"");
}

static void
pairs_are_of_two_fields_of_a_type(void **state)
{
	(void)state;
	takes("'fields':[{'name':'from','type':'text'},{'name':'to','type':'text','pair':'from'},"
	    "{'name':'end','type':'time','private':true,'pair':'start'},{'name':'start','type':'time'}]");
	declines("'fields':[{'name':'a','type':'text','pair':'b'}]",
	    "field \"a\": \"pair\" must name another field of the same type");
	declines("'fields':[{'name':'a','type':'text','pair':'a'}]", "must name another field");
	declines("'fields':[{'name':'a','type':'text'},{'name':'b','type':'date','pair':'a'}]",
	    "field \"b\": \"pair\" must name another field of the same type");
	declines("'fields':[{'name':'a','type':'place'},{'name':'b','type':'place','pair':'a'}]", "one with words");
	declines("'fields':[{'name':'a','type':'date','private':true},{'name':'b','type':'date','pair':'a'}]",
	    "cannot name a private one");
	declines("'fields':[{'name':'a','type':'date','pair':'b'},{'name':'b','type':'date','pair':'a'}]",
	    "a field is in one pair only");
	declines("'fields':[{'name':'a','type':'date'},{'name':'b','type':'date','pair':'a'},"
	    "{'name':'c','type':'date','pair':'a'}]", "a field is in one pair only");
	declines("'fields':[{'name':'a','type':'date'},{'name':'b','type':'date','pair':'a'},"
	    "{'name':'c','type':'date','pair':'b'}]", "a field is in one pair only");
}

static void
sums_are_of_numbers(void **state)
{
	(void)state;
	takes("'fields':[{'name':'a','type':'money','sum':true},{'name':'b','type':'decimal','sum':true},"
	    "{'name':'c','type':'integer','sum':true},{'name':'d','type':'text','sum':false}]");
	declines("'fields':[{'name':'a','type':'text','sum':true}]", "field \"a\": \"sum\" is of a number");
	declines("'fields':[{'name':'a','type':'integer','sum':1}]", "field \"a\": sum");
}

static void
tones_are_of_booleans_and_choices(void **state)
{
	(void)state;
	takes("'fields':[{'name':'a','type':'boolean','tone':'good'},"
	    "{'name':'b','type':'choice','choices':['x','y','z'],'tone':{'x':'plain','y':'warn','z':'accent'}}]");
	declines("'fields':[{'name':'a','type':'boolean','tone':'loud'}]",
	    "field \"a\": a tone is plain, good, warn, bad or accent");
	declines("'fields':[{'name':'a','type':'boolean','tone':{'true':'good'}}]", "a tone is plain");
	declines("'fields':[{'name':'a','type':'text','tone':'good'}]",
	    "field \"a\": \"tone\" is a tone, of a boolean");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'tone':'good'}]", "an object of choices");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'tone':{}}]", "an object of choices");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'tone':null}]", "an object of choices");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'tone':{'y':'good'}}]",
	    "\"tone\" names \"y\", which is not one of \"choices\"");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'tone':{'x':3}}]", "a tone is plain");
}

static void
past_is_a_value_of_its_field(void **state)
{
	(void)state;
	takes("'fields':[{'name':'a','type':'boolean','past':false},"
	    "{'name':'b','type':'choice','choices':['x','y'],'past':'y'}]");
	declines("'fields':[{'name':'a','type':'boolean','past':'false'}]", "field \"a\": \"past\" must be a value");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'past':'y'}]", "one of the choices");
	declines("'fields':[{'name':'a','type':'choice','choices':['x'],'past':true}]", "one of the choices");
	declines("'fields':[{'name':'a','type':'text','past':'gone'}]", "\"past\" must be a value");
}

static void
titles_name_what_everybody_can_read(void **state)
{
	(void)state;
	takes("'title':['b','a'],'fields':[{'name':'a','type':'text'},{'name':'b','type':'date'}]");
	declines("'title':'a','fields':[{'name':'a','type':'text'}]", "\"title\" must be a list of texts");
	declines("'title':[],'fields':[{'name':'a','type':'text'}]", "\"title\" must be a list of texts");
	declines("'title':['b'],'fields':[{'name':'a','type':'text'}]", "\"title\" must name public fields");
	declines("'title':['a'],'fields':[{'name':'a','type':'text','private':true}]",
	    "\"title\" must name public fields");
	declines("'title':['a'],'fields':[{'name':'a','type':'text','hidden':true}]",
	    "\"title\" must name public fields");
	declines("'title':['a'],'fields':[{'name':'a','type':'text','retired':true}]",
	    "\"title\" must name public fields");
	declines("'title':['a'],'fields':[{'name':'a','type':'file'}]", "that are shown in words");
	declines("'title':['a','a'],'fields':[{'name':'a','type':'text'}]", "\"title\" names \"a\" twice");
}

/* Devices load a space again when its visibility is another.  How something looks is no reason. */
static void
words_for_screens_are_sent_and_move_no_device(void **state)
{
	static const char *const form = "{'name':'boats','singular':'boat','label':'Boats','revision':%d%s,'fields':["
	    "{'name':'end','type':'instant'%s},{'name':'start','type':'instant'},{'name':'afloat','type':'boolean'%s},"
	    "{'name':'zone','type':'text'%s},{'name':'price','type':'money','private':true%s}]}";
	const struct collections *plain, *words;
	const struct collection *c;

	(void)state;
	assert_null(load(as_json(arena_printf(a, form, 1, "", "", "", "", "")), &plain));
	assert_null(load(as_json(arena_printf(a, form, 2, ",'title':['start','end']", ",'pair':'start'",
	    ",'tone':'good','past':false", ",'format':'zone'", ",'sum':true")), &words));
	assert_string_equal(plain->visibility, words->visibility);
	c = collection_find(words, "boats");
	assert_non_null(strstr(c->definition, "\"title\":[\"start\",\"end\"]"));
	assert_non_null(strstr(c->definition, "\"pair\":\"start\""));
	assert_non_null(strstr(c->definition, "\"past\":false"));
	assert_non_null(strstr(c->definition, "\"tone\":\"good\""));
	assert_non_null(strstr(c->definition_public, "\"format\":\"zone\""));
	assert_null(strstr(c->definition_public, "\"sum\""));
}

static void
what_nobody_may_do_nobody_may(void **state)
{
	const struct collection *c = boats("\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]");

	(void)state;
	for (int i = 0; i < MAY_COUNT; i++)
		assert_int_equal(c->may[i], ROLE_COUNT);
}

/* The canonical form of a JSON value, or the problem's kind as text. */
static const char *
canonical(const struct collection *c, const char *field, const char *json)
{
	const char *value;
	struct json_object *tree;
	struct problem *p = json_parse(a, json, strlen(json), &tree);

	if (p == NULL)
		p = field_read(a, collection_field(c, field), tree, &value);
	if (p != NULL) {
		assert_string_equal(p->field, field);
		return "refused";
	}
	return value == NULL ? "empty" : value;
}

static void
equal_values_are_equal_texts(void **state)
{
	const struct collection *c =
	    boats("\"fields\":[{\"name\":\"d\",\"type\":\"decimal\",\"scale\":2,\"min\":-1,\"max\":10},"
	        "{\"name\":\"i\",\"type\":\"instant\"},{\"name\":\"t\",\"type\":\"text\",\"maxLength\":3},"
	        "{\"name\":\"n\",\"type\":\"integer\"},"
	        "{\"name\":\"p\",\"type\":\"place\"},{\"name\":\"l\",\"type\":\"list\",\"maxLength\":3},"
	        "{\"name\":\"b\",\"type\":\"boolean\",\"default\":true},"
	        "{\"name\":\"c\",\"type\":\"choice\",\"choices\":[\"x\",\"y\"]},"
	        "{\"name\":\"m\",\"type\":\"money\"},{\"name\":\"f\",\"type\":\"file\"},"
	        "{\"name\":\"day\",\"type\":\"date\"},{\"name\":\"at\",\"type\":\"time\"}]");

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
	const struct collection *c =
	    boats("\"fields\":[{\"name\":\"z\",\"type\":\"text\"},{\"name\":\"a\",\"type\":\"integer\"},"
	        "{\"name\":\"secret\",\"type\":\"text\",\"private\":true}]");
	const char **values = values_new(a, c), **again;

	(void)state;
	values[0] = "\"say \\\"hi\\\" }{,\"";
	values[1] = "7";
	values[2] = "\"s\"";
	assert_string_equal(values_doc(a, c, values, false), "{\"a\":7,\"z\":\"say \\\"hi\\\" }{,\"}");
	assert_string_equal(values_doc(a, c, values, true), "{\"secret\":\"s\"}");
	again = values_parse(a, c, values_doc(a, c, values, false), values_doc(a, c, values, true));
	for (size_t i = 0; i < c->field_count; i++)
		assert_string_equal(again[i], values[i]);
}

static void
order_keys_compare_as_their_values_do(void **state)
{
	const struct collection *c =
	    boats("\"order\":\"n\",\"fields\":[{\"name\":\"n\",\"type\":\"decimal\",\"scale\":1}]");
	static const char *const ascending[] = { "-100", "-1.5", "0", "0.1", "2", "10" };
	const char **values = values_new(a, c);
	struct sort_key last = values_sort_key(a, c, values);

	(void)state;
	assert_int_equal(last.length, 0);
	for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
		struct sort_key key;

		values[0] = ascending[i];
		key = values_sort_key(a, c, values);
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
	const struct collections *set;
	const struct collection *c, *settings;
	const char **values;

	(void)state;
	assert_null(collections_load(a, "schema/collections", rules, &set));
	c = collection_find(set, "weights");
	values = values_new(a, c);
	values[collection_field(c, "date")->index] = "\"2026-11-21\"";
	assert_string_equal(values_id(a, c, "u1", values), "a5756736f4a0ea3c195710ea19c9525e");
	settings = boats("\"unique\":[],\"fields\":[{\"name\":\"a\",\"type\":\"text\"}]");
	assert_string_equal(values_id(a, settings, "u1", values_new(a, settings)), "settings");
	c = boats("\"unique\":[\"b\",\"a\"],\"idForm\":\"{b}:{a}\","
	    "\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"required\":true},"
	    "{\"name\":\"b\",\"type\":\"text\",\"required\":true}]");
	values = values_new(a, c);
	values[0] = "7";
	values[1] = "\"x\"";
	assert_string_equal(values_id(a, c, "u1", values), "x:7");
}

static void
whole_records_are_checked(void **state)
{
	const struct collection *c = boats("\"fields\":[{\"name\":\"from\",\"type\":\"date\",\"required\":true},"
	    "{\"name\":\"to\",\"type\":\"date\",\"atLeast\":\"from\"}]");
	const char **values = values_new(a, c);

	(void)state;
	assert_string_equal(values_check(a, c, values)->field, "from");
	values[0] = "\"2026-11-21\"";
	assert_null(values_check(a, c, values));
	values[1] = "\"2026-11-20\"";
	assert_string_equal(values_check(a, c, values)->field, "to");
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
		cmocka_unit_test(a_mistake_is_named_with_file_and_field),
		cmocka_unit_test(formats_are_of_their_types),
		cmocka_unit_test(pairs_are_of_two_fields_of_a_type),
		cmocka_unit_test(sums_are_of_numbers),
		cmocka_unit_test(tones_are_of_booleans_and_choices),
		cmocka_unit_test(past_is_a_value_of_its_field),
		cmocka_unit_test(titles_name_what_everybody_can_read),
		cmocka_unit_test(words_for_screens_are_sent_and_move_no_device),
		cmocka_unit_test(what_nobody_may_do_nobody_may),
		cmocka_unit_test(equal_values_are_equal_texts),
		cmocka_unit_test(docs_are_sorted_and_read_back),
		cmocka_unit_test(order_keys_compare_as_their_values_do),
		cmocka_unit_test(natural_ids_follow_from_fields),
		cmocka_unit_test(whole_records_are_checked),
		cmocka_unit_test(ids_have_a_form),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, setup, teardown);
}
