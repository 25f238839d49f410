/* day.h -- the day of a person's routine, which may begin some hours after midnight. */
#ifndef ROUTINE_DAY_H
#define ROUTINE_DAY_H

#include "base/instant.h"
#include "model/call.h"

/* The day that an instant belongs to for this person: the date in their zone, or the day before, where the clock there
 * shows less than the hour at which their day begins (routineSettings.dayBegins). */
struct problem *routine_day(const struct call *call, const char *owner, int64_t at,
    char day[DATE_TEXT_SIZE]) MUST_CHECK;

/* The settings of this person in the space of the call, as values of routineSettings: the defaults where they have
 * none.  NULL where the collection is not defined. */
struct problem *routine_settings_of(const struct call *call, const char *owner, const char *const **values) MUST_CHECK;

#endif
