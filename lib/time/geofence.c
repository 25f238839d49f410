/* geofence.c -- whether a person was at the job site.  The distance is computed here, whatever the device sends.  The
 * session stores it together with inside, outside, or unverified if one of the two places is not known.  The site
 * decides what happens to people who clock in from outside: they are refused, or accepted and marked.  Clocking out is
 * never refused, because a timer that cannot be stopped helps nobody.  A manager who corrects another's session is not
 * refused either, nor is a restored version.
 *
 * A position is accurate to `accuracy` metres.  It counts as inside if any point of that circle is inside; the circle
 * counts as no larger than the fence itself. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "time/rules.h"

static const double EARTH_RADIUS = 6371000.0; /* m */

struct point {
	double lat, lng, accuracy;
};

struct job_site {
	const struct collection *c;
	const char **values;
};

/* One end of a session. */
struct side {
	const char *place, *distance, *fence;
};

static const struct side coming = { "placeIn", "distanceIn", "fenceIn" };
static const struct side leaving = { "placeOut", "distanceOut", "fenceOut" };

static size_t
at(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

/* True when this write changes the field.  Other fields have been checked before. */
static bool
changes(const struct change *ch, const char *field)
{
	const char *after = ch->after[at(ch, field)], *before = ch->before == NULL ? NULL : ch->before[at(ch, field)];

	return after != before && (after == NULL || before == NULL || strcmp(after, before) != 0);
}

static bool
read_point(const char *place, struct point *point)
{
	struct json_slice key, value;

	*point = (struct point){ .accuracy = 0 };
	if (place == NULL)
		return false;
	while (json_next_member(&place, &key, &value)) {
		double number = strtod(value.text, NULL);

		if (strncmp(key.text, "lat", 3) == 0)
			point->lat = number;
		else if (strncmp(key.text, "lng", 3) == 0)
			point->lng = number;
		else
			point->accuracy = number;
	}
	return true;
}

/* The distance along the ground in metres, by the haversine formula. */
static double
measure(const struct point *from, const struct point *to)
{
	double radian = M_PI / 180;
	double up = sin((to->lat - from->lat) * radian / 2);
	double across = sin((to->lng - from->lng) * radian / 2);
	double part = up * up + cos(from->lat * radian) * cos(to->lat * radian) * across * across;

	return 2 * EARTH_RADIUS * asin(sqrt(fmin(1, part)));
}

static const char *
site_value(const struct job_site *site, const char *field)
{
	const struct field *f = collection_field(site->c, field);

	return site->values[f->index] != NULL ? site->values[f->index] : f->initial;
}

/* Find the site of the session; values stays NULL when the session names none, or one that is deleted. */
static struct problem *
find_site(struct change *ch, struct job_site *site)
{
	struct problem *p;
	struct record record;
	bool found = false;
	const char *id = value_plain(ch->call->a, ch->after[at(ch, "jobSite")]);

	*site = (struct job_site){ .c = collection_find(ch->call->set, "jobSites") };
	if (id == NULL || site->c == NULL)
		return NULL;
	if ((p = record_find(ch->call, site->c, id, &record, &found)) != NULL)
		return p;
	if (found && !record.deleted)
		site->values = values_parse(ch->call->a, site->c, record.doc, NULL);
	return NULL;
}

static void
judge(struct change *ch, const struct job_site *site, const struct side *side)
{
	struct point there, here;
	const char **distance = &ch->after[at(ch, side->distance)], **fence = &ch->after[at(ch, side->fence)];
	double metres, radius;

	*distance = *fence = NULL;
	if (ch->after[at(ch, "jobSite")] == NULL)
		return;
	*fence = "\"unverified\"";
	if (site->values == NULL || !read_point(site_value(site, "place"), &there) ||
	    !read_point(ch->after[at(ch, side->place)], &here))
		return;
	metres = measure(&here, &there);
	radius = (double)value_scaled(collection_field(site->c, "radius"), site_value(site, "radius"));
	*distance = arena_printf(ch->call->a, "%" PRId64, (int64_t)floor(metres + 0.5));
	*fence = metres - fmin(here.accuracy, radius) <= radius ? "\"inside\"" : "\"outside\"";
}

static struct problem *
too_far(struct change *ch, const struct job_site *site)
{
	struct problem *p = problem_at(ch->call->a, PROBLEM_INVALID, "placeIn",
	    "You are too far from the job site to clock in.");

	p->members = arena_printf(ch->call->a,
	    "\"distance\":%s,\"radius\":%s", ch->after[at(ch, "distanceIn")], site_value(site, "radius"));
	return p;
}

/* Check what the site requires of people who clock in.  The place is checked only if this write gives one (moves). */
static struct problem *
admit(struct change *ch, const struct job_site *site, bool moves)
{
	if (site->values == NULL || strcmp(ch->call->person->user_id, ch->owner) != 0)
		return NULL;
	if (value_true(site_value(site, "requirePhoto")) && ch->after[at(ch, "photoIn")] == NULL)
		return problem_at(ch->call->a, PROBLEM_REQUIRED, "photoIn",
		    "This job site asks for a photo to clock in.");
	if (!moves)
		return NULL;
	if (strcmp(site_value(site, "outside"), "\"refuse\"") != 0 || site_value(site, "place") == NULL)
		return NULL;
	if (ch->after[at(ch, "placeIn")] == NULL)
		return problem_at(ch->call->a, PROBLEM_REQUIRED, "placeIn",
		    "This job site asks where you are to clock in.");
	return strcmp(ch->after[at(ch, "fenceIn")], "\"outside\"") == 0 ? too_far(ch, site) : NULL;
}

/* The start is checked when the session is new or its site or place of the start changes.  The end is checked then too,
 * and when it is first set or its place changes.  A corrected time is not checked. */
static struct problem *
derive(struct change *ch)
{
	struct problem *p;
	struct job_site site;
	bool anew = ch->before == NULL || changes(ch, "jobSite"), comes = anew || changes(ch, "placeIn");
	bool ends = ch->after[at(ch, "end")] != NULL, ended = ch->before != NULL && ch->before[at(ch, "end")] != NULL;
	bool leaves = anew || changes(ch, "placeOut") || ends != ended, shows = changes(ch, "photoIn");

	if (ch->action == ACTION_RESTORED || (!comes && !leaves && !shows))
		return NULL;
	if ((p = find_site(ch, &site)) != NULL)
		return p;
	if (comes)
		judge(ch, &site, &coming);
	if ((comes || shows) && (p = admit(ch, &site, comes)) != NULL)
		return p;
	if (leaves) {
		judge(ch, &site, &leaving);
		if (!ends && ch->after[at(ch, "placeOut")] == NULL)
			ch->after[at(ch, "fenceOut")] = NULL;
	}
	return NULL;
}

const struct rule geofence = {
	.name = "geofence",
	.collection = "workSessions",
	.derive = derive,
};
