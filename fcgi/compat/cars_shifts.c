/* cars_shifts.c -- shifts and resets in the format of the package-car tracker, over the actions of fleet.h.  In that
 * system two shifts could be open at once, and the end of a shift overwrote the notes of its start; here one shift is
 * open at a time, and both notes are kept.  Its clients send a reset beside each end, and either may come first. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "compat/cars.h"
#include "compat/compat.h"
#include "fleet/fleet.h"
#include "http/reply.h"
#include "record/list.h"
#include "sync/since.h"

enum {
	LIMIT_DEFAULT = 10,
	LIMIT_MAX = 1000
};

/* ---- a shift as JSON ---- */

static void
put_instant_of(struct request *r, struct json_out *out, const char *name, const char *value)
{
	compat_put_time(out, name, value == NULL ? NULL : instant_sql(r->a, value_instant_of(value)));
}

/* Put the name of the person whose id is in a field, or null if the field is empty. */
static struct problem *
put_person(struct request *r, struct json_out *out, const char *name, const char *value)
{
	struct problem *p;
	const char *text = NULL;

	if (value != NULL && (p = since_name(r->db, r->a, value_plain(r->a, value), &text)) != NULL)
		return p;
	put_text(out, name, text);
	return NULL;
}

/* That format has one member for both notes. */
static const char *
both_notes(struct request *r, const char *start, const char *end)
{
	start = start == NULL ? "" : value_plain(r->a, start);
	end = end == NULL ? "" : value_plain(r->a, end);
	return arena_printf(r->a, "%s%s%s", start, *start != '\0' && *end != '\0' ? "\n" : "", end);
}

static struct problem *
put_shift(struct request *r, struct json_out *out, const struct record *shift)
{
	struct problem *p;
	const char **values = values_parse(r->a, shift->collection, shift->doc, NULL);

	put_object(out, NULL);
	put_text(out, "id", shift->id);
	put_instant_of(r, out, "startedAt", value_named(shift->collection, values, "startedAt"));
	put_instant_of(r, out, "endedAt", value_named(shift->collection, values, "endedAt"));
	if ((p = put_person(r, out, "startedBy", value_named(shift->collection, values, "startedBy"))) != NULL ||
	    (p = put_person(r, out, "endedBy", value_named(shift->collection, values, "endedBy"))) != NULL)
		return p;
	put_text(out, "notes", both_notes(r, value_named(shift->collection, values, "startNotes"),
	    value_named(shift->collection, values, "endNotes")));
	put_json(out, "snapshot", value_named(shift->collection, values, "snapshot"));
	put_json(out, "stats", value_named(shift->collection, values, "stats"));
	put_end(out);
	return NULL;
}

const struct member compat_shifts_list_takes[] = {
	PARAM("limit", INTEGER, "shifts at most", .min = 1, .max = LIMIT_MAX, .otherwise = LIMIT_DEFAULT),
	MEMBERS_END
};

/* GET …/shifts?limit= -- the newest first. */
struct problem *
compat_shifts_list(struct request *r)
{
	struct problem *p;
	struct list *list = arena_alloc(r->a, sizeof *list);
	struct json_out *out;

	list->limit = given_integer(r, "limit");
	if ((p = compat_collection(r, "shifts", &list->collection)) != NULL ||
	    (p = list_read(&r->call, list)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_array(out, "shifts");
	for (size_t i = 0; i < list->count; i++)
		if ((p = put_shift(r, out, &list->records[i])) != NULL)
			return p;
	put_end(out);
	return NULL;
}

/* ---- actions ---- */

static struct problem *
start(struct request *r, const char *notes)
{
	struct problem *p;
	struct fleet_done done;
	struct json_out *out;

	p = fleet_start(&r->call, r->idempotency_key, notes, &done);
	if (p != NULL && p->kind == PROBLEM_CONFLICT)
		return compat_say(r, 409, "A shift is already active");
	if (p != NULL)
		return p;
	out = reply_object(r, 201);
	put_boolean(out, "success", true);
	put_text(out, "action", "start");
	return NULL;
}

/* Its clients name no shift: the open one is meant. */
static struct problem *
end(struct request *r, const char *notes)
{
	struct problem *p;
	struct fleet_done done;
	struct record open;
	bool found;
	struct json_out *out;

	if ((p = fleet_open_shift(&r->call, &open, &found)) != NULL)
		return p;
	if (!found)
		return compat_say(r, 404, "No active shift found");
	p = fleet_end(&r->call, r->idempotency_key, open.id, notes, true, &done);
	if (p != NULL && p->kind == PROBLEM_CONFLICT) /* somebody else ended it first */
		return compat_say(r, 404, "No active shift found");
	if (p != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "success", true);
	put_text(out, "action", "end");
	put_json(out, "stats",
	    value_named(done.shift.collection,
	        values_parse(r->a, done.shift.collection, done.shift.doc, NULL), "stats"));
	return NULL;
}

const struct member compat_shifts_act_takes[] = {
	BODY("action", TEXT, "start or end"),
	BODY("notes", TEXT, "what there is to say of it"),
	MEMBERS_END
};

/* POST …/shifts {"action","notes"} */
struct problem *
compat_shifts_act(struct request *r)
{
	if (given_is(r, "action", "start"))
		return start(r, given_text(r, "notes"));
	if (given_is(r, "action", "end"))
		return end(r, given_text(r, "notes"));
	return compat_say(r, 400, "Invalid action");
}

const struct member compat_cars_reset_takes[] = {
	PARAM("hard", CHOICE, "the cars themselves, not their flags alone", .choices = "true false",
	  .wrong = "hard must be true or false"),
	MEMBERS_END
};

/* POST …/cars/reset?hard= -- the flags of all cars, or with hard (managers) the cars themselves; the audit keeps what
 * they were. */
struct problem *
compat_cars_reset(struct request *r)
{
	struct problem *p;
	struct fleet_reset reset = { .hard = given_is(r, "hard", "true"), .beside = true };
	struct fleet_done done;
	struct json_out *out;

	if ((p = fleet_reset(&r->call, r->idempotency_key, &reset, &done)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "success", true);
	put_some(out, "message", reset.hard ? "Database wiped" : NULL);
	return NULL;
}
