/* report_mileage_text.c -- the report of trips as JSON, as CSV, and as a page to print. */
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/page.h"
#include "expenses/report_mileage.h"

enum {
	MONTH_LENGTH = 7 /* "2026-11" */
};

/* A trip with the names of its fields. */
struct line {
	struct arena *a;
	const struct collection *c;
	const struct mileage_trip *trip;
};

static const char *
field_text(const struct line *l, const char *name)
{
	const char *text = value_plain(l->a, value_named(l->c, l->trip->values, name));

	return text == NULL ? "" : text;
}

static const char *
tenths_text(struct arena *a, int64_t tenths)
{
	return decimal_format(a, tenths, 1);
}

static const char *
rate_text(struct arena *a, const struct mileage_trip *trip, bool after)
{
	if (trip->rate == NULL || (after && trip->beyond == 0))
		return "";
	return decimal_format(a, after ? trip->rate->rate_after : trip->rate->rate, 3);
}

static const char *
unit_text(const struct mileage_trip *trip)
{
	return trip->rate == NULL ? "" : trip->rate->by_km ? "km" : "mi";
}

/* What a person gets for a trip besides its distance. */
static int64_t
paid_of(const struct mileage_trip *trip, int64_t cents)
{
	return mileage_is_paid(trip) ? cents : 0;
}

static int64_t
total_of(const struct mileage_trip *trip)
{
	return trip->amount + paid_of(trip, trip->toll) + paid_of(trip, trip->parking);
}

/* ---- JSON ---- */

static void
put_field(struct json_out *out, const struct line *l, const char *name)
{
	const char *value = value_named(l->c, l->trip->values, name);

	if (value != NULL)
		put_json(out, name, value);
}

static void
put_rate(struct json_out *out, struct arena *a, const struct mileage_trip *trip)
{
	if (trip->rate == NULL) {
		put_null(out, "rate");
		return;
	}
	put_text(out, "unit", unit_text(trip));
	put_json(out, "distance", tenths_text(a, trip->distance));
	put_json(out, "rate", rate_text(a, trip, false));
	if (!trip->rate->limited)
		return;
	put_json(out, "accrued", tenths_text(a, trip->accrued));
	put_json(out, "beyond", tenths_text(a, trip->beyond));
	put_json(out, "rateAfter", decimal_format(a, trip->rate->rate_after, 3));
}

static void
put_trip(struct json_out *out, const struct line *l)
{
	static const char *const names[] = {
		"startTime", "endTime", "from", "to", "purpose", "category", "startOdometer", "endOdometer", "miles",
		"km", "vehicle", "vehicleKind", "costCenter", "receipt",
	};
	const struct mileage_trip *trip = l->trip;

	put_object(out, NULL);
	put_text(out, "id", trip->id);
	put_text(out, "date", trip->date);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put_field(out, l, names[i]);
	if (trip->underway)
		put_boolean(out, "underway", true);
	put_rate(out, l->a, trip);
	put_integer(out, "amount", trip->amount);
	put_integer(out, "toll", paid_of(trip, trip->toll));
	put_integer(out, "parking", paid_of(trip, trip->parking));
	put_integer(out, "total", total_of(trip));
	put_end(out);
}

static void
put_sum(struct json_out *out, struct arena *a, const struct mileage_sum *sum)
{
	put_integer(out, "trips", sum->trips);
	put_json(out, "miles", tenths_text(a, sum->miles));
	put_integer(out, "businessTrips", sum->business);
	put_json(out, "businessMiles", tenths_text(a, sum->business_miles));
	put_integer(out, "amount", sum->amount);
	put_integer(out, "toll", sum->toll);
	put_integer(out, "parking", sum->parking);
	put_integer(out, "total", sum->amount + sum->toll + sum->parking);
	put_integer(out, "withoutRate", sum->unrated);
	put_integer(out, "underway", sum->underway);
}

/* ---- CSV ---- */

static void
add_cells(struct buf *out, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, csv_guard(out->arena, cells[i]));
	}
	buf_text(out, "\r\n");
}

static void
add_trip(const struct mileage_report *report, const struct mileage_person *person, const struct line *l,
    struct buf *out)
{
	const struct mileage_trip *trip = l->trip;
	struct arena *a = l->a;
	const char *cells[] = {
		person->id, person->name, trip->date, field_text(l, "from"), field_text(l, "to"),
		field_text(l, "purpose"), field_text(l, "category"), field_text(l, "miles"), field_text(l, "km"),
		unit_text(trip), trip->rate == NULL ? "" : tenths_text(a, trip->distance), rate_text(a, trip, false),
		trip->beyond == 0 ? "" : tenths_text(a, trip->beyond), rate_text(a, trip, true),
		cents_text(a, trip->amount), cents_text(a, paid_of(trip, trip->toll)),
		cents_text(a, paid_of(trip, trip->parking)), cents_text(a, total_of(trip)), report->currency,
		field_text(l, "vehicle"), field_text(l, "costCenter"), trip->id,
	};

	add_cells(out, cells, sizeof cells / sizeof cells[0]);
}

static void
add_month(const struct mileage_report *report, const struct mileage_person *person, const char *month,
    const struct mileage_sum *sum, struct buf *out)
{
	struct arena *a = out->arena;
	const char *cells[] = {
		person->id, person->name, month, arena_printf(a, "%" PRId64, sum->trips), tenths_text(a, sum->miles),
		arena_printf(a, "%" PRId64, sum->business), tenths_text(a, sum->business_miles),
		cents_text(a, sum->amount), cents_text(a, sum->toll), cents_text(a, sum->parking),
		cents_text(a, sum->amount + sum->toll + sum->parking), report->currency,
		arena_printf(a, "%" PRId64, sum->unrated), arena_printf(a, "%" PRId64, sum->underway),
	};

	add_cells(out, cells, sizeof cells / sizeof cells[0]);
}

/* ---- the page ---- */

static void
add_head(struct buf *out, const char *const *names, size_t count, size_t numbers_from)
{
	buf_text(out, "<table><tr>");
	for (size_t i = 0; i < count; i++)
		page_element(out, i < numbers_from ? "<th>" : "<th class=\"n\">", names[i], "</th>");
	buf_text(out, "</tr>\n");
}

static void
page_trip(struct buf *out, const struct line *l)
{
	const struct mileage_trip *trip = l->trip;
	const char *rate = rate_text(l->a, trip, false);

	buf_text(out, "<tr>");
	page_cell(out, trip->date);
	page_cell(out, field_text(l, "from"));
	page_cell(out, field_text(l, "to"));
	page_cell(out, field_text(l, "purpose"));
	page_cell(out, trip->underway ? "under way" : field_text(l, "category"));
	page_number(out, arena_printf(l->a, "%s mi", tenths_text(l->a, trip->miles)));
	page_number(out, !mileage_is_paid(trip) ? "" : trip->rate == NULL ? "no rate" : trip->beyond == 0
	    ? arena_printf(l->a, "%s/%s", rate, unit_text(trip))
	    : arena_printf(l->a, "%s/%s, %s of it at %s", rate, unit_text(trip), tenths_text(l->a, trip->beyond),
	        rate_text(l->a, trip, true)));
	page_number(out, cents_text(l->a, trip->amount));
	page_number(out, cents_text(l->a, paid_of(trip, trip->toll) + paid_of(trip, trip->parking)));
	page_number(out, cents_text(l->a, total_of(trip)));
	buf_text(out, "</tr>\n");
}

static void
page_trips(const struct mileage_report *report, const struct mileage_person *person, struct buf *out)
{
	static const char *const names[] = {
		"Date", "From", "To", "Purpose", "Category", "Distance", "Rate", "Amount", "Toll and parking", "Total",
	};
	struct line l = { .a = out->arena, .c = collection_find(report->call->set, "mileage") };

	add_head(out, names, sizeof names / sizeof names[0], 5);
	for (size_t i = person->trips->first; i < person->trips->count; i++) {
		l.trip = &person->trips->all[i];
		page_trip(out, &l);
	}
	buf_text(out, "</table>\n");
}

static void
page_month(struct buf *out, const char *month, const struct mileage_sum *sum)
{
	struct arena *a = out->arena;

	buf_text(out, "<tr>");
	page_element(out, "<th>", month, "</th>");
	page_number(out, arena_printf(a, "%" PRId64, sum->trips));
	page_number(out, tenths_text(a, sum->miles));
	page_number(out, tenths_text(a, sum->business_miles));
	page_number(out, cents_text(a, sum->amount));
	page_number(out, cents_text(a, sum->toll));
	page_number(out, cents_text(a, sum->parking));
	page_number(out, cents_text(a, sum->amount + sum->toll + sum->parking));
	page_number(out, arena_printf(a, "%" PRId64, sum->unrated));
	buf_text(out, "</tr>\n");
}

static void
page_month_head(struct buf *out)
{
	static const char *const names[] = {
		"Month", "Trips", "Miles", "Business miles", "Amount", "Toll", "Parking", "Total", "Without a rate",
	};

	add_head(out, names, sizeof names / sizeof names[0], 1);
}

/* ---- the parts of the report ---- */

void
mileage_text_begin(struct mileage_report *report, struct buf *out)
{
	struct json_out *json = &report->out;

	report->begun = true;
	if (report->format == REPORT_CSV) {
		buf_text(out, report->by_month
		    ? CSV_MARK "person,name,month,trips,miles,businessTrips,businessMiles,amount,toll,parking,total,"
		      "currency,withoutRate,underway\r\n"
		    : CSV_MARK "person,name,date,from,to,purpose,category,miles,km,unit,distance,rate,beyond,"
		      "rateAfter,amount,toll,parking,total,currency,vehicle,costCenter,id\r\n");
	} else if (report->format == REPORT_HTML) {
		const char *title = arena_printf(out->arena, "Trips %s – %s", report->from, report->to);

		page_begin(out, title);
		page_element(out, "<h1>", title, "</h1>\n");
		page_element(out, "<p>Amounts are in ", report->currency, ".</p>\n");
	} else {
		json_out_start(json, out);
		put_object(json, NULL);
		call_put_moment(report->call, json);
		put_text(json, "from", report->from);
		put_text(json, "to", report->to);
		put_text(json, "currency", report->currency);
		put_array(json, "people");
	}
}

/* Sum the trips from *at on that are of one month, and move *at after them. */
static const char *
next_month(struct arena *a, const struct mileage_trips *trips, size_t *at, struct mileage_sum *sum)
{
	const char *month = arena_strndup(a, trips->all[*at].date, MONTH_LENGTH);

	*sum = (struct mileage_sum){ .trips = 0 };
	for (; *at < trips->count && strncmp(trips->all[*at].date, month, MONTH_LENGTH) == 0; ++*at)
		mileage_sum_trip(sum, &trips->all[*at]);
	return month;
}

static void
begin_months(struct mileage_report *report, const struct mileage_person *person, struct buf *out)
{
	struct json_out *json = &report->out;
	struct line l = { .a = out->arena, .c = collection_find(report->call->set, "mileage") };

	if (report->format == REPORT_HTML) {
		page_element(out, "<h2>", person->name, "</h2>\n");
		if (!report->by_month)
			page_trips(report, person, out);
		page_month_head(out);
		return;
	}
	if (report->format == REPORT_JSON) {
		put_object(json, NULL);
		put_text(json, "id", person->id);
		put_text(json, "name", person->name);
		if (!report->by_month)
			put_array(json, "trips");
	}
	for (size_t i = person->trips->first; !report->by_month && i < person->trips->count; i++) {
		l.trip = &person->trips->all[i];
		if (report->format == REPORT_CSV)
			add_trip(report, person, &l, out);
		else
			put_trip(json, &l);
	}
	if (report->format == REPORT_JSON && !report->by_month)
		put_end(json);
	if (report->format == REPORT_JSON)
		put_array(json, "months");
}

static void
month_line(struct mileage_report *report, const struct mileage_person *person, const char *month,
    const struct mileage_sum *sum, struct buf *out)
{
	if (report->format == REPORT_HTML) {
		page_month(out, month, sum);
	} else if (report->format == REPORT_JSON) {
		put_object(&report->out, NULL);
		put_text(&report->out, "month", month);
		put_sum(&report->out, out->arena, sum);
		put_end(&report->out);
	} else if (report->by_month) {
		add_month(report, person, month, sum, out);
	}
}

void
mileage_text_person(struct mileage_report *report, const struct mileage_person *person, struct buf *out)
{
	struct mileage_sum all = { .trips = 0 }, sum;

	begin_months(report, person, out);
	for (size_t at = person->trips->first; at < person->trips->count;) {
		const char *month = next_month(out->arena, person->trips, &at, &sum);

		month_line(report, person, month, &sum, out);
		mileage_sum_add(&all, &sum);
	}
	mileage_sum_add(&report->sum, &all);
	if (report->format == REPORT_HTML) {
		page_month(out, "All", &all);
		buf_text(out, "</table>\n");
	} else if (report->format == REPORT_JSON) {
		put_end(&report->out);
		put_object(&report->out, "sum");
		put_sum(&report->out, out->arena, &all);
		put_end(&report->out);
		put_end(&report->out);
	}
}

void
mileage_text_end(struct mileage_report *report, struct buf *out)
{
	struct json_out *json = &report->out;

	if (report->format == REPORT_HTML) {
		page_element(out, "<h2>", "Everybody", "</h2>\n");
		page_month_head(out);
		page_month(out, "All", &report->sum);
		buf_text(out, "</table>\n");
		page_end(out);
	} else if (report->format == REPORT_JSON) {
		put_end(json);
		put_object(json, "sum");
		put_sum(json, out->arena, &report->sum);
		put_end(json);
		put_end(json);
	}
}
