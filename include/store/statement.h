/* statement.h -- every SQL statement Daybook sends has a name here.  Its text stands in the list of its room in
 * store/statements/: db_run(db, a, SQL(SPACE_LOCK), VALUES(value_text(space)), &rows).  The statements below are put
 * together in lib/store/statement.c, from the names that collection definitions give, never from input. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include <stdbool.h>

#include "base/buf.h"

enum statement_id {
#define STATEMENT(name, ...) STATEMENT_##name,
#define QUERY(name, ...) STATEMENT_##name,
#include "store/statements/all.h"
	STATEMENT_COUNT
};

/* The columns of queries by name: row_text(rows, i, SESSION_NAME). */
#define COLUMNS(list, ...) enum { __VA_ARGS__, list##_COLUMNS_COUNT };
#include "store/statements/all.h"

struct statement {
	const char *name; /* "SPACE_LOCK" */
	const char *text; /* with question marks */
	size_t columns;   /* of its rows; 0 when it reads none */
};

extern const struct statement statements[STATEMENT_COUNT];

#define SQL(name) (statements[STATEMENT_##name].text)

/* The feed of someone who sees the collections `whole`, their own records of the collections `own`, and of those in
 * `addressed` what is for everybody, for them or their own; not all counts are 0. */
struct feed_view {
	const char **whole, **own, **addressed; /* names of definitions */
	size_t whole_count, own_count, addressed_count;
};

enum feed_columns {
	FEED_SIZES,  /* the columns FEED_SIZE */
	FEED_RECORDS /* the columns RECORD */
};

/* Parameters: space, seq after, seq up to, seq up to which tombstones are left out, user, and again if anything is
 * addressed. */
void statement_feed(struct buf *sql, const struct feed_view *view, enum feed_columns columns);

/* Records of `own` collections that passed from the user to someone else, the columns LEFT.
 * Parameters: space, user, seq after, seq up to. */
void statement_left_view(struct buf *sql, const struct feed_view *view);

/* The audit of a space, newest first. */
struct audit_query {
	struct feed_view view;
	bool by_record, by_collection, by_user, from, to;
};

/* The columns HISTORY.  Parameters: space, seq before, user who looks, and again if anything is addressed, then as
 * chosen: collection and id, or collection; user; from; to; then limit. */
void statement_audit(struct buf *sql, const struct audit_query *query);

/* A list of the records of a collection, put together in lib/record/list.c. */
enum {
	LIST_CONDITIONS_MAX = 32,
	LIST_VALUES_MAX = 200
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

struct list_column {
	const char *column;  /* of the table; or NULL, and then: */
	const char *field;   /* of the definition */
	bool is_private;
	enum list_kind kind;
	const char *initial; /* what an absent field counts as, plain, without quotes inside; or NULL */
};

struct list_condition {
	struct list_column column;
	enum list_compare compare;
	size_t values;       /* question marks */
};

struct list_query {
	bool owned;          /* only the person's own */
	bool addressed;      /* only what is for everybody, for the person, or their own */
	struct list_condition conditions[LIST_CONDITIONS_MAX];
	size_t condition_count;
	bool searches;
	const struct list_column *search;
	size_t search_count;
	struct list_column order;
	bool descending, sorts_values, continues;
};

/* The columns LIST.  Parameters: space, collection, user if owned, user if addressed, the conditions' values, the
 * search pattern (| escapes), order value twice and id to continue behind, limit. */
void statement_list(struct buf *sql, const struct list_query *query);

/* How many records there are to sort, the column COUNT.  Parameters: space, collection, user if owned, user if
 * addressed. */
void statement_list_size(struct buf *sql, const struct list_query *query);

/* CREATE OR REPLACE VIEW v_<collection>: id, version, owner, times and a column for each field.  Names are those of
 * definitions. */
void statement_view(struct buf *sql, const char *collection, const struct list_column *columns, size_t count);

#endif
