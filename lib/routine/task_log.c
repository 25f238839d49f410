/* task_log.c -- what was done of a task on a day.  A log says a state, never a change of one, so two devices that say
 * the same agree.
 *
 * Where the task had a target on that day, the value says whether it is completed.  The points are those of the task at
 * the moment of the completion, by the op's own instant: what is changed in the task later moves no total of the past,
 * also where the completion comes from a device that was offline meanwhile.  Taking a completion back is the state
 * pending.  A log that says more is not deleted, because another device could only guess what the deletion meant. */
#include <string.h>

#include "base/instant.h"
#include "changed.h"
#include "record/past.h"
#include "record/record.h"
#include "routine/rules.h"
#include "store/statement.h"

static const char pending[] = "\"pending\"", completed[] = "\"completed\"", skipped[] = "\"skipped\"";

/* ---- the task ---- */

/* The values of a task as they were at an earlier instant; as they are now where its history does not reach so far. */
static struct problem *
go_back(const struct change *ch, const struct record *task, const char *const **values)
{
	struct problem *p;
	struct rows *rows;
	struct past past;

	p = record_look(ch->call, task->collection, task->id, SQL(VERSION_AT),
	    VALUES(value_id(ch->call->person->space_id), value_text(task->collection->name), value_key(task->id),
	        value_text(instant_sql(ch->call->a, ch->claimed))), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	p = past_read(ch->call, task->collection, task->id, row_integer(rows, 0, VERSION_AT_VERSION), task->version,
	    PAST_MERGE_ROWS, *values, &past);
	if (p == NULL && past.complete)
		*values = (const char *const *)past.values;
	return p;
}

/* The task as it was at the moment of the change; NULL where it is not there. */
static struct problem *
find_task(const struct change *ch, const struct collection *c, const char *const **values)
{
	const char *id = change_plain(ch, "task");
	struct problem *p;
	struct record record;
	int64_t updated;
	bool found;

	*values = NULL;
	if (id == NULL || c == NULL)
		return NULL;
	if ((p = record_find(ch->call, c, id, &record, &found)) != NULL || !found || record.doc == NULL)
		return p;
	*values = (const char *const *)values_parse(ch->call->a, c, record.doc, record.doc_private);
	if (record.deleted || !instant_from_sql(record.updated_at, &updated) || updated <= ch->claimed)
		return NULL;
	return go_back(ch, &record, values);
}

/* ---- the status ---- */

/* A field of the schedule of a task that was in force on the day of the log. */
static const char *
on_the_day(const struct change *ch, const struct collection *tasks, const char *const *task, const char *field)
{
	const char *date = change_plain(ch, "date");
	const char *former = date == NULL ? NULL
	    : schedule_on(ch->call->a, value_named(tasks, task, "schedules"), date);

	return former != NULL ? member_in(ch->call->a, former, field) : value_named(tasks, task, field);
}

/* Whether a value reaches the target of the task. */
static bool
reaches(const struct change *ch, const struct collection *tasks, const char *const *task)
{
	const struct field *value = collection_field(ch->collection, "value");
	const struct field *target = collection_field(tasks, "target");
	const char *kind = on_the_day(ch, tasks, task, "targetKind");
	int64_t is = value_scaled(value, ch->after[value->index]);
	int64_t should = value_scaled(target, on_the_day(ch, tasks, task, "target"));

	return kind != NULL && strcmp(kind, "\"atMost\"") == 0 ? is <= should : is >= should;
}

/* A write that names the status alone takes back or skips what was counted: a value that says otherwise goes. */
static void
settle_value(struct change *ch)
{
	bool named = change_names(ch, "status") && !change_names(ch, "value");

	if (named && value_equal(change_after(ch, "status"), pending))
		ch->after[change_place(ch, "value")] = NULL;
}

/* A value that is emptied completes nothing any more, unless the write says so itself. */
static bool
loses_value(const struct change *ch)
{
	return change_before(ch, "value") != NULL && change_after(ch, "value") == NULL && !change_names(ch, "status") &&
	    value_equal(change_after(ch, "status"), completed);
}

static void
derive_status(struct change *ch, const struct collection *tasks, const char *const *task)
{
	size_t status = change_place(ch, "status");
	bool says = change_names(ch, "status") || change_names(ch, "value") || change_names(ch, "task");

	if (task == NULL || !says || on_the_day(ch, tasks, task, "target") == NULL)
		return;
	settle_value(ch);
	if (loses_value(ch))
		ch->after[status] = pending;
	else if (change_after(ch, "value") != NULL &&
	    !(change_names(ch, "status") && value_equal(ch->after[status], skipped)))
		ch->after[status] = reaches(ch, tasks, task) ? completed : pending;
}

/* ---- the points ---- */

static bool
is_completed(const char *status)
{
	return value_equal(status, completed);
}

/* Points that a file of one's own brings are those of the time when they were earned. */
static bool
brings_points(const struct change *ch)
{
	return ch->action == ACTION_IMPORTED && change_names(ch, "points") && change_after(ch, "points") != NULL;
}

static void
derive_points(struct change *ch, const struct collection *tasks, const char *const *task)
{
	size_t points = change_place(ch, "points");
	bool was = is_completed(change_before(ch, "status")) && !change_alters(ch, "task");
	const char *worth = task == NULL ? NULL : value_named(tasks, task, "points");

	if (!is_completed(change_after(ch, "status")))
		ch->after[points] = "0";
	else if (was && !brings_points(ch))
		ch->after[points] = change_before(ch, "points");
	else if (!brings_points(ch))
		ch->after[points] = worth == NULL ? "0" : worth;
}

static struct problem *
derive(struct change *ch)
{
	const struct collection *tasks = collection_find(ch->call->set, "tasks");
	const char *const *task;
	struct problem *p;

	if (ch->action == ACTION_RESTORED)
		return NULL;
	if ((p = find_task(ch, tasks, &task)) != NULL)
		return p;
	derive_status(ch, tasks, task);
	derive_points(ch, tasks, task);
	return NULL;
}

static struct problem *
check(struct change *ch)
{
	return change_refuse_future(ch);
}

static struct problem *
check_delete(struct change *ch)
{
	if (ch->takes_back || value_equal(change_before(ch, "status"), pending))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_FORBIDDEN, "status",
	    "Take this log back by the status pending; then it can be deleted.");
}

const struct rule task_log = {
	.name = "task-log",
	.collection = "taskLogs",
	.derive = derive,
	.check = check,
	.check_delete = check_delete,
};
