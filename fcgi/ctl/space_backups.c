/* space_backups.c -- daybookctl space backup and backups: makes a backup of one space, and lists those that it has. */
#include <inttypes.h>
#include <stdio.h>

#include "backup/backup.h"
#include "base/id.h"
#include "base/instant.h"
#include "ctl/ctl.h"

enum {
	PATIENCE_SECONDS = 600 /* for a statement about a large space */
};

static const char usage[] = "space backup ID\n       daybookctl space backups ID";

/* A call in the space, as Daybook itself. */
static bool
read_space(struct worker *w, int argc, char **argv, struct person *person, struct call *call)
{
	if (argc != 1 || !uuid_valid(argv[0]))
		return false;
	*person = person_itself(argv[0]);
	*call = worker_call(w);
	call->person = person;
	return true;
}

int
ctl_space_backup(struct worker *w, int argc, char **argv)
{
	const struct backup_server server = worker_backups(w);
	struct person person;
	struct problem *p;
	struct call call;
	const char *id;

	if (!read_space(w, argc, argv, &person, &call))
		return ctl_usage(usage);
	db_patient(w->db, PATIENCE_SECONDS);
	if ((p = backup_make(&call, &server, "manual", NULL, &id)) != NULL)
		return ctl_refuse(p);
	printf("%s\n", id);
	return CTL_OK;
}

static void
print_backup(struct arena *a, const struct backup *b)
{
	printf("%s  %s  %-14s  %10" PRId64 "  %14" PRId64 "  %s%s%s\n", b->id, instant_text(a, b->at), b->kind, b->seq,
	    b->bytes, b->sealed ? "sealed, " : "", b->checked != NULL ? "damaged: " : "whole",
	    b->checked != NULL ? b->checked : "");
}

int
ctl_space_backups(struct worker *w, int argc, char **argv)
{
	struct backup *backups;
	struct person person;
	struct problem *p;
	struct call call;
	size_t count;

	if (!read_space(w, argc, argv, &person, &call))
		return ctl_usage(usage);
	if ((p = backup_list(&call, 0, NULL, BACKUPS_MAX, &backups, &count)) != NULL)
		return ctl_refuse(p);
	for (size_t i = 0; i < count; i++)
		print_backup(w->arena, &backups[i]);
	return CTL_OK;
}
