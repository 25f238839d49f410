/* device.c -- the devices of a user, and how far each has read. */
#include "sync/device.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/json_out.h"
#include "base/text.h"
#include "host/shared.h"
#include "store/statement.h"

enum {
	DEVICES_MAX = 100, /* of one user; those seen longest ago are forgotten */
	SEEN_SECONDS = 10 * 60
};

static uint64_t
tag_of(const char *user, const char *device)
{
	return text_hash(text_hash(TEXT_HASH, user), device);
}

/* Write down that it was seen.  A client that sends another id each time makes no more than DEVICES_MAX rows. */
static struct problem *
write_down(const struct call *call, const char *device, const char *name)
{
	struct problem *p;
	struct rows *rows;
	const struct value user = value_id(call->person->user_id);

	p = db_run(call->db, call->a, SQL(DEVICE_SEEN), VALUES(user, value_text(device), value_text(name)), &rows);
	if (p != NULL || rows->affected != 1) /* 2: it is known */
		return p;
	p = db_run(call->db, call->a, SQL(DEVICES_TRIM), VALUES(user, user, value_integer(DEVICES_MAX - 1)), &rows);
	if (p != NULL || rows->affected == 0)
		return p;
	return db_run(call->db, call->a, SQL(DEVICES_TRIM_SPACES), VALUES(user), NULL);
}

struct problem *
device_seen(const struct call *call, const char *name, bool now)
{
	const struct person *person = call->person;
	struct problem *p;
	uint64_t tag;

	if (person->device_id == NULL)
		return NULL;
	tag = tag_of(person->user_id, person->device_id);
	if (!now && shared_noted(tag, SEEN_SECONDS))
		return NULL;
	if ((p = write_down(call, person->device_id, name)) != NULL)
		return p;
	shared_note(tag);
	return NULL;
}

struct problem *
device_reached(const struct call *call, int64_t seq)
{
	const struct person *person = call->person;

	if (person->device_id == NULL)
		return NULL;
	return db_run(call->db, call->a, SQL(DEVICE_REACHED),
	    VALUES(value_id(person->user_id), value_text(person->device_id), value_id(person->space_id),
	        value_text(person->epoch), value_integer(seq)),
	    NULL);
}

/* Open a device and the list of its spaces; the caller ends both. */
static void
put_device(struct json_out *out, const struct rows *rows, size_t i, const struct person *person)
{
	put_object(out, NULL);
	put_text(out, "id", row_text(rows, i, DEVICE_ID));
	put_text(out, "name", row_text(rows, i, DEVICE_NAME));
	put_sql_instant(out, "createdAt", row_text(rows, i, DEVICE_CREATED_AT));
	put_sql_instant(out, "lastSeenAt", row_text(rows, i, DEVICE_LAST_SEEN));
	put_boolean(out, "current",
	    person->device_id != NULL && strcmp(person->device_id, row_text(rows, i, DEVICE_ID)) == 0);
	put_array(out, "spaces");
}

static void
put_space(struct json_out *out, const struct rows *rows, size_t i)
{
	bool same_epoch = row_integer(rows, i, DEVICE_SAME_EPOCH) != 0;
	int64_t seq = same_epoch ? row_integer(rows, i, DEVICE_SEQ) : 0, head = row_integer(rows, i, DEVICE_SPACE_HEAD);

	if (row_null(rows, i, DEVICE_SPACE))
		return;
	put_object(out, NULL);
	put_text(out, "space", row_text(rows, i, DEVICE_SPACE));
	put_integer(out, "seq", seq);
	put_integer(out, "behind", head > seq ? head - seq : 0);
	if (!row_null(rows, i, DEVICE_SYNCED_AT))
		put_sql_instant(out, "syncedAt", row_text(rows, i, DEVICE_SYNCED_AT));
	put_end(out);
}

struct problem *
device_list(const struct call *call, struct json_out *out)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(DEVICES_LIST),
	    VALUES(value_id(call->person->user_id)), &rows)) != NULL)
		return p;
	put_array(out, "devices");
	for (size_t i = 0; i < rows->count; i++) {
		const char *id = row_text(rows, i, DEVICE_ID);
		bool begins = i == 0 || strcmp(id, row_text(rows, i - 1, DEVICE_ID)) != 0;
		bool ends = i + 1 == rows->count || strcmp(id, row_text(rows, i + 1, DEVICE_ID)) != 0;

		if (begins)
			put_device(out, rows, i, call->person);
		put_space(out, rows, i);
		if (ends) {
			put_end(out);
			put_end(out);
		}
	}
	put_end(out);
	return NULL;
}

static struct problem *
no_device(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "You have no such device.");
}

struct problem *
device_rename(const struct call *call, const char *id, const char *name)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(DEVICE_NAME),
	    VALUES(value_text(name), value_id(call->person->user_id), value_text(id)), &rows);
	if (p != NULL)
		return p;
	return rows->affected == 0 ? no_device(call->a) : NULL;
}

struct forgetting {
	const struct person *person;
	const char *id;
};

static struct problem *
forget(struct db *db, struct arena *a, void *arg)
{
	const struct forgetting *f = arg;
	struct problem *p;
	struct rows *rows;
	struct value both[] = { value_id(f->person->user_id), value_text(f->id) };

	if ((p = db_run(db, a, SQL(DEVICE_FORGET), both, 2, &rows)) != NULL)
		return p;
	if (rows->affected == 0)
		return no_device(a);
	if ((p = db_run(db, a, SQL(DEVICE_FORGET_SPACES), both, 2, NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(DEVICE_SIGN_OUT), both, 2, NULL);
}

struct problem *
device_forget(const struct call *call, const char *id)
{
	struct forgetting f = { call->person, id };
	struct problem *p = db_transaction(call->db, call->a, forget, &f);

	shared_forget(tag_of(call->person->user_id, id)); /* afterwards: until then it may be noted again */
	return p;
}

struct problem *
device_check(const struct call *call, const char *device, bool *needs_update, const char **last_sync)
{
	const struct person *person = call->person;
	struct problem *p;
	struct rows *rows;

	if ((p = write_down(call, device, "Device")) != NULL)
		return p;
	p = db_run(call->db, call->a, SQL(DEVICE_OFFER),
	    VALUES(value_id(person->user_id), value_text(device), value_id(person->space_id),
	        value_text(person->epoch), value_integer(person->seq)),
	    NULL);
	if (p != NULL)
		return p;
	p = db_run(call->db, call->a, SQL(DEVICE_SPACE_FIND),
	    VALUES(value_id(person->user_id), value_text(device), value_id(person->space_id)), &rows);
	if (p != NULL)
		return p;
	*needs_update = rows->count == 0 || row_integer(rows, 0, REACHED_SEQ) < person->seq ||
	    row_integer(rows, 0, REACHED_MARKED) != 0;
	*last_sync = rows->count == 0 ? NULL : row_text(rows, 0, REACHED_AT);
	return NULL;
}

struct problem *
device_synced(const struct call *call, const char *device)
{
	return db_run(call->db, call->a, SQL(DEVICE_SYNCED),
	    VALUES(value_id(call->person->user_id), value_text(device), value_id(call->person->space_id)), NULL);
}

struct problem *
device_mark(const struct call *call, const char *device)
{
	const struct person *person = call->person;
	struct problem *p;

	if ((p = write_down(call, device, "Device")) != NULL)
		return p;
	return db_run(call->db, call->a, SQL(DEVICE_MARK),
	    VALUES(value_id(person->user_id), value_text(device), value_id(person->space_id),
	        value_text(person->epoch)), NULL);
}

struct problem *
device_mark_others(const struct call *call, const char *device)
{
	return db_run(call->db, call->a, SQL(DEVICE_MARK_OTHERS),
	    VALUES(value_id(call->person->user_id), value_id(call->person->space_id), value_text(device)), NULL);
}
