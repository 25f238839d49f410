/* floor.c -- what a durable write or a read costs the database alone: its statements, straight to MariaDB over one
 * connection per thread, with nobody to check anything in between:
 *
 *	floor SOCKET USER DATABASE THREADS MILLISECONDS OPS FIRST [STATEMENT]
 *
 * Each thread has a space of its own.  With STATEMENT, only this one is sent, and OPS and FIRST mean nothing.  In it,
 * @SPACE is the space that a thread reads, and @BEFORE the seq before the last ten writes there.
 *
 * Otherwise OPS is 1 (a change of one record) or more (that many new records in one transaction, by statements of many
 * rows).  FIRST is a number that no earlier run has reached.  Every row is a copy of one that Daybook wrote, with other
 * keys: so the rows are as wide as the real ones, whatever the columns are at the time.
 *
 * It prints what it did as one line of JSON. */
#include <mysql.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS_MAX = 64, OPS_MAX = 200, THREADS_MAX = 64, SQL_SIZE = 1 << 18, KEY_SIZE = 16 };

/* A row as Daybook wrote it. */
struct row {
	const char *table;
	unsigned count;
	char names[COLUMNS_MAX][65];
	char *cells[COLUMNS_MAX]; /* NULL for NULL */
	unsigned long lengths[COLUMNS_MAX];
};

/* What of a copy is another than in the original. */
struct change {
	const char *name;
	const char *text;
	unsigned long length;
};

struct thread {
	pthread_t id;
	MYSQL *mysql;
	int number;
	char space[KEY_SIZE + 1];
	unsigned long long seq, writes;
	MYSQL_STMT *read;
	MYSQL_STMT *begin, *lock, *find_ops, *find_records, *update, *records, *audits, *ops, *advance, *commit;
};

static struct row record_row = { .table = "record" }, audit_row = { .table = "audit" }, op_row = { .table = "op" },
    space_row = { .table = "space" };
static int op_count;
static unsigned long long first;
static int64_t end_at;
static unsigned long long total;
static pthread_mutex_t total_lock = PTHREAD_MUTEX_INITIALIZER;

static void __attribute__((noreturn))
die(const char *what, const char *why)
{
	fprintf(stderr, "floor: %s: %s\n", what, why);
	exit(1);
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
query(MYSQL *mysql, const char *sql)
{
	MYSQL_RES *result;

	if (mysql_query(mysql, sql) != 0)
		die(sql, mysql_error(mysql));
	if ((result = mysql_store_result(mysql)) != NULL)
		mysql_free_result(result);
}

static MYSQL *
open_database(char **argv)
{
	MYSQL *mysql = mysql_init(NULL);

	if (mysql_real_connect(mysql, NULL, argv[2], NULL, argv[3], 0, argv[1], CLIENT_FOUND_ROWS) == NULL)
		die("connect", mysql_error(mysql));
	query(mysql, "SET NAMES utf8mb4 COLLATE utf8mb4_bin");
	query(mysql, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
	return mysql;
}

static void
read_row(MYSQL *mysql, struct row *row, const char *where)
{
	char sql[512];
	MYSQL_RES *result;
	MYSQL_ROW cells;
	unsigned long *lengths;

	snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE %s LIMIT 1", row->table, where);
	if (mysql_query(mysql, sql) != 0 || (result = mysql_store_result(mysql)) == NULL)
		die(sql, mysql_error(mysql));
	if ((cells = mysql_fetch_row(result)) == NULL)
		die(sql, "there is no row to copy");
	lengths = mysql_fetch_lengths(result);
	if ((row->count = mysql_num_fields(result)) > COLUMNS_MAX)
		die(sql, "too many columns");
	for (unsigned i = 0; i < row->count; i++) {
		snprintf(row->names[i], sizeof(row->names[i]), "%s", mysql_fetch_field_direct(result, i)->name);
		row->lengths[i] = lengths[i];
		if (cells[i] != NULL && (row->cells[i] = malloc(lengths[i] + 1)) != NULL)
			memcpy(row->cells[i], cells[i], lengths[i] + 1);
	}
	mysql_free_result(result);
}

/* --- statements --- */

static MYSQL_STMT *
prepare(MYSQL *mysql, const char *sql)
{
	MYSQL_STMT *statement = mysql_stmt_init(mysql);

	if (statement == NULL || mysql_stmt_prepare(statement, sql, strlen(sql)) != 0)
		die(sql, mysql_stmt_error(statement));
	return statement;
}

static MYSQL_STMT *
prepare_insert(MYSQL *mysql, const struct row *row, int rows)
{
	char *sql = malloc(SQL_SIZE);
	int at = snprintf(sql, SQL_SIZE, "INSERT INTO %s (", row->table);
	MYSQL_STMT *statement;

	for (unsigned i = 0; i < row->count; i++)
		at += snprintf(sql + at, (size_t)(SQL_SIZE - at), "%s`%s`", i > 0 ? ", " : "", row->names[i]);
	at += snprintf(sql + at, (size_t)(SQL_SIZE - at), ") VALUES ");
	for (int r = 0; r < rows; r++)
		for (unsigned i = 0; i <= row->count; i++)
			at += snprintf(sql + at, (size_t)(SQL_SIZE - at), "%s",
			    i == row->count ? ")" : i > 0 ? ", ?" : r > 0 ? ", (?" : "(?");
	statement = prepare(mysql, sql);
	free(sql);
	return statement;
}

/* "PREFIX (?, ?, …)" with one question mark for each op. */
static MYSQL_STMT *
prepare_in(MYSQL *mysql, const char *prefix)
{
	char sql[SQL_SIZE / 64];
	int at = snprintf(sql, sizeof(sql), "%s (", prefix);

	for (int i = 0; i < op_count; i++)
		at += snprintf(sql + at, sizeof(sql) - (size_t)at, i > 0 ? ", ?" : "?");
	snprintf(sql + at, sizeof(sql) - (size_t)at, ")");
	return prepare(mysql, sql);
}

static void
bind(MYSQL_BIND *to, const char *text, unsigned long length)
{
	memset(to, 0, sizeof(*to));
	to->buffer_type = text == NULL ? MYSQL_TYPE_NULL : MYSQL_TYPE_STRING;
	to->buffer = (void *)(uintptr_t)text;
	to->buffer_length = length;
	to->length = &to->buffer_length;
}

static void
execute(MYSQL_STMT *statement, MYSQL_BIND *values)
{
	if ((values != NULL && mysql_stmt_bind_param(statement, values) != 0) || mysql_stmt_execute(statement) != 0)
		die("execute", mysql_stmt_error(statement));
	if (mysql_stmt_field_count(statement) > 0) {
		mysql_stmt_store_result(statement);
		mysql_stmt_free_result(statement);
	}
}

/* Bind the cells of a copy of row, those that changes names as it says. */
static void
bind_copy(MYSQL_BIND *to, const struct row *row, const struct change *changes, size_t count)
{
	for (unsigned i = 0; i < row->count; i++) {
		bind(&to[i], row->cells[i], row->lengths[i]);
		for (size_t c = 0; c < count; c++)
			if (strcmp(row->names[i], changes[c].name) == 0)
				bind(&to[i], changes[c].text, changes[c].length);
	}
}

/* --- a write --- */

/* Insert a copy of row for each op.  Each gets the thread's space, a seq, and ids of its own. */
static void
insert_copies(struct thread *t, MYSQL_STMT *statement, const struct row *row, char keys[][KEY_SIZE + 1],
    char seqs[][24], bool is_own)
{
	static __thread MYSQL_BIND values[OPS_MAX * COLUMNS_MAX];

	for (int i = 0; i < op_count; i++) {
		const char *record = is_own ? keys[i] : t->space;
		const struct change changes[] = {
			{ "space_id", t->space, KEY_SIZE }, { "seq", seqs[i], strlen(seqs[i]) },
			{ "id", record, KEY_SIZE }, { "record_id", record, KEY_SIZE }, { "op_id", keys[i], KEY_SIZE },
			{ "version", is_own ? "1" : seqs[i], is_own ? 1 : strlen(seqs[i]) }
		};

		bind_copy(&values[(unsigned)i * row->count], row, changes, sizeof(changes) / sizeof(changes[0]));
	}
	execute(statement, values);
}

/* One transaction of op_count writes: new records, or, when it is one, a change of the thread's record. */
static void
write_once(struct thread *t)
{
	static __thread MYSQL_BIND values[OPS_MAX + 4];
	static __thread char keys[OPS_MAX][KEY_SIZE + 1], seqs[OPS_MAX][24];
	bool is_own = op_count > 1;

	bind(&values[0], t->space, KEY_SIZE);
	execute(t->begin, NULL);
	execute(t->lock, values);
	for (int i = 0; i < op_count; i++) {
		snprintf(seqs[i], sizeof(seqs[i]), "%llu", ++t->seq);
		snprintf(keys[i], sizeof(keys[i]), "%03d%013llu", t->number, first + t->seq);
		bind(&values[i + 1], keys[i], KEY_SIZE);
	}
	execute(t->find_ops, values);
	if (!is_own)
		bind(&values[1], t->space, KEY_SIZE);
	execute(t->find_records, values);
	if (is_own)
		insert_copies(t, t->records, &record_row, keys, seqs, is_own);
	else {
		bind(&values[0], seqs[0], strlen(seqs[0]));
		bind(&values[1], seqs[0], strlen(seqs[0]));
		bind(&values[2], t->space, KEY_SIZE);
		bind(&values[3], t->space, KEY_SIZE);
		execute(t->update, values);
	}
	insert_copies(t, t->audits, &audit_row, keys, seqs, is_own);
	insert_copies(t, t->ops, &op_row, keys, seqs, is_own);
	bind(&values[0], seqs[op_count - 1], strlen(seqs[op_count - 1]));
	bind(&values[1], t->space, KEY_SIZE);
	execute(t->advance, values);
	execute(t->commit, NULL);
	t->writes++;
}

/* The hex digits of a cell of the op that is copied. */
static const char *
op_cell(const char *name, char *hex)
{
	*hex = '\0';
	for (unsigned i = 0; i < op_row.count; i++)
		if (strcmp(op_row.names[i], name) == 0)
			for (unsigned long at = 0; at < op_row.lengths[i]; at++)
				sprintf(hex + 2 * at, "%02x", (unsigned char)op_row.cells[i][at]);
	return hex;
}

static void
prepare_all(struct thread *t)
{
	char ops[160], user[2 * KEY_SIZE + 1];

	snprintf(ops, sizeof(ops), "SELECT * FROM op WHERE space_id = ? AND user_id = X'%s' AND op_id IN",
	    op_cell("user_id", user));
	t->begin = prepare(t->mysql, "START TRANSACTION");
	t->commit = prepare(t->mysql, "COMMIT");
	t->lock = prepare(t->mysql, "SELECT seq, chain, last_at FROM space WHERE id = ? FOR UPDATE");
	t->find_ops = prepare_in(t->mysql, ops);
	t->find_records = prepare_in(t->mysql,
	    "SELECT * FROM record WHERE space_id = ? AND collection = 'mileage' AND id IN");
	t->update = prepare(t->mysql, "UPDATE record SET seq = ?, version = ?, updated_at = UTC_TIMESTAMP(3),"
	    " doc = JSON_SET(doc, '$.purpose', CONCAT('p', seq))"
	    " WHERE space_id = ? AND collection = 'mileage' AND id = ?");
	t->records = prepare_insert(t->mysql, &record_row, op_count);
	t->audits = prepare_insert(t->mysql, &audit_row, op_count);
	t->ops = prepare_insert(t->mysql, &op_row, op_count);
	t->advance = prepare(t->mysql, "UPDATE space SET seq = ?, last_at = UTC_TIMESTAMP(3) WHERE id = ?");
}

/* --- a read --- */

/* Append text to sql, with words in place of the two names. */
static void
fill_in(char *sql, size_t size, const char *text, const char *space, const char *before)
{
	size_t at = 0;

	while (*text != '\0' && at + 64 < size) {
		bool is_space = strncmp(text, "@SPACE", 6) == 0, is_before = strncmp(text, "@BEFORE", 7) == 0;

		if (is_space || is_before) {
			at += (size_t)sprintf(sql + at, "%s", is_space ? space : before);
			text += is_space ? 6 : 7;
		} else {
			sql[at++] = *text++;
		}
	}
	sql[at] = '\0';
}

/* Each thread has a space of its own, among those with the most records. */
static void
prepare_read(struct thread *t, const char *statement)
{
	char sql[SQL_SIZE / 64];
	MYSQL_RES *result;
	MYSQL_ROW cells;

	snprintf(sql, sizeof(sql), "SELECT CONCAT('X''', HEX(space_id), ''''), MAX(seq) - 10 FROM record"
	    " GROUP BY space_id ORDER BY COUNT(*) DESC, space_id LIMIT 1 OFFSET %d", t->number);
	if (mysql_query(t->mysql, sql) != 0 || (result = mysql_store_result(t->mysql)) == NULL)
		die(sql, mysql_error(t->mysql));
	if ((cells = mysql_fetch_row(result)) == NULL)
		die(sql, "there are too few spaces");
	fill_in(sql, sizeof(sql), statement, cells[0], cells[1]);
	mysql_free_result(result);
	t->read = prepare(t->mysql, sql);
}

/* The thread's space, and in it the record that is changed. */
static void
make_space(struct thread *t)
{
	MYSQL_BIND values[COLUMNS_MAX];
	const struct change changes[] = {
		{ "id", t->space, KEY_SIZE }, { "space_id", t->space, KEY_SIZE }, { "seq", "0", 1 }
	};

	snprintf(t->space, sizeof(t->space), "%03d%013llu", t->number, first);
	bind_copy(values, &space_row, changes, 3);
	execute(prepare_insert(t->mysql, &space_row, 1), values);
	bind_copy(values, &record_row, changes, 3);
	execute(prepare_insert(t->mysql, &record_row, 1), values);
}

static void *
work(void *argument)
{
	struct thread *t = argument;

	while (now() < end_at && t->read == NULL)
		write_once(t);
	for (; now() < end_at; t->writes++)
		execute(t->read, NULL);
	pthread_mutex_lock(&total_lock);
	total += t->writes;
	pthread_mutex_unlock(&total_lock);
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct thread threads[THREADS_MAX];
	int64_t begun;
	int count;

	if (argc < 8 || argc > 9 || (count = atoi(argv[4])) < 1 || count > THREADS_MAX ||
	    (op_count = atoi(argv[6])) < 1 || op_count > OPS_MAX)
		die("usage", "floor SOCKET USER DATABASE THREADS MILLISECONDS OPS FIRST [STATEMENT]");
	first = strtoull(argv[7], NULL, 10);
	for (int i = 0; i < count; i++) {
		struct thread *t = &threads[i];

		t->number = i;
		t->mysql = open_database(argv);
		if (argc == 9) {
			prepare_read(t, argv[8]);
			continue;
		}
		if (i == 0) {
			read_row(t->mysql, &record_row, "collection = 'mileage'");
			read_row(t->mysql, &audit_row, op_count > 1 ? "collection = 'mileage' AND action = 'created'" :
			    "collection = 'mileage' AND action = 'updated'");
			read_row(t->mysql, &op_row, "collection = 'mileage'");
			read_row(t->mysql, &space_row, "seq > 0");
		}
		prepare_all(t);
		make_space(t);
	}
	begun = now();
	end_at = begun + atoll(argv[5]) * 1000;
	for (int i = 0; i < count; i++)
		pthread_create(&threads[i].id, NULL, work, &threads[i]);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i].id, NULL);
	printf("{\"requests\":%llu,\"milliseconds\":%lld}\n", total, (long long)(now() - begun) / 1000);
	return 0;
}
