/* fleet.h -- the shifts of a space and the board of its package cars.
 *
 * A shift is one at a time.  Its start and its end, and a reset of the board, are one transaction each: the shift's record, a snapshot
 * and every car together, or nothing.  Every row of it has the action as its cause.  Who does it must be a member at least. */
#ifndef FLEET_H
#define FLEET_H

#include "record/write.h"

enum {
	FLEET_CARS_MAX = 900 /* on a board: they change in one transaction */
};

struct fleet_done {
	struct record shift;  /* of a start or an end: as it is now */
	int64_t version, seq; /* of the action's own first write */
	int64_t cars;         /* changed or deleted; 0 of a duplicate */
	bool duplicate;       /* this key was used before, for the same: nothing was done */
	const char *epoch;
};

/* The shift that is under way. */
struct problem *fleet_open_shift(const struct call *call, struct record *shift, bool *found) MUST_CHECK;

/* The cars as they are now: the JSON array that the end of a shift keeps as its snapshot. */
struct problem *fleet_board(const struct call *call, const char **cars) MUST_CHECK;

/* Begin a shift: every car is of its board from now on, its flags stay.  notes may be NULL.  PROBLEM_CONFLICT while one is under way. */
struct problem *fleet_start(const struct call *call, const char *key, const char *notes, struct fleet_done *done) MUST_CHECK;

/* End the shift of that id: snapshot and figures are kept with it, the flags of all cars start anew; their locations and notes stay.
 * PROBLEM_CONFLICT when it has ended, PROBLEM_NOT_FOUND when there is none. */
struct problem *fleet_end(const struct call *call, const char *key, const char *id, const char *notes, struct fleet_done *done) MUST_CHECK;

struct fleet_reset {
	bool expects;          /* the reset is meant for one board alone */
	const char *expected;  /* the id of the shift that must be under way, or NULL for none */
	bool hard;             /* managers: delete all cars instead */
};

/* Set the flags of all cars back, outside of an end of shift. */
struct problem *fleet_reset(const struct call *call, const char *key, const struct fleet_reset *reset, struct fleet_done *done) MUST_CHECK;

struct fleet_apply {
	bool update;           /* cars that are on the board and have not arrived get location and expected time of the roster too */
};

struct fleet_applied {
	int64_t added, updated;
	bool duplicate;
};

/* Put the active cars of the roster on the board.  Those that are there stay as they are, unless update is asked for. */
struct problem *fleet_apply_roster(const struct call *call, const char *key, const struct fleet_apply *apply, struct fleet_applied *applied) MUST_CHECK;

#endif
