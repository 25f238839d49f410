/* mariadb.h -- a private MariaDB for a test: its own folder under TMPDIR, a unix socket, no
 * network.  It dies with the test. */
#ifndef MARIADB_H
#define MARIADB_H

#include <sys/types.h>

#include "store/db.h"

struct mariadb {
	char folder[64];              /* removed by mariadb_stop */
	char socket[80];
	pid_t pid;                    /* 0 while the server is down */
	struct db_settings settings;  /* root, no password, database "daybook", which exists and is empty */
};

/* Make the folder and the system tables, start the server, make the database.  0, or -1
 * with a word on standard error. */
int mariadb_start(struct mariadb *m);

/* Start the server again in its folder. */
int mariadb_launch(struct mariadb *m);

/* Stop the server where it stands, as a machine that pauses would: once this returns no
 * thread of it answers.  0, or -1. */
int mariadb_pause(const struct mariadb *m);

/* Let a paused server go on. */
void mariadb_resume(const struct mariadb *m);

/* End the server by signal and wait until it is gone.  The folder stays. */
void mariadb_end(struct mariadb *m, int signal);

/* End the server, if it runs, and remove the folder. */
void mariadb_stop(struct mariadb *m);

#endif
