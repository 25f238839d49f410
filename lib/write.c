/* write.c -- the one path that changes a record: lock the space, decide, write record, audit and outcome, commit.
 * PROTOCOL words: base is the version a client saw; a tombstone is a deleted record; what is hidden from a caller is absent for him.
 * Read take first, then decide; transaction is what stands around them. */
#include "write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "choices.h"
#include "file.h"
#include "instant.h"
#include "past.h"
#include "policy.h"
#include "rule.h"
#include "statement.h"

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_APPLIED] = "applied",
	[OUTCOME_MERGED] = "merged",
	[OUTCOME_UNCHANGED] = "unchanged",
	[OUTCOME_DUPLICATE] = "duplicate",
	[OUTCOME_CONFLICT] = "conflict",
	[OUTCOME_REJECTED] = "rejected",
};

/* One op of a transaction. */
struct step {
	struct writer *w;
	struct arena *a;
	const struct person *person;
	struct op *op;
	struct outcome *out;
	const struct collection *c;
	struct seen *coming;               /* this is only asked: what earlier ones that were asked would have made; else NULL */
	/* what is there */
	struct record held;
	bool stored;                       /* a row exists in record */
	bool known;                        /* the id has a history: held has its last version and owner */
	bool live;                         /* and is not deleted */
	bool visible;                      /* to the person */
	const char **before;               /* values; all NULL unless live */
	/* what shall be */
	enum action action;
	const char **after;
	bool *touched;                     /* by field: named by the op */
	const char **relied;               /* by field: see rule.h */
	bool *yields;                      /* by field: see rule.h */
	int64_t last;                      /* when somebody changed it last; before there was a space nobody did anything in it */
	const char *owner, *reader;        /* after the write */
	bool stale;                        /* base is older than the version: merge or conflict */
};

static bool
same(const char *left, const char *right)
{
	return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* ---- what is there ---- */

/* The infrastructure failed: the transaction ends, nobody knows the outcome.  Anything else is about this op alone. */
static bool
fatal(const struct problem *p)
{
	return p->kind == PROBLEM_INTERNAL || p->kind == PROBLEM_UNAVAILABLE;
}

static struct problem *
hold_purged(struct step *s)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(s->w->db, s->a, SQL(RECORD_PURGED),
	    VALUES(value_text(s->person->space_id), value_text(s->c->name), value_text(s->held.id)), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	s->known = true;
	s->held = (struct record){
		.collection = s->c,
		.id = s->held.id,
		.version = row_integer(rows, 0, 0),
		.seq = row_integer(rows, 0, 1),
		.owner = row_text(rows, 0, 2),
		.deleted = true,
		.doc = "{}",
		.created_at = row_text(rows, 0, 3),
		.created_by = row_text(rows, 0, 4),
		.updated_at = row_text(rows, 0, 3),
		.updated_by = row_text(rows, 0, 4),
		.reader = row_text(rows, 0, 5),
	};
	return NULL;
}

/* The record for an id: its row, else its last audit row (a purged tombstone is still a tombstone), else nothing. */
static struct problem *
hold(struct step *s, const char *id)
{
	struct problem *p;

	p = record_find(s->w->db, s->a, s->w->set, s->person->space_id, s->c, id, &s->held, &s->stored);
	if (p != NULL)
		return p;
	s->known = s->stored;
	if (!s->stored) {
		s->held = (struct record){ .collection = s->c, .id = id };
		if ((p = hold_purged(s)) != NULL)
			return p;
	}
	s->live = s->stored && !s->held.deleted;
	s->visible = s->known && (s->op->system || policy_sees(s->person, s->c, s->held.owner, s->held.reader));
	s->before = s->live ? values_parse(s->a, s->c, s->held.doc, s->held.doc_private) : values_new(s->a, s->c);
	return NULL;
}

static struct problem *
not_found(struct step *s)
{
	return problem_new(s->a, PROBLEM_NOT_FOUND, "There is no such record.");
}

static void
show_record(struct step *s, const struct record *record)
{
	s->out->record = *record;
	s->out->has_record = policy_sees(s->person, s->c, record->owner, record->reader);
}

/* ---- an op that was here before ---- */

static bool
is_hash_of(const struct value *hash, const struct op *op)
{
	return hash->length == SHA256_SIZE &&
	    (memcmp(hash->bytes, op->hash, SHA256_SIZE) == 0 || memcmp(hash->bytes, op->hash_before, SHA256_SIZE) == 0);
}

static struct problem *
repeat(struct step *s, struct rows *rows, bool *answered)
{
	struct problem *p;
	const struct value *hash = row_cell(rows, 0, 1);
	const char *status = row_text(rows, 0, 4);

	*answered = true;
	if (hash->kind == VALUE_BYTES && !is_hash_of(hash, s->op))
		return problem_at(s->a, PROBLEM_OP_REUSED, "op", "This op id was used before, for another request.");
	if (strcmp(row_text(rows, 0, 2), s->c->name) != 0 ||
	    (!s->op->made_id && strcmp(row_text(rows, 0, 3), s->op->record_id) != 0))
		return problem_at(s->a, PROBLEM_OP_REUSED, "op", "This op id was used before, for another request.");
	if ((p = hold(s, row_text(rows, 0, 3))) != NULL)
		return p;
	s->out->status = OUTCOME_DUPLICATE;
	s->out->merged = strcmp(status, "merged") == 0;
	s->out->version = row_integer(rows, 0, 5);
	s->out->seq = row_integer(rows, 0, 6);
	if (s->known)
		show_record(s, &s->held);
	return NULL;
}

static struct problem *
look_up_op(struct step *s, bool *answered)
{
	struct problem *p;
	struct rows *rows;
	const char *space = s->person->space_id, *user = s->person->user_id, *op = s->op->op_id;

	*answered = false;
	if (op == NULL)
		return NULL;
	p = db_run(s->w->db, s->a, SQL(OP_FIND),
	    VALUES(value_text(space), value_text(user), value_text(op), value_text(space), value_text(user), value_text(op)), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	return repeat(s, rows, answered);
}

/* ---- conflicts ---- */

static bool
shows(struct step *s, const struct field *f)
{
	return !f->is_private || policy_sees_private(s->person, s->held.owner);
}

/* What the person could see of a version, by whose it was then. */
static bool
showed(struct step *s, const struct field *f, const struct past *past)
{
	return past->row.version != 0 && policy_sees(s->person, s->c, past->row.owner_id, past->row.reader_id) &&
	    (!f->is_private || policy_sees_private(s->person, past->row.owner_id));
}

static struct problem *
read_past(struct step *s, int64_t version, struct past *past)
{
	return past_read(s->w->db, s->a, s->person->space_id, s->c, s->held.id, version, s->held.version, s->before, past);
}

/* past is the version the values are of, or NULL for values of the person's own. */
static void
add_values(struct step *s, struct buf *b, const char *name, const char *const *values, const bool *which, const struct past *past)
{
	const char *separator = "";

	buf_printf(b, ",\"%s\":{", name);
	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[s->c->sorted[i]];

		if (!which[f->index] || !shows(s, f) || (past != NULL && !showed(s, f, past)))
			continue;
		buf_printf(b, "%s\"%s\":", separator, f->name);
		buf_text(b, values[f->index] == NULL ? "null" : values[f->index]);
		separator = ",";
	}
	buf_char(b, '}');
}

static void
add_fields(struct step *s, struct buf *b, const bool *which)
{
	const char *separator = "";

	buf_text(b, ",\"fields\":[");
	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[s->c->sorted[i]];

		if (!which[f->index] || !shows(s, f))
			continue;
		buf_printf(b, "%s\"%s\"", separator, f->name);
		separator = ",";
	}
	buf_char(b, ']');
}

/* The conflict as both sides need it: versions, the record now, and per clashing field what it was, what was wanted.
 * base is NULL when the base version's values are not known. */
static struct problem *
conflict(struct step *s, enum problem_kind kind, const struct past *base, const bool *clashing, const char *detail)
{
	struct problem *p = problem_new(s->a, kind, "%s", detail);
	struct buf b;

	buf_init(&b, s->a);
	buf_printf(&b, "\"currentVersion\":%" PRId64, s->held.version);
	if (s->op->base != BASE_CURRENT && s->op->intent != INTENT_CREATE)
		buf_printf(&b, ",\"expectedVersion\":%" PRId64, s->op->base);
	if (clashing != NULL) {
		add_fields(s, &b, clashing);
		if (base != NULL)
			add_values(s, &b, "base", base->values, clashing, base);
		add_values(s, &b, "mine", s->after != NULL ? s->after : s->op->values, clashing, NULL);
	}
	buf_text(&b, ",\"current\":");
	record_json(&b, &s->held, s->person);
	p->members = b.text;
	return p;
}

/* For a hidden id a create gets this and no more: the one place where hidden and absent differ. */
static struct problem *
bare_conflict(struct step *s)
{
	return problem_at(s->a, PROBLEM_EXISTS, "id", "This id cannot be used.");
}

/* ---- the decision: PROTOCOL section 2, base × state ---- */

static struct problem *
may(struct step *s, enum may what)
{
	return s->op->system ? NULL : policy_may(s->a, s->person, s->c, what);
}

/* A base that is not the version, where nothing is merged. */
static struct problem *
stale_version(struct step *s)
{
	struct problem *p;
	struct past past = { .complete = false };

	if (s->op->kind == OP_SET && s->op->base > 0 && s->op->base < s->held.version && (p = read_past(s, s->op->base, &past)) != NULL)
		return p;
	return conflict(s, s->op->strict ? PROBLEM_PRECONDITION : PROBLEM_CONFLICT, past.complete ? &past : NULL, s->touched,
	    "The record has changed since the version you know.");
}

/* No record, or none the caller may see. */
static struct problem *
decide_absent(struct step *s)
{
	struct problem *p;

	if (s->op->kind != OP_SET || s->op->intent == INTENT_CHANGE || s->op->base > 0)
		return not_found(s);
	if ((p = may(s, MAY_CREATE)) != NULL)
		return p;
	if (s->known)
		return bare_conflict(s);
	s->action = s->op->intent == INTENT_IMPORT ? ACTION_IMPORTED : ACTION_CREATED;
	return NULL;
}

static struct problem *
decide_tombstone(struct step *s)
{
	struct problem *p;
	bool named = s->op->base == s->held.version;

	if (s->op->kind == OP_RESTORE) {
		s->action = ACTION_RESTORED;
		if ((p = may(s, MAY_CREATE)) != NULL)
			return p;
		return s->op->base == BASE_CURRENT || named ? NULL : stale_version(s);
	}
	if (s->op->intent == INTENT_CHANGE)
		return not_found(s);
	if (s->op->kind == OP_DELETE)
		return NULL; /* unchanged */
	if ((p = may(s, MAY_CREATE)) != NULL)
		return p;
	if (s->op->intent == INTENT_CREATE || (s->op->intent == INTENT_IMPORT && s->op->again))
		named = true;
	if (!named)
		return conflict(s, PROBLEM_CONFLICT, NULL, NULL, s->op->intent == INTENT_IMPORT
		    ? "The record was deleted; import with again=1 to bring it back."
		    : "The record was deleted.");
	s->action = s->op->intent == INTENT_IMPORT ? ACTION_IMPORTED : ACTION_REVIVED;
	return NULL;
}

/* What an op on a live record needs.  One that knows of no record means to create, and changes none. */
static enum may
right_for(const struct op *op)
{
	if (op->kind == OP_DELETE)
		return MAY_DELETE;
	return op->kind == OP_SET && (op->intent == INTENT_CREATE || (op->intent == INTENT_PUSH && op->base == 0)) ? MAY_CREATE : MAY_UPDATE;
}

static struct problem *
decide_live(struct step *s)
{
	struct problem *p;
	int64_t base = s->op->base;

	if ((p = may(s, right_for(s->op))) != NULL)
		return p;
	s->action = s->op->kind == OP_DELETE ? ACTION_DELETED
	    : s->op->kind == OP_RESTORE ? ACTION_RESTORED
	    : s->op->intent == INTENT_IMPORT ? ACTION_IMPORTED
	    : s->op->reset ? ACTION_RESET
	    : ACTION_UPDATED;
	if (s->op->intent == INTENT_CREATE)
		return conflict(s, PROBLEM_EXISTS, NULL, NULL, "A record with this id is there already.");
	if (base == BASE_CURRENT || base == s->held.version)
		return NULL;
	s->stale = true;
	if (s->op->strict || s->op->kind != OP_SET || base > s->held.version || (base > 0 && !s->c->merges))
		return stale_version(s);
	return NULL; /* 0: unchanged or conflict; older: merged or conflict.  Settled when the values are known. */
}

/* ---- what shall be ---- */

static struct problem *
check_private(struct step *s)
{
	for (size_t i = 0; i < s->c->field_count; i++)
		if (s->touched[i] && s->c->fields[i].is_private && !s->op->system && !policy_sees_private(s->person, s->owner))
			return problem_at(s->a, PROBLEM_UNKNOWN_FIELD, s->c->fields[i].name, "%s has no field %s.", s->c->label, s->c->fields[i].name);
	return s->op->bad_private;
}

static bool
is_unique(const struct collection *c, const struct field *f)
{
	for (size_t i = 0; i < c->unique_count; i++)
		if (c->unique[i] == f)
			return true;
	return false;
}

/* Fields of the id, and those that are set once.  Who knows of no record (base 0) did not mean to change one: that is a conflict. */
static struct problem *
check_immutable(struct step *s)
{
	bool knows = s->op->base != 0;

	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[i];

		if (s->live && ((f->immutable && knows) || is_unique(s->c, f)) && s->touched[i] && !same(s->before[i], s->after[i]))
			return problem_at(s->a, PROBLEM_READ_ONLY, f->name, "%s cannot be changed once it is set.", f->name);
	}
	return NULL;
}

static struct problem *
no_member(struct step *s)
{
	return problem_at(s->a, PROBLEM_INVALID, "owner", "The owner must be a member of the space.");
}

static struct problem *
settle_owner(struct step *s)
{
	struct problem *p;
	struct rows *rows;
	const char *wanted = s->op->new_owner;

	s->owner = s->known ? s->held.owner : s->person->user_id;
	s->reader = s->held.reader;
	if (wanted == NULL || strcmp(wanted, s->owner) == 0 || strcmp(wanted, NOBODY) == 0) /* as exports name nobody */
		return NULL;
	if (!s->op->system && !policy_assigns(s->person))
		return problem_at(s->a, PROBLEM_FORBIDDEN, "owner", "Only managers make someone else the owner.");
	if (s->known && s->c->own && s->c->has_unique)
		return problem_at(s->a, PROBLEM_READ_ONLY, "owner", "The owner is part of this record's id.");
	if (!uuid_valid(wanted)) /* SQL takes "anna" and "anna " for the same, the seal of the audit does not */
		return no_member(s);
	p = db_run(s->w->db, s->a, SQL(MEMBER_FIND), VALUES(value_text(s->person->space_id), value_text(wanted)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0)
		return no_member(s);
	s->owner = wanted;
	return NULL;
}

static struct problem *
check_natural_id(struct step *s)
{
	char *natural;

	if (s->live)
		return NULL;
	natural = values_id(s->a, s->c, s->owner, s->after);
	if (natural == NULL || strcmp(natural, s->held.id) == 0)
		return NULL;
	return problem_at(s->a, PROBLEM_INVALID, "id", "The id of such a record follows from its fields; leave it out.");
}

/* A new name's old record: there, in the same collection, visible.  The new name may have been somebody's before. */
static struct problem *
check_renamed_from(struct step *s)
{
	struct problem *p;
	struct step old = *s;

	if (s->op->renamed_from == NULL)
		return NULL;
	if (s->live)
		return problem_at(s->a, PROBLEM_INVALID, "renamedFrom", "Only a new record can continue another.");
	if ((p = hold(&old, s->op->renamed_from)) != NULL)
		return p;
	if (!old.visible)
		return problem_at(s->a, PROBLEM_INVALID, "renamedFrom", "renamedFrom must be the id of another record.");
	return NULL;
}

static struct problem *
no_version(struct step *s, const char *why)
{
	return problem_at(s->a, PROBLEM_INVALID, "version", "%s", why);
}

/* A version that belonged to someone else is none for a limited member, as in the history. */
static struct problem *
check_version(struct step *s, const struct past *past)
{
	if (past->row.version != 0 && !policy_sees(s->person, s->c, past->row.owner_id, past->row.reader_id))
		return no_version(s, "The record has no such version.");
	if (!past->complete || past->row.version == 0 || past->row.erased)
		return no_version(s, "The history back to this version is no longer whole.");
	if (strcmp(past->row.action, action_names[ACTION_DELETED]) == 0)
		return no_version(s, "In this version the record was deleted; there is nothing to bring back.");
	return NULL;
}

static struct problem *
compose_restored(struct step *s)
{
	struct problem *p;
	struct past past;

	if (s->op->restore_version < 1 || s->op->restore_version > s->held.version)
		return no_version(s, "The record has no such version.");
	if ((p = read_past(s, s->op->restore_version, &past)) != NULL ||
	    (p = check_version(s, &past)) != NULL)
		return p;
	s->after = values_copy(s->a, s->c, s->before);
	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[i];

		if (shows(s, f) && showed(s, f, &past) && !(f->immutable && s->before[i] != NULL))
			s->after[i] = past.values[i];
	}
	return NULL;
}

/* A restore writes every value of the version: none is there by itself. */
static const bool *
all_fields(struct arena *a, const struct collection *c)
{
	bool *all = arena_alloc(a, c->field_count + 1);

	memset(all, true, c->field_count * sizeof *all);
	return all;
}

/* What the space lets one choose; before the rules, which see what is meant. */
static struct problem *
settle_choices(struct step *s)
{
	const bool *named = s->op->kind == OP_RESTORE ? all_fields(s->a, s->c) : s->touched;

	return choices_settle(s->w->db, s->a, s->w->set, s->person->space_id, s->c, named, s->op->intent == INTENT_IMPORT,
	    s->before, s->after);
}

/* Whom the record is addressed to.  It stays what it was, in an earlier life too, and so does the owner of what is for one person: who
 * had read it would not learn that it is gone. */
static struct problem *
settle_reader(struct step *s)
{
	const struct field *f = s->c->addressee;

	if (f == NULL)
		return NULL;
	s->reader = value_plain(s->a, s->after[f->index]);
	if (s->reader != NULL && strcmp(s->owner, s->known ? s->held.owner : s->person->user_id) != 0)
		return problem_at(s->a, PROBLEM_READ_ONLY, "owner", "What is for one person stays with who wrote it.");
	if (!s->known || same(s->reader, s->held.reader))
		return NULL;
	return problem_at(s->a, PROBLEM_READ_ONLY, f->name, "%s cannot be changed once it is set.", f->name);
}

static struct problem *
compose(struct step *s)
{
	struct problem *p;

	if ((p = settle_owner(s)) != NULL)
		return p;
	if (s->action == ACTION_DELETED)
		return NULL;
	if (s->op->kind == OP_RESTORE) {
		if ((p = compose_restored(s)) != NULL || (p = settle_reader(s)) != NULL)
			return p;
		return settle_choices(s);
	}
	if (s->live) {
		s->after = values_copy(s->a, s->c, s->before);
		for (size_t i = 0; i < s->c->field_count; i++)
			if (s->touched[i])
				s->after[i] = s->op->values[i];
	} else {
		s->after = op_first_values(s->a, s->op);
	}
	if ((p = check_private(s)) != NULL ||
	    (p = check_immutable(s)) != NULL ||
	    (p = check_natural_id(s)) != NULL ||
	    (p = settle_reader(s)) != NULL ||
	    (p = settle_choices(s)) != NULL)
		return p;
	return check_renamed_from(s);
}

/* ---- rules, refs, the whole ---- */

/* What Daybook itself wrote meanwhile (a car is late) moves nobody's moment. */
static struct problem *
find_changed(struct step *s, int64_t *changed)
{
	struct problem *p;
	struct rows *rows;

	(void)instant_from_sql(s->held.updated_at, changed);
	if (s->op->claimed_at >= *changed || strcmp(s->held.updated_by, NOBODY) != 0)
		return NULL;
	p = db_run(s->w->db, s->a, SQL(RECORD_LAST_BY_PEOPLE),
	    VALUES(value_text(s->person->space_id), value_text(s->c->name), value_text(s->held.id), value_text(NOBODY)), &rows);
	if (p == NULL && rows->count > 0)
		*changed = row_instant(rows, 0, 0);
	return p;
}

static struct problem *
find_last(struct step *s)
{
	struct problem *p;
	int64_t changed = 0;

	if (s->op->claimed_at == 0)
		return NULL;
	if (s->known && (p = find_changed(s, &changed)) != NULL)
		return p;
	s->last = changed > s->person->space_since ? changed : s->person->space_since;
	return NULL;
}

/* The op's own instant, held between earliest and now; now when it gave none. */
static int64_t
hold_claimed(struct step *s, int64_t earliest)
{
	int64_t claimed = s->op->claimed_at;

	if (claimed == 0 || claimed > s->w->now)
		return s->w->now;
	return claimed < earliest ? earliest : claimed;
}

static struct change
change_of(struct step *s)
{
	return (struct change){
		.db = s->w->db,
		.a = s->a,
		.set = s->w->set,
		.person = s->person,
		.collection = s->c,
		.id = s->held.id,
		.owner = s->owner,
		.action = s->action,
		.before = s->live ? s->before : NULL,
		.after = s->after,
		.touched = s->touched,
		.relied = s->relied,
		.yields = s->yields,
		.now = s->w->now,
		.coming = s->coming,
		.claimed = hold_claimed(s, s->last),
		.said = hold_claimed(s, s->person->space_since),
	};
}

static struct problem *
run_rules(struct step *s)
{
	struct problem *p;
	struct change ch;

	if ((p = find_last(s)) != NULL)
		return p;
	ch = change_of(s);
	for (size_t i = 0; s->after == NULL && !s->op->system && i < s->c->rule_count; i++)
		if (s->c->rules[i]->check_delete != NULL && (p = s->c->rules[i]->check_delete(&ch)) != NULL)
			return p;
	for (size_t i = 0; s->after != NULL && i < s->c->rule_count; i++)
		if (s->c->rules[i]->derive != NULL && (p = s->c->rules[i]->derive(&ch)) != NULL)
			return p;
	s->owner = ch.owner;
	if (s->after != NULL && (p = values_check(s->a, s->c, s->after)) != NULL)
		return p;
	for (size_t i = 0; s->after != NULL && i < s->c->rule_count; i++)
		if (s->c->rules[i]->check != NULL && (p = s->c->rules[i]->check(&ch)) != NULL)
			return p;
	return NULL;
}

static struct problem *
check_ref(struct step *s, const struct field *f)
{
	struct problem *p;
	struct rows *rows;
	const struct collection *target = collection_find(s->w->set, f->ref);
	const char *space = s->person->space_id, *id = value_plain(s->a, s->after[f->index]);

	p = db_run(s->w->db, s->a, SQL(REF_OWNER),
	    VALUES(value_text(space), value_text(f->ref), value_text(id), value_text(space), value_text(f->ref), value_text(id)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 1 && (s->op->system || policy_sees(s->person, target, row_text(rows, 0, 0), row_text(rows, 0, 1))))
		return NULL;
	return problem_at(s->a, PROBLEM_INVALID, f->name, "%s must be the id of a record in %s.", f->name, target->label);
}

static const char *
name_of_record(struct step *s, const char *collection, const char *id)
{
	return arena_printf(s->a, "record %s %s", collection, id);
}

/* One that is only asked about may refer to what an earlier one would make; and each record is looked up once. */
static struct problem *
find_ref(struct step *s, const struct field *f)
{
	struct problem *p;
	const char *name;

	if (s->coming == NULL)
		return check_ref(s, f);
	name = name_of_record(s, f->ref, value_plain(s->a, s->after[f->index]));
	if (seen_find(s->coming, name) != NULL)
		return NULL;
	if ((p = check_ref(s, f)) == NULL)
		seen_entry(s->coming, name)->count = 1;
	return p;
}

/* What a restore brings back comes from the history that the person sees. */
static struct problem *
check_file(struct step *s, const struct field *f)
{
	bool trusted = s->op->system || s->op->kind == OP_RESTORE;

	return file_check(s->w->db, s->a, s->w->set, s->person, s->known && s->visible ? &s->held : NULL, f, s->after[f->index], trusted);
}

static struct problem *
check_refs(struct step *s)
{
	struct problem *p;

	for (size_t i = 0; s->after != NULL && i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[i];

		if (s->after[i] == NULL || same(s->after[i], s->before[i]))
			continue;
		if ((f->type == FIELD_REF && (p = find_ref(s, f)) != NULL) ||
		    (f->type == FIELD_FILE && (p = check_file(s, f)) != NULL))
			return p;
	}
	return NULL;
}

/* ---- merging ---- */

/* Base 0 on a live record: the same values are no conflict. */
static struct problem *
settle_unknown_base(struct step *s)
{
	bool *clashing = arena_alloc(s->a, s->c->field_count + 1);
	bool clash = false;

	for (size_t i = 0; i < s->c->field_count; i++)
		clash |= clashing[i] = s->touched[i] && !same(s->before[i], s->op->values[i]);
	if (!clash && strcmp(s->owner, s->held.owner) == 0)
		return NULL;
	return conflict(s, PROBLEM_CONFLICT, NULL, clashing, "A record with this id is there already, with other values.");
}

/* Fields that this write changes or names, against fields that others changed after the base; agreeing values do not clash.
 * A merge that breaks a rule is a conflict too: each side was right by itself. */
static struct problem *
settle_merge(struct step *s, const struct problem *broken)
{
	struct problem *p;
	struct past past;
	bool *clashing = arena_alloc(s->a, s->c->field_count + 1);
	const char *detail = "Someone else changed the same fields since the version you know.";
	bool clash;

	if ((p = read_past(s, s->op->base, &past)) != NULL)
		return p;
	clash = past.handed_on && strcmp(s->owner, s->held.owner) != 0;
	for (size_t i = 0; i < s->c->field_count; i++) {
		bool writes = s->touched[i] || (!same(s->before[i], s->after[i]) && !s->yields[i]);
		bool relied = s->relied[i] != NULL && past.changed[i];

		if (relied)
			detail = s->relied[i];
		clash |= clashing[i] = relied || (writes && past.changed[i] && !same(s->before[i], s->after[i]));
	}
	if (!past.complete)
		return conflict(s, PROBLEM_CONFLICT, NULL, s->touched, "The record has changed and what it was is no longer known.");
	if (clash)
		return conflict(s, PROBLEM_CONFLICT, &past, clashing, detail);
	if (broken != NULL)
		return conflict(s, PROBLEM_CONFLICT, &past, s->touched,
		    arena_printf(s->a, "With what someone else changed since the version you know this does not fit: %s", broken->detail));
	s->out->merged = true;
	return NULL;
}

/* Run the rules, and for a stale base decide between unchanged, merged and conflict. */
static struct problem *
settle(struct step *s)
{
	struct problem *broken = run_rules(s);

	if (!s->stale || (broken != NULL && fatal(broken)))
		return broken;
	return s->op->base == 0 ? settle_unknown_base(s) : settle_merge(s, broken);
}

/* ---- writing ---- */

static bool
changes_nothing(struct step *s)
{
	if (s->action == ACTION_DELETED || !s->live || strcmp(s->owner, s->held.owner) != 0)
		return false;
	for (size_t i = 0; i < s->c->field_count; i++)
		if (!same(s->before[i], s->after[i]))
			return false;
	return true;
}

static struct problem *
keep_outcome(struct step *s)
{
	if (s->op->op_id == NULL || s->coming != NULL)
		return NULL;
	return db_run(s->w->db, s->a, SQL(OP_APPEND),
	    VALUES(value_text(s->person->space_id), value_text(s->person->user_id), value_text(s->op->op_id),
	        value_bytes(s->op->hash, sizeof s->op->hash), value_text(s->c->name), value_text(s->held.id),
	        value_text(outcome_names[s->out->status]), value_integer(s->out->version), value_integer(s->out->seq),
	        value_text(instant_sql(s->a, s->w->now))),
	    NULL);
}

static struct problem *
leave_unchanged(struct step *s)
{
	s->out->status = OUTCOME_UNCHANGED;
	s->out->merged = false;
	s->out->version = s->held.version;
	s->out->seq = s->held.seq;
	show_record(s, &s->held);
	return keep_outcome(s);
}

static struct record
next_record(struct step *s)
{
	const char *now = instant_sql(s->a, s->w->now);
	bool deleted = s->after == NULL;
	struct record r = s->held;

	r.version = s->held.version + 1;
	r.seq = s->w->seq + 1;
	r.tx_seq = s->w->tx_seq;
	r.owner = s->owner;
	r.reader = s->reader;
	r.deleted = deleted;
	r.doc = deleted ? "{}" : values_doc(s->a, s->c, s->after, false);
	r.doc_private = deleted || !s->c->has_private ? NULL : values_doc(s->a, s->c, s->after, true);
	r.updated_at = now;
	r.updated_by = s->person->user_id;
	if (!s->stored) {
		r.created_at = now;
		r.created_by = s->person->user_id;
	}
	return r;
}

static struct problem *
write_row(struct step *s, const struct record *r)
{
	struct problem *p;
	struct rows *rows;
	struct sort_key key = { .length = 0 };

	if (s->after != NULL)
		key = values_sort_key(s->a, s->c, s->after);
	if (!s->stored)
		return db_run(s->w->db, s->a, SQL(RECORD_INSERT),
		    VALUES(value_text(s->person->space_id), value_text(s->c->name), value_text(r->id), value_integer(r->version),
		        value_integer(r->seq), value_integer(r->tx_seq), value_text(r->owner), value_bytes(key.bytes, key.length),
		        value_text(r->doc), value_text(r->doc_private), value_text(r->created_at), value_text(r->created_by),
		        value_text(r->updated_at), value_text(r->updated_by), value_text(r->reader)),
		    NULL);
	p = db_run(s->w->db, s->a, SQL(RECORD_UPDATE),
	    VALUES(value_integer(r->version), value_integer(r->seq), value_integer(r->tx_seq), value_text(r->owner),
	        value_integer(r->deleted), value_bytes(key.bytes, key.length), value_text(r->doc), value_text(r->doc_private),
	        value_text(r->updated_at), value_text(r->updated_by), value_text(s->person->space_id), value_text(s->c->name),
	        value_text(r->id), value_integer(s->held.version)),
	    &rows);
	if (p == NULL && rows->affected != 1)
		return problem_internal(s->a, "record %s/%s changed under the lock of its space", s->c->name, r->id);
	return p;
}

static struct problem *
write_audit(struct step *s, const struct record *r)
{
	const char *const *before = s->live ? s->before : NULL;
	const char *changes = changes_between(s->a, s->c, before, s->after, false, s->op->renamed_from);
	struct audit_row row = {
		.space_id = s->person->space_id,
		.seq = r->seq,
		.tx_seq = r->tx_seq,
		.collection = s->c->name,
		.record_id = r->id,
		.version = r->version,
		.owner_id = r->owner,
		.prev_owner_id = s->known && strcmp(s->held.owner, r->owner) != 0 ? s->held.owner : NULL,
		.action = action_names[s->action],
		.changes = changes == NULL ? "{}" : changes,
		.private_changes = changes_between(s->a, s->c, before, s->after, true, NULL),
		.user_id = s->person->user_id,
		.device_id = s->person->device_id,
		.op_id = s->op->op_id,
		.cause = s->op->cause,
		.at = s->w->now,
		.claimed_at = s->op->claimed_at,
		.reader_id = r->reader,
	};

	return audit_append(s->w->db, s->a, s->w->chain, &row);
}

static struct problem *
write_all(struct step *s, const struct record *r)
{
	struct problem *p;
	bool created = !s->live;

	s->out->status = s->out->merged ? OUTCOME_MERGED : OUTCOME_APPLIED;
	s->out->version = r->version;
	s->out->seq = r->seq;
	if ((p = write_row(s, r)) != NULL ||
	    (p = file_refs(s->w->db, s->a, s->person, s->c, r->id, s->live ? s->before : NULL, s->after)) != NULL ||
	    (p = write_audit(s, r)) != NULL ||
	    (p = keep_outcome(s)) != NULL)
		return p;
	s->w->seq = r->seq;
	s->w->rows++;
	s->w->bytes += strlen(r->doc) + (r->doc_private == NULL ? 0 : strlen(r->doc_private));
	s->out->created = created;
	show_record(s, r);
	return NULL;
}

/* An import brings in what was, and a restore brings back: nothing follows from them. */
static bool
has_effects(struct step *s)
{
	if (s->op->intent == INTENT_IMPORT || s->op->kind == OP_RESTORE || s->op->system)
		return false;
	for (size_t i = 0; i < s->c->rule_count; i++)
		if (s->c->rules[i]->effect != NULL)
			return true;
	return false;
}

/* What follows from a write, in its transaction. */
static struct problem *
follow(struct step *s)
{
	struct problem *p;
	struct change ch = change_of(s);

	for (size_t i = 0; i < s->c->rule_count; i++)
		if (s->c->rules[i]->effect != NULL && (p = s->c->rules[i]->effect(s->w, &ch)) != NULL)
			return p;
	return NULL;
}

/* A write and what follows from it.  What follows can be refused when the write stands already: then both are taken back.  Where it
 * only does not fit into this transaction any more, both go into the next one. */
static struct problem *
write_with_effects(struct step *s, const struct record *r)
{
	struct problem *p, *back;
	struct writer before = *s->w;
	bool full;

	if ((p = db_execute(s->w->db, s->a, "SAVEPOINT op")) != NULL)
		return p;
	if ((p = write_all(s, r)) == NULL && (p = follow(s)) == NULL)
		return NULL;
	if (fatal(p))
		return p;
	full = s->w->full && before.rows > 0;
	*s->w = before;
	if ((back = db_execute(s->w->db, s->a, "ROLLBACK TO SAVEPOINT op")) != NULL)
		return back;
	s->w->full = full;
	return full ? NULL : p;
}

/* False when the record does not fit into this transaction any more. */
static bool
fits(struct step *s, const struct record *r)
{
	size_t bytes = strlen(r->doc) + (r->doc_private == NULL ? 0 : strlen(r->doc_private));

	return s->w->rows == 0 || (s->w->rows < WRITE_OPS_MAX && s->w->bytes + bytes <= TRANSACTION_BYTES_MAX);
}

/* ---- what would be written ---- */

/* Everything that can refuse the op has been asked.  The next one that is asked must know of it: of the record, and of what rules keep
 * apart. */
static struct problem *
foresee(struct step *s)
{
	struct problem *p;
	struct change ch = change_of(s);

	s->out->status = s->out->merged ? OUTCOME_MERGED : OUTCOME_APPLIED;
	s->out->created = !s->live;
	if (s->after != NULL)
		seen_entry(s->coming, name_of_record(s, s->c->name, s->held.id))->count = 1;
	for (size_t i = 0; i < s->c->rule_count; i++)
		if (s->c->rules[i]->foreseen != NULL && (p = s->c->rules[i]->foreseen(&ch)) != NULL)
			return p;
	return NULL;
}

/* ---- one op ---- */

static struct problem *
decide(struct step *s)
{
	if (!s->visible)
		return decide_absent(s);
	return s->live ? decide_live(s) : decide_tombstone(s);
}

/* What is wrong with an op by today's definitions may have been right when it came first: then it was applied, and that is its answer.
 * One without a hash is perhaps without a collection. */
static struct problem *
take_refused(struct step *s)
{
	struct problem *p;
	bool answered;

	if (!s->op->hashed)
		return s->op->refused;
	p = look_up_op(s, &answered);
	if (p == NULL && answered)
		return NULL;
	return p != NULL && fatal(p) ? p : s->op->refused;
}

/* Everything that can refuse this op comes before anything is written for it, except its effects. */
static struct problem *
take(struct step *s)
{
	struct problem *p;
	struct record next;
	bool answered;

	if (s->op->refused != NULL)
		return take_refused(s);
	s->relied = values_new(s->a, s->c);
	s->yields = arena_alloc(s->a, s->c->field_count + 1);
	if ((p = look_up_op(s, &answered)) != NULL || answered)
		return p;
	if ((p = hold(s, s->op->record_id)) != NULL ||
	    (p = decide(s)) != NULL)
		return p;
	if (s->visible && !s->live && s->op->kind == OP_DELETE)
		return leave_unchanged(s);
	if (s->live && s->op->intent == INTENT_IMPORT && s->op->keep_live)
		return leave_unchanged(s);
	if ((p = compose(s)) != NULL ||
	    (p = settle(s)) != NULL ||
	    (p = check_refs(s)) != NULL)
		return p;
	if (changes_nothing(s) || (s->stale && s->op->base == 0))
		return leave_unchanged(s);
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
		.a = w->a,
		.person = w->person,
		.op = op,
		.out = outcome,
		.c = op->collection,
		.touched = op->touched,
		.coming = coming,
	};

	*outcome = (struct outcome){ .status = OUTCOME_REJECTED };
	if ((p = take(&s)) == NULL)
		return NULL;
	if (fatal(p))
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
write_ask(struct db *db, struct arena *a, const struct collections *set, struct person *person, struct op *op, struct seen *coming,
    struct outcome *outcome)
{
	struct writer w = { .db = db, .a = a, .set = set, .person = person, .now = instant_now() };

	return answer(&w, op, coming, outcome);
}

/* ---- one transaction ---- */

/* Writers of a space queue here: the order of seq is the order of commits. */
static struct problem *
lock_space(struct writer *w)
{
	struct problem *p;
	struct rows *rows;
	int64_t last;

	p = db_run(w->db, w->a, SQL(SPACE_LOCK), VALUES(value_text(w->person->space_id)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0)
		return problem_new(w->a, PROBLEM_NOT_FOUND, "There is no such space.");
	w->seq = row_integer(rows, 0, 0);
	w->tx_seq = w->seq + 1;
	memset(w->chain, 0, sizeof w->chain);
	if (row_cell(rows, 0, 1)->length == sizeof w->chain)
		memcpy(w->chain, row_cell(rows, 0, 1)->bytes, sizeof w->chain);
	w->epoch = row_text(rows, 0, 3);
	last = row_instant(rows, 0, 4);
	w->now = row_instant(rows, 0, 5);
	if (w->now < last)
		w->now = last;
	w->rows = w->bytes = 0;
	w->full = false;
	return NULL;
}

static struct problem *
advance_space(struct writer *w)
{
	if (w->rows == 0)
		return NULL;
	return db_run(w->db, w->a, SQL(SPACE_ADVANCE),
	    VALUES(value_integer(w->seq), value_bytes(w->chain, sizeof w->chain), value_text(instant_sql(w->a, w->now)),
	        value_text(w->person->space_id)),
	    NULL);
}

/* What db_transaction is given: the writer and what to do with it. */
struct acting {
	struct writer writer;
	enum role least;
	struct problem *(*make)(struct writer *w, void *arg); /* makes the space first; or NULL */
	struct problem *(*work)(struct writer *w, void *arg);
	void *arg;
};

/* May run more than once: everything it leaves behind is set anew. */
static struct problem *
transaction(struct db *db, struct arena *a, void *arg)
{
	struct acting *action = arg;
	struct writer *w = &action->writer;
	struct problem *p;

	(void)db;
	(void)a;
	if ((action->make != NULL && (p = action->make(w, action->arg)) != NULL) ||
	    (p = lock_space(w)) != NULL ||
	    (p = person_again(w->db, w->a, w->person)) != NULL)
		return p;
	if (action->least > ROLE_NONE && w->person->role == ROLE_NONE)
		return problem_new(w->a, PROBLEM_NOT_FOUND, "There is no such space.");
	if (w->person->role < action->least)
		return problem_new(w->a, PROBLEM_FORBIDDEN, "Your role in this space does not allow this.");
	if ((p = action->work(w, action->arg)) != NULL)
		return p;
	return advance_space(w);
}

static struct problem *
run_action(struct acting *action, struct written *written)
{
	struct problem *p;

	if ((p = db_transaction(action->writer.db, action->writer.a, transaction, action)) != NULL)
		return p;
	written->head = action->writer.seq;
	written->epoch = action->writer.epoch;
	written->at = action->writer.now;
	return NULL;
}

struct problem *
write_action(struct db *db, struct arena *a, const struct collections *set, struct person *person, enum role least,
    struct problem *(*work)(struct writer *w, void *arg), void *arg, struct written *written)
{
	struct acting action = {
		.writer = { .db = db, .a = a, .set = set, .person = person },
		.least = least,
		.work = work,
		.arg = arg,
	};

	return run_action(&action, written);
}

struct problem *
write_founding(struct db *db, struct arena *a, const struct collections *set, struct person *person,
    struct problem *(*make)(struct writer *w, void *arg), struct problem *(*work)(struct writer *w, void *arg), void *arg,
    struct written *written)
{
	struct acting action = {
		.writer = { .db = db, .a = a, .set = set, .person = person },
		.least = ROLE_NONE,
		.make = make,
		.work = work,
		.arg = arg,
	};

	return run_action(&action, written);
}

struct problem *
writer_must(struct writer *w, struct op *op, struct outcome *outcome)
{
	struct problem *p;

	op_prepare(w->a, w->person, op);
	if ((p = writer_take(w, op, outcome)) != NULL)
		return p;
	if (w->full)
		return problem_new(w->a, PROBLEM_TOO_LARGE, "This would change more than %d records at once.", WRITE_OPS_MAX);
	return outcome->problem;
}

/* ---- ops one by one ---- */

/* One call of write_ops. */
struct batch {
	struct op *ops;
	struct outcome *outcomes;
	size_t count;
	size_t first, next; /* ops of the running transaction: [first, next) */
};

static struct problem *
take_batch(struct writer *w, void *arg)
{
	struct batch *b = arg;
	struct problem *p;

	for (b->next = b->first; b->next < b->count; b->next++)
		if ((p = writer_take(w, &b->ops[b->next], &b->outcomes[b->next])) != NULL)
			return p;
		else if (w->full)
			break;
	return NULL;
}

struct problem *
write_ops(struct db *db, struct arena *a, const struct collections *set, struct person *person,
    struct op *ops, size_t count, struct outcome *outcomes, struct written *written)
{
	struct problem *p;
	struct batch b = {
		.ops = ops,
		.outcomes = outcomes,
		.count = count,
	};

	do {
		if ((p = write_action(db, a, set, person, ROLE_VIEWER, take_batch, &b, written)) != NULL)
			return p;
		b.first = b.next;
	} while (b.first < count);
	return NULL;
}
