/* load.c -- sends HTTP requests over kept connections for a while, each connection waiting for its answer before it
 * asks again, and prints what came of it as one line of JSON:
 *
 *	load PORT CONNECTIONS MILLISECONDS STATUS FIRST <requests
 *
 * The requests come one after another on standard input, each as a line "HEAD BODY" with the lengths of the two, then
 * the two themselves.  The head has neither its last, empty line nor a Content-Length.  "%n" stands for a number that
 * no other place has, counted from FIRST.  The connections take the requests in turn.  An answer of another status than
 * STATUS counts as failed, and the first one is printed.  One thread and no allocation while it runs: it shares its
 * processors with what it measures. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 1024,
	REQUESTS_MAX = 65536,
	ANSWER_SIZE = 4 << 20, /* of the longest answer */
	SAMPLES_MAX = 1 << 22,
	LENGTH_ROOM = 64       /* of the Content-Length and the empty line */
};

struct request {
	char *head, *body;
	size_t head_length, body_length;
};

struct connection {
	int fd;
	char *sending;
	size_t sending_size, sending_length, sent;
	char *answer;
	size_t received;
	int64_t asked_at; /* 0 while nothing is under way */
};

static struct request requests[REQUESTS_MAX];
static size_t request_count, turn;
static struct connection connections[CONNECTIONS_MAX];
static uint32_t samples[SAMPLES_MAX]; /* microseconds */
static size_t sample_count, failed;
static char first_failure[400];
static unsigned long long next_number;
static int port, wanted_status, epoll_fd;

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static char *
read_part(size_t length)
{
	char *text = malloc(length + 1);

	if (text == NULL || fread(text, 1, length, stdin) != length)
		die("a request is cut short");
	text[length] = '\0';
	return text;
}

static void
read_requests(void)
{
	struct request r;

	while (request_count < REQUESTS_MAX && scanf("%zu %zu", &r.head_length, &r.body_length) == 2 &&
	    getchar() == '\n') {
		r.head = read_part(r.head_length);
		r.body = read_part(r.body_length);
		requests[request_count++] = r;
	}
	if (request_count == 0)
		die("there is no request");
}

/* --- sending --- */

/* Append text to what c sends, with numbers for "%n". */
static void
put(struct connection *c, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *mark = memmem(text, (size_t)(end - text), "%n", 2);
		size_t plain = (size_t)((mark != NULL ? mark : end) - text);

		if (c->sending_length + plain + LENGTH_ROOM > c->sending_size) {
			c->sending_size = 2 * (c->sending_length + plain + LENGTH_ROOM);
			if ((c->sending = realloc(c->sending, c->sending_size)) == NULL)
				die("no memory");
		}
		memcpy(c->sending + c->sending_length, text, plain);
		c->sending_length += plain;
		text += plain;
		if (mark != NULL) {
			c->sending_length += (size_t)sprintf(c->sending + c->sending_length, "%llu", next_number++);
			text += 2;
		}
	}
}

/* The body comes first, because the head names its length; then the two change places. */
static void
compose(struct connection *c, const struct request *r)
{
	static char body[ANSWER_SIZE], length[LENGTH_ROOM];
	size_t body_length;

	c->sending_length = c->sent = 0;
	put(c, r->body, r->body_length);
	if ((body_length = c->sending_length) > sizeof(body))
		die("a body is too long");
	memcpy(body, c->sending, body_length);
	c->sending_length = 0;
	put(c, r->head, r->head_length);
	if (r->body_length > 0)
		snprintf(length, sizeof(length), "Content-Length: %zu\r\n\r\n", body_length);
	else
		strcpy(length, "\r\n");
	put(c, length, strlen(length));
	put(c, body, body_length);
}

static void
watch(struct connection *c, uint32_t events, int how)
{
	struct epoll_event event = { .events = events, .data.ptr = c };

	if (epoll_ctl(epoll_fd, how, c->fd, &event) != 0)
		die("epoll_ctl");
}

static void
send_rest(struct connection *c)
{
	while (c->sent < c->sending_length) {
		ssize_t n = send(c->fd, c->sending + c->sent, c->sending_length - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
			return;
		}
		if (n < 0)
			die("send");
		c->sent += (size_t)n;
	}
}

static void
ask(struct connection *c)
{
	compose(c, &requests[turn++ % request_count]);
	c->received = 0;
	c->asked_at = now();
	send_rest(c);
}

static void
open_connection(struct connection *c)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int yes = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((c->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0 ||
	    connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (c->answer == NULL && (c->answer = malloc(ANSWER_SIZE + 1)) == NULL)
		die("no memory");
	watch(c, EPOLLIN, EPOLL_CTL_ADD);
}

/* --- answers --- */

/* The length of the whole answer, or 0 while that is not known. */
static size_t
whole_length(struct connection *c)
{
	char *end, *field;
	int status;

	c->answer[c->received] = '\0';
	if ((end = strstr(c->answer, "\r\n\r\n")) == NULL)
		return 0;
	status = atoi(c->answer + sizeof("HTTP/1.1"));
	if (status == 304 || status == 204)
		return (size_t)(end + 4 - c->answer);
	field = strcasestr(c->answer, "\r\nContent-Length:");
	if (field == NULL || field > end) {
		errno = EPROTO;
		die("an answer has no Content-Length");
	}
	return (size_t)(end + 4 - c->answer) + strtoul(field + 17, NULL, 10);
}

static void
count_answer(struct connection *c)
{
	if (sample_count < SAMPLES_MAX)
		samples[sample_count++] = (uint32_t)(now() - c->asked_at);
	c->asked_at = 0;
	if (atoi(c->answer + sizeof("HTTP/1.1")) == wanted_status)
		return;
	if (failed++ == 0)
		snprintf(first_failure, sizeof(first_failure), "%s", c->answer);
}

/* nginx ends a connection after so many requests, and says so in the last answer. */
static bool
is_last(const struct connection *c)
{
	const char *end = strstr(c->answer, "\r\n\r\n"), *field = strcasestr(c->answer, "\r\nConnection: close");

	return field != NULL && field < end;
}

static void
open_again(struct connection *c)
{
	close(c->fd);
	open_connection(c);
}

/* True when the answer is there. */
static bool
receive(struct connection *c)
{
	ssize_t n = recv(c->fd, c->answer + c->received, ANSWER_SIZE - c->received, MSG_DONTWAIT);
	size_t length;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		if (c->asked_at != 0)
			die("a connection ended before its answer");
		open_again(c);
		return false;
	}
	c->received += (size_t)n;
	if ((length = whole_length(c)) == 0 || c->received < length)
		return false;
	count_answer(c);
	if (is_last(c))
		open_again(c);
	return true;
}

static void
run(int count, int64_t end)
{
	struct epoll_event events[64];
	int under_way = count;

	for (int i = 0; i < count; i++) {
		open_connection(&connections[i]);
		ask(&connections[i]);
	}
	while (under_way > 0) {
		int n = epoll_wait(epoll_fd, events, 64, 30000);

		if (n <= 0 && errno != EINTR) {
			errno = ETIMEDOUT;
			die("no answer");
		}
		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;

			if (events[i].events & EPOLLOUT) {
				watch(c, EPOLLIN, EPOLL_CTL_MOD);
				send_rest(c);
			}
			if ((events[i].events & ~(uint32_t)EPOLLOUT) == 0 || !receive(c))
				continue;
			if (now() < end)
				ask(c);
			else
				under_way--;
		}
	}
}

/* --- what came of it --- */

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t
percentile(unsigned percent)
{
	return sample_count == 0 ? 0 : samples[(sample_count - 1) * percent / 100];
}

static void
print_text(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\' || (unsigned char)*text < ' ')
			printf("\\u%04x", *text);
		else
			putchar(*text);
	putchar('"');
}

int
main(int argc, char **argv)
{
	int64_t begun;
	int count;

	if (argc != 6 || (count = atoi(argv[2])) < 1 || count > CONNECTIONS_MAX) {
		fprintf(stderr, "usage: load PORT CONNECTIONS MILLISECONDS STATUS FIRST <requests\n");
		return 1;
	}
	port = atoi(argv[1]);
	wanted_status = atoi(argv[4]);
	next_number = strtoull(argv[5], NULL, 10);
	read_requests();
	if ((epoll_fd = epoll_create1(0)) < 0)
		die("epoll_create1");
	begun = now();
	run(count, begun + atoll(argv[3]) * 1000);
	qsort(samples, sample_count, sizeof(samples[0]), compare);
	printf("{\"requests\":%zu,\"failed\":%zu,\"milliseconds\":%lld,\"p50\":%u,\"p99\":%u,", sample_count, failed,
	    (long long)(now() - begun) / 1000, percentile(50), percentile(99));
	printf("\"next\":%llu,\"firstFailure\":", next_number);
	print_text(first_failure);
	puts("}");
	return 0;
}
