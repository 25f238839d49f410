/* week.c -- the week that a day lies in: the rules of the space that hold on the day say when it begins, else it is
 * Monday. */
#include "time/week.h"

#include <string.h>

#include "time/hours.h"
#include "time/work_plan.h"

/* A week is longer where another first day of the week begins to hold (hours.h).  The last one of all ends with the
 * calendar. */
static void
find_last(const struct hours_plan *plan, const char *first, char last[DATE_TEXT_SIZE])
{
	char day[DATE_TEXT_SIZE], week[DATE_TEXT_SIZE];
	int64_t days = date_days(first);

	do {
		date_from_days(days, last);
		date_from_days(++days, day);
		hours_week_of(plan, day, week);
	} while (strcmp(week, first) == 0 && strcmp(day, last) > 0);
}

struct problem *
week_of(const struct call *call, const char *day, char first[DATE_TEXT_SIZE], char last[DATE_TEXT_SIZE])
{
	const struct work_dated_list terms = { 0 };
	struct work_dated_list rules;
	struct hours_plan plan;
	struct problem *p;

	if ((p = work_rules_read(call, &rules)) != NULL)
		return p;
	work_plan_make(call->a, &rules, &terms, 0, &plan);
	hours_week_of(&plan, day, first);
	find_last(&plan, first, last);
	return NULL;
}
