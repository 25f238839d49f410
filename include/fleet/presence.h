/* presence.h -- who is present in a space: clients report from time to time, and each report counts for
 * PRESENCE_MINUTES.  There is one row for each client, however often its connection breaks. */
#ifndef PRESENCE_H
#define PRESENCE_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	PRESENCE_MINUTES = 5,
	PRESENCE_CLIENTS_MAX = 100 /* of one person in a space; those that are silent longest are forgotten */
};

struct presence {
	const char *id;
	int64_t started_at, last_at; /* instants */
};

/* A client of the person is present in the space of the call.  client names it among the person's own (a device, a tab;
 * at most 64 bytes); NULL means the device of the request, or else its session.  info may be NULL; it is cut to 255
 * characters. */
struct problem *presence_seen(const struct call *call, const char *client, const char *info,
    struct presence *presence) MUST_CHECK;

/* The client has left.  *found is false when it was not present. */
struct problem *presence_end(const struct call *call, const char *client, bool *found) MUST_CHECK;

/* How many people are present in the space of the call. */
struct problem *presence_count(const struct call *call, int64_t *people) MUST_CHECK;

/* Put "activeUsers":n,"people":[{"user","name","startedAt","lastActiveAt","clients"}]: the most recent 200. */
struct problem *presence_list(const struct call *call, struct json_out *out) MUST_CHECK;

#endif
