/* collection.c -- all values of a record together: documents, sort keys and natural ids.  field.c knows one value,
 * definition.c reads the definitions. */
#include "model/collection.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json_out.h"

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

/* Find at most so many collections, from index first on, whose views combine to this. */
static bool
find_added(const struct collections *set, size_t first, uint64_t views, size_t most, const struct collection **added,
    size_t *count)
{
	if (views == 0)
		return true;
	for (size_t i = first; most > 0 && i < set->count; i++) {
		added[*count] = &set->all[i];
		++*count;
		if (find_added(set, i + 1, views ^ set->all[i].view, most - 1, added, count))
			return true;
		--*count;
	}
	return false;
}

bool
collections_continue(const struct collections *set, const char *visibility,
    const struct collection *added[COLLECTIONS_ADDED_MAX], size_t *count)
{
	char views[17] = "", now[17] = "";

	*count = 0;
	if (strcmp(visibility, set->visibility) == 0 || strcmp(visibility, set->former_visibility) == 0)
		return true;
	if (strlen(visibility) < 16)
		return false;
	memcpy(views, visibility, 16);
	memcpy(now, set->visibility, 16);
	return find_added(set, 0, strtoull(views, NULL, 16) ^ strtoull(now, NULL, 16), COLLECTIONS_ADDED_MAX,
	    added, count);
}

const char **
values_new(struct arena *a, const struct collection *c)
{
	return arena_alloc(a, (c->field_count + 1) * sizeof(const char *));
}

bool
field_is_unique(const struct collection *c, const struct field *f)
{
	for (size_t i = 0; i < c->unique_count; i++)
		if (c->unique[i] == f)
			return true;
	return false;
}

const char **
values_copy(struct arena *a, const struct collection *c, const char *const *values)
{
	const char **copy = values_new(a, c);

	if (c->field_count > 0)
		memcpy(copy, values, c->field_count * sizeof(const char *));
	return copy;
}

const char *
value_named(const struct collection *c, const char *const *values, const char *field)
{
	const struct field *f = collection_field(c, field);

	return f == NULL ? NULL : values[f->index];
}

bool
value_equal(const char *left, const char *right)
{
	return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
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
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[c->sorted[i]];

		if (values[f->index] != NULL && f->is_private == private_ones)
			put_json(&out, f->name, values[f->index]);
	}
	put_end(&out);
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

/* SHA-256 over the JSON array [collection, owner if own, value, …], values as strings or null; the first 32 hex
 * digits. */
static char *
hash_id(struct arena *a, const struct collection *c, const char *owner, const char *const *values)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	put_text(&out, NULL, c->name);
	if (c->own)
		put_text(&out, NULL, owner);
	for (size_t i = 0; i < c->unique_count; i++)
		put_text(&out, NULL, value_plain(a, values[c->unique[i]->index]));
	put_end(&out);
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
