/* due.c -- on which days a task is to be done, how much of it was, and how strong the habit is. */
#include <math.h>

#include "base/instant.h"
#include "routine/figures.h"

enum {
	HOUR_SECONDS = 3600,
	WEEKDAYS = 0x1F, /* bit 0 is Monday */
	WEEKEND = 0x60
};

/* ---- days ---- */

int64_t
routine_day_at(const struct routine_settings *settings, const char *date, int seconds_of_day)
{
	return date_days(date) - (seconds_of_day < settings->day_begins * HOUR_SECONDS);
}

/* The bit of the weekday: 1970-01-01 was a Thursday. */
static unsigned
weekday_bit(int64_t day)
{
	return 1u << ((day % 7 + 7 + 3) % 7);
}

static bool
is_paused(const struct routine_schedule *schedule, int64_t day)
{
	return schedule->paused_from != ROUTINE_NO_DAY && day >= schedule->paused_from &&
	    (schedule->paused_until == ROUTINE_NO_DAY || day <= schedule->paused_until);
}

static bool
in_pauses(const struct routine_settings *settings, int64_t day)
{
	for (size_t i = 0; i < settings->pause_count; i++)
		if (day >= settings->pauses[i].first && day <= settings->pauses[i].last)
			return true;
	return false;
}

/* ---- a task on a day ---- */

bool
routine_reaches(int64_t target, bool at_most, int64_t value)
{
	return at_most ? value <= target : value >= target;
}

const struct routine_schedule *
routine_schedule_on(const struct routine_task *task, int64_t day)
{
	size_t at = 0;

	while (at + 1 < task->schedule_count && day > task->schedules[at].until)
		at++;
	return &task->schedules[at];
}

/* Where the first log of this day or a later one is. */
static size_t
first_log(const struct routine_task *task, int64_t day)
{
	size_t low = 0, high = task->log_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (task->logs[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct routine_log *
routine_log_on(const struct routine_task *task, int64_t day)
{
	size_t at = first_log(task, day);

	return at < task->log_count && task->logs[at].day == day ? &task->logs[at] : NULL;
}

/* How often the task was completed from one day to another, both included. */
static int64_t
completions(const struct routine_task *task, int64_t from, int64_t to)
{
	int64_t count = 0;

	for (size_t i = first_log(task, from); i < task->log_count && task->logs[i].day <= to; i++)
		count += task->logs[i].status == ROUTINE_COMPLETED;
	return count;
}

/* Whether the task is under way on a day: active, begun, not over, not paused. */
static bool
is_under_way(const struct routine_task *task, const struct routine_schedule *schedule, int64_t day)
{
	int64_t first = schedule->first == ROUTINE_NO_DAY ? task->begun : schedule->first;

	return schedule->active && day >= first && (schedule->last == ROUTINE_NO_DAY || day <= schedule->last) &&
	    !is_paused(schedule, day);
}

/* Whether it repeats on this day, which may be before its first one. */
static bool
is_turn(const struct routine_task *task, const struct routine_schedule *schedule, int64_t day)
{
	switch (schedule->recurrence) {
	case ROUTINE_WEEKDAYS:
		return (weekday_bit(day) & WEEKDAYS) != 0;
	case ROUTINE_WEEKENDS:
		return (weekday_bit(day) & WEEKEND) != 0;
	case ROUTINE_CUSTOM:
		return (weekday_bit(day) & schedule->days) != 0;
	case ROUTINE_TIMES:
		return completions(task, day - schedule->in_days + 1, day - 1) < schedule->times;
	case ROUTINE_INTERVAL:
		return (day - (schedule->first == ROUTINE_NO_DAY ? task->created : schedule->first)) %
		    schedule->every_days == 0;
	default:
		return true;
	}
}

bool
routine_due(const struct routine_task *task, int64_t day)
{
	const struct routine_schedule *schedule = routine_schedule_on(task, day);

	return is_under_way(task, schedule, day) && is_turn(task, schedule, day);
}

/* ---- completion ---- */

static void
count_task(const struct routine_task *task, struct routine_completion *sum)
{
	const struct routine_log *log = routine_log_on(task, sum->day);

	if (!routine_due(task, sum->day))
		return;
	if (log != NULL && log->status == ROUTINE_SKIPPED) {
		sum->skipped++;
		return;
	}
	sum->due++;
	sum->completed += log != NULL && log->status == ROUTINE_COMPLETED;
}

struct routine_completion
routine_completion_on(const struct routine_rows *rows, const struct routine_task *only, int64_t day)
{
	struct routine_completion sum = { .day = day };

	if (only != NULL)
		count_task(only, &sum);
	for (size_t i = 0; only == NULL && i < rows->task_count; i++)
		count_task(&rows->tasks[i], &sum);
	return sum;
}

int64_t
routine_rate(int64_t completed, int64_t due)
{
	return due == 0 ? 0 : (200 * completed + due) / (2 * due);
}

/* ---- strength ---- */

static int
count_bits(unsigned bits)
{
	int count = 0;

	for (; bits != 0; bits &= bits - 1)
		count++;
	return count;
}

/* How often a day the task is due. */
static double
frequency(const struct routine_schedule *schedule)
{
	switch (schedule->recurrence) {
	case ROUTINE_WEEKDAYS:
		return 5.0 / 7.0;
	case ROUTINE_WEEKENDS:
		return 2.0 / 7.0;
	case ROUTINE_CUSTOM:
		return count_bits(schedule->days) / 7.0;
	case ROUTINE_TIMES:
		return (double)schedule->times / (double)schedule->in_days;
	case ROUTINE_INTERVAL:
		return 1.0 / (double)schedule->every_days;
	default:
		return 1.0;
	}
}

/* How much of the task was done on a day, 0 to 1. */
static double
part_done(const struct routine_schedule *schedule, const struct routine_log *log)
{
	if (log == NULL)
		return 0;
	if (log->status == ROUTINE_COMPLETED)
		return 1;
	if (schedule->target <= 0 || schedule->at_most || log->value == ROUTINE_NONE) /* ROUTINE_NONE is less than 0 */
		return 0;
	return log->value >= schedule->target ? 1 : (double)log->value / (double)schedule->target;
}

/* The same for the strength, which is less than 0 for a day that leaves it as it is. */
static double
day_counts(const struct routine_task *task, const struct routine_schedule *schedule, int64_t day)
{
	const struct routine_log *log = routine_log_on(task, day);
	double part;

	if (log != NULL && log->status == ROUTINE_SKIPPED)
		return -1;
	if (!is_under_way(task, schedule, day))
		return -1;
	if (schedule->recurrence == ROUTINE_TIMES)
		return completions(task, day - schedule->in_days + 1, day) >= schedule->times ? 1 : 0;
	part = part_done(schedule, log);
	return part <= 0 && !is_turn(task, schedule, day) ? -1 : part;
}

int64_t
routine_strength(const struct routine_rows *rows, const struct routine_task *task, int64_t day)
{
	size_t at = first_log(task, day - ROUTINE_STRENGTH_DAYS + 1);
	double score = 0;

	if (at == task->log_count)
		return 0;
	for (int64_t d = task->logs[at].day; d <= day; d++) {
		const struct routine_schedule *schedule = routine_schedule_on(task, d);
		double v = in_pauses(&rows->settings, d) ? -1 : day_counts(task, schedule, d);
		double m;

		if (v < 0)
			continue;
		m = pow(0.5, sqrt(frequency(schedule)) / 13.0);
		score = score * m + v * (1.0 - m);
	}
	return (int64_t)floor(score * 1000.0 + 0.5);
}
