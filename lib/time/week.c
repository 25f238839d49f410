/* week.c -- the week of a person that a day lies in: their own settings say on which day it begins, else those of the
 * space, else Monday. */
#include "time/week.h"

#include <string.h>

#include "record/record.h"
#include "time/hours.h"

/* What a collection of one record, for the space or for each owner, says about the first day of the week; NULL when it
 * says nothing. */
static struct problem *
find_start(const struct call *call, const char *collection, const char *owner, const char **start)
{
	struct arena *a = call->a;
	const struct collection *c = collection_find(call->set, collection);
	struct problem *p;
	struct record settings;
	const char *id;
	bool found;

	*start = NULL;
	if (c == NULL || collection_field(c, "weekStart") == NULL ||
	    (id = values_id(a, c, owner, (const char *const *)values_new(a, c))) == NULL)
		return NULL;
	p = record_find(call, c, id, &settings, &found);
	if (p == NULL && found && !settings.deleted)
		*start = value_plain(a,
		    value_named(c, values_parse(a, c, settings.doc, settings.doc_private), "weekStart"));
	return p;
}

struct problem *
week_of(const struct call *call, const char *owner, const char *day, char first[DATE_TEXT_SIZE],
    char last[DATE_TEXT_SIZE])
{
	struct problem *p;
	const char *start;

	if ((p = find_start(call, "workSettings", owner, &start)) != NULL ||
	    (start == NULL && (p = find_start(call, "spaceSettings", owner, &start)) != NULL))
		return p;
	hours_week_of(day, start != NULL && strcmp(start, "sunday") == 0, first);
	date_from_days(date_days(first) + 6, last);
	return NULL;
}
