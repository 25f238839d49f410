/* history.c -- shows the audit to people: the history of a record, old versions, the audit of a space. */
#include "record/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/json_out.h"
#include "model/policy.h"
#include "record/audit.h"
#include "record/past.h"
#include "store/statement.h"

enum {
	AUDIT_PAGE_WRITES = 1001
};

/* Higher than any version or seq. */
static const int64_t NUMBER_MAX = INT64_C(999999999999999999);

static struct problem *
not_found(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "There is no such record.");
}

static bool
sees_row(const struct person *person, const struct collection *c, const struct audit_row *row)
{
	return policy_sees(person, c, row->owner_id, row->reader_id);
}

/* ---- one record ---- */

/* The changes of a write that the person sees.  If the write changed the owner, the old values are shown only if the
 * person saw the record before. */
struct shown_change {
	const char *changes, *private_changes; /* objects {"field":[old,new],...}, or NULL */
};

/* The same changes without old values: [old,new] becomes [null,new]. */
static const char *
without_old(struct arena *a, const char *changes)
{
	struct json_slice key, pair;
	const char *old, *now;
	struct buf b;
	struct json_out out;

	if (changes == NULL)
		return NULL;
	buf_init(&b, a);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	while (json_next_member(&changes, &key, &pair)) {
		if (!change_values(a, pair, &old, &now))
			continue;
		put_array(&out, arena_strndup(a, key.text, key.length));
		put_null(&out, NULL);
		put_json(&out, NULL, now);
		put_end(&out);
	}
	put_end(&out);
	return b.text;
}

static struct shown_change
shown(struct arena *a, const struct person *person, const struct collection *c, const struct audit_row *row)
{
	struct shown_change s = {
		row->changes, policy_sees_private(person, row->owner_id) ? row->private_changes : NULL
	};

	if (row->prev_owner_id == NULL)
		return s;
	if (!policy_sees(person, c, row->prev_owner_id, row->reader_id))
		s.changes = without_old(a, s.changes);
	if (!policy_sees(person, c, row->prev_owner_id, row->reader_id) ||
	    !policy_sees_private(person, row->prev_owner_id))
		s.private_changes = without_old(a, s.private_changes);
	return s;
}

static void
put_changes(struct json_out *out, const struct audit_row *row, const struct shown_change *s)
{
	if (row->erased) {
		put_null(out, "changes");
		put_boolean(out, "erased", true);
		return;
	}
	put_object(out, "changes");
	put_members_n(out, s->changes + 1, strlen(s->changes) - 2);
	if (s->private_changes != NULL)
		put_members_n(out, s->private_changes + 1, strlen(s->private_changes) - 2);
	put_end(out);
}

static void
put_history_row(struct arena *a, struct json_out *out, const struct person *person, const struct collection *c,
    const struct audit_row *row, const char *by_name)
{
	const struct shown_change change = shown(a, person, c, row);

	put_object(out, NULL);
	put_text(out, "id", row->record_id);
	put_integer(out, "version", row->version);
	put_integer(out, "seq", row->seq);
	put_text(out, "action", row->action);
	put_changes(out, row, &change);
	if (row->prev_owner_id != NULL) {
		put_array(out, "owner");
		put_text(out, NULL, row->prev_owner_id);
		put_text(out, NULL, row->owner_id);
		put_end(out);
	}
	put_text(out, "by", row->user_id);
	if (*author_name(row->user_id, by_name) != '\0')
		put_text(out, "byName", author_name(row->user_id, by_name));
	put_instant(out, "at", row->at);
	if (row->claimed_at != 0)
		put_instant(out, "claimedAt", row->claimed_at);
	put_some(out, "device", row->device_id);
	put_some(out, "op", row->op_id);
	put_some(out, "cause", row->cause);
	put_end(out);
}

/* The id that a record had before this write, or NULL. */
static const char *
former_id(struct arena *a, const struct audit_row *row)
{
	struct json_slice key, pair;
	const char *at = row->changes, *old, *former;

	while (at != NULL && json_next_member(&at, &key, &pair))
		if (key.length == strlen("renamedFrom") && memcmp(key.text, "renamedFrom", key.length) == 0 &&
		    change_values(a, pair, &old, &former))
			return value_plain(a, former);
	return NULL;
}

/* The rows with which a history continues: those of `id` with a version below `below` and a seq before `seq`.  The
 * deletion of a former id is one of them although its seq may be later, because a rename writes both ids in the one
 * transaction `tx`. */
struct history_place {
	const char *id;
	int64_t below, seq, tx;
};

static char *
place_text(struct arena *a, const struct history_place *place)
{
	return arena_printf(a, "%s/%" PRId64 "/%" PRId64 "/%" PRId64, place->id, place->below, place->seq, place->tx);
}

static bool
read_number(const char **at, int64_t *n)
{
	size_t digits;

	if (**at != '/')
		return false;
	digits = strspn(*at + 1, "0123456789");
	if (digits == 0 || digits > 18)
		return false;
	*n = strtoll(*at + 1, NULL, 10);
	*at += 1 + digits;
	return true;
}

static bool
read_place(struct arena *a, const char *text, struct history_place *place)
{
	const char *at = text + strcspn(text, "/");

	place->id = arena_strndup(a, text, (size_t)(at - text));
	return read_number(&at, &place->below) && read_number(&at, &place->seq) &&
	    read_number(&at, &place->tx) && *at == '\0' &&
	    id_valid(place->id);
}

static struct problem *
history_rows(const struct call *call, const struct collection *c, const struct history_place *place, int64_t limit,
    struct rows **rows)
{
	const struct person *person = call->person;
	const char *only = policy_limited(person, c) ? person->user_id : NULL;
	const char *overseer = policy_looks_after(person, c) ? person->user_id : NULL;

	return db_run_within(call->db, call->a, PAGE_BYTES_MAX, SQL(HISTORY_PAGE),
	    VALUES(value_id(person->space_id), value_text(c->name), value_key(place->id),
	        value_integer(place->below), value_integer(place->seq), value_integer(place->tx), value_id(only),
	        value_id(only), value_id(overseer), value_id(person->user_id), value_integer(limit)),
	    rows);
}

/* Put the rows of one id, up to limit for the whole page.  *place becomes the place where the history of the former id
 * continues, or its id is NULL.  *next is set when the page is full or the rows are cut. */
static void
put_history(struct arena *a, struct json_out *out, const struct person *person, const struct collection *c,
    const struct rows *rows, int64_t limit, int64_t *count, struct history_place *place, const char **next)
{
	struct history_place here = *place;

	place->id = NULL;
	for (size_t i = 0; i < rows->count && place->id == NULL; i++) {
		struct audit_row row;

		if (*count == limit) {
			*next = place_text(a, &here);
			return;
		}
		audit_of_row(rows, i, person->space_id, &row);
		put_history_row(a, out, person, c, &row, row_text(rows, i, HISTORY_USER_NAME));
		++*count;
		here.below = row.version;
		*place = (struct history_place){ former_id(a, &row), NUMBER_MAX, row.seq, row.tx_seq };
	}
	if (rows->cut && place->id == NULL)
		*next = place_text(a, &here);
}

struct problem *
history_read(const struct call *call, const struct collection *c, const char *id, const char *after, int64_t limit,
    struct json_out *out)
{
	struct arena *a = call->a;
	struct problem *p;
	struct rows *rows;
	struct history_place place = { id, NUMBER_MAX, NUMBER_MAX, 0 };
	int64_t count = 0;
	const char *next = NULL;

	if ((p = policy_may(a, call->person, c, MAY_READ)) != NULL)
		return p;
	if (after != NULL && !read_place(a, after, &place))
		return problem_at(a, PROBLEM_INVALID, "after", "after must be the next of the page before.");
	put_array(out, "history");
	while (place.id != NULL && next == NULL) {
		if ((p = history_rows(call, c, &place, limit - count + 1, &rows)) != NULL)
			return p;
		put_history(a, out, call->person, c, rows, limit, &count, &place, &next);
	}
	if (count == 0 && after == NULL)
		return not_found(a);
	put_end(out);
	put_text(out, "next", next);
	return NULL;
}

struct problem *
history_version(const struct call *call, const struct collection *c, const char *id, int64_t version,
    struct record *record)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	struct problem *p;
	struct past past;
	const struct audit_row *row = &past.row;
	const char **values;
	bool found;

	if ((p = policy_may(a, person, c, MAY_READ)) != NULL ||
	    (p = record_find(call, c, id, record, &found)) != NULL)
		return p;
	if (!found || !policy_sees(person, c, record->owner, record->reader))
		return not_found(a);
	if (version > record->version)
		return not_found(a);
	values = record->deleted ? values_new(a, c) : values_parse(a, c, record->doc, record->doc_private);
	if ((p = past_read(call, c, id, version, record->version, PAST_ROWS_MAX, values, &past)) != NULL)
		return p;
	if (!past.complete || row->version == 0 || row->erased || !sees_row(person, c, row))
		return not_found(a);
	record->version = row->version;
	record->seq = row->seq;
	record->owner = row->owner_id;
	record->deleted = strcmp(row->action, "deleted") == 0;
	record->doc = values_doc(a, c, past.values, false);
	record->doc_private = c->has_private ? values_doc(a, c, past.values, true) : NULL;
	record->updated_at = instant_sql(a, row->at);
	record->updated_by = row->user_id;
	return NULL;
}

/* ---- a space ---- */

struct audit_page {
	struct arena *a;
	const struct person *person;
	const struct collections *set;
	struct json_out *out;
	int64_t shown;
	const char *last; /* id of the last row shown */
};

static void
add_audit_row(struct audit_page *page, const struct audit_row *row, int n, const char *by_name, const char *field,
    const char *old, const char *new_value)
{
	struct json_out *out = page->out;

	page->last = arena_printf(page->a, "%" PRId64 "-%d", row->seq, n);
	page->shown++;
	put_object(out, NULL);
	put_text(out, "id", page->last);
	if (strcmp(row->collection, "cars") == 0)
		put_text(out, "car_id", row->record_id);
	put_text(out, "collection", row->collection);
	put_text(out, "record_id", row->record_id);
	put_integer(out, "version", row->version);
	put_text(out, "action", row->action);
	put_text(out, "field_changed", field);
	put_text(out, "old_value", old == NULL ? NULL : value_plain(page->a, old));
	put_text(out, "new_value", new_value == NULL ? NULL : value_plain(page->a, new_value));
	put_text(out, "changed_by", author_name(row->user_id, by_name));
	put_some(out, "user_id", row->user_id);
	put_some(out, "device_id", row->device_id);
	put_some(out, "op_id", row->op_id);
	put_some(out, "cause", row->cause);
	put_instant(out, "changed_at", row->at);
	put_instant(out, "timestamp", row->at);
	if (row->claimed_at != 0)
		put_instant(out, "claimed_at", row->claimed_at);
	if (row->erased)
		put_boolean(out, "erased", true);
	put_end(out);
}

static int
add_fields(struct audit_page *page, const struct audit_row *row, int n, const char *by_name, const char *changes)
{
	struct json_slice key, pair;
	const char *old, *now;

	while (changes != NULL && json_next_member(&changes, &key, &pair))
		if (change_values(page->a, pair, &old, &now))
			add_audit_row(page, row, n++, by_name, arena_strndup(page->a, key.text, key.length), old, now);
	return n;
}

static void
add_write(struct audit_page *page, const struct audit_row *row, const char *by_name)
{
	const struct shown_change change = shown(page->a, page->person,
	    collection_find(page->set, row->collection), row);
	int n = add_fields(page, row, 1, by_name, change.changes);

	n = add_fields(page, row, n, by_name, change.private_changes);
	if (row->prev_owner_id != NULL)
		add_audit_row(page, row, n++, by_name, "owner", arena_printf(page->a, "\"%s\"", row->prev_owner_id),
		    arena_printf(page->a, "\"%s\"", row->owner_id));
	if (n == 1)
		add_audit_row(page, row, n, by_name, NULL, NULL, NULL);
}

/* Read "seq-n".  The next page starts before that write, because a page always has whole writes. */
static bool
read_before(const char *text, int64_t *seq)
{
	char *end;

	if (strspn(text, "0123456789-") != strlen(text) || strlen(text) > 24)
		return false;
	*seq = strtoll(text, &end, 10);
	return end != text && *end == '-' && end[1] != '\0' && *seq > 0;
}

static struct problem *
run_audit(const struct call *call, const struct audit_filter *asked, int64_t before, struct rows **rows)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	struct audit_query query = {
		.by_record = asked->record_id != NULL,
		.by_collection = asked->collection != NULL,
		.by_user = asked->user_id != NULL,
		.from = asked->from != 0,
		.to = asked->to != 0,
	};
	struct value values[16];
	size_t n = 0;
	struct buf sql;

	policy_view(a, person, call->set, NULL, 0, &query.view);
	values[n++] = value_id(person->space_id);
	values[n++] = value_integer(before);
	values[n++] = value_id(person->user_id);
	if (query.view.overseen_count > 0)
		values[n++] = value_id(person->user_id);
	if (query.view.addressed_count > 0)
		values[n++] = value_id(person->user_id);
	if (asked->collection != NULL)
		values[n++] = value_text(asked->collection->name);
	if (asked->record_id != NULL)
		values[n++] = value_key(asked->record_id);
	if (asked->user_id != NULL)
		values[n++] = value_id(asked->user_id);
	if (asked->from != 0)
		values[n++] = value_text(instant_sql(a, asked->from));
	if (asked->to != 0)
		values[n++] = value_text(instant_sql(a, asked->to));
	values[n++] = value_integer(asked->limit < AUDIT_PAGE_WRITES ? asked->limit + 1 : AUDIT_PAGE_WRITES);
	buf_init(&sql, a);
	statement_audit(&sql, &query);
	return db_run_within(call->db, a, PAGE_BYTES_MAX, sql.text, values, n, rows);
}

struct problem *
audit_list(const struct call *call, const struct audit_filter *asked, struct json_out *out)
{
	struct problem *p;
	struct rows *rows;
	int64_t before = INT64_MAX;
	struct audit_page page = { .a = call->a, .person = call->person, .set = call->set, .out = out };
	size_t i;

	if (asked->before != NULL && !read_before(asked->before, &before))
		return problem_at(call->a, PROBLEM_INVALID, "before", "before must be the id of a row of this log.");
	if ((p = run_audit(call, asked, before, &rows)) != NULL)
		return p;
	put_array(out, "auditLogs");
	for (i = 0; i < rows->count && page.shown < asked->limit; i++) {
		struct audit_row row;

		audit_of_row(rows, i, call->person->space_id, &row);
		add_write(&page, &row, row_text(rows, i, HISTORY_USER_NAME));
	}
	put_end(out);
	put_text(out, "next", i < rows->count || rows->cut ? page.last : NULL);
	return NULL;
}
