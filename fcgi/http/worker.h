/* worker.h -- what one worker holds from its start to its end. */
#ifndef WORKER_H
#define WORKER_H

#include "account/token.h"
#include "base/config.h"
#include "http/io.h"
#include "model/call.h"

struct worker {
	struct arena *life;              /* settings, keys, definitions: never reset */
	struct arena *arena;             /* of the request being answered: reset after each */
	const char *config_path;         /* the file the settings came from */
	struct config config;
	struct db_settings db_settings;
	struct db *db;                   /* opened at the first statement */
	struct token_ring *ring;
	const struct collections *collections;
};

/* A call of this worker with the arena of its request, for nobody: whoever answers a person says whom. */
struct call worker_call(const struct worker *w);

/* Read settings, keys and definitions.  The database is not asked.  On a mistake one sentence goes to standard error and
 * the answer is -1.  config_path NULL: the environment variable DAYBOOK_CONFIG, else /etc/daybook/daybook.conf. */
int worker_open(struct worker *w, const char *config_path);

/* Read the settings alone, for commands that need neither keys nor definitions; the same answer. */
int worker_open_settings(struct worker *w, const char *config_path);

#endif
