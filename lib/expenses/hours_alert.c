/* hours_alert.c -- tells supervisors of long weeks.  A week that is handed in late is still found: the last one is
 * looked at too. */
#include "hours_alert.h"

#include <string.h>

#include "base/decimal.h"
#include "base/instant.h"
#include "model/show.h"
#include "record/space.h"
#include "store/statement.h"
#include "team/notice.h"
#include "team/oversight.h"

enum {
	SHEETS_MAX = 100000, /* of a space in a week */
	ALERTS_MAX = 200     /* in one round; the others come next */
};

struct long_week {
	const char *owner, *supervisor;
	const char *from;    /* its Sunday */
	int64_t hours;       /* hundredths */
};

struct alerts {
	struct long_week all[ALERTS_MAX];
	size_t count;
	int64_t least;       /* hundredths */
	int64_t told;
};

static struct notice
notice_of(struct arena *a, const struct long_week *week)
{
	return (struct notice){
		.occasion = arena_printf(a, "hours-alert %s %s", week->owner, week->from),
		.once = true,
		.kind = "hours-alert",
		.about = "timesheets",
		.to = week->supervisor,
		.cause = "hours-alert",
	};
}

/* ---- what is due ---- */

static struct problem *
look_at(const struct call *call, const struct oversight *people, const char *from, const char *owner, int64_t hours,
    struct alerts *alerts)
{
	struct overseers who;
	struct long_week week = { .owner = owner, .from = from, .hours = hours };
	struct notice notice;
	struct problem *p;
	bool told;

	oversight_of(call->a, people, owner, &who);
	if ((week.supervisor = who.supervisor) == NULL)
		return NULL;
	notice = notice_of(call->a, &week);
	if ((p = notice_was_told(call, &notice, &told)) == NULL && !told)
		alerts->all[alerts->count++] = week;
	return p;
}

static struct problem *
look_through(const struct call *call, int64_t sunday, struct alerts *alerts)
{
	struct arena *a = call->a;
	char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
	struct oversight people;
	struct problem *p;
	struct rows *rows;

	date_from_days(sunday, from);
	date_from_days(sunday + 6, to);
	p = db_run(call->db, a, SQL(REPORT_HOURS), VALUES(value_id(call->person->space_id), value_text(from),
	    value_text(to), value_integer(SHEETS_MAX), value_integer(alerts->least)), &rows);
	if (p != NULL || rows->count == 0 || (p = oversight_open(call, &people)) != NULL)
		return p;
	for (size_t i = 0; p == NULL && i < rows->count && alerts->count < ALERTS_MAX; i++)
		p = look_at(call, &people, arena_strdup(a, from), row_text(rows, i, REPORT_HOURS_OWNER),
		    row_integer(rows, i, REPORT_HOURS_SUM), alerts);
	return p;
}

/* Days since 1970-01-01 of the Sunday on which the week of today begins; that day was a Thursday. */
static struct problem *
find_sunday(const struct call *call, int64_t now, int64_t *sunday)
{
	char today[DATE_TEXT_SIZE];
	struct problem *p;
	const char *zone;
	int64_t day;

	*sunday = 0;
	if ((p = space_zone(call, &zone)) != NULL)
		return p;
	if (!zone_date(zone, now, today, NULL, NULL) && !zone_date("UTC", now, today, NULL, NULL))
		return problem_internal(call->a, "no zone tells the day");
	day = date_days(today);
	*sunday = day - (day + 4) % 7;
	return NULL;
}

/* ---- under the lock ---- */

static struct problem *
tell(struct writer *w, struct alerts *alerts, const struct long_week *week)
{
	struct arena *a = w->call->a;
	struct notice notice = notice_of(a, week);
	struct problem *p;
	struct rows *rows;
	const char *name;
	bool told;

	if ((p = record_look(w->call, NULL, NULL, SQL(USER_NAME), VALUES(value_id(week->owner)), &rows)) != NULL)
		return p;
	name = rows->count > 0 ? row_text(rows, 0, NAME_OF_USER) : "somebody";
	notice.title = arena_printf(a, "%s has %s hours in a week", name, money_text(a, week->hours));
	notice.body = arena_printf(a, "The week that began on %s has %s hours; you are told from %s on.", week->from,
	    money_text(a, week->hours), money_text(a, alerts->least));
	if ((p = notice_tell(w, &notice, &told)) == NULL)
		alerts->told += told;
	return p;
}

static struct problem *
work(struct writer *w, void *arg)
{
	struct alerts *alerts = arg;
	struct problem *p = NULL;

	alerts->told = 0;
	for (size_t i = 0; p == NULL && i < alerts->count; i++)
		p = tell(w, alerts, &alerts->all[i]);
	return p;
}

struct problem *
hours_alert(const struct call *call, int64_t now, int64_t *count)
{
	struct alerts *alerts = arena_alloc(call->a, sizeof *alerts);
	struct written written;
	struct problem *p;
	const char *least;
	int64_t sunday;

	if ((p = space_setting(call, "hoursAlert", &least)) != NULL || least == NULL ||
	    decimal_parse(least, 2, &alerts->least) != DECIMAL_OK || (p = find_sunday(call, now, &sunday)) != NULL ||
	    (p = look_through(call, sunday, alerts)) != NULL ||
	    (p = look_through(call, sunday - 7, alerts)) != NULL || alerts->count == 0)
		return p;
	if ((p = write_action(call, ROLE_NONE, work, alerts, &written)) == NULL)
		*count += alerts->told;
	return p;
}
