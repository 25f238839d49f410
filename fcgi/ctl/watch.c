/* watch.c -- daybookctl watch: what the housekeeper and the process for jobs do each minute: it finds out whether the
 * database was set back, flags late cars, tells people what waits for them, measures, raises alarms and tells the
 * operator, works at the jobs that wait, and makes the backups that are due.  It is for hosts without these processes,
 * where a cron job runs it. */
#include <inttypes.h>
#include <stdio.h>

#include "account/person.h"
#include "backup/jobs.h"
#include "base/instant.h"
#include "ctl/ctl.h"
#include "expenses/report_round.h"
#include "fleet/late.h"
#include "upkeep/watch.h"
#include "upkeep/witness.h"

enum {
	JOBS_MS = 50000 /* no further job is begun after so much: the next minute has a watch of its own */
};

static struct problem *
work_at_jobs(struct worker *w, int64_t *count)
{
	const struct backup_server server = worker_backups(w);
	const struct call call = worker_call(w);
	int64_t until = steady_now() + JOBS_MS;
	struct problem *p;
	bool worked;

	*count = 0;
	do {
		if ((p = jobs_run_next(&call, &server, &worked)) != NULL)
			return p;
		*count += worked;
	} while (worked && steady_now() < until);
	return NULL;
}

static struct problem *
look_for_backups(struct worker *w, struct backups_round *round, int64_t *gone)
{
	const struct backup_server server = worker_backups(w);
	const struct call call = worker_call(w);
	struct problem *p;

	if ((p = backups_run(&call, &server, round)) != NULL)
		return p;
	return backups_tidy(&call, gone);
}

/* Of a database that says itself that it is a loaded dump that is known. */
static struct problem *
look_at_the_witness(struct worker *w)
{
	enum witness found;
	const char *when;
	struct problem *p;

	if (database_live(w->db, w->arena) != NULL)
		return NULL;
	p = witness_renew(w->db, w->arena, &w->config, &found, &when);
	if (p == NULL && found == WITNESS_OTHER)
		fprintf(stderr, "daybookctl: %s\n", witness_text(w->arena, when));
	return p;
}

int
ctl_watch(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	struct problem *p;
	int64_t late, told, jobs, gone;
	struct backups_round round;
	int alarms;

	(void)argv;
	if (argc != 1)
		return ctl_usage("watch");
	if ((p = look_at_the_witness(w)) != NULL ||
	    (p = late_run(&call, &late)) != NULL || (p = report_round(&call, &told)) != NULL ||
	    (p = watch_round(w->db, w->arena, &w->config)) != NULL ||
	    (p = watch_mail(w->db, w->arena, &w->config, &alarms)) != NULL || (p = work_at_jobs(w, &jobs)) != NULL ||
	    (p = look_for_backups(w, &round, &gone)) != NULL)
		return ctl_refuse(p);
	printf("%" PRId64 " cars were flagged late.\n", late);
	printf("%" PRId64 " people were told what waits for them, or of long weeks.\n", told);
	if (alarms > 0)
		printf("The operator is told of %d alarms.\n", alarms);
	printf("%" PRId64 " jobs were worked at.\n", jobs);
	printf("%" PRId64 " backups were made, %" PRId64 " could not be made, %" PRId64 " old ones are gone.\n",
	    round.made, round.failed, round.gone + gone);
	return CTL_OK;
}
