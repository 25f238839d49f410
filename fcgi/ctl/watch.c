/* watch.c -- daybookctl watch: flags late cars, as the housekeeper does each minute.  It is for hosts without a
 * housekeeper, where a cron job runs it. */
#include <inttypes.h>
#include <stdio.h>

#include "ctl/ctl.h"
#include "fleet/late.h"

int
ctl_watch(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	struct problem *p;
	int64_t late;

	(void)argv;
	if (argc != 1)
		return ctl_usage("watch");
	if ((p = late_run(&call, &late)) != NULL)
		return ctl_refuse(p);
	printf("%" PRId64 " cars were flagged late.\n", late);
	return CTL_OK;
}
