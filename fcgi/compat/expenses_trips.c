/* expenses_trips.c -- mileage entries, which are trips. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/id.h"
#include "base/order_key.h"
#include "compat/compat.h"
#include "compat/expenses_rows.h"
#include "expenses/odometer.h"
#include "http/reply.h"
#include "model/policy.h"

enum {
	REORDER_MAX = 500 /* trips in one reordering */
};

static const struct wire mileage_members[] = {
	{ "date", "date", WIRE_DATE, NULL },
	{ "vehicleId", "vehicle", WIRE_REF, NULL },
	{ "startLocation", "from", WIRE_TEXT, NULL },
	{ "endLocation", "to", WIRE_TEXT, NULL },
	{ "purpose", "purpose", WIRE_TEXT, NULL },
	{ "miles", "miles", WIRE_NUMBER, NULL },
	{ "notes", "notes", WIRE_TEXT, NULL },
	{ "isGpsTracked", "tracked", WIRE_FLAG, NULL },
	{ "costCenter", "costCenter", WIRE_CENTER, NULL },
	{ .name = NULL }
};

/* An odometer of 0 is what a client sends that has none. */
static struct problem *
settle_mileage(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	const char *odometer = body_text(body, "odometerReading");
	struct problem *p;

	(void)owner;
	if (odometer != NULL && odometer[strspn(odometer, "0.")] != '\0' &&
	    (p = wire_give(l, op, "startOdometer", odometer)) != NULL)
		return p;
	if ((p = wire_give_place(l, body, "startLocationLat", "startLocationLng", "fromAt", op)) != NULL)
		return p;
	return wire_give_place(l, body, "endLocationLat", "endLocationLng", "toAt", op);
}

static struct problem *
put_mileage(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	const struct collection *c = row->record->collection;
	const char *name;
	struct problem *p;

	if ((p = lookups_person(l, row->record->owner, &name)) != NULL)
		return p;
	put_text(out, "employeeName", name);
	wire_put_number(l->r->a, out, "odometerReading", collection_field(c, "startOdometer"),
	    value_named(c, row->values, "startOdometer"));
	put_integer(out, "hoursWorked", 0);
	put_integer(out, "sortOrder", row->place);
	wire_put_place(out, row, "fromAt", "startLocationLat", "startLocationLng");
	wire_put_place(out, row, "toAt", "endLocationLat", "endLocationLng");
	put_text(out, "oxfordHouseId", "");
	put_text(out, "costCenters", "[]");
	return NULL;
}

const struct resource expense_trips = {
	.path = "mileage-entries",
	.collection = "mileage",
	.what = "Mileage entry",
	.members = mileage_members,
	.settle = settle_mileage,
	.put = put_mileage,
};

/* ---- POST …/mileage-entries/reorder ---- */

/* The trips of a day in the order that somebody has given them. */
struct reorder {
	const struct collection *c;
	const char *owner;
	const char *ids[REORDER_MAX];
	size_t count;
};

/* Find a trip that is named: one of the owner's that the person sees. */
static struct problem *
find_trip(struct writer *w, const struct reorder *re, const char *id, const char **order)
{
	const struct call *call = w->call;
	struct record record;
	struct problem *p;
	bool found;

	if ((p = record_find(call, re->c, id, &record, &found)) != NULL)
		return p;
	if (!found || record.deleted || !policy_sees(call->person, re->c, record.owner, record.reader))
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There is no such trip.");
	if (strcmp(record.owner, re->owner) != 0)
		return problem_new(call->a, PROBLEM_FORBIDDEN, "This is somebody else's.");
	*order = value_plain(call->a, value_named(re->c, values_parse(call->a, re->c, record.doc, NULL), "order"));
	return NULL;
}

/* A trip that already comes after the one before keeps its place; the others get one after it.  Trips of the day that
 * are not named stay where they are. */
static struct problem *
take_reorder(struct writer *w, void *arg)
{
	const struct reorder *re = arg;
	struct arena *a = w->call->a;
	const char *last = NULL, *order = NULL;
	struct outcome outcome;
	struct problem *p;

	for (size_t i = 0; i < re->count; i++) {
		struct op op = { .collection = re->c, .record_id = re->ids[i], .kind = OP_SET,
			.intent = INTENT_CHANGE, .base = BASE_CURRENT };

		if ((p = find_trip(w, re, re->ids[i], &order)) != NULL)
			return p;
		if (order_key_valid(order) && (last == NULL || strcmp(order, last) > 0)) {
			last = order;
			continue;
		}
		last = order_key_between(a, last, NULL);
		op_give(a, &op, "order", json_quoted(a, last));
		if ((p = writer_must(w, &op, &outcome)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
read_ids(struct request *r, struct reorder *re)
{
	struct json_object *list;
	const char *id;

	if (!json_object_object_get_ex(r->input, "orderedIds", &list) || !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > REORDER_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "orderedIds", "orderedIds must be a list of at most %d ids.",
		    REORDER_MAX);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if ((id = wire_text(json_object_array_get_idx(list, i))) == NULL || !id_valid(id))
			return problem_at(r->a, PROBLEM_INVALID, "orderedIds", "orderedIds must be a list of ids.");
		re->ids[re->count++] = id;
	}
	return NULL;
}

const struct member compat_expenses_reorder_takes[] = {
	BODY("employeeId", ANY, "whose; without it one's own"),
	BODY("orderedIds", ANY, "trips of a day in their order: a list"),
	MEMBERS_END
};

struct problem *
compat_expenses_reorder(struct request *r)
{
	struct reorder *re = arena_alloc(r->a, sizeof *re);
	struct written written;
	struct problem *p;

	if ((p = expenses_collection(r, "mileage", &re->c)) != NULL ||
	    (p = lookups_owner(r, body_text(r->input, "employeeId"), &re->owner)) != NULL ||
	    (p = read_ids(r, re)) != NULL ||
	    (p = write_action(&r->call, ROLE_MEMBER, take_reorder, re, &written)) != NULL)
		return p;
	return expenses_done(r, "Mileage entries reordered successfully");
}

/* ---- GET …/mileage-entries/suggested-starting-odometer ---- */

static struct problem *
suggest(struct request *r, const char *owner)
{
	const char *vehicle = given_text(r, "vehicleId"), *date = given_text(r, "date");
	struct odometer_vehicle used;
	struct odometer odometer;
	struct json_out *out;
	struct problem *p;

	if (date == NULL || (date = wire_date(r->a, date)) == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "date", "A date is written like 2026-11-21.");
	if (vehicle != NULL && !id_valid(vehicle))
		vehicle = NULL;
	if ((p = odometer_suggest(&r->call, owner, date, vehicle, &used, &odometer)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_json(out, "suggestedOdometer", odometer.known ? decimal_format(r->a, odometer.reading, 1) : NULL);
	put_json(out, "odometerReading", odometer.known ? decimal_format(r->a, odometer.reading, 1) : NULL);
	put_text(out, "vehicleId", used.id);
	put_text(out, "date", odometer.known ? odometer.date : NULL);
	put_text(out, "source", odometer.known ? odometer.kind : "none");
	return NULL;
}

const struct member compat_expenses_suggest_takes[] = {
	PARAM("employeeId", TEXT, "whose; without it one's own"),
	PARAM("date", TEXT, "the day of the trip"),
	PARAM("vehicleId", TEXT, "of which vehicle; without it the usual one"),
	MEMBERS_END
};

/* What the odometer says before the next trip of that day. */
struct problem *
compat_expenses_suggest(struct request *r)
{
	const char *owner = given_text(r, "employeeId");
	const struct collection *c;
	struct problem *p;

	if (owner == NULL || *owner == '\0')
		owner = r->person.user_id;
	if ((p = expenses_collection(r, "mileage", &c)) != NULL)
		return p;
	if (!uuid_valid(owner) || !policy_sees(&r->person, c, owner, NULL))
		return expenses_denied(r);
	return suggest(r, owner);
}
