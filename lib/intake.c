/* intake.c -- looks at all rows, then writes them.  The first half asks what the write path would say, without its lock, so that a
 * file is refused before half of it is in; the second half is the write path itself, whose word is the last.  Read intake, at the
 * bottom, first. */
#include "intake.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "choices.h"
#include "crypto.h"
#include "instant.h"
#include "policy.h"
#include "rule.h"
#include "statement.h"

/* A row that was written before. */
struct earlier {
	unsigned char hash[SHA256_SIZE]; /* of its op */
	bool written;
	bool deleted;                  /* its record, since then */
};

/* One import on its way. */
struct work {
	struct db *db;
	struct arena *a;               /* of the whole import */
	const struct collections *set;
	const struct person *person;
	const struct collection *c;
	struct import *im;
	const struct intake_options *options;
	struct intake_report *report;
	bool *refused;                 /* by row number: bad in the first half, for a reason that the file alone does not show */
	struct seen refs;              /* references that were looked up: count 1 = good, 2 = not */
	char op_prefix[32];
	struct earlier *earlier;       /* by row number: what an earlier run of this import did; NULL: there was none */
	time_t until;                  /* by a clock that nobody sets; 0 = never */
};

/* ---- the report ---- */

static void
add_error(struct work *w, const struct import_row *row, const struct problem *p, const char *value)
{
	struct buf *b = &w->report->errors;

	w->report->bad++;
	if (w->report->bad > INTAKE_ERRORS_MAX)
		return;
	buf_printf(b, "%s{\"line\":%zu,\"row\":%zu", b->length == 0 ? "" : ",", row->line, row->number);
	if (p->field != NULL) {
		buf_text(b, ",\"field\":");
		json_quote(b, p->field);
	}
	buf_text(b, ",\"detail\":");
	json_quote(b, p->detail);
	if (value != NULL && *value != '\0') {
		buf_text(b, ",\"value\":");
		json_quote(b, text_short(b->arena, value));
	}
	buf_char(b, '}');
}

static void
add_note(struct buf *b, size_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	buf_text(b, b->text[b->length - 1] == '[' ? "\"" : ",\"");
	if (count == 1)
		buf_text(b, one);
	else
		buf_printf(b, "%zu %s", count, many);
	buf_char(b, '"');
}

static void
add_notes(struct buf *b, const struct intake_report *r)
{
	add_note(b, r->rounded, "1 value had more digits than are kept and was rounded.", "values had more digits than are kept and were rounded.");
	add_note(b, r->repeats, "1 row says again what an earlier one says.", "rows say again what an earlier one says.");
	add_note(b, r->deleted, "1 record was deleted here and stays so; again=1 brings it back.",
	    "records were deleted here and stay so; again=1 brings them back.");
	add_note(b, r->earlier, "1 row was written by an earlier run of this import and not again; another Idempotency-Key makes it a new one.",
	    "rows were written by an earlier run of this import and not again; another Idempotency-Key makes it a new one.");
	add_note(b, r->short_years, "1 row has a year of two digits; it was taken as 20yy.", "rows have years of two digits; they were taken as 20yy.");
	add_note(b, r->shown_twice, "1 row has a time in the hour that clocks show twice; the first was taken.",
	    "rows have times in the hour that clocks show twice; the first was taken.");
	add_note(b, r->more, "The time for one request was up; send the same request again to go on.", "");
}

/* The members, without braces. */
static void
add_report(struct buf *b, const struct intake_report *r)
{
	buf_printf(b, "\"rows\":%zu,\"matched\":%zu,\"created\":%zu,\"updated\":%zu,\"unchanged\":%zu,\"deleted\":%zu,\"repeats\":%zu,"
	              "\"bad\":%zu,\"rounded\":%zu,\"done\":%zu",
	    r->rows, r->matched, r->created, r->updated, r->unchanged, r->deleted, r->repeats, r->bad, r->rounded, r->done);
	if (r->dry_run)
		buf_text(b, ",\"dryRun\":true");
	if (r->more)
		buf_text(b, ",\"more\":true");
	buf_text(b, ",\"errors\":[");
	buf_add(b, r->errors.text, r->errors.length);
	buf_text(b, "],\"notes\":[");
	add_notes(b, r);
	buf_char(b, ']');
}

void
intake_json(struct buf *b, const struct intake_report *report)
{
	buf_char(b, '{');
	add_report(b, report);
	buf_char(b, '}');
}

/* The problem, with how far it got.  p may be NULL. */
static struct problem *
with_report(struct work *w, struct problem *p)
{
	struct buf b;

	if (p == NULL)
		return NULL;
	buf_init(&b, w->a);
	add_report(&b, w->report);
	p->members = b.text;
	return p;
}

/* End some memory, but not the problem that lives in it. */
static struct problem *
leave(struct work *w, struct arena *ends, struct problem *p)
{
	if (p != NULL) {
		p = arena_memdup(w->a, p, sizeof *p);
		p->detail = arena_strdup(w->a, p->detail);
		p->field = arena_strdup(w->a, p->field);
		p->cause = arena_strdup(w->a, p->cause);
	}
	arena_free(ends);
	return p;
}

/* ---- the first half: what the write path would say ---- */

/* What a row meets. */
struct meeting {
	struct record held;
	bool stored, live;
	const char *owner;     /* after the write */
	const char **before, **after;
};

static bool
same(const char *left, const char *right)
{
	return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static void
compose(struct work *w, struct arena *a, const struct import_row *row, struct meeting *m)
{
	m->before = m->live ? values_parse(a, w->c, m->held.doc, m->held.doc_private) : values_new(a, w->c);
	m->after = values_copy(a, w->c, (const char *const *)m->before);
	for (size_t i = 0; i < w->c->field_count; i++)
		if (row->touched[i])
			m->after[i] = row->values[i];
		else if (!m->live)
			m->after[i] = w->c->fields[i].initial;
}

static struct problem *
check_immutable(struct work *w, struct arena *a, const struct import_row *row, const struct meeting *m)
{
	for (size_t i = 0; i < w->c->field_count; i++)
		if (m->live && w->c->fields[i].immutable && row->touched[i] && !same(m->before[i], m->after[i]))
			return problem_at(a, PROBLEM_READ_ONLY, w->c->fields[i].name, "%s cannot be changed once it is set.", w->c->fields[i].name);
	return NULL;
}

static struct problem *
check_rules(struct work *w, struct arena *a, const struct import_row *row, const struct meeting *m)
{
	struct problem *p;
	struct change ch = {
		.db = w->db,
		.a = a,
		.set = w->set,
		.person = w->person,
		.collection = w->c,
		.id = row->id,
		.owner = m->owner,
		.action = ACTION_IMPORTED,
		.before = m->live ? (const char *const *)m->before : NULL,
		.after = m->after,
		.touched = row->touched,
		.relied = values_new(a, w->c),
		.now = instant_now(),
	};

	ch.claimed = ch.now;
	for (size_t i = 0; i < w->c->rule_count; i++)
		if (w->c->rules[i]->derive != NULL && (p = w->c->rules[i]->derive(&ch)) != NULL)
			return p;
	if ((p = values_check(a, w->c, (const char *const *)m->after)) != NULL)
		return p;
	for (size_t i = 0; i < w->c->rule_count; i++)
		if (w->c->rules[i]->check != NULL && (p = w->c->rules[i]->check(&ch)) != NULL)
			return p;
	return NULL;
}

/* Ask once for each record that rows refer to. */
static struct problem *
find_ref(struct work *w, struct arena *a, const struct field *f, const char *id, bool *good)
{
	struct problem *p;
	struct rows *rows;
	struct seen_entry *entry = seen_entry(&w->refs, arena_printf(a, "%s %s", f->ref, id));
	const char *space = w->person->space_id;

	if (entry->count == 0) {
		p = db_run(w->db, a, SQL(REF_OWNER),
		    VALUES(value_text(space), value_text(f->ref), value_text(id), value_text(space), value_text(f->ref), value_text(id)), &rows);
		entry->count = 2;
		if (p != NULL)
			return p;
		if (rows->count == 1 && policy_sees(w->person, collection_find(w->set, f->ref), row_text(rows, 0, 0)))
			entry->count = 1;
	}
	*good = entry->count == 1;
	return NULL;
}

static struct problem *
check_refs(struct work *w, struct arena *a, const struct import_row *row, const struct meeting *m)
{
	struct problem *p;
	bool good;

	for (size_t i = 0; i < w->c->field_count; i++) {
		const struct field *f = &w->c->fields[i];

		if (f->type != FIELD_REF || !row->touched[i] || m->after[i] == NULL || same(m->before[i], m->after[i]))
			continue;
		if ((p = find_ref(w, a, f, value_plain(a, m->after[i]), &good)) != NULL)
			return p;
		if (!good)
			return problem_at(a, PROBLEM_INVALID, f->name, "%s must be the id of a record in %s.", f->name,
			    collection_find(w->set, f->ref)->label);
	}
	return NULL;
}

static struct problem *
find_member(struct work *w, struct arena *a, const char *user, bool *member)
{
	struct problem *p;
	struct rows *rows;
	struct seen_entry *entry = seen_entry(&w->refs, arena_printf(a, "@ %s", user));

	if (entry->count == 0) {
		entry->count = 2;
		if (uuid_valid(user)) {
			p = db_run(w->db, a, SQL(MEMBER_FIND), VALUES(value_text(w->person->space_id), value_text(user)), &rows);
			if (p != NULL)
				return p;
			entry->count = rows->count == 1 ? 1 : 2;
		}
	}
	*member = entry->count == 1;
	return NULL;
}

/* Somebody who has left keeps what is his and gets nothing new. */
static struct problem *
check_owner(struct work *w, struct arena *a, const struct import_row *row, const struct meeting *m)
{
	struct problem *p;
	struct record held;
	bool found = false, member;

	if (row->owner == NULL || strcmp(row->owner, w->person->user_id) == 0 || (m->stored && strcmp(row->owner, m->held.owner) == 0))
		return NULL;
	if ((p = find_member(w, a, row->owner, &member)) != NULL || member)
		return p;
	if (!m->stored && (p = record_find(w->db, a, w->set, w->person->space_id, w->c, row->id, &held, &found)) != NULL)
		return p;
	if (found && strcmp(row->owner, held.owner) == 0)
		return NULL;
	return problem_at(a, PROBLEM_INVALID, "owner", "The owner must be a member of the space.");
}

/* What is there under the row's id.  Not asked where it decides nothing: a row with an id of its own values is whole in itself. */
static struct problem *
meet(struct work *w, struct arena *a, const struct import_row *row, struct meeting *m)
{
	struct problem *p;

	*m = (struct meeting){ .owner = row->owner != NULL ? row->owner : w->person->user_id };
	if (row->derived_id && !w->options->dry_run)
		return NULL;
	if ((p = record_find(w->db, a, w->set, w->person->space_id, w->c, row->id, &m->held, &m->stored)) != NULL || !m->stored)
		return p;
	if (!policy_sees(w->person, w->c, m->held.owner))
		return problem_at(a, PROBLEM_EXISTS, "id", "This id cannot be used.");
	m->live = !m->held.deleted;
	if (row->owner == NULL)
		m->owner = m->held.owner;
	return NULL;
}

/* What the row will come to, for the report of a dry run. */
static size_t *
tally(struct work *w, const struct import_row *row, const struct meeting *m)
{
	struct intake_report *r = w->report;

	if (m->stored && !m->live && !w->options->again)
		return &r->deleted;
	if (!m->live)
		return &r->created;
	if (row->derived_id)
		return &r->unchanged;
	for (size_t i = 0; i < w->c->field_count; i++)
		if (!same(m->before[i], m->after[i]))
			return &r->updated;
	return same(m->owner, m->held.owner) ? &r->unchanged : &r->updated;
}

static bool
is_about_row(const struct problem *p)
{
	return p->kind != PROBLEM_INTERNAL && p->kind != PROBLEM_UNAVAILABLE;
}

static struct problem *
look_at(struct work *w, struct arena *a, const struct import_row *row)
{
	struct problem *p;
	struct meeting m;

	if ((p = meet(w, a, row, &m)) != NULL ||
	    (p = check_owner(w, a, row, &m)) != NULL)
		return p;
	compose(w, a, row, &m);
	if ((p = check_immutable(w, a, row, &m)) != NULL ||
	    (p = choices_settle(w->db, a, w->set, w->person->space_id, w->c, row->touched, true, (const char *const *)m.before, m.after)) != NULL ||
	    (p = check_rules(w, a, row, &m)) != NULL ||
	    (p = check_refs(w, a, row, &m)) != NULL)
		return p;
	if (w->options->dry_run)
		++*tally(w, row, &m);
	return NULL;
}

static void
count_values(struct work *w, const struct import_row *row)
{
	w->report->rounded += row->rounded;
	w->report->short_years += row->short_year;
	w->report->shown_twice += row->shown_twice;
}

/* What the row has in the field that was refused, or NULL where that is no field of its own. */
static const char *
refused_value(struct work *w, struct arena *a, const struct import_row *row, const struct problem *p)
{
	const struct field *f = p->field == NULL ? NULL : collection_field(w->c, p->field);

	return f == NULL || !row->touched[f->index] ? NULL : value_plain(a, row->values[f->index]);
}

static struct problem *
look_at_row(struct work *w, struct arena *a, const struct import_row *row)
{
	struct problem *p;

	w->report->rows++;
	if (!row->taken)
		return NULL;
	w->report->matched++;
	if (row->bad != NULL) {
		add_error(w, row, row->bad, row->bad_value);
		return NULL;
	}
	if (row->repeat) {
		w->report->repeats++;
		return NULL;
	}
	if ((p = look_at(w, a, row)) == NULL) {
		count_values(w, row);
		return NULL;
	}
	if (!is_about_row(p))
		return p;
	w->refused[row->number] = true;
	add_error(w, row, p, refused_value(w, a, row, p));
	return NULL;
}

/* Every row, each in memory of its own. */
static struct problem *
look_at_all(struct work *w)
{
	struct problem *p;
	struct arena *scratch = arena_new();
	struct import_row row;
	bool found;

	while ((p = import_next(w->im, scratch, &row, &found)) == NULL && found && (p = look_at_row(w, scratch, &row)) == NULL)
		arena_reset(scratch);
	p = leave(w, scratch, p);
	return p == NULL || is_about_row(p) ? p : with_report(w, p);
}

static struct problem *
refuse_bad(struct work *w)
{
	size_t bad = w->report->bad;

	if (bad == 0 || w->options->skip_bad)
		return NULL;
	return with_report(w, problem_new(w->a, PROBLEM_INVALID,
	    "%zu of %zu rows %s bad; nothing was imported. Mend the file, or take the other rows with skipBad=1.",
	    bad, w->report->matched, bad == 1 ? "is" : "are"));
}

/* ---- the second half: what an earlier run has written ---- */

/* The number of a row in the id of its op; 0 when there is none. */
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
		w->earlier = arena_alloc(w->a, (IMPORT_ROWS_MAX + 1) * sizeof *w->earlier);
	for (size_t i = 0; i < rows->count; i++) {
		struct earlier *e = &w->earlier[row_of_op(w, row_text(rows, i, 0))];

		if (row_cell(rows, i, 1)->length != sizeof e->hash)
			continue;
		memcpy(e->hash, row_cell(rows, i, 1)->bytes, sizeof e->hash);
		e->deleted = row_integer(rows, i, 2) == 0;
		e->written = true;
	}
}

/* The write path would find each of them by itself, one by one: here they are found together, so that what broke off after many
 * rows is soon where it was. */
static struct problem *
find_earlier(struct work *w)
{
	struct problem *p;
	struct rows *rows;
	const char *after = arena_printf(w->a, "%s-", w->op_prefix), *end = arena_printf(w->a, "%s.", w->op_prefix);
	struct arena *scratch = arena_new();

	for (;;) {
		p = db_run(w->db, scratch, SQL(IMPORT_WRITTEN),
		    VALUES(value_text(w->person->space_id), value_text(w->person->user_id), value_text(after), value_text(end)), &rows);
		if (p != NULL || rows->count == 0)
			break;
		note_earlier(w, rows);
		after = arena_strdup(w->a, row_text(rows, rows->count - 1, 0));
		arena_reset(scratch);
	}
	return leave(w, scratch, p);
}

/* ---- the second half: writing ---- */

/* Some rows on their way into one call of write_ops. */
struct chunk {
	struct arena *a;
	struct op ops[WRITE_OPS_MAX];
	struct import_row rows[WRITE_OPS_MAX];
	struct outcome outcomes[WRITE_OPS_MAX];
	size_t count;
	size_t last_row;   /* the number of the last row read for it */
	bool at_end;
};

/* The name of a run stands for one file. */
static struct problem *
other_file(struct work *w, const struct import_row *row)
{
	return problem_at(w->a, PROBLEM_OP_REUSED, "Idempotency-Key",
	    "This key was used before, for another import: line %zu is not what it was.", row->line);
}

/* Rows of an earlier run are left as they are: what happened to their records since is not undone. */
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

static struct problem *
add_op(struct work *w, struct chunk *chunk, const struct import_row *row)
{
	struct op *op = &chunk->ops[chunk->count];

	*op = (struct op){
		.op_id = arena_printf(chunk->a, "%s-%zu", w->op_prefix, row->number),
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
	op_prepare(chunk->a, w->person, op);
	if (w->earlier != NULL && w->earlier[row->number].written) {
		if (memcmp(w->earlier[row->number].hash, op->hash, sizeof op->hash) != 0)
			return other_file(w, row);
		count_earlier(w, row, w->earlier[row->number].deleted);
		return NULL;
	}
	chunk->rows[chunk->count++] = *row;
	return NULL;
}

static struct problem *
fill(struct work *w, struct chunk *chunk)
{
	struct problem *p;
	struct import_row row;
	bool found;

	chunk->count = 0;
	while (chunk->count < WRITE_OPS_MAX) {
		if ((p = import_next(w->im, chunk->a, &row, &found)) != NULL)
			return p;
		if ((chunk->at_end = !found))
			break;
		chunk->last_row = row.number;
		if (!row.taken || row.bad != NULL || row.repeat || w->refused[row.number])
			continue;
		if ((p = add_op(w, chunk, &row)) != NULL)
			return p;
	}
	return NULL;
}

/* A row that was good when it was looked at and is not any more: something changed in between. */
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
count_outcomes(struct work *w, const struct chunk *chunk)
{
	struct problem *p;

	for (size_t i = 0; i < chunk->count; i++) {
		const struct outcome *out = &chunk->outcomes[i];

		if (out->status == OUTCOME_DUPLICATE)
			count_earlier(w, &chunk->rows[i], out->has_record && out->record.deleted);
		else if (out->status == OUTCOME_UNCHANGED)
			w->report->unchanged++;
		else if (out->problem == NULL)
			++*(out->created ? &w->report->created : &w->report->updated);
		else if ((p = count_refusal(w, &chunk->rows[i], out)) != NULL)
			return p;
	}
	w->report->done = chunk->at_end ? w->report->rows : chunk->last_row;
	return NULL;
}

/* The write reads the person again into the chunk's memory: a copy of it. */
static struct problem *
write_chunk(struct work *w, struct chunk *chunk)
{
	struct problem *p;
	struct person person = *w->person;
	struct written written;

	if ((p = fill(w, chunk)) != NULL)
		return p;
	if (chunk->count > 0 &&
	    (p = write_ops(w->db, chunk->a, w->set, &person, chunk->ops, chunk->count, chunk->outcomes, &written)) != NULL)
		return p;
	return count_outcomes(w, chunk);
}

static time_t
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static struct problem *
write_rows(struct work *w)
{
	struct problem *p;
	struct arena *scratch = arena_new();
	struct chunk *chunk = arena_alloc(w->a, sizeof *chunk);

	chunk->a = scratch;
	if ((p = import_rewind(w->im)) != NULL)
		return leave(w, scratch, p);
	while ((p = write_chunk(w, chunk)) == NULL && !chunk->at_end) {
		if ((w->report->more = w->until != 0 && seconds_now() >= w->until))
			break;
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
	memcpy(w->op_prefix + 4, hex_text(w->a, digest, 12), 25);
}

struct problem *
intake(struct db *db, struct arena *a, const struct collections *set, const struct person *person, struct import *im,
    const struct intake_options *options, struct intake_report *report)
{
	struct problem *p;
	struct work w = {
		.db = db,
		.a = a,
		.set = set,
		.person = person,
		.c = im->collection,
		.im = im,
		.options = options,
		.report = report,
		.refused = arena_alloc(a, IMPORT_ROWS_MAX + 1),
		.until = options->seconds == 0 ? 0 : seconds_now() + options->seconds,
	};

	*report = (struct intake_report){ .dry_run = options->dry_run };
	buf_init(&report->errors, a);
	seen_start(&w.refs, a);
	name_ops(&w);
	if ((p = look_at_all(&w)) != NULL || options->dry_run)
		return p;
	if ((p = refuse_bad(&w)) != NULL ||
	    (p = find_earlier(&w)) != NULL)
		return p;
	return write_rows(&w);
}
