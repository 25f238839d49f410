/* task.c -- when a task is to be done: the fields that say it are complete and fit each other, and what they said
 * before is kept.
 *
 * `schedules` holds the former schedules, the oldest first: each with `until`, the last day on which it was in force,
 * and the fields as they were.  What the record says now holds from the day after the last of them.  So a day of the
 * past has the tasks that it had, whatever is changed later; the day of a change is that of the person who made it,
 * also where their device sent it days later.  A task that ended by its own last day is inactive after it. */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json_out.h"
#include "changed.h"
#include "record/record.h"
#include "routine/day.h"
#include "routine/rules.h"

enum {
	SCHEDULES_MAX = 200, /* former ones; the oldest go */
	WEEK = 7
};

/* What is kept of a schedule, as canonical JSON sorts it. */
static const char *const kept[] = {
	"active", "days", "everyDays", "from", "inDays", "pausedFrom", "pausedUntil", "recurrence", "target",
	"targetKind", "times",
};

static const char *const weekdays[WEEK] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* ---- the fields of a schedule ---- */

static bool
changes_schedule(const struct change *ch)
{
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (change_alters(ch, kept[i]))
			return true;
	return change_alters(ch, "until");
}

static bool
repeats(const struct change *ch, const char *recurrence)
{
	const char *is = change_plain(ch, "recurrence");

	return is != NULL && strcmp(is, recurrence) == 0;
}

/* The place of a weekday: its name, or its number, Sunday being 0 or 7; -1 for anything else. */
static int
weekday_of(const char *text)
{
	if (text[0] >= '0' && text[0] <= '7' && text[1] == '\0')
		return (text[0] - '0' + WEEK - 1) % WEEK;
	for (int i = 0; i < WEEK; i++)
		if (strcasecmp(text, weekdays[i]) == 0)
			return i;
	return -1;
}

/* Mark the weekdays of a list; false where it has something else. */
static bool
read_days(struct arena *a, const char *list, bool days[WEEK])
{
	struct json_slice element;

	memset(days, 0, WEEK * sizeof *days);
	while (list != NULL && json_next_element(&list, &element)) {
		int day = weekday_of(json_unquote(a, arena_strndup(a, element.text, element.length)));

		if (day < 0)
			return false;
		days[day] = true;
	}
	return true;
}

/* Weekdays are kept in their order, each once: two devices that choose the same days write the same. */
static void
settle_days(struct change *ch)
{
	bool days[WEEK];
	struct buf b;

	if (change_after(ch, "days") == NULL || !change_alters(ch, "days") ||
	    !read_days(ch->call->a, change_after(ch, "days"), days))
		return;
	buf_init(&b, ch->call->a);
	for (int i = 0; i < WEEK; i++)
		if (days[i])
			buf_printf(&b, "%s\"%s\"", b.length == 0 ? "[" : ",", weekdays[i]);
	ch->after[change_place(ch, "days")] = b.length == 0 ? NULL : arena_printf(ch->call->a, "%s]", b.text);
}

/* So many times in as many days is every day. */
static void
settle_times(struct change *ch)
{
	const char *times = change_after(ch, "times");

	if (!repeats(ch, "times") || times == NULL || !value_equal(times, change_after(ch, "inDays")))
		return;
	ch->after[change_place(ch, "recurrence")] = "\"daily\"";
	ch->after[change_place(ch, "times")] = ch->after[change_place(ch, "inDays")] = NULL;
}

/* Every so many days is counted from a day; where none is given, from that of the change. */
static void
settle_from(struct change *ch, const char *day)
{
	if (repeats(ch, "interval") && change_after(ch, "from") == NULL)
		ch->after[change_place(ch, "from")] = arena_printf(ch->call->a, "\"%s\"", day);
}

static struct problem *
need(const struct change *ch, const char *recurrence, const char *field, const char *what)
{
	if (!repeats(ch, recurrence) || change_after(ch, field) != NULL)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_REQUIRED, field, "A task that repeats by %s needs %s.", recurrence,
	    what);
}

static struct problem *
check_days(const struct change *ch)
{
	bool days[WEEK];

	if (!change_alters(ch, "days") || read_days(ch->call->a, change_after(ch, "days"), days))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "days", "days are mon, tue, wed, thu, fri, sat or sun.");
}

static struct problem *
check_times(const struct change *ch)
{
	const struct field *times = collection_field(ch->collection, "times");
	const struct field *in = collection_field(ch->collection, "inDays");

	if (!repeats(ch, "times") ||
	    value_scaled(times, ch->after[times->index]) <= value_scaled(in, ch->after[in->index]))
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, "times", "A task is done at most once a day.");
}

/* Two days, of which the second is not before the first. */
static struct problem *
check_span(const struct change *ch, const char *first, const char *last)
{
	const char *from = change_plain(ch, first), *to = change_plain(ch, last);

	if (from == NULL || to == NULL || strcmp(from, to) <= 0)
		return NULL;
	return problem_at(ch->call->a, PROBLEM_INVALID, last, "%s must not be before %s.", last, first);
}

static struct problem *
check_pause(const struct change *ch)
{
	if (change_after(ch, "pausedUntil") == NULL || change_after(ch, "pausedFrom") != NULL)
		return check_span(ch, "pausedFrom", "pausedUntil");
	return problem_at(ch->call->a, PROBLEM_REQUIRED, "pausedFrom", "A pause has a first day.");
}

static struct problem *
check(struct change *ch)
{
	struct problem *p;

	if (!changes_schedule(ch))
		return NULL;
	if ((p = need(ch, "custom", "days", "its days")) != NULL ||
	    (p = need(ch, "times", "times", "how many times")) != NULL ||
	    (p = need(ch, "times", "inDays", "in how many days")) != NULL ||
	    (p = need(ch, "interval", "everyDays", "every how many days")) != NULL ||
	    (p = check_days(ch)) != NULL ||
	    (p = check_times(ch)) != NULL ||
	    (p = check_span(ch, "from", "until")) != NULL)
		return p;
	return check_pause(ch);
}

/* ---- former schedules ---- */

/* Former schedules on their way to the record. */
struct former {
	struct arena *a;
	const char *all[SCHEDULES_MAX + 2]; /* JSON objects */
	size_t count;
	const char *until;                  /* of the last one, or NULL */
};

static void
add(struct former *f, const char *object, const char *until)
{
	if (f->count == SCHEDULES_MAX)
		memmove(f->all, f->all + 1, --f->count * sizeof f->all[0]);
	f->all[f->count++] = object;
	f->until = until;
}

static void
read_former(struct former *f, const char *schedules)
{
	struct json_slice element;

	while (schedules != NULL && json_next_element(&schedules, &element)) {
		const char *object = arena_strndup(f->a, element.text, element.length);

		add(f, object, value_plain(f->a, member_in(f->a, object, "until")));
	}
}

static bool
is_after(const char *day, const struct former *f)
{
	return f->until == NULL || strcmp(day, f->until) > 0;
}

/* What the record said, up to a day. */
static void
add_schedule(struct former *f, const struct change *ch, const char *until)
{
	struct buf b;
	struct json_out out;

	if (!is_after(until, f))
		return;
	buf_init(&b, f->a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (change_before(ch, kept[i]) != NULL)
			put_json(&out, kept[i], change_before(ch, kept[i]));
	put_text(&out, "until", until);
	put_end(&out);
	add(f, b.text, until);
}

/* A task whose own last day had come was inactive from then on. */
static void
add_end(struct former *f, const char *until)
{
	if (is_after(until, f))
		add(f, arena_printf(f->a, "{\"active\":false,\"until\":\"%s\"}", until), until);
}

static const char *
former_json(const struct former *f)
{
	struct buf b;
	struct json_out out;

	if (f->count == 0)
		return NULL;
	buf_init(&b, f->a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	for (size_t i = 0; i < f->count; i++)
		put_json(&out, NULL, f->all[i]);
	put_end(&out);
	return b.text;
}

/* Whether the task was made on this day of its person: then no day before it had another schedule, and what is said of
 * the task on that day holds for days that are logged later, too. */
static struct problem *
is_made_on(const struct change *ch, const char *day, bool *is)
{
	struct problem *p;
	struct record record;
	char made[DATE_TEXT_SIZE];
	int64_t at;
	bool found;

	*is = false;
	p = record_find(ch->call, ch->collection, ch->id, &record, &found);
	if (p != NULL || !found || !instant_from_sql(record.created_at, &at) ||
	    (p = routine_day(ch->call, ch->owner, at, made)) != NULL)
		return p;
	*is = strcmp(day, made) <= 0;
	return NULL;
}

/* A restored version brings back its schedule from today on, not the former ones of its time. */
static struct problem *
keep_former(struct change *ch, const char *day)
{
	struct former f = { .a = ch->call->a };
	const char *end = value_plain(f.a, change_before(ch, "until"));
	size_t place = change_place(ch, "schedules");
	char until[DATE_TEXT_SIZE];
	struct problem *p;
	bool is_new;

	ch->after[place] = change_before(ch, "schedules");
	ch->yields[place] = true; /* it follows from what the record says now, whoever wrote that */
	if (!changes_schedule(ch))
		return NULL;
	if ((p = is_made_on(ch, day, &is_new)) != NULL || is_new)
		return p;
	date_from_days(date_days(day) - 1, until);
	read_former(&f, ch->after[place]);
	if (end != NULL && strcmp(end, until) < 0) {
		add_schedule(&f, ch, end);
		add_end(&f, arena_strdup(f.a, until));
	} else {
		add_schedule(&f, ch, arena_strdup(f.a, until));
	}
	ch->after[place] = former_json(&f);
	return NULL;
}

static struct problem *
derive(struct change *ch)
{
	char day[DATE_TEXT_SIZE];
	struct problem *p;

	if (ch->action != ACTION_RESTORED) {
		settle_days(ch);
		settle_times(ch);
	}
	if (!changes_schedule(ch) && ch->action != ACTION_RESTORED)
		return NULL;
	if ((p = routine_day(ch->call, ch->owner, ch->claimed, day)) != NULL)
		return p;
	if (ch->action != ACTION_RESTORED)
		settle_from(ch, day);
	return ch->before == NULL ? NULL : keep_former(ch, day);
}

const struct rule task_schedule = {
	.name = "task",
	.collection = "tasks",
	.derive = derive,
	.check = check,
};
