/* ctl.h -- the operator's commands, one function for each.  argv[0] is the name of the command; the result is the exit
 * status.  w is opened as far as the command's row in ../ctl.c asks for. */
#ifndef CTL_H
#define CTL_H

#include <dirent.h>
#include <stdio.h>

#include "http/worker.h"
#include "store/statement.h"

enum {
	CTL_OK = 0,
	CTL_FAILED = 1, /* the command failed, or it found something wrong */
	CTL_USAGE = 2   /* the command line was not understood, or does not say enough to find out what was asked */
};

/* say.c.  Print p on standard error as the reason why the command stopped.  Returns CTL_FAILED. */
int ctl_refuse(const struct problem *p);

/* Print on standard error how a command is used.  Returns CTL_USAGE. */
int ctl_usage(const char *usage);

/* upkeep.c: the schema, tidying, the keys */

/* Whether daybookctl and the housekeeper use the database as another user than requests do. */
bool ctl_two_users(const struct config *config);

int ctl_migrate(struct worker *w, int argc, char **argv);
int ctl_tidy(struct worker *w, int argc, char **argv);
int ctl_key(struct worker *w, int argc, char **argv);

/* The key files of a folder, oldest first: how many, or -1 with errno.  Each entry and the list are freed by the
 * caller. */
int ctl_key_files(const char *folder, struct dirent ***entries);

/* grants.c: what the database's users may do */
int ctl_grants(struct worker *w, int argc, char **argv);

/* watch.c: what the housekeeper does each minute */
int ctl_watch(struct worker *w, int argc, char **argv);

/* alarm.c: what somebody has to look at */
int ctl_alarm(struct worker *w, int argc, char **argv);

/* scripts.c: whether these words are for deploy/backup or deploy/restore, and running the script in place of this
 * program.  w has nothing but its arenas. */
bool ctl_is_script(int argc, char **argv);
int ctl_script(struct worker *w, int argc, char **argv);

/* restore.c: after a dump was loaded */
int ctl_restore(struct worker *w, int argc, char **argv);

/* print.c: what is built in */
int ctl_settings(struct worker *w, int argc, char **argv);

/* statements.c: the statement at index i: all of store/statements/, and after them one of each kind that is composed,
 * with example names of collections and fields.  False after the last. */
bool ctl_statement(struct arena *a, size_t i, struct statement *statement);
void ctl_print_statements(FILE *out);
int ctl_statements(struct worker *w, int argc, char **argv);

/* doctor.c: checks an installation.  It reads the settings itself, because they may be what is wrong */
int ctl_doctor(struct worker *w, int argc, char **argv);

/* user.c: accounts */
int ctl_user(struct worker *w, int argc, char **argv);

/* space.c: how much spaces hold and may hold */
int ctl_space(struct worker *w, int argc, char **argv);

/* space_backups.c: backups of one space.  argv[0] is the space */
int ctl_space_backup(struct worker *w, int argc, char **argv);
int ctl_space_backups(struct worker *w, int argc, char **argv);

/* stamps.c: what an authority has stamped */
int ctl_stamps(struct worker *w, int argc, char **argv);

/* verify.c: the hash chain of every space */
int ctl_verify(struct worker *w, int argc, char **argv);

/* verify_file.c: a file that Daybook gave out, by itself; key_path is the key file of a sealed one, or NULL */
int ctl_verify_file(struct arena *a, const char *path, const char *key_path);

#endif
