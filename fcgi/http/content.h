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

/* Answer with a whole file that the person may read: 200, 206, or 304 where they have it.  PROBLEM_RANGE for a range
 * behind its end. */
struct problem *content_reply(struct request *r, const struct file *file) MUST_CHECK;

#endif
