/* process.h -- the roles of a process: the parent, a worker, the housekeeper, the one for jobs, the watcher, or a CGI
 * program that answers one request. */
#ifndef PROCESS_H
#define PROCESS_H

#include "http/io.h"
#include "http/worker.h"

/* A worker: accept requests on descriptor 0 and give each to answer, until SIGTERM or requests_per_worker.  It begins
 * when nobody holds the other end of the pipe gate any more; -1: at once.  Returns the exit status, as all of these
 * do. */
int worker_serve(struct worker *w, int gate, void (*answer)(struct worker *w, struct io *io));

/* Answer the one request of a CGI host. */
int worker_serve_cgi(struct worker *w, void (*answer)(struct worker *w, struct io *io));

/* The housekeeper: a round at once and then every tidy_minutes, until SIGTERM.  Each minute it also looks for late
 * cars and for expense reports that wait; and it sends mail. */
int housekeeper(struct worker *w);

/* The process for jobs: long work for spaces, and the backups that are due, until SIGTERM. */
int jobs_serve(struct worker *w);

/* The watcher: confirms what the workers remember of the database, until SIGTERM. */
int watcher(struct worker *w);

/* The parent: opens the socket, makes the shared table, and keeps the children alive.  SIGHUP replaces them; after
 * SIGTERM it answers what has arrived and stops.  program is the path of this program, for starting children. */
int parent(const char *program, const char *config_path, const struct config *config);

#endif
