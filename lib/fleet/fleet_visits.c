/* fleet_visits.c -- goes through the rows and keeps for each car its state, its current visit, and the visits that are
 * over. */
#include "fleet/fleet_visits.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "record/audit.h"

/* The state of a car at the current row. */
struct car {
	const char *id;
	int64_t version;
	const char *location;
	bool late;
	bool visiting;           /* visit is running */
	struct fleet_visit visit;
	bool renamed;            /* was renamed: its current visit belongs to the new id */
	bool gone;               /* deleted, and not added again since */
	bool taken;              /* its deletion ended a visit: the last one in `over` that has its id and taken_away */
	struct car *next;        /* in its bucket */
};

struct fleet_visits {
	struct arena *a;
	struct problem *(*before)(void *arg, const char *car, int64_t version, struct fleet_before *is);
	void *arg;
	struct car *buckets[1024];
	struct fleet_visit *over;
	size_t count, room;
	size_t running;
	bool whole;
};

/* The change of one field; there is false when the write does not change it. */
struct pair {
	bool there;
	const char *old, *now;
};

struct fleet_visits *
fleet_visits_new(struct arena *a,
    struct problem *(*before)(void *arg, const char *car, int64_t version, struct fleet_before *is), void *arg)
{
	struct fleet_visits *v = arena_alloc(a, sizeof *v);

	*v = (struct fleet_visits){ .a = a, .before = before, .arg = arg, .whole = true };
	return v;
}

size_t
fleet_visits_count(const struct fleet_visits *v)
{
	return v->count + v->running;
}

bool
fleet_visits_whole(const struct fleet_visits *v)
{
	return v->whole;
}

/* ---- cars ---- */

static struct car **
bucket_of(struct fleet_visits *v, const char *id)
{
	return &v->buckets[text_hash(TEXT_HASH, id) % (sizeof v->buckets / sizeof v->buckets[0])];
}

static struct car *
find_car(struct fleet_visits *v, const char *id)
{
	struct car *car = *bucket_of(v, id);

	while (car != NULL && strcmp(car->id, id) != 0)
		car = car->next;
	return car;
}

static struct car *
add_car(struct fleet_visits *v, const char *id)
{
	struct car **bucket = bucket_of(v, id), *car = arena_alloc(v->a, sizeof *car);

	*car = (struct car){ .id = arena_strdup(v->a, id), .next = *bucket };
	*bucket = car;
	return car;
}

/* Find the car of a write, in the state before that write. */
static struct problem *
car_of(struct fleet_visits *v, const struct fleet_write *w, struct car **car)
{
	struct problem *p;
	struct fleet_before is = { .location = NULL };

	if ((*car = find_car(v, w->car)) != NULL) {
		v->whole = v->whole && (*car)->version + 1 == w->version;
		return NULL;
	}
	if (w->version > 1) {
		if ((p = v->before(v->arg, w->car, w->version, &is)) != NULL)
			return p;
		v->whole = v->whole && is.location != NULL;
	}
	*car = add_car(v, w->car);
	(*car)->location = is.location == NULL ? "" : arena_strdup(v->a, is.location);
	(*car)->late = is.late;
	return NULL;
}

/* ---- visits ---- */

static void
begin_visit(struct fleet_visits *v, struct car *car, const struct fleet_write *w)
{
	car->visiting = true;
	car->visit = (struct fleet_visit){
		.car = car->id,
		.by = arena_strdup(v->a, w->by),
	};
	v->running++;
}

static void
drop_visit(struct fleet_visits *v, struct car *car)
{
	if (car->visiting)
		v->running--;
	car->visiting = false;
}

static struct fleet_visit
as_it_ends(const struct car *car)
{
	struct fleet_visit visit = car->visit;

	visit.location = car->location;
	visit.late = car->late;
	return visit;
}

static void
keep_visit(struct fleet_visits *v, const struct fleet_visit *visit)
{
	if (v->count == v->room) {
		struct fleet_visit *bigger;

		v->room = v->room == 0 ? 256 : v->room * 2;
		bigger = arena_alloc(v->a, v->room * sizeof *bigger);
		if (v->count > 0)
			memcpy(bigger, v->over, v->count * sizeof *bigger);
		v->over = bigger;
	}
	v->over[v->count++] = *visit;
}

/* End the car's visit with the location and late flag that the car has now. */
static void
end_visit(struct fleet_visits *v, struct car *car, bool taken_away)
{
	struct fleet_visit visit = as_it_ends(car);

	if (!car->visiting)
		return;
	visit.taken_away = taken_away;
	drop_visit(v, car);
	keep_visit(v, &visit);
}

/* ---- the changes of a write ---- */

static struct pair
pair_of(struct arena *a, const char *changes, const char *field)
{
	struct pair pair = { .there = false };
	struct json_slice key, value;

	while (changes != NULL && json_next_member(&changes, &key, &value))
		if (strlen(field) == key.length && memcmp(field, key.text, key.length) == 0)
			pair.there = change_values(a, value, &pair.old, &pair.now);
	return pair;
}

static bool
rises(const struct pair *pair)
{
	return pair->there && !value_true(pair->old) && value_true(pair->now);
}

static bool
falls(const struct pair *pair)
{
	return pair->there && value_true(pair->old) && !value_true(pair->now);
}

static void
take_arrival(struct fleet_visits *v, struct car *car, const struct fleet_write *w)
{
	if (!car->visiting)
		begin_visit(v, car, w);
	car->visit.arrived = true;
	car->visit.by = arena_strdup(v->a, w->by);
}

/* `arrived` was taken back: soon after it was set, that was a mistake; later, the board was cleared by hand
 * (fleet_visits.h). */
static void
take_back(struct fleet_visits *v, struct car *car, const struct fleet_write *w)
{
	struct fleet_visit *visit = &car->visit;

	if (!car->visiting || !visit->arrived)
		return;
	if (w->at - visit->arrived_at >= FLEET_UNDO_HOURS * INT64_C(3600000)) {
		end_visit(v, car, false);
		return;
	}
	visit->arrived = visit->empty = false;
	visit->arrived_at = visit->empty_at = 0;
	visit->by = arena_strdup(v->a, w->by);
	if (!car->late)
		drop_visit(v, car);
}

void
fleet_visit_forget(struct fleet_visit *visits, size_t *count, const char *car)
{
	size_t i = *count;

	while (i > 0 && !(visits[i - 1].taken_away && strcmp(visits[i - 1].car, car) == 0))
		i--;
	if (i == 0)
		return;
	memmove(&visits[i - 1], &visits[i], (*count - i) * sizeof *visits);
	--*count;
}

/* A renamed car has one visit, which belongs to the new id.  The two writes of a renaming may come in either order, so
 * the visit of the old id is dropped if it is over, and marked otherwise.  Visits of earlier cars with the old id
 * stay. */
static void
take_renaming(struct fleet_visits *v, const char *old_name)
{
	struct car *old = find_car(v, old_name);

	if (old == NULL)
		return;
	if (!old->gone)
		old->renamed = true;
	else if (old->taken)
		fleet_visit_forget(v->over, &v->count, old_name);
	old->taken = false;
}

static void
take_late(struct fleet_visits *v, struct car *car, const struct fleet_write *w, const struct pair *late)
{
	car->late = value_true(late->now);
	if (!car->late && car->visiting && !car->visit.arrived)
		drop_visit(v, car);
	if (!car->late)
		return;
	if (!car->visiting)
		begin_visit(v, car, w);
	if (!value_true(late->old))
		car->visit.late_at = w->at;
}

static void
take_instants(struct car *car, struct arena *a, const char *changes)
{
	struct pair arrived_at = pair_of(a, changes, "arrivedAt");
	struct pair empty = pair_of(a, changes, "empty");
	struct pair empty_at = pair_of(a, changes, "emptyAt");

	if (!car->visiting)
		return;
	if (arrived_at.there && car->visit.arrived)
		car->visit.arrived_at = value_instant_of(arrived_at.now);
	if (empty.there)
		car->visit.empty = value_true(empty.now);
	if (empty_at.there)
		car->visit.empty_at = value_instant_of(empty_at.now);
}

/* late is handled before arrived, so that a car which is flagged late and arrives in one write has one visit. */
static void
take_flags(struct fleet_visits *v, struct car *car, const struct fleet_write *w, struct arena *a)
{
	struct pair late = pair_of(a, w->changes, "late"), arrived = pair_of(a, w->changes, "arrived");

	if (falls(&arrived))
		take_back(v, car, w);
	if (late.there)
		take_late(v, car, w, &late);
	if (rises(&arrived))
		take_arrival(v, car, w);
	take_instants(car, a, w->changes);
}

static bool
clears_board(const struct fleet_write *w)
{
	return strcmp(w->action, action_names[ACTION_RESET]) == 0 ||
	    strcmp(w->action, action_names[ACTION_DELETED]) == 0;
}

/* A reset or deletion ends the visit, which keeps the flags from before. */
static void
clear_car(struct fleet_visits *v, struct car *car, const struct fleet_write *w)
{
	bool deleted = strcmp(w->action, action_names[ACTION_DELETED]) == 0;

	if (deleted && car->renamed)
		drop_visit(v, car);
	car->gone = deleted;
	car->taken = deleted && car->visiting;
	end_visit(v, car, deleted);
	car->renamed = car->renamed && !deleted;
	car->late = false;
}

struct problem *
fleet_visits_take(struct fleet_visits *v, const struct fleet_write *w)
{
	struct problem *p;
	struct arena *scratch;
	struct pair location, renamed;
	struct car *car;

	if ((p = car_of(v, w, &car)) != NULL)
		return p;
	car->version = w->version;
	v->whole = v->whole && !w->erased;
	if (clears_board(w)) {
		clear_car(v, car, w);
		return NULL;
	}
	car->gone = car->taken = false;
	scratch = arena_new();
	location = pair_of(scratch, w->changes, "location");
	if (location.there)
		car->location = location.now == NULL ? "" : value_plain(v->a, location.now);
	renamed = pair_of(scratch, w->changes, "renamedFrom");
	if (renamed.there && renamed.now != NULL)
		take_renaming(v, value_plain(scratch, renamed.now));
	take_flags(v, car, w, scratch);
	arena_free(scratch);
	return NULL;
}

/* ---- selecting visits ---- */

int64_t
fleet_visit_moment(const struct fleet_visit *visit)
{
	return visit->arrived && visit->arrived_at != 0 ? visit->arrived_at : visit->late_at;
}

static int
compare_moments(const void *left, const void *right)
{
	const struct fleet_visit *l = left, *r = right;
	int64_t one = fleet_visit_moment(l), other = fleet_visit_moment(r);

	return one < other ? -1 : one > other ? 1 : strcmp(l->car, r->car);
}

static void
choose(struct fleet_visit *chosen, size_t *count, const struct fleet_visit *visit, int64_t from,
    int64_t to, const char *by)
{
	int64_t moment = fleet_visit_moment(visit);

	if (moment >= from && moment < to && (by == NULL || strcmp(visit->by, by) == 0))
		chosen[(*count)++] = *visit;
}

struct fleet_visit *
fleet_visits_between(struct fleet_visits *v, int64_t from, int64_t to, const char *by, size_t *count)
{
	struct fleet_visit *chosen = arena_alloc(v->a, (v->count + v->running + 1) * sizeof *chosen);

	*count = 0;
	for (size_t i = 0; i < v->count; i++)
		choose(chosen, count, &v->over[i], from, to, by);
	for (size_t i = 0; i < sizeof v->buckets / sizeof v->buckets[0]; i++)
		for (const struct car *car = v->buckets[i]; car != NULL; car = car->next)
			if (car->visiting) {
				struct fleet_visit visit = as_it_ends(car);

				choose(chosen, count, &visit, from, to, by);
			}
	qsort(chosen, *count, sizeof *chosen, compare_moments);
	return chosen;
}
