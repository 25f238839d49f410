/* housekeeper.c -- the child process that works on timers.  At its start and then every tidy_minutes it deletes what
 * has expired, erases deleted teams and accounts, and logs spaces that are nearly full.  Each minute it flags late
 * cars, finds out whether the database was set back, and tells people of expense reports that wait for them and of long
 * weeks, and the operator of alarms, which follow from what it measures every MEASURE_MINUTES.  Every MAIL_SECONDS it
 * sends mail.  SIGTERM is blocked and only accepted between rounds, so that no round is interrupted.  A round that
 * fails is logged and tried again.  It uses the database as db_admin_user: no request can erase. */
#include <inttypes.h>
#include <signal.h>
#include <time.h>

#include "account/mail.h"
#include "account/person.h"
#include "base/instant.h"
#include "base/log.h"
#include "expenses/report_round.h"
#include "fleet/late.h"
#include "process/process.h"
#include "upkeep/erase.h"
#include "upkeep/quotas.h"
#include "upkeep/measure.h"
#include "upkeep/tidy.h"
#include "upkeep/watch.h"
#include "upkeep/witness.h"

enum {
	AGAIN_SECONDS = 30, /* after a round that failed */
	MINUTE_SECONDS = 60,
	MAILS_AT_ONCE = 20  /* before SIGTERM is checked again */
};

static bool
tidy_once(struct worker *w)
{
	struct tidy_limits limits = { w->config.op_days, w->config.tombstone_days };
	struct tidy_counts counts = { 0 };
	struct problem *p = tidy_run(w->db, w->arena, &limits, 0, &counts);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "tidy",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (counts.tombstones + counts.ops + counts.sessions + counts.throttles +
	    counts.uploads + counts.files > 0)
		log_line(LOG_LEVEL_INFO, "tidy",
		    "tombstones=%" PRId64 " ops=%" PRId64 " sessions=%" PRId64 " throttles=%" PRId64 " uploads=%" PRId64
		    " files=%" PRId64, counts.tombstones, counts.ops, counts.sessions, counts.throttles,
		    counts.uploads, counts.files);
	arena_reset(w->arena);
	return p == NULL;
}

/* Erase what was deleted 30 days ago. */
static bool
erase_once(struct worker *w)
{
	struct erased erased;
	const struct call call = worker_call(w);
	struct problem *p = erase_due(&call, 0, &erased);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "erase",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (erased.spaces + erased.users > 0)
		log_line(LOG_LEVEL_INFO, "erase", "spaces=%" PRId64 " users=%" PRId64, erased.spaces, erased.users);
	arena_reset(w->arena);
	return p == NULL;
}

static void
log_space(const struct space_held *space, void *arg)
{
	(void)arg;
	log_line(LOG_LEVEL_WARN, "quota", "space=%s percent=%" PRId64 " records=%" PRId64 " bytes=%" PRId64, space->id,
	    quota_percent(&space->holds, &space->may), space->holds.records, space->holds.bytes);
}

/* Tell the operator of spaces that will soon be full. */
static bool
look_for_full_spaces(struct worker *w)
{
	const struct call call = worker_call(w);
	struct problem *p = quotas_each(&call, QUOTA_NEAR_PERCENT, log_space, NULL);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "quota",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	arena_reset(w->arena);
	return p == NULL;
}

static bool
mail_once(struct worker *w)
{
	int sent;
	struct problem *p = mail_send(w->db, w->arena, &w->config, MAILS_AT_ONCE, &sent);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "mail",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (sent > 0)
		log_line(LOG_LEVEL_INFO, "mail", "sent=%d", sent);
	arena_reset(w->arena);
	return p == NULL;
}

static void
look_for_late_cars(struct worker *w)
{
	int64_t count;
	const struct call call = worker_call(w);
	struct problem *p = late_run(&call, &count);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "late",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (count > 0)
		log_line(LOG_LEVEL_INFO, "late", "cars=%" PRId64, count);
	arena_reset(w->arena);
}

static void
look_for_waiting_reports(struct worker *w)
{
	int64_t count;
	const struct call call = worker_call(w);
	struct problem *p = report_round(&call, &count);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "reports",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (count > 0)
		log_line(LOG_LEVEL_INFO, "reports", "told=%" PRId64, count);
	arena_reset(w->arena);
}

/* Measure, and raise or clear the alarms that follow. */
static void
look_around(struct worker *w)
{
	struct problem *p = watch_round(w->db, w->arena, &w->config);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "alarms",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	arena_reset(w->arena);
}

/* Tell the operator of alarms that are new. */
static void
tell_operator(struct worker *w)
{
	int told;
	struct problem *p = watch_mail(w->db, w->arena, &w->config, &told);

	if (p != NULL)
		log_line(LOG_LEVEL_WARN, "alarms",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (told > 0)
		log_line(LOG_LEVEL_WARN, "alarms", "told=%d", told);
	arena_reset(w->arena);
}

/* Find out whether the database is still the one that was left.  Of one that says itself that it is a loaded dump that
 * is known. */
static void
look_at_the_witness(struct worker *w)
{
	enum witness found = WITNESS_KNOWN;
	const char *when;
	struct problem *p = database_live(w->db, w->arena);

	if (p == NULL && (p = witness_renew(w->db, w->arena, &w->config, &found, &when)) != NULL)
		log_line(LOG_LEVEL_WARN, "witness",
		    "cause=%s", log_quote(w->arena, p->cause != NULL ? p->cause : p->detail));
	else if (found == WITNESS_OTHER)
		log_line(LOG_LEVEL_ERROR, "set-back", "text=%s", log_quote(w->arena, witness_text(w->arena, when)));
	arena_reset(w->arena);
}

static int64_t
seconds(void)
{
	return steady_now() / 1000;
}

/* When each task is due again, in seconds of the monotonic clock. */
struct due {
	int64_t tidy, minute, measure;
};

static int64_t
until(const struct due *due)
{
	int64_t next = due->tidy < due->minute ? due->tidy : due->minute;

	return next > seconds() ? next - seconds() : 0;
}

/* Do what is due.  Returns the seconds until something is due again. */
static int64_t
round_once(struct worker *w, struct due *due)
{
	int64_t pause;

	if (seconds() >= due->tidy) {
		bool well = tidy_once(w) && erase_once(w) && look_for_full_spaces(w);

		due->tidy = seconds() + (well ? (int64_t)w->config.tidy_minutes * 60 : AGAIN_SECONDS);
	}
	if (seconds() >= due->minute) {
		look_at_the_witness(w);
		look_for_late_cars(w);
		look_for_waiting_reports(w);
		if (seconds() >= due->measure) {
			look_around(w);
			due->measure = seconds() + (int64_t)MEASURE_MINUTES * 60;
		}
		tell_operator(w);
		due->minute = seconds() + MINUTE_SECONDS;
	}
	pause = until(due);
	if (!mail_is_set_up(&w->config))
		return pause;
	if (!mail_once(w))
		return AGAIN_SECONDS < pause ? AGAIN_SECONDS : pause;
	return MAIL_SECONDS < pause ? MAIL_SECONDS : pause;
}

int
housekeeper(struct worker *w)
{
	struct timespec pause = { 0 };
	struct due due = { 0 };
	sigset_t leave;

	worker_as_admin(w);
	sigemptyset(&leave);
	sigaddset(&leave, SIGTERM);
	sigprocmask(SIG_BLOCK, &leave, NULL);
	do {
		pause.tv_sec = (time_t)round_once(w, &due);
	} while (sigtimedwait(&leave, NULL, &pause) != SIGTERM);
	db_free(w->db);
	return 0;
}
