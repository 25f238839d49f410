/* jobs.c -- the child process that does long work for spaces: jobs, the backups that are due, and deleting what is left
 * of old ones.  It is a process of its own because a job may take minutes, and the housekeeper has to be in time.  Like
 * the housekeeper it uses the database as db_admin_user.  SIGTERM is blocked and only accepted between two jobs; one
 * that is killed meanwhile is begun again by the next process. */
#include <inttypes.h>
#include <signal.h>
#include <time.h>

#include "backup/jobs.h"
#include "base/instant.h"
#include "base/log.h"
#include "process/process.h"

enum {
	PAUSE_MS = 1000,
	MINUTE_MS = 60000
};

static void
log_problem(struct worker *w, const struct problem *p)
{
	log_line(LOG_LEVEL_WARN, "jobs", "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
}

/* Work at the next job; false when there was none. */
static bool
work_once(struct worker *w)
{
	const struct backup_server server = worker_backups(w);
	const struct call call = worker_call(w);
	bool worked;
	struct problem *p = jobs_run_next(&call, &server, &worked);

	if (p != NULL)
		log_problem(w, p);
	arena_reset(w->arena);
	return p == NULL && worked;
}

static void
look_for_due_backups(struct worker *w)
{
	const struct backup_server server = worker_backups(w);
	const struct call call = worker_call(w);
	struct backups_round round;
	int64_t gone = 0;
	struct problem *p = backups_run(&call, &server, &round);

	if (p != NULL || (p = backups_tidy(&call, &gone)) != NULL)
		log_problem(w, p);
	if (round.made + round.failed + gone > 0)
		log_line(LOG_LEVEL_INFO, "backups", "made=%" PRId64 " failed=%" PRId64 " gone=%" PRId64, round.made,
		    round.failed, gone);
	arena_reset(w->arena);
}

/* Whether SIGTERM has come, waiting for it for a while. */
static bool
is_told_to_leave(const sigset_t *leave, int64_t ms)
{
	const struct timespec pause = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };

	return sigtimedwait(leave, NULL, &pause) == SIGTERM;
}

int
jobs_serve(struct worker *w)
{
	int64_t due = 0;
	bool worked;
	sigset_t leave;

	worker_as_admin(w);
	sigemptyset(&leave);
	sigaddset(&leave, SIGTERM);
	sigprocmask(SIG_BLOCK, &leave, NULL);
	do {
		if (steady_now() >= due) {
			look_for_due_backups(w);
			due = steady_now() + MINUTE_MS;
		}
		worked = work_once(w);
	} while (!is_told_to_leave(&leave, worked ? 0 : PAUSE_MS));
	db_free(w->db);
	return 0;
}
