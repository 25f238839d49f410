/* columns.c -- which column of a file is which field: by map and where of the query, or by its name.  First the query,
 * then the columns. */
#include <string.h>

#include "base/instant.h"
#include "base/text.h"
#include "model/policy.h"
#include "reading.h"

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
const struct collection *
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
find_by_name(struct import *im, const char *loose, struct import_target *target)
{
	*target = (struct import_target){ .kind = TARGET_FIELD, .field = field_called(im, loose) };
	if (target->field != NULL)
		return true;
	target->kind = names_id(im, loose) ? TARGET_ID : TARGET_OWNER;
	return target->kind == TARGET_ID || strcmp(loose, "owner") == 0;
}

/* What a target of the map or of a format is called: "note", "project.client". */
static bool
find_target(struct import *im, const char *name, struct import_target *target)
{
	return find_target_of(im, name, target) || find_by_name(im, text_loose(im->a, name), target);
}

static bool
is_written_by_people(const struct import_target *target)
{
	return target->kind != TARGET_FIELD ||
	    (!target->field->derived && !target->field->retired && target->field->type != FIELD_JSON);
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
	if (!find_target(im, field, &map->target))
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

struct problem *
query_read(struct import *im)
{
	struct problem *p;

	if ((p = read_rules(im)) != NULL || (p = read_maps(im)) != NULL)
		return p;
	return read_where(im);
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

/* True for a column without a name, which spreadsheets sometimes add. */
bool
column_is_nameless(const struct import_column *column)
{
	return column->target_count == 0 && column->name[strspn(column->name, " \t")] == '\0';
}

static void
guess_column(struct import *im, struct import_column *column)
{
	struct import_target target;
	const char *name = im->options.headerless ? name_by_place(im, column) : column->loose;

	column->is_known = is_passed_over(im, name);
	if (!find_by_name(im, name, &target))
		return;
	column->is_known = true;
	if (is_written_by_people(&target))
		column->targets[column->target_count++] = target;
}

/* True for a name that the collection itself gives a meaning. */
bool
column_name_is_own(struct import *im, const char *name)
{
	struct import_target target;
	const char *loose = text_loose(im->a, name);

	return is_passed_over(im, loose) || find_by_name(im, loose, &target);
}

/* True for a name that the query or the collection gives a meaning. */
bool
column_name_is_known(struct import *im, const char *name)
{
	const char *loose = text_loose(im->a, name);

	for (size_t i = 0; i < im->map_count; i++)
		if (strcmp(im->maps[i].loose, loose) == 0)
			return true;
	if (im->where_header != NULL && strcmp(im->where_loose, loose) == 0)
		return true;
	return column_name_is_own(im, name);
}

/* Take a column as the format says.  Fields that this person may not write are passed over. */
static void
form_column(struct import *im, struct import_column *column, const struct format_column *form)
{
	struct import_target target;

	column->form = form;
	column->is_known = true;
	for (size_t i = 0; i < form->field_count; i++)
		if (find_target(im, form->fields[i], &target) && is_written_by_people(&target))
			column->targets[column->target_count++] = target;
}

/* A column that the format does not name: one of those across, one that the collection itself knows, or one that is
 * left out and told about. */
static void
settle_unformed(struct import *im, struct import_column *column)
{
	if (column_is_nameless(column))
		return;
	if (im->format->across.name_field != NULL) {
		column->is_known = column->is_across = true;
		return;
	}
	guess_column(im, column);
	column->left_out = !column->is_known;
	column->is_known = true;
}

/* Find out what a column is: by the map, else by the format, else by its name. */
static struct problem *
settle_column(struct import *im, struct import_column *column)
{
	struct problem *p;
	const struct format_column *form = im->format == NULL ? NULL : format_column(im->format, column->loose);

	if ((p = map_column(im, column)) != NULL)
		return p;
	if (!column->is_known && form != NULL)
		form_column(im, column, form);
	else if (!column->is_known && im->format != NULL)
		settle_unformed(im, column);
	else if (!column->is_known)
		guess_column(im, column);
	if (im->where_header != NULL && is_meant(im, column, im->where_header, im->where_loose)) {
		column->is_known = true;
		im->where_column = column;
	}
	column->is_known = column->is_known || column_is_nameless(column);
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

const char *
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

/* True for what several cells of a row say together: a day and a time, two texts, two lists, a length in two forms. */
static bool
is_joined(const struct import *im, const struct import_target *target)
{
	return target->kind == TARGET_FIELD &&
	    (target->field->type == FIELD_TEXT || target->field->type == FIELD_LIST ||
	    target->field->type == FIELD_INSTANT || target->field == im->span_length);
}

static struct problem *
refuse_twice(struct import *im)
{
	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++) {
			const struct import_target *target = &im->columns[i].targets[j];
			const struct import_column *other = column_of(im, target, i);

			if (other == NULL || is_joined(im, target))
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
		return f->required;
	return f->required && im->collection->id_form == ID_GIVEN && im->collection->id_label == NULL &&
	    column_of(im, &(struct import_target){ .kind = TARGET_ID }, im->column_count) == NULL;
}

bool
column_is_needed(const struct import *im, const struct import_target *target)
{
	return target->kind == TARGET_FIELD && is_needed(im, target->field);
}

static bool
has_column(const struct import *im, const char *name)
{
	const struct import_target target = { .field = collection_field(im->collection, name) };

	return column_of(im, &target, im->column_count) != NULL;
}

static bool
has_columns(const struct import *im, const struct texts *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (!has_column(im, names->all[i]))
			return false;
	return true;
}

/* True when the file has all the fields that a rule makes this one of. */
static bool
is_made(const struct import *im, const struct field *f)
{
	for (size_t i = 0; i < f->instead_count; i++)
		if (has_columns(im, &f->instead[i]))
			return true;
	return false;
}

/* True when something else than a column says what the field is. */
static bool
is_filled(const struct import *im, const struct field *f)
{
	const struct format *format = im->format;

	if (has_column(im, f->name) || is_made(im, f))
		return true;
	return format != NULL && (texts_hold(&format->set_fields, f->name) ||
	    im->across_name.field == f || im->across_value.field == f);
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

		if (!is_needed(im, f) || is_filled(im, f))
			continue;
		return problem_at(im->a, PROBLEM_REQUIRED, f->name,
		    "There is no column for %s (%s). Name it with map=HEADER=%s.", f->name, f->label, f->name);
	}
	return NULL;
}

/* In a file without a header, columns are numbered, and the line is read again as a row. */
static struct problem *
number_columns(struct import *im)
{
	struct problem *p;
	struct csv start = im->csv;
	struct csv_row *row = arena_alloc(im->a, sizeof *row);
	bool found;

	if ((p = csv_next(&im->csv, im->a, row, &found)) != NULL)
		return p;
	if (!found)
		return problem_new(im->a, PROBLEM_MALFORMED, "The file is empty.");
	for (size_t i = 0; i < row->count; i++)
		add_column(im, arena_printf(im->a, "%zu", i + 1));
	im->csv = start;
	return NULL;
}

static struct problem *
name_columns(struct import *im)
{
	struct problem *p;
	struct csv_row *row = arena_alloc(im->a, sizeof *row);

	if ((p = heading_find(im, row)) != NULL)
		return p;
	for (size_t i = 0; i < row->count; i++)
		add_column(im, row->cells[i]);
	return NULL;
}

static void
aim_across(struct import *im)
{
	const struct format_across *across = im->format == NULL ? NULL : &im->format->across;

	im->across_name = im->across_value = (struct import_target){ .field = NULL };
	if (across == NULL || across->name_field == NULL)
		return;
	find_target(im, across->name_field, &im->across_name);
	find_target(im, across->value_field, &im->across_value);
}

struct problem *
with_reading(struct import *im, struct problem *p)
{
	struct buf b;
	struct json_out out;

	if (p == NULL || p->members != NULL)
		return p;
	buf_init(&b, im->a);
	json_out_members(&out, &b);
	import_put(&out, im);
	p->members = b.text;
	return p;
}

static struct problem *
settle_columns(struct import *im)
{
	struct problem *p;

	for (size_t i = 0; i < im->column_count; i++)
		if ((p = settle_column(im, &im->columns[i])) != NULL)
			return p;
	if ((p = refuse_unknown(im)) != NULL || (p = refuse_twice(im)) != NULL || (p = refuse_unused(im)) != NULL)
		return p;
	return refuse_missing(im);
}

struct problem *
columns_read(struct import *im)
{
	struct problem *p;

	im->column_count = 0;
	im->where_column = NULL;
	if ((p = im->options.headerless ? number_columns(im) : name_columns(im)) != NULL)
		return p;
	aim_across(im);
	return with_reading(im, settle_columns(im));
}

/* A format of JSON has a column for each path that it names, and the map may name further ones. */
struct problem *
columns_of_format(struct import *im)
{
	struct problem *p;

	for (size_t i = 0; i < im->format->column_count; i++) {
		struct import_column *column = add_column(im, im->format->columns[i].names.all[0]);

		if ((p = map_column(im, column)) != NULL)
			return with_reading(im, p);
		if (!column->is_known)
			form_column(im, column, &im->format->columns[i]);
	}
	for (size_t i = 0; i < im->map_count && im->column_count < CSV_COLUMNS_MAX; i++)
		if (!im->maps[i].used && (p = map_column(im, add_column(im, im->maps[i].header))) != NULL)
			return with_reading(im, p);
	return with_reading(im, refuse_twice(im));
}

/* The column of a member.  It is added when the member first occurs, since not all objects have the same members. */
struct problem *
column_of_member(struct import *im, const char *name, size_t line, struct import_column **column)
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
		return with_reading(im, p);
	return with_reading(im, refuse_twice(im));
}
