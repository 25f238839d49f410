/* import.c -- reads a file before anything is written: the id of a row, and the public functions.  Which column is
 * which field is columns.c, the rows are rows_csv.c and rows_json.c, and what their cells say is values.c. */
#include "transfer/import.h"

#include <string.h>

#include "base/crypto.h"
#include "reading.h"

/* ---- the id of a row ---- */

/* The values that the row has, as a canonical JSON object. */
static const char *
row_object(struct import *im, struct arena *a, const struct import_row *row)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	for (size_t i = 0; i < im->collection->field_count; i++) {
		const struct field *f = &im->collection->fields[im->collection->sorted[i]];

		if (row->touched[f->index])
			put_json(&out, f->name, row->values[f->index]);
	}
	put_end(&out);
	return b.text;
}

/* Rows that `where` leaves out are counted too, so that importing the file in two parts gives the same ids. */
static void
derive_id(struct import *im, struct arena *a, struct import_row *row)
{
	const char *object = row_object(im, a, row), *owner = row->owner != NULL ? row->owner : im->person->user_id;
	struct seen_entry *entry = seen_entry(&im->seen, arena_printf(a, "%s %s", owner, object));
	unsigned char digest[SHA256_SIZE];
	char *text;

	entry->count++;
	text = arena_printf(a, "[\"%s\",\"%s\",%s,%u]", owner, im->collection->name, object, (unsigned)entry->count);
	sha256(text, strlen(text), digest);
	row->id = hex_text(a, digest, 16);
	row->derived_id = true;
}

/* Make the natural id.  An id in the file must be equal to it. */
static struct problem *
find_natural_id(struct import *im, struct arena *a, struct import_row *row)
{
	const struct collection *c = im->collection;
	const char **values = values_copy(a, c, (const char *const *)row->values);
	const char *given = row->id;

	for (size_t i = 0; i < c->field_count; i++)
		if (!row->touched[i])
			values[i] = c->fields[i].initial;
	for (size_t i = 0; i < c->unique_count; i++)
		if (values[c->unique[i]->index] == NULL)
			return problem_at(a, PROBLEM_REQUIRED, c->unique[i]->name,
			    "%s is required.", c->unique[i]->name);
	row->id = values_id(a, c, row->owner != NULL ? row->owner : im->person->user_id, values);
	if (given == NULL || strcmp(given, row->id) == 0)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, "id",
	    "The id of such a record follows from its fields and its owner. "
	    "Skip the column with map=HEADER= and nothing behind.");
}

/* The names of the fields that make the id: "date", "task and date", or "id". */
static const char *
key_words(const struct collection *c, struct arena *a)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < c->unique_count; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : " and ", c->unique[i]->name);
	return c->unique_count == 0 ? "id" : b.text;
}

/* If an earlier row has the same id, a row with the same values is a repeat, and one with other values is an error. */
static struct problem *
meet_key(struct import *im, struct arena *a, struct import_row *row)
{
	struct seen_entry *entry = seen_entry(&im->seen, row->id);
	unsigned char mark[SEEN_KEY_SIZE];

	seen_hash(arena_printf(a, "%s %s", row->owner == NULL ? "" : row->owner, row_object(im, a, row)), mark);
	if (entry->count == 0) {
		entry->count = (uint32_t)row->line;
		memcpy(entry->mark, mark, sizeof mark);
		return NULL;
	}
	row->repeat = memcmp(entry->mark, mark, sizeof mark) == 0;
	if (row->repeat)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, im->collection->unique_count > 0 ? im->collection->unique[0]->name : "id",
	    "Line %u has the same %s with other values.", (unsigned)entry->count, key_words(im->collection, a));
}

/* If the times of the file are those of a zone, its new records are in that zone, unless the row names another. */
static void
take_zone(struct import *im, struct arena *a, struct import_row *row)
{
	const struct field *f = collection_field(im->collection, "zone");

	if (im->options.zone == NULL || f == NULL || row->touched[f->index])
		return;
	row->values[f->index] = arena_printf(a, "\"%s\"", im->options.zone);
	row->touched[f->index] = true;
}

static bool
names_key(const struct import *im, const struct import_row *row)
{
	for (size_t i = 0; i < row->name_count; i++)
		if (field_is_unique(im->collection, row->names[i].field))
			return true;
	return false;
}

static void
settle_id(struct import *im, struct arena *a, struct import_row *row)
{
	const struct collection *c = im->collection;

	if (row->bad != NULL)
		return;
	if ((row->unsettled = !row->unsettled && names_key(im, row)))
		return;
	if (c->id_form == ID_GIVEN && c->id_label == NULL && row->id == NULL) {
		take_zone(im, a, row);
		derive_id(im, a, row);
		return;
	}
	if (!row->taken)
		return;
	if (c->id_form != ID_GIVEN)
		row->bad = find_natural_id(im, a, row);
	else if (row->id == NULL)
		row->bad = problem_at(a, PROBLEM_REQUIRED, "id",
		    "id is required: it is what people call the %s.", c->singular);
	if (row->bad == NULL)
		row->bad = meet_key(im, a, row);
}

/* ---- the file ---- */

struct problem *
import_next(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;

	*row = (struct import_row){
		.values = values_new(a, im->collection),
		.touched = arena_alloc(a, im->collection->field_count + 1),
	};
	p = im->options.json ? json_row_next(im, a, row, found) : csv_row_next(im, a, row, found);
	if (p != NULL || !*found)
		return p;
	if (im->rows++ == IMPORT_ROWS_MAX)
		return problem_new(im->a, PROBLEM_TOO_LARGE,
		    "The file has more than %d rows; please cut it.", IMPORT_ROWS_MAX);
	row->number = im->rows;
	values_drop_nameless(row);
	settle_id(im, a, row);
	return NULL;
}

void
import_settle(struct import *im, struct arena *a, struct import_row *row)
{
	if (row->unsettled)
		settle_id(im, a, row);
}

void
import_put(struct json_out *out, const struct import *im)
{
	put_text(out, "format", NULL);
	put_text(out, "zone", im->rules.zone);
	put_some(out, "charset", im->options.charset);
	put_some(out, "dates", im->options.dates == DATES_UNSAID ? NULL : date_order_names[im->options.dates]);
	put_array(out, "columns");
	for (size_t i = 0; i < im->column_count; i++) {
		put_object(out, NULL);
		put_text(out, "name", im->columns[i].name);
		put_array(out, "fields");
		for (size_t j = 0; j < im->columns[i].target_count; j++)
			put_text(out, NULL, target_name(out->to->arena, &im->columns[i].targets[j]));
		put_end(out);
		put_end(out);
	}
	put_end(out);
}

struct problem *
import_rewind(struct import *im)
{
	struct problem *p;

	im->rows = 0;
	seen_clear(&im->seen);
	if (im->options.json)
		return (p = forms_learn(im)) != NULL ? p : json_rows_open(im);
	if ((p = csv_open(im->a, im->text, (size_t)(im->end - im->text), &im->csv)) != NULL)
		return p;
	im->rules.semicolons = im->csv.delimiter == ';';
	return (p = columns_read(im)) != NULL ? p : forms_learn(im);
}

struct problem *
import_open(struct import *im, struct arena *a, const struct person *person, const struct collection *c,
    const struct import_options *options, const char *text, size_t length)
{
	struct problem *p;

	*im = (struct import){
		.a = a,
		.person = person,
		.collection = c,
		.options = *options,
		.text = text,
		.end = text + length,
	};
	seen_start(&im->seen, a);
	if ((p = query_read(im)) != NULL)
		return p;
	return import_rewind(im);
}
