/* home.c -- today's tasks and figures of a person. */
#include "routine/home.h"

#include "base/decimal.h"
#include "routine/figures_put.h"
#include "routine/read.h"

static void
find_tasks(struct arena *a, struct routine_home *home)
{
	struct routine_rows *rows = &home->rows;

	home->tasks = arena_alloc(a, rows->task_count * sizeof *home->tasks);
	for (size_t i = 0; i < rows->task_count; i++) {
		struct routine_home_task one = {
			.task = &rows->tasks[i],
			.log = routine_log_on(&rows->tasks[i], home->today),
			.due = routine_due(&rows->tasks[i], home->today),
		};

		if (one.due || (one.log != NULL && one.log->status != ROUTINE_PENDING))
			home->tasks[home->task_count++] = one;
	}
}

struct problem *
routine_home_read(const struct call *call, const char *owner, int64_t now, struct routine_home *home)
{
	struct routine_wanted wanted;
	struct problem *p;

	*home = (struct routine_home){ .owner = NULL };
	if ((p = routine_person(call, owner, &home->owner)) != NULL ||
	    (p = routine_today(call, home->owner, now, &home->zone, &home->today)) != NULL)
		return p;
	wanted = (struct routine_wanted){
		.owner = home->owner,
		.first = home->today - ROUTINE_WEEK + 1,
		.last = home->today,
	};
	if ((p = routine_read(call, &wanted, &home->rows)) != NULL)
		return p;
	find_tasks(call->a, home);
	home->streak = routine_streak(call->a, &home->rows, home->today);
	home->points = routine_points(&home->rows, &home->streak, home->today);
	home->weight = routine_weight(&home->rows, home->today);
	if (home->weight.latest != NULL && home->weight.latest->day == home->today)
		home->todays_weight = home->weight.latest;
	for (int i = 0; i < ROUTINE_WEEK; i++)
		home->week[i] = (struct routine_home_day){
			.completion = routine_completion_on(&home->rows, NULL, wanted.first + i),
			.streak = routine_streak_on(&home->rows, wanted.first + i),
		};
	return NULL;
}

const char *
routine_status_name(const struct routine_log *log)
{
	static const char *const names[] = {
		[ROUTINE_PENDING] = "pending",
		[ROUTINE_COMPLETED] = "completed",
		[ROUTINE_SKIPPED] = "skipped",
	};

	return names[log == NULL ? ROUTINE_PENDING : log->status];
}

static void
put_task(struct json_out *out, const struct routine_home_task *one)
{
	const struct routine_task *task = one->task;

	put_object(out, NULL);
	put_text(out, "id", task->id);
	put_text(out, "title", task->title);
	put_text(out, "domain", task->domain);
	put_text(out, "timeOfDay", task->time_of_day);
	put_text(out, "startTime", task->start_time);
	put_integer(out, "points", task->points);
	put_boolean(out, "mustDo", task->must_do);
	put_boolean(out, "due", one->due);
	put_text(out, "status", routine_status_name(one->log));
	if (one->log == NULL || one->log->value == ROUTINE_NONE)
		put_null(out, "value");
	else
		put_json(out, "value", decimal_format(out->to->arena, one->log->value, 2));
	put_end(out);
}

static void
put_week_day(struct json_out *out, const struct routine_home_day *day)
{
	put_object(out, NULL);
	routine_completion_members(out, &day->completion);
	put_boolean(out, "valid", day->streak.valid);
	put_boolean(out, "exercise", day->streak.exercise);
	put_boolean(out, "rest", day->streak.rest);
	put_boolean(out, "paused", day->streak.paused);
	put_end(out);
}

void
routine_home_put(const struct routine_home *home, struct json_out *out)
{
	put_text(out, "person", home->owner);
	routine_day_put(out, "date", home->today);
	put_text(out, "zone", home->zone);
	put_array(out, "tasks");
	for (size_t i = 0; i < home->task_count; i++)
		put_task(out, &home->tasks[i]);
	put_end(out);
	routine_completion_put(out, "completion", &home->week[ROUTINE_WEEK - 1].completion);
	put_array(out, "week");
	for (size_t i = 0; i < ROUTINE_WEEK; i++)
		put_week_day(out, &home->week[i]);
	put_end(out);
	routine_streak_put(out, "streak", &home->streak);
	routine_points_put(out, "points", &home->points);
	routine_weight_put(out, "weight", &home->rows.settings, &home->weight);
}
