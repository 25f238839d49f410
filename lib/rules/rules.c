/* rules.c -- the table of all rules.  A definition names its rules in "rules". */
#include "rules/rules.h"

#include "backup/rules.h"
#include "expenses/rules.h"
#include "fleet/rules.h"
#include "period/rules.h"
#include "routine/rules.h"
#include "time/rules.h"

const struct rule *const rules[] = {
	&acknowledged,
	&backup_owner,
	&book_log,
	&car_flags,
	&car_late,
	&car_shift,
	&currency,
	&employee,
	&end_after_start,
	&exercise_log,
	&expense_report,
	&expenses_lock,
	&geofence,
	&hours_handed_in,
	&hours_lock,
	&known_zone,
	&message,
	&mileage_rates,
	&nobodys,
	&not_ahead,
	&odometer_reading,
	&order_last,
	&per_diem_tiers,
	&period_states,
	&receipt,
	&routine_settings,
	&status_by_assignee,
	&task_log,
	&task_schedule,
	&timesheet,
	&trip_context,
	&trip_distance,
	&vehicle_main,
	&weight_unit,
	&work_overlap,
	&work_project,
	&work_rules,
	&work_session,
	&work_terms,
	NULL,
};
