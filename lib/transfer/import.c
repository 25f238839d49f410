/* import.c -- reads a file before anything is written: the id of a row, and the public functions.  Which column is
 * which field is columns.c, the rows are rows_csv.c and rows_json.c, and what their cells say is values.c. */
#include "transfer/import.h"

#include <string.h>

#include "base/crypto.h"
#include "reading.h"

enum {
	NAMES_IN_NOTE = 10
};

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

		if (row->placed && f == im->span_start)
			put_text(&out, f->name, row->day);
		else if (row->touched[f->index])
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
		if (c->unique[i]->required && values[c->unique[i]->index] == NULL)
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

/* If the times of a row are those of a zone, its new record is in that zone, unless the row names another. */
static void
take_zone(struct import *im, struct arena *a, struct import_row *row)
{
	const struct field *f = collection_field(im->collection, "zone");

	if (im->rules.zone == NULL || (im->options.zone == NULL && !row->local) || f == NULL || row->touched[f->index])
		return;
	row->values[f->index] = arena_printf(a, "\"%s\"", im->rules.zone);
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
	if (row->bad == NULL && several_passes(im, row)) {
		row->later = true;
		row->taken = false;
	} else if (row->bad == NULL && !im->surveys) {
		row->bad = meet_key(im, a, row);
	}
}

/* ---- what the format says of every row ---- */

static struct problem *
set_values(struct import *im, struct arena *a, struct import_row *row)
{
	struct problem *p = NULL;
	const struct import_column column = { .name = "" };

	for (size_t i = 0; im->format != NULL && i < im->format->set_fields.count && p == NULL; i++) {
		const struct import_target target = {
			.field = collection_field(im->collection, im->format->set_fields.all[i]),
		};

		if (!row->touched[target.field->index])
			p = value_keep_cell(im, a, row, &column, &target, im->format->set_values.all[i]);
	}
	return p;
}

/* Count what people should know of a row. */
static void
tell(struct import *im, const struct import_row *row)
{
	im->told.later += row->later;
	if (!row->taken || row->bad != NULL)
		return;
	im->told.times_won += row->times_won && !row->inside;
	im->told.next_day += row->next_day && !row->inside;
	im->told.placed += row->placed;
	im->told.inside += row->inside;
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
	spans_begin(im);
	im->order = 0;
	p = im->options.json ? json_row_next(im, a, row, found) : csv_row_next(im, a, row, found);
	if (p != NULL || !*found)
		return p;
	if (im->rows++ == IMPORT_ROWS_MAX)
		return problem_new(im->a, PROBLEM_TOO_LARGE,
		    "The file has more than %d rows; please cut it.", IMPORT_ROWS_MAX);
	row->number = im->rows;
	values_drop_nameless(row);
	if ((p = set_values(im, a, row)) != NULL)
		return p;
	settle_id(im, a, row);
	if (row->taken && row->bad == NULL)
		several_join(im, a, row);
	tell(im, row);
	return NULL;
}

void
import_rename(struct import *im, struct arena *a, struct import_row *row, const char *id)
{
	row->id = id;
	row->derived_id = false;
	row->bad = meet_key(im, a, row);
}

void
import_settle(struct import *im, struct arena *a, struct import_row *row)
{
	if (row->unsettled)
		settle_id(im, a, row);
}

const char *
import_format(const struct import *im)
{
	return im->format == NULL ? NULL : im->format->name;
}

/* The fields that a column fills. */
static void
put_fields(struct json_out *out, const struct import *im, const struct import_column *column)
{
	put_array(out, "fields");
	for (size_t i = 0; i < column->target_count; i++)
		put_text(out, NULL, target_name(out->to->arena, &column->targets[i]));
	if (column->is_across) {
		put_text(out, NULL, target_name(out->to->arena, &im->across_name));
		put_text(out, NULL, target_name(out->to->arena, &im->across_value));
	}
	put_end(out);
}

void
import_put(struct json_out *out, const struct import *im)
{
	put_text(out, "format", import_format(im));
	put_some(out, "formatLabel", im->format == NULL ? NULL : im->format->label);
	put_text(out, "zone", im->rules.zone);
	put_some(out, "charset", im->options.charset);
	put_some(out, "several", several_name(im));
	if (im->several != SEVERAL_NONE)
		put_integer(out, "joined", (int64_t)im->told.later);
	put_some(out, "dates", im->rules.dates == DATES_UNSAID ? NULL : date_order_names[im->rules.dates]);
	if (im->header_line > 0)
		put_integer(out, "header", (int64_t)im->header_line);
	put_array(out, "columns");
	for (size_t i = 0; i < im->column_count; i++) {
		put_object(out, NULL);
		put_text(out, "name", im->columns[i].name);
		put_fields(out, im, &im->columns[i]);
		put_end(out);
	}
	put_end(out);
}

/* ---- what is told ---- */

static void
put_count(struct json_out *out, size_t count, const char *one, const char *many)
{
	if (count > 0)
		put_text(out, NULL, count == 1 ? one : arena_printf(out->to->arena, "%zu %s", count, many));
}

/* The columns that nothing was made of. */
static void
put_left_out(struct json_out *out, const struct import *im)
{
	struct buf names;
	size_t count = 0;

	buf_init(&names, out->to->arena);
	for (size_t i = 0; i < im->column_count; i++) {
		if (!im->columns[i].left_out)
			continue;
		if (count++ < NAMES_IN_NOTE)
			buf_printf(&names, "%s\"%s\"", count == 1 ? "" : ", ",
			    text_short(out->to->arena, im->columns[i].name));
	}
	if (count > 0)
		put_text(out, NULL, arena_printf(out->to->arena, "Nothing was made of the column%s %s%s.",
		    count == 1 ? "" : "s", names.text, count > NAMES_IN_NOTE ? " and more" : ""));
}

static bool
fills_owner(const struct import *im)
{
	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++)
			if (im->columns[i].targets[j].kind == TARGET_OWNER)
				return true;
	return false;
}

/* In a team, the hours of several people would silently become those of one. */
static void
put_persons(struct json_out *out, const struct import *im)
{
	for (size_t i = 0; i < im->column_count; i++) {
		const struct import_column *column = &im->columns[i];

		if (!column->names_others || fills_owner(im) || strcmp(im->person->space_kind, "team") != 0)
			continue;
		put_text(out, NULL, arena_printf(out->to->arena,
		    "The column \"%s\" names several people, but all rows are yours. To give each their own, a "
		    "manager maps a column with names or e-mail addresses of members to owner.",
		    text_short(out->to->arena, column->name)));
		return;
	}
}

void
import_put_notes(struct json_out *out, const struct import *im)
{
	const struct import_told *told = &im->told;

	if (im->header_line > 1)
		put_text(out, NULL, arena_printf(out->to->arena,
		    "Line %zu names the columns; what is above it was passed over.", im->header_line));
	put_left_out(out, im);
	put_persons(out, im);
	if (told->totals_line > 0)
		put_text(out, NULL, arena_printf(out->to->arena,
		    "From line %zu on the file has sums; they are no records and were passed over.",
		    told->totals_line));
	put_count(out, told->times_won, "1 row has a duration that differs from its times; the times were taken.",
	    "rows have a duration that differs from their times; the times were taken.");
	put_count(out, told->next_day,
	    "1 row ends on the day after its date.", "rows end on the day after their date.");
	put_count(out, told->placed,
	    "1 row has no time of day; it was placed on its day as if people had begun in the morning.",
	    "rows have no time of day; those of a day were placed one after the other, from the morning on.");
	put_count(out, told->inside, "1 break was put into the middle of its time.",
	    "breaks were put into the middle of their time.");
	several_put_note(out, im);
}

/* What a row calls the record of a reference, or NULL. */
static const struct import_name *
name_of(const struct import_row *row, const struct field *f)
{
	for (size_t i = 0; i < row->name_count; i++)
		if (row->names[i].field == f)
			return &row->names[i];
	return NULL;
}

void
import_put_row(struct json_out *out, const struct import *im, const struct import_row *row)
{
	put_object(out, NULL);
	for (size_t i = 0; i < im->collection->field_count; i++) {
		const struct field *f = &im->collection->fields[i];
		const struct import_name *name = name_of(row, f);

		if (name != NULL)
			put_text(out, f->name, name->text);
		else if (row->touched[i] && row->values[i] != NULL)
			put_json(out, f->name, row->values[i]);
		if (name != NULL && name->of != NULL)
			put_some(out, arena_printf(out->to->arena, "%s.%s", f->name, name->of->name), name->of_text);
	}
	put_end(out);
}

/* ---- from the beginning ---- */

/* The format that the query names. */
static struct problem *
choose_format(struct import *im)
{
	const char *name = im->options.format;

	im->format = NULL;
	if (name == NULL || strcmp(name, "none") == 0)
		return NULL;
	im->format = format_find(im->options.formats, im->collection, name);
	if (im->format != NULL && im->format->json == im->options.json)
		return NULL;
	return problem_at(im->a, PROBLEM_INVALID, "format", "%s has no format \"%s\" of %s.", im->collection->label,
	    text_short(im->a, name), im->options.json ? "JSON" : "CSV");
}

struct problem *
import_rewind(struct import *im)
{
	struct problem *p;

	im->rows = im->part = 0;
	im->told = (struct import_told){ .totals_line = 0 };
	seen_clear(&im->seen);
	seen_clear(&im->placed);
	ids_begin(im);
	for (size_t i = 0; i < im->map_count; i++)
		im->maps[i].used = false;
	if ((p = choose_format(im)) != NULL)
		return p;
	if (im->options.json)
		return (p = json_rows_open(im)) != NULL ? p : forms_learn(im);
	if ((p = csv_open(im->a, im->text, (size_t)(im->end - im->text), &im->csv)) != NULL ||
	    (p = columns_read(im)) != NULL)
		return p;
	im->rules.semicolons = im->csv.delimiter == ';';
	return forms_learn(im);
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
	seen_start(&im->chosen, a);
	seen_start(&im->sums, a);
	seen_start(&im->placed, a);
	seen_start(&im->spellings.keys, a);
	spans_find(im);
	if ((p = query_read(im)) != NULL || (p = import_rewind(im)) != NULL)
		return p;
	return several_begin(im);
}
