/* restore.c -- brings a backup back.  Read restore_run, at the bottom, first.
 *
 * What would change is found under the lock of the space, so nobody can write between finding and writing: steps go
 * into a file without a name (spool.c), and the pages of one transaction take them from there. */
#include "backup/restore.h"

#include <string.h>

#include "base/instant.h"
#include "restore_work.h"
#include "store/statement.h"

/* ---- sources ---- */

struct stored {
	const struct call *call;
	const struct backup *backup;
	struct backup_reader *reader;
};

static struct problem *
rewind_stored(void *arg)
{
	struct stored *stored = arg;

	return backup_open(stored->call, stored->backup, &stored->reader);
}

static struct problem *
read_stored(void *arg, void *room, size_t size, size_t *got)
{
	struct stored *stored = arg;

	return backup_next(stored->reader, room, size, got);
}

struct restore_source
restore_from_backup(const struct call *call, const struct backup *backup)
{
	struct stored *stored = arena_alloc(call->a, sizeof *stored);

	*stored = (struct stored){ call, backup, NULL };
	return (struct restore_source){ rewind_stored, read_stored, stored };
}

struct bytes {
	const char *bytes;
	size_t size, at;
};

static struct problem *
rewind_bytes(void *arg)
{
	struct bytes *bytes = arg;

	bytes->at = 0;
	return NULL;
}

static struct problem *
read_bytes(void *arg, void *room, size_t size, size_t *got)
{
	struct bytes *bytes = arg;
	size_t rest = bytes->size - bytes->at;

	*got = size < rest ? size : rest;
	memcpy(room, bytes->bytes + bytes->at, *got);
	bytes->at += *got;
	return NULL;
}

struct restore_source
restore_from_bytes(struct arena *a, const void *bytes, size_t size)
{
	struct bytes *source = arena_alloc(a, sizeof *source);

	*source = (struct bytes){ bytes, size, 0 };
	return (struct restore_source){ rewind_bytes, read_bytes, source };
}

/* ---- what is said ---- */

static void
put_count(struct json_out *out, const struct collection *c, const struct restore_count *count)
{
	static const char *const names[STEP_COUNT] = { "new", "changed", "deleted", "unchanged", "kept" };

	put_object(out, c->name);
	for (size_t i = 0; i < STEP_COUNT; i++)
		put_integer(out, names[i], count->of[i]);
	put_array(out, "examples");
	for (size_t i = 0; i < count->example_count; i++) {
		put_object(out, NULL);
		put_text(out, "id", count->examples[i].id);
		put_text(out, "title", count->examples[i].title);
		put_text(out, "what", names[count->examples[i].kind]);
		put_end(out);
	}
	put_end(out);
	put_end(out);
}

static void
put_counts(struct json_out *out, const struct restore *r)
{
	put_object(out, "difference");
	for (size_t i = 0; i < r->call->set->count; i++) {
		int64_t all = 0;

		for (size_t k = 0; k < STEP_COUNT; k++)
			all += r->counts[i].of[k];
		if (all > 0)
			put_count(out, &r->call->set->all[i], &r->counts[i]);
	}
	put_end(out);
}

static void
put_report(struct json_out *out, const struct restore *r)
{
	put_text(out, "format", "archive");
	put_text(out, "formatLabel", "Daybook");
	put_counts(out, r);
	put_object(out, "files");
	put_integer(out, "count", r->files);
	put_integer(out, "missing", r->missing_files);
	put_end(out);
	put_array(out, "left");
	for (size_t i = 0; i < r->note_count; i++) {
		put_object(out, NULL);
		put_text(out, "what", r->notes[i].collection);
		put_text(out, "why", r->notes[i].why);
		put_integer(out, "count", r->notes[i].count);
		put_end(out);
	}
	put_end(out);
	put_integer(out, "owners", r->owners);
	put_object(out, "head");
	put_text(out, "space", r->read.head.space_name);
	put_integer(out, "seq", r->read.head.seq);
	put_instant(out, "at", r->read.head.at);
	put_boolean(out, "ours", r->read.head.ours);
	put_boolean(out, "sameSpace", r->same_space);
	put_end(out);
}

/* ---- begin ---- */

static struct problem *
begin(struct restore *r, const struct call *call, const struct backup_server *server, const struct restore_asked *asked,
    const struct restore_source *source)
{
	*r = (struct restore){ .call = call, .server = server, .asked = asked, .source = source };
	r->scratch = arena_within(call->a);
	r->seconds = asked->seconds;
	r->until = steady_now() + r->seconds * 1000;
	for (size_t i = 0; i < asked->collections.count; i++)
		if (collection_find(call->set, asked->collections.all[i]) == NULL)
			return problem_at(call->a, PROBLEM_INVALID, "collections", "There is no such collection.");
	return restore_survey(r);
}

static struct problem *
look(struct db *db, struct arena *a, void *arg)
{
	(void)db;
	(void)a;
	return restore_difference(arg);
}

struct problem *
restore_look(const struct call *call, const struct backup_server *server, const struct restore_asked *asked,
    const struct restore_source *source, struct json_out *out)
{
	struct restore r;
	struct problem *p;

	if ((p = begin(&r, call, server, asked, source)) != NULL ||
	    (p = db_snapshot(call->db, call->a, look, &r)) != NULL)
		return p;
	put_report(out, &r);
	return NULL;
}

/* ---- writing ---- */

/* The op of a step; it names all values, so that the record is exactly that. */
static struct op
op_of_step(struct restore *r, struct arena *a, enum step_kind kind, const struct incoming *in, bool first)
{
	struct op op = op_own(in->collection, in->id, r->asked->cause);
	const char **values;

	op.op_id = first ? r->asked->cause : NULL;
	op.hash_text = first ? r->asked->cause : NULL;
	op.verbatim = true;
	op.base = BASE_CURRENT;
	op.new_owner = in->owner;
	op.intent = r->asked->import ? INTENT_IMPORT : op.intent;
	op.kind = kind == STEP_DELETED ? OP_DELETE : OP_SET;
	if (kind == STEP_DELETED)
		return op;
	values = values_parse(a, in->collection, in->doc, in->doc_private);
	for (size_t i = 0; i < in->collection->field_count; i++)
		op_give(a, &op, in->collection->fields[i].name, values[i]);
	return op;
}

/* Some steps that are looked up together. */
struct handful {
	struct op ops[WRITE_AHEAD_MAX];
	int64_t at[WRITE_AHEAD_MAX]; /* where each of them is in the spool */
	size_t count;
};

static struct problem *
take_handful(struct restore *r, struct writer *w, struct handful *h)
{
	for (h->count = 0; h->count < WRITE_AHEAD_MAX; h->count++) {
		struct arena *a = w->call->a;
		struct incoming in;
		enum step_kind kind;
		struct problem *p;

		if ((p = spool_next(r, a, &kind, &in, &h->at[h->count])) != NULL)
			return p;
		if (kind == STEP_COUNT)
			break;
		h->ops[h->count] = op_of_step(r, a, kind, &in, h->at[h->count] == 0);
		op_prepare(a, w->call->person, &h->ops[h->count]);
	}
	return NULL;
}

/* Write some steps.  What does not fit into this page is taken again by the next one. */
static struct problem *
write_handful(struct restore *r, struct writer *w, struct whole_page *page, struct handful *h)
{
	struct problem *p;

	if (h->count > 0 && (p = writer_ahead(w, h->ops, h->count)) != NULL)
		return p;
	for (size_t i = 0; i < h->count; i++) {
		struct outcome outcome;

		if ((p = writer_take(w, &h->ops[i], &outcome)) != NULL)
			return p;
		if (w->full) {
			page->more = true;
			return spool_back(r, h->at[i]);
		}
		if (outcome.problem != NULL)
			return outcome.problem;
	}
	return NULL;
}

/* Others may have written since the difference was found: then it is found again, now that they cannot. */
static struct problem *
write_page(struct writer *w, void *arg, struct whole_page *page)
{
	struct restore *r = arg;
	struct handful *h;
	struct problem *p;

	if (page->first && w->seq != r->seq && (p = restore_difference(r)) != NULL)
		return p;
	if (page->first && (p = spool_back(r, 0)) != NULL)
		return p;
	h = arena_alloc(w->call->a, sizeof *h);
	do {
		if ((p = take_handful(r, w, h)) != NULL || (p = write_handful(r, w, page, h)) != NULL)
			return p;
	} while (!page->more && h->count == WRITE_AHEAD_MAX);
	return NULL;
}

struct problem *
restore_written(const struct call *call, const char *cause, bool *written)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(RESTORE_WRITTEN), VALUES(value_id(call->person->space_id),
	    value_id(call->person->user_id), value_key(cause)), &rows);
	*written = p == NULL && rows->count > 0;
	return p;
}

static bool
changes_anything(const struct restore *r)
{
	for (size_t i = 0; i < r->call->set->count; i++)
		if (r->counts[i].of[STEP_NEW] + r->counts[i].of[STEP_CHANGED] + r->counts[i].of[STEP_DELETED] > 0)
			return true;
	return r->missing_files > 0;
}

static struct problem *
write_all(struct restore *r, struct job_run *run, const char **before)
{
	struct problem *p;
	struct written written;

	if ((p = job_step(run, "backup", 0, 0)) != NULL ||
	    (p = backup_make(r->call, r->server, "before-restore", run, before)) != NULL ||
	    (p = job_step(run, "files", 0, r->missing_bytes)) != NULL ||
	    (p = restore_files(r, run)) != NULL ||
	    (p = job_step(run, "restoring", 0, 0)) != NULL)
		return p;
	return write_whole(r->call, ROLE_OWNER, r->asked->seconds, write_page, r, &written);
}

struct problem *
restore_run(const struct call *call, const struct backup_server *server, const struct restore_asked *asked,
    const struct restore_source *source, struct job_run *run, struct json_out *out)
{
	struct restore r;
	struct problem *p;
	const char *before = NULL;
	bool written;

	if ((p = restore_written(call, asked->cause, &written)) != NULL)
		return p;
	put_text(out, "cause", asked->cause);
	put_boolean(out, "again", written);
	if (written)
		return NULL;
	if ((p = job_step(run, "reading", 0, 0)) != NULL ||
	    (p = begin(&r, call, server, asked, source)) != NULL ||
	    (p = spool_open(call->a, &r.spool)) != NULL ||
	    (p = db_snapshot(call->db, call->a, look, &r)) != NULL)
		return p;
	if (changes_anything(&r) && (p = write_all(&r, run, &before)) != NULL)
		return p;
	put_text(out, "before", before);
	put_report(out, &r);
	return NULL;
}
