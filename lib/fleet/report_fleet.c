/* report_fleet.c -- reads the report of a shift, and of a span of time.  The cars at the end of a shift are known from
 * its snapshot or, while it is open, from the board.  From there the audit of the cars is read backwards to the start
 * of the shift: each reset, and each deletion of a car, ended a visit that the cars at the end do not show.  A span
 * needs no shifts: its audit is read forward, and fleet_visits.c finds the visits. */
#include "fleet/report_fleet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "fleet/fleet.h"
#include "fleet/fleet_visits.h"
#include "model/policy.h"
#include "record/audit.h"
#include "record/space.h"
#include "store/statement.h"

/* A car while the audit is read backwards. */
struct car_state {
	const char *id;
	const char **values; /* without location, the car does not exist at this point */
	bool taken;          /* a later deletion of this car left a visit: its last one with taken_away */
};

struct visit_walk {
	struct fleet_source *source;
	const struct collection *cars;
	struct car_state *states;
	size_t state_count, state_room;
	struct fleet_visit *visits;
	size_t visit_count, visit_room;
	const char **renamed; /* ids that were renamed and whose deletion was not read yet */
	size_t renamed_count, renamed_room;
	int64_t rows;
};

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
add_visit(struct visit_walk *w, const struct car_state *s)
{
	const struct collection *c = w->cars;
	const char *location = value_plain(w->source->call->a, value_named(c, s->values, "location"));
	struct fleet_visit *bigger = grown(w->source->call->a, w->visits, w->visit_count,
	    &w->visit_room, sizeof *bigger);

	if (bigger != NULL)
		w->visits = bigger;
	w->visits[w->visit_count++] = (struct fleet_visit){
		.car = s->id,
		.location = location == NULL ? "" : location,
		.arrived = value_true(value_named(c, s->values, "arrived")),
		.late = value_true(value_named(c, s->values, "late")),
		.empty = value_true(value_named(c, s->values, "empty")),
		.arrived_at = value_instant_of(value_named(c, s->values, "arrivedAt")),
		.empty_at = value_instant_of(value_named(c, s->values, "emptyAt")),
	};
}

/* A board that a reset or deletion ended counts as a visit if the car was arrived or late on it. */
static bool
add_earlier_visit(struct visit_walk *w, const struct car_state *s)
{
	if (!value_true(value_named(w->cars, s->values, "arrived")) &&
	    !value_true(value_named(w->cars, s->values, "late")))
		return false;
	add_visit(w, s);
	return true;
}

static struct car_state *
find_state(struct visit_walk *w, const char *id)
{
	for (size_t i = 0; i < w->state_count; i++)
		if (strcmp(w->states[i].id, id) == 0)
			return &w->states[i];
	return NULL;
}

static struct car_state *
state_of(struct visit_walk *w, const char *id)
{
	struct car_state *bigger, *known = find_state(w, id);

	if (known != NULL)
		return known;
	if ((bigger = grown(w->source->call->a, w->states, w->state_count, &w->state_room, sizeof *bigger)) != NULL)
		w->states = bigger;
	w->states[w->state_count] = (struct car_state){ arena_strdup(w->source->call->a, id),
	    values_new(w->source->call->a, w->cars), false };
	return &w->states[w->state_count++];
}

/* ---- the end ---- */

static const char *
slice_text(struct arena *a, struct json_slice s)
{
	return arena_strndup(a, s.text, s.length);
}

/* Take one car of a snapshot. */
static void
take_kept_car(struct visit_walk *w, const char *car)
{
	struct arena *a = w->source->call->a;
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
take_snapshot(struct visit_walk *w, const char *snapshot)
{
	struct json_slice car;

	while (json_next_element(&snapshot, &car))
		take_kept_car(w, slice_text(w->source->call->a, car));
	for (size_t i = 0; i < w->state_count; i++)
		add_visit(w, &w->states[i]);
}

/* ---- reading backwards ---- */

/* A renamed car has one visit, which belongs to the new id (see take_renaming in fleet_visits.c).  If the old id exists
 * at this point, its deletion is later and was read already: its visit is dropped.  Otherwise its deletion is still to
 * be read. */
static void
drop_renamed(struct visit_walk *w, const char *id)
{
	struct car_state *old = find_state(w, id);
	const char **bigger;

	if (old != NULL && value_named(w->cars, old->values, "location") != NULL) {
		if (old->taken)
			fleet_visit_forget(w->visits, &w->visit_count, id);
		old->taken = false;
		return;
	}
	if ((bigger = grown(w->source->call->a, w->renamed, w->renamed_count, &w->renamed_room,
	    sizeof *bigger)) != NULL)
		w->renamed = bigger;
	w->renamed[w->renamed_count++] = id;
}

static bool
take_renamed(struct visit_walk *w, const char *id)
{
	for (size_t i = 0; i < w->renamed_count; i++)
		if (strcmp(w->renamed[i], id) == 0) {
			w->renamed[i] = w->renamed[--w->renamed_count];
			return true;
		}
	return false;
}

static void
take_deletion(struct visit_walk *w, struct car_state *s)
{
	s->taken = !take_renamed(w, s->id) && add_earlier_visit(w, s);
	if (s->taken)
		w->visits[w->visit_count - 1].taken_away = true;
}

static void
undo(struct visit_walk *w, struct car_state *s, const char *changes)
{
	struct arena *a = w->source->call->a;
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

static void
step_back(struct visit_walk *w, const struct rows *rows, size_t row)
{
	const char *id = row_text(rows, row, STEP_CAR), *action = row_text(rows, row, STEP_ACTION);
	struct car_state *s = state_of(w, id);

	undo(w, s, row_text(rows, row, STEP_CHANGES));
	if (strcmp(action, action_names[ACTION_RESET]) == 0)
		add_earlier_visit(w, s);
	else if (strcmp(action, action_names[ACTION_DELETED]) == 0)
		take_deletion(w, s);
}

/* Undo the writes to cars with a seq after first and before last, newest first. */
static struct problem *
walk_back(struct visit_walk *w, int64_t first, int64_t last)
{
	struct fleet_source *source = w->source;
	struct problem *p;
	struct rows *rows;

	do {
		p = db_run(source->call->db, source->call->a, SQL(FLEET_WRITES),
		    VALUES(value_id(source->call->person->space_id), value_integer(first),
		        value_integer(last)), &rows);
		if (p != NULL)
			return p;
		if ((w->rows += (int64_t)rows->count) > REPORT_FLEET_WRITES_MAX)
			return problem_new(source->call->a, PROBLEM_TOO_LARGE,
			    "A shift of this report has more than %d changes.", REPORT_FLEET_WRITES_MAX);
		for (size_t i = 0; i < rows->count; i++)
			step_back(w, rows, i);
		if (rows->count > 0)
			last = row_integer(rows, rows->count - 1, STEP_SEQ);
	} while (rows->count > 0);
	return NULL;
}

/* ---- one shift ---- */

static struct problem *
open_source(struct fleet_source *source)
{
	struct arena *a = source->call->a;
	const struct person *person = source->call->person;
	const struct collection *cars = collection_find(source->call->set, "cars");
	const struct collection *shifts = collection_find(source->call->set, "shifts");
	struct problem *p;

	if (cars == NULL || shifts == NULL)
		return problem_new(a, PROBLEM_NOT_FOUND, "There are no package cars here.");
	if ((p = policy_may(a, person, cars, MAY_READ)) != NULL ||
	    (p = policy_may(a, person, shifts, MAY_READ)) != NULL)
		return p;
	if (policy_limited(person, cars) || policy_limited(person, shifts))
		return problem_new(a, PROBLEM_FORBIDDEN, "Your role in this space does not allow this.");
	return space_zone(source->call, &source->zone);
}

static struct problem *
name_of(struct fleet_source *source, const char *user, const char **name)
{
	struct problem *p;
	struct rows *rows;

	*name = NULL;
	if (user == NULL)
		return NULL;
	if ((p = db_run(source->call->db, source->call->a, SQL(USER_NAME), VALUES(value_id(user)), &rows)) == NULL &&
	    rows->count == 1)
		*name = row_text(rows, 0, NAME_OF_USER);
	return p;
}

static void
take_fields(struct fleet_source *source, const struct record *r, struct fleet_shift *shift, const char **snapshot)
{
	struct arena *a = source->call->a;
	const char **values = values_parse(a, r->collection, r->doc, r->doc_private);

	*shift = (struct fleet_shift){
		.id = arena_strdup(a, r->id),
		.started_at = value_instant_of(value_named(r->collection, values, "startedAt")),
		.ended_at = value_instant_of(value_named(r->collection, values, "endedAt")),
		.started_by = value_plain(a, value_named(r->collection, values, "startedBy")),
		.ended_by = value_plain(a, value_named(r->collection, values, "endedBy")),
		.start_notes = value_plain(a, value_named(r->collection, values, "startNotes")),
		.end_notes = value_plain(a, value_named(r->collection, values, "endNotes")),
	};
	*snapshot = value_named(r->collection, values, "snapshot");
}

/* The seq at which the shift began; *found is false when the audit does not have it. */
static struct problem *
find_start(struct fleet_source *source, const struct record *r, int64_t *seq, bool *found)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(source->call->db, source->call->a, SQL(AUDIT_BACK),
	    VALUES(value_id(source->call->person->space_id), value_text(r->collection->name), value_key(r->id),
	        value_integer(1), value_integer(1)), &rows);
	*found = p == NULL && rows->count == 1;
	if (*found)
		*seq = row_integer(rows, 0, AUDIT_SEQ);
	return p;
}

static struct problem *
read_shift(struct fleet_source *source, const struct record *r, struct fleet_shift *shift)
{
	struct problem *p;
	struct visit_walk w = { .source = source, .cars = collection_find(source->call->set, "cars") };
	const char *snapshot;
	int64_t first;

	take_fields(source, r, shift, &snapshot);
	if (snapshot == NULL && (p = fleet_board(source->call, &snapshot)) != NULL)
		return p;
	shift->cars = snapshot;
	take_snapshot(&w, snapshot);
	if ((p = find_start(source, r, &first, &shift->whole)) != NULL)
		return p;
	if (shift->whole &&
	    (p = walk_back(&w, first, shift->ended_at != 0 ? r->seq : source->call->person->seq + 1)) != NULL)
		return p;
	shift->visits = w.visits;
	shift->visit_count = w.visit_count;
	return NULL;
}

struct problem *
report_shift_read(struct fleet_source *source, const char *id, struct fleet_shift *shift)
{
	struct arena *a = source->call->a;
	struct problem *p;
	struct rows *rows;
	struct record r;
	bool found;

	if ((p = open_source(source)) != NULL)
		return p;
	if (id != NULL && !id_valid(id))
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such shift.");
	if (id != NULL) {
		p = record_find(source->call, collection_find(source->call->set, "shifts"), id, &r, &found);
	} else {
		p = db_run(source->call->db, a, SQL(FLEET_NEWEST_SHIFTS),
		    VALUES(value_id(source->call->person->space_id)), &rows);
		found = p == NULL && rows->count > 0 && record_of_row(source->call->set, rows, 0, &r);
	}
	if (p != NULL)
		return p;
	if (!found || r.deleted)
		return problem_new(a, PROBLEM_NOT_FOUND, "There is no such shift.");
	if ((p = read_shift(source, &r, shift)) != NULL ||
	    (p = name_of(source, shift->started_by, &shift->started_name)) != NULL ||
	    (p = name_of(source, shift->ended_by, &shift->ended_name)) != NULL)
		return p;
	return NULL;
}

/* ---- from and to ---- */

static struct problem *
bad_bound(struct fleet_source *source, const char *name)
{
	return problem_at(source->call->a, PROBLEM_INVALID, name,
	    "%s must be a date such as 2026-11-21, or an instant such as 2026-11-21T05:00:00Z.", name);
}

/* Read an instant, or a date: the start of that day by the space's clock or, with days 1, of the next day. */
static struct problem *
read_bound(struct fleet_source *source, const char *name, const char *text, int64_t days, int64_t *instant)
{
	char date[DATE_TEXT_SIZE];

	if (instant_parse(text, instant))
		return NULL;
	if (!date_valid(text))
		return bad_bound(source, name);
	date_from_days(date_days(text) + days, date);
	return zone_instant(source->zone, date, 0, instant) ? NULL : bad_bound(source, name);
}

static struct problem *
read_bounds(struct fleet_source *source, struct fleet_span *span)
{
	struct problem *p;

	if ((p = read_bound(source, "from", span->from, 0, &span->first)) != NULL ||
	    (p = read_bound(source, "to", span->to, 1, &span->last)) != NULL)
		return p;
	if (span->last <= span->first)
		return problem_at(source->call->a, PROBLEM_INVALID, "to", "to must be later than from.");
	/* One hour more, for the night in which clocks are put back. */
	if (span->last - span->first > (REPORT_FLEET_DAYS_MAX * 24 + 1) * INT64_C(3600000))
		return problem_at(source->call->a, PROBLEM_INVALID, "to",
		    "A report of the fleet has at most %d days.", REPORT_FLEET_DAYS_MAX);
	return NULL;
}

/* ---- the writes of a span ---- */

/* The seq of the first audit row from an instant on; one after the newest when there is none.  Who looks back sees none
 * of those since. */
static struct problem *
seq_from(struct fleet_source *source, int64_t instant, int64_t *seq)
{
	int64_t head = source->call->then_at == 0 ? INT64_MAX - 1 : source->call->then_seq;
	struct problem *p;
	struct rows *rows;

	p = db_run(source->call->db, source->call->a, SQL(FLEET_SEQ_FROM),
	    VALUES(value_id(source->call->person->space_id),
	        value_text(instant_sql(source->call->a, instant))), &rows);
	if (p == NULL)
		*seq = rows->count == 0 ? source->call->person->seq + 1 : row_integer(rows, 0, SEQ_FROM);
	if (p == NULL && *seq > head)
		*seq = head + 1;
	return p;
}

/* The new value of the field in the changes that the statement found; NULL when it found none. */
static const char *
found_value(struct arena *a, const struct rows *rows, size_t column, const char *field)
{
	const char *changes = row_text(rows, 0, column), *old, *now = NULL;
	struct json_slice key, pair;

	while (changes != NULL && json_next_member(&changes, &key, &pair))
		if (strlen(field) == key.length && memcmp(field, key.text, key.length) == 0 &&
		    change_values(a, pair, &old, &now))
			return now == NULL ? "\"\"" : now;
	return NULL;
}

static struct problem *
car_before(void *arg, const char *car, int64_t version, struct fleet_before *is)
{
	struct fleet_source *source = arg;
	struct arena *a = source->call->a;
	struct problem *p;
	struct rows *rows;
	const char *space = source->call->person->space_id, *location;

	p = db_run(source->call->db, a, SQL(FLEET_CAR_BEFORE), VALUES(value_id(space), value_key(car),
	    value_integer(version), value_id(space), value_key(car), value_integer(version)), &rows);
	if (p != NULL)
		return p;
	location = found_value(a, rows, CAR_BEFORE_LOCATION, "location");
	*is = (struct fleet_before){
		.location = location == NULL ? NULL : value_plain(a, location),
		.late = value_true(found_value(a, rows, CAR_BEFORE_LATE, "late")),
	};
	return NULL;
}

/* The instant is the op's own, but not later than the write, in case the device's clock is ahead. */
static struct fleet_write
write_of_row(const struct rows *rows, size_t row)
{
	int64_t at = row_instant(rows, row, CAR_WRITE_AT), claimed = at;

	if (!row_null(rows, row, CAR_WRITE_CLAIMED_AT))
		claimed = row_instant(rows, row, CAR_WRITE_CLAIMED_AT);
	return (struct fleet_write){
		.car = row_text(rows, row, CAR_WRITE_CAR),
		.version = row_integer(rows, row, CAR_WRITE_VERSION),
		.action = row_text(rows, row, CAR_WRITE_ACTION),
		.changes = row_text(rows, row, CAR_WRITE_CHANGES),
		.erased = row_integer(rows, row, CAR_WRITE_ERASED) != 0,
		.by = row_text(rows, row, CAR_WRITE_BY),
		.at = claimed < at ? claimed : at,
	};
}

static struct problem *
take_page(struct fleet_source *source, struct fleet_visits *visits, const struct rows *rows)
{
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		struct fleet_write write = write_of_row(rows, i);

		p = fleet_visits_take(visits, &write);
	}
	if (p == NULL && fleet_visits_count(visits) > REPORT_FLEET_VISITS_MAX)
		return problem_new(source->call->a, PROBLEM_TOO_LARGE,
		    "There are more than %d visits of cars in this time; ask for fewer days.", REPORT_FLEET_VISITS_MAX);
	return p;
}

/* One page at a time, each in an arena of its own. */
static struct problem *
take_writes(struct fleet_source *source, struct fleet_visits *visits, int64_t seq, int64_t end)
{
	struct problem *p = NULL;
	int64_t total = 0;

	for (bool more = true; p == NULL && more;) {
		struct arena *scratch = arena_new();
		struct rows *rows;

		p = db_run(source->call->db, scratch, SQL(FLEET_WRITES_FORWARD),
		    VALUES(value_id(source->call->person->space_id), value_integer(seq), value_integer(end)), &rows);
		if (p == NULL) {
			more = rows->count > 0;
			seq = more ? row_integer(rows, rows->count - 1, CAR_WRITE_SEQ) + 1 : seq;
			total += (int64_t)rows->count;
			p = take_page(source, visits, rows);
		}
		if (p != NULL)
			p = problem_copy(source->call->a, p);
		arena_free(scratch);
		if (p == NULL && total > REPORT_FLEET_SPAN_WRITES_MAX)
			p = problem_new(source->call->a, PROBLEM_TOO_LARGE,
			    "There are more than %d changes of cars in this time; ask for fewer days.",
			    REPORT_FLEET_SPAN_WRITES_MAX);
	}
	return p;
}

/* ---- shifts and days of a span ---- */

/* Each shift is read in an arena of its own: snapshots are large, figures are not. */
static struct problem *
take_shift(struct fleet_source *source, struct arena *scratch, const char *id, struct fleet_span_shift *kept)
{
	const struct call call = call_in(source->call, scratch);
	struct fleet_source inner = { .call = &call, .zone = source->zone };
	struct fleet_summary summary;
	struct fleet_shift shift;
	struct problem *p;
	struct record r;
	bool found;

	p = record_find(&call, collection_find(source->call->set, "shifts"), id, &r, &found);
	if (p != NULL)
		return p;
	if (!found)
		return problem_new(scratch, PROBLEM_NOT_FOUND, "There is no such shift.");
	if ((p = read_shift(&inner, &r, &shift)) != NULL)
		return p;
	fleet_summarise(scratch, shift.visits, shift.visit_count, source->zone, &summary);
	*kept = (struct fleet_span_shift){
		.id = arena_strdup(source->call->a, id),
		.started_at = shift.started_at,
		.ended_at = shift.ended_at,
		.figures = summary.all,
		.whole = shift.whole,
	};
	return NULL;
}

static struct problem *
take_shifts(struct fleet_source *source, struct fleet_span *span)
{
	struct arena *a = source->call->a;
	struct problem *p;
	struct rows *rows;

	p = db_run(source->call->db, a, SQL(FLEET_SHIFTS_BETWEEN),
	    VALUES(value_id(source->call->person->space_id),
	        value_bytes(instant_text(a, span->first), INSTANT_TEXT_SIZE - 1),
	        value_bytes(instant_text(a, span->last), INSTANT_TEXT_SIZE - 1),
	        value_integer(REPORT_FLEET_SHIFTS_MAX + 1)), &rows);
	if (p == NULL && rows->count > REPORT_FLEET_SHIFTS_MAX)
		return problem_new(a, PROBLEM_TOO_LARGE,
		    "There are more than %d shifts in this time; ask for fewer days.", REPORT_FLEET_SHIFTS_MAX);
	if (p != NULL)
		return p;
	span->shifts = arena_alloc(a, (rows->count + 1) * sizeof *span->shifts);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		struct arena *scratch = arena_new();

		p = take_shift(source, scratch, row_text(rows, i, ID_FOUND), &span->shifts[span->shift_count++]);
		if (p != NULL)
			p = problem_copy(a, p);
		arena_free(scratch);
	}
	return p;
}

/* The visits are in order, so those of a day are next to each other. */
static void
take_days(struct fleet_source *source, struct fleet_span *span, const struct fleet_visit *visits, size_t count)
{
	struct arena *a = source->call->a;
	char day[DATE_TEXT_SIZE], next[DATE_TEXT_SIZE];

	span->days = arena_alloc(a, (count + 1) * sizeof *span->days);
	for (size_t i = 0, end; i < count; i = end) {
		struct fleet_day *one = &span->days[span->day_count++];

		zone_date(source->zone, fleet_visit_moment(&visits[i]), day, NULL, NULL);
		for (end = i + 1; end < count; end++) {
			zone_date(source->zone, fleet_visit_moment(&visits[end]), next, NULL, NULL);
			if (strcmp(day, next) != 0)
				break;
		}
		memcpy(one->day, day, sizeof day);
		fleet_summarise(a, visits + i, end - i, source->zone, &one->summary);
	}
	fleet_summarise(a, visits, count, source->zone, &span->total);
}

struct problem *
report_fleet_read(struct fleet_source *source, struct fleet_span *span)
{
	struct problem *p;
	struct fleet_visits *all = fleet_visits_new(source->call->a, car_before, source);
	const struct fleet_visit *visits;
	int64_t seq, end;
	size_t count;

	if ((p = open_source(source)) != NULL ||
	    (p = read_bounds(source, span)) != NULL)
		return p;
	if (span->person != NULL && !uuid_valid(span->person))
		return problem_new(source->call->a, PROBLEM_NOT_FOUND, "There is no such person.");
	if ((p = seq_from(source, span->first, &seq)) != NULL ||
	    (p = seq_from(source, span->last + REPORT_FLEET_HOURS_AFTER * INT64_C(3600000), &end)) != NULL ||
	    (p = take_writes(source, all, seq, end)) != NULL)
		return p;
	visits = fleet_visits_between(all, span->first, span->last, span->person, &count);
	take_days(source, span, visits, count);
	span->whole = fleet_visits_whole(all);
	return span->person == NULL ? take_shifts(source, span) : NULL;
}
