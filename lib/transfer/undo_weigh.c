/* undo_weigh.c -- decides what becomes of one record in an undo, by the writes of its audit from the newest one back to
 * the one before the first that is undone. */
#include "undo_weigh.h"

#include <string.h>

#include "base/crypto.h"
#include "model/policy.h"
#include "record/audit.h"
#include "store/statement.h"

/* Where a field is on the way back. */
enum passed {
	PASSED_NOTHING,  /* no write of it was met */
	PASSED_OURS,     /* the newest ones are to be undone */
	PASSED_OTHERS    /* one was met that stays: what is older stays with it */
};

/* Whose a write is. */
enum side {
	SIDE_OTHERS,
	SIDE_OURS,       /* it is to be undone */
	SIDE_UNDO        /* the same undo wrote it, for an earlier request */
};

/* The writes of a record, newest first. */
struct trail {
	const struct undoing *u;
	struct arena *a;
	struct weighed *w;
	struct audit_row *rows;
	enum side *side; /* by row */
	size_t count;
	struct record record;
	const char **now;
};

char *
undo_digest(struct arena *a, const char *text, size_t bytes)
{
	unsigned char digest[SHA256_SIZE];

	sha256(text, strlen(text), digest);
	return hex_text(a, digest, bytes);
}

static bool
same(const char *asked, const char *is)
{
	return asked == NULL || (is != NULL && strcmp(asked, is) == 0);
}

/* Whether the write is one of those that were asked for. */
static enum side
side_of(const struct undoing *u, const struct audit_row *row, const char *token)
{
	const struct undo_asked *asked = u->asked;

	if (same(u->report->cause, row->cause))
		return SIDE_UNDO;
	return same(u->by, row->user_id) && same(asked->device, row->device_id) && same(asked->token, token) &&
	    same(asked->cause, row->cause) && (asked->from == 0 || row->at >= asked->from) &&
	    (asked->to == 0 || row->at <= asked->to) ? SIDE_OURS : SIDE_OTHERS;
}

static bool
deletes(const struct audit_row *row)
{
	return strcmp(row->action, action_names[ACTION_DELETED]) == 0;
}

static void
leave(struct weighed *w, enum undo_reason reason)
{
	w->leaves = true;
	w->reason = reason;
}

/* ---- fields ---- */

/* Whether a write of something is passed as ours.  What the same undo put back, and what it is asked to undo of the
 * time before and since, is one way back. */
static bool
counts_as_ours(enum side side, enum passed passed)
{
	return side == SIDE_OURS || (side == SIDE_UNDO && passed != PASSED_OTHERS);
}

/* One object {"field":[old,new],…} of a write on the way back.  Where others changed a field and changed it back, as an
 * undo and its undo do, it is as if they had not. */
static void
pass(struct trail *t, const char *changes, enum side side, enum passed *passed)
{
	const struct collection *c = t->w->collection;
	struct json_slice key, pair;

	while (changes != NULL && json_next_member(&changes, &key, &pair)) {
		const struct field *f = collection_field(c, arena_strndup(t->a, key.text, key.length));
		const char *old, *now;

		if (f == NULL || (!t->u->verbatim && (f->derived || f->retired)) ||
		    !change_values(t->a, pair, &old, &now))
			continue;
		if (!counts_as_ours(side, passed[f->index])) {
			passed[f->index] = PASSED_OTHERS;
		} else if (passed[f->index] == PASSED_OTHERS && !value_equal(t->w->values[f->index], now)) {
			t->w->spared[f->index] = true;
		} else {
			passed[f->index] = PASSED_OURS;
			t->w->values[f->index] = old;
		}
	}
}

/* The owner goes back like a field. */
static void
pass_owner(struct trail *t, const struct audit_row *row, enum side side, enum passed *passed)
{
	if (row->prev_owner_id == NULL)
		return;
	if (!counts_as_ours(side, *passed)) {
		*passed = PASSED_OTHERS;
	} else if (*passed == PASSED_OTHERS) {
		leave(t->w, UNDO_CHANGED_SINCE);
	} else {
		*passed = PASSED_OURS;
		t->w->owner = row->prev_owner_id;
	}
}

static void
weigh_fields(struct trail *t)
{
	struct weighed *w = t->w;
	size_t count = w->collection->field_count;
	enum passed *passed = arena_alloc(t->a, (count + 1) * sizeof *passed), owner = PASSED_NOTHING;
	bool erased = false, met = false;

	w->values = values_copy(t->a, w->collection, (const char *const *)t->now);
	for (size_t i = 0; i < t->count; i++) {
		const struct audit_row *row = &t->rows[i];

		if (deletes(row))
			break;
		met = met || t->side[i] == SIDE_OURS;
		erased = erased || (row->erased && t->side[i] == SIDE_OURS);
		pass(t, row->changes, t->side[i], passed);
		pass(t, row->private_changes, t->side[i], passed);
		pass_owner(t, row, t->side[i], &owner);
	}
	if (w->owner != NULL && strcmp(w->owner, t->record.owner) == 0)
		w->owner = NULL;
	for (size_t i = 0; i < count; i++)
		w->touched[i] = !value_equal(w->values[i], t->now[i]);
	if (!met || back_any(w->spared, count))
		leave(w, UNDO_CHANGED_SINCE);
	if (erased)
		leave(w, UNDO_HISTORY);
	if (back_any(w->touched, count) || w->owner != NULL)
		w->way = UNDO_CHANGE;
}

/* ---- the record as a whole ---- */

/* How many of the newest writes are ours.  Between them may be some of Daybook itself, and of the same undo. */
static size_t
newest_ours(const struct trail *t)
{
	size_t n = 0;

	while (n < t->count && (t->side[n] != SIDE_OTHERS || strcmp(t->rows[n].user_id, NOBODY) == 0))
		n++;
	while (n > 0 && t->side[n - 1] != SIDE_OURS)
		n--;
	return n;
}

/* The values before the newest n writes. */
static bool
values_before(struct trail *t, size_t n)
{
	enum passed *passed = arena_alloc(t->a, (t->w->collection->field_count + 1) * sizeof *passed);
	bool whole = true;

	t->w->values = values_copy(t->a, t->w->collection, (const char *const *)t->now);
	for (size_t i = 0; i < n; i++) {
		whole = whole && !t->rows[i].erased;
		pass(t, t->rows[i].changes, SIDE_OURS, passed);
		pass(t, t->rows[i].private_changes, SIDE_OURS, passed);
	}
	return whole;
}

/* All that was done to the record at last is undone at once: it did not exist before, or was deleted in between. */
static bool
weigh_whole(struct trail *t, size_t n)
{
	struct weighed *w = t->w;
	bool absent = n > 0 && (n < t->count ? deletes(&t->rows[n]) : t->rows[n - 1].version == 1), crosses = false;
	bool differs = t->record.deleted;

	for (size_t i = 0; i < n; i++)
		crosses = crosses || deletes(&t->rows[i]);
	if (!absent && !crosses)
		return false;
	if (absent) {
		w->way = t->record.deleted ? UNDO_NOTHING : UNDO_DELETE;
		w->imported = strcmp(t->rows[n - 1].action, action_names[ACTION_IMPORTED]) == 0;
		return true;
	}
	if (!values_before(t, n)) {
		leave(w, UNDO_HISTORY);
		return true;
	}
	w->back_to = t->rows[n].version;
	for (size_t i = 0; i < w->collection->field_count; i++)
		differs = (w->touched[i] = !value_equal(w->values[i], t->now[i])) || differs;
	if (strcmp(t->rows[n].owner_id, t->record.owner) != 0)
		w->owner = t->rows[n].owner_id;
	w->way = differs || w->owner != NULL ? UNDO_BRING_BACK : UNDO_NOTHING;
	for (size_t i = n; i < t->count; i++)
		if (t->side[i] == SIDE_OURS)
			leave(w, UNDO_CHANGED_SINCE);
	return true;
}

/* What they made and others have changed since stays; so does what others have deleted. */
static bool
weigh_foreign(struct trail *t)
{
	if (t->record.deleted) {
		leave(t->w, UNDO_DELETED_SINCE);
		return true;
	}
	for (size_t i = 0; i < t->count && !deletes(&t->rows[i]); i++)
		if (t->side[i] == SIDE_OURS &&
		    (t->rows[i].version == 1 || (i + 1 < t->count && deletes(&t->rows[i + 1])))) {
			leave(t->w, UNDO_CHANGED_SINCE);
			return true;
		}
	return false;
}

/* The same undo was there before: within a request that goes on now, or long ago, when nothing of what it was asked to
 * undo was written since. */
static void
weigh_done(struct trail *t)
{
	struct weighed *w = t->w;

	if (t->u->report->dry_run || t->rows[0].seq < t->u->newest)
		return;
	w->way = UNDO_DONE;
	w->done = deletes(&t->rows[0]) ? UNDO_DELETE : t->count > 1 && deletes(&t->rows[1]) ? UNDO_BRING_BACK
	    : UNDO_CHANGE;
	if (w->done == UNDO_DELETE || !values_before(t, 1))
		return;
	for (size_t i = 0; i < w->collection->field_count; i++)
		w->touched[i] = !value_equal(w->values[i], t->now[i]);
}

static void
weigh_trail(struct trail *t)
{
	if (t->count == 0)
		return;
	if (t->side[0] == SIDE_UNDO) {
		weigh_done(t);
		return;
	}
	if (t->count > UNDO_ROWS_MAX || t->rows[0].version != t->record.version)
		leave(t->w, t->count > UNDO_ROWS_MAX ? UNDO_HISTORY : UNDO_CHANGED_SINCE);
	else if (!weigh_whole(t, newest_ours(t)) && !weigh_foreign(t))
		weigh_fields(t);
}

/* ---- reading ---- */

static struct problem *
read_trail(struct trail *t, const struct call *call, int64_t first)
{
	struct weighed *w = t->w;
	struct rows *rows;
	struct problem *p;

	p = record_look(call, w->collection, w->id, SQL(UNDO_WRITES),
	    VALUES(value_id(call->person->space_id), value_text(w->collection->name), value_key(w->id),
	        value_integer(first > 1 ? first - 1 : 1), value_integer(UNDO_ROWS_MAX + 1)), &rows);
	if (p != NULL)
		return p;
	t->count = rows->count;
	t->rows = arena_alloc(t->a, (rows->count + 1) * sizeof *t->rows);
	t->side = arena_alloc(t->a, (rows->count + 1) * sizeof *t->side);
	for (size_t i = 0; i < rows->count; i++) {
		audit_of_row(rows, i, call->person->space_id, &t->rows[i]);
		t->side[i] = t->rows[i].version < first ? SIDE_OTHERS
		    : side_of(t->u, &t->rows[i], row_text(rows, i, UNDO_WRITES_TOKEN));
	}
	return NULL;
}

struct problem *
undo_weigh(const struct undoing *u, const struct call *call, size_t i, struct weighed *w)
{
	struct trail t = { .u = u, .a = call->a, .w = w };
	struct problem *p;
	bool found;

	*w = (struct weighed){
		.collection = collection_find(call->set, row_text(u->found, i, UNDO_COLLECTION)),
		.id = row_text(u->found, i, UNDO_RECORD),
	};
	if (w->collection == NULL)
		return NULL;
	w->touched = arena_alloc(t.a, w->collection->field_count + 1);
	w->spared = arena_alloc(t.a, w->collection->field_count + 1);
	if ((p = record_find(call, w->collection, w->id, &t.record, &found)) != NULL)
		return p;
	if (!found) {
		leave(w, UNDO_DELETED_SINCE);
		return NULL;
	}
	w->version = t.record.version;
	w->visible = policy_reads(call->person, w->collection) &&
	    policy_sees(call->person, w->collection, t.record.owner, t.record.reader);
	w->sees_private = policy_sees_private(call->person, t.record.owner);
	if (!w->visible && !u->verbatim) {
		/* only their own writes tell a person that there is something which they do not see */
		if (same(call->person->user_id, u->by))
			leave(w, UNDO_RIGHTS);
		return NULL;
	}
	t.now = t.record.deleted ? values_new(t.a, w->collection)
	    : values_parse(t.a, w->collection, t.record.doc, t.record.doc_private);
	if ((p = read_trail(&t, call, row_integer(u->found, i, UNDO_FIRST))) != NULL)
		return p;
	weigh_trail(&t);
	return NULL;
}
