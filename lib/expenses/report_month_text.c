/* report_month_text.c -- month reports as CSV and as a page to print. */
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/page.h"
#include "expenses/report_month.h"
#include "model/show.h"

/* A line of a CSV. */
struct line {
	const char *date, *kind, *id, *cost_center, *category, *what;
	const char *quantity, *unit;
	int64_t recorded;          /* what the receipt says, -1 for none */
	int64_t amount;            /* what is paid */
};

/* What is written for one person. */
struct sheet {
	const struct month_report *report;
	const struct month_person *person;
	struct buf *out;
	bool page;
};

static const char *
joined(struct arena *a, const char *one, const char *between, const char *other)
{
	return one == NULL ? (other == NULL ? "" : other) : other == NULL ? one
	    : arena_printf(a, "%s%s%s", one, between, other);
}

static const char *
field_of(struct arena *a, const struct month *m, const struct mileage_trip *trip, const char *name)
{
	return value_plain(a, value_named(m->sources->trips, trip->values, name));
}

static const char *
trip_words(struct arena *a, const struct month *m, const struct mileage_trip *trip)
{
	const char *way = joined(a, field_of(a, m, trip, "from"), " \xe2\x86\x92 ", field_of(a, m, trip, "to"));

	return joined(a, way, ", ", field_of(a, m, trip, "purpose"));
}

/* ---- the lines of a month ---- */

typedef void take_line(struct sheet *sheet, const struct line *line);

static void
walk_trips(struct sheet *sheet, const struct month *m, take_line *take)
{
	struct arena *a = sheet->out->arena;

	for (size_t i = 0; i < m->trip_count; i++) {
		const struct mileage_trip *trip = &m->trips[i];
		struct line line = {
			.date = trip->date, .kind = "trip", .id = trip->id,
			.cost_center = field_of(a, m, trip, "costCenter"),
			.what = trip_words(a, m, trip),
			.quantity = decimal_format(a, trip->rate == NULL ? trip->miles : trip->distance, 1),
			.unit = trip->rate != NULL && trip->rate->by_km ? "km" : "mi",
			.recorded = -1, .amount = trip->amount,
		};

		if (!mileage_is_paid(trip))
			continue;
		take(sheet, &line);
		line.quantity = line.unit = NULL;
		line.kind = "toll";
		line.amount = trip->toll;
		if (trip->toll != 0)
			take(sheet, &line);
		line.kind = "parking";
		line.amount = trip->parking;
		if (trip->parking != 0)
			take(sheet, &line);
	}
}

static void
walk_receipts(struct sheet *sheet, const struct month *m, take_line *take)
{
	static const char *const kinds[] = {
		[RECEIPT_PAID] = "receipt", [RECEIPT_EVIDENCE] = "evidence",
		[RECEIPT_NOT_REIMBURSED] = "not reimbursed",
	};

	for (size_t i = 0; i < m->receipt_count; i++) {
		const struct month_receipt *receipt = &m->receipts[i];

		take(sheet, &(struct line){
		    .date = receipt->date, .kind = kinds[receipt->kind], .id = receipt->id,
		    .cost_center = receipt->cost_center, .category = receipt->category,
		    .what = joined(sheet->out->arena, receipt->vendor, ", ", receipt->description),
		    .recorded = receipt->amount, .amount = receipt->kind == RECEIPT_PAID ? receipt->amount : 0,
		});
	}
}

static void
walk_days(struct sheet *sheet, const struct month *m, take_line *take)
{
	for (size_t i = 0; i < m->day_count; i++) {
		const struct month_day *day = &m->days[i];

		if (sheet->report->days && !month_report_has(sheet->report, day->facts.date))
			continue;
		take(sheet, &(struct line){
		    .date = day->facts.date, .kind = "per diem", .cost_center = day->facts.cost_center,
		    .id = day->worth.rule == NULL ? NULL : day->worth.rule->id,
		    .category = day->worth.rule == NULL ? NULL : day->worth.rule->name, .what = day->worth.reason,
		    .recorded = day->facts.spent > 0 ? day->facts.spent : -1, .amount = day->worth.amount,
		});
	}
}

static void
walk_hours(struct sheet *sheet, const struct month *m, take_line *take)
{
	for (size_t i = 0; i < m->hours_count; i++)
		take(sheet, &(struct line){
		    .date = m->from, .kind = "hours", .cost_center = m->hours[i].cost_center,
		    .category = m->hours[i].category,
		    .quantity = decimal_format(sheet->out->arena, m->hours[i].hours, 2), .unit = "h", .recorded = -1,
		});
}

/* ---- CSV ---- */

static void
add_text(struct buf *b, const char *text)
{
	buf_char(b, ',');
	csv_cell(b, csv_guard(b->arena, text == NULL ? "" : text));
}

static void
add_money(const struct month_report *report, struct buf *b, int64_t cents)
{
	if (report->format == MONTH_SHEET)
		buf_printf(b, ",%s", money_text(b->arena, cents));
	else
		buf_printf(b, ",%" PRId64, cents);
}

static void
csv_line(struct sheet *sheet, const struct line *line)
{
	const struct month_report *report = sheet->report;
	const char *name = month_center_name(&report->sources, line->cost_center);
	struct buf *b = sheet->out;

	csv_cell(b, csv_guard(b->arena, report->format == MONTH_SHEET ? sheet->person->name : sheet->person->id));
	if (report->format == MONTH_CSV)
		add_text(b, sheet->person->name);
	add_text(b, line->date);
	add_text(b, line->kind);
	if (report->format == MONTH_CSV) {
		add_text(b, line->id);
		add_text(b, line->cost_center);
	}
	add_text(b, name);
	add_text(b, line->category);
	add_text(b, line->what);
	add_text(b, line->quantity);
	add_text(b, line->unit);
	if (line->recorded >= 0)
		add_money(report, b, line->recorded);
	else
		buf_char(b, ',');
	add_money(report, b, line->amount);
	buf_printf(b, ",%s\r\n", report->sources.currency);
}

/* ---- the page ---- */

static void
page_money(struct buf *b, int64_t cents)
{
	page_number(b, money_text(b->arena, cents));
}

static void
page_line(struct sheet *sheet, const struct line *line)
{
	struct buf *b = sheet->out;

	buf_text(b, "<tr>");
	page_cell(b, line->date);
	page_cell(b, line->kind);
	page_cell(b, month_center_name(&sheet->report->sources, line->cost_center));
	page_cell(b, line->category);
	page_cell(b, line->what);
	page_number(b, joined(b->arena, line->quantity, " ", line->unit));
	page_number(b, line->recorded < 0 ? "" : money_text(b->arena, line->recorded));
	page_money(b, line->amount);
	buf_text(b, "</tr>\n");
}

static const char table_head[] =
    "<table><tr><th>Date</th><th>Kind</th><th>Cost center</th><th>Category</th><th>What</th>"
    "<th class=\"n\">Quantity</th><th class=\"n\">On the receipt</th><th class=\"n\">Amount</th></tr>\n";

static void
page_sum(struct buf *b, const char *name, int64_t cents)
{
	page_element(b, "<tr><th>", name, "</th>");
	page_money(b, cents);
	buf_text(b, "</tr>\n");
}

static void
page_sums(struct buf *b, const struct month *m)
{
	buf_text(b, "<table>\n");
	page_sum(b, arena_printf(b->arena, "Trips, %s miles", decimal_format(b->arena, m->sum.miles, 1)), m->sum.trips);
	page_sum(b, "Toll", m->sum.toll);
	page_sum(b, "Parking", m->sum.parking);
	page_sum(b, "Receipts", m->sum.receipts);
	page_sum(b, "Per diem", m->sum.per_diem);
	page_sum(b, arena_printf(b->arena, "Total in %s", m->sources->currency), m->sum.total);
	buf_text(b, "</table>\n");
}

static void
page_centers(struct buf *b, const struct month *m)
{
	buf_text(b, "<h2>By cost center</h2><table><tr><th>Cost center</th><th class=\"n\">Trips</th>"
	    "<th class=\"n\">Toll and parking</th><th class=\"n\">Receipts</th><th class=\"n\">Per diem</th>"
	    "<th class=\"n\">Total</th><th class=\"n\">Hours</th></tr>\n");
	for (size_t i = 0; i < m->center_count; i++) {
		const struct month_center *center = &m->centers[i];

		page_element(b, "<tr><th>", center->id == NULL ? "None" : center->name, "</th>");
		page_money(b, center->trips);
		page_money(b, center->extras);
		page_money(b, center->receipts);
		page_money(b, center->per_diem);
		page_money(b, center->total);
		page_number(b, decimal_format(b->arena, center->hours, 2));
		buf_text(b, "</tr>\n");
	}
	buf_text(b, "</table>\n");
}

static void
page_gaps(struct buf *b, const struct month *m)
{
	if (m->gap_count == 0)
		return;
	buf_text(b, "<h2>Missing</h2><table>\n");
	for (size_t i = 0; i < m->gap_count && i < MONTH_GAPS_MAX; i++) {
		page_element(b, "<tr><th>", m->gaps[i].date, "</th>");
		page_cell(b, m->gaps[i].detail);
		buf_text(b, "</tr>\n");
	}
	buf_text(b, "</table>\n");
}

static void
page_month(struct sheet *sheet, const struct month *m)
{
	const struct month_handed *handed = month_handed_of(sheet->person, m);
	struct buf *b = sheet->out;

	page_element(b, "<h2>", arena_printf(b->arena, "%s, %.7s", sheet->person->name, m->from), "</h2>\n");
	page_element(b, "<p>", handed == NULL ? "There is no expense report of this month."
	    : arena_printf(b->arena, "The expense report of this month: %s.", handed->state), "</p>\n");
	page_sums(b, m);
	page_centers(b, m);
	page_gaps(b, m);
	buf_text(b, "<h2>Lines</h2>");
	buf_text(b, table_head);
	walk_trips(sheet, m, page_line);
	walk_receipts(sheet, m, page_line);
	walk_days(sheet, m, page_line);
	walk_hours(sheet, m, page_line);
	buf_text(b, "</table>\n");
}

/* ---- all of it ---- */

void
month_text_begin(const struct month_report *report, struct buf *out)
{
	if (report->format == MONTH_PAGE) {
		page_begin(out, arena_printf(out->arena, "%s, %s to %s", report->days ? "Per diem" : "Expenses",
		    report->from, report->to));
		return;
	}
	buf_text(out, report->format == MONTH_SHEET
	    ? CSV_MARK "Person,Date,Kind,Cost center,Category,What,Quantity,Unit,On the receipt,Amount,Currency\r\n"
	    : "person,name,date,kind,id,costCenter,costCenterName,category,what,quantity,unit,recorded,amount,"
	      "currency\r\n");
}

void
month_text_person(const struct month_report *report, struct buf *out, const struct month_person *person)
{
	struct sheet sheet = { .report = report, .person = person, .out = out, .page = report->format == MONTH_PAGE };
	take_line *take = sheet.page ? page_line : csv_line;

	if (sheet.page && report->days) {
		page_element(out, "<h2>", person->name, "</h2>");
		buf_text(out, table_head);
	}
	for (size_t i = 0; i < person->count; i++) {
		const struct month *m = &person->months[i];

		if (report->days) {
			walk_days(&sheet, m, take);
		} else if (sheet.page) {
			page_month(&sheet, m);
		} else {
			walk_trips(&sheet, m, take);
			walk_receipts(&sheet, m, take);
			walk_days(&sheet, m, take);
			walk_hours(&sheet, m, take);
		}
	}
	if (sheet.page && report->days)
		buf_text(out, "</table>\n");
}

static int64_t
total_of(const struct month_report *report)
{
	return report->days ? report->sum.per_diem : report->sum.total;
}

void
month_text_end(const struct month_report *report, struct buf *out)
{
	if (report->format == MONTH_PAGE) {
		if (report->shown == 0)
			buf_text(out, "<p>There is nothing in this time.</p>\n");
		page_element(out, "<h2>", arena_printf(out->arena, "Total: %s %s",
		    money_text(out->arena, total_of(report)), report->sources.currency), "</h2>\n");
		page_end(out);
	} else if (report->format == MONTH_SHEET) {
		buf_printf(out, "Total,,,,,,,,,%s,%s\r\n", money_text(out->arena, total_of(report)),
		    report->sources.currency);
	}
}
