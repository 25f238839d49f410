/* heads.c -- the heads of all spaces of a user, from the table of the host or from the database. */
#include "sync/heads.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/id.h"
#include "host/head.h"
#include "model/policy.h"
#include "store/statement.h"
#include "sync/feed.h"

enum {
	BATCH = 32, /* users asked about at once: as many as HEADS_IN_USE takes */
	HEADS_READ_MAX = 2000
};

/* A space of a user, and the list of them as the table has it. */
struct listed {
	unsigned char id[DB_ID_SIZE];
	int64_t view_epoch;
};

struct list {
	unsigned char user[DB_ID_SIZE];
	int64_t count;
	struct listed spaces[HEADS_KEPT];
};

static size_t
list_size(const struct list *list)
{
	return offsetof(struct list, spaces) + (size_t)list->count * sizeof(list->spaces[0]);
}

static struct shared_key
key_of(const unsigned char user[DB_ID_SIZE])
{
	struct shared_key key = { { 0 } };

	memcpy(key.bytes, user, DB_ID_SIZE);
	return key;
}

/* ---- what rows say ---- */

static struct head
head_of_row(const struct rows *rows, size_t i)
{
	static const unsigned char none[CHAIN_BYTES];
	const struct value *chain = row_cell(rows, i, HEAD_CHAIN);

	return head_of(row_text(rows, i, HEAD_EPOCH), row_integer(rows, i, HEAD_SEQ),
	    chain->length >= CHAIN_BYTES ? (const unsigned char *)chain->bytes : none,
	    row_integer(rows, i, HEAD_MIN_SEQ));
}

/* The list of the rows from first up to end, all of one user.  False when it does not fit. */
static bool
list_of_rows(const struct rows *rows, size_t first, size_t end, const char *user, struct list *list)
{
	memset(list, 0, sizeof(*list));
	if (end - first > HEADS_KEPT || !db_id(user, strlen(user), list->user))
		return false;
	for (size_t i = first; i < end; i++) {
		struct listed *space = &list->spaces[list->count++];
		const char *id = row_text(rows, i, HEAD_SPACE);

		if (!db_id(id, strlen(id), space->id))
			return false;
		space->view_epoch = row_integer(rows, i, HEAD_VIEW_EPOCH);
	}
	return true;
}

/* A space that is deleted or comes back is a change of everybody; one that is joined or left is one of the user. */
static void
keep_list(const struct list *list, struct shared_moment moment)
{
	struct shared_key key = key_of(list->user);
	struct shared_value value = { .size = list_size(list) };
	struct db_change subjects[HEADS_KEPT + 1] = { { .subject = DB_USER } };
	size_t count = 1;

	memcpy(subjects[0].id, list->user, DB_ID_SIZE);
	for (int64_t i = 0; i < list->count; i++) {
		subjects[count].subject = DB_SPACE;
		memcpy(subjects[count++].id, list->spaces[i].id, DB_ID_SIZE);
	}
	memcpy(value.bytes, list, value.size);
	shared_keep(SHARED_SPACES, &key, &value, moment, subjects, count, false);
}

/* Keep the heads of rows, and their list. */
static void
keep_rows(const struct rows *rows, size_t first, size_t end, const char *user, struct shared_moment moment)
{
	struct list list;

	for (size_t i = first; i < end; i++) {
		struct head head = head_of_row(rows, i);

		head_keep(row_text(rows, i, HEAD_SPACE), &head, moment);
	}
	if (list_of_rows(rows, first, end, user, &list))
		keep_list(&list, moment);
}

/* ---- putting them ---- */

/* The head of one space: it changes with each write, with the past, and with the view of the person. */
static void
put_head(const struct call *call, struct json_out *out, const char *space, const struct head *head, int64_t view_epoch)
{
	if (!policy_enters(call->person, space))
		return;
	put_object(out, NULL);
	put_text(out, "space", space);
	put_text(out, "head", arena_printf(call->a, "%s.%" PRId64 ".%s", head->epoch, view_epoch,
	    feed_mark(call->a, head->seq, head->chain)));
	put_end(out);
}

/* Find the list and all of its heads. */
static bool
find_all(const struct call *call, struct list *list, struct head heads[HEADS_KEPT])
{
	struct shared_value value;
	struct shared_key key;
	const char *user = call->person->user_id;

	if (!shared_is_open() || !db_is_open(call->db) || !db_id(user, strlen(user), list->user))
		return false;
	key = key_of(list->user);
	if (!shared_find(SHARED_SPACES, &key, &value))
		return false;
	memcpy(list, value.bytes, value.size);
	for (int64_t i = 0; i < list->count; i++)
		if (!head_find(uuid_text(call->a, list->spaces[i].id), &heads[i]))
			return false;
	return true;
}

static struct problem *
read_all(const struct call *call, struct json_out *out)
{
	struct shared_moment moment = shared_moment();
	const char *user = call->person->user_id;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(HEADS), VALUES(value_id(user)), &rows)) != NULL)
		return p;
	if (shared_is_open())
		keep_rows(rows, 0, rows->count, user, moment);
	for (size_t i = 0; i < rows->count; i++) {
		struct head head = head_of_row(rows, i);

		put_head(call, out, row_text(rows, i, HEAD_SPACE), &head, row_integer(rows, i, HEAD_VIEW_EPOCH));
	}
	return NULL;
}

struct problem *
heads_put(const struct call *call, struct json_out *out)
{
	struct head heads[HEADS_KEPT];
	struct list list;
	struct problem *p = NULL;

	put_text(out, "definitions", call->set->stamp);
	put_array(out, "heads");
	if (find_all(call, &list, heads))
		for (int64_t i = 0; i < list.count; i++)
			put_head(call, out, uuid_text(call->a, list.spaces[i].id), &heads[i],
			    list.spaces[i].view_epoch);
	else
		p = read_all(call, out);
	put_end(out);
	return p;
}

/* ---- for the watcher ---- */

/* Keep what the rows say about one user, who may be in no space any more. */
static void
settle(struct arena *a, const struct rows *rows, const struct shared_entry *entry, struct shared_moment moment)
{
	const char *user = uuid_text(a, entry->key.bytes);
	size_t first = 0, end;

	while (first < rows->count && strcmp(row_text(rows, first, HEADS_IN_USE_USER), user) != 0)
		first++;
	for (end = first; end < rows->count && strcmp(row_text(rows, end, HEADS_IN_USE_USER), user) == 0; end++)
		continue;
	if (end - first > HEADS_KEPT)
		shared_drop(SHARED_SPACES, &entry->key);
	else
		keep_rows(rows, first, end, user, moment);
}

static struct problem *
ask(struct db *db, struct arena *a, const struct shared_entry *entries, size_t count)
{
	struct value values[BATCH];
	struct shared_moment moment = shared_moment();
	struct problem *p;
	struct rows *rows;

	for (size_t i = 0; i < BATCH; i++)
		values[i] = value_id(uuid_text(a, entries[i < count ? i : count - 1].key.bytes));
	if ((p = db_run(db, a, SQL(HEADS_IN_USE), values, BATCH, &rows)) != NULL)
		return p;
	if (rows->count == HEADS_READ_MAX) /* somebody is in so many spaces that others may be missing */
		return NULL;
	for (size_t i = 0; i < count; i++)
		settle(a, rows, &entries[i], moment);
	return NULL;
}

struct problem *
heads_confirm(struct db *db, struct arena *a)
{
	struct shared_entry *entries = arena_alloc(a, BATCH * sizeof(*entries));
	struct problem *p;
	size_t position = 0, count;

	while ((count = shared_due(SHARED_SPACES, &position, entries, BATCH)) > 0)
		if ((p = ask(db, a, entries, count)) != NULL)
			return p;
	return NULL;
}
