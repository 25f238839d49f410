/* verify.c -- daybookctl verify: checks the hash chain of every space, and that the records are as they were
 * written.  verify_file.c checks files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "upkeep/verify.h"

enum {
	PATIENCE_SECONDS = 600   /* to count what a large space holds */
};

static const char usage[] =
    "verify [--space ID | --file FILE [--key KEYFILE]]\n"
    "  Recomputes the audit chain of every space, replays the audit into records, and counts what each space holds.\n"
    "  Prints the first difference and exits with 1 when there is one.  Safe while Daybook runs.\n"
    "  --file checks a file by itself, without settings and database: a logbook (GET /api/reports/logbook, as JSON),\n"
    "  a backup of a space, or a sealed one with its key file.  Without its key only the seal is checked, and the\n"
    "  exit status is 2.\n";

int
ctl_verify(struct worker *w, int argc, char **argv)
{
	struct problem *p;
	struct verified verified;
	const char *space = NULL;

	if (argc == 3 && strcmp(argv[1], "--file") == 0)
		return ctl_verify_file(w->life, argv[2], NULL);
	if (argc == 5 && strcmp(argv[1], "--file") == 0 && strcmp(argv[3], "--key") == 0)
		return ctl_verify_file(w->life, argv[2], argv[4]);
	if (argc == 3 && strcmp(argv[1], "--space") == 0)
		space = argv[2];
	else if (argc != 1)
		return ctl_usage(usage);
	db_patient(w->db, PATIENCE_SECONDS);
	if ((p = verify_run(w->db, w->life, space, &verified)) != NULL)
		return ctl_refuse(p);
	if (verified.difference != NULL) {
		printf("%s\n", verified.difference);
		return CTL_FAILED;
	}
	printf("ok: %" PRId64 " spaces, %" PRId64 " writes, %" PRId64 " records",
	    verified.spaces, verified.writes, verified.records);
	if (verified.erased > 0)
		printf(", %" PRId64 " writes erased", verified.erased);
	printf("\n");
	return CTL_OK;
}
