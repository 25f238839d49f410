/* print.c -- the settings that are built in, as text.  The committed deploy/daybook.conf.example is such a print, so
 * that a change is seen in review. */
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
