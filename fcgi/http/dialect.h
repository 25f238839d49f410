/* dialect.h -- under some addresses Daybook speaks as another system does: its clients know that system's words for what went wrong,
 * and its preflight.  Whatever is refused there, by whoever and however early, is said in these words. */
#ifndef DIALECT_H
#define DIALECT_H

#include "http/request.h"

struct dialect {
	const char *prefix; /* of its paths */
	const char *methods, *headers, *max_age; /* what its preflight allows */
	void (*refuse)(struct request *r, const struct problem *p); /* prepares status and body; headers are added behind it */
};

#endif
