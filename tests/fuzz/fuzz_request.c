/* fuzz_request.c -- arbitrary bytes as a request: its line, its headers ("Name: value" lines), an empty line, a body.
 * What request_read accepts is clean, a route that is found fits its own rules, and the response is
 * well-formed HTTP whose body, if it is a problem, is valid JSON. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/log.h"
#include "http/content.h"
#include "http/io.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/collection.h"
#include "routes.h"
#include "transfer/upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum {
	VARIABLES_MAX = 64
};

struct server {
	struct { const char *name, *value; } variables[VARIABLES_MAX];
	size_t count;
	const char *body;
	size_t body_size, body_at;
	struct buf sent;
};

static const struct collection all[] = { { .name = "cars" }, { .name = "tasks" } };
static const struct collections known = { .all = all, .count = 2 };

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

/* --- the web server --- */

static const char *
param(struct io *io, const char *name)
{
	const struct server *s = io->state;

	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->variables[i].name, name) == 0)
			return s->variables[i].value;
	return NULL;
}

static long
read_some(struct io *io, char *bytes, size_t room)
{
	struct server *s = io->state;
	size_t n = s->body_size - s->body_at;

	n = n < room ? n : room;
	n = n < 5 ? n : 5;
	memcpy(bytes, s->body + s->body_at, n);
	s->body_at += n;
	return (long)n;
}

static int
take(struct io *io, const char *bytes, size_t size)
{
	struct server *s = io->state;

	buf_add(&s->sent, bytes, size);
	return 0;
}

/* Nothing here streams. */
static void
spoil(struct io *io)
{
	(void)io;
	abort();
}

static const struct io_way way = { param, read_some, take, spoil };

static void
set(struct server *s, const char *name, const char *value)
{
	if (s->count < VARIABLES_MAX) {
		s->variables[s->count].name = name;
		s->variables[s->count].value = value;
		s->count++;
	}
}

/* "If-Match" becomes HTTP_IF_MATCH; two names have no HTTP_. */
static const char *
variable_name(struct arena *a, const char *header)
{
	char *name = arena_printf(a, "HTTP_%s", header);

	for (char *at = name; *at != '\0'; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	return strcmp(name, "HTTP_CONTENT_TYPE") == 0 || strcmp(name, "HTTP_CONTENT_LENGTH") == 0 ? name + 5 : name;
}

/* text is changed: its lines become variables.  What follows the empty line is the body. */
static void
fill(struct arena *a, struct server *s, char *text, size_t size)
{
	char *end = text + size, *line = text, *next = memchr(line, '\n', size);
	char *space = strchr(line, ' ');

	if (next != NULL)
		*next = '\0';
	if (space != NULL && (next == NULL || space < next)) {
		*space = '\0';
		set(s, "REQUEST_URI", space + 1);
	}
	set(s, "REQUEST_METHOD", line);
	while (next != NULL && (line = next + 1) < end && *line != '\n') {
		char *colon;

		next = memchr(line, '\n', (size_t)(end - line));
		if (next != NULL)
			*next = '\0';
		if ((colon = strchr(line, ':')) == NULL)
			continue;
		*colon = '\0';
		set(s, variable_name(a, line), colon + 1 + strspn(colon + 1, " "));
	}
	s->body = next != NULL && next + 1 < end ? next + 2 : end;
	s->body_size = (size_t)(end - s->body);
}

/* --- what must hold --- */

static void
check_request(const struct request *r)
{
	demand(r->method != NULL && r->path[0] == '/' && strstr(r->path, "//") == NULL &&
	    strstr(r->path, "/../") == NULL);
	demand(text_is_clean(r->path, strlen(r->path)));
	demand(r->query_count <= QUERY_PARAMETERS_MAX);
	for (size_t i = 0; i < r->query_count; i++) {
		demand(r->query[i].name[0] != '\0' && text_is_clean(r->query[i].value, strlen(r->query[i].value)));
		demand(query_get(r, r->query[i].name) != NULL);
	}
	demand(r->device_id == NULL || id_valid(r->device_id));
	demand(r->idempotency_key == NULL || id_valid(r->idempotency_key));
}

static void
check_route(const struct request *r)
{
	demand(strcmp(r->route->method, r->method) == 0);
	demand(r->record_id == NULL || (r->collection != NULL && id_valid(r->record_id)));
	demand(r->space == NULL || id_valid(r->space));
	demand((strstr(r->route->pattern, ":collection") != NULL) == (r->collection != NULL));
}

/* A range lies in the file, however long that is, and a piece in the whole that it is of. */
static void
check_ranges(struct request *r)
{
	static const int64_t sizes[] = { 1, 2, 100, 1 << 20, INT64_MAX };
	const char *range = request_header(r, "Range");
	struct content_span span;
	struct upload_piece piece;

	for (size_t i = 0; range != NULL && i < sizeof sizes / sizeof sizes[0]; i++) {
		(void)content_range(range, sizes[i], &span);
		demand(span.from >= 0 && span.from <= span.to && span.to < sizes[i]);
	}
	if (files_read_piece(r, &piece) == NULL)
		demand(piece.at >= 0 && piece.total >= 0 && (int64_t)piece.length <= piece.total - piece.at);
}

/* A moment that is read is written as one that reads the same. */
static void
check_moment(struct request *r)
{
	const char *text = query_get(r, "at");
	int64_t at, again;

	if (text != NULL && instant_parse(text, &at))
		demand(instant_parse(instant_text(r->a, at), &again) && again == at);
}

/* Lines "Name: value" of printable characters, then an empty one. */
static void
check_answer(const struct server *s, const struct request *r)
{
	const char *line = s->sent.text, *end = strstr(line, "\r\n\r\n");
	struct json_object *tree;

	demand(end != NULL && strncmp(line, "Status: ", 8) == 0);
	for (const char *at = line; at < end; at++)
		demand((*at >= 0x20 && *at <= 0x7e) || *at == '\r' || *at == '\n');
	if (r->status >= 400 && !r->head)
		demand(json_parse_object(r->a, end + 4, strlen(end + 4), &tree) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *a = arena_new();
	struct worker w = { .arena = a, .collections = &known, .config = { .origins = "https://app.example.org" } };
	struct server s = { 0 };
	struct io io = { &way, &s };
	struct request *r = arena_alloc(a, sizeof(*r));
	struct problem *p;

	log_set_level(LOG_LEVEL_ERROR);
	buf_init(&s.sent, a);
	fill(a, &s, arena_memdup(a, bytes, size), size);
	*r = (struct request){ .worker = &w, .a = a, .io = &io, .body = "" };
	buf_init(&r->out, a);
	if ((p = request_read(r)) == NULL) {
		check_request(r);
		p = route_find(r);
	}
	if (p == NULL) {
		check_route(r);
		p = request_read_body(r);
	}
	if (p == NULL)
		p = request_read_members(r);
	if (p == NULL) {
		check_ranges(r);
		check_moment(r);
	}
	if (p != NULL)
		reply_problem(r, p);
	else
		reply_not_modified(r, reply_matches(r, "\"e-1\"") ? "\"e-1\"" : "\"e-2\"");
	request_drain(r);
	reply_send(r);
	check_answer(&s, r);
	arena_free(a);
	return 0;
}
