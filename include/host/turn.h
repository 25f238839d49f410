/* turn.h -- how much of a machine one person, and one kind of work, may occupy at once.  Each class of work has so many
 * turns: so many of one person, and so many of everybody together, counted over all workers of the machine.  Who gets
 * none is answered 429 with Retry-After at once, so no worker waits for long.  What may take long also counts among
 * the slow turns, and so does whoever waits: from four workers on, some of them only do what is quick, whatever
 * everybody asks for.  turn_classes[] is the table.
 *
 * A turn is the lock of one byte of the file `turns` in run_dir, held by an open file and not by a process (F_OFD_SETLK
 * of fcntl(2)).  The kernel frees it when the process ends in whatever way, so there is nothing to clean up after a
 * worker that was killed.  The file is always empty: bytes beyond its end can be locked too. */
#ifndef HOST_TURN_H
#define HOST_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/problem.h"

/* What a request is, as its row of the route table says; the last one is taken within sign-ins. */
enum turn_class {
	TURN_NONE,     /* it has no person: nginx bounds it by address */
	TURN_LIGHT,    /* reads and writes a bounded number of records, found by a key */
	TURN_PUSH,     /* some writes under the lock of one space */
	TURN_BULK,     /* many writes, or a large body */
	TURN_HEAVY,    /* reads as much as a space has: searches, reports, exports, audit */
	TURN_LIST,     /* a list: heavy when it is filtered, searched or sorted, else light */
	TURN_IMPORT,   /* up to 20 seconds of a worker */
	TURN_SPACE,    /* the lock of a space: its turns are those of the space, not of a person */
	TURN_PASSWORD, /* hashing a password or PIN: 19 MiB and tens of milliseconds of a processor */
	TURN_COUNT
};

struct turn_row {
	const char *name;
	int own;         /* of one person at once; TURN_AT_ONCE: as the setting says; 0: not counted */
	int share;       /* all together at most workers / share, and at least one; 0: not counted */
	int most;        /* all together, on however many workers; 0: no further bound */
	int slow;        /* TURN_SLOW or TURN_SLOW_BUT_ONE: it is a slow turn too; 0: it is not */
	int wait_ms;     /* how long to wait for a turn at most */
	int tries;       /* so many of the first attempts everybody may wait for, without a place */
	int pause_ms;    /* between two attempts later on */
	int places;      /* workers / places may wait later on */
	int retry_after; /* seconds, of the 429 */
	const char *detail; /* its sentence */
};

/* Slow turns are half of the workers.  A person's are counted together, whatever their class. */
enum {
	TURN_AT_ONCE = -1,
	TURN_SLOW = 1,     /* any of them */
	TURN_SLOW_BUT_ONE  /* all but one, which is left for what does not read for seconds */
};

extern const struct turn_row turn_classes[TURN_COUNT];

/* The turns of this machine, as one process sees them. */
struct turns {
	const char *folder; /* where the file is */
	int workers;        /* what the shares are shares of */
	int at_once;        /* of one person, by the setting requests_at_once; 0: half of the workers */
	int fd;             /* opened at the first turn, else -1 */
	int64_t slow;       /* the slow turn that this process has, or 0 */
};

/* A turn that was taken: the bytes that are locked for it, or 0. */
struct turn {
	int64_t own, shared, slow;
};

/* Nothing is opened yet; folder must outlive t. */
void turns_start(struct turns *t, const char *folder, int workers, int at_once);

/* Close the file, which ends all turns of this process. */
void turns_stop(struct turns *t);

/* How many turns of a class one person has, and all together, and how many of the slow turns it may be; 0 means that
 * they are not counted. */
int turns_own(const struct turns *t, enum turn_class class);
int turns_shared(const struct turns *t, enum turn_class class);
int turns_slow(const struct turns *t, enum turn_class class);

/* Take a turn of a class for `who`: the id of a person, or of a space for TURN_SPACE; NULL where neither is counted.  A
 * process takes at most one turn of a class at a time.  PROBLEM_BUSY with Retry-After when there is none,
 * PROBLEM_UNAVAILABLE when the file cannot be opened. */
struct problem *turn_take(struct turns *t, struct arena *a, enum turn_class class, const char *who,
    struct turn *turn) MUST_CHECK;

/* Give it back.  One that was not taken, or given back before, is {0, 0, 0} and needs nothing. */
void turn_end(struct turns *t, struct turn *turn);

#endif
