/* fleet.h -- the shifts of a space and the board of its package cars.  schema/PROTOCOL.md 9.
 *
 * One shift is open at a time.  Its start, its end and a reset of the board are one transaction each: the record of the
 * shift, a snapshot and every car together, or nothing.  All audit rows of an action have the same cause.  The person
 * must be at least a member, else PROBLEM_FORBIDDEN.  Each action takes an Idempotency-Key, or NULL.  PROBLEM_NOT_FOUND
 * when the definitions have no cars and shifts.  PROBLEM_TOO_LARGE for more than FLEET_CARS_MAX cars, or at "notes"
 * when all notes together are too long. */
#ifndef FLEET_H
#define FLEET_H

#include "record/write.h"

enum {
	FLEET_CARS_MAX = 900 /* on a board, since all change in one transaction */
};

/* The result of an action. */
struct fleet_done {
	struct record shift;  /* after a start or an end: as it is now */
	int64_t version, seq; /* of the first write of the action */
	int64_t cars;         /* how many were changed or deleted; 0 for a duplicate */
	bool duplicate;       /* the same was done before under this key: nothing was done now */
	const char *epoch;
};

/* The shift that is open now; *found is false when there is none. */
struct problem *fleet_open_shift(const struct call *call, struct record *shift, bool *found) MUST_CHECK;

/* The cars as they are now: the JSON array that a shift keeps at its end as its snapshot. */
struct problem *fleet_board(const struct call *call, const char **cars) MUST_CHECK;

/* *only is true when all writes to a car after one version, up to another, were made by shifts that began or ended, and
 * by resets beside such ends.  A client that knows the car of the first version, and of cars and shifts as two things,
 * has then missed nothing. */
struct problem *fleet_shifts_only(const struct call *call, const char *car, int64_t after, int64_t to,
    bool *only) MUST_CHECK;

/* Begin a shift: every car belongs to its board from now on and keeps its flags.  notes may be NULL.  PROBLEM_CONFLICT
 * while one is open. */
struct problem *fleet_start(const struct call *call, const char *key, const char *notes,
    struct fleet_done *done) MUST_CHECK;

/* End the shift of that id.  Snapshot and figures are kept in it, and the flags of all cars are cleared; locations and
 * notes stay.  beside: the client sends a reset at the same time, and either may arrive first.  If the person's reset
 * came in the last ten seconds, the snapshot has the flags that it took away, and those that were set since.
 * PROBLEM_CONFLICT when it has ended already, PROBLEM_NOT_FOUND when there is none. */
struct problem *fleet_end(const struct call *call, const char *key, const char *id, const char *notes, bool beside,
    struct fleet_done *done) MUST_CHECK;

struct fleet_reset {
	bool expects;          /* the reset is only meant for one board */
	const char *expected;  /* then: the id of the shift that must be open, or NULL for none */
	bool hard;             /* managers: delete all cars instead */
	bool beside;           /* as for fleet_end: in the ten seconds after the person's end it writes nothing, nor on
	                        * a board that an end or a reset left and nobody has touched since */
};

/* Clear the flags of all cars without ending a shift; with hard, delete all cars.  PROBLEM_CONFLICT when another shift
 * is open than reset expects, PROBLEM_FORBIDDEN for hard below manager. */
struct problem *fleet_reset(const struct call *call, const char *key, const struct fleet_reset *reset,
    struct fleet_done *done) MUST_CHECK;

struct fleet_apply {
	bool update;           /* cars on the board that have not arrived get the roster's location and expected time */
};

struct fleet_applied {
	int64_t added, updated;
	bool duplicate;
};

/* Put the active cars of the roster on the board.  Cars that are on the board already stay as they are, unless update
 * is set.  The rules and the person's rights apply to each car, and a refused car undoes everything. */
struct problem *fleet_apply_roster(const struct call *call, const char *key, const struct fleet_apply *apply,
    struct fleet_applied *applied) MUST_CHECK;

#endif
