/* rows.c -- makes of records what figures.h computes with: typed, in order, and each log with its task. */
#include "routine/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

/* A list that grows. */
struct list {
	char *all;
	size_t count, room;
};

/* A log and whose it is. */
struct task_log {
	const char *task;
	struct routine_log log;
};

/* The first log of a task that is not taken itself. */
struct task_begun {
	const char *task;
	int64_t day;
};

struct routine_gathered {
	struct arena *a;
	const struct collections *set;
	struct routine_settings settings;
	struct list tasks, logs, begun, days, exercise, books, weights;
};

/* Where the members of a schedule are: in a record, or in one of its former schedules. */
struct source {
	const struct collection *c;
	const char *const *values;
	const char *former;        /* a canonical object; NULL: in the record */
};

static void *
list_add(struct routine_gathered *g, struct list *list, size_t size)
{
	if (list->count == list->room) {
		size_t room = list->room == 0 ? 32 : 2 * list->room;
		char *more = arena_alloc(g->a, room * size);

		if (list->count > 0)
			memcpy(more, list->all, list->count * size);
		list->all = more;
		list->room = room;
	}
	return list->all + list->count++ * size;
}

static int64_t
day_of(struct arena *a, const char *value)
{
	const char *text = value == NULL || value[0] != '"' ? NULL : value_plain(a, value);

	return text == NULL || !date_valid(text) ? ROUTINE_NO_DAY : date_days(text);
}

static int64_t
number_of(const struct collection *c, const char *const *values, const char *name, int64_t otherwise)
{
	const char *value = value_named(c, values, name);

	return value == NULL ? otherwise : value_scaled(collection_field(c, name), value);
}

static const char *
text_of(const struct routine_gathered *g, const struct collection *c, const char *const *values, const char *name)
{
	return value_plain(g->a, value_named(c, values, name));
}

struct routine_gathered *
routine_gather(struct arena *a, const struct collections *set)
{
	struct routine_gathered *g = arena_alloc(a, sizeof *g);

	g->a = a;
	g->set = set;
	g->settings = (struct routine_settings){
		.streak_tasks = ROUTINE_STREAK_TASKS,
		.streak_exercise = true,
		.height = ROUTINE_NONE,
		.goal_weight = ROUTINE_NONE,
		.weight_unit = "kg",
	};
	return g;
}

/* ---- settings ---- */

/* "2026-07-01/2026-07-14", or one day. */
static bool
read_pause(const char *text, struct routine_pause *pause)
{
	char first[DATE_TEXT_SIZE];
	size_t length = strcspn(text, "/");

	if (length != sizeof first - 1)
		return false;
	memcpy(first, text, length);
	first[length] = '\0';
	if (!date_valid(first) || (text[length] == '/' && !date_valid(text + length + 1)))
		return false;
	pause->first = date_days(first);
	pause->last = text[length] == '/' ? date_days(text + length + 1) : pause->first;
	return pause->first <= pause->last;
}

static void
read_pauses(struct routine_gathered *g, const char *list)
{
	struct list pauses = { .all = NULL };
	struct json_slice element;
	struct routine_pause pause;

	while (list != NULL && json_next_element(&list, &element))
		if (read_pause(value_plain(g->a, arena_strndup(g->a, element.text, element.length)), &pause))
			*(struct routine_pause *)list_add(g, &pauses, sizeof pause) = pause;
	g->settings.pauses = (struct routine_pause *)(void *)pauses.all;
	g->settings.pause_count = pauses.count;
}

void
routine_take_settings(struct routine_gathered *g, const char *const *values)
{
	const struct collection *c = collection_find(g->set, "routineSettings");
	const char *exercise = value_named(c, values, "streakExercise"), *unit = text_of(g, c, values, "weightUnit");

	g->settings.day_begins = number_of(c, values, "dayBegins", 0);
	g->settings.streak_tasks = number_of(c, values, "streakTasks", ROUTINE_STREAK_TASKS);
	g->settings.streak_exercise = exercise == NULL || value_true(exercise);
	g->settings.height = number_of(c, values, "height", ROUTINE_NONE);
	g->settings.goal_weight = number_of(c, values, "goalWeight", ROUTINE_NONE);
	g->settings.weight_unit = unit == NULL ? "kg" : unit;
	read_pauses(g, value_named(c, values, "pauses"));
}

/* ---- tasks ---- */

/* The value of a member; NULL where it is empty.  given may be NULL; it says whether there is such a member. */
static const char *
member_of(const struct routine_gathered *g, const struct source *source, const char *name, bool *given)
{
	struct json_slice key, value;

	if (given != NULL)
		*given = source->former == NULL;
	if (source->former == NULL)
		return value_named(source->c, source->values, name);
	for (const char *at = source->former; json_next_member(&at, &key, &value);)
		if (key.length == strlen(name) && memcmp(key.text, name, key.length) == 0) {
			if (given != NULL)
				*given = true;
			return value.length == 4 && memcmp(value.text, "null", 4) == 0 ? NULL :
			    arena_strndup(g->a, value.text, value.length);
		}
	return NULL;
}

static enum routine_recurrence
recurrence_of(const struct routine_gathered *g, const char *value)
{
	static const char *const names[] = {
		[ROUTINE_DAILY] = "daily",
		[ROUTINE_WEEKDAYS] = "weekdays",
		[ROUTINE_WEEKENDS] = "weekends",
		[ROUTINE_CUSTOM] = "custom",
		[ROUTINE_TIMES] = "times",
		[ROUTINE_INTERVAL] = "interval",
	};
	const char *text = value_plain(g->a, value);

	for (size_t i = 0; text != NULL && i < sizeof names / sizeof *names; i++)
		if (strcmp(text, names[i]) == 0)
			return (enum routine_recurrence)i;
	return ROUTINE_DAILY;
}

static unsigned
days_of(const struct routine_gathered *g, const char *list)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	struct json_slice element;
	unsigned days = 0;

	while (list != NULL && json_next_element(&list, &element)) {
		const char *text = value_plain(g->a, arena_strndup(g->a, element.text, element.length));

		for (unsigned i = 0; i < 7; i++)
			if (strcmp(text, names[i]) == 0)
				days |= 1u << i;
	}
	return days;
}

static int64_t
number_in(const struct routine_gathered *g, const struct source *source, const char *name)
{
	const char *value = member_of(g, source, name, NULL);

	return value == NULL ? ROUTINE_NONE : value_scaled(collection_field(source->c, name), value);
}

/* A count of days or times, at least 1. */
static int64_t
count_of(const struct routine_gathered *g, const struct source *source, const char *name)
{
	int64_t count = number_in(g, source, name);

	return count < 1 ? 1 : count;
}

static struct routine_schedule
schedule_of(const struct routine_gathered *g, const struct source *source)
{
	struct routine_schedule schedule = {
		.until = INT64_MAX,
		.recurrence = recurrence_of(g, member_of(g, source, "recurrence", NULL)),
		.days = days_of(g, member_of(g, source, "days", NULL)),
		.times = count_of(g, source, "times"),
		.in_days = count_of(g, source, "inDays"),
		.every_days = count_of(g, source, "everyDays"),
		.first = day_of(g->a, member_of(g, source, "from", NULL)),
		.last = source->former != NULL ? ROUTINE_NO_DAY : day_of(g->a, member_of(g, source, "until", NULL)),
		.paused_from = day_of(g->a, member_of(g, source, "pausedFrom", NULL)),
		.paused_until = day_of(g->a, member_of(g, source, "pausedUntil", NULL)),
		.target = number_in(g, source, "target"),
	};
	const char *active = member_of(g, source, "active", NULL);
	const char *kind = value_plain(g->a, member_of(g, source, "targetKind", NULL));

	schedule.at_most = kind != NULL && strcmp(kind, "atMost") == 0;
	schedule.active = active == NULL || value_true(active);
	return schedule;
}

/* A former schedule.  It has no last day of its own: where the task had one, the schedule after it says that it was not
 * active.  One that says nothing of pauses has those of the record, so that a pause can be told later. */
static struct routine_schedule
former_of(const struct routine_gathered *g, const struct source *source, const struct routine_schedule *now)
{
	struct routine_schedule schedule = schedule_of(g, source);
	bool given;

	schedule.until = day_of(g->a, member_of(g, source, "until", NULL));
	member_of(g, source, "pausedFrom", &given);
	if (!given) {
		schedule.paused_from = now->paused_from;
		schedule.paused_until = now->paused_until;
	}
	return schedule;
}

static int
by_until(const void *left, const void *right)
{
	const struct routine_schedule *one = left, *two = right;

	return (one->until > two->until) - (one->until < two->until);
}

static void
read_schedules(struct routine_gathered *g, const struct source *record, struct routine_task *task)
{
	struct routine_schedule now = schedule_of(g, record);
	const char *former = value_named(record->c, record->values, "schedules");
	struct source source = *record;
	struct list schedules = { .all = NULL };
	struct json_slice element;

	*(struct routine_schedule *)list_add(g, &schedules, sizeof now) = now;
	while (former != NULL && json_next_element(&former, &element)) {
		source.former = arena_strndup(g->a, element.text, element.length);
		*(struct routine_schedule *)list_add(g, &schedules, sizeof now) = former_of(g, &source, &now);
	}
	qsort(schedules.all, schedules.count, sizeof now, by_until);
	task->schedules = (struct routine_schedule *)(void *)schedules.all;
	task->schedule_count = schedules.count;
}

void
routine_take_task(struct routine_gathered *g, const char *id, const char *const *values, int64_t created)
{
	const struct collection *c = collection_find(g->set, "tasks");
	const struct source record = { .c = c, .values = values };
	const char *must_do = value_named(c, values, "mustDo");
	const char *order = text_of(g, c, values, "order"), *title = text_of(g, c, values, "title");
	struct routine_task *task = list_add(g, &g->tasks, sizeof *task);

	*task = (struct routine_task){
		.id = id,
		.title = title == NULL ? "" : title,
		.order = order == NULL ? "" : order,
		.domain = text_of(g, c, values, "domain"),
		.time_of_day = text_of(g, c, values, "timeOfDay"),
		.start_time = text_of(g, c, values, "startTime"),
		.end_time = text_of(g, c, values, "endTime"),
		.unit = text_of(g, c, values, "unit"),
		.points = number_of(c, values, "points", 0),
		.must_do = must_do != NULL && value_true(must_do),
		.created = created,
		.begun = created,
	};
	read_schedules(g, &record, task);
}

/* ---- logs, days, weights ---- */

static enum routine_status
status_of(const char *value)
{
	if (value != NULL && strcmp(value, "\"completed\"") == 0)
		return ROUTINE_COMPLETED;
	return value != NULL && strcmp(value, "\"skipped\"") == 0 ? ROUTINE_SKIPPED : ROUTINE_PENDING;
}

void
routine_take_log(struct routine_gathered *g, const char *const *values)
{
	const struct collection *c = collection_find(g->set, "taskLogs");
	struct task_log made = {
		.task = text_of(g, c, values, "task"),
		.log = {
			.day = day_of(g->a, value_named(c, values, "date")),
			.status = status_of(value_named(c, values, "status")),
			.value = number_of(c, values, "value", ROUTINE_NONE),
			.points = number_of(c, values, "points", 0),
		},
	};

	if (made.task != NULL && made.log.day != ROUTINE_NO_DAY)
		*(struct task_log *)list_add(g, &g->logs, sizeof made) = made;
}

void
routine_take_day(struct routine_gathered *g, const struct routine_day *day)
{
	*(struct routine_day *)list_add(g, &g->days, sizeof *day) = *day;
}

void
routine_take_begun(struct routine_gathered *g, const char *task, int64_t day)
{
	*(struct task_begun *)list_add(g, &g->begun, sizeof(struct task_begun)) =
	    (struct task_begun){ .task = task, .day = day };
}

void
routine_take_exercise(struct routine_gathered *g, int64_t day)
{
	*(int64_t *)list_add(g, &g->exercise, sizeof day) = day;
}

void
routine_take_book(struct routine_gathered *g, int64_t day)
{
	*(int64_t *)list_add(g, &g->books, sizeof day) = day;
}

void
routine_take_weight(struct routine_gathered *g, const char *id, const char *const *values)
{
	const struct collection *c = collection_find(g->set, "weights");
	struct routine_weight weight = {
		.id = id,
		.day = day_of(g->a, value_named(c, values, "date")),
		.hundredths = number_of(c, values, "kg", ROUTINE_NONE),
	};

	if (weight.day != ROUTINE_NO_DAY && weight.hundredths != ROUTINE_NONE)
		*(struct routine_weight *)list_add(g, &g->weights, sizeof weight) = weight;
}

/* ---- in order ---- */

static int
by_number(const void *left, const void *right)
{
	int64_t one = *(const int64_t *)left, two = *(const int64_t *)right;

	return (one > two) - (one < two);
}

/* The day is the first member of what is sorted by this. */
static int
by_day(const void *left, const void *right)
{
	const struct routine_day *one = left, *two = right;

	return (one->day > two->day) - (one->day < two->day);
}

static int
by_weight_day(const void *left, const void *right)
{
	const struct routine_weight *one = left, *two = right;

	return (one->day > two->day) - (one->day < two->day);
}

static int
by_order(const void *left, const void *right)
{
	const struct routine_task *one = left, *two = right;
	int order = strcmp(one->order, two->order);

	return order != 0 ? order : strcmp(one->id, two->id);
}

static int
by_task(const void *left, const void *right)
{
	const struct task_log *one = left, *two = right;
	int order = strcmp(one->task, two->task);

	return order != 0 ? order : (one->log.day > two->log.day) - (one->log.day < two->log.day);
}

static int
by_id(const void *left, const void *right)
{
	return strcmp((*(struct routine_task *const *)left)->id, (*(struct routine_task *const *)right)->id);
}

/* Days of which each stands once, with the sum of what was taken for it. */
static size_t
sum_days(struct routine_day *days, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && days[kept - 1].day == days[i].day) {
			days[kept - 1].completed += days[i].completed;
			days[kept - 1].points += days[i].points;
		} else {
			days[kept++] = days[i];
		}
	}
	return kept;
}

static size_t
drop_doubles(int64_t *days, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (kept == 0 || days[kept - 1] != days[i])
			days[kept++] = days[i];
	return kept;
}

/* Give the tasks, which are in the order of their ids, their logs, which are too.  Logs of tasks that are gone have
 * nobody to go to. */
static void
share_logs(struct routine_gathered *g, struct routine_task **tasks, const struct task_log *logs)
{
	struct routine_log *all = arena_alloc(g->a, g->logs.count * sizeof *all);
	size_t at = 0;

	for (size_t i = 0; i < g->tasks.count; i++) {
		struct routine_task *task = tasks[i];

		while (at < g->logs.count && strcmp(logs[at].task, task->id) < 0)
			at++;
		task->logs = &all[at];
		task->log_count = 0;
		for (; at < g->logs.count && strcmp(logs[at].task, task->id) == 0; at++) {
			all[at] = logs[at].log;
			task->log_count++;
		}
		if (task->log_count > 0 && task->logs[0].day < task->begun)
			task->begun = task->logs[0].day;
	}
}

static void
share_begun(struct routine_gathered *g, struct routine_task **tasks)
{
	const struct task_begun *begun = (struct task_begun *)(void *)g->begun.all;

	for (size_t i = 0; i < g->begun.count; i++) {
		const struct routine_task sought = { .id = begun[i].task }, *key = &sought;
		struct routine_task **found = g->tasks.count == 0 ? NULL :
		    bsearch(&key, tasks, g->tasks.count, sizeof *tasks, by_id);

		if (found != NULL && begun[i].day < (*found)->begun)
			(*found)->begun = begun[i].day;
	}
}

static void
sort(struct list *list, size_t size, int (*order)(const void *, const void *))
{
	if (list->count > 0)
		qsort(list->all, list->count, size, order);
}

struct routine_rows
routine_gathered_rows(struct routine_gathered *g)
{
	struct routine_rows rows = { .settings = g->settings };
	struct routine_task **tasks = arena_alloc(g->a, g->tasks.count * sizeof *tasks);

	sort(&g->tasks, sizeof(struct routine_task), by_order);
	sort(&g->logs, sizeof(struct task_log), by_task);
	sort(&g->days, sizeof(struct routine_day), by_day);
	sort(&g->exercise, sizeof(int64_t), by_number);
	sort(&g->books, sizeof(int64_t), by_number);
	sort(&g->weights, sizeof(struct routine_weight), by_weight_day);
	rows.tasks = (struct routine_task *)(void *)g->tasks.all;
	rows.task_count = g->tasks.count;
	for (size_t i = 0; i < rows.task_count; i++)
		tasks[i] = &rows.tasks[i];
	if (rows.task_count > 0)
		qsort(tasks, rows.task_count, sizeof *tasks, by_id);
	share_logs(g, tasks, (struct task_log *)(void *)g->logs.all);
	share_begun(g, tasks);
	rows.days = (struct routine_day *)(void *)g->days.all;
	rows.day_count = g->days.count = sum_days(rows.days, g->days.count);
	rows.exercise = (int64_t *)(void *)g->exercise.all;
	rows.exercise_count = g->exercise.count = drop_doubles(rows.exercise, g->exercise.count);
	rows.books = (int64_t *)(void *)g->books.all;
	rows.book_count = g->books.count;
	rows.weights = (struct routine_weight *)(void *)g->weights.all;
	rows.weight_count = g->weights.count;
	return rows;
}
