/* content.h -- the content of a file as the answer to a GET: with its ETag, and with a range of it where one is asked
 * for. */
#ifndef CONTENT_H
#define CONTENT_H

#include "http/request.h"
#include "record/file.h"

/* Bytes [from, to] of a file. */
struct content_span {
	int64_t from, to;
};

enum content_part {
	CONTENT_WHOLE,
	CONTENT_SPAN,
	CONTENT_BEHIND               /* the file ends before it */
};

/* What a Range header asks of a file of so many bytes: "bytes=0-99", "bytes=100-" or "bytes=-100".  Everything else,
 * several ranges too, is ignored (RFC 9110, 14.2): then *span is the whole file.  It always lies within the file. */
enum content_part content_range(const char *text, int64_t size, struct content_span *span);

/* What a request for something of so many bytes with this strong ETag ("\"…\"" with quotes) wants: all of it, or a
 * range (RFC 9110, 14.2).  If-Range with anything but the ETag asks for all, and so does HEAD.  PROBLEM_RANGE for a
 * range behind the end. */
struct problem *content_asked(struct request *r, const char *etag, int64_t size, struct content_span *span,
    bool *partial) MUST_CHECK;

/* The headers of it: Accept-Ranges, Content-Length, and Content-Range where it is a part. */
void content_put_span(struct request *r, const struct content_span *span, bool partial, int64_t size);

/* Answer with a whole file that the person may read: 200, 206, or 304 where they have it.  PROBLEM_RANGE for a range
 * behind its end. */
struct problem *content_reply(struct request *r, const struct file *file) MUST_CHECK;

#endif
