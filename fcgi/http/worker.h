/* worker.h -- what a process has from its start to its end. */
#ifndef WORKER_H
#define WORKER_H

#include "account/token.h"
#include "backup/backup.h"
#include "base/config.h"
#include "host/turn.h"
#include "model/call.h"
#include "record/quota.h"
#include "transfer/format.h"

#ifndef DAYBOOK_VERSION
#define DAYBOOK_VERSION "1.0"
#endif

struct worker {
	struct arena *life;              /* owns settings, keys and definitions: never reset */
	struct arena *arena;             /* owns the current request: reset after each */
	const char *config_path;         /* the file the settings came from */
	bool of_parent;                  /* a child of Daybook's parent, which makes the table of host/shared.h */
	struct config config;
	struct amount space_quota;       /* of the settings */
	struct db_settings db_settings;
	struct db *db;                   /* opened at the first statement */
	struct token_ring *ring;
	struct turns turns;              /* of this machine, as this process sees them */
	const struct collections *collections;
	const struct formats *formats;   /* of files that people import */
};

/* A call with this worker's database, definitions and arena of the request.  It has no person; the caller sets one. */
struct call worker_call(const struct worker *w);

/* What backups need of this worker. */
struct backup_server worker_backups(const struct worker *w);

/* Read settings, keys and definitions; the database is not used.  Returns 0, or on a mistake -1 with one sentence on
 * standard error.  config_path NULL means the environment variable DAYBOOK_CONFIG, or else
 * /etc/daybook/daybook.conf. */
int worker_open(struct worker *w, const char *config_path);

/* The same for the settings alone, for commands that need neither keys nor definitions. */
int worker_open_settings(struct worker *w, const char *config_path);

/* Use the database as db_admin_user from now on; before the first statement. */
void worker_as_admin(struct worker *w);

#endif
