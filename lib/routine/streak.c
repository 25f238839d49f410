/* streak.c -- the days that count, their chains and milestones, and the points. */
#include "routine/figures.h"

const struct routine_milestone routine_milestones[ROUTINE_MILESTONES] = {
	{ 1, 5 }, { 3, 15 }, { 5, 25 }, { 7, 50 }, { 10, 75 }, { 15, 100 }, { 20, 150 }, { 30, 250 }, { 50, 400 },
	{ 75, 600 }, { 100, 1000 }, { 150, 1500 }, { 200, 2000 }, { 250, 2500 }, { 300, 3000 }, { 365, 5000 },
};

/* ---- rows by day ---- */

/* How many of some days, which are in order, are before this one. */
static size_t
days_before(const int64_t *days, size_t count, int64_t day)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
exercised(const struct routine_rows *rows, int64_t day)
{
	size_t at = days_before(rows->exercise, rows->exercise_count, day);

	return at < rows->exercise_count && rows->exercise[at] == day;
}

const struct routine_day *
routine_day_done(const struct routine_rows *rows, int64_t day)
{
	size_t low = 0, high = rows->day_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->day_count && rows->days[low].day == day ? &rows->days[low] : NULL;
}

static int64_t
completed_on(const struct routine_rows *rows, int64_t day)
{
	const struct routine_day *found = routine_day_done(rows, day);

	return found == NULL ? 0 : found->completed;
}

/* The last day of the longest pause that a day is in; the day before it where it is in none. */
static int64_t
paused_until(const struct routine_settings *settings, int64_t day)
{
	int64_t last = day - 1;

	for (size_t i = 0; i < settings->pause_count; i++) {
		const struct routine_pause *pause = &settings->pauses[i];

		if (day >= pause->first && day <= pause->last && pause->last > last)
			last = pause->last;
	}
	return last;
}

/* Whether all days of from..to are in pauses; there may be none. */
static bool
all_paused(const struct routine_settings *settings, int64_t from, int64_t to)
{
	while (from <= to) {
		int64_t last = paused_until(settings, from);

		if (last < from)
			return false;
		from = last + 1;
	}
	return true;
}

/* ---- days and runs ---- */

/* The same for a day whose completed tasks are known. */
static struct routine_streak_day
judge(const struct routine_rows *rows, int64_t day, int64_t tasks)
{
	const struct routine_settings *settings = &rows->settings;
	struct routine_streak_day is = {
		.tasks = tasks,
		.exercise = exercised(rows, day),
		.paused = paused_until(settings, day) >= day,
	};

	is.rest = !is.exercise && exercised(rows, day - 1);
	is.valid = !is.paused && tasks >= settings->streak_tasks &&
	    (!settings->streak_exercise || is.exercise || is.rest);
	return is;
}

struct routine_streak_day
routine_streak_on(const struct routine_rows *rows, int64_t day)
{
	return judge(rows, day, completed_on(rows, day));
}

static void
add_day(const struct routine_rows *rows, struct routine_streak *streak, int64_t day)
{
	struct routine_run *last = streak->run_count == 0 ? NULL : &streak->runs[streak->run_count - 1];

	if (last == NULL || !all_paused(&rows->settings, last->last + 1, day - 1)) {
		last = &streak->runs[streak->run_count++];
		*last = (struct routine_run){ .first = day };
	}
	last->last = day;
	last->length++;
}

/* The days of the run that is not broken before today, which may still come to count. */
static int64_t
current_days(const struct routine_rows *rows, const struct routine_streak *streak, int64_t day)
{
	const struct routine_run *last;

	if (streak->run_count == 0)
		return 0;
	last = &streak->runs[streak->run_count - 1];
	return all_paused(&rows->settings, last->last + 1, day - 1) ? last->length : 0;
}

static struct routine_milestone
next_milestone(int64_t days)
{
	for (size_t i = 0; i < ROUTINE_MILESTONES; i++)
		if (routine_milestones[i].days > days)
			return routine_milestones[i];
	return (struct routine_milestone){ .days = 0 };
}

int64_t
routine_milestone_points(int64_t days)
{
	int64_t points = 0;

	for (size_t i = 0; i < ROUTINE_MILESTONES && routine_milestones[i].days <= days; i++)
		points += routine_milestones[i].points;
	return points;
}

struct routine_streak
routine_streak(struct arena *a, const struct routine_rows *rows, int64_t day)
{
	struct routine_streak_day today = routine_streak_on(rows, day);
	struct routine_streak streak = {
		.tasks = today.tasks,
		.valid = today.valid,
		.exercise = today.exercise,
		.rest = today.rest,
		.paused = today.paused,
		.runs = arena_alloc(a, rows->day_count * sizeof *streak.runs),
	};

	for (size_t i = 0; i < rows->day_count && rows->days[i].day <= day; i++)
		if (judge(rows, rows->days[i].day, rows->days[i].completed).valid)
			add_day(rows, &streak, rows->days[i].day);
	for (size_t i = 0; i < streak.run_count; i++) {
		if (streak.runs[i].length > streak.longest)
			streak.longest = streak.runs[i].length;
		streak.points += routine_milestone_points(streak.runs[i].length);
	}
	streak.current = current_days(rows, &streak, day);
	streak.next = next_milestone(streak.current);
	return streak;
}

/* ---- points ---- */

struct routine_points
routine_points(const struct routine_rows *rows, const struct routine_streak *streak, int64_t day)
{
	struct routine_points points = { .milestones = streak->points };

	for (size_t i = 0; i < rows->day_count && rows->days[i].day <= day; i++)
		points.tasks += rows->days[i].points;
	points.exercise = ROUTINE_EXERCISE_POINTS *
	    (int64_t)days_before(rows->exercise, rows->exercise_count, day + 1);
	points.books = ROUTINE_BOOK_POINTS * (int64_t)days_before(rows->books, rows->book_count, day + 1);
	points.total = points.tasks + points.milestones + points.exercise + points.books;
	points.better = points.total / ROUTINE_BETTER_POINTS * 100;
	return points;
}
