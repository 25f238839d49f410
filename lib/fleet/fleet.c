/* fleet.c -- what happens to all cars at once: a shift begins or ends, the board is reset, the roster is applied.
 * Everything runs under the lock of the space, so one shift is open at a time, and no flag changes between a snapshot
 * and the reset. */
#include "fleet/fleet.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json_out.h"
#include "board.h"
#include "record/audit.h"
#include "record/choices.h"
#include "store/statement.h"

enum {
	BESIDE_MS = 10 * 1000 /* between an end and the reset that a client sends at the same time */
};

/* One action. */
struct act {
	const struct call *call;
	const char *key;     /* Idempotency-Key, or NULL */
	const struct collection *cars, *shifts;
	const char *id;      /* of the shift or the reset; it identifies the action */
	const char *cause;
	const char *hash_text;
	const char *notes;   /* canonical, or NULL */
	struct fleet_reset reset;
	bool beside;         /* the client resets beside an end, and which comes first is open */
	struct fleet_done *done;
};

/* ---- reading ---- */

/* Find the open shift, ignoring the one with the id `but` (or NULL).  Only the newest shift can be open.  A few are
 * read because several may have begun in the same millisecond. */
static struct problem *
newest_open(const struct call *call, const char *but, struct record *shift, bool *found)
{
	struct problem *p;
	struct rows *rows;
	struct record r;
	const struct collection *shifts = collection_find(call->set, "shifts");

	*found = false;
	if (shifts == NULL)
		return NULL;
	p = record_ask(call, shifts, SQL(FLEET_NEWEST_SHIFTS), VALUES(value_id(call->person->space_id)), &rows);
	for (size_t i = 0; p == NULL && !*found && i < rows->count; i++) {
		if (!record_of_row(call->set, rows, i, &r) || (but != NULL && strcmp(r.id, but) == 0))
			continue;
		*found = value_named(shifts, values_parse(call->a, shifts, r.doc, NULL), "endedAt") == NULL;
		if (*found)
			*shift = r;
	}
	return p;
}

struct problem *
fleet_open_shift(const struct call *call, struct record *shift, bool *found)
{
	return newest_open(call, NULL, shift, found);
}

struct problem *
fleet_board(const struct call *call, const char **cars)
{
	struct problem *p;
	struct rows *rows;
	const char *stats;

	if ((p = board_read(call, &rows)) == NULL)
		board_snapshot(call->a, call->set, rows, NULL, cars, &stats);
	return p;
}

static bool
has_cause(const struct audit_row *row, const char *what)
{
	return row->cause != NULL && strncmp(row->cause, what, strlen(what)) == 0;
}

/* Whether a shift made this write.  next is the write after it, or NULL. */
static bool
is_of_shift(const struct audit_row *row, const struct audit_row *next)
{
	if (has_cause(row, "start-") || has_cause(row, "end-"))
		return true;
	return has_cause(row, "reset-") && next != NULL && has_cause(next, "end-") && next->at - row->at <= BESIDE_MS;
}

struct problem *
fleet_shifts_only(const struct call *call, const char *car, int64_t after, int64_t to, bool *only)
{
	const struct collection *cars = collection_find(call->set, "cars");
	struct problem *p;
	struct rows *rows;
	struct audit_row row, next;

	*only = false;
	if (cars == NULL)
		return NULL;
	p = record_look(call, cars, car, SQL(AUDIT_BACK), VALUES(value_id(call->person->space_id),
	    value_text(cars->name), value_key(car), value_integer(after + 1), value_integer(to)), &rows);
	if (p != NULL)
		return p;
	*only = (int64_t)rows->count == to - after; /* one page, newest first */
	for (size_t i = 0; *only && i < rows->count; i++, next = row) {
		audit_of_row(rows, i, call->person->space_id, &row);
		*only = is_of_shift(&row, i == 0 ? NULL : &next);
	}
	return NULL;
}

/* ---- writing ---- */

/* The limit of 1 MiB for a transaction and for a snapshot can only be reached by long notes, so the problem names
 * `notes`. */
static struct problem *
name_notes(struct arena *a, struct problem *p)
{
	if (p == NULL || p->kind != PROBLEM_TOO_LARGE)
		return p;
	return problem_at(a, PROBLEM_TOO_LARGE, "notes",
	    "The notes of all cars together are too long for them to change as one; shorten some.");
}

/* The first write of an action carries its key.  If that key was used before, the action was done already. */
static struct problem *
write_first(struct writer *w, struct act *act, struct op *op)
{
	struct problem *p;
	struct outcome outcome;

	op->op_id = act->key;
	op->hash_text = act->hash_text;
	/* When the action is repeated, its first write may concern another record, so the record's id is left out of
	 * the hash. */
	op->made_id = true;
	if ((p = name_notes(w->call->a, writer_must(w, op, &outcome))) != NULL)
		return p;
	*act->done = (struct fleet_done){
		.shift = outcome.record,
		.version = outcome.version,
		.seq = outcome.seq,
		.duplicate = outcome.status == OUTCOME_DUPLICATE,
	};
	return NULL;
}

static void
clear_flags(struct arena *a, struct op *op)
{
	op->reset = true;
	op_give(a, op, "arrived", "false");
	op_give(a, op, "late", "false");
	op_give(a, op, "empty", "false");
}

/* Move all cars to another board.  With first, the first car is the first write of the action. */
static struct problem *
move_cars(struct writer *w, struct act *act, const struct rows *rows, const char *board, bool clear, bool first)
{
	struct arena *a = w->call->a;
	struct problem *p;
	struct outcome outcome;

	for (size_t i = 0; i < rows->count; i++) {
		struct op op = op_own(act->cars, row_text(rows, i, RECORD_ID), act->cause);

		op_give(a, &op, "shift", board);
		if (clear)
			clear_flags(a, &op);
		p = first && i == 0 ? write_first(w, act, &op) : name_notes(a, writer_must(w, &op, &outcome));
		if (p != NULL)
			return p;
		if (act->done->duplicate)
			return NULL;
	}
	act->done->cars = (int64_t)rows->count;
	return NULL;
}

/* A conflict that shows the shift which is open now. */
static struct problem *
other_shift(struct writer *w, const struct record *open, const char *detail)
{
	struct problem *p = problem_new(w->call->a, PROBLEM_CONFLICT, "%s", detail);
	struct buf b;
	struct json_out out;

	buf_init(&b, w->call->a);
	json_out_members(&out, &b);
	if (open == NULL)
		put_null(&out, "current");
	else
		record_put(&out, "current", open, w->call->person);
	p->members = b.text;
	return p;
}

static struct problem *
start_shift(struct writer *w, void *arg)
{
	struct arena *a = w->call->a;
	struct act *act = arg;
	struct problem *p;
	struct rows *cars;
	struct record open;
	bool found;
	struct op op = op_own(act->shifts, act->id, act->cause);

	op.intent = INTENT_CREATE;
	op_give(a, &op, "startedAt", json_quoted(a, instant_text(a, w->now)));
	op_give(a, &op, "startedBy", json_quoted(a, w->call->person->user_id));
	op_give(a, &op, "startNotes", act->notes);
	if ((p = write_first(w, act, &op)) != NULL || act->done->duplicate)
		return p;
	if ((p = newest_open(w->call, act->id, &open, &found)) != NULL)
		return p;
	if (found)
		return other_shift(w, &open, "A shift is under way already; end it first.");
	if ((p = board_read(w->call, &cars)) != NULL)
		return p;
	return move_cars(w, act, cars, json_quoted(a, act->id), false, false);
}

static struct problem *
not_under_way(struct writer *w)
{
	struct problem *p;
	struct record open;
	bool found;

	if ((p = fleet_open_shift(w->call, &open, &found)) != NULL)
		return p;
	return found ? other_shift(w, &open, "This shift has ended; another one is under way.")
	    : other_shift(w, NULL, "This shift has ended.");
}

/* Make the snapshot and figures.  A reset that came just before, from a client that sends one beside its end, was meant
 * to come after. */
static struct problem *
keep_board(struct writer *w, const struct act *act, const struct rows *cars, const char **snapshot, const char **stats)
{
	struct problem *p;
	struct board_reset reset;
	bool found = false;

	if (act->beside && (p = board_last_reset(w->call, cars, act->id, w->now - BESIDE_MS, &reset, &found)) != NULL)
		return p;
	board_snapshot(w->call->a, w->call->set, cars, found ? &reset : NULL, snapshot, stats);
	return NULL;
}

static struct problem *
end_shift(struct writer *w, void *arg)
{
	struct arena *a = w->call->a;
	struct act *act = arg;
	struct problem *p;
	struct rows *cars;
	struct record shift;
	const char *snapshot, *stats;
	bool found, ended;
	struct op op = op_own(act->shifts, act->id, act->cause);

	if ((p = record_find(w->call, act->shifts, act->id, &shift, &found)) != NULL)
		return p;
	if (!found || shift.deleted)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such shift.");
	if ((p = board_read(w->call, &cars)) != NULL)
		return p;
	ended = value_named(act->shifts, values_parse(a, act->shifts, shift.doc, NULL), "endedAt") != NULL;
	if ((p = keep_board(w, act, cars, &snapshot, &stats)) != NULL)
		return p;
	op_give(a, &op, "endedAt", json_quoted(a, instant_text(a, w->now)));
	op_give(a, &op, "endedBy", json_quoted(a, w->call->person->user_id));
	op_give(a, &op, "endNotes", act->notes);
	op_give(a, &op, "snapshot", snapshot);
	op_give(a, &op, "stats", stats);
	if ((p = write_first(w, act, &op)) != NULL || act->done->duplicate)
		return p;
	if (ended)
		return not_under_way(w);
	return move_cars(w, act, cars, NULL, true, false);
}

static struct problem *
delete_cars(struct writer *w, struct act *act, const struct rows *rows)
{
	struct problem *p;
	struct outcome outcome;

	for (size_t i = 0; i < rows->count; i++) {
		struct op op = op_own(act->cars, row_text(rows, i, RECORD_ID), act->cause);

		op.kind = OP_DELETE;
		if ((p = i == 0 ? write_first(w, act, &op) : writer_must(w, &op, &outcome)) != NULL)
			return p;
		if (act->done->duplicate)
			return NULL;
	}
	act->done->cars = (int64_t)rows->count;
	return NULL;
}

static struct problem *
check_expected(struct writer *w, const struct act *act, const struct record *open, bool found)
{
	const char *expected = act->reset.expected;

	if (!act->reset.expects || (expected == NULL ? !found : found && strcmp(open->id, expected) == 0))
		return NULL;
	return other_shift(w, found ? open : NULL,
	    found ? "Another shift is under way than the one you know." : "No shift is under way.");
}

/* *ended is true when the person ended the newest shift a moment ago. */
static struct problem *
has_just_ended(struct writer *w, const struct act *act, bool *ended)
{
	struct problem *p;
	struct rows *rows;
	struct record shift;
	const char **values, *at;

	*ended = false;
	p = record_ask(w->call, act->shifts, SQL(FLEET_NEWEST_SHIFTS),
	    VALUES(value_id(w->call->person->space_id)), &rows);
	if (p != NULL || rows->count == 0 || !record_of_row(w->call->set, rows, 0, &shift))
		return p;
	values = values_parse(w->call->a, act->shifts, shift.doc, NULL);
	at = value_named(act->shifts, values, "endedAt");
	*ended = at != NULL && value_instant_of(at) >= w->now - BESIDE_MS &&
	    strcmp(value_plain(w->call->a, value_named(act->shifts, values, "endedBy")), w->call->person->user_id) == 0;
	return NULL;
}

/* *spare is true when a reset has nothing to do: the board is as an end or a reset left it, or the end beside which it
 * was sent has cleared the flags, and those that are set now were set since. */
static struct problem *
is_spare(struct writer *w, const struct act *act, const struct rows *cars, bool open, bool *spare)
{
	*spare = act->reset.beside && !act->reset.hard && board_untouched(w->call->a, w->call->set, cars);
	if (*spare || !act->reset.beside || act->reset.hard || open)
		return NULL;
	return has_just_ended(w, act, spare);
}

/* A reset begins a new board within the shift, named by the seq at which it begins. */
static struct problem *
reset_board(struct writer *w, void *arg)
{
	struct act *act = arg;
	struct problem *p;
	struct rows *cars;
	struct record open;
	bool found, spare;

	*act->done = (struct fleet_done){ 0 };
	if (act->reset.hard && w->call->person->role < ROLE_MANAGER)
		return problem_new(w->call->a, PROBLEM_FORBIDDEN, "Only managers delete all cars.");
	if ((p = fleet_open_shift(w->call, &open, &found)) != NULL ||
	    (p = board_read(w->call, &cars)) != NULL ||
	    (p = is_spare(w, act, cars, found, &spare)) != NULL || spare)
		return p;
	if (act->reset.hard)
		p = delete_cars(w, act, cars);
	else
		p = move_cars(w, act, cars,
		    arena_printf(w->call->a, "\"%s.%" PRId64 "\"", found ? open.id : "reset", w->seq + 1), true, true);
	if (p != NULL || act->done->duplicate)
		return p;
	return check_expected(w, act, &open, found);
}

/* ---- the roster ---- */

struct filling {
	struct act *act;
	const struct fleet_apply *apply;
	struct fleet_applied *applied;
	struct texts places; /* the locations of the space */
	bool begun;            /* the first write, which has the key, was made */
};

/* The write needs the person's rights and runs the rules, as if they made it by themselves. */
static struct problem *
fill_place(struct writer *w, struct filling *f, struct op *op, int64_t *counter)
{
	struct problem *p;
	struct outcome outcome;

	op->system = false;
	if (!f->begun) {
		f->begun = true;
		if ((p = write_first(w, f->act, op)) != NULL)
			return p;
		f->applied->duplicate = f->act->done->duplicate;
	} else if ((p = name_notes(w->call->a, writer_must(w, op, &outcome))) != NULL) {
		return p;
	}
	++*counter;
	return NULL;
}

/* A location that the space no longer lists is ignored: a new car gets the default location, and a car on the board
 * stays where it is. */
static const char *
known_place(struct arena *a, const struct filling *f, const char *location)
{
	return texts_hold(&f->places, value_plain(a, location)) ? location : NULL;
}

static struct problem *
read_places(struct writer *w, struct filling *f)
{
	const struct field *location = collection_field(f->act->cars, "location");

	f->places = location->choices;
	return location->from_field == NULL ? NULL : choices_read(w->call, location, &f->places);
}

static struct problem *
fill_car(struct writer *w, struct filling *f, const struct record *listed, const char *board)
{
	struct arena *a = w->call->a;
	const char **wanted = values_parse(a, listed->collection, listed->doc, NULL);
	const char *location = known_place(a, f, value_named(listed->collection, wanted, "defaultLocation"));
	const char *expected = value_named(listed->collection, wanted, "expected");
	struct op op = op_own(f->act->cars, listed->id, f->act->cause);
	const char **held;

	if (!value_true(value_named(listed->collection, wanted, "active")))
		return NULL;
	if (location != NULL)
		op_give(a, &op, "location", location);
	op_give(a, &op, "expected", expected);
	if (board == NULL) {
		op.intent = INTENT_CREATE;
		return fill_place(w, f, &op, &f->applied->added);
	}
	held = values_parse(a, f->act->cars, board, NULL);
	if (!f->apply->update || value_true(value_named(f->act->cars, held, "arrived")) ||
	    ((location == NULL || value_equal(value_named(f->act->cars, held, "location"), location)) &&
	        value_equal(value_named(f->act->cars, held, "expected"), expected)))
		return NULL;
	return fill_place(w, f, &op, &f->applied->updated);
}

static struct problem *
fill_board(struct writer *w, void *arg)
{
	struct filling *f = arg;
	struct problem *p;
	struct rows *rows;
	struct record listed;

	*f->applied = (struct fleet_applied){ 0 };
	f->begun = false;
	if ((p = read_places(w, f)) != NULL)
		return p;
	p = db_run(w->call->db, w->call->a, SQL(FLEET_ROSTER),
	    VALUES(value_id(w->call->person->space_id), value_integer(FLEET_CARS_MAX + 1)), &rows);
	if (p == NULL && rows->count > FLEET_CARS_MAX)
		return problem_new(w->call->a, PROBLEM_TOO_LARGE,
		    "There are more than %d cars in the roster.", FLEET_CARS_MAX);
	for (size_t i = 0; p == NULL && i < rows->count && !f->applied->duplicate &&
	    record_of_row(w->call->set, rows, i, &listed); i++)
		p = fill_car(w, f, &listed, row_text(rows, i, ROSTER_CAR_DOC));
	if (f->applied->duplicate)
		f->applied->added = f->applied->updated = 0;
	return p;
}

/* ---- the actions ---- */

static struct problem *
act_open(struct act *act, const struct call *call, const char *key, const char *what, const char *id,
    struct fleet_done *done)
{
	*act = (struct act){
		.call = call,
		.key = key,
		.cars = collection_find(call->set, "cars"),
		.shifts = collection_find(call->set, "shifts"),
		.id = id,
		.cause = arena_printf(call->a, "%s-%s", what, id),
		.done = done,
	};
	if (act->cars == NULL || act->shifts == NULL)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There are no package cars here.");
	return NULL;
}

static struct problem *
take_notes(struct act *act, const char *field, const char *notes)
{
	struct problem *p;

	if (notes == NULL)
		return NULL;
	if ((p = field_read_text(act->call->a, collection_field(act->shifts, field), notes, &act->notes)) != NULL)
		p->field = "notes";
	return p;
}

static struct problem *
run(struct act *act, struct problem *(*work)(struct writer *w, void *arg))
{
	const struct call *call = act->call;
	struct problem *p;
	struct written written;

	if ((p = write_action(call, ROLE_MEMBER, work, act, &written)) != NULL)
		return p;
	act->done->epoch = written.epoch;
	return NULL;
}

struct problem *
fleet_start(const struct call *call, const char *key, const char *notes, struct fleet_done *done)
{
	struct problem *p;
	struct act act;

	if ((p = act_open(&act, call, key, "start", uuid7_text(call->a), done)) != NULL ||
	    (p = take_notes(&act, "startNotes", notes)) != NULL)
		return p;
	act.hash_text = arena_printf(call->a,
	    "POST /api/shifts/start {\"notes\":%s}", act.notes == NULL ? "null" : act.notes);
	return run(&act, start_shift);
}

struct problem *
fleet_end(const struct call *call, const char *key, const char *id, const char *notes, bool beside,
    struct fleet_done *done)
{
	struct problem *p;
	struct act act;

	if (!id_valid(id) || strlen(id) > UUID_TEXT_SIZE)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such shift.");
	if ((p = act_open(&act, call, key, "end", id, done)) != NULL ||
	    (p = take_notes(&act, "endNotes", notes)) != NULL)
		return p;
	act.beside = beside;
	act.hash_text = arena_printf(call->a,
	    "POST /api/shifts/%s/end {\"notes\":%s}", id, act.notes == NULL ? "null" : act.notes);
	return run(&act, end_shift);
}

struct problem *
fleet_reset(const struct call *call, const char *key, const struct fleet_reset *reset, struct fleet_done *done)
{
	struct problem *p;
	struct act act;

	if ((p = act_open(&act, call, key, "reset", uuid7_text(call->a), done)) != NULL)
		return p;
	act.reset = *reset;
	act.hash_text = arena_printf(call->a, "POST /api/cars/reset %s %s", reset->hard ? "hard" : "soft",
	    !reset->expects ? "any" : reset->expected == NULL ? "none" : reset->expected);
	return run(&act, reset_board);
}

struct problem *
fleet_apply_roster(const struct call *call, const char *key, const struct fleet_apply *apply,
    struct fleet_applied *applied)
{
	struct arena *a = call->a;
	struct problem *p;
	struct act act;
	struct fleet_done done;
	struct filling filling = { .act = &act, .apply = apply, .applied = applied };
	struct written written;

	if ((p = act_open(&act, call, key, "roster", uuid7_text(a), &done)) != NULL)
		return p;
	if (collection_find(call->set, "roster") == NULL)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no roster here.");
	act.hash_text = arena_printf(a, "POST /api/roster/apply %s", apply->update ? "update" : "add");
	return write_action(call, ROLE_MEMBER, fill_board, &filling, &written);
}
