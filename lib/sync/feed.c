/* feed.c -- what changed since a cursor.  Seqs have no gaps and follow the order of the commits.  A record that changes
 * moves to a later seq, so a page is read at one moment: otherwise what was written between two of its statements would
 * be on no page of a pull, not even in the version that its writer was told. */
#include "cursor.h"

#include "base/json_out.h"
#include "model/policy.h"
#include "record/record.h"
#include "store/statement.h"

enum {
	CHANGE_SIZE = 600, /* about how many bytes a change has beside its documents, at most */
	SMALL_WINDOW = 15 /* so many records are read before they are measured: they fit into a page, but for json
	                   * fields, which may add 1 MiB to each */
};

/* ---- a page ---- */

struct page {
	struct db *db;
	struct arena *a;
	const struct collections *set;
	const struct person *person;
	const struct feed *feed;
	struct feed_view view;
	int64_t since, end;    /* seqs in (since, end] */
	int64_t head;          /* of the space, when the page is read */
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

	page->end = page->head;
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
		value_integer(page->first_head), user, user, user,
	};
	size_t count = 5U + (page->view.overseen_count > 0) + (page->view.addressed_count > 0);
	struct buf sql;

	buf_init(&sql, page->a);
	statement_feed(&sql, &page->view, columns);
	return db_run(page->db, page->a, sql.text, values, count, rows);
}

static void
drop_behind(struct rows *rows, size_t seq, int64_t end)
{
	while (rows->count > 0 && row_integer(rows, rows->count - 1, seq) > end)
		rows->count--;
}

/* A record may have changed hands any number of times, so the page ends before the transaction of the row that is too
 * many.  A transaction has fewer rows than FEED_WINDOW, so others are left. */
static void
limit_removed(struct page *page)
{
	struct rows *rows = page->removed;

	if (rows->count <= FEED_WINDOW)
		return;
	page->end = row_integer(rows, FEED_WINDOW, LEFT_TX_SEQ) - 1;
	drop_behind(rows, LEFT_SEQ, page->end);
}

static struct problem *
read_removed(struct page *page)
{
	struct problem *p;
	struct buf sql;

	if (page->view.own_count + page->view.overseen_count == 0) {
		page->removed = arena_alloc(page->a, sizeof *page->removed);
		return NULL;
	}
	buf_init(&sql, page->a);
	statement_left_view(&sql, &page->view);
	p = db_run(page->db, page->a, sql.text,
	    VALUES(value_id(page->person->space_id), value_id(page->person->user_id),
	        value_integer(page->since > page->first_head ? page->since : page->first_head),
	        value_integer(page->end), value_integer(FEED_WINDOW + 1)),
	    &page->removed);
	if (p == NULL)
		limit_removed(page);
	return p;
}

static int64_t
measured(const struct rows *sizes, size_t row)
{
	return row_integer(sizes, row, FEED_SIZE_BYTES);
}

static int64_t
read_bytes(const struct rows *records, size_t row)
{
	size_t bytes = row_cell(records, row, RECORD_DOC)->length + row_cell(records, row, RECORD_DOC_PRIVATE)->length;

	return (int64_t)bytes;
}

/* Records by seq, or their sizes alone. */
struct sized {
	const struct rows *rows;
	size_t seq, tx_seq; /* columns */
	int64_t (*bytes)(const struct rows *rows, size_t row);
};

/* Transaction and size of a change; next_size returns those of records and of what left the view in the order of
 * seq. */
struct change_size {
	int64_t transaction, bytes;
};

static bool
next_size(const struct page *page, const struct sized *sized, size_t *i, size_t *j, struct change_size *size)
{
	const struct rows *rows = sized->rows, *removed = page->removed;
	bool record = *i < rows->count, left = *j < removed->count;

	if (!record && !left)
		return false;
	if (record && (!left || row_integer(rows, *i, sized->seq) < row_integer(removed, *j, LEFT_SEQ))) {
		*size = (struct change_size){ row_integer(rows, *i, sized->tx_seq), sized->bytes(rows, *i) };
		++*i;
	} else {
		*size = (struct change_size){ row_integer(removed, *j, LEFT_TX_SEQ), 0 };
		++*j;
	}
	return true;
}

/* Let the page end before the transaction that exceeds the limits of rows or bytes.  The first transaction is always in
 * the page as a whole. */
static void
limit(struct page *page, const struct sized *sized)
{
	struct change_size size;
	size_t i = 0, j = 0;
	int64_t bytes = 0, first = 0;

	while (next_size(page, sized, &i, &j, &size)) {
		if (first == 0)
			first = size.transaction;
		bytes += size.bytes;
		if ((i + j > FEED_ROWS_MAX || bytes > FEED_BYTES_MAX) && size.transaction != first) {
			page->end = size.transaction - 1;
			return;
		}
	}
}

/* Measure the records of the page before they are read. */
static struct problem *
find_end(struct page *page)
{
	struct problem *p;
	struct rows *sizes;

	if (page->end - page->since <= SMALL_WINDOW)
		return NULL;
	if ((p = read_removed(page)) != NULL ||
	    (p = run_page(page, FEED_SIZES, page->end, &sizes)) != NULL)
		return p;
	limit(page, &(struct sized){ sizes, FEED_SIZE_SEQ, FEED_SIZE_TX_SEQ, measured });
	return NULL;
}

/* Measure what was read, and drop what exceeds the page. */
static void
cut(struct page *page)
{
	int64_t end = page->end;

	limit(page, &(struct sized){ page->rows, RECORD_SEQ, RECORD_TX_SEQ, read_bytes });
	if (page->end == end)
		return;
	drop_behind(page->rows, RECORD_SEQ, page->end);
	drop_behind(page->removed, LEFT_SEQ, page->end);
}

static struct problem *
read_records(struct page *page)
{
	struct problem *p = find_end(page);

	return p != NULL ? p : run_page(page, FEED_RECORDS, page->end, &page->rows);
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

static struct problem *
read_rows(struct page *page)
{
	struct problem *p;

	if (page->view.whole_count + page->view.own_count + page->view.overseen_count + page->view.addressed_count ==
	    0) {
		page->rows = page->removed = arena_alloc(page->a, sizeof *page->rows);
		return NULL;
	}
	if ((p = read_records(page)) != NULL ||
	    (p = read_removed(page)) != NULL)
		return p;
	cut(page);
	return NULL;
}

/* Whether what changed is so little that it is read before anybody looks whose it is.  A first load and a client that
 * pushed without having pulled since have more places of the past to compare. */
static bool
is_near(const struct page *page, const struct cursor *c, const struct mark *past)
{
	return page->since > 0 && page->person->seq - page->since <= SMALL_WINDOW && c->first_head.seq < 0 &&
	    past->seq < 0;
}

/* Read what changed up to the head with a single statement: so records, head and past are those of one moment, and
 * nothing that was written before it is missing.  *found is false when it is not so simple: there is more than is near,
 * the database is behind the head that was read before, or there is no audit row at the cursor. */
static struct problem *
read_near(const struct call *call, struct page *page, const struct cursor *c, struct mark *end, bool *found)
{
	const struct value space = value_id(page->person->space_id), since = value_integer(page->since);
	struct problem *p;
	struct rows *rows;
	int64_t head;

	*found = false;
	if ((p = db_run(page->db, page->a, SQL(FEED_NEAR),
	    VALUES(space, space, since, space, since, value_integer(SMALL_WINDOW)), &rows)) != NULL || rows->count == 0)
		return p;
	head = row_integer(rows, 0, FEED_NEAR_SEQ);
	if (head < page->person->seq || head - page->since > SMALL_WINDOW)
		return NULL;
	if ((p = cursor_check_near(call, c, row_cell(rows, 0, FEED_NEAR_HASH),
	    row_integer(rows, 0, FEED_NEAR_MIN_SEQ))) != NULL)
		return p;
	page->rows = rows;
	page->end = head;
	if ((p = read_removed(page)) != NULL)
		return p;
	cut(page);
	*found = page->end == head;
	*end = mark_of(head, (const unsigned char *)row_cell(rows, 0, FEED_NEAR_CHAIN)->bytes);
	return NULL;
}

/* A page that is read by several statements. */
struct far {
	const struct call *call;
	struct page *page;
	const struct cursor *cursor;
	const struct mark *past;
	struct mark *end;
};

/* The head is not older than the one that the person's poll was answered with, unless the database was set back: then
 * cursor_check_page finds another past. */
static struct problem *
read_head(struct page *page)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(page->db, page->a, SQL(SPACE_SEQ), VALUES(value_id(page->person->space_id)), &rows)) != NULL)
		return p;
	page->head = page->person->seq;
	if (rows->count == 1 && row_integer(rows, 0, NOW_SEQ) > page->head)
		page->head = row_integer(rows, 0, NOW_SEQ);
	return NULL;
}

static struct problem *
read_within(struct db *db, struct arena *a, void *arg)
{
	struct far *far = arg;
	struct problem *p;

	(void)db;
	(void)a;
	if ((p = read_head(far->page)) != NULL ||
	    (p = find_window(far->page)) != NULL ||
	    (p = read_rows(far->page)) != NULL)
		return p;
	far->end->seq = far->page->end;
	return cursor_check_page(far->call, far->cursor, far->past, far->end);
}

static struct problem *
read_far(const struct call *call, struct page *page, const struct cursor *c, const struct mark *past, struct mark *end)
{
	return db_snapshot(page->db, page->a, read_within, &(struct far){ call, page, c, past, end });
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

static bool
is_asked_for(const struct feed *feed, const struct collection *c)
{
	bool asked = feed->only == NULL;

	for (size_t i = 0; i < feed->only_count && !asked; i++)
		asked = feed->only[i] == c;
	return asked;
}

static void
put_record(struct page *page, size_t row, struct json_out *out)
{
	struct record record;

	if (!record_of_row(page->set, page->rows, row, &record) || !is_asked_for(page->feed, record.collection) ||
	    !policy_sees(page->person, record.collection, record.owner, record.reader))
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
	int64_t bytes = 0;

	for (size_t row = 0; row < page->rows->count; row++)
		bytes += read_bytes(page->rows, row) + CHANGE_SIZE;
	buf_room(out->to, (size_t)bytes);
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
	bool found = false;
	struct page page = {
		.db = call->db,
		.a = call->a,
		.set = call->set,
		.person = call->person,
		.feed = feed,
		.since = c->at.seq,
		.first_head = c->first_head.seq < 0 ? 0 : c->first_head.seq,
	};

	policy_view(call->a, call->person, call->set, feed->only, feed->only_count, &page.view);
	if (is_near(&page, c, past) && (p = read_near(call, &page, c, &end, &found)) != NULL)
		return p;
	if ((!found && (p = read_far(call, &page, c, past, &end)) != NULL) ||
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
	if (c.at.seq == person->seq && !c.at.has_chain) /* a cursor of a former version */
		c.at = mark_of(person->seq, person->chain);
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
