/* decide.c -- what an op may do to the record it finds, by schema/PROTOCOL.md 2.  It tells whether the op was applied
 * before, which record it is about, and whether it is applied, refused or a conflict.  Read step_decide first. */
#include "step.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_out.h"
#include "batch.h"
#include "model/policy.h"
#include "store/statement.h"

/* ---- the record as it is ---- */

/* The record for an id: its row, else its last audit row (a purged tombstone is still a tombstone), else nothing. */
struct problem *
step_hold(struct step *s, const char *id)
{
	struct problem *p;
	bool unwritten = s->op->unwritten && strcmp(id, s->op->record_id) == 0;

	s->stored = s->known = false;
	if (!unwritten) {
		if ((p = record_find(s->call, s->c, id, &s->held, &s->stored)) != NULL)
			return p;
		s->known = s->stored;
		if (!s->stored && (p = record_purged(s->call, s->c, id, &s->held, &s->known)) != NULL)
			return p;
	}
	if (!s->known)
		s->held = (struct record){ .collection = s->c, .id = id };
	s->live = s->stored && !s->held.deleted;
	s->visible = s->known && (s->op->system || policy_sees(s->call->person, s->c, s->held.owner, s->held.reader));
	s->before = s->live
	    ? values_parse(s->call->a, s->c, s->held.doc, s->held.doc_private) : values_new(s->call->a, s->c);
	return NULL;
}

void
step_show(struct step *s, const struct record *record)
{
	s->out->record = *record;
	s->out->has_record = policy_sees(s->call->person, s->c, record->owner, record->reader);
}

/* ---- an op that was applied before ---- */

static struct problem *
repeat(struct step *s, const struct kept *kept, bool *answered)
{
	struct problem *p;

	*answered = true;
	if (kept->hash->length != SHA256_SIZE || !op_has_hash(s->op, kept->hash->bytes) ||
	    strcmp(kept->collection, s->c->name) != 0 ||
	    (!s->op->made_id && strcmp(kept->record_id, s->op->record_id) != 0))
		return problem_at(s->call->a, PROBLEM_OP_REUSED, "op",
		    "This op id was used before, for another request.");
	if ((p = step_hold(s, kept->record_id)) != NULL)
		return p;
	s->out->status = OUTCOME_DUPLICATE;
	s->out->merged = strcmp(kept->status, "merged") == 0;
	s->out->version = kept->version;
	s->out->seq = kept->seq;
	if (s->known)
		step_show(s, &s->held);
	return NULL;
}

struct problem *
step_repeated(struct step *s, bool *answered)
{
	struct problem *p;
	struct kept kept;
	bool found;

	*answered = false;
	if (s->op->op_id == NULL || !s->op->hashed)
		return NULL;
	if ((p = batch_op(s->call, s->op, &kept, &found)) != NULL || !found)
		return p;
	return repeat(s, &kept, answered);
}

/* ---- conflicts ---- */

bool
step_shows(struct step *s, const struct field *f)
{
	return !f->is_private || policy_sees_private(s->call->person, s->held.owner);
}

/* True when the person could see the field in that version, by who owned the record then. */
bool
step_showed(struct step *s, const struct field *f, const struct past *past)
{
	return past->row.version != 0 && policy_sees(s->call->person, s->c, past->row.owner_id, past->row.reader_id) &&
	    (!f->is_private || policy_sees_private(s->call->person, past->row.owner_id));
}

struct problem *
step_past(struct step *s, int64_t version, struct past *past)
{
	int64_t rows_max = s->op->kind == OP_RESTORE ? PAST_ROWS_MAX : PAST_MERGE_ROWS;

	return past_read(s->call, s->c, s->held.id, version, s->held.version, rows_max, s->before, past);
}

/* Put the visible ones of these values.  past is the version that they are from, or NULL for the person's own
 * values. */
static void
put_values(struct step *s, struct json_out *out, const char *name, const char *const *values, const bool *which,
    const struct past *past)
{
	put_object(out, name);
	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[s->c->sorted[i]];

		if (!which[f->index] || !step_shows(s, f) || (past != NULL && !step_showed(s, f, past)))
			continue;
		put_json(out, f->name, values[f->index]);
	}
	put_end(out);
}

static void
put_fields(struct step *s, struct json_out *out, const bool *which)
{
	put_array(out, "fields");
	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[s->c->sorted[i]];

		if (which[f->index] && step_shows(s, f))
			put_text(out, NULL, f->name);
	}
	put_end(out);
}

/* A conflict with both sides: the versions, the record as it is now, and for each clashing field its base value and the
 * wanted one.  base is NULL when the values of the base version are not known. */
struct problem *
step_conflict(struct step *s, enum problem_kind kind, const struct past *base, const bool *clashing, const char *detail)
{
	struct problem *p = problem_new(s->call->a, kind, "%s", detail);
	struct buf b;
	struct json_out out;

	buf_init(&b, s->call->a);
	json_out_members(&out, &b);
	put_integer(&out, "currentVersion", s->held.version);
	if (s->op->base != BASE_CURRENT && s->op->intent != INTENT_CREATE)
		put_integer(&out, "expectedVersion", s->op->base);
	if (clashing != NULL) {
		put_fields(s, &out, clashing);
		if (base != NULL)
			put_values(s, &out, "base", base->values, clashing, base);
		put_values(s, &out, "mine", s->after != NULL ? s->after : s->op->values, clashing, NULL);
	}
	record_put(&out, "current", &s->held, s->call->person);
	p->members = b.text;
	return p;
}

/* The answer to a create with the id of a hidden record, without details.  This is the only place where hidden and
 * absent differ. */
static struct problem *
bare_conflict(struct step *s)
{
	return problem_at(s->call->a, PROBLEM_EXISTS, "id", "This id cannot be used.");
}

/* ---- the decision: schema/PROTOCOL.md 2, base × state ---- */

static struct problem *
not_found(struct step *s)
{
	return problem_new(s->call->a, PROBLEM_NOT_FOUND, "There is no such record.");
}

static struct problem *
may(struct step *s, enum may what)
{
	return s->op->system ? NULL : policy_may(s->call->a, s->call->person, s->c, what);
}

/* A conflict because base is not the current version, in cases where nothing is merged. */
static struct problem *
stale_version(struct step *s)
{
	struct problem *p;
	struct past past = { .complete = false };

	if (s->op->kind == OP_SET && s->op->base > 0 && s->op->base < s->held.version &&
	    (p = step_past(s, s->op->base, &past)) != NULL)
		return p;
	return step_conflict(s, s->op->strict ? PROBLEM_PRECONDITION : PROBLEM_CONFLICT, past.complete ? &past : NULL,
	    s->touched, "The record has changed since the version you know.");
}

/* There is no record, or none that the person sees. */
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
		return step_conflict(s, PROBLEM_CONFLICT, NULL, NULL, s->op->intent == INTENT_IMPORT
		    ? "The record was deleted; import with again=1 to bring it back."
		    : "The record was deleted.");
	s->action = s->op->intent == INTENT_IMPORT ? ACTION_IMPORTED : ACTION_REVIVED;
	return NULL;
}

/* The right that an op on a live record needs.  An op with base 0 means to create, so it needs the right to create. */
static enum may
right_for(const struct op *op)
{
	if (op->kind == OP_DELETE)
		return MAY_DELETE;
	return op->kind == OP_SET && (op->intent == INTENT_CREATE || (op->intent == INTENT_PUSH && op->base == 0))
	    ? MAY_CREATE : MAY_UPDATE;
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
		return step_conflict(s, PROBLEM_EXISTS, NULL, NULL, "A record with this id is there already.");
	if (base == BASE_CURRENT || base == s->held.version)
		return NULL;
	s->stale = true;
	if (s->op->strict || s->op->kind != OP_SET || base > s->held.version || (base > 0 && !s->c->merges))
		return stale_version(s);
	return NULL; /* base 0: unchanged or conflict; older: merged or conflict; step_settle finds out which */
}

/* Who only oversees an owner sees what they change no part of. */
static struct problem *
check_owner(struct step *s)
{
	if (s->op->system || policy_changes(s->call->person, s->c, s->held.owner))
		return NULL;
	return problem_new(s->call->a, PROBLEM_FORBIDDEN, "Only its owner and managers change this.");
}

/* What was stored once is stored again, whatever the record is now, if it is the version that was meant. */
static struct problem *
decide_verbatim(struct step *s)
{
	const struct op *op = s->op;

	s->action = op->kind == OP_DELETE ? ACTION_DELETED
	    : op->intent == INTENT_IMPORT ? ACTION_IMPORTED : ACTION_RESTORED;
	if (op->base != BASE_CURRENT && op->base != (s->known ? s->held.version : 0))
		return step_conflict(s, PROBLEM_CONFLICT, NULL, NULL, "The record has changed meanwhile.");
	return s->known || op->kind == OP_SET ? NULL : not_found(s);
}

struct problem *
step_decide(struct step *s)
{
	struct problem *p;

	if (s->op->verbatim)
		return decide_verbatim(s);
	if (!s->visible)
		return decide_absent(s);
	if ((p = check_owner(s)) != NULL)
		return p;
	return s->live ? decide_live(s) : decide_tombstone(s);
}
