/* cars_audit.c -- the log of changes in the format of the package-car tracker: one row for each field that people set,
 * one for each car that was added or removed, and one for a reset of the whole board. */
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "compat/cars.h"
#include "compat/compat.h"
#include "http/reply.h"
#include "model/policy.h"
#include "record/audit.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	LIMIT_DEFAULT = 50,
	LIMIT_MAX = 1000,
	ROWS_A_WRITE = 100,   /* more than a write can have: its seq and the row's number make an id */
	PAGE_WRITES = 500
};

struct log {
	struct request *r;
	const struct collection *cars;
	const char *car_id;   /* the only car to show, or NULL */
	struct json_out *out;
	int64_t limit, shown;
	int64_t reset;        /* tx_seq of the last reset shown: a reset is one row for all its cars */
};

/* One write, and how many of its rows were shown. */
struct log_entry {
	const struct audit_row *row;
	const char *by_name;
	int n;
};

/* ---- rows ---- */

static void
add_row(struct log *log, struct log_entry *e, const char *car_id, const char *action, const char *field,
    const char *old, const char *now)
{
	struct json_out *out = log->out;
	const char *at = instant_sql(log->r->a, e->row->at);

	if (log->shown == log->limit)
		return;
	log->shown++;
	put_object(out, NULL);
	put_integer(out, "id", e->row->seq * ROWS_A_WRITE + e->n++);
	put_text(out, "car_id", car_id);
	put_text(out, "action", action);
	put_text(out, "field_changed", field);
	put_text(out, "old_value", old);
	put_text(out, "new_value", now);
	put_text(out, "changed_by", author_name(e->row->user_id, e->by_name));
	compat_put_time(out, "timestamp", at);
	put_text(out, "session_id", NULL);
	compat_put_time(out, "changed_at", at);
	put_end(out);
}

/* The field of a change, or NULL when only rules write it: such changes get no row. */
static const struct field *
field_of(struct log *log, struct json_slice key)
{
	const struct field *f = collection_field(log->cars, arena_strndup(log->r->a, key.text, key.length));

	return f == NULL || f->derived || f->retired ? NULL : f;
}

static void
add_field(struct log *log, struct log_entry *e, const struct field *f, struct json_slice pair)
{
	const char *old, *now;

	if (change_values(log->r->a, pair, &old, &now))
		add_row(log, e, e->row->record_id, "updated", f->name, old == NULL ? "" : value_plain(log->r->a, old),
		    value_plain(log->r->a, now));
}

/* The names of the fields that a PUT of several was sent with, in their order: ".late.location" of the cause
 * "put-17.late.location".  "" for any other write. */
static const char *
names_sent(const struct audit_row *row)
{
	const char *names = row->cause == NULL || strncmp(row->cause, "put-", 4) != 0 ? NULL : strchr(row->cause, '.');

	return names == NULL ? "" : names;
}

static bool
is_among(const char *names, const char *field)
{
	size_t length = strlen(field);

	for (; names != NULL && *names != '\0'; names = strchr(names + 1, '.'))
		if (strncmp(names + 1, field, length) == 0 && (names[1 + length] == '.' || names[1 + length] == '\0'))
			return true;
	return false;
}

/* The change of the one field with that name, if there is one. */
static void
add_named(struct log *log, struct log_entry *e, const char *name)
{
	struct json_slice key, pair;
	const char *at = e->row->changes;
	const struct field *f;

	while (json_next_member(&at, &key, &pair))
		if ((f = field_of(log, key)) != NULL && strcmp(f->name, name) == 0)
			add_field(log, e, f, pair);
}

/* First what was sent, in its order, then what rules changed. */
static void
add_fields(struct log *log, struct log_entry *e)
{
	const char *names = names_sent(e->row), *at = e->row->changes;
	struct json_slice key, pair;
	const struct field *f;

	for (const char *name = names; *name != '\0'; name += 1 + strcspn(name + 1, "."))
		add_named(log, e, arena_strndup(log->r->a, name + 1, strcspn(name + 1, ".")));
	while (json_next_member(&at, &key, &pair))
		if ((f = field_of(log, key)) != NULL && !is_among(names, f->name))
			add_field(log, e, f, pair);
}

/* The values of an added car, as JSON: its location, and the fields that differ from their defaults. */
static const char *
text_of_new(struct log *log, const char *changes)
{
	struct json_slice key, pair;
	const char *old, *now;
	const struct field *f;
	struct buf b;
	struct json_out out;

	buf_init(&b, log->r->a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	while (json_next_member(&changes, &key, &pair)) {
		if ((f = field_of(log, key)) == NULL || !change_values(log->r->a, pair, &old, &now) || now == NULL)
			continue;
		if (strcmp(f->name, "location") == 0 || f->initial == NULL || strcmp(f->initial, now) != 0)
			put_json(&out, f->name, now);
	}
	put_end(&out);
	return b.text;
}

/* The values of a car before its deletion, as JSON, without what Daybook keeps for itself. */
static const char *
text_of_old(struct log *log, const struct audit_row *row)
{
	struct json_slice key, pair;
	const char *at = row->changes, *old, *now;
	const struct field *f;
	struct buf b;
	struct json_out out;

	buf_init(&b, log->r->a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_text(&out, "id", row->record_id);
	while (json_next_member(&at, &key, &pair)) {
		f = collection_field(log->cars, arena_strndup(log->r->a, key.text, key.length));
		if (f != NULL && !f->hidden && change_values(log->r->a, pair, &old, &now) && old != NULL)
			put_json(&out, f->name, old);
	}
	put_end(&out);
	return b.text;
}

/* ---- writes ---- */

static void
add_reset(struct log *log, struct log_entry *e)
{
	if (log->car_id == NULL && e->row->tx_seq == log->reset)
		return;
	log->reset = e->row->tx_seq;
	add_row(log, e, log->car_id == NULL ? "ALL" : log->car_id, "reset", NULL, NULL, "Shift Reset");
}

/* True when the write added the car: it sets `location` from nothing. */
static bool
came(struct log *log, const struct audit_row *row)
{
	struct json_slice key, pair;
	const char *at = row->changes, *old, *now;

	while (json_next_member(&at, &key, &pair))
		if (key.length == strlen("location") && memcmp(key.text, "location", key.length) == 0)
			return change_values(log->r->a, pair, &old, &now) && old == NULL;
	return false;
}

static void
add_write(struct log *log, const struct audit_row *row, const char *by_name)
{
	struct log_entry e = { .row = row, .by_name = by_name };

	if (row->changes == NULL) /* erased */
		add_row(log, &e, row->record_id, row->action, NULL, NULL, NULL);
	else if (strcmp(row->action, "reset") == 0)
		add_reset(log, &e);
	else if (strcmp(row->action, "deleted") == 0)
		add_row(log, &e, row->record_id, "deleted", NULL, text_of_old(log, row), NULL);
	else if (came(log, row))
		add_row(log, &e, row->record_id, "created", NULL, NULL, text_of_new(log, row->changes));
	else
		add_fields(log, &e);
}

/* ---- pages ---- */

static struct problem *
read_page(struct log *log, int64_t before, struct rows **rows)
{
	struct request *r = log->r;
	const char **name = arena_alloc(r->a, sizeof *name);
	struct audit_query query = { .by_record = log->car_id != NULL, .by_collection = true };
	struct value values[6] = { value_id(r->person.space_id), value_integer(before), value_id(r->person.user_id),
		value_text(log->cars->name) };
	size_t n = 4;
	struct buf sql;

	*name = log->cars->name;
	query.view.own = query.view.whole = name;
	query.view.own_count = policy_limited(&r->person, log->cars);
	query.view.whole_count = !query.view.own_count;
	if (log->car_id != NULL)
		values[n++] = value_key(log->car_id);
	values[n++] = value_integer(PAGE_WRITES);
	buf_init(&sql, r->a);
	statement_audit(&sql, &query);
	return db_run_within(r->db, r->a, PAGE_BYTES_MAX, sql.text, values, n, rows);
}

static struct problem *
add_pages(struct log *log)
{
	struct problem *p;
	struct rows *rows;
	struct audit_row row;
	int64_t before = INT64_MAX;

	do {
		if ((p = read_page(log, before, &rows)) != NULL)
			return p;
		for (size_t i = 0; i < rows->count && log->shown < log->limit; i++) {
			audit_of_row(rows, i, log->r->person.space_id, &row);
			add_write(log, &row, row_text(rows, i, HISTORY_USER_NAME));
			before = row.seq;
		}
	} while ((rows->cut || rows->count == PAGE_WRITES) && log->shown < log->limit);
	return NULL;
}

const struct member compat_cars_audit_takes[] = {
	PARAM("carId", TEXT, "rows of this car alone"),
	PARAM("limit", INTEGER, "rows at most", .min = 1, .max = LIMIT_MAX, .otherwise = LIMIT_DEFAULT),
	MEMBERS_END
};

/* GET …/audit?carId=&limit= */
struct problem *
compat_cars_audit(struct request *r)
{
	struct problem *p;
	struct log log = { .r = r, .car_id = given_text(r, "carId"), .limit = given_integer(r, "limit") };

	if (log.car_id != NULL && log.car_id[0] == '\0')
		log.car_id = NULL;
	if ((p = compat_collection(r, "cars", &log.cars)) != NULL ||
	    (p = policy_may(r->a, &r->person, log.cars, MAY_READ)) != NULL)
		return p;
	log.out = reply_object(r, 200);
	put_array(log.out, "auditLogs");
	if ((log.car_id == NULL || id_valid(log.car_id)) && (p = add_pages(&log)) != NULL)
		return p;
	put_end(log.out);
	return NULL;
}
