/* rules.c -- the rules by name.  A definition names them in "rules". */
#include "rules.h"

const char *const action_names[ACTION_COUNT] = {
	[ACTION_CREATED] = "created",
	[ACTION_UPDATED] = "updated",
	[ACTION_DELETED] = "deleted",
	[ACTION_REVIVED] = "revived",
	[ACTION_RESTORED] = "restored",
	[ACTION_RESET] = "reset",
	[ACTION_IMPORTED] = "imported",
	[ACTION_ERASED] = "erased",
	[ACTION_CHECKPOINT] = "checkpoint",
};

const struct rule *const rules[] = {
	&acknowledged,
	&car_flags,
	&car_late,
	&car_shift,
	&currency,
	&employee,
	&end_after_start,
	&geofence,
	&known_zone,
	&message,
	&nobodys,
	&status_by_assignee,
	&work_session,
	&work_settings,
};

const size_t rule_count = sizeof rules / sizeof rules[0];
