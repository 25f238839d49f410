/* fleet.c -- the actions on the whole board: POST /api/shifts/start, /api/shifts/:id/end, /api/cars/reset and
 * /api/roster/apply.  Each is one transaction in lib/fleet/fleet.c and can be repeated under its Idempotency-Key. */
#include "fleet/fleet.h"

#include <inttypes.h>

#include "api/api.h"
#include "http/member.h"
#include "http/reply.h"

/* Put "duplicate": true if the action was done before under this key. */
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

const struct member shift_takes[] = {
	BODY("notes", TEXT, "what there is to say of it"),
	KEY_HEADER,
	MEMBERS_END
};

/* POST /api/shifts/start {"notes"} -- 409 while a shift is open. */
struct problem *
shifts_start(struct request *r)
{
	struct problem *p;
	struct fleet_done done;

	if ((p = fleet_start(&r->call, r->idempotency_key, given_text(r, "notes"), &done)) != NULL)
		return p;
	answer_shift(r, 201, &done);
	return NULL;
}

/* POST /api/shifts/:id/end {"notes"} -- snapshot, figures and reset in one transaction. */
struct problem *
shifts_end(struct request *r)
{
	struct problem *p;
	struct fleet_done done;

	if ((p = fleet_end(&r->call, r->idempotency_key, r->params[0], given_text(r, "notes"), false, &done)) != NULL)
		return p;
	answer_shift(r, 200, &done);
	return NULL;
}

const struct member cars_reset_takes[] = {
	BODY("expectedShift", TEXT, "the shift that is under way, null for none: another one is a conflict",
	  .null = NULL_IS_GIVEN),
	BODY("hard", BOOLEAN, "the cars themselves, not their flags alone"),
	KEY_HEADER,
	MEMBERS_END
};

/* POST /api/cars/reset {"expectedShift","hard"} -- the flags of all cars, or with hard (managers) the cars
 * themselves. */
struct problem *
cars_reset(struct request *r)
{
	struct problem *p;
	struct fleet_reset reset = {
		.expects = is_given(r, "expectedShift"),
		.expected = given_text(r, "expectedShift"),
		.hard = given_flag(r, "hard"),
	};
	struct fleet_done done;
	struct json_out *out;

	if ((p = fleet_reset(&r->call, r->idempotency_key, &reset, &done)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_integer(out, "cars", done.cars);
	put_boolean(out, "hard", reset.hard);
	put_duplicate(out, done.duplicate);
	return NULL;
}

const struct member roster_apply_takes[] = {
	BODY("update", BOOLEAN, "move cars that are on the board already to where the roster has them"),
	KEY_HEADER,
	MEMBERS_END
};

/* POST /api/roster/apply {"update"} -- puts the active cars of the roster on the board. */
struct problem *
roster_apply(struct request *r)
{
	struct problem *p;
	struct fleet_apply apply = { .update = given_flag(r, "update") };
	struct fleet_applied applied;
	struct json_out *out;

	if ((p = fleet_apply_roster(&r->call, r->idempotency_key, &apply, &applied)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_integer(out, "added", applied.added);
	put_integer(out, "updated", applied.updated);
	put_duplicate(out, applied.duplicate);
	return NULL;
}
