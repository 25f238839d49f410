/* reply.h -- the answer: status, headers, body.  A handler prepares it and reply_send sends it, so a problem that is
 * found late can still be the answer.  Exports, reports and files are streamed instead. */
#ifndef REPLY_H
#define REPLY_H

#include "http/request.h"

/* Set a header; value is copied.  It must be a token, a number, base64url or a path of the API, never a client's
 * text. */
void reply_header(struct request *r, const char *name, const char *value);

/* The body is a file to be saved under this name.  A page that fetches it by a plain link has a name of its own, which
 * a browser takes where none is sent. */
void reply_attachment(struct request *r, const char *name);

/* Begin a JSON answer with this status.  The caller appends to the returned r->out. */
struct buf *reply_json(struct request *r, int status);

/* Begin a JSON answer that is one object.  The object is open; the caller puts its members, and reply_send ends it. */
struct json_out *reply_object(struct request *r, int status);

/* 204 without a body. */
void reply_nothing(struct request *r);

/* 304 with the ETag alone; what was prepared before is dropped. */
void reply_not_modified(struct request *r, const char *etag);

/* True when If-None-Match names etag ("\"…\"" with quotes; weak comparison, lists and * allowed). */
bool reply_matches(struct request *r, const char *etag);

/* Drop what was prepared and make the problem p the answer (RFC 9457), in the format of the path's dialect if it has
 * one. */
void reply_problem(struct request *r, struct problem *p);

/* The answer to OPTIONS: 204 with Allow.  For an origin in the setting `origins`, it also has the headers of a CORS
 * preflight. */
void reply_options(struct request *r, const char *allow);

/* The answer to OPTIONS in a dialect: 200 for every path, with the headers of its CORS preflight for those origins. */
void reply_preflight(struct request *r);

/* Begin an answer that is written piece by piece with reply_stream.  Status and headers go out with the first piece;
 * after that, the only answer to a failure is to break off. */
void reply_stream_start(struct request *r, int status, const char *content_type);
void reply_stream(struct request *r, const char *bytes, size_t size);

/* Send what was prepared.  For a stream there is nothing more to send. */
void reply_send(struct request *r);

#endif
