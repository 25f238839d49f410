/* process.h -- what a process of Daybook can be: a worker, a CGI program of one request, the housekeeper, the parent of them all. */
#ifndef PROCESS_H
#define PROCESS_H

#include "http/worker.h"

/* Accept requests on descriptor 0 and give each to answer, until SIGTERM or requests_per_worker; the exit status. */
int worker_serve(struct worker *w, void (*answer)(struct worker *w, struct io *io));

/* Answer the one request of a CGI host; the exit status. */
int worker_serve_cgi(struct worker *w, void (*answer)(struct worker *w, struct io *io));

/* The housekeeper's life: a round at once and then every tidy_minutes, until SIGTERM; the exit status. */
int housekeeper(struct worker *w);

/* The parent: opens the socket, keeps workers and the housekeeper alive, SIGHUP replaces them one by one, SIGTERM drains.
 * program is the path to exec again.  The exit status. */
int parent(const char *program, const char *config_path, const struct config *config);

#endif
