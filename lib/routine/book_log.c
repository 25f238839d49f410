/* book_log.c -- how far somebody read in a book.  The pages read are those since the log before of the same book, on
 * whatever day that was, so they are right also where an earlier day is filled in later.  The book follows its last
 * log: its page, that it is being read, that it is finished. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "changed.h"
#include "record/write.h"
#include "routine/rules.h"
#include "store/statement.h"

static const char cause[] = "book-log";

/* A log beside the one that changes. */
struct neighbour {
	bool found;
	const char *id, *date;
	int64_t page;
};

static struct problem *
find_beside(const struct change *ch, const char *sql, const char *book, const char *date, struct neighbour *n)
{
	struct problem *p;
	struct rows *rows;

	*n = (struct neighbour){ .found = false };
	p = record_ask(ch->call, ch->collection, sql,
	    VALUES(value_id(ch->call->person->space_id), value_id(ch->owner), value_text(date), value_text(book)),
	    &rows);
	if (p != NULL || rows->count == 0)
		return p;
	*n = (struct neighbour){
		.found = true,
		.id = row_text(rows, 0, BOOK_LOG_ID),
		.date = row_text(rows, 0, BOOK_LOG_DATE),
		.page = row_integer(rows, 0, BOOK_LOG_PAGE),
	};
	return NULL;
}

/* The book of a log; values is NULL where it is gone. */
static struct problem *
find_book(const struct change *ch, const char *id, const struct collection **c, const char *const **values)
{
	struct problem *p;
	struct record record;
	bool found = false;

	*values = NULL;
	*c = collection_find(ch->call->set, "books");
	if (*c == NULL)
		return NULL;
	if ((p = record_find(ch->call, *c, id, &record, &found)) != NULL)
		return p;
	if (found && !record.deleted)
		*values = (const char *const *)values_parse(ch->call->a, *c, record.doc, record.doc_private);
	return NULL;
}

static int64_t
number_of(const struct collection *c, const char *const *values, const char *field)
{
	const struct field *f = collection_field(c, field);

	return values == NULL ? 0 : value_scaled(f, values[f->index]);
}

/* ---- the pages read ---- */

/* The page at which what this log said before began. */
static int64_t
beginning_before(const struct change *ch)
{
	return number_of(ch->collection, ch->before, "page") - number_of(ch->collection, ch->before, "pagesRead");
}

/* The page at which the first log of a book began: as it was reckoned once, else where the book says that its person
 * is.  Where there are later logs, the book says their page. */
static struct problem *
find_beginning(const struct change *ch, const char *book, const char *date, int64_t *page)
{
	const struct collection *c;
	const char *const *values;
	struct neighbour later;
	struct problem *p;

	*page = 0;
	if (change_before(ch, "page") != NULL) {
		*page = beginning_before(ch);
		return NULL;
	}
	if ((p = find_beside(ch, SQL(BOOK_LOG_AFTER), book, date, &later)) != NULL || later.found)
		return p;
	if ((p = find_book(ch, book, &c, &values)) == NULL && c != NULL)
		*page = number_of(c, values, "page");
	return p;
}

static struct problem *
derive(struct change *ch)
{
	const struct field *page = collection_field(ch->collection, "page");
	const char *book = change_plain(ch, "book"), *date = change_plain(ch, "date");
	size_t read = change_place(ch, "pagesRead");
	struct neighbour earlier;
	struct problem *p;
	int64_t from, is;

	if (book == NULL || date == NULL || ch->after[page->index] == NULL) {
		ch->after[read] = NULL;
		return NULL;
	}
	if (ch->touched[read] && ch->action != ACTION_RESTORED) /* by the log before: see follow_log */
		return NULL;
	if ((p = find_beside(ch, SQL(BOOK_LOG_BEFORE), book, date, &earlier)) != NULL)
		return p;
	from = earlier.page;
	if (!earlier.found && (p = find_beginning(ch, book, date, &from)) != NULL)
		return p;
	is = value_scaled(page, ch->after[page->index]);
	ch->after[read] = arena_printf(ch->call->a, "%" PRId64, is > from ? is - from : 0);
	return NULL;
}

/* ---- what follows ---- */

/* The pages of the next log are those since this page. */
static struct problem *
follow_log(struct writer *w, const struct change *ch, const struct neighbour *later, int64_t page)
{
	struct op op = op_own(ch->collection, later->id, cause);
	struct outcome outcome;
	int64_t read = later->page > page ? later->page - page : 0;

	op_give(w->call->a, &op, "pagesRead", arena_printf(w->call->a, "%" PRId64, read));
	return writer_must(w, &op, &outcome);
}

static bool
is_status(const char *value, const char *status)
{
	return value != NULL && strncmp(value + 1, status, strlen(status)) == 0;
}

/* What the book says after somebody read up to a page on a day. */
static void
follow_state(struct arena *a, struct op *op, const char *const *book, int64_t page, const char *date)
{
	const struct collection *c = op->collection;
	const char *status = value_named(c, book, "status"), *day = json_quoted(a, date);
	int64_t pages = number_of(c, book, "pages");
	bool ends = pages > 0 && page >= pages;

	if (is_status(status, "dropped"))
		return;
	if (value_named(c, book, "started") == NULL)
		op_give(a, op, "started", day);
	if (ends && !is_status(status, "completed")) {
		op_give(a, op, "status", "\"completed\"");
		op_give(a, op, "completed", day);
	} else if (!ends && (is_status(status, "to-read") || is_status(status, "paused"))) {
		op_give(a, op, "status", "\"reading\"");
	}
}

/* A book that was finished by the log that now says less is being read again. */
static void
reopen(struct arena *a, struct op *op, const char *const *book, int64_t page, const char *date)
{
	const struct collection *c = op->collection;
	int64_t pages = number_of(c, book, "pages");

	if (!is_status(value_named(c, book, "status"), "completed") || page >= pages ||
	    !value_equal(value_named(c, book, "completed"), json_quoted(a, date)))
		return;
	op_give(a, op, "status", "\"reading\"");
	op_give(a, op, "completed", NULL);
}

static struct problem *
follow_book(struct writer *w, const struct change *ch, const char *id, int64_t page, const char *date)
{
	struct arena *a = w->call->a;
	const struct collection *c;
	const char *const *book;
	struct outcome outcome;
	struct problem *p;
	struct op op;

	if ((p = find_book(ch, id, &c, &book)) != NULL || book == NULL)
		return p;
	op = op_own(c, id, cause);
	op_give(a, &op, "page", arena_printf(a, "%" PRId64, page));
	if (ch->after != NULL)
		follow_state(a, &op, book, page, date);
	reopen(a, &op, book, page, date);
	return writer_must(w, &op, &outcome);
}

/* Where the book is when this log says nothing of it: at the page of the log before, or where the first one began. */
static struct problem *
find_page_before(const struct change *ch, const char *book, const char *date, int64_t *page)
{
	struct neighbour earlier;
	struct problem *p;

	if ((p = find_beside(ch, SQL(BOOK_LOG_BEFORE), book, date, &earlier)) != NULL)
		return p;
	*page = earlier.found ? earlier.page : beginning_before(ch);
	return NULL;
}

static struct problem *
effect(struct writer *w, struct change *ch)
{
	const char *const *values = ch->after == NULL ? ch->before : (const char *const *)ch->after;
	const char *book = value_plain(w->call->a, value_named(ch->collection, values, "book"));
	const char *date = value_plain(w->call->a, value_named(ch->collection, values, "date"));
	int64_t page = number_of(ch->collection, values, "page");
	struct neighbour later;
	struct problem *p;

	if (!change_alters(ch, "page"))
		return NULL;
	if ((change_after(ch, "page") == NULL && (p = find_page_before(ch, book, date, &page)) != NULL) ||
	    (p = find_beside(ch, SQL(BOOK_LOG_AFTER), book, date, &later)) != NULL)
		return p;
	if (later.found)
		return follow_log(w, ch, &later, page);
	return follow_book(w, ch, book, page, date);
}

const struct rule book_log = {
	.name = "book-log",
	.collection = "bookLogs",
	.follows_all = true,
	.derive = derive,
	.effect = effect,
};
