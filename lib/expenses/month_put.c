/* month_put.c -- the figures of a month as JSON. */
#include <string.h>

#include "base/decimal.h"
#include "expenses/month.h"

enum {
	HOUR_DIGITS = 2,
	MILE_DIGITS = 1,
	RATE_DIGITS = 3
};

static void
put_decimal(struct json_out *out, const char *name, int64_t value, int scale)
{
	put_json(out, name, decimal_format(out->to->arena, value, scale));
}

/* ---- sums ---- */

static void
put_sum(struct json_out *out, const struct month *m)
{
	put_object(out, "sum");
	put_decimal(out, "miles", m->sum.miles, MILE_DIGITS);
	put_integer(out, "trips", m->sum.trips);
	put_integer(out, "toll", m->sum.toll);
	put_integer(out, "parking", m->sum.parking);
	put_integer(out, "receipts", m->sum.receipts);
	put_integer(out, "perDiem", m->sum.per_diem);
	put_integer(out, "total", m->sum.total);
	put_integer(out, "notReimbursed", m->sum.not_reimbursed);
	put_decimal(out, "hours", m->sum.hours, HOUR_DIGITS);
	put_end(out);
}

static void
put_centers(struct json_out *out, const struct month *m)
{
	put_array(out, "costCenters");
	for (size_t i = 0; i < m->center_count; i++) {
		const struct month_center *center = &m->centers[i];

		put_object(out, NULL);
		put_text(out, "costCenter", center->id);
		put_text(out, "name", center->name);
		put_integer(out, "trips", center->trips);
		put_integer(out, "extras", center->extras);
		put_integer(out, "receipts", center->receipts);
		put_integer(out, "perDiem", center->per_diem);
		put_integer(out, "total", center->total);
		put_decimal(out, "hours", center->hours, HOUR_DIGITS);
		put_end(out);
	}
	put_end(out);
}

static void
put_hours(struct json_out *out, const struct month *m)
{
	put_array(out, "hours");
	for (size_t i = 0; i < m->hours_count; i++) {
		put_object(out, NULL);
		put_text(out, "category", m->hours[i].category);
		put_some(out, "costCenter", m->hours[i].cost_center);
		put_decimal(out, "hours", m->hours[i].hours, HOUR_DIGITS);
		put_end(out);
	}
	put_end(out);
}

static void
put_gaps(struct json_out *out, const struct month *m)
{
	put_integer(out, "missingCount", (int64_t)m->gap_count);
	put_array(out, "missing");
	for (size_t i = 0; i < m->gap_count && i < MONTH_GAPS_MAX; i++) {
		put_object(out, NULL);
		put_text(out, "kind", m->gaps[i].kind);
		put_text(out, "date", m->gaps[i].date);
		put_text(out, "collection", m->gaps[i].collection);
		put_some(out, "id", m->gaps[i].id);
		put_text(out, "detail", m->gaps[i].detail);
		put_end(out);
	}
	put_end(out);
}

/* ---- lines ---- */

static void
put_field(struct json_out *out, const struct month *m, const struct mileage_trip *trip, const char *name)
{
	const char *value = value_named(m->sources->trips, trip->values, name);

	if (value != NULL)
		put_json(out, name, value);
}

static void
put_trip(struct json_out *out, const struct month *m, const struct mileage_trip *trip)
{
	put_object(out, NULL);
	put_text(out, "id", trip->id);
	put_text(out, "date", trip->date);
	put_field(out, m, trip, "from");
	put_field(out, m, trip, "to");
	put_field(out, m, trip, "purpose");
	put_field(out, m, trip, "costCenter");
	put_field(out, m, trip, "miles");
	if (trip->rate != NULL) {
		put_decimal(out, "distance", trip->distance, MILE_DIGITS);
		put_text(out, "unit", trip->rate->by_km ? "km" : "mi");
		put_decimal(out, "rate", trip->rate->rate, RATE_DIGITS);
	}
	if (trip->beyond > 0) {
		put_decimal(out, "beyond", trip->beyond, MILE_DIGITS);
		put_decimal(out, "rateBeyond", trip->rate->rate_after, RATE_DIGITS);
	}
	put_integer(out, "amount", trip->amount);
	if (trip->toll != 0)
		put_integer(out, "toll", trip->toll);
	if (trip->parking != 0)
		put_integer(out, "parking", trip->parking);
	put_end(out);
}

static void
put_receipt(struct json_out *out, const struct month_receipt *receipt)
{
	static const char *const kinds[] = {
		[RECEIPT_PAID] = "paid", [RECEIPT_EVIDENCE] = "evidence", [RECEIPT_NOT_REIMBURSED] = "notReimbursed",
	};

	put_object(out, NULL);
	put_text(out, "id", receipt->id);
	put_text(out, "date", receipt->date);
	put_text(out, "vendor", receipt->vendor);
	put_text(out, "category", receipt->category);
	put_some(out, "description", receipt->description);
	put_some(out, "costCenter", receipt->cost_center);
	put_integer(out, "amount", receipt->amount);
	put_text(out, "counts", kinds[receipt->kind]);
	put_some(out, "split", receipt->split);
	put_end(out);
}

void
month_day_put(struct json_out *out, const struct month_day *day)
{
	put_object(out, NULL);
	put_text(out, "date", day->facts.date);
	put_some(out, "costCenter", day->facts.cost_center);
	if (day->worth.rule != NULL) {
		put_text(out, "rule", day->worth.rule->id);
		put_text(out, "tier", day->worth.rule->name);
	}
	put_integer(out, "amount", day->worth.amount);
	put_integer(out, "spent", day->facts.spent);
	put_text(out, "reason", day->worth.reason);
	put_end(out);
}

static void
put_lines(struct json_out *out, const struct month *m)
{
	put_array(out, "trips");
	for (size_t i = 0; i < m->trip_count; i++)
		if (mileage_is_paid(&m->trips[i]))
			put_trip(out, m, &m->trips[i]);
	put_end(out);
	put_array(out, "receipts");
	for (size_t i = 0; i < m->receipt_count; i++)
		put_receipt(out, &m->receipts[i]);
	put_end(out);
	put_array(out, "perDiem");
	for (size_t i = 0; i < m->day_count; i++)
		month_day_put(out, &m->days[i]);
	put_end(out);
}

void
month_put(struct json_out *out, const struct month *month, bool lines)
{
	put_text(out, "from", month->from);
	put_text(out, "to", month->to);
	put_text(out, "currency", month->sources->currency);
	put_sum(out, month);
	put_centers(out, month);
	put_hours(out, month);
	put_gaps(out, month);
	if (lines)
		put_lines(out, month);
}

const char *
month_figures(struct arena *a, const struct month *month)
{
	struct json_out out;
	struct buf text;

	buf_init(&text, a);
	json_out_start(&out, &text);
	put_object(&out, NULL);
	month_put(&out, month, true);
	put_end(&out);
	if (text.length <= MONTH_FIGURES_MAX)
		return text.text;
	buf_clear(&text);
	json_out_start(&out, &text);
	put_object(&out, NULL);
	month_put(&out, month, false);
	put_end(&out);
	return text.text;
}
