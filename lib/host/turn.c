/* turn.c -- turns are locked bytes of one file.  Each class has a range of offsets: first those that everybody shares,
 * then those of waiting, and, far behind, a few for each person, found by the hash of their id.  Two persons of one
 * hash would share their turns, which harms nobody. */
#include "host/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum {
	PAUSE_MS = 10,   /* between two attempts of who waits */
	MOMENT_MS = 2,   /* what most light requests take: for so long everybody waits, however many do */
	CLASS_BITS = 56, /* the range of a class is 2^56 offsets */
	OWN_BIT = 55,    /* the upper half of it belongs to persons */
	HASH_BITS = 46,
	SLOT_BITS = 8,   /* turns of one person, at most 2^8 */
	WAIT_BIT = 20
};

/* clang-format off */
const struct turn_row turn_classes[TURN_COUNT] = {
	/* name, of one person, share of the workers, at most, wait (milliseconds, waiters), Retry-After */
	[TURN_NONE]     = { "none",     0,         0, 0,   0, 0, 0, "" },
	[TURN_LIGHT]    = { "light",    TURN_AT_ONCE, 0, 0, 250, 2, 1,
	  "Too many of your requests are under way at once; please try again in a moment." },
	[TURN_PUSH]     = { "push",     2,         0, 0, 250, 2, 1,
	  "Two of your pushes are under way already; please send them one after the other." },
	[TURN_HEAVY]    = { "heavy",    2,         2, 0,   0, 0, 2,
	  "Searches, reports and exports take turns, and there is none free; please try again in a moment." },
	[TURN_LIST]     = { "list",     0,         0, 0,   0, 0, 0, "" }, /* it is heavy or light */
	[TURN_IMPORT]   = { "import",   1,         4, 0,   0, 0, 5,
	  "Imports take turns, and there is none free; please try again in a moment." },
	[TURN_PASSWORD] = { "password", 0,         2, 2, 1000, 2, 1,
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

	if (class == TURN_PUSH && t->at_once / 3 > slots)
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

static int
waiters(const struct turns *t, enum turn_class class)
{
	int wanted = turn_classes[class].waiters, most = t->workers / 4;

	return wanted < most ? wanted : most;
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

/* Lock the first free one of count bytes from first on; *at is where, 0 when all are taken. */
static bool
lock_one(const struct turns *t, int64_t first, int count, int64_t *at)
{
	for (int i = 0; i < count; i++)
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
first_shared(enum turn_class class)
{
	return (int64_t)class << CLASS_BITS;
}

static int64_t
first_wait(enum turn_class class)
{
	return first_shared(class) + (INT64_C(1) << WAIT_BIT);
}

static int64_t
first_own(enum turn_class class, const char *who)
{
	uint64_t hash = text_hash(TEXT_HASH, who) >> (64 - HASH_BITS);

	return first_shared(class) + (INT64_C(1) << OWN_BIT) + (int64_t)(hash << SLOT_BITS);
}

/* --- turns --- */

static bool
try_once(const struct turns *t, enum turn_class class, const char *who, struct turn *turn)
{
	int own = turns_own(t, class), shared = turns_shared(t, class);

	if (own > 0 && who != NULL && !lock_one(t, first_own(class, who), own, &turn->own))
		return false;
	if (shared == 0 || lock_one(t, first_shared(class), shared, &turn->shared))
		return true;
	unlock(t, &turn->own);
	return false;
}

static void
pause_for(int milliseconds)
{
	const struct timespec pause = { .tv_nsec = milliseconds * 1000000L };

	nanosleep(&pause, NULL);
}

static bool
try_in_a_moment(const struct turns *t, enum turn_class class, const char *who, struct turn *turn)
{
	if (turn_classes[class].wait_ms == 0)
		return false;
	pause_for(MOMENT_MS);
	return try_once(t, class, who, turn);
}

/* Wait a little, if not too many do so already. */
static bool
try_for_a_while(const struct turns *t, enum turn_class class, const char *who, struct turn *turn)
{
	int64_t waiting = 0;
	bool got = false;

	if (!lock_one(t, first_wait(class), waiters(t, class), &waiting))
		return false;
	for (int waited = 0; !got && waited < turn_classes[class].wait_ms; waited += PAUSE_MS) {
		pause_for(PAUSE_MS);
		got = try_once(t, class, who, turn);
	}
	unlock(t, &waiting);
	return got;
}

struct problem *
turn_take(struct turns *t, struct arena *a, enum turn_class class, const char *who, struct turn *turn)
{
	struct problem *p;

	*turn = (struct turn){ 0, 0 };
	if ((p = open_file(t, a)) != NULL)
		return p;
	if (try_once(t, class, who, turn) || try_in_a_moment(t, class, who, turn) ||
	    try_for_a_while(t, class, who, turn))
		return NULL;
	p = problem_new(a, PROBLEM_THROTTLED, "%s", turn_classes[class].detail);
	p->retry_after = turn_classes[class].retry_after;
	return p;
}

void
turn_end(struct turns *t, struct turn *turn)
{
	unlock(t, &turn->own);
	unlock(t, &turn->shared);
}
