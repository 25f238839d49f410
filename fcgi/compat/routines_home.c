/* routines_home.c -- the first page of the routine tracker as one answer.  Its figures are those of lib/routine, by the
 * formulas that the report and the app use too, so the total does not fall at midnight and nothing is awarded twice. */
#include <string.h>

#include "base/decimal.h"
#include "base/instant.h"
#include "compat/compat.h"
#include "compat/routines.h"
#include "http/reply.h"
#include "routine/figures_put.h"
#include "routine/home.h"

/* A day there is the instant at which it begins for the person. */
static void
put_day(struct json_out *out, const char *name, const char *zone, int64_t day)
{
	char date[DATE_TEXT_SIZE];
	int64_t at;

	date_from_days(day, date);
	if (zone_instant(zone, date, 0, &at))
		put_instant(out, name, at);
	else
		put_null(out, name);
}

/* ---- tasks ---- */

/* What is not done yet: pending and skipped. */
static void
put_tasks(const struct routine_home *home, struct json_out *out)
{
	put_array(out, "incompleteTasks");
	for (size_t i = 0; i < home->task_count; i++) {
		const struct routine_home_task *one = &home->tasks[i];

		if (one->log != NULL && one->log->status == ROUTINE_COMPLETED)
			continue;
		put_object(out, NULL);
		put_text(out, "_id", one->task->id);
		put_text(out, "title", one->task->title);
		put_text(out, "domainId", one->task->domain);
		put_text(out, "timeOfDay", one->task->time_of_day);
		put_integer(out, "points", one->task->points);
		put_text(out, "status", routine_status_name(one->log));
		put_boolean(out, "mustDo", one->task->must_do);
		put_end(out);
	}
	put_end(out);
}

/* The points of a domain that were made today. */
static int64_t
points_in(const struct routine_home *home, const char *domain)
{
	int64_t points = 0;

	for (size_t i = 0; i < home->task_count; i++)
		if (home->tasks[i].log != NULL && home->tasks[i].task->domain != NULL &&
		    strcmp(home->tasks[i].task->domain, domain) == 0)
			points += home->tasks[i].log->points;
	return points;
}

static void
put_domains(const struct routine_home *home, const struct collections *set, struct json_out *out)
{
	const struct collection *tasks = collection_find(set, "tasks");
	const struct field *domain = tasks == NULL ? NULL : collection_field(tasks, "domain");

	put_array(out, "domains");
	for (size_t i = 0; domain != NULL && i < domain->choices.count; i++) {
		put_object(out, NULL);
		put_text(out, "id", domain->choices.all[i]);
		put_text(out, "name", domain->choices.all[i]);
		put_integer(out, "points", points_in(home, domain->choices.all[i]));
		put_end(out);
	}
	put_end(out);
}

static void
put_special(struct json_out *out, const char *id, const char *title, const char *type, int64_t points, bool completed)
{
	put_object(out, NULL);
	put_text(out, "_id", id);
	put_text(out, "title", title);
	put_text(out, "type", type);
	put_integer(out, "points", points);
	put_boolean(out, "completed", completed);
	put_text(out, "source", type);
	put_end(out);
}

/* What counts without being a task. */
static void
put_specials(const struct routine_home *home, struct json_out *out)
{
	bool read = home->rows.book_count > 0 && home->rows.books[home->rows.book_count - 1] == home->today;

	put_array(out, "specialTasks");
	put_special(out, "exercise", "Exercise", "health", ROUTINE_EXERCISE_POINTS, home->streak.exercise);
	put_special(out, "book", "Read a book", "books", ROUTINE_BOOK_POINTS, read);
	put_end(out);
}

/* ---- figures ---- */

static void
put_weight(const struct routine_home *home, struct json_out *out)
{
	const struct routine_weight *weight = home->todays_weight;

	if (weight == NULL) {
		put_null(out, "todaysWeight");
		return;
	}
	put_object(out, "todaysWeight");
	put_text(out, "_id", weight->id);
	put_json(out, "weight", decimal_format(out->to->arena, weight->hundredths, 2));
	put_day(out, "date", home->zone, weight->day);
	put_end(out);
}

static void
put_milestone(struct json_out *out, const char *name, const struct routine_milestone *milestone)
{
	put_object(out, name);
	put_integer(out, "days", milestone->days);
	put_integer(out, "points", milestone->points);
	put_text(out, "label", arena_printf(out->to->arena, "%lld day%s", (long long)milestone->days,
	    milestone->days == 1 ? "" : "s"));
	put_end(out);
}

/* Those that the present chain of days has passed. */
static void
put_reached(const struct routine_home *home, struct json_out *out)
{
	put_array(out, "reachedMilestones");
	for (size_t i = 0; i < ROUTINE_MILESTONES && routine_milestones[i].days <= home->streak.current; i++)
		put_milestone(out, NULL, &routine_milestones[i]);
	put_end(out);
}

static void
put_streak(const struct routine_home *home, struct json_out *out)
{
	const struct routine_streak *streak = &home->streak;

	put_object(out, "streakData");
	put_integer(out, "currentStreak", streak->current);
	put_integer(out, "longestStreak", streak->longest);
	put_boolean(out, "todayValid", streak->valid);
	put_integer(out, "todayRoutineTasks", streak->tasks);
	put_boolean(out, "todayHasExercise", streak->exercise);
	put_boolean(out, "todayIsRestDay", streak->rest && streak->valid);
	put_boolean(out, "todayCanBeRestDay", streak->rest);
	put_array(out, "last7Days");
	for (int i = 0; i < ROUTINE_WEEK; i++) {
		const struct routine_home_day *day = &home->week[i];

		put_object(out, NULL);
		routine_day_put(out, "date", day->completion.day);
		put_boolean(out, "valid", day->streak.valid);
		put_boolean(out, "isRestDay", day->streak.rest && day->streak.valid);
		put_end(out);
	}
	put_end(out);
	if (streak->next.days == 0)
		put_null(out, "nextTarget");
	else
		put_milestone(out, "nextTarget", &streak->next);
	put_integer(out, "totalStreakPoints", streak->points);
	put_reached(home, out);
	put_end(out);
}

static void
put_week(const struct routine_home *home, struct json_out *out)
{
	/* 1970-01-01 was a Thursday */
	static const char *const names[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };

	put_array(out, "last7DaysCompletion");
	for (int i = 0; i < ROUTINE_WEEK; i++) {
		const struct routine_completion *day = &home->week[i].completion;

		put_object(out, NULL);
		routine_day_put(out, "date", day->day);
		put_text(out, "day", names[((day->day % ROUTINE_WEEK) + ROUTINE_WEEK) % ROUTINE_WEEK]);
		put_integer(out, "completed", day->completed);
		put_integer(out, "total", day->due);
		put_integer(out, "rate", routine_rate(day->completed, day->due));
		put_end(out);
	}
	put_end(out);
}

/* GET …/home */
struct problem *
compat_routines_home(struct request *r)
{
	struct problem *p;
	struct routine_home home;
	struct json_out *out;

	if ((p = routine_home_read(&r->call, NULL, instant_now(), &home)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_tasks(&home, out);
	put_domains(&home, r->call.set, out);
	put_weight(&home, out);
	put_streak(&home, out);
	put_specials(&home, out);
	put_integer(out, "totalPoints", home.points.total);
	put_integer(out, "betterPercent", home.points.better);
	put_week(&home, out);
	return NULL;
}
