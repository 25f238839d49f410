/* trip.c -- the distance of a trip and its odometers fit each other.  A trip that has the odometers alone gets its
 * distance from them, and it follows when an odometer is corrected.  Nobody drives further than the odometers say;
 * where these are read in whole miles, one more is taken.  Less is taken, too, because a detour of one's own is no part
 * of the trip; but not where most of the way would be such a detour.
 *
 * Odometers count in the unit of the vehicle; without one, in kilometres where the trip does.  A trip that is counted
 * in kilometres has its miles from them.
 *
 * A trip that is under way has no end yet: its distance is 0 and its destination a dash until they are known, and it
 * ends with an odometer or a distance. */
#include <string.h>

#include "base/decimal.h"
#include "expenses/mileage_money.h"
#include "expenses/rules.h"
#include "record/record.h"

enum {
	SCALE = 1,            /* all are compared in tenths */
	MORE_MAX = 10 + 1,    /* a mile for odometers in whole miles, and a rounded tenth */
	MORE_TENTHS_MAX = 2,  /* the same where they have tenths */
	DETOUR_TIMES_MAX = 1, /* the distance once more, */
	DETOUR_MAX = 100,     /* and ten miles: for short trips */
	UNIT_MAX = 1          /* miles and kilometres of one trip may differ by a rounded tenth */
};

/* What the odometers of a trip say. */
struct odometers {
	bool by_km;
	bool tenths;          /* one of the readings has tenths */
	int64_t distance;     /* never negative */
};

static size_t
at(const struct change *ch, const char *name)
{
	return collection_field(ch->collection, name)->index;
}

/* A value in tenths. */
static int64_t
tenths(const struct change *ch, const char *const *values, const char *name)
{
	const struct field *f = collection_field(ch->collection, name);
	int64_t n = value_scaled(f, values[f->index]);

	for (int scale = f->scale; scale < SCALE; scale++)
		n *= 10;
	return n;
}

static const char *
text_of_tenths(const struct change *ch, int64_t n)
{
	return decimal_format(ch->call->a, n, SCALE);
}

/* ---- odometers ---- */

/* Set *unit to that of the vehicle; NULL when there is none, or it is gone. */
static struct problem *
find_unit(struct change *ch, const char **unit)
{
	const struct collection *c = collection_find(ch->call->set, "vehicles");
	const char *id = value_plain(ch->call->a, ch->after[at(ch, "vehicle")]);
	struct record record;
	struct problem *p;
	bool found = false;

	*unit = NULL;
	if (id == NULL || c == NULL || (p = record_find(ch->call, c, id, &record, &found)) == NULL) {
		if (found && !record.deleted)
			*unit = value_plain(ch->call->a, value_named(c,
			    (const char *const *)values_parse(ch->call->a, c, record.doc, NULL), "unit"));
		return NULL;
	}
	return p;
}

/* False when a reading is missing, or they run backwards. */
static bool
read_odometers(const struct change *ch, const char *const *values, struct odometers *o)
{
	int64_t start, end;

	if (values == NULL || values[at(ch, "startOdometer")] == NULL || values[at(ch, "endOdometer")] == NULL)
		return false;
	start = tenths(ch, values, "startOdometer");
	end = tenths(ch, values, "endOdometer");
	o->distance = end - start;
	o->tenths = start % 10 != 0 || end % 10 != 0;
	return o->distance >= 0;
}

static struct problem *
find_odometers(struct change *ch, struct odometers *o, bool *found)
{
	struct problem *p;
	const char *unit;

	*o = (struct odometers){ .by_km = false };
	if (!(*found = read_odometers(ch, (const char *const *)ch->after, o)))
		return NULL;
	if ((p = find_unit(ch, &unit)) != NULL)
		return p;
	o->by_km = unit != NULL ? strcmp(unit, "km") == 0 : ch->after[at(ch, "km")] != NULL;
	return NULL;
}

/* True when the distance that the record had is that of its odometers. */
static bool
followed(const struct change *ch)
{
	struct odometers o;
	const char *name;

	if (!read_odometers(ch, ch->before, &o))
		return false;
	name = ch->before[at(ch, "km")] != NULL ? "km" : "miles";
	return ch->before[at(ch, name)] != NULL && tenths(ch, ch->before, name) == o.distance;
}

static struct problem *
derive_by_odometers(struct change *ch)
{
	size_t miles = at(ch, "miles"), km = at(ch, "km");
	struct odometers o;
	struct problem *p;
	bool found;

	if ((p = find_odometers(ch, &o, &found)) != NULL || !found)
		return p;
	if ((ch->after[miles] != NULL || ch->after[km] != NULL) &&
	    (ch->touched[miles] || ch->touched[km] || !followed(ch)))
		return NULL;
	ch->after[km] = o.by_km ? text_of_tenths(ch, o.distance) : NULL;
	ch->after[miles] = text_of_tenths(ch, o.by_km ? mileage_miles(o.distance) : o.distance);
	return NULL;
}

/* ---- kilometres ---- */

/* Miles follow the kilometres.  Where a write changes the miles alone, as of somebody who does not know of kilometres,
 * these follow. */
static struct problem *
derive_by_km(struct change *ch)
{
	size_t miles = at(ch, "miles"), km = at(ch, "km");
	bool given = ch->touched[miles] && ch->after[miles] != NULL;
	int64_t made, said;

	if (ch->after[km] == NULL)
		return NULL;
	if (given && ch->before != NULL && !ch->touched[km]) {
		said = tenths(ch, (const char *const *)ch->after, "miles");
		if (!value_equal(ch->before[miles], ch->after[miles]))
			ch->after[km] = text_of_tenths(ch, mileage_km(said));
		return NULL;
	}
	made = mileage_miles(tenths(ch, (const char *const *)ch->after, "km"));
	said = given ? tenths(ch, (const char *const *)ch->after, "miles") : made;
	if (said - made > UNIT_MAX || made - said > UNIT_MAX)
		return problem_at(ch->call->a, PROBLEM_INVALID, "miles",
		    "miles is %s, but km is %s miles; leave one of them out.", text_of_tenths(ch, said),
		    text_of_tenths(ch, made));
	ch->after[miles] = text_of_tenths(ch, made);
	return NULL;
}

/* ---- under way ---- */

static bool
was_underway(const struct change *ch)
{
	return ch->before != NULL && value_true(ch->before[at(ch, "underway")]);
}

/* The distance of nothing that a trip has while it is under way is none that somebody gave. */
static void
forget_nothing(struct change *ch)
{
	size_t miles = at(ch, "miles");

	if (was_underway(ch) && !ch->touched[miles] && ch->after[at(ch, "km")] == NULL &&
	    ch->before[miles] != NULL && tenths(ch, ch->before, "miles") == 0)
		ch->after[miles] = NULL;
}

static struct problem *
derive_open(struct change *ch)
{
	size_t miles = at(ch, "miles"), to = at(ch, "to");

	if (value_true(ch->after[at(ch, "underway")])) {
		if (ch->after[miles] == NULL)
			ch->after[miles] = "0";
		if (ch->after[to] == NULL)
			ch->after[to] = "\"–\"";
		return NULL;
	}
	if (was_underway(ch) && ch->after[miles] == NULL)
		return problem_at(ch->call->a, PROBLEM_REQUIRED, "miles",
		    "A trip ends with its distance, or with the odometers at its start and at its end.");
	return NULL;
}

/* ---- the rule ---- */

static bool
concerns(const struct change *ch)
{
	static const char *const names[] = {
		"miles", "km", "startOdometer", "endOdometer", "vehicle", "underway", "to",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (ch->touched[at(ch, names[i])])
			return true;
	return ch->before == NULL;
}

static struct problem *
derive(struct change *ch)
{
	struct problem *p;

	if (ch->action == ACTION_RESTORED || !concerns(ch))
		return NULL;
	forget_nothing(ch);
	if ((p = derive_by_odometers(ch)) != NULL || (p = derive_by_km(ch)) != NULL)
		return p;
	return derive_open(ch);
}

static bool
changes(const struct change *ch, const char *name)
{
	size_t i = at(ch, name);

	return !value_equal(ch->after[i], ch->before == NULL ? NULL : ch->before[i]);
}

static bool
changes_distance(const struct change *ch)
{
	return changes(ch, "miles") || changes(ch, "km") || changes(ch, "startOdometer") ||
	    changes(ch, "endOdometer") || changes(ch, "vehicle");
}

static struct problem *
check(struct change *ch)
{
	const char *const *after = (const char *const *)ch->after;
	bool counts_km = ch->after[at(ch, "km")] != NULL;
	struct odometers o;
	struct problem *p;
	int64_t said;
	bool found;

	if (!changes_distance(ch) || ch->after[at(ch, "miles")] == NULL)
		return NULL;
	if ((p = find_odometers(ch, &o, &found)) != NULL || !found)
		return p;
	said = tenths(ch, after, o.by_km && counts_km ? "km" : "miles");
	if (o.by_km && !counts_km)
		said = mileage_km(said);
	if (said - o.distance <= (o.tenths ? MORE_TENTHS_MAX : MORE_MAX) &&
	    o.distance - said <= DETOUR_TIMES_MAX * said + DETOUR_MAX)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "miles",
	    "%s is %s, but between the odometers there are %s; correct one of them.", o.by_km ? "km" : "miles",
	    text_of_tenths(ch, said), text_of_tenths(ch, o.distance));
}

const struct rule trip_distance = {
	.name = "trip",
	.collection = "mileage",
	.derive = derive,
	.check = check,
};
