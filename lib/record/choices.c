/* choices.c -- the choices that a space makes for itself. */
#include "record/choices.h"

#include <string.h>

#include "model/cell.h"
#include "record/record.h"

enum {
	CHOICES_MAX = 100 /* items of a list */
};

/* Read the items of a list as it is in the record, without blank ones. */
static void
take_list(struct arena *a, const char *list, struct texts *choices)
{
	const char **all = arena_alloc(a, CHOICES_MAX * sizeof *all);
	struct json_slice item;

	choices->count = 0;
	while (choices->count < CHOICES_MAX && json_next_element(&list, &item)) {
		const char *text = json_unquote(a, arena_strndup(a, item.text, item.length));

		if (text[strspn(text, " ")] != '\0')
			all[choices->count++] = text;
	}
	choices->all = all;
}

struct problem *
choices_read(const struct call *call, const struct field *f, struct texts *choices)
{
	const struct collection *settings = collection_find(call->set, f->from_collection);
	struct problem *p;
	struct record record;
	const char *list;
	bool found;

	*choices = f->choices;
	if ((p = record_find(call, settings, "settings", &record, &found)) != NULL || !found || record.deleted)
		return p;
	list = value_named(settings, values_parse(call->a, settings, record.doc, NULL), f->from_field);
	if (list == NULL)
		return NULL;
	take_list(call->a, list, choices);
	if (choices->count == 0)
		*choices = f->choices;
	return NULL;
}

/* The choice that matches text, or NULL. */
static const char *
find_choice(struct arena *a, const struct texts *choices, const char *text, bool loosely)
{
	if (loosely)
		return texts_meant(a, choices, text);
	return texts_hold(choices, text) ? text : NULL;
}

static struct problem *
not_a_choice(struct arena *a, const struct field *f, const struct texts *choices)
{
	struct problem *p;
	struct buf words, json;

	buf_init(&words, a);
	buf_init(&json, a);
	buf_text(&json, "\"choices\":[");
	for (size_t i = 0; i < choices->count; i++) {
		buf_printf(&words, "%s%s", i == 0 ? "" : ", ", choices->all[i]);
		if (i > 0)
			buf_char(&json, ',');
		json_quote(&json, choices->all[i]);
	}
	buf_char(&json, ']');
	p = problem_at(a, PROBLEM_INVALID, f->name, "%s must be one of: %s.", f->name, words.text);
	p->members = json.text;
	return p;
}

static struct problem *
settle(struct arena *a, const struct field *f, const struct texts *choices, bool touched, bool loosely,
    const char **value)
{
	const char *chosen = find_choice(a, choices, value_plain(a, *value), loosely);

	if (chosen == NULL && !touched)
		chosen = choices->all[0];
	if (chosen == NULL)
		return not_a_choice(a, f, choices);
	*value = json_quoted(a, chosen);
	return NULL;
}

struct problem *
choices_settle(const struct call *call, const struct collection *c, const bool *touched, bool loosely,
    const char *const *before, const char **after)
{
	struct problem *p;
	struct texts choices;

	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->from_field == NULL || after[i] == NULL || value_equal(before[i], after[i]))
			continue;
		if ((p = choices_read(call, f, &choices)) != NULL ||
		    (p = settle(call->a, f, &choices, touched[i] || before[i] != NULL, loosely, &after[i])) != NULL)
			return p;
	}
	return NULL;
}
