/* statement.h -- every SQL statement that Daybook sends has a name here, and its text is in the list of its room in
 * store/statements/: db_run(db, a, SQL(SPACE_LOCK), VALUES(value_id(space)), &rows).  The statements declared below
 * are composed in lib/store/statement.c, from names in collection definitions and never from input. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include <stdbool.h>

#include "base/buf.h"

/* The text of an id in SQL, where it is compared with text, searched in or shown: of a column of the kind of value_id
 * that is not NULL, and of one of the kind of value_key.  Columns that are read need neither, see store/db.h. */
#define HEX_TEXT(column, at, size) "HEX(SUBSTR(" column ", " at ", " size "))"
#define UUID_TEXT(column, a, b, c, d, e) \
	"LOWER(CONCAT_WS('-', " HEX_TEXT(column, a, "4") ", " HEX_TEXT(column, b, "2") ", " HEX_TEXT(column, c, "2") \
	", " HEX_TEXT(column, d, "2") ", " HEX_TEXT(column, e, "6") "))"
#define ID_TEXT(column) UUID_TEXT(column, "1", "5", "7", "9", "11")
#define KEY_TEXT(column) \
	"IF(LEFT(" column ", 1) = X'00', " UUID_TEXT(column, "2", "6", "8", "10", "12") \
	", CONVERT(" column " USING utf8mb4))"

/* What a row of record, audit or op counts in space.bytes besides its JSON, as a number and in SQL: ids, times, hashes
 * and its places in keys.  schema/0006_quotas.sql counts the same. */
#define ROW_BYTES 200
#define TEXT_OF(number) #number
#define IN_SQL(number) TEXT_OF(number)
#define RECORD_SIZE IN_SQL(ROW_BYTES) " + LENGTH(doc) + COALESCE(LENGTH(doc_private), 0)"
#define AUDIT_SIZE IN_SQL(ROW_BYTES) " + COALESCE(LENGTH(changes), 0) + COALESCE(LENGTH(private_changes), 0)"

enum statement_id {
#define STATEMENT(name, ...) STATEMENT_##name,
#define CHANGE(name, ...) STATEMENT_##name,
#define QUERY(name, ...) STATEMENT_##name,
#include "store/statements/all.h"
	STATEMENT_COUNT
};

/* The columns of queries by name: row_text(rows, i, SESSION_NAME). */
#define COLUMNS(list, ...) enum { __VA_ARGS__, list##_COLUMNS_COUNT };
#include "store/statements/all.h"

/* Whose rows a CHANGE writes, among those that decide whether and as whom a request is let in: meta, user, identity,
 * session, member, space, pin, handheld.  What was read of them before is then doubtful (db_listen in db.h).  Each
 * number is the place of a parameter, from 1, that holds the id; 0: the statement names none. */
struct whose {
	unsigned char user, space, session;
	unsigned char head;  /* a space of which only the head moves */
	bool everybody;      /* the parameters do not say whose */
	bool declared;
};

#define OF_USER(n) { .declared = true, .user = n }
#define OF_SPACE(n) { .declared = true, .space = n }
#define OF_SESSION(n) { .declared = true, .session = n }
#define OF_HEAD(n) { .declared = true, .head = n }
#define OF_EVERYBODY { .declared = true, .everybody = true }
#define OF_NOBODY { .declared = true } /* new rows, times of last use, longer lives: nothing known before is wrong */

struct statement {
	const char *name; /* "SPACE_LOCK" */
	const char *text; /* with question marks */
	size_t columns;   /* of its rows; 0 when it reads none */
	struct whose whose;
};

/* Whose rows a statement changes, by its text; NULL when it is no CHANGE. */
const struct whose *statement_whose(const char *text);

extern const struct statement statements[STATEMENT_COUNT];

/* Whether no request sends the statement: the housekeeper and daybookctl do, which use the database as its admin. */
bool statement_is_admins(enum statement_id id);

#define SQL(name) (statements[STATEMENT_##name].text)

/* A statement can be sent for many rows at once.  To keep few texts prepared, it is composed for these numbers only. */
enum {
	STATEMENT_ROWS_MAX = 16, /* rows of one INSERT: 16, 4 or 1 */
	STATEMENT_IDS_MAX = 64   /* values of one IN: 64, 16, 4 or 1; to fill up, the last value is repeated */
};

/* How many rows of count to put into the next INSERT; how many values the IN has that holds count of them. */
size_t statement_rows_of(size_t count);
size_t statement_ids_of(size_t count);

/* Append an INSERT with one row in VALUES, (?, …), as one for so many rows. */
void statement_rows(struct buf *sql, const char *insert, size_t rows);

/* Append a query with IN (?) as one for so many values. */
void statement_ids(struct buf *sql, const char *query, size_t ids);

/* What one person sees: all of the collections `whole`; their own records of the collections `own`; of the collections
 * `overseen` these and those of the people they oversee; and, of the collections `addressed`, the records that are for
 * everybody, for them, or their own.  At least one count is not 0. */
struct feed_view {
	const char **whole, **own, **overseen, **addressed; /* names of definitions */
	size_t whole_count, own_count, overseen_count, addressed_count;
};

enum feed_columns {
	FEED_SIZES,  /* the columns FEED_SIZE */
	FEED_RECORDS /* the columns RECORD */
};

/* Append the statement of one page of the feed: what changed between two seqs, for the view.  Parameters: space, seq
 * after, seq up to, seq up to which tombstones are left out, the user, the user again if anything is overseen, and
 * again if anything is addressed. */
void statement_feed(struct buf *sql, const struct feed_view *view, enum feed_columns columns);

/* Append the statement that finds records of `own` collections whose owner changed from the user to someone else, and
 * records of `overseen` ones whose owner changed to somebody whose records the user does not see: the columns LEFT.
 * Parameters: space, user, seq after, seq up to, limit. */
void statement_left_view(struct buf *sql, const struct feed_view *view);

/* What to read of the audit of a space; the answer is newest first. */
struct audit_query {
	struct feed_view view;
	bool by_record, by_collection, by_user, from, to;
};

/* Append its statement: the columns HISTORY.  Parameters: space, seq before, the user who looks, that user again if
 * anything is overseen, and again if anything is addressed; then those that the query asks for, in this order:
 * collection and id (by_record) or collection alone (by_collection); user; from; to; then the limit. */
void statement_audit(struct buf *sql, const struct audit_query *query);

/* Which writes of a space to undo: those for which all of this holds. */
struct undo_query {
	bool user, device, token, cause, from, to;
	size_t collections;  /* of this many; 0: of all */
};

/* Append the statement that finds the records that they concern, those written last first: the columns UNDO.
 * Parameters: space, a cause whose writes are left out; then those that the query asks for, in this order: user,
 * device, token, cause, from, to, the collections; then the limit. */
void statement_undo(struct buf *sql, const struct undo_query *query);

/* A list of the records of a collection.  lib/record/list.c fills it in. */
enum {
	LIST_CONDITIONS_MAX = 32,
	LIST_VALUES_MAX = 216 /* parameters of one statement */
};

enum list_kind {
	LIST_TEXT,
	LIST_NUMBER
};

enum list_compare {
	LIST_EQUAL,
	LIST_NOT_EQUAL,
	LIST_GREATER,
	LIST_GREATER_EQUAL,
	LIST_LESS,
	LIST_LESS_EQUAL,
	LIST_IN,
	LIST_EMPTY,
	LIST_NOT_EMPTY
};

/* A column of the table, or a field in its documents. */
struct list_column {
	const char *column;  /* of the table; NULL when `field` is given */
	const char *field;   /* of the definition */
	bool is_private;
	enum list_kind kind;
	const char *initial; /* the value that an absent field counts as, without quotes; or NULL */
};

struct list_condition {
	struct list_column column;
	enum list_compare compare;
	size_t values;       /* question marks */
};

struct list_query {
	bool owned;          /* only the person's own records */
	bool overseen;       /* only these and those of the people they oversee */
	bool addressed;      /* only records that are for everybody, for the person, or their own */
	struct list_condition conditions[LIST_CONDITIONS_MAX];
	size_t condition_count;
	bool searches;
	const struct list_column *search;
	size_t search_count;
	struct list_column order;
	bool descending;
	bool sorts_values;   /* the order is a field of the documents, which no index has */
	bool continues;      /* after the last row of the page before */
};

/* Append its statement: the columns LIST.  Parameters: space, collection, the user if owned, the user twice if
 * overseen, the user if addressed, the values of the conditions, the search pattern (| escapes), the order value twice
 * and the id after which to continue, the limit. */
void statement_list(struct buf *sql, const struct list_query *query);

/* Append the statement that counts the records to sort: the column COUNT.  Parameters: space, collection, the user if
 * owned, the user twice if overseen, the user if addressed. */
void statement_list_size(struct buf *sql, const struct list_query *query);

/* What may be done to the rows of a table. */
enum right {
	RIGHT_SELECT,
	RIGHT_INSERT,
	RIGHT_UPDATE,
	RIGHT_DELETE,
	RIGHT_COUNT
};

/* Append a statement that can be prepared only by who has the right: by it a right is tried (db_check).  It is never
 * run. */
void statement_of_right(struct buf *sql, const char *table, enum right right);

/* Append CREATE OR REPLACE VIEW v_<collection>: id, version, owner, times and a column for each field.  All names come
 * from definitions. */
void statement_view(struct buf *sql, const char *collection, const struct list_column *columns, size_t count);

#endif
