/* device.h -- the devices of a user (installations of clients), and how far each has read in each space.  Clients keep
 * their own cursors.  What is stored here is shown to people, and serves the four endpoints for clients without a
 * cursor: schema/PROTOCOL.md 4, "Devices without a cursor". */
#ifndef DEVICE_H
#define DEVICE_H

#include "base/json_out.h"
#include "model/call.h"

/* Record that the device of the request, if it names one, is in use.  The workers of a host do that at most once in
 * ten minutes for each device, unless now.  name may be NULL. */
struct problem *device_seen(const struct call *call, const char *name, bool now) MUST_CHECK;

/* Record that the device has read the feed of its space up to seq. */
struct problem *device_reached(const struct call *call, int64_t seq) MUST_CHECK;

/* Put "devices":[…] of the person. */
struct problem *device_list(const struct call *call, struct json_out *out) MUST_CHECK;

/* Give a device another name.  PROBLEM_NOT_FOUND when the person has no such device. */
struct problem *device_rename(const struct call *call, const char *id, const char *name) MUST_CHECK;

/* Forget a device and sign it out.  PROBLEM_NOT_FOUND when the person has no such device. */
struct problem *device_forget(const struct call *call, const char *id) MUST_CHECK;

/* The four endpoints for devices without a cursor (schema/PROTOCOL.md 4).  A device is registered when it first asks,
 * as one that has read nothing.  device_check tells it whether there is anything new and offers it the present head.
 * device_synced records that it has read up to the head that was offered.  device_mark makes device_check answer this
 * device "needs update" even if the head has not moved; device_mark_others does so for the person's other devices. */
struct problem *device_check(const struct call *call, const char *device, bool *needs_update,
    const char **last_sync) MUST_CHECK;
struct problem *device_synced(const struct call *call, const char *device) MUST_CHECK;
struct problem *device_mark(const struct call *call, const char *device) MUST_CHECK;
struct problem *device_mark_others(const struct call *call, const char *device) MUST_CHECK;

#endif
