/* write.c -- the one path that changes a record: lock the space, decide, write record, audit and outcome, commit.  The
 * terms are those of schema/PROTOCOL.md: base is the version that a client saw, a tombstone is a deleted record, and a
 * record that is hidden from a person does not exist for them.  Read transaction first, which locks the space, and then
 * take, which handles one op.  The parts of take are in decide.c and compose.c. */
#include "step.h"

#include <string.h>

#include "base/instant.h"
#include "batch.h"
#include "host/head.h"
#include "host/turn.h"
#include "model/policy.h"
#include "record/audit.h"
#include "record/file.h"
#include "record/oversee.h"
#include "store/statement.h"

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_APPLIED] = "applied",
	[OUTCOME_MERGED] = "merged",
	[OUTCOME_UNCHANGED] = "unchanged",
	[OUTCOME_DUPLICATE] = "duplicate",
	[OUTCOME_CONFLICT] = "conflict",
	[OUTCOME_REJECTED] = "rejected",
};

/* ---- writing ---- */

static bool
changes_nothing(struct step *s)
{
	if (s->action == ACTION_DELETED || !s->live || strcmp(s->owner, s->held.owner) != 0)
		return false;
	for (size_t i = 0; i < s->c->field_count; i++)
		if (!value_equal(s->before[i], s->after[i]))
			return false;
	return true;
}

/* What a row counts in what its space holds. */
static int64_t
row_size(const char *doc, const char *doc_private)
{
	return ROW_BYTES + (int64_t)strlen(doc) + (doc_private == NULL ? 0 : (int64_t)strlen(doc_private));
}

/* What is put off is sent when the op of an action may be gone. */
static const unsigned char *
kept_hash(struct step *s)
{
	return arena_memdup(s->call->a, s->op->hash, sizeof s->op->hash);
}

static void
keep_outcome(struct step *s)
{
	if (s->op->op_id == NULL || s->coming != NULL)
		return;
	batch_add(s->call->batch, BATCH_OUTCOMES,
	    VALUES(value_id(s->call->person->space_id), value_id(s->call->person->user_id),
	        value_key(s->op->op_id), value_bytes(kept_hash(s), sizeof s->op->hash), value_text(s->c->name),
	        value_key(s->held.id), value_text(outcome_names[s->out->status]), value_integer(s->out->version),
	        value_integer(s->out->seq), value_text(s->w->now_sql)));
	s->w->holds.bytes += ROW_BYTES;
}

/* Nothing is written for it in a space that takes no more changes: there it is decided anew when it comes again.
 * Otherwise ops without effect could fill the space beyond any limit. */
static struct problem *
leave_unchanged(struct step *s)
{
	s->out->status = OUTCOME_UNCHANGED;
	s->out->merged = false;
	s->out->version = s->held.version;
	s->out->seq = s->held.seq;
	step_show(s, &s->held);
	if (quota_check(s->call->a, &s->w->holds, &s->w->may, GROWTH_NONE) == NULL)
		keep_outcome(s);
	return NULL;
}

static struct record
next_record(struct step *s)
{
	struct arena *a = s->call->a;
	const char *now = s->w->now_sql;
	bool deleted = s->after == NULL;
	struct record r = s->held;

	r.version = s->held.version + 1;
	r.seq = s->w->seq + 1;
	r.tx_seq = s->w->tx_seq;
	r.owner = s->owner;
	r.reader = s->reader;
	r.deleted = deleted;
	r.doc = deleted ? "{}" : values_doc(a, s->c, s->after, false);
	r.doc_private = deleted || !s->c->has_private ? NULL : values_doc(a, s->c, s->after, true);
	r.updated_at = now;
	r.updated_by = s->call->person->user_id;
	if (!s->stored) {
		r.created_at = now;
		r.created_by = s->call->person->user_id;
	}
	return r;
}

/* Check what must hold before any part of a write is written.  check_rows in feed.c checks the same for what it
 * reads. */
static struct problem *
check_next(struct step *s, const struct record *r)
{
	struct arena *a = s->call->a;
	const struct record *held = &s->held;
	const struct writer *w = s->w;
	struct problem *p;

	if ((p = must_hold(a, s->known == (held->version > 0), "only what was written has a version")) != NULL ||
	    (p = must_hold(a, held->version <= held->seq, "each version of a record took a seq")) != NULL ||
	    (p = must_hold(a, held->seq <= w->seq, "no record is ahead of its space")) != NULL ||
	    (p = must_hold(a, r->version == held->version + 1, "a write makes the next version")) != NULL ||
	    (p = must_hold(a, r->seq == w->seq + 1, "a write takes the next seq")) != NULL)
		return p;
	return must_hold(a, r->seq == w->tx_seq + (int64_t)w->rows, "the writes of a transaction have no gap");
}

static void
write_row(struct step *s, const struct record *r)
{
	struct sort_key *key = arena_alloc(s->call->a, sizeof *key);

	if (s->after != NULL)
		*key = values_sort_key(s->call->a, s->c, s->after);
	batch_add(s->call->batch, s->stored ? BATCH_CHANGED : BATCH_CREATED,
	    VALUES(value_id(s->call->person->space_id), value_text(s->c->name), value_key(r->id),
	        value_integer(r->version), value_integer(r->seq), value_integer(r->tx_seq), value_id(r->owner),
	        value_integer(r->deleted), value_bytes(key->bytes, key->length), value_text(r->doc),
	        value_text(r->doc_private), value_text(r->created_at), value_id(r->created_by),
	        value_text(r->updated_at), value_id(r->updated_by), value_id(r->reader)));
	batch_wrote(s->call->batch, r);
	s->w->holds.records += (r->deleted ? 0 : 1) - (s->live ? 1 : 0);
	s->w->holds.bytes += row_size(r->doc, r->doc_private) -
	    (s->stored ? row_size(s->held.doc, s->held.doc_private) : 0);
}

static void
write_audit(struct step *s, const struct record *r)
{
	struct arena *a = s->call->a;
	const struct person *person = s->call->person;
	const char *const *before = s->live ? s->before : NULL;
	const char *changes = changes_between(a, s->c, before, s->after, false, s->op->renamed_from);
	struct audit_row *row = arena_alloc(a, sizeof *row);

	*row = (struct audit_row){
		.space_id = person->space_id,
		.seq = r->seq,
		.tx_seq = r->tx_seq,
		.collection = s->c->name,
		.record_id = r->id,
		.version = r->version,
		.owner_id = r->owner,
		.prev_owner_id = s->known && strcmp(s->held.owner, r->owner) != 0 ? s->held.owner : NULL,
		.action = action_names[s->action],
		.changes = changes == NULL ? "{}" : changes,
		.private_changes = changes_between(a, s->c, before, s->after, true, NULL),
		.user_id = person->user_id,
		.device_id = person->device_id,
		.op_id = s->op->op_id,
		.cause = s->op->cause,
		.at = s->w->now,
		.claimed_at = s->op->claimed_at,
		.reader_id = r->reader,
		.op_hash = s->op->op_id == NULL ? NULL : kept_hash(s),
		.token_id = person->api_token ? person->session_id : NULL,
	};

	audit_seal(a, s->w->chain, row);
	audit_append(a, s->call->batch, s->w->now_sql, row);
	s->w->holds.bytes += row_size(row->changes, row->private_changes);
}

static struct problem *
write_all(struct step *s, const struct record *r)
{
	struct problem *p;
	bool created = !s->live;

	s->out->status = s->out->merged ? OUTCOME_MERGED : OUTCOME_APPLIED;
	s->out->version = r->version;
	s->out->seq = r->seq;
	if ((p = check_next(s, r)) != NULL ||
	    (p = file_refs(s->call, s->c, r->id, s->live ? s->before : NULL, s->after)) != NULL)
		return p;
	write_row(s, r);
	write_audit(s, r);
	keep_outcome(s);
	s->w->people |= strcmp(s->c->name, "employees") == 0;
	s->w->seq = r->seq;
	s->w->rows++;
	s->w->bytes += strlen(r->doc) + (r->doc_private == NULL ? 0 : strlen(r->doc_private));
	s->out->created = created;
	step_show(s, r);
	return NULL;
}

/* Daybook's own writes trigger no effects, imports and restores only those of rules that follow all. */
static bool
has_effect(const struct step *s, const struct change *ch, const struct rule *rule)
{
	if (rule->effect == NULL || s->op->system || (rule->leads != NULL && !rule->leads(ch)))
		return false;
	return rule->follows_all || (s->op->intent != INTENT_IMPORT && s->op->kind != OP_RESTORE);
}

static bool
has_effects(struct step *s)
{
	const struct change ch = step_change(s);

	for (size_t i = 0; i < s->c->rule_count; i++)
		if (has_effect(s, &ch, s->c->rules[i]))
			return true;
	return false;
}

/* Run the effects of a write, in its transaction. */
static struct problem *
follow(struct step *s)
{
	struct problem *p;
	struct change ch = step_change(s);

	for (size_t i = 0; i < s->c->rule_count; i++)
		if (has_effect(s, &ch, s->c->rules[i]) && (p = s->c->rules[i]->effect(s->w, &ch)) != NULL)
			return p;
	return NULL;
}

/* Write a record and run its effects.  An effect can be refused after the write: then both are rolled back to the
 * savepoint.  If an effect only exceeds the limits of this transaction, both are repeated in the next one. */
static struct problem *
write_with_effects(struct step *s, const struct record *r)
{
	struct problem *p, *back;
	struct writer before = *s->w;
	bool full;

	if ((p = db_execute(s->call->db, s->call->a, "SAVEPOINT op")) != NULL) /* sends what was put off */
		return p;
	if ((p = write_all(s, r)) == NULL && (p = follow(s)) == NULL)
		return NULL;
	if (problem_is_fatal(p))
		return p;
	full = s->w->full && before.rows > 0;
	*s->w = before;
	batch_forget(s->call->batch);
	if ((back = db_execute(s->call->db, s->call->a, "ROLLBACK TO SAVEPOINT op")) != NULL)
		return back;
	s->w->full = full;
	return full ? NULL : p;
}

/* False when the record no longer fits into this transaction. */
static bool
fits(struct step *s, const struct record *r)
{
	size_t bytes = strlen(r->doc) + (r->doc_private == NULL ? 0 : strlen(r->doc_private));

	return s->w->rows == 0 || (s->w->rows < WRITE_OPS_MAX && s->w->bytes + bytes <= TRANSACTION_BYTES_MAX);
}

/* A full space can always be emptied, and rights in it taken away. */
static struct problem *
check_room(const struct step *s)
{
	enum growth growth = s->live ? GROWTH_NONE : s->op->system ? GROWTH_OWN : GROWTH_RECORD;

	if (s->action == ACTION_DELETED || s->op->takes_rights)
		return NULL;
	return quota_check(s->call->a, &s->w->holds, &s->w->may, growth);
}

/* ---- what would be written ---- */

/* A dry run, and all checks have passed.  Note the record, and what rules must keep unique, for the checks of the next
 * ops. */
static struct problem *
foresee(struct step *s)
{
	struct problem *p;
	struct change ch = step_change(s);

	s->out->status = s->out->merged ? OUTCOME_MERGED : OUTCOME_APPLIED;
	s->out->created = !s->live;
	if (s->after != NULL)
		seen_entry(s->coming, step_name(s, s->c->name, s->held.id))->count = 1;
	for (size_t i = 0; i < s->c->rule_count; i++)
		if (s->c->rules[i]->foreseen != NULL && (p = s->c->rules[i]->foreseen(&ch)) != NULL)
			return p;
	return NULL;
}

/* ---- one op ---- */

/* An op that the definitions refuse now may have been valid when it first came.  Then it was applied, and it gets the
 * same answer again. */
static struct problem *
take_refused(struct step *s)
{
	struct problem *p;
	bool answered;

	p = step_repeated(s, &answered);
	if (p == NULL && answered)
		return NULL;
	return p != NULL && problem_is_fatal(p) ? p : s->op->refused;
}

/* Everything that can refuse this op, except its effects, is checked before anything is written for it. */
static struct problem *
take(struct step *s)
{
	struct problem *p;
	struct record next;
	bool answered;

	if (s->op->refused != NULL)
		return take_refused(s);
	if (s->op->epoch != NULL && strcmp(s->op->epoch, s->w->epoch) != 0)
		s->op->base = 0;
	s->relied = values_new(s->call->a, s->c);
	s->yields = arena_alloc(s->call->a, s->c->field_count + 1);
	if ((p = step_repeated(s, &answered)) != NULL || answered)
		return p;
	if ((p = step_hold(s, s->op->record_id)) != NULL ||
	    (p = step_decide(s)) != NULL)
		return p;
	if (s->visible && !s->live && s->op->kind == OP_DELETE)
		return leave_unchanged(s);
	if (s->live && s->op->intent == INTENT_IMPORT && s->op->keep_live)
		return leave_unchanged(s);
	if ((p = step_compose(s)) != NULL ||
	    (!s->op->verbatim && ((p = step_settle(s)) != NULL || (p = step_check_refs(s)) != NULL)))
		return p;
	if (changes_nothing(s) || (s->stale && s->op->base == 0))
		return leave_unchanged(s);
	if ((p = check_room(s)) != NULL)
		return p;
	if (s->coming != NULL)
		return foresee(s);
	next = next_record(s);
	if ((s->w->full = !fits(s, &next)))
		return NULL;
	return has_effects(s) ? write_with_effects(s, &next) : write_all(s, &next);
}

static struct problem *
answer(struct writer *w, struct op *op, struct seen *coming, struct outcome *outcome)
{
	struct problem *p;
	struct step s = {
		.w = w,
		.call = w->call,
		.op = op,
		.out = outcome,
		.c = op->collection,
		.touched = op->touched,
		.coming = coming,
	};

	*outcome = (struct outcome){ .status = OUTCOME_REJECTED };
	if ((p = take(&s)) == NULL)
		return NULL;
	if (problem_is_fatal(p))
		return p;
	*outcome = (struct outcome){ .problem = p };
	outcome->status = p->kind == PROBLEM_CONFLICT || p->kind == PROBLEM_EXISTS || p->kind == PROBLEM_PRECONDITION
	    ? OUTCOME_CONFLICT : OUTCOME_REJECTED;
	return NULL;
}

struct problem *
writer_take(struct writer *w, struct op *op, struct outcome *outcome)
{
	return answer(w, op, NULL, outcome);
}

struct problem *
write_ask(const struct call *call, struct op *ops, size_t count, struct seen *coming, struct outcome *outcomes)
{
	struct problem *p;
	struct call within = *call;
	struct writer w = { .call = &within, .now = instant_now() };

	within.batch = batch_new(&within, true);
	for (size_t i = 0; i < count; i++) {
		size_t rest = count - i;

		if (i % BATCH_AHEAD_MAX == 0 && rest > 1 && (p = batch_ahead(within.batch, &ops[i],
		    rest < BATCH_AHEAD_MAX ? rest : BATCH_AHEAD_MAX)) != NULL)
			return p;
		if ((p = answer(&w, &ops[i], coming, &outcomes[i])) != NULL)
			return p;
	}
	return NULL;
}

/* ---- one transaction ---- */

static struct problem *
set_back(struct arena *a)
{
	struct problem *p = problem_new(a, PROBLEM_UNAVAILABLE,
	    "The database is older than what was read of it before; try again shortly.");

	p->cause = "does not hold: in an epoch a head never goes back";
	p->retry_after = 2;
	return p;
}

/* Check what must hold for a space when its lock is taken.  Where the head is behind the one that this host remembers,
 * the database was set back, and the host notices within a second. */
static struct problem *
check_head(const struct writer *w, int64_t min_seq)
{
	const struct person *person = w->call->person;
	bool same_epoch = person->epoch != NULL && strcmp(person->epoch, w->epoch) == 0;

	if (same_epoch && person->seq > w->seq)
		return set_back(w->call->a);
	return must_hold(w->call->a, min_seq <= w->seq, "what was purged was written before");
}

/* Writers of a space wait for each other here, so the order of seq is the order of commits. */
static struct problem *
lock_space(struct writer *w)
{
	struct problem *p;
	struct rows *rows;
	int64_t last;

	p = db_run(w->call->db, w->call->a, SQL(SPACE_LOCK), VALUES(value_id(w->call->person->space_id)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(w->call->a, PROBLEM_NOT_FOUND, "There is no such space.");
	w->seq = row_integer(rows, 0, LOCKED_SEQ);
	w->tx_seq = w->seq + 1;
	memset(w->chain, 0, sizeof w->chain);
	if (row_cell(rows, 0, LOCKED_CHAIN)->length == sizeof w->chain)
		memcpy(w->chain, row_cell(rows, 0, LOCKED_CHAIN)->bytes, sizeof w->chain);
	w->epoch = row_text(rows, 0, LOCKED_EPOCH);
	last = row_instant(rows, 0, LOCKED_LAST_AT);
	w->now = row_instant(rows, 0, LOCKED_NOW);
	if (w->now < last)
		w->now = last;
	w->now_sql = instant_sql(w->call->a, w->now);
	w->rows = w->bytes = 0;
	w->full = w->people = w->moved = false;
	w->min_seq = row_integer(rows, 0, LOCKED_MIN_SEQ);
	quota_of_row(w->call, rows, 0, LOCKED_RECORDS, &w->holds, &w->may);
	w->held = w->holds.bytes;
	return check_head(w, w->min_seq);
}

static struct problem *
advance_space(struct writer *w)
{
	struct arena *a = w->call->a;
	struct problem *p;
	struct rows *rows;

	if (w->rows == 0 && w->holds.bytes == w->held)
		return NULL;
	if (w->rows == 0)
		return db_run(w->call->db, a, SQL(SPACE_GROW),
		    VALUES(value_integer(w->holds.bytes), value_id(w->call->person->space_id)), NULL);
	p = must_hold(a, w->seq + 1 == w->tx_seq + (int64_t)w->rows, "a head moves by one for each write");
	if (p != NULL)
		return p;
	w->moved = true;
	p = db_run(w->call->db, a, SQL(SPACE_ADVANCE),
	    VALUES(value_integer(w->seq), value_bytes(w->chain, sizeof w->chain), value_text(w->now_sql),
	        value_integer(w->holds.records), value_integer(w->holds.bytes),
	        value_id(w->call->person->space_id)),
	    &rows);
	return p != NULL ? p : must_hold(a, rows->affected == 1, "a space that is locked is there");
}

/* The argument of db_transaction: the writer, and what to do with it. */
struct acting {
	const struct call *call; /* the caller's */
	struct call within;      /* the same, with the batch of the transaction: the writer's */
	struct writer writer;
	enum role least;
	bool only_ops;           /* of write_ops */
	const struct op *only;   /* the one op of write_ops, or NULL */
	struct past_room spent;  /* by the transactions before */
	struct problem *(*make)(struct writer *w, void *arg); /* inserts the space first; or NULL */
	struct problem *(*work)(struct writer *w, void *arg);
	void *arg;
};

/* It may run several times, so it sets all of its results each time. */
static struct problem *
transaction(struct db *db, struct arena *a, void *arg)
{
	struct acting *action = arg;
	struct writer *w = &action->writer;
	struct problem *p;

	(void)db;
	(void)a;
	action->within = *action->call;
	action->within.batch = batch_new(&action->within, action->only_ops);
	batch_past_room(action->within.batch)->rows -= action->spent.rows;
	batch_past_room(action->within.batch)->bytes -= action->spent.bytes;
	w->call = &action->within;
	if ((action->make != NULL && (p = action->make(w, action->arg)) != NULL) ||
	    (p = lock_space(w)) != NULL ||
	    (p = batch_person(w->call->batch, action->only)) != NULL)
		return p;
	if (action->least > ROLE_NONE && w->call->person->role == ROLE_NONE)
		return problem_new(w->call->a, PROBLEM_NOT_FOUND, "There is no such space.");
	if ((p = policy_role(w->call->a, w->call->person, action->least)) != NULL ||
	    (p = action->work(w, action->arg)) != NULL ||
	    (w->people && (p = oversee_renew(w)) != NULL))
		return p;
	return advance_space(w);
}

/* The other processes of this host know the new head before the write is answered. */
static void
publish(const struct writer *w)
{
	struct head head = head_of(w->epoch, w->seq, w->chain, w->min_seq);

	head_written(w->call->person->space_id, &head);
}

static struct problem *
commit_action(struct acting *action, struct written *written)
{
	struct problem *p;

	if ((p = db_transaction(action->call->db, action->call->a, transaction, action)) != NULL)
		return p;
	action->spent.rows = PAST_ROWS_MAX - batch_past_room(action->within.batch)->rows;
	action->spent.bytes = PAST_BYTES_MAX - batch_past_room(action->within.batch)->bytes;
	if (action->writer.moved)
		publish(&action->writer);
	written->head = action->writer.seq;
	memcpy(written->chain, action->writer.chain, sizeof written->chain);
	written->epoch = action->writer.epoch;
	written->at = action->writer.now;
	return NULL;
}

/* Who waits for the lock of a space occupies a worker, so only few may, and not in the database. */
static struct problem *
run_action(struct acting *action, struct written *written)
{
	const struct call *call = action->call;
	struct turn turn = { 0 };
	struct problem *p = NULL;

	if (call->turns != NULL)
		p = turn_take(call->turns, call->a, TURN_SPACE, call->person->space_id, &turn);
	if (p == NULL)
		p = commit_action(action, written);
	if (call->turns != NULL)
		turn_end(call->turns, &turn);
	return p;
}

struct problem *
write_action(const struct call *call, enum role least, struct problem *(*work)(struct writer *w, void *arg), void *arg,
    struct written *written)
{
	struct acting action = {
		.call = call,
		.least = least,
		.work = work,
		.arg = arg,
	};

	return run_action(&action, written);
}

struct problem *
write_founding(const struct call *call, struct problem *(*make)(struct writer *w, void *arg),
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written)
{
	struct acting action = {
		.call = call,
		.least = ROLE_NONE,
		.make = make,
		.work = work,
		.arg = arg,
	};

	return run_action(&action, written);
}

struct problem *
writer_ahead(struct writer *w, const struct op *ops, size_t count)
{
	_Static_assert((int)WRITE_AHEAD_MAX <= (int)BATCH_AHEAD_MAX, "they are looked up in one go");
	return batch_ahead(w->call->batch, ops, count);
}

struct problem *
writer_must(struct writer *w, struct op *op, struct outcome *outcome)
{
	struct problem *p;

	op_prepare(w->call->a, w->call->person, op);
	if ((p = writer_take(w, op, outcome)) != NULL)
		return p;
	if (w->full)
		return problem_new(w->call->a, PROBLEM_TOO_LARGE,
		    "This would change more than %d records at once.", WRITE_OPS_MAX);
	return outcome->problem;
}

/* ---- a transaction of many pages ---- */

/* One call of write_whole. */
struct whole {
	struct problem *(*page)(struct writer *w, void *arg, struct whole_page *page);
	void *arg;
	struct arena *arena; /* of the running page */
	int64_t until;       /* of steady_now() */
};

static struct problem *
write_page(struct writer *w, struct whole *whole, struct whole_page *page)
{
	const struct call *outer = w->call;
	struct call within;
	struct problem *p;

	if (steady_now() > whole->until)
		return problem_new(outer->a, PROBLEM_TOO_MUCH,
		    "This takes longer than others can be made to wait for it; do it in parts.");
	arena_reset(whole->arena);
	within = call_in(outer, whole->arena);
	within.batch = batch_new(&within, false);
	w->call = &within;
	w->tx_seq = w->seq + 1;
	w->rows = w->bytes = 0;
	w->full = page->more = false;
	if ((p = whole->page(w, whole->arg, page)) == NULL)
		p = advance_space(w);
	w->rows = 0;
	w->held = w->holds.bytes;
	w->tx_seq = w->seq + 1;
	w->call = outer;
	return p;
}

static struct problem *
write_pages(struct writer *w, void *arg)
{
	struct whole_page page = { .first = true };
	struct problem *p;

	do {
		if ((p = write_page(w, arg, &page)) != NULL)
			return p;
		page.first = false;
	} while (page.more);
	return NULL;
}

/* The arena of the pages lives as long as that of the call, because a problem of a page is in it. */
struct problem *
write_whole(const struct call *call, enum role least, int at_most,
    struct problem *(*page)(struct writer *w, void *arg, struct whole_page *page), void *arg, struct written *written)
{
	struct whole whole = {
		.page = page,
		.arg = arg,
		.arena = arena_within(call->a),
		.until = steady_now() + (int64_t)at_most * 1000,
	};

	return write_action(call, least, write_pages, &whole, written);
}

/* ---- a list of ops ---- */

/* One call of write_ops. */
struct listed {
	struct op *ops;
	struct outcome *outcomes;
	size_t count;
	size_t first, next; /* ops of the running transaction: [first, next) */
	size_t ahead;       /* how many ops are looked up at once */
	int64_t begun;      /* steady_now() at the first transaction, */
	int64_t locked;     /* and at the running one */
	struct turn slow;   /* of who has written for long */
};

enum {
	LOCKED_MS = 1000,   /* after which others may write between two ops */
	LONGEST_MS = 20000  /* for all ops, before web servers give up */
};

static struct problem *
take_listed(struct writer *w, void *arg)
{
	struct listed *l = arg;
	struct problem *p;
	size_t known = l->first;

	l->locked = steady_now();
	for (l->next = l->first; l->next < l->count; l->next++) {
		if (l->next == known && l->count - known > 1) {
			known += l->count - known < l->ahead ? l->count - known : l->ahead;
			if ((p = batch_ahead(w->call->batch, &l->ops[l->next], known - l->next)) != NULL)
				return p;
		}
		if ((p = writer_take(w, &l->ops[l->next], &l->outcomes[l->next])) != NULL)
			return p;
		if (w->full)
			break;
		if (w->call->turns != NULL && steady_now() - l->locked > LOCKED_MS) {
			l->next++;
			break;
		}
	}
	return NULL;
}

static bool
scans(const struct op *op)
{
	if (op->refused != NULL) /* it may have no collection */
		return false;
	for (size_t i = 0; i < op->collection->rule_count; i++)
		if (op->collection->rules[i]->scans)
			return true;
	return false;
}

static bool
any_scans(const struct listed *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (scans(&l->ops[i]))
			return true;
	return false;
}

/* Before the next transaction.  Most writes are over in milliseconds, and whoever knows of a kind that is not has it
 * counted among what is slow.  For all others, time tells. */
static struct problem *
go_on(const struct call *call, struct listed *l)
{
	int64_t lasts = steady_now() - l->begun;
	struct problem *p;

	if (call->turns == NULL || (l->first == 0 ? !any_scans(l) : lasts <= LOCKED_MS))
		return NULL;
	if (lasts <= LONGEST_MS)
		return call->turns->slow != 0 ? NULL
		    : turn_take(call->turns, call->a, TURN_BULK, call->person->user_id, &l->slow);
	p = problem_new(call->a, PROBLEM_BUSY,
	    "This takes long, and a part of it is done; please send it again, and the rest follows.");
	p->retry_after = 1;
	return p;
}

static struct problem *
write_listed(const struct call *call, struct acting *action, struct listed *l, struct written *written)
{
	struct problem *p;

	do {
		if ((p = go_on(call, l)) != NULL || (p = run_action(action, written)) != NULL)
			return p;
		if (l->next - l->first < l->ahead)
			l->ahead = l->next - l->first;
		l->first = l->next;
	} while (l->first < l->count);
	return NULL;
}

/* Ops so large that few fit into a transaction are looked up few at a time: each transaction looks again. */
struct problem *
write_ops(const struct call *call, struct op *ops, size_t count, struct outcome *outcomes, struct written *written)
{
	struct problem *p;
	struct listed l = {
		.ops = ops,
		.outcomes = outcomes,
		.count = count,
		.ahead = BATCH_AHEAD_MAX,
		.begun = steady_now(),
	};
	struct acting action = {
		.call = call,
		.least = ROLE_VIEWER,
		.only_ops = true,
		.only = count == 1 && ops->refused == NULL ? ops : NULL,
		.work = take_listed,
		.arg = &l,
	};

	p = write_listed(call, &action, &l, written);
	if (call->turns != NULL)
		turn_end(call->turns, &l.slow);
	return p;
}
