/* worker.h -- what one worker holds from its start to its end, and the loop it lives in. */
#ifndef WORKER_H
#define WORKER_H

#include "arena.h"
#include "config.h"
#include "db.h"
#include "io.h"
#include "token.h"

struct collections;

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

/* Read settings, keys and definitions.  The database is not asked.  On a mistake one sentence goes to standard error and
 * the answer is -1.  config_path NULL: the environment variable DAYBOOK_CONFIG, else /etc/daybook/daybook.conf. */
int worker_open(struct worker *w, const char *config_path);

/* Read the settings alone, for commands that need neither keys nor definitions; the same answer. */
int worker_open_settings(struct worker *w, const char *config_path);

/* Accept and answer requests on descriptor 0 until SIGTERM or requests_per_worker; the exit status. */
int worker_serve(struct worker *w);

/* Answer the one request of a CGI host; the exit status. */
int worker_serve_cgi(struct worker *w);

/* Answer one request.  In answer.c: read it first. */
void answer(struct worker *w, struct io *io);

/* The housekeeper's life: a round at once and then every tidy_minutes, until SIGTERM; the exit status. */
int housekeeper(struct worker *w);

/* The parent: opens the socket, keeps workers and the housekeeper alive, SIGHUP replaces them one by one, SIGTERM drains.
 * program is the path to exec again.  The exit status. */
int parent(const char *program, const char *config_path, const struct config *config);

#endif
