/* foreign_import.c -- writes the records that were read from a foreign backup.  Read foreign_import, at the bottom,
 * first. */
#include "backup/foreign_import.h"

#include <string.h>

#include "base/instant.h"
#include "record/file.h"
#include "record/write.h"
#include "restore_work.h"
#include "transfer/upload.h"

/* What becomes of a record; the order is that of restore_work.h. */
enum became {
	BECAME_NEW,
	BECAME_CHANGED,
	BECAME_UNCHANGED,
	BECAME_LEFT,
	BECAME_COUNT
};

struct importing {
	const struct call *call;
	const struct restore_asked *asked;
	struct foreign *f;
	size_t next;                  /* the record that is written next */
	int64_t (*counts)[BECAME_COUNT]; /* by the place of the collection in the set */
	size_t notes_before;          /* said before anything was written */
	size_t *note_counts;
};

/* Photos are only sent by the import itself: who looks leaves them out. */
static bool *
without_files(struct arena *a, const struct foreign_record *r)
{
	bool *touched = arena_memdup(a, r->touched, r->collection->field_count * sizeof *touched);

	for (size_t i = 0; i < r->collection->field_count; i++)
		touched[i] = touched[i] && r->collection->fields[i].type != FIELD_FILE;
	return touched;
}

static struct op
op_of(struct importing *im, struct arena *a, size_t i)
{
	const struct foreign_record *r = &im->f->records[i];
	struct op op = {
		.op_id = im->asked->cause == NULL ? NULL : i == 0 ? im->asked->cause : NULL,
		.collection = r->collection,
		.record_id = r->id,
		.kind = OP_SET,
		.intent = INTENT_IMPORT,
		.base = BASE_CURRENT,
		.again = true,
		.keep_live = r->keep_live || (im->asked->keep_changed && !im->asked->replace),
		.values = r->values,
		.touched = im->asked->cause == NULL ? without_files(a, r) : r->touched,
		.claimed_at = r->claimed_at,
		.cause = im->asked->cause,
		.hash_text = i == 0 ? im->asked->cause : NULL,
	};

	op_prepare(a, im->call->person, &op);
	return op;
}

static void
count(struct importing *im, size_t i, const struct outcome *outcome)
{
	const struct foreign_record *r = &im->f->records[i];
	enum became became = outcome->problem != NULL ? BECAME_LEFT
	    : outcome->status == OUTCOME_UNCHANGED || outcome->status == OUTCOME_DUPLICATE ? BECAME_UNCHANGED
	    : outcome->created ? BECAME_NEW : BECAME_CHANGED;

	im->counts[r->collection - im->call->set->all][became]++;
	if (became == BECAME_LEFT)
		foreign_say(im->call->a, im->f, true, r->collection->name, outcome->problem->detail, r->id);
}

/* A transaction that is run again counts again. */
static void
count_anew(struct importing *im)
{
	memset(im->counts, 0, im->call->set->count * sizeof *im->counts);
	im->next = 0;
	im->f->note_count = im->notes_before;
	for (size_t i = 0; i < im->notes_before; i++)
		im->f->notes[i].count = im->note_counts[i];
}

static void
begin(struct importing *im)
{
	struct arena *a = im->call->a;

	im->counts = arena_alloc(a, (im->call->set->count + 1) * sizeof *im->counts);
	im->notes_before = im->f->note_count;
	im->note_counts = arena_alloc(a, (FOREIGN_NOTES_MAX + 1) * sizeof *im->note_counts);
	for (size_t i = 0; i < im->notes_before; i++)
		im->note_counts[i] = im->f->notes[i].count;
}

/* ---- a dry run ---- */

static struct problem *
ask_some(struct importing *im, struct arena *a, struct seen *coming)
{
	const struct call within = call_in(im->call, a);
	struct op ops[WRITE_AHEAD_MAX];
	struct outcome outcomes[WRITE_AHEAD_MAX];
	struct problem *p;
	size_t most = im->f->record_count - im->next, n = most < WRITE_AHEAD_MAX ? most : WRITE_AHEAD_MAX;

	for (size_t i = 0; i < n; i++)
		ops[i] = op_of(im, a, im->next + i);
	if ((p = write_ask(&within, ops, n, coming, outcomes)) != NULL)
		return problem_copy(im->call->a, p);
	for (size_t i = 0; i < n; i++)
		count(im, im->next + i, &outcomes[i]);
	im->next += n;
	return NULL;
}

static struct problem *
ask_all(struct importing *im)
{
	int64_t until = steady_now() + im->asked->seconds * INT64_C(1000);
	struct arena *scratch = arena_new();
	struct problem *p = NULL;
	struct seen coming;

	seen_start(&coming, im->call->a);
	while (p == NULL && im->next < im->f->record_count) {
		arena_reset(scratch);
		if ((p = ask_some(im, scratch, &coming)) == NULL && steady_now() > until)
			p = restore_too_long(im->call->a, im->asked->seconds, true);
	}
	arena_free(scratch);
	return p;
}

/* ---- writing ---- */

static struct problem *
write_some(struct importing *im, struct writer *w, struct op *ops, size_t n, bool *full)
{
	struct problem *p;

	for (size_t i = 0; i < n; i++)
		ops[i] = op_of(im, w->call->a, im->next + i);
	if ((p = writer_ahead(w, ops, n)) != NULL)
		return p;
	for (size_t i = 0; i < n; i++) {
		struct outcome outcome;

		if ((p = writer_take(w, &ops[i], &outcome)) != NULL)
			return p;
		if ((*full = w->full))
			return NULL;
		if (outcome.problem != NULL && outcome.problem->kind == PROBLEM_SPACE_FULL)
			return outcome.problem;
		count(im, im->next, &outcome);
		im->next++;
	}
	return NULL;
}

static struct problem *
write_page(struct writer *w, void *arg, struct whole_page *page)
{
	struct importing *im = arg;
	struct op *ops = arena_alloc(w->call->a, WRITE_AHEAD_MAX * sizeof *ops);
	struct problem *p;

	if (page->first)
		count_anew(im);
	while (!page->more && im->next < im->f->record_count) {
		size_t rest = im->f->record_count - im->next;

		if ((p = write_some(im, w, ops, rest < WRITE_AHEAD_MAX ? rest : WRITE_AHEAD_MAX, &page->more)) != NULL)
			return p;
	}
	return NULL;
}

/* The photos come first: a record may name only files that are there. */
static struct problem *
send_files(struct importing *im)
{
	const struct upload_limits limits = { FOREIGN_PHOTO_MAX, im->asked->file_bytes_max };

	for (size_t i = 0; i < im->f->file_count; i++) {
		const struct foreign_file *photo = &im->f->files[i];
		const struct upload_piece piece = {
			(const char *)photo->bytes, photo->size, 0, (int64_t)photo->size
		};
		struct problem *p;
		struct file file;
		bool created;

		if (!file_named(photo->name, &file))
			return problem_internal(im->call->a, "a photo of an import has no name");
		if ((p = upload_take(im->call, &limits, &piece, &file, &created)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
write_all(struct importing *im, const struct backup_server *server, struct job_run *run, struct json_out *out)
{
	struct problem *p;
	struct written written;
	const char *before;

	if ((p = job_step(run, "backup", 0, 0)) != NULL ||
	    (p = backup_make(im->call, server, "before-restore", run, &before)) != NULL ||
	    (p = job_step(run, "files", 0, (int64_t)im->f->file_count)) != NULL ||
	    (p = send_files(im)) != NULL ||
	    (p = job_step(run, "restoring", 0, (int64_t)im->f->record_count)) != NULL ||
	    (p = write_whole(im->call, ROLE_OWNER, im->asked->seconds, write_page, im, &written)) != NULL)
		return p;
	put_text(out, "before", before);
	return NULL;
}

/* ---- what is said ---- */

static void
put_counts(const struct importing *im, struct json_out *out)
{
	put_object(out, "difference");
	for (size_t i = 0; i < im->call->set->count; i++) {
		const int64_t *of = im->counts[i];

		if (of[BECAME_NEW] + of[BECAME_CHANGED] + of[BECAME_UNCHANGED] + of[BECAME_LEFT] == 0)
			continue;
		put_object(out, im->call->set->all[i].name);
		put_integer(out, "new", of[BECAME_NEW]);
		put_integer(out, "changed", of[BECAME_CHANGED]);
		put_integer(out, "deleted", 0);
		put_integer(out, "unchanged", of[BECAME_UNCHANGED]);
		put_integer(out, "left", of[BECAME_LEFT]);
		put_array(out, "examples");
		put_end(out);
		put_end(out);
	}
	put_end(out);
}

struct problem *
foreign_import(const struct call *call, const struct backup_server *server, const struct restore_asked *asked,
    struct foreign *f, struct job_run *run, struct json_out *out)
{
	struct importing im = { .call = call, .asked = asked, .f = f };
	struct problem *p;
	bool written;

	if (asked->cause != NULL && ((p = restore_written(call, asked->cause, &written)) != NULL || written))
		return p;
	begin(&im);
	if ((p = asked->cause == NULL ? ask_all(&im) : write_all(&im, server, run, out)) != NULL)
		return p;
	put_counts(&im, out);
	foreign_put(out, f);
	return NULL;
}
