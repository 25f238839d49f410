/* field.c -- one value of a record: reads it from a client's JSON or text into its canonical form, and converts that to
 * a C type.  Every path that accepts a value goes through field_read or field_read_text. */
#include "model/collection.h"

#include <string.h>

#include "base/crypto.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/text.h"

const char *const field_type_names[FIELD_TYPE_COUNT] = {
	[FIELD_TEXT] = "text",
	[FIELD_INTEGER] = "integer",
	[FIELD_DECIMAL] = "decimal",
	[FIELD_MONEY] = "money",
	[FIELD_BOOLEAN] = "boolean",
	[FIELD_DATE] = "date",
	[FIELD_INSTANT] = "instant",
	[FIELD_TIME] = "time",
	[FIELD_CHOICE] = "choice",
	[FIELD_REF] = "ref",
	[FIELD_PLACE] = "place",
	[FIELD_FILE] = "file",
	[FIELD_LIST] = "list",
	[FIELD_JSON] = "json",
};

enum {
	LIST_ITEMS_MAX = 100,
	PLACE_SCALE = 6,
	ACCURACY_SCALE = 1
};

static struct problem *
bad_value(struct arena *a, const struct field *f, const char *what)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "%s %s.", f->name, what);
}

static struct problem *
read_text(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	if (!text_is_clean(text, strlen(text)))
		return bad_value(a, f, "holds bytes that are not text");
	if (utf8_count(text) > (size_t)f->max_length)
		return problem_at(a, PROBLEM_INVALID, f->name,
		    "%s has more than %d characters.", f->name, f->max_length);
	*canonical = text[0] == '\0' ? f->initial : json_quoted(a, text);
	return NULL;
}

static struct problem *
read_number(struct arena *a, const struct field *f, const char *number, const char **canonical)
{
	int64_t n;

	switch (decimal_parse(number, f->scale, &n)) {
	case DECIMAL_OK:
		break;
	case DECIMAL_TOO_MANY_DIGITS:
		if (f->scale == 0)
			return bad_value(a, f, "must be a whole number");
		return problem_at(a, PROBLEM_INVALID, f->name,
		    "%s has more than %d digits after the point.", f->name, f->scale);
	case DECIMAL_OUT_OF_RANGE:
		return bad_value(a, f, "is too large a number");
	case DECIMAL_NOT_A_NUMBER:
	default:
		return bad_value(a, f, "must be a number");
	}
	if (f->has_min && n < f->min)
		return problem_at(a, PROBLEM_INVALID, f->name,
		    "%s must be at least %s.", f->name, decimal_format(a, f->min, f->scale));
	if (f->has_max && n > f->max)
		return problem_at(a, PROBLEM_INVALID, f->name,
		    "%s must be at most %s.", f->name, decimal_format(a, f->max, f->scale));
	*canonical = decimal_format(a, n, f->scale);
	return NULL;
}

bool
texts_hold(const struct texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->all[i], text) == 0)
			return true;
	return false;
}

/* A space's own choices are checked when the record is written (choices.h). */
static struct problem *
read_space_choice(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	if (text[0] == '\0')
		return bad_value(a, f, "must not be empty");
	return read_text(a, f, text, canonical);
}

static struct problem *
read_choice(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	struct buf b;

	if (f->from_field != NULL)
		return read_space_choice(a, f, text, canonical);
	if (texts_hold(&f->choices, text)) {
		*canonical = json_quoted(a, text);
		return NULL;
	}
	buf_init(&b, a);
	for (size_t i = 0; i < f->choices.count; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", f->choices.all[i]);
	return problem_at(a, PROBLEM_INVALID, f->name, "%s must be one of: %s.", f->name, b.text);
}

static struct problem *
read_file_hash(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	unsigned char bytes[SHA256_SIZE];

	if (strlen(text) != 2 * SHA256_SIZE || !hex_parse(text, bytes, sizeof bytes))
		return bad_value(a, f, "must be the SHA-256 of a file in 64 hex digits");
	*canonical = json_quoted(a, hex_text(a, bytes, sizeof bytes));
	return NULL;
}

/* Read a value of a type that is a string in JSON. */
static struct problem *
read_string(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	int64_t instant;

	switch (f->type) {
	case FIELD_TEXT:
		return read_text(a, f, text, canonical);
	case FIELD_CHOICE:
		return read_choice(a, f, text, canonical);
	case FIELD_FILE:
		return read_file_hash(a, f, text, canonical);
	case FIELD_DATE:
		if (!date_valid(text))
			return bad_value(a, f, "must be a day written YYYY-MM-DD");
		break;
	case FIELD_TIME:
		if (!time_valid(text))
			return bad_value(a, f, "must be a time of day written HH:MM");
		break;
	case FIELD_REF:
		if (!id_valid(text))
			return bad_value(a, f, "must be the id of a record");
		break;
	case FIELD_INSTANT:
		if (!instant_parse(text, &instant))
			return bad_value(a, f, "must be an instant such as 2026-11-21T08:34:00.000Z");
		text = instant_text(a, instant);
		break;
	default:
		return bad_value(a, f, "cannot be written as text");
	}
	*canonical = json_quoted(a, text);
	return NULL;
}

static struct problem *
read_coordinate(struct arena *a, const struct field *f, struct json_object *place, const char *key, int scale,
    int limit, char **out)
{
	const char *text;
	int64_t n;
	bool rounded;
	struct json_object *value;

	*out = NULL;
	if (!json_object_object_get_ex(place, key, &value) || value == NULL)
		return NULL;
	if ((text = json_number_text(value)) == NULL || decimal_round(text, scale, &n, &rounded) != DECIMAL_OK)
		return problem_at(a, PROBLEM_INVALID, f->name, "%s.%s must be a number.", f->name, key);
	for (int i = 0; i < scale; i++)
		limit *= 10;
	if (n > limit || n < (scale == ACCURACY_SCALE ? 0 : -limit))
		return problem_at(a, PROBLEM_INVALID, f->name, "%s.%s is out of range.", f->name, key);
	*out = decimal_format(a, n, scale);
	return NULL;
}

static struct problem *
read_place(struct arena *a, const struct field *f, struct json_object *value, const char **canonical)
{
	static const char *const members[] = { "lat", "lng", "accuracy", NULL };
	struct problem *p;
	char *lat, *lng, *accuracy;

	if (!json_object_is_type(value, json_type_object))
		return bad_value(a, f, "must be an object with lat and lng");
	if ((p = json_only(a, value, members)) != NULL)
		return bad_value(a, f, "has a member other than lat, lng and accuracy");
	if ((p = read_coordinate(a, f, value, "lat", PLACE_SCALE, 90, &lat)) != NULL ||
	    (p = read_coordinate(a, f, value, "lng", PLACE_SCALE, 180, &lng)) != NULL ||
	    (p = read_coordinate(a, f, value, "accuracy", ACCURACY_SCALE, 1000000, &accuracy)) != NULL)
		return p;
	if (lat == NULL || lng == NULL)
		return bad_value(a, f, "needs lat and lng");
	*canonical = accuracy == NULL
	    ? arena_printf(a, "{\"lat\":%s,\"lng\":%s}", lat, lng)
	    : arena_printf(a, "{\"accuracy\":%s,\"lat\":%s,\"lng\":%s}", accuracy, lat, lng);
	return NULL;
}

static struct problem *
read_list(struct arena *a, const struct field *f, struct json_object *value, const char **canonical)
{
	struct buf b;
	size_t n;

	if (!json_object_is_type(value, json_type_array))
		return bad_value(a, f, "must be a list of texts");
	if ((n = json_object_array_length(value)) > LIST_ITEMS_MAX)
		return problem_at(a, PROBLEM_INVALID, f->name, "%s has more than %d items.", f->name, LIST_ITEMS_MAX);
	buf_init(&b, a);
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(value, i);
		const char *text = json_object_get_string(item);

		if (!json_object_is_type(item, json_type_string) || !text_is_clean(text, strlen(text)))
			return bad_value(a, f, "must be a list of texts");
		if (utf8_count(text) > (size_t)f->max_length)
			return problem_at(a, PROBLEM_INVALID, f->name,
			    "An item of %s has more than %d characters.", f->name, f->max_length);
		if (i > 0)
			buf_char(&b, ',');
		json_quote(&b, text);
	}
	buf_char(&b, ']');
	*canonical = n == 0 ? f->initial : b.text;
	return NULL;
}

struct problem *
field_read(struct arena *a, const struct field *f, struct json_object *value, const char **canonical)
{
	const char *number;

	if (value == NULL) {
		*canonical = f->initial;
		return NULL;
	}
	switch (f->type) {
	case FIELD_BOOLEAN:
		if (!json_object_is_type(value, json_type_boolean))
			return bad_value(a, f, "must be true or false");
		*canonical = json_object_get_boolean(value) ? "true" : "false";
		return NULL;
	case FIELD_INTEGER:
	case FIELD_MONEY:
	case FIELD_DECIMAL:
		if ((number = json_number_text(value)) == NULL)
			return bad_value(a, f, "must be a number");
		return read_number(a, f, number, canonical);
	case FIELD_PLACE:
		return read_place(a, f, value, canonical);
	case FIELD_LIST:
		return read_list(a, f, value, canonical);
	case FIELD_JSON:
		return problem_at(a, PROBLEM_READ_ONLY, f->name, "%s is written by the server only.", f->name);
	default:
		if (!json_object_is_type(value, json_type_string))
			return bad_value(a, f, "must be a text");
		return read_string(a, f, json_object_get_string(value), canonical);
	}
}

struct problem *
field_read_text(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	struct problem *p;
	struct json_object *tree;

	if (text[0] == '\0') {
		*canonical = f->initial;
		return NULL;
	}
	switch (f->type) {
	case FIELD_BOOLEAN:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return bad_value(a, f, "must be true or false");
		*canonical = text[0] == 't' ? "true" : "false";
		return NULL;
	case FIELD_INTEGER:
	case FIELD_MONEY:
	case FIELD_DECIMAL:
		return read_number(a, f, text, canonical);
	case FIELD_PLACE:
	case FIELD_LIST:
		if ((p = json_parse(a, text, strlen(text), &tree)) != NULL)
			return bad_value(a, f, "must be written as JSON");
		return field_read(a, f, tree, canonical);
	case FIELD_JSON:
		return problem_at(a, PROBLEM_READ_ONLY, f->name, "%s is written by the server only.", f->name);
	default:
		return read_string(a, f, text, canonical);
	}
}

char *
value_plain(struct arena *a, const char *value)
{
	if (value == NULL)
		return NULL;
	return value[0] == '"' ? json_unquote(a, value) : arena_strdup(a, value);
}

int64_t
value_scaled(const struct field *f, const char *value)
{
	int64_t n = 0;

	if (value == NULL || decimal_parse(value, f->scale, &n) != DECIMAL_OK)
		return 0;
	return n;
}

int64_t
value_instant_of(const char *value)
{
	char text[INSTANT_TEXT_SIZE];
	int64_t instant = 0;

	if (value == NULL || strlen(value) != INSTANT_TEXT_SIZE + 1)
		return 0;
	memcpy(text, value + 1, INSTANT_TEXT_SIZE - 1);
	text[INSTANT_TEXT_SIZE - 1] = '\0';
	return instant_parse(text, &instant) ? instant : 0;
}

bool
value_true(const char *value)
{
	return value != NULL && strcmp(value, "true") == 0;
}
