/* cgi.c -- answers the one request of a CGI host, through environment, standard input and standard output.
 * The host starts this process for the request and the process ends with it, so nothing is kept. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "process/process.h"

static const char *
environment(struct io *io, const char *name)
{
	(void)io;
	return getenv(name);
}

static long
read_input(struct io *io, char *bytes, size_t room)
{
	ssize_t n;

	(void)io;
	do
		n = read(STDIN_FILENO, bytes, room);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
write_output(struct io *io, const char *bytes, size_t size)
{
	(void)io;
	while (size > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Under CGI, an answer cannot be broken off visibly: the end of the output is the end of the answer. */
static void
spoil_output(struct io *io)
{
	(void)io;
}

static const struct io_way cgi_way = { environment, read_input, write_output, spoil_output };

int
worker_serve_cgi(struct worker *w, void (*answer)(struct worker *w, struct io *io))
{
	struct io io = { &cgi_way, NULL };

	/* Ignore SIGPIPE: a client that goes away must not kill the process in the middle of a transaction. */
	signal(SIGPIPE, SIG_IGN);
	answer(w, &io);
	arena_reset(w->arena);
	return 0;
}
