/* expenses_tables.c -- what is served, and what the rows of the small resources are as records: one table for each, and
 * what its rows say in another way than their fields. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "compat/expenses.h"

#define WIRE_END { .name = NULL }

/* ---- positions ---- */

/* A position as two members: degrees with at most six digits. */
struct problem *
wire_give_place(struct lookups *l, struct json_object *body, const char *lat, const char *lng, const char *field,
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

void
wire_put_place(struct json_out *out, const struct wire_row *row, const char *field, const char *lat, const char *lng)
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

/* ---- vehicles, saved addresses, cost centers ---- */

static const struct wire vehicle_members[] = {
	{ "name", "name", WIRE_TEXT, NULL },
	{ "plate", "plate", WIRE_TEXT, NULL },
	{ "startingOdometer", "startingOdometer", WIRE_NUMBER, NULL },
	{ "isDefault", "main", WIRE_FLAG, NULL },
	{ "isActive", "active", WIRE_FLAG, NULL },
	WIRE_END
};

static const struct resource vehicles = {
	.path = "vehicles",
	.collection = "vehicles",
	.what = "Vehicle",
	.members = vehicle_members,
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

static struct problem *
settle_address(struct lookups *l, struct json_object *body, const char *owner, struct op *op)
{
	(void)owner;
	return wire_give_place(l, body, "latitude", "longitude", "at", op);
}

static struct problem *
put_address(struct lookups *l, struct json_out *out, const struct wire_row *row)
{
	(void)l;
	wire_put_place(out, row, "at", "latitude", "longitude");
	return NULL;
}

static const struct resource saved_addresses = {
	.path = "saved-addresses",
	.collection = "places",
	.what = "Saved address",
	.members = address_members,
	.settle = settle_address,
	.put = put_address,
};

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

static const struct resource cost_centers = {
	.path = "cost-centers",
	.collection = "costCenters",
	.what = "Cost center",
	.members = center_members,
	.put = put_center,
};

/* ---- the resources ---- */

const struct resource *const expense_resources[] = {
	&cost_centers,
	&expense_hours,
	&expense_notes,
	&expense_readings,
	&expense_receipts,
	&expense_trips,
	&saved_addresses,
	&vehicles,
};

const size_t expense_resource_count = sizeof expense_resources / sizeof expense_resources[0];
