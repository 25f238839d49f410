/* expenses_tables.c -- what the rows of the expenses API are as records: one table for each resource, and for each what
 * its rows say in another way than their fields. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "compat/expenses.h"

#define WIRE_END { .name = NULL }

/* ---- vehicles, saved addresses, cost centers ---- */

static const struct wire vehicle_members[] = {
	{ "name", "name", WIRE_TEXT, NULL },
	{ "plate", "plate", WIRE_TEXT, NULL },
	{ "startingOdometer", "startingOdometer", WIRE_NUMBER, NULL },
	{ "isDefault", "main", WIRE_FLAG, NULL },
	{ "isActive", "active", WIRE_FLAG, NULL },
	WIRE_END
};

static const struct wire address_members[] = {
	{ "name", "name", WIRE_TEXT, NULL },
	{ "address", "address", WIRE_TEXT, NULL },
	{ "notes", "note", WIRE_TEXT, NULL },
	{ "isBase", "base", WIRE_FLAG, NULL },
	WIRE_END
};

static const struct wire center_members[] = {
	{ "code", "code", WIRE_TEXT, NULL },
	{ "name", "name", WIRE_TEXT, NULL },
	{ "description", "note", WIRE_TEXT, NULL },
	{ "isActive", "active", WIRE_FLAG, NULL },
	{ "perDiemReceiptImageRequired", "perDiemFile", WIRE_FLAG, NULL },
	WIRE_END
};

/* A position as two members: degrees with at most six digits. */
static struct problem *
give_place(struct lookups *l, struct json_object *body, const char *lat, const char *lng, const char *field,
    struct op *op)
{
	enum { DIGITS = 6 };
	const char *north = body_text(body, lat), *east = body_text(body, lng);
	int64_t n, e;
	bool rounded;

	if (!json_object_object_get_ex(body, lat, NULL) || !json_object_object_get_ex(body, lng, NULL))
		return NULL;
	if (north == NULL || east == NULL || *north == '\0' || *east == '\0')
		return wire_give(l, op, field, NULL);
	if (decimal_round(north, DIGITS, &n, &rounded) != DECIMAL_OK ||
	    decimal_round(east, DIGITS, &e, &rounded) != DECIMAL_OK)
		return problem_at(l->r->a, PROBLEM_INVALID, lat, "A position is two numbers of degrees.");
	return wire_give(l, op, field, arena_printf(l->r->a, "{\"lat\":%s,\"lng\":%s}",
	    decimal_format(l->r->a, n, DIGITS), decimal_format(l->r->a, e, DIGITS)));
}

static void
put_place(struct json_out *out, const struct wire_row *row, const char *field, const char *lat, const char *lng)
{
	const char *place = value_named(row->record->collection, row->values, field);
	struct json_slice key, value, north = { .text = NULL }, east = { .text = NULL };

	while (place != NULL && json_next_member(&place, &key, &value))
		if (key.length == 3 && memcmp(key.text, "lat", 3) == 0)
			north = value;
		else if (key.length == 3 && memcmp(key.text, "lng", 3) == 0)
			east = value;
	put_json_n(out, lat, north.text == NULL ? "null" : north.text, north.text == NULL ? 4 : north.length);
	put_json_n(out, lng, east.text == NULL ? "null" : east.text, east.text == NULL ? 4 : east.length);
}

static struct problem *
settle_address(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	(void)owner;
	return give_place(l, body, "latitude", "longitude", "at", op);
}

static struct problem *
put_address(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	(void)l;
	put_place(out, row, "at", "latitude", "longitude");
	return NULL;
}

/* What that system can switch for a cost center, and Daybook has not. */
static struct problem *
put_center(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	(void)l;
	(void)row;
	put_integer(out, "enableGoogleMaps", 0);
	put_integer(out, "noTaxesOnReceipts", 0);
	put_integer(out, "noTaxesOnSupplies", 0);
	return NULL;
}

/* ---- mileage entries ---- */

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
	WIRE_END
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
	if ((p = give_place(l, body, "startLocationLat", "startLocationLng", "fromAt", op)) != NULL)
		return p;
	return give_place(l, body, "endLocationLat", "endLocationLng", "toAt", op);
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
	put_place(out, row, "fromAt", "startLocationLat", "startLocationLng");
	put_place(out, row, "toAt", "endLocationLat", "endLocationLng");
	put_text(out, "oxfordHouseId", "");
	put_text(out, "costCenters", "[]");
	return NULL;
}

/* ---- the resources ---- */

const struct resource expense_resources[] = {
	{ "cost-centers", "costCenters", "Cost center", center_members, false, NULL, put_center },
	{ "mileage-entries", "mileage", "Mileage entry", mileage_members, false, settle_mileage, put_mileage },
	{ "saved-addresses", "places", "Saved address", address_members, false, settle_address, put_address },
	{ "vehicles", "vehicles", "Vehicle", vehicle_members, false, NULL, NULL },
};

const size_t expense_resource_count = sizeof expense_resources / sizeof expense_resources[0];
