/* watcher.c -- the child process that keeps the shared table fresh (host/shared.h).  A few times a second it asks the
 * database, once for all, whether what the workers remember still holds.  When nobody polls, it asks nothing.  When it
 * is late or dead, entries grow old, and the workers ask by themselves. */
#include <signal.h>
#include <time.h>

#include "account/caller.h"
#include "base/log.h"
#include "host/shared.h"
#include "process/process.h"
#include "sync/heads.h"

enum {
	ROUND_MS = 200
};

/* A database that is away is logged once, until it is back. */
static bool
confirm_once(struct worker *w, bool was_away)
{
	struct problem *p = callers_confirm(w->db, w->arena);

	if (p == NULL)
		p = heads_confirm(w->db, w->arena);
	if (p != NULL && !was_away)
		log_line(LOG_LEVEL_WARN, "watch",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	if (p == NULL)
		shared_watched();
	arena_reset(w->arena);
	return p != NULL;
}

int
watcher(struct worker *w)
{
	const struct timespec pause = { .tv_nsec = ROUND_MS * 1000000L };
	sigset_t leave;
	bool away = false;

	sigemptyset(&leave);
	sigaddset(&leave, SIGTERM);
	sigprocmask(SIG_BLOCK, &leave, NULL);
	do
		away = confirm_once(w, away);
	while (sigtimedwait(&leave, NULL, &pause) != SIGTERM);
	db_free(w->db);
	return 0;
}
