/* intake.c -- checks all rows, then writes them.  The first half is a dry run of the write path, without the lock of
 * the space.  So a bad file is refused before half of it is written, and a dry run tells what the import would do.  The
 * second half writes; only its outcome counts.  Read intake, at the bottom, first. */
#include "transfer/intake.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crypto.h"
#include "base/instant.h"
#include "base/json_out.h"
#include "store/statement.h"

enum {
	LOOK_AHEAD = 500 /* rows that are checked together */
};

/* A row that was written before. */
struct earlier {
	unsigned char hash[SHA256_SIZE]; /* of its op; zeros: not known */
	bool written;
	bool deleted;                  /* its record was deleted since then */
};

/* One import on its way. */
struct work {
	const struct call *call;       /* its arena is that of the whole import */
	const struct collection *c;
	struct import *im;
	const struct intake_options *options;
	struct intake_report *report;
	bool *refused;                 /* by row number: the first half refused the row, for a reason outside of the
	                                * file */
	struct seen coming;            /* what the rows checked so far would write */
	struct seen known;             /* the ids of the current rows that are or were used by a record */
	char op_prefix[32];
	struct earlier *earlier;       /* by row number: what an earlier run wrote; NULL: nothing */
	size_t written_to;             /* the last row that an earlier run wrote, or 0 */
	size_t looked_to;              /* the last row that may be written */
	struct amount holds, may;      /* the space, when this request began */
	int64_t room;                  /* for so many more records */
	bool crowded;                  /* for some rows there was no room */
	time_t until, look_until;      /* by steady_now; 0 = never */
};

/* ---- the report ---- */

static void
add_error(struct work *w, const struct import_row *row, const struct problem *p, const char *value)
{
	struct json_out *out = &w->report->errors_out;

	w->report->bad++;
	if (w->report->bad > INTAKE_ERRORS_MAX)
		return;
	put_object(out, NULL);
	put_integer(out, "line", (int64_t)row->line);
	put_integer(out, "row", (int64_t)row->number);
	put_some(out, "field", p->field);
	put_text(out, "detail", p->detail);
	if (value != NULL && *value != '\0')
		put_text(out, "value", text_short(out->to->arena, value));
	put_end(out);
}

static void
put_note(struct json_out *out, size_t count, const char *one, const char *many)
{
	if (count > 0)
		put_text(out, NULL, count == 1 ? one : arena_printf(out->to->arena, "%zu %s", count, many));
}

static void
put_notes(struct json_out *out, const struct intake_report *r)
{
	put_note(out, r->rounded, "1 value had more digits than are kept and was rounded.",
	    "values had more digits than are kept and were rounded.");
	put_note(out, r->repeats, "1 row says again what an earlier one says.",
	    "rows say again what an earlier one says.");
	put_note(out, r->deleted, "1 record was deleted here and stays so; again=1 brings it back.",
	    "records were deleted here and stay so; again=1 brings them back.");
	put_note(out, r->created + r->updated == 0 ? r->earlier : 0,
	    "1 row was written by an earlier run of this import and not again; "
	    "another Idempotency-Key makes it a new one.",
	    "rows were written by an earlier run of this import and not again; "
	    "another Idempotency-Key makes it a new one.");
	put_note(out, r->short_years, "1 row has a year of two digits; it was taken as 20yy.",
	    "rows have years of two digits; they were taken as 20yy.");
	put_note(out, r->shown_twice, "1 row has a time in the hour that clocks show twice; the first was taken.",
	    "rows have times in the hour that clocks show twice; the first was taken.");
	put_note(out, r->dry_run && r->more ? r->rows : 0,
	    "The time for one request was up after one row; the rest was not looked at.",
	    "rows were looked at when the time for one request was up; nothing is said of the rest.");
	put_note(out, !r->dry_run && r->more,
	    "The time for one request was up; send the same request again to go on.", "");
}

static void
put_count(struct json_out *out, const char *name, size_t count)
{
	put_integer(out, name, (int64_t)count);
}

void
intake_put(struct json_out *out, const struct intake_report *r)
{
	put_count(out, "rows", r->rows);
	put_count(out, "matched", r->matched);
	put_count(out, "created", r->created);
	put_count(out, "updated", r->updated);
	put_count(out, "unchanged", r->unchanged);
	put_count(out, "deleted", r->deleted);
	put_count(out, "repeats", r->repeats);
	put_count(out, "bad", r->bad);
	put_count(out, "rounded", r->rounded);
	put_count(out, "done", r->done);
	if (r->dry_run)
		put_boolean(out, "dryRun", true);
	if (r->more)
		put_boolean(out, "more", true);
	put_json(out, "errors", arena_printf(out->to->arena, "%s]", r->errors.text));
	put_array(out, "notes");
	put_notes(out, r);
	put_end(out);
}

/* Add the report to the problem.  p may be NULL. */
static struct problem *
with_report(struct work *w, struct problem *p)
{
	struct buf b;
	struct json_out out;

	if (p == NULL)
		return NULL;
	buf_init(&b, w->call->a);
	json_out_members(&out, &b);
	intake_put(&out, w->report);
	p->members = b.text;
	return p;
}

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

/* Free an arena, but keep a copy of the problem that is in it. */
static struct problem *
leave(struct work *w, struct arena *ends, struct problem *p)
{
	if (p != NULL) {
		p = arena_memdup(w->call->a, p, sizeof *p);
		p->detail = arena_strdup(w->call->a, p->detail);
		p->field = arena_strdup(w->call->a, p->field);
		p->cause = arena_strdup(w->call->a, p->cause);
	}
	arena_free(ends);
	return p;
}

/* ---- what an earlier run has written ---- */

/* The number of the row in the id of its op; 0 when there is none. */
static size_t
row_of_op(const struct work *w, const char *op_id)
{
	unsigned long number = strtoul(op_id + strlen(w->op_prefix) + 1, NULL, 10);

	return number <= IMPORT_ROWS_MAX ? number : 0;
}

static void
note_earlier(struct work *w, const struct rows *rows)
{
	if (w->earlier == NULL && rows->count > 0)
		w->earlier = arena_alloc(w->call->a, (IMPORT_ROWS_MAX + 1) * sizeof *w->earlier);
	for (size_t i = 0; i < rows->count; i++) {
		size_t number = row_of_op(w, row_text(rows, i, IMPORTED_OP));
		struct earlier *e = &w->earlier[number];

		if (row_cell(rows, i, IMPORTED_HASH)->length == sizeof e->hash)
			memcpy(e->hash, row_cell(rows, i, IMPORTED_HASH)->bytes, sizeof e->hash);
		e->deleted = row_integer(rows, i, IMPORTED_IS_THERE) == 0;
		e->written = true;
		w->written_to = number > w->written_to ? number : w->written_to;
	}
}

/* Note the rows that a statement finds, a page at a time. */
static struct problem *
find_in(struct work *w, struct arena *scratch, const char *sql)
{
	struct problem *p;
	struct rows *rows;
	const struct value space = value_id(w->call->person->space_id), user = value_id(w->call->person->user_id);
	const char *after = arena_printf(w->call->a, "%s-", w->op_prefix);
	const char *end = arena_printf(w->call->a, "%s.", w->op_prefix);

	do {
		arena_reset(scratch);
		if ((p = db_run(w->call->db, scratch, sql,
		    VALUES(space, user, value_key(after), value_key(end)), &rows)) != NULL)
			return p;
		note_earlier(w, rows);
		if (rows->count > 0)
			after = arena_strdup(w->call->a, row_text(rows, rows->count - 1, IMPORTED_OP));
	} while (rows->count > 0);
	return NULL;
}

/* Read what an earlier run wrote, from the outcomes of its ops and, where these are purged, from the audit.  The write
 * path would look up each op; after this the rows of an interrupted import cost less than at its first run. */
static struct problem *
find_earlier(struct work *w)
{
	struct problem *p;
	struct arena *scratch = arena_new();

	if ((p = find_in(w, scratch, SQL(IMPORT_WRITTEN))) == NULL)
		p = find_in(w, scratch, SQL(IMPORT_WRITTEN_PURGED));
	return leave(w, scratch, p);
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
	};

	op_prepare(a, w->call->person, &op);
	return op;
}

/* The problem for a run that was used before for another file. */
static struct problem *
other_file(struct work *w, const struct import_row *row)
{
	return problem_at(w->call->a, PROBLEM_OP_REUSED, "Idempotency-Key",
	    "This key was used before, for another import: line %zu is not what it was.", row->line);
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

/* True when an earlier run wrote the row: then there is nothing to check or write. */
static bool
is_written(const struct work *w, const struct import_row *row)
{
	return w->earlier != NULL && w->earlier[row->number].written;
}

/* A row that an earlier run wrote must be what it was then. */
static struct problem *
meet_earlier(struct work *w, const struct import_row *row, const struct op *op)
{
	return is_written(w, row) && !op_has_hash(op, w->earlier[row->number].hash) ? other_file(w, row) : NULL;
}

/* ---- the first half: what the write path would say ---- */

static void
count_values(struct work *w, const struct import_row *row)
{
	w->report->rounded += row->rounded;
	w->report->short_years += row->short_year;
	w->report->shown_twice += row->shown_twice;
}

/* The row's value of the field that the problem names, or NULL when the row does not have that field. */
static const char *
refused_value(struct work *w, struct arena *a, const struct import_row *row, const struct problem *p)
{
	const struct field *f = p->field == NULL ? NULL : collection_field(w->c, p->field);

	return f == NULL || !row->touched[f->index] ? NULL : value_plain(a, row->values[f->index]);
}

/* Count what a row would do, for the report of a dry run.  A valid row can only be in conflict with a tombstone: its
 * record was deleted in Daybook.  It counts as deleted and not as a bad row. */
static void
foretell(struct work *w, struct arena *a, const struct import_row *row, const struct outcome *out)
{
	struct intake_report *r = w->report;
	bool dry = w->options->dry_run;

	if (out->problem == NULL && out->created && w->room-- <= 0) {
		w->refused[row->number] = w->crowded = true;
		add_error(w, row, quota_no_room(a, &w->holds, &w->may), NULL);
		return;
	}
	if (out->problem != NULL && out->problem->kind != PROBLEM_CONFLICT) {
		w->refused[row->number] = true;
		add_error(w, row, out->problem, refused_value(w, a, row, out->problem));
		return;
	}
	count_values(w, row);
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

		if (!is_good(row))
			continue;
		*op = op_of_row(w, g->a, row);
		if ((p = meet_earlier(w, row, op)) != NULL)
			return p;
		op->op_id = NULL;
		g->op_count += !is_written(w, row);
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
		add_error(w, row, row->bad, row->bad_value);
	} else if (row->repeat) {
		w->report->repeats++;
	} else if (is_written(w, row)) {
		count_values(w, row);
		if (w->options->dry_run)
			count_earlier(w, row, w->earlier[row->number].deleted);
	} else {
		foretell(w, a, row, outcome);
	}
}

static struct problem *
look_at_rows(struct work *w, struct glance *g)
{
	struct problem *p;
	size_t next = 0;

	if ((p = make_ops(w, g)) != NULL || (p = ask_about_ops(w, g)) != NULL)
		return p;
	for (size_t i = 0; i < g->count; i++) {
		const struct import_row *row = &g->rows[i];
		bool asked = is_good(row) && !is_written(w, row);

		w->report->rows++;
		if (row->taken)
			tell_row(w, g->a, row, asked ? &g->outcomes[next++] : NULL);
	}
	return NULL;
}

/* A file that cannot be checked within one request is not imported.  An import that goes on was checked as a whole
 * before; so it goes on with the rows that were checked again.  A dry run reports the rows that it checked. */
static struct problem *
stop_looking(struct work *w)
{
	w->report->more = true;
	w->looked_to = w->report->rows;
	if (w->options->dry_run || w->written_to > 0)
		return NULL;
	return problem_new(w->call->a, PROBLEM_TOO_LARGE,
	    "There was time to look at the first %zu rows only, and nothing was imported. "
	    "Cut the file after them, and import it in parts.",
	    w->report->rows);
}

/* Check every row. */
static struct problem *
look_at_all(struct work *w)
{
	struct problem *p;
	struct glance *g = arena_alloc(w->call->a, sizeof *g);

	g->a = arena_new();
	while ((p = read_ahead(w, g)) == NULL && g->count > 0) {
		if (w->report->rows > w->written_to && is_over(w->look_until)) {
			p = stop_looking(w);
			break;
		}
		if ((p = look_at_rows(w, g)) != NULL)
			break;
		arena_reset(g->a);
	}
	p = leave(w, g->a, p);
	return p == NULL || is_about_file(p) ? p : with_report(w, p);
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
		return with_report(w, problem_new(w->call->a, PROBLEM_SPACE_FULL,
		    "This space has no room for all new records of the file; %s. Import less of it, or ask whoever "
		    "runs Daybook for more room.", stays));
	return with_report(w, problem_new(w->call->a, PROBLEM_INVALID,
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

static struct problem *
add_op(struct work *w, struct row_batch *batch, const struct import_row *row)
{
	struct problem *p;
	struct op *op = &batch->ops[batch->count];

	*op = op_of_row(w, batch->a, row);
	if ((p = meet_earlier(w, row, op)) != NULL)
		return p;
	if (is_written(w, row))
		count_earlier(w, row, w->earlier[row->number].deleted);
	else
		batch->rows[batch->count++] = *row;
	return NULL;
}

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
		if (!is_good(&row) || w->refused[row.number])
			continue;
		if ((p = add_op(w, batch, &row)) != NULL)
			return p;
	}
	return NULL;
}

/* Count a row that was accepted in the first half and is refused now, because something changed in between. */
static struct problem *
count_refusal(struct work *w, const struct import_row *row, const struct outcome *out)
{
	if (out->problem->kind == PROBLEM_OP_REUSED)
		return other_file(w, row);
	if (out->problem->kind == PROBLEM_CONFLICT)
		w->report->deleted++;
	else
		add_error(w, row, out->problem, NULL);
	return NULL;
}

static struct problem *
count_outcomes(struct work *w, const struct row_batch *batch)
{
	struct problem *p;

	for (size_t i = 0; i < batch->count; i++) {
		const struct outcome *out = &batch->outcomes[i];

		if (out->status == OUTCOME_DUPLICATE)
			count_earlier(w, &batch->rows[i], out->has_record && out->record.deleted);
		else if (out->status == OUTCOME_UNCHANGED)
			w->report->unchanged++;
		else if (out->problem == NULL)
			++*(out->created ? &w->report->created : &w->report->updated);
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
	if ((p = fill(w, batch)) != NULL)
		return p;
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
		return leave(w, scratch, p);
	while ((p = write_batch(w, batch)) == NULL && !batch->at_end) {
		if (is_over(w->until)) {
			w->report->more = true;
			break;
		}
		arena_reset(scratch);
	}
	return with_report(w, leave(w, scratch, p));
}

/* ---- the whole ---- */

/* "imp-" and 24 hex digits of the run's hash; the row's number follows. */
static void
name_ops(struct work *w)
{
	unsigned char digest[SHA256_SIZE];

	sha256(w->options->run, strlen(w->options->run), digest);
	memcpy(w->op_prefix, "imp-", 4);
	memcpy(w->op_prefix + 4, hex_text(w->call->a, digest, 12), 25);
}

/* The steady second at which so many seconds are over; 0: never. */
static time_t
time_up(int seconds)
{
	return seconds == 0 ? 0 : seconds_now() + seconds;
}

/* An import that goes on need not check the whole file again.  So it has half of its time for writing. */
static void
go_on(struct work *w)
{
	if (w->written_to == 0 || w->options->dry_run)
		return;
	w->report->done = w->written_to;
	if (w->options->look_seconds != 0)
		w->look_until = time_up(w->options->look_seconds / 2);
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
	};

	*report = (struct intake_report){ .dry_run = options->dry_run };
	buf_init(&report->errors, a);
	json_out_start(&report->errors_out, &report->errors);
	put_array(&report->errors_out, NULL);
	seen_start(&w.coming, a);
	seen_start(&w.known, a);
	name_ops(&w);
	if ((p = quota_read(call, &w.holds, &w.may)) != NULL || (p = find_earlier(&w)) != NULL)
		return p;
	w.room = quota_room(&w.holds, &w.may);
	go_on(&w);
	if ((p = look_at_all(&w)) != NULL || options->dry_run)
		return p;
	if ((p = refuse_bad(&w)) != NULL)
		return p;
	return write_rows(&w);
}
