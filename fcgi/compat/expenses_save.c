/* expenses_save.c -- POST …/expense-reports/sync-to-source: what a page saves of a whole month.  The rows that it sends
 * are created or changed, all of them or none; rows that it does not send stay, because another device may have made
 * them since the page was loaded.  A month that is handed in is refused. */
#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "compat/compat.h"
#include "compat/expenses_reports.h"
#include "http/reply.h"
#include "period/period.h"

enum {
	SAVE_ROWS_MAX = 900 /* of all lists together; they go into one transaction */
};

/* The lists of reportData that are rows.  dailyEntries and totals are figures, which the server counts itself. */
static const struct {
	const char *name;
	const struct resource *resource;
} lists[] = {
	{ "receipts", &expense_receipts },
	{ "dailyDescriptions", &expense_notes },
	{ "mileageEntries", &expense_trips },
	{ "timeEntries", &expense_hours },
	{ "timeTracking", &expense_hours },
	{ "odometerReadings", &expense_readings },
};

struct save {
	const char *owner;
	struct row_write *rows;
	size_t count, skipped;
};

/* ---- reading ---- */

/* The id of a row without one: the same for the same row, so that a page that saves twice makes it once. */
static const char *
id_of(struct request *r, const struct resource *resource, const char *owner, struct json_object *row, size_t place)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	buf_init(&b, r->a);
	buf_printf(&b, "%s %s %zu ", resource->path, owner, place);
	json_canonical(&b, row);
	sha256(b.text, b.length, digest);
	return hex_text(r->a, digest, 16);
}

static struct problem *
read_row(struct lookups *l, const struct resource *resource, struct save *save, struct json_object *from,
    size_t place)
{
	struct request *r = l->r;
	struct row_write *row = &save->rows[save->count];
	const char *employee, *id;
	struct problem *p;

	if (!json_object_is_type(from, json_type_object))
		return problem_at(r->a, PROBLEM_INVALID, "reportData", "%s must be objects.", resource->path);
	if (save->count == SAVE_ROWS_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "reportData", "A month has at most %d rows to save.",
		    SAVE_ROWS_MAX);
	employee = body_text(from, "employeeId");
	if (employee != NULL && *employee != '\0' && strcmp(employee, save->owner) != 0)
		return expenses_denied(r);
	*row = (struct row_write){ .owner = save->owner };
	if ((p = row_read(l, resource, from, row)) != NULL)
		return p;
	id = body_text(from, "id");
	if (id == NULL || *id == '\0')
		id = resource->natural ? NULL : id_of(r, resource, save->owner, from, place);
	*(resource->natural ? &row->alias : &row->op.record_id) = id;
	save->count++;
	return NULL;
}

static struct problem *
read_list(struct lookups *l, struct save *save, struct json_object *data, size_t i)
{
	struct json_object *list;
	struct problem *p;

	if (!json_object_object_get_ex(data, lists[i].name, &list) || list == NULL)
		return NULL;
	if (!json_object_is_type(list, json_type_array))
		return problem_at(l->r->a, PROBLEM_INVALID, "reportData", "%s must be a list.", lists[i].name);
	for (size_t j = 0; j < json_object_array_length(list); j++)
		if ((p = read_row(l, lists[i].resource, save, json_object_array_get_idx(list, j), j)) != NULL)
			return p;
	return NULL;
}

static struct problem *
read_data(struct lookups *l, struct save *save)
{
	struct json_object *data;
	struct problem *p;

	if (!json_object_object_get_ex(l->r->input, "reportData", &data) ||
	    !json_object_is_type(data, json_type_object))
		return problem_at(l->r->a, PROBLEM_REQUIRED, "reportData", "reportData is required.");
	save->rows = arena_alloc(l->r->a, (SAVE_ROWS_MAX + 1) * sizeof *save->rows);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if ((p = read_list(l, save, data, i)) != NULL)
			return p;
	return expense_receipts.finish(l, save->rows, save->count);
}

/* ---- writing ---- */

static struct problem *
closed_month(struct request *r, const char *owner, const char *from)
{
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
	struct period closed;
	struct problem *p;
	bool found;

	month_span(from, first, last);
	if ((p = period_closed(&r->call, "expenses", owner, first, last, &closed, &found)) != NULL || !found)
		return p;
	return period_problem(r->a, &closed, "month", "This month is handed in; nothing of it was saved.");
}

/* A row that was deleted since the page was loaded stays deleted; any other refusal ends it all. */
static struct problem *
take_save(struct writer *w, void *arg)
{
	struct save *save = arg;
	struct problem *p;

	save->skipped = 0;
	for (size_t i = 0; i < save->count; i++) {
		struct row_write row = save->rows[i];

		if ((p = row_take(w, &row)) != NULL)
			return p;
		if (row.outcome.problem != NULL && row.outcome.problem->kind == PROBLEM_NOT_FOUND)
			save->skipped++;
		else if (row.outcome.problem != NULL)
			return row.outcome.problem;
	}
	return NULL;
}

const struct member compat_expenses_save_takes[] = {
	BODY("employeeId", ANY, "whose month"),
	BODY("month", ANY, "1 to 12"),
	BODY("year", ANY, "of the month"),
	BODY("reportData", ANY, "lists of rows: receipts, dailyDescriptions and others"),
	MEMBERS_END
};

struct problem *
compat_expenses_save(struct request *r)
{
	const char *month = body_text(r->input, "month"), *year = body_text(r->input, "year"), *from, *to;
	struct save save = { .count = 0 };
	struct written written;
	struct lookups l;
	struct json_out *out;
	struct problem *p;

	lookups_start(&l, r);
	if (month == NULL || year == NULL || !month_bounds(r->a, year, month, &from, &to))
		return problem_at(r->a, PROBLEM_INVALID, "month", "month must be 1 to 12, and year a year.");
	if ((p = lookups_owner(r, body_text(r->input, "employeeId"), &save.owner)) != NULL ||
	    (p = read_data(&l, &save)) != NULL ||
	    (p = closed_month(r, save.owner, from)) != NULL ||
	    (p = write_action(&r->call, ROLE_MEMBER, take_save, &save, &written)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_boolean(out, "success", true);
	put_text(out, "message", "Data synced successfully");
	put_integer(out, "saved", (int64_t)(save.count - save.skipped));
	put_integer(out, "deletedMeanwhile", (int64_t)save.skipped);
	return NULL;
}
