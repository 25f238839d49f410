/* reply.h -- the answer: status, headers, body.  Nothing reaches the client before reply_send, so a problem found late can still
 * be the answer; only exports stream. */
#ifndef REPLY_H
#define REPLY_H

#include "http/request.h"

/* Set a header; value is copied.  It must be a token, a number, base64url or a path of ours: never text of a client. */
void reply_header(struct request *r, const char *name, const char *value);

/* A JSON answer: status, then the caller appends to r->out.  Returns r->out. */
struct buf *reply_json(struct request *r, int status);

/* A JSON answer that is one object: status, then the caller puts its members.  It is open already, and reply_send ends it. */
struct json_out *reply_object(struct request *r, int status);

/* 204 without a body. */
void reply_nothing(struct request *r);

/* 304 with the ETag. */
void reply_not_modified(struct request *r, const char *etag);

/* True when If-None-Match names etag ("\"…\"" with quotes; weak comparison, lists and * allowed). */
bool reply_matches(struct request *r, const char *etag);

/* Turn the reply into problem p, dropping what was prepared; where another system's dialect is spoken, in its words. */
void reply_problem(struct request *r, struct problem *p);

/* 204 with Allow, and for a page of a listed origin what it may send. */
void reply_options(struct request *r, const char *allow);

/* 200 with what a dialect lets pages of listed origins send, whatever the address. */
void reply_preflight(struct request *r);

/* Start an answer that is written piece by piece: headers go out at the first write. */
void reply_stream_start(struct request *r, int status, const char *content_type);
void reply_stream(struct request *r, const char *bytes, size_t size);

/* Send what was prepared (nothing more for a stream). */
void reply_send(struct request *r);

#endif
