/* watch.c -- daybookctl watch: flags late cars, tells people what waits for them, measures, raises alarms and tells
 * the operator, as the housekeeper does each minute.  It is for hosts without one, where a cron job runs it. */
#include <inttypes.h>
#include <stdio.h>

#include "ctl/ctl.h"
#include "expenses/report_round.h"
#include "fleet/late.h"
#include "upkeep/watch.h"

int
ctl_watch(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	struct problem *p;
	int64_t late, told;
	int alarms;

	(void)argv;
	if (argc != 1)
		return ctl_usage("watch");
	if ((p = late_run(&call, &late)) != NULL || (p = report_round(&call, &told)) != NULL ||
	    (p = watch_round(w->db, w->arena, &w->config)) != NULL ||
	    (p = watch_mail(w->db, w->arena, &w->config, &alarms)) != NULL)
		return ctl_refuse(p);
	printf("%" PRId64 " cars were flagged late.\n", late);
	printf("%" PRId64 " people were told what waits for them, or of long weeks.\n", told);
	if (alarms > 0)
		printf("The operator is told of %d alarms.\n", alarms);
	return CTL_OK;
}
