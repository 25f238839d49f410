/* back.c -- takes an import back.  First the records of its rows, a page of its audit at a time; then the records that
 * rows named and that were made for that, if nothing else names them.  Read back_take, at the bottom, first. */
#include "back_fields.h"
#include "back_names.h"

#include <string.h>
#include <time.h>

#include "base/instant.h"
#include "model/policy.h"
#include "record/past.h"
#include "store/statement.h"

/* ---- the report ---- */

void
back_leave(struct back *b, const char *collection, const char *id, const char *detail)
{
	struct json_out *out = &b->report->left_out;

	if (b->report->listed++ >= BACK_LISTED_MAX)
		return;
	put_object(out, NULL);
	put_text(out, "collection", collection);
	put_text(out, "id", id);
	put_text(out, "detail", detail);
	put_end(out);
}

void
back_put(struct json_out *out, const struct back_report *r)
{
	put_text(out, "import", r->import);
	put_integer(out, "deleted", (int64_t)r->deleted);
	put_integer(out, "restored", (int64_t)r->restored);
	put_integer(out, "kept", (int64_t)r->kept);
	put_integer(out, "closed", (int64_t)r->closed);
	put_integer(out, "refused", (int64_t)r->refused);
	put_integer(out, "inUse", (int64_t)r->in_use);
	put_integer(out, "gone", (int64_t)r->gone);
	put_object(out, "made");
	for (size_t i = 0; i < BACK_MADE_MAX && r->made[i].collection != NULL; i++)
		put_integer(out, r->made[i].collection, (int64_t)r->made[i].count);
	put_end(out);
	if (r->dry_run)
		put_boolean(out, "dryRun", true);
	if (r->more)
		put_boolean(out, "more", true);
	put_json(out, "left", arena_printf(out->to->arena, "%s]", r->left.text));
}

/* ---- one record ---- */

static const char *
changed_since(void)
{
	return "It was changed after the import.";
}

static bool
is_back(const struct back *b, const struct written_row *row)
{
	return row->last_cause != NULL && strcmp(row->last_cause, b->cause) == 0;
}

/* True when the record has the values that the import gave it.  Another import may have changed it meanwhile and been
 * taken back; what somebody brought back from its history stays. */
static struct problem *
is_as_written(struct back *b, struct arena *a, const struct written_row *row, bool *same)
{
	const struct collection *c = row->record.collection;
	const char *const *now = (const char *const *)values_parse(a, c, row->record.doc, row->record.doc_private);
	struct call call = call_in(b->call, a);
	struct past past;
	struct problem *p;

	*same = row->record.version == row->version;
	if (*same || strcmp(row->last_action, action_names[ACTION_RESTORED]) == 0 ||
	    strcmp(row->last_action, action_names[ACTION_REVIVED]) == 0)
		return NULL;
	p = past_read(&call, c, row->record.id, row->version, row->record.version, PAST_MERGE_ROWS, now, &past);
	if (p != NULL)
		return p;
	*same = past.complete && !past.handed_on;
	for (size_t i = 0; i < c->field_count; i++)
		*same = *same && (c->fields[i].derived || value_equal(now[i], past.values[i]));
	return NULL;
}

static struct op
op_back(struct back *b, const struct written_row *row, enum op_kind kind)
{
	return (struct op){
		.collection = row->record.collection,
		.record_id = row->record.id,
		.kind = kind,
		.intent = INTENT_CHANGE,
		.base = row->record.version,
		.takes_back = kind == OP_DELETE,
		.cause = b->cause,
	};
}

/* Give the fields of one object {"field":[old,new],…} their old values, where they have the new ones.  The others are
 * marked in spared. */
static void
undo(struct arena *a, struct op *op, const char *const *now, const char *changes, bool *spared)
{
	struct json_slice key, pair;

	while (changes != NULL && json_next_member(&changes, &key, &pair)) {
		const struct field *f = collection_field(op->collection, arena_strndup(a, key.text, key.length));
		const char *old, *value;

		if (f == NULL || f->derived || f->retired || !change_values(a, pair, &old, &value))
			continue;
		if (value_equal(now[f->index], value))
			op_give(a, op, f->name, old);
		else
			spared[f->index] = true;
	}
}

/* Find out what to do about a record that the import changed. */
static void
restore(struct back *b, struct arena *a, const struct written_row *row, struct op *op, bool *any)
{
	const struct record *r = &row->record;
	const char *const *now = (const char *const *)values_parse(a, r->collection, r->doc, r->doc_private);
	size_t count = r->collection->field_count;
	bool *spared = arena_alloc(a, count + 1);

	*op = op_back(b, row, OP_SET);
	undo(a, op, now, row->changes, spared);
	undo(a, op, now, row->private_changes, spared);
	back_spare_spans(op, spared);
	*any = back_any(op->touched, count);
	if (row->former_owner != NULL && strcmp(row->owner, r->owner) == 0) {
		op->new_owner = row->former_owner;
		if (!*any)
			op_give(a, op, r->collection->fields[0].name, now[0]);
		*any = true;
	}
	if (row->changes != NULL && !back_any(spared, count))
		return;
	b->report->kept++;
	back_leave(b, r->collection->name, r->id, changed_since());
}

/* True when there is something to be written for the record. */
static struct problem *
decide(struct back *b, struct arena *a, const struct written_row *row, struct op *op, bool *any)
{
	struct problem *p;
	bool gone = row->record.id == NULL || row->record.deleted;

	*any = false;
	if (gone || is_back(b, row)) {
		++*(!is_back(b, row) ? &b->report->gone : gone ? &b->report->deleted : &b->report->restored);
		return NULL;
	}
	if (!row->created) {
		restore(b, a, row, op, any);
		return NULL;
	}
	if ((p = is_as_written(b, a, row, any)) != NULL)
		return p;
	*op = op_back(b, row, OP_DELETE);
	if (!*any) {
		b->report->kept++;
		back_leave(b, row->record.collection->name, row->record.id, changed_since());
	}
	return NULL;
}

static void
count(struct back *b, const struct op *op, const struct outcome *out)
{
	struct back_report *r = b->report;

	if (out->problem == NULL) {
		++*(op->kind == OP_DELETE ? &r->deleted : &r->restored);
		if (op->kind == OP_DELETE && r->dry_run)
			back_note_deleted(b, op->collection, op->record_id);
		return;
	}
	++*(out->problem->kind == PROBLEM_PERIOD_CLOSED ? &r->closed
	    : out->problem->kind == PROBLEM_CONFLICT ? &r->kept : &r->refused);
	back_leave(b, op->collection->name, op->record_id, out->problem->detail);
}

/* ---- pages ---- */

struct problem *
back_write(struct back *b, struct arena *a, struct op *ops, size_t op_count, struct outcome *outcomes)
{
	struct person person = *b->call->person;
	struct call call = call_in(b->call, a);
	struct written written;

	call.person = &person;
	for (size_t i = 0; i < op_count; i++)
		op_prepare(a, &person, &ops[i]);
	if (op_count == 0)
		return NULL;
	return b->report->dry_run ? write_ask(&call, ops, op_count, &b->coming, outcomes)
	    : write_ops(&call, ops, op_count, outcomes, &written);
}

static struct written_row
row_of(const struct back *b, const struct rows *rows, size_t i)
{
	struct written_row row = {
		.op = row_text(rows, i, BACK_OP),
		.version = row_integer(rows, i, BACK_VERSION),
		.created = row_integer(rows, i, BACK_CREATED) != 0,
		.owner = row_text(rows, i, BACK_OWNER),
		.former_owner = row_text(rows, i, BACK_FORMER_OWNER),
		.changes = row_text(rows, i, BACK_CHANGES),
		.private_changes = row_text(rows, i, BACK_PRIVATE_CHANGES),
		.last_cause = row_text(rows, i, BACK_LAST_CAUSE),
		.last_action = row_text(rows, i, BACK_LAST_ACTION),
	};
	struct rows part = row_part(rows, i, 0);

	if (row_text(rows, i, RECORD_ID) == NULL || !record_of_row(b->call->set, &part, 0, &row.record))
		row.record.id = NULL;
	return row;
}

struct problem *
back_page(struct back *b, struct arena *a, const char *after, const char *end, struct written_row **found,
    size_t *found_count)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(b->call->db, a, SQL(IMPORT_BACK),
	    VALUES(value_id(b->call->person->space_id), value_id(b->person), value_key(after), value_key(end)), &rows);
	if (p != NULL)
		return p;
	*found = arena_alloc(a, (rows->count + 1) * sizeof **found);
	*found_count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		(*found)[i] = row_of(b, rows, i);
	return NULL;
}

static struct problem *
take_page(struct back *b, struct arena *a, const struct written_row *rows, size_t row_count)
{
	struct problem *p;
	struct op *ops = arena_alloc(a, (row_count + 1) * sizeof *ops);
	struct outcome *outcomes = arena_alloc(a, (row_count + 1) * sizeof *outcomes);
	size_t op_count = 0;

	for (size_t i = 0; i < row_count; i++) {
		bool any;

		if ((p = decide(b, a, &rows[i], &ops[op_count], &any)) != NULL)
			return p;
		op_count += any;
	}
	if ((p = back_write(b, a, ops, op_count, outcomes)) != NULL)
		return p;
	for (size_t i = 0; i < op_count; i++)
		count(b, &ops[i], &outcomes[i]);
	return NULL;
}

bool
back_is_over(struct back *b)
{
	b->report->more = b->report->more || (b->until != 0 && steady_now() >= b->until);
	return b->report->more;
}

/* The records of the rows of the file. */
static struct problem *
take_rows(struct back *b, struct arena *scratch)
{
	const char *after = arena_printf(b->call->a, "%s-", b->run), *end = arena_printf(b->call->a, "%s-n", b->run);
	struct written_row *rows;
	struct problem *p;
	size_t row_count;

	do {
		arena_reset(scratch);
		if ((p = back_page(b, scratch, after, end, &rows, &row_count)) != NULL ||
		    (p = take_page(b, scratch, rows, row_count)) != NULL)
			return p;
		if (row_count > 0)
			after = arena_strdup(b->call->a, rows[row_count - 1].op);
	} while (row_count > 0 && !back_is_over(b));
	return NULL;
}

/* ---- the record of the import ---- */

static struct problem *
write_record(struct back *b, struct op *op)
{
	struct person person = *b->call->person;
	struct call call = call_in(b->call, b->call->a);
	struct outcome outcome;
	struct written written;
	struct problem *p;

	call.person = &person;
	op_prepare(call.a, &person, op);
	if ((p = write_ops(&call, op, 1, &outcome, &written)) != NULL)
		return p;
	return outcome.problem;
}

/* From now on no row of the file is written under this run. */
static struct problem *
begin(struct back *b)
{
	struct arena *a = b->call->a;
	struct op op = op_own(b->imports, b->run, b->cause);
	char now[INSTANT_TEXT_SIZE];

	if (b->begun || b->report->dry_run)
		return NULL;
	instant_format(instant_now(), now);
	op_give(a, &op, "takenBackAt", json_quoted(a, now));
	op_give(a, &op, "takenBackBy", json_quoted(a, b->call->person->user_id));
	return write_record(b, &op);
}

static struct problem *
end(struct back *b)
{
	const struct back_report *r = b->report;
	struct arena *a = b->call->a;
	struct op op = op_own(b->imports, b->run, b->cause);
	size_t made = 0;

	if (r->dry_run)
		return NULL;
	for (size_t i = 0; i < BACK_MADE_MAX; i++)
		made += r->made[i].count;
	op_give(a, &op, "takenBackDeleted", arena_printf(a, "%zu", r->deleted + made));
	op_give(a, &op, "takenBackRestored", arena_printf(a, "%zu", r->restored));
	op_give(a, &op, "takenBackKept", arena_printf(a, "%zu", r->kept + r->closed + r->refused + r->in_use));
	if (!r->more)
		op_give(a, &op, "state", "\"takenBack\"");
	return write_record(b, &op);
}

static struct problem *
find_import(struct back *b, const char *id)
{
	const struct call *call = b->call;
	const char *const *values;
	struct record record;
	struct problem *p;
	bool found = false;

	b->imports = collection_find(call->set, "imports");
	if (b->imports != NULL && (p = record_find(call, b->imports, id, &record, &found)) != NULL)
		return p;
	if (!found || record.deleted || !policy_sees(call->person, b->imports, record.owner, record.reader))
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such import.");
	values = (const char *const *)values_parse(call->a, b->imports, record.doc, record.doc_private);
	b->run = b->report->import = arena_strdup(call->a, id);
	b->cause = arena_printf(call->a, "back%s", id + strcspn(id, "-"));
	b->person = record.owner;
	b->begun = value_named(b->imports, values, "takenBackAt") != NULL;
	return NULL;
}

/* ---- the whole ---- */

static void
start_report(struct back *b, bool dry_run)
{
	struct back_report *r = b->report;

	*r = (struct back_report){ .dry_run = dry_run };
	buf_init(&r->left, b->call->a);
	json_out_start(&r->left_out, &r->left);
	put_array(&r->left_out, NULL);
}

static struct problem *
take_all(struct back *b)
{
	struct arena *scratch = arena_new();
	struct problem *p = take_rows(b, scratch);

	if (p == NULL && !b->report->more)
		p = back_take_names(b, scratch);
	if (p != NULL)
		p = problem_copy(b->call->a, p);
	arena_free(scratch);
	return p;
}

struct problem *
back_take(const struct call *call, const char *id, const struct back_options *options, struct back_report *report)
{
	struct problem *p;
	struct back b = {
		.call = call,
		.report = report,
		.until = options->seconds == 0 ? 0 : steady_now() + (int64_t)options->seconds * 1000,
	};

	start_report(&b, options->dry_run);
	seen_start(&b.coming, call->a);
	seen_start(&b.deleted, call->a);
	if ((p = find_import(&b, id)) != NULL || (p = begin(&b)) != NULL || (p = take_all(&b)) != NULL)
		return p;
	return end(&b);
}
