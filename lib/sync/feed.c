/* feed.c -- what changed since a cursor.  Seqs have no gaps and follow the order of the commits, so the statement that
 * reads a page sees everything up to the head that was read before.  A record that changes meanwhile moves to a later
 * seq and is found there. */
#include "cursor.h"

#include "base/json_out.h"
#include "model/policy.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	SMALL_WINDOW = 15 /* so many records of 64 KiB fit into a page, so they are not measured; json fields come on
	                   * top, up to 1 MiB a record, as in the snapshot of a shift */
};

/* ---- a page ---- */

struct page {
	struct db *db;
	struct arena *a;
	const struct collections *set;
	const struct person *person;
	struct feed_view view;
	int64_t since, end;    /* seqs in (since, end] */
	int64_t first_head;    /* tombstones up to here are left out; 0 for none */
	struct rows *rows;     /* the records, by seq */
	struct rows *removed;  /* records that left the view, by seq */
};

/* The last seq to look at: the head, or the end of the last transaction that fits into FEED_WINDOW records. */
static struct problem *
find_window(struct page *page)
{
	struct problem *p;
	struct rows *rows;
	const char *space = page->person->space_id;

	page->end = page->person->seq;
	if (page->end - page->since <= FEED_WINDOW)
		return NULL;
	p = db_run(page->db, page->a, SQL(FEED_EDGE),
	    VALUES(value_id(space), value_integer(page->since), value_integer(page->end), value_integer(FEED_WINDOW),
	        value_id(space)),
	    &rows);
	if (p == NULL && rows->count == 1 && row_integer(rows, 0, FEED_EDGE_TX_SEQ) - 1 > page->since)
		page->end = row_integer(rows, 0, FEED_EDGE_TX_SEQ) - 1;
	return p;
}

static struct problem *
run_page(struct page *page, enum feed_columns columns, int64_t end, struct rows **rows)
{
	const struct value user = value_id(page->person->user_id);
	const struct value values[] = {
		value_id(page->person->space_id), value_integer(page->since), value_integer(end),
		value_integer(page->first_head), user, user,
	};
	size_t count = sizeof values / sizeof values[0];
	struct buf sql;

	buf_init(&sql, page->a);
	statement_feed(&sql, &page->view, columns);
	return db_run(page->db, page->a, sql.text, values, page->view.addressed_count > 0 ? count : count - 1, rows);
}

static struct problem *
read_removed(struct page *page)
{
	struct buf sql;

	if (page->view.own_count == 0) {
		page->removed = arena_alloc(page->a, sizeof *page->removed);
		return NULL;
	}
	buf_init(&sql, page->a);
	statement_left_view(&sql, &page->view);
	return db_run(page->db, page->a, sql.text,
	    VALUES(value_id(page->person->space_id), value_id(page->person->user_id),
	        value_integer(page->since > page->first_head ? page->since : page->first_head),
	        value_integer(page->end)),
	    &page->removed);
}

/* Transaction and size of a change; next_size returns those of both lists in the order of seq. */
struct change_size {
	int64_t transaction, bytes;
};

static bool
next_size(const struct page *page, const struct rows *sizes, size_t *i, size_t *j, struct change_size *size)
{
	bool record = *i < sizes->count, removed = *j < page->removed->count;

	if (!record && !removed)
		return false;
	if (record && (!removed || row_integer(sizes, *i, FEED_SIZE_SEQ) < row_integer(page->removed, *j, LEFT_SEQ))) {
		*size = (struct change_size){
			row_integer(sizes, *i, FEED_SIZE_TX_SEQ), row_integer(sizes, *i, FEED_SIZE_BYTES)
		};
		++*i;
	} else {
		*size = (struct change_size){ row_integer(page->removed, *j, LEFT_TX_SEQ), 0 };
		++*j;
	}
	return true;
}

/* Find the end of the page: before the transaction that exceeds the limits of rows or bytes.  The first transaction is
 * always in the page as a whole. */
static struct problem *
find_end(struct page *page)
{
	struct problem *p;
	struct rows *sizes;
	struct change_size size;
	size_t i = 0, j = 0;
	int64_t bytes = 0, first = 0;

	if (page->end - page->since <= SMALL_WINDOW)
		return NULL;
	if ((p = read_removed(page)) != NULL ||
	    (p = run_page(page, FEED_SIZES, page->end, &sizes)) != NULL)
		return p;
	while (next_size(page, sizes, &i, &j, &size)) {
		if (first == 0)
			first = size.transaction;
		bytes += size.bytes;
		if ((i + j > FEED_ROWS_MAX || bytes > FEED_BYTES_MAX) && size.transaction != first) {
			page->end = size.transaction - 1;
			return NULL;
		}
	}
	return NULL;
}

static size_t
row_bytes(const struct rows *rows, size_t row)
{
	return row_cell(rows, row, RECORD_DOC)->length + row_cell(rows, row, RECORD_DOC_PRIVATE)->length;
}

/* The last page also has what was written since the head was read.  Otherwise a record that was written in between
 * would be on no page of this pull, not even in the version that its writer was told.  What does not fit into the page
 * comes with the next pull. */
static void
take_newest(struct page *page)
{
	struct rows *rows = page->rows;
	size_t bytes = 0;

	for (size_t i = 0; i < rows->count; i++)
		bytes += row_bytes(rows, i);
	if (rows->count > FEED_ROWS_MAX || bytes > FEED_BYTES_MAX)
		while (rows->count > 0 && row_integer(rows, rows->count - 1, RECORD_SEQ) > page->end)
			rows->count--;
	if (rows->count > 0 && row_integer(rows, rows->count - 1, RECORD_SEQ) > page->end)
		page->end = row_integer(rows, rows->count - 1, RECORD_SEQ);
}

static struct problem *
read_records(struct page *page)
{
	struct problem *p;
	bool last;

	if ((p = find_end(page)) != NULL)
		return p;
	last = page->end == page->person->seq;
	p = run_page(page, FEED_RECORDS, last ? INT64_MAX : page->end, &page->rows);
	if (p == NULL && last)
		take_newest(page);
	return p;
}

/* The columns that the rows of records and the rows of what left the view both have. */
struct change_columns {
	size_t seq, tx_seq, version;
};

/* Check what must hold for rows before they are sent.  check_next in write.c checked the same when each was written. */
static struct problem *
check_rows(const struct page *page, const struct rows *rows, struct change_columns at)
{
	struct arena *a = page->a;
	struct problem *p;
	int64_t last = page->since;

	for (size_t i = 0; i < rows->count; i++) {
		int64_t seq = row_integer(rows, i, at.seq), tx_seq = row_integer(rows, i, at.tx_seq);
		int64_t version = row_integer(rows, i, at.version);

		if ((p = must_hold(a, seq > last, "the rows of a page ascend from its cursor")) != NULL ||
		    (p = must_hold(a, seq <= page->end, "a page holds no row behind its end")) != NULL ||
		    (p = must_hold(a, tx_seq <= seq, "a transaction begins with its first write")) != NULL ||
		    (p = must_hold(a, version > 0, "what was written has a version")) != NULL ||
		    (p = must_hold(a, version <= seq, "each version of a record took a seq")) != NULL)
			return p;
		last = seq;
	}
	return NULL;
}

/* A page that ends where it begins would be requested again and again. */
static struct problem *
check_page(const struct page *page)
{
	static const struct change_columns record = { RECORD_SEQ, RECORD_TX_SEQ, RECORD_VERSION };
	static const struct change_columns removed = { LEFT_SEQ, LEFT_TX_SEQ, LEFT_VERSION };
	struct problem *p;

	if ((p = must_hold(page->a, page->end > page->since, "a page ends behind its cursor")) != NULL ||
	    (p = check_rows(page, page->rows, record)) != NULL)
		return p;
	return check_rows(page, page->removed, removed);
}

/* What left the view is read last, up to the end of the records: what is written meanwhile has a later seq. */
static struct problem *
read_rows(struct page *page)
{
	struct problem *p;

	if (page->view.whole_count + page->view.own_count + page->view.addressed_count == 0) {
		page->rows = page->removed = arena_alloc(page->a, sizeof *page->rows);
		return NULL;
	}
	if ((p = read_records(page)) != NULL)
		return p;
	return read_removed(page);
}

/* Open a change and put its common members; the caller ends it. */
static void
put_change(struct json_out *out, const char *collection, const char *id, int64_t version, int64_t seq)
{
	put_object(out, NULL);
	put_text(out, "collection", collection);
	put_text(out, "id", id);
	put_integer(out, "version", version);
	put_integer(out, "seq", seq);
}

static void
put_record(struct page *page, size_t row, struct json_out *out)
{
	struct record record;

	if (!record_of_row(page->set, page->rows, row, &record))
		return;
	put_change(out, record.collection->name, record.id, record.version, record.seq);
	if (record.deleted)
		put_boolean(out, "deleted", true);
	else
		record_put(out, "record", &record, page->person);
	put_end(out);
}

static void
put_removed(struct page *page, size_t row, struct json_out *out)
{
	const struct rows *removed = page->removed;

	put_change(out, row_text(removed, row, LEFT_COLLECTION), row_text(removed, row, LEFT_RECORD),
	    row_integer(removed, row, LEFT_VERSION), row_integer(removed, row, LEFT_SEQ));
	put_boolean(out, "removed", true);
	put_end(out);
}

/* Put the changes of both lists, in the order of seq. */
static void
put_rows(struct page *page, struct json_out *out)
{
	size_t i = 0, j = 0, removed = page->removed->count;

	while (i < page->rows->count || j < removed) {
		bool record_next = j == removed ||
		    (i < page->rows->count &&
		        row_integer(page->rows, i, RECORD_SEQ) < row_integer(page->removed, j, LEFT_SEQ));

		if (record_next)
			put_record(page, i++, out);
		else
			put_removed(page, j++, out);
	}
}

/* Read the page behind a cursor, and move the cursor to its end. */
static struct problem *
read_page(const struct call *call, const struct feed *feed, struct cursor *c, const struct mark *past,
    struct json_out *changes)
{
	struct problem *p;
	struct mark end;
	struct page page = {
		.db = call->db,
		.a = call->a,
		.set = call->set,
		.person = call->person,
		.since = c->at.seq,
		.first_head = c->first_head.seq < 0 ? 0 : c->first_head.seq,
	};

	policy_view(call->a, call->person, call->set, feed->only, feed->only_count, &page.view);
	if ((p = find_window(&page)) != NULL ||
	    (p = read_rows(&page)) != NULL)
		return p;
	end.seq = page.end;
	if ((p = cursor_check_page(call, c, past, &end)) != NULL ||
	    (p = check_page(&page)) != NULL)
		return p;
	put_rows(&page, changes);
	c->at = end;
	return NULL;
}

struct problem *
feed_read(const struct call *call, struct feed *feed, struct json_out *changes)
{
	const struct person *person = call->person;
	struct problem *p;
	struct cursor c;
	struct mark past;

	if ((p = cursor_open(call, feed, &c, &past)) != NULL)
		return p;
	feed->nothing_new = feed->since != NULL && c.at.seq >= person->seq;
	if (c.at.seq < person->seq && (p = read_page(call, feed, &c, &past, changes)) != NULL)
		return p;
	feed->more = c.at.seq < person->seq;
	if (!feed->more)
		c.first_head.seq = -1;
	feed->seq = c.at.seq;
	feed->cursor = cursor_text(call->a, &c);
	return NULL;
}

char *
feed_mark(struct arena *a, int64_t seq, const unsigned char *chain)
{
	struct mark mark = mark_of(seq, chain);

	return mark_text(a, &mark);
}
