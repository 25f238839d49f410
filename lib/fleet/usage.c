/* usage.c -- stores events and counts them. */
#include "fleet/usage.h"

#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "store/statement.h"

enum {
	FULL_SECONDS = 60 * 60 /* to wait when a day's events are used up */
};

struct event {
	const char *type, *metadata;
	int64_t count;
};

static bool
type_valid(const char *type)
{
	size_t n = strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return n >= 1 && n <= 40 && type[n] == '\0';
}

static struct problem *
read_metadata(struct arena *a, struct json_object *from, struct event *event)
{
	struct json_object *metadata;
	struct buf b;

	event->metadata = NULL;
	if (!json_object_object_get_ex(from, "metadata", &metadata) || metadata == NULL)
		return NULL;
	if (!json_object_is_type(metadata, json_type_object))
		return problem_at(a, PROBLEM_INVALID, "metadata", "metadata must be an object.");
	buf_init(&b, a);
	json_canonical(&b, metadata);
	if (b.length > USAGE_METADATA_MAX)
		return problem_at(a, PROBLEM_INVALID, "metadata",
		    "metadata has more than %d bytes.", USAGE_METADATA_MAX);
	event->metadata = b.text;
	return NULL;
}

static struct problem *
read_event(struct arena *a, struct json_object *from, struct event *event)
{
	static const char *const members[] = { "type", "count", "metadata", NULL };
	struct problem *p;
	bool given;

	if (!json_object_is_type(from, json_type_object))
		return problem_at(a, PROBLEM_INVALID, "events", "events must be a list of objects.");
	if ((p = json_only(a, from, members)) != NULL ||
	    (p = json_get_text(a, from, "type", &event->type)) != NULL ||
	    (p = json_get_integer(a, from, "count", &event->count, &given)) != NULL ||
	    (p = read_metadata(a, from, event)) != NULL)
		return p;
	if (event->type == NULL || !type_valid(event->type))
		return problem_at(a, PROBLEM_INVALID, "type", "type must have 1 to 40 letters, digits or ._-.");
	if (!given || event->count < 1 || event->count > USAGE_COUNT_MAX)
		return problem_at(a, PROBLEM_INVALID, "count",
		    "count must be a whole number from 1 to %d.", USAGE_COUNT_MAX);
	return NULL;
}

/* The id of an event is made from the key and the event, so that an event of a repeated report exists already.  Another
 * event under the same key has another id. */
static const char *
event_id(struct arena *a, const struct person *person, const char *key, const struct event *event, size_t i)
{
	unsigned char digest[SHA256_SIZE];
	const char *text;

	if (key == NULL)
		return uuid7_text(a);
	text = arena_printf(a, "usage %s %s %s %zu %s %lld %s", person->space_id, person->user_id, key, i, event->type,
	    (long long)event->count, event->metadata == NULL ? "" : event->metadata);
	sha256(text, strlen(text), digest);
	return uuid_text(a, digest);
}

struct report {
	const struct person *person;
	const char *key;
	const struct event *events;
	size_t count;
};

/* Events that are there already count once, so a report that is repeated fits. */
static struct problem *
check_day(struct db *db, struct arena *a, const struct person *person)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(db, a, SQL(USAGE_OF_DAY), VALUES(value_id(person->space_id), value_id(person->user_id)), &rows);
	if (p != NULL || row_integer(rows, 0, COUNTED) <= USAGE_DAY_MAX)
		return p;
	p = problem_new(a, PROBLEM_TOO_MANY, "A person can report %d events a day.", USAGE_DAY_MAX);
	p->retry_after = FULL_SECONDS;
	return p;
}

static struct problem *
keep(struct db *db, struct arena *a, void *arg)
{
	const struct report *r = arg;
	struct problem *p = NULL;

	for (size_t i = 0; p == NULL && i < r->count; i++)
		p = db_run(db, a, SQL(USAGE_RECORD),
		    VALUES(value_id(event_id(a, r->person, r->key, &r->events[i], i)),
		        value_id(r->person->space_id), value_id(r->person->user_id), value_text(r->events[i].type),
		        value_integer(r->events[i].count), value_text(r->events[i].metadata)), NULL);
	return p != NULL ? p : check_day(db, a, r->person);
}

struct problem *
usage_record(const struct call *call, const char *key, struct json_object *events, int64_t *recorded)
{
	struct arena *a = call->a;
	struct event *list;
	struct report report = { .person = call->person, .key = key };
	struct problem *p;

	if (!json_object_is_type(events, json_type_array))
		return problem_at(a, PROBLEM_INVALID, "events", "events must be a list.");
	report.count = json_object_array_length(events);
	if (report.count == 0 || report.count > USAGE_EVENTS_MAX)
		return problem_at(a, PROBLEM_INVALID, "events", "A report has 1 to %d events.", USAGE_EVENTS_MAX);
	report.events = list = arena_alloc(a, report.count * sizeof *list);
	for (size_t i = 0; i < report.count; i++)
		if ((p = read_event(a, json_object_array_get_idx(events, i), &list[i])) != NULL)
			return p;
	*recorded = (int64_t)report.count;
	return db_transaction(call->db, a, keep, &report);
}

struct problem *
usage_counts(const struct call *call, enum usage_group group, int days, int64_t limit, struct usage_count **counts,
    size_t *count)
{
	const char *sql = group == USAGE_BY_DAY ? SQL(USAGE_DAYS)
	    : group == USAGE_BY_HOUR ? SQL(USAGE_HOURS) : SQL(USAGE_TOTALS);
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, sql,
	    VALUES(value_id(call->person->space_id), value_integer(days), value_integer(limit)), &rows)) != NULL)
		return p;
	*counts = arena_alloc(call->a, (rows->count + 1) * sizeof **counts);
	*count = rows->count;
	for (size_t i = 0; i < rows->count; i++)
		(*counts)[i] = (struct usage_count){
			row_text(rows, i, USAGE_TYPE), row_text(rows, i, USAGE_PERIOD), row_integer(rows, i, USAGE_SUM)
		};
	return NULL;
}
