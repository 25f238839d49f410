/* late.c -- when a car is late, and the round that flags the cars that are overdue. */
#include "fleet/late.h"

#include <string.h>

#include "base/instant.h"
#include "fleet/fleet.h"
#include "record/space.h"
#include "store/statement.h"
#include "team/notice.h"

/* ---- when ---- */

struct problem *
late_open(const struct call *call, struct late_watch *watch)
{
	struct problem *p;
	struct record shift;

	*watch = (struct late_watch){ .zone = "UTC" };
	if ((p = fleet_open_shift(call, &shift, &watch->under_way)) != NULL || !watch->under_way)
		return p;
	watch->shift = shift.id;
	watch->started_at = value_instant_of(value_named(shift.collection,
	    values_parse(call->a, shift.collection, shift.doc, NULL), "startedAt"));
	return space_zone(call, &watch->zone);
}

static int
seconds_of(const char *time)
{
	int seconds = ((time[0] - '0') * 10 + time[1] - '0') * 3600 + ((time[3] - '0') * 10 + time[4] - '0') * 60;

	return time[5] == ':' ? seconds + (time[6] - '0') * 10 + time[7] - '0' : seconds;
}

int64_t
late_due(struct arena *a, const struct late_watch *watch, const char *expected)
{
	int64_t earliest = watch->started_at - (int64_t)LATE_HOURS_BEFORE * 3600 * 1000, due;
	int seconds = seconds_of(value_plain(a, expected));
	char date[DATE_TEXT_SIZE];

	if (!zone_date(watch->zone, earliest, date, NULL, NULL) || !zone_instant(watch->zone, date, seconds, &due))
		return INT64_MAX;
	if (due >= earliest)
		return due;
	date_from_days(date_days(date) + 1, date);
	return zone_instant(watch->zone, date, seconds, &due) ? due : INT64_MAX;
}

/* ---- the round ---- */

/* The round in one space. */
struct round {
	int64_t flagged;
};

/* The car, its board and its expected time: the car is flagged once for these. */
static const char *
occasion(struct arena *a, const struct record *car, const char *const *values)
{
	const char *board = value_named(car->collection, values, "shift");

	return arena_printf(a, "late-car %s %s %s", car->id, board == NULL ? "null" : board,
	    value_named(car->collection, values, "expected"));
}

static struct problem *
flag_car(struct writer *w, const struct record *car, const char *const *values, int64_t *flagged)
{
	struct arena *a = w->call->a;
	struct notice notice = {
		.occasion = occasion(a, car, values),
		.kind = "late-car",
		.title = arena_printf(a, "Car %s is late", car->id),
		.body = arena_printf(a, "Car %s was expected at %s and has not arrived.", car->id,
		    value_plain(a, value_named(car->collection, values, "expected"))),
		.about = arena_printf(a, "cars/%s", car->id),
		.cause = "late-cars",
	};
	struct op op = op_own(car->collection, car->id, "late-cars");
	struct outcome outcome;
	struct problem *p;
	bool told;

	if ((p = notice_tell(w, &notice, &told)) != NULL || !told)
		return p;
	op_give(a, &op, "late", "true");
	++*flagged;
	return writer_must(w, &op, &outcome);
}

static bool
is_overdue(struct writer *w, const struct late_watch *watch, const struct record *car, const char *const *values)
{
	const char *expected = value_named(car->collection, values, "expected");

	return expected != NULL && !value_true(value_named(car->collection, values, "arrived")) &&
	    !value_true(value_named(car->collection, values, "late")) && w->now > late_due(w->call->a, watch, expected);
}

/* Room for one more car and its notification.  Cars that do not fit into this transaction are left for the next
 * round. */
static bool
has_room(const struct writer *w)
{
	return w->rows + 2 <= WRITE_OPS_MAX && w->bytes + 2 * RECORD_BYTES_MAX <= TRANSACTION_BYTES_MAX;
}

/* This runs under the space's lock, so a car that arrives meanwhile is not flagged. */
static struct problem *
flag_overdue(struct writer *w, void *arg)
{
	struct round *round = arg;
	struct late_watch watch;
	struct problem *p;
	struct rows *rows;
	struct record car;

	round->flagged = 0;
	if ((p = late_open(w->call, &watch)) != NULL || !watch.under_way)
		return p;
	if ((p = db_run(w->call->db, w->call->a, SQL(FLEET_CARS),
	    VALUES(value_id(w->call->person->space_id), value_integer(FLEET_CARS_MAX)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count && has_room(w) && record_of_row(w->call->set, rows, i, &car); i++) {
		const char **values = values_parse(w->call->a, car.collection, car.doc, NULL);

		if (is_overdue(w, &watch, &car, values) &&
		    (p = flag_car(w, &car, values, &round->flagged)) != NULL)
			return p;
	}
	return NULL;
}

/* In an arena of its own, because there may be many spaces with many cars.  A space that is full is no failure: nothing
 * can be flagged there, and the round of quotas.h tells the operator. */
static struct problem *
run_space(const struct call *call, const char *space, int64_t *count)
{
	struct arena *own = arena_new();
	struct round round = { .flagged = 0 };
	struct person itself = person_itself(space);
	struct call here = call_in(call, own);
	struct written written;
	struct problem *p;

	here.person = &itself;
	if ((p = write_action(&here, ROLE_NONE, flag_overdue, &round, &written)) == NULL)
		*count += round.flagged;
	else if (p->kind == PROBLEM_SPACE_FULL)
		p = NULL;
	else
		p = problem_internal(call->a,
		    "late cars of space %s: %s", space, p->cause != NULL ? p->cause : p->detail);
	arena_free(own);
	return p;
}

/* A failure in one space does not stop the round for the others. */
static void
run_listed(const struct call *call, const struct rows *spaces, int64_t *count, struct problem **first)
{
	struct problem *p;

	for (size_t i = 0; i < spaces->count; i++)
		if ((p = run_space(call, row_text(spaces, i, ID_FOUND), count)) != NULL && *first == NULL)
			*first = p;
}

/* Only spaces with an open shift are locked. */
struct problem *
late_run(const struct call *call, int64_t *count)
{
	const struct collections *set = call->set;
	const char *after = NOBODY;
	struct problem *p, *first = NULL;
	struct rows *spaces;

	*count = 0;
	if (collection_find(set, "cars") == NULL || collection_find(set, "shifts") == NULL ||
	    collection_find(set, "notifications") == NULL)
		return NULL;
	for (;;) {
		if ((p = db_run(call->db, call->a, SQL(LATE_SPACES), VALUES(value_id(after)), &spaces)) != NULL)
			return p;
		if (spaces->count == 0)
			return first;
		run_listed(call, spaces, count, &first);
		after = row_text(spaces, spaces->count - 1, ID_FOUND);
	}
}
