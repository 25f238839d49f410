/* report_routine_text.c -- writes the report of a person's routine: JSON, CSV, a page to print. */
#include <inttypes.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/page.h"
#include "routine/figures_put.h"
#include "routine/report_routine.h"

/* ---- texts ---- */

static const char *
number_text(struct arena *a, int64_t n)
{
	return arena_printf(a, "%" PRId64, n);
}

/* A scaled number; empty where there is none. */
static const char *
decimal_text(struct arena *a, int64_t value, int scale)
{
	return value == ROUTINE_NONE ? "" : decimal_format(a, value, scale);
}

/* A weight in the unit of the person, with its sign where it is a difference; empty where there is none. */
static const char *
weight_text(const struct routine_report *report, int64_t hundredths, bool difference)
{
	struct arena *a = report->call->a;
	const char *unit = report->rows.settings.weight_unit;
	int scale = 0;
	int64_t shown;

	if (hundredths == ROUTINE_NONE)
		return "";
	shown = routine_weight_in(unit, hundredths, &scale);
	return arena_printf(a, "%s%s %s", difference && shown > 0 ? "+" : "", decimal_format(a, shown, scale), unit);
}

/* Where nothing was due there is no rate. */
static const char *
rate_text(struct arena *a, int64_t completed, int64_t due)
{
	return due == 0 ? "" : number_text(a, routine_rate(completed, due));
}

/* ---- JSON ---- */

static void
put_decimal(struct json_out *out, const char *name, int64_t value, int scale)
{
	if (value == ROUTINE_NONE)
		put_null(out, name);
	else
		put_json(out, name, decimal_format(out->to->arena, value, scale));
}

static void
put_day(struct json_out *out, const struct routine_report_day *day)
{
	put_object(out, NULL);
	routine_completion_members(out, &day->completion);
	put_integer(out, "points", day->points);
	put_boolean(out, "valid", day->streak.valid);
	put_boolean(out, "exercise", day->streak.exercise);
	put_boolean(out, "rest", day->streak.rest);
	put_boolean(out, "paused", day->streak.paused);
	put_integer(out, "books", day->books);
	put_integer(out, "pages", day->pages);
	put_text(out, "mood", day->mood);
	put_decimal(out, "kg", day->weight == NULL ? ROUTINE_NONE : day->weight->hundredths, 2);
	put_decimal(out, "trend", day->weight == NULL ? ROUTINE_NONE : day->trend, 2);
	put_end(out);
}

static void
put_task(struct json_out *out, const struct routine_report_task *one)
{
	put_object(out, NULL);
	put_text(out, "id", one->task->id);
	put_text(out, "title", one->task->title);
	put_text(out, "domain", one->task->domain);
	put_integer(out, "due", one->due);
	put_integer(out, "completed", one->completed);
	put_integer(out, "skipped", one->skipped);
	put_integer(out, "rate", routine_rate(one->completed, one->due));
	put_integer(out, "done", one->done);
	put_integer(out, "points", one->points);
	put_decimal(out, "strength", one->strength, 1);
	put_end(out);
}

static void
put_sum(const struct routine_report *report, struct json_out *out)
{
	const struct routine_completion *sum = &report->sum.completion;

	put_object(out, "sum");
	put_integer(out, "due", sum->due);
	put_integer(out, "completed", sum->completed);
	put_integer(out, "skipped", sum->skipped);
	put_integer(out, "rate", routine_rate(sum->completed, sum->due));
	put_integer(out, "points", report->sum.points);
	put_integer(out, "milestones", report->points.milestones - report->before.milestones);
	put_integer(out, "gained", report->points.total - report->before.total);
	put_integer(out, "streakDays", report->streak_days);
	put_integer(out, "exerciseDays", report->exercise_days);
	put_integer(out, "books", report->sum.books);
	put_integer(out, "pages", report->sum.pages);
	put_decimal(out, "weightChange", report->weight_change, 2);
	put_end(out);
}

/* Whether a run has a day in the report. */
static bool
is_within(const struct routine_report *report, const struct routine_run *run)
{
	return run->last >= report->first && run->first <= report->last;
}

void
routine_report_put(const struct routine_report *report, struct json_out *out)
{
	put_text(out, "person", report->owner);
	put_text(out, "name", report->name);
	put_text(out, "from", report->from);
	put_text(out, "to", report->to);
	routine_day_put(out, "until", report->last);
	put_text(out, "zone", report->zone);
	put_array(out, "days");
	for (size_t i = 0; i < report->day_count; i++)
		put_day(out, &report->days[i]);
	put_end(out);
	put_array(out, "tasks");
	for (size_t i = 0; i < report->task_count; i++)
		put_task(out, &report->tasks[i]);
	put_end(out);
	put_sum(report, out);
	routine_streak_put(out, "streak", &report->streak);
	put_array(out, "runs");
	for (size_t i = 0; i < report->streak.run_count; i++)
		if (is_within(report, &report->streak.runs[i]))
			routine_run_put(out, NULL, &report->streak.runs[i]);
	put_end(out);
	routine_points_put(out, "points", &report->points);
	routine_weight_put(out, "weight", &report->rows.settings, &report->weight);
}

/* ---- CSV ---- */

static void
add_cells(struct buf *out, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, cells[i] == NULL ? "" : csv_guard(out->arena, cells[i]));
	}
	buf_text(out, "\r\n");
}

static const char *
flag_text(bool flag)
{
	return flag ? "1" : "0";
}

void
routine_report_csv(const struct routine_report *report, struct buf *out)
{
	struct arena *a = out->arena;

	buf_text(out, CSV_MARK "person,name,day,due,completed,skipped,rate,points,"
	    "streakDay,exercise,rest,paused,books,pages,mood,kg,trend\r\n");
	for (size_t i = 0; i < report->day_count; i++) {
		const struct routine_report_day *day = &report->days[i];
		const struct routine_completion *done = &day->completion;
		const char *cells[] = {
			report->owner, report->name, routine_day_text(a, done->day), number_text(a, done->due),
			number_text(a, done->completed), number_text(a, done->skipped),
			rate_text(a, done->completed, done->due), number_text(a, day->points),
			flag_text(day->streak.valid), flag_text(day->streak.exercise), flag_text(day->streak.rest),
			flag_text(day->streak.paused), number_text(a, day->books), number_text(a, day->pages),
			day->mood,
			day->weight == NULL ? "" : decimal_text(a, day->weight->hundredths, 2),
			day->weight == NULL ? "" : decimal_text(a, day->trend, 2),
		};

		add_cells(out, cells, sizeof cells / sizeof cells[0]);
	}
}

/* ---- the page ---- */

/* A line of the summary: nothing where there is no text. */
static void
add_line(struct buf *out, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	page_element(out, "<tr><th>", label, "</th>");
	page_cell(out, text);
	buf_text(out, "</tr>\n");
}

static void
add_weight_lines(const struct routine_report *report, struct buf *out)
{
	const struct routine_weight_figures *weight = &report->weight;
	const char *goal;

	if (weight->latest == NULL)
		return;
	goal = routine_day_text(out->arena, weight->goal_day);
	add_line(out, "Weight", weight_text(report, weight->latest->hundredths, false));
	add_line(out, "Change in this time", weight_text(report, report->weight_change, true));
	add_line(out, "Trend", weight_text(report, weight->trend, false));
	add_line(out, "Goal reached about", goal == NULL ? "" : goal);
	add_line(out, "Body mass index", decimal_text(out->arena, weight->bmi, 1));
}

static void
add_summary(const struct routine_report *report, struct buf *out)
{
	const struct routine_completion *sum = &report->sum.completion;
	struct arena *a = out->arena;

	buf_text(out, "<h2>In all</h2><table>\n");
	add_line(out, "Completed", arena_printf(a, "%" PRId64 " of %" PRId64 " that were due%s%s%s", sum->completed,
	    sum->due, sum->due == 0 ? "" : ", ", rate_text(a, sum->completed, sum->due),
	    sum->due == 0 ? "" : " %"));
	add_line(out, "Points in this time", number_text(a, report->points.total - report->before.total));
	add_line(out, "Points", arena_printf(a, "%" PRId64 ": %" PRId64 " %% better", report->points.total,
	    report->points.better));
	add_line(out, "Streak", arena_printf(a, "%" PRId64 " days; the longest %" PRId64, report->streak.current,
	    report->streak.longest));
	add_line(out, "Days that count", number_text(a, report->streak_days));
	add_line(out, "Days with exercise", number_text(a, report->exercise_days));
	add_line(out, "Pages read", number_text(a, report->sum.pages));
	add_weight_lines(report, out);
	buf_text(out, "</table>\n");
}

static void
add_tasks(const struct routine_report *report, struct buf *out)
{
	struct arena *a = out->arena;

	if (report->task_count == 0)
		return;
	buf_text(out, "<h2>Tasks</h2><table><tr><th>Task</th><th class=\"n\">Due</th><th class=\"n\">Completed</th>"
	    "<th class=\"n\">Skipped</th><th class=\"n\">%</th><th class=\"n\">Points</th>"
	    "<th class=\"n\">Strength</th></tr>\n");
	for (size_t i = 0; i < report->task_count; i++) {
		const struct routine_report_task *one = &report->tasks[i];

		page_element(out, "<tr><th>", one->task->title, "</th>");
		page_number(out, number_text(a, one->due));
		page_number(out, number_text(a, one->completed));
		page_number(out, number_text(a, one->skipped));
		page_number(out, rate_text(a, one->completed, one->due));
		page_number(out, number_text(a, one->points));
		page_number(out, decimal_text(a, one->strength, 1));
		buf_text(out, "</tr>\n");
	}
	buf_text(out, "</table>\n");
}

static const char *
streak_text(const struct routine_streak_day *day)
{
	if (day->paused)
		return "pause";
	if (!day->valid)
		return "";
	return day->rest ? "counts, day of rest" : "counts";
}

static void
add_days(const struct routine_report *report, struct buf *out)
{
	struct arena *a = out->arena;

	buf_text(out, "<h2>Days</h2><table><tr><th>Day</th><th class=\"n\">Due</th><th class=\"n\">Completed</th>"
	    "<th class=\"n\">%</th><th class=\"n\">Points</th><th>Streak</th><th>Exercise</th>"
	    "<th class=\"n\">Pages</th><th>Mood</th><th class=\"n\">Weight</th></tr>\n");
	for (size_t i = 0; i < report->day_count; i++) {
		const struct routine_report_day *day = &report->days[i];
		const struct routine_completion *done = &day->completion;

		page_element(out, "<tr><th>", routine_day_text(a, done->day), "</th>");
		page_number(out, number_text(a, done->due));
		page_number(out, number_text(a, done->completed));
		page_number(out, rate_text(a, done->completed, done->due));
		page_number(out, number_text(a, day->points));
		page_cell(out, streak_text(&day->streak));
		page_cell(out, day->streak.exercise ? "yes" : "");
		page_number(out, day->pages == 0 ? "" : number_text(a, day->pages));
		page_cell(out, day->mood);
		page_number(out, day->weight == NULL ? "" : weight_text(report, day->weight->hundredths, false));
		buf_text(out, "</tr>\n");
	}
	buf_text(out, "</table>\n");
}

void
routine_report_html(const struct routine_report *report, struct buf *out)
{
	struct arena *a = out->arena;
	const char *name = report->name == NULL ? "" : report->name;

	page_begin(out, arena_printf(a, "Routine of %s, %s to %s", name, report->from, report->to));
	page_element(out, "<h1>Routine of ", name, "</h1>\n");
	page_element(out, "<p>", report->from, " to ");
	page_element(out, "", report->to, ". ");
	page_element(out, "Days are those of ", report->zone, ".</p>\n");
	add_summary(report, out);
	add_tasks(report, out);
	add_days(report, out);
	page_end(out);
}
