/* watch.c -- daybookctl watch: flags late cars and tells people what waits for them, as the housekeeper does each
 * minute.  It is for hosts without a housekeeper, where a cron job runs it. */
#include <inttypes.h>
#include <stdio.h>

#include "ctl/ctl.h"
#include "expenses/report_round.h"
#include "fleet/late.h"

int
ctl_watch(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	struct problem *p;
	int64_t late, told;

	(void)argv;
	if (argc != 1)
		return ctl_usage("watch");
	if ((p = late_run(&call, &late)) != NULL || (p = report_round(&call, &told)) != NULL)
		return ctl_refuse(p);
	printf("%" PRId64 " cars were flagged late.\n", late);
	printf("%" PRId64 " people were told what waits for them, or of long weeks.\n", told);
	return CTL_OK;
}
