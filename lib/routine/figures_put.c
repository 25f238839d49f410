/* figures_put.c -- writes figures as JSON. */
#include "routine/figures_put.h"

#include "base/decimal.h"
#include "base/instant.h"

const char *
routine_day_text(struct arena *a, int64_t day)
{
	char text[DATE_TEXT_SIZE];

	if (day == ROUTINE_NO_DAY)
		return NULL;
	date_from_days(day, text);
	return arena_strdup(a, text);
}

void
routine_day_put(struct json_out *out, const char *name, int64_t day)
{
	put_text(out, name, routine_day_text(out->to->arena, day));
}

static void
put_decimal(struct json_out *out, const char *name, int64_t value, int scale)
{
	if (value == ROUTINE_NONE)
		put_null(out, name);
	else
		put_json(out, name, decimal_format(out->to->arena, value, scale));
}

void
routine_completion_members(struct json_out *out, const struct routine_completion *completion)
{
	routine_day_put(out, "date", completion->day);
	put_integer(out, "due", completion->due);
	put_integer(out, "completed", completion->completed);
	put_integer(out, "skipped", completion->skipped);
	put_integer(out, "rate", routine_rate(completion->completed, completion->due));
}

void
routine_completion_put(struct json_out *out, const char *name, const struct routine_completion *completion)
{
	put_object(out, name);
	routine_completion_members(out, completion);
	put_end(out);
}

void
routine_streak_put(struct json_out *out, const char *name, const struct routine_streak *streak)
{
	put_object(out, name);
	put_integer(out, "current", streak->current);
	put_integer(out, "longest", streak->longest);
	put_integer(out, "tasks", streak->tasks);
	put_boolean(out, "valid", streak->valid);
	put_boolean(out, "exercise", streak->exercise);
	put_boolean(out, "rest", streak->rest);
	put_boolean(out, "paused", streak->paused);
	put_integer(out, "points", streak->points);
	if (streak->next.days == 0) {
		put_null(out, "next");
	} else {
		put_object(out, "next");
		put_integer(out, "days", streak->next.days);
		put_integer(out, "points", streak->next.points);
		put_end(out);
	}
	put_end(out);
}

void
routine_run_put(struct json_out *out, const char *name, const struct routine_run *run)
{
	put_object(out, name);
	routine_day_put(out, "first", run->first);
	routine_day_put(out, "last", run->last);
	put_integer(out, "days", run->length);
	put_end(out);
}

void
routine_points_put(struct json_out *out, const char *name, const struct routine_points *points)
{
	put_object(out, name);
	put_integer(out, "tasks", points->tasks);
	put_integer(out, "milestones", points->milestones);
	put_integer(out, "exercise", points->exercise);
	put_integer(out, "books", points->books);
	put_integer(out, "total", points->total);
	put_integer(out, "better", points->better);
	put_end(out);
}

/* A weight in the unit of the settings. */
static void
put_shown(struct json_out *out, const char *name, const struct routine_settings *settings, int64_t hundredths)
{
	int scale = 0;
	int64_t shown = hundredths == ROUTINE_NONE ? ROUTINE_NONE :
	    routine_weight_in(settings->weight_unit, hundredths, &scale);

	put_decimal(out, name, shown, scale);
}

void
routine_weight_put(struct json_out *out, const char *name, const struct routine_settings *settings,
    const struct routine_weight_figures *weight)
{
	if (weight->latest == NULL) {
		put_null(out, name);
		return;
	}
	put_object(out, name);
	routine_day_put(out, "date", weight->latest->day);
	put_decimal(out, "kg", weight->latest->hundredths, 2);
	put_decimal(out, "delta", weight->delta, 2);
	if (weight->delta == ROUTINE_NONE)
		put_null(out, "deltaDays");
	else
		put_integer(out, "deltaDays", weight->delta_days);
	put_decimal(out, "trend", weight->trend, 2);
	routine_day_put(out, "goalDate", weight->goal_day);
	put_decimal(out, "bmi", weight->bmi, 1);
	put_text(out, "unit", settings->weight_unit);
	put_shown(out, "shown", settings, weight->latest->hundredths);
	put_shown(out, "shownDelta", settings, weight->delta);
	put_end(out);
}
