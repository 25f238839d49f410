/* changed.c -- what the rules of this room ask of a change. */
#include "changed.h"

#include <string.h>

#include "base/json.h"
#include "routine/day.h"

size_t
change_place(const struct change *ch, const char *field)
{
	return collection_field(ch->collection, field)->index;
}

const char *
change_before(const struct change *ch, const char *field)
{
	return ch->before == NULL ? NULL : ch->before[change_place(ch, field)];
}

const char *
change_after(const struct change *ch, const char *field)
{
	return ch->after == NULL ? NULL : ch->after[change_place(ch, field)];
}

const char *
change_plain(const struct change *ch, const char *field)
{
	return value_plain(ch->call->a, change_after(ch, field));
}

bool
change_alters(const struct change *ch, const char *field)
{
	return !value_equal(change_before(ch, field), change_after(ch, field));
}

bool
change_names(const struct change *ch, const char *field)
{
	return ch->touched[change_place(ch, field)];
}

const char *
member_in(struct arena *a, const char *object, const char *name)
{
	struct json_slice key, value;

	while (json_next_member(&object, &key, &value))
		if (key.length == strlen(name) && memcmp(key.text, name, key.length) == 0)
			return arena_strndup(a, value.text, value.length);
	return NULL;
}

const char *
schedule_on(struct arena *a, const char *schedules, const char *day)
{
	struct json_slice element;

	while (schedules != NULL && json_next_element(&schedules, &element)) {
		const char *object = arena_strndup(a, element.text, element.length);
		const char *until = value_plain(a, member_in(a, object, "until"));

		if (until != NULL && strcmp(day, until) <= 0)
			return object;
	}
	return NULL;
}

struct problem *
change_refuse_future(const struct change *ch)
{
	const char *date = change_plain(ch, "date");
	char day[DATE_TEXT_SIZE];
	struct problem *p;

	if (!change_alters(ch, "date") || date == NULL)
		return NULL;
	if ((p = routine_day(ch->call, ch->owner, ch->now, day)) != NULL)
		return p;
	date_from_days(date_days(day) + 1, day);
	if (strcmp(date, day) <= 0)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "date", "%s has not come yet.", date);
}
