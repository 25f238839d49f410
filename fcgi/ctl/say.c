/* say.c -- prints why a command failed. */
#include <stdio.h>

#include "ctl/ctl.h"

int
ctl_refuse(const struct problem *p)
{
	fprintf(stderr, "daybookctl: %s\n", p->cause != NULL ? p->cause : p->detail);
	return CTL_FAILED;
}

int
ctl_usage(const char *usage)
{
	fprintf(stderr, "usage: daybookctl %s\n", usage);
	return CTL_USAGE;
}
