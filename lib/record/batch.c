/* batch.c -- what a transaction has read and will write: look-ups of many ops at once, a memory of records, and rows
 * that are sent together.  batch.h says how it fits together. */
#include "batch.h"

#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "record/space.h"

enum {
	BUCKETS = 256,         /* of records; a power of two */
	SEND_BYTES = 256 << 10 /* a statement with several rows has at most so many bytes of values */
};

/* What is known of the record with an id. */
struct known {
	const struct collection *c;
	const char *id;
	enum { WANTED, STORED, ABSENT } row;
	struct record record;  /* its row, if STORED */
	bool sought, purged;   /* whether an ABSENT one was ever written: known at all; and so */
	struct record last;    /* its last write, if purged */
	bool written;          /* by this transaction */
	const char *const *values; /* then: its values, once they were needed */
	struct known *next;    /* in its bucket */
	struct known *wanted;  /* the next one that batch_ahead asks for */
};

/* The answer to a query that depends on one collection. */
struct answer {
	const struct collection *c;
	const char *sql;
	const struct value *values;
	size_t count;
	struct rows *rows;
	struct answer *next;
};

/* What record_kindred found, as the ops before have left it. */
struct kinship {
	const struct collection *c;
	const struct field *field;
	const char *owner, *value;
	struct kin *all;
	size_t count, room;
	struct kinship *next;
};

struct member {
	const char *user;
	bool is;
	struct member *next;
};

/* Rows of one kind that were put off. */
struct put_off {
	struct value *cells;
	size_t rows, room;
};

struct batch {
	const struct call *call;
	bool only_ops;
	struct known *buckets[BUCKETS];
	struct known *wanted;
	struct answer *answers;
	struct kinship *kinships;
	struct member *members;
	/* of batch_ahead: these ops, and what is kept of them */
	const struct op *ops;
	size_t op_count;
	struct rows *kept[2];
	/* of batch_person */
	const struct op *only;
	struct kept only_kept;
	bool only_found;
	/* to be sent */
	struct put_off put_off[BATCH_ROWS_COUNT];
	bool waits;
	struct past_room past_room;
};

/* How the rows of each kind are sent.  counted: what the database counts for a row that was written as it must be; an
 * INSERT that changes a row counts two. */
static const struct {
	enum statement_id statement;
	size_t width;
	uint64_t counted;
	const char *holds;
} kinds[BATCH_ROWS_COUNT] = {
	[BATCH_CREATED] = { STATEMENT_RECORD_INSERT, 16, 1, "under its lock nobody else creates in a space" },
	[BATCH_CHANGED] = { STATEMENT_RECORD_CHANGE, 16, 2, "under its lock nobody else changes a space" },
	[BATCH_AUDIT] = { STATEMENT_AUDIT_APPEND, 23, 1, "a write has one row of the audit" },
	[BATCH_OUTCOMES] = { STATEMENT_OP_APPEND, 10, 1, "an op has one outcome" },
	[BATCH_FILES] = { STATEMENT_FILE_REF_ADD, 4, 0, NULL },
};

struct batch *
batch_new(const struct call *call, bool only_ops)
{
	struct batch *b = arena_alloc(call->a, sizeof *b);

	b->call = call;
	b->only_ops = only_ops;
	b->past_room = (struct past_room){ PAST_ROWS_MAX, PAST_BYTES_MAX };
	return b;
}

struct past_room *
batch_past_room(struct batch *b)
{
	return &b->past_room;
}

/* ---- rows that are put off ---- */

/* How many of the next rows go into one statement. */
static size_t
next_rows(const struct value *cells, size_t rows, size_t width)
{
	size_t n = statement_rows_of(rows), bytes = 0;

	for (size_t i = 0; i < n * width; i++)
		bytes += cells[i].length;
	return bytes <= SEND_BYTES ? n : 1;
}

static struct problem *
send_rows(struct batch *b, enum batch_rows kind)
{
	struct arena *a = b->call->a;
	struct put_off off = b->put_off[kind];
	size_t width = kinds[kind].width;
	struct problem *p;
	struct rows *rows;

	b->put_off[kind] = (struct put_off){ .rows = 0 };
	for (size_t i = 0, n; i < off.rows; i += n) {
		const struct value *cells = off.cells + i * width;
		struct buf sql;

		n = next_rows(cells, off.rows - i, width);
		buf_init(&sql, a);
		statement_rows(&sql, statements[kinds[kind].statement].text, n);
		if ((p = db_run(b->call->db, a, sql.text, cells, n * width, &rows)) != NULL ||
		    (kinds[kind].holds != NULL &&
		    (p = must_hold(a, rows->affected == n * kinds[kind].counted, kinds[kind].holds)) != NULL))
			return p;
	}
	return NULL;
}

/* Send what was put off, for db_put_off. */
static struct problem *
send_off(void *arg)
{
	struct batch *b = arg;
	struct problem *p;

	b->waits = false;
	for (size_t i = 0; i < BATCH_ROWS_COUNT; i++)
		if ((p = send_rows(b, (enum batch_rows)i)) != NULL)
			return p;
	return NULL;
}

void
batch_add(struct batch *b, enum batch_rows kind, const struct value *values, size_t count)
{
	struct put_off *off = &b->put_off[kind];
	struct value *cells = off->cells;

	if (off->rows == off->room) {
		off->room = off->room == 0 ? 4 : off->room * 4;
		cells = arena_alloc(b->call->a, off->room * count * sizeof *cells);
		if (off->rows > 0)
			memcpy(cells, off->cells, off->rows * count * sizeof *cells);
		off->cells = cells;
	}
	memcpy(cells + off->rows++ * count, values, count * sizeof *cells);
	b->waits = true;
	db_put_off(b->call->db, send_off, b);
}

void
batch_forget(struct batch *b)
{
	db_put_off(b->call->db, NULL, NULL);
	*b = (struct batch){ .call = b->call, .only_ops = b->only_ops, .past_room = b->past_room };
}

/* Ask for something that does not depend on the rows that are put off. */
static struct problem *
ask_past(struct batch *b, const char *sql, const struct value *values, size_t count, struct rows **rows)
{
	struct db *db = b->call->db;
	struct problem *p;

	db_put_off(db, NULL, NULL);
	p = db_run(db, b->call->a, sql, values, count, rows);
	if (b->waits)
		db_put_off(db, send_off, b);
	return p;
}

/* ---- what is known of records ---- */

static struct known **
bucket_of(struct batch *b, const struct collection *c, const char *id)
{
	return &b->buckets[text_hash(text_hash(TEXT_HASH, c->name), id) % BUCKETS];
}

static struct known *
find_known(struct batch *b, const struct collection *c, const char *id)
{
	struct known *k = *bucket_of(b, c, id);

	while (k != NULL && (k->c != c || strcmp(k->id, id) != 0))
		k = k->next;
	return k;
}

static struct known *
know(struct batch *b, const struct collection *c, const char *id)
{
	struct known *k = find_known(b, c, id), **bucket = bucket_of(b, c, id);

	if (k != NULL)
		return k;
	k = arena_alloc(b->call->a, sizeof *k);
	*k = (struct known){ .c = c, .id = id, .next = *bucket };
	return *bucket = k;
}

/* Take the first of rows for the record with an id, unless that is known.  A row without a record is none. */
static void
learn(struct batch *b, const struct collection *c, const char *id, const struct rows *rows)
{
	struct known *k = know(b, c, id);

	if (k->row != WANTED)
		return;
	k->row = rows->count == 1 && !row_null(rows, 0, RECORD_ID) &&
	    record_of_row(b->call->set, rows, 0, &k->record) ? STORED : ABSENT;
}

struct problem *
batch_find(struct batch *b, const struct collection *c, const char *id, struct record *record, bool *found)
{
	struct known *k = know(b, c, id);
	struct problem *p;
	struct rows *rows;

	if (k->row == WANTED) {
		p = ask_past(b, SQL(RECORD_READ),
		    VALUES(value_id(b->call->person->space_id), value_text(c->name), value_key(id)), &rows);
		if (p != NULL)
			return p;
		learn(b, c, id, rows);
	}
	if ((*found = k->row == STORED))
		*record = k->record;
	return NULL;
}

/* ---- records that have something in common ---- */

/* As the database orders ids: UUIDs first. */
static int
compare_ids(const char *left, const char *right)
{
	bool is_uuid = uuid_valid(left);

	return is_uuid == uuid_valid(right) ? strcmp(left, right) : is_uuid ? -1 : 1;
}

static void
kinship_leave(struct kinship *s, const char *id)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->all[i].id, id) == 0) {
			memmove(&s->all[i], &s->all[i + 1], (--s->count - i) * sizeof *s->all);
			return;
		}
}

static void
kinship_join(struct arena *a, struct kinship *s, struct kin kin)
{
	struct kin *all = s->all;
	size_t at = s->count;

	if (s->count == s->room) {
		s->room = s->room == 0 ? 8 : s->room * 2;
		s->all = arena_alloc(a, s->room * sizeof *s->all);
		if (s->count > 0)
			memcpy(s->all, all, s->count * sizeof *all);
	}
	while (at > 0 && compare_ids(s->all[at - 1].id, kin.id) > 0)
		at--;
	memmove(&s->all[at + 1], &s->all[at], (s->count++ - at) * sizeof *s->all);
	s->all[at] = kin;
}

/* A record that this transaction wrote joins those with which it now has that in common. */
static void
join_written(struct arena *a, struct kinship *s, struct known *k)
{
	if (k->record.deleted || strcmp(k->record.owner, s->owner) != 0)
		return;
	if (k->values == NULL)
		k->values = (const char *const *)values_parse(a, k->c, k->record.doc, NULL);
	if (value_equal(k->values[s->field->index], s->value))
		kinship_join(a, s, (struct kin){ .id = k->id, .values = k->values });
}

static void
renew_kinships(struct batch *b, struct known *k)
{
	for (struct kinship *s = b->kinships; s != NULL; s = s->next)
		if (s->c == k->c) {
			kinship_leave(s, k->id);
			join_written(b->call->a, s, k);
		}
}

void
batch_wrote(struct batch *b, const struct record *record)
{
	struct known *k = know(b, record->collection, record->id);

	k->row = STORED;
	k->record = *record;
	k->written = true;
	k->values = NULL;
	renew_kinships(b, k);
	for (struct answer **at = &b->answers; *at != NULL;)
		if ((*at)->c == record->collection)
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

/* ---- queries that depend on a record or on a collection ---- */

/* True when rows that are put off may change what is found: of one record, or with id NULL of a collection. */
static bool
has_written(struct batch *b, const struct collection *c, const char *id)
{
	const struct known *k = id == NULL ? NULL : find_known(b, c, id);

	if (id != NULL)
		return k != NULL && k->written;
	for (size_t i = 0; i < BUCKETS; i++)
		for (k = b->buckets[i]; k != NULL; k = k->next)
			if (k->written && k->c == c)
				return true;
	return false;
}

struct problem *
record_look(const struct call *call, const struct collection *c, const char *id, const char *sql,
    const struct value *values, size_t count, struct rows **rows)
{
	if (call->batch == NULL || has_written(call->batch, c, id))
		return db_run(call->db, call->a, sql, values, count, rows);
	return ask_past(call->batch, sql, values, count, rows);
}

static bool
same_values(const struct value *one, const struct value *other, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (one[i].kind != other[i].kind || one[i].integer != other[i].integer ||
		    one[i].length != other[i].length ||
		    (one[i].length > 0 && memcmp(one[i].bytes, other[i].bytes, one[i].length) != 0))
			return false;
	return true;
}

struct problem *
record_ask(const struct call *call, const struct collection *c, const char *sql, const struct value *values,
    size_t count, struct rows **rows)
{
	struct batch *b = call->batch;
	struct problem *p;
	struct answer *answer;

	for (answer = b == NULL ? NULL : b->answers; answer != NULL; answer = answer->next)
		if (answer->sql == sql && answer->count == count && same_values(answer->values, values, count)) {
			*rows = answer->rows;
			return NULL;
		}
	if ((p = record_look(call, c, NULL, sql, values, count, rows)) != NULL || b == NULL)
		return p;
	answer = arena_alloc(call->a, sizeof *answer);
	*answer = (struct answer){
		.c = c,
		.sql = sql,
		.values = arena_memdup(call->a, values, count * sizeof *values),
		.count = count,
		.rows = *rows,
		.next = b->answers,
	};
	b->answers = answer;
	return NULL;
}

static struct kinship *
find_kinship(const struct batch *b, const struct kinship *like)
{
	struct kinship *s = b == NULL ? NULL : b->kinships;

	while (s != NULL && (s->c != like->c || s->field != like->field || strcmp(s->value, like->value) != 0 ||
	    strcmp(s->owner, like->owner) != 0))
		s = s->next;
	return s;
}

/* Take the rows; past is the batch whose rows were not yet sent when the database was asked, or NULL. */
static void
take_kin(struct arena *a, struct batch *past, struct kinship *s, const struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const char *id = row_text(rows, i, KIN_ID), *doc = row_text(rows, i, KIN_DOC);
		const struct known *k = past == NULL ? NULL : find_known(past, s->c, id);

		if (k == NULL || !k->written)
			kinship_join(a, s, (struct kin){
				.id = id,
				.values = (const char *const *)values_parse(a, s->c, doc, NULL),
			});
	}
	for (size_t i = 0; past != NULL && i < BUCKETS; i++)
		for (struct known *k = past->buckets[i]; k != NULL; k = k->next)
			if (k->written && k->c == s->c)
				join_written(a, s, k);
}

/* Where there may be more than are asked for, nothing is kept: one that leaves lets in another. */
static struct problem *
ask_for_kin(const struct call *call, struct kinship *s, size_t most, const char *sql, const struct value *values,
    size_t count)
{
	struct batch *b = call->batch;
	struct problem *p;
	struct rows *rows;

	if (b != NULL) {
		if ((p = ask_past(b, sql, values, count, &rows)) != NULL)
			return p;
		if (rows->count < most) {
			take_kin(call->a, b, s, rows);
			s->next = b->kinships;
			b->kinships = s;
			return NULL;
		}
	}
	if ((p = db_run(call->db, call->a, sql, values, count, &rows)) == NULL)
		take_kin(call->a, NULL, s, rows);
	return p;
}

struct problem *
record_kindred(const struct call *call, struct kindred *kindred, const char *sql, const struct value *values,
    size_t count)
{
	struct arena *a = call->a;
	struct kinship *fresh = arena_alloc(a, sizeof *fresh), *s;
	struct problem *p;

	*fresh = (struct kinship){
		.c = kindred->collection,
		.field = collection_field(kindred->collection, kindred->field),
		.owner = kindred->owner,
		.value = json_quoted(a, kindred->text),
	};
	if ((s = find_kinship(call->batch, fresh)) == NULL &&
	    (p = ask_for_kin(call, s = fresh, kindred->most, sql, values, count)) != NULL)
		return p;
	kindred->count = s->count < kindred->most ? s->count : kindred->most;
	kindred->all = arena_memdup(a, s->all, kindred->count * sizeof *s->all);
	return NULL;
}

struct problem *
space_has_member(const struct call *call, const char *user, bool *is)
{
	struct batch *b = call->batch;
	struct problem *p;
	struct rows *rows;
	struct member *m = b == NULL ? NULL : b->members;
	const struct value values[] = { value_id(call->person->space_id), value_id(user) };

	while (m != NULL && strcmp(m->user, user) != 0)
		m = m->next;
	if (m != NULL) {
		*is = m->is;
		return NULL;
	}
	if (b == NULL || !b->only_ops)
		p = db_run(call->db, call->a, SQL(MEMBER_FIND), values, 2, &rows);
	else
		p = ask_past(b, SQL(MEMBER_FIND), values, 2, &rows);
	if (p != NULL)
		return p;
	*is = rows->count > 0;
	if (b != NULL && b->only_ops) {
		m = arena_alloc(call->a, sizeof *m);
		*m = (struct member){ .user = user, .is = *is, .next = b->members };
		b->members = m;
	}
	return NULL;
}

/* The last write of an id that has no row. */
static struct problem *
read_purged(const struct call *call, const struct collection *c, const char *id, struct record *record, bool *known)
{
	struct problem *p;
	struct rows *rows;

	p = record_look(call, c, id, SQL(RECORD_PURGED),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_key(id)), &rows);
	if ((*known = p == NULL && rows->count > 0))
		*record = (struct record){
			.collection = c,
			.id = id,
			.version = row_integer(rows, 0, PURGED_VERSION),
			.seq = row_integer(rows, 0, PURGED_SEQ),
			.owner = row_text(rows, 0, PURGED_OWNER),
			.deleted = true,
			.doc = "{}",
			.created_at = row_text(rows, 0, PURGED_AT),
			.created_by = row_text(rows, 0, PURGED_BY),
			.updated_at = row_text(rows, 0, PURGED_AT),
			.updated_by = row_text(rows, 0, PURGED_BY),
			.reader = row_text(rows, 0, PURGED_READER),
		};
	return p;
}

struct problem *
record_purged(const struct call *call, const struct collection *c, const char *id, struct record *record, bool *known)
{
	struct known *k;
	struct problem *p;

	if (call->batch == NULL)
		return read_purged(call, c, id, record, known);
	k = know(call->batch, c, id);
	if (!k->sought && (p = read_purged(call, c, id, &k->last, &k->purged)) != NULL)
		return p;
	k->sought = true;
	if ((*known = k->purged))
		*record = k->last;
	return NULL;
}

/* ---- look-ups of many ops ---- */

/* Two fixed values and one for each id, as one statement takes them. */
struct asked {
	struct value values[2 + BATCH_AHEAD_MAX];
	size_t count; /* of ids */
};

static struct problem *
ask_ids(struct batch *b, const char *query, struct asked *asked, struct rows **rows)
{
	size_t room = statement_ids_of(asked->count);
	struct buf sql;

	for (size_t i = asked->count; i < room; i++)
		asked->values[2 + i] = asked->values[2 + asked->count - 1];
	buf_init(&sql, b->call->a);
	statement_ids(&sql, query, room);
	return ask_past(b, sql.text, asked->values, 2 + room, rows);
}

static void
ask_for(struct asked *asked, const char *id)
{
	asked->values[2 + asked->count++] = value_key(id);
}

static bool
find_kept(const struct rows *kept, const char *op_id, size_t *row)
{
	for (*row = 0; kept != NULL && *row < kept->count; ++*row)
		if (strcmp(row_text(kept, *row, OPS_ID), op_id) == 0)
			return true;
	return false;
}

/* The outcomes of the ops; then, for those without one, their rows in the audit. */
static struct problem *
look_for_outcomes(struct batch *b)
{
	static const enum statement_id queries[] = { STATEMENT_OPS_FIND, STATEMENT_OPS_FIND_PURGED };
	const struct person *person = b->call->person;
	struct problem *p;
	size_t row;

	for (size_t i = 0; i < 2; i++) {
		struct asked asked = { .values = { value_id(person->space_id), value_id(person->user_id) } };

		for (size_t j = 0; j < b->op_count; j++)
			if (b->ops[j].hashed && b->ops[j].op_id != NULL &&
			    (i == 0 || !find_kept(b->kept[0], b->ops[j].op_id, &row)))
				ask_for(&asked, b->ops[j].op_id);
		if (asked.count > 0 &&
		    (p = ask_ids(b, statements[queries[i]].text, &asked, &b->kept[i])) != NULL)
			return p;
	}
	return NULL;
}

/* The columns OP of a row begin at first. */
static struct kept
kept_of_row(const struct rows *rows, size_t row, size_t first)
{
	return (struct kept){
		.hash = row_cell(rows, row, first + OP_HASH),
		.collection = row_text(rows, row, first + OP_COLLECTION),
		.record_id = row_text(rows, row, first + OP_RECORD),
		.status = row_text(rows, row, first + OP_STATUS),
		.version = row_integer(rows, row, first + OP_VERSION),
		.seq = row_integer(rows, row, first + OP_SEQ),
	};
}

/* Take the first of the rows OP_FOUND. */
static struct problem *
take_found(const struct call *call, const struct op *op, struct rows *rows, struct kept *kept, bool *found)
{
	struct problem *p;

	if (call->batch != NULL && op->record_id != NULL)
		learn(call->batch, op->collection, op->record_id, rows);
	if ((*found = !row_null(rows, 0, OP_FOUND_OUTCOME))) {
		*kept = kept_of_row(rows, 0, OP_FOUND_OUTCOME);
		return NULL;
	}
	if (row_null(rows, 0, OP_FOUND_WRITTEN))
		return NULL;
	p = db_run(call->db, call->a, SQL(OP_FIND_PURGED),
	    VALUES(value_id(call->person->space_id), value_integer(row_integer(rows, 0, OP_FOUND_WRITTEN))), &rows);
	if (p == NULL && (*found = rows->count > 0))
		*kept = kept_of_row(rows, 0, 0);
	return p;
}

/* Look for one op, and learn the record that it names. */
static struct problem *
look_for_op(const struct call *call, const struct op *op, struct kept *kept, bool *found)
{
	const struct value space = value_id(call->person->space_id), user = value_id(call->person->user_id),
	    id = value_key(op->op_id);
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(OP_FIND),
	    VALUES(space, user, id, space, user, id, space, value_text(op->collection->name), value_key(op->record_id),
	        space),
	    &rows);
	*found = false;
	return p != NULL || rows->count == 0 ? p : take_found(call, op, rows, kept, found);
}

struct problem *
batch_person(struct batch *b, const struct op *op)
{
	const struct call *call = b->call;
	struct person *person = call->person;
	const struct value space = value_id(person->space_id), user = value_id(person->user_id);
	struct problem *p;
	struct rows *rows, found;

	if (op == NULL || person->session_id == NULL)
		return person_again(call->db, call->a, person);
	const struct value id = value_key(op->op_id);
	p = db_run(call->db, call->a, SQL(CALLER_AND_OP),
	    VALUES(space, user, id, space, space, user, id, space, value_text(op->collection->name),
	        value_key(op->record_id), value_id(person->session_id)),
	    &rows);
	if (p != NULL || (p = person_again_of_rows(call->db, call->a, rows, person)) != NULL)
		return p;
	found = row_part(rows, 0, CALLER_AND_OP_FOUND);
	b->only = op;
	return take_found(call, op, &found, &b->only_kept, &b->only_found);
}

struct problem *
batch_op(const struct call *call, const struct op *op, struct kept *kept, bool *found)
{
	const struct batch *b = call->batch;
	size_t row;

	if (b != NULL && op == b->only) {
		*kept = b->only_kept;
		*found = b->only_found;
		return NULL;
	}
	if (b == NULL || b->ops == NULL || op < b->ops || op >= b->ops + b->op_count)
		return look_for_op(call, op, kept, found);
	*found = false;
	for (size_t i = 0; i < 2 && !*found; i++)
		if ((*found = find_kept(b->kept[i], op->op_id, &row)))
			*kept = kept_of_row(b->kept[i], row, 0);
	return NULL;
}

static void
want(struct batch *b, const struct collection *c, const char *id)
{
	struct known *k;

	if (c == NULL || id == NULL || !id_valid(id) || find_known(b, c, id) != NULL)
		return;
	k = know(b, c, id);
	k->wanted = b->wanted;
	b->wanted = k;
}

/* The records that an op names. */
static void
want_of(struct batch *b, const struct op *op)
{
	const struct collection *c = op->collection;

	if (op->refused != NULL)
		return;
	if (!op->unwritten)
		want(b, c, op->record_id);
	want(b, c, op->renamed_from);
	for (size_t i = 0; op->values != NULL && i < c->field_count; i++)
		if (c->fields[i].type == FIELD_REF && op->touched[i] && op->values[i] != NULL)
			want(b, collection_find(b->call->set, c->fields[i].ref),
			    value_plain(b->call->a, op->values[i]));
}

/* Take up to BATCH_AHEAD_MAX wanted records of the first one's collection off the list. */
static size_t
take_wanted(struct batch *b, struct known *taken[BATCH_AHEAD_MAX])
{
	const struct collection *c = b->wanted->c;
	size_t count = 0;

	for (struct known **at = &b->wanted; *at != NULL && count < BATCH_AHEAD_MAX;)
		if ((*at)->c == c) {
			taken[count++] = *at;
			*at = (*at)->wanted;
		} else {
			at = &(*at)->wanted;
		}
	return count;
}

/* Ask about those records of the list that have no row, or about all of them. */
static struct problem *
ask_about(struct batch *b, const char *query, struct known **taken, size_t count, bool absent, struct rows **rows)
{
	struct asked asked = {
		.values = { value_id(b->call->person->space_id), value_text(taken[0]->c->name) },
	};

	*rows = NULL;
	for (size_t i = 0; i < count; i++)
		if (!absent || taken[i]->row == ABSENT)
			ask_for(&asked, taken[i]->id);
	return asked.count == 0 ? NULL : ask_ids(b, query, &asked, rows);
}

/* An id without a row may have been written before: only those that the audit names are asked for again. */
static struct problem *
look_for_records(struct batch *b)
{
	struct known *taken[BATCH_AHEAD_MAX];
	size_t count = take_wanted(b, taken);
	struct problem *p;
	struct rows *rows;

	if ((p = ask_about(b, SQL(RECORDS_READ), taken, count, false, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		taken[i]->row = ABSENT;
	for (size_t i = 0; i < rows->count; i++) {
		struct known *k = know(b, taken[0]->c, row_text(rows, i, RECORD_ID));

		if (record_of_row(b->call->set, rows, i, &k->record))
			k->row = STORED;
	}
	if ((p = ask_about(b, SQL(RECORDS_WRITTEN), taken, count, true, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		taken[i]->sought = true;
	for (size_t i = 0; rows != NULL && i < rows->count; i++)
		know(b, taken[0]->c, row_text(rows, i, ID_FOUND))->sought = false;
	return NULL;
}

struct problem *
batch_ahead(struct batch *b, const struct op *ops, size_t count)
{
	struct problem *p;

	b->ops = ops;
	b->op_count = count;
	b->kept[0] = b->kept[1] = NULL;
	if ((p = look_for_outcomes(b)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		want_of(b, &ops[i]);
	while (b->wanted != NULL)
		if ((p = look_for_records(b)) != NULL)
			return p;
	return NULL;
}
