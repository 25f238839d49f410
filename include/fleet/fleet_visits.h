/* fleet_visits.h -- from the writes to cars to their visits, from rows alone: no database, no clock.  The golden cases in
 * tests/fixtures/fleet/audit.json say what they come to.
 *
 * An arrival is a write that raises `arrived`.  It begins a visit, which lasts until the board is cleared under the car: by a reset, the
 * end of a shift, or the car's deletion.  None of these is an arrival or takes one back.  A car that is flagged late begins its visit
 * with that flag and goes on with its arrival.
 *
 * Where somebody takes `arrived` back within FLEET_UNDO_HOURS, it was a slip: the arrival does not count, and the next one on that board
 * is the only one.  Taken back later, the board was cleared by hand, as people do who have no shifts: the visit stands and is over.
 *
 * What a visit was is what its flags, instants and location were at its end.  It is the visit of who raised `arrived`, or, for a car
 * that never came, of who raised `late`. */
#ifndef FLEET_VISITS_H
#define FLEET_VISITS_H

#include "base/problem.h"
#include "fleet/fleet_figures.h"

enum {
	FLEET_UNDO_HOURS = 12
};

/* A write to a car, as the audit has it. */
struct fleet_write {
	const char *car;
	int64_t version;
	const char *action;
	const char *changes;  /* {"field":[old,new],…}; NULL when it changed none of them, or is erased */
	bool erased;
	const char *by;       /* the user */
	int64_t at;           /* when the person did it; where that is not known, when it was written */
};

/* What a car was before the first write to it that is looked at. */
struct fleet_before {
	const char *location; /* NULL when nobody knows */
	bool late;
};

struct fleet_visits;

/* before is asked once for each car whose first write is not its first version; a problem of it ends fleet_visits_take. */
struct fleet_visits *fleet_visits_new(struct arena *a,
    struct problem *(*before)(void *arg, const char *car, int64_t version, struct fleet_before *is), void *arg);

/* The next write, in the order of the audit.  Nothing of it is kept that is not of the arena, so that it may be read into another. */
struct problem *fleet_visits_take(struct fleet_visits *visits, const struct fleet_write *write) MUST_CHECK;

/* The visits whose moment (the arrival; of a car that never came, its late flag) is from from on and before to, in the order of these
 * moments; with by only those of that user. */
struct fleet_visit *fleet_visits_between(struct fleet_visits *visits, int64_t from, int64_t to, const char *by, size_t *count);

/* What a visit counts at: its arrival, or its late flag; 0 when neither is within what was looked at. */
int64_t fleet_visit_moment(const struct fleet_visit *visit);

/* Take the last visit of a car that its deletion ended out of a list: the car went on under another name, and the visit is that one's. */
void fleet_visit_forget(struct fleet_visit *visits, size_t *count, const char *car);

/* How many visits there are so far, of whatever time. */
size_t fleet_visits_count(const struct fleet_visits *visits);

/* False when a write was erased, or one is missing between two of a car, or where a car was is not known any more. */
bool fleet_visits_whole(const struct fleet_visits *visits);

#endif
