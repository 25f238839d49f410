/* request.c -- from CGI variables and a stream of bytes to a struct request, within limits.  The path comes from
 * REQUEST_URI alone, which no server on the way has decoded or normalised, and it is decoded exactly once.  Anything
 * odd is refused here, so that no other code ever sees a zero byte, bad UTF-8 or "..". */
#include "http/request.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/text.h"
#include "http/io.h"
#include "http/route.h"

enum {
	URI_MAX_BYTES = 16 * 1024,
	DRAIN_MAX = 16 << 20, /* bytes of an unread body that are read before the connection is closed */
	HEADER_MAX = 64       /* bytes of the name of a header */
};

/* The headers that are used.  Web servers let control bytes in values through; they are refused here. */
static const char *const headers_read[] = {
	"Authorization", "Content-Range", "Content-Type", "Cookie", "Host", "Idempotency-Key", "If-Match",
	"If-None-Match", "If-Range", "Origin", "Range", "Sec-Fetch-Site", "User-Agent", "X-API-Key", "X-Device-Id",
	NULL
};

/* A HEAD is noted in r->head. */
static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", NULL };

/* --- headers --- */

const char *
request_header(struct request *r, const char *name)
{
	char param[sizeof("HTTP_") + HEADER_MAX] = "HTTP_";
	size_t i, length = strlen(name);

	if (length > HEADER_MAX)
		return NULL;
	if (strcmp(name, "Content-Type") == 0)
		return io_param(r->io, "CONTENT_TYPE");
	for (i = 0; i < length; i++)
		param[sizeof("HTTP_") - 1 + i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
	return io_param(r->io, param);
}

static bool
has_control_bytes(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static struct problem *
check_headers(struct request *r)
{
	size_t i;

	for (i = 0; headers_read[i] != NULL; i++) {
		const char *value = request_header(r, headers_read[i]);

		if (value != NULL && has_control_bytes(value))
			return problem_at(r->a, PROBLEM_MALFORMED, headers_read[i],
			    "The header %s holds control bytes.", headers_read[i]);
	}
	return NULL;
}

/* Read a header that holds an id; NULL when it is absent. */
static struct problem *
read_id_header(struct request *r, const char *name, const char **value)
{
	*value = request_header(r, name);
	if (*value == NULL || id_valid(*value))
		return NULL;
	*value = NULL;
	return problem_at(r->a, PROBLEM_INVALID, name,
	    "%s must be 1 to 64 letters, digits and . _ : @ - and start with a letter or digit.", name);
}

/* The web server's id of this request (REQUEST_ID), which clients cannot set; else a new one. */
static const char *
read_request_id(struct request *r)
{
	const char *id = io_param(r->io, "REQUEST_ID");

	return id != NULL && id_valid(id) ? id : random_hex(r->a);
}

/* An IPv6 customer usually has a whole /64, so all addresses in it count as one network. */
static const char *
read_network(struct request *r)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	const char *address = io_param(r->io, "REMOTE_ADDR");
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];

	if (address == NULL)
		return "";
	if (inet_pton(AF_INET6, address, bytes) != 1)
		return inet_pton(AF_INET, address, bytes) == 1 ? address : "";
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		inet_ntop(AF_INET, bytes + sizeof(mapped), text, sizeof(text));
		return arena_strdup(r->a, text);
	}
	memset(bytes + 8, 0, 8);
	inet_ntop(AF_INET6, bytes, text, sizeof(text));
	return arena_printf(r->a, "%s/64", text);
}

/* --- method, path, query --- */

static struct problem *
read_method(struct request *r)
{
	const char *method = io_param(r->io, "REQUEST_METHOD");
	struct problem *p;
	size_t i;

	if (method == NULL)
		method = "";
	r->head = strcmp(method, "HEAD") == 0;
	if (r->head)
		method = "GET";
	for (i = 0; methods[i] != NULL; i++)
		if (strcmp(method, methods[i]) == 0) {
			r->method = methods[i];
			return NULL;
		}
	p = problem_new(r->a, PROBLEM_METHOD_NOT_ALLOWED, "This method is not known here.");
	p->allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
	return p;
}

/* Undo percent-encoding once; in a form, + is a space.  NULL when the result is not UTF-8 text without control
 * bytes. */
static const char *
decode(struct arena *a, const char *from, size_t length, bool form)
{
	bool strict;
	char *text = percent_decode(a, from, &length, form, &strict);

	if (!strict || memchr(text, '\0', length) != NULL || has_control_bytes(text) || !text_is_clean(text, length))
		return NULL;
	return text;
}

/* True when the path has an encoded slash: decoding it would change the segments of the path. */
static bool
hides_slash(const char *path, size_t length)
{
	size_t i;

	for (i = 0; i + 2 < length; i++)
		if (path[i] == '%' && path[i + 1] == '2' && tolower((unsigned char)path[i + 2]) == 'f')
			return true;
	return false;
}

/* True when no segment of the path is empty, "." or "..". */
static bool
is_plain(const char *path)
{
	while (*path == '/') {
		size_t length = strcspn(++path, "/");

		if (length == 0 || (length <= 2 && strncmp(path, "..", length) == 0))
			return false;
		path += length;
	}
	return *path == '\0';
}

static struct problem *
read_path(struct request *r, const char *uri, size_t length)
{
	if (length > PATH_MAX_BYTES)
		return problem_new(r->a, PROBLEM_TOO_LARGE, "The path is longer than %d bytes.", PATH_MAX_BYTES);
	if (uri[0] != '/')
		return problem_new(r->a, PROBLEM_MALFORMED, "The path does not start with a slash.");
	r->path = decode(r->a, uri, length, false);
	if (r->path == NULL)
		return problem_new(r->a, PROBLEM_MALFORMED,
		    "The path is not percent-encoded UTF-8 without control bytes.");
	if (hides_slash(uri, length) || !is_plain(r->path))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is nothing here.");
	return NULL;
}

/* Read one "name=value" of the query. */
static struct problem *
read_parameter(struct request *r, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals != NULL ? (size_t)(equals - text) : length;
	const char *name = decode(r->a, text, name_length, true);
	const char *value = equals != NULL
	    ? decode(r->a, equals + 1, length - name_length - 1, true) : arena_strdup(r->a, "");

	if (name == NULL || *name == '\0')
		return problem_new(r->a, PROBLEM_MALFORMED, "The query holds a parameter without a proper name.");
	if (value == NULL)
		return problem_at(r->a, PROBLEM_MALFORMED, name,
		    "The value of this parameter is not percent-encoded UTF-8 without control bytes.");
	if (r->query_count == QUERY_PARAMETERS_MAX)
		return problem_new(r->a, PROBLEM_MALFORMED,
		    "The query holds more than %d parameters.", QUERY_PARAMETERS_MAX);
	r->query[r->query_count++] = (struct query_parameter){ name, value };
	return NULL;
}

static struct problem *
read_query(struct request *r, const char *query)
{
	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		struct problem *p = length > 0 ? read_parameter(r, query, length) : NULL;

		if (p != NULL)
			return p;
		query += length;
		query += *query == '&';
	}
	return NULL;
}

static struct problem *
read_uri(struct request *r)
{
	const char *uri = io_param(r->io, "REQUEST_URI");
	struct problem *p;
	size_t length;

	if (uri == NULL)
		return problem_internal(r->a, "the web server does not pass REQUEST_URI");
	if (strlen(uri) > URI_MAX_BYTES)
		return problem_new(r->a, PROBLEM_TOO_LARGE, "The address is longer than %d bytes.", URI_MAX_BYTES);
	length = strcspn(uri, "?");
	if ((p = read_path(r, uri, length)) != NULL)
		return p;
	return read_query(r, uri[length] == '?' ? uri + length + 1 : "");
}

struct problem *
request_read(struct request *r)
{
	struct problem *p;

	r->id = read_request_id(r);
	r->network = read_network(r);
	r->started_at = instant_now();
	if ((p = read_method(r)) != NULL ||
	    (p = read_uri(r)) != NULL ||
	    (p = check_headers(r)) != NULL ||
	    (p = read_id_header(r, "X-Device-Id", &r->device_id)) != NULL ||
	    (p = read_id_header(r, "Idempotency-Key", &r->idempotency_key)) != NULL)
		return p;
	return NULL;
}

const char *
query_get(const struct request *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->query_count; i++)
		if (strcmp(r->query[i].name, name) == 0)
			return r->query[i].value;
	return NULL;
}

/* --- body --- */

/* Read CONTENT_LENGTH; absent and empty mean 0.  False when it is not a number. */
static bool
content_length(struct request *r, size_t *length)
{
	const char *text = io_param(r->io, "CONTENT_LENGTH");
	unsigned long long n;
	char *end;

	*length = 0;
	if (text == NULL || *text == '\0')
		return true;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0)
		return false;
	*length = (size_t)n;
	return true;
}

size_t
request_length(struct request *r)
{
	size_t length;

	return content_length(r, &length) ? length : 0;
}

/* True for application/json, alone or with charset=utf-8. */
static bool
is_json(const char *type)
{
	static const char json[] = "application/json";
	static const char *const charsets[] = { "charset=utf-8", "charset=\"utf-8\"", NULL };
	size_t i;

	if (type == NULL || strncasecmp(type, json, sizeof(json) - 1) != 0)
		return false;
	type += sizeof(json) - 1;
	type += strspn(type, " ");
	if (*type == '\0')
		return true;
	if (*type++ != ';')
		return false;
	type += strspn(type, " ");
	for (i = 0; charsets[i] != NULL; i++)
		if (strcasecmp(type, charsets[i]) == 0)
			return true;
	return false;
}

/* Read the whole body of length bytes.  A truncated body is refused: it may end in the middle of a number. */
static struct problem *
read_bytes(struct request *r, size_t length)
{
	char *body = arena_alloc(r->a, length + 1);

	while (r->body_length < length) {
		long n = io_read(r->io, body + r->body_length, length - r->body_length);

		if (n <= 0)
			return problem_new(r->a, PROBLEM_MALFORMED,
			    "The body ended after %zu of %zu bytes; nothing was done.", r->body_length, length);
		r->body_length += (size_t)n;
	}
	r->body = body;
	return NULL;
}

/* A request that writes has no query, except for uploads and imports, whose body is the file. */
struct problem *
request_read_body(struct request *r)
{
	enum input input = r->route->input;
	size_t length, max = r->route->body_max != 0 ? r->route->body_max : BODY_MAX;
	bool json = input == INPUT_JSON || input == INPUT_OPTIONAL;
	bool lenient = r->dialect != NULL;
	struct problem *p;

	r->body = "";
	if (strcmp(r->method, "GET") != 0 && input != INPUT_RAW && r->query_count > 0 && !lenient)
		return problem_at(r->a, PROBLEM_UNKNOWN_FIELD, r->query[0].name, "This parameter is not known here.");
	if (input == INPUT_NONE)
		return NULL;
	if (!content_length(r, &length))
		return problem_at(r->a, PROBLEM_MALFORMED, "Content-Length", "The length of the body is not a number.");
	if (length > max)
		return problem_new(r->a, PROBLEM_TOO_LARGE,
		    "The body may have %zu bytes, this one has %zu.", max, length);
	if (length == 0 && input == INPUT_JSON && !lenient)
		return problem_new(r->a, PROBLEM_MALFORMED, "A JSON object is expected, the body is empty.");
	if (length == 0 && input != INPUT_JSON)
		return NULL;
	if (json && !lenient && !is_json(request_header(r, "Content-Type")))
		return problem_at(r->a, PROBLEM_MEDIA_TYPE, "Content-Type",
		    "The body must be application/json in UTF-8.");
	if ((p = read_bytes(r, length)) != NULL || !json)
		return p;
	return json_parse_object(r->a, r->body, r->body_length, &r->input);
}

void
request_drain(struct request *r)
{
	char scrap[16 * 1024];
	size_t length, left;

	if (!content_length(r, &length) || length <= r->body_length)
		return;
	left = length - r->body_length;
	if (left > DRAIN_MAX)
		left = DRAIN_MAX;
	while (left > 0) {
		long n = io_read(r->io, scrap, left < sizeof(scrap) ? left : sizeof(scrap));

		if (n <= 0)
			return;
		left -= (size_t)n;
	}
}
