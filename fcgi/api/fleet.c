/* fleet.c -- the actions on the whole board: POST /api/shifts/start, /api/shifts/:id/end, /api/cars/reset,
 * /api/roster/apply.  Each is one transaction in
 * lib/fleet/fleet.c and can be repeated under its Idempotency-Key. */
#include "fleet/fleet.h"

#include <inttypes.h>

#include "api/api.h"
#include "http/reply.h"

static struct problem *
read_notes(struct request *r, const char **notes)
{
	static const char *const members[] = { "notes", NULL };
	struct problem *p;

	*notes = NULL;
	if (r->input == NULL)
		return NULL;
	if ((p = json_only(r->a, r->input, members)) != NULL)
		return p;
	return json_get_text(r->a, r->input, "notes", notes);
}

/* Said where an action was done before and this is its first answer again. */
static void
put_duplicate(struct json_out *out, bool duplicate)
{
	if (duplicate)
		put_boolean(out, "duplicate", true);
}

static void
answer_shift(struct request *r, int status, const struct fleet_done *done)
{
	struct json_out *out = reply_object(r, status);

	reply_header(r, "ETag", record_etag(r->a, &done->shift, &r->person, done->epoch));
	if (status == 201)
		reply_header(r, "Location", arena_printf(r->a, "/api%s%s/shifts/%s", r->space == NULL ? "" : "/spaces/",
		    r->space == NULL ? "" : r->space, done->shift.id));
	record_put(out, "shift", &done->shift, &r->person);
	put_duplicate(out, done->duplicate);
	put_integer(out, "version", done->version);
	put_integer(out, "seq", done->seq);
}

/* POST /api/shifts/start {"notes"} -- 409 while a shift is under way. */
struct problem *
shifts_start(struct request *r)
{
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_done done;
	const char *notes;

	if ((p = read_notes(r, &notes)) != NULL ||
	    (p = fleet_start(&call, notes, &done)) != NULL)
		return p;
	answer_shift(r, 201, &done);
	return NULL;
}

/* POST /api/shifts/:id/end {"notes"} -- snapshot, figures and reset in one. */
struct problem *
shifts_end(struct request *r)
{
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_done done;
	const char *notes;

	if ((p = read_notes(r, &notes)) != NULL ||
	    (p = fleet_end(&call, r->params[0], notes, &done)) != NULL)
		return p;
	answer_shift(r, 200, &done);
	return NULL;
}

static struct problem *
read_reset(struct request *r, struct fleet_reset *reset)
{
	static const char *const members[] = { "expectedShift", "hard", NULL };
	struct problem *p;

	*reset = (struct fleet_reset){ 0 };
	if (r->input == NULL)
		return NULL;
	if ((p = json_only(r->a, r->input, members)) != NULL ||
	    (p = json_get_text(r->a, r->input, "expectedShift", &reset->expected)) != NULL)
		return p;
	reset->expects = json_object_object_get_ex(r->input, "expectedShift", NULL);
	return json_get_boolean(r->a, r->input, "hard", &reset->hard, NULL);
}

/* POST /api/cars/reset {"expectedShift","hard"} -- the flags of all cars, or with hard (managers) the cars themselves. */
struct problem *
cars_reset(struct request *r)
{
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_reset reset;
	struct fleet_done done;
	struct json_out *out;

	if ((p = read_reset(r, &reset)) != NULL ||
	    (p = fleet_reset(&call, &reset, &done)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_integer(out, "cars", done.cars);
	put_boolean(out, "hard", reset.hard);
	put_duplicate(out, done.duplicate);
	return NULL;
}

/* POST /api/roster/apply {"update"} -- the active cars of the roster onto the board. */
struct problem *
roster_apply(struct request *r)
{
	static const char *const members[] = { "update", NULL };
	struct problem *p;
	struct fleet_call call = request_fleet_call(r);
	struct fleet_apply apply = { .update = false };
	struct fleet_applied applied;
	struct json_out *out;

	if (r->input != NULL && ((p = json_only(r->a, r->input, members)) != NULL ||
	    (p = json_get_boolean(r->a, r->input, "update", &apply.update, NULL)) != NULL))
		return p;
	if ((p = fleet_apply_roster(&call, &apply, &applied)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_integer(out, "added", applied.added);
	put_integer(out, "updated", applied.updated);
	put_duplicate(out, applied.duplicate);
	return NULL;
}
