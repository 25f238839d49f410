/* print.c -- daybookctl settings: a settings file with every key and its default.  deploy/daybook.conf.example is this
 * output, so that a change shows in review. */
#include <stdio.h>

#include "ctl/ctl.h"

int
ctl_settings(struct worker *w, int argc, char **argv)
{
	(void)w;
	(void)argv;
	if (argc != 1)
		return ctl_usage("settings");
	config_print(stdout);
	return CTL_OK;
}
