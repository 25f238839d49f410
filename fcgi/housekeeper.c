/* housekeeper.c -- the one child that tidies: a round at once and then one every tidy_minutes.
 * SIGTERM is blocked and only taken between rounds, so that no round is cut.  A round that fails is logged and tried again. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <time.h>

#include "log.h"
#include "tidy.h"
#include "worker.h"

enum {
	AGAIN_SECONDS = 30 /* after a round that failed */
};

static bool
tidy_once(struct worker *w)
{
	struct tidy_limits limits = { w->config.op_days, w->config.tombstone_days };
	struct tidy_counts counts = { 0 };
	struct problem *p = tidy_run(w->db, w->arena, &limits, 0, &counts);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "tidy", "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (counts.tombstones + counts.ops + counts.sessions + counts.throttles + counts.uploads + counts.files > 0)
		log_line(LOG_LEVEL_INFO, "tidy",
		    "tombstones=%" PRId64 " ops=%" PRId64 " sessions=%" PRId64 " throttles=%" PRId64 " uploads=%" PRId64 " files=%" PRId64,
		    counts.tombstones, counts.ops, counts.sessions, counts.throttles, counts.uploads, counts.files);
	arena_reset(w->arena);
	return p == NULL;
}

int
housekeeper(struct worker *w)
{
	struct timespec pause = { 0 };
	sigset_t leave;

	sigemptyset(&leave);
	sigaddset(&leave, SIGTERM);
	sigprocmask(SIG_BLOCK, &leave, NULL);
	do {
		pause.tv_sec = tidy_once(w) ? (time_t)w->config.tidy_minutes * 60 : AGAIN_SECONDS;
	} while (sigtimedwait(&leave, NULL, &pause) != SIGTERM);
	db_free(w->db);
	return 0;
}
