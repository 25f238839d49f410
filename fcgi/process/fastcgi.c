/* fastcgi.c -- a worker: wait for a request on descriptor 0, answer it, reset the arena, wait again.  The only file
 * that includes <fcgiapp.h>.
 *
 * libfcgi ignores EINTR when it reads and writes, so a signal in the middle of a request would cut its body or its
 * answer.  SIGTERM is therefore blocked from the start (by the parent) and delivered at one place only: while waiting
 * for the socket.  The socket does not block; when another worker took the connection first, this one waits again. */
#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "process/process.h"

enum {
	LARGE_FROM = 512 * 1024, /* bytes of a request */
	SMALL_ONES = 100,        /* requests that need less, one after another */
	MAPPED_FROM = 4 << 20,   /* bytes of one piece */
	TRIMMED_FROM = 16 << 20, /* bytes that are free at the end of the heap */
	HELD_MAX = 8100,         /* bytes of an answer that wait for more; libfcgi sends so many with the end at once */
	RECORD_MAX = 65528       /* bytes of a record: a multiple of 8 needs no padding */
};

/* What io->state is. */
struct connection {
	FCGX_Request *request;
	char held[HELD_MAX]; /* the beginning of the answer */
	size_t held_size;
};

/* Requests since the last one that needed much, or -1 when its memory has gone back. */
static int since_large = -1;

static volatile sig_atomic_t asked_to_leave;

static const char *
parameter(struct io *io, const char *name)
{
	const struct connection *c = io->state;
	const FCGX_Request *request = c->request;

	return FCGX_GetParam(name, request->envp);
}

static long
read_body(struct io *io, char *bytes, size_t room)
{
	const struct connection *c = io->state;
	const FCGX_Request *request = c->request;
	int n = FCGX_GetStr(bytes, room > INT_MAX ? INT_MAX : (int)room, request->in);

	return n == 0 && FCGX_GetError(request->in) != 0 ? -1 : n;
}

static int
write_all(int fd, struct iovec *parts, int count)
{
	while (count > 0) {
		ssize_t n = writev(fd, parts, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		for (; count > 0 && (size_t)n >= parts->iov_len; parts++, count--)
			n -= (ssize_t)parts->iov_len;
		if (count > 0) {
			parts->iov_base = (char *)parts->iov_base + n;
			parts->iov_len -= (size_t)n;
		}
	}
	return 0;
}

/* Send what is held, and as many of bytes as fit into the same record.  Returns how many they were, or -1. */
static long
send_record(struct connection *c, const char *bytes, size_t size)
{
	size_t taken = size < RECORD_MAX - c->held_size ? size : RECORD_MAX - c->held_size;
	size_t length = c->held_size + taken, padding = (8 - length % 8) % 8;
	static const char zeros[8];
	FCGI_Header header = {
		.version = FCGI_VERSION_1,
		.type = FCGI_STDOUT,
		.requestIdB1 = (unsigned char)(c->request->requestId >> 8),
		.requestIdB0 = (unsigned char)c->request->requestId,
		.contentLengthB1 = (unsigned char)(length >> 8),
		.contentLengthB0 = (unsigned char)length,
		.paddingLength = (unsigned char)padding,
	};
	struct iovec parts[] = {
		{ &header, sizeof header },
		{ c->held, c->held_size },
		{ (void *)(uintptr_t)bytes, taken },
		{ (void *)(uintptr_t)zeros, padding },
	};

	c->held_size = 0;
	return write_all(c->request->ipcFd, parts, 4) == 0 ? (long)taken : -1;
}

/* libfcgi would cut a long answer into pieces of 8 KiB and wake the web server for each.  So here a long answer goes
 * out as it lies there, and libfcgi sends only what is short, and the end. */
static int
write_answer(struct io *io, const char *bytes, size_t size)
{
	struct connection *c = io->state;

	if (size <= HELD_MAX - c->held_size) {
		memcpy(c->held + c->held_size, bytes, size);
		c->held_size += size;
		return 0;
	}
	while (size > 0) {
		long n = send_record(c, bytes, size);

		if (n < 0)
			return -1;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Bytes that are not a FastCGI record make the web server abort the response.  It would take a plain end of the
 * connection for a complete response. */
static void
spoil_answer(struct io *io)
{
	static const char no_record[FCGI_HEADER_LEN] = { 0 };
	const struct connection *c = io->state;

	if (write(c->request->ipcFd, no_record, sizeof no_record) < 0)
		log_line(LOG_LEVEL_WARN, "spoil", "cause=\"%s\"", strerror(errno));
}

static const struct io_way fastcgi_way = { parameter, read_body, write_answer, spoil_answer };

static void
remember_to_leave(int signal_number)
{
	(void)signal_number;
	asked_to_leave = 1;
}

/* This runs before FCGX_Init, which installs its own handler for signals that have none. */
static void
guard_signals(void)
{
	struct sigaction action = { 0 };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	action.sa_handler = remember_to_leave;
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* On a busy socket ppoll returns at once and never delivers a signal, so pending signals are checked with
 * sigpending. */
static int
must_leave(void)
{
	sigset_t pending;

	return asked_to_leave || (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1);
}

/* A worker lives long, and one large request must not decide for ever how much memory it holds.  glibc would raise the
 * sizes from which memory goes straight back to the system with each large piece that is freed; these stay. */
static void
bound_heap(void)
{
	mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
	mallopt(M_TRIM_THRESHOLD, TRIMMED_FROM);
}

/* What a large request took goes back when no more of them come: the next one would have to fetch it again, page by
 * page, which costs more than a push does otherwise. */
static void
give_back(void)
{
	if (since_large < 0)
		return;
	since_large = -1;
	malloc_trim(0);
}

static void
note_memory(void)
{
	if (arena_take_freed() > LARGE_FROM)
		since_large = 0;
	else if (since_large >= 0 && ++since_large >= SMALL_ONES)
		give_back();
}

/* Wait for something to read, or for its end.  Returns 1 when it is there, 0 when the worker must leave. */
static int
wait_for(int fd)
{
	struct pollfd listening = { .fd = fd, .events = POLLIN };
	const struct timespec quiet = { .tv_sec = 1 };
	sigset_t none;

	sigemptyset(&none);
	while (!must_leave()) {
		int ready = ppoll(&listening, 1, since_large < 0 ? NULL : &quiet, &none);

		if (ready > 0)
			return 1;
		if (ready == 0)
			give_back();
		else if (errno != EINTR)
			return 0;
	}
	return 0;
}

static void
serve_one(struct worker *w, FCGX_Request *request, void (*answer)(struct worker *w, struct io *io))
{
	struct connection c = { .request = request, .held_size = 0 };
	struct io io = { &fastcgi_way, &c };

	answer(w, &io);
	FCGX_PutStr(c.held, (int)c.held_size, request->out);
	FCGX_Finish_r(request);
	arena_reset(w->arena);
	note_memory();
}

/* Wait until the workers before this one have left. */
static int
pass_gate(int gate)
{
	if (gate < 0)
		return 1;
	if (!wait_for(gate) || must_leave())
		return 0;
	close(gate);
	return 1;
}

int
worker_serve(struct worker *w, int gate, void (*answer)(struct worker *w, struct io *io))
{
	FCGX_Request request;
	int served = 0;

	guard_signals();
	bound_heap();
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, STDIN_FILENO, FCGI_FAIL_ACCEPT_ON_INTR) != 0 ||
	    fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) != 0) {
		log_line(LOG_LEVEL_ERROR, "worker-start", "cause=\"descriptor 0 is no listening socket\"");
		return 1;
	}
	if (!pass_gate(gate))
		return 0;
	while (served < w->config.requests_per_worker && wait_for(STDIN_FILENO)) {
		int got = FCGX_Accept_r(&request);

		if (got == -EAGAIN || got == -ECONNABORTED)
			continue;
		if (got < 0) {
			log_line(LOG_LEVEL_ERROR, "worker-accept", "errno=%d cause=\"%s\"", -got, strerror(-got));
			return 1;
		}
		serve_one(w, &request, answer);
		served++;
	}
	db_free(w->db);
	return 0;
}
