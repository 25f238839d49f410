/* import.c -- reads a file before anything is written.  In this order: map and where of the query, the columns, the
 * rows of CSV and JSON, the id of a row, and last the public functions. */
#include "transfer/import.h"

#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json_out.h"
#include "base/text.h"
#include "model/policy.h"

enum {
	MAPS_MAX = 512,
	NAMES_IN_MESSAGE = 10
};

/* Members of every record that an export shows and an import does not write. */
static const char *const passed_over[] = {
	"version", "seq", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy",
};

/* ---- the query: map and where ---- */

/* Undo percent-encoding; a % without two hexadecimal digits stays as it is. */
static const char *
decode(struct arena *a, const char *from, size_t length)
{
	bool strict;

	return percent_decode(a, from, &length, false, &strict);
}

static bool
may_import(const struct import *im, const struct field *f)
{
	return policy_knows(im->person, im->collection, f);
}

/* True for "id" and for the label of the id: "Car", "Car ID". */
static bool
names_id(struct import *im, const char *loose)
{
	const char *label = im->collection->id_label;

	if (strcmp(loose, "id") == 0)
		return true;
	if (label == NULL)
		return false;
	label = text_loose(im->a, label);
	return strcmp(loose, label) == 0 || strcmp(loose, arena_printf(im->a, "%sid", label)) == 0 ||
	    texts_meant(im->a, &im->collection->id_also, loose) != NULL;
}

/* The field with this name, else the only field with this label or other name. */
static const struct field *
field_called(struct import *im, const char *loose)
{
	const struct field *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < im->collection->field_count; i++) {
		const struct field *f = &im->collection->fields[i];

		if (!may_import(im, f))
			continue;
		if (strcmp(text_loose(im->a, f->name), loose) == 0)
			return f;
		if (strcmp(text_loose(im->a, f->label), loose) == 0 || texts_meant(im->a, &f->also, loose) != NULL) {
			found = f;
			count++;
		}
	}
	return count == 1 ? found : NULL;
}

/* The collection whose records the cells of a reference may name, or NULL. */
static const struct collection *
named_collection(const struct import *im, const struct field *f)
{
	const struct collection *c = f->type != FIELD_REF || im->options.set == NULL ? NULL :
	    collection_find(im->options.set, f->ref);

	return c == NULL || c->import_by == NULL ? NULL : c;
}

/* Read "project.client": a reference, and one of the record that it names. */
static bool
find_target_of(struct import *im, const char *name, struct import_target *target)
{
	const char *dot = strchr(name, '.');
	const struct collection *c;

	*target = (struct import_target){ .kind = TARGET_OF };
	if (dot == NULL)
		return false;
	target->field = field_called(im, text_loose(im->a, arena_strndup(im->a, name, (size_t)(dot - name))));
	if (target->field == NULL || (c = named_collection(im, target->field)) == NULL)
		return false;
	target->of = collection_field(c, dot + 1);
	return target->of != NULL && named_collection(im, target->of) != NULL;
}

static bool
find_target(struct import *im, const char *loose, struct import_target *target)
{
	*target = (struct import_target){ .kind = TARGET_FIELD, .field = field_called(im, loose) };
	if (target->field != NULL)
		return true;
	target->kind = names_id(im, loose) ? TARGET_ID : TARGET_OWNER;
	return target->kind == TARGET_ID || strcmp(loose, "owner") == 0;
}

static struct problem *
bad_map(struct import *im, const char *what, const char *name)
{
	return problem_at(im->a, PROBLEM_INVALID, "map", "map: %s \"%s\".", what, text_short(im->a, name));
}

static struct problem *
read_map(struct import *im, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length), *field;
	struct import_map *map = &im->maps[im->map_count];

	if (equals == NULL)
		return bad_map(im, "write HEADER=field, or HEADER= to skip a column; there is no = in",
		    arena_strndup(im->a, text, length));
	if (im->map_count++ == MAPS_MAX)
		return problem_at(im->a, PROBLEM_INVALID, "map", "map has more than %d parts.", MAPS_MAX);
	*map = (struct import_map){
		.header = decode(im->a, text, (size_t)(equals - text)), .skips = equals + 1 == text + length,
	};
	map->loose = text_loose(im->a, map->header);
	field = decode(im->a, equals + 1, (size_t)(text + length - equals - 1));
	if (!text_is_clean(map->header, strlen(map->header)) || !text_is_clean(field, strlen(field)))
		return problem_at(im->a, PROBLEM_MALFORMED, "map", "map: a name is not percent-encoded UTF-8.");
	if (map->skips)
		return NULL;
	if (!find_target_of(im, field, &map->target) && !find_target(im, text_loose(im->a, field), &map->target))
		return bad_map(im, "there is no field", field);
	if (map->target.kind == TARGET_FIELD && (map->target.field->derived || map->target.field->type == FIELD_JSON))
		return bad_map(im, "the server itself writes", field);
	return NULL;
}

static struct problem *
read_maps(struct import *im)
{
	const char *text = im->options.map;

	im->maps = arena_alloc(im->a, (MAPS_MAX + 1) * sizeof *im->maps);
	while (text != NULL && *text != '\0') {
		size_t length = strcspn(text, ",");
		struct problem *p = length > 0 ? read_map(im, text, length) : NULL;

		if (p != NULL)
			return p;
		text += length;
		text += *text == ',';
	}
	return NULL;
}

static struct problem *
read_where(struct import *im)
{
	const char *where = im->options.where, *equals;

	if (where == NULL || *where == '\0')
		return NULL;
	if ((equals = strchr(where, '=')) == NULL)
		return problem_at(im->a, PROBLEM_INVALID, "where", "where takes HEADER=value.");
	im->where_header = decode(im->a, where, (size_t)(equals - where));
	im->where_loose = text_loose(im->a, im->where_header);
	im->where_value = decode(im->a, equals + 1, strlen(equals + 1));
	if (!text_is_clean(im->where_header, strlen(im->where_header)) ||
	    !text_is_clean(im->where_value, strlen(im->where_value)))
		return problem_at(im->a, PROBLEM_MALFORMED, "where", "where is not percent-encoded UTF-8.");
	return NULL;
}

static struct problem *
read_rules(struct import *im)
{
	im->rules = (struct cell_rules){
		.dates = im->options.dates, .zone = im->options.zone != NULL ? im->options.zone : im->options.zone_else,
	};
	if (im->rules.zone != NULL && !zone_known(im->rules.zone))
		return problem_at(im->a, PROBLEM_INVALID, "zone",
		    "zone must be a name such as Europe/Berlin or America/New_York.");
	return NULL;
}

/* ---- columns ---- */

/* True when a name in the query means this column: the names are equal, or loosely equal and no other column has
 * exactly that name. */
static bool
is_meant(const struct import *im, const struct import_column *column, const char *name, const char *loose)
{
	if (strcmp(column->name, name) == 0)
		return true;
	if (strcmp(column->loose, loose) != 0)
		return false;
	for (size_t i = 0; i < im->column_count; i++)
		if (strcmp(im->columns[i].name, name) == 0)
			return false;
	return true;
}

static bool
is_passed_over(struct import *im, const char *loose)
{
	for (size_t i = 0; i < sizeof passed_over / sizeof passed_over[0]; i++)
		if (strcmp(text_loose(im->a, passed_over[i]), loose) == 0)
			return true;
	return false;
}

/* Apply the map to a column, which may be mapped to several fields. */
static struct problem *
map_column(struct import *im, struct import_column *column)
{
	bool skipped = false;

	for (size_t i = 0; i < im->map_count; i++) {
		struct import_map *map = &im->maps[i];

		if (!is_meant(im, column, map->header, map->loose))
			continue;
		map->used = column->is_known = true;
		skipped = skipped || map->skips;
		if (map->skips)
			continue;
		if (column->target_count == IMPORT_TARGETS_MAX)
			return bad_map(im, "too many fields for the column", column->name);
		column->targets[column->target_count++] = map->target;
	}
	if (skipped && column->target_count > 0)
		return bad_map(im, "this column is both skipped and used:", column->name);
	return NULL;
}

/* The name of a column in a file without a header: the one that "headerless" has at its place. */
static const char *
name_by_place(struct import *im, const struct import_column *column)
{
	size_t place = (size_t)(column - im->columns);

	return place < im->collection->headerless.count ? text_loose(im->a, im->collection->headerless.all[place]) : "";
}

static void
guess_column(struct import *im, struct import_column *column)
{
	struct import_target target;
	const char *name = im->options.headerless ? name_by_place(im, column) : column->loose;

	column->is_known = is_passed_over(im, name);
	if (!find_target(im, name, &target))
		return;
	column->is_known = true;
	if (target.kind == TARGET_FIELD &&
	    (target.field->derived || target.field->retired || target.field->type == FIELD_JSON))
		return;
	column->targets[column->target_count++] = target;
}

/* True for a column without a name, which spreadsheets sometimes add; its cells must be empty. */
static bool
is_nameless(const struct import_column *column)
{
	return column->target_count == 0 && column->name[strspn(column->name, " \t")] == '\0';
}

/* Find out what a column is: by the map, else by its name. */
static struct problem *
settle_column(struct import *im, struct import_column *column)
{
	struct problem *p;

	if ((p = map_column(im, column)) != NULL)
		return p;
	if (!column->is_known)
		guess_column(im, column);
	if (im->where_header != NULL && is_meant(im, column, im->where_header, im->where_loose)) {
		column->is_known = true;
		im->where_column = column;
	}
	column->is_known = column->is_known || is_nameless(column);
	return NULL;
}

static struct import_column *
add_column(struct import *im, const char *name)
{
	struct import_column *column = &im->columns[im->column_count++];

	*column = (struct import_column){ .name = arena_strdup(im->a, name), .loose = text_loose(im->a, name) };
	return column;
}

static bool
same_target(const struct import_target *left, const struct import_target *right)
{
	return left->kind == right->kind && left->field == right->field && left->of == right->of;
}

static const char *
target_name(struct arena *a, const struct import_target *target)
{
	if (target->kind == TARGET_OF)
		return arena_printf(a, "%s.%s", target->field->name, target->of->name);
	return target->kind == TARGET_FIELD ? target->field->name : target->kind == TARGET_ID ? "id" : "owner";
}

/* The column that fills the target, before column number end; NULL when there is none. */
static const struct import_column *
column_of(const struct import *im, const struct import_target *target, size_t end)
{
	for (size_t i = 0; i < end; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++)
			if (same_target(&im->columns[i].targets[j], target))
				return &im->columns[i];
	return NULL;
}

static struct problem *
refuse_unknown(struct import *im)
{
	struct buf names;
	size_t count = 0;
	const char *first = NULL;

	buf_init(&names, im->a);
	for (size_t i = 0; i < im->column_count; i++) {
		if (im->columns[i].is_known)
			continue;
		if (count++ == 0)
			first = im->columns[i].name;
		if (count <= NAMES_IN_MESSAGE)
			buf_printf(&names, "%s\"%s\"", count == 1 ? "" : ", ", text_short(im->a, im->columns[i].name));
	}
	if (count == 0)
		return NULL;
	return problem_at(im->a, PROBLEM_UNKNOWN_FIELD, text_short(im->a, first),
	    "%s has no field for the column%s %s%s. "
	    "Say which it is with map=HEADER=field, or skip it with map=HEADER= and nothing behind.%s",
	    im->collection->label, count == 1 ? "" : "s", names.text, count > NAMES_IN_MESSAGE ? " and more" : "",
	    count == im->column_count && !im->options.json && !im->options.headerless ?
	    " If the first line names no columns, send the file as text/csv; header=absent." : "");
}

static struct problem *
refuse_twice(struct import *im)
{
	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++) {
			const struct import_target *target = &im->columns[i].targets[j];
			const struct import_column *other = column_of(im, target, i);

			if (other == NULL)
				continue;
			return problem_at(im->a, PROBLEM_INVALID, target_name(im->a, target),
			    "Two columns, \"%s\" and \"%s\", are for %s. Skip one with map=HEADER= and nothing behind.",
			    text_short(im->a, other->name), text_short(im->a, im->columns[i].name),
			    target_name(im->a, target));
		}
	return NULL;
}

/* A column that is named in the query must exist. */
static struct problem *
refuse_unused(struct import *im)
{
	for (size_t i = 0; i < im->map_count; i++)
		if (!im->maps[i].used)
			return bad_map(im, "the file has no column", im->maps[i].header);
	if (im->where_header == NULL || im->where_column != NULL)
		return NULL;
	return problem_at(im->a, PROBLEM_INVALID, "where", "where: the file has no column \"%s\".",
	    text_short(im->a, im->where_header));
}

/* True when the file needs a column for the field: because the id is made of it, or because it is required and every
 * row is a new record. */
static bool
is_needed(const struct import *im, const struct field *f)
{
	if (f->initial != NULL || f->derived || !may_import(im, f))
		return false;
	if (field_is_unique(im->collection, f))
		return true;
	return f->required && im->collection->id_form == ID_GIVEN && im->collection->id_label == NULL &&
	    column_of(im, &(struct import_target){ .kind = TARGET_ID }, im->column_count) == NULL;
}

static struct problem *
refuse_missing(struct import *im)
{
	const struct collection *c = im->collection;

	if (c->id_label != NULL &&
	    column_of(im, &(struct import_target){ .kind = TARGET_ID }, im->column_count) == NULL)
		return problem_at(im->a, PROBLEM_REQUIRED, "id",
		    "There is no column for the id (%s). Name it with map=HEADER=id.", c->id_label);
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (!is_needed(im, f) || column_of(im, &(struct import_target){ .field = f }, im->column_count) != NULL)
			continue;
		return problem_at(im->a, PROBLEM_REQUIRED, f->name,
		    "There is no column for %s (%s). Name it with map=HEADER=%s.", f->name, f->label, f->name);
	}
	return NULL;
}

/* The first line names the columns.  In a file without a header, columns are numbered, and the line is read again as a
 * row. */
static struct problem *
add_columns(struct import *im)
{
	struct problem *p;
	struct csv start = im->csv;
	struct csv_row *row = arena_alloc(im->a, sizeof *row);
	bool found;

	if ((p = csv_next(&im->csv, im->a, row, &found)) != NULL)
		return p;
	if (!found)
		return problem_new(im->a, PROBLEM_MALFORMED,
		    im->options.headerless
		    ? "The file is empty." : "The file is empty; its first line must name the columns.");
	for (size_t i = 0; i < row->count; i++)
		add_column(im, im->options.headerless ? arena_printf(im->a, "%zu", i + 1) : row->cells[i]);
	if (im->options.headerless)
		im->csv = start;
	return NULL;
}

static struct problem *
read_header(struct import *im)
{
	struct problem *p;

	im->column_count = 0;
	im->where_column = NULL;
	if ((p = add_columns(im)) != NULL)
		return p;
	for (size_t i = 0; i < im->column_count; i++)
		if ((p = settle_column(im, &im->columns[i])) != NULL)
			return p;
	if ((p = refuse_unknown(im)) != NULL || (p = refuse_twice(im)) != NULL || (p = refuse_unused(im)) != NULL)
		return p;
	return refuse_missing(im);
}

/* ---- values ---- */

/* The id of the member with this e-mail address, else of the only one with this name; NULL when there is none. */
static const char *
member_called(const struct import *im, struct arena *a, const char *text)
{
	const char *loose = text_loose(a, text), *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < im->options.people_count; i++)
		if (strcasecmp(im->options.people[i].email, text) == 0)
			return im->options.people[i].id;
	for (size_t i = 0; i < im->options.people_count; i++)
		if (strcmp(text_loose(a, im->options.people[i].name), loose) == 0) {
			found = im->options.people[i].id;
			count++;
		}
	return count == 1 ? found : NULL;
}

/* Files of other products name their one person; in a personal space that is whose space it is. */
static struct problem *
keep_owner(struct import *im, struct arena *a, struct import_row *row, const char *text)
{
	const char *owner = uuid_valid(text) ? text : member_called(im, a, text);
	bool mine = owner != NULL && strcmp(owner, im->person->user_id) == 0;

	if (*text == '\0' || (mine && !policy_assigns(im->person)) ||
	    (im->recognised && strcmp(im->person->space_kind, "personal") == 0))
		return NULL;
	if (!policy_assigns(im->person))
		return problem_at(a, PROBLEM_FORBIDDEN, "owner", "Only managers import for someone else.");
	if (owner == NULL)
		return problem_at(a, PROBLEM_INVALID, "owner",
		    "owner must be the id, the e-mail address or the name of a member, which no other member has.");
	row->owner = owner;
	return NULL;
}

/* The entry of a row for what the field refers to.  NULL when a row has too many. */
static struct import_name *
name_entry(struct import_row *row, const struct field *f)
{
	for (size_t i = 0; i < row->name_count; i++)
		if (row->names[i].field == f)
			return &row->names[i];
	if (row->name_count == IMPORT_NAMES_MAX)
		return NULL;
	row->names[row->name_count] = (struct import_name){ .field = f };
	return &row->names[row->name_count++];
}

/* Keep the name or id in a cell.  It stands for the value until it is looked up, so a derived id depends on what the
 * file says and not on what is there. */
static struct problem *
keep_name(struct arena *a, struct import_row *row, const struct import_target *target, const char *text)
{
	struct import_name *name;

	if (*text == '\0')
		return NULL;
	if (!text_is_clean(text, strlen(text)) || (name = name_entry(row, target->field)) == NULL)
		return problem_at(a, PROBLEM_INVALID, target->field->name, "%s must be an id or a name.",
		    target->field->name);
	text = arena_strdup(a, text);
	if (target->kind == TARGET_OF) {
		name->of = target->of;
		name->of_text = text;
		return NULL;
	}
	name->text = text;
	row->values[target->field->index] = json_quoted(a, text);
	row->touched[target->field->index] = true;
	return NULL;
}

/* A client without a project says nothing. */
static void
drop_nameless(struct import_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < row->name_count; i++)
		if (row->names[i].text != NULL)
			row->names[kept++] = row->names[i];
	row->name_count = kept;
}

static bool
takes_name(const struct import *im, const struct import_target *target)
{
	return target->kind == TARGET_OF ||
	    (target->kind == TARGET_FIELD && named_collection(im, target->field) != NULL);
}

static struct problem *
keep_id(struct arena *a, struct import_row *row, const char *id)
{
	if (*id == '\0')
		return NULL;
	if (!id_valid(id) || id_reserved(id))
		return problem_at(a, PROBLEM_INVALID, "id",
		    "An id has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.");
	row->id = id;
	return NULL;
}

static void
add_notes(struct import_row *row, const struct cell_notes *notes)
{
	row->rounded += notes->rounded;
	row->short_year = row->short_year || notes->short_year;
	row->shown_twice = row->shown_twice || notes->shown_twice;
}

/* An ambiguous date stops the import with one problem, instead of making every row bad. */
static struct problem *
ask_for_dates(struct import *im, const struct import_row *row, struct problem *p)
{
	return problem_at(im->a, PROBLEM_INVALID, "dates",
	    "Line %zu: %s Say dates=mdy, dates=dmy or dates=ymd.", row->line, p->detail);
}

/* Note a value that is refused; only the first of a row is reported. */
static void
refuse_value(struct arena *a, struct import_row *row, struct problem *p, const char *value)
{
	if (row->bad != NULL)
		return;
	row->bad = p;
	row->bad_value = arena_strdup(a, value);
}

static struct problem *
keep_cell(struct import *im, struct arena *a, struct import_row *row,
    const struct import_target *target, const char *cell)
{
	struct problem *p;
	struct cell_notes notes = { .rounded = false };
	const char *value, *bare = text_trimmed(a, cell);

	if (target->kind == TARGET_ID)
		p = keep_id(a, row, bare);
	else if (target->kind == TARGET_OWNER)
		p = keep_owner(im, a, row, bare);
	else if (takes_name(im, target))
		p = keep_name(a, row, target, bare);
	else if ((p = cell_read(a, target->field, &im->rules, cell, &notes, &value)) == NULL && value != NULL) {
		row->values[target->field->index] = value;
		row->touched[target->field->index] = true;
	}
	add_notes(row, &notes);
	if (p != NULL && notes.ambiguous && row->taken)
		return ask_for_dates(im, row, p);
	if (p != NULL)
		refuse_value(a, row, p, cell);
	return NULL;
}

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

/* ---- rows of CSV ---- */

static bool
cell_matches(const char *cell, const char *value)
{
	size_t length;

	cell += strspn(cell, " \t");
	length = strlen(cell);
	while (length > 0 && strchr(" \t", cell[length - 1]) != NULL)
		length--;
	return strlen(value) == length && memcmp(cell, value, length) == 0;
}

static bool
takes(const struct import *im, const struct csv_row *cells)
{
	size_t i = im->where_column == NULL ? 0 : (size_t)(im->where_column - im->columns);

	if (im->where_column == NULL)
		return true;
	return i < cells->count && cell_matches(cells->cells[i], im->where_value);
}

static void
hash_cells(struct import_row *row, const struct csv_row *cells)
{
	struct sha256 h;
	unsigned char digest[SHA256_SIZE];

	sha256_start(&h);
	for (size_t i = 0; i < cells->count; i++)
		sha256_add(&h, cells->cells[i], strlen(cells->cells[i]) + 1);
	sha256_end(&h, digest);
	memcpy(row->hash, digest, sizeof row->hash);
}

/* A row must have as many cells as the header, or values could end up in the wrong fields. */
static struct problem *
check_width(const struct import *im, struct arena *a, const struct csv_row *cells)
{
	size_t count = cells->count;

	while (count > im->column_count && cells->cells[count - 1][0] == '\0')
		count--;
	if (count != im->column_count)
		return problem_new(a, PROBLEM_INVALID,
		    "The row has %zu cells, the first line has %zu.", count, im->column_count);
	for (size_t i = 0; i < im->column_count; i++)
		if (is_nameless(&im->columns[i]) && cells->cells[i][0] != '\0')
			return problem_new(a, PROBLEM_INVALID,
			    "Column %zu has no name in the first line, and this row has a value there.", i + 1);
	return NULL;
}

static struct problem *
next_csv(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;
	struct csv_row *cells = arena_alloc(a, sizeof *cells);

	if ((p = csv_next(&im->csv, a, cells, found)) != NULL || !*found)
		return p;
	row->line = cells->line;
	row->taken = takes(im, cells);
	hash_cells(row, cells);
	if ((row->bad = check_width(im, a, cells)) != NULL)
		return NULL;
	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++)
			if ((p = keep_cell(im, a, row, &im->columns[i].targets[j], cells->cells[i])) != NULL)
				return p;
	return NULL;
}

/* ---- rows of JSON ---- */

static void
skip_space(struct import *im)
{
	for (; im->json_at < im->end && strchr(" \t\r\n", *im->json_at) != NULL && *im->json_at != '\0'; im->json_at++)
		im->json_line += *im->json_at == '\n';
}

static bool
skip_char(struct import *im, char c)
{
	skip_space(im);
	if (im->json_at == im->end || *im->json_at != c)
		return false;
	im->json_at++;
	return true;
}

static struct problem *
not_a_list(struct import *im)
{
	return problem_new(im->a, PROBLEM_MALFORMED,
	    "Line %zu: the body must be a JSON array of flat objects, or {\"%s\":[…]}.",
	    im->json_line, im->collection->name);
}

/* Move past the bracket that opens the list. */
static struct problem *
open_json(struct import *im)
{
	const char *name = arena_printf(im->a, "\"%s\"", im->collection->name);
	bool wrapped;

	im->json_at = im->text;
	im->json_line = 1;
	im->json_ended = false;
	im->column_count = 0;
	wrapped = skip_char(im, '{');
	if (wrapped) {
		skip_space(im);
		if ((size_t)(im->end - im->json_at) < strlen(name) || memcmp(im->json_at, name, strlen(name)) != 0)
			return not_a_list(im);
		im->json_at += strlen(name);
		if (!skip_char(im, ':'))
			return not_a_list(im);
	}
	return skip_char(im, '[') ? NULL : not_a_list(im);
}

/* The length of the value at json_at, judging by brackets and quotes only; json_parse checks it. */
static size_t
value_length(const struct import *im)
{
	const char *at = im->json_at;
	size_t depth = 0;
	bool quoted = false;

	for (; at < im->end; at++) {
		if (quoted) {
			quoted = *at != '"';
			at += *at == '\\' && at + 1 < im->end;
			continue;
		}
		if (depth == 0 && (*at == ',' || *at == ']' || *at == '}'))
			break;
		quoted = *at == '"';
		depth += *at == '{' || *at == '[';
		depth -= *at == '}' || *at == ']';
	}
	return (size_t)(at - im->json_at);
}

/* After the last element, check that the brackets close and nothing follows. */
static struct problem *
end_json(struct import *im)
{
	im->json_ended = true;
	if (*im->text != '\0' && im->text[strspn(im->text, " \t\r\n")] == '{' && !skip_char(im, '}'))
		return not_a_list(im);
	skip_space(im);
	return im->json_at == im->end ? NULL : not_a_list(im);
}

/* Read the next element of the list. */
static struct problem *
next_object(struct import *im, struct arena *a, struct json_object **object, size_t *line)
{
	struct problem *p;
	const char *start;
	size_t length;

	*object = NULL;
	if (im->json_ended)
		return NULL;
	if (skip_char(im, ']'))
		return end_json(im);
	if (im->rows > 0 && !skip_char(im, ','))
		return not_a_list(im);
	skip_space(im);
	start = im->json_at;
	*line = im->json_line;
	length = value_length(im);
	if ((p = json_parse_object(a, start, length, object)) != NULL)
		return problem_new(im->a, PROBLEM_MALFORMED, "In the object at line %zu: %s", *line, p->detail);
	for (size_t i = 0; i < length; i++)
		im->json_line += start[i] == '\n';
	im->json_at += length;
	return NULL;
}

/* The column of a member.  It is added when the member first occurs, since not all objects have the same members. */
static struct problem *
member_column(struct import *im, const char *name, size_t line, struct import_column **column)
{
	struct problem *p;

	for (size_t i = 0; i < im->column_count; i++)
		if (strcmp(im->columns[i].name, name) == 0) {
			*column = &im->columns[i];
			return NULL;
		}
	if (im->column_count == CSV_COLUMNS_MAX)
		return problem_new(im->a, PROBLEM_TOO_LARGE,
		    "Line %zu: the objects have more than %d different members.", line, CSV_COLUMNS_MAX);
	*column = add_column(im, name);
	if ((p = settle_column(im, *column)) != NULL || (p = refuse_unknown(im)) != NULL)
		return p;
	return refuse_twice(im);
}

static struct problem *
keep_member(struct import *im, struct arena *a, struct import_row *row, const struct import_target *target,
    struct json_object *value)
{
	struct problem *p;
	struct cell_notes notes = { .rounded = false };
	const char *canonical, *text = value == NULL ? "" : json_object_get_string(value);

	if (target->kind == TARGET_ID)
		p = keep_id(a, row, arena_strdup(a, text));
	else if (target->kind == TARGET_OWNER)
		p = keep_owner(im, a, row, arena_strdup(a, text));
	else if (takes_name(im, target) && json_object_is_type(value, json_type_string))
		p = keep_name(a, row, target, text_trimmed(a, text));
	else if (target->kind == TARGET_OF)
		p = value == NULL ? NULL : problem_at(a, PROBLEM_INVALID, target->field->name,
		    "%s must be an id or a name.", target->field->name);
	else if ((p = cell_read_json(a, target->field, &im->rules, value, &notes, &canonical)) == NULL) {
		row->values[target->field->index] = canonical;
		row->touched[target->field->index] = true;
	}
	add_notes(row, &notes);
	if (p != NULL && notes.ambiguous && row->taken)
		return ask_for_dates(im, row, p);
	if (p != NULL)
		refuse_value(a, row, p, text);
	return NULL;
}

static bool
takes_object(const struct import *im, struct arena *a, struct json_object *object)
{
	if (im->where_header == NULL)
		return true;
	json_object_object_foreach (object, name, value)
		if (strcmp(text_loose(a, name), im->where_loose) == 0)
			return cell_matches(value == NULL ? "" : json_object_get_string(value), im->where_value);
	return false;
}

static void
hash_object(struct arena *a, struct import_row *row, struct json_object *object)
{
	struct buf b;
	unsigned char digest[SHA256_SIZE];

	buf_init(&b, a);
	json_canonical(&b, object);
	sha256(b.text, b.length, digest);
	memcpy(row->hash, digest, sizeof row->hash);
}

static struct problem *
next_json(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;
	struct json_object *object;
	struct import_column *column = NULL;

	if ((p = next_object(im, a, &object, &row->line)) != NULL)
		return p;
	if (!(*found = object != NULL))
		return NULL;
	row->taken = takes_object(im, a, object);
	hash_object(a, row, object);
	json_object_object_foreach (object, name, value) {
		if ((p = member_column(im, name, row->line, &column)) != NULL)
			return p;
		for (size_t i = 0; i < column->target_count; i++)
			if ((p = keep_member(im, a, row, &column->targets[i], value)) != NULL)
				return p;
	}
	return NULL;
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
	if ((p = im->options.json ? next_json(im, a, row, found) : next_csv(im, a, row, found)) != NULL || !*found)
		return p;
	if (im->rows++ == IMPORT_ROWS_MAX)
		return problem_new(im->a, PROBLEM_TOO_LARGE,
		    "The file has more than %d rows; please cut it.", IMPORT_ROWS_MAX);
	row->number = im->rows;
	drop_nameless(row);
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
		return open_json(im);
	if ((p = csv_open(im->a, im->text, (size_t)(im->end - im->text), &im->csv)) != NULL)
		return p;
	im->rules.decimal_comma = im->csv.delimiter == ';';
	return read_header(im);
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
	if ((p = read_rules(im)) != NULL ||
	    (p = read_maps(im)) != NULL ||
	    (p = read_where(im)) != NULL)
		return p;
	return import_rewind(im);
}
