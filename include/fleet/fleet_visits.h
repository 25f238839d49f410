/* fleet_visits.h -- computes the visits of cars from the writes to them, from rows alone: no database, no clock.  The
 * golden cases in tests/fixtures/fleet/audit.json hold the expected results.
 *
 * An arrival is a write that sets `arrived`.  It begins a visit, which lasts until the car's flags are cleared by a
 * reset or the end of a shift, or the car is deleted.  None of these is an arrival or takes one back.  A car that is
 * flagged late begins its visit with that flag, and its arrival belongs to the same visit.
 *
 * If somebody takes `arrived` back within FLEET_UNDO_HOURS, it was set by mistake: that arrival does not count, and the
 * next one on that board counts instead.  If it is taken back later, the board was cleared by hand, as people do who
 * use no shifts: the visit counts and is over.
 *
 * Flags, instants and location of a visit are those at its end.  The visit belongs to the user who set `arrived`, or,
 * for a car that never came, to the one who set `late`. */
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
	int64_t at;           /* the instant at which the person did it, or, where that is not known, of the write */
};

/* The state of a car before the first write to it in these rows. */
struct fleet_before {
	const char *location; /* NULL when it is not known */
	bool late;
};

struct fleet_visits;

/* Begin, in a.  before is called once for each car whose first write here is not its version 1.  It says which location
 * and late flag the car had until then; a problem that it returns is returned by fleet_visits_take. */
struct fleet_visits *fleet_visits_new(struct arena *a,
    struct problem *(*before)(void *arg, const char *car, int64_t version, struct fleet_before *is), void *arg);

/* Take the next write, in the order of the audit.  What is needed of it is copied, so its memory may end after the
 * call. */
struct problem *fleet_visits_take(struct fleet_visits *visits, const struct fleet_write *write) MUST_CHECK;

/* The visits whose moment is in [from, to), in the order of the moments; by selects those of one user, NULL means
 * all. */
struct fleet_visit *fleet_visits_between(struct fleet_visits *visits, int64_t from, int64_t to, const char *by,
    size_t *count);

/* The moment of a visit: its arrival, or the late flag of a car that never came; 0 when neither is in these rows. */
int64_t fleet_visit_moment(const struct fleet_visit *visit);

/* Remove from a list the last visit of a car that ended with the car's deletion: the car was renamed, and the visit
 * belongs to its new id. */
void fleet_visit_forget(struct fleet_visit *visits, size_t *count, const char *car);

/* How many visits there are so far, whenever they were. */
size_t fleet_visits_count(const struct fleet_visits *visits);

/* False when a write was erased, when one is missing between two writes to a car, or when the location of a car is no
 * longer known. */
bool fleet_visits_whole(const struct fleet_visits *visits);

#endif
