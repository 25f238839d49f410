/* board.h -- the cars of the board as rows: their snapshot and figures, and what a reset cleared.  Private to this
 * room. */
#ifndef BOARD_H
#define BOARD_H

#include "record/record.h"

/* The cars of the space, at most FLEET_CARS_MAX, else PROBLEM_TOO_LARGE. */
struct problem *board_read(const struct call *call, struct rows **cars) MUST_CHECK;

/* True when no car has a flag, and none stands on the board of a shift's start: an end or a reset began the board, and
 * nothing has happened on it since. */
bool board_untouched(struct arena *a, const struct collections *set, const struct rows *cars);

/* The writes to cars from a reset on, the reset's own first. */
struct board_reset {
	const struct rows *writes;
	size_t at;                 /* where board_snapshot looks for the next car */
};

/* Find the reset that began the board on which the cars stand now.  *found is false unless it was made within the shift
 * with that id, by the person of the call, and not before since (an instant). */
struct problem *board_last_reset(const struct call *call, const struct rows *cars, const char *shift, int64_t since,
    struct board_reset *reset, bool *found) MUST_CHECK;

/* Make the snapshot of the cars, canonical JSON, and count their flags.  With reset, which may be NULL, each car also
 * has the flags that the reset took from it. */
void board_snapshot(struct arena *a, const struct collections *set, const struct rows *cars, struct board_reset *reset,
    const char **snapshot, const char **stats);

#endif
