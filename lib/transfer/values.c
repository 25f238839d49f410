/* values.c -- keeps what a cell of CSV or a member of JSON says of the record of its row: a value, the id, the owner,
 * or the name of another record. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/id.h"
#include "model/policy.h"
#include "reading.h"

enum {
	SHORTEST_BREAK = 4 * 60 /* seconds; a smaller number is of hours */
};

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
	    (im->format != NULL && strcmp(im->person->space_kind, "personal") == 0))
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
void
values_drop_nameless(struct import_row *row)
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
keep_id(struct import *im, struct arena *a, struct import_row *row, const char *text)
{
	const char *id = id_meant(im, a, row, text);

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
	row->converted += notes->converted;
	row->short_year = row->short_year || notes->short_year;
	row->shown_twice = row->shown_twice || notes->shown_twice;
}

/* A cell that can be read in two ways stops the import with one problem, which names the parameter that settles it,
 * instead of making every row bad. */
static struct problem *
ask(struct import *im, const struct import_row *row, const char *parameter, struct problem *p)
{
	return with_reading(im, problem_at(im->a, PROBLEM_INVALID, parameter, "Line %zu: %s", row->line, p->detail));
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

static void
set_value(struct import_row *row, const struct field *f, const char *value)
{
	row->values[f->index] = value;
	row->touched[f->index] = true;
}

/* A text, behind what an earlier cell of the row says of the same field. */
static struct problem *
keep_text(struct arena *a, struct import_row *row, const struct field *f, const char *value)
{
	struct problem *p;
	const char *before = row->values[f->index];

	if (before != NULL && (p = field_read_text(a, f,
	    arena_printf(a, "%s %s", value_plain(a, before), value_plain(a, value)), &value)) != NULL)
		return p;
	set_value(row, f, value);
	return NULL;
}

/* The texts of a cell, "red, blue" or "red|blue", as elements of a JSON array. */
static void
put_elements(struct arena *a, struct buf *b, const char *text)
{
	const char *separator = strchr(text, ',') != NULL ? "," : strchr(text, ';') != NULL ? ";" : "|";
	size_t length;

	for (; *text != '\0'; text += length + (text[length] != '\0')) {
		const char *item;

		length = strcspn(text, separator);
		item = text_trimmed(a, arena_strndup(a, text, length));
		if (*item == '\0')
			continue;
		buf_text(b, b->length > 1 ? "," : "");
		json_quote(b, item);
	}
}

/* A list, as JSON writes it or with commas, behind what an earlier cell says. */
static struct problem *
keep_list(struct arena *a, struct import_row *row, const struct field *f, const char *text)
{
	struct problem *p;
	const char *before = row->values[f->index], *value;
	struct buf b;

	if (*text == '\0')
		return NULL;
	buf_init(&b, a);
	buf_char(&b, '[');
	if (before != NULL)
		buf_add(&b, before + 1, strlen(before) - 2);
	if (*text == '[')
		buf_printf(&b, "%s%s", b.length > 1 && strcmp(text, "[]") != 0 ? "," : "", text + 1);
	else
		put_elements(a, &b, text);
	if (*text != '[')
		buf_char(&b, ']');
	if ((p = field_read_text(a, f, b.text, &value)) == NULL)
		set_value(row, f, value);
	return p;
}

/* Keep a value that was read.  The duration of a span is weighed with its times. */
static struct problem *
keep_value(struct import *im, struct arena *a, struct import_row *row, const struct field *f, const char *value)
{
	if (value != NULL && f == im->span_length) {
		spans_keep_length(im, value_scaled(f, value));
		if (row->touched[f->index])
			return NULL;
	}
	if (value != NULL && f->type == FIELD_TEXT)
		return keep_text(a, row, f, value);
	set_value(row, f, value);
	return NULL;
}

static struct problem *
keep_field(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const struct field *f, const char *cell, struct cell_notes *notes)
{
	struct problem *p;
	const char *value, *bare = text_trimmed(a, cell);

	if (f->type == FIELD_INSTANT)
		return *bare == '\0' ? NULL : spans_keep(im, a, column, f, bare, notes);
	if (f->type == FIELD_LIST)
		return keep_list(a, row, f, bare);
	if ((p = cell_read(a, f, &im->rules, cell, notes, &value)) != NULL || value == NULL)
		return p;
	return keep_value(im, a, row, f, value);
}

/* What a problem with a value means: the import asks, or the row is bad. */
static struct problem *
judge(struct import *im, struct arena *a, struct import_row *row, const struct cell_notes *notes, struct problem *p,
    const char *text)
{
	add_notes(row, notes);
	if (p != NULL && notes->asks != NULL && row->taken)
		return ask(im, row, notes->asks, p);
	if (p != NULL)
		refuse_value(a, row, p, text);
	return NULL;
}

struct problem *
value_keep_cell(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const struct import_target *target, const char *cell)
{
	struct problem *p;
	struct cell_notes notes = { .rounded = false };

	if (target->kind == TARGET_ID)
		p = keep_id(im, a, row, text_trimmed(a, cell));
	else if (target->kind == TARGET_OWNER)
		p = keep_owner(im, a, row, text_trimmed(a, cell));
	else if (takes_name(im, target))
		p = keep_name(a, row, target, text_trimmed(a, cell));
	else
		p = keep_field(im, a, row, column, target->field, cell, &notes);
	return judge(im, a, row, &notes, p, cell);
}

void
value_keep_number(struct arena *a, struct import_row *row, const struct field *f, const char *cell, int digits)
{
	struct problem *p;
	const char *value;
	int64_t scaled;
	bool rounded;

	if (decimal_round(decimal_format(a, strtoll(cell, NULL, 10), digits), f->scale, &scaled,
	    &rounded) != DECIMAL_OK ||
	    (p = field_read_text(a, f, decimal_format(a, scaled, f->scale), &value)) != NULL) {
		refuse_value(a, row, problem_at(a, PROBLEM_INVALID, f->name, "%s is out of range.", f->name), cell);
		return;
	}
	row->rounded += rounded;
	set_value(row, f, value);
}

/* The texts of a JSON array, with commas between them; a null is none. */
static const char *
joined(struct arena *a, struct json_object *list)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(list, i));

		if (text != NULL)
			buf_printf(&b, "%s%s", b.length == 0 ? "" : ", ", text);
	}
	return b.text;
}

static struct problem *
keep_json(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const struct field *f, struct json_object *value, struct cell_notes *notes)
{
	struct problem *p;
	const char *canonical;

	if (json_object_is_type(value, json_type_string) && (f->type == FIELD_INSTANT || f->type == FIELD_LIST))
		return keep_field(im, a, row, column, f, json_object_get_string(value), notes);
	if (json_object_is_type(value, json_type_array) && f->type == FIELD_TEXT)
		return keep_field(im, a, row, column, f, joined(a, value), notes);
	if ((p = cell_read_json(a, f, &im->rules, value, notes, &canonical)) != NULL)
		return p;
	return keep_value(im, a, row, f, canonical);
}

struct problem *
value_keep_member(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const struct import_target *target, struct json_object *value)
{
	struct problem *p;
	struct cell_notes notes = { .rounded = false };
	const char *text = value == NULL ? "" : json_object_get_string(value);

	if (target->kind == TARGET_ID)
		p = keep_id(im, a, row, arena_strdup(a, text));
	else if (target->kind == TARGET_OWNER)
		p = keep_owner(im, a, row, arena_strdup(a, text));
	else if (takes_name(im, target) && json_object_is_type(value, json_type_string))
		p = keep_name(a, row, target, text_trimmed(a, text));
	else if (target->kind == TARGET_OF)
		p = value == NULL ? NULL : problem_at(a, PROBLEM_INVALID, target->field->name,
		    "%s must be an id or a name.", target->field->name);
	else
		p = keep_json(im, a, row, column, target->field, value, &notes);
	return judge(im, a, row, &notes, p, text);
}

/* ---- what a format says of cells ---- */

const char *
value_meant(struct arena *a, struct import_row *row, const struct import_column *column, const char *cell)
{
	const struct format_column *form = column->form;
	const char *bare, *means;

	if (form == NULL || (form->values.from.count == 0 && form->only.count == 0))
		return cell;
	bare = text_trimmed(a, cell);
	for (size_t i = 0; i < form->only.count; i++)
		if (strcasecmp(form->only.all[i], bare) == 0)
			return cell;
	if (form->only.count > 0)
		row->taken = false;
	means = format_value(&form->values, bare);
	return means != NULL ? means : cell;
}

void
value_keep_order(struct import *im, struct arena *a, const char *cell)
{
	struct cell_notes notes = { .rounded = false };
	struct moment m;
	const char *bare = text_trimmed(a, cell);

	if (*bare == '\0' || moment_read(a, &im->collection->fields[0], &im->rules, bare, &notes, &m) != NULL)
		return;
	im->order += (m.has_day ? date_days(m.day) * 86400 : 0) + (m.has_time ? m.seconds : 0);
}

/* True for a cell that says how long something was, and not that it was not. */
static bool
has_length(const char *cell)
{
	return cell[strcspn(cell, "123456789")] != '\0';
}

static struct problem *
read_length_in(struct import *im, struct arena *a, enum cell_unit unit, const char *cell, int64_t *seconds)
{
	struct problem *p;
	struct cell_form *forms = arena_alloc(a, (im->collection->field_count + 1) * sizeof *forms);
	struct cell_rules rules = im->rules;
	struct cell_notes notes;
	const char *value;

	rules.forms = forms;
	forms[im->span_length->index] = (struct cell_form){
		.unit = unit, .decimals = im->forms[im->span_length->index].decimals,
	};
	*seconds = 0;
	if ((p = cell_read(a, im->span_length, &rules, cell, &notes, &value)) == NULL)
		*seconds = value_scaled(im->span_length, value);
	return p;
}

/* Read the length of a record inside another one.  A break of 0:30 is half an hour also where 30 is so many minutes.
 * So is one of 0.5, unless the column says that it has minutes: nobody writes down a break of half a minute. */
static struct problem *
read_length(struct import *im, struct arena *a, const struct import_column *column, const char *cell, int64_t *seconds)
{
	enum cell_unit unit = column->form->unit, said = cell_unit_of_header(a, im->span_length, column->name);
	struct problem *p;

	if (unit != UNIT_MINUTES || strchr(cell, ':') != NULL)
		return read_length_in(im, a, unit == UNIT_MINUTES ? UNIT_HOURS : unit, cell, seconds);
	if ((p = read_length_in(im, a, said == UNIT_UNSAID ? unit : said, cell, seconds)) != NULL ||
	    said != UNIT_UNSAID || *seconds >= SHORTEST_BREAK || cell[strspn(cell, "0123456789., ")] != '\0')
		return p;
	return read_length_in(im, a, UNIT_HOURS, cell, seconds);
}

int64_t
value_inside_seconds(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const char *cell)
{
	int64_t seconds = 0;

	if (im->span_length == NULL || !has_length(cell) || read_length(im, a, column, cell, &seconds) == NULL)
		return seconds;
	refuse_value(a, row, problem_at(a, PROBLEM_INVALID, im->span_length->name,
	    "\"%s\" must be a length of time, such as 30 or 0:30.", text_short(a, column->name)), cell);
	return 0;
}

struct problem *
value_make_inside(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    const char *cell)
{
	struct problem *p = NULL;
	const struct format_column *form = column->form;
	int64_t seconds = 0;

	if (im->span_length == NULL || !has_length(cell))
		return NULL;
	if ((row->bad = read_length(im, a, column, cell, &seconds)) != NULL)
		return NULL;
	for (size_t i = 0; i < im->collection->field_count; i++)
		if (i != im->span_start->index && i != im->span_end->index) {
			row->values[i] = NULL;
			row->touched[i] = false;
		}
	row->name_count = 0;
	if (!spans_inside(im, a, row, seconds))
		row->bad = problem_at(a, PROBLEM_INVALID, im->span_length->name,
		    "\"%s\" is longer than the time around it.", text_short(a, column->name));
	row->inside = true;
	for (size_t i = 0; i < form->inside_fields.count && p == NULL; i++) {
		const struct import_target target = {
			.field = collection_field(im->collection, form->inside_fields.all[i]),
		};

		p = value_keep_cell(im, a, row, column, &target, form->inside_values.all[i]);
	}
	return p;
}

bool
cell_matches(const char *cell, const char *value)
{
	size_t length;

	cell += strspn(cell, " \t");
	length = strlen(cell);
	while (length > 0 && strchr(" \t", cell[length - 1]) != NULL)
		length--;
	return strlen(value) == length && memcmp(cell, value, length) == 0;
}
