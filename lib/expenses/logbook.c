/* logbook.c -- reads the trips of a person, follows their odometers, and then adds piece after piece: some trips with
 * their writes, the deleted ones, and the links of the chain. */
#include "expenses/logbook.h"

#include <string.h>

#include "expenses/people.h"
#include "model/policy.h"
#include "record/record.h"
#include "record/space.h"
#include "record/then.h"
#include "store/statement.h"

enum {
	PIECE_WRITES = 500,      /* of the trips of a piece; one trip alone may have more */
	WHOLE = 10               /* what was counted by trips may differ by a whole mile or kilometre */
};

/* ---- whose ---- */

static struct problem *
find_person(struct logbook *book)
{
	const struct call *call = book->call;
	struct problem *p;
	struct rows *people;

	if (book->person == NULL)
		book->person = call->person->user_id;
	if ((p = expense_people(call, book->c, book->person, &people)) != NULL)
		return p;
	book->name = row_text(people, 0, EXPENSE_PERSON_NAME);
	return NULL;
}

int64_t
logbook_late(const struct logbook *book, const char *date, const char *created_at)
{
	char day[DATE_TEXT_SIZE];
	int64_t instant, days;

	if (!instant_from_sql(created_at, &instant) ||
	    (!zone_date(book->zone, instant, day, NULL, NULL) && !zone_date("UTC", instant, day, NULL, NULL)))
		return 0;
	days = date_days(day) - date_days(date);
	return days > LOGBOOK_LATE_DAYS ? days : 0;
}

/* What is cut off without a word would look like the whole. */
static struct problem *
too_much(const struct logbook *book, const char *what, int most)
{
	return problem_at(book->call->a, PROBLEM_TOO_MUCH, "from",
	    "A logbook has at most %d %s; ask for fewer days.", most, what);
}

/* ---- odometers ---- */

/* A vehicle while its odometer is followed. */
struct track {
	struct odometer odometer;
};

static const char *
vehicle_of(const struct logbook *book, const struct collection *c, const char *const *values)
{
	return value_plain(book->call->a, value_named(c, values, "vehicle"));
}

/* The place of a vehicle in book->vehicles, where it is added. */
static struct problem *
find_vehicle(struct logbook *book, const char *id, size_t *at)
{
	struct problem *p;

	for (*at = 0; *at < book->vehicle_count; ++*at) {
		const char *other = book->vehicles[*at].id;

		if (id == NULL ? other == NULL : other != NULL && strcmp(id, other) == 0)
			return NULL;
	}
	if (book->vehicle_count > LOGBOOK_VEHICLES_MAX)
		return too_much(book, "vehicles", LOGBOOK_VEHICLES_MAX);
	if ((p = odometer_vehicle_find(book->call, id, &book->vehicles[*at])) == NULL)
		book->vehicle_count++;
	return p;
}

/* Note a hole where the reading is not what is expected.  What was counted since the last reading may be wrong by a
 * whole mile. */
static void
compare_reading(struct logbook *book, size_t vehicle, const struct odometer *expected, const char *kind,
    const char *id, const char *date, int64_t reading)
{
	int64_t rest = reading - expected->reading, allowed = expected->counted > 0 ? WHOLE : 0;

	if (!expected->known || vehicle == 0 || (rest <= allowed && rest >= -allowed))
		return;
	book->holes[book->hole_count++] = (struct logbook_hole){
		.vehicle = &book->vehicles[vehicle], .before = *expected, .kind = kind, .id = id, .date = date,
		.reading = reading,
	};
}

static void
follow_trip(struct logbook *book, struct track *tracks, size_t vehicle, const struct mileage_trip *trip)
{
	struct odometer expected = tracks[vehicle].odometer;
	size_t holes = book->hole_count;
	int64_t reading;

	if (odometer_start(book->c, trip, &reading)) {
		compare_reading(book, vehicle, &expected, "trip", trip->id, trip->date, reading);
	} else if (odometer_end(book->c, trip, &reading)) {
		expected.counted += odometer_distance(trip, &book->vehicles[vehicle]);
		expected.reading += odometer_distance(trip, &book->vehicles[vehicle]);
		compare_reading(book, vehicle, &expected, "trip", trip->id, trip->date, reading);
	}
	if (book->hole_count > holes)
		book->before[trip - book->trips.all] = &book->holes[holes];
	odometer_pass(&tracks[vehicle].odometer, book->c, trip, &book->vehicles[vehicle]);
}

static struct problem *
follow_reading(struct logbook *book, struct track *tracks, const struct collection *c, const struct rows *rows,
    size_t i)
{
	const char *const *values = (const char *const *)values_parse(book->call->a, c,
	    row_text(rows, i, EXPENSE_DOC), NULL);
	const char *date = value_plain(book->call->a, value_named(c, values, "date"));
	int64_t reading = value_scaled(collection_field(c, "reading"), value_named(c, values, "reading"));
	const char *id = row_text(rows, i, EXPENSE_ID);
	struct problem *p;
	size_t at;

	if ((p = find_vehicle(book, vehicle_of(book, c, values), &at)) != NULL)
		return p;
	compare_reading(book, at, &tracks[at].odometer, "reading", id, date, reading);
	tracks[at].odometer = (struct odometer){
		.known = true, .reading = reading, .kind = "reading", .id = id, .date = date,
	};
	return NULL;
}

static bool
comes_first(const struct logbook *book, const struct collection *c, const struct rows *rows, size_t i,
    const struct mileage_trip *trip)
{
	const char *const *values = (const char *const *)values_parse(book->call->a, c,
	    row_text(rows, i, EXPENSE_DOC), NULL);

	return strcmp(value_plain(book->call->a, value_named(c, values, "date")), trip->date) <= 0;
}

/* Follow the odometers through trips and daily readings; a reading comes before the trips of its day. */
static struct problem *
find_holes(struct logbook *book)
{
	const struct call *call = book->call;
	const struct collection *c = collection_find(call->set, "odometerReadings");
	struct track *tracks = arena_alloc(call->a, (1 + LOGBOOK_VEHICLES_MAX) * sizeof *tracks);
	struct rows *readings = NULL;
	struct problem *p = NULL;
	size_t reading = 0, count = 0, at;

	if (c != NULL) {
		if ((p = record_ask(call, c, SQL(EXPENSES_OF),
		    VALUES(value_id(call->person->space_id), value_text(c->name), value_id(book->person),
		        value_text(book->from), value_text(book->to), value_integer(LOGBOOK_READINGS_MAX + 1)),
		    &readings)) != NULL)
			return p;
		if ((count = readings->count) > LOGBOOK_READINGS_MAX)
			return too_much(book, "readings", LOGBOOK_READINGS_MAX);
	}
	book->holes = arena_alloc(call->a, (book->trips.count + count + 1) * sizeof *book->holes);
	book->before = arena_alloc(call->a, (book->trips.count + 1) * sizeof *book->before);
	for (size_t i = book->trips.first; p == NULL && i < book->trips.count; i++) {
		const struct mileage_trip *trip = &book->trips.all[i];

		while (p == NULL && reading < count && comes_first(book, c, readings, reading, trip))
			p = follow_reading(book, tracks, c, readings, reading++);
		if (p != NULL || (p = find_vehicle(book, vehicle_of(book, book->c, trip->values), &at)) != NULL)
			break;
		follow_trip(book, tracks, at, trip);
	}
	while (p == NULL && reading < count)
		p = follow_reading(book, tracks, c, readings, reading++);
	return p;
}

const struct logbook_hole *
logbook_hole_before(const struct logbook *book, const struct mileage_trip *trip)
{
	return book->before[trip - book->trips.all];
}

/* ---- opening ---- */

/* The head is read after the trips: so no write of them is after it. */
static struct problem *
read_head(struct logbook *book)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(book->call->db, book->call->a, SQL(LOGBOOK_HEAD),
	    VALUES(value_id(book->call->person->space_id)), &rows)) != NULL)
		return p;
	if (rows->count == 0 || row_cell(rows, 0, LOGBOOK_HEAD_CHAIN)->length != SHA256_SIZE)
		return problem_internal(book->call->a, "the space of a logbook has no head");
	book->head = row_integer(rows, 0, LOGBOOK_HEAD_SEQ);
	memcpy(book->chain, row_text(rows, 0, LOGBOOK_HEAD_CHAIN), SHA256_SIZE);
	book->epoch = row_text(rows, 0, LOGBOOK_HEAD_EPOCH);
	if (book->call->then_at == 0)
		return NULL;
	book->head = book->call->then_seq;
	return then_hash(book->call, book->chain);
}

/* A version is a write. */
static struct problem *
check_writes(struct logbook *book)
{
	int64_t writes = 0;

	for (size_t i = book->trips.first; i < book->trips.count; i++)
		writes += book->trips.all[i].version;
	for (size_t i = 0; i < book->deleted->count; i++)
		writes += row_integer(book->deleted, i, LOGBOOK_DELETED_VERSION);
	if (writes <= LOGBOOK_ROWS_MAX)
		return NULL;
	return problem_at(book->call->a, PROBLEM_TOO_MUCH, "from",
	    "The trips of this time were written more than %d times; ask for fewer days.", LOGBOOK_ROWS_MAX);
}

static struct problem *
read_trips(struct logbook *book)
{
	const struct call *call = book->call;
	struct mileage_rates rates;
	struct problem *p;

	if ((p = mileage_rates_read(call, &rates)) != NULL ||
	    (p = mileage_read(call, &rates, book->person, book->from, book->to, &book->trips)) != NULL)
		return p;
	if (book->trips.count - book->trips.first > LOGBOOK_TRIPS_MAX)
		return too_much(book, "trips", LOGBOOK_TRIPS_MAX);
	if (call->then_at != 0 && (p = then_deleted(call, book->c)) != NULL)
		return p;
	if ((p = db_run(call->db, call->a, SQL(LOGBOOK_DELETED),
	    VALUES(value_id(call->person->space_id), value_id(book->person), value_text(book->from),
	        value_text(book->to), value_integer(LOGBOOK_DELETED_MAX + 1)),
	    &book->deleted)) != NULL)
		return p;
	if (book->deleted->count > LOGBOOK_DELETED_MAX)
		return too_much(book, "deleted trips", LOGBOOK_DELETED_MAX);
	return check_writes(book);
}

struct problem *
logbook_open(struct logbook *book)
{
	const struct call *call = book->call;
	struct problem *p;

	if ((book->c = collection_find(call->set, "mileage")) == NULL)
		return problem_new(call->a, PROBLEM_NOT_FOUND, "There are no trips here.");
	book->vehicles = arena_alloc(call->a, (1 + LOGBOOK_VEHICLES_MAX) * sizeof *book->vehicles);
	book->vehicle_count = 1;
	if ((p = policy_may(call->a, call->person, book->c, MAY_READ)) != NULL ||
	    (p = find_person(book)) != NULL ||
	    (p = space_zone_of(call, book->person, &book->zone)) != NULL ||
	    (p = space_currency(call, &book->currency)) != NULL ||
	    (p = read_trips(book)) != NULL || (p = find_holes(book)) != NULL)
		return p;
	return read_head(book);
}

/* ---- writes ---- */

static void
read_row(const struct logbook *book, const struct rows *rows, size_t i, struct logbook_row *row)
{
	const struct person *person = book->call->person;
	const struct value *before = row_cell(rows, i, LOGBOOK_ROW_BEFORE);

	*row = (struct logbook_row){ .by_name = row_text(rows, i, LOGBOOK_ROW_NAME) };
	audit_of_row(rows, i, person->space_id, &row->row);
	if (before->bytes != NULL && before->length == SHA256_SIZE)
		memcpy(row->before, before->bytes, SHA256_SIZE);
	row->open = !row->row.erased &&
	    (row->row.prev_owner_id == NULL ||
	        policy_sees(person, book->c, row->row.prev_owner_id, row->row.reader_id)) &&
	    (row->row.private_changes == NULL || policy_sees_private(person, row->row.owner_id));
}

/* A trip and its writes up to a version, of which the asking person sees count. */
struct history {
	const char *id;
	int64_t version;
	struct logbook_row *rows;
	size_t count;
};

/* Trips whose writes are read together. */
struct piece {
	struct history trips[STATEMENT_IDS_MAX];
	size_t count;
	int64_t writes, most;        /* of all of them, and of the one with the most */
};

/* Add a trip; false where the piece is full.  One trip always fits, however often it was written. */
static bool
take_trip(struct piece *piece, const char *id, int64_t version)
{
	if (piece->count == STATEMENT_IDS_MAX || (piece->count > 0 && piece->writes + version > PIECE_WRITES))
		return false;
	piece->trips[piece->count++] = (struct history){ .id = id, .version = version };
	piece->writes += version;
	if (version > piece->most)
		piece->most = version;
	return true;
}

/* Give a write to its trip, unless it is later than the version that is shown. */
static void
sort_row(const struct logbook *book, struct piece *piece, const struct logbook_row *row)
{
	struct history *trip = piece->trips, *end = trip + piece->count;

	if (!policy_sees(book->call->person, book->c, row->row.owner_id, row->row.reader_id))
		return;
	while (trip < end && strcmp(trip->id, row->row.record_id) != 0)
		trip++;
	if (trip < end && row->row.version <= trip->version && (int64_t)trip->count < trip->version)
		trip->rows[trip->count++] = *row;
}

/* Read the writes of all trips between two versions by one statement.  What is written while the logbook is sent is
 * after its head, and does not make the answer longer. */
static struct problem *
read_versions(const struct logbook *book, struct arena *a, struct piece *piece, int64_t after, int64_t last)
{
	struct value values[1 + STATEMENT_IDS_MAX + 3] = { value_id(book->call->person->space_id) };
	size_t room = statement_ids_of(piece->count), count = 1;
	struct problem *p;
	struct rows *rows;
	struct buf sql;

	for (size_t i = 0; i < room; i++)
		values[count++] = value_key(piece->trips[i < piece->count ? i : piece->count - 1].id);
	values[count++] = value_integer(after);
	values[count++] = value_integer(last);
	values[count++] = value_integer(book->head);
	buf_init(&sql, a);
	statement_ids(&sql, SQL(LOGBOOK_ROWS), room);
	if ((p = db_run(book->call->db, a, sql.text, values, count, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		struct logbook_row row;

		read_row(book, rows, i, &row);
		sort_row(book, piece, &row);
	}
	return NULL;
}

/* Read the writes of a piece: at once, or some at a time where a trip alone has more of them. */
static struct problem *
read_writes(struct logbook *book, struct arena *a, struct piece *piece)
{
	struct logbook_row *room = arena_alloc(a, (size_t)piece->writes * sizeof *room);
	struct problem *p = NULL;

	for (size_t i = 0; i < piece->count; i++) {
		piece->trips[i].rows = room;
		room += piece->trips[i].version;
	}
	for (int64_t after = 0; p == NULL && after < piece->most; after += PIECE_WRITES) {
		int64_t last = after + PIECE_WRITES;

		p = read_versions(book, a, piece, after, last < piece->most ? last : piece->most);
	}
	for (size_t i = 0; p == NULL && i < piece->count; i++) {
		const struct history *trip = &piece->trips[i];

		if (trip->count > 0 && (book->first_seq == 0 || trip->rows[0].row.seq < book->first_seq))
			book->first_seq = trip->rows[0].row.seq;
	}
	return p;
}

/* ---- pieces ---- */

static struct problem *
add_trips(struct logbook *book, struct arena *a, struct buf *out)
{
	const struct mileage_trip *first = &book->trips.all[book->next];
	struct piece piece = { .count = 0 };
	struct problem *p;

	while (book->next < book->trips.count &&
	    take_trip(&piece, book->trips.all[book->next].id, book->trips.all[book->next].version))
		book->next++;
	if (piece.count > 0 && (p = read_writes(book, a, &piece)) != NULL)
		return p;
	for (size_t i = 0; i < piece.count; i++)
		logbook_text_trip(book, &first[i], piece.trips[i].rows, piece.trips[i].count, out);
	if (book->next == book->trips.count)
		logbook_text_end_trips(book, out);
	return NULL;
}

static struct problem *
add_deleted(struct logbook *book, struct arena *a, struct buf *out)
{
	const struct rows *deleted = book->deleted;
	struct piece piece = { .count = 0 };
	struct problem *p;

	while (book->next_deleted < deleted->count &&
	    take_trip(&piece, row_text(deleted, book->next_deleted, LOGBOOK_DELETED_ID),
	        row_integer(deleted, book->next_deleted, LOGBOOK_DELETED_VERSION)))
		book->next_deleted++;
	if ((p = read_writes(book, a, &piece)) != NULL)
		return p;
	for (size_t i = 0; i < piece.count; i++) {
		const struct history *trip = &piece.trips[i];

		if (trip->count > 0)
			logbook_text_deleted(book, trip->id, trip->rows, trip->count, out);
	}
	return NULL;
}

static bool
sees_link(const struct logbook *book, const struct audit_row *row)
{
	const struct collection *c = collection_find(book->call->set, row->collection);
	const struct person *person = book->call->person;

	return c != NULL && policy_reads(person, c) && policy_sees(person, c, row->owner_id, row->reader_id);
}

/* Whether links are wanted at all. */
static bool
links(const struct logbook *book)
{
	return book->format == REPORT_JSON && book->first_seq > 0 &&
	    book->head - book->first_seq < LOGBOOK_LINKS_MAX;
}

/* Add some of the chain.  At the first write that the asking person does not see it ends, and proves nothing. */
static struct problem *
add_links(struct logbook *book, struct arena *a, struct buf *out)
{
	struct problem *p;
	struct rows *rows;

	if (book->next_link == 0)
		book->next_link = book->first_seq;
	if ((p = db_run(book->call->db, a, SQL(LOGBOOK_LINKS),
	    VALUES(value_id(book->call->person->space_id), value_integer(book->next_link),
	        value_integer(book->head)),
	    &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		struct audit_row row;

		audit_of_row(rows, i, book->call->person->space_id, &row);
		if (!sees_link(book, &row)) {
			logbook_text_end(book, false, out);
			book->ended = true;
			return NULL;
		}
		logbook_text_link(book, &row, out);
		book->next_link = row.seq + 1;
	}
	if (rows->count == 0 || book->next_link > book->head) {
		logbook_text_end(book, book->next_link > book->head, out);
		book->ended = true;
	}
	return NULL;
}

struct problem *
logbook_next(struct logbook *book, struct arena *a, struct buf *out)
{
	book->out.to = out;
	if (!book->begun) {
		book->begun = true;
		book->next = book->trips.first;
		logbook_text_begin(book, out);
		return add_trips(book, a, out);
	}
	if (book->next < book->trips.count)
		return add_trips(book, a, out);
	if (book->next_deleted < book->deleted->count)
		return add_deleted(book, a, out);
	if (links(book))
		return add_links(book, a, out);
	logbook_text_end(book, false, out);
	book->ended = true;
	return NULL;
}
