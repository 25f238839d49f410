/* db.h -- the database.  lib/store/db.c is the only file that includes <mysql.h>.
 * One connection, opened on first use, statements prepared on first use.  A connection that is found dead is closed with all
 * its statements and opened again: before a transaction that is tried once and nobody notices; inside one the transaction
 * is lost and the caller hears PROBLEM_UNAVAILABLE.  Never auto-reconnect, never text pasted into SQL. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/problem.h"

struct db;

struct db_settings {
	const char *socket;        /* path of the server's unix socket, or NULL for host and port */
	const char *host;
	int port;
	const char *user;          /* always given */
	const char *password_file; /* a file that holds the password alone, or NULL */
	const char *name;          /* of the database */
	const char *ca_file;       /* for a remote server: verify its certificate against this; or NULL */
};

enum value_kind {
	VALUE_NULL,
	VALUE_INTEGER,
	VALUE_BYTES /* text too */
};

/* A parameter, or a cell of a row.  The bytes of a cell belong to the arena of the call and end in a NUL that is not counted. */
struct value {
	enum value_kind kind;
	int64_t integer;
	const char *bytes;
	size_t length;
};

struct value value_null(void);
struct value value_integer(int64_t n);
struct value value_text(const char *text);               /* NULL gives NULL */
struct value value_bytes(const void *bytes, size_t size); /* NULL gives NULL */

struct rows {
	size_t count, columns;
	struct value *cells; /* row by row */
	uint64_t affected;   /* rows found by an UPDATE or DELETE (CLIENT_FOUND_ROWS), inserted by an INSERT */
};

/* Cells.  row_text gives NULL for SQL NULL; row_integer gives 0 for it; row_instant reads a DATETIME(3), 0 for NULL. */
const struct value *row_cell(const struct rows *rows, size_t row, size_t column);
const char *row_text(const struct rows *rows, size_t row, size_t column);
int64_t row_integer(const struct rows *rows, size_t row, size_t column);
int64_t row_instant(const struct rows *rows, size_t row, size_t column);
bool row_null(const struct rows *rows, size_t row, size_t column);

/* A database not yet connected.  settings must outlive it.  Never fork with one that has been used. */
struct db *db_new(const struct db_settings *settings);
void db_free(struct db *db);

/* Wait so many seconds for each answer from now on, instead of 10: for an operator's long statements.  0 goes back to 10.
 * Closes the connection, since the time is agreed when one is opened. */
void db_patient(struct db *db, int seconds);

/* Run a statement of ours.  sql is a text that lives as long as the program or is given again in the same words: it is
 * prepared once per connection and kept (at most 256; the oldest goes).  values stands in the order of its question marks.
 * rows may be NULL.  Outside a transaction a lost connection is reopened and the statement run once more, and failures the
 * database asks to repeat are repeated as by db_transaction.  Inside one, after a failure that ends the transaction, nothing
 * more is sent: every call until its end is PROBLEM_UNAVAILABLE.  A text with characters beyond ASCII compared with an id is
 * PROBLEM_INVALID; all else that is wrong with a statement or its values is PROBLEM_INTERNAL. */
struct problem *db_run(struct db *db, struct arena *a, const char *sql,
    const struct value *values, size_t count, struct rows **rows) MUST_CHECK;

/* db_run(db, a, sql, &rows, VALUES(value_text(id), value_integer(3))) */
#define VALUES(...) (struct value[]){ __VA_ARGS__ }, sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value)

/* Send sql as text, unprepared, no parameters, result dropped: for DDL, SET and SAVEPOINT.  Never sent twice. */
struct problem *db_execute(struct db *db, struct arena *a, const char *sql) MUST_CHECK;

/* Run work inside BEGIN … COMMIT, READ COMMITTED.  A problem from work rolls back and is returned, except that failures the
 * database asks to repeat (1213, 1205, 1020, 1047, 1180 and the like) roll back and run work again, at most 5 times, after
 * 10 to 200 ms.  A connection lost inside, or a COMMIT whose answer was lost, is PROBLEM_UNAVAILABLE with Retry-After:
 * the truth is in the op table.  work must set everything it hands out anew on each run. */
struct problem *db_transaction(struct db *db, struct arena *a,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg) MUST_CHECK;

/* True when the problem last returned by this db was a duplicate key (1062). */
bool db_was_duplicate(const struct db *db);

/* The server's number of the last error, 0 when the last call went well. */
unsigned db_errno(const struct db *db);

/* Statements sent since the last call of this function: for the log line of a request. */
unsigned db_take_count(struct db *db);

/* Prepare sql on this connection and drop it again: for doctor and the test of all statements.  *columns is how many columns
 * its rows would have, 0 when it has none; columns may be NULL. */
struct problem *db_check(struct db *db, struct arena *a, const char *sql, size_t *columns) MUST_CHECK;

#endif
