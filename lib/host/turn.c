/* turn.c -- turns are locked bytes of one file.  Each class has a range of offsets: first those that everybody shares,
 * and, far behind, a few for each person, found by the hash of their id.  Two persons of one hash would share their
 * turns, which harms nobody.  The slow turns have a range of their own.  Classes reach into it to a different length,
 * and each begins at its own end: what the others do not reach is taken first. */
#include "host/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum {
	MOMENT_MS = 2,   /* what most light requests take: between two of the first attempts */
	CLASS_BITS = 56, /* the range of a class is 2^56 offsets */
	OWN_BIT = 55,    /* the upper half of it belongs to persons */
	HASH_BITS = 46,
	SLOT_BITS = 8,   /* turns of one person, at most 2^8 */
	SLOW = TURN_COUNT /* the range of the slow turns is behind those of the classes */
};

/* clang-format off */
const struct turn_row turn_classes[TURN_COUNT] = {
	/* name, of one person, share of the workers, at most, slow, wait (milliseconds), first attempts, pause, places,
	 * Retry-After.  Writers of a space follow each other in milliseconds, so as many wait as have slow turns. */
	[TURN_NONE]     = { "none",     0,            0, 0, 0,                    0, 0,  0, 0, 0, "" },
	[TURN_LIGHT]    = { "light",    TURN_AT_ONCE, 0, 0, 0,                  250, 1, 10, 4, 1,
	  "Too many of your requests are under way at once; please try again in a moment." },
	[TURN_PUSH]     = { "push",     2,            0, 0, 0,                  250, 1, 10, 4, 1,
	  "Two of your pushes are under way already; please send them one after the other." },
	[TURN_BULK]     = { "bulk",     2,            0, 0, TURN_SLOW,          250, 1, 10, 4, 1,
	  "Large writes take turns, and there is none free; please try again in a moment." },
	[TURN_HEAVY]    = { "heavy",    2,            0, 0, TURN_SLOW_BUT_ONE,    0, 0,  0, 0, 2,
	  "Searches, reports and exports take turns, and there is none free; please try again in a moment." },
	[TURN_LIST]     = { "list",     0,            0, 0, 0,                    0, 0,  0, 0, 0, "" },
	[TURN_IMPORT]   = { "import",   1,            4, 0, TURN_SLOW_BUT_ONE,    0, 0,  0, 0, 5,
	  "Imports take turns, and there is none free; please try again in a moment." },
	[TURN_SPACE]    = { "space",    1,            0, 0, 0,                 1000, 3,  2, 2, 1,
	  "Many are writing in this space just now; please try again in a moment." },
	[TURN_PASSWORD] = { "password", 0,            4, 2, 0,                 1000, 1, 10, 4, 1,
	  "Many people are signing in just now; please try again." },
};
/* clang-format on */

void
turns_start(struct turns *t, const char *folder, int workers, int at_once)
{
	*t = (struct turns){ .folder = folder, .workers = workers, .at_once = at_once, .fd = -1 };
}

void
turns_stop(struct turns *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* The n-th part of the workers, but one of something at least. */
static int
part(const struct turns *t, int n)
{
	return t->workers / n > 1 ? t->workers / n : 1;
}

static int
most_of_one(const struct turns *t)
{
	return t->at_once > 0 ? t->at_once : part(t, 2);
}

int
turns_own(const struct turns *t, enum turn_class class)
{
	int own = turn_classes[class].own, slots = own == TURN_AT_ONCE ? most_of_one(t) : own;

	if ((class == TURN_PUSH || class == TURN_BULK || class == TURN_SPACE) && t->at_once / 3 > slots)
		slots = t->at_once / 3;
	return slots < 1 << SLOT_BITS ? slots : 1 << SLOT_BITS;
}

int
turns_shared(const struct turns *t, enum turn_class class)
{
	const struct turn_row *row = &turn_classes[class];
	int shared = row->share > 0 ? part(t, row->share) : 0;

	return row->most > 0 && row->most < shared ? row->most : shared;
}

int
turns_slow(const struct turns *t, enum turn_class class)
{
	int all = part(t, 2);

	if (turn_classes[class].slow == 0)
		return 0;
	return turn_classes[class].slow == TURN_SLOW_BUT_ONE && all > 1 ? all - 1 : all;
}

/* --- bytes of the file --- */

static struct problem *
open_file(struct turns *t, struct arena *a)
{
	struct problem *p;
	char path[4096];
	int length = snprintf(path, sizeof(path), "%s/turns", t->folder);

	if (t->fd >= 0)
		return NULL;
	errno = ENAMETOOLONG;
	if (length >= 0 && (size_t)length < sizeof(path))
		t->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (t->fd >= 0)
		return NULL;
	p = problem_new(a, PROBLEM_UNAVAILABLE, "The server cannot take turns at the moment; please try again.");
	p->cause = arena_printf(a, "the file turns in run_dir (%s) cannot be opened: %s", t->folder, strerror(errno));
	return p;
}

static bool
set_lock(const struct turns *t, short type, int64_t at)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };

	return fcntl(t->fd, F_OFD_SETLK, &lock) == 0;
}

/* Lock the last free one of count bytes from first on; *at is where, 0 when all are taken. */
static bool
lock_one(const struct turns *t, int64_t first, int count, int64_t *at)
{
	for (int i = count - 1; i >= 0; i--)
		if (set_lock(t, F_WRLCK, first + i)) {
			*at = first + i;
			return true;
		}
	return false;
}

static void
unlock(const struct turns *t, int64_t *at)
{
	if (*at != 0)
		set_lock(t, F_UNLCK, *at);
	*at = 0;
}

static int64_t
first_of(int range)
{
	return (int64_t)range << CLASS_BITS;
}

/* What one person has at once of a class; of what is slow, of all classes together. */
static int64_t
first_own(enum turn_class class, const char *who)
{
	uint64_t hash = text_hash(TEXT_HASH, who) >> (64 - HASH_BITS);
	int range = turn_classes[class].slow != 0 ? SLOW : (int)class;

	return first_of(range) + (INT64_C(1) << OWN_BIT) + (int64_t)(hash << SLOT_BITS);
}

/* --- turns --- */

static bool
try_once(struct turns *t, enum turn_class class, const char *who, struct turn *turn)
{
	int own = turns_own(t, class), shared = turns_shared(t, class), slow = turns_slow(t, class);

	if ((own == 0 || who == NULL || lock_one(t, first_own(class, who), own, &turn->own)) &&
	    (shared == 0 || lock_one(t, first_of((int)class), shared, &turn->shared)) &&
	    (slow == 0 || lock_one(t, first_of(SLOW), slow, &turn->slow))) {
		t->slow = turn->slow != 0 ? turn->slow : t->slow;
		return true;
	}
	turn_end(t, turn);
	return false;
}

static void
pause_for(int milliseconds)
{
	const struct timespec pause = { .tv_nsec = milliseconds * 1000000L };

	nanosleep(&pause, NULL);
}

static bool
try_in_a_moment(struct turns *t, enum turn_class class, const char *who, struct turn *turn)
{
	bool got = false;

	for (int i = 0; !got && i < turn_classes[class].tries; i++) {
		pause_for(MOMENT_MS);
		got = try_once(t, class, who, turn);
	}
	return got;
}

/* A place to wait in.  A worker that waits is as good as one that does something slow, so it takes a slow turn.  Who
 * has one already waits in that: a process does not exclude itself, so a second one might be the same byte. */
static bool
take_place(struct turns *t, enum turn_class class, int64_t *place)
{
	*place = 0;
	return t->slow != 0 || lock_one(t, first_of(SLOW), part(t, turn_classes[class].places), place);
}

/* Wait a little, if there is room.  The place may become the slow turn itself. */
static bool
try_for_a_while(struct turns *t, enum turn_class class, const char *who, struct turn *turn)
{
	int pause = turn_classes[class].pause_ms;
	int64_t waiting;
	bool got = false;

	if (turn_classes[class].wait_ms == 0 || !take_place(t, class, &waiting))
		return false;
	for (int waited = 0; !got && waited < turn_classes[class].wait_ms; waited += pause) {
		pause_for(pause);
		got = try_once(t, class, who, turn);
	}
	if (turn->slow != waiting)
		unlock(t, &waiting);
	return got;
}

struct problem *
turn_take(struct turns *t, struct arena *a, enum turn_class class, const char *who, struct turn *turn)
{
	struct problem *p;

	*turn = (struct turn){ 0 };
	if ((p = open_file(t, a)) != NULL)
		return p;
	if (try_once(t, class, who, turn) || try_in_a_moment(t, class, who, turn) ||
	    try_for_a_while(t, class, who, turn))
		return NULL;
	p = problem_new(a, PROBLEM_BUSY, "%s", turn_classes[class].detail);
	p->retry_after = turn_classes[class].retry_after;
	return p;
}

void
turn_end(struct turns *t, struct turn *turn)
{
	if (turn->slow != 0 && turn->slow == t->slow)
		t->slow = 0;
	unlock(t, &turn->own);
	unlock(t, &turn->shared);
	unlock(t, &turn->slow);
}
