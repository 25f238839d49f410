/* fuzz_csv.c -- arbitrary bytes as a CSV file.  They are read or refused, the same way each time, and what is
 * read can be written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "transfer/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A collection with a field of each kind that cells are read for; made by hand, because no file may be needed here. */
static const struct collection *
collection(void)
{
	static const char *const choices[] = { "small", "very large" }, *const places[] = { "a", "d", "h" };
	static struct field fields[] = {
		{ .name = "a", .label = "Day", .type = FIELD_DATE, .required = true, .index = 0 },
		{ .name = "b", .label = "Time", .type = FIELD_TIME, .index = 1 },
		{ .name = "c", .label = "At", .type = FIELD_INSTANT, .index = 2 },
		{ .name = "d", .label = "Miles", .type = FIELD_DECIMAL, .scale = 2, .has_min = true, .index = 3 },
		{ .name = "e", .label = "Toll", .type = FIELD_MONEY, .index = 4 },
		{ .name = "f", .label = "Late", .type = FIELD_BOOLEAN, .index = 5 },
		{ .name = "g", .label = "Size", .type = FIELD_CHOICE, .choices = { choices, 2 }, .index = 6 },
		{ .name = "h", .label = "Text", .type = FIELD_TEXT, .max_length = 50, .index = 7 },
		{ .name = "i", .label = "List", .type = FIELD_LIST, .max_length = 5, .index = 8 },
		{ .name = "j", .label = "Place", .type = FIELD_PLACE, .index = 9 },
		{ .name = "k", .label = "Duration", .type = FIELD_INTEGER, .unit = "s", .format = "duration",
		  .has_max = true, .max = 86400, .has_min = true, .index = 10 },
		{ .name = "l", .label = "Weight", .type = FIELD_DECIMAL, .scale = 2, .unit = "kg", .index = 11 },
	};
	static const size_t sorted[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const struct collection c = {
		.name = "things",
		.singular = "thing",
		.label = "Things",
		.own = true,
		.fields = fields,
		.headerless = { places, 3 },
		.field_count = sizeof sorted / sizeof sorted[0],
		.sorted = sorted,
	};

	return &c;
}

/* What a field holds, as a cell, is read as what it holds. */
static void
read_back(struct arena *a, const struct field *f, const char *value)
{
	const struct cell_form forms[12] = { [10] = { .unit = UNIT_SECONDS } }; /* as an export has them */
	struct cell_rules rules = { .dates = DATES_UNSAID, .forms = forms };
	struct cell_notes notes;
	const char *again;

	if (cell_read(a, f, &rules, cell_text(a, f, value), &notes, &again) != NULL)
		abort();
	if (strspn(value, "\" \\tnr") == strlen(value))
		return; /* a text of blanks alone says nothing in a file */
	if (again == NULL || strcmp(again, value) != 0)
		abort();
}

static void
read_cells_back(struct arena *a, const struct import *im, const struct import_row *row)
{
	for (size_t i = 0; i < im->collection->field_count; i++)
		if (row->touched[i] && row->values[i] != NULL)
			read_back(a, &im->collection->fields[i], row->values[i]);
}

/* The number of good rows, or -1 when the file is refused. */
static int
read_file(struct arena *a, struct import *im)
{
	struct import_row row;
	bool found;
	int good = 0;

	while (import_next(im, a, &row, &found) == NULL) {
		if (!found)
			return good;
		if (row.taken && row.bad == NULL) {
			good++;
			if (row.id == NULL)
				abort();
			read_cells_back(a, im, &row);
		}
	}
	return -1;
}

/* The first byte chooses how the rest is read. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct person person = { .user_id = "0191f3a0-0000-7000-8000-000000000001", .role = ROLE_MEMBER };
	struct import_options options = { .map = "x=h,y=" };
	struct import *im;
	struct arena *a;
	int first;

	if (size == 0)
		return 0;
	options.json = bytes[0] & 1;
	options.dates = bytes[0] >> 1 & 3;
	options.zone = bytes[0] & 8 ? "Europe/Berlin" : NULL;
	options.headerless = !options.json && bytes[0] & 64;
	options.where = bytes[0] & 16 ? (options.headerless ? "3=x" : "h=x") : NULL;
	options.units = bytes[0] & 128 ? "k:hours,l:lb" : NULL;
	options.decimals = bytes[0] & 128 ? "comma" : NULL;
	options.map = bytes[0] & 32 ? (options.headerless ? "4=b,5=" : options.map) : NULL;
	a = arena_new();
	crypto_init();
	im = arena_alloc(a, sizeof *im);
	if (import_open(im, a, &person, collection(), &options,
	    arena_memdup(a, bytes + 1, size - 1), size - 1) == NULL) {
		first = read_file(a, im);
		if (import_rewind(im) != NULL || read_file(a, im) != first)
			abort();
	}
	arena_free(a);
	return 0;
}
