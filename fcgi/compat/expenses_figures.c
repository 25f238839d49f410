/* expenses_figures.c -- what a month comes to, in the words of the expenses API.  The figures are those of Daybook's
 * own reports (expenses/month.h): money is summed from the lines that are shown, and nothing is taken from a body. */
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/id.h"
#include "base/instant.h"
#include "compat/compat.h"
#include "compat/expenses_reports.h"
#include "http/reply.h"
#include "model/policy.h"
#include "record/space.h"

struct problem *
figures_read(struct lookups *l, const char *owner, const char *day, struct month *month)
{
	struct month_sources *sources = arena_alloc(l->r->a, sizeof *sources);
	struct problem *p;

	if ((p = month_sources_read(&l->r->call, sources)) != NULL)
		return p;
	return month_read(&l->r->call, sources, owner, day, month);
}

void
put_hundredths(struct arena *a, struct json_out *out, const char *name, int64_t n)
{
	put_json(out, name, decimal_format(a, n, 2));
}

void
figures_put(struct lookups *l, struct json_out *out, const struct month *month)
{
	struct arena *a = l->r->a;

	put_json(out, "totalMiles", decimal_format(a, month->sum.miles, 1));
	put_hundredths(a, out, "totalMileageAmount", month->sum.trips);
	put_hundredths(a, out, "totalTollsParking", month->sum.toll + month->sum.parking);
	put_hundredths(a, out, "totalReceipts", month->sum.receipts);
	put_hundredths(a, out, "totalPerDiem", month->sum.per_diem);
	put_hundredths(a, out, "totalNotReimbursed", month->sum.not_reimbursed);
	put_hundredths(a, out, "totalHours", month->sum.hours);
	put_hundredths(a, out, "totalExpenses", month->sum.total);
}

/* ---- GET …/dashboard-statistics ---- */

/* Without a month it is the one that is running where the person is. */
static struct problem *
read_day(struct request *r, const char *owner, const char **day)
{
	const char *year = given_text(r, "year"), *month = given_text(r, "month"), *zone, *after;
	char today[DATE_TEXT_SIZE];
	struct problem *p;

	if (year != NULL && month != NULL) {
		if (month_bounds(r->a, year, month, day, &after))
			return NULL;
		return problem_at(r->a, PROBLEM_INVALID, "month", "month must be 1 to 12, and year a year.");
	}
	if ((p = space_zone_of(&r->call, owner, &zone)) != NULL)
		return p;
	if (!zone_date(zone, instant_now(), today, NULL, NULL))
		return problem_internal(r->a, "the zone of a person is known");
	*day = arena_strdup(r->a, today);
	return NULL;
}

const struct member compat_expenses_statistics_takes[] = {
	PARAM("employeeId", TEXT, "whose; without it one's own"),
	PARAM("month", TEXT, "1 to 12, with year; without it the running month"),
	PARAM("year", TEXT, "of that month"),
	MEMBERS_END
};

/* GET …/dashboard-statistics?employeeId=&month=&year= */
struct problem *
compat_expenses_statistics(struct request *r)
{
	const char *owner = given_text(r, "employeeId"), *day;
	const struct collection *c;
	struct month month;
	struct lookups l;
	struct json_out *out;
	struct problem *p;

	lookups_start(&l, r);
	if (owner == NULL || *owner == '\0')
		owner = r->person.user_id;
	if ((p = expenses_collection(r, "mileage", &c)) != NULL)
		return p;
	if (!uuid_valid(owner) || !policy_sees(&r->person, c, owner, NULL))
		return expenses_denied(r);
	if ((p = read_day(r, owner, &day)) != NULL || (p = figures_read(&l, owner, day, &month)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_text(out, "employeeId", owner);
	put_integer(out, "month", (month.from[5] - '0') * 10 + month.from[6] - '0');
	put_json(out, "year", arena_strndup(r->a, month.from, 4));
	figures_put(&l, out, &month);
	put_integer(out, "mileageEntries", (int64_t)month.trip_count);
	put_integer(out, "receipts", (int64_t)month.receipt_count);
	put_integer(out, "timeEntries", (int64_t)month.sheet_count);
	put_integer(out, "dailyDescriptions", (int64_t)month.note_count);
	put_integer(out, "missing", (int64_t)month.gap_count);
	return NULL;
}
