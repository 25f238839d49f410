/* odometer_reading.c -- an odometer is read in a vehicle of one's own. */
#include <string.h>

#include "expenses/near.h"
#include "expenses/rules.h"
#include "record/record.h"

static struct problem *
check(struct change *ch)
{
	const struct collection *c = collection_find(ch->call->set, "vehicles");
	struct problem *p;
	struct record vehicle;
	bool found = false;

	if (c == NULL || !near_changes(ch, "vehicle"))
		return NULL;
	if ((p = record_find(ch->call, c, near_text(ch, "vehicle"), &vehicle, &found)) != NULL || !found ||
	    strcmp(vehicle.owner, ch->owner) == 0)
		return p;
	return problem_at(ch->call->a, PROBLEM_INVALID, "vehicle", "vehicle must be one of the same person.");
}

const struct rule odometer_reading = {
	.name = "odometer-reading",
	.collection = "odometerReadings",
	.check = check,
};
