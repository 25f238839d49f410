/* device.h -- installations of clients: where each stands in each space.  Cursors are the clients' own; what is kept here is for
 * people who look, and for seed 003's four endpoints. */
#ifndef DEVICE_H
#define DEVICE_H

#include "base/json_out.h"
#include "model/call.h"

/* Note that person->device_id (when there is one) is about; at most once in ten minutes a worker and device, unless now. */
struct problem *device_seen(const struct call *call, const char *name, bool now) MUST_CHECK;

/* Note that it has read the feed of its space up to seq. */
struct problem *device_reached(const struct call *call, int64_t seq) MUST_CHECK;

/* Put "devices":[…] of the user. */
struct problem *device_list(const struct call *call, struct json_out *out) MUST_CHECK;

/* PROBLEM_NOT_FOUND when the user has no such device. */
struct problem *device_rename(const struct call *call, const char *id, const char *name) MUST_CHECK;

/* Forget a device and sign it out. */
struct problem *device_forget(const struct call *call, const char *id) MUST_CHECK;

/* Seed 003.  A device is registered at first sight, with nothing read.  device_check offers it the present head; device_synced moves
 * it to what was offered and no further; device_mark and device_mark_others ask for another look whatever the heads say. */
struct problem *device_check(const struct call *call, const char *device, bool *needs_update,
    const char **last_sync) MUST_CHECK;
struct problem *device_synced(const struct call *call, const char *device) MUST_CHECK;
struct problem *device_mark(const struct call *call, const char *device) MUST_CHECK;
struct problem *device_mark_others(const struct call *call, const char *device) MUST_CHECK;

#endif
