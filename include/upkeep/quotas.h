/* quotas.h -- for the operator: how full the spaces are, limits of one space, and counting anew what a space holds. */
#ifndef QUOTAS_H
#define QUOTAS_H

#include "record/quota.h"

enum {
	QUOTA_NEAR_PERCENT = 90 /* from here on the operator is told */
};

struct space_held {
	const char *id, *kind, *name;
	const char *owner; /* an e-mail address; NULL when everybody has left */
	struct amount holds, may;
};

/* Call each for every space that is not deleted and at least so many percent full.  What it is given is gone when it
 * returns. */
struct problem *quotas_each(const struct call *call, int64_t percent,
    void (*each)(const struct space_held *space, void *arg), void *arg) MUST_CHECK;

/* How many spaces are at least QUOTA_NEAR_PERCENT full. */
struct problem *quotas_near(const struct call *call, int *count) MUST_CHECK;

/* Limits of one space: of each NULL changes nothing, a number below 0 returns to the settings, 0 is no limit.
 * PROBLEM_NOT_FOUND when there is no such space. */
struct problem *quota_set(struct db *db, struct arena *a, const char *space, const int64_t *records,
    const int64_t *bytes) MUST_CHECK;

/* Count anew what a space holds, under its lock.  *right is true when its row said so already.  A deleted space is not
 * counted, because it may be half erased: PROBLEM_NOT_FOUND. */
struct problem *quota_recount(struct db *db, struct arena *a, const char *space, bool *right) MUST_CHECK;

#endif
