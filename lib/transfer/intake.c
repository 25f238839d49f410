/* intake.c -- checks all rows, then writes them.  The first half is a dry run of the write path, without the lock of
 * the space.  So a bad file is refused before half of it is written, and a dry run tells what the import would do.  The
 * second half writes; only its outcome counts.  Read intake, at the bottom, first. */
#include "work.h"

#include <string.h>

#include "base/instant.h"
#include "base/json_out.h"
#include "store/statement.h"

enum {
	LOOK_AHEAD = 500 /* rows that are checked together */
};

static time_t
seconds_now(void)
{
	return steady_now() / 1000;
}

static bool
is_over(time_t until)
{
	return until != 0 && seconds_now() >= until;
}

/* ---- rows as ops ---- */

static struct op
op_of_row(struct work *w, struct arena *a, const struct import_row *row)
{
	struct op op = {
		.op_id = arena_printf(a, "%s-%zu", w->op_prefix, row->number),
		.collection = w->c,
		.record_id = row->id,
		.kind = OP_SET,
		.intent = INTENT_IMPORT,
		.base = BASE_CURRENT,
		.again = w->options->again,
		.keep_live = row->derived_id,
		.values = row->values,
		.touched = row->touched,
		.new_owner = row->owner,
		.cause = w->op_prefix,
		.hash_text = named_hash_text(w, a, row),
	};

	op_prepare(a, w->call->person, &op);
	return op;
}

/* Rows that an earlier run wrote are not written again: later changes of their records are not undone. */
static void
count_earlier(struct work *w, const struct import_row *row, bool deleted)
{
	if (deleted) {
		w->report->deleted++;
		return;
	}
	w->report->unchanged++;
	w->report->earlier += !row->derived_id;
}

/* True for a row that says something to be written. */
static bool
is_good(const struct import_row *row)
{
	return row->taken && row->bad == NULL && !row->repeat;
}

/* True for a row that an earlier request has looked at. */
static bool
is_checked(const struct work *w, const struct import_row *row)
{
	return row->number <= w->checked_to && !earlier_has(w, row);
}

/* ---- the first half: what the write path would say ---- */

static void
count_values(struct work *w, const struct import_row *row)
{
	w->report->rounded += row->rounded;
	w->report->short_years += row->short_year;
	w->report->shown_twice += row->shown_twice;
	w->report->converted += row->converted;
	w->report->other_ids += row->other_id;
}

/* The row's value of the field that the problem names, or NULL when the row does not have that field. */
static const char *
refused_value(struct work *w, struct arena *a, const struct import_row *row, const struct problem *p)
{
	const struct field *f = p->field == NULL ? NULL : collection_field(w->c, p->field);

	return f == NULL || !row->touched[f->index] ? NULL : value_plain(a, row->values[f->index]);
}

/* A row for which there is no room, with the records that it names. */
static bool
is_too_much(struct work *w, struct arena *a, const struct import_row *row, const struct outcome *out)
{
	int64_t takes = (int64_t)named_need(w, a, row, false) + (out->problem == NULL && out->created);

	if (takes > 0 && takes > w->room) {
		w->refused[row->number] = w->crowded = true;
		report_error(w, row, quota_no_room(a, &w->holds, &w->may), NULL);
		return true;
	}
	w->room -= takes;
	(void)named_need(w, a, row, true);
	return false;
}

/* Count what a row would do, for the report of a dry run.  A valid row can only be in conflict with a tombstone: its
 * record was deleted in Daybook.  It counts as deleted and not as a bad row. */
static void
foretell(struct work *w, struct arena *a, const struct import_row *row, const struct outcome *out)
{
	struct intake_report *r = w->report;
	bool dry = w->options->dry_run, deleted = out->problem != NULL && out->problem->kind == PROBLEM_CONFLICT;

	if (out->problem != NULL && !deleted) {
		w->refused[row->number] = true;
		report_error(w, row, out->problem, refused_value(w, a, row, out->problem));
		return;
	}
	if (!deleted && is_too_much(w, a, row, out))
		return;
	if (out->problem == NULL && out->created)
		doubles_meet(w, row);
	if (!deleted)
		sample_add(&w->sample, row->hash);
	count_values(w, row);
	report_preview(w, row);
	if (dry)
		++*(out->problem != NULL ? &r->deleted : out->status == OUTCOME_UNCHANGED ? &r->unchanged
		    : out->created ? &r->created : &r->updated);
}

/* True when the file itself is at fault.  Then the report, which says how far it was read, is of no use. */
static bool
is_about_file(const struct problem *p)
{
	return p->kind != PROBLEM_INTERNAL && p->kind != PROBLEM_UNAVAILABLE && p->kind != PROBLEM_OP_REUSED;
}

/* Rows that are checked together, in an arena of their own. */
struct glance {
	struct arena *a;
	struct import_row rows[LOOK_AHEAD];
	size_t count; /* 0: the file has ended */
	/* the ops of those rows that the write path is asked about, in the order of the rows */
	struct op ops[LOOK_AHEAD];
	struct outcome outcomes[LOOK_AHEAD];
	size_t op_count;
};

static struct problem *
read_ahead(struct work *w, struct glance *g)
{
	struct problem *p;
	bool found;

	for (g->count = 0; g->count < LOOK_AHEAD; g->count++)
		if ((p = import_next(w->im, g->a, &g->rows[g->count], &found)) != NULL)
			return p;
		else if (!found)
			break;
	return NULL;
}

/* Find the rows for the write path.  The op of a row is not looked up: what an earlier run wrote is known. */
static struct problem *
make_ops(struct work *w, struct glance *g)
{
	struct problem *p;

	g->op_count = 0;
	for (size_t i = 0; i < g->count; i++) {
		const struct import_row *row = &g->rows[i];
		struct op *op = &g->ops[g->op_count];

		if (!is_good(row) || is_checked(w, row))
			continue;
		*op = op_of_row(w, g->a, row);
		if ((p = earlier_meet(w, row, op)) != NULL)
			return p;
		op->op_id = NULL;
		g->op_count += !earlier_has(w, row);
	}
	return NULL;
}

static const char *
ids_json(const struct glance *g)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, g->a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	for (size_t i = 0; i < g->op_count; i++)
		put_text(&out, NULL, db_key_hex(g->a, g->ops[i].record_id));
	put_end(&out);
	return b.text;
}

/* Find the ids that exist.  Most rows are new, so the write path need not look up each record. */
static struct problem *
find_known(struct work *w, struct glance *g)
{
	struct problem *p;
	struct rows *rows;
	const struct value ids = value_text(ids_json(g));
	const struct value space = value_id(w->call->person->space_id);
	const struct value collection = value_text(w->c->name);

	seen_clear(&w->known);
	if ((p = db_run(w->call->db, g->a, SQL(IMPORT_KNOWN),
	    VALUES(ids, space, collection, ids, space, collection), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++)
		seen_entry(&w->known, row_text(rows, i, ID_FOUND))->count = 1;
	for (size_t i = 0; i < g->op_count; i++)
		g->ops[i].unwritten = seen_find(&w->known, g->ops[i].record_id) == NULL;
	return NULL;
}

static struct problem *
ask_about_ops(struct work *w, struct glance *g)
{
	struct problem *p;
	struct person person = *w->call->person;
	struct call call = call_in(w->call, g->a);

	call.person = &person;
	if (g->op_count == 0)
		return NULL;
	if ((p = find_known(w, g)) != NULL)
		return p;
	return write_ask(&call, g->ops, g->op_count, &w->coming, g->outcomes);
}

/* Count a row.  outcome is that of its op, if it has one. */
static void
tell_row(struct work *w, struct arena *a, const struct import_row *row, const struct outcome *outcome)
{
	w->report->matched++;
	if (row->bad != NULL) {
		report_error(w, row, row->bad, row->bad_value);
	} else if (row->repeat) {
		w->report->repeats++;
	} else if (earlier_has(w, row)) {
		count_values(w, row);
		sample_add(&w->sample, row->hash);
		if (w->options->dry_run)
			count_earlier(w, row, w->earlier[row->number].deleted);
	} else if (is_checked(w, row)) {
		count_values(w, row);
		sample_add(&w->sample, row->hash);
	} else {
		foretell(w, a, row, outcome);
	}
}

/* Find the records that the rows name, and ask whether those that are missing can be made. */
static struct problem *
settle_rows(struct work *w, struct glance *g)
{
	struct problem *p;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < g->count; i++)
			if (g->rows[i].name_count > 0 && (p = named_settle(w, g->a, &g->rows[i])) != NULL)
				return p;
		if (pass == 0 && (p = named_ask(w, g->a)) != NULL)
			return p;
	}
	for (size_t i = 0; i < g->count; i++) {
		import_settle(w->im, g->a, &g->rows[i]);
		if ((p = named_self(w, g->a, &g->rows[i])) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
look_at_rows(struct work *w, struct glance *g)
{
	struct problem *p;
	size_t next = 0;

	if ((p = settle_rows(w, g)) != NULL || (p = make_ops(w, g)) != NULL || (p = ask_about_ops(w, g)) != NULL)
		return p;
	for (size_t i = 0; i < g->count; i++) {
		const struct import_row *row = &g->rows[i];
		bool asked = is_good(row) && !earlier_has(w, row) && !is_checked(w, row);

		w->report->rows++;
		if (row->taken)
			tell_row(w, g->a, row, asked ? &g->outcomes[next++] : NULL);
	}
	return NULL;
}

/* The rows that there was time to check are written where bad rows stop nothing, and in an import that goes on, which
 * was checked as a whole before.  Otherwise the next request goes on to check.  A dry run reports the rows that it
 * checked. */
static void
stop_looking(struct work *w)
{
	w->whole = false;
	w->report->more = true;
	w->looked_to = w->report->rows;
	w->unfinished = !w->options->skip_bad && w->written_to == 0;
}

/* Check every row. */
static struct problem *
look_at_all(struct work *w)
{
	struct problem *p;
	struct glance *g = arena_alloc(w->call->a, sizeof *g);

	g->a = arena_new();
	while ((p = read_ahead(w, g)) == NULL && g->count > 0) {
		if (w->report->rows > w->written_to && w->report->rows > w->checked_to && is_over(w->look_until)) {
			stop_looking(w);
			break;
		}
		if ((p = look_at_rows(w, g)) != NULL)
			break;
		arena_reset(g->a);
	}
	p = work_leave(w, g->a, p);
	return p == NULL || is_about_file(p) ? p : report_with(w, p);
}

static struct problem *
refuse_bad(struct work *w)
{
	size_t bad = w->report->bad;
	const char *stays = w->written_to == 0 ? "nothing was imported" :
	    "nothing was imported now, and what an earlier run imported stays";

	if (bad == 0 || w->options->skip_bad)
		return NULL;
	if (w->crowded)
		return report_with(w, problem_new(w->call->a, PROBLEM_SPACE_FULL,
		    "This space has no room for all new records of the file; %s. Import less of it, or ask whoever "
		    "runs Daybook for more room.", stays));
	return report_with(w, problem_new(w->call->a, PROBLEM_INVALID,
	    "%zu of %zu rows %s bad; %s. Mend the file, or take the other rows with skipBad=1.",
	    bad, w->report->matched, bad == 1 ? "is" : "are", stays));
}

/* ---- the second half: writing ---- */

/* The rows of one call of write_ops. */
struct row_batch {
	struct arena *a;
	struct op ops[WRITE_OPS_MAX];
	struct import_row rows[WRITE_OPS_MAX];
	struct outcome outcomes[WRITE_OPS_MAX];
	size_t count;
	size_t last_row;   /* the number of the last row read for it */
	bool at_end;
};

/* What an earlier request wrote is not written again. */
static struct problem *
take_row(struct work *w, struct row_batch *batch, const struct import_row *row)
{
	struct op op;
	struct problem *p;

	if (!earlier_has(w, row)) {
		batch->rows[batch->count++] = *row;
		return NULL;
	}
	op = op_of_row(w, batch->a, row);
	if ((p = earlier_meet(w, row, &op)) == NULL)
		count_earlier(w, row, w->earlier[row->number].deleted);
	return p;
}

/* A row that this request did not look at before.  Only a name can be bad by now. */
static void
count_trusted(struct work *w, const struct import_row *row)
{
	w->report->matched++;
	w->report->repeats += row->repeat;
	if (row->bad != NULL)
		report_error(w, row, row->bad, row->bad_value);
}

/* Read rows that are to be written, as many as fit. */
static struct problem *
fill(struct work *w, struct row_batch *batch)
{
	struct problem *p;
	struct import_row row;
	bool found;

	batch->count = 0;
	while (batch->count < WRITE_OPS_MAX) {
		if ((p = import_next(w->im, batch->a, &row, &found)) != NULL)
			return p;
		if ((batch->at_end = !found))
			break;
		if ((batch->at_end = row.number > w->looked_to))
			break;
		batch->last_row = row.number;
		if (row.name_count > 0 && (p = named_settle(w, batch->a, &row)) != NULL)
			return p;
		import_settle(w->im, batch->a, &row);
		if ((p = named_self(w, batch->a, &row)) != NULL)
			return p;
		if (w->trusted && row.taken)
			count_trusted(w, &row);
		if (is_good(&row) && !w->refused[row.number] && (p = take_row(w, batch, &row)) != NULL)
			return p;
	}
	return NULL;
}

/* Make ops of the rows, without those whose names are refused now. */
static void
make_batch(struct work *w, struct row_batch *batch)
{
	size_t kept = 0;

	for (size_t i = 0; i < batch->count; i++) {
		const struct import_row *row = &batch->rows[i];

		if (row->bad != NULL) {
			report_error(w, row, row->bad, row->bad_value);
			continue;
		}
		batch->ops[kept] = op_of_row(w, batch->a, row);
		batch->rows[kept++] = *row;
	}
	batch->count = kept;
}

/* Count a row that was accepted in the first half and is refused now, because something changed in between. */
static struct problem *
count_refusal(struct work *w, const struct import_row *row, const struct outcome *out)
{
	if (out->problem->kind == PROBLEM_OP_REUSED)
		return earlier_other_file(w, row);
	if (out->problem->kind == PROBLEM_CONFLICT)
		w->report->deleted++;
	else
		report_error(w, row, out->problem, NULL);
	return NULL;
}

static void
count_written(struct work *w, const struct outcome *out)
{
	struct intake_report *r = w->report;

	if (out->status == OUTCOME_UNCHANGED) {
		r->unchanged++;
		w->now.unchanged++;
	} else {
		++*(out->created ? &r->created : &r->updated);
		++*(out->created ? &w->now.created : &w->now.updated);
	}
}

static struct problem *
count_outcomes(struct work *w, const struct row_batch *batch)
{
	struct problem *p;

	for (size_t i = 0; i < batch->count; i++) {
		const struct outcome *out = &batch->outcomes[i];

		if (out->status == OUTCOME_DUPLICATE)
			count_earlier(w, &batch->rows[i], out->has_record && out->record.deleted);
		else if (out->problem == NULL)
			count_written(w, out);
		else if ((p = count_refusal(w, &batch->rows[i], out)) != NULL)
			return p;
	}
	w->report->done = batch->at_end ? w->report->rows : batch->last_row;
	return NULL;
}

/* The write reads the person again into the batch's arena, so it gets a copy of the person. */
static struct problem *
write_batch(struct work *w, struct row_batch *batch)
{
	struct problem *p;
	struct person person = *w->call->person;
	struct call call = call_in(w->call, batch->a);
	struct written written;

	call.person = &person;
	if ((p = fill(w, batch)) != NULL ||
	    (batch->count > 0 && (p = imports_begin(w)) != NULL) ||
	    (p = named_write(w, batch->a, batch->rows, batch->count)) != NULL)
		return p;
	make_batch(w, batch);
	if (batch->count > 0 &&
	    (p = write_ops(&call, batch->ops, batch->count, batch->outcomes, &written)) != NULL)
		return p;
	return count_outcomes(w, batch);
}

static struct problem *
write_rows(struct work *w)
{
	struct problem *p;
	struct arena *scratch = arena_new();
	struct row_batch *batch = arena_alloc(w->call->a, sizeof *batch);

	batch->a = scratch;
	if ((p = import_rewind(w->im)) != NULL)
		return work_leave(w, scratch, p);
	while ((p = write_batch(w, batch)) == NULL && !batch->at_end) {
		if (is_over(w->until)) {
			w->report->more = true;
			break;
		}
		arena_reset(scratch);
	}
	if ((p = work_leave(w, scratch, p)) == NULL)
		p = imports_end(w);
	return report_with(w, p);
}

/* ---- the whole ---- */

/* The steady second at which so many seconds are over; 0: never. */
static time_t
time_up(int seconds)
{
	return seconds == 0 ? 0 : seconds_now() + seconds;
}

/* An import that goes on need not check the whole file again.  So it has half of its time for writing, or all of it
 * where its record knows that every row is good. */
static void
go_on(struct work *w)
{
	if (w->written_to == 0 || w->options->dry_run)
		return;
	w->report->done = w->written_to;
	w->trusted = w->running && w->all_rows > 0 && w->checked_to == w->all_rows;
	if (w->trusted)
		w->report->rows = w->all_rows;
	if (w->options->look_seconds != 0)
		w->look_until = time_up(w->options->look_seconds / 2);
}

static void
start_report(struct work *w)
{
	struct intake_report *r = w->report;

	*r = (struct intake_report){ .dry_run = w->options->dry_run, .im = w->im };
	buf_init(&r->errors, w->call->a);
	json_out_start(&r->errors_out, &r->errors);
	put_array(&r->errors_out, NULL);
	buf_init(&r->preview, w->call->a);
	json_out_start(&r->preview_out, &r->preview);
	put_array(&r->preview_out, NULL);
}

struct problem *
intake(const struct call *call, struct import *im, const struct intake_options *options, struct intake_report *report)
{
	struct arena *a = call->a;
	struct problem *p;
	struct work w = {
		.call = call,
		.c = im->collection,
		.im = im,
		.options = options,
		.report = report,
		.refused = arena_alloc(a, IMPORT_ROWS_MAX + 1),
		.looked_to = IMPORT_ROWS_MAX,
		.until = time_up(options->seconds),
		.look_until = time_up(options->look_seconds),
		.whole = true,
	};

	start_report(&w);
	seen_start(&w.coming, a);
	seen_start(&w.known, a);
	named_start(&w);
	if ((p = imports_find(&w)) != NULL || (p = quota_read(call, &w.holds, &w.may)) != NULL ||
	    (p = earlier_find(&w)) != NULL || (p = doubles_load(&w)) != NULL)
		return p;
	if (options->dry_run)
		w.checked_to = 0;
	w.room = quota_room(&w.holds, &w.may);
	w.room -= w.room > 0 && w.imports != NULL && !w.recorded; /* for the record of the import itself */
	go_on(&w);
	if (!w.trusted && (p = look_at_all(&w)) != NULL)
		return p;
	doubles_tell(&w);
	if (options->dry_run) {
		named_foretell(&w);
		return NULL;
	}
	if ((p = refuse_bad(&w)) != NULL || (p = doubles_refuse(&w)) != NULL)
		return p;
	return w.unfinished ? report_with(&w, imports_checked(&w)) : write_rows(&w);
}
