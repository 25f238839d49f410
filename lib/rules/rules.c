/* rules.c -- the table of all rules.  A definition names its rules in "rules". */
#include "rules/rules.h"

#include "expenses/rules.h"
#include "fleet/rules.h"
#include "period/rules.h"
#include "time/rules.h"

const struct rule *const rules[] = {
	&acknowledged,
	&car_flags,
	&car_late,
	&car_shift,
	&currency,
	&employee,
	&end_after_start,
	&expense_report,
	&expenses_lock,
	&geofence,
	&hours_handed_in,
	&hours_lock,
	&known_zone,
	&message,
	&mileage_rates,
	&nobodys,
	&odometer_reading,
	&per_diem_tiers,
	&period_states,
	&receipt,
	&status_by_assignee,
	&timesheet,
	&trip_context,
	&trip_distance,
	&vehicle_main,
	&work_overlap,
	&work_project,
	&work_rules,
	&work_session,
	&work_terms,
	NULL,
};
