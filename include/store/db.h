/* db.h -- the database.  lib/store/db.c is the only file that includes <mysql.h> and knows its error numbers.  One
 * connection, opened on first use; statements are prepared on first use.  A connection that is found dead is closed
 * with all its statements and opened again.  Outside a transaction the statement is then sent once more, and the
 * caller notices nothing.  Inside one the transaction is lost, and the caller gets PROBLEM_UNAVAILABLE.  The client
 * library never reconnects by itself, and values are never pasted into the text of a statement. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/problem.h"

enum {
	DB_ID_SIZE = UUID_BYTES /* of a user, space, session and the like */
};

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
	VALUE_BYTES, /* text too */
	VALUE_ID,    /* bytes are the text of an id; only parameters are of this kind or the next */
	VALUE_KEY
};

/* A parameter, or a cell of a row.  The bytes of a cell belong to the arena of the call, and a NUL follows them. */
struct value {
	enum value_kind kind;
	int64_t integer;
	const char *bytes;
	size_t length;
};

/* Parameters.  Text and bytes are not copied: they must outlive the call of db_run.  NULL gives NULL.
 *
 * Which of them a parameter needs depends on the column that it is written to or compared with:
 *
 *   BINARY(16)     value_id    the id of a user, space, session, invitation, upload and whatever else Daybook makes
 *   VARBINARY(65)  value_key   the id of a record or an op, which a client chooses
 *   any other      value_text  also the ids of devices, epochs, the names of collections, and an id within JSON
 *
 * BINARY(16) holds the bytes of a UUID.  VARBINARY(65) holds a text, or, for a UUID in lower case, a zero byte and
 * those bytes.  Cells of both come back as text, by the type of the column in the result, so no other column may have
 * one of these types; a test of the schema sees to that.  A text that is no UUID in lower case is equal to no
 * BINARY(16), and cannot be written to one. */
struct value value_null(void);
struct value value_integer(int64_t n);
struct value value_text(const char *text);
struct value value_id(const char *id);
struct value value_key(const char *id);
struct value value_bytes(const void *bytes, size_t size);

/* The hex digits of what value_key writes: for ids within a text that is a parameter.  NULL gives NULL. */
char *db_key_hex(struct arena *a, const char *id);

/* The result of a statement. */
struct rows {
	size_t count, columns;
	struct value *cells; /* row by row */
	uint64_t affected;   /* rows that an UPDATE or DELETE found (CLIENT_FOUND_ROWS) or an INSERT inserted */
	bool cut;            /* of db_run_within: there are more rows */
};

/* Read a cell; it belongs to rows.  For SQL NULL row_text gives NULL, row_integer and row_instant give 0.  row_instant
 * reads a DATETIME(3). */
static inline const struct value *
row_cell(const struct rows *rows, size_t row, size_t column)
{
	if (row >= rows->count || column >= rows->columns)
		abort();
	return &rows->cells[row * rows->columns + column];
}

static inline const char *
row_text(const struct rows *rows, size_t row, size_t column)
{
	return row_cell(rows, row, column)->bytes;
}

int64_t row_integer(const struct rows *rows, size_t row, size_t column);
int64_t row_instant(const struct rows *rows, size_t row, size_t column);
bool row_null(const struct rows *rows, size_t row, size_t column);

/* The columns of a row from `first` on, as rows of their own. */
struct rows row_part(const struct rows *rows, size_t row, size_t first);

/* A database that is not connected yet; db_free ends it.  settings must outlive it.  A process that has used one must
 * not fork. */
struct db *db_new(const struct db_settings *settings);
void db_free(struct db *db);

/* From now on wait this many seconds for each answer instead of 10, and let the server end no statement: for an
 * operator's long statements.  0 goes back to 10.  It closes the connection, because the time is set when one is
 * opened. */
void db_patient(struct db *db, int seconds);

/* From now on the server ends a statement after so many seconds, and db_run's problem is PROBLEM_TOO_MUCH: for reads
 * that may look at everything a space has.  0 goes back to a little less than db_run waits for an answer; a statement
 * that takes so long is PROBLEM_UNAVAILABLE.  It costs a statement only when the time is another one than before.  A
 * server that knows neither max_statement_time (MariaDB) nor max_execution_time (MySQL) ends none. */
void db_hurry(struct db *db, int seconds);

/* From now on statements read then_record where they name record (store/then_table.h), and nothing but a SELECT is sent
 * by db_run.  A connection that is lost takes the table with it: then each further statement is PROBLEM_UNAVAILABLE.
 * false: as usual again.  record/then.h makes the table, and is who calls this. */
void db_look_back(struct db *db, bool back);

/* Close the connection; the next statement opens one. */
void db_hang_up(struct db *db);

/* Run a statement.  sql is prepared once for each connection and kept.  At most 256 are kept; the least recently used
 * one is dropped.  values are in the order of sql's question marks.  *rows is in a; rows may be NULL when they are not
 * needed.
 *
 * Outside a transaction a lost connection is opened again and the statement run once more, and failures that the
 * database asks to repeat are repeated as by db_transaction.  A statement whose answer did not come in time is not
 * repeated: it would take as long again.
 *
 * Inside one, a failure that ends the transaction makes every further call until its end PROBLEM_UNAVAILABLE, or
 * PROBLEM_STORAGE if the server's disk is full, and nothing more is sent.
 *
 * Comparing non-ASCII text with an id is PROBLEM_INVALID.  Anything else that is wrong with a statement or its values
 * is PROBLEM_INTERNAL. */
struct problem *db_run(struct db *db, struct arena *a, const char *sql,
    const struct value *values, size_t count, struct rows **rows) MUST_CHECK;

/* The same, but the rows end with the one that makes them larger than most bytes: for reads whose number of rows is
 * bounded, while each row may be large. */
struct problem *db_run_within(struct db *db, struct arena *a, size_t most, const char *sql,
    const struct value *values, size_t count, struct rows **rows) MUST_CHECK;

/* The values of db_run: db_run(db, a, SQL(NAME), VALUES(value_text(id), value_integer(3)), &rows) */
#define VALUES(...) (struct value[]){ __VA_ARGS__ }, sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value)

/* Send sql as text, without preparing it and without parameters, and drop the result: for DDL, SET and SAVEPOINT.  It
 * is never sent twice. */
struct problem *db_execute(struct db *db, struct arena *a, const char *sql) MUST_CHECK;

/* Run work inside BEGIN … COMMIT, READ COMMITTED.  A problem from work rolls back and is returned.  Failures that the
 * database asks to repeat (a deadlock, a lock wait that timed out, and the like) roll back and run work again after 10
 * to 200 ms, 5 times in all.  So work may run several times, and must set all of its results each time.  A connection
 * lost inside, or a COMMIT whose answer was lost, is PROBLEM_UNAVAILABLE with Retry-After: the outcome is unknown to
 * this process; the table `op` tells whether the write was committed. */
struct problem *db_transaction(struct db *db, struct arena *a,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg) MUST_CHECK;

/* The same for work that only reads: all its statements see the database at one moment, that of the call. */
struct problem *db_snapshot(struct db *db, struct arena *a,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg) MUST_CHECK;

/* Inside a transaction: put rows off that count as written.  send(arg) is called once, before the next statement or
 * COMMIT is sent, so nobody misses them; its problem is that statement's, and the transaction can only be rolled back.
 * With send NULL nothing is put off any more.  The end of the transaction forgets it. */
void db_put_off(struct db *db, struct problem *(*send)(void *arg), void *arg);

/* --- what statements change --- */

/* Somebody or something whose rows a statement changes (OF_USER and the like in statement.h). */
enum db_subject {
	DB_EVERYBODY, /* its id means nothing */
	DB_USER,
	DB_SESSION,
	DB_SPACE,     /* its row; not what is in it */
	DB_HEAD,      /* of a space: its seq moves */
	DB_SUBJECT_COUNT
};

struct db_change {
	enum db_subject subject;
	unsigned char id[DB_ID_SIZE];
};

/* From now on listener is told of every CHANGE that this process sends: before it can take effect (done false), which
 * is before the COMMIT of its transaction, and when it has taken effect, or may have (done true).  A transaction that
 * is rolled back is not told of.  NULL ends that.  There is one listener for all connections. */
void db_listen(void (*listener)(const struct db_change *changes, size_t count, bool done));

/* The 16 bytes of an id: of the 36 characters of a UUID in lower case, or of the bytes themselves.  False for anything
 * else. */
bool db_id(const void *bytes, size_t size, unsigned char id[DB_ID_SIZE]);

/* True while the connection is open and the server has not closed it.  It asks the system, not the server. */
bool db_is_open(const struct db *db);

/* What the problem last returned by this db was about; all are false when the last call went well. */
bool db_was_duplicate(const struct db *db);     /* a key that exists already */
bool db_was_done_before(const struct db *db);   /* what it should create exists, or what it should drop is gone */
bool db_was_without_table(const struct db *db); /* a table that does not exist */
bool db_was_denied(const struct db *db);        /* no right to the database or table */

/* How many statements were sent since the last call of this function: for the log line of a request. */
unsigned db_take_count(struct db *db);

/* Prepare sql on this connection and drop it again: for the doctor and for a test of all statements.  *columns is how
 * many columns its rows would have, 0 when it has none; columns may be NULL. */
struct problem *db_check(struct db *db, struct arena *a, const char *sql, size_t *columns) MUST_CHECK;

#endif
