/* report_fleet_text.c -- the reports of report_fleet.c as JSON, as CSV, and as a page to print.  Times in CSV and on
 * the page are by the space's clock. */
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/json_out.h"
#include "base/page.h"
#include "fleet/report_fleet.h"

/* ---- shared ---- */

/* "2026-11-21 05:30" in the zone; "" for none. */
static const char *
clock_text(struct arena *a, const char *zone, int64_t instant)
{
	char date[DATE_TEXT_SIZE];
	int seconds;

	if (instant == 0 || !zone_date(zone, instant, date, &seconds, NULL))
		return "";
	return arena_printf(a, "%s %02d:%02d", date, seconds / 3600, seconds / 60 % 60);
}

static const char *
rate_text(struct arena *a, const struct fleet_figures *f)
{
	return arena_printf(a, "%" PRId64 ".%" PRId64, f->late_rate / 10, f->late_rate % 10);
}

/* A car of a shift's list, as texts. */
struct car_line {
	const char *id, *location, *status, *arrived_at, *empty_at, *expected, *notes;
	bool arrived, late, empty;
};

static const char *
plain_slice(struct arena *a, struct json_slice value)
{
	return value_plain(a, arena_strndup(a, value.text, value.length));
}

static struct car_line
read_line(struct arena *a, const char *zone, struct json_slice car)
{
	struct car_line l = { "", "", "", "", "", "", "", false, false, false };
	const char *at = arena_strndup(a, car.text, car.length);
	struct json_slice key, value;
	int64_t instant;

	while (json_next_member(&at, &key, &value)) {
		const char *name = arena_strndup(a, key.text, key.length), *text = plain_slice(a, value);
		bool is = value_true(text);

		if (strcmp(name, "id") == 0)
			l.id = text;
		else if (strcmp(name, "location") == 0)
			l.location = text;
		else if (strcmp(name, "expected") == 0)
			l.expected = text;
		else if (strcmp(name, "notes") == 0)
			l.notes = text;
		else if (strcmp(name, "arrived") == 0)
			l.arrived = is;
		else if (strcmp(name, "late") == 0)
			l.late = is;
		else if (strcmp(name, "empty") == 0)
			l.empty = is;
		else if (strcmp(name, "arrivedAt") == 0 && instant_parse(text, &instant))
			l.arrived_at = clock_text(a, zone, instant);
		else if (strcmp(name, "emptyAt") == 0 && instant_parse(text, &instant))
			l.empty_at = clock_text(a, zone, instant);
	}
	l.status = l.empty ? "Empty" : l.arrived ? "Arrived" : l.late ? "Late" : "Pending";
	return l;
}

/* ---- JSON ---- */

/* Put an instant, unless it is 0. */
static void
put_moment(struct json_out *out, const char *name, int64_t instant)
{
	if (instant != 0)
		put_instant(out, name, instant);
}

void
report_shift_put(const struct fleet_source *source, const struct fleet_shift *shift, struct json_out *out)
{
	struct fleet_summary summary;

	fleet_summarise(source->call->a, shift->visits, shift->visit_count, source->zone, &summary);
	put_object(out, "shift");
	put_text(out, "id", shift->id);
	put_moment(out, "startedAt", shift->started_at);
	put_moment(out, "endedAt", shift->ended_at);
	put_some(out, "startedBy", shift->started_by);
	put_some(out, "startedByName", shift->started_name);
	put_some(out, "endedBy", shift->ended_by);
	put_some(out, "endedByName", shift->ended_name);
	put_some(out, "startNotes", shift->start_notes);
	put_some(out, "endNotes", shift->end_notes);
	put_end(out);
	put_text(out, "zone", source->zone);
	fleet_summary_put(out, &summary);
	put_json(out, "cars", shift->cars);
	put_boolean(out, "complete", shift->whole);
}

static void
put_span_shifts(struct json_out *out, const struct fleet_span *span)
{
	put_array(out, "shifts");
	for (size_t i = 0; i < span->shift_count; i++) {
		const struct fleet_span_shift *shift = &span->shifts[i];

		put_object(out, NULL);
		put_text(out, "id", shift->id);
		put_moment(out, "startedAt", shift->started_at);
		put_moment(out, "endedAt", shift->ended_at);
		fleet_figures_put(out, "figures", &shift->figures);
		put_boolean(out, "complete", shift->whole);
		put_end(out);
	}
	put_end(out);
}

void
report_fleet_put(const struct fleet_source *source, const struct fleet_span *span, struct json_out *out)
{
	put_instant(out, "from", span->first);
	put_moment(out, "to", span->last);
	put_some(out, "person", span->person);
	put_some(out, "zone", source->zone);
	put_array(out, "days");
	for (size_t i = 0; i < span->day_count; i++) {
		put_object(out, NULL);
		put_text(out, "day", span->days[i].day);
		fleet_summary_put(out, &span->days[i].summary);
		put_end(out);
	}
	put_end(out);
	if (span->person == NULL)
		put_span_shifts(out, span);
	fleet_summary_put(out, &span->total);
	put_boolean(out, "complete", span->whole);
}

/* ---- CSV ---- */

static void
add_cells(struct buf *out, struct arena *a, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(out, ',');
		csv_cell(out, csv_guard(a, cells[i]));
	}
	buf_text(out, "\r\n");
}

void
report_shift_csv(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out)
{
	struct arena *a = source->call->a;
	const char *at = shift->cars;
	struct json_slice car;

	buf_text(out, CSV_MARK "Car ID,Location,Status,Arrived,Arrived At,Empty,Emptied At,Late,Expected,Notes\r\n");
	while (json_next_element(&at, &car)) {
		struct car_line l = read_line(a, source->zone, car);
		const char *cells[] = {
			l.id, l.location, l.status, l.arrived ? "Yes" : "No", l.arrived_at, l.empty ? "Yes" : "No",
			l.empty_at, l.late ? "Yes" : "No", l.expected, l.notes,
		};

		add_cells(out, a, cells, sizeof cells / sizeof cells[0]);
	}
}

static void
add_day_line(struct buf *out, const char *day, const struct fleet_figures *f)
{
	struct arena *a = out->arena;
	const char *cells[] = {
		day,
		arena_printf(a, "%" PRId64, f->cars),
		arena_printf(a, "%" PRId64, f->arrived),
		arena_printf(a, "%" PRId64, f->cars - f->arrived),
		arena_printf(a, "%" PRId64, f->late),
		rate_text(a, f),
		arena_printf(a, "%" PRId64, f->empty),
		f->cycles == 0 ? "" : arena_printf(a, "%" PRId64, f->median),
		f->cycles == 0 ? "" : arena_printf(a, "%" PRId64, f->p90),
	};

	add_cells(out, a, cells, sizeof cells / sizeof cells[0]);
}

void
report_fleet_csv(const struct fleet_span *span, struct buf *out)
{
	buf_text(out, CSV_MARK "Day,Visits,Arrived,Not Arrived,Late,Late %,Emptied,Median Seconds,P90 Seconds\r\n");
	for (size_t i = 0; i < span->day_count; i++)
		add_day_line(out, span->days[i].day, &span->days[i].summary.all);
	add_day_line(out, "Total", &span->total.all);
}

/* ---- the page ---- */

static void
add_notes(struct buf *b, const char *title, const char *notes)
{
	if (notes == NULL)
		return;
	page_element(b, "<h2>", title, "</h2>");
	page_element(b, "<p class=\"note\">", notes, "</p>\n");
}

static void
add_figures_row(struct buf *b, const char *name, const struct fleet_figures *f)
{
	page_element(b, "<tr><th>", name, "</th>");
	buf_printf(b,
	    "<td class=\"n\">%" PRId64 "</td><td class=\"n\">%" PRId64 "</td><td class=\"n\">%" PRId64 "</td>"
	    "<td class=\"n\">%" PRId64 "</td><td class=\"n\">%" PRId64 "</td>"
	    "<td class=\"n\">%" PRId64 ".%" PRId64 " %%</td>",
	    f->cars, f->arrived, f->cars - f->arrived, f->empty, f->late, f->late_rate / 10, f->late_rate % 10);
	if (f->cycles > 0)
		buf_printf(b, "<td class=\"n\">%" PRId64 " min</td><td class=\"n\">%" PRId64 " min</td></tr>\n",
		    (f->median + 30) / 60, (f->p90 + 30) / 60);
	else
		buf_text(b, "<td></td><td></td></tr>\n");
}

static void
add_summary_tables(struct buf *b, const struct fleet_summary *s)
{
	buf_text(b, "<h2>Figures</h2><table><tr><th>Location</th>"
	    "<th class=\"n\">Cars</th><th class=\"n\">Arrived</th><th class=\"n\">Not arrived</th>"
	    "<th class=\"n\">Empty</th><th class=\"n\">Late</th><th class=\"n\">Late rate</th>"
	    "<th class=\"n\">Arrived to empty, median</th><th class=\"n\">90 of 100 within</th></tr>\n");
	for (size_t i = 0; i < s->place_count; i++)
		add_figures_row(b, s->places[i].location, &s->places[i].figures);
	add_figures_row(b, "All", &s->all);
	buf_text(b, "</table>\n");
	if (s->hour_count == 0)
		return;
	buf_text(b, "<h2>Arrivals</h2><table><tr><th>Hour</th>"
	    "<th class=\"n\">Arrivals</th><th class=\"n\">Late</th></tr>\n");
	for (size_t i = 0; i < s->hour_count; i++)
		buf_printf(b, "<tr><td>%s</td><td class=\"n\">%" PRId64 "</td><td class=\"n\">%" PRId64 "</td></tr>\n",
		    s->hours[i].clock, s->hours[i].arrivals, s->hours[i].late);
	buf_text(b, "</table>\n");
}

static void
add_cars_table(struct buf *b, const struct fleet_source *source, const char *cars)
{
	struct json_slice car;

	buf_text(b, "<h2>Cars</h2><table><tr><th>Car</th><th>Location</th><th>Status</th>"
	    "<th>Expected</th><th>Arrived</th><th>Emptied</th><th>Late</th><th>Notes</th></tr>\n");
	while (json_next_element(&cars, &car)) {
		struct car_line l = read_line(source->call->a, source->zone, car);

		page_element(b, "<tr><th>", l.id, "</th>");
		page_element(b, "<td>", l.location, "</td>");
		page_element(b, "<td>", l.status, "</td>");
		page_element(b, "<td>", l.expected, "</td>");
		page_element(b, "<td>", l.arrived_at, "</td>");
		page_element(b, "<td>", l.empty_at, "</td>");
		page_element(b, "<td>", l.late ? "Late" : "", "</td>");
		page_element(b, "<td>", l.notes, "</td></tr>\n");
	}
	buf_text(b, "</table>\n");
}

static void
add_line(struct buf *b, const char *label, const char *when, const char *who)
{
	page_element(b, "<p>", label, " ");
	page_text(b, when);
	if (who != NULL)
		page_element(b, ", ", who, "");
	buf_text(b, "</p>\n");
}

void
report_shift_html(const struct fleet_source *source, const struct fleet_shift *shift, struct buf *out)
{
	struct arena *a = source->call->a;
	struct fleet_summary summary;
	const char *started = clock_text(a, source->zone, shift->started_at);

	fleet_summarise(a, shift->visits, shift->visit_count, source->zone, &summary);
	page_begin(out, arena_printf(a, "Shift %s", started));
	page_element(out, "<h1>Shift of ", started, "</h1>\n");
	add_line(out, "Started", started, shift->started_name);
	add_line(out, "Ended", shift->ended_at == 0 ? "not yet" : clock_text(a, source->zone, shift->ended_at),
	    shift->ended_name);
	add_line(out, "Times are those of", source->zone, NULL);
	add_notes(out, "Notes at the start", shift->start_notes);
	add_notes(out, "Notes for the next shift", shift->end_notes);
	add_summary_tables(out, &summary);
	add_cars_table(out, source, shift->cars);
	page_end(out);
}
