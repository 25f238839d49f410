/* imports.c -- the record of an import: who imported what and when, what became of it, and by what its rows are known
 * again.  It is made before the first row is written, and each request brings it up to date.  What a request that was
 * killed did not write into it, the next one knows from the ops. */
#include "work.h"

#include <string.h>

#include "base/instant.h"
#include "base/json_out.h"

enum {
	RUNS_MAX = 100 /* how often the same file can be taken back and imported again */
};

/* "imp-" and 24 hex digits of the run's hash; the row's number follows. */
static void
name_ops(struct work *w, const char *run)
{
	unsigned char digest[SHA256_SIZE];

	sha256(run, strlen(run), digest);
	memcpy(w->op_prefix, "imp-", 4);
	memcpy(w->op_prefix + 4, hex_text(w->call->a, digest, 12), 25);
}

/* What the record of a run says. */
struct state {
	const char *state; /* NULL when there is none */
	bool taken;        /* it is being taken back, or was */
	size_t checked, rows;
};

static size_t
count_in(const struct collection *c, const char *const *values, const char *name)
{
	const struct field *f = collection_field(c, name);

	return f == NULL ? 0 : (size_t)value_scaled(f, values[f->index]);
}

static struct problem *
read_state(struct work *w, struct arena *a, struct state *s)
{
	struct call call = call_in(w->call, a);
	struct record record;
	struct problem *p;
	const char *const *values;
	bool found;

	*s = (struct state){ .state = NULL };
	if (w->imports == NULL)
		return NULL;
	if ((p = record_find(&call, w->imports, w->op_prefix, &record, &found)) != NULL || !found || record.deleted)
		return p;
	values = (const char *const *)values_parse(a, w->imports, record.doc, record.doc_private);
	*s = (struct state){
		.state = value_plain(a, value_named(w->imports, values, "state")),
		.taken = value_named(w->imports, values, "takenBackAt") != NULL,
		.checked = count_in(w->imports, values, "checked"),
		.rows = count_in(w->imports, values, "rows"),
	};
	return NULL;
}

struct problem *
imports_find(struct work *w)
{
	const char *run = w->options->run;
	struct problem *p;
	struct state s;

	w->imports = collection_find(w->call->set, "imports");
	for (int i = 1; i <= RUNS_MAX; i++) {
		name_ops(w, run);
		if ((p = read_state(w, w->call->a, &s)) != NULL)
			return p;
		w->recorded = s.state != NULL;
		w->running = s.state != NULL && strcmp(s.state, "running") == 0;
		w->checked_to = s.checked;
		w->all_rows = s.rows;
		if (!s.taken) {
			w->report->import = w->recorded ? arena_strdup(w->call->a, w->op_prefix) : NULL;
			return NULL;
		}
		run = arena_printf(w->call->a, "%s\nback\n%d", w->options->run, i);
	}
	return problem_new(w->call->a, PROBLEM_INVALID,
	    "This import was taken back %d times; an Idempotency-Key makes it a new one.", RUNS_MAX);
}

/* ---- writing ---- */

static void
give_text(struct arena *a, struct op *op, const char *field, const char *text)
{
	if (text != NULL)
		op_give(a, op, field, json_quoted(a, text));
}

static void
give_count(struct arena *a, struct op *op, const char *field, size_t count)
{
	op_give(a, op, field, arena_printf(a, "%zu", count));
}

static struct problem *
write_record(struct work *w, struct op *op)
{
	struct person person = *w->call->person;
	struct call call = call_in(w->call, w->call->a);
	struct outcome outcome;
	struct written written;
	struct problem *p;

	call.person = &person;
	op->intent = INTENT_IMPORT;
	op->again = true;
	op_prepare(call.a, &person, op);
	if ((p = write_ops(&call, op, 1, &outcome, &written)) != NULL)
		return p;
	return outcome.problem;
}

static void
give_counts(struct work *w, struct op *op)
{
	struct arena *a = w->call->a;

	give_count(a, op, "created", w->before.created + w->now.created);
	give_count(a, op, "updated", w->before.updated + w->now.updated);
	give_count(a, op, "unchanged", w->before.unchanged + w->now.unchanged);
	give_count(a, op, "made", w->before.made + w->now.made);
	if (w->trusted && !w->report->more) {
		give_count(a, op, "leftDeleted", w->report->deleted);
		give_count(a, op, "bad", w->report->bad);
	}
	if (w->trusted)
		return;
	if (w->report->bad == 0 && w->report->rows > w->checked_to)
		give_count(a, op, "checked", w->report->rows);
	if (!w->whole)
		return;
	give_count(a, op, "rows", w->report->rows);
	give_count(a, op, "leftDeleted", w->report->deleted);
	give_count(a, op, "bad", w->report->bad);
	op_give(a, op, "sample", sample_json(a, &w->sample));
}

/* A full space takes what changes records, so it takes an import that adds none, without a record of it. */
static struct problem *
make_record(struct work *w)
{
	struct arena *a = w->call->a;
	struct op op = op_own(w->imports, w->op_prefix, w->op_prefix);
	char now[INSTANT_TEXT_SIZE];
	struct problem *p;

	instant_format(instant_now(), now);
	give_text(a, &op, "at", now);
	give_text(a, &op, "collection", w->c->name);
	give_text(a, &op, "file", w->options->file);
	give_text(a, &op, "fileFormat", import_format(w->im));
	give_text(a, &op, "zone", w->im->rules.zone);
	give_text(a, &op, "state", "running");
	give_text(a, &op, "run", w->op_prefix);
	give_text(a, &op, "reading", w->options->reading);
	give_counts(w, &op);
	op_give(a, &op, "sample", sample_json(a, &w->sample));
	if ((p = write_record(w, &op)) != NULL)
		return p->kind == PROBLEM_SPACE_FULL ? NULL : p;
	w->recorded = w->running = true;
	w->report->import = arena_strdup(w->call->a, w->op_prefix);
	return NULL;
}

struct problem *
imports_begin(struct work *w)
{
	struct arena *scratch;
	struct problem *p;
	struct state s;

	if (w->imports == NULL)
		return NULL;
	if (!w->recorded)
		return make_record(w);
	scratch = arena_new();
	if ((p = read_state(w, scratch, &s)) == NULL && s.taken)
		p = problem_new(w->call->a, PROBLEM_CONFLICT,
		    "This import was taken back meanwhile; what is left of the file was not imported.");
	return work_leave(w, scratch, p);
}

/* Without a record nothing can be kept, and the next request would come no further. */
struct problem *
imports_checked(struct work *w)
{
	struct problem *p = NULL;
	struct op op;

	if (w->imports != NULL && !w->recorded) {
		p = make_record(w);
	} else if (w->imports != NULL) {
		op = op_own(w->imports, w->op_prefix, w->op_prefix);
		give_counts(w, &op);
		p = write_record(w, &op);
	}
	return p != NULL || w->recorded ? p : problem_new(w->call->a, PROBLEM_TOO_LARGE,
	    "There was time to look at the first %zu rows only, and nothing was imported. "
	    "Cut the file after them and import it in parts, or leave bad rows out with skipBad=1.",
	    w->report->rows);
}

/* A request that wrote nothing leaves the record as it is. */
struct problem *
imports_end(struct work *w)
{
	const struct counted *now = &w->now;
	struct op op;

	if (!w->recorded || (!w->running && now->created + now->updated + now->unchanged + now->made == 0))
		return NULL;
	op = op_own(w->imports, w->op_prefix, w->op_prefix);
	give_text(w->call->a, &op, "state", w->report->more ? "running" : "done");
	give_counts(w, &op);
	return write_record(w, &op);
}
