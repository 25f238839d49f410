/* month_read.c -- reads what a month of expenses is counted from.  Each collection is one statement. */
#include <string.h>

#include "expenses/month.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"

/* Records of a collection, as values. */
struct list {
	const struct collection *c;
	const struct rows *rows;
	size_t count;
};

/* ---- values ---- */

static const char *const *
values_at(struct arena *a, const struct list *list, size_t i)
{
	return (const char *const *)values_parse(a, list->c, row_text(list->rows, i, EXPENSE_DOC), NULL);
}

static const char *
id_at(const struct list *list, size_t i)
{
	return row_text(list->rows, i, EXPENSE_ID);
}

static const char *
text_of(struct arena *a, const struct collection *c, const char *const *values, const char *name)
{
	return value_plain(a, value_named(c, values, name));
}

/* A number as its field scales it; 0 for an empty one. */
static int64_t
number_of(const struct collection *c, const char *const *values, const char *name)
{
	const struct field *f = collection_field(c, name);

	return f == NULL ? 0 : value_scaled(f, values[f->index]);
}

static bool
flag_of(const struct collection *c, const char *const *values, const char *name)
{
	return value_true(value_named(c, values, name));
}

void
per_diem_rule_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct per_diem_rule *rule)
{
	*rule = (struct per_diem_rule){
		.id = id,
		.cost_center = text_of(a, c, values, "costCenter"),
		.name = text_of(a, c, values, "name"),
		.rank = number_of(c, values, "rank"),
		.amount = number_of(c, values, "amount"),
		.min_hours = number_of(c, values, "minHours"),
		.min_miles = number_of(c, values, "minMiles"),
		.min_distance = number_of(c, values, "minDistance"),
		.overnight = flag_of(c, values, "overnight"),
		.use_actual = flag_of(c, values, "useActual"),
		.limited = value_named(c, values, "monthlyMax") != NULL,
		.monthly_max = number_of(c, values, "monthlyMax"),
	};
	memcpy(rule->from, text_of(a, c, values, "from"), DATE_TEXT_SIZE);
}

void
month_center_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_center *center)
{
	*center = (struct month_center){
		.id = id,
		.name = text_of(a, c, values, "name"),
		.per_diem_file = flag_of(c, values, "perDiemFile"),
	};
}

void
month_receipt_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_receipt *receipt)
{
	*receipt = (struct month_receipt){
		.id = id,
		.date = text_of(a, c, values, "date"),
		.vendor = text_of(a, c, values, "vendor"),
		.category = text_of(a, c, values, "category"),
		.description = text_of(a, c, values, "description"),
		.cost_center = text_of(a, c, values, "costCenter"),
		.split = text_of(a, c, values, "splitGroup"),
		.duplicate_of = text_of(a, c, values, "duplicateOf"),
		.amount = number_of(c, values, "amount"),
		.split_total = number_of(c, values, "splitTotal"),
		.has_file = value_named(c, values, "file") != NULL,
	};
}

void
month_sheet_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_hours *sheet)
{
	*sheet = (struct month_hours){
		.id = id,
		.date = text_of(a, c, values, "date"),
		.category = text_of(a, c, values, "category"),
		.cost_center = text_of(a, c, values, "costCenter"),
		.hours = number_of(c, values, "hours"),
	};
}

void
month_note_of(struct arena *a, const struct collection *c, const char *id, const char *const *values,
    struct month_note *note)
{
	*note = (struct month_note){
		.id = id,
		.date = text_of(a, c, values, "date"),
		.cost_center = text_of(a, c, values, "costCenter"),
		.day_off = text_of(a, c, values, "dayOff"),
		.hours = number_of(c, values, "hoursAway"),
		.distance = number_of(c, values, "milesFromBase"),
		.overnight = flag_of(c, values, "overnight"),
	};
}

/* ---- what all months need ---- */

static struct problem *
read_all(const struct call *call, const char *name, int64_t most, struct list *list)
{
	struct problem *p;
	struct rows *rows;

	*list = (struct list){ .c = collection_find(call->set, name) };
	if (list->c == NULL)
		return NULL;
	if ((p = record_ask(call, list->c, SQL(EXPENSES_OF_SPACE),
	    VALUES(value_id(call->person->space_id), value_text(name), value_integer(most)), &rows)) != NULL)
		return p;
	list->rows = rows;
	list->count = rows->count;
	return NULL;
}

static struct problem *
read_rules(const struct call *call, struct per_diem_rules *rules)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_all(call, "perDiemRules", PER_DIEM_RULES_MAX, &list);

	if (p != NULL)
		return p;
	rules->all = arena_alloc(a, (list.count + 1) * sizeof *rules->all);
	rules->count = list.count;
	for (size_t i = 0; i < list.count; i++)
		per_diem_rule_of(a, list.c, id_at(&list, i), values_at(a, &list, i), &rules->all[i]);
	return NULL;
}

static struct problem *
read_centers(const struct call *call, struct month_sources *sources)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_all(call, "costCenters", MONTH_CENTERS_MAX, &list);

	if (p != NULL)
		return p;
	sources->centers = arena_alloc(a, (list.count + 1) * sizeof *sources->centers);
	sources->center_count = list.count;
	for (size_t i = 0; i < list.count; i++)
		month_center_of(a, list.c, id_at(&list, i), values_at(a, &list, i), &sources->centers[i]);
	return NULL;
}

struct problem *
month_sources_read(const struct call *call, struct month_sources *sources)
{
	struct problem *p;

	*sources = (struct month_sources){ .trips = collection_find(call->set, "mileage") };
	if ((p = mileage_rates_read(call, &sources->rates)) != NULL ||
	    (p = read_rules(call, &sources->per_diem)) != NULL ||
	    (p = read_centers(call, sources)) != NULL ||
	    (p = receipt_needs_read(call, &sources->needs)) != NULL)
		return p;
	return space_currency(call, &sources->currency);
}

const char *
month_center_name(const struct month_sources *sources, const char *id)
{
	for (size_t i = 0; id != NULL && i < sources->center_count; i++)
		if (strcmp(sources->centers[i].id, id) == 0)
			return sources->centers[i].name;
	return NULL;
}

/* ---- the rows of months ---- */

static struct problem *
read_own(const struct call *call, const char *name, const struct month *span, size_t most, struct list *list)
{
	struct problem *p;
	struct rows *rows;

	*list = (struct list){ .c = collection_find(call->set, name) };
	if (list->c == NULL)
		return NULL;
	if ((p = record_ask(call, list->c, SQL(EXPENSES_OF),
	    VALUES(value_id(call->person->space_id), value_text(name), value_id(span->owner),
	        value_text(span->from), value_text(span->to), value_integer((int64_t)most + 1)),
	    &rows)) != NULL)
		return p;
	if (rows->count > most)
		return problem_at(call->a, PROBLEM_TOO_MUCH, "from",
		    "One person has more than %zu %s in this time; ask for less time.", most, name);
	list->rows = rows;
	list->count = rows->count;
	return NULL;
}

static struct problem *
read_receipts(const struct call *call, struct month *span, size_t most)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_own(call, "receipts", span, most, &list);

	if (p != NULL)
		return p;
	span->receipts = arena_alloc(a, (list.count + 1) * sizeof *span->receipts);
	span->receipt_count = list.count;
	for (size_t i = 0; i < list.count; i++)
		month_receipt_of(a, list.c, id_at(&list, i), values_at(a, &list, i), &span->receipts[i]);
	return NULL;
}

static struct problem *
read_sheets(const struct call *call, struct month *span, size_t most)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_own(call, "timesheets", span, most, &list);

	if (p != NULL)
		return p;
	span->sheets = arena_alloc(a, (list.count + 1) * sizeof *span->sheets);
	span->sheet_count = list.count;
	for (size_t i = 0; i < list.count; i++)
		month_sheet_of(a, list.c, id_at(&list, i), values_at(a, &list, i), &span->sheets[i]);
	return NULL;
}

static struct problem *
read_notes(const struct call *call, struct month *span, size_t most)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_own(call, "dayNotes", span, most, &list);

	if (p != NULL)
		return p;
	span->notes = arena_alloc(a, (list.count + 1) * sizeof *span->notes);
	span->note_count = list.count;
	for (size_t i = 0; i < list.count; i++)
		month_note_of(a, list.c, id_at(&list, i), values_at(a, &list, i), &span->notes[i]);
	return NULL;
}

static struct problem *
read_trips(const struct call *call, struct month *span)
{
	struct mileage_trips trips;
	struct problem *p;

	p = mileage_read(call, &span->sources->rates, span->owner, span->from, span->to, &trips);
	if (p != NULL)
		return p;
	span->trips = trips.all + trips.first;
	span->trip_count = trips.count - trips.first;
	return NULL;
}

void
month_span(const char *day, char from[DATE_TEXT_SIZE], char to[DATE_TEXT_SIZE])
{
	memcpy(from, day, DATE_TEXT_SIZE);
	memcpy(from + 8, "01", 2);
	date_from_days(date_days(from) + 31, to);
	memcpy(to + 8, "01", 2);
	date_from_days(date_days(to) - 1, to);
	if (strcmp(to, from) < 0) /* the last month of the calendar has no next one */
		memcpy(to, "9999-12-31", DATE_TEXT_SIZE);
}

/* Take the rows of one month from the front of what is left of the span. */
static void
take_month(struct month *rest, struct month *month)
{
	*month = *rest;
	month_span(rest->from, month->from, month->to);
	for (month->trip_count = 0; month->trip_count < rest->trip_count &&
	    strcmp(rest->trips[month->trip_count].date, month->to) <= 0; month->trip_count++)
		;
	for (month->receipt_count = 0; month->receipt_count < rest->receipt_count &&
	    strcmp(rest->receipts[month->receipt_count].date, month->to) <= 0; month->receipt_count++)
		;
	for (month->sheet_count = 0; month->sheet_count < rest->sheet_count &&
	    strcmp(rest->sheets[month->sheet_count].date, month->to) <= 0; month->sheet_count++)
		;
	for (month->note_count = 0; month->note_count < rest->note_count &&
	    strcmp(rest->notes[month->note_count].date, month->to) <= 0; month->note_count++)
		;
	rest->trips += month->trip_count;
	rest->trip_count -= month->trip_count;
	rest->receipts += month->receipt_count;
	rest->receipt_count -= month->receipt_count;
	rest->sheets += month->sheet_count;
	rest->sheet_count -= month->sheet_count;
	rest->notes += month->note_count;
	rest->note_count -= month->note_count;
}

struct problem *
months_read(const struct call *call, const struct month_sources *sources, const char *owner, const char *from,
    const char *to, struct month months[MONTHS_MAX], size_t *count)
{
	struct month span = { .owner = owner, .sources = sources };
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	struct problem *p;
	size_t most;

	*count = 0;
	month_span(from, span.from, last);
	month_span(to, first, span.to);
	most = strcmp(span.from, first) == 0 ? MONTH_ROWS_MAX : MONTHS_ROWS_MAX;
	if ((p = read_trips(call, &span)) != NULL ||
	    (p = read_receipts(call, &span, most)) != NULL ||
	    (p = read_sheets(call, &span, most)) != NULL ||
	    (p = read_notes(call, &span, most)) != NULL)
		return p;
	while (*count < MONTHS_MAX) {
		struct month *month = &months[(*count)++];

		take_month(&span, month);
		month_count(call->a, month);
		if (strcmp(month->to, span.to) >= 0)
			break;
		date_from_days(date_days(month->to) + 1, span.from);
	}
	return NULL;
}

struct problem *
month_read(const struct call *call, const struct month_sources *sources, const char *owner, const char *day,
    struct month *month)
{
	struct month months[MONTHS_MAX];
	struct problem *p;
	size_t count;

	if ((p = months_read(call, sources, owner, day, day, months, &count)) != NULL)
		return p;
	*month = months[0];
	return NULL;
}
