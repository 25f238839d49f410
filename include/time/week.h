/* week.h -- on which day weeks begin, which decides how far a period locks. */
#ifndef TIME_WEEK_H
#define TIME_WEEK_H

#include "base/instant.h"
#include "model/call.h"

/* The first and the last day of the week that day (a valid date) lies in, by the rules of the space that hold on that
 * day.  Inside a write the rules are asked for once. */
struct problem *week_of(const struct call *call, const char *day, char first[DATE_TEXT_SIZE],
    char last[DATE_TEXT_SIZE]) MUST_CHECK;

#endif
