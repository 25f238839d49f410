/* hours_alert.h -- weeks in which a person has more hours than the space wants to hear of.  Private to
 * report_round.c. */
#ifndef HOURS_ALERT_H
#define HOURS_ALERT_H

#include "record/write.h"

enum {
	HOURS_ALERT_DAYS = 15 /* so far back, at most, lie the days it looks at */
};

/* Tell the supervisors in the space of the call of the people whose timesheets of this week or the last one, Sunday to
 * Saturday by the space's zone, come to `hoursAlert` of its settings: once for each person and week.  *count grows by
 * how many were told. */
struct problem *hours_alert(const struct call *call, int64_t now, int64_t *count) MUST_CHECK;

#endif
