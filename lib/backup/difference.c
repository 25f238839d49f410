/* difference.c -- the file and the space are gone through at once: both are in the order of an archive, so of each only
 * one record is in memory.  A record that is in one of them alone, or differs, is a step. */
#include <string.h>

#include "base/text.h"
#include "restore_work.h"
#include "store/statement.h"

enum {
	TITLE_CHARACTERS = 60
};

/* ---- examples ---- */

static void
add_title(struct buf *b, const struct collection *c, const char *const *values, const char *field)
{
	const char *text = value_plain(b->arena, value_named(c, values, field));

	if (text == NULL)
		return;
	buf_text(b, b->length == 0 ? "" : " ");
	buf_text(b, text);
}

/* The first text that each record of a collection has; NULL for none. */
static const char *
first_text(const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].type == FIELD_TEXT && c->fields[i].required && !c->fields[i].is_private)
			return c->fields[i].name;
	return NULL;
}

/* What the record is called by people, from the fields that everybody sees; "" when it says nothing. */
static const char *
title_of(struct restore *r, const struct collection *c, const char *doc)
{
	const char *const *values = (const char *const *)values_parse(r->scratch, c, doc, NULL);
	struct buf b;

	buf_init(&b, r->scratch);
	for (size_t i = 0; i < c->title.count; i++)
		add_title(&b, c, values, c->title.all[i]);
	if (c->title.count == 0 && first_text(c) != NULL)
		add_title(&b, c, values, first_text(c));
	return arena_strndup(r->call->a, b.text, utf8_bytes(b.text, TITLE_CHARACTERS));
}

static struct problem *
step(struct restore *r, enum step_kind kind, const struct incoming *in, const char *doc)
{
	struct restore_count *count = &r->counts[in->collection - r->call->set->all];

	count->of[kind]++;
	if (kind == STEP_UNCHANGED)
		return NULL;
	if (count->example_count < RESTORE_EXAMPLES) {
		count->examples[count->example_count].kind = kind;
		count->examples[count->example_count].id = arena_strdup(r->call->a, in->id);
		count->examples[count->example_count++].title = title_of(r, in->collection, doc);
	}
	if (kind == STEP_KEPT)
		return NULL;
	r->owners += in->orphan;
	return spool_add(r, kind, in);
}

/* ---- one after the other ---- */

/* True for a record that the file has under another id. */
static bool
is_moved(const struct restore *r, const struct record *here)
{
	return r->moved.used > 0 &&
	    seen_find(&r->moved, arena_printf(r->scratch, "%s %s", here->collection->name, here->id)) != NULL;
}

static bool
equal_or_none(const char *left, const char *right)
{
	left = left == NULL ? "{}" : left;
	return strcmp(left, right == NULL ? "{}" : right) == 0;
}

/* What somebody else wrote to people says what they wrote: a file that anybody can have made does not change it. */
static bool
stays_as_written(const struct restore *r, const struct record *here)
{
	return here->collection->addressee != NULL && !r->read.head.ours &&
	    strcmp(here->owner, r->call->person->user_id) != 0;
}

/* What becomes of a record of the file, beside the one of the space with its id, or NULL. */
static struct problem *
compare(struct restore *r, const struct incoming *in, const struct record *here)
{
	if (here == NULL || here->deleted)
		return step(r, STEP_NEW, in, in->doc);
	if (strcmp(here->doc, in->doc) == 0 && equal_or_none(here->doc_private, in->doc_private) &&
	    strcmp(here->owner, in->owner) == 0)
		return step(r, STEP_UNCHANGED, in, in->doc);
	return step(r, (r->asked->keep_changed && !r->asked->replace) || stays_as_written(r, here) ? STEP_KEPT
	    : STEP_CHANGED, in, in->doc);
}

/* What is left of a record that the file does not have: of the settings, what decides about backups may be. */
static struct problem *
left_of(struct restore *r, struct incoming *left)
{
	const struct collection *c = left->collection;
	const char **values = values_new(r->scratch, c);
	struct problem *p;
	bool any = false;

	if ((p = restore_settings(r, c, values, &any)) != NULL || !any)
		return p;
	left->doc = values_doc(r->scratch, c, (const char *const *)values, false);
	left->doc_private = c->has_private ? values_doc(r->scratch, c, (const char *const *)values, true) : NULL;
	return NULL;
}

/* A record of the space that the file does not have. */
static struct problem *
only_here(struct restore *r)
{
	const struct record *here = r->here;
	struct incoming left = { here->collection, here->id, here->owner, NULL, NULL, false };
	struct problem *p;

	if (here->deleted || !r->asked->replace || restore_never(here->collection->name) || is_moved(r, here))
		return NULL;
	if ((p = left_of(r, &left)) != NULL)
		return p;
	return left.doc == NULL ? step(r, STEP_DELETED, &left, here->doc) : compare(r, &left, here);
}

static struct problem *
pass(struct restore *r)
{
	struct problem *p = only_here(r);

	return p != NULL ? p : walk_next(r->walk, &r->here);
}

/* One that has another id here than in the file is looked up. */
static struct problem *
compare_moved(struct restore *r, const struct incoming *in)
{
	struct problem *p;
	struct rows *rows;
	struct record here;
	bool found;

	p = db_run(r->call->db, r->scratch, SQL(RECORD_READ), VALUES(value_id(r->call->person->space_id),
	    value_text(in->collection->name), value_key(in->id)), &rows);
	if (p != NULL)
		return p;
	found = rows->count > 0 && record_of_row(r->call->set, rows, 0, &here);
	return compare(r, in, found ? &here : NULL);
}

static struct problem *
meet_record(struct restore *r, const struct archive_record *in)
{
	struct problem *p = NULL;
	struct incoming incoming;
	int order = -1;
	bool taken;

	if (!restore_is_asked(r, in->collection))
		return NULL;
	if ((p = restore_incoming(r, in, &incoming, &taken)) != NULL)
		return p;
	while (r->here != NULL && (order = walk_compare(r->here->collection->name, r->here->id, in->collection,
	    in->id)) < 0)
		if ((p = pass(r)) != NULL)
			return p;
	if (!taken) /* what is here under that id stays */
		return r->here != NULL && order == 0 ? walk_next(r->walk, &r->here) : NULL;
	if (strcmp(incoming.id, in->id) != 0)
		return compare_moved(r, &incoming);
	if (r->here == NULL || order != 0)
		return compare(r, &incoming, NULL);
	p = compare(r, &incoming, r->here);
	return p != NULL ? p : walk_next(r->walk, &r->here);
}

static struct problem *
meet(void *arg, const struct archive_record *in)
{
	struct restore *r = arg;
	struct problem *p;

	arena_reset(r->scratch);
	p = meet_record(r, in);
	return p == NULL ? NULL : problem_copy(r->call->a, p);
}

static struct problem *
read_seq(struct restore *r)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(r->call->db, r->scratch, SQL(RESTORE_SEQ), VALUES(value_id(r->call->person->space_id)), &rows);
	r->seq = p == NULL && rows->count > 0 ? row_integer(rows, 0, RESTORE_SEQ_SEQ) : -1;
	return p == NULL ? NULL : problem_copy(r->call->a, p);
}

static void
begin_anew(struct restore *r)
{
	struct arena *a = r->call->a;

	r->counts = arena_alloc(a, (r->call->set->count + 1) * sizeof *r->counts);
	r->note_count = 0;
	r->owners = 0;
	r->walk = walk_new(r->call, a, &r->asked->collections);
}

struct problem *
restore_difference(struct restore *r)
{
	static const struct archive_visitor visitor = { .record = meet };
	struct archive_read read;
	struct problem *p;

	begin_anew(r);
	if (r->spool != NULL && (p = spool_empty(r)) != NULL)
		return p;
	if ((p = read_seq(r)) != NULL || (p = walk_next(r->walk, &r->here)) != NULL ||
	    (p = restore_read(r, &visitor, r, &read)) != NULL)
		return p;
	while (r->here != NULL) {
		arena_reset(r->scratch);
		if ((p = pass(r)) != NULL)
			return problem_copy(r->call->a, p);
	}
	if (memcmp(read.sha256, r->read.sha256, sizeof read.sha256) != 0)
		return problem_new(r->call->a, PROBLEM_INVALID, "The file changed while it was read.");
	return NULL;
}
