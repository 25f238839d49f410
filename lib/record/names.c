/* names.c -- keeps the names it has found by kind and id. */
#include "record/names.h"

#include <string.h>

#include "base/id.h"
#include "model/policy.h"
#include "record/record.h"
#include "store/statement.h"

void
names_start(struct names *names, const struct call *call, const struct collection *of)
{
	*names = (struct names){ .call = call, .of = of };
	seen_start(&names->known, call->a);
}

/* The place of a name, which is NULL in a new one. */
static const char **
find_place(struct names *names, const char *kind, const char *id)
{
	struct arena *a = names->call->a;
	struct seen_entry *entry = seen_entry(&names->known, arena_printf(a, "%s %s", kind, id));

	if (entry->count > 0)
		return &names->texts[entry->count - 1];
	if (names->count == names->room) {
		size_t room = names->room == 0 ? 64 : 2 * names->room;
		const char **more = arena_alloc(a, room * sizeof *more);

		if (names->count > 0)
			memcpy(more, names->texts, names->count * sizeof *more);
		names->texts = more;
		names->room = room;
	}
	names->texts[names->count] = NULL;
	entry->count = (uint32_t)++names->count;
	return &names->texts[names->count - 1];
}

/* The values of the fields that name a record, with a blank between them; NULL where all are empty. */
static const char *
title_of(struct arena *a, const struct collection *c, const char *const *values)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < c->title.count; i++) {
		const char *text = value_plain(a, value_named(c, values, c->title.all[i]));

		if (text != NULL)
			buf_printf(&b, "%s%s", b.length == 0 ? "" : " ", text);
	}
	for (size_t i = 0; c->title.count == 0 && i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->type == FIELD_TEXT && f->required && f->format == NULL && !f->is_private && values[i] != NULL)
			return value_plain(a, values[i]);
	}
	return b.length == 0 ? NULL : b.text;
}

struct problem *
names_record(struct names *names, struct arena *a, const struct collection *c, const char *id, const char **name)
{
	const struct call call = call_in(names->call, a);
	struct arena *life = names->call->a;
	const char **place = find_place(names, c->name, id);
	struct record record;
	struct problem *p;
	bool found = false;

	if (*place == NULL && c->id_label == NULL) {
		if ((p = record_find(&call, c, id, &record, &found)) != NULL)
			return p;
		if (found && !record.deleted && policy_sees(names->call->person, c, record.owner, record.reader))
			*place = arena_strdup(life,
			    title_of(a, c, (const char *const *)values_parse(a, c, record.doc, NULL)));
	}
	if (*place == NULL)
		*place = arena_strdup(life, id);
	*name = *place;
	return NULL;
}

struct problem *
names_user(struct names *names, struct arena *a, const char *id, const char **name)
{
	const struct call *call = names->call;
	const char **place = find_place(names, "", id);
	struct value space = value_id(call->person->space_id);
	struct problem *p;
	struct rows *rows;

	if (*place == NULL && strcmp(id, NOBODY) == 0)
		*place = "Daybook";
	if (*place == NULL && uuid_valid(id)) {
		p = db_run(call->db, a, SQL(RECORD_PERSON),
		    VALUES(value_id(id), space, space, value_text(names->of->name)), &rows);
		if (p != NULL)
			return p;
		if (rows->count > 0)
			*place = arena_strdup(call->a, row_text(rows, 0, PERSON_NAME_TEXT));
	}
	if (*place == NULL)
		*place = arena_strdup(call->a, id);
	*name = *place;
	return NULL;
}
