/* collection.c -- reads the definitions and interprets them: typed values, whole records, order keys, natural ids.
 * A definition is trusted to be meant well, not to be right: every mistake stops the start with file, field and reason. */
#include "collection.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "decimal.h"
#include "instant.h"
#include "rule.h"

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

static const char *const may_names[MAY_COUNT] = {
	[MAY_READ] = "read",
	[MAY_CREATE] = "create",
	[MAY_UPDATE] = "update",
	[MAY_DELETE] = "delete",
};

/* Words of the API: neither ids of records nor names of collections. */
static const char *const reserved_words[] = {
	"admin", "audit", "auth", "backup", "backups", "client-errors", "collections", "compat", "devices", "end", "export", "files",
	"health", "heads", "history", "import", "invitations", "me", "metrics", "new", "presence", "push", "reports", "reset",
	"restore", "sessions", "spaces", "start", "sync", "tokens", "usage", "users",
};

/* Members every record has, and words of queries and bodies: not names of fields. */
static const char *const taken_names[] = {
	"id", "version", "seq", "owner", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy", "deleted", "removed",
	"expectedVersion", "renamedFrom", "sort", "limit", "after", "before", "fields", "q", "since", "collections", "space",
	"again", "dates", "dryRun", "map", "skipBad", "where", "format", "line",
};

enum {
	TEXT_LENGTH_DEFAULT = 1000,
	TEXT_LENGTH_MAX = 20000,
	LIST_ITEMS_MAX = 100,
	DEFINITION_BYTES_MAX = 1 << 20,
	COLLECTIONS_MAX = 200,
	PLACE_SCALE = 6,
	ACCURACY_SCALE = 1
};

static bool
among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

bool
id_valid(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@-");

	return n >= 1 && n <= ID_BYTES_MAX && id[n] == '\0' && strchr("._:@-", id[0]) == NULL;
}

bool
id_reserved(const char *id)
{
	return among(id, reserved_words, sizeof reserved_words / sizeof reserved_words[0]);
}

static bool
name_valid(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

	return n >= 1 && n <= 40 && name[n] == '\0' && name[0] >= 'a' && name[0] <= 'z';
}

/* ---- one value ---- */

static struct problem *
bad_value(struct arena *a, const struct field *f, const char *what)
{
	return problem_at(a, PROBLEM_INVALID, f->name, "%s %s.", f->name, what);
}

static const char *
quoted(struct arena *a, const char *text)
{
	struct buf b;

	buf_init(&b, a);
	json_quote(&b, text);
	return b.text;
}

static size_t
characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static struct problem *
read_text(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	if (!text_is_clean(text, strlen(text)))
		return bad_value(a, f, "holds bytes that are not text");
	if (characters(text) > (size_t)f->max_length)
		return problem_at(a, PROBLEM_INVALID, f->name, "%s has more than %d characters.", f->name, f->max_length);
	*canonical = text[0] == '\0' ? f->initial : quoted(a, text);
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
		return problem_at(a, PROBLEM_INVALID, f->name, "%s has more than %d digits after the point.", f->name, f->scale);
	case DECIMAL_OUT_OF_RANGE:
		return bad_value(a, f, "is too large a number");
	case DECIMAL_NOT_A_NUMBER:
	default:
		return bad_value(a, f, "must be a number");
	}
	if (f->has_min && n < f->min)
		return problem_at(a, PROBLEM_INVALID, f->name, "%s must be at least %s.", f->name, decimal_format(a, f->min, f->scale));
	if (f->has_max && n > f->max)
		return problem_at(a, PROBLEM_INVALID, f->name, "%s must be at most %s.", f->name, decimal_format(a, f->max, f->scale));
	*canonical = decimal_format(a, n, f->scale);
	return NULL;
}

static struct problem *
read_choice(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	struct buf b;

	if (among(text, f->choices, f->choice_count)) {
		*canonical = quoted(a, text);
		return NULL;
	}
	buf_init(&b, a);
	for (size_t i = 0; i < f->choice_count; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", f->choices[i]);
	return problem_at(a, PROBLEM_INVALID, f->name, "%s must be one of: %s.", f->name, b.text);
}

static struct problem *
read_file_hash(struct arena *a, const struct field *f, const char *text, const char **canonical)
{
	unsigned char bytes[SHA256_SIZE];

	if (strlen(text) != 2 * SHA256_SIZE || !hex_parse(text, bytes, sizeof bytes))
		return bad_value(a, f, "must be the SHA-256 of a file in 64 hex digits");
	*canonical = quoted(a, hex_text(a, bytes, sizeof bytes));
	return NULL;
}

/* The types that a client writes as a string. */
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
	*canonical = quoted(a, text);
	return NULL;
}

static struct problem *
read_coordinate(struct arena *a, const struct field *f, struct json_object *place, const char *key, int scale, int limit, char **out)
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
		if (characters(text) > (size_t)f->max_length)
			return problem_at(a, PROBLEM_INVALID, f->name, "An item of %s has more than %d characters.", f->name, f->max_length);
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

/* ---- whole records ---- */

const struct field *
collection_field(const struct collection *c, const char *name)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (strcmp(c->fields[i].name, name) == 0)
			return &c->fields[i];
	return NULL;
}

const struct collection *
collection_find(const struct collections *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->all[i].name, name) == 0)
			return &set->all[i];
	return NULL;
}

const char **
values_new(struct arena *a, const struct collection *c)
{
	return arena_alloc(a, (c->field_count + 1) * sizeof(const char *));
}

const char **
values_copy(struct arena *a, const struct collection *c, const char *const *values)
{
	const char **copy = values_new(a, c);

	if (c->field_count > 0)
		memcpy(copy, values, c->field_count * sizeof(const char *));
	return copy;
}

static void
parse_members(struct arena *a, const struct collection *c, const char *doc, const char **values)
{
	struct json_slice key, value;

	while (json_next_member(&doc, &key, &value)) {
		const struct field *f = collection_field(c, arena_strndup(a, key.text, key.length));

		if (f != NULL)
			values[f->index] = arena_strndup(a, value.text, value.length);
	}
}

const char **
values_parse(struct arena *a, const struct collection *c, const char *doc, const char *doc_private)
{
	const char **values = values_new(a, c);

	parse_members(a, c, doc, values);
	if (doc_private != NULL)
		parse_members(a, c, doc_private, values);
	return values;
}

char *
values_doc(struct arena *a, const struct collection *c, const char *const *values, bool private_ones)
{
	struct buf b;

	buf_init(&b, a);
	buf_char(&b, '{');
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[c->sorted[i]];

		if (values[f->index] != NULL && f->is_private == private_ones)
			buf_printf(&b, "%s\"%s\":%s", b.length == 1 ? "" : ",", f->name, values[f->index]);
	}
	buf_char(&b, '}');
	return b.text;
}

static int
compare_values(struct arena *a, const struct field *f, const char *left, const char *right)
{
	int64_t l, r;

	switch (f->type) {
	case FIELD_INTEGER:
	case FIELD_MONEY:
	case FIELD_DECIMAL:
		l = value_scaled(f, left);
		r = value_scaled(f, right);
		return l < r ? -1 : l > r;
	default:
		return strcmp(value_plain(a, left), value_plain(a, right));
	}
}

static struct problem *
check_at_least(struct arena *a, const struct collection *c, const struct field *f, const char *const *values)
{
	const struct field *other = collection_field(c, f->at_least);

	if (values[f->index] == NULL || values[other->index] == NULL ||
	    compare_values(a, f, values[f->index], values[other->index]) >= 0)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, f->name, "%s must not be less than %s.", f->name, other->name);
}

struct problem *
values_check(struct arena *a, const struct collection *c, const char *const *values)
{
	struct problem *p;
	size_t bytes = 0, json_bytes = 0;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->required && values[i] == NULL)
			return problem_at(a, PROBLEM_REQUIRED, f->name, "%s is required.", f->name);
		if (f->at_least != NULL && (p = check_at_least(a, c, f, values)) != NULL)
			return p;
		if (values[i] != NULL)
			*(f->type == FIELD_JSON ? &json_bytes : &bytes) += strlen(values[i]) + strlen(f->name) + 4;
	}
	if (bytes > RECORD_BYTES_MAX || json_bytes > (1 << 20))
		return problem_new(a, PROBLEM_TOO_LARGE, "The record is larger than %d bytes.", RECORD_BYTES_MAX);
	return NULL;
}

/* Numbers become eight bytes, most significant first, negative ones before positive ones. */
static struct sort_key
number_key(int64_t n)
{
	struct sort_key key = { .length = 8 };
	uint64_t bits = (uint64_t)n ^ UINT64_C(0x8000000000000000);

	for (int i = 7; i >= 0; i--, bits >>= 8)
		key.bytes[i] = (unsigned char)(bits & 0xff);
	return key;
}

struct sort_key
values_sort_key(struct arena *a, const struct collection *c, const char *const *values)
{
	struct sort_key key = { .length = 0 };
	const char *value, *text;

	if (c->order == NULL || (value = values[c->order->index]) == NULL)
		return key;
	if (c->order->type == FIELD_INTEGER || c->order->type == FIELD_MONEY || c->order->type == FIELD_DECIMAL)
		return number_key(value_scaled(c->order, value));
	text = value_plain(a, value);
	key.length = strlen(text) > sizeof key.bytes ? sizeof key.bytes : strlen(text);
	memcpy(key.bytes, text, key.length);
	return key;
}

/* SHA-256 over the JSON array [collection, owner if own, value, …], values as strings or null; the first 32 hex digits. */
static char *
hash_id(struct arena *a, const struct collection *c, const char *owner, const char *const *values)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	buf_init(&b, a);
	buf_char(&b, '[');
	json_quote(&b, c->name);
	if (c->own) {
		buf_char(&b, ',');
		json_quote(&b, owner);
	}
	for (size_t i = 0; i < c->unique_count; i++) {
		const char *value = value_plain(a, values[c->unique[i]->index]);

		buf_char(&b, ',');
		if (value == NULL)
			buf_text(&b, "null");
		else
			json_quote(&b, value);
	}
	buf_char(&b, ']');
	sha256(b.text, b.length, digest);
	return hex_text(a, digest, SHA256_SIZE / 2);
}

static char *
template_id(struct arena *a, const struct collection *c, const char *const *values)
{
	struct buf b;
	const char *at = c->id_template;

	buf_init(&b, a);
	while (*at != '\0') {
		if (*at == '{') {
			const char *end = strchr(at, '}');
			const struct field *f = collection_field(c, arena_strndup(a, at + 1, (size_t)(end - at - 1)));
			const char *value = value_plain(a, values[f->index]);

			buf_text(&b, value == NULL ? "" : value);
			at = end + 1;
		} else {
			buf_char(&b, *at++);
		}
	}
	return b.text;
}

char *
values_id(struct arena *a, const struct collection *c, const char *owner, const char *const *values)
{
	switch (c->id_form) {
	case ID_HASH:
		if (c->unique_count == 0 && !c->own)
			return arena_strdup(a, "settings");
		return hash_id(a, c, owner, values);
	case ID_TEMPLATE:
		return template_id(a, c, values);
	case ID_GIVEN:
	default:
		return NULL;
	}
}

/* ---- reading the definitions ---- */

struct reader {
	struct arena *life;
	const char *file;
	const char *field; /* being read, or NULL */
};

PRINTF_LIKE(2, 3)
static struct problem *
mistake(struct reader *r, const char *format, ...)
{
	struct problem *p;
	va_list args;
	char *what;

	va_start(args, format);
	what = arena_vprintf(r->life, format, args);
	va_end(args);
	p = problem_new(r->life, PROBLEM_INTERNAL, "A definition is wrong.");
	p->cause = r->field == NULL
	    ? arena_printf(r->life, "%s: %s", r->file, what)
	    : arena_printf(r->life, "%s: field \"%s\": %s", r->file, r->field, what);
	return p;
}

static struct problem *
as_mistake(struct reader *r, struct problem *p)
{
	return p == NULL ? NULL : mistake(r, "%s", p->field != NULL ? arena_printf(r->life, "%s: %s", p->field, p->detail) : p->detail);
}

static struct problem *
get_text(struct reader *r, struct json_object *from, const char *key, bool required, const char **value)
{
	struct problem *p;

	*value = NULL;
	if ((p = json_get_text(r->life, from, key, value)) != NULL)
		return as_mistake(r, p);
	if (*value == NULL && required)
		return mistake(r, "\"%s\" is missing", key);
	if (*value != NULL && (*value)[0] == '\0')
		return mistake(r, "\"%s\" is empty", key);
	*value = arena_strdup(r->life, *value);
	return NULL;
}

static struct problem *
get_flag(struct reader *r, struct json_object *from, const char *key, bool *value)
{
	return as_mistake(r, json_get_boolean(r->life, from, key, value, NULL));
}

static struct problem *
get_bound(struct reader *r, struct json_object *from, const char *key, const struct field *f, bool *given, int64_t *value)
{
	struct json_object *bound;
	const char *text;

	if (!json_object_object_get_ex(from, key, &bound))
		return NULL;
	if ((text = json_number_text(bound)) == NULL || decimal_parse(text, f->scale, value) != DECIMAL_OK)
		return mistake(r, "\"%s\" is not a number of its type", key);
	*given = true;
	return NULL;
}

static struct problem *
get_integer(struct reader *r, struct json_object *from, const char *key, int64_t min, int64_t max, int *value)
{
	struct problem *p;
	int64_t n = *value;

	if ((p = json_get_integer(r->life, from, key, &n, NULL)) != NULL)
		return as_mistake(r, p);
	if (n < min || n > max)
		return mistake(r, "\"%s\" must be from %lld to %lld", key, (long long)min, (long long)max);
	*value = (int)n;
	return NULL;
}

static struct problem *
get_type(struct reader *r, struct json_object *from, struct field *f)
{
	struct problem *p;
	const char *name;

	if ((p = get_text(r, from, "type", true, &name)) != NULL)
		return p;
	for (f->type = 0; f->type < FIELD_TYPE_COUNT; f->type++)
		if (strcmp(name, field_type_names[f->type]) == 0)
			return NULL;
	return mistake(r, "there is no type \"%s\"", name);
}

static struct problem *
get_choices(struct reader *r, struct json_object *from, struct field *f)
{
	struct json_object *list;
	const char **choices;

	if (!json_object_object_get_ex(from, "choices", &list))
		return f->type == FIELD_CHOICE ? mistake(r, "a choice needs \"choices\"") : NULL;
	if (f->type != FIELD_CHOICE || !json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
		return mistake(r, "\"choices\" must be a list of texts, of a choice");
	f->choice_count = json_object_array_length(list);
	choices = arena_alloc(r->life, f->choice_count * sizeof *choices);
	for (size_t i = 0; i < f->choice_count; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (!json_object_is_type(item, json_type_string))
			return mistake(r, "\"choices\" must be a list of texts");
		choices[i] = arena_strdup(r->life, json_object_get_string(item));
	}
	f->choices = choices;
	return NULL;
}

static struct problem *
get_default(struct reader *r, struct json_object *from, struct field *f)
{
	struct json_object *value;

	if (!json_object_object_get_ex(from, "default", &value) || value == NULL)
		return NULL;
	return as_mistake(r, field_read(r->life, f, value, &f->initial));
}

static struct problem *
read_field(struct reader *r, struct json_object *from, struct field *f)
{
	static const char *const known[] = { "name", "label", "help", "unit", "type", "required", "immutable", "private", "retired",
		"derived", "default", "min", "max", "maxLength", "scale", "choices", "ref", "atLeast", NULL };
	struct problem *p;

	r->field = NULL;
	if (!json_object_is_type(from, json_type_object))
		return mistake(r, "\"fields\" must be a list of objects");
	if ((p = get_text(r, from, "name", true, &f->name)) != NULL)
		return p;
	r->field = f->name;
	if (!name_valid(f->name))
		return mistake(r, "a name has at most 40 letters and digits and starts with a small letter");
	if (among(f->name, taken_names, sizeof taken_names / sizeof taken_names[0]))
		return mistake(r, "the name is a word of the API");
	f->max_length = TEXT_LENGTH_DEFAULT;
	if ((p = as_mistake(r, json_only(r->life, from, known))) != NULL ||
	    (p = get_type(r, from, f)) != NULL ||
	    (p = get_text(r, from, "label", false, &f->label)) != NULL ||
	    (p = get_text(r, from, "help", false, &f->help)) != NULL ||
	    (p = get_text(r, from, "unit", false, &f->unit)) != NULL ||
	    (p = get_text(r, from, "ref", f->type == FIELD_REF, &f->ref)) != NULL ||
	    (p = get_text(r, from, "atLeast", false, &f->at_least)) != NULL ||
	    (p = get_flag(r, from, "required", &f->required)) != NULL ||
	    (p = get_flag(r, from, "immutable", &f->immutable)) != NULL ||
	    (p = get_flag(r, from, "private", &f->is_private)) != NULL ||
	    (p = get_flag(r, from, "retired", &f->retired)) != NULL ||
	    (p = get_flag(r, from, "derived", &f->derived)) != NULL ||
	    (p = get_integer(r, from, "scale", 0, 6, &f->scale)) != NULL ||
	    (p = get_integer(r, from, "maxLength", 1, TEXT_LENGTH_MAX, &f->max_length)) != NULL ||
	    (p = get_bound(r, from, "min", f, &f->has_min, &f->min)) != NULL ||
	    (p = get_bound(r, from, "max", f, &f->has_max, &f->max)) != NULL ||
	    (p = get_choices(r, from, f)) != NULL ||
	    (p = get_default(r, from, f)) != NULL)
		return p;
	if (f->scale != 0 && f->type != FIELD_DECIMAL)
		return mistake(r, "only a decimal has a scale");
	if (f->retired && f->required)
		return mistake(r, "a retired field cannot be required");
	if (f->label == NULL)
		f->label = f->name;
	return NULL;
}

static int
compare_names(const void *left, const void *right)
{
	const struct field *const *l = left, *const *r = right;

	return strcmp((*l)->name, (*r)->name);
}

/* The order of docs: fields by the bytes of their names. */
static const size_t *
sort_fields(struct arena *life, const struct field *fields, size_t count)
{
	const struct field **by_name = arena_alloc(life, (count + 1) * sizeof *by_name);
	size_t *sorted = arena_alloc(life, (count + 1) * sizeof *sorted);

	for (size_t i = 0; i < count; i++)
		by_name[i] = &fields[i];
	qsort(by_name, count, sizeof *by_name, compare_names);
	for (size_t i = 0; i < count; i++)
		sorted[i] = by_name[i]->index;
	return sorted;
}

static struct problem *
read_fields(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	struct json_object *list;
	struct field *fields;

	if (!json_object_object_get_ex(from, "fields", &list) || !json_object_is_type(list, json_type_array))
		return mistake(r, "\"fields\" must be a list of objects");
	c->field_count = json_object_array_length(list);
	if (c->field_count == 0 || c->field_count > FIELDS_MAX)
		return mistake(r, "there must be 1 to %d fields", FIELDS_MAX);
	c->fields = fields = arena_alloc(r->life, c->field_count * sizeof *fields);
	for (size_t i = 0; i < c->field_count; i++) {
		fields[i].index = i;
		if ((p = read_field(r, json_object_array_get_idx(list, i), &fields[i])) != NULL)
			return p;
		for (size_t j = 0; j < i; j++)
			if (strcmp(fields[j].name, fields[i].name) == 0)
				return mistake(r, "the name stands twice");
		c->has_private = c->has_private || fields[i].is_private;
	}
	r->field = NULL;
	c->sorted = sort_fields(r->life, fields, c->field_count);
	return NULL;
}

/* Fields that name other fields, once all are read. */
static struct problem *
link_fields(struct reader *r, const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i], *other;

		r->field = f->name;
		if (f->at_least == NULL)
			continue;
		if ((other = collection_field(c, f->at_least)) == NULL || other->type != f->type || other == f)
			return mistake(r, "\"atLeast\" must name another field of the same type");
		if (f->type == FIELD_BOOLEAN || f->type == FIELD_PLACE || f->type == FIELD_LIST || f->type == FIELD_JSON)
			return mistake(r, "\"atLeast\" needs a type that has an order");
	}
	r->field = NULL;
	return NULL;
}

static struct problem *
read_order(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	const char *name;

	if ((p = get_text(r, from, "order", false, &name)) != NULL)
		return p;
	if (name == NULL)
		return NULL;
	if ((c->order_descending = name[0] == '-'))
		name++;
	if (strcmp(name, "id") == 0)
		return NULL;
	if ((c->order = collection_field(c, name)) == NULL || c->order->is_private || c->order->type == FIELD_PLACE ||
	    c->order->type == FIELD_LIST || c->order->type == FIELD_JSON || c->order->type == FIELD_BOOLEAN)
		return mistake(r, "\"order\" must name a public field that has an order, or id");
	return NULL;
}

static struct problem *
read_may(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	struct json_object *may;
	const char *name, *known[MAY_COUNT + 1] = { NULL };

	for (int i = 0; i < MAY_COUNT; i++) {
		c->may[i] = ROLE_COUNT;
		known[i] = may_names[i];
	}
	if (!json_object_object_get_ex(from, "may", &may))
		return NULL;
	if (!json_object_is_type(may, json_type_object))
		return mistake(r, "\"may\" must be an object");
	if ((p = as_mistake(r, json_only(r->life, may, known))) != NULL)
		return p;
	for (int i = 0; i < MAY_COUNT; i++) {
		if ((p = get_text(r, may, may_names[i], false, &name)) != NULL)
			return p;
		if (name == NULL)
			continue;
		if ((c->may[i] = role_named(name)) == ROLE_NONE)
			return mistake(r, "\"may\": there is no role \"%s\"", name);
	}
	return NULL;
}

static struct problem *
read_unique(struct reader *r, struct json_object *from, struct collection *c)
{
	struct json_object *list;

	if (!json_object_object_get_ex(from, "unique", &list) || list == NULL)
		return NULL;
	if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) > 8)
		return mistake(r, "\"unique\" must be a list of at most 8 names of fields");
	c->has_unique = true;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		const struct field *f = json_object_is_type(item, json_type_string) ? collection_field(c, json_object_get_string(item)) : NULL;

		if (f == NULL || f->is_private || f->retired)
			return mistake(r, "\"unique\" must name public fields");
		c->unique[c->unique_count++] = f;
	}
	return NULL;
}

static struct problem *
check_template(struct reader *r, const struct collection *c)
{
	const char *at = c->id_template, *end;

	while ((at = strchr(at, '{')) != NULL) {
		const struct field *f;

		if ((end = strchr(at, '}')) == NULL)
			return mistake(r, "\"idForm\": a brace is not closed");
		f = collection_field(c, arena_strndup(r->life, at + 1, (size_t)(end - at - 1)));
		if (f == NULL || !f->required)
			return mistake(r, "\"idForm\" must name required fields");
		at = end;
	}
	return c->own ? mistake(r, "\"idForm\": a template would collide in an own collection; use hash") : NULL;
}

static struct problem *
read_id_form(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	const char *form;

	if ((p = get_text(r, from, "idForm", false, &form)) != NULL ||
	    (p = get_text(r, from, "idLabel", false, &c->id_label)) != NULL)
		return p;
	if (form == NULL)
		form = c->has_unique ? "hash" : "given";
	if (strcmp(form, "given") == 0)
		return c->has_unique ? mistake(r, "\"unique\" needs idForm hash or a template") : NULL;
	c->id_form = strcmp(form, "hash") == 0 ? ID_HASH : ID_TEMPLATE;
	if (c->id_label != NULL)
		return mistake(r, "\"idLabel\" is for given ids");
	if (c->id_form == ID_HASH)
		return c->has_unique ? NULL : mistake(r, "idForm hash needs \"unique\"");
	c->id_template = form;
	return strchr(form, '{') == NULL ? mistake(r, "\"idForm\" must be given, hash, or a template with {fields}") : check_template(r, c);
}

static const struct rule *
find_rule(const char *name)
{
	for (size_t i = 0; i < rule_count; i++)
		if (strcmp(rules[i]->name, name) == 0)
			return rules[i];
	return NULL;
}

static struct problem *
read_rules(struct reader *r, struct json_object *from, struct collection *c)
{
	struct json_object *list;
	const struct rule **found;

	if (!json_object_object_get_ex(from, "rules", &list))
		return NULL;
	if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) > 16)
		return mistake(r, "\"rules\" must be a list of at most 16 names");
	c->rule_count = json_object_array_length(list);
	found = arena_alloc(r->life, (c->rule_count + 1) * sizeof(const struct rule *));
	for (size_t i = 0; i < c->rule_count; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		const char *name = json_object_is_type(item, json_type_string) ? json_object_get_string(item) : "";

		if ((found[i] = find_rule(name)) == NULL)
			return mistake(r, "there is no rule \"%s\"", name);
		if (found[i]->collection != NULL && strcmp(found[i]->collection, c->name) != 0)
			return mistake(r, "the rule \"%s\" is for %s only", name, found[i]->collection);
	}
	c->rules = found;
	return NULL;
}

static struct problem *
read_conflict(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	const char *policy;

	if ((p = get_text(r, from, "conflict", false, &policy)) != NULL)
		return p;
	c->merges = policy == NULL || strcmp(policy, "merge") == 0;
	if (!c->merges && strcmp(policy, "reject") != 0)
		return mistake(r, "\"conflict\" must be merge or reject");
	return NULL;
}

/* What clients are shown: the file's own members, without private fields for those who may not know them. */
static const char *
show_definition(struct arena *life, struct json_object *from, bool with_private)
{
	struct buf b;
	const char *separator = "{";

	buf_init(&b, life);
	json_object_object_foreach(from, key, value) {
		buf_printf(&b, "%s\"%s\":", separator, key);
		separator = ",";
		if (strcmp(key, "fields") != 0) {
			json_canonical(&b, value);
			continue;
		}
		buf_char(&b, '[');
		for (size_t i = 0, shown = 0; i < json_object_array_length(value); i++) {
			struct json_object *field = json_object_array_get_idx(value, i), *is_private;

			if (!with_private && json_object_object_get_ex(field, "private", &is_private) && json_object_get_boolean(is_private))
				continue;
			if (shown++ > 0)
				buf_char(&b, ',');
			json_canonical(&b, field);
		}
		buf_char(&b, ']');
	}
	buf_char(&b, '}');
	return b.text;
}

static struct problem *
read_collection(struct reader *r, struct json_object *from, struct collection *c)
{
	static const char *const known[] = { "name", "singular", "label", "icon", "revision", "order", "own", "may", "unique", "idForm",
		"idLabel", "conflict", "fields", "rules", "help", NULL };
	struct problem *p;

	if ((p = as_mistake(r, json_only(r->life, from, known))) != NULL ||
	    (p = get_text(r, from, "name", true, &c->name)) != NULL ||
	    (p = get_text(r, from, "singular", true, &c->singular)) != NULL ||
	    (p = get_text(r, from, "label", true, &c->label)) != NULL ||
	    (p = get_text(r, from, "icon", false, &c->icon)) != NULL ||
	    (p = get_integer(r, from, "revision", 1, 1000000, &c->revision)) != NULL ||
	    (p = get_flag(r, from, "own", &c->own)) != NULL ||
	    (p = read_fields(r, from, c)) != NULL ||
	    (p = link_fields(r, c)) != NULL ||
	    (p = read_order(r, from, c)) != NULL ||
	    (p = read_may(r, from, c)) != NULL ||
	    (p = read_unique(r, from, c)) != NULL ||
	    (p = read_id_form(r, from, c)) != NULL ||
	    (p = read_conflict(r, from, c)) != NULL ||
	    (p = read_rules(r, from, c)) != NULL)
		return p;
	if (!name_valid(c->name) || !name_valid(c->singular))
		return mistake(r, "\"name\" and \"singular\" have at most 40 letters and digits and start with a small letter");
	if (id_reserved(c->name))
		return mistake(r, "\"%s\" is a word of the API", c->name);
	c->definition = show_definition(r->life, from, true);
	c->definition_public = show_definition(r->life, from, false);
	return NULL;
}

static struct problem *
read_file(struct reader *r, const char *path, struct collection *c)
{
	struct problem *p;
	struct json_object *tree;
	char *text = arena_alloc(r->life, DEFINITION_BYTES_MAX + 1);
	FILE *file = fopen(path, "re");
	size_t length;

	if (file == NULL)
		return mistake(r, "cannot be read: %s", strerror(errno));
	length = fread(text, 1, DEFINITION_BYTES_MAX, file);
	fclose(file);
	if ((p = json_parse_object(r->life, text, length, &tree)) != NULL)
		return as_mistake(r, p);
	c->revision = 1;
	return read_collection(r, tree, c);
}

static int
is_definition(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".json") == 0;
}

/* Refs must name collections; names must differ. */
static struct problem *
link_collections(struct reader *r, const struct collections *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct collection *c = &set->all[i];

		r->file = arena_printf(r->life, "%s.json", c->name);
		r->field = NULL;
		if (collection_find(set, c->name) != c)
			return mistake(r, "two files define the collection \"%s\"", c->name);
		for (size_t j = 0; j < c->field_count; j++) {
			r->field = c->fields[j].name;
			if (c->fields[j].ref != NULL && collection_find(set, c->fields[j].ref) == NULL)
				return mistake(r, "\"ref\" names no collection");
		}
	}
	return NULL;
}

/* Whoever may see what follows from these: when they change, devices start again. */
static void
hash_visibility(struct arena *life, struct collections *set)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	buf_init(&b, life);
	for (size_t i = 0; i < set->count; i++) {
		const struct collection *c = &set->all[i];

		buf_printf(&b, "%s %d %d", c->name, c->own, c->may[MAY_READ]);
		for (size_t j = 0; j < c->field_count; j++)
			if (c->fields[j].is_private)
				buf_printf(&b, " %s", c->fields[j].name);
		buf_char(&b, '\n');
	}
	sha256(b.text, b.length, digest);
	memcpy(set->visibility, hex_text(life, digest, 8), sizeof set->visibility);
}

struct problem *
collections_load(struct arena *life, const char *folder, const struct collections **collections)
{
	struct problem *p;
	struct reader r = { .life = life, .file = folder };
	struct collections *set = arena_alloc(life, sizeof *set);
	struct collection *all = arena_alloc(life, COLLECTIONS_MAX * sizeof *all);
	struct dirent **entries;
	int n = scandir(folder, &entries, is_definition, alphasort);

	if (n < 0)
		return mistake(&r, "cannot be read: %s; set \"definitions\" to the folder of the collection definitions", strerror(errno));
	if (n == 0 || n > COLLECTIONS_MAX)
		p = mistake(&r, "holds %d definitions; there must be 1 to %d", n, COLLECTIONS_MAX);
	else
		p = NULL;
	set->all = all;
	for (int i = 0; i < n; i++) {
		r.file = arena_strdup(life, entries[i]->d_name);
		r.field = NULL;
		if (p == NULL && (p = read_file(&r, arena_printf(life, "%s/%s", folder, entries[i]->d_name), &all[set->count])) == NULL)
			set->count++;
		free(entries[i]);
	}
	free(entries);
	if (p != NULL || (p = link_collections(&r, set)) != NULL)
		return p;
	hash_visibility(life, set);
	*collections = set;
	return NULL;
}
