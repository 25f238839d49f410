/* routine_settings.c -- the pauses of a person's routine: spans of days that neither count nor break anything. */
#include <string.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/json.h"
#include "changed.h"
#include "routine/rules.h"

enum {
	PAUSE_LENGTH = 2 * (DATE_TEXT_SIZE - 1) + 1, /* 2026-07-01/2026-07-14 */
	PAUSE_DAYS_MAX = 1000
};

/* True for two days of the calendar with a slash between them, not too far apart. */
static bool
is_pause(struct arena *a, const char *text)
{
	const char *first, *last;

	if (strlen(text) != PAUSE_LENGTH || text[DATE_TEXT_SIZE - 1] != '/')
		return false;
	first = arena_strndup(a, text, DATE_TEXT_SIZE - 1);
	last = text + DATE_TEXT_SIZE;
	if (!date_valid(first) || !date_valid(last))
		return false;
	return strcmp(first, last) <= 0 && date_days(last) - date_days(first) < PAUSE_DAYS_MAX;
}

static struct problem *
check(struct change *ch)
{
	struct arena *a = ch->call->a;
	const char *list = change_after(ch, "pauses");
	struct json_slice element;

	if (!change_alters(ch, "pauses") || list == NULL)
		return NULL;
	while (json_next_element(&list, &element))
		if (!is_pause(a, json_unquote(a, arena_strndup(a, element.text, element.length))))
			return problem_at(a, PROBLEM_INVALID, "pauses",
			    "A pause is two days such as 2026-07-01/2026-07-14, at most %d days.", PAUSE_DAYS_MAX);
	return NULL;
}

const struct rule routine_settings = {
	.name = "routine-settings",
	.collection = "routineSettings",
	.check = check,
};
