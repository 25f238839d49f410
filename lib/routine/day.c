/* day.c -- what "today" is for a person.  The hours are compared by the clock that the person looks at, so a night in
 * which clocks are put forward or back moves nothing. */
#include "routine/day.h"

#include "record/record.h"
#include "record/space.h"

enum {
	HOUR = 60 * 60
};

static const char *const *
defaults(struct arena *a, const struct collection *c)
{
	const char **values = values_new(a, c);

	for (size_t i = 0; i < c->field_count; i++)
		values[i] = c->fields[i].initial;
	return (const char *const *)values;
}

struct problem *
routine_settings_of(const struct call *call, const char *owner, const char *const **values)
{
	const struct collection *c = collection_find(call->set, "routineSettings");
	struct problem *p;
	struct record record;
	bool found;

	*values = NULL;
	if (c == NULL)
		return NULL;
	*values = defaults(call->a, c);
	p = record_find(call, c, values_id(call->a, c, owner, (const char *const *)values_new(call->a, c)), &record,
	    &found);
	if (p == NULL && found && !record.deleted)
		*values = (const char *const *)values_parse(call->a, c, record.doc, record.doc_private);
	return p;
}

static struct problem *
find_beginning(const struct call *call, const char *owner, int *seconds)
{
	const struct collection *c = collection_find(call->set, "routineSettings");
	const struct field *f = c == NULL ? NULL : collection_field(c, "dayBegins");
	const char *const *values;
	struct problem *p;

	*seconds = 0;
	if ((p = routine_settings_of(call, owner, &values)) != NULL || f == NULL)
		return p;
	*seconds = (int)value_scaled(f, values[f->index]) * HOUR;
	return NULL;
}

struct problem *
routine_day(const struct call *call, const char *owner, int64_t at, char day[DATE_TEXT_SIZE])
{
	struct problem *p;
	const char *zone;
	int begins, seconds;

	if ((p = space_zone_of(call, owner, &zone)) != NULL || (p = find_beginning(call, owner, &begins)) != NULL)
		return p;
	if (!zone_date(zone, at, day, &seconds, NULL) && !zone_date("UTC", at, day, &seconds, NULL))
		return problem_internal(call->a, "No zone tells the day.");
	if (seconds < begins)
		date_from_days(date_days(day) - 1, day);
	return NULL;
}
