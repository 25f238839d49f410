/* request.h -- one request, read within limits before anything else uses it, and the reply that is prepared for it. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_out.h"
#include "http/worker.h"
#include "model/call.h"

struct dialect;
struct route;
struct collection;
struct given;
struct handheld;

enum {
	BODY_MAX = 1 << 20,         /* bytes of a body, unless the route says otherwise */
	QUERY_PARAMETERS_MAX = 64,
	PATH_MAX_BYTES = 1024,
	HEADERS_MAX = 16
};

struct query_parameter {
	const char *name, *value; /* percent-decoded UTF-8 without NUL */
};

struct reply_header {
	const char *name, *value;
};

/* A request, what is known about it so far, and its answer. */
struct request {
	struct worker *worker;
	struct arena *a;      /* owns everything of this request */
	struct db *db;
	struct call call;     /* the first argument of functions in lib/: a, db, the definitions and person */
	bool looks_back;      /* the connection reads the records as they were then (record/then.h) */
	struct io *io;
	int64_t started_at;   /* an instant */
	const char *id;       /* nginx's $request_id, or one made here */

	/* request line */
	const char *method;   /* "GET", also for a HEAD, which is a GET without a body */
	bool head;            /* it was a HEAD */
	const char *path;     /* percent-decoded once, from REQUEST_URI: no empty, "." or ".." segments */
	const char *space;    /* of /api/spaces/:space/…, else NULL; the prefix is removed from path */
	struct query_parameter query[QUERY_PARAMETERS_MAX];
	size_t query_count;
	const struct dialect *dialect; /* if the path speaks another system's wire format; else NULL */

	/* route */
	const struct route *route;
	const char *params[4]; /* the values of :names in the route's pattern, in order */
	const struct collection *collection; /* when the pattern has :collection */
	const char *record_id;               /* when the pattern has :id after :collection */

	/* who */
	struct person person;
	bool by_ticket;       /* a browser fetches a file by a plain link */
	struct handheld *handheld; /* on a route for handhelds, where there is no person */
	const char *network;  /* the client's address, an IPv6 one cut to /64: for throttling */
	const char *device_id; /* X-Device-Id, checked; or NULL */
	const char *idempotency_key; /* Idempotency-Key, checked; or NULL */

	struct turn light_turn, turn; /* taken for it, see answer.c */

	/* body */
	const char *body;     /* NUL-terminated */
	size_t body_length;   /* bytes read of it so far */
	struct json_object *input; /* the parsed object for routes that take JSON, else NULL */
	struct given *given;  /* the checked values of query and body: member.h reads them */

	/* reply: reply_send sends it at the end, unless reply_stream_start was called */
	int status;
	struct reply_header headers[HEADERS_MAX];
	size_t header_count;
	struct buf out;       /* the body */
	struct json_out json; /* writes the body if it is an object (reply_object) */
	bool streaming, headers_sent, client_gone;
};

/* A header of the request by its name ("If-Match"), or NULL.  Those that request.c lists have no control bytes. */
const char *request_header(struct request *r, const char *name);

/* The first parameter of the query with this name, unchecked; or NULL.  Handlers use member.h, which has checked it. */
const char *query_get(const struct request *r, const char *name);

/* Read the request line and headers: 400, 404 (a path that cannot exist), 405 (unknown method), 413. */
struct problem *request_read(struct request *r) MUST_CHECK;

/* How long the body says it is, before it is read; 0 if it does not say so. */
size_t request_length(struct request *r);

/* Read the whole body (CONTENT_LENGTH bytes, else 400) and parse it where the route takes JSON: 400, 413, 415.  A write
 * by JSON must have no query.  In a dialect, Content-Type is not needed and the query is ignored, as in the original
 * system. */
struct problem *request_read_body(struct request *r) MUST_CHECK;

/* Read what is left of the body.  If a connection is closed with unread bytes, the answer may be lost. */
void request_drain(struct request *r);

#endif
