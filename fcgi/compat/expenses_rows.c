/* expenses_rows.c -- reading the rows of one resource of the expenses API, by its table (expenses_tables.c): all that
 * the person may see, or those of one person and month. */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "compat/compat.h"
#include "compat/expenses_rows.h"
#include "http/reply.h"
#include "model/policy.h"

/* ---- GET ---- */

/* A row with what it is sorted by. */
struct sorted {
	struct record *record;
	const char **values;
	const char *date, *order;
};

static const char *
or_empty(const char *value)
{
	return value == NULL ? "" : value;
}

/* By day, the newest first, and within a day in its order. */
static int
by_day(const void *left, const void *right)
{
	const struct sorted *a = left, *b = right;
	int order = strcmp(b->date, a->date);

	if (order == 0)
		order = strcmp(a->record->owner, b->record->owner);
	if (order == 0)
		order = strcmp(a->order, b->order);
	return order != 0 ? order : strcmp(a->record->id, b->record->id);
}

static struct sorted *
sort_rows(struct request *r, const struct stretch *s)
{
	struct sorted *rows = arena_alloc(r->a, (s->count + 1) * sizeof *rows);
	const struct collection *c = s->collection;

	for (size_t i = 0; i < s->count; i++) {
		const char **values = values_parse(r->a, c, s->records[i].doc, NULL);

		rows[i] = (struct sorted){
			.record = &s->records[i],
			.values = values,
			.date = or_empty(value_named(c, values, "date")),
			.order = or_empty(value_named(c, values, "order")),
		};
	}
	if (s->count > 0 && collection_field(c, "date") != NULL)
		qsort(rows, s->count, sizeof *rows, by_day);
	return rows;
}

/* The rows in their order, each with its place in its day. */
static struct wire_row *
arrange(struct request *r, const struct resource *resource, const struct stretch *s)
{
	const struct sorted *sorted = sort_rows(r, s);
	struct wire_row *rows = arena_alloc(r->a, (s->count + 1) * sizeof *rows);
	int64_t place = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (i > 0 && (strcmp(sorted[i].date, sorted[i - 1].date) != 0 ||
		    strcmp(sorted[i].record->owner, sorted[i - 1].record->owner) != 0))
			place = 0;
		rows[i] = (struct wire_row){
			.resource = resource,
			.record = sorted[i].record,
			.values = sorted[i].values,
			.place = place++,
		};
	}
	return rows;
}

struct problem *
rows_put(struct lookups *l, struct json_out *out, const struct resource *resource, const struct stretch *s)
{
	struct wire_row *rows = arrange(l->r, resource, s);
	struct problem *p;

	if (resource->arrange != NULL && (p = resource->arrange(l, rows, s->count)) != NULL)
		return p;
	for (size_t i = 0; i < s->count; i++)
		if ((p = wire_put(l, out, &rows[i])) != NULL)
			return p;
	return NULL;
}

bool
month_bounds(struct arena *a, const char *year, const char *month, const char **from, const char **to)
{
	int y = atoi(year), m = atoi(month);

	if (strspn(year, "0123456789") != 4 || year[4] != '\0' || y < 1000 || m < 1 || m > 12 ||
	    month[strspn(month, "0123456789")] != '\0')
		return false;
	*from = arena_printf(a, "%04d-%02d-01", y, m);
	*to = arena_printf(a, "%04d-%02d-01", m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1);
	return true;
}

/* The days of a query: month and year, or date, or startDate and endDate. */
static struct problem *
read_days(struct request *r, struct stretch *s)
{
	const char *year = given_text(r, "year"), *month = given_text(r, "month");
	const char *from = given_text(r, "startDate"), *to = given_text(r, "endDate");

	if (is_given(r, "date"))
		from = to = given_text(r, "date");
	if (year != NULL && month != NULL) {
		if (month_bounds(r->a, year, month, &s->from, &s->to))
			return NULL;
		return problem_at(r->a, PROBLEM_INVALID, "month", "month must be 1 to 12, and year a year.");
	}
	if (from != NULL && (s->from = wire_date(r->a, from)) == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "date", "A date is written like 2026-11-21.");
	if (to != NULL && (s->to = wire_date(r->a, to)) == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "date", "A date is written like 2026-11-21.");
	if (s->to != NULL)
		s->to = arena_printf(r->a, "%s~", s->to);
	return NULL;
}

struct problem *
rows_owner(struct request *r, const struct collection *c, const char *employee, const char **owner)
{
	*owner = NULL;
	if (!c->own || employee == NULL || *employee == '\0')
		return NULL;
	if (!uuid_valid(employee))
		return expenses_denied(r);
	*owner = employee;
	return NULL;
}

const struct member compat_expenses_list_takes[] = {
	PARAM("employeeId", TEXT, "whose; without it all that one may see"),
	PARAM("month", TEXT, "1 to 12, with year"),
	PARAM("year", TEXT, "of that month"),
	PARAM("date", TEXT, "one day"),
	PARAM("startDate", TEXT, "from this day"),
	PARAM("endDate", TEXT, "to this day"),
	MEMBERS_END
};

/* GET …/RESOURCE?employeeId=&month=&year= */
struct problem *
compat_expenses_list(struct request *r)
{
	const struct resource *resource = resource_of(r);
	struct problem *p;
	struct lookups l;
	struct stretch s = { .from = NULL };

	lookups_start(&l, r);
	if ((p = expenses_collection(r, resource->collection, &s.collection)) != NULL ||
	    (p = rows_owner(r, s.collection, given_text(r, "employeeId"), &s.owner)) != NULL ||
	    (collection_field(s.collection, "date") != NULL && (p = read_days(r, &s)) != NULL) ||
	    (p = stretch_read(&r->call, &s)) != NULL)
		return p;
	return rows_put(&l, expenses_array(r), resource, &s);
}

static bool
has_name(struct request *r, const struct record *record, const char *name)
{
	const struct collection *c = record->collection;
	const char *names = value_named(c, values_parse(r->a, c, record->doc, NULL), "aliases");
	const char *quoted = json_quoted(r->a, name);
	struct json_slice each;

	while (names != NULL && json_next_element(&names, &each))
		if (strlen(quoted) == each.length && memcmp(quoted, each.text, each.length) == 0)
			return true;
	return false;
}

/* No key leads to another name, so all rows of the person are read. */
static struct problem *
find_named(struct request *r, const struct collection *c, const char *name, struct record *record, bool *found)
{
	struct stretch s = { .collection = c, .owner = r->person.user_id };
	struct problem *p;

	if ((p = stretch_read(&r->call, &s)) != NULL)
		return p;
	for (size_t i = 0; i < s.count && !*found; i++)
		if ((*found = has_name(r, &s.records[i], name)))
			*record = s.records[i];
	return NULL;
}

struct problem *
row_find(struct request *r, const struct resource *resource, const struct collection *c, const char *id,
    struct record *record, bool *found)
{
	struct problem *p;

	if ((p = policy_may(r->a, &r->person, c, MAY_READ)) != NULL ||
	    (p = record_find(&r->call, c, id, record, found)) != NULL)
		return p;
	*found = *found && !record->deleted && policy_sees(&r->person, c, record->owner, record->reader);
	return *found || !resource->natural ? NULL : find_named(r, c, id, record, found);
}

/* GET …/RESOURCE/:id */
struct problem *
compat_expenses_read(struct request *r)
{
	const struct resource *resource = resource_of(r);
	const struct collection *c;
	struct problem *p;
	struct lookups l;
	struct record record;
	struct wire_row row = { .resource = resource, .record = &record };
	bool found;

	lookups_start(&l, r);
	if ((p = expenses_collection(r, resource->collection, &c)) != NULL ||
	    (p = row_find(r, resource, c, r->params[0], &record, &found)) != NULL)
		return p;
	if (!found)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such record.");
	row.values = values_parse(r->a, c, record.doc, NULL);
	if (resource->arrange != NULL && (p = resource->arrange(&l, &row, 1)) != NULL)
		return p;
	reply_json(r, 200);
	return wire_put(&l, &r->json, &row);
}
