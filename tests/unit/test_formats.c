/* test_formats.c -- the known formats: each file of tests/fixtures/formats is read as its .expected.json says, whoever
 * wrote it is recognised by its columns alone, and mistakes in a format stop the start.  No database: names of
 * projects, clients and tasks stay names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_out.h"
#include "place.h"
#include "scratch.h"
#include "shipped.h"
#include "transfer/import.h"

#define FIXTURES "tests/fixtures/formats"

static const struct formats *formats;

static const struct person ines = {
	.user_id = "0191f3a0-0000-7000-8000-000000000001", .role = ROLE_OWNER, .space_kind = "personal",
};

static const char *
read_text(const char *path, size_t *length)
{
	char *room = arena_alloc(arena, 1 << 16);

	assert_int_equal(file_read(path, room, (1 << 16) - 1, length), 0);
	return room;
}

static struct json_object *
read_json(const char *path)
{
	struct json_object *tree;
	size_t length;
	const char *text = read_text(path, &length);
	struct problem *p = json_parse_object(arena, text, length, &tree);

	if (p != NULL)
		fail_msg("%s: %s", path, p->detail);
	return tree;
}

static const char *
text_of(struct json_object *from, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(from, name, &value) && value != NULL ? json_object_get_string(value) : NULL;
}

/* The file of a fixture: NAME.csv or NAME.json. */
static const char *
file_of(const char *name, bool *json)
{
	const char *csv = arena_printf(arena, FIXTURES "/%s.csv", name);

	*json = access(csv, R_OK) != 0;
	return *json ? arena_printf(arena, FIXTURES "/%s.json", name) : csv;
}

/* What is read from a file, as the expected texts have it: format, records and notes. */
static const char *
read_as(const struct import_options *options, const char *collection, const char *text, size_t length)
{
	struct import *im = arena_alloc(arena, sizeof *im);
	struct problem *p = import_open(im, arena, &ines, collection_find(set, collection), options, text, length);
	struct import_row row;
	struct json_out out;
	struct buf b;
	bool found = true;

	buf_init(&b, arena);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_text(&out, "format", im->format == NULL ? NULL : im->format->name);
	put_array(&out, "records");
	while (p == NULL && (p = import_next(im, arena, &row, &found)) == NULL && found) {
		if (row.bad != NULL)
			put_text(&out, NULL, row.bad->detail);
		else if (row.taken && !row.later)
			import_put_row(&out, im, &row);
	}
	put_end(&out);
	put_array(&out, "notes");
	if (p == NULL)
		import_put_notes(&out, im);
	else
		put_text(&out, NULL, p->detail);
	put_end(&out);
	put_end(&out);
	return b.text;
}

static const char *
canonical(struct json_object *tree)
{
	struct buf b;

	buf_init(&b, arena);
	json_canonical(&b, tree);
	return b.text;
}

static const char *
canonical_text(const char *text)
{
	struct json_object *tree;

	assert_null(json_parse(arena, text, strlen(text), &tree));
	return canonical(tree);
}

/* The members of the expected file that say what is read. */
static const char *
expected_text(struct json_object *expected)
{
	struct json_object *records, *notes;
	const char *format = text_of(expected, "format");

	assert_true(json_object_object_get_ex(expected, "records", &records));
	assert_true(json_object_object_get_ex(expected, "notes", &notes));
	return canonical_text(arena_printf(arena, "{\"format\":%s,\"records\":%s,\"notes\":%s}",
	    format == NULL ? "null" : json_quoted(arena, format), canonical(records), canonical(notes)));
}

static void
play(const char *name, const char *format)
{
	struct json_object *expected = read_json(arena_printf(arena, FIXTURES "/%s.expected.json", name)), *query;
	struct import_options options = { .set = set, .formats = formats, .format = format };
	size_t length;
	const char *text = read_text(file_of(name, &options.json), &length);

	assert_true(json_object_object_get_ex(expected, "query", &query));
	options.zone = text_of(query, "zone");
	options.map = text_of(query, "map");
	assert_string_equal(canonical_text(read_as(&options, text_of(expected, "collection"), text, length)),
	    expected_text(expected));
}

static int
is_expected(const struct dirent *entry)
{
	return strstr(entry->d_name, ".expected.json") != NULL;
}

static void
each_file_is_recognised_and_read(void **state)
{
	struct dirent **entries;
	int n = scandir(FIXTURES, &entries, is_expected, alphasort);

	(void)state;
	assert_true(n > 15);
	for (int i = 0; i < n; i++) {
		const char *name = arena_strndup(arena, entries[i]->d_name,
		    strlen(entries[i]->d_name) - strlen(".expected.json"));

		free(entries[i]);
		play(name, NULL);
	}
	free(entries);
}

static void
each_format_has_a_file(void **state)
{
	(void)state;
	assert_true(formats->count > 15);
	for (size_t i = 0; i < formats->count; i++) {
		const char *path =
		    arena_printf(arena, FIXTURES "/%s.expected.json", formats->all[i].name);

		if (access(path, R_OK) != 0)
			fail_msg("%s has no %s", formats->all[i].name, path);
		assert_string_equal(text_of(read_json(path), "format"), formats->all[i].name);
		play(formats->all[i].name, formats->all[i].name);
	}
}

/* What is said of a format with these members besides its name, label, collection and kind; NULL: it is read. */
static const char *
mistake_in(const char *name, const char *members)
{
	char folder[256];
	const struct formats *read;
	const char *path;
	struct problem *p;
	FILE *file;

	assert_non_null(mkdtemp(place_of("formats", folder, sizeof folder)));
	path = arena_printf(arena, "%s/%s.json", folder, name);
	assert_non_null(file = fopen(path, "we"));
	fprintf(file, "{\"name\":\"a\",\"label\":\"A\",%s}", members);
	fclose(file);
	p = formats_load(arena, folder, set, &read);
	remove(path);
	remove(folder);
	if (p == NULL)
		assert_true(read->count <= 1);
	return p == NULL ? NULL : p->cause;
}

static void
a_mistake_stops_the_start_and_is_named(void **state)
{
#define WEIGHTS "\"collection\":\"weights\",\"kind\":\"csv\","
#define DATE "\"columns\":[{\"names\":[\"D\"],\"fields\":[\"date\"],\"needed\":true}]"
	static const char *const wrong[][2] = {
		{ WEIGHTS DATE ",\"fist\":true", "formats/a.json: fist: " },
		{ WEIGHTS "\"columns\":[{\"names\":[\"D\"],\"fields\":[\"date\"]}]",
		  "formats/a.json: at least one column must be \"needed\", or every file would fit" },
		{ WEIGHTS "\"columns\":[{\"names\":[\"D\"],\"fields\":[\"day\"],\"needed\":true}]",
		  "formats/a.json: weights has no field \"day\" that people write" },
		{ WEIGHTS "\"columns\":[{\"names\":[],\"needed\":true}]",
		  "formats/a.json: a column needs \"names\"" },
		{ WEIGHTS "\"columns\":[{\"names\":[\"D\"],\"unit\":\"ells\",\"needed\":true}]",
		  "formats/a.json: there is no unit \"ells\"" },
		{ WEIGHTS DATE ",\"dayStart\":\"9\"",
		  "formats/a.json: \"dayStart\" must be a time of day, such as 09:00" },
		{ WEIGHTS DATE ",\"dates\":\"mixed\"", "formats/a.json: \"dates\" must be mdy, dmy or ymd" },
		{ WEIGHTS DATE ",\"list\":[\"rows\"]",
		  "formats/a.json: \"list\" and \"holder\" are of a format of JSON" },
		{ WEIGHTS DATE ",\"across\":{\"name\":\"note\"}",
		  "formats/a.json: \"across\" needs \"name\", \"value\" and \"values\"" },
		{ WEIGHTS DATE ",\"across\":{\"name\":\"date\",\"value\":\"note\",\"values\":{\"a\":\"b\"},"
		  "\"numbers\":{\"field\":\"note\",\"digits\":3,\"means\":\"b\"}}",
		  "formats/a.json: \"numbers\" needs \"field\", which is a decimal, \"digits\" from 0 to 9, and" },
		{ WEIGHTS "\"columns\":[{\"names\":[\"D\"],\"fields\":[\"unit\"],\"needed\":true,"
		  "\"otherwise\":{\"fills\":\"note\"}}]",
		  "formats/a.json: \"otherwise\" needs \"fills\", and \"values\" beside it" },
		{ WEIGHTS DATE ",\"mean\":\"note\"", "formats/a.json: \"mean\" must be a decimal of weights" },
		{ WEIGHTS DATE ",\"byName\":true", "formats/a.json: \"byName\" is for collections with \"importBy\"" },
		{ "\"collection\":\"weights\",\"kind\":\"xml\"," DATE,
		  "formats/a.json: \"kind\" must be csv or json" },
		{ "\"kind\":\"csv\"," DATE, "formats/a.json: \"collection\" is missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *said = mistake_in("a", wrong[i][0]);

		assert_non_null(said);
		assert_memory_equal(said, wrong[i][1], strlen(wrong[i][1]));
	}
	assert_string_equal(mistake_in("b", WEIGHTS DATE),
	    "formats/b.json: \"name\" must be the name of the file without .json");
	assert_null(mistake_in("a", WEIGHTS DATE));
	assert_null(mistake_in("a", "\"collection\":\"boats\",\"kind\":\"csv\"," DATE));
}

static int
open_formats(void **state)
{
	struct problem *p;

	if (open_shipped(state) != 0)
		return -1;
	if ((p = formats_load(arena, "schema/formats", set, &formats)) != NULL)
		print_error("%s\n", p->cause);
	return p != NULL;
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_file_is_recognised_and_read),
		TEST(each_format_has_a_file),
		TEST(a_mistake_stops_the_start_and_is_named),
	};

	return cmocka_run_group_tests(tests, open_formats, close_arena);
}
