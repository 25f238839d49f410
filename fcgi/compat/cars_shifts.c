/* cars_shifts.c -- shifts and resets as the package-car tracker's API has them, over the actions of fleet.h.  There a shift could be
 * open twice, and its end forgot the notes of its start; here one is open at a time and both are kept. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "compat/cars.h"
#include "fleet/fleet.h"
#include "record/list.h"
#include "sync/since.h"

enum {
	LIMIT_DEFAULT = 10,
	LIMIT_MAX = 1000
};

/* ---- a shift on the wire ---- */

static void
add_instant(struct request *r, struct buf *out, const char *name, const char *value)
{
	compat_time(out, name, value == NULL ? NULL : instant_sql(r->a, value_instant_of(value)));
}

/* The name of the person whose id a field holds; nothing before there is one. */
static struct problem *
add_person(struct request *r, struct buf *out, const char *name, const char *value)
{
	struct problem *p;
	const char *text = NULL;

	if (value != NULL && (p = since_name(r->db, r->a, value_plain(r->a, value), &text)) != NULL)
		return p;
	compat_text(out, name, text);
	return NULL;
}

/* There is one place for two notes. */
static const char *
both_notes(struct request *r, const char *start, const char *end)
{
	start = start == NULL ? "" : value_plain(r->a, start);
	end = end == NULL ? "" : value_plain(r->a, end);
	return arena_printf(r->a, "%s%s%s", start, *start != '\0' && *end != '\0' ? "\n" : "", end);
}

static void
add_json(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, ",\"%s\":", name);
	buf_text(out, value == NULL ? "null" : value);
}

static struct problem *
add_shift(struct request *r, struct buf *out, const struct record *shift)
{
	struct problem *p;
	const char **values = values_parse(r->a, shift->collection, shift->doc, NULL);

	buf_printf(out, "{\"id\":\"%s\"", shift->id);
	add_instant(r, out, "startedAt", value_named(shift->collection, values, "startedAt"));
	add_instant(r, out, "endedAt", value_named(shift->collection, values, "endedAt"));
	if ((p = add_person(r, out, "startedBy", value_named(shift->collection, values, "startedBy"))) != NULL ||
	    (p = add_person(r, out, "endedBy", value_named(shift->collection, values, "endedBy"))) != NULL)
		return p;
	compat_text(out, "notes", both_notes(r, value_named(shift->collection, values, "startNotes"), value_named(shift->collection, values, "endNotes")));
	add_json(out, "snapshot", value_named(shift->collection, values, "snapshot"));
	add_json(out, "stats", value_named(shift->collection, values, "stats"));
	buf_char(out, '}');
	return NULL;
}

/* GET …/shifts?limit= -- the newest first. */
struct problem *
compat_shifts_list(struct request *r)
{
	struct problem *p;
	struct list *list = arena_alloc(r->a, sizeof *list);
	struct buf *out;

	if ((p = compat_collection(r, "shifts", &list->collection)) != NULL ||
	    (p = query_integer(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &list->limit)) != NULL ||
	    (p = list_read(r->db, r->a, r->worker->collections, &r->person, list)) != NULL)
		return p;
	out = reply_json(r, 200);
	buf_text(out, "{\"shifts\":[");
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buf_char(out, ',');
		if ((p = add_shift(r, out, &list->records[i])) != NULL)
			return p;
	}
	buf_text(out, "]}");
	return NULL;
}

/* ---- actions ---- */

static struct problem *
start(struct request *r, const char *notes)
{
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_done done;

	p = fleet_start(&call, notes, &done);
	if (p != NULL && p->kind == PROBLEM_CONFLICT)
		return compat_say(r, 409, "A shift is already active");
	if (p != NULL)
		return p;
	buf_text(reply_json(r, 201), "{\"success\":true,\"action\":\"start\"}");
	return NULL;
}

/* Its client names no shift: the one that is under way is meant. */
static struct problem *
end(struct request *r, const char *notes)
{
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_done done;
	struct record open;
	bool found;
	const char *stats;

	if ((p = fleet_open_shift(r->db, r->a, r->worker->collections, r->person.space_id, &open, &found)) != NULL)
		return p;
	if (!found)
		return compat_say(r, 404, "No active shift found");
	p = fleet_end(&call, open.id, notes, &done);
	if (p != NULL && p->kind == PROBLEM_CONFLICT) /* somebody else was first */
		return compat_say(r, 404, "No active shift found");
	if (p != NULL)
		return p;
	stats = value_named(done.shift.collection, values_parse(r->a, done.shift.collection, done.shift.doc, NULL), "stats");
	buf_printf(reply_json(r, 200), "{\"success\":true,\"action\":\"end\",\"stats\":%s}", stats == NULL ? "null" : stats);
	return NULL;
}

/* POST …/shifts {"action","notes"} */
struct problem *
compat_shifts_act(struct request *r)
{
	struct problem *p;
	struct json_object *body;
	const char *action, *notes;

	if ((p = compat_body(r, &body)) != NULL ||
	    (p = json_get_text(r->a, body, "action", &action)) != NULL ||
	    (p = json_get_text(r->a, body, "notes", &notes)) != NULL)
		return p;
	if (action != NULL && strcmp(action, "start") == 0)
		return start(r, notes);
	if (action != NULL && strcmp(action, "end") == 0)
		return end(r, notes);
	return compat_say(r, 400, "Invalid action");
}

/* POST …/cars/reset?hard= -- the flags of all cars, or with hard (managers) the cars themselves; what was stays in the audit. */
struct problem *
compat_cars_reset(struct request *r)
{
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_reset reset = { .hard = false };
	struct fleet_done done;
	const char *hard = query_get(r, "hard");

	reset.hard = hard != NULL && strcmp(hard, "true") == 0;
	if (hard != NULL && !reset.hard && strcmp(hard, "false") != 0)
		return problem_at(r->a, PROBLEM_INVALID, "hard", "hard must be true or false");
	if ((p = fleet_reset(&call, &reset, &done)) != NULL)
		return p;
	buf_text(reply_json(r, 200), reset.hard ? "{\"success\":true,\"message\":\"Database wiped\"}" : "{\"success\":true}");
	return NULL;
}
