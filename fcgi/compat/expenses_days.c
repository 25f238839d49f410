/* expenses_days.c -- hours, daily descriptions and odometer readings.  There is one row for each person and day (and
 * category and cost center, or vehicle), whatever ids the clients give: their id is another name of the row. */
#include <string.h>

#include "compat/compat.h"
#include "compat/expenses_rows.h"
#include "http/reply.h"
#include "model/cell.h"

/* ---- hours ---- */

static const struct wire hour_members[] = {
	{ "date", "date", WIRE_DATE, NULL },
	{ "hours", "hours", WIRE_NUMBER, NULL },
	{ "description", "description", WIRE_TEXT, NULL },
	{ "costCenter", "costCenter", WIRE_CENTER, NULL },
	{ .name = NULL }
};

/* Some clients say "PTO Hours", some "PTO", and some nothing for hours of a cost center. */
static struct problem *
settle_hours(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	static const char tail[] = " Hours";
	const char *category = body_text(body, "category");
	size_t length = category == NULL ? 0 : strlen(category), cut = sizeof tail - 1;

	(void)owner;
	if (!json_object_object_get_ex(body, "category", NULL))
		return NULL;
	if (length > cut && strcmp(category + length - cut, tail) == 0)
		category = arena_strndup(l->r->a, category, length - cut);
	return wire_give(l, op, "category", length == 0 ? "Working" : category);
}

static struct problem *
put_hours(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	const struct collection *c = row->record->collection;
	const char *category = value_plain(l->r->a, value_named(c, row->values, "category"));
	bool works = category != NULL && strcmp(category, "Working") == 0;
	bool billed = value_named(c, row->values, "costCenter") != NULL;

	put_text(out, "category", !works ? category : billed ? "" : "Working Hours");
	return NULL;
}

const struct resource expense_hours = {
	.path = "time-tracking",
	.collection = "timesheets",
	.what = "Time entry",
	.members = hour_members,
	.natural = true,
	.settle = settle_hours,
	.put = put_hours,
};

/* ---- daily descriptions ---- */

static const struct wire_word days_off[] = {
	{ "Day Off", "day off" },
	{ "PTO", "PTO" },
	{ "Sick Day", "sick day" },
	{ "Holiday", "holiday" },
	{ "Unpaid Leave", "unpaid leave" },
	{ NULL, NULL }
};

static const struct wire note_members[] = {
	{ "date", "date", WIRE_DATE, NULL },
	{ "description", "description", WIRE_TEXT, NULL },
	{ "costCenter", "costCenter", WIRE_CENTER, NULL },
	{ "stayedOvernight", "overnight", WIRE_FLAG, NULL },
	{ "hoursWorked", "hoursAway", WIRE_NUMBER, NULL },
	{ "milesFromBase", "milesFromBase", WIRE_NUMBER, NULL },
	{ .name = NULL }
};

/* A day off is a flag and a kind on the wire; a flag alone is a day off of no further kind. */
static struct problem *
settle_note(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	const char *kind = body_text(body, "dayOffType"), *loose;

	(void)owner;
	if (!json_object_object_get_ex(body, "dayOff", NULL) && kind == NULL)
		return NULL;
	if (json_object_object_get_ex(body, "dayOff", NULL) && !body_flag(body, "dayOff"))
		return wire_give(l, op, "dayOff", NULL);
	if (kind == NULL || *kind == '\0')
		return wire_give(l, op, "dayOff", days_off[0].choice);
	loose = text_loose(l->r->a, kind);
	for (const struct wire_word *word = days_off; word->wire != NULL; word++)
		if (strcmp(text_loose(l->r->a, word->wire), loose) == 0)
			return wire_give(l, op, "dayOff", word->choice);
	return problem_at(l->r->a, PROBLEM_INVALID, "dayOffType",
	    "dayOffType must be Day Off, PTO, Sick Day, Holiday or Unpaid Leave.");
}

static struct problem *
put_note(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	const char *kind = value_plain(l->r->a, value_named(row->record->collection, row->values, "dayOff"));

	put_integer(out, "dayOff", kind != NULL);
	for (const struct wire_word *word = days_off; kind != NULL && word->wire != NULL; word++)
		if (strcmp(word->choice, kind) == 0) {
			put_text(out, "dayOffType", word->wire);
			return NULL;
		}
	put_text(out, "dayOffType", kind);
	return NULL;
}

const struct resource expense_notes = {
	.path = "daily-descriptions",
	.collection = "dayNotes",
	.what = "Daily description",
	.members = note_members,
	.natural = true,
	.settle = settle_note,
	.put = put_note,
};

/* ---- odometer readings ---- */

static const struct wire reading_members[] = {
	{ "date", "date", WIRE_DATE, NULL },
	{ "vehicleId", "vehicle", WIRE_REF, NULL },
	{ "odometerReading", "reading", WIRE_NUMBER, NULL },
	{ "notes", "note", WIRE_TEXT, NULL },
	{ .name = NULL }
};

/* The vehicle that the person uses unless they choose another; NULL when there is none. */
static struct problem *
main_vehicle(struct lookups *l, const char *owner, const char **id)
{
	struct stretch s = { .owner = owner };
	struct problem *p;

	*id = NULL;
	if ((p = expenses_collection(l->r, "vehicles", &s.collection)) != NULL ||
	    (p = stretch_read(&l->r->call, &s)) != NULL)
		return p;
	for (size_t i = 0; i < s.count; i++)
		if (value_true(value_named(s.collection, values_parse(l->r->a, s.collection, s.records[i].doc, NULL),
		    "main")))
			*id = s.records[i].id;
	if (*id == NULL && s.count == 1)
		*id = s.records[0].id;
	return NULL;
}

/* A reading without a vehicle is one of the person's usual one. */
static struct problem *
settle_reading(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	const char *vehicle = body_text(body, "vehicleId");
	struct problem *p;

	if (vehicle != NULL && *vehicle != '\0')
		return NULL;
	if (strcmp(l->r->method, "PUT") == 0 && !json_object_object_get_ex(body, "date", NULL))
		return NULL;
	if ((p = main_vehicle(l, owner, &vehicle)) != NULL)
		return p;
	if (vehicle == NULL)
		return problem_at(l->r->a, PROBLEM_REQUIRED, "vehicleId", "Say which vehicle this odometer is of.");
	return wire_give(l, op, "vehicle", vehicle);
}

const struct resource expense_readings = {
	.path = "daily-odometer-readings",
	.collection = "odometerReadings",
	.what = "Odometer reading",
	.members = reading_members,
	.natural = true,
	.settle = settle_reading,
};

/* ---- DELETE …/time-tracking?employeeId= ---- */

/* The rows of a person to delete, all or none. */
static struct problem *
take_deletions(struct writer *w, void *arg)
{
	const struct stretch *s = arg;
	struct problem *p;

	for (size_t i = 0; i < s->count; i++) {
		struct outcome outcome;
		struct op op = { .collection = s->collection, .record_id = s->records[i].id, .kind = OP_DELETE,
			.intent = INTENT_CHANGE, .base = BASE_CURRENT };

		if ((p = writer_must(w, &op, &outcome)) != NULL && p->kind != PROBLEM_NOT_FOUND)
			return p;
	}
	return NULL;
}

const struct member compat_expenses_hours_delete_takes[] = {
	PARAM("employeeId", TEXT, "whose; without it one's own"),
	PARAM("month", TEXT, "1 to 12, with year"),
	PARAM("year", TEXT, "of that month"),
	MEMBERS_END
};

/* DELETE …/time-tracking?employeeId=&month=&year= -- the hours of a month, all or none of them. */
struct problem *
compat_expenses_hours_delete(struct request *r)
{
	const char *year = given_text(r, "year"), *month = given_text(r, "month");
	struct stretch s = { .from = NULL };
	struct written written;
	struct problem *p;

	if (year == NULL || month == NULL || !month_bounds(r->a, year, month, &s.from, &s.to))
		return problem_at(r->a, PROBLEM_INVALID, "month", "Say of which month: month is 1 to 12, year a year.");
	if ((p = lookups_owner(r, given_text(r, "employeeId"), &s.owner)) != NULL ||
	    (p = expenses_collection(r, "timesheets", &s.collection)) != NULL ||
	    (p = stretch_read(&r->call, &s)) != NULL ||
	    (p = write_action(&r->call, ROLE_MEMBER, take_deletions, &s, &written)) != NULL)
		return p;
	put_integer(reply_object(r, 200), "deleted", (int64_t)s.count);
	put_text(&r->json, "message", "Time entries deleted successfully");
	return NULL;
}
