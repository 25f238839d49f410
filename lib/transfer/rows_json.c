/* rows_json.c -- the rows of a file of JSON: the elements of one list, each parsed by itself. */
#include <string.h>

#include "base/crypto.h"
#include "reading.h"

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
struct problem *
json_rows_open(struct import *im)
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

struct problem *
json_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found)
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
		if ((p = column_of_member(im, name, row->line, &column)) != NULL)
			return p;
		for (size_t i = 0; i < column->target_count; i++)
			if ((p = value_keep_member(im, a, row, &column->targets[i], value)) != NULL)
				return p;
	}
	return NULL;
}
