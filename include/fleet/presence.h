/* presence.h -- who is about in a space: clients report in now and then, and count for five minutes.  One row a client, however often
 * its connection comes and goes. */
#ifndef PRESENCE_H
#define PRESENCE_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	PRESENCE_MINUTES = 5
};

struct presence {
	const char *id;
	int64_t started_at, last_at; /* instants */
};

/* A client of the person is about in his space: begin, or go on.  client names it among his own (a device, a tab; at most 64 bytes);
 * NULL: the device of the request, else its session.  info may be NULL; it is cut to 255 characters. */
struct problem *presence_seen(const struct call *call, const char *client, const char *info,
    struct presence *presence) MUST_CHECK;

/* It has left.  *found false when it was not about. */
struct problem *presence_end(const struct call *call, const char *client, bool *found) MUST_CHECK;

/* How many people are about in the space. */
struct problem *presence_count(const struct call *call, int64_t *people) MUST_CHECK;

/* Put "activeUsers":n,"people":[{"user","name","startedAt","lastActiveAt","clients"}]: the most recent 200. */
struct problem *presence_list(const struct call *call, struct json_out *out) MUST_CHECK;

#endif
