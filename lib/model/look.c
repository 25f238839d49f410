/* look.c -- the members of a definition that only screens use: the title of a record, fields shown as one, fields that
 * are added up, values that are good or bad.  The server checks them and passes them on.  Neither stored data nor
 * rights depend on them, so they may change at any time. */
#include "definition.h"

#include <string.h>

#include "base/json.h"

static const char *const tones[] = { "plain", "good", "warn", "bad", "accent" };

/* The values of `format`, and the type that each is for. */
static const struct {
	const char *name;
	enum field_type type;
} formats[] = {
	{ "user", FIELD_TEXT },        /* the id of a user, shown by name */
	{ "zone", FIELD_TEXT },        /* a time zone, in which the record's instants are shown */
	{ "duration", FIELD_INTEGER }, /* seconds, shown as hours and minutes */
	{ "colour", FIELD_CHOICE },    /* names of colours, shown as such */
};

static bool
is_number(const struct field *f)
{
	return f->type == FIELD_INTEGER || f->type == FIELD_DECIMAL || f->type == FIELD_MONEY;
}

static struct problem *
read_format(struct reader *r, struct json_object *from, struct field *f)
{
	struct problem *p = get_text(r, from, "format", false, &f->format);

	if (p != NULL || f->format == NULL)
		return p;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i].type == f->type && strcmp(formats[i].name, f->format) == 0)
			return NULL;
	return mistake(r, "\"format\" must be user or zone, of a text, duration, of an integer, "
	    "or colour, of a choice");
}

static struct problem *
read_sum(struct reader *r, struct json_object *from, const struct field *f)
{
	struct problem *p;
	bool sum = false;

	if ((p = get_flag(r, from, "sum", &sum)) != NULL)
		return p;
	return sum && !is_number(f) ? mistake(r, "\"sum\" is of a number") : NULL;
}

static struct problem *
check_tone(struct reader *r, struct json_object *tone)
{
	if (json_object_is_type(tone, json_type_string))
		for (size_t i = 0; i < sizeof tones / sizeof tones[0]; i++)
			if (strcmp(tones[i], json_object_get_string(tone)) == 0)
				return NULL;
	return mistake(r, "a tone is plain, good, warn, bad or accent");
}

/* Check "tone": for a boolean, the tone of true; for a choice, the tones of its values. */
static struct problem *
read_tone(struct reader *r, struct json_object *from, const struct field *f)
{
	struct json_object *tone;
	struct problem *p;

	if (!json_object_object_get_ex(from, "tone", &tone))
		return NULL;
	if (f->type == FIELD_BOOLEAN)
		return check_tone(r, tone);
	if (f->type != FIELD_CHOICE ||
	    !json_object_is_type(tone, json_type_object) || json_object_object_length(tone) == 0)
		return mistake(r, "\"tone\" is a tone, of a boolean, or an object of choices and tones, of a choice");
	json_object_object_foreach(tone, choice, value) {
		if (!texts_hold(&f->choices, choice))
			return mistake(r, "\"tone\" names \"%s\", which is not one of \"choices\"", choice);
		if ((p = check_tone(r, value)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
read_past(struct reader *r, struct json_object *from, const struct field *f)
{
	struct json_object *past;

	if (!json_object_object_get_ex(from, "past", &past))
		return NULL;
	if (f->type == FIELD_BOOLEAN && json_object_is_type(past, json_type_boolean))
		return NULL;
	if (f->type == FIELD_CHOICE && json_object_is_type(past, json_type_string) &&
	    texts_hold(&f->choices, json_object_get_string(past)))
		return NULL;
	return mistake(r, "\"past\" must be a value of a boolean or one of the choices of a choice");
}

struct problem *
look_read_field(struct reader *r, struct json_object *from, struct field *f)
{
	struct problem *p;

	if ((p = read_format(r, from, f)) != NULL ||
	    (p = read_sum(r, from, f)) != NULL ||
	    (p = read_tone(r, from, f)) != NULL ||
	    (p = read_past(r, from, f)) != NULL)
		return p;
	if ((p = get_text(r, from, "pair", false, &f->pair)) != NULL)
		return p;
	return get_text(r, from, "with", false, &f->with);
}

static bool
can_be_paired(const struct field *f)
{
	switch (f->type) {
	case FIELD_BOOLEAN:
	case FIELD_PLACE:
	case FIELD_FILE:
	case FIELD_LIST:
	case FIELD_JSON:
		return false;
	default:
		return true;
	}
}

/* True when a field other than f has this one as its pair. */
static bool
is_paired(const struct collection *c, const struct field *f, const char *name)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (&c->fields[i] != f && c->fields[i].pair != NULL && strcmp(c->fields[i].pair, name) == 0)
			return true;
	return false;
}

static struct problem *
link_pair(struct reader *r, const struct collection *c, const struct field *f)
{
	const struct field *first;

	if (f->pair == NULL)
		return NULL;
	first = collection_field(c, f->pair);
	if (first == NULL || first == f || first->type != f->type || !can_be_paired(f))
		return mistake(r, "\"pair\" must name another field of the same type, one with words");
	if (first->is_private && !f->is_private)
		return mistake(r, "\"pair\" of a public field cannot name a private one");
	if (first->pair != NULL || is_paired(c, f, first->name) || is_paired(c, f, f->name))
		return mistake(r, "\"pair\": a field is in one pair only");
	return NULL;
}

/* At most one field may be the record's zone. */
static struct problem *
link_zone(struct reader *r, const struct collection *c, const struct field *f)
{
	if (f->format == NULL || strcmp(f->format, "zone") != 0)
		return NULL;
	for (size_t i = 0; i < f->index; i++)
		if (c->fields[i].format != NULL && strcmp(c->fields[i].format, "zone") == 0)
			return mistake(r, "\"format\": there is a zone already, \"%s\"", c->fields[i].name);
	return NULL;
}

static struct problem *
link_with(struct reader *r, const struct collection *c, const struct field *f)
{
	const struct field *named = f->with == NULL ? NULL : collection_field(c, f->with);

	if (f->with == NULL || (named != NULL && named->type == FIELD_REF))
		return NULL;
	return mistake(r, "\"with\" must name a reference of the same definition");
}

static bool
can_be_title(const struct field *f)
{
	return !f->is_private && !f->retired && !f->hidden && (can_be_paired(f) || f->type == FIELD_LIST);
}

static struct problem *
link_title(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;
	struct texts title;

	if ((p = get_texts(r, from, "title", &title)) != NULL)
		return p;
	c->title = title;
	for (size_t i = 0; i < title.count; i++) {
		const struct field *f = collection_field(c, title.all[i]);

		if (f == NULL || !can_be_title(f))
			return mistake(r, "\"title\" must name public fields that are shown in words");
		for (size_t j = 0; j < i; j++)
			if (strcmp(title.all[j], title.all[i]) == 0)
				return mistake(r, "\"title\" names \"%s\" twice", title.all[i]);
	}
	return NULL;
}

struct problem *
look_link(struct reader *r, struct json_object *from, struct collection *c)
{
	struct problem *p;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		r->field = f->name;
		if ((p = link_pair(r, c, f)) != NULL ||
		    (p = link_zone(r, c, f)) != NULL ||
		    (p = link_with(r, c, f)) != NULL)
			return p;
	}
	r->field = NULL;
	return link_title(r, from, c);
}
