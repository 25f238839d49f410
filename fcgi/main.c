/* main.c -- the program daybook: the parent of the workers, one of its children, or a CGI program that answers one
 * request.  Started by a web server, it looks at descriptor 0: a listening socket means FastCGI, anything else CGI. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer.h"
#include "base/log.h"
#include "host/shared.h"
#include "process/process.h"

enum role_here {
	PARENT,
	WORKER,
	HOUSEKEEPER,
	JOBS,
	WATCHER,
	CHECK
};

struct arguments {
	const char *config_path; /* NULL: see worker_open */
	enum role_here role;
	int table; /* the shared table, or -1 */
	int ready; /* a pipe to which the pid is written when the process is ready, or -1 */
	int gate;  /* a pipe whose end a worker waits for before it begins, or -1 */
};

static int
usage(FILE *out)
{
	fputs("usage: daybook [--config FILE]          run: the parent of the workers, in the foreground\n"
	      "       daybook [--config FILE] --check  only say whether settings, keys and definitions are good\n"
	      "Without FILE: the environment variable DAYBOOK_CONFIG, else /etc/daybook/daybook.conf.\n"
	      "SIGHUP replaces the workers, SIGTERM stops.  "
	      "Started by a web server it answers CGI or FastCGI.\n", out);
	return out == stdout ? 0 : 2;
}

static bool
listens(int fd)
{
	int yes = 0;
	socklen_t size = sizeof yes;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes != 0;
}

/* Read the command line; -1 when it is not understood. */
static int
read_arguments(int count, char **words, struct arguments *arguments)
{
	*arguments = (struct arguments){ .ready = -1, .gate = -1, .table = -1 };
	for (int i = 1; i < count; i++) {
		if (strcmp(words[i], "--config") == 0 && i + 1 < count)
			arguments->config_path = words[++i];
		else if (strcmp(words[i], "--ready") == 0 && i + 1 < count)
			arguments->ready = atoi(words[++i]);
		else if (strcmp(words[i], "--gate") == 0 && i + 1 < count)
			arguments->gate = atoi(words[++i]);
		else if (strcmp(words[i], "--table") == 0 && i + 1 < count)
			arguments->table = atoi(words[++i]);
		else if (strcmp(words[i], "--worker") == 0)
			arguments->role = WORKER;
		else if (strcmp(words[i], "--housekeeper") == 0)
			arguments->role = HOUSEKEEPER;
		else if (strcmp(words[i], "--jobs") == 0)
			arguments->role = JOBS;
		else if (strcmp(words[i], "--watcher") == 0)
			arguments->role = WATCHER;
		else if (strcmp(words[i], "--check") == 0)
			arguments->role = CHECK;
		else
			return -1;
	}
	return 0;
}

static void
tell_ready(int fd)
{
	pid_t me = getpid();

	if (fd < 0)
		return;
	/* If the parent has died, the write fails, and that does not matter. */
	if (write(fd, &me, sizeof me) != sizeof me)
		fputs("daybook: cannot tell the parent that I am ready\n", stderr);
	close(fd);
}

/* Answer 500 under CGI when the worker cannot start.  The reason is in the host's error log. */
static int
refuse_cgi(void)
{
	fputs("Status: 500\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n\r\n"
	      "{\"type\":\"/problems/internal\",\"title\":\"Something went wrong on the server\",\"status\":500,"
	      "\"detail\":\"Daybook is not set up yet; its error log says what is missing.\","
	      "\"error\":\"Something went wrong on the server\"}\n", stdout);
	return 0;
}

static int
run_parent(const char *config_path, const struct config *config)
{
	static char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

	if (length < 0) {
		fprintf(stderr, "daybook: cannot find my own program: %s\n", strerror(errno));
		return 1;
	}
	program[length] = '\0';
	return parent(program, config_path, config);
}

/* A table of another build is left alone: its parent was started before this program was replaced. */
static void
open_table(int fd)
{
	if (fd < 0)
		return;
	if (!shared_open(fd))
		log_line(LOG_LEVEL_WARN, "table", "cause=\"the parent is of another build: restart it\"");
	close(fd);
}

static int
run(struct worker *w, const struct arguments *arguments)
{
	if (arguments->role == PARENT)
		return run_parent(arguments->config_path, &w->config);
	if (arguments->role == CHECK)
		return 0;
	w->of_parent = arguments->ready >= 0;
	open_table(arguments->table);
	tell_ready(arguments->ready);
	if (arguments->role == HOUSEKEEPER)
		return housekeeper(w);
	if (arguments->role == JOBS)
		return jobs_serve(w);
	return arguments->role == WATCHER ? watcher(w) : worker_serve(w, arguments->gate, answer);
}

int
main(int count, char **words)
{
	static struct worker w; /* static, so that leak checkers find its memory reachable at the end */
	struct arguments arguments;
	bool socket_given = listens(STDIN_FILENO);

	/* Under CGI, the arguments come from the client's query string, so they are ignored. */
	if (getenv("GATEWAY_INTERFACE") != NULL && !socket_given)
		return worker_open(&w, NULL) == 0 ? worker_serve_cgi(&w, answer) : refuse_cgi();
	if (count == 2 && strcmp(words[1], "--help") == 0)
		return usage(stdout);
	if (read_arguments(count, words, &arguments) != 0)
		return usage(stderr);
	if (count == 1 && socket_given)
		arguments.role = WORKER;
	if (worker_open(&w, arguments.config_path) != 0)
		return 1;
	return run(&w, &arguments);
}
