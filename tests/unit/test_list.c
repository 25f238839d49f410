/* test_list.c -- lists: what a filter finds, in which order, page by page, and what cannot be asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/crypto.h"
#include "people.h"
#include "record/list.h"
#include "store/statement.h"

#define MAY "'may':{'read':'viewer','create':'member','update':'member','delete':'member'}"

static const struct collections *definitions;

static void
add(const char *id, const char *members)
{
	applied(BEN, op_set("boats", id, 0, members));
}

/* Five boats of Ben's, a deleted one, and trips of Ben and Mo. */
static int
open_all(void **state)
{
	struct op gone;

	(void)state;
	open_schema();
	good(define(&definitions,
	    "boats.json",
	    "{'name':'boats','singular':'boat','label':'Boats','order':'name'," MAY ",'fields':["
	    "{'name':'name','type':'text'},{'name':'berth','type':'choice','choices':['A','B','C']},"
	    "{'name':'crew','type':'integer','default':2},{'name':'depth','type':'decimal','scale':2},"
	    "{'name':'out','type':'date'},{'name':'fast','type':'boolean','default':false},"
	    "{'name':'price','type':'money','private':true},{'name':'buyer','type':'text','private':true},"
	    "{'name':'old','type':'text','retired':true},"
	    "{'name':'place','type':'place'},{'name':'tags','type':'list'}]}",
	    "letters.json",
	    "{'name':'letters','singular':'letter','label':'Letters','addressee':'to'," MAY ",'fields':["
	    "{'name':'to','type':'text','immutable':true},{'name':'text','type':'text'}]}",
	    "plans.json",
	    "{'name':'plans','singular':'plan','label':'Plans','may':{'read':'manager'},'fields':["
	    "{'name':'name','type':'text'}]}",
	    "trips.json",
	    "{'name':'trips','singular':'trip','label':'Trips','own':true,'order':'-day'," MAY ",'fields':["
	    "{'name':'day','type':'date'},{'name':'cost','type':'money','private':true}]}",
	    NULL));
	open_team(definitions);
	add("1", "{'name':'Delta','berth':'A','crew':3,'depth':1.5,'out':'2026-11-01','price':300,'buyer':'Smith'}");
	add("2", "{'name':'Alpha','berth':'B','crew':10,'depth':1.25,'out':'2026-11-03','tags':['red','a|b']}");
	add("3", "{'name':'Charlie','berth':'A','fast':true,'place':{'lat':1,'lng':2}}");
	add("4", "{'name':'Bravo 100%','crew':null,'depth':0.5,'out':'2026-11-02','price':200}");
	add("5", "{'berth':'C','crew':0,'depth':10}");
	add("6", "{'name':'Gone'}");
	gone = op_set("boats", "6", 1, NULL);
	gone.kind = OP_DELETE;
	applied(BEN, gone);
	applied(BEN, op_set("trips", "b1", 0, "{'day':'2026-11-01','cost':5}"));
	applied(BEN, op_set("trips", "b2", 0, "{'day':'2026-11-02','cost':7}"));
	applied(MO, op_set("trips", "m1", 0, "{'day':'2026-11-03','cost':5}"));
	return 0;
}

/* ---- asking ---- */

static struct list
all_of(const char *collection)
{
	return (struct list){ .collection = collection_find(definitions, collection), .limit = LIST_LIMIT_DEFAULT };
}

static struct list
boats_where(const char *field, const char *value)
{
	struct list list = all_of("boats");

	list.filters[list.filter_count++] = (struct list_filter){ field, value };
	return list;
}

static struct list
boats_by(const char *sort)
{
	struct list list = all_of("boats");

	list.sort = sort;
	return list;
}

/* The ids of a page, in order. */
static const char *
ids(const struct list *list)
{
	struct buf b;

	buf_init(&b, arena);
	for (size_t i = 0; i < list->count; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : " ", list->records[i].id);
	return b.text;
}

static const char *
read_by(enum who who, struct list list)
{
	good(list_read(as(who), &list));
	return ids(&list);
}

static struct problem *
refusal(enum who who, struct list list)
{
	return list_read(as(who), &list);
}

/* The same, by a worker that takes turns. */
static struct problem *
in_turn(struct turns *turns, enum who who, struct list list)
{
	struct call call = *as(who);

	call.turns = turns;
	return list_read(&call, &list);
}

/* ---- filters ---- */

static void
a_filter_compares_by_the_type_of_its_field(void **state)
{
	static const struct {
		const char *field, *value, *found; /* in the order of names, the one without a name first */
	} cases[] = {
		{ "berth", "A", "3 1" },
		{ "berth", "eq.A", "3 1" },
		{ "berth", "ne.A", "5 2 4" }, /* an empty one is not A either */
		{ "crew", "ge.3", "2 1" }, /* 10 is more than 3 */
		{ "crew", "gt.3", "2" },
		{ "crew", "lt.3", "5 4 3" },
		{ "crew", "le.2", "5 4 3" },
		{ "crew", "2", "4 3" }, /* where nobody said a number */
		{ "crew", "in.0,10", "5 2" },
		{ "depth", "1.50", "1" },
		{ "depth", "lt.1.3", "2 4" },
		{ "depth", "gt.9.5", "5" }, /* 10 is more */
		{ "out", "ge.2026-11-02", "2 4" },
		{ "fast", "true", "3" },
		{ "fast", "false", "5 2 4 1" },
		{ "out", "", "5 3" }, /* an empty value finds empty fields */
		{ "out", "eq.", "5 3" },
		{ "out", "ne.", "2 4 1" },
		{ "name", "Alpha", "2" },
		{ "name", "alpha", "" },
		{ "name", "eq.eq.Alpha", "" }, /* one operator */
		{ "name", "gt.B", "4 3 1" },
		{ "berth", "in.B,C", "5 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *found = read_by(VERA, boats_where(cases[i].field, cases[i].value));

		if (strcmp(found, cases[i].found) != 0)
			fail_msg("%s=%s found \"%s\" instead of \"%s\"", cases[i].field, cases[i].value, found,
			    cases[i].found);
	}
}

static void
filters_narrow_each_other(void **state)
{
	struct list list = boats_where("out", "ge.2026-11-01");

	(void)state;
	list.filters[list.filter_count++] = (struct list_filter){ "out", "lt.2026-11-03" };
	assert_string_equal(read_by(VERA, list), "4 1");
	list.filters[list.filter_count++] = (struct list_filter){ "berth", "A" };
	assert_string_equal(read_by(VERA, list), "1");
}

static void
owner_is_filtered_by_id(void **state)
{
	struct list list = all_of("trips");

	(void)state;
	list.filters[list.filter_count++] = (struct list_filter){ "owner", people[BEN].user_id };
	assert_string_equal(read_by(MIA, list), "b2 b1");
	list.filters[0].value = arena_printf(arena, "ne.%s", people[BEN].user_id);
	assert_string_equal(read_by(MIA, list), "m1");
	assert_string_equal(read_by(BEN, list), ""); /* others' trips are not Ben's to see */
	is_problem_at(refusal(VERA, boats_where("owner", "an na")), PROBLEM_INVALID, "owner");
	is_problem_at(refusal(VERA, boats_where("owner", "")), PROBLEM_INVALID, "owner");
}

static void
a_filter_names_a_field_that_the_person_knows(void **state)
{
	struct list trips = all_of("trips");

	(void)state;
	is_problem_at(refusal(VERA, boats_where("mast", "1")), PROBLEM_UNKNOWN_FIELD, "mast");
	is_problem_at(refusal(VERA, boats_where("version", "1")), PROBLEM_UNKNOWN_FIELD, "version");
	is_problem_at(refusal(BEN, boats_where("price", "300")), PROBLEM_UNKNOWN_FIELD, "price");
	assert_string_equal(read_by(MIA, boats_where("price", "gt.200")), "1");
	trips.filters[trips.filter_count++] = (struct list_filter){ "cost", "5" };
	assert_string_equal(read_by(BEN, trips), "b1"); /* their own, and nobody else's */
	assert_string_equal(read_by(MIA, trips), "m1 b1");
}

static void
a_value_is_of_its_fields_type(void **state)
{
	(void)state;
	is_problem_at(refusal(VERA, boats_where("crew", "many")), PROBLEM_INVALID, "crew");
	is_problem_at(refusal(VERA, boats_where("out", "gt.today")), PROBLEM_INVALID, "out");
	is_problem_at(refusal(VERA, boats_where("berth", "D")), PROBLEM_INVALID, "berth");
	is_problem_at(refusal(VERA, boats_where("crew", "in.1,,2")), PROBLEM_INVALID, "crew");
	is_problem_at(refusal(VERA, boats_where("crew", "gt.")), PROBLEM_INVALID, "crew");
	is_problem_at(refusal(VERA, boats_where("place", "1")), PROBLEM_INVALID, "place");
	is_problem_at(refusal(VERA, boats_where("tags", "")), PROBLEM_INVALID, "tags");
}

static void
filters_hold_only_so_many_values(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, arena);
	buf_text(&b, "in.1");
	for (int i = 1; i < LIST_CHOICES_MAX; i++)
		buf_text(&b, ",1");
	read_by(VERA, boats_where("crew", b.text));
	buf_text(&b, ",1");
	is_problem_at(refusal(VERA, boats_where("crew", b.text)), PROBLEM_INVALID, "crew");
}

static void
a_field_is_filtered_only_so_often(void **state)
{
	struct list list = all_of("boats");

	(void)state;
	for (int i = 0; i < LIST_FIELD_FILTERS_MAX; i++)
		list.filters[list.filter_count++] = (struct list_filter){ "crew", "ne.1" };
	list.filters[list.filter_count++] = (struct list_filter){ "berth", "ne.A" };
	read_by(VERA, list);
	list.filters[list.filter_count++] = (struct list_filter){ "crew", "ne.2" };
	is_problem_at(refusal(VERA, list), PROBLEM_INVALID, "crew");
}

static void
search_text_has_only_so_many_characters(void **state)
{
	struct list list = all_of("boats");
	char text[LIST_SEARCH_MAX + 2] = "";

	(void)state;
	memset(text, 'a', LIST_SEARCH_MAX);
	list.search = text;
	read_by(VERA, list);
	text[LIST_SEARCH_MAX] = 'a';
	is_problem_at(refusal(VERA, list), PROBLEM_INVALID, "q");
}

/* ---- who sees what ---- */

static void
a_list_holds_what_the_person_sees(void **state)
{
	struct list letters = all_of("letters");

	(void)state;
	assert_string_equal(read_by(BEN, all_of("trips")), "b2 b1");
	assert_string_equal(read_by(MO, all_of("trips")), "m1");
	assert_string_equal(read_by(VERA, all_of("trips")), "");
	assert_string_equal(read_by(ANNA, all_of("trips")), "m1 b2 b1");
	assert_string_equal(read_by(MIA, all_of("plans")), "");
	is_problem_at(refusal(BEN, all_of("plans")), PROBLEM_FORBIDDEN, NULL);

	applied(MIA, op_set("letters", "1", 0, "{'text':'to all'}"));
	applied(MIA, op_set("letters", "2", 0, arena_printf(arena, "{'to':'%s'}", people[MO].user_id)));
	assert_string_equal(read_by(MIA, letters), "1 2");
	assert_string_equal(read_by(MO, letters), "1 2");
	assert_string_equal(read_by(ANNA, letters), "1");
}

static void
another_space_is_another_list(void **state)
{
	(void)state;
	people[BEN].space_id = "33333333-3333-4333-8333-333333333333";
	assert_string_equal(read_by(BEN, all_of("boats")), "");
}

/* ---- search ---- */

static void
a_search_looks_into_words_in_any_case(void **state)
{
	static const struct {
		enum who who;
		const char *words, *found;
	} cases[] = {
		{ VERA, "ALPHA", "2" }, { VERA, "lph", "2" }, { VERA, "a", "2 4 3 1" }, { VERA, "red", "2" },
		{ VERA, "100%", "4" }, { VERA, "%", "4" }, { VERA, "_", "" }, { VERA, "|", "2" },
		{ VERA, "2026-11-03", "2" }, { VERA, "Gone", "" }, { VERA, "", "5 2 4 3 1" },
		{ VERA, "Smith", "" }, { BEN, "Smith", "" }, { MIA, "smith", "1" }, { VERA, "300", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct list list = all_of("boats");

		list.search = cases[i].words;
		if (strcmp(read_by(cases[i].who, list), cases[i].found) != 0)
			fail_msg("\"%s\" found \"%s\" instead of \"%s\"", cases[i].words, read_by(cases[i].who, list),
			    cases[i].found);
	}
}

static void
a_search_finds_ids(void **state)
{
	struct list list = all_of("trips");

	(void)state;
	list.search = "B1";
	assert_string_equal(read_by(MIA, list), "b1");
}

/* ---- order ---- */

static void
a_list_is_in_the_order_that_was_asked_for(void **state)
{
	static const struct {
		const char *sort, *order;
	} cases[] = {
		{ NULL, "5 2 4 3 1" }, /* the definition's: by name, the one without in front */
		{ "name", "5 2 4 3 1" }, { "-name", "1 3 4 2 5" },
		{ "id", "1 2 3 4 5" }, { "-id", "5 4 3 2 1" },
		{ "lastUpdatedAt", "1 2 3 4 5" }, { "-lastUpdatedAt", "5 4 3 2 1" },
		{ "crew", "5 3 4 1 2" }, { "-crew", "2 1 4 3 5" }, /* by number; equal ones by id */
		{ "out", "3 5 1 4 2" }, { "-depth", "5 1 2 4 3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (strcmp(read_by(VERA, boats_by(cases[i].sort)), cases[i].order) != 0)
			fail_msg("by %s: %s", cases[i].sort, read_by(VERA, boats_by(cases[i].sort)));
	assert_string_equal(read_by(MIA, all_of("trips")), "m1 b2 b1"); /* the newest day first */
}

static void
an_order_is_by_a_field_that_has_one_and_is_known(void **state)
{
	(void)state;
	is_problem_at(refusal(VERA, boats_by("mast")), PROBLEM_UNKNOWN_FIELD, "sort");
	is_problem_at(refusal(VERA, boats_by("")), PROBLEM_UNKNOWN_FIELD, "sort");
	is_problem_at(refusal(VERA, boats_by("--name")), PROBLEM_UNKNOWN_FIELD, "sort");
	is_problem_at(refusal(VERA, boats_by("place")), PROBLEM_INVALID, "sort");
	is_problem_at(refusal(VERA, boats_by("-tags")), PROBLEM_INVALID, "sort");
	is_problem_at(refusal(BEN, boats_by("price")), PROBLEM_UNKNOWN_FIELD, "sort");
	assert_string_equal(read_by(MIA, boats_by("-price")), "1 4 5 3 2");
}

static void
too_many_records_are_only_sorted_by_their_own_order(void **state)
{
	const char *const cheap[] = { NULL, "-name", "id", "lastUpdatedAt" };

	(void)state;
	run_sql(arena_printf(arena,
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, sort_key, doc, created_at,"
	    "                    created_by, updated_at, updated_by)"
	    " SELECT '" TEAM "', 'boats', CONCAT('many-', n.seq), 1, n.seq + 100, 100, '%s', '', '{\"crew\":1}',"
	    "        SYSDATE(3), '%s', SYSDATE(3), '%s'"
	    "   FROM seq_1_to_%d n",
	    people[MO].user_id, people[MO].user_id, people[MO].user_id, LIST_SORTED_MAX - 5));
	good(refusal(VERA, boats_by("crew"))); /* exactly LIST_SORTED_MAX */
	run_sql("UPDATE record SET deleted = 0 WHERE id = '6'");
	is_problem_at(refusal(VERA, boats_by("crew")), PROBLEM_INVALID, "sort");
	for (size_t i = 0; i < sizeof cheap / sizeof cheap[0]; i++)
		good(refusal(VERA, boats_by(cheap[i])));
}

/* ---- pages ---- */

/* All pages of so many, put together; the test fails when a page is not full before the last one. */
static const char *
pages_by(enum who who, const char *sort, int64_t limit)
{
	struct list list = boats_by(sort);
	struct buf b;

	buf_init(&b, arena);
	list.limit = limit;
	for (;;) {
		struct list page = list;

		good(list_read(as(who), &page));
		buf_printf(&b, "%s%s", b.length == 0 || page.count == 0 ? "" : " ", ids(&page));
		if (page.next == NULL)
			return b.text;
		assert_int_equal(page.count, limit);
		list.after = page.next;
	}
}

static void
pages_put_together_are_the_list(void **state)
{
	static const char *const sorts[] = {
		NULL, "name", "-name", "id", "-id", "lastUpdatedAt", "-lastUpdatedAt", "crew", "-crew", "out", "-depth",
		    "berth",
	};

	(void)state;
	for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++)
		for (int64_t limit = 1; limit <= 6; limit++)
			if (strcmp(pages_by(VERA, sorts[i], limit), read_by(VERA, boats_by(sorts[i]))) != 0)
				fail_msg("by %s, %d at a time: %s", sorts[i], (int)limit, pages_by(VERA, sorts[i],
				    limit));
}

static void
a_full_last_page_has_no_next(void **state)
{
	struct list list = all_of("boats");

	(void)state;
	list.limit = 5;
	good(list_read(as(VERA), &list));
	assert_int_equal(list.count, 5);
	assert_null(list.next);
}

static void
a_page_ends_where_it_has_enough_bytes(void **state)
{
	struct list list = boats_by("id");
	size_t pages = 0, count = 0;

	(void)state;
	run_sql(arena_printf(arena,
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, sort_key, doc, created_at,"
	    "                    created_by, updated_at, updated_by)"
	    " SELECT '" TEAM "', 'boats', CONCAT('large-', n.seq), 1, n.seq + 100, 100, '%s', '',"
	    "        CONCAT('{\"name\":\"', REPEAT('x', 60000), '\"}'), SYSDATE(3), '%s', SYSDATE(3), '%s'"
	    "   FROM seq_1_to_40 n",
	    people[MO].user_id, people[MO].user_id, people[MO].user_id));
	list.limit = LIST_LIMIT_MAX;
	do {
		struct list page = list;

		good(list_read(as(VERA), &page));
		assert_in_range(page.count, 1, PAGE_BYTES_MAX / 60000 + 6);
		count += page.count;
		pages++;
		list.after = page.next;
	} while (list.after != NULL);
	assert_int_equal(count, 45);
	assert_int_equal(pages, 3);
}

static void
what_stays_is_in_one_page_whatever_moves(void **state)
{
	struct list list = boats_by("name"), second = list;

	(void)state;
	list.limit = 2;
	good(list_read(as(VERA), &list));
	assert_string_equal(ids(&list), "5 2");
	applied(BEN, op_set("boats", "2", 1, "{'name':'Zulu'}")); /* the last one of the page goes to the end */
	run_sql("UPDATE record SET deleted = 1 WHERE id = '3'");
	second.after = list.next;
	assert_string_equal(read_by(VERA, second), "4 1 2");
}

static void
a_next_belongs_to_its_order(void **state)
{
	struct list list = boats_by("name"), other_order = boats_by("-name"), own = boats_by(NULL);

	(void)state;
	list.limit = 2;
	good(list_read(as(VERA), &list));
	other_order.after = own.after = list.next;
	is_problem_at(refusal(VERA, other_order), PROBLEM_INVALID, "after");
	is_problem_at(refusal(VERA, own), PROBLEM_INVALID, "after");
}

static void
what_is_no_next_is_refused(void **state)
{
	static const char *const plain[] = { "", "x", "\n", "name\n1", "name" };
	struct list list = boats_by("name");

	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		list.after = base64url_text(arena, plain[i], strlen(plain[i]));
		is_problem_at(refusal(VERA, list), PROBLEM_INVALID, "after");
	}
	list.after = "not base64!";
	is_problem_at(refusal(VERA, list), PROBLEM_INVALID, "after");
}

/* However much is for others: the list of one person passes over all of it. */
static void
an_addressed_list_with_many_records_takes_a_slow_turn(void **state)
{
	struct turns ours, theirs;
	struct turn taken;
	struct problem *p;

	(void)state;
	applied(BEN, op_set("letters", "1", 0, arena_printf(arena, "{'to':'%s'}", people[MO].user_id)));
	turns_start(&ours, server.folder, 1, 0);
	turns_start(&theirs, server.folder, 1, 0);
	good(turn_take(&theirs, arena, TURN_BULK, "ben", &taken));
	good(in_turn(&ours, VERA, all_of("letters")));
	run_sql(arena_printf(arena,
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc,"
	    "                    created_at, created_by, updated_at, updated_by, reader_id)"
	    " SELECT space_id, collection, CONCAT('l-', n.seq), 1, 1000 + n.seq, 1000 + n.seq, owner_id, deleted,"
	    "        sort_key, doc, created_at, created_by, updated_at, updated_by, reader_id"
	    "   FROM record JOIN seq_1_to_%d n WHERE collection = 'letters'", LIST_FEW));
	p = in_turn(&ours, VERA, all_of("letters"));
	assert_true(p != NULL && problem_kinds[p->kind].status == 429);
	good(in_turn(&ours, VERA, all_of("boats")));
	turn_end(&theirs, &taken);
	good(in_turn(&ours, VERA, all_of("letters")));
	assert_int_equal(ours.slow, 0);
	turns_stop(&theirs);
	turns_stop(&ours);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_filter_compares_by_the_type_of_its_field),
		TEST(filters_narrow_each_other),
		TEST(owner_is_filtered_by_id),
		TEST(a_filter_names_a_field_that_the_person_knows),
		TEST(a_value_is_of_its_fields_type),
		TEST(filters_hold_only_so_many_values),
		TEST(a_field_is_filtered_only_so_often),
		TEST(search_text_has_only_so_many_characters),
		TEST(a_list_holds_what_the_person_sees),
		TEST(another_space_is_another_list),
		TEST(a_search_looks_into_words_in_any_case),
		TEST(a_search_finds_ids),
		TEST(a_list_is_in_the_order_that_was_asked_for),
		TEST(an_order_is_by_a_field_that_has_one_and_is_known),
		TEST(too_many_records_are_only_sorted_by_their_own_order),
		TEST(an_addressed_list_with_many_records_takes_a_slow_turn),
		TEST(pages_put_together_are_the_list),
		TEST(a_full_last_page_has_no_next),
		TEST(a_page_ends_where_it_has_enough_bytes),
		TEST(what_stays_is_in_one_page_whatever_moves),
		TEST(a_next_belongs_to_its_order),
		TEST(what_is_no_next_is_refused),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
