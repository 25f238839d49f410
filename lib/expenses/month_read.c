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

static const char **
values_at(struct arena *a, const struct list *list, size_t i)
{
	return values_parse(a, list->c, row_text(list->rows, i, EXPENSE_DOC), NULL);
}

static const char *
id_at(const struct list *list, size_t i)
{
	return row_text(list->rows, i, EXPENSE_ID);
}

static const char *
text_of(struct arena *a, const struct list *list, const char **values, const char *name)
{
	return value_plain(a, value_named(list->c, (const char *const *)values, name));
}

/* A number as its field scales it; 0 for an empty one. */
static int64_t
number_of(const struct list *list, const char **values, const char *name)
{
	const struct field *f = collection_field(list->c, name);

	return f == NULL ? 0 : value_scaled(f, values[f->index]);
}

static bool
flag_of(const struct list *list, const char **values, const char *name)
{
	return value_true(value_named(list->c, (const char *const *)values, name));
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
	for (size_t i = 0; i < list.count; i++) {
		const char **values = values_at(a, &list, i);
		const char *from = text_of(a, &list, values, "from");

		rules->all[i] = (struct per_diem_rule){
			.id = id_at(&list, i),
			.cost_center = text_of(a, &list, values, "costCenter"),
			.name = text_of(a, &list, values, "name"),
			.rank = number_of(&list, values, "rank"),
			.amount = number_of(&list, values, "amount"),
			.min_hours = number_of(&list, values, "minHours"),
			.min_miles = number_of(&list, values, "minMiles"),
			.min_distance = number_of(&list, values, "minDistance"),
			.overnight = flag_of(&list, values, "overnight"),
			.use_actual = flag_of(&list, values, "useActual"),
			.limited = value_named(list.c, (const char *const *)values, "monthlyMax") != NULL,
			.monthly_max = number_of(&list, values, "monthlyMax"),
		};
		memcpy(rules->all[i].from, from, DATE_TEXT_SIZE);
	}
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
	for (size_t i = 0; i < list.count; i++) {
		const char **values = values_at(a, &list, i);

		sources->centers[i] = (struct month_center){
			.id = id_at(&list, i),
			.name = text_of(a, &list, values, "name"),
			.per_diem_file = flag_of(&list, values, "perDiemFile"),
		};
	}
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

/* ---- the rows of a month ---- */

static struct problem *
read_own(const struct call *call, const char *name, const struct month *month, struct list *list)
{
	struct problem *p;
	struct rows *rows;

	*list = (struct list){ .c = collection_find(call->set, name) };
	if (list->c == NULL)
		return NULL;
	if ((p = record_ask(call, list->c, SQL(EXPENSES_OF),
	    VALUES(value_id(call->person->space_id), value_text(name), value_id(month->owner),
	        value_text(month->from), value_text(month->to), value_integer(MONTH_ROWS_MAX + 1)),
	    &rows)) != NULL)
		return p;
	if (rows->count > MONTH_ROWS_MAX)
		return problem_at(call->a, PROBLEM_TOO_MUCH, "from",
		    "One person has more than %d %s in a month; that is more than a report counts.", MONTH_ROWS_MAX,
		    name);
	list->rows = rows;
	list->count = rows->count;
	return NULL;
}

static struct problem *
read_receipts(const struct call *call, struct month *month)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_own(call, "receipts", month, &list);

	if (p != NULL)
		return p;
	month->receipts = arena_alloc(a, (list.count + 1) * sizeof *month->receipts);
	month->receipt_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		const char **values = values_at(a, &list, i);

		month->receipts[i] = (struct month_receipt){
			.id = id_at(&list, i),
			.date = text_of(a, &list, values, "date"),
			.vendor = text_of(a, &list, values, "vendor"),
			.category = text_of(a, &list, values, "category"),
			.description = text_of(a, &list, values, "description"),
			.cost_center = text_of(a, &list, values, "costCenter"),
			.split = text_of(a, &list, values, "splitGroup"),
			.duplicate_of = text_of(a, &list, values, "duplicateOf"),
			.amount = number_of(&list, values, "amount"),
			.split_total = number_of(&list, values, "splitTotal"),
			.has_file = value_named(list.c, (const char *const *)values, "file") != NULL,
		};
	}
	return NULL;
}

static struct problem *
read_sheets(const struct call *call, struct month *month)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_own(call, "timesheets", month, &list);

	if (p != NULL)
		return p;
	month->sheets = arena_alloc(a, (list.count + 1) * sizeof *month->sheets);
	month->sheet_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		const char **values = values_at(a, &list, i);

		month->sheets[i] = (struct month_hours){
			.id = id_at(&list, i),
			.date = text_of(a, &list, values, "date"),
			.category = text_of(a, &list, values, "category"),
			.cost_center = text_of(a, &list, values, "costCenter"),
			.hours = number_of(&list, values, "hours"),
		};
	}
	return NULL;
}

static struct problem *
read_notes(const struct call *call, struct month *month)
{
	struct arena *a = call->a;
	struct list list;
	struct problem *p = read_own(call, "dayNotes", month, &list);

	if (p != NULL)
		return p;
	month->notes = arena_alloc(a, (list.count + 1) * sizeof *month->notes);
	month->note_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		const char **values = values_at(a, &list, i);

		month->notes[i] = (struct month_note){
			.id = id_at(&list, i),
			.date = text_of(a, &list, values, "date"),
			.cost_center = text_of(a, &list, values, "costCenter"),
			.day_off = text_of(a, &list, values, "dayOff"),
			.hours = number_of(&list, values, "hoursAway"),
			.distance = number_of(&list, values, "milesFromBase"),
			.overnight = flag_of(&list, values, "overnight"),
		};
	}
	return NULL;
}

static struct problem *
read_trips(const struct call *call, struct month *month)
{
	struct mileage_trips trips;
	struct problem *p;

	p = mileage_read(call, &month->sources->rates, month->owner, month->from, month->to, &trips);
	if (p != NULL)
		return p;
	month->trips = trips.all + trips.first;
	month->trip_count = trips.count - trips.first;
	return NULL;
}

/* The first and the last day of the month that the day is in. */
static void
find_span(struct month *month, const char *day)
{
	char next[DATE_TEXT_SIZE];

	memcpy(month->from, day, DATE_TEXT_SIZE);
	memcpy(month->from + 8, "01", 2);
	date_from_days(date_days(month->from) + 31, next);
	memcpy(next + 8, "01", 2);
	date_from_days(date_days(next) - 1, month->to);
}

struct problem *
month_read(const struct call *call, const struct month_sources *sources, const char *owner, const char *day,
    struct month *month)
{
	struct problem *p;

	*month = (struct month){ .owner = owner, .sources = sources };
	find_span(month, day);
	if ((p = read_trips(call, month)) != NULL ||
	    (p = read_receipts(call, month)) != NULL ||
	    (p = read_sheets(call, month)) != NULL ||
	    (p = read_notes(call, month)) != NULL)
		return p;
	month_count(call->a, month);
	return NULL;
}
