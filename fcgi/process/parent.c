/* parent.c -- the parent of all workers.  It owns the socket and handles the signals, and nothing else.  It opens the
 * socket, keeps the workers, one housekeeper, one process for jobs and one watcher alive, replaces them on SIGHUP and
 * drains them on SIGTERM.
 * After a SIGHUP the new workers wait at a gate, a pipe that the parent closes when all are there and the old ones have
 * left: a client never meets old settings and definitions after new ones.
 * No request is lost: the socket stays open while workers are replaced.  At the end the parent first removes the socket
 * file and then waits until every request that has reached the socket is answered. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/instant.h"
#include "host/shared.h"
#include "process/process.h"

enum {
	BACKLOG = 1024,
	CHILDREN_MAX = 1024,
	AGAIN_MS = 50,            /* between two SIGTERMs to the same child */
	CHANGE_MS = 250,          /* for old workers to leave before the new ones begin; who is still busy then answers
	                           * the request it has, and no other */
	GATE_MS = 15000,          /* for all new workers to be ready; then they begin beside old ones */
	PATIENCE_MS = 35000,      /* from the first SIGTERM to SIGKILL: longer than any request may take */
	QUEUE_MS = 30000,         /* at the end, for connections that wait in the socket; nginx waits no longer than
	                           * that */
	SETTLED_MS = 5000,        /* a child that lived this long resets the delay */
	FIRST_DELAY_MS = 100,     /* before the next start when children die early; it doubles */
	START_DELAY_MS = 10000,   /* at most, when they cannot start */
	DEATH_DELAY_MS = 1000     /* at most, when they start and die later */
};

enum child_kind {
	WORKER,
	HOUSEKEEPER,
	JOBS,
	WATCHER,
	CHECK, /* a trial worker, which only starts and exits */
	KIND_COUNT
};

static const char *const kind_names[KIND_COUNT] = { "worker", "housekeeper", "jobs", "watcher", "check" };
static const char *const kind_options[KIND_COUNT] = {
	"--worker", "--housekeeper", "--jobs", "--watcher", "--check"
};

struct child {
	pid_t pid;
	enum child_kind kind;
	int generation;
	bool ready;           /* it has read settings, keys and definitions */
	int64_t started;      /* all times: milliseconds of the monotonic clock */
	int64_t told;         /* when it was first told to stop, or 0 */
	int64_t told_again;
};

/* A crew: all children of one kind (workers; the one housekeeper, process for jobs, watcher). */
struct crew {
	int wanted;
	int delay;          /* milliseconds; 0 while all is well */
	int64_t not_before; /* of the next start */
};

/* The state of the parent. */
struct house {
	const char *program, *config_path;
	struct config config; /* as at the start; after a SIGHUP only workers and log_level follow the file */
	int socket;
	int table; /* the shared table, or -1 */
	int ready_read, ready_write; /* a pipe: each child writes its pid when it is ready */
	int generation;
	int gate_read, gate_write; /* new workers wait until gate_write is closed; -1 when it is */
	int64_t gate_since, changing_since; /* when it was made; when the old workers were told to leave, or 0 */
	bool stopping;
	struct crew crews[KIND_COUNT];
	struct child children[CHILDREN_MAX];
	int count;
};

static volatile sig_atomic_t heard_stop, heard_reload;

static void
hear(int signal_number)
{
	if (signal_number == SIGHUP)
		heard_reload = 1;
	else if (signal_number != SIGCHLD)
		heard_stop = 1;
}

static int
failed(const char *what, const char *path)
{
	fprintf(stderr, "daybook: %s %s: %s\n", what, path, strerror(errno));
	return -1;
}

/* --- the socket and the lock --- */

/* Lock run_dir, so that it has one parent.  The lock lasts as long as the process; a file that a dead parent left does
 * not matter. */
static int
lock_run_dir(const struct config *config)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/daybook.pid", config->run_dir);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644)) < 0)
		return failed("cannot open", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		fprintf(stderr, "daybook: another daybook runs with %s\n", config->run_dir);
		return -1;
	}
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
		return failed("cannot write", path);
	return fd;
}

static bool
somebody_listens(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes = fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return yes;
}

/* Remove a dead socket.  Workers whose parent was killed still answer their requests; this waits for them. */
static int
clear_path(const struct sockaddr_un *address)
{
	int64_t end = steady_now() + PATIENCE_MS;
	struct stat st;

	if (lstat(address->sun_path, &st) != 0)
		return errno == ENOENT ? 0 : failed("cannot look at", address->sun_path);
	if (!S_ISSOCK(st.st_mode)) {
		fprintf(stderr, "daybook: %s is in the way: it is no socket\n", address->sun_path);
		return -1;
	}
	while (somebody_listens(address)) {
		if (steady_now() > end) {
			fprintf(stderr, "daybook: another program listens at %s\n", address->sun_path);
			return -1;
		}
		poll(NULL, 0, AGAIN_MS);
	}
	return unlink(address->sun_path) == 0 || errno == ENOENT ? 0 : failed("cannot remove", address->sun_path);
}

static int
give_to_group(const char *path, const char *name)
{
	const struct group *group;

	if (name == NULL)
		return 0;
	if ((group = getgrnam(name)) == NULL) {
		fprintf(stderr, "daybook: there is no group %s (listen_group)\n", name);
		return -1;
	}
	return chown(path, (uid_t)-1, group->gr_gid) == 0 ? 0 : failed("cannot give to listen_group", path);
}

/* Nobody can connect before listen, so the socket never accepts with the wrong mode. */
static int
open_socket(const struct config *config)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(config->listen) >= sizeof address.sun_path) {
		fprintf(stderr, "daybook: the socket path %s is longer than %zu bytes\n",
		    config->listen, sizeof address.sun_path - 1);
		return -1;
	}
	strcpy(address.sun_path, config->listen);
	if (clear_path(&address) != 0)
		return -1;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return failed("cannot make a socket for", config->listen);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
		return failed("cannot bind", config->listen);
	if (give_to_group(config->listen, config->listen_group) != 0)
		return -1;
	if (chmod(config->listen, 0660) != 0 || listen(fd, BACKLOG) != 0)
		return failed("cannot listen at", config->listen);
	return fd;
}

/* --- children --- */

/* Everything between fork and exec: the socket becomes descriptor 0, SIGTERM stays blocked, and a child whose parent
 * died meanwhile exits. */
static void
become(const struct house *h, enum child_kind kind, pid_t parent_pid)
{
	char ready[16], gate[16], table[16];
	sigset_t blocked;

	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent_pid)
		_exit(1);
	if (kind == WORKER && dup2(h->socket, STDIN_FILENO) < 0)
		_exit(1);
	fcntl(h->ready_write, F_SETFD, 0);
	fcntl(h->table, F_SETFD, 0);
	snprintf(ready, sizeof ready, "%d", h->ready_write);
	snprintf(table, sizeof table, "%d", h->table);
	snprintf(gate, sizeof gate, "%d", kind == WORKER ? h->gate_read : -1);
	if (kind == WORKER && h->gate_read >= 0)
		fcntl(h->gate_read, F_SETFD, 0);
	execl(h->program, h->program, kind_options[kind], "--ready", ready, "--gate", gate, "--table", table,
	    h->config_path != NULL ? "--config" : (char *)NULL, h->config_path, (char *)NULL);
	fprintf(stderr, "daybook: cannot start %s: %s\n", h->program, strerror(errno));
	_exit(1);
}

static void
start_child(struct house *h, enum child_kind kind)
{
	struct child *child = &h->children[h->count];
	pid_t me = getpid(), pid = fork();

	if (pid == 0)
		become(h, kind, me);
	if (pid < 0) {
		log_line(LOG_LEVEL_ERROR, "fork", "cause=\"%s\"", strerror(errno));
		h->crews[kind].not_before = steady_now() + DEATH_DELAY_MS;
		return;
	}
	*child = (struct child){ .pid = pid, .kind = kind, .generation = h->generation, .started = steady_now() };
	h->count++;
}

static void
tell_to_leave(struct child *child)
{
	child->told = child->told_again = steady_now();
	kill(child->pid, SIGTERM);
}

/* SIGTERM is repeated, because the child may just have checked for it; a child that does not react is killed. */
static void
repeat_signals(struct house *h)
{
	int64_t now = steady_now();

	for (int i = 0; i < h->count; i++) {
		struct child *child = &h->children[i];

		if (child->told == 0 || now < child->told_again + AGAIN_MS)
			continue;
		if (now > child->told + PATIENCE_MS)
			log_line(LOG_LEVEL_ERROR, "killed",
			    "pid=%ld kind=%s", (long)child->pid, kind_names[child->kind]);
		child->told_again = now;
		kill(child->pid, now > child->told + PATIENCE_MS ? SIGKILL : SIGTERM);
	}
}

/* Children that die early are started again after a pause that doubles.  Children that die at the same time count
 * once. */
static void
slow_down(struct crew *crew, const struct child *child)
{
	int longest = child->ready ? DEATH_DELAY_MS : START_DELAY_MS;
	int64_t now = steady_now();

	if (now - child->started >= SETTLED_MS) {
		crew->delay = 0;
		return;
	}
	if (now < crew->not_before)
		return;
	crew->delay = crew->delay == 0 ? FIRST_DELAY_MS : crew->delay * 2;
	if (crew->delay > longest)
		crew->delay = longest;
	crew->not_before = now + crew->delay;
}

/* Log why a child ended that was not told to stop. */
static void
note_death(struct house *h, const struct child *child, int status)
{
	struct crew *crew = &h->crews[child->kind];

	if (child->ready && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	slow_down(crew, child);
	log_line(LOG_LEVEL_ERROR, "died", "pid=%ld kind=%s %s=%d lived_ms=%lld again_in_ms=%d", (long)child->pid,
	    kind_names[child->kind], WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    (long long)(steady_now() - child->started), crew->delay);
}

/* --- the gate --- */

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
open_gate(struct house *h)
{
	close_end(&h->gate_write);
	h->changing_since = 0;
}

/* Make the gate of a new generation.  Workers that still wait at the gate before leave without having begun.  Without
 * a pipe the new workers begin at once. */
static void
make_gate(struct house *h)
{
	int ends[2];

	for (int i = 0; i < h->count && h->gate_write >= 0; i++)
		if (h->children[i].kind == WORKER && h->children[i].generation == h->generation &&
		    h->children[i].told == 0)
			tell_to_leave(&h->children[i]);
	open_gate(h);
	close_end(&h->gate_read);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		log_line(LOG_LEVEL_ERROR, "gate", "cause=\"%s\"", strerror(errno));
		return;
	}
	h->gate_read = ends[0];
	h->gate_write = ends[1];
	h->gate_since = steady_now();
}

/* A trial worker has found settings, keys and definitions good.  All running children now belong to the old
 * generation. */
static void
begin_generation(struct house *h)
{
	struct arena *a = arena_new();
	struct config config;
	enum log_level level;

	if (config_read(a, h->config_path, &config) != 0) {
		arena_free(a);
		return;
	}
	if (strcmp(config.listen, h->config.listen) != 0 || strcmp(config.run_dir, h->config.run_dir) != 0)
		log_line(LOG_LEVEL_WARN, "reload", "cause=\"listen and run_dir change only by a restart\"");
	h->crews[WORKER].wanted = config.workers;
	if (log_level_named(config.log_level, &level))
		log_set_level(level);
	arena_free(a);
	make_gate(h);
	h->generation++;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		h->crews[kind].delay = 0, h->crews[kind].not_before = 0;
	log_line(LOG_LEVEL_INFO, "reload", "generation=%d workers=%d", h->generation, h->crews[WORKER].wanted);
}

static void
end_check(struct house *h, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		begin_generation(h);
	else
		log_line(LOG_LEVEL_ERROR, "reload", "cause=\"a new worker cannot start; the old ones stay\"");
}

static void
reap(struct house *h)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		int i = 0;

		while (i < h->count && h->children[i].pid != pid)
			i++;
		if (i == h->count)
			continue;
		if (h->children[i].kind == CHECK)
			end_check(h, status);
		else if (h->children[i].told == 0)
			note_death(h, &h->children[i], status);
		h->children[i] = h->children[--h->count];
	}
}

static void
note_ready(struct house *h)
{
	pid_t pid;

	while (read(h->ready_read, &pid, sizeof pid) == sizeof pid)
		for (int i = 0; i < h->count; i++)
			if (h->children[i].pid == pid)
				h->children[i].ready = true;
}

/* --- keeping the crews complete --- */

/* The child of this kind to stop first: one of the oldest generation.  NULL when there is none. */
static struct child *
dispensable(struct house *h, enum child_kind kind)
{
	struct child *found = NULL;

	for (int i = 0; i < h->count; i++) {
		struct child *child = &h->children[i];

		if (child->kind == kind && child->told == 0 && (found == NULL || child->generation < found->generation))
			found = child;
	}
	return found;
}

/* Start a child if there are too few, or one of this generation if none is just starting; stop an old one when the new
 * one is ready. */
static void
keep(struct house *h, enum child_kind kind)
{
	struct crew *crew = &h->crews[kind];
	int all = 0, fresh = 0, starting = 0;

	for (int i = 0; i < h->count; i++) {
		const struct child *child = &h->children[i];

		if (child->kind != kind || child->told != 0)
			continue;
		all++;
		fresh += child->generation == h->generation;
		starting += !child->ready;
	}
	while (all - starting > crew->wanted) {
		tell_to_leave(dispensable(h, kind));
		all--;
	}
	while (steady_now() >= crew->not_before && h->count < CHILDREN_MAX &&
	    (all < crew->wanted || (fresh < crew->wanted && starting == 0))) {
		start_child(h, kind);
		all++, fresh++, starting++;
	}
}

/* While the gate is closed: start all new workers, then tell the old ones to leave, then open it.  A crew that does not
 * come together goes on beside the old one. */
static void
change_crew(struct house *h)
{
	struct crew *crew = &h->crews[WORKER];
	int old = 0, fresh = 0, ready = 0;
	int64_t now = steady_now();

	for (int i = 0; i < h->count; i++) {
		const struct child *child = &h->children[i];

		old += child->kind == WORKER && child->generation < h->generation;
		fresh += child->kind == WORKER && child->generation == h->generation && child->told == 0;
		ready += child->kind == WORKER && child->generation == h->generation && child->told == 0 &&
		    child->ready;
	}
	for (; fresh < crew->wanted && now >= crew->not_before && h->count < CHILDREN_MAX; fresh++)
		start_child(h, WORKER);
	if (h->changing_since == 0 && ready >= crew->wanted) {
		h->changing_since = now;
		for (int i = 0; i < h->count; i++)
			if (h->children[i].kind == WORKER && h->children[i].generation < h->generation &&
			    h->children[i].told == 0)
				tell_to_leave(&h->children[i]);
	}
	if (now > h->gate_since + GATE_MS ||
	    (h->changing_since != 0 && (old == 0 || now > h->changing_since + CHANGE_MS)))
		open_gate(h);
}

static void
keep_workers(struct house *h)
{
	if (h->gate_write >= 0)
		change_crew(h);
	else
		keep(h, WORKER);
}

static void
begin_reload(struct house *h)
{
	heard_reload = 0;
	for (int i = 0; i < h->count; i++)
		if (h->children[i].kind == CHECK)
			return;
	if (h->count < CHILDREN_MAX)
		start_child(h, CHECK);
}

/* For how many milliseconds there is nothing to do without a signal or a byte on the pipe; -1 for ever. */
static int
quiet_ms(const struct house *h)
{
	int64_t now = steady_now(), next = -1;

	if (h->gate_write >= 0)
		return AGAIN_MS;
	for (int i = 0; i < h->count; i++)
		if (h->children[i].told != 0)
			return AGAIN_MS;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		int64_t left = h->crews[kind].not_before - now;

		if (left > 0 && (next < 0 || left < next))
			next = left;
	}
	return (int)next;
}

/* Wait for signals and for children that are ready.  This is the only place where signals are delivered. */
static void
listen_to_everybody(struct house *h, int ms)
{
	struct pollfd ready = { .fd = h->ready_read, .events = POLLIN };
	struct timespec limit = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
	sigset_t none;

	sigemptyset(&none);
	ppoll(&ready, 1, ms < 0 ? NULL : &limit, &none);
	note_ready(h);
	reap(h);
}

static void
live(struct house *h)
{
	while (!heard_stop) {
		if (heard_reload)
			begin_reload(h);
		keep_workers(h);
		keep(h, HOUSEKEEPER);
		keep(h, JOBS);
		keep(h, WATCHER);
		repeat_signals(h);
		listen_to_everybody(h, quiet_ms(h));
	}
}

/* Remove the socket file first, so that nobody new connects.  Connections that already wait are served before the
 * workers are told to stop. */
static void
drain(struct house *h)
{
	struct pollfd queue = { .fd = h->socket, .events = POLLIN };
	int64_t end = steady_now() + QUEUE_MS;

	unlink(h->config.listen);
	open_gate(h);
	while (steady_now() < end && poll(&queue, 1, AGAIN_MS / 10) > 0) {
		keep(h, WORKER);
		listen_to_everybody(h, AGAIN_MS / 10);
	}
	for (int i = 0; i < h->count; i++)
		if (h->children[i].told == 0)
			tell_to_leave(&h->children[i]);
	while (h->count > 0) {
		listen_to_everybody(h, AGAIN_MS);
		repeat_signals(h);
	}
}

static void
guard_signals(void)
{
	static const int heard[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction action = { .sa_handler = hear };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) {
		sigaction(heard[i], &action, NULL);
		sigaddset(&blocked, heard[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Open descriptors 0, 1 and 2 if they are closed, so that no other file gets these numbers. */
static void
fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Without the table every request asks the database, and nothing needs watching. */
static void
make_table(struct house *h)
{
	if ((h->table = shared_make()) < 0)
		log_line(LOG_LEVEL_WARN, "table", "cause=\"%s\"", strerror(errno));
	h->crews[WATCHER].wanted = h->table >= 0;
}

static int
open_house(struct house *h)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return failed("cannot make a pipe for", "the workers");
	h->ready_read = ends[0];
	h->ready_write = ends[1];
	if (lock_run_dir(&h->config) < 0 || (h->socket = open_socket(&h->config)) < 0)
		return -1;
	return 0;
}

int
parent(const char *program, const char *config_path, const struct config *config)
{
	static struct house house;
	struct house *h = &house;

	fill_standard_descriptors();
	*h = (struct house){
		.program = program,
		.config_path = config_path,
		.config = *config,
		.gate_read = -1,
		.gate_write = -1,
	};
	h->crews[WORKER].wanted = config->workers;
	h->crews[HOUSEKEEPER].wanted = 1;
	h->crews[JOBS].wanted = 1;
	make_table(h);
	if (open_house(h) != 0)
		return 1;
	guard_signals();
	log_line(LOG_LEVEL_INFO, "start", "pid=%ld workers=%d", (long)getpid(), config->workers);
	live(h);
	log_line(LOG_LEVEL_INFO, "stop", "pid=%ld", (long)getpid());
	drain(h);
	log_line(LOG_LEVEL_INFO, "stopped", "pid=%ld", (long)getpid());
	return 0;
}
