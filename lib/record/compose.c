/* compose.c -- computes what a record will be: the values that the op asks for, the space's choices, the rules,
 * references, and the merge if the base is old.  Everything here can refuse the op; nothing here writes.  Read
 * step_compose and step_settle first. */
#include "step.h"

#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "model/policy.h"
#include "record/choices.h"
#include "record/file.h"
#include "record/space.h"
#include "store/statement.h"

/* ---- the values that the op asks for ---- */

static struct problem *
check_private(struct step *s)
{
	for (size_t i = 0; i < s->c->field_count; i++)
		if (s->touched[i] && s->c->fields[i].is_private && !s->op->system &&
		    !policy_sees_private(s->call->person, s->owner))
			return problem_at(s->call->a, PROBLEM_UNKNOWN_FIELD, s->c->fields[i].name,
			    "%s has no field %s.", s->c->label, s->c->fields[i].name);
	return s->op->bad_private;
}

/* Fields that make the id, and immutable ones, must not change.  An op with base 0 wants to create a record and knows
 * of none.  If there is one, another immutable value is a conflict, which settle_unknown_base finds, and is not refused
 * here. */
static struct problem *
check_immutable(struct step *s)
{
	bool knows = s->op->base != 0;

	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[i];

		if (s->live && ((f->immutable && knows) || field_is_unique(s->c, f)) && s->touched[i] &&
		    !value_equal(s->before[i], s->after[i]))
			return problem_at(s->call->a, PROBLEM_READ_ONLY, f->name,
			    "%s cannot be changed once it is set.", f->name);
	}
	return NULL;
}

static struct problem *
no_member(struct step *s)
{
	return problem_at(s->call->a, PROBLEM_INVALID, "owner", "The owner must be a member of the space.");
}

static struct problem *
settle_owner(struct step *s)
{
	struct arena *a = s->call->a;
	const struct person *person = s->call->person;
	struct problem *p;
	const char *wanted = s->op->new_owner;
	bool is_member;

	s->owner = s->known ? s->held.owner : person->user_id;
	s->reader = s->held.reader;
	/* An export names NOBODY where a record belongs to no member; that changes no owner. */
	if (wanted == NULL || strcmp(wanted, s->owner) == 0 || strcmp(wanted, NOBODY) == 0)
		return NULL;
	if (!s->op->system && !policy_assigns(person))
		return problem_at(a, PROBLEM_FORBIDDEN, "owner", "Only managers make someone else the owner.");
	if (s->known && s->c->own && s->c->has_unique)
		return problem_at(a, PROBLEM_READ_ONLY, "owner", "The owner is part of this record's id.");
	if (!uuid_valid(wanted)) /* SQL ignores blanks at the end of an id, the hash of the audit does not */
		return no_member(s);
	if ((p = space_has_member(s->call, wanted, &is_member)) != NULL)
		return p;
	if (!is_member && !s->op->system) /* what Daybook writes may be of somebody who has left */
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
	natural = values_id(s->call->a, s->c, s->owner, s->after);
	if (natural == NULL || strcmp(natural, s->held.id) == 0)
		return NULL;
	return problem_at(s->call->a, PROBLEM_INVALID, "id",
	    "The id of such a record follows from its fields; leave it out.");
}

/* Find the values under the former id (renamedFrom), or those before its deletion if that op came first. */
static struct problem *
find_continued(struct step *s, const struct step *old)
{
	struct problem *p;
	struct past past;

	s->continued = (const char *const *)old->before;
	if (old->live)
		return NULL;
	p = past_read(s->call, s->c, old->held.id, old->held.version - 1, old->held.version, PAST_MERGE_ROWS,
	    s->continued, &past);
	if (p == NULL)
		s->continued = past.complete ? (const char *const *)past.values : NULL;
	return p;
}

/* Check renamedFrom: it must be the id of a record in the same collection that the person sees, live or deleted.  The
 * new id may be that of a deleted record. */
static struct problem *
take_renamed_from(struct step *s)
{
	struct problem *p;
	struct step old = *s;

	if (s->op->renamed_from == NULL)
		return NULL;
	if (s->live)
		return problem_at(s->call->a, PROBLEM_INVALID, "renamedFrom",
		    "Only a new record can continue another.");
	if ((p = step_hold(&old, s->op->renamed_from)) != NULL)
		return p;
	if (!old.visible)
		return problem_at(s->call->a, PROBLEM_INVALID, "renamedFrom",
		    "renamedFrom must be the id of another record.");
	return find_continued(s, &old);
}

static struct problem *
no_version(struct step *s, const char *why)
{
	return problem_at(s->call->a, PROBLEM_INVALID, "version", "%s", why);
}

/* A person who sees only their own records cannot restore a version that belonged to someone else, as in the
 * history. */
static struct problem *
check_version(struct step *s, const struct past *past)
{
	if (past->row.version != 0 && !policy_sees(s->call->person, s->c, past->row.owner_id, past->row.reader_id))
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
	if ((p = step_past(s, s->op->restore_version, &past)) != NULL ||
	    (p = check_version(s, &past)) != NULL)
		return p;
	s->after = values_copy(s->call->a, s->c, s->before);
	for (size_t i = 0; i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[i];

		if (step_shows(s, f) && step_showed(s, f, &past) && !(f->immutable && s->before[i] != NULL))
			s->after[i] = past.values[i];
	}
	return NULL;
}

/* A restore names every field, so no default is filled in. */
static const bool *
all_fields(struct arena *a, const struct collection *c)
{
	bool *all = arena_alloc(a, c->field_count + 1);

	memset(all, true, c->field_count * sizeof *all);
	return all;
}

/* Check choices before the rules run, so that the rules see the matched choice. */
static struct problem *
settle_choices(struct step *s)
{
	const bool *named = s->op->kind == OP_RESTORE ? all_fields(s->call->a, s->c) : s->touched;

	return choices_settle(s->call, s->c, named, s->op->intent == INTENT_IMPORT, s->before, s->after);
}

/* Set the addressee.  It never changes, even if a deleted record is revived, nor does the owner of an addressed record:
 * a device that had read the record would not be told that it left its view. */
static struct problem *
settle_reader(struct step *s)
{
	struct arena *a = s->call->a;
	const struct field *f = s->c->addressee;

	if (f == NULL)
		return NULL;
	s->reader = value_plain(a, s->after[f->index]);
	if (s->reader != NULL && strcmp(s->owner, s->known ? s->held.owner : s->call->person->user_id) != 0)
		return problem_at(a, PROBLEM_READ_ONLY, "owner", "What is for one person stays with who wrote it.");
	if (!s->known || value_equal(s->reader, s->held.reader))
		return NULL;
	return problem_at(a, PROBLEM_READ_ONLY, f->name, "%s cannot be changed once it is set.", f->name);
}

/* Values, owner and addressee are those that were stored; only the addressee of an id never changes. */
static struct problem *
compose_verbatim(struct step *s)
{
	struct arena *a = s->call->a;
	const struct field *addressee = s->c->addressee;
	struct problem *p;

	s->owner = s->op->new_owner != NULL ? s->op->new_owner : s->known ? s->held.owner : s->call->person->user_id;
	s->reader = s->held.reader;
	if ((p = must_hold(a, uuid_valid(s->owner), "an owner is a user")) != NULL || s->action == ACTION_DELETED)
		return p;
	s->after = values_copy(a, s->c, s->op->values);
	if (addressee != NULL && !s->known)
		s->reader = value_plain(a, s->after[addressee->index]);
	return NULL;
}

struct problem *
step_compose(struct step *s)
{
	struct problem *p;

	if (s->op->verbatim)
		return compose_verbatim(s);
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
		s->after = values_copy(s->call->a, s->c, s->before);
		for (size_t i = 0; i < s->c->field_count; i++)
			if (s->touched[i])
				s->after[i] = s->op->values[i];
	} else {
		s->after = op_first_values(s->call->a, s->op);
	}
	if ((p = check_private(s)) != NULL ||
	    (p = check_immutable(s)) != NULL ||
	    (p = check_natural_id(s)) != NULL ||
	    (p = settle_reader(s)) != NULL ||
	    (p = settle_choices(s)) != NULL)
		return p;
	return take_renamed_from(s);
}

/* ---- rules and references ---- */

/* Find the last change by a person, the lower bound of `claimed`.  Daybook's own writes (a car is late) do not
 * count. */
static struct problem *
find_changed(struct step *s, int64_t *changed)
{
	struct problem *p;
	struct rows *rows;

	(void)instant_from_sql(s->held.updated_at, changed);
	if (s->op->claimed_at >= *changed || strcmp(s->held.updated_by, NOBODY) != 0)
		return NULL;
	p = record_look(s->call, s->c, s->held.id, SQL(RECORD_LAST_BY_PEOPLE),
	    VALUES(value_id(s->call->person->space_id), value_text(s->c->name), value_key(s->held.id),
	        value_id(NOBODY)), &rows);
	if (p == NULL && rows->count > 0)
		*changed = row_instant(rows, 0, LAST_CHANGE_AT);
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
	s->last = changed > s->call->person->space_since ? changed : s->call->person->space_since;
	return NULL;
}

/* The op's own instant, clamped to [earliest, now]; now if it has none. */
static int64_t
hold_claimed(struct step *s, int64_t earliest)
{
	int64_t claimed = s->op->claimed_at;

	if (claimed == 0 || claimed > s->w->now)
		return s->w->now;
	return claimed < earliest ? earliest : claimed;
}

struct change
step_change(struct step *s)
{
	return (struct change){
		.call = s->call,
		.collection = s->c,
		.id = s->held.id,
		.owner = s->owner,
		.action = s->action,
		.before = s->live ? s->before : NULL,
		.continued = s->continued,
		.after = s->after,
		.touched = s->touched,
		.relied = s->relied,
		.yields = s->yields,
		.takes_back = s->op->takes_back,
		.now = s->w->now,
		.coming = s->coming,
		.claimed = hold_claimed(s, s->last),
		.said = hold_claimed(s, s->call->person->space_since),
	};
}

static struct problem *
run_rules(struct step *s)
{
	struct problem *p;
	struct change ch;

	if ((p = find_last(s)) != NULL)
		return p;
	ch = step_change(s);
	for (size_t i = 0; s->after == NULL && !s->op->system && i < s->c->rule_count; i++)
		if (s->c->rules[i]->check_delete != NULL && (p = s->c->rules[i]->check_delete(&ch)) != NULL)
			return p;
	for (size_t i = 0; s->after != NULL && i < s->c->rule_count; i++)
		if (s->c->rules[i]->derive != NULL && (p = s->c->rules[i]->derive(&ch)) != NULL)
			return p;
	s->owner = ch.owner;
	if (s->after != NULL && (p = values_check(s->call->a, s->c, s->after)) != NULL)
		return p;
	for (size_t i = 0; s->after != NULL && i < s->c->rule_count; i++)
		if (s->c->rules[i]->check != NULL && (p = s->c->rules[i]->check(&ch)) != NULL)
			return p;
	return NULL;
}

/* A deleted or purged record can be referred to as long as the person sees it. */
static struct problem *
check_ref(struct step *s, const struct field *f)
{
	struct arena *a = s->call->a;
	struct problem *p;
	struct record record;
	const struct collection *target = collection_find(s->call->set, f->ref);
	const char *id = value_plain(a, s->after[f->index]);
	bool found;

	if ((p = record_find(s->call, target, id, &record, &found)) != NULL ||
	    (!found && (p = record_purged(s->call, target, id, &record, &found)) != NULL))
		return p;
	if (found && (s->op->system || policy_sees(s->call->person, target, record.owner, record.reader)))
		return NULL;
	return problem_at(a, PROBLEM_INVALID, f->name, "%s must be the id of a record in %s.", f->name, target->label);
}

const char *
step_name(struct step *s, const char *collection, const char *id)
{
	return arena_printf(s->call->a, "record %s %s", collection, id);
}

/* In a dry run, an op may refer to a record that an earlier op would create, and each referenced record is looked up
 * only once. */
static struct problem *
find_ref(struct step *s, const struct field *f)
{
	struct problem *p;
	const char *name;

	if (s->coming == NULL)
		return check_ref(s, f);
	name = step_name(s, f->ref, value_plain(s->call->a, s->after[f->index]));
	if (seen_find(s->coming, name) != NULL)
		return NULL;
	if ((p = check_ref(s, f)) == NULL)
		seen_entry(s->coming, name)->count = 1;
	return p;
}

/* The values of a restore come from a history that the person sees, so they are trusted. */
static struct problem *
check_file(struct step *s, const struct field *f)
{
	bool trusted = s->op->system || s->op->kind == OP_RESTORE;

	return file_check(s->call, s->known && s->visible ? &s->held : NULL, f, s->after[f->index], trusted);
}

struct problem *
step_check_refs(struct step *s)
{
	struct problem *p;

	for (size_t i = 0; s->after != NULL && i < s->c->field_count; i++) {
		const struct field *f = &s->c->fields[i];

		if (s->after[i] == NULL || value_equal(s->after[i], s->before[i]))
			continue;
		if ((f->type == FIELD_REF && (p = find_ref(s, f)) != NULL) ||
		    (f->type == FIELD_FILE && (p = check_file(s, f)) != NULL))
			return p;
	}
	return NULL;
}

/* ---- merging ---- */

/* Base 0 on a live record is a conflict unless the values are the same. */
static struct problem *
settle_unknown_base(struct step *s)
{
	bool *clashing = arena_alloc(s->call->a, s->c->field_count + 1);
	bool clash = false;

	for (size_t i = 0; i < s->c->field_count; i++)
		clash |= clashing[i] = s->touched[i] && !value_equal(s->before[i], s->op->values[i]);
	if (!clash && strcmp(s->owner, s->held.owner) == 0)
		return NULL;
	return step_conflict(s, PROBLEM_CONFLICT, NULL, clashing,
	    "A record with this id is there already, with other values.");
}

/* Compare the fields that this write changes or names with those that others changed after the base; equal values do
 * not clash.  A merge that breaks a rule is a conflict too, because each side was valid by itself. */
static struct problem *
settle_merge(struct step *s, const struct problem *broken)
{
	struct problem *p;
	struct past past;
	bool *clashing = arena_alloc(s->call->a, s->c->field_count + 1);
	const char *detail = "Someone else changed the same fields since the version you know.";
	bool clash;

	if ((p = step_past(s, s->op->base, &past)) != NULL)
		return p;
	clash = past.handed_on && strcmp(s->owner, s->held.owner) != 0;
	for (size_t i = 0; i < s->c->field_count; i++) {
		bool writes = s->touched[i] || (!value_equal(s->before[i], s->after[i]) && !s->yields[i]);
		bool relied = s->relied[i] != NULL && past.changed[i];

		if (relied)
			detail = s->relied[i];
		clash |= clashing[i] = relied || (writes && past.changed[i] && !value_equal(s->before[i], s->after[i]));
	}
	if (!past.complete)
		return step_conflict(s, PROBLEM_CONFLICT, NULL, s->touched,
		    "The record has changed and what it was is no longer known.");
	if (clash)
		return step_conflict(s, PROBLEM_CONFLICT, &past, clashing, detail);
	if (broken != NULL)
		return step_conflict(s, PROBLEM_CONFLICT, &past, s->touched,
		    arena_printf(s->call->a,
		        "With what someone else changed since the version you know this does not fit: %s",
		        broken->detail));
	s->out->merged = true;
	return NULL;
}

/* Run the rules, and for a stale base decide between unchanged, merged and conflict.  A refusal that stands is
 * given whatever the base: no choice between two sides would let the write through. */
struct problem *
step_settle(struct step *s)
{
	struct problem *broken = run_rules(s);

	if (!s->stale || (broken != NULL && (problem_is_fatal(broken) || broken->stands)))
		return broken;
	return s->op->base == 0 ? settle_unknown_base(s) : settle_merge(s, broken);
}
