/* then.c -- the records of a space as they were at a moment.  Read then_open first.
 *
 * The order of its statements is what makes the answer one moment without a snapshot that would hold anything up: a
 * record whose seq is not after the moment is as it was then, whenever that is found; and what is written while the
 * rest is copied is either there already, or found among the changed ones, where its past is looked up. */
#include "record/then.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "model/policy.h"
#include "record/past.h"
#include "store/statement.h"
#include "store/then_table.h"

enum {
	PAGE_ROWS = 64
};

/* ---- the moment ---- */

static struct problem *
bad_moment(struct arena *a, const char *detail)
{
	return problem_at(a, PROBLEM_INVALID, "at", "%s", detail);
}

static struct problem *
read_seq(struct call *call, const char *text)
{
	struct rows *rows;
	struct problem *p;
	int64_t seq = strtoll(text, NULL, 10);

	p = db_run(call->db, call->a, SQL(THEN_OF_SEQ),
	    VALUES(value_integer(seq), value_id(call->person->space_id)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0 || seq > row_integer(rows, 0, THEN_OF_SEQ_HEAD))
		return bad_moment(call->a, "at is after the last write of the space.");
	call->then_seq = seq;
	call->then_at = seq == 0 ? row_instant(rows, 0, THEN_OF_SEQ_SINCE) : row_instant(rows, 0, THEN_OF_SEQ_AT);
	return must_hold(call->a, call->then_at != 0, "each write up to the head is in the audit");
}

static struct problem *
read_instant(struct call *call, const char *text)
{
	struct rows *rows;
	struct problem *p;
	int64_t at;

	if (!instant_parse(text, &at) || at <= 0)
		return bad_moment(call->a,
		    "at must be an instant such as 2026-11-21T08:34:00Z, or the seq of a write.");
	if (at > instant_now())
		return bad_moment(call->a, "at must not be in the future.");
	p = db_run(call->db, call->a, SQL(THEN_OF_INSTANT),
	    VALUES(value_id(call->person->space_id), value_text(instant_sql(call->a, at))), &rows);
	if (p != NULL)
		return p;
	call->then_at = at;
	call->then_seq = rows->count == 0 ? 0 : row_integer(rows, 0, SEQ_OF_INSTANT);
	return NULL;
}

struct problem *
then_read(struct call *call, const char *at)
{
	size_t digits = strspn(at, "0123456789");

	return digits > 0 && digits <= 18 && at[digits] == '\0' ? read_seq(call, at) : read_instant(call, at);
}

/* ---- one record ---- */

/* Whether a record as it was then is there for a person.  Who reads it decides by its owner of then, as of any record;
 * where that was somebody else, the person has to see what both own, and private fields only where they see those of
 * both.  Where it was not, nothing is left out: reports count with what they do not show, such as the rates of pay. */
static bool
shows(const struct person *person, const struct collection *c, const char *owner_now, struct record *r)
{
	if (strcmp(owner_now, r->owner) == 0)
		return true;
	if (!policy_sees(person, c, owner_now, r->reader) || !policy_sees(person, c, r->owner, r->reader))
		return false;
	if (!policy_sees_private(person, owner_now))
		r->doc_private = NULL;
	return true;
}

/* The writes of a page of records, and the first of those that were not passed yet. */
struct writes {
	struct rows *rows;
	size_t next;
};

/* How many of the next ones are of this record. */
static size_t
count_writes(struct writes *writes, const char *collection, const char *id)
{
	const struct rows *rows = writes->rows;
	size_t end = writes->next;

	while (end < rows->count && strcmp(row_text(rows, end, AUDIT_RECORD), id) == 0 &&
	    strcmp(row_text(rows, end, AUDIT_COLLECTION), collection) == 0)
		end++;
	return end - writes->next;
}

/* Take a record, as it is now, back to a version: by what was read of its writes, or by asking for them. */
static struct problem *
take_back(const struct call *call, struct writes *writes, struct record *r, int64_t version, bool *whole)
{
	const struct collection *c = r->collection;
	struct arena *a = call->a;
	const char **values = r->deleted ? values_new(a, c) : values_parse(a, c, r->doc, r->doc_private);
	const struct audit_row *row;
	struct problem *p = NULL;
	struct past past;

	if (writes != NULL)
		past_of_rows(call, c, writes->rows, writes->next, count_writes(writes, c->name, r->id), version,
		    r->version, (const char *const *)values, &past);
	else
		p = past_read(call, c, r->id, version, r->version, PAST_ROWS_MAX, (const char *const *)values, &past);
	row = &past.row;
	*whole = p == NULL && past.complete && row->version == version && !row->erased;
	if (!*whole)
		return p;
	r->version = version;
	r->seq = row->seq;
	r->tx_seq = row->tx_seq;
	r->owner = row->owner_id;
	r->deleted = strcmp(row->action, action_names[ACTION_DELETED]) == 0;
	r->doc = r->deleted ? "{}" : values_doc(a, c, past.values, false);
	r->doc_private = !r->deleted && c->has_private ? values_doc(a, c, past.values, true) : NULL;
	r->updated_at = instant_sql(a, row->at);
	r->updated_by = row->user_id;
	return NULL;
}

/* A record that was purged and made anew is younger than its id. */
static struct problem *
find_made(const struct call *call, struct record *r)
{
	struct rows *rows;
	struct problem *p;

	if (r->created_at != NULL && strcmp(r->created_at, r->updated_at) <= 0)
		return NULL;
	p = db_run(call->db, call->a, SQL(THEN_MADE),
	    VALUES(value_id(call->person->space_id), value_text(r->collection->name), value_key(r->id),
	        value_integer(r->version)), &rows);
	if (p != NULL)
		return p;
	r->created_at = rows->count == 0 ? r->updated_at : row_text(rows, 0, MADE_AT);
	r->created_by = rows->count == 0 ? r->updated_by : row_text(rows, 0, MADE_BY);
	return NULL;
}

static struct problem *
not_found(struct arena *a)
{
	return problem_new(a, PROBLEM_NOT_FOUND, "There was no such record then.");
}

/* The record as it is now, or what its audit says of one that is purged. */
static struct problem *
find_now(const struct call *call, const struct collection *c, const char *id, struct record *r, bool *known)
{
	struct problem *p = record_find(call, c, id, r, known);

	if (p != NULL || *known)
		return p;
	if ((p = record_purged(call, c, id, r, known)) == NULL && *known)
		r->created_at = NULL;
	return p;
}

struct problem *
then_record(const struct call *call, const struct collection *c, const char *id, struct record *r)
{
	struct problem *p;
	struct rows *rows;
	const char *owner;
	bool ok;

	if ((p = policy_may(call->a, call->person, c, MAY_READ)) != NULL ||
	    (p = find_now(call, c, id, r, &ok)) != NULL)
		return p;
	if (!ok || !policy_sees(call->person, c, r->owner, r->reader))
		return not_found(call->a);
	p = db_run(call->db, call->a, SQL(THEN_VERSION),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_key(id),
	        value_integer(call->then_seq)), &rows);
	if (p != NULL)
		return p;
	if (rows->count == 0 || row_null(rows, 0, THEN_VERSION_NUMBER))
		return not_found(call->a);
	owner = r->owner;
	if ((p = take_back(call, NULL, r, row_integer(rows, 0, THEN_VERSION_NUMBER), &ok)) != NULL)
		return p;
	if (!ok || r->deleted || !shows(call->person, c, owner, r))
		return not_found(call->a);
	return find_made(call, r);
}

/* ---- the table ---- */

/* The filling of the table. */
struct filling {
	const struct call *call;
	const char *names[STATEMENT_IDS_MAX]; /* of collections */
	size_t count;
	int64_t until;                        /* steady_now() after which it is too much */
	int64_t missing;
	bool deleted;                         /* what was deleted then; otherwise what was there */
	struct record *ready;                 /* to be added, in the arena of the page */
	size_t ready_count;
};

static struct problem *
too_much(const struct call *call)
{
	return problem_new(call->a, PROBLEM_TOO_MUCH,
	    "So much was changed since then that it was not looked through; ask for a later moment, or for less.");
}

/* The sentence of a server whose user may not make temporary tables. */
static struct problem *
make(const struct call *call, enum then_text text)
{
	struct problem *p = db_execute(call->db, call->a, then_texts[text]), *denied;

	if (p == NULL || !db_was_denied(call->db))
		return p;
	denied = problem_new(call->a, PROBLEM_UNAVAILABLE,
	    "This server cannot look back: its operator has to allow temporary tables (daybookctl doctor).");
	denied->cause = p->cause;
	return denied;
}

/* Run one of the two statements that fill a table. */
static struct problem *
fill(struct filling *f, enum then_text text, int64_t most)
{
	const struct call *call = f->call;
	size_t room = statement_ids_of(f->count), n = 0;
	struct value values[STATEMENT_IDS_MAX + 3];
	struct problem *p;
	struct rows *rows;
	struct buf sql;

	values[n++] = value_id(call->person->space_id);
	values[n++] = value_integer(call->then_seq);
	for (size_t i = 0; i < room; i++)
		values[n++] = value_text(f->names[i < f->count ? i : f->count - 1]);
	values[n++] = value_integer(most + 1);
	buf_init(&sql, call->a);
	statement_ids(&sql, then_texts[text], room);
	if ((p = db_run(call->db, call->a, sql.text, values, n, &rows)) != NULL)
		return p;
	return (int64_t)rows->affected > most ? too_much(call) : NULL;
}

enum {
	ADD_VALUES = 16
};

static void
add_values(struct arena *a, const struct person *person, const struct record *r, struct value *v)
{
	const struct collection *c = r->collection;
	const char *const *values = (const char *const *)values_parse(a, c, r->doc, r->doc_private);
	struct sort_key *key = arena_alloc(a, sizeof *key);
	const struct value all[ADD_VALUES] = {
		value_id(person->space_id), value_text(c->name), value_key(r->id), value_integer(r->version),
		value_integer(r->seq), value_integer(r->tx_seq), value_id(r->owner), value_integer(r->deleted),
		value_null(), value_text(r->doc), value_text(r->doc_private), value_text(r->created_at),
		value_id(r->created_by), value_text(r->updated_at), value_id(r->updated_by), value_id(r->reader),
	};

	*key = r->deleted ? (struct sort_key){ .length = 0 } : values_sort_key(a, c, values);
	memcpy(v, all, sizeof all);
	v[8] = value_bytes(key->bytes, key->length);
}

/* Send what is ready. */
static struct problem *
add_ready(struct filling *f, struct arena *a)
{
	for (size_t i = 0; i < f->ready_count;) {
		size_t rows = statement_rows_of(f->ready_count - i);
		struct value *values = arena_alloc(a, rows * ADD_VALUES * sizeof *values);
		struct problem *p;
		struct buf sql;

		for (size_t j = 0; j < rows; j++)
			add_values(a, f->call->person, &f->ready[i + j], values + j * ADD_VALUES);
		buf_init(&sql, a);
		statement_rows(&sql, then_texts[THEN_ADD], rows);
		if ((p = db_run(f->call->db, a, sql.text, values, rows * ADD_VALUES, NULL)) != NULL)
			return p;
		i += rows;
	}
	return NULL;
}

/* Find what a row of the page was then. */
static struct problem *
take_row(struct filling *f, const struct call *call, struct writes *writes, const struct rows *rows, size_t i)
{
	const struct collection *c = collection_find(call->set, row_text(rows, i, THEN_COLLECTION));
	int64_t version = row_integer(rows, i, THEN_ITS_VERSION);
	struct record *r = &f->ready[f->ready_count];
	struct problem *p;
	const char *owner;
	bool ok;

	if (c == NULL || (f->deleted && strcmp(c->name, f->names[0]) != 0))
		return NULL;
	if (row_null(rows, i, RECORD_ID)) {
		if ((p = record_purged(call, c, row_text(rows, i, THEN_ID), r, &ok)) != NULL || !ok)
			return p;
		r->created_at = NULL;
	} else if (!record_of_row(call->set, rows, i, r)) {
		return NULL;
	}
	owner = r->owner;
	if ((p = take_back(call, writes, r, version, &ok)) != NULL)
		return p;
	f->missing += !ok && policy_sees(call->person, c, owner, r->reader);
	if (!ok || r->deleted != f->deleted || !shows(call->person, c, owner, r))
		return NULL;
	f->ready_count++;
	return find_made(call, r);
}

/* Read the writes of a page of changed records; NULL where they are too many at once. */
static struct problem *
read_writes(const struct call *call, const struct rows *page, const char *of, const char *id, struct writes **writes)
{
	const char *last_of, *last_id;
	struct writes *found = arena_alloc(call->a, sizeof *found);
	struct problem *p;

	*writes = NULL;
	if (page->count == 0)
		return NULL;
	last_of = row_text(page, page->count - 1, THEN_COLLECTION);
	last_id = row_text(page, page->count - 1, THEN_ID);
	p = db_run_within(call->db, call->a, PAGE_BYTES_MAX, then_texts[THEN_WRITES],
	    VALUES(value_id(call->person->space_id), value_text(of), value_text(of), value_key(id),
	        value_text(last_of), value_text(last_of), value_key(last_id)), &found->rows);
	if (p == NULL && !found->rows->cut)
		*writes = found;
	return p;
}

/* Take a page of the changed records back; *of and *id are those of its last one. */
static struct problem *
take_page(struct filling *f, struct arena *a, const char **of, const char **id, size_t *count)
{
	const struct call call = call_in(f->call, a);
	struct writes *writes;
	struct problem *p;
	struct rows *rows;

	p = db_run(call.db, a, then_texts[THEN_PAGE],
	    VALUES(value_id(call.person->space_id), value_text(*of), value_text(*of), value_key(*id),
	        value_integer(PAGE_ROWS)), &rows);
	if (p != NULL || (p = read_writes(&call, rows, *of, *id, &writes)) != NULL)
		return p;
	f->ready = arena_alloc(a, (rows->count + 1) * sizeof *f->ready);
	f->ready_count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		if (steady_now() > f->until)
			return too_much(&call);
		if ((p = take_row(f, &call, writes, rows, i)) != NULL)
			return p;
		if (writes != NULL)
			writes->next += count_writes(writes, row_text(rows, i, THEN_COLLECTION),
			    row_text(rows, i, THEN_ID));
	}
	if ((*count = rows->count) > 0) {
		*of = arena_strdup(f->call->a, row_text(rows, rows->count - 1, THEN_COLLECTION));
		*id = arena_strdup(f->call->a, row_text(rows, rows->count - 1, THEN_ID));
	}
	return add_ready(f, a);
}

static struct problem *
take_changed(struct filling *f)
{
	struct arena *scratch = arena_new();
	const char *of = "", *id = "";
	struct problem *p;
	size_t count;

	do {
		arena_reset(scratch);
		p = take_page(f, scratch, &of, &id, &count);
	} while (p == NULL && count == PAGE_ROWS);
	if (p != NULL)
		p = problem_copy(f->call->a, p);
	arena_free(scratch);
	return p;
}

static void
name_collections(struct filling *f, const struct collection *const *needed, size_t count)
{
	const struct collections *set = f->call->set;

	for (size_t i = 0; i < (needed == NULL ? set->count : count) && f->count < STATEMENT_IDS_MAX; i++)
		f->names[f->count++] = needed == NULL ? set->all[i].name : needed[i]->name;
}

struct problem *
then_open(const struct call *call, const struct collection *const *needed, size_t count, int64_t *missing)
{
	struct filling f = { .call = call, .until = steady_now() + THEN_SECONDS_MAX * 1000 };
	struct problem *p;

	name_collections(&f, needed, count);
	if ((p = must_hold(call->a, f.count > 0 && call->set->count <= STATEMENT_IDS_MAX,
		"all collections fit into a statement")) != NULL ||
	    (p = make(call, THEN_DROP)) != NULL ||
	    (p = make(call, THEN_MAKE)) != NULL ||
	    (p = make(call, THEN_NOTE)) != NULL ||
	    (p = fill(&f, THEN_COPY, THEN_RECORDS_MAX)) != NULL ||
	    (p = fill(&f, THEN_FIND, THEN_CHANGED_MAX)) != NULL ||
	    (p = take_changed(&f)) != NULL)
		return p;
	*missing = f.missing;
	db_look_back(call->db, true);
	return NULL;
}

struct problem *
then_deleted(const struct call *call, const struct collection *c)
{
	struct filling f = {
		.call = call, .until = steady_now() + THEN_SECONDS_MAX * 1000, .deleted = true,
		.names = { c->name }, .count = 1,
	};
	struct problem *p;

	db_look_back(call->db, false);
	if ((p = fill(&f, THEN_COPY_DELETED, THEN_RECORDS_MAX)) == NULL)
		p = take_changed(&f);
	db_look_back(call->db, true);
	return p;
}

struct problem *
then_hash(const struct call *call, unsigned char hash[SHA256_SIZE])
{
	struct problem *p;
	struct rows *rows;

	memset(hash, 0, SHA256_SIZE);
	if ((p = db_run(call->db, call->a, SQL(THEN_HASH),
	    VALUES(value_id(call->person->space_id), value_integer(call->then_seq)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return must_hold(call->a, call->then_seq == 0, "each write up to the head is in the audit");
	if (row_cell(rows, 0, HASH_AT_HASH)->length != SHA256_SIZE)
		return problem_internal(call->a, "a write in the audit has no hash");
	memcpy(hash, row_cell(rows, 0, HASH_AT_HASH)->bytes, SHA256_SIZE);
	return NULL;
}

void
then_close(struct db *db)
{
	struct arena *a = arena_new();

	db_look_back(db, false);
	if (db_execute(db, a, then_texts[THEN_DROP]) != NULL)
		db_hang_up(db);
	arena_free(a);
}
