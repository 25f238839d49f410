/* report_round.h -- what no write tells: reports that have waited for long, or wait for somebody else since the
 * employees have changed, and weeks of too many hours. */
#ifndef REPORT_ROUND_H
#define REPORT_ROUND_H

#include "model/call.h"

/* Look through all spaces, and tell people what they were not told yet.  *count is how many were told.  A failure in
 * one space does not stop the round for the others; the first one is returned.  The housekeeper calls it every
 * minute. */
struct problem *report_round(const struct call *call, int64_t *count) MUST_CHECK;

#endif
