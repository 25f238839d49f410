/* content.h -- the content of a file as the answer to a GET: with its ETag, and with a range of it where one is asked
 * for. */
#ifndef CONTENT_H
#define CONTENT_H

#include "http/request.h"
#include "record/file.h"

/* Answer with a whole file that the person may read: 200, 206, or 304 where they have it.  PROBLEM_RANGE for a range
 * behind its end. */
struct problem *content_reply(struct request *r, const struct file *file) MUST_CHECK;

#endif
