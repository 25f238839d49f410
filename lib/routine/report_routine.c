/* report_routine.c -- reads a person's rows, and computes the figures of each day and task. */
#include "routine/report_routine.h"

#include "base/instant.h"
#include "routine/figures_put.h"
#include "routine/read.h"
#include "store/statement.h"

/* ---- what is read beside the rows of figures ---- */

static struct problem *
run_span(const struct routine_report *report, const char *collection, struct rows **rows)
{
	const struct call *call = report->call;

	return db_run(call->db, call->a, SQL(ROUTINE_SPAN),
	    VALUES(value_id(call->person->space_id), value_text(collection), value_id(report->owner),
	        value_text(routine_day_text(call->a, report->first)),
	        value_text(routine_day_text(call->a, report->last)), value_integer(REPORT_ROUTINE_LOGS_MAX + 1)),
	    rows);
}

/* The day of the report that a record is of; NULL where it is of none. */
static struct routine_report_day *
day_of(struct routine_report *report, const char *date)
{
	if (date == NULL || !date_valid(date) || date_days(date) < report->first || date_days(date) > report->last)
		return NULL;
	return &report->days[date_days(date) - report->first];
}

static struct problem *
read_moods(struct routine_report *report)
{
	const struct call *call = report->call;
	const struct collection *c = collection_find(call->set, "moods");
	struct problem *p;
	struct rows *rows;

	if (c == NULL)
		return NULL;
	p = run_span(report, c->name, &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		const char *const *values =
		    (const char *const *)values_parse(call->a, c, row_text(rows, i, ROUTINE_SPAN_DOC), NULL);
		struct routine_report_day *day = day_of(report, row_text(rows, i, ROUTINE_SPAN_DAY));

		if (day != NULL)
			day->mood = value_plain(call->a, value_named(c, values, "mood"));
	}
	return p;
}

static struct problem *
read_books(struct routine_report *report)
{
	const struct call *call = report->call;
	const struct collection *c = collection_find(call->set, "bookLogs");
	struct problem *p;
	struct rows *rows;

	p = run_span(report, c->name, &rows);
	if (p == NULL && rows->count > REPORT_ROUTINE_LOGS_MAX)
		return problem_new(call->a, PROBLEM_TOO_MUCH, "One person has more than %d logs of books in this time.",
		    REPORT_ROUTINE_LOGS_MAX);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		const char *const *values =
		    (const char *const *)values_parse(call->a, c, row_text(rows, i, ROUTINE_SPAN_DOC), NULL);
		const char *pages = value_named(c, values, "pagesRead");
		struct routine_report_day *day = day_of(report, row_text(rows, i, ROUTINE_SPAN_DAY));

		if (day == NULL)
			continue;
		day->books++;
		day->pages += pages == NULL ? 0 : value_scaled(collection_field(c, "pagesRead"), pages);
	}
	return p;
}

static struct problem *
read_name(struct routine_report *report)
{
	const struct call *call = report->call;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(USER_NAME), VALUES(value_id(report->owner)), &rows);
	if (p == NULL && rows->count == 0)
		return problem_at(call->a, PROBLEM_NOT_FOUND, "person", "There is no such person.");
	if (p == NULL)
		report->name = row_text(rows, 0, NAME_OF_USER);
	return p;
}

/* ---- days ---- */

/* The points of the tasks of a day. */
static int64_t
task_points(const struct routine_rows *rows, int64_t day)
{
	const struct routine_day *found = routine_day_done(rows, day);

	return found == NULL ? 0 : found->points;
}

static void
weigh_days(struct routine_report *report)
{
	const struct routine_rows *rows = &report->rows;

	for (size_t i = 0; i < rows->weight_count; i++) {
		const struct routine_weight *weight = &rows->weights[i];

		if (weight->day < report->first || weight->day > report->last)
			continue;
		report->days[weight->day - report->first].weight = weight;
		report->days[weight->day - report->first].trend = routine_weight(rows, weight->day).trend;
	}
}

static void
count_days(struct routine_report *report)
{
	struct routine_report_day *sum = &report->sum;

	for (size_t i = 0; i < report->day_count; i++) {
		struct routine_report_day *day = &report->days[i];
		int64_t at = report->first + (int64_t)i;

		day->completion = routine_completion_on(&report->rows, NULL, at);
		day->streak = routine_streak_on(&report->rows, at);
		day->points = task_points(&report->rows, at) + day->streak.exercise * ROUTINE_EXERCISE_POINTS +
		    day->books * ROUTINE_BOOK_POINTS;
		sum->completion.due += day->completion.due;
		sum->completion.completed += day->completion.completed;
		sum->completion.skipped += day->completion.skipped;
		sum->points += day->points;
		sum->books += day->books;
		sum->pages += day->pages;
		report->streak_days += day->streak.valid;
		report->exercise_days += day->streak.exercise;
	}
	weigh_days(report);
}

/* ---- tasks ---- */

static struct routine_report_task
count_task(const struct routine_report *report, const struct routine_task *task)
{
	struct routine_report_task one = { .task = task };

	for (int64_t day = report->first; day <= report->last; day++) {
		struct routine_completion on = routine_completion_on(&report->rows, task, day);

		one.due += on.due;
		one.completed += on.completed;
		one.skipped += on.skipped;
	}
	for (size_t i = 0; i < task->log_count; i++) {
		const struct routine_log *log = &task->logs[i];

		if (log->day < report->first || log->day > report->last || log->status != ROUTINE_COMPLETED)
			continue;
		one.done++;
		one.points += log->points;
	}
	return one;
}

static void
count_tasks(struct routine_report *report)
{
	const struct routine_rows *rows = &report->rows;

	report->tasks = arena_alloc(report->call->a, rows->task_count * sizeof *report->tasks);
	for (size_t i = 0; i < rows->task_count; i++) {
		struct routine_report_task one = count_task(report, &rows->tasks[i]);

		if (one.due + one.skipped + one.done == 0)
			continue;
		one.strength = routine_strength(rows, &rows->tasks[i], report->last);
		report->tasks[report->task_count++] = one;
	}
}

/* ---- the last day ---- */

static void
find_change(struct routine_report *report)
{
	const struct routine_weight *latest = report->weight.latest, *earlier = NULL;

	report->weight_change = ROUTINE_NONE;
	for (size_t i = 0; i < report->rows.weight_count && report->rows.weights[i].day < report->first; i++)
		earlier = &report->rows.weights[i];
	if (earlier != NULL && latest != earlier)
		report->weight_change = latest->hundredths - earlier->hundredths;
}

static void
find_ends(struct routine_report *report)
{
	struct arena *a = report->call->a;
	struct routine_rows *rows = &report->rows;
	struct routine_streak before = routine_streak(a, rows, report->first - 1);

	report->streak = routine_streak(a, rows, report->last);
	report->points = routine_points(rows, &report->streak, report->last);
	report->before = routine_points(rows, &before, report->first - 1);
	report->weight = routine_weight(rows, report->last);
	find_change(report);
}

struct problem *
routine_report_read(struct routine_report *report)
{
	const struct call *call = report->call;
	struct routine_wanted wanted = { .strength = true };
	struct problem *p;
	int64_t today;

	if ((p = routine_person(call, report->person, &report->owner)) != NULL ||
	    (p = read_name(report)) != NULL ||
	    (p = routine_today(call, report->owner, report->now, &report->zone, &today)) != NULL)
		return p;
	report->first = date_days(report->from);
	report->last = date_days(report->to) < today ? date_days(report->to) : today;
	report->day_count = report->last < report->first ? 0 : (size_t)(report->last - report->first + 1);
	report->days = arena_alloc(call->a, report->day_count * sizeof *report->days);
	wanted.owner = report->owner;
	wanted.first = report->day_count == 0 ? report->last : report->first;
	wanted.last = report->last;
	if ((p = routine_read(call, &wanted, &report->rows)) != NULL ||
	    (p = read_moods(report)) != NULL ||
	    (p = read_books(report)) != NULL)
		return p;
	count_days(report);
	count_tasks(report);
	find_ends(report);
	return NULL;
}
