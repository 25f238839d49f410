/* test_definition.c -- reading a definition: each mistake is named with file, field and reason; every allowed member
 * is accepted; an absent one means no right, or the default. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "people.h"
#include "rules/rules.h"

/* A definition of boats with these members beside its names. */
static const char *
boats_with(const char *members)
{
	return arena_printf(arena, "{'name':'boats','singular':'boat','label':'Boats',%s}", members);
}

/* A field of a type beside a text "a"; both with these members. */
#define FIELD(type, members) "'fields':[{'name':'f','type':'" type "'" members "},{'name':'a','type':'text'}]"
#define PLAIN "'fields':[{'name':'a','type':'text'}]"

static const struct collection *
boats(const char *members)
{
	const struct collections *set;

	good(define(&set, "boats.json", boats_with(members), NULL));
	return collection_find(set, "boats");
}

/* One mistake: the members, the field that is named (NULL for none), and the reason. */
struct mistake {
	const char *members, *field, *reason;
};

static void
expect_each(const struct mistake *mistakes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct mistake *m = &mistakes[i];
		const struct collections *set;
		struct problem *p = define(&set, "boats.json", boats_with(m->members), NULL);
		const char *where = m->field == NULL ? "" : arena_printf(arena, "field \"%s\": ", m->field);

		if (p == NULL)
			fail_msg("%s is taken", m->members);
		is_problem(p, PROBLEM_INTERNAL);
		assert_string_equal(p->cause, arena_printf(arena, "boats.json: %s%s", where, m->reason));
		assert_string_equal(p->detail, "A definition is wrong.");
	}
}

#define EXPECT_EACH(mistakes) expect_each(mistakes, sizeof mistakes / sizeof mistakes[0])

/* ---- the collection ---- */

static void
a_file_holds_one_object_of_known_members(void **state)
{
	static const struct mistake mistakes[] = {
		{ "'colour':1," PLAIN, NULL, "colour: This member is not known here." },
		{ "'own':'yes'," PLAIN, NULL, "own: This must be true or false." },
		{ "'inOrder':'yes'," PLAIN, NULL, "inOrder: This must be true or false." },
		{ "'icon':7," PLAIN, NULL, "icon: This must be a text." },
		{ "'icon':''," PLAIN, NULL, "\"icon\" is empty" },
		{ "'revision':'2'," PLAIN, NULL, "revision: This must be a whole number." },
		{ "'revision':0," PLAIN, NULL, "\"revision\" must be from 1 to 1000000" },
		{ "'revision':1000001," PLAIN, NULL, "\"revision\" must be from 1 to 1000000" },
		{ "'conflict':'win'," PLAIN, NULL, "\"conflict\" must be merge or reject" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
}

static const char *
cause_of(const char *file, const char *text)
{
	const struct collections *set;
	struct problem *p = define(&set, file, text, NULL);

	is_problem(p, PROBLEM_INTERNAL);
	return p->cause;
}

static void
a_collection_has_names(void **state)
{
	(void)state;
	holds(cause_of("boats.json", "{"), "boats.json: ");
	holds(cause_of("boats.json", "[]"), "boats.json: ");
	assert_string_equal(cause_of("boats.json", "{'singular':'boat'}"), "boats.json: \"name\" is missing");
	assert_string_equal(cause_of("boats.json", "{'name':'boats'}"), "boats.json: \"singular\" is missing");
	assert_string_equal(cause_of("boats.json", "{'name':'boats','singular':'boat'}"),
	    "boats.json: \"label\" is missing");
	assert_string_equal(cause_of("b.json", "{'name':'Boats','singular':'boat','label':'B'," PLAIN "}"),
	    "b.json: \"name\" and \"singular\" have at most 40 letters and digits and start with a small letter");
	assert_string_equal(cause_of("b.json", "{'name':'boats','singular':'a-boat','label':'B'," PLAIN "}"),
	    "b.json: \"name\" and \"singular\" have at most 40 letters and digits and start with a small letter");
	assert_string_equal(cause_of("b.json", "{'name':'import','singular':'boat','label':'B'," PLAIN "}"),
	    "b.json: \"import\" is a word of the API");
}

static void
a_role_that_may_change_may_read(void **state)
{
	static const struct mistake mistakes[] = {
		{ "'may':'viewer'," PLAIN, NULL, "\"may\" must be an object" },
		{ "'may':{'look':'viewer'}," PLAIN, NULL, "look: This member is not known here." },
		{ "'may':{'read':'king'}," PLAIN, NULL, "\"may\": there is no role \"king\"" },
		{ "'may':{'read':'none'}," PLAIN, NULL, "\"may\": there is no role \"none\"" },
		{ "'may':{'read':7}," PLAIN, NULL, "read: This must be a text." },
		{ "'may':{'read':'manager','create':'member'}," PLAIN, NULL,
		    "\"may\": whoever may create must be allowed to read" },
		{ "'may':{'read':'manager','update':'member'}," PLAIN, NULL,
		    "\"may\": whoever may update must be allowed to read" },
		{ "'may':{'delete':'owner'}," PLAIN, NULL, "\"may\": whoever may delete must be allowed to read" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
}

static void
an_order_is_by_a_public_field_that_has_one(void **state)
{
	static const char reason[] = "\"order\" must name a public field that has an order, or id";
	static const struct mistake mistakes[] = {
		{ "'order':'b'," PLAIN, NULL, reason },
		{ "'order':'-f'," FIELD("text", ",'private':true"), NULL, reason },
		{ "'order':'f'," FIELD("boolean", ""), NULL, reason },
		{ "'order':'f'," FIELD("place", ""), NULL, reason },
		{ "'order':'f'," FIELD("list", ""), NULL, reason },
		{ "'order':'f'," FIELD("json", ""), NULL, reason },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_string_equal(boats("'order':'-a'," PLAIN)->order->name, "a");
	assert_true(boats("'order':'-a'," PLAIN)->order_descending);
	assert_false(boats("'order':'a'," PLAIN)->order_descending);
	assert_null(boats("'order':'-id'," PLAIN)->order);
	assert_true(boats("'order':'-id'," PLAIN)->order_descending);
}

static void
ids_are_given_or_follow_from_unique_fields(void **state)
{
	static const char written[] = "\"unique\" must name public fields that clients write";
	static const char named[] = "\"idForm\" must name required fields that are \"unique\"";
	static const struct mistake mistakes[] = {
		{ "'unique':'a'," PLAIN, NULL, "\"unique\" must be a list of at most 8 names of fields" },
		{ "'unique':['a','a','a','a','a','a','a','a','a']," PLAIN, NULL,
		    "\"unique\" must be a list of at most 8 names of fields" },
		{ "'unique':['b']," PLAIN, NULL, written },
		{ "'unique':[7]," PLAIN, NULL, written },
		{ "'unique':['f']," FIELD("text", ",'private':true"), NULL, written },
		{ "'unique':['f']," FIELD("text", ",'retired':true"), NULL, written },
		{ "'unique':['f']," FIELD("text", ",'derived':true"), NULL, written },
		{ "'unique':['a'],'idForm':'given'," PLAIN, NULL, "\"unique\" needs idForm hash or a template" },
		{ "'idForm':'hash'," PLAIN, NULL, "idForm hash needs \"unique\"" },
		{ "'unique':['a'],'idForm':'a'," PLAIN, NULL,
		    "\"idForm\" must be given, hash, or a template with {fields}" },
		{ "'unique':['f'],'idForm':'{f'," FIELD("text", ",'required':true"), NULL,
		    "\"idForm\": a brace is not closed" },
		{ "'unique':['a'],'idForm':'{a}'," PLAIN, NULL, named },
		{ "'unique':['a'],'idForm':'{f}'," FIELD("text", ",'required':true"), NULL, named },
		{ "'unique':['a'],'idForm':'{b}'," PLAIN, NULL, named },
		{ "'own':true,'unique':['f'],'idForm':'{f}'," FIELD("text", ",'required':true"), NULL,
		    "\"idForm\": a template would collide in an own collection; use hash" },
		{ "'unique':['a'],'idLabel':'Boat'," PLAIN, NULL, "\"idLabel\" is for given ids" },
		{ "'idAlso':['Ship']," PLAIN, NULL, "\"idAlso\" needs \"idLabel\"" },
		{ "'idLabel':'Boat','idAlso':[]," PLAIN, NULL, "\"idAlso\" must be a list of texts" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_int_equal(boats(PLAIN)->id_form, ID_GIVEN);
	assert_int_equal(boats("'unique':['a']," PLAIN)->id_form, ID_HASH);
	assert_int_equal(boats("'unique':[]," PLAIN)->id_form, ID_HASH);
	assert_int_equal(boats("'own':true,'unique':['a']," PLAIN)->id_form, ID_HASH);
	assert_int_equal(boats("'unique':['f'],'idForm':'x-{f}'," FIELD("text", ",'required':true"))->id_form,
	    ID_TEMPLATE);
}

static void
columns_without_a_header_are_what_everybody_may_write(void **state)
{
	static const char reason[] =
	    "\"headerless\" must name the id, where people give it, or public fields that are written";
	static const struct mistake mistakes[] = {
		{ "'headerless':'a'," PLAIN, NULL, "\"headerless\" must be a list of texts" },
		{ "'headerless':[7]," PLAIN, NULL, "\"headerless\" must be a list of texts" },
		{ "'headerless':['b']," PLAIN, NULL, reason },
		{ "'headerless':['id']," PLAIN, NULL, reason },
		{ "'headerless':['f']," FIELD("text", ",'private':true"), NULL, reason },
		{ "'headerless':['f']," FIELD("text", ",'derived':true"), NULL, reason },
		{ "'headerless':['f']," FIELD("text", ",'retired':true"), NULL, reason },
		{ "'headerless':['f']," FIELD("json", ""), NULL, reason },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_int_equal(boats("'idLabel':'Boat','headerless':['id','a']," PLAIN)->headerless.count, 2);
}

static void
files_name_records_by_a_required_text(void **state)
{
	static const char reason[] = "\"importBy\" must name a public text that is required";
	static const char form[] =
	    "\"importBy\" is for given ids that people do not name, without an addressee";
	static const struct mistake mistakes[] = {
		{ "'importBy':'b'," PLAIN, NULL, reason },
		{ "'importBy':'a'," PLAIN, NULL, reason },
		{ "'importBy':'f'," FIELD("integer", ",'required':true"), NULL, reason },
		{ "'importBy':'f'," FIELD("text", ",'required':true,'private':true"), NULL, reason },
		{ "'importBy':'f'," FIELD("text", ",'required':true,'derived':true"), NULL, reason },
		{ "'importBy':'f','idLabel':'Boat'," FIELD("text", ",'required':true"), NULL, form },
		{ "'importBy':'f','unique':['f']," FIELD("text", ",'required':true"), NULL, form },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_string_equal(boats("'importBy':'f'," FIELD("text", ",'required':true"))->import_by->name, "f");
	assert_null(boats(PLAIN)->import_by);
}

static void
what_lasts_is_told_by_a_day_or_a_choice(void **state)
{
	static const char reason[] = "\"lasts\" must name a public date, or a public choice with a default";
	static const char undone[] = "\"undone\" needs \"lasts\" to name a choice that clients write";
	static const struct mistake mistakes[] = {
		{ "'lasts':'b'," PLAIN, NULL, reason },
		{ "'lasts':'a'," PLAIN, NULL, reason },
		{ "'lasts':'f'," FIELD("date", ",'private':true"), NULL, reason },
		{ "'lasts':'f'," FIELD("choice", ",'choices':['x']"), NULL, reason },
		{ "'undone':true," PLAIN, NULL, undone },
		{ "'undone':1," PLAIN, NULL, "undone: This must be true or false." },
		{ "'lasts':'f','undone':true," FIELD("date", ""), NULL, undone },
		{ "'lasts':'f','undone':true," FIELD("choice", ",'choices':['x'],'default':'x','derived':true"), NULL,
		    undone },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_non_null(boats("'lasts':'f'," FIELD("date", "")));
	assert_non_null(boats("'lasts':'f','undone':true," FIELD("choice", ",'choices':['x'],'default':'x'")));
}

static void
what_is_overseen_is_peoples_own_and_has_no_private_fields(void **state)
{
	static const char reason[] = "\"overseen\" is for \"own\" collections without private fields";
	static const struct mistake mistakes[] = {
		{ "'overseen':true," PLAIN, NULL, reason },
		{ "'own':true,'overseen':true," FIELD("text", ",'private':true"), NULL, reason },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_true(boats("'own':true,'overseen':true," PLAIN)->overseen);
	assert_false(boats("'own':true," PLAIN)->overseen);
}

static void
an_addressee_is_a_public_text_that_never_changes(void **state)
{
	static const char reason[] = "\"addressee\" must name a public text that is immutable and has no default";
	static const struct mistake mistakes[] = {
		{ "'addressee':'b'," PLAIN, NULL, reason },
		{ "'addressee':'a'," PLAIN, NULL, reason },
		{ "'addressee':'f'," FIELD("date", ",'immutable':true"), NULL, reason },
		{ "'addressee':'f'," FIELD("text", ",'immutable':true,'private':true"), NULL, reason },
		{ "'addressee':'f'," FIELD("text", ",'immutable':true,'derived':true"), NULL, reason },
		{ "'addressee':'f'," FIELD("text", ",'immutable':true,'retired':true"), NULL, reason },
		{ "'addressee':'f'," FIELD("text", ",'immutable':true,'default':'x'"), NULL, reason },
		{ "'own':true,'addressee':'f'," FIELD("text", ",'immutable':true"), NULL,
		    "\"addressee\" and \"own\" exclude each other" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_string_equal(boats("'addressee':'f'," FIELD("text", ",'immutable':true"))->addressee->name, "f");
}

static void
rules_are_named_and_of_their_collection(void **state)
{
	static const struct mistake mistakes[] = {
		{ "'rules':'zone'," PLAIN, NULL, "\"rules\" must be a list of at most 16 names" },
		{ "'rules':['','','','','','','','','','','','','','','','','']," PLAIN, NULL,
		    "\"rules\" must be a list of at most 16 names" },
		{ "'rules':['sink']," PLAIN, NULL, "there is no rule \"sink\"" },
		{ "'rules':[7]," PLAIN, NULL, "there is no rule \"\"" },
		{ "'rules':['car-late']," PLAIN, NULL, "the rule \"car-late\" is for cars only" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_int_equal(boats("'rules':['end-after-start']," PLAIN)->rule_count, 1);
}

/* ---- its fields ---- */

static void
fields_are_a_list_of_objects(void **state)
{
	static const struct mistake mistakes[] = {
		{ "'help':'x'", NULL, "\"fields\" must be a list of objects" },
		{ "'fields':{}", NULL, "\"fields\" must be a list of objects" },
		{ "'fields':['a']", NULL, "\"fields\" must be a list of objects" },
		{ "'fields':[{'name':'a','type':'text'},7]", NULL, "\"fields\" must be a list of objects" },
		{ "'fields':[]", NULL, "there must be 1 to 96 fields" },
		{ "'fields':[{'type':'text'}]", NULL, "\"name\" is missing" },
		{ "'fields':[{'name':'a','type':'text'},{'name':'a','type':'date'}]", "a", "the name stands twice" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
}

static void
a_collection_has_at_most_96_fields(void **state)
{
	struct buf b;
	const struct collections *set;

	(void)state;
	buf_init(&b, arena);
	for (int i = 0; i < 96; i++)
		buf_printf(&b, "%s{'name':'f%d','type':'text'}", i == 0 ? "" : ",", i);
	assert_int_equal(boats(arena_printf(arena, "'fields':[%s]", b.text))->field_count, 96);
	buf_text(&b, ",{'name':'one','type':'text'}");
	holds(define(&set, "boats.json", boats_with(arena_printf(arena, "'fields':[%s]", b.text)), NULL)->cause,
	    "boats.json: there must be 1 to 96 fields");
}

static void
names_of_fields_are_free_words(void **state)
{
	static const char form[] = "a name has at most 40 letters and digits and starts with a small letter";
	static const char word[] = "the name is a word of the API";
	static const struct mistake mistakes[] = {
		{ "'fields':[{'name':'Hull','type':'text'}]", "Hull", form },
		{ "'fields':[{'name':'7','type':'text'}]", "7", form },
		{ "'fields':[{'name':'a_b','type':'text'}]", "a_b", form },
		{ "'fields':[{'name':'a23456789012345678901234567890123456789x1','type':'text'}]",
		    "a23456789012345678901234567890123456789x1", form },
		{ "'fields':[{'name':'version','type':'text'}]", "version", word },
		{ "'fields':[{'name':'owner','type':'text'}]", "owner", word },
		{ "'fields':[{'name':'sort','type':'text'}]", "sort", word },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'a234567890123456789012345678901234567890','type':'text'}]");
}

static void
a_member_of_a_field_has_its_type_and_bounds(void **state)
{
	static const struct mistake mistakes[] = {
		{ FIELD("wood", ""), "f", "there is no type \"wood\"" },
		{ "'fields':[{'name':'f'}]", "f", "\"type\" is missing" },
		{ FIELD("text", ",'colour':1"), "f", "colour: This member is not known here." },
		{ FIELD("text", ",'label':''"), "f", "\"label\" is empty" },
		{ FIELD("text", ",'help':7"), "f", "help: This must be a text." },
		{ FIELD("text", ",'unit':true"), "f", "unit: This must be a text." },
		{ FIELD("text", ",'required':'yes'"), "f", "required: This must be true or false." },
		{ FIELD("text", ",'immutable':1"), "f", "immutable: This must be true or false." },
		{ FIELD("text", ",'private':1"), "f", "private: This must be true or false." },
		{ FIELD("text", ",'retired':1"), "f", "retired: This must be true or false." },
		{ FIELD("text", ",'derived':1"), "f", "derived: This must be true or false." },
		{ FIELD("text", ",'hidden':1"), "f", "hidden: This must be true or false." },
		{ FIELD("text", ",'required':true,'retired':true"), "f", "a retired field cannot be required" },
		{ FIELD("text", ",'maxLength':0"), "f", "\"maxLength\" must be from 1 to 20000" },
		{ FIELD("text", ",'maxLength':20001"), "f", "\"maxLength\" must be from 1 to 20000" },
		{ FIELD("decimal", ",'scale':7"), "f", "\"scale\" must be from 0 to 6" },
		{ FIELD("decimal", ",'scale':-1"), "f", "\"scale\" must be from 0 to 6" },
		{ FIELD("integer", ",'scale':1"), "f", "only a decimal has a scale" },
		{ FIELD("integer", ",'min':1.5"), "f", "\"min\" is not a number of its type" },
		{ FIELD("integer", ",'max':'9'"), "f", "\"max\" is not a number of its type" },
		{ FIELD("decimal", ",'scale':1,'max':0.25"), "f", "\"max\" is not a number of its type" },
		{ FIELD("text", ",'also':['x',1]"), "f", "\"also\" must be a list of texts" },
		{ FIELD("text", ",'also':'x'"), "f", "\"also\" must be a list of texts" },
		{ FIELD("text", ",'also':[]"), "f", "\"also\" must be a list of texts" },
		{ FIELD("ref", ""), "f", "\"ref\" is missing" },
		{ FIELD("ref", ",'ref':'docks'"), "f", "\"ref\" names no collection" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
}

static void
a_default_is_a_value_of_its_field(void **state)
{
	static const struct mistake mistakes[] = {
		{ FIELD("integer", ",'default':'x'"), "f", "f: f must be a number." },
		{ FIELD("text", ",'maxLength':2,'default':'xyz'"), "f", "f: f has more than 2 characters." },
		{ FIELD("choice", ",'choices':['x'],'default':'y'"), "f", "f: f must be one of: x." },
		{ FIELD("choice", ",'choices':['x'],'choicesFrom':'boats.l','default':'y'"), "f",
		    "\"default\" must be one of \"choices\"" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	assert_string_equal(boats(FIELD("decimal", ",'scale':2,'default':1.50"))->fields[0].initial, "1.5");
	assert_null(boats(FIELD("integer", ",'default':null"))->fields[0].initial);
}

static void
choices_are_of_a_choice(void **state)
{
	static const struct mistake mistakes[] = {
		{ FIELD("choice", ""), "f", "a choice needs \"choices\"" },
		{ FIELD("choice", ",'choices':[]"), "f", "\"choices\" must be a list of texts" },
		{ FIELD("text", ",'choices':['x']"), "f", "\"choices\" are of a choice" },
		{ FIELD("choice", ",'choicesFrom':'boats.l'"), "f", "a choice needs \"choices\"" },
		{ FIELD("text", ",'choicesFrom':'boats.l'"), "f",
		    "\"choicesFrom\" must be collection.field, of a choice" },
		{ FIELD("choice", ",'choices':['x'],'choicesFrom':'boats'"), "f",
		    "\"choicesFrom\" must be collection.field, of a choice" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
}

/* What the space lets one choose is a list in a collection of one record, and whoever reads the choice may read it. */
static void
choices_of_the_space_come_from_a_list_that_can_be_read(void **state)
{
	static const char list[] = "\"choicesFrom\" must name a public list of a collection";
	static const char one[] = "\"choicesFrom\" must name a collection of one record that everybody may read"
	    " who may read this one";
	static const struct {
		const char *ports, *reason; /* NULL: is taken */
	} cases[] = {
		{ "'unique':[],'may':{'read':'viewer'},'fields':[{'name':'l','type':'list'}]", NULL },
		{ "'unique':[],'may':{'read':'viewer'},'fields':[{'name':'m','type':'list'}]", list },
		{ "'unique':[],'may':{'read':'viewer'},'fields':[{'name':'l','type':'text'}]", list },
		{ "'unique':[],'may':{'read':'viewer'},'fields':[{'name':'l','type':'list','private':true}]", list },
		{ "'may':{'read':'viewer'},'fields':[{'name':'l','type':'list'}]", one },
		{ "'unique':['l'],'may':{'read':'viewer'},'fields':[{'name':'l','type':'list'}]", one },
		{ "'own':true,'unique':[],'may':{'read':'viewer'},'fields':[{'name':'l','type':'list'}]", one },
		{ "'unique':[],'may':{'read':'member'},'fields':[{'name':'l','type':'list'}]", one },
	};
	const char *boats_text =
	    boats_with("'may':{'read':'viewer'}," FIELD("choice", ",'choices':['x'],'choicesFrom':'ports.l'"));

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct collections *set;
		struct problem *p = define(&set, "boats.json", boats_text, "ports.json",
		    arena_printf(arena, "{'name':'ports','singular':'port','label':'Ports',%s}", cases[i].ports), NULL);

		if (cases[i].reason == NULL) {
			good(p);
			continue;
		}
		is_problem(p, PROBLEM_INTERNAL);
		assert_string_equal(p->cause, arena_printf(arena, "boats.json: field \"f\": %s", cases[i].reason));
	}
	expect_each(&(const struct mistake){ FIELD("choice", ",'choices':['x'],'choicesFrom':'ports.l'"), "f", list },
	    1);
}

static void
at_least_names_another_field_that_has_an_order(void **state)
{
	static const char another[] = "\"atLeast\" must name another field of the same type";
	static const char made[] = "\"instead\" must name other fields that clients write, of a required field";
	static const struct mistake mistakes[] = {
		{ "'fields':[{'name':'f','type':'date','required':true,'instead':['b']}]", "f", made },
		{ "'fields':[{'name':'f','type':'date','instead':['b']},{'name':'b','type':'date'}]", "f", made },
		{ "'fields':[{'name':'f','type':'date','required':true,'instead':[['b'],['c']]},"
		    "{'name':'b','type':'date'}]", "f", made },
		{ "'fields':[{'name':'f','type':'date','required':true,'instead':[['b'],'b']},"
		    "{'name':'b','type':'date'}]", "f", "\"instead\" must be a list of texts" },
		{ "'fields':[{'name':'f','type':'date','required':true,'instead':[[]]}]", "f",
		    "\"instead\" must be a list of texts" },
		{ "'fields':[{'name':'f','type':'date','atLeast':'b'}]", "f", another },
		{ "'fields':[{'name':'f','type':'date','atLeast':'f'}]", "f", another },
		{ "'fields':[{'name':'f','type':'date','atLeast':'b'},{'name':'b','type':'time'}]", "f", another },
		{ "'fields':[{'name':'f','type':'date','atLeast':'b'},{'name':'b','type':'date','private':true}]", "f",
		    "\"atLeast\" of a public field cannot name a private one" },
		{ "'fields':[{'name':'f','type':'list','atLeast':'b'},{'name':'b','type':'list'}]", "f",
		    "\"atLeast\" needs a type that has an order" },
		{ "'fields':[{'name':'b','type':'boolean'},{'name':'f','type':'boolean','atLeast':'b'}]", "f",
		    "\"atLeast\" needs a type that has an order" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'f','type':'date','atLeast':'b','private':true},{'name':'b','type':'date'}]");
	boats("'fields':[{'name':'f','type':'date','required':true,'instead':[['b','c'],['c']]},"
	    "{'name':'b','type':'date'},{'name':'c','type':'date'}]");
}

/* ---- words for screens ---- */

static void
formats_are_of_their_types(void **state)
{
	static const char reason[] = "\"format\" must be user or zone, of a text, duration, of an integer, "
	    "or colour, of a choice";
	static const struct mistake mistakes[] = {
		{ FIELD("text", ",'format':'colour'"), "f", reason },
		{ FIELD("text", ",'format':'duration'"), "f", reason },
		{ FIELD("decimal", ",'format':'duration'"), "f", reason },
		{ FIELD("integer", ",'format':'user'"), "f", reason },
		{ FIELD("text", ",'format':true"), "f", "format: This must be a text." },
		{ "'fields':[{'name':'f','type':'text','format':'zone'},{'name':'g','type':'text','format':'zone'}]",
		    "g",
		    "\"format\": there is a zone already, \"f\"" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'by','type':'text','format':'user'},{'name':'of','type':'text','format':'user'},"
	    "{'name':'zone','type':'text','format':'zone'},{'name':'long','type':'integer','format':'duration'}]");
}

static void
pairs_are_of_two_fields_of_a_type(void **state)
{
	static const char another[] = "\"pair\" must name another field of the same type, one with words";
	static const char one_only[] = "\"pair\": a field is in one pair only";
	static const struct mistake mistakes[] = {
		{ FIELD("text", ",'pair':'b'"), "f", another },
		{ FIELD("text", ",'pair':'f'"), "f", another },
		{ FIELD("date", ",'pair':'a'"), "f", another },
		{ "'fields':[{'name':'a','type':'place'},{'name':'f','type':'place','pair':'a'}]", "f", another },
		{ "'fields':[{'name':'a','type':'date','private':true},{'name':'f','type':'date','pair':'a'}]", "f",
		    "\"pair\" of a public field cannot name a private one" },
		{ "'fields':[{'name':'f','type':'date','pair':'b'},{'name':'b','type':'date','pair':'f'}]", "f",
		    one_only },
		{ "'fields':[{'name':'a','type':'date'},{'name':'f','type':'date','pair':'a'},"
		    "{'name':'c','type':'date','pair':'a'}]", "f", one_only },
		{ "'fields':[{'name':'a','type':'date'},{'name':'f','type':'date','pair':'a'},"
		    "{'name':'c','type':'date','pair':'f'}]", "f", one_only },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'from','type':'text'},{'name':'to','type':'text','pair':'from'},"
	    "{'name':'end','type':'time','private':true,'pair':'start'},{'name':'start','type':'time'}]");
}

static void
sums_are_of_numbers(void **state)
{
	static const struct mistake mistakes[] = {
		{ FIELD("text", ",'sum':true"), "f", "\"sum\" is of a number" },
		{ FIELD("integer", ",'sum':1"), "f", "sum: This must be true or false." },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'a','type':'money','sum':true},{'name':'b','type':'decimal','sum':true},"
	    "{'name':'c','type':'integer','sum':true},{'name':'d','type':'text','sum':false}]");
}

static void
tones_are_of_booleans_and_choices(void **state)
{
	static const char of[] = "\"tone\" is a tone, of a boolean, or an object of choices and tones, of a choice";
	static const char tone[] = "a tone is plain, good, warn, bad or accent";
	static const struct mistake mistakes[] = {
		{ FIELD("boolean", ",'tone':'loud'"), "f", tone },
		{ FIELD("boolean", ",'tone':{'true':'good'}"), "f", tone },
		{ FIELD("text", ",'tone':'good'"), "f", of },
		{ FIELD("choice", ",'choices':['x'],'tone':'good'"), "f", of },
		{ FIELD("choice", ",'choices':['x'],'tone':{}"), "f", of },
		{ FIELD("choice", ",'choices':['x'],'tone':null"), "f", of },
		{ FIELD("choice", ",'choices':['x'],'tone':{'y':'good'}"), "f",
		    "\"tone\" names \"y\", which is not one of \"choices\"" },
		{ FIELD("choice", ",'choices':['x'],'tone':{'x':3}"), "f", tone },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'a','type':'boolean','tone':'good'},"
	    "{'name':'b','type':'choice','choices':['x','y','z'],'tone':{'x':'plain','y':'warn','z':'accent'}}]");
}

static void
with_names_a_reference(void **state)
{
	static const char what[] = "\"with\" must name a reference of the same definition";
	static const struct mistake mistakes[] = {
		{ FIELD("text", ",'with':'g'"), "f", what },
		{ FIELD("text", ",'with':'f'"), "f", what },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'a','type':'ref','ref':'boats','with':'a'},{'name':'b','type':'text','with':'a'}]");
}

static void
past_is_a_value_of_its_field(void **state)
{
	static const char reason[] = "\"past\" must be a value of a boolean or one of the choices of a choice";
	static const struct mistake mistakes[] = {
		{ FIELD("boolean", ",'past':'false'"), "f", reason },
		{ FIELD("choice", ",'choices':['x'],'past':'y'"), "f", reason },
		{ FIELD("choice", ",'choices':['x'],'past':true"), "f", reason },
		{ FIELD("text", ",'past':'gone'"), "f", reason },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'fields':[{'name':'a','type':'boolean','past':false},"
	    "{'name':'b','type':'choice','choices':['x','y'],'past':'y'}]");
}

static void
titles_name_what_everybody_can_read(void **state)
{
	static const char words[] = "\"title\" must name public fields that are shown in words";
	static const struct mistake mistakes[] = {
		{ "'title':'a'," PLAIN, NULL, "\"title\" must be a list of texts" },
		{ "'title':[]," PLAIN, NULL, "\"title\" must be a list of texts" },
		{ "'title':['b']," PLAIN, NULL, words },
		{ "'title':['f']," FIELD("text", ",'private':true"), NULL, words },
		{ "'title':['f']," FIELD("text", ",'hidden':true"), NULL, words },
		{ "'title':['f']," FIELD("text", ",'retired':true"), NULL, words },
		{ "'title':['f']," FIELD("file", ""), NULL, words },
		{ "'title':['a','a']," PLAIN, NULL, "\"title\" names \"a\" twice" },
	};

	(void)state;
	EXPECT_EACH(mistakes);
	boats("'title':['b','a'],'fields':[{'name':'a','type':'text'},{'name':'b','type':'date'}]");
}

/* Whether devices that knew the first definitions go on under the others without loading anything. */
static bool
moves_nobody(const struct collections *first, const struct collections *then)
{
	const struct collection *added[COLLECTIONS_ADDED_MAX];
	size_t count;

	return collections_continue(then, first->visibility, added, &count) && count == 0;
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
	good(define(&plain, "boats.json", arena_printf(arena, form, 1, "", "", "", "", ""), NULL));
	good(define(&words, "boats.json", arena_printf(arena, form, 2, ",'title':['start','end']", ",'pair':'start'",
	    ",'tone':'good','past':false", ",'format':'zone'", ",'sum':true"), NULL));
	assert_true(moves_nobody(plain, words));
	assert_string_not_equal(plain->stamp, words->stamp);
	c = collection_find(words, "boats");
	holds(c->definition, "\"title\":[\"start\",\"end\"]");
	holds(c->definition, "\"pair\":\"start\"");
	holds(c->definition, "\"past\":false");
	holds(c->definition, "\"tone\":\"good\"");
	holds(c->definition_public, "\"format\":\"zone\"");
	lacks(c->definition_public, "\"sum\"");
}

/* ---- the folder ---- */

static void
two_files_cannot_define_one_collection(void **state)
{
	const struct collections *set;
	struct problem *p = define(&set, "boats.json", boats_with(PLAIN), "ships.json", boats_with(PLAIN), NULL);

	(void)state;
	is_problem(p, PROBLEM_INTERNAL);
	assert_string_equal(p->cause, "boats.json: two files define the collection \"boats\"");
}

static void
a_folder_holds_definitions(void **state)
{
	const struct collections *set;
	struct problem *p = collections_load(arena, "/nowhere", rules, &set);

	(void)state;
	is_problem(p, PROBLEM_INTERNAL);
	assert_string_equal(p->cause, "/nowhere: cannot be read: No such file or directory;"
	    " set \"definitions\" to the folder of the collection definitions");
	p = define(&set, "boats.txt", boats_with(PLAIN), NULL); /* another kind of file is passed over */
	is_problem(p, PROBLEM_INTERNAL);
	holds(p->cause, "holds 0 definitions; there must be 1 to 200");
	p = define(&set, "boats.txt", "{", "boats.json", boats_with(PLAIN), NULL);
	good(p);
}

static void
a_file_that_is_too_large_is_not_read(void **state)
{
	char *text = arena_alloc(arena, (1 << 20) + 2);

	(void)state;
	memset(text, ' ', (1 << 20) + 1);
	assert_string_equal(cause_of("boats.json", text), "boats.json: is no file of at most 1048576 bytes");
}

/* ---- what is not said ---- */

static void
absent_members_mean_no_right_or_the_default(void **state)
{
	const struct collection *c = boats(PLAIN);
	const struct field *f = &c->fields[0];

	(void)state;
	for (enum may what = 0; what < MAY_COUNT; what++)
		assert_int_equal(c->may[what], ROLE_COUNT);
	assert_false(c->own);
	assert_true(c->merges);
	assert_int_equal(c->revision, 1);
	assert_null(c->order);
	assert_null(c->addressee);
	assert_int_equal(c->rule_count, 0);
	assert_string_equal(f->label, "a");
	assert_int_equal(f->max_length, 1000);
	assert_false(f->required || f->immutable || f->is_private || f->retired || f->derived || f->hidden);
	assert_false(f->has_min || f->has_max);
	assert_null(f->initial);
}

static void
given_members_are_read(void **state)
{
	const struct collection *c = boats("'own':true,'conflict':'reject','revision':7,"
	    "'may':{'read':'viewer','create':'member','update':'manager','delete':'owner'},"
	    "'fields':[{'name':'d','type':'decimal','scale':2,'min':-1.5,'max':10,'label':'Depth','unit':'m'},"
	    "{'name':'t','type':'text','maxLength':20000,'private':true,'immutable':true},"
	    "{'name':'r','type':'ref','ref':'boats'}]");

	(void)state;
	assert_true(c->own && !c->merges && c->has_private);
	assert_int_equal(c->revision, 7);
	assert_int_equal(c->may[MAY_READ], ROLE_VIEWER);
	assert_int_equal(c->may[MAY_CREATE], ROLE_MEMBER);
	assert_int_equal(c->may[MAY_UPDATE], ROLE_MANAGER);
	assert_int_equal(c->may[MAY_DELETE], ROLE_OWNER);
	assert_int_equal(c->fields[0].min, -150);
	assert_int_equal(c->fields[0].max, 1000);
	assert_string_equal(c->fields[0].label, "Depth");
	assert_int_equal(c->fields[1].max_length, 20000);
	assert_true(c->fields[1].is_private && c->fields[1].immutable);
	assert_string_equal(c->fields[2].ref, "boats");
	assert_int_equal(c->sorted[0], 0); /* d, r, t */
	assert_int_equal(c->sorted[1], 2);
}

/* Who sees what follows from own, read, private fields and addressees: each is part of the hash, what else is not. */
static void
devices_start_again_when_somebody_sees_something_else(void **state)
{
	static const struct {
		const char *members;
		bool same;
	} cases[] = {
		{ "'may':{'read':'viewer'},'help':'x'," FIELD("text", ",'immutable':true"), true },
		{ "'may':{'read':'viewer','create':'viewer'}," FIELD("text", ",'immutable':true"), true },
		{ "'may':{'read':'member'}," FIELD("text", ",'immutable':true"), false },
		{ "'may':{'read':'viewer'},'own':true," FIELD("text", ",'immutable':true"), false },
		{ "'may':{'read':'viewer'},'own':true,'overseen':true," FIELD("text", ",'immutable':true"), false },
		{ "'may':{'read':'viewer'},'addressee':'f'," FIELD("text", ",'immutable':true"), false },
		{ "'may':{'read':'viewer'}," FIELD("text", ",'immutable':true,'private':true"), false },
	};
	const struct collections *first, *set;

	(void)state;
	good(define(&first, "boats.json", boats_with("'may':{'read':'viewer'}," FIELD("text", ",'immutable':true")),
	    NULL));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		good(define(&set, "boats.json", boats_with(cases[i].members), NULL));
		if (moves_nobody(first, set) != cases[i].same)
			fail_msg("%s", cases[i].members);
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_file_holds_one_object_of_known_members),
		TEST(a_collection_has_names),
		TEST(a_role_that_may_change_may_read),
		TEST(an_order_is_by_a_public_field_that_has_one),
		TEST(ids_are_given_or_follow_from_unique_fields),
		TEST(columns_without_a_header_are_what_everybody_may_write),
		TEST(files_name_records_by_a_required_text),
		TEST(what_lasts_is_told_by_a_day_or_a_choice),
		TEST(what_is_overseen_is_peoples_own_and_has_no_private_fields),
		TEST(an_addressee_is_a_public_text_that_never_changes),
		TEST(rules_are_named_and_of_their_collection),
		TEST(fields_are_a_list_of_objects),
		TEST(a_collection_has_at_most_96_fields),
		TEST(names_of_fields_are_free_words),
		TEST(a_member_of_a_field_has_its_type_and_bounds),
		TEST(a_default_is_a_value_of_its_field),
		TEST(choices_are_of_a_choice),
		TEST(choices_of_the_space_come_from_a_list_that_can_be_read),
		TEST(at_least_names_another_field_that_has_an_order),
		TEST(formats_are_of_their_types),
		TEST(pairs_are_of_two_fields_of_a_type),
		TEST(sums_are_of_numbers),
		TEST(tones_are_of_booleans_and_choices),
		TEST(with_names_a_reference),
		TEST(past_is_a_value_of_its_field),
		TEST(titles_name_what_everybody_can_read),
		TEST(words_for_screens_are_sent_and_move_no_device),
		TEST(two_files_cannot_define_one_collection),
		TEST(a_folder_holds_definitions),
		TEST(a_file_that_is_too_large_is_not_read),
		TEST(absent_members_mean_no_right_or_the_default),
		TEST(given_members_are_read),
		TEST(devices_start_again_when_somebody_sees_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
