/* report_fleet.c -- reads what a shift came to.  The cars at its end are known: from its snapshot, or the board while it is under way.
 * From there the audit of the cars is walked back to its start; at each reset, and where a car was taken away, stands a visit that
 * the end does not show any more. */
#include "report_fleet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "fleet.h"
#include "instant.h"
#include "late.h"
#include "policy.h"
#include "statement.h"

/* A car on the way back. */
struct state {
	const char *id;
	const char **values;
};

struct walk {
	struct fleet_source *source;
	const struct collection *cars;
	struct state *states;
	size_t state_count, state_room;
	struct fleet_visit *visits;
	size_t visit_count, visit_room;
	const char **renamed; /* names that were given up for another one, and whose end is still to come */
	size_t renamed_count, renamed_room;
	int64_t rows;
};

static const char *
value_of(const struct collection *c, const char *const *values, const char *field)
{
	return values[collection_field(c, field)->index];
}

static void *
grown(struct arena *a, const void *old, size_t count, size_t *room, size_t size)
{
	void *bigger;

	if (count < *room)
		return NULL;
	*room = *room == 0 ? 64 : *room * 2;
	bigger = arena_alloc(a, *room * size);
	if (count > 0)
		memcpy(bigger, old, count * size);
	return bigger;
}

/* ---- visits ---- */

static void
add_visit(struct walk *w, const struct state *s)
{
	const struct collection *c = w->cars;
	const char *location = value_plain(w->source->a, value_of(c, s->values, "location"));
	struct fleet_visit *bigger = grown(w->source->a, w->visits, w->visit_count, &w->visit_room, sizeof *bigger);

	if (bigger != NULL)
		w->visits = bigger;
	w->visits[w->visit_count++] = (struct fleet_visit){
		.car = s->id,
		.location = location == NULL ? "" : location,
		.arrived = value_true(value_of(c, s->values, "arrived")),
		.late = value_true(value_of(c, s->values, "late")),
		.empty = value_true(value_of(c, s->values, "empty")),
		.arrived_at = value_instant_of(value_of(c, s->values, "arrivedAt")),
		.empty_at = value_instant_of(value_of(c, s->values, "emptyAt")),
	};
}

/* A board that was given up counts where something had happened on it. */
static void
add_earlier_visit(struct walk *w, const struct state *s, bool taken_away)
{
	if (!value_true(value_of(w->cars, s->values, "arrived")) && !value_true(value_of(w->cars, s->values, "late")))
		return;
	add_visit(w, s);
	w->visits[w->visit_count - 1].taken_away = taken_away;
}

static struct state *
state_of(struct walk *w, const char *id)
{
	struct state *bigger;

	for (size_t i = 0; i < w->state_count; i++)
		if (strcmp(w->states[i].id, id) == 0)
			return &w->states[i];
	if ((bigger = grown(w->source->a, w->states, w->state_count, &w->state_room, sizeof *bigger)) != NULL)
		w->states = bigger;
	w->states[w->state_count] = (struct state){ arena_strdup(w->source->a, id), values_new(w->source->a, w->cars) };
	return &w->states[w->state_count++];
}

/* ---- the end ---- */

static const char *
slice_text(struct arena *a, struct json_slice s)
{
	return arena_strndup(a, s.text, s.length);
}

/* One object of a snapshot. */
static void
take_kept_car(struct walk *w, const char *car)
{
	struct arena *a = w->source->a;
	const char **values = values_new(a, w->cars), *id = NULL;
	struct json_slice key, value;

	while (json_next_member(&car, &key, &value)) {
		const char *name = slice_text(a, key);
		const struct field *f = collection_field(w->cars, name);

		if (strcmp(name, "id") == 0)
			id = json_unquote(a, slice_text(a, value));
		else if (f != NULL)
			values[f->index] = slice_text(a, value);
	}
	if (id == NULL)
		return;
	memcpy(state_of(w, id)->values, values, w->cars->field_count * sizeof *values);
}

static void
take_snapshot(struct walk *w, const char *snapshot)
{
	struct json_slice car;

	while (json_next_element(&snapshot, &car))
		take_kept_car(w, slice_text(w->source->a, car));
	for (size_t i = 0; i < w->state_count; i++)
		add_visit(w, &w->states[i]);
}

/* ---- the way back ---- */

/* A car that went on under another name has one visit, that of the new name.  Which of the two writes of a renaming came first is the
 * device's choice, so the old name's visit is dropped if it stands there, and expected otherwise. */
static void
drop_renamed(struct walk *w, const char *id)
{
	const char **bigger;

	for (size_t i = w->visit_count; i > 0; i--)
		if (w->visits[i - 1].taken_away && strcmp(w->visits[i - 1].car, id) == 0) {
			memmove(&w->visits[i - 1], &w->visits[i], (w->visit_count - i) * sizeof *w->visits);
			w->visit_count--;
			return;
		}
	if ((bigger = grown(w->source->a, w->renamed, w->renamed_count, &w->renamed_room, sizeof *bigger)) != NULL)
		w->renamed = bigger;
	w->renamed[w->renamed_count++] = id;
}

static bool
take_renamed(struct walk *w, const char *id)
{
	for (size_t i = 0; i < w->renamed_count; i++)
		if (strcmp(w->renamed[i], id) == 0) {
			w->renamed[i] = w->renamed[--w->renamed_count];
			return true;
		}
	return false;
}

static void
undo(struct walk *w, struct state *s, const char *changes)
{
	struct arena *a = w->source->a;
	struct json_slice key, pair;

	while (changes != NULL && json_next_member(&changes, &key, &pair)) {
		const char *name = slice_text(a, key), *old, *now;
		const struct field *f = collection_field(w->cars, name);

		if (!change_values(a, pair, &old, &now))
			continue;
		if (f != NULL)
			s->values[f->index] = old;
		else if (strcmp(name, "renamedFrom") == 0 && now != NULL)
			drop_renamed(w, value_plain(a, now));
	}
}

/* Columns: seq, record_id, action, changes. */
static void
step_back(struct walk *w, const struct rows *rows, size_t row)
{
	const char *id = row_text(rows, row, 1), *action = row_text(rows, row, 2);
	struct state *s = state_of(w, id);

	undo(w, s, row_text(rows, row, 3));
	if (strcmp(action, action_names[ACTION_RESET]) == 0)
		add_earlier_visit(w, s, false);
	else if (strcmp(action, action_names[ACTION_DELETED]) == 0 && !take_renamed(w, id))
		add_earlier_visit(w, s, true);
}

/* The writes to cars behind first and before last, newest first. */
static struct problem *
walk_back(struct walk *w, int64_t first, int64_t last)
{
	struct fleet_source *source = w->source;
	struct problem *p;
	struct rows *rows;

	do {
		p = db_run(source->db, source->a, SQL(FLEET_WRITES),
		    VALUES(value_text(source->person->space_id), value_integer(first), value_integer(last)), &rows);
		if (p != NULL)
			return p;
		if ((w->rows += (int64_t)rows->count) > REPORT_FLEET_WRITES_MAX)
			return problem_new(source->a, PROBLEM_TOO_LARGE, "A shift of this report has more than %d changes.", REPORT_FLEET_WRITES_MAX);
		for (size_t i = 0; i < rows->count; i++)
			step_back(w, rows, i);
		if (rows->count > 0)
			last = row_integer(rows, rows->count - 1, 0);
	} while (rows->count > 0);
	return NULL;
}

/* ---- one shift ---- */

static struct problem *
open_source(struct fleet_source *source)
{
	const struct collection *cars = collection_find(source->set, "cars"), *shifts = collection_find(source->set, "shifts");
	struct problem *p;

	if (cars == NULL || shifts == NULL)
		return problem_new(source->a, PROBLEM_NOT_FOUND, "There are no package cars here.");
	if ((p = policy_may(source->a, source->person, cars, MAY_READ)) != NULL ||
	    (p = policy_may(source->a, source->person, shifts, MAY_READ)) != NULL)
		return p;
	if (policy_limited(source->person, cars) || policy_limited(source->person, shifts))
		return problem_new(source->a, PROBLEM_FORBIDDEN, "Your role in this space does not allow this.");
	return space_zone(source->db, source->a, source->set, source->person->space_id, &source->zone);
}

static struct problem *
name_of(struct fleet_source *source, const char *user, const char **name)
{
	struct problem *p;
	struct rows *rows;

	*name = NULL;
	if (user == NULL)
		return NULL;
	if ((p = db_run(source->db, source->a, SQL(USER_NAME), VALUES(value_text(user)), &rows)) == NULL && rows->count == 1)
		*name = row_text(rows, 0, 0);
	return p;
}

static void
take_fields(struct fleet_source *source, const struct record *r, struct fleet_shift *shift, const char **snapshot)
{
	struct arena *a = source->a;
	const char **values = values_parse(a, r->collection, r->doc, r->doc_private);

	*shift = (struct fleet_shift){
		.id = arena_strdup(a, r->id),
		.started_at = value_instant_of(value_of(r->collection, values, "startedAt")),
		.ended_at = value_instant_of(value_of(r->collection, values, "endedAt")),
		.started_by = value_plain(a, value_of(r->collection, values, "startedBy")),
		.ended_by = value_plain(a, value_of(r->collection, values, "endedBy")),
		.start_notes = value_plain(a, value_of(r->collection, values, "startNotes")),
		.end_notes = value_plain(a, value_of(r->collection, values, "endNotes")),
	};
	*snapshot = value_of(r->collection, values, "snapshot");
}

/* The seq at which the shift began; *found false when the audit does not go back so far. */
static struct problem *
find_start(struct fleet_source *source, const struct record *r, int64_t *seq, bool *found)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(source->db, source->a, SQL(AUDIT_BACK), VALUES(value_text(source->person->space_id), value_text(r->collection->name),
	    value_text(r->id), value_integer(1), value_integer(1)), &rows);
	*found = p == NULL && rows->count == 1;
	if (*found)
		*seq = row_integer(rows, 0, 0);
	return p;
}

static struct problem *
read_shift(struct fleet_source *source, const struct record *r, struct fleet_shift *shift)
{
	struct problem *p;
	struct walk w = { .source = source, .cars = collection_find(source->set, "cars") };
	const char *snapshot;
	int64_t first;

	take_fields(source, r, shift, &snapshot);
	if (snapshot == NULL && (p = fleet_board(source->db, source->a, source->set, source->person->space_id, &snapshot)) != NULL)
		return p;
	shift->cars = snapshot;
	take_snapshot(&w, snapshot);
	if ((p = find_start(source, r, &first, &shift->whole)) != NULL)
		return p;
	if (shift->whole && (p = walk_back(&w, first, shift->ended_at != 0 ? r->seq : source->person->seq + 1)) != NULL)
		return p;
	shift->visits = w.visits;
	shift->visit_count = w.visit_count;
	return NULL;
}

struct problem *
report_shift_read(struct fleet_source *source, const char *id, struct fleet_shift *shift)
{
	struct problem *p;
	struct rows *rows;
	struct record r;
	bool found;

	if ((p = open_source(source)) != NULL)
		return p;
	if (id != NULL) {
		p = record_find(source->db, source->a, source->set, source->person->space_id, collection_find(source->set, "shifts"), id, &r, &found);
	} else {
		p = db_run(source->db, source->a, SQL(FLEET_NEWEST_SHIFTS), VALUES(value_text(source->person->space_id)), &rows);
		found = p == NULL && rows->count > 0 && record_of_row(source->set, rows, 0, &r);
	}
	if (p != NULL)
		return p;
	if (!found || r.deleted)
		return problem_new(source->a, PROBLEM_NOT_FOUND, "There is no such shift.");
	if ((p = read_shift(source, &r, shift)) != NULL ||
	    (p = name_of(source, shift->started_by, &shift->started_name)) != NULL ||
	    (p = name_of(source, shift->ended_by, &shift->ended_name)) != NULL)
		return p;
	return NULL;
}

/* ---- days ---- */

/* All visits so far, and where those of the running day begin. */
struct days_walk {
	struct fleet_visit *visits;
	size_t count, room, day_from;
};

static void
keep_visits(struct arena *a, struct days_walk *w, const struct fleet_shift *shift)
{
	for (size_t i = 0; i < shift->visit_count; i++) {
		struct fleet_visit *bigger = grown(a, w->visits, w->count, &w->room, sizeof *bigger), v = shift->visits[i];

		if (bigger != NULL)
			w->visits = bigger;
		v.car = arena_strdup(a, v.car);
		v.location = arena_strdup(a, v.location);
		w->visits[w->count++] = v;
	}
}

static void
close_day(struct fleet_source *source, struct days_walk *w, struct fleet_days *days)
{
	if (days->count == 0)
		return;
	fleet_summarise(source->a, w->visits + w->day_from, w->count - w->day_from, source->zone, &days->days[days->count - 1].summary);
	w->day_from = w->count;
}

/* Each shift in memory of its own: snapshots are large, visits are not. */
static struct problem *
take_shift(struct fleet_source *source, struct arena *scratch, const char *id, struct days_walk *w, struct fleet_days *days)
{
	struct fleet_source inner = *source;
	struct fleet_shift shift;
	struct problem *p;
	struct record r;
	bool found;
	char day[DATE_TEXT_SIZE];

	inner.a = scratch;
	p = record_find(source->db, scratch, source->set, source->person->space_id, collection_find(source->set, "shifts"), id, &r, &found);
	if (p != NULL || !found)
		return p;
	if ((p = read_shift(&inner, &r, &shift)) != NULL)
		return p;
	if (!zone_date(source->zone, shift.started_at, day, NULL, NULL))
		return NULL;
	if (days->count == 0 || strcmp(days->days[days->count - 1].day, day) != 0) {
		close_day(source, w, days);
		memcpy(days->days[days->count++].day, day, sizeof day);
	}
	days->days[days->count - 1].shifts++;
	days->shifts++;
	days->whole = days->whole && shift.whole;
	keep_visits(source->a, w, &shift);
	if (w->count > REPORT_FLEET_VISITS_MAX)
		return problem_new(source->a, PROBLEM_TOO_LARGE, "These days have more than %d visits of cars; ask for fewer days.", REPORT_FLEET_VISITS_MAX);
	return NULL;
}

static struct problem *
take_shifts(struct fleet_source *source, const struct rows *shifts, struct fleet_days *days)
{
	struct days_walk w = { .count = 0 };
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < shifts->count; i++) {
		struct arena *scratch = arena_new();

		if ((p = take_shift(source, scratch, row_text(shifts, i, 0), &w, days)) != NULL)
			p = problem_copy(source->a, p);
		arena_free(scratch);
	}
	close_day(source, &w, days);
	fleet_summarise(source->a, w.visits, w.count, source->zone, &days->total);
	return p;
}

struct problem *
report_fleet_read(struct fleet_source *source, const char *from, const char *to, struct fleet_days *days)
{
	struct problem *p;
	struct rows *shifts;
	int64_t first, last;
	char after[DATE_TEXT_SIZE];

	*days = (struct fleet_days){ .from = from, .to = to, .whole = true };
	if ((p = open_source(source)) != NULL)
		return p;
	date_from_days(date_days(to) + 1, after);
	if (!zone_instant(source->zone, from, 0, &first) || !zone_instant(source->zone, after, 0, &last))
		return problem_at(source->a, PROBLEM_INVALID, "from", "from must be a date such as 2026-11-21.");
	p = db_run(source->db, source->a, SQL(FLEET_SHIFTS_BETWEEN), VALUES(value_text(source->person->space_id),
	    value_bytes(instant_text(source->a, first), INSTANT_TEXT_SIZE - 1), value_bytes(instant_text(source->a, last), INSTANT_TEXT_SIZE - 1),
	    value_integer(REPORT_FLEET_SHIFTS_MAX + 1)), &shifts);
	if (p != NULL)
		return p;
	if (shifts->count > REPORT_FLEET_SHIFTS_MAX)
		return problem_new(source->a, PROBLEM_TOO_LARGE, "These days have more than %d shifts; ask for fewer days.", REPORT_FLEET_SHIFTS_MAX);
	days->days = arena_alloc(source->a, (shifts->count + 1) * sizeof *days->days);
	return take_shifts(source, shifts, days);
}
