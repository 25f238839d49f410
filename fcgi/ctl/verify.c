/* verify.c -- daybookctl verify: checks the hash chain of every space, and that the records are as they were
 * written; or an exported logbook, without the database. */
#include <inttypes.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ctl/ctl.h"
#include "expenses/logbook.h"
#include "upkeep/verify.h"

enum {
	PATIENCE_SECONDS = 600,  /* to count what a large space holds */
	LOGBOOK_MAX = 512 << 20  /* bytes of a file */
};

static const char usage[] =
    "verify [--space ID | --file FILE]\n"
    "  Recomputes the audit chain of every space, replays the audit into records, and counts what each space holds.\n"
    "  Prints the first difference and exits with 1 when there is one.  Safe while Daybook runs.\n"
    "  --file checks a logbook (GET /api/reports/logbook, as JSON) by itself, without settings and database.\n";

static int
refuse_file(const char *path, int error)
{
	fprintf(stderr, "daybookctl: %s: %s\n", path, strerror(error));
	return CTL_FAILED;
}

static void
print_logbook(const struct logbook_verified *verified)
{
	printf("ok: %" PRId64 " trips, %" PRId64 " writes", verified->trips, verified->writes);
	if (verified->sealed > 0)
		printf(", %" PRId64 " of them without their content", verified->sealed);
	if (verified->linked)
		printf("; the chain is whole up to write %" PRId64 ", hash %s\n", verified->head, verified->head_hash);
	else
		printf("; each write by itself, because the file has no links up to the head (write %" PRId64
		    ", hash %s)\n", verified->head, verified->head_hash);
}

static int
verify_file(struct worker *w, const char *path)
{
	struct logbook_verified verified;
	struct problem *p;
	struct stat file;
	char *text;
	size_t length;
	int error;

	if (stat(path, &file) != 0)
		return refuse_file(path, errno);
	if (file.st_size > LOGBOOK_MAX)
		return refuse_file(path, EFBIG);
	text = arena_raw(w->life, (size_t)file.st_size + 1);
	if ((error = file_read(path, text, (size_t)file.st_size + 1, &length)) != 0)
		return refuse_file(path, error);
	if ((p = logbook_verify(w->life, text, length, &verified)) != NULL)
		return ctl_refuse(p);
	if (verified.difference != NULL) {
		printf("%s\n", verified.difference);
		return CTL_FAILED;
	}
	print_logbook(&verified);
	return CTL_OK;
}

int
ctl_verify(struct worker *w, int argc, char **argv)
{
	struct problem *p;
	struct verified verified;
	const char *space = NULL;

	if (argc == 3 && strcmp(argv[1], "--file") == 0)
		return verify_file(w, argv[2]);
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
