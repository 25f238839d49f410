/* values.c -- keeps what a cell of CSV or a member of JSON says of the record of its row: a value, the id, the owner,
 * or the name of another record. */
#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "model/policy.h"
#include "reading.h"

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

/* A cell that can be read in two ways stops the import with one problem, which names the parameter that settles it,
 * instead of making every row bad. */
static struct problem *
ask(struct import *im, const struct import_row *row, const char *parameter, struct problem *p)
{
	return problem_at(im->a, PROBLEM_INVALID, parameter, "Line %zu: %s", row->line, p->detail);
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

struct problem *
value_keep_cell(struct import *im, struct arena *a, struct import_row *row,
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
	if (p != NULL && notes.asks != NULL && row->taken)
		return ask(im, row, notes.asks, p);
	if (p != NULL)
		refuse_value(a, row, p, cell);
	return NULL;
}

struct problem *
value_keep_member(struct import *im, struct arena *a, struct import_row *row, const struct import_target *target,
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
	if (p != NULL && notes.asks != NULL && row->taken)
		return ask(im, row, notes.asks, p);
	if (p != NULL)
		refuse_value(a, row, p, text);
	return NULL;
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
