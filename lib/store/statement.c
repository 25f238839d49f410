/* statement.c -- the texts of all statements of store/statements/, and those that are composed from definitions.  Keep
 * them readable: `daybookctl statements` prints them, and tests/unit/statements.txt holds that output. */
#include "store/statement.h"

#include <stdlib.h>
#include <string.h>

const struct statement statements[STATEMENT_COUNT] = {
#define STATEMENT(name, ...) [STATEMENT_##name] = { #name, __VA_ARGS__, 0, { 0 } },
#define CHANGE(name, whose, ...) [STATEMENT_##name] = { #name, __VA_ARGS__, 0, whose },
#define QUERY(name, list, ...) [STATEMENT_##name] = { #name, __VA_ARGS__, list##_COLUMNS_COUNT, { 0 } },
#include "store/statements/all.h"
};

const struct whose *
statement_whose(const char *text)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		if (statements[i].whose.declared && strcmp(statements[i].text, text) == 0)
			return &statements[i].whose;
	return NULL;
}

/* Of the list of upkeep, requests send these. */
static bool
is_sent_by_requests(enum statement_id id)
{
	return id == STATEMENT_ALARM_RAISE || id == STATEMENT_ALARM_CLEAR || id == STATEMENT_ALARMS ||
	    id == STATEMENT_ALARM_COUNTS || id == STATEMENT_MEASURES || id == STATEMENT_STAMPS_PAGE ||
	    id == STATEMENT_STAMP_TOKEN;
}

bool
statement_is_admins(enum statement_id id)
{
	if (is_sent_by_requests(id))
		return false;
	switch (id) {
	case STATEMENT_MIGRATION_TABLE:
	case STATEMENT_MIGRATION_START:
	case STATEMENT_MIGRATION_DONE:
	case STATEMENT_MIGRATION_FAILED:
	case STATEMENT_META_INSTANCE:
	case STATEMENT_BACKUP_PARTS_DROP:
	case STATEMENT_BACKUP_DROP:
	case STATEMENT_BACKUP_CHUNKS_DROP:
#define STATEMENT(name, ...) case STATEMENT_##name:
#define CHANGE(name, ...) case STATEMENT_##name:
#define QUERY(name, ...) case STATEMENT_##name:
#define COLUMNS(...)
#include "store/statements/upkeep.h"
#undef STATEMENT
#undef CHANGE
#undef QUERY
#undef COLUMNS
		return true;
	default:
		return false;
	}
}

/* ---- for many rows at once ---- */

size_t
statement_rows_of(size_t count)
{
	return count >= STATEMENT_ROWS_MAX ? STATEMENT_ROWS_MAX : count >= 4 ? 4 : 1;
}

size_t
statement_ids_of(size_t count)
{
	return count > 16 ? STATEMENT_IDS_MAX : count > 4 ? 16 : count > 1 ? 4 : 1;
}

/* Append text with the part between the start and the next parenthesis so many times.  A text without it is a mistake
 * of the program. */
static void
add_repeated(struct buf *sql, const char *text, const char *start, size_t length, size_t times)
{
	if (start == NULL)
		abort();
	buf_add(sql, text, (size_t)(start - text) + length);
	for (size_t i = 1; i < times; i++) {
		buf_text(sql, ", ");
		buf_add(sql, start, length);
	}
	buf_text(sql, start + length);
}

void
statement_rows(struct buf *sql, const char *insert, size_t rows)
{
	const char *values = strstr(insert, " VALUES (");
	const char *row = values == NULL ? NULL : values + strlen(" VALUES ");

	add_repeated(sql, insert, row, row == NULL ? 0 : strcspn(row, ")") + 1, rows);
}

void
statement_ids(struct buf *sql, const char *query, size_t ids)
{
	const char *in = strstr(query, " IN (?)");

	add_repeated(sql, query, in == NULL ? NULL : in + strlen(" IN ("), 1, ids);
}

/* ---- composed from names of definitions ---- */

static void
add_names(struct buf *sql, const char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(sql, "%s'%s'", i == 0 ? "" : ", ", names[i]);
}

/* The owners whose records a user sees where some oversee others, of whom they are one. */
#define OVERSEEN_OWNERS(table) \
	"(SELECT o.owner_id FROM oversight o WHERE o.space_id = " table ".space_id AND o.user_id = ?)"

/* Add the condition for records of the person, and those of the people they oversee. */
static void
add_overseen(struct buf *sql, const struct feed_view *view, const char *owners)
{
	if (view->overseen_count == 0)
		return;
	buf_text(sql, " OR collection IN (");
	add_names(sql, view->overseen, view->overseen_count);
	buf_printf(sql, ") AND owner_id IN %s", owners);
}

/* Add the condition for addressed records: those for everybody, for this person, or their own. */
static void
add_addressed(struct buf *sql, const struct feed_view *view)
{
	if (view->addressed_count == 0)
		return;
	buf_text(sql, " OR collection IN (");
	add_names(sql, view->addressed, view->addressed_count);
	buf_text(sql, ") AND (reader_id IS NULL OR ? IN (reader_id, owner_id))");
}

void
statement_feed(struct buf *sql, const struct feed_view *view, enum feed_columns columns)
{
	buf_text(sql, columns == FEED_SIZES
	    ? "SELECT seq, tx_seq, LENGTH(doc) + COALESCE(LENGTH(doc_private), 0)"
	    : "SELECT " RECORD_COLUMNS);
	/* The index is named: for a large range of seqs the optimizer would otherwise read and sort all records of the
	 * space. */
	buf_text(sql,
	    "  FROM record FORCE INDEX (feed)"
	    " WHERE space_id = ? AND seq > ? AND seq <= ?"
	    "   AND (deleted = 0 OR seq > ?)"
	    "   AND (owner_id = ?");
	if (view->own_count > 0) {
		buf_text(sql, " AND collection IN (");
		add_names(sql, view->own, view->own_count);
		buf_char(sql, ')');
	} else {
		buf_text(sql, " AND 1 = 0");
	}
	if (view->whole_count > 0) {
		buf_text(sql, " OR collection IN (");
		add_names(sql, view->whole, view->whole_count);
		buf_char(sql, ')');
	}
	add_overseen(sql, view, OVERSEEN_OWNERS("record"));
	add_addressed(sql, view);
	buf_text(sql, ") ORDER BY seq");
}

/* Who oversees somebody has a row of themselves in `oversight`, by which their own records are found too. */
static void
left_overseen(struct buf *sql, const struct feed_view *view)
{
	buf_text(sql,
	    "SELECT a.collection, a.record_id, a.version, a.seq, a.tx_seq"
	    "  FROM oversight o"
	    " STRAIGHT_JOIN audit a FORCE INDEX (left_view)"
	    "    ON a.space_id = o.space_id AND a.prev_owner_id = o.owner_id"
	    "  LEFT JOIN record r ON r.space_id = a.space_id AND r.collection = a.collection AND r.id = a.record_id"
	    "  LEFT JOIN oversight n ON n.space_id = o.space_id AND n.user_id = o.user_id AND n.owner_id = r.owner_id"
	    " WHERE o.space_id = ? AND o.user_id = ? AND a.seq > ? AND a.seq <= ?"
	    "   AND (n.owner_id IS NULL AND a.collection IN (");
	add_names(sql, view->overseen, view->overseen_count);
	buf_char(sql, ')');
	if (view->own_count > 0) {
		buf_text(sql, " OR o.owner_id = o.user_id AND (r.id IS NULL OR r.owner_id <> o.owner_id)"
		    " AND a.collection IN (");
		add_names(sql, view->own, view->own_count);
		buf_char(sql, ')');
	}
	buf_text(sql, ") ORDER BY a.seq LIMIT ?");
}

void
statement_left_view(struct buf *sql, const struct feed_view *view)
{
	if (view->overseen_count > 0) {
		left_overseen(sql, view);
		return;
	}
	buf_text(sql,
	    "SELECT a.collection, a.record_id, a.version, a.seq, a.tx_seq"
	    "  FROM audit a"
	    "  LEFT JOIN record r ON r.space_id = a.space_id AND r.collection = a.collection AND r.id = a.record_id"
	    " WHERE a.space_id = ? AND a.prev_owner_id = ? AND a.seq > ? AND a.seq <= ?"
	    "   AND (r.id IS NULL OR r.owner_id <> a.prev_owner_id)"
	    "   AND a.collection IN (");
	add_names(sql, view->own, view->own_count);
	buf_text(sql, ") ORDER BY a.seq LIMIT ?");
}

/* Add a default of a definition as a string literal. */
static void
add_literal(struct buf *sql, const char *text)
{
	buf_char(sql, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_char(sql, *text);
		buf_char(sql, *text);
	}
	buf_char(sql, '\'');
}

/* Add the value of a column or field, in its own type. */
static void
add_column(struct buf *sql, const struct list_column *c)
{
	if (c->column != NULL) {
		buf_text(sql, c->column);
		return;
	}
	buf_text(sql, c->kind == LIST_NUMBER ? "CAST(" : "(");
	if (c->initial != NULL)
		buf_text(sql, "COALESCE(");
	buf_printf(sql, "JSON_UNQUOTE(JSON_EXTRACT(%s, '$.%s'))", c->is_private ? "doc_private" : "doc", c->field);
	if (c->initial != NULL) {
		buf_text(sql, ", ");
		add_literal(sql, c->initial);
		buf_char(sql, ')');
	}
	buf_text(sql, c->kind == LIST_NUMBER ? " AS DECIMAL(30, 9))" : " COLLATE utf8mb4_bin)");
}

/* Add the value to sort by.  Absent values come before all others, so that paging works for them too.  Texts are
 * ordered by a prefix, because the value is part of `next`, which must fit into a URL. */
static void
add_order(struct buf *sql, const struct list_column *c)
{
	if (c->column != NULL) {
		buf_text(sql, c->column);
		return;
	}
	buf_text(sql, c->kind == LIST_NUMBER ? "COALESCE(" : "LEFT(COALESCE(");
	add_column(sql, c);
	buf_text(sql, c->kind == LIST_NUMBER ? ", -1e18)" : ", ''), 64)");
}

static void
add_parameter(struct buf *sql, const struct list_column *c)
{
	buf_text(sql, c->column == NULL && c->kind == LIST_NUMBER ? "CAST(? AS DECIMAL(30, 9))" : "?");
}

static void
add_condition(struct buf *sql, const struct list_condition *condition)
{
	static const char *const signs[] = {
		[LIST_EQUAL] = " = ", [LIST_NOT_EQUAL] = " <> ", [LIST_GREATER] = " > ", [LIST_GREATER_EQUAL] = " >= ",
		[LIST_LESS] = " < ", [LIST_LESS_EQUAL] = " <= ", [LIST_IN] = " IN (",
	};

	buf_text(sql, " AND (");
	add_column(sql, &condition->column);
	switch (condition->compare) {
	case LIST_EMPTY:
		buf_text(sql, " IS NULL");
		break;
	case LIST_NOT_EMPTY:
		buf_text(sql, " IS NOT NULL");
		break;
	default:
		buf_text(sql, signs[condition->compare]);
		for (size_t i = 0; i < condition->values; i++) {
			buf_text(sql, i == 0 ? "" : ", ");
			add_parameter(sql, &condition->column);
		}
		if (condition->compare == LIST_IN)
			buf_char(sql, ')');
		break;
	}
	if (condition->compare == LIST_NOT_EQUAL && condition->column.column == NULL) {
		buf_text(sql, " OR ");
		add_column(sql, &condition->column);
		buf_text(sql, " IS NULL");
	}
	buf_char(sql, ')');
}

static void
add_where(struct buf *sql, const struct list_query *query)
{
	buf_text(sql, "  FROM record WHERE space_id = ? AND collection = ? AND deleted = 0");
	if (query->owned)
		buf_text(sql, " AND owner_id = ?");
	if (query->overseen)
		buf_text(sql, " AND (owner_id = ? OR owner_id IN " OVERSEEN_OWNERS("record") ")");
	if (query->addressed)
		buf_text(sql, " AND (reader_id IS NULL OR ? IN (reader_id, owner_id))");
}

static void
add_search(struct buf *sql, const struct list_query *query)
{
	buf_text(sql, " AND CONCAT_WS(' ', " KEY_TEXT("id"));
	for (size_t i = 0; i < query->search_count; i++) {
		buf_text(sql, ", ");
		add_column(sql, &query->search[i]);
	}
	buf_text(sql, ") COLLATE utf8mb4_unicode_ci LIKE ? ESCAPE '|'");
}

static void
add_continue(struct buf *sql, const struct list_query *query)
{
	const char *sign = query->descending ? " < " : " > ";

	buf_text(sql, " AND (");
	add_order(sql, &query->order);
	buf_text(sql, sign);
	add_parameter(sql, &query->order);
	buf_text(sql, " OR (");
	add_order(sql, &query->order);
	buf_text(sql, " = ");
	add_parameter(sql, &query->order);
	buf_printf(sql, " AND id%s?))", sign);
}

void
statement_list(struct buf *sql, const struct list_query *query)
{
	const char *direction = query->descending ? " DESC" : "";

	buf_text(sql, "SELECT " SHOWN_COLUMNS ", ");
	add_order(sql, &query->order);
	add_where(sql, query);
	for (size_t i = 0; i < query->condition_count; i++)
		add_condition(sql, &query->conditions[i]);
	if (query->searches)
		add_search(sql, query);
	if (query->continues)
		add_continue(sql, query);
	buf_text(sql, " ORDER BY ");
	add_order(sql, &query->order);
	buf_printf(sql, "%s, id%s LIMIT ?", direction, direction);
}

void
statement_list_size(struct buf *sql, const struct list_query *query)
{
	buf_text(sql, "SELECT COUNT(*)");
	add_where(sql, query);
}

void
statement_audit(struct buf *sql, const struct audit_query *query)
{
	buf_text(sql,
	    "SELECT " AUDIT_COLUMNS ", u.name"
	    "  FROM audit LEFT JOIN user u ON u.id = audit.user_id"
	    " WHERE space_id = ? AND seq < ?"
	    "   AND (owner_id = ?");
	if (query->view.own_count > 0) {
		buf_text(sql, " AND collection IN (");
		add_names(sql, query->view.own, query->view.own_count);
		buf_char(sql, ')');
	} else {
		buf_text(sql, " AND 1 = 0");
	}
	if (query->view.whole_count > 0) {
		buf_text(sql, " OR collection IN (");
		add_names(sql, query->view.whole, query->view.whole_count);
		buf_char(sql, ')');
	}
	add_overseen(sql, &query->view, OVERSEEN_OWNERS("audit"));
	add_addressed(sql, &query->view);
	buf_char(sql, ')');
	if (query->by_record)
		buf_text(sql, " AND collection = ? AND record_id = ?");
	else if (query->by_collection)
		buf_text(sql, " AND collection = ?");
	if (query->by_user)
		buf_text(sql, " AND audit.user_id = ?");
	if (query->from)
		buf_text(sql, " AND at >= ?");
	if (query->to)
		buf_text(sql, " AND at < ?");
	buf_text(sql, " ORDER BY seq DESC LIMIT ?");
}

void
statement_undo(struct buf *sql, const struct undo_query *query)
{
	buf_text(sql,
	    "SELECT collection, record_id, MIN(version), MAX(seq)"
	    "  FROM audit");
	if (query->cause || query->token || query->device) /* all of a space is never less than what one of them did */
		buf_text(sql, " IGNORE INDEX (PRIMARY)");
	buf_text(sql, " WHERE space_id = ? AND (cause IS NULL OR cause <> ?)");
	if (query->user)
		buf_text(sql, " AND user_id = ?");
	if (query->device)
		buf_text(sql, " AND device_id = ?");
	if (query->token)
		buf_text(sql, " AND token_id = ?");
	if (query->cause)
		buf_text(sql, " AND cause = ?");
	if (query->from)
		buf_text(sql, " AND at >= ?");
	if (query->to)
		buf_text(sql, " AND at <= ?");
	for (size_t i = 0; i < query->collections; i++)
		buf_text(sql, i == 0 ? " AND collection IN (?" : ", ?");
	if (query->collections > 0)
		buf_char(sql, ')');
	buf_text(sql, " GROUP BY collection, record_id ORDER BY MAX(seq) DESC LIMIT ?");
}

void
statement_view(struct buf *sql, const char *collection, const struct list_column *columns, size_t count)
{
	buf_printf(sql,
	    "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_%s AS"
	    " SELECT " ID_TEXT("space_id") " AS space_id, " KEY_TEXT("id") " AS id, version, seq, "
	    ID_TEXT("owner_id") " AS owner_id, created_at, " ID_TEXT("created_by") " AS created_by, updated_at, "
	    ID_TEXT("updated_by") " AS updated_by",
	    collection);
	for (size_t i = 0; i < count; i++) {
		buf_text(sql, ", ");
		add_column(sql, &columns[i]);
		buf_printf(sql, " AS `%s`", columns[i].field);
	}
	buf_printf(sql, " FROM record WHERE collection = '%s' AND deleted = 0", collection);
}

/* The server says no before it misses the column, which no table has. */
void
statement_of_right(struct buf *sql, const char *table, enum right right)
{
	static const char *const texts[RIGHT_COUNT][2] = {
		[RIGHT_SELECT] = { "SELECT 1 FROM ", " WHERE 1 = 0" },
		[RIGHT_INSERT] = { "INSERT INTO ", " (no_such_column) VALUES (0)" },
		[RIGHT_UPDATE] = { "UPDATE ", " SET no_such_column = 0 WHERE 1 = 0" },
		[RIGHT_DELETE] = { "DELETE FROM ", " WHERE 1 = 0" },
	};

	buf_printf(sql, "%s%s%s", texts[right][0], table, texts[right][1]);
}
