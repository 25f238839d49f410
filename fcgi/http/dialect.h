/* dialect.h -- under some paths Daybook speaks the wire format of another system, whose clients know only that system's
 * errors and preflight.  Every error under such a path has that system's format, even one that is found before the
 * handler runs. */
#ifndef DIALECT_H
#define DIALECT_H

#include "http/request.h"

struct dialect {
	const char *prefix; /* of the paths that it is for */
	const char *methods, *headers, *max_age; /* what its preflight allows */
	const char *cookie; /* the name of the cookie in which a browser may show its token; NULL: none is read */
	/* Prepare status and body; the caller adds the headers. */
	void (*refuse)(struct request *r, const struct problem *p);
};

#endif
