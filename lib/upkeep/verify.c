/* verify.c -- reads the audit of a space twice: by seq, for the hash chain; by record, to replay each record and
 * compare it with its row.  Definitions are not used: what was written is compared with what is stored, field by field,
 * whatever the definitions say today. */
#include "upkeep/verify.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "record/audit.h"
#include "store/statement.h"

enum {
	MEMBERS_MAX = 256
};

struct space {
	struct db *db;
	struct arena *a;        /* of a page: reset after each */
	struct arena *keep;     /* of the whole run */
	struct verified *out;
	const char *id;
	int64_t seq;            /* the head at the start */
	unsigned char chain[SHA256_SIZE];
	int64_t last_at;
	int64_t matched;        /* record rows found as replayed */
};

/* ---- differences ---- */

PRINTF_LIKE(2, 3)
static void
differ(struct space *s, const char *format, ...)
{
	va_list args;
	char *what;

	va_start(args, format);
	what = arena_vprintf(s->keep, format, args);
	va_end(args);
	s->out->difference = arena_printf(s->keep, "space %s: %s", s->id, what);
}

/* ---- the chain ---- */

struct link {
	int64_t seq, tx_seq, at;
	unsigned char hash[SHA256_SIZE];
};

static void
check_link(struct space *s, const struct audit_row *stored, struct link *last)
{
	struct audit_row row = *stored;

	if (row.seq != last->seq + 1) {
		differ(s, "audit: seq %" PRId64 " is followed by %" PRId64, last->seq, row.seq);
		return;
	}
	if (row.tx_seq != row.seq && row.tx_seq != last->tx_seq)
		differ(s,
		    "audit seq %" PRId64 ": it belongs to no transaction (tx_seq %" PRId64 ")", row.seq, row.tx_seq);
	else if (row.at < last->at)
		differ(s, "audit seq %" PRId64 ": its time is before that of the row before", row.seq);
	if (row.erased)
		s->out->erased++;
	else
		audit_digest(&row);
	if (s->out->difference == NULL && memcmp(row.digest, stored->digest, sizeof row.digest) != 0)
		differ(s, "audit seq %" PRId64 " (%s %s): its content is not what was sealed",
		    row.seq, row.collection, row.record_id);
	audit_hash(s->a, last->hash, &row);
	if (s->out->difference == NULL && memcmp(row.hash, stored->hash, sizeof row.hash) != 0)
		differ(s, "audit seq %" PRId64 " (%s %s): its hash does not follow from the row before",
		    row.seq, row.collection, row.record_id);
	last->seq = row.seq;
	last->tx_seq = row.tx_seq;
	last->at = row.at;
	memcpy(last->hash, stored->hash, sizeof last->hash);
	s->out->writes++;
}

static void
check_head(struct space *s, const struct link *last)
{
	if (last->seq < s->seq)
		differ(s, "audit ends at seq %" PRId64 ", the space is at %" PRId64, last->seq, s->seq);
	else if (memcmp(last->hash, s->chain, sizeof s->chain) != 0)
		differ(s, "the chain of the space is not the hash of audit seq %" PRId64, last->seq);
	else if (last->seq > 0 && last->at != s->last_at)
		differ(s, "the clock of the space is not that of audit seq %" PRId64, last->seq);
}

static struct problem *
walk_chain(struct space *s)
{
	struct problem *p;
	struct rows *rows;
	struct link last = { .seq = 0 };
	size_t count = 1;

	while (last.seq < s->seq && count > 0 && s->out->difference == NULL) {
		arena_reset(s->a);
		if ((p = db_run(s->db, s->a, SQL(AUDIT_PAGE),
		    VALUES(value_id(s->id), value_integer(last.seq)), &rows)) != NULL)
			return p;
		count = rows->count;
		for (size_t i = 0; i < count && last.seq < s->seq && s->out->difference == NULL; i++) {
			struct audit_row row;

			audit_of_row(rows, i, s->id, &row);
			check_link(s, &row, &last);
		}
	}
	if (s->out->difference == NULL)
		check_head(s, &last);
	return NULL;
}

/* ---- the records ---- */

struct members {
	const char *keys[MEMBERS_MAX], *values[MEMBERS_MAX]; /* sorted by key */
	size_t count;
};

/* One record while its rows are replayed. */
struct replay {
	struct arena *a;              /* its own, because the rows of a record may be on several pages */
	const char *collection, *id, *owner, *reader, *updated_by;
	int64_t version, seq, tx_seq, updated_at;
	bool deleted, erased;
	bool created;                 /* a row created or revived the record, by the person and at the instant in the
	                               * stored record */
	struct members open, hidden;  /* public and private fields */
	struct rows *stored;          /* its row in the table, if there is one */
};

static void
set_member(struct members *m, const char *key, const char *value)
{
	size_t i = 0;

	while (i < m->count && strcmp(m->keys[i], key) < 0)
		i++;
	if (i < m->count && strcmp(m->keys[i], key) == 0) {
		if (value != NULL) {
			m->values[i] = value;
			return;
		}
		m->count--;
		memmove(m->keys + i, m->keys + i + 1, (m->count - i) * sizeof m->keys[0]);
		memmove(m->values + i, m->values + i + 1, (m->count - i) * sizeof m->values[0]);
	} else if (value != NULL && m->count < MEMBERS_MAX) {
		memmove(m->keys + i + 1, m->keys + i, (m->count - i) * sizeof m->keys[0]);
		memmove(m->values + i + 1, m->values + i, (m->count - i) * sizeof m->values[0]);
		m->keys[i] = key;
		m->values[i] = value;
		m->count++;
	}
}

static const char *
members_doc(struct arena *a, const struct members *m)
{
	struct buf b;

	buf_init(&b, a);
	buf_char(&b, '{');
	for (size_t i = 0; i < m->count; i++)
		buf_printf(&b, "%s\"%s\":%s", i == 0 ? "" : ",", m->keys[i], m->values[i]);
	buf_char(&b, '}');
	return b.text;
}

static bool
apply(struct replay *r, struct members *m, const char *changes)
{
	struct json_slice key, pair;
	const char *at, *old, *now;

	if (changes == NULL)
		return true;
	at = arena_strdup(r->a, changes);
	while (json_next_member(&at, &key, &pair)) {
		const char *name = arena_strndup(r->a, key.text, key.length);

		if (!change_values(r->a, pair, &old, &now))
			return false;
		if (strcmp(name, "renamedFrom") != 0)
			set_member(m, name, now);
	}
	return true;
}

static void
replay_row(struct space *s, struct replay *r, const struct audit_row *row)
{
	bool begins = r->version == 0 || r->deleted;

	if (row->version != r->version + 1) {
		differ(s, "%s %s: version %" PRId64 " is followed by %" PRId64 " (audit seq %" PRId64 ")",
		    r->collection, r->id, r->version, row->version, row->seq);
		return;
	}
	if (row->prev_owner_id != NULL && (r->owner == NULL || strcmp(row->prev_owner_id, r->owner) != 0))
		differ(s, "audit seq %" PRId64 ": the owner before it was another", row->seq);
	r->version = row->version;
	r->seq = row->seq;
	r->tx_seq = row->tx_seq;
	r->updated_at = row->at;
	r->owner = arena_strdup(r->a, row->owner_id);
	r->reader = arena_strdup(r->a, row->reader_id);
	r->updated_by = arena_strdup(r->a, row->user_id);
	r->deleted = strcmp(row->action, "deleted") == 0;
	r->erased = r->erased || row->erased;
	if (begins && r->stored->count == 1)
		r->created = r->created ||
		    (row_instant(r->stored, 0, RECORD_CREATED_AT) == row->at &&
		        strcmp(row_text(r->stored, 0, RECORD_CREATED_BY), row->user_id) == 0);
	if (!apply(r, &r->open, row->changes) || !apply(r, &r->hidden, row->private_changes))
		differ(s, "audit seq %" PRId64 ": its changes cannot be read", row->seq);
}

static struct problem *
compare_missing(struct space *s, struct replay *r)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(s->db, s->a, SQL(SPACE_MIN_SEQ), VALUES(value_id(s->id)), &rows)) != NULL)
		return p;
	if ((!r->deleted && !r->erased) || rows->count == 0 || r->seq > row_integer(rows, 0, MIN_SEQ))
		differ(s, "%s %s: the record is missing; the audit has its version %" PRId64 " at seq %" PRId64,
		    r->collection, r->id, r->version, r->seq);
	return NULL;
}

static bool
same_doc(const char *stored, const char *replayed)
{
	return strcmp(stored == NULL ? "{}" : stored, replayed) == 0;
}

static bool
same_text(const char *stored, const char *replayed)
{
	return stored == replayed || (stored != NULL && replayed != NULL && strcmp(stored, replayed) == 0);
}

/* Compare the replayed record with its row. */
static struct problem *
compare(struct space *s, struct replay *r)
{
	const struct rows *row = r->stored;
	const char *what = NULL;

	if (row->count == 0)
		return compare_missing(s, r);
	if (row_integer(row, 0, RECORD_SEQ) > s->seq)
		return NULL; /* written after the walk began */
	s->matched++;
	s->out->records++;
	if (row_integer(row, 0, RECORD_VERSION) != r->version)
		what = "version";
	else if (row_integer(row, 0, RECORD_SEQ) != r->seq || row_integer(row, 0, RECORD_TX_SEQ) != r->tx_seq)
		what = "seq";
	else if (strcmp(row_text(row, 0, RECORD_OWNER), r->owner) != 0)
		what = "owner";
	else if (!same_text(row_text(row, 0, RECORD_READER), r->reader))
		what = "addressee";
	else if ((row_integer(row, 0, RECORD_DELETED) != 0) != r->deleted)
		what = "deletion";
	else if (!r->created || row_instant(row, 0, RECORD_UPDATED_AT) != r->updated_at ||
	    strcmp(row_text(row, 0, RECORD_UPDATED_BY), r->updated_by) != 0)
		what = "times and authors";
	else if (!r->erased && !same_doc(row_text(row, 0, RECORD_DOC), members_doc(r->a, &r->open)))
		what = "fields";
	else if (!r->erased && !same_doc(row_text(row, 0, RECORD_DOC_PRIVATE), members_doc(r->a, &r->hidden)))
		what = "private fields";
	if (what != NULL)
		differ(s, "%s %s: its %s differ from what the audit says (seq %" PRId64 ")",
		    r->collection, r->id, what, r->seq);
	return NULL;
}

static struct problem *
begin_record(struct space *s, struct replay *r, const struct audit_row *row)
{
	struct arena *a = r->a;

	arena_reset(a);
	*r = (struct replay){ .a = a };
	r->collection = arena_strdup(a, row->collection);
	r->id = arena_strdup(a, row->record_id);
	return db_run(s->db, a, SQL(RECORD_READ),
	    VALUES(value_id(s->id), value_text(r->collection), value_key(r->id)), &r->stored);
}

static bool
is_other(const struct replay *r, const struct audit_row *row)
{
	return r->id == NULL || strcmp(r->id, row->record_id) != 0 || strcmp(r->collection, row->collection) != 0;
}

static struct problem *
replay_page(struct space *s, struct replay *r, const struct rows *rows)
{
	struct problem *p;

	for (size_t i = 0; i < rows->count && s->out->difference == NULL; i++) {
		struct audit_row row;

		audit_of_row(rows, i, s->id, &row);
		if (is_other(r, &row)) {
			if (r->id != NULL && (p = compare(s, r)) != NULL)
				return p;
			if ((p = begin_record(s, r, &row)) != NULL)
				return p;
		}
		if (s->out->difference == NULL)
			replay_row(s, r, &row);
	}
	return NULL;
}

static struct problem *
count_records(struct space *s)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(s->db, s->a, SQL(RECORDS_UP_TO), VALUES(value_id(s->id), value_integer(s->seq)), &rows);
	if (p != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) > s->matched) {
		differ(s, "%" PRId64 " records are stored that no audit row tells of",
		    row_integer(rows, 0, COUNTED) - s->matched);
		return NULL;
	}
	p = db_run(s->db, s->a, SQL(RECORDS_AHEAD), VALUES(value_id(s->id)), &rows);
	if (p == NULL && rows->count > 0)
		differ(s, "%s %s: its seq %s is ahead of the space", row_text(rows, 0, AHEAD_COLLECTION),
		    row_text(rows, 0, AHEAD_RECORD), row_text(rows, 0, AHEAD_SEQ));
	return p;
}

static struct problem *
walk_records(struct space *s, struct replay *r)
{
	struct problem *p;
	struct rows *rows;

	do {
		const char *collection = r->id == NULL ? "" : r->collection, *id = r->id == NULL ? "" : r->id;

		arena_reset(s->a);
		p = db_run(s->db, s->a, SQL(AUDIT_BY_RECORD),
		    VALUES(value_id(s->id), value_integer(s->seq), value_text(collection), value_text(collection),
		        value_key(id), value_key(id), value_integer(r->version)),
		    &rows);
		if (p != NULL || (p = replay_page(s, r, rows)) != NULL)
			return p;
	} while (rows->count > 0 && s->out->difference == NULL);
	if (s->out->difference == NULL && r->id != NULL && (p = compare(s, r)) != NULL)
		return p;
	return s->out->difference == NULL ? count_records(s) : NULL;
}

/* ---- what is counted ---- */

static struct problem *
check_count(struct space *s)
{
	const struct value id = value_id(s->id);
	struct problem *p;
	struct rows *rows;

	p = db_run(s->db, s->a, SQL(SPACE_COUNT), VALUES(id, id, id, id), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	if (row_integer(rows, 0, COUNTED_RECORDS) != row_integer(rows, 0, FOUND_RECORDS) ||
	    row_integer(rows, 0, COUNTED_BYTES) != row_integer(rows, 0, FOUND_BYTES))
		differ(s, "its row counts %" PRId64 " records and %" PRId64 " bytes, it holds %" PRId64 " and %" PRId64
		    ": daybookctl space recount", row_integer(rows, 0, COUNTED_RECORDS),
		    row_integer(rows, 0, COUNTED_BYTES), row_integer(rows, 0, FOUND_RECORDS),
		    row_integer(rows, 0, FOUND_BYTES));
	return NULL;
}

/* ---- spaces ---- */

static struct problem *
verify_space(struct space *s)
{
	struct problem *p;
	struct replay *replay = arena_alloc(s->keep, sizeof *replay);

	s->out->spaces++;
	if ((p = walk_chain(s)) != NULL || s->out->difference != NULL)
		return p;
	replay->a = arena_new();
	p = walk_records(s, replay);
	arena_free(replay->a);
	return p != NULL || s->out->difference != NULL ? p : check_count(s);
}

static struct problem *
verify_page(struct db *db, struct arena *a, const struct rows *rows, const char *only, struct verified *verified)
{
	struct problem *p = NULL;

	for (size_t i = 0; i < rows->count && p == NULL && verified->difference == NULL; i++) {
		struct space s = {
			.db = db,
			.keep = a,
			.out = verified,
			.id = row_text(rows, i, CHAIN_SPACE),
			.seq = row_integer(rows, i, CHAIN_SEQ),
			.last_at = row_instant(rows, i, CHAIN_LAST_AT),
		};

		if (only != NULL && strcmp(only, s.id) != 0)
			continue;
		if (row_cell(rows, i, CHAIN_HASH)->length == sizeof s.chain)
			memcpy(s.chain, row_cell(rows, i, CHAIN_HASH)->bytes, sizeof s.chain);
		s.a = arena_new();
		p = verify_space(&s);
		arena_free(s.a);
	}
	return p;
}

struct problem *
verify_run(struct db *db, struct arena *a, const char *space_id, struct verified *verified)
{
	struct problem *p;
	struct rows *rows;
	const char *after = NOBODY;

	*verified = (struct verified){ .spaces = 0 };
	do {
		if ((p = db_run(db, a, SQL(SPACES_PAGE), VALUES(value_id(after)), &rows)) != NULL ||
		    (p = verify_page(db, a, rows, space_id, verified)) != NULL)
			return p;
		if (rows->count > 0)
			after = row_text(rows, rows->count - 1, CHAIN_SPACE);
	} while (rows->count > 0 && verified->difference == NULL);
	if (space_id != NULL && verified->spaces == 0)
		verified->difference = arena_printf(a, "space %s: there is none", space_id);
	return NULL;
}
