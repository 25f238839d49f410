/* rows_json.c -- the rows of a file of JSON: the elements of one list, or of several in a known format, each parsed by
 * itself.  What is around the lists is judged by its brackets and quotes only. */
#include <string.h>

#include "base/crypto.h"
#include "reading.h"

/* A part of the text. */
struct slice {
	const char *at, *end;
};

/* ---- walking over text ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space(struct import *im)
{
	for (; im->json_at < im->end && is_blank(*im->json_at); im->json_at++)
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

static bool
slice_skip(struct slice *s, char c)
{
	while (s->at < s->end && is_blank(*s->at))
		s->at++;
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* The length of the value at at, judging by brackets and quotes only; json_parse checks it. */
static size_t
value_length(const char *from, const char *end)
{
	const char *at = from;
	size_t depth = 0;
	bool quoted = false;

	for (; at < end; at++) {
		if (quoted) {
			quoted = *at != '"';
			at += *at == '\\' && at + 1 < end;
			continue;
		}
		if (depth == 0 && (*at == ',' || *at == ']' || *at == '}'))
			break;
		quoted = *at == '"';
		depth += *at == '{' || *at == '[';
		depth -= *at == '}' || *at == ']';
	}
	return (size_t)(at - from);
}

/* Move over the next member of an object whose brace is behind s->at: its name, with the quotes, and its value. */
static bool
next_member(struct slice *s, struct slice *name, struct slice *value)
{
	slice_skip(s, ',');
	if (!slice_skip(s, '"'))
		return false;
	name->at = s->at - 1;
	for (; s->at < s->end && *s->at != '"'; s->at++)
		s->at += *s->at == '\\' && s->at + 1 < s->end;
	if (s->at == s->end)
		return false;
	name->end = ++s->at;
	if (!slice_skip(s, ':'))
		return false;
	while (s->at < s->end && is_blank(*s->at))
		s->at++;
	value->at = s->at;
	s->at += value_length(s->at, s->end);
	value->end = s->at;
	return true;
}

static bool
is_named(const struct slice *name, const char *wanted)
{
	size_t length = strlen(wanted);

	return (size_t)(name->end - name->at) == length + 2 && memcmp(name->at + 1, wanted, length) == 0;
}

/* ---- where the lists are ---- */

static struct problem *
not_a_list(struct import *im)
{
	return problem_new(im->a, PROBLEM_MALFORMED,
	    "Line %zu: the body must be a JSON array of flat objects, or {\"%s\":[…]}.",
	    im->json_line, im->collection->name);
}

/* True when the object has the member that marks it as one with rows. */
static bool
is_holder(const struct format *format, struct slice object)
{
	struct slice name, value;

	if (format->holder_member == NULL)
		return true;
	if (!slice_skip(&object, '{'))
		return false;
	while (next_member(&object, &name, &value)) {
		while (value.end > value.at && is_blank(value.end[-1]))
			value.end--;
		if (is_named(&name, format->holder_member))
			return is_named(&value, format->holder_value) && *value.at == '"';
	}
	return false;
}

static void
add_list(struct import *im, struct slice list)
{
	size_t line = 1;

	if (!slice_skip(&list, '[') || im->list_count == IMPORT_LISTS_MAX)
		return;
	for (const char *at = im->text; at < list.at; at++)
		line += *at == '\n';
	im->lists[im->list_count++] = (struct import_list){ .start = list.at, .line = line };
}

/* Find the lists at the rest of a path.  depth is how much of it was gone. */
static void
find_lists(struct import *im, const struct format *format, struct slice value, size_t depth)
{
	struct slice name, member;

	if (depth == format->list.count) {
		add_list(im, value);
		return;
	}
	if (depth + 1 == format->list.count && !is_holder(format, value))
		return;
	if (!slice_skip(&value, '{'))
		return;
	while (next_member(&value, &name, &member))
		if (strcmp(format->list.all[depth], "*") == 0 || is_named(&name, format->list.all[depth]))
			find_lists(im, format, member, depth + 1);
}

/* ---- which format ---- */

static void
free_json(void *tree)
{
	json_object_put(tree);
}

/* The member at a path such as project.customer.name, or of each element of a list on the way (tags.name), as an array.
 * *found is false when it is not there. */
static struct json_object *
find_path(struct arena *a, struct json_object *object, const char *path, bool *found)
{
	struct json_object *member = NULL;
	const char *dot;

	*found = false;
	if (json_object_is_type(object, json_type_array) && *path != '\0') {
		struct json_object *list = json_object_new_array();

		arena_defer(a, free_json, list);
		for (size_t i = 0; i < json_object_array_length(object); i++) {
			struct json_object *item = find_path(a, json_object_array_get_idx(object, i), path, found);

			if (item != NULL)
				json_object_array_add(list, json_object_get(item));
		}
		*found = true;
		return list;
	}
	if (!json_object_is_type(object, json_type_object))
		return NULL;
	if (json_object_object_get_ex(object, path, &member)) {
		*found = true;
		return member;
	}
	if ((dot = strchr(path, '.')) == NULL ||
	    !json_object_object_get_ex(object, arena_strndup(a, path, (size_t)(dot - path)), &member))
		return NULL;
	return find_path(a, member, dot + 1, found);
}

/* The value of a column under any of its names. */
static struct json_object *
find_value(struct arena *a, struct json_object *object, const struct texts *names, bool *found)
{
	struct json_object *value = NULL;

	*found = false;
	for (size_t i = 0; i < names->count && value == NULL; i++) {
		bool here;

		value = find_path(a, object, names->all[i], &here);
		*found = *found || here;
	}
	return value;
}

/* How many columns of the format an object has; 0 when the file is not of it. */
static size_t
fit(struct arena *a, const struct format *format, struct json_object *object)
{
	size_t count = 0;

	for (size_t i = 0; i < format->column_count; i++) {
		const struct format_column *form = &format->columns[i];
		bool found;
		struct json_object *value = find_value(a, object, &form->names, &found);

		if ((form->needed && !found) || (found && form->like != NULL &&
		    (value == NULL || !format_like(form->like, json_object_get_string(value)))))
			return 0;
		count += found;
	}
	return count;
}

/* The first object of the lists of a format, parsed; NULL when there is none. */
static struct json_object *
first_object(struct import *im, struct arena *scratch, const struct format *format)
{
	struct json_object *object = NULL;
	struct slice whole = { .at = im->text, .end = im->end };

	im->list_count = 0;
	while (whole.at < whole.end && is_blank(*whole.at))
		whole.at++;
	find_lists(im, format, whole, 0);
	for (size_t i = 0; i < im->list_count && object == NULL; i++) {
		struct slice list = { .at = im->lists[i].start, .end = im->end };

		while (list.at < list.end && is_blank(*list.at))
			list.at++;
		if (json_parse_object(scratch, list.at, value_length(list.at, list.end), &object) != NULL)
			object = NULL;
	}
	return object;
}

static bool
is_own(struct import *im, struct json_object *object)
{
	json_object_object_foreach (object, name, value) {
		(void)value;
		if (!column_name_is_own(im, name))
			return false;
	}
	return true;
}

static bool
has_like(const struct format *format)
{
	for (size_t i = 0; i < format->column_count; i++)
		if (format->columns[i].like != NULL)
			return true;
	return false;
}

/* The format that the first object fits, and fits more than any other; or NULL. */
static const struct format *
recognise(struct import *im)
{
	const struct formats *formats = im->options.formats;
	const struct format *best = NULL;
	struct arena *scratch = arena_new();
	size_t most = 0;

	for (size_t i = 0; formats != NULL && i < formats->count; i++) {
		const struct format *format = &formats->all[i];
		struct json_object *object = !format->json || format->collection != im->collection ? NULL :
		    first_object(im, scratch, format);
		size_t count = object == NULL || (is_own(im, object) && !has_like(format)) ? 0 :
		    fit(scratch, format, object);

		if (count > most)
			best = format;
		else if (count == most)
			best = NULL;
		most = count > most ? count : most;
	}
	arena_free(scratch);
	return best;
}

/* The format of the query: its needed members must be there. */
static struct problem *
meet_format(struct import *im)
{
	struct arena *scratch = arena_new();
	struct json_object *object = first_object(im, scratch, im->format);
	struct problem *p = NULL;

	if (object == NULL || fit(scratch, im->format, object) == 0)
		p = problem_at(im->a, PROBLEM_INVALID, "format", "The file is not one of %s.", im->format->label);
	arena_free(scratch);
	return p;
}

/* ---- opening ---- */

/* Move past the bracket that opens the list. */
static struct problem *
open_plain(struct import *im)
{
	const char *name = arena_printf(im->a, "\"%s\"", im->collection->name);
	bool wrapped;

	im->list_count = 0;
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

static void
open_list(struct import *im)
{
	im->json_at = im->lists[im->list].start;
	im->json_line = im->lists[im->list].line;
	im->list_begun = false;
}

struct problem *
json_rows_open(struct import *im)
{
	struct problem *p;
	struct arena *scratch;
	bool chosen = im->options.format != NULL;

	im->json_at = im->text;
	im->json_line = 1;
	im->json_ended = im->list_begun = false;
	im->column_count = 0;
	im->list = 0;
	if (chosen && im->format != NULL && (p = meet_format(im)) != NULL)
		return p;
	if (!chosen)
		im->format = recognise(im);
	if (im->format == NULL)
		return open_plain(im);
	scratch = arena_new();
	first_object(im, scratch, im->format);
	arena_free(scratch);
	open_list(im);
	return columns_of_format(im);
}

/* ---- rows ---- */

/* After the last element, check that the brackets close and nothing follows. */
static struct problem *
end_json(struct import *im)
{
	if (im->list + 1 < im->list_count) {
		im->list++;
		open_list(im);
		return NULL;
	}
	im->json_ended = true;
	if (im->list_count > 0 && im->format->list.count > 0)
		return NULL;
	if (im->text < im->end && im->text[strspn(im->text, " \t\r\n")] == '{' && !skip_char(im, '}'))
		return not_a_list(im);
	skip_space(im);
	return im->json_at == im->end ? NULL : not_a_list(im);
}

/* Read the next element. */
static struct problem *
next_object(struct import *im, struct arena *a, struct json_object **object, size_t *line)
{
	struct problem *p;
	const char *start;
	size_t length;

	*object = NULL;
	while (!im->json_ended && skip_char(im, ']'))
		if ((p = end_json(im)) != NULL)
			return p;
	if (im->json_ended)
		return NULL;
	if (im->list_begun && !skip_char(im, ','))
		return not_a_list(im);
	skip_space(im);
	start = im->json_at;
	*line = im->json_line;
	length = value_length(start, im->end);
	if ((p = json_parse_object(a, start, length, object)) != NULL)
		return problem_new(im->a, PROBLEM_MALFORMED, "In the object at line %zu: %s", *line, p->detail);
	for (size_t i = 0; i < length; i++)
		im->json_line += start[i] == '\n';
	im->json_at += length;
	im->list_begun = true;
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

/* Keep one value, after the format has said what it means. */
static struct problem *
keep_value(struct import *im, struct arena *a, struct import_row *row, const struct import_column *column,
    struct json_object *value)
{
	struct problem *p;
	const char *text = value == NULL ? "" : json_object_get_string(value);
	const char *cell = column->form == NULL ? text : value_meant(a, row, column, text);
	bool plain = column->form == NULL || (cell == text && column->form->unit == UNIT_UNSAID);

	for (size_t i = 0; i < column->target_count; i++) {
		const struct import_target *target = &column->targets[i];

		p = plain || json_object_is_type(value, json_type_array)
		    ? value_keep_member(im, a, row, column, target, value)
		    : value_keep_cell(im, a, row, column, target, cell);
		if (p != NULL)
			return p;
	}
	if (column->form != NULL && column->form->order)
		value_keep_order(im, a, cell);
	return NULL;
}

static struct problem *
keep_by_format(struct import *im, struct arena *a, struct import_row *row, struct json_object *object)
{
	struct problem *p;

	for (size_t i = 0; i < im->column_count; i++) {
		const struct import_column *column = &im->columns[i];
		const struct texts alone = { .all = &column->name, .count = 1 };
		bool found;
		struct json_object *value =
		    find_value(a, object, column->form != NULL ? &column->form->names : &alone, &found);

		if ((found || column->form != NULL) && (p = keep_value(im, a, row, column, value)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
keep_members(struct import *im, struct arena *a, struct import_row *row, struct json_object *object)
{
	struct problem *p;
	struct import_column *column = NULL;

	json_object_object_foreach (object, name, value) {
		if ((p = column_of_member(im, name, row->line, &column)) != NULL ||
		    (p = keep_value(im, a, row, column, value)) != NULL)
			return p;
	}
	return NULL;
}

struct problem *
json_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;
	struct json_object *object;

	if ((p = next_object(im, a, &object, &row->line)) != NULL)
		return p;
	if (!(*found = object != NULL))
		return NULL;
	row->taken = takes_object(im, a, object);
	hash_object(a, row, object);
	p = im->format != NULL ? keep_by_format(im, a, row, object) : keep_members(im, a, row, object);
	spans_settle(im, a, row);
	return p;
}
