/* definition.c -- reads the collection definitions.  They come from the operator, so they are trusted but not assumed
 * to be right: the first mistake stops the start and is named with file, field and reason. */
#include "definition.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/id.h"
#include "base/json_out.h"
#include "model/rule.h"

static const char *const may_names[MAY_COUNT] = {
	[MAY_READ] = "read",
	[MAY_CREATE] = "create",
	[MAY_UPDATE] = "update",
	[MAY_DELETE] = "delete",
};

/* Names that fields cannot have: members of every record, and parameters and members of requests. */
static const char *const taken_names[] = {
	"id", "version", "seq", "owner", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy", "deleted",
	"removed", "expectedVersion", "renamedFrom", "sort", "limit", "after", "before", "fields", "q", "since",
	"collections", "space", "again", "dates", "dryRun", "map", "skipBad", "where", "format", "line",
};

enum {
	TEXT_LENGTH_DEFAULT = 1000,
	TEXT_LENGTH_MAX = 20000,
	DEFINITION_BYTES_MAX = 1 << 20,
	COLLECTIONS_MAX = 200
};

static bool
name_valid(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

	return n >= 1 && n <= 40 && name[n] == '\0' && name[0] >= 'a' && name[0] <= 'z';
}

static bool
is_taken(const char *name)
{
	for (size_t i = 0; i < sizeof taken_names / sizeof taken_names[0]; i++)
		if (strcmp(taken_names[i], name) == 0)
			return true;
	return false;
}

struct problem *
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

struct problem *
as_mistake(struct reader *r, struct problem *p)
{
	return p == NULL ? NULL
	    : mistake(r, "%s", p->field != NULL ? arena_printf(r->life, "%s: %s", p->field, p->detail) : p->detail);
}

struct problem *
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

struct problem *
get_flag(struct reader *r, struct json_object *from, const char *key, bool *value)
{
	return as_mistake(r, json_get_boolean(r->life, from, key, value, NULL));
}

static struct problem *
get_bound(struct reader *r, struct json_object *from, const char *key, const struct field *f,
    bool *given, int64_t *value)
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
read_texts(struct reader *r, struct json_object *list, const char *key, struct texts *texts)
{
	const char **all;

	if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
		return mistake(r, "\"%s\" must be a list of texts", key);
	texts->count = json_object_array_length(list);
	texts->all = all = arena_alloc(r->life, texts->count * sizeof *all);
	for (size_t i = 0; i < texts->count; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (!json_object_is_type(item, json_type_string))
			return mistake(r, "\"%s\" must be a list of texts", key);
		all[i] = arena_strdup(r->life, json_object_get_string(item));
	}
	return NULL;
}

struct problem *
get_texts(struct reader *r, struct json_object *from, const char *key, struct texts *texts)
{
	struct json_object *list;

	*texts = (struct texts){ 0 };
	return json_object_object_get_ex(from, key, &list) ? read_texts(r, list, key, texts) : NULL;
}

/* Read "instead": a list of names, or a list of such lists, any of which will do. */
static struct problem *
get_instead(struct reader *r, struct json_object *from, struct field *f)
{
	struct problem *p;
	struct json_object *list;
	struct texts *all;
	size_t count;
	bool several;

	if (!json_object_object_get_ex(from, "instead", &list))
		return NULL;
	several = json_object_is_type(list, json_type_array) && json_object_array_length(list) > 0 &&
	    json_object_is_type(json_object_array_get_idx(list, 0), json_type_array);
	count = several ? json_object_array_length(list) : 1;
	f->instead = all = arena_alloc(r->life, count * sizeof *all);
	for (f->instead_count = 0; f->instead_count < count; f->instead_count++) {
		struct json_object *one = several ? json_object_array_get_idx(list, f->instead_count) : list;

		if ((p = read_texts(r, one, "instead", &all[f->instead_count])) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
get_choices(struct reader *r, struct json_object *from, struct field *f)
{
	struct problem *p = get_texts(r, from, "choices", &f->choices);

	if (p != NULL)
		return p;
	if ((f->type == FIELD_CHOICE) != (f->choices.count > 0))
		return mistake(r,
		    f->type == FIELD_CHOICE ? "a choice needs \"choices\"" : "\"choices\" are of a choice");
	return NULL;
}

/* Read "choicesFrom", such as "spaceSettings.locations": a list in the single record that each space has in that
 * collection. */
static struct problem *
get_choices_from(struct reader *r, struct json_object *from, struct field *f)
{
	struct problem *p;
	const char *name, *dot;

	if ((p = get_text(r, from, "choicesFrom", false, &name)) != NULL || name == NULL)
		return p;
	if (f->type != FIELD_CHOICE || (dot = strchr(name, '.')) == NULL)
		return mistake(r, "\"choicesFrom\" must be collection.field, of a choice");
	f->from_collection = arena_strndup(r->life, name, (size_t)(dot - name));
	f->from_field = arena_strdup(r->life, dot + 1);
	return NULL;
}

static struct problem *
get_default(struct reader *r, struct json_object *from, struct field *f)
{
	struct json_object *value;

	if (!json_object_object_get_ex(from, "default", &value) || value == NULL)
		return NULL;
	if (f->from_field != NULL && !texts_hold(&f->choices, json_object_get_string(value)))
		return mistake(r, "\"default\" must be one of \"choices\"");
	return as_mistake(r, field_read(r->life, f, value, &f->initial));
}

static struct problem *
read_field(struct reader *r, struct json_object *from, struct field *f)
{
	static const char *const known[] = {
		"name", "label", "help", "unit", "type", "required", "immutable", "private", "retired", "derived",
		"default", "min", "max", "maxLength", "scale", "choices", "choicesFrom", "ref", "atLeast", "hidden",
		"also", "instead", "format", "pair", "sum", "tone", "past", "with", NULL
	};
	struct problem *p;

	r->field = NULL;
	if (!json_object_is_type(from, json_type_object))
		return mistake(r, "\"fields\" must be a list of objects");
	if ((p = get_text(r, from, "name", true, &f->name)) != NULL)
		return p;
	r->field = f->name;
	if (!name_valid(f->name))
		return mistake(r, "a name has at most 40 letters and digits and starts with a small letter");
	if (is_taken(f->name))
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
	    (p = get_flag(r, from, "hidden", &f->hidden)) != NULL ||
	    (p = get_integer(r, from, "scale", 0, 6, &f->scale)) != NULL ||
	    (p = get_integer(r, from, "maxLength", 1, TEXT_LENGTH_MAX, &f->max_length)) != NULL ||
	    (p = get_bound(r, from, "min", f, &f->has_min, &f->min)) != NULL ||
	    (p = get_bound(r, from, "max", f, &f->has_max, &f->max)) != NULL ||
	    (p = get_texts(r, from, "also", &f->also)) != NULL ||
	    (p = get_instead(r, from, f)) != NULL ||
	    (p = get_choices(r, from, f)) != NULL ||
	    (p = get_choices_from(r, from, f)) != NULL ||
	    (p = get_default(r, from, f)) != NULL ||
	    (p = look_read_field(r, from, f)) != NULL)
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

/* One alternative of "instead" names fields that clients write, of a required field. */
static struct problem *
check_alternative(struct reader *r, const struct collection *c, const struct field *f, const struct texts *names)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct field *other = collection_field(c, names->all[i]);

		if (!f->required || other == NULL || other == f || other->derived || other->retired)
			return mistake(r, "\"instead\" must name other fields that clients write, of a required field");
	}
	return NULL;
}

static struct problem *
check_instead(struct reader *r, const struct collection *c, const struct field *f)
{
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < f->instead_count; i++)
		p = check_alternative(r, c, f, &f->instead[i]);
	return p;
}

/* Resolve references between fields, after all fields are read. */
static struct problem *
link_fields(struct reader *r, const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i], *other;
		struct problem *p;

		r->field = f->name;
		if ((p = check_instead(r, c, f)) != NULL)
			return p;
		if (f->at_least == NULL)
			continue;
		if ((other = collection_field(c, f->at_least)) == NULL || other->type != f->type || other == f)
			return mistake(r, "\"atLeast\" must name another field of the same type");
		if (other->is_private && !f->is_private)
			return mistake(r, "\"atLeast\" of a public field cannot name a private one");
		if (f->type == FIELD_BOOLEAN || f->type == FIELD_PLACE || f->type == FIELD_LIST ||
		    f->type == FIELD_JSON)
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
	for (int i = 0; i < MAY_COUNT; i++)
		if (c->may[i] < c->may[MAY_READ])
			return mistake(r, "\"may\": whoever may %s must be allowed to read", may_names[i]);
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
		const struct field *f = json_object_is_type(item, json_type_string)
		    ? collection_field(c, json_object_get_string(item)) : NULL;

		if (f == NULL || f->is_private || f->retired || f->derived)
			return mistake(r, "\"unique\" must name public fields that clients write");
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
		if (f == NULL || !f->required || !field_is_unique(c, f))
			return mistake(r, "\"idForm\" must name required fields that are \"unique\"");
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
	    (p = get_text(r, from, "idLabel", false, &c->id_label)) != NULL ||
	    (p = get_texts(r, from, "idAlso", &c->id_also)) != NULL)
		return p;
	if (c->id_label == NULL && c->id_also.count > 0)
		return mistake(r, "\"idAlso\" needs \"idLabel\"");
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
	return strchr(form, '{') == NULL
	    ? mistake(r, "\"idForm\" must be given, hash, or a template with {fields}") : check_template(r, c);
}

static const struct rule *
find_rule(const struct reader *r, const char *name)
{
	for (size_t i = 0; r->rules[i] != NULL; i++)
		if (strcmp(r->rules[i]->name, name) == 0)
			return r->rules[i];
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

		if ((found[i] = find_rule(r, name)) == NULL)
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

/* The addressee must be immutable, so that a record never leaves anybody's view because of it. */
static struct problem *
read_addressee(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	const char *name;
	const struct field *f;

	if ((p = get_text(r, from, "addressee", false, &name)) != NULL || name == NULL)
		return p;
	f = c->addressee = collection_field(c, name);
	if (f == NULL || f->type != FIELD_TEXT || !f->immutable || f->is_private || f->derived || f->retired ||
	    f->initial != NULL)
		return mistake(r, "\"addressee\" must name a public text that is immutable and has no default");
	return c->own ? mistake(r, "\"addressee\" and \"own\" exclude each other") : NULL;
}

/* A record that an imported file names is made where there is none, and its id from the name. */
static struct problem *
read_import_by(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	const char *name;
	const struct field *f;

	if ((p = get_text(r, from, "importBy", false, &name)) != NULL || name == NULL)
		return p;
	f = c->import_by = collection_field(c, name);
	if (f == NULL || f->type != FIELD_TEXT || !f->required || f->is_private || f->derived || f->retired)
		return mistake(r, "\"importBy\" must name a public text that is required");
	return c->id_form != ID_GIVEN || c->id_label != NULL || c->addressee != NULL
	    ? mistake(r, "\"importBy\" is for given ids that people do not name, without an addressee") : NULL;
}

/* What keeps a record from being deleted, so that clients offer no undo that a rule refuses: a day that has come, or a
 * choice that is not its default, which an undo may write. */
static struct problem *
read_lasts(struct reader *r, struct json_object *from, const struct collection *c)
{
	struct problem *p;
	const struct field *f;
	const char *name;
	bool undone = false; /* like lasts, for clients alone */

	if ((p = get_flag(r, from, "undone", &undone)) != NULL ||
	    (p = get_text(r, from, "lasts", false, &name)) != NULL)
		return p;
	f = name == NULL ? NULL : collection_field(c, name);
	if (name != NULL && (f == NULL || f->is_private || f->retired ||
	    !(f->type == FIELD_DATE || (f->type == FIELD_CHOICE && f->initial != NULL))))
		return mistake(r, "\"lasts\" must name a public date, or a public choice with a default");
	if (undone && (f == NULL || f->type != FIELD_CHOICE || f->derived))
		return mistake(r, "\"undone\" needs \"lasts\" to name a choice that clients write");
	return NULL;
}

/* A file without a header cannot be checked against names, so only public, writable fields may be listed here. */
static struct problem *
read_headerless(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p = get_texts(r, from, "headerless", &c->headerless);

	for (size_t i = 0; p == NULL && i < c->headerless.count; i++) {
		const struct field *f = collection_field(c, c->headerless.all[i]);

		if (f == NULL && c->id_label != NULL && strcmp(c->headerless.all[i], "id") == 0)
			continue;
		if (f == NULL || f->is_private || f->derived || f->retired || f->type == FIELD_JSON)
			return mistake(r,
			    "\"headerless\" must name the id, where people give it, or public fields that are written");
	}
	return p;
}

/* The definition as clients get it: the members of the file, with or without its private fields. */
static const char *
show_definition(struct arena *life, struct json_object *from, bool with_private)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, life);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	json_object_object_foreach(from, key, value) {
		if (strcmp(key, "fields") != 0) {
			json_canonical(put_value(&out, key), value);
			continue;
		}
		put_array(&out, key);
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			struct json_object *field = json_object_array_get_idx(value, i), *is_private;

			if (!with_private && json_object_object_get_ex(field, "private", &is_private) &&
			    json_object_get_boolean(is_private))
				continue;
			json_canonical(put_value(&out, NULL), field);
		}
		put_end(&out);
	}
	put_end(&out);
	return b.text;
}

static struct problem *
read_collection(struct reader *r, struct json_object *from, struct collection *c)
{
	static const char *const known[] = {
		"name", "singular", "label", "icon", "revision", "order", "own", "overseen", "may", "unique",
		"idForm", "idLabel", "idAlso", "headerless", "importBy", "inOrder", "conflict", "addressee",
		"fields", "rules", "help", "title", "lasts", "undone", NULL
	};
	bool in_order; /* for clients alone */
	struct problem *p;

	if ((p = as_mistake(r, json_only(r->life, from, known))) != NULL ||
	    (p = get_text(r, from, "name", true, &c->name)) != NULL ||
	    (p = get_text(r, from, "singular", true, &c->singular)) != NULL ||
	    (p = get_text(r, from, "label", true, &c->label)) != NULL ||
	    (p = get_text(r, from, "icon", false, &c->icon)) != NULL ||
	    (p = get_integer(r, from, "revision", 1, 1000000, &c->revision)) != NULL ||
	    (p = get_flag(r, from, "own", &c->own)) != NULL ||
	    (p = get_flag(r, from, "overseen", &c->overseen)) != NULL ||
	    (p = get_flag(r, from, "inOrder", &in_order)) != NULL ||
	    (p = read_fields(r, from, c)) != NULL ||
	    (p = link_fields(r, c)) != NULL ||
	    (p = look_link(r, from, c)) != NULL ||
	    (p = read_order(r, from, c)) != NULL ||
	    (p = read_may(r, from, c)) != NULL ||
	    (p = read_unique(r, from, c)) != NULL ||
	    (p = read_id_form(r, from, c)) != NULL ||
	    (p = read_headerless(r, from, c)) != NULL ||
	    (p = read_conflict(r, from, c)) != NULL ||
	    (p = read_addressee(r, from, c)) != NULL ||
	    (p = read_import_by(r, from, c)) != NULL ||
	    (p = read_lasts(r, from, c)) != NULL ||
	    (p = read_rules(r, from, c)) != NULL)
		return p;
	if (!name_valid(c->name) || !name_valid(c->singular))
		return mistake(r,
		    "\"name\" and \"singular\" have at most 40 letters and digits and start with a small letter");
	if (id_reserved(c->name))
		return mistake(r, "\"%s\" is a word of the API", c->name);
	if (c->overseen && (!c->own || c->has_private))
		return mistake(r, "\"overseen\" is for \"own\" collections without private fields");
	c->definition = show_definition(r->life, from, true);
	c->definition_public = show_definition(r->life, from, false);
	return NULL;
}

/* Read the whole file, in the scratch arena.  The room for the longest one is static: only as much of it as a file has
 * is ever touched. */
static struct problem *
read_bytes(struct reader *r, struct arena *scratch, const char *path, char **text, size_t *length)
{
	static char room[DEFINITION_BYTES_MAX];
	int wrong = file_read(path, room, sizeof room, length);

	if (wrong == EFBIG)
		return mistake(r, "is no file of at most %d bytes", DEFINITION_BYTES_MAX);
	if (wrong != 0)
		return mistake(r, "cannot be read: %s", strerror(wrong));
	*text = arena_memdup(scratch, room, *length);
	return NULL;
}

static struct problem *
parse_file(struct reader *r, struct arena *scratch, const char *path, struct collection *c)
{
	struct problem *p;
	struct json_object *tree;
	char *text = NULL;
	size_t length = 0;

	if ((p = read_bytes(r, scratch, path, &text, &length)) != NULL)
		return p;
	if ((p = json_parse_object(scratch, text, length, &tree)) != NULL)
		return as_mistake(r, p);
	c->revision = 1;
	return read_collection(r, tree, c);
}

/* The result is copied into life.  The text and its tree are freed here, or each worker would keep them for good. */
static struct problem *
read_file(struct reader *r, const char *path, struct collection *c)
{
	struct arena *scratch = arena_new();
	struct problem *p = parse_file(r, scratch, path, c);

	arena_free(scratch);
	return p;
}

static int
is_definition(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".json") == 0;
}

/* choicesFrom must name a list of a collection with one record in each space, which everybody who may read c may
 * read. */
static struct problem *
link_choices(struct reader *r, const struct collections *set, const struct collection *c, const struct field *f)
{
	const struct collection *target;
	const struct field *list;

	if (f->from_field == NULL)
		return NULL;
	target = collection_find(set, f->from_collection);
	list = target == NULL ? NULL : collection_field(target, f->from_field);
	if (list == NULL || list->type != FIELD_LIST || list->is_private)
		return mistake(r, "\"choicesFrom\" must name a public list of a collection");
	if (!target->has_unique || target->unique_count > 0 || target->own || target->may[MAY_READ] > c->may[MAY_READ])
		return mistake(r, "\"choicesFrom\" must name a collection of one record that everybody may "
		    "read who may read this one");
	return NULL;
}

/* References must name collections, and the names of collections must differ. */
static struct problem *
link_collections(struct reader *r, const struct collections *set)
{
	struct problem *p;

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
			if ((p = link_choices(r, set, c, &c->fields[j])) != NULL)
				return p;
		}
	}
	return NULL;
}

/* Put everything that decides who sees what of a collection. */
static void
put_view(struct buf *b, const struct collection *c)
{
	buf_printf(b, "%s %d %d%s", c->name, c->own, c->may[MAY_READ], c->overseen ? " overseen" : "");
	for (size_t j = 0; j < c->field_count; j++)
		if (c->fields[j].is_private)
			buf_printf(b, " %s", c->fields[j].name);
	if (c->addressee != NULL)
		buf_printf(b, " @%s", c->addressee->name);
	buf_char(b, '\n');
}

static uint64_t
hash_text(const char *text, size_t length)
{
	unsigned char digest[SHA256_SIZE];
	uint64_t hash = 0;

	sha256(text, length, digest);
	for (int i = 0; i < 8; i++)
		hash = hash << 8 | digest[i];
	return hash;
}

/* Hash what decides who sees what; when that changes for a collection, devices load everything again.  The views are
 * combined by XOR, so that collections_continue can tell which ones were added. */
static void
hash_visibility(struct arena *life, struct collections *set, struct collection *all)
{
	struct buf views, one;
	uint64_t sum = 0;

	buf_init(&views, life);
	for (size_t i = 0; i < set->count; i++) {
		buf_init(&one, life);
		put_view(&one, &all[i]);
		put_view(&views, &all[i]);
		all[i].view = hash_text(one.text, one.length);
		sum ^= all[i].view;
	}
	snprintf(set->former_visibility, sizeof set->former_visibility, "%016" PRIx64,
	    hash_text(views.text, views.length));
	snprintf(set->visibility, sizeof set->visibility, "%016" PRIx64 "%.8s", sum, set->stamp);
}

static void
hash_definitions(struct arena *life, struct collections *set)
{
	struct buf b;

	buf_init(&b, life);
	for (size_t i = 0; i < set->count; i++)
		buf_printf(&b, "%s\n", set->all[i].definition);
	snprintf(set->stamp, sizeof set->stamp, "%016" PRIx64, hash_text(b.text, b.length));
}

struct problem *
collections_load(struct arena *life, const char *folder, const struct rule *const *rules,
    const struct collections **collections)
{
	struct problem *p;
	struct reader r = { .life = life, .rules = rules, .file = folder };
	struct collections *set = arena_alloc(life, sizeof *set);
	struct collection *all = arena_alloc(life, COLLECTIONS_MAX * sizeof *all);
	struct dirent **entries;
	int n = scandir(folder, &entries, is_definition, alphasort);

	if (n < 0)
		return mistake(&r,
		    "cannot be read: %s; set \"definitions\" to the folder of the collection definitions",
		    strerror(errno));
	if (n == 0 || n > COLLECTIONS_MAX)
		p = mistake(&r, "holds %d definitions; there must be 1 to %d", n, COLLECTIONS_MAX);
	else
		p = NULL;
	set->all = all;
	for (int i = 0; i < n; i++) {
		r.file = arena_strdup(life, entries[i]->d_name);
		r.field = NULL;
		if (p == NULL && (p = read_file(&r, arena_printf(life, "%s/%s", folder, entries[i]->d_name),
		    &all[set->count])) == NULL)
			set->count++;
		free(entries[i]);
	}
	free(entries);
	if (p != NULL || (p = link_collections(&r, set)) != NULL)
		return p;
	hash_definitions(life, set);
	hash_visibility(life, set, all);
	*collections = set;
	return NULL;
}
