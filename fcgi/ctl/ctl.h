/* ctl.h -- the operator's commands: one function a command.  argv[0] is the command's own word; the answer is the exit status. */
#ifndef CTL_H
#define CTL_H

#include <dirent.h>
#include <stdio.h>

#include "http/worker.h"
#include "store/statement.h"

enum {
	CTL_OK = 0,
	CTL_FAILED = 1, /* done, and something is wrong; or not done */
	CTL_USAGE = 2   /* the words of the command line were not understood */
};

/* say.c.  Say on standard error why p stopped the command; CTL_FAILED. */
int ctl_refuse(const struct problem *p);

/* Say on standard error how a command is used; CTL_USAGE. */
int ctl_usage(const char *usage);

/* ctl_upkeep.c */
int ctl_migrate(struct worker *w, int argc, char **argv);
int ctl_tidy(struct worker *w, int argc, char **argv);
int ctl_key(struct worker *w, int argc, char **argv);

/* The key files of a folder, oldest first: how many, or -1 with errno.  Each entry and the list are freed by the caller. */
int ctl_key_files(const char *folder, struct dirent ***entries);

/* watch.c: what the housekeeper looks for each minute */
int ctl_watch(struct worker *w, int argc, char **argv);

/* restore.c: after a dump was loaded */
int ctl_restore(struct worker *w, int argc, char **argv);

/* print.c: what is built in */
int ctl_settings(struct worker *w, int argc, char **argv);

/* statements.c: every statement of statement.c, and after them one of each kind that is put together, with names of
 * collections and fields that stand for all.  False behind the last. */
bool ctl_statement(struct arena *a, size_t i, struct statement *statement);
void ctl_print_statements(FILE *out);
int ctl_statements(struct worker *w, int argc, char **argv);

/* doctor.c: reads the settings itself, because they may be what is wrong */
int ctl_doctor(struct worker *w, int argc, char **argv);

/* user.c: people */
int ctl_user(struct worker *w, int argc, char **argv);

/* verify.c: the chain of every space */
int ctl_verify(struct worker *w, int argc, char **argv);

#endif
