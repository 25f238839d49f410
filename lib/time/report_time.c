/* report_time.c -- reads the sessions of one person after the other, passes over those that the filters leave out, and
 * adds the others to their lines.  One statement reads all sessions of a person, so a session that is moved meanwhile
 * is neither missed nor counted twice.  report_time_text.c writes the lines. */
#include "time/report_time.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/text.h"
#include "base/unicode.h"
#include "model/policy.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"
#include "time/report_work.h"

enum {
	DAY_MILLISECONDS = 86400000,
	HOUR = 3600
};

const char *const time_by_names[BY_COUNT] = {
	[BY_PERSON] = "person",
	[BY_CLIENT] = "client",
	[BY_PROJECT] = "project",
	[BY_TAG] = "tag",
	[BY_TASK] = "task",
	[BY_NOTE] = "note",
	[BY_SITE] = "jobSite",
	[BY_DAY] = "day",
	[BY_WEEK] = "week",
	[BY_MONTH] = "month",
};

/* A session with all that lines and filters ask of it. */
struct entry {
	const char *day, *project, *client, *site, *task, *note;
	struct texts tags;         /* in order, each once */
	bool billable, running;
	int64_t seconds, rate;     /* rate: cents an hour, 0 for none */
};

/* A person whose sessions are counted. */
struct worker {
	const char *id, *name;
	bool priced;               /* the amounts may be seen */
	struct hours_plan plan;
};

/* ---- what is asked ---- */

static struct problem *
read_groups(struct time_report *report)
{
	struct arena *a = report->call->a;
	const char *at = report->group;

	while (true) {
		size_t length = strcspn(at, ","), by = 0;

		while (by < BY_COUNT &&
		    (strncmp(time_by_names[by], at, length) != 0 || time_by_names[by][length] != '\0'))
			by++;
		if (by == BY_COUNT)
			return problem_at(a, PROBLEM_INVALID, "group",
			    "group is one or two of person, client, project, tag, task, note, jobSite, day, week "
			    "and month.");
		if (report->by_count == 2 || (report->by_count == 1 && report->by[0] == (enum time_by)by))
			return problem_at(a, PROBLEM_INVALID, "group", "group names at most two, each once.");
		report->by[report->by_count++] = (enum time_by)by;
		if (at[length] == '\0')
			return NULL;
		at += length + 1;
	}
}

/* Read ids with commas between them. */
static struct problem *
read_choice(struct time_report *report, const char *name, const char *text, struct time_choice *choice)
{
	struct arena *a = report->call->a;
	const char **ids;

	if (text == NULL)
		return NULL;
	choice->given = true;
	choice->ids.all = ids = arena_alloc(a, REPORT_CHOICES_MAX * sizeof *ids);
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, ",");

		if (length == 0)
			choice->none = true;
		else if (choice->ids.count == REPORT_CHOICES_MAX)
			return problem_at(a, PROBLEM_INVALID, name, "%s takes at most %d values.", name,
			    REPORT_CHOICES_MAX);
		else if (!id_valid(ids[choice->ids.count++] = arena_strndup(a, at, length)))
			return problem_at(a, PROBLEM_INVALID, name, "%s must be ids, with commas between them.", name);
		at += length;
		if (*at == '\0')
			return NULL;
	}
}

static struct problem *
read_filters(struct time_report *report)
{
	struct arena *a = report->call->a;
	struct problem *p;

	if ((p = read_choice(report, "person", report->person, &report->persons)) != NULL ||
	    (p = read_choice(report, "project", report->project, &report->projects)) != NULL ||
	    (p = read_choice(report, "client", report->client, &report->clients)) != NULL ||
	    (p = read_choice(report, "jobSite", report->job_site, &report->sites)) != NULL)
		return p;
	if (report->persons.none)
		return problem_at(a, PROBLEM_INVALID, "person", "person must be the ids of people.");
	return NULL;
}

/* ---- records that are named ---- */

static struct problem *
find_thing(struct time_report *report, struct arena *a, const char *collection, const char *id,
    const struct time_thing **thing)
{
	const struct call call = call_in(report->call, a);
	struct arena *life = report->call->a;
	const struct collection *c = collection_find(report->call->set, collection);
	struct seen_entry *entry = seen_entry(&report->known, arena_printf(a, "%s %s", collection, id));
	struct time_thing *made;
	struct record record;
	struct problem *p;
	const char **values;
	bool found = false;

	if (entry->count > 0) {
		*thing = &report->things[entry->count - 1];
		return NULL;
	}
	if (report->thing_count == report->thing_room) {
		size_t room = report->thing_room == 0 ? 64 : 2 * report->thing_room;

		made = arena_alloc(life, room * sizeof *made);
		if (report->thing_count > 0)
			memcpy(made, report->things, report->thing_count * sizeof *made);
		report->things = made;
		report->thing_room = room;
	}
	made = &report->things[report->thing_count++];
	*made = (struct time_thing){ .name = NULL };
	entry->count = (uint32_t)report->thing_count;
	*thing = made;
	if (c == NULL)
		return NULL;
	if ((p = record_find(&call, c, id, &record, &found)) != NULL || !found || record.deleted)
		return p;
	values = values_parse(a, c, record.doc, NULL);
	made->name = value_plain(life, value_named(c, (const char *const *)values, "name"));
	made->client = value_plain(life, value_named(c, (const char *const *)values, "client"));
	return NULL;
}

/* ---- sessions ---- */

static int
by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The tags of a session, in order and each once. */
static struct texts
read_tags(struct arena *a, const char *list)
{
	const char **tags = arena_alloc(a, 100 * sizeof *tags);
	struct json_slice element;
	size_t count = 0, kept = 0;

	if (list == NULL)
		return (struct texts){ .all = tags };
	while (count < 100 && json_next_element(&list, &element))
		tags[count++] = value_plain(a, arena_strndup(a, element.text, element.length));
	if (count > 0)
		qsort(tags, count, sizeof *tags, by_text);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(tags[i], tags[kept - 1]) != 0)
			tags[kept++] = tags[i];
	return (struct texts){ .all = tags, .count = kept };
}

static int64_t
count_seconds(const struct time_report *report, const struct worker *worker, const struct hours_session *s)
{
	int64_t elapsed = hours_elapsed(s->start, s->running ? report->at : s->end);

	if (!s->running)
		return hours_rounded(hours_rules_on(&worker->plan, s->day), elapsed);
	return elapsed > HOURS_SESSION_MAX ? 0 : elapsed;
}

static const char *
text_of(struct arena *a, const struct collection *c, const char *const *values, const char *field)
{
	return value_plain(a, value_named(c, values, field));
}

/* False for what is no work of these days. */
static bool
read_entry(const struct time_report *report, struct arena *a, const struct worker *worker, const struct collection *c,
    const char *const *values, struct entry *entry)
{
	struct hours_session s = work_session_of(a, c, values);
	const char *billable = value_named(c, values, "billable"), *rate = value_named(c, values, "rate");

	s.running = s.running || s.end > report->at;
	if (s.lunch || s.day[0] == '\0' || strcmp(s.day, report->from) < 0 || strcmp(s.day, report->to) > 0)
		return false;
	*entry = (struct entry){
		.day = arena_strdup(a, s.day),
		.project = text_of(a, c, values, "project"),
		.site = text_of(a, c, values, "jobSite"),
		.task = text_of(a, c, values, "task"),
		.note = text_of(a, c, values, "note"),
		.tags = read_tags(a, value_named(c, values, "tags")),
		.billable = billable != NULL && strcmp(billable, "true") == 0,
		.running = s.running,
		.seconds = count_seconds(report, worker, &s),
		.rate = rate == NULL ? 0 : value_scaled(collection_field(c, "rate"), rate),
	};
	return true;
}

/* ---- filters ---- */

static bool
chosen(const struct time_choice *choice, const char *id)
{
	if (!choice->given)
		return true;
	return id == NULL ? choice->none : texts_hold(&choice->ids, id);
}

/* text in lower case and without accents. */
static char *
plain_letters(struct arena *a, const char *text)
{
	char *folded = unicode_decomposed(a, unicode_lower(a, text)), *to = folded;

	for (const char *at = folded; *at != '\0';) {
		const char *from = at;
		unsigned point = utf8_next(&at);

		if (point >= 0x300 && point <= 0x36F)
			continue;
		memmove(to, from, (size_t)(at - from));
		to += at - from;
	}
	*to = '\0';
	return folded;
}

static bool
holds(struct arena *a, const char *text, const char *sought)
{
	return text != NULL && strstr(plain_letters(a, text), sought) != NULL;
}

/* Whether q is part of the note, the task, a tag, or the name of the project or the client. */
static bool
is_sought(const struct time_report *report, struct arena *a, const struct entry *entry, const char *project,
    const char *client)
{
	const char *sought;

	if (report->search == NULL || report->search[0] == '\0')
		return true;
	sought = plain_letters(a, report->search);
	for (size_t i = 0; i < entry->tags.count; i++)
		if (holds(a, entry->tags.all[i], sought))
			return true;
	return holds(a, entry->note, sought) || holds(a, entry->task, sought) || holds(a, project, sought) ||
	    holds(a, client, sought);
}

static bool
passes(const struct time_report *report, const struct entry *entry)
{
	bool tagged = report->tag == NULL ||
	    (report->tag[0] == '\0' ? entry->tags.count == 0 : texts_hold(&entry->tags, report->tag));

	return tagged && chosen(&report->projects, entry->project) && chosen(&report->clients, entry->client) &&
	    chosen(&report->sites, entry->site) && (!report->asks_billable || entry->billable == report->billable);
}

/* ---- lines ---- */

static const char *
join(struct arena *a, const struct texts *texts)
{
	struct buf b;

	if (texts->count == 0)
		return NULL;
	buf_init(&b, a);
	for (size_t i = 0; i < texts->count; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", texts->all[i]);
	return b.text;
}

static struct time_key
text_key(const char *text)
{
	return (struct time_key){ .id = text, .name = text };
}

static const char *
week_of(struct arena *a, const struct worker *worker, const char *day)
{
	char week[DATE_TEXT_SIZE];

	hours_week_of(&worker->plan, day, week);
	return arena_strdup(a, week);
}

static struct problem *
thing_key(struct time_report *report, struct arena *a, const char *collection, const char *id, struct time_key *key)
{
	const struct time_thing *thing;
	struct problem *p;

	*key = (struct time_key){ .id = id };
	if (id == NULL)
		return NULL;
	if ((p = find_thing(report, a, collection, id, &thing)) == NULL)
		key->name = thing->name;
	return p;
}

static struct problem *
find_key(struct time_report *report, struct arena *a, enum time_by by, const struct worker *worker,
    const struct entry *entry, struct time_key *key)
{
	switch (by) {
	case BY_PERSON:
		*key = (struct time_key){ .id = worker->id, .name = worker->name };
		return NULL;
	case BY_CLIENT:
		return thing_key(report, a, "clients", entry->client, key);
	case BY_PROJECT:
		return thing_key(report, a, "projects", entry->project, key);
	case BY_SITE:
		return thing_key(report, a, "jobSites", entry->site, key);
	case BY_TAG:
		*key = text_key(join(a, &entry->tags));
		return NULL;
	case BY_TASK:
		*key = text_key(entry->task);
		return NULL;
	case BY_NOTE:
		*key = text_key(entry->note);
		return NULL;
	case BY_DAY:
		*key = text_key(entry->day);
		return NULL;
	case BY_WEEK:
		*key = text_key(week_of(a, worker, entry->day));
		return NULL;
	default:
		*key = text_key(arena_strndup(a, entry->day, strlen("2026-11")));
		return NULL;
	}
}

/* What makes a line one of its own. */
static const char *
line_name(struct arena *a, const struct time_key keys[2])
{
	return arena_printf(a, "%s%s\n%s%s", keys[0].id == NULL ? "-" : "=", keys[0].id == NULL ? "" : keys[0].id,
	    keys[1].id == NULL ? "-" : "=", keys[1].id == NULL ? "" : keys[1].id);
}

static struct problem *
find_line(struct time_report *report, struct arena *a, const struct time_key keys[2], struct time_line **line)
{
	struct arena *life = report->call->a;
	struct seen_entry *entry = seen_entry(&report->index, line_name(a, keys));

	*line = NULL;
	if (entry->count == 0) {
		if (report->count == REPORT_LINES_MAX)
			return problem_at(life, PROBLEM_INVALID, "group",
			    "The report would have more than %d lines; group by something else, or ask for fewer days.",
			    REPORT_LINES_MAX);
		if (report->count == report->room) {
			size_t room = report->room == 0 ? 256 : 2 * report->room;
			struct time_line *more = arena_alloc(life, room * sizeof *more);

			if (report->count > 0)
				memcpy(more, report->lines, report->count * sizeof *more);
			report->lines = more;
			report->room = room;
		}
		report->lines[report->count] = (struct time_line){ .seconds = 0 };
		for (size_t i = 0; i < report->by_count; i++)
			report->lines[report->count].keys[i] = (struct time_key){
				.id = arena_strdup(life, keys[i].id),
				.name = arena_strdup(life, keys[i].name),
			};
		entry->count = (uint32_t)++report->count;
	}
	*line = &report->lines[entry->count - 1];
	return NULL;
}

static void
add_amount(struct time_line *line, int64_t seconds, int64_t rate)
{
	int64_t exact = line->rest + seconds * rate;

	line->cents += exact / HOUR;
	line->rest = exact % HOUR;
}

static struct problem *
add_entry(struct time_report *report, struct arena *a, const struct worker *worker, struct entry *entry)
{
	const struct time_thing *project = NULL, *client = NULL;
	struct time_key keys[2] = { { .id = NULL } };
	struct time_line *line;
	struct problem *p;

	if (entry->project != NULL && (p = find_thing(report, a, "projects", entry->project, &project)) != NULL)
		return p;
	entry->client = project == NULL ? NULL : project->client;
	if (!passes(report, entry))
		return NULL;
	if (entry->client != NULL && (p = find_thing(report, a, "clients", entry->client, &client)) != NULL)
		return p;
	if (!is_sought(report, a, entry, project == NULL ? NULL : project->name, client == NULL ? NULL : client->name))
		return NULL;
	for (size_t i = 0; i < report->by_count; i++)
		if ((p = find_key(report, a, report->by[i], worker, entry, &keys[i])) != NULL)
			return p;
	if ((p = find_line(report, a, keys, &line)) != NULL || line == NULL)
		return p;
	line->seconds += entry->seconds;
	line->sessions++;
	line->running += entry->running;
	if (entry->billable)
		line->billable += entry->seconds;
	if (entry->billable && worker->priced)
		add_amount(line, entry->seconds, entry->rate);
	return NULL;
}

/* ---- people ---- */

/* A bound for the start of sessions, days from day in UTC.  No zone differs from UTC by a day. */
static struct value
bound(struct arena *a, const char *day, int days)
{
	return value_text(instant_text(a, (date_days(day) + days) * DAY_MILLISECONDS));
}

static struct problem *
add_person(struct time_report *report, struct arena *a, const char *id, const char *name)
{
	const struct collection *c = collection_find(report->call->set, "workSessions");
	const struct person *person = report->call->person;
	struct worker worker = { .id = id, .name = name, .priced = policy_sees_private(person, id) };
	const struct call call = call_in(report->call, a);
	struct work_dated_list terms;
	struct problem *p;
	struct rows *rows;

	if ((p = work_plan_read(&call, &report->rules, id, &terms, &worker.plan)) != NULL)
		return p;
	p = db_run(report->call->db, a, SQL(WORK_SESSIONS_BILLED),
	    VALUES(value_id(person->space_id), value_id(id), bound(a, report->from, -1), bound(a, report->to, 2),
	        value_integer(REPORT_SESSIONS_MAX + 1)),
	    &rows);
	if (p != NULL)
		return p;
	if (rows->count > REPORT_SESSIONS_MAX)
		return problem_at(a, PROBLEM_INVALID, "from",
		    "One person has more than %d sessions in this time; ask for fewer days.", REPORT_SESSIONS_MAX);
	for (size_t i = 0; i < rows->count; i++) {
		const char *doc = row_text(rows, i, WORK_BILLED_DOC);
		const char *doc_private = worker.priced ? row_text(rows, i, WORK_BILLED_DOC_PRIVATE) : NULL;
		const char **values = values_parse(a, c, doc, doc_private);
		struct entry entry;

		if (read_entry(report, a, &worker, c, (const char *const *)values, &entry) &&
		    (p = add_entry(report, a, &worker, &entry)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
no_person(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "There is no such person.");
}

/* Someone who is asked for by their id, and whom the asking person may see. */
static struct problem *
find_person(struct time_report *report, const char *id, const char **name)
{
	const struct call *call = report->call;
	struct value space = value_id(call->person->space_id);
	struct problem *p;
	struct rows *rows;

	*name = NULL;
	if (!uuid_valid(id) ||
	    !policy_sees(call->person, collection_find(call->set, "workSessions"), id, NULL))
		return no_person(call->a);
	if ((p = db_run(call->db, call->a, SQL(WORK_PERSON), VALUES(value_id(id), space, space), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return no_person(call->a);
	*name = row_text(rows, 0, WORK_PERSON_NAME);
	return NULL;
}

/* Add the sessions of one person, in an arena that ends with them. */
static struct problem *
add_alone(struct time_report *report, const char *id, const char *name)
{
	struct arena *scratch = arena_new();
	struct problem *p = add_person(report, scratch, id, name == NULL ? "" : name);

	if (p != NULL)
		p = problem_copy(report->call->a, p);
	arena_free(scratch);
	return p;
}

static struct problem *
add_chosen(struct time_report *report, const struct texts *ids)
{
	struct problem *p;
	const char *name;

	for (size_t i = 0; i < ids->count; i++) {
		bool again = texts_hold(&(struct texts){ .all = ids->all, .count = i }, ids->all[i]);

		if (!again && ((p = find_person(report, ids->all[i], &name)) != NULL ||
		    (p = add_alone(report, ids->all[i], name)) != NULL))
			return p;
	}
	return NULL;
}

static struct problem *
add_people(struct time_report *report, const struct collection *c)
{
	const struct call *call = report->call;
	const struct texts self = { .all = &call->person->user_id, .count = 1 };
	struct problem *p;
	struct rows *rows;

	if (report->persons.given)
		return add_chosen(report, &report->persons.ids);
	if (policy_limited(call->person, c))
		return add_chosen(report, &self);
	p = db_run(call->db, call->a, SQL(WORK_PEOPLE), VALUES(value_id(call->person->space_id)), &rows);
	for (size_t i = 0; p == NULL && i < rows->count; i++)
		p = add_alone(report, row_text(rows, i, WORK_PERSON_ID), row_text(rows, i, WORK_PERSON_NAME));
	return p;
}

/* ---- the report ---- */

/* By name, ignoring the case of ASCII; what has no name after the others, and nothing last. */
static int
compare_keys(const struct time_key *left, const struct time_key *right)
{
	int order;

	if (left->id == NULL || right->id == NULL)
		return (left->id == NULL) - (right->id == NULL);
	if (left->name == NULL || right->name == NULL)
		order = (left->name == NULL) - (right->name == NULL);
	else
		order = strcasecmp(left->name, right->name);
	return order != 0 ? order : strcmp(left->id, right->id);
}

static int
by_keys(const void *left, const void *right)
{
	const struct time_line *one = left, *other = right;
	int order = compare_keys(&one->keys[0], &other->keys[0]);

	return order != 0 ? order : compare_keys(&one->keys[1], &other->keys[1]);
}

int64_t
time_line_amount(const struct time_line *line)
{
	return line->cents + (2 * line->rest >= HOUR);
}

static void
add_up(struct time_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct time_line *line = &report->lines[i];

		report->sum.seconds += line->seconds;
		report->sum.billable += line->billable;
		report->sum.cents += time_line_amount(line);
		report->sum.sessions += line->sessions;
		report->sum.running += line->running;
	}
}

struct problem *
time_report_open(struct time_report *report)
{
	struct arena *a = report->call->a;
	const struct collection *c = collection_find(report->call->set, "workSessions");
	struct problem *p;

	if (c == NULL || collection_field(c, "rate") == NULL)
		return problem_new(a, PROBLEM_NOT_FOUND, "There are no work sessions here.");
	seen_start(&report->index, a);
	seen_start(&report->known, a);
	if ((p = policy_may(a, report->call->person, c, MAY_READ)) != NULL ||
	    (p = read_groups(report)) != NULL ||
	    (p = read_filters(report)) != NULL ||
	    (p = space_currency(report->call, &report->currency)) != NULL ||
	    (p = work_rules_read(report->call, &report->rules)) != NULL ||
	    (p = add_people(report, c)) != NULL)
		return p;
	if (report->count > 0)
		qsort(report->lines, report->count, sizeof *report->lines, by_keys);
	add_up(report);
	return NULL;
}
