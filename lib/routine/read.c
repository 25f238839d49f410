/* read.c -- the rows of a person, from the database.  The sums by day are made by the database, so that ten years of
 * logs are some thousand rows. */
#include "routine/read.h"

#include <string.h>

#include "base/instant.h"
#include "model/policy.h"
#include "record/space.h"
#include "routine/day.h"
#include "routine/rows.h"
#include "store/statement.h"

enum {
	YEAR = 366,           /* days that one statement looks at */
	BEFORE_ALL = -719528  /* the day 0000-01-01 */
};

/* What one reading needs. */
struct reading {
	const struct call *call;
	const struct routine_wanted *wanted;
	const char *zone;
	struct routine_gathered *g;
	struct routine_rows *rows;
};

/* ---- whose, and when ---- */

struct problem *
routine_person(const struct call *call, const char *only, const char **owner)
{
	const struct collection *c = collection_find(call->set, "tasks");
	struct problem *p;
	bool is_member = true;

	*owner = only == NULL ? call->person->user_id : only;
	if (c == NULL)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There are no tasks here.");
	if ((p = policy_may(call->a, call->person, c, MAY_READ)) != NULL)
		return p;
	if (!uuid_valid(*owner) || !policy_sees(call->person, c, *owner, NULL))
		is_member = false;
	else if (only != NULL && (p = space_has_member(call, *owner, &is_member)) != NULL)
		return p;
	if (!is_member)
		return problem_at(call->a, PROBLEM_NOT_FOUND, "person", "There is no such person.");
	return NULL;
}

static int64_t
day_in(const char *zone, const struct routine_settings *settings, int64_t instant)
{
	char date[DATE_TEXT_SIZE];
	int seconds;

	if (!zone_date(zone, instant, date, &seconds, NULL))
		(void)zone_date("UTC", instant, date, &seconds, NULL);
	return routine_day_at(settings, date, seconds);
}

struct problem *
routine_today(const struct call *call, const char *owner, int64_t now, const char **zone, int64_t *day)
{
	char date[DATE_TEXT_SIZE];
	struct problem *p;

	if ((p = space_zone_of(call, owner, zone)) != NULL || (p = routine_day(call, owner, now, date)) != NULL)
		return p;
	*day = date_days(date);
	return NULL;
}

/* ---- statements ---- */

static struct value
day_value(struct arena *a, int64_t day)
{
	char text[DATE_TEXT_SIZE];

	date_from_days(day, text);
	return value_text(arena_strdup(a, text));
}

static struct problem *
too_much(struct arena *a, const char *what, int most)
{
	return problem_new(a, PROBLEM_TOO_MUCH, "One person has more than %d %s here.", most, what);
}

/* The day of a row; ROUTINE_NO_DAY for one that has none. */
static int64_t
row_day(const struct rows *rows, size_t row, size_t column)
{
	const char *text = row_text(rows, row, column);

	return text == NULL || !date_valid(text) ? ROUTINE_NO_DAY : date_days(text);
}

/* The first of the days that are looked at one by one: "so many times in so many days" looks back. */
static int64_t
first_day(const struct reading *reading)
{
	const struct routine_wanted *wanted = reading->wanted;
	const struct routine_rows *rows = reading->rows;
	int64_t first = wanted->first, most = 0;

	if (wanted->strength && wanted->last - ROUTINE_STRENGTH_DAYS < first)
		first = wanted->last - ROUTINE_STRENGTH_DAYS;
	for (size_t i = 0; i < rows->task_count; i++)
		for (size_t j = 0; j < rows->tasks[i].schedule_count; j++)
			if (rows->tasks[i].schedules[j].recurrence == ROUTINE_TIMES &&
			    rows->tasks[i].schedules[j].in_days > most)
				most = rows->tasks[i].schedules[j].in_days;
	return first - most;
}

static struct problem *
read_settings(struct reading *reading)
{
	const struct call *call = reading->call;
	const char *const *values;
	struct problem *p;

	if ((p = space_zone_of(call, reading->wanted->owner, &reading->zone)) != NULL ||
	    (p = routine_settings_of(call, reading->wanted->owner, &values)) != NULL)
		return p;
	if (values != NULL)
		routine_take_settings(reading->g, values);
	*reading->rows = routine_gathered_rows(reading->g);
	return NULL;
}

static struct problem *
read_tasks(struct reading *reading)
{
	const struct call *call = reading->call;
	const struct collection *c = collection_find(call->set, "tasks");
	struct routine_gathered *g = reading->g;
	const struct routine_settings settings = reading->rows->settings;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(ROUTINE_TASKS),
	    VALUES(value_id(call->person->space_id), value_id(reading->wanted->owner),
	        value_integer(ROUTINE_TASKS_MAX + 1)),
	    &rows);
	if (p != NULL)
		return p;
	if (rows->count > ROUTINE_TASKS_MAX)
		return too_much(call->a, "tasks", ROUTINE_TASKS_MAX);
	for (size_t i = 0; i < rows->count; i++)
		routine_take_task(g, row_text(rows, i, ROUTINE_TASK_ID),
		    (const char *const *)values_parse(call->a, c, row_text(rows, i, ROUTINE_TASK_DOC), NULL),
		    day_in(reading->zone, &settings, row_instant(rows, i, ROUTINE_TASK_CREATED_AT)));
	*reading->rows = routine_gathered_rows(g);
	return NULL;
}

static struct problem *
read_year_of_logs(const struct reading *reading, int64_t first, size_t *count)
{
	const struct call *call = reading->call;
	const struct collection *c = collection_find(call->set, "taskLogs");
	int64_t last = first + YEAR - 1 < reading->wanted->last ? first + YEAR - 1 : reading->wanted->last;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(ROUTINE_LOGS),
	    VALUES(value_id(call->person->space_id), value_id(reading->wanted->owner), day_value(call->a, first),
	        day_value(call->a, last), value_integer(ROUTINE_LOGS_MAX + 1)),
	    &rows);
	if (p != NULL)
		return p;
	if ((*count += rows->count) > ROUTINE_LOGS_MAX)
		return too_much(call->a, "logs of tasks in these days", ROUTINE_LOGS_MAX);
	for (size_t i = 0; i < rows->count; i++)
		routine_take_log(reading->g,
		    (const char *const *)values_parse(call->a, c, row_text(rows, i, ROUTINE_LOG_DOC), NULL));
	return NULL;
}

static struct problem *
read_logs(struct reading *reading)
{
	struct problem *p = NULL;
	size_t count = 0;

	for (int64_t day = first_day(reading); p == NULL && day <= reading->wanted->last; day += YEAR)
		p = read_year_of_logs(reading, day, &count);
	return p;
}

/* Whether it matters when a task was first done: it has no first day of its own, and was made within the days that are
 * looked at. */
static bool
asks_beginnings(const struct reading *reading)
{
	const struct routine_rows *rows = reading->rows;

	for (size_t i = 0; i < rows->task_count; i++)
		for (size_t j = 0; j < rows->tasks[i].schedule_count; j++)
			if (rows->tasks[i].created > reading->wanted->first &&
			    rows->tasks[i].schedules[j].first == ROUTINE_NO_DAY)
				return true;
	return false;
}

static struct problem *
read_beginnings(struct reading *reading)
{
	const struct call *call = reading->call;
	struct problem *p;
	struct rows *rows;

	if (!asks_beginnings(reading))
		return NULL;
	p = db_run(call->db, call->a, SQL(ROUTINE_BEGUN),
	    VALUES(value_id(call->person->space_id), value_id(reading->wanted->owner),
	        day_value(call->a, reading->wanted->last), value_integer(ROUTINE_LOGS_MAX)),
	    &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		const char *task = row_text(rows, i, ROUTINE_BEGUN_TASK);
		int64_t day = row_day(rows, i, ROUTINE_BEGUN_DAY);

		if (task != NULL && day != ROUTINE_NO_DAY)
			routine_take_begun(reading->g, task, day);
	}
	return p;
}

/* The sums of a year of days from this one on. */
static struct problem *
read_year(const struct reading *reading, int64_t first)
{
	const struct call *call = reading->call;
	int64_t last = first + YEAR - 1 < reading->wanted->last ? first + YEAR - 1 : reading->wanted->last;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(ROUTINE_DAYS),
	    VALUES(value_id(call->person->space_id), value_id(reading->wanted->owner), day_value(call->a, first),
	        day_value(call->a, last), value_integer(YEAR)),
	    &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		struct routine_day day = {
			.day = row_day(rows, i, ROUTINE_DAY_DAY),
			.completed = row_integer(rows, i, ROUTINE_DAY_COMPLETED),
			.points = row_integer(rows, i, ROUTINE_DAY_POINTS),
		};

		if (day.day != ROUTINE_NO_DAY)
			routine_take_day(reading->g, &day);
	}
	return p;
}

/* The first day after this one on which there is a log; ROUTINE_NO_DAY when there is none. */
static struct problem *
find_next(const struct reading *reading, int64_t after, int64_t *next)
{
	const struct call *call = reading->call;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(ROUTINE_NEXT),
	    VALUES(value_id(call->person->space_id), value_id(reading->wanted->owner), day_value(call->a, after),
	        day_value(call->a, reading->wanted->last)),
	    &rows);
	*next = p != NULL || rows->count == 0 ? ROUTINE_NO_DAY : row_day(rows, 0, ROUTINE_NEXT_DAY);
	return p;
}

/* Year by year, so that no statement looks at ten years of logs. */
static struct problem *
read_days(struct reading *reading)
{
	int64_t first, after = BEFORE_ALL;
	struct problem *p;

	for (int years = 0;; years++) {
		if ((p = find_next(reading, after, &first)) != NULL || first == ROUTINE_NO_DAY)
			return p;
		if (years == ROUTINE_YEARS_MAX)
			return too_much(reading->call->a, "years with logs of tasks", ROUTINE_YEARS_MAX);
		if ((p = read_year(reading, first)) != NULL)
			return p;
		after = first + YEAR - 1;
	}
}

/* Take each day on which a collection has records: exercise once, a book as often as there are. */
static struct problem *
read_counts(struct reading *reading, const char *collection, bool books)
{
	const struct call *call = reading->call;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(ROUTINE_COUNTS),
	    VALUES(value_id(call->person->space_id), value_text(collection), value_id(reading->wanted->owner),
	        day_value(call->a, reading->wanted->last), value_integer(ROUTINE_DAYS_MAX + 1)),
	    &rows);
	if (p == NULL && rows->count > ROUTINE_DAYS_MAX)
		return too_much(call->a, "days with logs", ROUTINE_DAYS_MAX);
	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		int64_t day = row_day(rows, i, ROUTINE_COUNT_DAY);

		if (day == ROUTINE_NO_DAY)
			continue;
		if (!books)
			routine_take_exercise(reading->g, day);
		for (int64_t n = row_integer(rows, i, ROUTINE_COUNT_COUNT); books && n > 0; n--)
			routine_take_book(reading->g, day);
	}
	return p;
}

/* The latest weights: as many as the trend looks back to from the first day that is asked about. */
static struct problem *
read_weights(struct reading *reading)
{
	const struct call *call = reading->call;
	const struct collection *c = collection_find(call->set, "weights");
	const struct routine_wanted *wanted = reading->wanted;
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(ROUTINE_WEIGHTS),
	    VALUES(value_id(call->person->space_id), value_id(wanted->owner), day_value(call->a, wanted->last),
	        value_integer(ROUTINE_TREND_DAYS + 1 + wanted->last - wanted->first)),
	    &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++)
		routine_take_weight(reading->g, row_text(rows, i, ROUTINE_ROW_ID),
		    (const char *const *)values_parse(call->a, c, row_text(rows, i, ROUTINE_ROW_DOC), NULL));
	return p;
}

/* It may be run again, so it begins with nothing. */
static struct problem *
read_all(struct db *db, struct arena *a, void *arg)
{
	struct reading *reading = arg;
	struct problem *p;

	(void)db;
	reading->g = routine_gather(a, reading->call->set);
	if ((p = read_settings(reading)) != NULL ||
	    (p = read_tasks(reading)) != NULL ||
	    (p = read_logs(reading)) != NULL ||
	    (p = read_beginnings(reading)) != NULL ||
	    (p = read_days(reading)) != NULL ||
	    (p = read_counts(reading, "exerciseLogs", false)) != NULL ||
	    (p = read_counts(reading, "bookLogs", true)) != NULL ||
	    (p = read_weights(reading)) != NULL)
		return p;
	*reading->rows = routine_gathered_rows(reading->g);
	return NULL;
}

struct problem *
routine_read(const struct call *call, const struct routine_wanted *wanted, struct routine_rows *rows)
{
	struct reading reading = { .call = call, .wanted = wanted, .rows = rows };
	static const char *const needed[] = {
		"tasks", "taskLogs", "exerciseLogs", "bookLogs", "weights", "routineSettings",
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (collection_find(call->set, needed[i]) == NULL)
			return problem_new(call->a, PROBLEM_NOT_FOUND, "There are no routines here.");
	return db_snapshot(call->db, call->a, read_all, &reading);
}
