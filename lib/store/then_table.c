/* then_table.c -- the texts of the tables that look back, and how a statement over `record` becomes one over
 * then_record. */
#include "store/then_table.h"

#include <ctype.h>
#include <string.h>

#include "store/statement.h"

/* The columns of a row of record, in the order of RECORD_INSERT. */
#define ROW \
	"space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, doc_private," \
	" created_at, created_by, updated_at, updated_by, reader_id"

#define COPY(deleted) \
	"INSERT INTO then_record (" ROW ")" \
	" SELECT " ROW \
	"  FROM record" \
	" WHERE space_id = ? AND seq <= ? AND deleted = " deleted " AND collection IN (?) LIMIT ?"

#define NAME_TYPE "VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"
#define TABLE_END ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"

/* The columns and keys are those of `record` in schema/: a test compares them.  What is written into a temporary table
 * waits for nobody, and reading for it locks nothing, because the isolation is READ COMMITTED. */
const char *const then_texts[THEN_TEXTS_COUNT] = {
	[THEN_DROP] = "DROP TEMPORARY TABLE IF EXISTS then_record, then_changed",
	[THEN_MAKE] =
	    "CREATE TEMPORARY TABLE then_record ("
	    "space_id BINARY(16) NOT NULL, collection " NAME_TYPE ", id VARBINARY(65) NOT NULL,"
	    " version BIGINT UNSIGNED NOT NULL, seq BIGINT UNSIGNED NOT NULL, tx_seq BIGINT UNSIGNED NOT NULL,"
	    " owner_id BINARY(16) NOT NULL, deleted TINYINT NOT NULL DEFAULT 0, sort_key VARBINARY(64) NOT NULL,"
	    " doc MEDIUMTEXT NOT NULL, doc_private MEDIUMTEXT NULL, created_at DATETIME(3) NOT NULL,"
	    " created_by BINARY(16) NOT NULL, updated_at DATETIME(3) NOT NULL, updated_by BINARY(16) NOT NULL,"
	    " reader_id BINARY(16) NULL,"
	    " PRIMARY KEY (space_id, collection, id),"
	    " KEY list_own (space_id, collection, owner_id, deleted, sort_key, id),"
	    " KEY list_all (space_id, collection, deleted, sort_key, id)" TABLE_END,
	[THEN_NOTE] =
	    "CREATE TEMPORARY TABLE then_changed ("
	    "of " NAME_TYPE ", id VARBINARY(65) NOT NULL, was BIGINT UNSIGNED NOT NULL,"
	    " PRIMARY KEY (of, id)" TABLE_END,
	[THEN_COPY] = COPY("0"),
	[THEN_COPY_DELETED] = COPY("1"),
	[THEN_FIND] = /* a record of version 1 was not there before */
	    "INSERT INTO then_changed (of, id, was)"
	    " SELECT collection, record_id, MIN(version) - 1"
	    "  FROM audit"
	    " WHERE space_id = ? AND seq > ? AND collection IN (?)"
	    " GROUP BY collection, record_id HAVING MIN(version) > 1 LIMIT ?",
	[THEN_PAGE] =
	    "SELECT " RECORD_COLUMNS_OF("r.") ", t.of, t.id, t.was"
	    "  FROM then_changed t"
	    "  LEFT JOIN record r FORCE INDEX (PRIMARY) ON r.space_id = ? AND r.collection = t.of AND r.id = t.id"
	    " WHERE t.of > ? OR (t.of = ? AND t.id > ?)"
	    " ORDER BY t.of, t.id LIMIT ?",
	[THEN_WRITES] =
	    "SELECT " AUDIT_COLUMNS
	    "  FROM then_changed t"
	    " STRAIGHT_JOIN audit FORCE INDEX (record)"
	    "    ON space_id = ? AND collection = t.of AND record_id = t.id AND version >= t.was"
	    " WHERE (t.of > ? OR (t.of = ? AND t.id > ?)) AND (t.of < ? OR (t.of = ? AND t.id <= ?))"
	    " ORDER BY t.of, t.id, version DESC",
	[THEN_ADD] =
	    "INSERT IGNORE INTO then_record (" ROW ")"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

/* Where the next " FROM record" or " JOIN record" of a statement has its `record`, or NULL. */
static const char *
next_place(const char *sql)
{
	static const char word[] = "record";

	for (const char *at = sql; (at = strstr(at, word)) != NULL; at++) {
		char after = at[sizeof word - 1];

		if (at - sql >= 5 && (strncmp(at - 5, "FROM ", 5) == 0 || strncmp(at - 5, "JOIN ", 5) == 0) &&
		    after != '_' && after != '.' && !isalnum((unsigned char)after))
			return at;
	}
	return NULL;
}

/* Words of SQL are in capitals and other names of a table are not. */
static bool
is_named(const char *after)
{
	return after[0] == ' ' && islower((unsigned char)after[1]);
}

const char *
then_statement(struct arena *a, const char *sql)
{
	struct buf b;
	const char *at = sql, *place;

	buf_init(&b, a);
	while ((place = next_place(at)) != NULL) {
		buf_add(&b, at, (size_t)(place - at));
		at = place + strlen("record");
		buf_text(&b, is_named(at) ? "then_record" : "then_record AS record");
	}
	buf_text(&b, at);
	return b.text;
}

bool
then_is_meant(const char *sql)
{
	return strstr(sql, "then_record") != NULL || strstr(sql, "then_changed") != NULL;
}
