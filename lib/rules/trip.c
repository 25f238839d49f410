/* trip.c -- the miles of a trip and its odometers fit each other.  A trip that has the odometers alone gets its miles
 * from them, and they follow when an odometer is corrected.  Nobody drives more miles than the odometers say; as
 * these are read in whole miles, one more is taken.  Fewer are taken, too, because a detour of one's own is no part of
 * the trip; but not where most of the way would be such a detour. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "rules/rules.h"

enum {
	SCALE = 1,            /* all are compared in tenths */
	MORE_MAX = 10 + 1,    /* a mile for the odometers, and a rounded tenth */
	DETOUR_TIMES_MAX = 1, /* the miles once more, */
	DETOUR_MAX = 100      /* and ten miles: for short trips */
};

static const struct field *
field(const struct change *ch, const char *name)
{
	return collection_field(ch->collection, name);
}

/* A value in tenths. */
static int64_t
tenths(const struct field *f, const char *value)
{
	int64_t n = value_scaled(f, value);

	for (int scale = f->scale; scale < SCALE; scale++)
		n *= 10;
	return n;
}

/* The distance between the odometers in tenths; false when one is missing or they run backwards. */
static bool
find_distance(const struct change *ch, const char *const *values, int64_t *distance)
{
	const struct field *start = field(ch, "startOdometer"), *end = field(ch, "endOdometer");

	if (values == NULL || values[start->index] == NULL || values[end->index] == NULL)
		return false;
	*distance = tenths(end, values[end->index]) - tenths(start, values[start->index]);
	return *distance >= 0;
}

/* True when the miles that the record had are those of its odometers. */
static bool
followed(const struct change *ch)
{
	const struct field *miles = field(ch, "miles");
	int64_t distance;

	return find_distance(ch, ch->before, &distance) && ch->before[miles->index] != NULL &&
	    tenths(miles, ch->before[miles->index]) == distance;
}

static struct problem *
derive(struct change *ch)
{
	const struct field *miles = field(ch, "miles");
	int64_t distance;

	if (ch->action == ACTION_RESTORED || !find_distance(ch, (const char *const *)ch->after, &distance))
		return NULL;
	if (ch->after[miles->index] == NULL || (!ch->touched[miles->index] && followed(ch)))
		ch->after[miles->index] = decimal_format(ch->call->a, distance, SCALE);
	return NULL;
}

static bool
changes(const struct change *ch, const char *name)
{
	size_t i = field(ch, name)->index;

	return !value_equal(ch->after[i], ch->before == NULL ? NULL : ch->before[i]);
}

static struct problem *
check(struct change *ch)
{
	const struct field *miles = field(ch, "miles");
	int64_t distance, said;

	if (!changes(ch, "miles") && !changes(ch, "startOdometer") && !changes(ch, "endOdometer"))
		return NULL;
	if (ch->after[miles->index] == NULL || !find_distance(ch, (const char *const *)ch->after, &distance))
		return NULL;
	said = tenths(miles, ch->after[miles->index]);
	if (said - distance <= MORE_MAX && distance - said <= DETOUR_TIMES_MAX * said + DETOUR_MAX)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "miles",
	    "miles is %s, but between the odometers there are %s; correct one of them.",
	    decimal_format(ch->call->a, said, SCALE), decimal_format(ch->call->a, distance, SCALE));
}

const struct rule trip_miles = {
	.name = "trip",
	.collection = "mileage",
	.derive = derive,
	.check = check,
};
