/* reply.c -- prepares and sends the answer.  Handlers prepare it in the request; here it becomes bytes, with the
 * headers that every answer has.  CGI and FastCGI both take the status as a header. */
#include "http/reply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/log.h"
#include "http/dialect.h"
#include "http/io.h"

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
	{ 507, "Insufficient Storage" },
};

static const char *
reason_of(int status)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Answer";
}

/* --- what handlers call --- */

static bool
is_header_text(const char *value)
{
	for (; *value != '\0'; value++)
		if ((unsigned char)*value < 0x20 || (unsigned char)*value > 0x7e)
			return false;
	return true;
}

void
reply_header(struct request *r, const char *name, const char *value)
{
	size_t i = 0;

	if (!is_header_text(value)) {
		log_line(LOG_LEVEL_ERROR, "reply-header",
		    "id=%s header=%s cause=\"a value that cannot be sent\"", r->id, name);
		return;
	}
	while (i < r->header_count && strcasecmp(r->headers[i].name, name) != 0)
		i++;
	if (i == HEADERS_MAX)
		abort();
	r->headers[i] = (struct reply_header){ name, arena_strdup(r->a, value) };
	if (i == r->header_count)
		r->header_count++;
}

void
reply_attachment(struct request *r, const char *name)
{
	reply_header(r, "Content-Disposition",
	    r->by_ticket ? "attachment" : arena_printf(r->a, "attachment; filename=\"%s\"", name));
}

/* Drop what was prepared, and begin an answer. */
static void
reply_begin(struct request *r, int status)
{
	r->status = status;
	r->streaming = false;
	buf_init(&r->out, r->a);
	json_out_start(&r->json, &r->out);
}

struct buf *
reply_json(struct request *r, int status)
{
	reply_begin(r, status);
	reply_header(r, "Content-Type", "application/json");
	return &r->out;
}

struct json_out *
reply_object(struct request *r, int status)
{
	reply_json(r, status);
	put_object(&r->json, NULL);
	if (status == 200)
		call_put_moment(&r->call, &r->json);
	return &r->json;
}

void
reply_nothing(struct request *r)
{
	reply_begin(r, 204);
}

void
reply_not_modified(struct request *r, const char *etag)
{
	r->header_count = 0;
	reply_begin(r, 304);
	reply_header(r, "ETag", etag);
}

static const char *
without_weakness(const char *etag)
{
	return strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
}

bool
reply_matches(struct request *r, const char *etag)
{
	const char *list = request_header(r, "If-None-Match");
	size_t size;

	etag = without_weakness(etag);
	size = strlen(etag);
	if (list == NULL)
		return false;
	if (strcmp(list, "*") == 0)
		return true;
	/* Daybook's ETags contain neither quotes nor commas, so it is enough to search for the tag with its quotes. */
	while (*list != '\0') {
		list += strspn(list, " \t,");
		list = without_weakness(list);
		if (strncmp(list, etag, size) == 0 && strchr(" \t,", list[size]) != NULL)
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

/* The value of WWW-Authenticate.  By RFC 6750 it names an error only when the request had a token. */
static const char *
challenge(struct request *r)
{
	bool shown = request_header(r, "Authorization") != NULL || request_header(r, "X-API-Key") != NULL;

	return shown ? "Bearer realm=\"daybook\", error=\"invalid_token\"" : "Bearer realm=\"daybook\"";
}

static void
prepare_problem(struct request *r, const struct problem *p)
{
	reply_begin(r, problem_kinds[p->kind].status);
	reply_header(r, "Content-Type", "application/problem+json");
	buf_text(&r->out, problem_json(r->a, p, r->id));
}

void
reply_problem(struct request *r, struct problem *p)
{
	const struct dialect *dialect = r->dialect;

	r->header_count = 0;
	if (dialect != NULL)
		dialect->refuse(r, p);
	else
		prepare_problem(r, p);
	if (p->kind == PROBLEM_UNAUTHORIZED)
		reply_header(r, "WWW-Authenticate", challenge(r));
	if (p->scope != NULL) /* RFC 6750, 3.1 */
		reply_header(r, "WWW-Authenticate", arena_printf(r->a,
		    "Bearer realm=\"daybook\", error=\"insufficient_scope\", scope=\"%s\"", p->scope));
	if (p->allow != NULL)
		reply_header(r, "Allow", p->allow);
	if (p->range != NULL)
		reply_header(r, "Range", p->range);
	if (p->content_range != NULL)
		reply_header(r, "Content-Range", p->content_range);
	if (p->retry_after > 0)
		reply_header(r, "Retry-After", arena_printf(r->a, "%d", p->retry_after));
}

/* --- CORS --- */

/* The request's Origin, as the setting `origins` spells it, if it is listed there; else NULL. */
static const char *
listed_origin(struct request *r)
{
	const char *origin = request_header(r, "Origin");
	const char *list = r->worker->config.origins;

	if (origin == NULL || list == NULL || *origin == '\0')
		return NULL;
	while (*list != '\0') {
		size_t length;

		list += strspn(list, " ");
		length = strcspn(list, " ");
		if (length > 0 && length == strlen(origin) && strncmp(list, origin, length) == 0)
			return arena_strndup(r->a, list, length);
		list += length;
	}
	return NULL;
}

void
reply_preflight(struct request *r)
{
	const struct dialect *dialect = r->dialect;

	r->header_count = 0;
	reply_begin(r, 200);
	reply_header(r, "Access-Control-Allow-Methods", dialect->methods);
	reply_header(r, "Access-Control-Allow-Headers", dialect->headers);
	reply_header(r, "Access-Control-Max-Age", dialect->max_age);
}

void
reply_options(struct request *r, const char *allow)
{
	r->header_count = 0;
	reply_begin(r, 204);
	reply_header(r, "Allow", allow);
	if (listed_origin(r) == NULL)
		return;
	reply_header(r, "Access-Control-Allow-Methods", allow);
	reply_header(r, "Access-Control-Allow-Headers",
	    "Authorization, Content-Range, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, "
	    "Range, X-API-Key, X-Device-Id");
	reply_header(r, "Access-Control-Max-Age", "600");
}

/* Cookies are never allowed for other origins.  Clients of a dialect may send credentials anyway; there are no cookies
 * to read. */
static void
add_origin(struct request *r, struct buf *head)
{
	const char *origin = listed_origin(r);

	if (r->worker->config.origins != NULL && *r->worker->config.origins != '\0')
		buf_text(head, "Vary: Origin\r\n");
	if (origin == NULL)
		return;
	buf_printf(head, "Access-Control-Allow-Origin: %s\r\n", origin);
	if (r->dialect != NULL)
		buf_text(head, "Access-Control-Allow-Credentials: true\r\n");
	buf_text(head, "Access-Control-Expose-Headers: Content-Disposition, Content-Range, ETag, Location, Range, "
	    "Retry-After, X-Request-Id\r\n");
}

/* --- out --- */

static bool
has_header(struct request *r, const char *name)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return true;
	return false;
}

static void
add_headers(struct request *r, struct buf *head)
{
	size_t i;

	buf_printf(head, "Status: %d %s\r\n", r->status, reason_of(r->status));
	for (i = 0; i < r->header_count; i++)
		buf_printf(head, "%s: %s\r\n", r->headers[i].name, r->headers[i].value);
	buf_printf(head, "X-Request-Id: %s\r\n", r->id);
	buf_text(head, "X-Content-Type-Options: nosniff\r\n");
	if (!has_header(r, "Cache-Control"))
		buf_text(head, "Cache-Control: no-store\r\n");
	add_origin(r, head);
	if (!r->streaming && r->status != 204 && r->status != 304)
		buf_printf(head, "Content-Length: %zu\r\n", r->out.length);
	buf_text(head, "\r\n");
}

static void
write_out(struct request *r, const char *bytes, size_t size)
{
	if (!r->client_gone && size > 0 && io_write(r->io, bytes, size) != 0)
		r->client_gone = true;
}

static void
send_headers(struct request *r)
{
	struct buf head;

	buf_init(&head, r->a);
	add_headers(r, &head);
	write_out(r, head.text, head.length);
	r->headers_sent = true;
}

void
reply_stream_start(struct request *r, int status, const char *content_type)
{
	reply_begin(r, status);
	r->streaming = true;
	reply_header(r, "Content-Type", content_type);
}

void
reply_stream(struct request *r, const char *bytes, size_t size)
{
	if (!r->headers_sent)
		send_headers(r);
	if (!r->head)
		write_out(r, bytes, size);
}

void
reply_send(struct request *r)
{
	if (r->headers_sent)
		return;
	if (!json_out_is_whole(&r->json))
		put_end(&r->json);
	if (!json_out_is_whole(&r->json)) /* the handler left an object or array open */
		reply_problem(r, problem_internal(r->a, "the answer is not whole"));
	send_headers(r);
	if (!r->streaming && !r->head && r->status != 204 && r->status != 304)
		write_out(r, r->out.text, r->out.length);
}
