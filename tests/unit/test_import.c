/* test_import.c -- what a file means: columns, cells, ids, repeats.  No database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "place.h"
#include "rules/rules.h"
#include "scratch.h"
#include "transfer/import.h"

static const char definition[] =
    "{\"name\":\"trips\",\"singular\":\"trip\",\"label\":\"Trips\","
    "\"own\":true,\"may\":{\"read\":\"viewer\",\"create\":\"member\","
    "\"update\":\"member\"},\"fields\":["
    "{\"name\":\"date\",\"type\":\"date\",\"label\":\"Day\",\"required\":true},"
    "{\"name\":\"startTime\",\"type\":\"time\",\"label\":\"Left at\"},"
    "{\"name\":\"from\",\"type\":\"text\",\"label\":\"From\"},"
    "{\"name\":\"miles\",\"type\":\"decimal\",\"label\":\"Distance (mi)\","
    "\"required\":true,\"scale\":1,\"min\":0,\"max\":2000},"
    "{\"name\":\"stops\",\"type\":\"integer\",\"label\":\"Stops\"},"
    "{\"name\":\"toll\",\"type\":\"money\",\"label\":\"Toll\"},"
    "{\"name\":\"late\",\"type\":\"boolean\",\"label\":\"Came late\"},"
    "{\"name\":\"category\",\"type\":\"choice\",\"label\":\"Kind\",\"default\":\"business\","
    "\"choices\":[\"business\",\"commute-home\"]},"
    "{\"name\":\"at\",\"type\":\"instant\",\"label\":\"At\"},"
    "{\"name\":\"seen\",\"type\":\"instant\",\"label\":\"Seen\",\"derived\":true}]}";

static const char keyed[] =
    "{\"name\":\"weights\",\"singular\":\"weight\",\"label\":\"Weight\","
    "\"own\":true,\"unique\":[\"date\"],\"idForm\":\"hash\","
    "\"may\":{\"read\":\"viewer\",\"create\":\"member\",\"update\":\"member\"},\"fields\":["
    "{\"name\":\"date\",\"type\":\"date\",\"label\":\"Date\",\"required\":true},"
    "{\"name\":\"kg\",\"type\":\"decimal\",\"label\":\"Weight (kg)\",\"required\":true,\"scale\":2},"
    "{\"name\":\"note\",\"type\":\"text\",\"label\":\"Note\"}]}";

static const char named[] =
    "{\"name\":\"vans\",\"singular\":\"van\",\"label\":\"Vans\",\"idForm\":\"given\",\"idLabel\":\"Van\","
    "\"idAlso\":[\"Wagon\"],\"headerless\":[\"id\",\"lane\"],\"may\":{\"read\":\"viewer\","
    "\"create\":\"member\",\"update\":\"member\"},\"fields\":["
    "{\"name\":\"lane\",\"type\":\"text\",\"label\":\"Lane\",\"also\":[\"Dock no.\"],\"required\":true},"
    "{\"name\":\"rent\",\"type\":\"money\",\"label\":\"Rent\",\"private\":true}]}";

/* Everything a test needs; the definitions are read once. */
static struct arena *life;
static const struct collections *set;

static const struct person driver = { .user_id = "0191f3a0-0000-7000-8000-000000000001", .role = ROLE_MEMBER };
static const struct person boss = { .user_id = "0191f3a0-0000-7000-8000-000000000002", .role = ROLE_MANAGER };

static void
write_definition(const char *folder, const char *name, const char *text)
{
	FILE *file = fopen(arena_printf(life, "%s/%s.json", folder, name), "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int
load(void **state)
{
	char folder[256];
	struct problem *p;

	(void)state;
	crypto_init();
	life = arena_new();
	if (mkdtemp(place_of("import", folder, sizeof folder)) == NULL)
		return -1;
	write_definition(folder, "trips", definition);
	write_definition(folder, "weights", keyed);
	write_definition(folder, "vans", named);
	p = collections_load(life, folder, rules, &set);
	for (size_t i = 0; i < 3; i++)
		remove(arena_printf(life, "%s/%s.json", folder, (const char *[]){ "trips", "weights", "vans" }[i]));
	remove(folder);
	if (p != NULL)
		fprintf(stderr, "%s\n", p->cause);
	return p == NULL ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	arena_free(life);
	return 0;
}

static void
add_row(struct buf *b, const struct import_row *row, const struct collection *c)
{
	if (!row->taken) {
		buf_printf(b, "%zu: left out\n", row->number);
		return;
	}
	if (row->bad != NULL) {
		buf_printf(b,
		    "%zu: %s: %s\n", row->number, row->bad->field == NULL ? "-" : row->bad->field, row->bad->detail);
		return;
	}
	buf_printf(b, "%zu:", row->number);
	for (size_t i = 0; i < c->field_count; i++)
		if (row->touched[i])
			buf_printf(b, " %s=%s", c->fields[i].name, row->values[i] == NULL ? "null" : row->values[i]);
	buf_text(b, row->repeat ? " again\n" : row->rounded > 0 ? " rounded\n" : "\n");
}

/* The file as rows of "number: field=value", or the problem's detail. */
static const char *
import_as(struct arena *a, const struct person *person, const char *collection,
    const struct import_options *options, const char *text)
{
	struct import *im = arena_alloc(a, sizeof *im);
	const struct collection *c = collection_find(set, collection);
	struct import_row row;
	struct problem *p;
	struct buf b;
	bool found;

	buf_init(&b, a);
	if ((p = import_open(im, a, person, c, options, text, strlen(text))) != NULL)
		return p->detail;
	while ((p = import_next(im, a, &row, &found)) == NULL && found)
		add_row(&b, &row, c);
	return p == NULL ? b.text : p->detail;
}

#define TRIPS(text, ...) import_as(*state, &driver, "trips", &(struct import_options){ __VA_ARGS__ }, text)
#define WEIGHTS(text, ...) import_as(*state, &driver, "weights", &(struct import_options){ __VA_ARGS__ }, text)
#define VANS(person, text, ...) import_as(*state, person, "vans", &(struct import_options){ __VA_ARGS__ }, text)

static void
columns_are_found_by_name_or_label_whatever_the_case_and_punctuation(void **state)
{
	assert_string_equal(TRIPS("DATE*,left_at,Distance (MI),Came-Late\n2021-01-05,8:05,12,yes\n"),
	    "1: date=\"2021-01-05\" startTime=\"08:05\" miles=12 late=true\n");
}

static void
a_file_without_a_header_has_the_columns_of_its_collection(void **state)
{
	assert_string_equal(VANS(&driver, "7,North\n8,South\n", .headerless = true),
	    "1: lane=\"North\"\n2: lane=\"South\"\n");
	assert_string_equal(VANS(&driver, "id,lane\n", .headerless = true), "1: lane=\"lane\"\n");
	assert_string_equal(VANS(&driver, "7;North;1\n8;South;2\n", .headerless = true, .map = "3="),
	    "1: lane=\"North\"\n2: lane=\"South\"\n");
	assert_string_equal(VANS(&driver, "North,7\n", .headerless = true, .map = "1=lane,2=id"),
	    "1: lane=\"North\"\n");
	assert_string_equal(VANS(&driver, "7,North\n8,South\n", .headerless = true, .where = "1=8"),
	    "1: left out\n2: lane=\"South\"\n");
	assert_string_equal(VANS(&driver, "7,North\n8\n", .headerless = true),
	    "1: lane=\"North\"\n2:\n");
	assert_string_equal(TRIPS("2021-01-05,12\n", .headerless = true, .map = "1=date,2=miles"),
	    "1: date=\"2021-01-05\" miles=12\n");
}

static void
a_file_without_a_header_is_refused_where_it_means_nothing(void **state)
{
	assert_string_equal(VANS(&driver, "7,North,1\n", .headerless = true),
	    "Vans has no field for the column \"3\". "
	    "Say which it is with map=HEADER=field, or skip it with map=HEADER= and nothing behind.");
	assert_string_equal(VANS(&driver, "7,North\n"),
	    "Vans has no field for the columns \"7\", \"North\". "
	    "Say which it is with map=HEADER=field, or skip it with map=HEADER= and nothing "
	    "behind. If the first line names no columns, send the file as text/csv; header=absent.");
	assert_string_equal(VANS(&driver, "7,North\n", .headerless = true, .map = "2=id"),
	    "Two columns, \"1\" and \"2\", are for id. Skip one with map=HEADER= and nothing behind.");
	assert_string_equal(VANS(&driver, "", .headerless = true), "The file is empty.");
	assert_string_equal(VANS(&driver, "North\n", .headerless = true, .map = "1=lane"),
	    "There is no column for the id (Van). Name it with map=HEADER=id.");
}

static void
one_column_may_fill_two_fields(void **state)
{
	assert_string_equal(TRIPS("START_DATE*,MILES*\n1/13/2021 8:05,3\n",
	    .map = "START_DATE=date,START_DATE=startTime"), "1: date=\"2021-01-13\" startTime=\"08:05\" miles=3\n");
}

static void
columns_nobody_knows_are_named_and_can_be_skipped(void **state)
{
	assert_string_equal(TRIPS("date,miles,BMI,Fat\n2021-01-05,1,2,3\n"),
	    "Trips has no field for the columns \"BMI\", \"Fat\". "
	    "Say which it is with map=HEADER=field, or skip it with map=HEADER= and "
	    "nothing behind.");
	assert_string_equal(TRIPS("date,miles,BMI,Fat\n2021-01-05,1,2,3\n", .map = "bmi=,Fat=stops"),
	    "1: date=\"2021-01-05\" miles=1 stops=3\n");
	assert_string_equal(TRIPS("date,miles,\"a,b=c\"\n2021-01-05,1,2\n", .map = "a%2Cb%3Dc=stops"),
	    "1: date=\"2021-01-05\" miles=1 stops=2\n");
}

static void
a_map_that_cannot_be_is_refused(void **state)
{
	assert_string_equal(TRIPS("date,miles\n", .map = "km=miles"), "map: the file has no column \"km\".");
	assert_string_equal(TRIPS("date,miles\n", .map = "miles=kilometres"), "map: there is no field \"kilometres\".");
	assert_string_equal(TRIPS("date,miles\n", .map = "miles"),
	    "map: write HEADER=field, or HEADER= to skip a column; there is no = in \"miles\".");
	assert_string_equal(TRIPS("date,miles,x\n", .map = "x=seen"), "map: the server itself writes \"seen\".");
	assert_string_equal(TRIPS("date,miles,Date\n"),
	    "Two columns, \"date\" and \"Date\", are for date. Skip one with map=HEADER= and nothing behind.");
}

static void
what_every_new_record_needs_must_have_a_column(void **state)
{
	assert_string_equal(TRIPS("date,from\n"),
	    "There is no column for miles (Distance (mi)). Name it with map=HEADER=miles.");
	assert_string_equal(WEIGHTS("kg\n1\n"), "There is no column for date (Date). Name it with map=HEADER=date.");
	assert_string_equal(WEIGHTS("date\n2021-01-05\n"), "1: date=\"2021-01-05\"\n");
	assert_string_equal(VANS(&driver, "lane\n1\n"),
	    "There is no column for the id (Van). Name it with map=HEADER=id.");
	assert_string_equal(TRIPS(""), "The file is empty; its first line must name the columns.");
}

static void
what_an_export_shows_beside_the_fields_is_passed_over(void **state)
{
	assert_string_equal(TRIPS("id,date,miles,seen,version,lastUpdatedAt\n"
	    "x,2021-01-05,1,2021-01-05T00:00:00.000Z,3,now\n"), "1: date=\"2021-01-05\" miles=1\n");
}

static void
dates_that_can_be_read_one_way_are_read_that_way(void **state)
{
	assert_string_equal(TRIPS("date,miles\n2021-01-05,1\n1/13/2021,2\n13.1.2021,3\n5/5/2021,4\n"
	    "2021/1/5,5\n1-13-2021 8:05 PM,6\n"),
	    "1: date=\"2021-01-05\" miles=1\n2: date=\"2021-01-13\" miles=2\n3: date=\"2021-01-13\" miles=3\n"
	    "4: date=\"2021-05-05\" miles=4\n5: date=\"2021-01-05\" miles=5\n6: date=\"2021-01-13\" miles=6\n");
}

static void
dates_that_can_be_read_two_ways_ask(void **state)
{
	static const char text[] = "date,miles\n1/13/2021,1\n1/5/2021,2\n";

	assert_string_equal(TRIPS(text),
	    "Line 3: \"1/5/2021\" can be read as more than one day. Say dates=mdy, dates=dmy or dates=ymd.");
	assert_string_equal(TRIPS(text, .dates = DATES_MDY),
	    "1: date=\"2021-01-13\" miles=1\n2: date=\"2021-01-05\" miles=2\n");
	assert_string_equal(TRIPS(text, .dates = DATES_DMY),
	    "1: date: date must be a day, such as 2026-11-21.\n2: date=\"2021-05-01\" miles=2\n");
	assert_string_equal(TRIPS("date,miles\n1/5/21,1\n"),
	    "Line 2: \"1/5/21\" can be read as more than one day. Say dates=mdy, dates=dmy or dates=ymd.");
	assert_string_equal(TRIPS("date,miles\n1/5/21,1\n", .dates = DATES_MDY), "1: date=\"2021-01-05\" miles=1\n");
	assert_string_equal(TRIPS("date,miles\n21/5/1,1\n", .dates = DATES_YMD), "1: date=\"2021-05-01\" miles=1\n");
}

static void
a_date_outside_where_asks_nothing(void **state)
{
	assert_string_equal(TRIPS("date,miles,who\n1/5/2021,1,a\n1/13/2021,2,b\nx,y,a\n", .where = "who=b",
	    .map = "who="), "1: left out\n2: date=\"2021-01-13\" miles=2\n3: left out\n");
	assert_string_equal(TRIPS("date,miles,who\n", .where = "whom=b", .map = "who="),
	    "where: the file has no column \"whom\".");
}

static void
no_day_is_made_of_what_is_none(void **state)
{
	static const char *const wrong[] = {
		"2021-02-29", "31/31/2021", "13/32/2021", "2021-1", "1/13/2021x", "1/13/202", "1/13-2021", "soon",
		"8:05", "1/13/2021 25:00", "2021-01-05T08:05:00+1", "0/0/2021", "2021-01-05 8:5", "/1/2021",
		"1//2021", "1/2/",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_string_equal(TRIPS(arena_printf(*state, "date,miles\n%s,1\n", wrong[i])),
		    "1: date: date must be a day, such as 2026-11-21.\n");
}

static void
times_have_many_forms(void **state)
{
	static const char *const pairs[][2] = {
		{ "8:05", "08:05" }, { "08:05:30", "08:05:30" }, { "8:05 pm", "20:05" }, { "12:05AM", "00:05" },
		{ "12:30 p.m.", "12:30" }, { "1/5/2021 7:09", "07:09" }, { "2021-01-05T07:09:11", "07:09:11" },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		assert_string_equal(TRIPS(arena_printf(*state, "date,miles,startTime\n2021-01-05,1,%s\n", pairs[i][0])),
		    arena_printf(*state, "1: date=\"2021-01-05\" startTime=\"%s\" miles=1\n", pairs[i][1]));
	assert_string_equal(TRIPS("date,miles,startTime\n2021-01-05,1,13:05 pm\n"),
	    "1: startTime: startTime must be a time of day, such as 08:34.\n");
}

static void
instants_need_an_offset_or_a_zone(void **state)
{
	assert_string_equal(TRIPS("date,miles,at\n2021-01-05,1,2021-01-05 08:05\n"),
	    "1: at: at needs an offset from UTC, or zone= in the query (zone=Europe/Berlin).\n");
	assert_string_equal(TRIPS("date,miles,at\n2021-01-05,1,2021-01-05 08:05\n", .zone = "Europe/Berlin"),
	    "1: date=\"2021-01-05\" miles=1 at=\"2021-01-05T07:05:00.000Z\"\n");
	assert_string_equal(TRIPS("date,miles,at\n2021-01-05,1,2021-01-05T08:05:00.25+0200\n"),
	    "1: date=\"2021-01-05\" miles=1 at=\"2021-01-05T06:05:00.250Z\"\n");
	assert_string_equal(TRIPS("date,miles,at\n2021-03-28,1,2021-03-28 02:30\n", .zone = "Europe/Berlin"),
	    "1: at: at is a time that the clocks of Europe/Berlin skipped.\n");
	assert_string_equal(TRIPS("date,miles\n", .zone = "Mars/Crater"),
	    "zone must be a name such as Europe/Berlin or America/New_York.");
}

static void
a_day_with_an_offset_is_the_day_in_the_zone(void **state)
{
	assert_string_equal(TRIPS("date,startTime,miles\n2021-01-05T23:30:00Z,2021-01-05T23:30:00Z,1\n",
	    .zone = "Europe/Berlin"), "1: date=\"2021-01-06\" startTime=\"00:30:00\" miles=1\n");
}

static void
an_hour_that_clocks_show_twice_is_noted(void **state)
{
	struct import im;
	struct import_row row;
	static const char text[] = "date,miles,at\n2021-10-31,1,2021-10-31 02:30:00.5\n2021-10-31,1,2021-10-31 03:30\n";
	bool found;

	assert_null(import_open(&im, *state, &driver, collection_find(set, "trips"),
	    &(struct import_options){ .zone = "Europe/Berlin" }, text, strlen(text)));
	assert_null(import_next(&im, *state, &row, &found));
	assert_true(row.shown_twice);
	assert_string_equal(row.values[collection_field(im.collection, "at")->index], "\"2021-10-31T00:30:00.500Z\"");
	assert_null(import_next(&im, *state, &row, &found));
	assert_false(row.shown_twice);
}

static void
numbers_are_rounded_half_away_from_zero_and_said(void **state)
{
	assert_string_equal(
	    TRIPS("date,miles\n2021-01-05,7.25\n2021-01-05,.5\n2021-01-05,007\n2021-01-05,+3\n2021-01-05,1e1\n"),
	    "1: date=\"2021-01-05\" miles=7.3 rounded\n2: date=\"2021-01-05\" miles=0.5\n"
	    "3: date=\"2021-01-05\" miles=7\n"
	    "4: date=\"2021-01-05\" miles=3\n5: date=\"2021-01-05\" miles=10\n");
	assert_string_equal(TRIPS("date,miles,stops\n2021-01-05,1,2.5\n"), "1: stops: stops must be a whole number.\n");
	assert_string_equal(TRIPS("date,miles\n2021-01-05,2000.04\n2021-01-05,-1\n"),
	    "1: date=\"2021-01-05\" miles=2000 rounded\n2: miles: miles must be at least 0.\n");
}

static void
the_numbers_of_a_column_tell_which_sign_divides_thousands(void **state)
{
	assert_string_equal(TRIPS("date,miles\n2021-01-05,\"1,234.5\"\n2021-01-05,\"1,015\"\n"),
	    "1: date=\"2021-01-05\" miles=1234.5\n2: date=\"2021-01-05\" miles=1015\n");
	assert_string_equal(TRIPS("date;miles\n2021-01-05;1.234\n2021-01-05;12,5\n2021-01-05;1.234,5\n"),
	    "1: date=\"2021-01-05\" miles=1234\n2: date=\"2021-01-05\" miles=12.5\n"
	    "3: date=\"2021-01-05\" miles=1234.5\n");
	assert_string_equal(TRIPS("date,miles\n2021-01-05,\"12,5\"\n2021-01-05,1.5\n"),
	    "1: date=\"2021-01-05\" miles=12.5\n2: date=\"2021-01-05\" miles=1.5\n");
}

static void
thousands_or_decimals_are_asked_where_nothing_tells(void **state)
{
	static const char *const asked[] = {
		"date;miles\n2021-01-05;1,015\n", "date;miles\n2021-01-05;1.015\n",
		"date,miles\n2021-01-05,\"1,015\"\n",
		"date;miles\n2021-01-05;1,015\n2021-01-05;1,5\n2021-01-05;1.5\n",
	};

	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		assert_non_null(strstr(TRIPS(asked[i]), "Say decimals=comma or decimals=point."));
	assert_string_equal(TRIPS(asked[0], .decimals = "comma"), "1: date=\"2021-01-05\" miles=1 rounded\n");
	assert_string_equal(TRIPS(asked[0], .decimals = "point"), "1: date=\"2021-01-05\" miles=1015\n");
	assert_string_equal(TRIPS("date,miles\n2021-01-05,1.015\n"), "1: date=\"2021-01-05\" miles=1 rounded\n");
	assert_string_equal(TRIPS(asked[0], .decimals = "dot"), "decimals must be comma or point.");
}

static void
money_is_written_in_units(void **state)
{
	assert_string_equal(TRIPS("date,miles,toll\n2021-01-05,1,12\n2021-01-05,1,0.5\n2021-01-05,1,1.005\n"),
	    "1: date=\"2021-01-05\" miles=1 toll=1200\n2: date=\"2021-01-05\" miles=1 toll=50\n"
	    "3: date=\"2021-01-05\" miles=1 toll=101 rounded\n");
	assert_string_equal(cell_text(*state, collection_field(collection_find(set, "trips"), "toll"), "-1250"),
	    "-12.50");
	assert_string_equal(cell_text(*state, collection_field(collection_find(set, "trips"), "toll"), "5"), "0.05");
}

static void
flags_and_choices_are_meant_not_spelled(void **state)
{
	assert_string_equal(TRIPS("date,miles,late,category\n2021-01-05,1,X,Commute Home\n"
	    "2021-01-05,1,Late,BUSINESS\n2021-01-05,1,no,\n"
	    "2021-01-05,1,,\n2021-01-05,1,maybe,\n2021-01-05,1,0,pleasure\n"),
	    "1: date=\"2021-01-05\" miles=1 late=true category=\"commute-home\"\n"
	    "2: date=\"2021-01-05\" miles=1 late=true category=\"business\"\n"
	    "3: date=\"2021-01-05\" miles=1 late=false\n4: date=\"2021-01-05\" miles=1\n"
	    "5: late: late must be yes or no (true, 1, x; false, 0).\n"
	    "6: category: category must be one of: business, commute-home.\n");
}

static void
rows_may_be_shorter_than_the_header_and_not_longer(void **state)
{
	assert_string_equal(TRIPS("date,miles,\n2021-01-05\n2021-01-05,1,,,\n2021-01-05,1,x\n2021-01-05,1,,y\n"),
	    "1: date=\"2021-01-05\"\n2: date=\"2021-01-05\" miles=1\n"
	    "3: -: Column 3 has no name in the first line, and this row has a value there.\n"
	    "4: -: The row has 4 cells, the first line has 3.\n");
}

static void
guarded_texts_lose_their_guard(void **state)
{
	assert_string_equal(TRIPS("date,miles,from\n2021-01-05,1,'=A1\n2021-01-05,1,''=A1\n"
	    "2021-01-05,1,'s Gravenhage\n"),
	    "1: date=\"2021-01-05\" from=\"=A1\" miles=1\n2: date=\"2021-01-05\" from=\"'=A1\" miles=1\n"
	    "3: date=\"2021-01-05\" from=\"'s Gravenhage\" miles=1\n");
}

static const char *
id_of(struct arena *a, const struct person *person, const char *collection, const char *text, size_t row_number,
    const char *where)
{
	struct import *im = arena_alloc(a, sizeof *im);
	struct import_row row = { .id = NULL };
	bool found = true;

	assert_null(import_open(im, a, person, collection_find(set, collection),
	    &(struct import_options){ .where = where }, text, strlen(text)));
	for (size_t i = 0; i < row_number; i++)
		assert_null(import_next(im, a, &row, &found));
	assert_true(found);
	return row.id;
}

static void
a_keyless_row_has_the_same_id_in_every_run_and_its_double_another(void **state)
{
	static const char text[] = "date,miles\n2021-01-05,1\n2021-01-05,1.0\n2021-01-05,2\n";
	const char *first = id_of(*state, &driver, "trips", text, 1, NULL);

	assert_int_equal(strlen(first), 32);
	assert_string_equal(first, id_of(*state, &driver, "trips", text, 1, NULL));
	assert_string_not_equal(first, id_of(*state, &driver, "trips", text, 2, NULL));
	assert_string_not_equal(first, id_of(*state, &driver, "trips", text, 3, NULL));
	assert_string_not_equal(first, id_of(*state, &boss, "trips", text, 1, NULL));
}

static void
the_id_of_a_keyless_row_is_the_documented_hash(void **state)
{
	static const char text[] = "date,miles\n2021-01-05,1\n2021-01-05,1\n";
	static const char covered[] = "[\"0191f3a0-0000-7000-8000-000000000001\",\"trips\","
	    "{\"date\":\"2021-01-05\",\"miles\":1},2]";
	unsigned char digest[SHA256_SIZE];

	sha256(covered, strlen(covered), digest);
	assert_string_equal(id_of(*state, &driver, "trips", text, 2, NULL), hex_text(*state, digest, 16));
}

static void
a_file_taken_in_two_parts_is_taken_whole(void **state)
{
	static const char text[] = "date,miles,from\n2021-01-05,1,x\n2021-01-05,1,y\n2021-01-05,1,x\n";

	assert_string_equal(id_of(*state, &driver, "trips", text, 3, "from=x"),
	    id_of(*state, &driver, "trips", text, 3, NULL));
	assert_string_equal(id_of(*state, &driver, "trips", text, 2, "from=y"),
	    id_of(*state, &driver, "trips", text, 2, NULL));
}

static void
one_key_has_one_value_in_a_file(void **state)
{
	assert_string_equal(WEIGHTS("date,kg\n2021-01-05,80\n2021-01-06,81\n2021-01-05,80.0\n2021-01-06,82\n"),
	    "1: date=\"2021-01-05\" kg=80\n2: date=\"2021-01-06\" kg=81\n3: date=\"2021-01-05\" kg=80 again\n"
	    "4: date: Line 3 has the same date with other values.\n");
}

static void
a_natural_id_cannot_be_chosen(void **state)
{
	const char *id = id_of(*state, &driver, "weights", "date,kg\n2021-01-05,80\n", 1, NULL);

	assert_string_equal(WEIGHTS(arena_printf(*state,
	    "id,date,kg\n%s,2021-01-05,80\n1503960366,2021-01-06,80\n", id)), "1: date=\"2021-01-05\" kg=80\n"
	    "2: id: The id of such a record follows from its fields and its owner. "
	    "Skip the column with map=HEADER= and nothing behind.\n");
	assert_string_equal(WEIGHTS("Id,date,kg\n1503960366,2021-01-06,80\n7,2021-01-06,81\n", .map = "Id=",
	    .where = "Id=7"), "1: left out\n2: date=\"2021-01-06\" kg=81\n");
}

static void
people_name_vans_by_their_label(void **state)
{
	assert_string_equal(VANS(&driver, "Van ID,Lane\nV1,5\n,6\nimport,7\nV 8,8\n"),
	    "1: lane=\"5\"\n2: id: id is required: it is what people call the van.\n"
	    "3: id: An id has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.\n"
	    "4: id: An id has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.\n");
	assert_string_equal(VANS(&driver, "wagon,DOCK_NO\nV1,5\n"), "1: lane=\"5\"\n");
	assert_string_equal(VANS(&driver, "wagon,dock no,lane\nV1,5,6\n"), "1: lane=\"5 6\"\n");
}

static void
owners_are_named_by_managers_only(void **state)
{
	static const char text[] = "van,lane,owner\nV1,5,0191f3a0-0000-7000-8000-000000000002\n"
	    "V2,6,0191f3a0-0000-7000-8000-000000000001\nV3,1,bob\n";

	assert_string_equal(VANS(&driver, text), "1: owner: Only managers import for someone else.\n2: lane=\"6\"\n"
	                                         "3: owner: Only managers import for someone else.\n");
	assert_string_equal(VANS(&boss, text),
	    "1: lane=\"5\"\n2: lane=\"6\"\n3: owner: owner must be the id, the e-mail address or the name of a member, "
	    "which no other member has.\n");
}

static void
private_fields_do_not_exist_for_others(void **state)
{
	assert_string_equal(VANS(&driver, "van,lane,rent\nV1,5,100\n"),
	    "Vans has no field for the column \"rent\". "
	    "Say which it is with map=HEADER=field, or skip it with map=HEADER= and nothing behind.");
	assert_string_equal(VANS(&boss, "van,lane,rent\nV1,5,100\n"), "1: lane=\"5\" rent=10000\n");
}

static void
json_is_read_by_the_same_rules(void **state)
{
	assert_string_equal(TRIPS(" [ {\"date\":\"2021-01-05\",\"miles\":7.25,\"late\":true,\"toll\":1250},\n"
	    "{\"miles\":1,\"date\":\"1/13/2021\",\"from\":null} ] ", .json = true),
	    "1: date=\"2021-01-05\" miles=7.3 toll=1250 late=true rounded\n2: date=\"2021-01-13\" from=null miles=1\n");
	assert_string_equal(TRIPS("{\"trips\":[{\"date\":\"2021-01-05\",\"miles\":1,\"version\":4,\"x\":\"}]\\\"\"}]}",
	    .json = true, .map = "x=from"), "1: date=\"2021-01-05\" from=\"}]\\\"\" miles=1\n");
	assert_string_equal(TRIPS("[]", .json = true), "");
	assert_string_equal(TRIPS("[{\"date\":\"2021-01-05\",\"miles\":\"5.25\",\"toll\":\"12.50\"}]", .json = true),
	    "1: date=\"2021-01-05\" miles=5.3 toll=1250 rounded\n");
	assert_string_equal(TRIPS("[{\"date\":\"2021-01-05\",\"miles\":\"\"}]", .json = true),
	    "1: miles: miles must be a number.\n");
}

static void
json_that_is_no_list_of_objects_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "{}", "{\"cars\":[]}", "[", "[1]", "[{},]", "[{} {}]", "[{}]x", "[[]]", "{\"trips\":[]", "[\"a\"]",
		"[{\"a\":1,\"a\":2}]", "[}",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *said = TRIPS(wrong[i], .json = true);

		assert_true(strstr(said, "line ") != NULL || strstr(said, "Line ") != NULL);
	}
	assert_string_equal(TRIPS("[{\"date\":\"2021-01-05\",\"kilometres\":1}]", .json = true),
	    "Trips has no field for the column \"kilometres\". "
	    "Say which it is with map=HEADER=field, or skip it with map=HEADER= and nothing "
	    "behind.");
}

static const char *
read_fixture(struct arena *a, const char *path)
{
	char *text = arena_alloc(a, 65536);
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return NULL;
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

static void
the_fixtures_are_read_as_people_mean_them(void **state)
{
	const char *trips = read_fixture(*state, "tests/fixtures/trips.csv");
	const char *weights = read_fixture(*state, "tests/fixtures/weights.csv");
	const char *said;

	if (trips == NULL || weights == NULL)
		skip();
	said = TRIPS(trips, .dates = DATES_MDY,
	    .map = "START_DATE=date,START_DATE=startTime,END_DATE=,CATEGORY=,START=from,STOP=,PURPOSE=");
	assert_non_null(strstr(said, "3: date=\"2021-01-05\" startTime=\"07:58\" from=\"Depot\" miles=9\n"));
	assert_non_null(strstr(said, "4: date=\"2021-01-13\" startTime=\"23:50\" from=\"Depot\" miles=7.3 rounded\n"));
	said = WEIGHTS(weights, .dates = DATES_MDY, .where = "Id=10002",
	    .map = "Id=,Date=date,WeightKg=kg,WeightPounds=,Fat=,BMI=");
	assert_string_equal(said, "1: left out\n2: left out\n3: left out\n4: date=\"2021-05-12\" kg=85.8 rounded\n"
	                          "5: date=\"2021-04-13\" kg=84.9 rounded\n"
	                          "6: date: Line 5 has the same date with other values.\n"
	                          "7: date=\"2021-04-13\" kg=84.9 again\n");
}

static void
a_file_can_be_read_again_from_the_start(void **state)
{
	static const char text[] = "date,miles\n2021-01-05,1\n2021-01-05,1\n";
	struct import im;
	struct import_row first, second;
	bool found;

	assert_null(import_open(&im, *state, &driver, collection_find(set, "trips"),
	    &(struct import_options){ .map = NULL }, text, strlen(text)));
	assert_null(import_next(&im, *state, &first, &found));
	assert_null(import_next(&im, *state, &second, &found));
	assert_null(import_rewind(&im));
	assert_null(import_next(&im, *state, &second, &found));
	assert_string_equal(first.id, second.id);
	assert_int_equal(second.number, 1);
	assert_int_equal(second.line, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_found_by_name_or_label_whatever_the_case_and_punctuation),
		TEST(a_file_without_a_header_has_the_columns_of_its_collection),
		TEST(a_file_without_a_header_is_refused_where_it_means_nothing),
		TEST(one_column_may_fill_two_fields),
		TEST(columns_nobody_knows_are_named_and_can_be_skipped),
		TEST(a_map_that_cannot_be_is_refused),
		TEST(what_every_new_record_needs_must_have_a_column),
		TEST(what_an_export_shows_beside_the_fields_is_passed_over),
		TEST(dates_that_can_be_read_one_way_are_read_that_way),
		TEST(dates_that_can_be_read_two_ways_ask),
		TEST(a_date_outside_where_asks_nothing),
		TEST(no_day_is_made_of_what_is_none),
		TEST(times_have_many_forms),
		TEST(instants_need_an_offset_or_a_zone),
		TEST(a_day_with_an_offset_is_the_day_in_the_zone),
		TEST(an_hour_that_clocks_show_twice_is_noted),
		TEST(numbers_are_rounded_half_away_from_zero_and_said),
		TEST(the_numbers_of_a_column_tell_which_sign_divides_thousands),
		TEST(thousands_or_decimals_are_asked_where_nothing_tells),
		TEST(money_is_written_in_units),
		TEST(flags_and_choices_are_meant_not_spelled),
		TEST(rows_may_be_shorter_than_the_header_and_not_longer),
		TEST(guarded_texts_lose_their_guard),
		TEST(a_keyless_row_has_the_same_id_in_every_run_and_its_double_another),
		TEST(the_id_of_a_keyless_row_is_the_documented_hash),
		TEST(a_file_taken_in_two_parts_is_taken_whole),
		TEST(one_key_has_one_value_in_a_file),
		TEST(a_natural_id_cannot_be_chosen),
		TEST(people_name_vans_by_their_label),
		TEST(owners_are_named_by_managers_only),
		TEST(private_fields_do_not_exist_for_others),
		TEST(json_is_read_by_the_same_rules),
		TEST(json_that_is_no_list_of_objects_is_refused),
		TEST(the_fixtures_are_read_as_people_mean_them),
		TEST(a_file_can_be_read_again_from_the_start),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
