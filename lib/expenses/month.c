/* month.c -- counts a month of expenses from its rows.  month_read.c reads them, month_put.c writes the figures. */
#include "expenses/month.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "model/show.h"

enum {
	DAYS = 31,
	DAY_OFF_HOURS = 800,       /* hundredths */
	DAY_HOURS = 2400
};

/* What a day has, while its month is counted. */
struct day {
	char date[DATE_TEXT_SIZE];
	const struct month_note *note;
	int64_t miles, spent, hours;
	int64_t pto, holiday;      /* hours that were written down */
	bool has_any;              /* a trip, a receipt or hours */
	bool has_receipt, has_file; /* of the category Per Diem */
};

struct counting {
	struct arena *a;
	struct month *month;
	struct day days[DAYS];
	size_t count;
	size_t gap_room, hours_room, center_room;
};

static struct day *
day_of(struct counting *c, const char *date)
{
	return &c->days[(date[8] - '0') * 10 + (date[9] - '0') - 1];
}

static bool
same(const char *left, const char *right)
{
	return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/* ---- results that grow ---- */

static void *
grown(struct arena *a, void *all, size_t count, size_t *room, size_t size)
{
	void *more;

	if (count < *room)
		return all;
	*room = *room == 0 ? 16 : 2 * *room;
	more = arena_alloc(a, *room * size);
	if (count > 0)
		memcpy(more, all, count * size);
	return more;
}

static void
add_gap(struct counting *c, struct month_gap gap)
{
	struct month *m = c->month;

	m->gaps = grown(c->a, m->gaps, m->gap_count, &c->gap_room, sizeof *m->gaps);
	m->gaps[m->gap_count++] = gap;
}

static struct month_center *
find_center(struct counting *c, const char *id)
{
	struct month *m = c->month;
	const struct month_sources *sources = m->sources;
	struct month_center *center;

	for (size_t i = 0; i < m->center_count; i++)
		if (same(m->centers[i].id, id))
			return &m->centers[i];
	m->centers = grown(c->a, m->centers, m->center_count, &c->center_room, sizeof *m->centers);
	center = &m->centers[m->center_count++];
	*center = (struct month_center){ .id = id };
	for (size_t i = 0; id != NULL && i < sources->center_count; i++)
		if (strcmp(sources->centers[i].id, id) == 0) {
			center->name = sources->centers[i].name;
			center->per_diem_file = sources->centers[i].per_diem_file;
		}
	return center;
}

static void
add_hours(struct counting *c, const char *category, const char *cost_center, int64_t hours)
{
	struct month *m = c->month;
	size_t i = 0;

	if (hours == 0)
		return;
	find_center(c, cost_center)->hours += hours;
	m->sum.hours += hours;
	while (i < m->hours_count &&
	    !(same(m->hours[i].category, category) && same(m->hours[i].cost_center, cost_center)))
		i++;
	if (i == m->hours_count) {
		m->hours = grown(c->a, m->hours, m->hours_count, &c->hours_room, sizeof *m->hours);
		m->hours[m->hours_count++] = (struct month_hours){
			.category = category, .cost_center = cost_center,
		};
	}
	m->hours[i].hours += hours;
}

/* ---- trips ---- */

int64_t
month_toll(const struct mileage_trip *trip)
{
	return mileage_is_paid(trip) ? trip->toll : 0;
}

int64_t
month_parking(const struct mileage_trip *trip)
{
	return mileage_is_paid(trip) ? trip->parking : 0;
}

static void
count_trip(struct counting *c, const struct mileage_trip *trip)
{
	struct month *m = c->month;
	struct month_center *center;
	const char *cost_center =
	    value_plain(c->a, value_named(m->sources->trips, trip->values, "costCenter"));

	if (trip->underway)
		add_gap(c, (struct month_gap){ "trip", trip->date, "mileage", trip->id, "This trip has no end yet." });
	if (!mileage_is_paid(trip))
		return;
	day_of(c, trip->date)->has_any = true;
	day_of(c, trip->date)->miles += trip->miles;
	if (trip->rate == NULL)
		add_gap(c, (struct month_gap){ "rate", trip->date, "mileage", trip->id,
		    "There is no rate for this trip; it is worth nothing." });
	center = find_center(c, cost_center);
	center->trips += trip->amount;
	center->extras += trip->toll + trip->parking;
	m->sum.miles += trip->miles;
	m->sum.trips += trip->amount;
	m->sum.toll += trip->toll;
	m->sum.parking += trip->parking;
}

/* ---- receipts ---- */

static bool
is_per_diem(const struct month_receipt *receipt)
{
	return strcmp(receipt->category, "Per Diem") == 0;
}

static void
classify(struct counting *c, struct month_receipt *receipt)
{
	const struct month_sources *sources = c->month->sources;
	struct day *day = day_of(c, receipt->date);
	const char *cost_center = day->note == NULL ? NULL : day->note->cost_center;

	day->has_any = true;
	if (is_per_diem(receipt) && per_diem_in_force(&sources->per_diem, cost_center, receipt->date)) {
		receipt->kind = RECEIPT_EVIDENCE;
		day->spent += receipt->amount;
		day->has_receipt = true;
		day->has_file |= receipt->has_file;
	} else {
		receipt->kind = texts_hold(&sources->needs.not_reimbursed, receipt->category)
		    ? RECEIPT_NOT_REIMBURSED : RECEIPT_PAID;
	}
}

static void
find_needs(struct counting *c, const struct month_receipt *receipt)
{
	const struct month_sources *sources = c->month->sources;
	struct month_gap gap = { "receipt", receipt->date, "receipts", receipt->id, NULL };

	if (receipt->description == NULL && texts_hold(&sources->needs.description, receipt->category)) {
		gap.detail = arena_printf(c->a, "A receipt of the category %s needs a description.", receipt->category);
		add_gap(c, gap);
	}
	if (!receipt->has_file && texts_hold(&sources->needs.file, receipt->category)) {
		gap.detail = arena_printf(c->a, "A receipt of the category %s needs an image or a PDF.",
		    receipt->category);
		add_gap(c, gap);
	}
	if (receipt->duplicate_of != NULL) {
		gap.kind = "duplicate";
		gap.detail = "It looks like another receipt.";
		add_gap(c, gap);
	}
}

/* The parts of a split have one day; it is told at the first of them. */
static void
add_up_split(struct counting *c, size_t at)
{
	const struct month *m = c->month;
	const struct month_receipt *first = &m->receipts[at];
	int64_t sum = 0;

	if (first->split == NULL)
		return;
	for (size_t i = 0; i < m->receipt_count; i++) {
		if (!same(m->receipts[i].split, first->split) || strcmp(m->receipts[i].date, first->date) != 0)
			continue;
		if (i < at)
			return;
		sum += m->receipts[i].amount;
	}
	if (sum != first->split_total)
		add_gap(c, (struct month_gap){ "split", first->date, "receipts", first->id,
		    arena_printf(c->a, "The parts of this receipt come to %s, the whole to %s.", money_text(c->a, sum),
		        money_text(c->a, first->split_total)) });
}

static void
count_receipt(struct counting *c, size_t at)
{
	struct month *m = c->month;
	struct month_receipt *receipt = &m->receipts[at];

	classify(c, receipt);
	find_needs(c, receipt);
	add_up_split(c, at);
	if (receipt->kind == RECEIPT_NOT_REIMBURSED)
		m->sum.not_reimbursed += receipt->amount;
	if (receipt->kind != RECEIPT_PAID)
		return;
	find_center(c, receipt->cost_center)->receipts += receipt->amount;
	m->sum.receipts += receipt->amount;
}

/* ---- hours ---- */

static void
count_sheet(struct counting *c, const struct month_hours *sheet)
{
	struct day *day = day_of(c, sheet->date);

	add_hours(c, sheet->category, sheet->cost_center, sheet->hours);
	day->hours += sheet->hours;
	day->has_any |= sheet->hours > 0;
	if (strcmp(sheet->category, "PTO") == 0)
		day->pto += sheet->hours;
	if (strcmp(sheet->category, "Holiday") == 0)
		day->holiday += sheet->hours;
}

static void
count_day_off(struct counting *c, const struct day *day)
{
	const char *kind = day->note == NULL ? NULL : day->note->day_off;

	if (kind == NULL)
		return;
	if (strcmp(kind, "PTO") == 0 && day->pto == 0)
		add_hours(c, "PTO", day->note->cost_center, DAY_OFF_HOURS);
	if (strcmp(kind, "holiday") == 0 && day->holiday == 0)
		add_hours(c, "Holiday", day->note->cost_center, DAY_OFF_HOURS);
}

/* ---- days ---- */

static void
begin_days(struct counting *c)
{
	struct month *m = c->month;

	c->count = (size_t)(date_days(m->to) - date_days(m->from)) + 1;
	for (size_t i = 0; i < c->count; i++)
		date_from_days(date_days(m->from) + (int64_t)i, c->days[i].date);
	for (size_t i = 0; i < m->note_count; i++)
		day_of(c, m->notes[i].date)->note = &m->notes[i];
}

static struct per_diem_facts
facts_of(const struct day *day)
{
	struct per_diem_facts facts = { .noted = day->note != NULL, .miles = day->miles, .spent = day->spent };

	memcpy(facts.date, day->date, sizeof facts.date);
	if (day->note == NULL)
		return facts;
	facts.cost_center = day->note->cost_center;
	facts.day_off = day->note->day_off;
	facts.hours = day->note->hours;
	facts.distance = day->note->distance;
	facts.overnight = day->note->overnight;
	return facts;
}

static void
find_worth(struct counting *c)
{
	struct month *m = c->month;
	struct per_diem_facts facts[DAYS] = { { .noted = false } };
	struct per_diem_day worth[DAYS];
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct day *day = &c->days[i];
		const char *cost_center = day->note == NULL ? NULL : day->note->cost_center;

		if ((day->note != NULL || day->has_receipt) &&
		    per_diem_in_force(&m->sources->per_diem, cost_center, day->date))
			facts[count++] = facts_of(day);
	}
	per_diem_count(c->a, &m->sources->per_diem, facts, count, worth);
	m->days = arena_alloc(c->a, (count + 1) * sizeof *m->days);
	m->day_count = count;
	for (size_t i = 0; i < count; i++)
		m->days[i] = (struct month_day){ .facts = facts[i], .worth = worth[i] };
}

static void
count_worth(struct counting *c, const struct month_day *day)
{
	struct month *m = c->month;
	struct month_center *center;

	if (day->worth.amount == 0)
		return;
	center = find_center(c, day->facts.cost_center);
	center->per_diem += day->worth.amount;
	m->sum.per_diem += day->worth.amount;
	if (center->per_diem_file && !day_of(c, day->facts.date)->has_file)
		add_gap(c, (struct month_gap){ "perDiem", day->facts.date, "dayNotes", NULL,
		    "The cost center asks for a receipt of this per diem." });
}

static void
find_day_gaps(struct counting *c, const struct day *day)
{
	if (day->hours > DAY_HOURS)
		add_gap(c, (struct month_gap){ "hours", day->date, "timesheets", NULL,
		    "More than 24 hours are written down." });
	if (day->has_any && day->note == NULL)
		add_gap(c, (struct month_gap){ "note", day->date, "dayNotes", NULL,
		    "The day has trips, receipts or hours, but no note." });
}

/* ---- order ---- */

static int
by_center(const void *left, const void *right)
{
	const struct month_center *l = left, *r = right;
	int order;

	if (l->id == NULL || r->id == NULL)
		return (l->id == NULL) - (r->id == NULL);
	if (l->name == NULL || r->name == NULL)
		order = (l->name == NULL) - (r->name == NULL);
	else
		order = strcasecmp(l->name, r->name);
	return order != 0 ? order : strcmp(l->id, r->id);
}

static int
by_bucket(const void *left, const void *right)
{
	const struct month_hours *l = left, *r = right;
	int order = strcmp(l->category, r->category);

	if (order != 0)
		return order;
	if (l->cost_center == NULL || r->cost_center == NULL)
		return (l->cost_center == NULL) - (r->cost_center == NULL);
	return strcmp(l->cost_center, r->cost_center);
}

static int
by_day(const void *left, const void *right)
{
	const struct month_gap *l = left, *r = right;
	int order = strcmp(l->date, r->date);

	if (order == 0)
		order = strcmp(l->kind, r->kind);
	return order != 0 ? order : strcmp(l->id == NULL ? "" : l->id, r->id == NULL ? "" : r->id);
}

static void
put_in_order(struct month *m)
{
	if (m->center_count > 1)
		qsort(m->centers, m->center_count, sizeof *m->centers, by_center);
	if (m->hours_count > 1)
		qsort(m->hours, m->hours_count, sizeof *m->hours, by_bucket);
	if (m->gap_count > 1)
		qsort(m->gaps, m->gap_count, sizeof *m->gaps, by_day);
}

/* ---- all of it ---- */

void
month_count(struct arena *a, struct month *month)
{
	struct counting *c = arena_alloc(a, sizeof *c);

	*c = (struct counting){ .a = a, .month = month };
	begin_days(c);
	for (size_t i = 0; i < month->trip_count; i++)
		count_trip(c, &month->trips[i]);
	for (size_t i = 0; i < month->receipt_count; i++)
		count_receipt(c, i);
	for (size_t i = 0; i < month->sheet_count; i++)
		count_sheet(c, &month->sheets[i]);
	find_worth(c);
	for (size_t i = 0; i < month->day_count; i++)
		count_worth(c, &month->days[i]);
	for (size_t i = 0; i < c->count; i++) {
		count_day_off(c, &c->days[i]);
		find_day_gaps(c, &c->days[i]);
	}
	for (size_t i = 0; i < month->center_count; i++) {
		struct month_center *center = &month->centers[i];

		center->total = center->trips + center->extras + center->receipts + center->per_diem;
	}
	month->sum.total = month->sum.trips + month->sum.toll + month->sum.parking + month->sum.receipts +
	    month->sum.per_diem;
	put_in_order(month);
}
