/* dialect.h -- under some addresses Daybook speaks the wire format of another system, whose clients know only that
 * system's errors and preflight.  Every refusal there is in these words, however early in the path of a request it
 * happens. */
#ifndef DIALECT_H
#define DIALECT_H

#include "http/request.h"

struct dialect {
	const char *prefix; /* of its paths */
	const char *methods, *headers, *max_age; /* what its preflight allows */
	/* Prepare status and body; the caller adds the headers. */
	void (*refuse)(struct request *r, const struct problem *p);
};

#endif
