/* board.c -- the cars of the board as rows.  A car names its board in the field `shift`: the id of a shift on the board
 * of its start, "<id of the shift>.<seq>" on that of a reset whose first write took this seq, and nothing between two
 * shifts. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/json_out.h"
#include "fleet/fleet.h"
#include "record/audit.h"
#include "store/statement.h"

/* The flags of a car, and when each was set. */
static const struct {
	const char *flag, *at;
} flags[] = {
	{ "arrived", "arrivedAt" },
	{ "empty", "emptyAt" },
	{ "late", NULL },
};

enum {
	FLAGS = sizeof flags / sizeof flags[0]
};

/* ---- reading ---- */

struct problem *
board_read(const struct call *call, struct rows **cars)
{
	struct problem *p;

	p = db_run(call->db, call->a, SQL(FLEET_CARS),
	    VALUES(value_id(call->person->space_id), value_integer(FLEET_CARS_MAX + 1)), cars);
	if (p == NULL && (*cars)->count > FLEET_CARS_MAX)
		return problem_new(call->a, PROBLEM_TOO_LARGE,
		    "There are more than %d cars; they cannot all change as one.", FLEET_CARS_MAX);
	return p;
}

static bool
has_flag(const struct collection *c, const char *const *values)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (value_true(value_named(c, values, flags[i].flag)))
			return true;
	return false;
}

bool
board_untouched(struct arena *a, const struct collections *set, const struct rows *cars)
{
	struct record car;

	for (size_t i = 0; i < cars->count && record_of_row(set, cars, i, &car); i++) {
		const char **values = values_parse(a, car.collection, car.doc, NULL);
		const char *board = value_named(car.collection, values, "shift");

		if (has_flag(car.collection, values) || (board != NULL && strchr(board, '.') == NULL))
			return false;
	}
	return true;
}

/* ---- a reset ---- */

/* The seq in the name of a board that a reset began within the shift, or 0. */
static int64_t
reset_seq(struct arena *a, const struct record *car, const char *shift)
{
	const char **values = values_parse(a, car->collection, car->doc, NULL);
	const char *board = value_plain(a, value_named(car->collection, values, "shift"));
	size_t length = strlen(shift);

	return board != NULL && strncmp(board, shift, length) == 0 && board[length] == '.'
	    ? strtoll(board + length + 1, NULL, 10) : 0;
}

static bool
is_reset(const struct rows *writes, size_t i)
{
	return strcmp(row_text(writes, i, CAR_WRITE_ACTION), action_names[ACTION_RESET]) == 0;
}

struct problem *
board_last_reset(const struct call *call, const struct rows *cars, const char *shift, int64_t since,
    struct board_reset *reset, bool *found)
{
	struct problem *p;
	struct rows *writes;
	struct record car;
	int64_t seq = 0;

	*found = false;
	for (size_t i = 0; seq == 0 && i < cars->count && record_of_row(call->set, cars, i, &car); i++)
		seq = reset_seq(call->a, &car, shift);
	if (seq == 0)
		return NULL;
	if ((p = db_run(call->db, call->a, SQL(FLEET_WRITES_FORWARD),
	    VALUES(value_id(call->person->space_id), value_integer(seq), value_integer(INT64_MAX)), &writes)) != NULL)
		return p;
	*found = writes->count > 0 && is_reset(writes, 0) && row_instant(writes, 0, CAR_WRITE_AT) >= since &&
	    strcmp(row_text(writes, 0, CAR_WRITE_BY), call->person->user_id) == 0;
	*reset = (struct board_reset){ .writes = writes };
	return NULL;
}

/* What the reset changed in a car, or NULL.  Both are in the order of the board, so the search goes on where the last
 * one ended. */
static const char *
changes_of(struct board_reset *reset, const char *id)
{
	size_t count = reset->writes->count;

	for (size_t tried = 0; tried < count; tried++, reset->at = (reset->at + 1) % count)
		if (is_reset(reset->writes, reset->at) &&
		    strcmp(row_text(reset->writes, reset->at, CAR_WRITE_CAR), id) == 0)
			return row_text(reset->writes, reset->at, CAR_WRITE_CHANGES);
	return NULL;
}

static const char *
value_before(struct arena *a, const char *changes, const char *field)
{
	struct json_slice key, pair;
	const char *old, *now;

	while (json_next_member(&changes, &key, &pair))
		if (key.length == strlen(field) && memcmp(key.text, field, key.length) == 0 &&
		    change_values(a, pair, &old, &now))
			return old;
	return NULL;
}

/* Give the car back what the reset took from it.  A flag that was set since stays as it is. */
static void
give_back(struct arena *a, const struct collection *c, const char **values, const char *changes)
{
	for (size_t i = 0; changes != NULL && i < FLAGS; i++) {
		const char **flag = &values[collection_field(c, flags[i].flag)->index];

		if (value_true(*flag) || !value_true(value_before(a, changes, flags[i].flag)))
			continue;
		*flag = "true";
		if (flags[i].at != NULL)
			values[collection_field(c, flags[i].at)->index] = value_before(a, changes, flags[i].at);
	}
}

/* ---- the snapshot and figures of a shift ---- */

static void
put_field(struct json_out *out, const struct collection *c, const char **values, const char *field)
{
	const char *value = value_named(c, values, field);

	if (value != NULL)
		put_json(out, field, value);
}

static void
put_flag(struct json_out *out, const struct collection *c, const char **values, const char *field)
{
	put_boolean(out, field, value_true(value_named(c, values, field)));
}

/* The members are sorted by name, because a snapshot is stored as canonical JSON. */
static void
put_car(struct json_out *out, const struct record *car, const char **values)
{
	const struct collection *c = car->collection;

	put_object(out, NULL);
	put_flag(out, c, values, "arrived");
	put_field(out, c, values, "arrivedAt");
	put_flag(out, c, values, "empty");
	put_field(out, c, values, "emptyAt");
	put_field(out, c, values, "expected");
	put_text(out, "id", car->id);
	put_flag(out, c, values, "late");
	put_field(out, c, values, "location");
	put_field(out, c, values, "notes");
	put_end(out);
}

void
board_snapshot(struct arena *a, const struct collections *set, const struct rows *cars, struct board_reset *reset,
    const char **snapshot, const char **stats)
{
	int arrived = 0, late = 0, empty = 0;
	struct record car;
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	for (size_t i = 0; i < cars->count && record_of_row(set, cars, i, &car); i++) {
		const char **values = values_parse(a, car.collection, car.doc, NULL);

		if (reset != NULL)
			give_back(a, car.collection, values, changes_of(reset, car.id));
		arrived += value_true(value_named(car.collection, values, "arrived"));
		late += value_true(value_named(car.collection, values, "late"));
		empty += value_true(value_named(car.collection, values, "empty"));
		put_car(&out, &car, values);
	}
	put_end(&out);
	*snapshot = b.text;
	*stats = arena_printf(a, "{\"arrived\":%d,\"empty\":%d,\"late\":%d,\"notArrived\":%d,\"totalCars\":%d}",
	    arrived, empty, late, (int)cars->count - arrived, (int)cars->count);
}
