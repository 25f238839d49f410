/* doctor_web.c -- checks whether requests reach Daybook and whether the web server is set up well.  A small FastCGI
 * client asks the workers' socket, a small HTTP/1.0 client the web server.  Both implement only what these checks
 * need. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "ctl/doctor.h"

enum {
	PATIENCE_SECONDS = 5,
	ANSWER_MAX = 256 * 1024
};

/* The part of FastCGI 1.0 that one request needs. */
enum {
	FCGI_BEGIN = 1,
	FCGI_PARAMS = 4,
	FCGI_STDIN = 5,
	FCGI_HEADER = 8 /* bytes: version, type, id (2), length (2), padding, unused */
};

/* A response, split into its parts. */
struct reply_seen {
	int status;       /* 0: no response, or not understood */
	const char *head; /* lines ending in \r\n or \n, the status line included */
	const char *body;
};

/* --- sockets --- */

static void
set_patience(int fd)
{
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

/* A connected socket, or -1 with errno. */
static int
connect_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	set_patience(fd);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
connect_address(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	set_patience(fd);
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The same for "127.0.0.1" or "[::1]" and "8080". */
static int
connect_host(const char *host, const char *port)
{
	struct addrinfo wanted = { .ai_socktype = SOCK_STREAM }, *found, *each;
	int fd = -1;

	if (getaddrinfo(host, port, &wanted, &found) != 0) {
		errno = EHOSTUNREACH;
		return -1;
	}
	for (each = found; each != NULL && fd < 0; each = each->ai_next)
		fd = connect_address(each);
	freeaddrinfo(found);
	return fd;
}

static bool
send_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

/* Receive until the other side closes, at most ANSWER_MAX bytes. */
static void
receive_all(int fd, struct buf *into)
{
	char piece[4096];
	ssize_t n;

	while (into->length < ANSWER_MAX && (n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_add(into, piece, (size_t)n);
}

/* --- responses --- */

/* The value of a header, or NULL. */
static const char *
header_of(struct arena *a, const struct reply_seen *seen, const char *name)
{
	const char *line = seen->head;
	size_t length = strlen(name);

	while (*line != '\0') {
		if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
			const char *value = line + length + 1;

			value += strspn(value, " ");
			return arena_strndup(a, value, strcspn(value, "\r\n"));
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

/* Split a response, which begins with "HTTP/1.1 200 OK" or "Status: 200 OK". */
static struct reply_seen
cut_reply(struct arena *a, const char *text)
{
	struct reply_seen seen = { .head = "", .body = "" };
	const char *end = strstr(text, "\r\n\r\n"), *space = strchr(text, ' ');

	if (end == NULL || space == NULL)
		return seen;
	seen.head = arena_strndup(a, text, (size_t)(end + 2 - text));
	seen.body = end + 4;
	seen.status = atoi(space);
	return seen;
}

/* --- FastCGI --- */

static void
add_record(struct buf *b, int type, const char *bytes, size_t size)
{
	char header[FCGI_HEADER] = { 1, (char)type, 0, 1, (char)(size >> 8), (char)(size & 0xff), 0, 0 };

	buf_add(b, header, sizeof(header));
	buf_add(b, bytes, size);
}

/* Names and values must be shorter than 128 bytes. */
static void
add_param(struct buf *b, const char *name, const char *value)
{
	buf_char(b, (char)strlen(name));
	buf_char(b, (char)strlen(value));
	buf_text(b, name);
	buf_text(b, value);
}

/* The bytes of all FCGI_STDOUT records in raw. */
static char *
take_output(struct arena *a, const struct buf *raw)
{
	const unsigned char *at = (const unsigned char *)raw->text, *end = at + raw->length;
	struct buf out;

	buf_init(&out, a);
	while (end - at >= FCGI_HEADER) {
		size_t size = (size_t)(at[4] << 8 | at[5]), padding = at[6];

		if ((size_t)(end - at) < FCGI_HEADER + size + padding)
			break;
		if (at[1] == 6)
			buf_add(&out, at + FCGI_HEADER, size);
		at += FCGI_HEADER + size + padding;
	}
	return out.text;
}

/* GET path from the workers' socket. */
static struct reply_seen
ask_workers(struct arena *a, int fd, const char *path)
{
	static const char responder[8] = { 0, 1 };
	struct buf params, request, raw;

	buf_init(&params, a);
	add_param(&params, "REQUEST_METHOD", "GET");
	add_param(&params, "REQUEST_URI", path);
	add_param(&params, "REMOTE_ADDR", "127.0.0.1");
	buf_init(&request, a);
	add_record(&request, FCGI_BEGIN, responder, sizeof(responder));
	add_record(&request, FCGI_PARAMS, params.text, params.length);
	add_record(&request, FCGI_PARAMS, "", 0);
	add_record(&request, FCGI_STDIN, "", 0);
	buf_init(&raw, a);
	if (send_all(fd, request.text, request.length))
		receive_all(fd, &raw);
	return cut_reply(a, take_output(a, &raw));
}

static bool
is_well(const struct reply_seen *seen)
{
	static const char well[] = "{\"status\":\"ok\"";

	return seen->status == 200 && strncmp(seen->body, well, sizeof(well) - 1) == 0;
}

void
doctor_socket(struct doctor *d)
{
	const char *path = d->worker->config.listen;
	struct reply_seen seen;
	int fd = connect_unix(path);

	if (fd < 0) {
		doctor_bad(d, "socket", "Start Daybook, or correct listen and listen_group in the settings.",
		    "%s: %s", path, strerror(errno));
		return;
	}
	seen = ask_workers(d->worker->arena, fd, "/api/health");
	close(fd);
	if (is_well(&seen))
		doctor_good(d, "workers", "answer at %s", path);
	else if (seen.status == 0)
		doctor_bad(d, "workers", "Look into the log: the parent says why its workers end.",
		    "nobody answers at %s", path);
	else
		doctor_bad(d, "workers", "Mend what is bad above, then look into the log.",
		    "answer %d: %.200s", seen.status, seen.body);
}

/* --- HTTP --- */

struct web_site {
	struct arena *arena;
	const char *host, *port, *authority;
};

static bool
read_url(struct web_site *site, const char *url)
{
	const char *start = url + strlen("http://"), *colon;
	size_t length = strcspn(start, "/");

	site->authority = arena_strndup(site->arena, start, length);
	colon = strrchr(site->authority, ':');
	if (colon == NULL || strchr(colon, ']') != NULL) {
		site->host = site->authority;
		site->port = "80";
	} else {
		site->host = arena_strndup(site->arena, site->authority, (size_t)(colon - site->authority));
		site->port = colon + 1;
	}
	if (*site->host == '[')
		site->host = arena_strndup(site->arena, site->host + 1, strcspn(site->host + 1, "]"));
	return *site->host != '\0';
}

/* GET path; header is a line to send as well, or "". */
static struct reply_seen
ask_site(const struct web_site *site, const char *path, const char *header)
{
	struct reply_seen none = { .head = "", .body = "" };
	int fd = connect_host(site->host, site->port);
	const char *request;
	struct buf raw;

	if (fd < 0)
		return none;
	request = arena_printf(site->arena,
	    "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: daybookctl\r\nAccept: */*\r\n%s\r\n",
	    path, site->authority, header);
	buf_init(&raw, site->arena);
	if (send_all(fd, request, strlen(request)))
		receive_all(fd, &raw);
	close(fd);
	return cut_reply(site->arena, raw.text);
}

static bool
has(const struct web_site *site, const struct reply_seen *seen, const char *name, const char *part)
{
	const char *value = header_of(site->arena, seen, name);

	return value != NULL && strstr(value, part) != NULL;
}

static bool
check_health(struct doctor *d, const struct web_site *site)
{
	struct reply_seen seen = ask_site(site, "/api/health", "");

	if (seen.status == 0) {
		doctor_bad(d, "web server", "Start it, or correct the URL.", "nobody answers at %s", site->authority);
		return false;
	}
	if (!is_well(&seen)) {
		doctor_bad(d, "api", "Let the web server pass /api/ to the socket or the program (deploy/README.md).",
		    "/api/health answers %d: %.200s", seen.status, seen.body);
		return false;
	}
	doctor_good(d, "api", "/api/health answers through the web server");
	if (has(site, &seen, "Cache-Control", "no-store") && has(site, &seen, "X-Content-Type-Options", "nosniff") &&
	    header_of(site->arena, &seen, "X-Request-Id") != NULL)
		doctor_good(d, "api headers", "arrive as they were sent");
	else
		doctor_bad(d, "api headers", "Let the web server pass the headers of answers unchanged.",
		    "Cache-Control, X-Content-Type-Options or X-Request-Id is missing");
	return true;
}

/* By RFC 6750, WWW-Authenticate has `error` only if a token was sent.  So this shows whether the Authorization header
 * reaches Daybook. */
static void
check_authorization(struct doctor *d, const struct web_site *site)
{
	struct reply_seen without = ask_site(site, "/api/auth/me", "");
	struct reply_seen with = ask_site(site, "/api/auth/me", "Authorization: Bearer doctor\r\n");

	if (without.status != 401 || with.status != 401)
		doctor_bad(d, "authorization", "Mend what is bad above.",
		    "/api/auth/me answers %d and %d instead of 401", without.status, with.status);
	else if (!has(site, &with, "WWW-Authenticate", "invalid_token"))
		doctor_bad(d, "authorization", "Apache: CGIPassAuth On; nginx passes it by itself.",
		    "the header Authorization does not reach Daybook");
	else
		doctor_good(d, "authorization", "reaches Daybook");
}

static void
check_page(struct doctor *d, const struct web_site *site)
{
	struct reply_seen seen = ask_site(site, "/", "");

	if (seen.status != 200 || !has(site, &seen, "Content-Type", "text/html")) {
		doctor_warn(d, "web app",
		    "Serve the folder of the built web app, if people are to use it in a browser.",
		    "/ answers %d", seen.status);
		return;
	}
	doctor_good(d, "web app", "is served");
	if (!has(site, &seen, "Content-Security-Policy", "default-src 'self'"))
		doctor_bad(d, "page headers", "Take the add_header lines of deploy/nginx-site.conf.",
		    "/ comes without Content-Security-Policy: default-src 'self'");
	else if (!has(site, &seen, "X-Content-Type-Options", "nosniff"))
		doctor_bad(d, "page headers", "Take the add_header lines of deploy/nginx-site.conf.",
		    "/ comes without X-Content-Type-Options: nosniff");
	else
		doctor_good(d, "page headers", "are set");
	if (has(site, &seen, "Server", "/"))
		doctor_warn(d, "server name", "nginx: server_tokens off; Apache: ServerTokens Prod.",
		    "the web server tells its version");
}

/* Check that no such file is served.  A web app's own page for an unknown address is harmless; any other content is a
 * leak. */
static void
check_hidden_files(struct doctor *d, const struct web_site *site)
{
	static const char *const paths[] = {
		"/.env", "/.git/config", "/.htaccess", "/daybook.conf", "/schema/0001_core.sql", "/0001_core.sql",
		"/backup.sql", "/keys/", "/run/daybook.pid", NULL
	};
	size_t i, bad = 0;

	for (i = 0; paths[i] != NULL; i++) {
		struct reply_seen seen = ask_site(site, paths[i], "");

		if (seen.status != 200 || has(site, &seen, "Content-Type", "text/html"))
			continue;
		doctor_bad(d, "hidden files", "Keep settings, keys and SQL outside of the folder that is served.",
		    "%s can be read by anyone", paths[i]);
		bad++;
	}
	if (bad == 0)
		doctor_good(d, "hidden files", "dot files, settings and SQL are not served");
}

void
doctor_web(struct doctor *d, const char *url)
{
	struct web_site site = { .arena = d->worker->arena };

	if (!read_url(&site, url)) {
		doctor_bad(d, "url", "Give it as http://HOST:PORT.", "%s is not understood", url);
		return;
	}
	if (!check_health(d, &site))
		return;
	check_authorization(d, &site);
	check_page(d, &site);
	check_hidden_files(d, &site);
}
