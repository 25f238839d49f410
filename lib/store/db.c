/* db.c -- one connection to MariaDB or MySQL: opened on first use, and never reopened in the middle of a transaction.
 * The only file that includes <mysql.h> and knows its error numbers, and it uses only what the clients of MariaDB and
 * Oracle both have.  Every error of a server is first sorted into one of a few kinds (see sort_error); the rest of the
 * file knows only these kinds. */
#include "store/db.h"

#include <errmsg.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/file.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/text.h"
#include "store/statement.h"
#include "store/then_table.h"

enum {
	CONNECT_SECONDS = 3,
	ANSWER_SECONDS = 10,  /* longer than any lock wait below, so that the server's own answer comes first */
	STATEMENT_SECONDS = 8, /* after which the server ends a statement: before nobody waits for it any more */
	STATEMENTS_KEPT = 256,
	CHANGES_MAX = 32,     /* of a transaction; with more, everybody is told of */
	TRIES = 5,            /* of a transaction the server asks to repeat */
	PAUSE_SHORTEST = 10,  /* milliseconds between two attempts */
	PAUSE_LONGEST = 200,
	PASSWORD_MAX = 1024,
	MESSAGE_SIZE = 512,
	BINARY_CHARSET = 63,
	COLUMN_ROOM = 256,    /* bytes of a value that is read without asking for its length first */
	ROWS_FIRST = 4,       /* rows there is room for at first; then four times as many, */
	ROWS_MANY = 64,       /* and from so many on twice as many */
	INSTANT_SIZE = 27,    /* of the text of any instant, with its NUL */
	KEY_BYTES = 65        /* of a column for the ids of records and ops, ID_BYTES_MAX and one */
};

/* What an error means for the sender of the statement. */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_OTHER,  /* the statement or its values are wrong: 500, unless the caller expects it (duplicate key) */
	TROUBLE_SLOW,   /* the server ended the statement after its time */
	TROUBLE_FULL,   /* no room on the server's disk: 507 */
	TROUBLE_STALE,  /* the statement must be prepared again */
	TROUBLE_REPEAT, /* the transaction must be rolled back and run again */
	TROUBLE_AWAY,   /* no server that can work now: 503 */
	TROUBLE_LOST    /* the connection died; what was sent may or may not have happened: 503 */
};

/* The type of flags: char in MariaDB, bool in MySQL 8. */
typedef __typeof__(*((MYSQL_BIND *)NULL)->is_null) flag;

struct prepared {
	char *sql;          /* owned */
	const char *given;  /* where the same text stood the last time; something else may stand there now */
	uint64_t hash;      /* of sql */
	uint64_t used;      /* turn of the last use: the smallest is dropped first */
	const struct whose *whose; /* of a CHANGE, else NULL */
	MYSQL_STMT *handle; /* belongs to the connection and ends with it */
};

struct db {
	const struct db_settings *settings;
	MYSQL *mysql;               /* NULL while there is no connection */
	struct prepared statements[STATEMENTS_KEPT];
	size_t statement_count;
	uint64_t turn;              /* counts uses of statements */
	bool in_transaction;
	enum trouble doom;          /* why the transaction can only be rolled back, or TROUBLE_NONE */
	struct problem *(*put_off)(void *arg); /* sends what was put off; or NULL */
	void *put_off_arg;
	struct db_change changes[CHANGES_MAX]; /* of the transaction, or of the statement outside one */
	size_t change_count;
	int answer_seconds;         /* how long to wait for an answer */
	int hurry_seconds;          /* see db_hurry; 0: as usual */
	int limit_wanted;           /* seconds after which the server ends a statement; 0: never */
	int limit_set;              /* the same, as this connection has it */
	bool looks_back;            /* see db_look_back */
	bool late;                  /* the last answer did not come in time */
	unsigned number;            /* of the last error, 0 when the last call went well */
	char message[MESSAGE_SIZE]; /* its text, without values */
	unsigned sent;              /* statements since db_take_count */
};

/* A statement to run. */
struct db_call {
	struct arena *a;
	const char *sql;
	const struct value *values;
	size_t count;
	size_t most;       /* bytes of rows, after which no further one is kept; 0 for any number */
	struct rows *rows; /* NULL when the caller needs none */
};

/* Who is told of changes, or NULL. */
static void (*listener)(const struct db_change *changes, size_t count, bool done);

/* --- errors --- */

/* Error numbers that the client's headers may lack, because only the other kind of server uses them. */
enum {
	SERVER_CANNOT_WRITE = 3, /* the server's own file errors have the numbers of mysys */
	SERVER_DISK_FULL = 20,
	OS_NO_SPACE = 28,
	MARIADB_CONNECTION_KILLED = 1927,
	MARIADB_STATEMENT_TIMEOUT = 1969,
	MYSQL_QUERY_TIMEOUT = 3024,
	MYSQL_CERTIFICATION_FAILED = 3101, /* of group replication */
	MYSQL_IMPOSSIBLE_CONVERSION = 3988,
	MYSQL_DROPPED_FOR_IDLENESS = 4031,
	TIDB_TRANSACTION_TO_RETRY = 8022,
	TIDB_SCHEMA_CHANGED = 8028,
	TIDB_WRITE_CONFLICT = 9007
};

static enum trouble
sort_error(unsigned number)
{
	switch (number) {
	case ER_UNKNOWN_STMT_HANDLER:
	case ER_NEED_REPREPARE:
	case CR_NEW_STMT_METADATA: /* other columns than it was prepared with */
		return TROUBLE_STALE;
	case ER_CHECKREAD: /* the record changed since the snapshot */
	case ER_UNKNOWN_COM_ERROR: /* a cluster node that is not ready */
	case ER_ERROR_DURING_COMMIT:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_LOCK_DEADLOCK:
	case MYSQL_CERTIFICATION_FAILED:
	case TIDB_TRANSACTION_TO_RETRY:
	case TIDB_SCHEMA_CHANGED:
	case TIDB_WRITE_CONFLICT:
		return TROUBLE_REPEAT;
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
	case ER_OPTION_PREVENTS_STATEMENT: /* read-only */
	case ER_QUERY_INTERRUPTED:
	case ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION:
	case ER_READ_ONLY_MODE:
		return TROUBLE_AWAY;
	case MARIADB_STATEMENT_TIMEOUT:
	case MYSQL_QUERY_TIMEOUT:
		return TROUBLE_SLOW;
	case SERVER_CANNOT_WRITE:
	case SERVER_DISK_FULL:
	case OS_NO_SPACE:
	case ER_DISK_FULL:
	case ER_ERROR_ON_WRITE:
	case ER_RECORD_FILE_FULL:
		return TROUBLE_FULL;
	case ER_SERVER_SHUTDOWN:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
	case MARIADB_CONNECTION_KILLED:
	case MYSQL_DROPPED_FOR_IDLENESS:
	case CR_CONNECTION_ERROR: /* nothing listens at the socket */
	case CR_CONN_HOST_ERROR: /* nothing listens at the port */
	case CR_UNKNOWN_HOST:
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case CR_SSL_CONNECTION_ERROR:
	case CR_MALFORMED_PACKET:
		return TROUBLE_LOST;
	default:
		return TROUBLE_OTHER;
	}
}

/* The texts of some errors quote the value at fault: "Duplicate entry 'VALUE' for key 'KEY'". */
static bool
quotes_value(unsigned number)
{
	switch (number) {
	case ER_DUP_ENTRY:
	case ER_DUP_ENTRY_WITH_KEY_NAME:
	case ER_TRUNCATED_WRONG_VALUE:
	case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
	case ER_WRONG_VALUE_FOR_TYPE:
	case ER_DATA_OUT_OF_RANGE:
		return true;
	default:
		return false;
	}
}

/* Cut the text between the first quote and the last "' for ", after which the server's own words continue. */
static void
hide_value(char *text)
{
	char *start = strchr(text, '\''), *rest = NULL;

	if (start == NULL)
		return;
	for (char *at = start + 1; (at = strstr(at, "' for ")) != NULL; at++)
		rest = at;
	start[1] = '\0';
	if (rest != NULL)
		memmove(start + 1, rest, strlen(rest) + 1);
}

/* "Got error 28 "No space left on device" from storage engine InnoDB": what went wrong is in the text alone. */
static bool
is_of_full_disk(unsigned number, const char *text)
{
	static const char start[] = "Got error ";

	return number == ER_GET_ERRNO && strncmp(text, start, sizeof(start) - 1) == 0 &&
	    strtol(text + sizeof(start) - 1, NULL, 10) == OS_NO_SPACE;
}

static enum trouble
note_error(struct db *db, unsigned number, const char *text)
{
	db->number = number;
	snprintf(db->message, sizeof(db->message), "%s", text);
	if (quotes_value(number))
		hide_value(db->message);
	return is_of_full_disk(number, text) ? TROUBLE_FULL : sort_error(number);
}

static struct problem *
unavailable(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_UNAVAILABLE,
	    "The database cannot be reached at the moment; try again shortly.");

	p->cause = cause;
	p->retry_after = 2;
	return p;
}

/* The statements are constant and tested against the schema, so characters that no id or name can have came from
 * outside. */
static struct problem *
foreign_characters(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_INVALID, "An id or a name holds characters that none can have.");

	p->cause = cause;
	return p;
}

static struct problem *
too_much(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_TOO_MUCH,
	    "There is too much to look through, so it was stopped; ask for less: a shorter span, fewer filters, no "
	    "search text, or another order.");

	p->cause = cause;
	return p;
}

static struct problem *
disk_full(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_STORAGE,
	    "The disk of the server is full, and nothing was written; please tell its operator.");

	p->cause = cause;
	p->retry_after = 60;
	return p;
}

/* The problem for the last error, which running sql caused.  sql holds question marks, never values. */
static struct problem *
report(struct db *db, struct arena *a, enum trouble trouble, const char *sql)
{
	const char *cause;

	if (trouble == TROUBLE_NONE)
		return NULL;
	cause = arena_printf(a, "database error %u: %s; running: %.120s", db->number, db->message, sql);
	/* An ASCII column was compared with other characters.  The first number is MariaDB's, the second MySQL's. */
	if (db->number == ER_CANT_AGGREGATE_2COLLATIONS || db->number == MYSQL_IMPOSSIBLE_CONVERSION)
		return foreign_characters(a, cause);
	/* The tables of who looks back went with the connection.  A worker may make no others: it is denied. */
	if ((db->number == ER_NO_SUCH_TABLE || db->number == ER_TABLEACCESS_DENIED_ERROR) &&
	    (db->looks_back || then_is_meant(sql)))
		return unavailable(a, cause);
	if (trouble == TROUBLE_OTHER || trouble == TROUBLE_STALE)
		return problem_internal(a, "%s", cause);
	if (trouble == TROUBLE_FULL)
		return disk_full(a, cause);
	if (trouble == TROUBLE_SLOW && db->hurry_seconds > 0)
		return too_much(a, cause);
	return unavailable(a, cause);
}

/* --- the connection --- */

static void
forget(struct db *db, size_t index)
{
	struct prepared *s = &db->statements[index];

	mysql_stmt_close(s->handle);
	free(s->sql);
	*s = db->statements[--db->statement_count];
}

/* Close the connection first: statement handles without a connection close without a message to the server. */
static void
disconnect(struct db *db)
{
	if (db->mysql != NULL)
		mysql_close(db->mysql);
	db->mysql = NULL;
	while (db->statement_count > 0)
		forget(db, db->statement_count - 1);
}

/* Read the password, without the line break at its end.  False when the file cannot be read or is too long. */
static bool
read_password(const char *path, char password[PASSWORD_MAX])
{
	size_t length;

	password[0] = '\0';
	if (path == NULL)
		return true;
	if (file_read(path, password, PASSWORD_MAX - 1, &length) != 0)
		return false;
	password[length] = '\0';
	password[strcspn(password, "\r\n")] = '\0';
	return true;
}

/* The server's name is verified only over TCP.  A unix socket has no name; its file permissions show whose server it
 * is. */
static void
demand_tls(MYSQL *mysql, const char *ca_file)
{
	mysql_options(mysql, MYSQL_OPT_SSL_CA, ca_file);
#ifdef MARIADB_PACKAGE_VERSION
	flag yes = 1;

	mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
	mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
#else
	unsigned mode = SSL_MODE_VERIFY_IDENTITY;

	mysql_options(mysql, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

static void
set_options(const struct db *db, MYSQL *mysql)
{
	const struct db_settings *s = db->settings;
	unsigned connect_seconds = CONNECT_SECONDS, answer_seconds = (unsigned)db->answer_seconds, no = 0;
	unsigned protocol = s->socket != NULL ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;

	mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
	mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &answer_seconds);
	mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_seconds);
	mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no);
	mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
	mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (s->ca_file != NULL)
		demand_tls(mysql, s->ca_file);
}

/* Send a statement as text and drop its result. */
static int
query(MYSQL *mysql, const char *sql)
{
	if (mysql_real_query(mysql, sql, strlen(sql)) != 0)
		return -1;
	do {
		MYSQL_RES *result = mysql_store_result(mysql);

		if (result != NULL)
			mysql_free_result(result);
		else if (mysql_errno(mysql) != 0)
			return -1;
	} while (mysql_next_result(mysql) == 0);
	return mysql_errno(mysql) == 0 ? 0 : -1;
}

/* Set what every session of Daybook relies on, whatever the server's settings are. */
static int
set_session(MYSQL *mysql)
{
	if (query(mysql,
		"SET NAMES utf8mb4 COLLATE utf8mb4_bin,"
		" SESSION autocommit = 1,"
		" SESSION time_zone = '+00:00',"
		" SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
		"ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
		" SESSION innodb_lock_wait_timeout = 3,"
		" SESSION lock_wait_timeout = 5") != 0)
		return -1;
	return query(mysql, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
}

/* Have the server end each statement of this session after so many seconds.  The first name is MariaDB's, the second
 * MySQL's, which knows it for reads only. */
static enum trouble
set_limit(struct db *db)
{
	char sql[80];

	if (db->limit_set == db->limit_wanted)
		return TROUBLE_NONE;
	snprintf(sql, sizeof(sql), "SET SESSION max_statement_time = %d", db->limit_wanted);
	if (query(db->mysql, sql) != 0 && mysql_errno(db->mysql) == ER_UNKNOWN_SYSTEM_VARIABLE) {
		snprintf(sql, sizeof(sql), "SET SESSION max_execution_time = %d", db->limit_wanted * 1000);
		query(db->mysql, sql);
	}
	if (mysql_errno(db->mysql) != 0 && mysql_errno(db->mysql) != ER_UNKNOWN_SYSTEM_VARIABLE)
		return note_error(db, mysql_errno(db->mysql), mysql_error(db->mysql));
	db->limit_set = db->limit_wanted;
	return TROUBLE_NONE;
}

static bool
open_session(struct db *db, MYSQL *mysql, const char *password)
{
	const struct db_settings *s = db->settings;

	set_options(db, mysql);
	if (mysql_real_connect(mysql, s->socket != NULL ? NULL : s->host, s->user, password, s->name,
		s->socket != NULL ? 0 : (unsigned)s->port, s->socket, CLIENT_FOUND_ROWS) == NULL)
		return false;
	fcntl((int)mysql->net.fd, F_SETFD, FD_CLOEXEC);
	return set_session(mysql) == 0;
}

/* A second attempt at once would not help here, so a dead server is TROUBLE_AWAY and not TROUBLE_LOST. */
static enum trouble
connect_database(struct db *db)
{
	char password[PASSWORD_MAX];
	enum trouble trouble = TROUBLE_NONE;
	MYSQL *mysql = mysql_init(NULL);

	if (mysql == NULL)
		abort();
	if (!read_password(db->settings->password_file, password)) {
		mysql_close(mysql);
		return note_error(db, ER_ACCESS_DENIED_ERROR,
		    "the file with the password of the database cannot be read");
	}
	if (!open_session(db, mysql, password))
		trouble = note_error(db, mysql_errno(mysql), mysql_error(mysql));
	explicit_bzero(password, sizeof(password));
	if (trouble == TROUBLE_NONE) {
		db->mysql = mysql;
		db->limit_set = 0;
		return TROUBLE_NONE;
	}
	mysql_close(mysql);
	return trouble == TROUBLE_OTHER ? TROUBLE_OTHER : TROUBLE_AWAY;
}

static enum trouble
connect_if_needed(struct db *db)
{
	enum trouble trouble = db->mysql != NULL ? TROUBLE_NONE : connect_database(db);

	return trouble != TROUBLE_NONE ? trouble : set_limit(db);
}

/* After trouble: close a connection whose state is in doubt, and mark a transaction that cannot be completed.  An error
 * that the client library itself found leaves the connection in doubt. */
static enum trouble
settle(struct db *db, enum trouble trouble)
{
	bool doubtful = trouble == TROUBLE_LOST || trouble == TROUBLE_AWAY ||
	    (trouble == TROUBLE_OTHER && db->number >= CR_MIN_ERROR && db->number <= CR_MAX_ERROR);

	if (trouble == TROUBLE_NONE)
		db->number = 0;
	if (doubtful)
		disconnect(db);
	if (db->in_transaction && (doubtful || trouble == TROUBLE_REPEAT || trouble == TROUBLE_SLOW ||
	    trouble == TROUBLE_FULL))
		db->doom = trouble;
	return trouble;
}

/* --- statements --- */

static size_t
oldest(const struct db *db)
{
	size_t found = 0;

	for (size_t i = 1; i < db->statement_count; i++)
		if (db->statements[i].used < db->statements[found].used)
			found = i;
	return found;
}

/* The index of sql among the prepared statements, or statement_count.  Most texts stand where they stood the last time,
 * so there is something to compare before the hash is made. */
static size_t
find_prepared(struct db *db, const char *sql, uint64_t *hash)
{
	size_t i;

	for (i = 0; i < db->statement_count; i++)
		if (db->statements[i].given == sql && strcmp(db->statements[i].sql, sql) == 0)
			return i;
	*hash = text_hash(TEXT_HASH, sql);
	for (i = 0; i < db->statement_count; i++)
		if (db->statements[i].hash == *hash && strcmp(db->statements[i].sql, sql) == 0)
			break;
	return i;
}

/* Prepare sql.  NULL after an error, which *trouble tells. */
static MYSQL_STMT *
prepare(struct db *db, const char *sql, enum trouble *trouble)
{
	MYSQL_STMT *handle = mysql_stmt_init(db->mysql);

	if (handle == NULL)
		abort();
	if (mysql_stmt_prepare(handle, sql, strlen(sql)) == 0) {
		*trouble = TROUBLE_NONE;
		return handle;
	}
	*trouble = note_error(db, mysql_stmt_errno(handle), mysql_stmt_error(handle));
	mysql_stmt_close(handle);
	return NULL;
}

static enum trouble
find_or_prepare(struct db *db, const char *sql, size_t *index)
{
	struct prepared made = { .sql = NULL };
	enum trouble trouble;

	*index = find_prepared(db, sql, &made.hash);
	if (*index == db->statement_count) {
		if ((made.handle = prepare(db, sql, &trouble)) == NULL)
			return trouble;
		if ((made.sql = strdup(sql)) == NULL)
			abort();
		made.whose = statement_whose(sql);
		if (db->statement_count == STATEMENTS_KEPT)
			forget(db, oldest(db));
		*index = db->statement_count++;
		db->statements[*index] = made;
	}
	db->statements[*index].given = sql;
	db->statements[*index].used = ++db->turn;
	return TROUBLE_NONE;
}

/* The library declares pointers to input as pointers to writable memory. */
static void *
unconst(const void *bytes)
{
	return (void *)(uintptr_t)bytes;
}

/* The bytes of a UUID.  Any other text becomes one byte too many, which no row has and none can get. */
static void
bind_id(struct arena *a, const char *text, MYSQL_BIND *b)
{
	unsigned char *bytes = arena_alloc(a, UUID_BYTES + 1);

	memset(bytes, 0xff, UUID_BYTES + 1);
	b->buffer_type = MYSQL_TYPE_BLOB;
	b->buffer = bytes;
	b->buffer_length = UUID_BYTES + !uuid_pack(text, bytes);
}

/* A zero byte and the bytes of a UUID, or the text. */
static const void *
key_bytes(struct arena *a, const char *id, size_t *length)
{
	unsigned char *bytes = arena_alloc(a, 1 + UUID_BYTES);

	bytes[0] = 0;
	*length = 1 + UUID_BYTES;
	if (uuid_pack(id, bytes + 1))
		return bytes;
	*length = strlen(id);
	return id;
}

static void
bind_key(struct arena *a, const char *text, MYSQL_BIND *b)
{
	size_t length;

	b->buffer_type = MYSQL_TYPE_BLOB;
	b->buffer = unconst(key_bytes(a, text, &length));
	b->buffer_length = length;
}

static MYSQL_BIND *
bind_values(const struct db_call *call)
{
	MYSQL_BIND *binds = arena_alloc(call->a, call->count * sizeof(*binds));

	for (size_t i = 0; i < call->count; i++) {
		const struct value *v = &call->values[i];
		MYSQL_BIND *b = &binds[i];

		switch (v->kind) {
		case VALUE_NULL:
			b->buffer_type = MYSQL_TYPE_NULL;
			break;
		case VALUE_INTEGER:
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer = unconst(&v->integer);
			break;
		case VALUE_BYTES:
			b->buffer_type = MYSQL_TYPE_STRING;
			b->buffer = unconst(v->bytes);
			b->buffer_length = v->length;
			break;
		case VALUE_ID:
			bind_id(call->a, v->bytes, b);
			break;
		case VALUE_KEY:
			bind_key(call->a, v->bytes, b);
			break;
		}
	}
	return binds;
}

/* --- results: rows are taken as they arrive, and each becomes one piece of memory --- */

enum form {
	FORM_TEXT,
	FORM_LONG,    /* a text or bytes, fetched when the length is known */
	FORM_INTEGER,
	FORM_INSTANT, /* of DATETIME */
	FORM_ID,      /* 16 bytes, given as the text of a UUID */
	FORM_KEY      /* a zero byte and 16 bytes, given likewise; or a text */
};

/* A column in the current row. */
struct column {
	enum form form;
	bool is_unsigned;
	unsigned decimals;    /* of the seconds of an instant */
	unsigned long length; /* of a text or bytes */
	flag null;
	union {
		int64_t integer;
		MYSQL_TIME instant;
		char text[COLUMN_ROOM];
	};
};

static enum form
form_of(const MYSQL_FIELD *field)
{
	bool bytes = field->charsetnr == BINARY_CHARSET;

	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
		return FORM_INTEGER;
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return FORM_INSTANT;
	case MYSQL_TYPE_STRING:
		if (bytes && field->length == UUID_BYTES)
			return FORM_ID;
		break;
	case MYSQL_TYPE_VAR_STRING:
		if (bytes && field->length == KEY_BYTES)
			return FORM_KEY;
		break;
	default:
		break;
	}
	return field->length < COLUMN_ROOM ? FORM_TEXT : FORM_LONG;
}

static void
bind_column(MYSQL_BIND *b, struct column *c, const MYSQL_FIELD *field)
{
	c->form = form_of(field);
	c->is_unsigned = (field->flags & UNSIGNED_FLAG) != 0;
	c->decimals = field->decimals;
	b->is_null = &c->null;
	b->length = &c->length;
	b->is_unsigned = c->is_unsigned;
	switch (c->form) {
	case FORM_INTEGER:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = &c->integer;
		break;
	case FORM_INSTANT:
		b->buffer_type = MYSQL_TYPE_DATETIME;
		b->buffer = &c->instant;
		break;
	default:
		b->buffer_type = MYSQL_TYPE_STRING;
		b->buffer = c->text;
		b->buffer_length = c->form == FORM_LONG ? 0 : sizeof(c->text);
	}
}

static struct column *
bind_columns(struct arena *a, MYSQL_STMT *handle, size_t count)
{
	struct column *columns = arena_alloc(a, count * sizeof(*columns));
	MYSQL_BIND *binds = arena_alloc(a, count * sizeof(*binds));
	MYSQL_RES *meta = mysql_stmt_result_metadata(handle);

	if (meta == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		bind_column(&binds[i], &columns[i], mysql_fetch_field_direct(meta, (unsigned)i));
	mysql_free_result(meta);
	return mysql_stmt_bind_result(handle, binds) == 0 ? columns : NULL;
}

static bool
is_packed(const struct column *c)
{
	return (c->form == FORM_ID && c->length == UUID_BYTES) ||
	    (c->form == FORM_KEY && c->length == 1 + UUID_BYTES && c->text[0] == '\0');
}

/* As much room as the cell in the current row needs, with its NUL. */
static size_t
cell_room(const struct column *c)
{
	if (c->null)
		return 0;
	if (c->form == FORM_INTEGER)
		return INTEGER_SIZE;
	if (c->form == FORM_INSTANT)
		return INSTANT_SIZE;
	return is_packed(c) ? UUID_TEXT_SIZE : c->length + 1;
}

/* "2026-11-21 08:34:00.000", with as many decimals as the column has.  Returns the length. */
static size_t
put_instant(char *text, const MYSQL_TIME *t, unsigned decimals)
{
	static const unsigned long parts[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
	char *at = text_digits(text, t->year, 4);

	*at++ = '-';
	at = text_digits(at, t->month, 2);
	*at++ = '-';
	at = text_digits(at, t->day, 2);
	*at++ = ' ';
	at = text_digits(at, t->hour, 2);
	*at++ = ':';
	at = text_digits(at, t->minute, 2);
	*at++ = ':';
	at = text_digits(at, t->second, 2);
	if (decimals > 0 && decimals <= 6) {
		*at++ = '.';
		at = text_digits(at, t->second_part / parts[decimals], decimals);
	}
	*at = '\0';
	return (size_t)(at - text);
}

/* Write bytes at `at`.  Long ones are fetched by the length that the server gave. */
static int
take_bytes(MYSQL_STMT *handle, const struct column *c, unsigned place, char *at)
{
	at[c->length] = '\0';
	if (c->form != FORM_LONG && c->length <= sizeof(c->text)) {
		memcpy(at, c->text, c->length);
	} else if (c->length > 0) {
		MYSQL_BIND whole = { .buffer_type = MYSQL_TYPE_STRING, .buffer = at, .buffer_length = c->length };

		return mysql_stmt_fetch_column(handle, &whole, place, 0);
	}
	return 0;
}

/* Write the cell of the current row at `at`, and make it *cell. */
static int
take_cell(MYSQL_STMT *handle, const struct column *c, unsigned place, char *at, struct value *cell)
{
	cell->kind = VALUE_BYTES;
	cell->integer = 0;
	cell->bytes = at;
	if (c->null) {
		*cell = value_null();
	} else if (c->form == FORM_INTEGER) {
		cell->kind = VALUE_INTEGER;
		cell->integer = c->integer;
		cell->length = c->is_unsigned
		    ? unsigned_text(at, (uint64_t)c->integer) : integer_text(at, c->integer);
	} else if (c->form == FORM_INSTANT) {
		cell->length = put_instant(at, &c->instant, c->decimals);
	} else if (is_packed(c)) {
		uuid_unpack((const unsigned char *)c->text + (c->form == FORM_KEY), at);
		cell->length = UUID_TEXT_SIZE - 1;
	} else {
		cell->length = c->length;
		return take_bytes(handle, c, place, at);
	}
	return 0;
}

static int
take_row(struct arena *a, MYSQL_STMT *handle, const struct column *columns, size_t count, struct value *cells,
    size_t *bytes)
{
	size_t total = 0;
	char *at;

	for (size_t i = 0; i < count; i++)
		total += cell_room(&columns[i]);
	*bytes += total;
	at = arena_raw(a, total);
	for (size_t i = 0; i < count; i++) {
		if (take_cell(handle, &columns[i], (unsigned)i, at, &cells[i]) != 0)
			return -1;
		at += cells[i].length + !columns[i].null;
	}
	return 0;
}

/* Memory for one more row.  It grows, because how many there are is known only at the last one. */
static struct value *
next_row(struct arena *a, struct rows *rows, size_t *room)
{
	size_t size = rows->columns * sizeof(*rows->cells);
	struct value *cells = rows->cells;

	if (rows->count == *room) {
		*room = *room == 0 ? ROWS_FIRST : *room < ROWS_MANY ? *room * 4 : *room * 2;
		rows->cells = arena_raw(a, *room * size);
		if (rows->count > 0)
			memcpy(rows->cells, cells, rows->count * size);
	}
	return rows->cells + rows->count * rows->columns;
}

/* What is left out is dropped by mysql_stmt_free_result. */
static int
collect(const struct db_call *call, MYSQL_STMT *handle, struct rows *rows)
{
	struct arena *a = call->a;
	struct column *columns = bind_columns(a, handle, rows->columns);
	size_t room = 0, bytes = 0;

	if (columns == NULL)
		return -1;
	for (;;) {
		int got = mysql_stmt_fetch(handle);

		if (got == MYSQL_NO_DATA)
			return 0;
		if (got != 0 && got != MYSQL_DATA_TRUNCATED)
			return -1;
		if ((rows->cut = call->most > 0 && bytes > call->most))
			return 0;
		if (take_row(a, handle, columns, rows->columns, next_row(a, rows, &room), &bytes) != 0)
			return -1;
		rows->count++;
	}
}

/* Rows that nobody asked for are read, too: an error may be among them. */
static int
take_result(const struct db_call *call, MYSQL_STMT *handle)
{
	struct rows rows = { .columns = mysql_stmt_field_count(handle) };

	if (rows.columns == 0)
		rows.affected = mysql_stmt_affected_rows(handle);
	else if (collect(call, handle, &rows) != 0)
		return -1;
	if (call->rows != NULL)
		*call->rows = rows;
	return 0;
}

/* --- changes --- */

bool
db_id(const void *bytes, size_t size, unsigned char id[DB_ID_SIZE])
{
	char text[UUID_TEXT_SIZE];

	if (size == DB_ID_SIZE) {
		memcpy(id, bytes, DB_ID_SIZE);
		return true;
	}
	if (size != UUID_TEXT_SIZE - 1)
		return false;
	memcpy(text, bytes, size);
	text[size] = '\0';
	return uuid_pack(text, id);
}

/* Note one change; a place of 0 means none.  When there is no room, or the id is none, everybody is changed. */
static void
note_change(struct db *db, const struct db_call *call, enum db_subject subject, size_t place)
{
	struct db_change change = { .subject = subject };
	const struct value *v = place > 0 && place <= call->count ? &call->values[place - 1] : NULL;

	if (place == 0 && subject != DB_EVERYBODY)
		return;
	if (subject != DB_EVERYBODY && (v == NULL || (v->kind != VALUE_BYTES && v->kind != VALUE_ID) ||
	    !db_id(v->bytes, v->length, change.id)))
		change.subject = DB_EVERYBODY;
	for (size_t i = 0; i < db->change_count; i++)
		if (memcmp(&db->changes[i], &change, sizeof(change)) == 0)
			return;
	if (db->change_count == CHANGES_MAX)
		db->changes[0] = (struct db_change){ .subject = DB_EVERYBODY };
	else
		db->changes[db->change_count++] = change;
}

static void
note_changes(struct db *db, const struct db_call *call, const struct whose *whose)
{
	if (whose == NULL || listener == NULL)
		return;
	if (whose->everybody)
		note_change(db, call, DB_EVERYBODY, 0);
	note_change(db, call, DB_USER, whose->user);
	note_change(db, call, DB_SESSION, whose->session);
	note_change(db, call, DB_SPACE, whose->space);
	note_change(db, call, DB_HEAD, whose->head);
}

static void
tell_changes(const struct db *db, bool done)
{
	if (listener != NULL && db->change_count > 0)
		listener(db->changes, db->change_count, done);
}

/* --- sending --- */

/* An error among the rows of a result is noted at the connection alone by MariaDB's client. */
static enum trouble
note_failure(struct db *db, MYSQL_STMT *handle)
{
	if (mysql_stmt_errno(handle) != 0)
		return note_error(db, mysql_stmt_errno(handle), mysql_stmt_error(handle));
	return note_error(db, mysql_errno(db->mysql), mysql_error(db->mysql));
}

static enum trouble
execute(struct db *db, const struct db_call *call)
{
	size_t index;
	MYSQL_STMT *handle;
	enum trouble trouble;

	if (db->looks_back && strncmp(call->sql, "SELECT", 6) != 0)
		return note_error(db, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, "who looks back only reads");
	trouble = find_or_prepare(db, db->looks_back ? then_statement(call->a, call->sql) : call->sql, &index);
	if (trouble != TROUBLE_NONE)
		return trouble;
	handle = db->statements[index].handle;
	if (mysql_stmt_param_count(handle) != call->count)
		return note_error(db, CR_INVALID_PARAMETER_NO,
		    "the number of values is not the number of question marks");
	note_changes(db, call, db->statements[index].whose);
	if (!db->in_transaction)
		tell_changes(db, false);
	db->sent++;
	if ((call->count > 0 && mysql_stmt_bind_param(handle, bind_values(call)) != 0) ||
	    mysql_stmt_execute(handle) != 0 ||
	    take_result(call, handle) != 0)
		trouble = note_failure(db, handle);
	mysql_stmt_free_result(handle);
	if (trouble == TROUBLE_STALE)
		forget(db, index);
	return trouble;
}

static enum trouble
attempt(struct db *db, const struct db_call *call)
{
	int64_t start = steady_now();
	enum trouble trouble = connect_if_needed(db);

	if (trouble == TROUBLE_NONE)
		trouble = execute(db, call);
	if (trouble == TROUBLE_STALE)
		trouble = execute(db, call);
	db->late = steady_now() - start >= (int64_t)db->answer_seconds * 1000;
	return settle(db, trouble);
}

static enum trouble
attempt_text(struct db *db, const char *sql)
{
	enum trouble trouble = connect_if_needed(db);

	if (trouble != TROUBLE_NONE)
		return settle(db, trouble);
	db->sent++;
	if (query(db->mysql, sql) != 0)
		trouble = note_error(db, mysql_errno(db->mysql), mysql_error(db->mysql));
	return settle(db, trouble);
}

/* Wait for a random time, so that connections do not collide again; longer with each try. */
static void
pause_before(int try)
{
	unsigned chance;
	int longest = PAUSE_SHORTEST << (2 + try);
	struct timespec pause = { 0 };

	if (longest > PAUSE_LONGEST)
		longest = PAUSE_LONGEST;
	random_bytes(&chance, sizeof(chance));
	pause.tv_nsec = (PAUSE_SHORTEST + (long)(chance % (unsigned)(longest - PAUSE_SHORTEST + 1))) * 1000000;
	nanosleep(&pause, NULL);
}

/* After a failure that ended the transaction, no statement is sent any more: it would run outside of it. */
static struct problem *
report_doom(const struct db *db, struct arena *a)
{
	const char *cause = arena_printf(a,
	    "the transaction had failed before: database error %u: %s", db->number, db->message);

	return db->doom == TROUBLE_FULL ? disk_full(a, cause) : unavailable(a, cause);
}

/* Outside a transaction, a statement is repeated under the same conditions as a transaction. */
static enum trouble
attempt_alone(struct db *db, const struct db_call *call)
{
	enum trouble trouble;

	db->change_count = 0;
	trouble = attempt(db, call);

	if (trouble == TROUBLE_LOST && !db->late)
		trouble = attempt(db, call);
	for (int try = 1; trouble == TROUBLE_REPEAT && try < TRIES; try++) {
		pause_before(try);
		trouble = attempt(db, call);
	}
	tell_changes(db, true);
	return trouble;
}

/* --- transactions --- */

static const char usual[] = "START TRANSACTION";

/* What begins a transaction in which all statements see the same moment.  The first is for the next transaction alone,
 * so a connection that is lost after it needs both again. */
static const char repeatable[] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
static const char snapshot[] = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

static enum trouble
attempt_begin(struct db *db, const char *sql)
{
	enum trouble trouble = sql == snapshot ? attempt_text(db, repeatable) : TROUBLE_NONE;

	return trouble == TROUBLE_NONE ? attempt_text(db, sql) : trouble;
}

static struct problem *
begin(struct db *db, struct arena *a, const char *sql)
{
	enum trouble trouble = attempt_begin(db, sql);

	if (trouble == TROUBLE_LOST)
		trouble = attempt_begin(db, sql);
	db->doom = trouble == TROUBLE_REPEAT ? trouble : TROUBLE_NONE;
	db->in_transaction = trouble == TROUBLE_NONE;
	db->change_count = 0;
	return report(db, a, trouble, sql);
}

/* When the answer is lost, what was changed counts as changed. */
static struct problem *
commit(struct db *db, struct arena *a)
{
	enum trouble trouble;

	tell_changes(db, false);
	trouble = attempt_text(db, "COMMIT");
	tell_changes(db, true);
	return report(db, a, trouble, "COMMIT");
}

/* Send what was put off.  It is forgotten first, because sending it runs statements too.  A failure ends the
 * transaction, also if the caller of the next statement takes it for a failure of that statement and goes on. */
static struct problem *
send_put_off(struct db *db)
{
	struct problem *(*send)(void *arg) = db->put_off, *p;

	db->put_off = NULL;
	p = send == NULL ? NULL : send(db->put_off_arg);
	if (p != NULL && db->doom == TROUBLE_NONE)
		db->doom = TROUBLE_OTHER;
	return p;
}

/* It does not change the last error, for which callers ask afterwards. */
static void
roll_back(struct db *db)
{
	if (db->mysql == NULL)
		return;
	db->sent++;
	if (query(db->mysql, "ROLLBACK") != 0)
		disconnect(db);
}

static struct problem *
run_transaction(struct db *db, struct arena *a, const char *sql,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg)
{
	struct problem *p = begin(db, a, sql);

	if (p != NULL)
		return p;
	if ((p = work(db, a, arg)) == NULL)
		p = send_put_off(db);
	if (p == NULL && db->doom != TROUBLE_NONE)
		p = report_doom(db, a);
	if (p == NULL)
		p = commit(db, a);
	if (p != NULL)
		roll_back(db);
	db->put_off = NULL;
	db->in_transaction = false;
	return p;
}

/* --- public functions --- */

struct value
value_null(void)
{
	return (struct value){ .kind = VALUE_NULL };
}

struct value
value_integer(int64_t n)
{
	return (struct value){ .kind = VALUE_INTEGER, .integer = n };
}

struct value
value_text(const char *text)
{
	return value_bytes(text, text != NULL ? strlen(text) : 0);
}

struct value
value_id(const char *id)
{
	return id == NULL ? value_null() : (struct value){ .kind = VALUE_ID, .bytes = id, .length = strlen(id) };
}

struct value
value_key(const char *id)
{
	return id == NULL ? value_null() : (struct value){ .kind = VALUE_KEY, .bytes = id, .length = strlen(id) };
}

struct value
value_bytes(const void *bytes, size_t size)
{
	if (bytes == NULL)
		return value_null();
	return (struct value){ .kind = VALUE_BYTES, .bytes = bytes, .length = size };
}

char *
db_key_hex(struct arena *a, const char *id)
{
	size_t length;
	const void *bytes;

	if (id == NULL)
		return NULL;
	bytes = key_bytes(a, id, &length);
	return hex_text(a, bytes, length);
}

int64_t
row_integer(const struct rows *rows, size_t row, size_t column)
{
	const struct value *v = row_cell(rows, row, column);

	return v->kind == VALUE_BYTES ? strtoll(v->bytes, NULL, 10) : v->integer;
}

int64_t
row_instant(const struct rows *rows, size_t row, size_t column)
{
	const char *text = row_text(rows, row, column);
	int64_t instant;

	return text != NULL && instant_from_sql(text, &instant) ? instant : 0;
}

bool
row_null(const struct rows *rows, size_t row, size_t column)
{
	return row_cell(rows, row, column)->kind == VALUE_NULL;
}

struct rows
row_part(const struct rows *rows, size_t row, size_t first)
{
	row_cell(rows, row, first); /* is there */
	return (struct rows){
		.count = 1,
		.columns = rows->columns - first,
		.cells = &rows->cells[row * rows->columns + first],
	};
}

struct db *
db_new(const struct db_settings *settings)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL || mysql_library_init(0, NULL, NULL) != 0)
		abort();
	db->settings = settings;
	db->answer_seconds = ANSWER_SECONDS;
	db->limit_wanted = STATEMENT_SECONDS;
	return db;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	free(db);
}

void
db_patient(struct db *db, int seconds)
{
	disconnect(db);
	db->answer_seconds = seconds > 0 ? seconds : ANSWER_SECONDS;
	db->limit_wanted = seconds > 0 ? 0 : STATEMENT_SECONDS;
}

/* An operator's patience wins. */
void
db_hurry(struct db *db, int seconds)
{
	db->hurry_seconds = seconds;
	if (db->answer_seconds == ANSWER_SECONDS)
		db->limit_wanted = seconds > 0 ? seconds : STATEMENT_SECONDS;
}

/* Statements over tables that are gone are not kept. */
void
db_look_back(struct db *db, bool back)
{
	db->looks_back = back;
	for (size_t i = db->statement_count; !back && i > 0; i--)
		if (then_is_meant(db->statements[i - 1].sql))
			forget(db, i - 1);
}

void
db_hang_up(struct db *db)
{
	disconnect(db);
}

static struct problem *
run(struct db *db, struct db_call *call, struct rows **rows)
{
	struct problem *p;

	if ((p = send_put_off(db)) != NULL)
		return p;
	if (db->in_transaction && db->doom != TROUBLE_NONE)
		return report_doom(db, call->a);
	if (rows != NULL)
		*rows = call->rows = arena_alloc(call->a, sizeof(**rows));
	return report(db, call->a, db->in_transaction ? attempt(db, call) : attempt_alone(db, call), call->sql);
}

struct problem *
db_run(struct db *db, struct arena *a, const char *sql, const struct value *values, size_t count, struct rows **rows)
{
	struct db_call call = { .a = a, .sql = sql, .values = values, .count = count };

	return run(db, &call, rows);
}

struct problem *
db_run_within(struct db *db, struct arena *a, size_t most, const char *sql, const struct value *values, size_t count,
    struct rows **rows)
{
	struct db_call call = { .a = a, .sql = sql, .values = values, .count = count, .most = most };

	return run(db, &call, rows);
}

struct problem *
db_execute(struct db *db, struct arena *a, const char *sql)
{
	struct problem *p;

	if ((p = send_put_off(db)) != NULL)
		return p;
	if (db->in_transaction && db->doom != TROUBLE_NONE)
		return report_doom(db, a);
	return report(db, a, attempt_text(db, sql), sql);
}

static struct problem *
repeat_transaction(struct db *db, struct arena *a, const char *sql,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg)
{
	struct problem *p;

	if (db->in_transaction)
		return problem_internal(a, "a transaction inside a transaction");
	p = run_transaction(db, a, sql, work, arg);
	for (int try = 1; db->doom == TROUBLE_REPEAT && try < TRIES; try++) {
		pause_before(try);
		p = run_transaction(db, a, sql, work, arg);
	}
	return p;
}

struct problem *
db_transaction(struct db *db, struct arena *a,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg)
{
	return repeat_transaction(db, a, usual, work, arg);
}

struct problem *
db_snapshot(struct db *db, struct arena *a,
    struct problem *(*work)(struct db *db, struct arena *a, void *arg), void *arg)
{
	return repeat_transaction(db, a, snapshot, work, arg);
}

void
db_put_off(struct db *db, struct problem *(*send)(void *arg), void *arg)
{
	db->put_off = db->in_transaction ? send : NULL;
	db->put_off_arg = arg;
}

void
db_listen(void (*told)(const struct db_change *changes, size_t count, bool done))
{
	listener = told;
}

bool
db_is_open(const struct db *db)
{
	char byte;

	return db->mysql != NULL && !db->in_transaction &&
	    recv((int)db->mysql->net.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

bool
db_was_duplicate(const struct db *db)
{
	return db->number == ER_DUP_ENTRY || db->number == ER_DUP_ENTRY_WITH_KEY_NAME;
}

bool
db_was_done_before(const struct db *db)
{
	switch (db->number) {
	case ER_TABLE_EXISTS_ERROR:
	case ER_BAD_TABLE_ERROR: /* no such table to drop */
	case ER_DUP_FIELDNAME:
	case ER_DUP_KEYNAME:
	case ER_DUP_ENTRY:
	case ER_CANT_DROP_FIELD_OR_KEY:
		return true;
	default:
		return false;
	}
}

bool
db_was_without_table(const struct db *db)
{
	return db->number == ER_NO_SUCH_TABLE;
}

bool
db_was_denied(const struct db *db)
{
	return db->number == ER_DBACCESS_DENIED_ERROR || db->number == ER_TABLEACCESS_DENIED_ERROR;
}

unsigned
db_take_count(struct db *db)
{
	unsigned sent = db->sent;

	db->sent = 0;
	return sent;
}

struct problem *
db_check(struct db *db, struct arena *a, const char *sql, size_t *columns)
{
	enum trouble trouble = connect_if_needed(db);
	MYSQL_STMT *handle = NULL;

	if (trouble == TROUBLE_NONE)
		handle = prepare(db, sql, &trouble);
	if (columns != NULL)
		*columns = handle == NULL ? 0 : mysql_stmt_field_count(handle);
	if (handle != NULL)
		mysql_stmt_close(handle);
	return report(db, a, settle(db, trouble), sql);
}
