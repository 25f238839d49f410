/* rule.c -- the names of actions, as the audit has them. */
#include "model/rule.h"

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
