/* logbook_text.c -- a logbook as JSON, which can be checked without the database, as CSV, and as a page to print. */
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/page.h"
#include "expenses/logbook.h"

enum {
	FILE_VERSION = 1
};

static const char *
tenths_text(struct arena *a, int64_t tenths)
{
	return decimal_format(a, tenths, 1);
}

static const char *
field_text(struct arena *a, const struct logbook *book, const struct mileage_trip *trip, const char *name)
{
	const char *text = value_plain(a, value_named(book->c, trip->values, name));

	return text == NULL ? "" : text;
}

static const char *
unit_text(const struct odometer_vehicle *vehicle)
{
	return vehicle->by_km ? "km" : "mi";
}

/* The vehicle of a trip; the first one, which is none, where it is not among those that are looked up. */
static const struct odometer_vehicle *
vehicle_of(struct arena *a, const struct logbook *book, const struct mileage_trip *trip)
{
	const char *id = value_plain(a, value_named(book->c, trip->values, "vehicle"));

	for (size_t i = 1; id != NULL && i < book->vehicle_count; i++)
		if (strcmp(book->vehicles[i].id, id) == 0)
			return &book->vehicles[i];
	return &book->vehicles[0];
}

static const char *
vehicle_name(struct arena *a, const struct logbook *book, const struct mileage_trip *trip)
{
	const struct odometer_vehicle *vehicle = vehicle_of(a, book, trip);

	return vehicle->name != NULL ? vehicle->name : field_text(a, book, trip, "vehicle");
}

/* "2026-11-21 08:34" by the clock of the person. */
static const char *
clock_text(struct arena *a, const struct logbook *book, int64_t instant)
{
	char date[DATE_TEXT_SIZE];
	int seconds;

	if (!zone_date(book->zone, instant, date, &seconds, NULL))
		return instant_text(a, instant);
	return arena_printf(a, "%s %02d:%02d", date, seconds / 3600, seconds / 60 % 60);
}

/* ---- JSON ---- */

static void
put_bytes(struct json_out *out, const char *name, const void *bytes, size_t size)
{
	put_text(out, name, hex_text(out->to->arena, bytes, size));
}

static void
put_header(struct json_out *out, const struct audit_row *row)
{
	put_integer(out, "seq", row->seq);
	put_integer(out, "txSeq", row->tx_seq);
	put_text(out, "collection", row->collection);
	put_text(out, "recordId", row->record_id);
	put_integer(out, "version", row->version);
	put_text(out, "ownerId", row->owner_id);
	put_some(out, "prevOwnerId", row->prev_owner_id);
	put_text(out, "action", row->action);
	put_text(out, "userId", row->user_id);
	put_some(out, "deviceId", row->device_id);
	put_some(out, "opId", row->op_id);
	put_some(out, "cause", row->cause);
	put_instant(out, "at", row->at);
	if (row->claimed_at != 0)
		put_instant(out, "claimedAt", row->claimed_at);
	put_bytes(out, "digest", row->digest, sizeof row->digest);
}

static void
put_rows(struct json_out *out, const struct logbook_row *rows, size_t count)
{
	put_array(out, "rows");
	for (size_t i = 0; i < count; i++) {
		const struct audit_row *row = &rows[i].row;

		put_object(out, NULL);
		put_some(out, "byName", rows[i].by_name);
		put_header(out, row);
		if (rows[i].open) {
			put_bytes(out, "salt", row->salt, sizeof row->salt);
			put_json(out, "changes", row->changes == NULL ? "{}" : row->changes);
			if (row->private_changes != NULL)
				put_json(out, "privateChanges", row->private_changes);
		}
		put_bytes(out, "before", rows[i].before, sizeof rows[i].before);
		put_bytes(out, "hash", row->hash, sizeof row->hash);
		put_end(out);
	}
	put_end(out);
}

static void
put_holes(struct json_out *out, const struct logbook *book)
{
	struct arena *a = out->to->arena;

	put_array(out, "holes");
	for (size_t i = 0; i < book->hole_count; i++) {
		const struct logbook_hole *hole = &book->holes[i];

		put_object(out, NULL);
		put_text(out, "vehicle", hole->vehicle->id);
		put_text(out, "unit", unit_text(hole->vehicle));
		put_text(out, "kind", hole->kind);
		put_text(out, "id", hole->id);
		put_text(out, "date", hole->date);
		put_json(out, "reading", tenths_text(a, hole->reading));
		put_json(out, "expected", tenths_text(a, hole->before.reading));
		put_json(out, "gap", tenths_text(a, hole->reading - hole->before.reading));
		put_object(out, "after");
		put_text(out, "kind", hole->before.kind);
		put_text(out, "id", hole->before.id);
		put_some(out, "date", hole->before.date);
		put_end(out);
		put_end(out);
	}
	put_end(out);
}

static void
put_begin(struct logbook *book, struct json_out *out)
{
	put_object(out, NULL);
	call_put_moment(book->call, out);
	put_text(out, "format", LOGBOOK_FORMAT);
	put_integer(out, "formatVersion", FILE_VERSION);
	put_text(out, "space", book->call->person->space_id);
	put_object(out, "person");
	put_text(out, "id", book->person);
	put_some(out, "name", book->name);
	put_end(out);
	put_text(out, "from", book->from);
	put_text(out, "to", book->to);
	put_text(out, "zone", book->zone);
	put_text(out, "currency", book->currency);
	put_object(out, "head");
	put_integer(out, "seq", book->head);
	put_bytes(out, "hash", book->chain, sizeof book->chain);
	put_text(out, "epoch", book->epoch);
	put_end(out);
	put_array(out, "vehicles");
	for (size_t i = 1; i < book->vehicle_count; i++) {
		put_object(out, NULL);
		put_text(out, "id", book->vehicles[i].id);
		put_some(out, "name", book->vehicles[i].name);
		put_text(out, "unit", unit_text(&book->vehicles[i]));
		put_end(out);
	}
	put_end(out);
	put_holes(out, book);
	put_array(out, "trips");
}

static void
put_trip(struct logbook *book, const struct mileage_trip *trip, const struct logbook_row *rows, size_t count)
{
	struct json_out *out = &book->out;
	const struct odometer_vehicle *vehicle = vehicle_of(out->to->arena, book, trip);
	int64_t late = logbook_late(book, trip->date, trip->created_at);

	put_object(out, NULL);
	put_text(out, "id", trip->id);
	put_text(out, "unit", unit_text(vehicle));
	put_json(out, "distance", tenths_text(out->to->arena, odometer_distance(trip, vehicle)));
	put_integer(out, "amount", trip->amount);
	put_sql_instant(out, "enteredAt", trip->created_at);
	if (late > 0)
		put_integer(out, "lateDays", late);
	put_json(out, "fields", values_doc(out->to->arena, book->c, trip->values, false));
	put_rows(out, rows, count);
	put_end(out);
}

/* ---- what was changed, in words ---- */

/* Append "miles: 12 → 13; …", or nothing where the content is not shown. */
static void
add_changes(struct buf *b, const struct logbook_row *row)
{
	const char *at = row->open ? row->row.changes : NULL, *old, *now;
	struct json_slice key, pair;
	bool first = true;

	while (at != NULL && json_next_member(&at, &key, &pair)) {
		if (!change_values(b->arena, pair, &old, &now))
			continue;
		buf_printf(b, "%s%.*s: %s → %s", first ? "" : "; ", (int)key.length, key.text,
		    old == NULL ? "–" : value_plain(b->arena, old), now == NULL ? "–" : value_plain(b->arena, now));
		first = false;
	}
}

static const char *
changes_text(struct arena *a, const struct logbook_row *row)
{
	struct buf b;

	buf_init(&b, a);
	add_changes(&b, row);
	return b.text;
}

static const char *
author_of(const struct logbook_row *row)
{
	return row->by_name != NULL ? row->by_name : row->row.user_id;
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

/* All writes after the first in one cell. */
static const char *
later_text(struct arena *a, const struct logbook *book, const struct logbook_row *rows, size_t count)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 1; i < count; i++) {
		buf_printf(&b, "%s%s %s, %s: ", i == 1 ? "" : "\n", clock_text(a, book, rows[i].row.at),
		    author_of(&rows[i]), rows[i].row.action);
		add_changes(&b, &rows[i]);
	}
	return b.text;
}

static const char *
gap_text(struct arena *a, const struct logbook *book, const struct mileage_trip *trip)
{
	const struct logbook_hole *hole = logbook_hole_before(book, trip);

	return hole == NULL ? "" : tenths_text(a, hole->reading - hole->before.reading);
}

static const char *
late_text(struct arena *a, const struct logbook *book, const struct mileage_trip *trip)
{
	int64_t late = logbook_late(book, trip->date, trip->created_at);

	return late == 0 ? "" : arena_printf(a, "%" PRId64, late);
}

static const char *
entered_text(struct arena *a, const struct logbook *book, const char *created_at)
{
	int64_t instant = 0;

	(void)instant_from_sql(created_at, &instant);
	return clock_text(a, book, instant);
}

static void
add_trip(const struct logbook *book, const struct mileage_trip *trip, const struct logbook_row *rows, size_t count,
    struct buf *out)
{
	struct arena *a = out->arena;
	const struct audit_row *last = count > 0 ? &rows[count - 1].row : NULL;
	const char *cells[] = {
		trip->date, field_text(a, book, trip, "startTime"), field_text(a, book, trip, "endTime"),
		field_text(a, book, trip, "from"), field_text(a, book, trip, "to"),
		field_text(a, book, trip, "purpose"), field_text(a, book, trip, "category"),
		vehicle_name(a, book, trip),
		field_text(a, book, trip, "startOdometer"), field_text(a, book, trip, "endOdometer"),
		tenths_text(a, odometer_distance(trip, vehicle_of(a, book, trip))),
		unit_text(vehicle_of(a, book, trip)),
		gap_text(a, book, trip), entered_text(a, book, trip->created_at), late_text(a, book, trip),
		later_text(a, book, rows, count), trip->id,
		last == NULL ? "" : arena_printf(a, "%" PRId64, last->seq),
		last == NULL ? "" : hex_text(a, last->hash, sizeof last->hash),
	};

	add_cells(out, cells, sizeof cells / sizeof cells[0]);
}

/* ---- the page ---- */

static const char *const heads[] = {
	"Date", "Vehicle", "From", "To", "Purpose", "Category", "Odometer", "Distance", "Entered",
};

static void
page_head(struct buf *out)
{
	buf_text(out, "<table><tr>");
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		page_element(out, "<th>", heads[i], "</th>");
	buf_text(out, "</tr>\n");
}

static void
page_note(struct buf *out, const char *text)
{
	buf_printf(out, "<tr><td></td><td colspan=\"%zu\">", sizeof heads / sizeof heads[0] - 1);
	page_text(out, text);
	buf_text(out, "</td></tr>\n");
}

static void
page_changes(const struct logbook *book, const struct logbook_row *rows, size_t from, size_t count, struct buf *out)
{
	struct arena *a = out->arena;

	for (size_t i = from; i < count; i++)
		page_note(out, arena_printf(a, "%s, %s, %s: %s", clock_text(a, book, rows[i].row.at),
		    author_of(&rows[i]), rows[i].row.action, changes_text(a, &rows[i])));
}

static void
page_trip(const struct logbook *book, const struct mileage_trip *trip, const struct logbook_row *rows, size_t count,
    struct buf *out)
{
	struct arena *a = out->arena;
	const struct odometer_vehicle *vehicle = vehicle_of(a, book, trip);
	const char *gap = gap_text(a, book, trip), *late = late_text(a, book, trip);

	if (gap[0] != '\0')
		page_note(out, arena_printf(a, "A hole before this trip: %s %s.", gap, unit_text(vehicle)));
	buf_text(out, "<tr>");
	page_cell(out, arena_printf(a, "%s %s", trip->date, field_text(a, book, trip, "startTime")));
	page_cell(out, vehicle_name(a, book, trip));
	page_cell(out, field_text(a, book, trip, "from"));
	page_cell(out, field_text(a, book, trip, "to"));
	page_cell(out, field_text(a, book, trip, "purpose"));
	page_cell(out, trip->underway ? "under way" : field_text(a, book, trip, "category"));
	page_cell(out, arena_printf(a, "%s – %s", field_text(a, book, trip, "startOdometer"),
	    field_text(a, book, trip, "endOdometer")));
	page_number(out, arena_printf(a, "%s %s", tenths_text(a, odometer_distance(trip, vehicle)),
	    unit_text(vehicle)));
	page_cell(out, arena_printf(a, "%s%s%s%s", entered_text(a, book, trip->created_at),
	    late[0] == '\0' ? "" : ", ", late, late[0] == '\0' ? "" : " days after"));
	buf_text(out, "</tr>\n");
	page_changes(book, rows, 1, count, out);
}

static void
page_start(struct logbook *book, struct buf *out)
{
	struct arena *a = out->arena;
	const char *title = arena_printf(a, "Logbook of %s, %s – %s", book->name == NULL ? book->person : book->name,
	    book->from, book->to);

	page_begin(out, title);
	page_element(out, "<h1>", title, "</h1>\n");
	page_element(out, "<p>Times are those of ", book->zone, ".</p>\n");
	page_head(out);
}

/* ---- the parts ---- */

void
logbook_text_begin(struct logbook *book, struct buf *out)
{
	if (book->format == REPORT_CSV) {
		buf_text(out, CSV_MARK "date,startTime,endTime,from,to,purpose,category,vehicle,startOdometer,"
		    "endOdometer,distance,unit,gap,enteredAt,lateDays,changes,id,seq,hash\r\n");
	} else if (book->format == REPORT_HTML) {
		page_start(book, out);
	} else {
		json_out_start(&book->out, out);
		put_begin(book, &book->out);
	}
}

void
logbook_text_trip(struct logbook *book, const struct mileage_trip *trip, const struct logbook_row *rows, size_t count,
    struct buf *out)
{
	if (book->format == REPORT_CSV)
		add_trip(book, trip, rows, count, out);
	else if (book->format == REPORT_HTML)
		page_trip(book, trip, rows, count, out);
	else
		put_trip(book, trip, rows, count);
}

void
logbook_text_end_trips(struct logbook *book, struct buf *out)
{
	if (book->format == REPORT_HTML) {
		buf_text(out, "</table>\n<h2>Deleted trips</h2>\n");
		page_head(out);
	} else if (book->format == REPORT_JSON) {
		put_end(&book->out);
		put_array(&book->out, "deleted");
	}
}

void
logbook_text_deleted(struct logbook *book, const char *id, const struct logbook_row *rows, size_t count,
    struct buf *out)
{
	const struct audit_row *last = &rows[count - 1].row;
	struct arena *a = out->arena;

	if (book->format == REPORT_HTML) {
		page_note(out, arena_printf(a, "Trip %s", id));
		page_changes(book, rows, 0, count, out);
	} else if (book->format == REPORT_JSON) {
		put_object(&book->out, NULL);
		put_text(&book->out, "id", id);
		put_rows(&book->out, rows, count);
		put_end(&book->out);
	} else {
		const char *cells[] = {
			"deleted", "", "", "", "", "", "", "", "", "", "", "", "",
			clock_text(a, book, rows[0].row.at), "", later_text(a, book, rows, count), id,
			arena_printf(a, "%" PRId64, last->seq), hex_text(a, last->hash, sizeof last->hash),
		};

		add_cells(out, cells, sizeof cells / sizeof cells[0]);
	}
}

void
logbook_text_link(struct logbook *book, const struct audit_row *row, struct buf *out)
{
	(void)out;
	if (!book->links_begun) {
		put_end(&book->out);
		put_array(&book->out, "links");
		book->links_begun = true;
	}
	put_object(&book->out, NULL);
	put_header(&book->out, row);
	put_bytes(&book->out, "hash", row->hash, sizeof row->hash);
	put_end(&book->out);
}

void
logbook_text_end(struct logbook *book, bool linked, struct buf *out)
{
	struct arena *a = out->arena;
	const char *head = arena_printf(a, "%" PRId64, book->head);
	const char *hash = hex_text(a, book->chain, sizeof book->chain);

	if (book->format == REPORT_HTML) {
		buf_text(out, "</table>\n<h2>Chain of all writes</h2>\n");
		page_element(out, "<p>Head: write ", head, ", ");
		page_element(out, "hash ", hash, ".</p>\n");
		page_end(out);
	} else if (book->format == REPORT_CSV) {
		const char *cells[] = {
			"chain head", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", head, hash,
		};

		add_cells(out, cells, sizeof cells / sizeof cells[0]);
	} else {
		put_end(&book->out);
		put_boolean(&book->out, "linked", linked);
		put_end(&book->out);
	}
}
