/* history.c -- reading the audit for people: history, old versions, the log of a space. */
#include "record/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
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

static void
add_text_member(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(out, ",\"%s\":", name);
	json_quote(out, value);
}

/* What a write shows of itself.  One that made somebody else the owner shows what was before as far as the person saw it then. */
struct shown_change {
	const char *changes, *private_changes; /* objects {"field":[old,new],...}, or NULL */
};

/* The same changes from nothing: [old,new] becomes [null,new]. */
static const char *
without_old(struct arena *a, const char *changes)
{
	struct json_slice key, pair;
	const char *old, *now;
	struct buf b;

	if (changes == NULL)
		return NULL;
	buf_init(&b, a);
	buf_char(&b, '{');
	while (json_next_member(&changes, &key, &pair)) {
		if (!change_values(a, pair, &old, &now))
			continue;
		buf_printf(&b, "%s\"%.*s\":[null,", b.length == 1 ? "" : ",", (int)key.length, key.text);
		buf_text(&b, now == NULL ? "null" : now);
		buf_char(&b, ']');
	}
	buf_char(&b, '}');
	return b.text;
}

static struct shown_change
shown(struct arena *a, const struct person *person, const struct collection *c, const struct audit_row *row)
{
	struct shown_change s = { row->changes, policy_sees_private(person, row->owner_id) ? row->private_changes : NULL };

	if (row->prev_owner_id == NULL)
		return s;
	if (!policy_sees(person, c, row->prev_owner_id, row->reader_id))
		s.changes = without_old(a, s.changes);
	if (!policy_sees(person, c, row->prev_owner_id, row->reader_id) || !policy_sees_private(person, row->prev_owner_id))
		s.private_changes = without_old(a, s.private_changes);
	return s;
}

static void
add_changes(struct buf *out, const struct audit_row *row, const struct shown_change *s)
{
	buf_text(out, ",\"changes\":");
	if (row->erased) {
		buf_text(out, "null,\"erased\":true");
		return;
	}
	if (s->private_changes == NULL) {
		buf_text(out, s->changes);
		return;
	}
	buf_add(out, s->changes, strlen(s->changes) - 1);
	if (strlen(s->changes) > 2)
		buf_char(out, ',');
	buf_text(out, s->private_changes + 1);
}

static void
add_history_row(struct arena *a, struct buf *out, const struct person *person, const struct collection *c, const struct audit_row *row,
    const char *by_name)
{
	const struct shown_change change = shown(a, person, c, row);

	buf_printf(out, "%s{\"id\":\"%s\",\"version\":%" PRId64 ",\"seq\":%" PRId64 ",\"action\":\"%s\"",
	    out->text[out->length - 1] == '[' ? "" : ",", row->record_id, row->version, row->seq, row->action);
	add_changes(out, row, &change);
	if (row->prev_owner_id != NULL)
		buf_printf(out, ",\"owner\":[\"%s\",\"%s\"]", row->prev_owner_id, row->owner_id);
	buf_printf(out, ",\"by\":\"%s\"", row->user_id);
	if (*author_name(row->user_id, by_name) != '\0')
		add_text_member(out, "byName", author_name(row->user_id, by_name));
	buf_printf(out, ",\"at\":\"%s\"", instant_text(a, row->at));
	if (row->claimed_at != 0)
		buf_printf(out, ",\"claimedAt\":\"%s\"", instant_text(a, row->claimed_at));
	add_text_member(out, "device", row->device_id);
	add_text_member(out, "op", row->op_id);
	add_text_member(out, "cause", row->cause);
	buf_char(out, '}');
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

/* Where a history goes on: at versions of id below one, written before seq or, being the end of its old name, in transaction tx. */
struct place {
	const char *id;
	int64_t below, seq, tx;
};

static char *
place_text(struct arena *a, const struct place *place)
{
	return arena_printf(a, "\"%s/%" PRId64 "/%" PRId64 "/%" PRId64 "\"", place->id, place->below, place->seq, place->tx);
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
read_place(struct arena *a, const char *text, struct place *place)
{
	const char *at = text + strcspn(text, "/");

	place->id = arena_strndup(a, text, (size_t)(at - text));
	return read_number(&at, &place->below) && read_number(&at, &place->seq) && read_number(&at, &place->tx) && *at == '\0' &&
	    id_valid(place->id);
}

static struct problem *
history_rows(struct db *db, struct arena *a, const struct person *person, const struct collection *c, const struct place *place,
    int64_t limit, struct rows **rows)
{
	const char *only = policy_limited(person, c) ? person->user_id : NULL;

	return db_run(db, a, SQL(HISTORY_PAGE),
	    VALUES(value_text(person->space_id), value_text(c->name), value_text(place->id), value_integer(place->below),
	        value_integer(place->seq), value_integer(place->tx), value_text(only), value_text(only), value_text(person->user_id),
	        value_integer(limit)),
	    rows);
}

/* Show rows of one id, at most limit in all.  *place becomes where the record's former name goes on, or has no id; *next is set when
 * there is more than fits. */
static void
add_history(struct arena *a, struct buf *out, const struct person *person, const struct collection *c, const struct rows *rows,
    int64_t limit, int64_t *count, struct place *place, const char **next)
{
	struct place here = *place;

	place->id = NULL;
	for (size_t i = 0; i < rows->count && place->id == NULL; i++) {
		struct audit_row row;

		if (*count == limit) {
			*next = place_text(a, &here);
			return;
		}
		audit_of_row(rows, i, person->space_id, &row);
		add_history_row(a, out, person, c, &row, row_text(rows, i, HISTORY_USER_NAME));
		++*count;
		here.below = row.version;
		*place = (struct place){ former_id(a, &row), NUMBER_MAX, row.seq, row.tx_seq };
	}
}

struct problem *
history_read(struct db *db, struct arena *a, const struct person *person, const struct collection *c, const char *id,
    const char *after, int64_t limit, struct buf *out)
{
	struct problem *p;
	struct rows *rows;
	struct place place = { id, NUMBER_MAX, NUMBER_MAX, 0 };
	int64_t count = 0;
	const char *next = NULL;

	if ((p = policy_may(a, person, c, MAY_READ)) != NULL)
		return p;
	if (after != NULL && !read_place(a, after, &place))
		return problem_at(a, PROBLEM_INVALID, "after", "after must be the next of the page before.");
	buf_text(out, "{\"history\":[");
	while (place.id != NULL && next == NULL) {
		if ((p = history_rows(db, a, person, c, &place, limit - count + 1, &rows)) != NULL)
			return p;
		add_history(a, out, person, c, rows, limit, &count, &place, &next);
	}
	if (count == 0 && after == NULL)
		return not_found(a);
	buf_printf(out, "],\"next\":%s}", next == NULL ? "null" : next);
	return NULL;
}

struct problem *
history_version(struct db *db, struct arena *a, const struct collections *set, const struct person *person,
    const struct collection *c, const char *id, int64_t version, struct record *record)
{
	struct problem *p;
	struct past past;
	const struct audit_row *row = &past.row;
	const char **values;
	bool found;

	if ((p = policy_may(a, person, c, MAY_READ)) != NULL ||
	    (p = record_find(db, a, set, person->space_id, c, id, record, &found)) != NULL)
		return p;
	if (!found || !policy_sees(person, c, record->owner, record->reader))
		return not_found(a);
	if (version > record->version)
		return not_found(a);
	values = record->deleted ? values_new(a, c) : values_parse(a, c, record->doc, record->doc_private);
	if ((p = past_read(db, a, person->space_id, c, id, version, record->version, values, &past)) != NULL)
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
	struct buf *out;
	int64_t shown;
	const char *last; /* id of the last row shown */
};

static void
add_value(struct audit_page *page, const char *name, const char *value)
{
	buf_printf(page->out, ",\"%s\":", name);
	if (value == NULL)
		buf_text(page->out, "null");
	else
		json_quote(page->out, value_plain(page->a, value));
}

static void
add_audit_row(struct audit_page *page, const struct audit_row *row, int n, const char *by_name, const char *field, const char *old,
    const char *new_value)
{
	struct buf *out = page->out;
	const char *at = instant_text(page->a, row->at);

	page->last = arena_printf(page->a, "%" PRId64 "-%d", row->seq, n);
	buf_printf(out, "%s{\"id\":\"%s\"", page->shown++ == 0 ? "" : ",", page->last);
	if (strcmp(row->collection, "cars") == 0)
		add_text_member(out, "car_id", row->record_id);
	add_text_member(out, "collection", row->collection);
	add_text_member(out, "record_id", row->record_id);
	buf_printf(out, ",\"version\":%" PRId64 ",\"action\":\"%s\",\"field_changed\":", row->version, row->action);
	if (field == NULL)
		buf_text(out, "null");
	else
		json_quote(out, field);
	add_value(page, "old_value", old);
	add_value(page, "new_value", new_value);
	add_text_member(out, "changed_by", author_name(row->user_id, by_name));
	add_text_member(out, "user_id", row->user_id);
	add_text_member(out, "device_id", row->device_id);
	add_text_member(out, "op_id", row->op_id);
	add_text_member(out, "cause", row->cause);
	buf_printf(out, ",\"changed_at\":\"%s\",\"timestamp\":\"%s\"", at, at);
	if (row->claimed_at != 0)
		add_text_member(out, "claimed_at", instant_text(page->a, row->claimed_at));
	if (row->erased)
		buf_text(out, ",\"erased\":true");
	buf_char(out, '}');
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
	const struct shown_change change = shown(page->a, page->person, collection_find(page->set, row->collection), row);
	int n = add_fields(page, row, 1, by_name, change.changes);

	n = add_fields(page, row, n, by_name, change.private_changes);
	if (row->prev_owner_id != NULL)
		add_audit_row(page, row, n++, by_name, "owner", arena_printf(page->a, "\"%s\"", row->prev_owner_id),
		    arena_printf(page->a, "\"%s\"", row->owner_id));
	if (n == 1)
		add_audit_row(page, row, n, by_name, NULL, NULL, NULL);
}

/* "seq-n": everything before that write, because a page never cuts one. */
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
run_audit(struct db *db, struct arena *a, const struct collections *set, const struct person *person, const struct audit_filter *asked,
    int64_t before, struct rows **rows)
{
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

	policy_view(a, person, set, NULL, 0, &query.view);
	values[n++] = value_text(person->space_id);
	values[n++] = value_integer(before);
	values[n++] = value_text(person->user_id);
	if (query.view.addressed_count > 0)
		values[n++] = value_text(person->user_id);
	if (asked->collection != NULL)
		values[n++] = value_text(asked->collection->name);
	if (asked->record_id != NULL)
		values[n++] = value_text(asked->record_id);
	if (asked->user_id != NULL)
		values[n++] = value_text(asked->user_id);
	if (asked->from != 0)
		values[n++] = value_text(instant_sql(a, asked->from));
	if (asked->to != 0)
		values[n++] = value_text(instant_sql(a, asked->to));
	values[n++] = value_integer(asked->limit < AUDIT_PAGE_WRITES ? asked->limit + 1 : AUDIT_PAGE_WRITES);
	buf_init(&sql, a);
	statement_audit(&sql, &query);
	return db_run(db, a, sql.text, values, n, rows);
}

struct problem *
audit_list(struct db *db, struct arena *a, const struct collections *set, const struct person *person, const struct audit_filter *asked,
    struct buf *out)
{
	struct problem *p;
	struct rows *rows;
	int64_t before = INT64_MAX;
	struct audit_page page = { .a = a, .person = person, .set = set, .out = out };
	size_t i;

	if (asked->before != NULL && !read_before(asked->before, &before))
		return problem_at(a, PROBLEM_INVALID, "before", "before must be the id of a row of this log.");
	if ((p = run_audit(db, a, set, person, asked, before, &rows)) != NULL)
		return p;
	buf_text(out, "{\"auditLogs\":[");
	for (i = 0; i < rows->count && page.shown < asked->limit; i++) {
		struct audit_row row;

		audit_of_row(rows, i, person->space_id, &row);
		add_write(&page, &row, row_text(rows, i, HISTORY_USER_NAME));
	}
	buf_text(out, "],\"next\":");
	if (i < rows->count && page.last != NULL)
		buf_printf(out, "\"%s\"}", page.last);
	else
		buf_text(out, "null}");
	return NULL;
}
