/* week.c -- the week that a day lies in: the rules of the space that hold on the day say when it begins, else it is
 * Monday. */
#include "time/week.h"

#include <string.h>

#include "record/record.h"
#include "store/statement.h"
#include "time/dated.h"
#include "time/hours.h"

/* Of the latest rules from the day or before. */
static struct problem *
begins_on_sunday(const struct call *call, const char *day, bool *sunday)
{
	struct arena *a = call->a;
	const struct collection *c = collection_find(call->set, "workRules");
	struct problem *p;
	struct rows *rows;

	*sunday = false;
	if (c == NULL)
		return NULL;
	p = record_ask(call, c, SQL(WORK_DATED),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_id(NOBODY),
	        value_integer(DATED_MAX + 1)),
	    &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		const char **values = values_parse(a, c, row_text(rows, i, WORK_DATED_DOC), NULL);
		const char *start = value_plain(a, value_named(c, values, "weekStart"));

		if (strcmp(value_plain(a, value_named(c, values, "from")), day) <= 0)
			*sunday = start != NULL && strcmp(start, "sunday") == 0;
	}
	return p;
}

struct problem *
week_of(const struct call *call, const char *day, char first[DATE_TEXT_SIZE], char last[DATE_TEXT_SIZE])
{
	struct problem *p;
	bool sunday;

	if ((p = begins_on_sunday(call, day, &sunday)) != NULL)
		return p;
	hours_week_of(day, sunday, first);
	date_from_days(date_days(first) + 6, last);
	return NULL;
}
