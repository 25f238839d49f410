/* test_db.c -- the database layer against a real server: what goes in comes out, and what is lost is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database.h"
#include "store/db.h"

static void
bad(struct problem *p, enum problem_kind kind)
{
	is_problem(p, kind);
	if (kind == PROBLEM_UNAVAILABLE)
		assert_int_equal(p->retry_after, 2);
}

static void
run(struct db *on, const char *sql)
{
	good(db_execute(on, arena, sql));
}

static const char *
text(const char *sql)
{
	struct rows *rows;

	good(db_run(db, arena, sql, NULL, 0, &rows));
	assert_int_equal(rows->count, 1);
	return row_text(rows, 0, 0);
}

/* --- before and after --- */

static int
open_both(void **state)
{
	(void)state;
	if (server.pid == 0 && mariadb_launch(&server) != 0)
		return -1;
	arena = arena_new();
	db = db_new(&server.settings);
	other = db_new(&server.settings);
	run(db, "CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, n BIGINT NULL, s LONGTEXT NULL, "
	    "b LONGBLOB NULL, h BINARY(32) NULL,"
	    " at DATETIME(3) NULL, UNIQUE KEY named (n)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
	run(db, "INSERT INTO t (id, n) VALUES (1, 10), (2, 20), (3, 30)");
	return 0;
}

/* --- values --- */

static void
values_come_back_as_they_went(void **state)
{
	unsigned char bytes[256];
	struct rows *rows;

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	good(db_run(db, arena, "INSERT INTO t (id, n, s, b, h, at) VALUES (?, ?, ?, ?, ?, ?)",
	    VALUES(value_integer(9), value_integer(-9007199254740991), value_text("naïve 𝄞 'quoted' \\ \"x\""),
	        value_bytes(bytes, sizeof(bytes)), value_bytes(bytes + 200, 32), value_text("2026-11-21 08:34:00.007")),
	    &rows));
	assert_int_equal(rows->affected, 1);
	good(db_run(db, arena, "SELECT id, n, s, b, h, at, NULL FROM t WHERE h = ?",
	    VALUES(value_bytes(bytes + 200, 32)), &rows));
	assert_int_equal(rows->count, 1);
	assert_int_equal(rows->columns, 7);
	assert_int_equal(row_integer(rows, 0, 0), 9);
	assert_true(row_integer(rows, 0, 1) == -9007199254740991);
	assert_string_equal(row_text(rows, 0, 2), "naïve 𝄞 'quoted' \\ \"x\"");
	assert_int_equal(row_cell(rows, 0, 3)->length, sizeof(bytes));
	assert_memory_equal(row_cell(rows, 0, 3)->bytes, bytes, sizeof(bytes));
	assert_memory_equal(row_cell(rows, 0, 4)->bytes, bytes + 200, 32);
	assert_string_equal(row_text(rows, 0, 5), "2026-11-21 08:34:00.007");
	assert_true(row_instant(rows, 0, 5) == 1795250040007);
	assert_true(row_null(rows, 0, 6));
	assert_null(row_text(rows, 0, 6));
	assert_int_equal(row_integer(rows, 0, 6), 0);
	assert_int_equal(row_instant(rows, 0, 6), 0);
}

static void
null_and_empty_are_not_the_same(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena, "INSERT INTO t (id, s, b) VALUES (?, ?, ?)",
	    VALUES(value_integer(8), value_text(""), value_text(NULL)), NULL));
	good(db_run(db, arena, "SELECT s, b, n FROM t WHERE id = 8", NULL, 0, &rows));
	assert_false(row_null(rows, 0, 0));
	assert_string_equal(row_text(rows, 0, 0), "");
	assert_true(row_null(rows, 0, 1));
	assert_true(row_null(rows, 0, 2));
}

static void
long_values_come_whole(void **state)
{
	size_t size = 5000000;
	char *long_text = arena_alloc(arena, size + 1);
	struct rows *rows;

	(void)state;
	for (size_t i = 0; i < size; i++)
		long_text[i] = (char)('a' + i % 23);
	good(db_run(db, arena, "INSERT INTO t (id, s) VALUES (?, ?)",
	    VALUES(value_integer(7), value_text(long_text)), NULL));
	good(db_run(db, arena, "SELECT id, s FROM t WHERE id <> 1 ORDER BY id", NULL, 0, &rows));
	assert_int_equal(rows->count, 3);
	assert_true(row_null(rows, 0, 1));
	assert_int_equal(row_cell(rows, 2, 1)->length, size);
	assert_memory_equal(row_text(rows, 2, 1), long_text, size + 1);
}

static void
ids_are_bytes_in_the_database_and_text_here(void **state)
{
	static const char id[] = "01a1fd70-0000-7abc-8def-0123456789ab";
	static const char *const others[] = { "", "x", "01A1FD70-0000-7ABC-8DEF-0123456789AB",
		"01a1fd70-0000-7abc-8def-0123456789ab ", "01a1fd7000007abc8def0123456789ab", "naïve" };
	static const char by_id[] = "SELECT i, k FROM ids WHERE i = ?", by_key[] = "SELECT k, i FROM ids WHERE k = ?";
	struct rows *rows;

	(void)state;
	run(db, "CREATE OR REPLACE TABLE ids (i BINARY(16) NULL, k VARBINARY(65) NOT NULL)");
	good(db_run(db, arena, "INSERT INTO ids VALUES (?, ?)", VALUES(value_id(id), value_key(id)), NULL));
	assert_int_equal(number("SELECT LENGTH(i) = 16 AND k = CONCAT(X'00', i) FROM ids"), 1);
	good(db_run(db, arena, by_id, VALUES(value_id(id)), &rows));
	assert_string_equal(row_text(rows, 0, 0), id);
	assert_string_equal(row_text(rows, 0, 1), id);
	assert_int_equal(row_cell(rows, 0, 1)->length, sizeof id - 1);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		good(db_run(db, arena, by_id, VALUES(value_id(others[i])), &rows));
		assert_int_equal(rows->count, 0);
		bad(db_run(db, arena, "INSERT INTO ids VALUES (?, 'x')", VALUES(value_id(others[i])), NULL),
		    PROBLEM_INTERNAL);
		good(db_run(db, arena, "INSERT INTO ids VALUES (?, ?)",
		    VALUES(value_id(NULL), value_key(others[i])), NULL));
		good(db_run(db, arena, by_key, VALUES(value_key(others[i])), &rows));
		assert_int_equal(rows->count, 1);
		assert_string_equal(row_text(rows, 0, 0), others[i]);
		assert_true(row_null(rows, 0, 1));
	}
	good(db_run(db, arena,
	    "SELECT i, MAX(k) FROM ids WHERE k = ? GROUP BY i UNION SELECT i, k FROM ids WHERE i = ?",
	    VALUES(value_key(id), value_id(id)), &rows));
	assert_int_equal(rows->count, 1);
	assert_string_equal(row_text(rows, 0, 0), id);
	assert_string_equal(row_text(rows, 0, 1), id);
	assert_string_equal(db_key_hex(arena, id), "0001a1fd7000007abc8def0123456789ab");
	assert_string_equal(db_key_hex(arena, "Ab"), "4162");
}

static void
an_id_beyond_ascii_is_invalid_and_no_fault_of_ours(void **state)
{
	static const char by_id[] = "SELECT n FROM ids WHERE id = ?";
	struct rows *rows;

	(void)state;
	run(db, "CREATE OR REPLACE TABLE ids (id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin "
	    "PRIMARY KEY, n INT NULL)");
	good(db_run(db, arena, by_id, VALUES(value_text("plain")), &rows));
	bad(db_run(db, arena, by_id, VALUES(value_text("naïve")), &rows), PROBLEM_INVALID);
	assert_int_equal(rows->count, 0);
	good(db_run(db, arena, by_id, VALUES(value_text("plain")), &rows));
}

static void
many_rows_come_in_order(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena, "SELECT seq, CONCAT('row ', seq) FROM seq_1_to_3000 ORDER BY seq", NULL, 0, &rows));
	assert_int_equal(rows->count, 3000);
	for (size_t i = 0; i < rows->count; i++)
		assert_int_equal(row_integer(rows, i, 0), (int64_t)i + 1);
	assert_string_equal(row_text(rows, 2999, 1), "row 3000");
	good(db_run(db, arena, "SELECT id, s FROM t WHERE id > ?", VALUES(value_integer(1000)), &rows));
	assert_int_equal(rows->count, 0);
	assert_int_equal(rows->columns, 2);
}

static void
an_error_among_the_rows_is_an_error(void **state)
{
	struct problem *p;
	struct rows *rows;
	int64_t connection = number("SELECT CONNECTION_ID()");

	(void)state;
	p = db_run(db, arena,
	    "SELECT t.seq, REPEAT('x', 100), (SELECT u.seq FROM seq_1_to_2 u WHERE t.seq > 3000) FROM seq_1_to_4000 t",
	    NULL, 0, &rows);
	bad(p, PROBLEM_INTERNAL);
	assert_non_null(strstr(p->cause, "1242"));
	assert_int_equal(number("SELECT CONNECTION_ID()"), connection);
	good(db_run(db, arena, "SELECT t.seq FROM seq_1_to_4000 t", NULL, 0, NULL));
	bad(db_run(db, arena, "SELECT (SELECT u.seq FROM seq_1_to_2 u WHERE t.seq > 3000) FROM seq_1_to_4000 t",
	    NULL, 0, NULL), PROBLEM_INTERNAL);
}

static void
values_of_every_length_come_whole(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena,
	    "SELECT REPEAT('a', seq), CAST(REPEAT('b', seq) AS CHAR(260)), IF(seq % 2, NULL, REPEAT('c', 300 - seq))"
	    "  FROM seq_0_to_260", NULL, 0, &rows));
	assert_int_equal(rows->count, 261);
	for (size_t i = 0; i < rows->count; i++) {
		assert_int_equal(strlen(row_text(rows, i, 0)), i);
		assert_int_equal(row_cell(rows, i, 0)->length, i);
		assert_int_equal(strspn(row_text(rows, i, 1), "b"), i);
		assert_int_equal(strlen(row_text(rows, i, 1)), i);
		if (i % 2 != 0)
			assert_null(row_text(rows, i, 2));
		else
			assert_int_equal(strspn(row_text(rows, i, 2), "c"), 300 - i);
	}
}

static void
instants_have_the_decimals_of_their_column(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena,
	    "SELECT CAST('2026-11-21 08:34:05.123456' AS DATETIME(6)), CAST('0999-01-02 03:04:05.1' AS DATETIME(1)),"
	    " CAST('9999-12-31 23:59:59' AS DATETIME), CAST('2026-11-21' AS DATE)", NULL, 0, &rows));
	assert_string_equal(row_text(rows, 0, 0), "2026-11-21 08:34:05.123456");
	assert_string_equal(row_text(rows, 0, 1), "0999-01-02 03:04:05.1");
	assert_string_equal(row_text(rows, 0, 2), "9999-12-31 23:59:59");
	assert_string_equal(row_text(rows, 0, 3), "2026-11-21");
}

static void
numbers_of_every_type_read_as_text(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena,
	    "SELECT CAST(1.50 AS DECIMAL(9,2)), 18446744073709551615, -128, COUNT(*), SUM(n),"
	    " CURDATE() - CURDATE(), TRUE,"
	    "       GREATEST(CAST('2026-01-01 00:00:00.120' AS DATETIME(3)),"
	    " (SELECT MAX(at) FROM t WHERE id < 0) IS NULL) IS NULL"
	    "  FROM t",
	    NULL, 0, &rows));
	assert_string_equal(row_text(rows, 0, 0), "1.50");
	assert_string_equal(row_text(rows, 0, 1), "18446744073709551615");
	assert_string_equal(row_text(rows, 0, 2), "-128");
	assert_string_equal(row_text(rows, 0, 3), "3");
	assert_int_equal(row_integer(rows, 0, 4), 60);
	assert_int_equal(row_integer(rows, 0, 6), 1);
	good(db_run(db, arena, "SELECT SYSDATE(3), SYSDATE(3) + INTERVAL ? DAY", VALUES(value_integer(1)), &rows));
	assert_int_equal(row_cell(rows, 0, 0)->length, 23);
	assert_in_range(row_instant(rows, 0, 1) - row_instant(rows, 0, 0), 86399000, 86401000);
}

static void
an_update_counts_rows_found(void **state)
{
	struct rows *rows;

	(void)state;
	good(db_run(db, arena, "UPDATE t SET n = n WHERE id IN (1, 2)", NULL, 0, &rows));
	assert_int_equal(rows->affected, 2);
	assert_int_equal(rows->count, 0);
	good(db_run(db, arena, "DELETE FROM t WHERE id > ?", VALUES(value_integer(100)), &rows));
	assert_int_equal(rows->affected, 0);
}

/* --- the session --- */

static void
the_session_is_ours_whatever_the_server_says(void **state)
{
	(void)state;
	assert_string_equal(text("SELECT @@session.time_zone"), "+00:00");
	assert_string_equal(text("SELECT @@session.tx_isolation"), "READ-COMMITTED");
	assert_string_equal(text("SELECT @@session.collation_connection"), "utf8mb4_bin");
	assert_string_equal(text("SELECT @@session.character_set_results"), "utf8mb4");
	assert_int_equal(number("SELECT @@session.innodb_lock_wait_timeout"), 3);
	assert_non_null(strstr(text("SELECT @@session.sql_mode"), "STRICT_ALL_TABLES"));
	bad(db_execute(db, arena, "INSERT INTO t (id, n) VALUES (50, 'many')"), PROBLEM_INTERNAL);
	bad(db_execute(db, arena, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t"), PROBLEM_INTERNAL);
}

static void
the_connection_is_closed_on_exec(void **state)
{
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;

	(void)state;
	number("SELECT 1");
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		int fd = atoi(entry->d_name);
		struct stat about;

		if (entry->d_name[0] == '.' || fstat(fd, &about) != 0 || !S_ISSOCK(about.st_mode) || fd < 3)
			continue;
		assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	}
	closedir(folder);
}

static void
a_password_comes_from_its_file(void **state)
{
	struct db_settings settings = server.settings;
	char path[96];
	FILE *file;
	struct db *mine;
	struct problem *p;

	(void)state;
	snprintf(path, sizeof(path), "%s/password", server.folder);
	run(db, "CREATE OR REPLACE USER clerk@localhost IDENTIFIED BY 'fish & chips'");
	run(db, "GRANT SELECT, INSERT, UPDATE ON daybook.* TO clerk@localhost");
	settings.user = "clerk";
	settings.password_file = path;
	mine = db_new(&settings);
	bad(db_execute(mine, arena, "SELECT 1"), PROBLEM_INTERNAL);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("mash\n", file);
	fclose(file);
	p = db_execute(mine, arena, "SELECT 1");
	bad(p, PROBLEM_INTERNAL);
	assert_non_null(strstr(p->cause, "1045"));
	assert_null(strstr(p->cause, "mash"));
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("fish & chips\n", file);
	fclose(file);
	run(mine, "SELECT 1");
	db_free(mine);
}

/* A server that became read-only answers 503, and the connection is not kept: another
 * may be behind the address by now. */
static void
a_read_only_server_is_unavailable(void **state)
{
	struct db_settings settings = server.settings;
	struct db *mine;

	(void)state;
	run(db, "CREATE OR REPLACE USER reader@localhost");
	run(db, "GRANT SELECT, INSERT, UPDATE ON daybook.* TO reader@localhost");
	settings.user = "reader";
	mine = db_new(&settings);
	run(db, "SET GLOBAL read_only = 1");
	bad(db_run(mine, arena, "UPDATE t SET n = 11 WHERE id = 1", NULL, 0, NULL), PROBLEM_UNAVAILABLE);
	run(db, "SET GLOBAL read_only = 0");
	good(db_run(mine, arena, "UPDATE t SET n = 11 WHERE id = 1", NULL, 0, NULL));
	db_free(mine);
}

static void
a_server_without_room_is_unavailable(void **state)
{
	struct db_settings settings = server.settings;
	struct db *first, *second;

	(void)state;
	run(db, "CREATE OR REPLACE USER lonely@localhost WITH MAX_USER_CONNECTIONS 1");
	run(db, "GRANT SELECT ON daybook.* TO lonely@localhost");
	settings.user = "lonely";
	first = db_new(&settings);
	second = db_new(&settings);
	run(first, "SELECT 1");
	bad(db_execute(second, arena, "SELECT 1"), PROBLEM_UNAVAILABLE);
	db_free(first);
	db_free(second);
}

static void
a_statement_that_takes_too_long_ends_in_the_server(void **state)
{
	struct problem *p;

	(void)state;
	db_hurry(db, 1);
	p = db_run(db, arena, "SELECT SUM(a.seq * b.seq) FROM seq_1_to_1000000 a, seq_1_to_1000000 b", NULL, 0, NULL);
	bad(p, PROBLEM_TOO_MUCH);
	assert_string_equal(text("SELECT 'the connection is still good'"), "the connection is still good");
	db_hurry(db, 0);
	assert_string_equal(text("SELECT @@max_statement_time"), "8.000000");
	db_patient(db, 20);
	assert_string_equal(text("SELECT @@max_statement_time"), "0.000000");
	db_patient(db, 0);
	assert_string_equal(text("SELECT @@max_statement_time"), "8.000000");
}

static struct problem *
work_on_a_full_disk(struct db *on, struct arena *a, void *arg)
{
	struct problem *p;

	if ((p = db_run(on, a, "INSERT INTO t (id) VALUES (900)", NULL, 0, NULL)) != NULL)
		return p;
	return db_execute(on, a, arg);
}

static char *
signal_of(int number, const char *text)
{
	return arena_printf(arena, "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = '%s'", number, text);
}

/* The numbers under which a full disk was seen: of the server's own files, of tables, and of temporary ones. */
static void
a_full_disk_of_the_server_is_said(void **state)
{
	static const int numbers[] = { 1021, 1026, 1114, 3, 20, 28 };
	char *full = signal_of(1030, "Got error 28 \"No space left on device\" from storage engine InnoDB");
	struct problem *p;

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		bad(db_execute(db, arena, signal_of(numbers[i], "Disk full")), PROBLEM_STORAGE);
	p = db_execute(db, arena, full);
	bad(p, PROBLEM_STORAGE);
	assert_int_equal(p->retry_after, 60);
	assert_true(problem_is_fatal(p));
	bad(db_transaction(db, arena, work_on_a_full_disk, full), PROBLEM_STORAGE);
	assert_string_equal(text("SELECT COUNT(*) FROM t WHERE id = 900"), "0");
	bad(db_execute(db, arena, signal_of(1030, "Got error 127 from storage engine InnoDB")), PROBLEM_INTERNAL);
}

/* A certificate for localhost that vouches for itself, alone in NAME.pem and with its key in NAME-both.pem. */
static const char *
make_certificate(const char *name)
{
	const char *path = arena_printf(arena, "%s/%s.pem", server.folder, name);
	FILE *file = fopen(path, "w"), *both = fopen(arena_printf(arena, "%s/%s-both.pem", server.folder, name), "w");
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");

	assert_true(file != NULL && both != NULL);
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
	    (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	X509_add_ext(certificate, names, -1);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	PEM_write_X509(file, certificate);
	PEM_write_X509(both, certificate);
	PEM_write_PrivateKey(both, key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	fclose(both);
	X509_EXTENSION_free(names);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return path;
}

static void
serve_with_certificate(const char *name)
{
	FILE *options = fopen(arena_printf(arena, "%s/my.cnf", server.folder), "a");

	assert_non_null(options);
	if (name != NULL)
		fprintf(options, "ssl-cert=%1$s/%2$s-both.pem\nssl-key=%1$s/%2$s-both.pem\n", server.folder, name);
	else
		fprintf(options, "skip-ssl\n");
	fclose(options);
	mariadb_end(&server, SIGTERM);
	assert_int_equal(mariadb_launch(&server), 0);
}

static void
a_certificate_is_demanded_and_checked(void **state)
{
	struct db_settings settings = server.settings;
	const char *right, *wrong;
	struct problem *p;
	struct rows *rows;
	struct db *mine;

	(void)state;
	right = make_certificate("right");
	wrong = make_certificate("wrong");
	settings.ca_file = right;
	mine = db_new(&settings);
	serve_with_certificate("right");
	good(db_run(mine, arena, "SELECT LENGTH(variable_value) FROM information_schema.session_status"
	    " WHERE variable_name = 'SSL_CIPHER'", NULL, 0, &rows));
	assert_true(row_integer(rows, 0, 0) > 0);
	db_patient(mine, 0);
	settings.ca_file = wrong;
	p = db_execute(mine, arena, "SELECT 1");
	bad(p, PROBLEM_UNAVAILABLE);
	assert_non_null(strstr(p->cause, "2026"));
	settings.ca_file = right;
	run(mine, "SELECT 1");
	db_patient(mine, 0);
	serve_with_certificate(NULL);
	bad(db_execute(mine, arena, "SELECT 1"), PROBLEM_UNAVAILABLE);
	db_free(mine);
}

/* --- statements --- */

static void
at_most_256_statements_are_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++)
		assert_int_equal(number(arena_printf(arena, "SELECT %d", i)), i);
	for (int i = 299; i >= 0; i--)
		assert_int_equal(number(arena_printf(arena, "SELECT %d", i)), i);
	good(db_execute(other, arena, "SELECT 1"));
	assert_in_range(number("SELECT variable_value FROM information_schema.global_status"
	    " WHERE variable_name = 'PREPARED_STMT_COUNT'"), 250, 256);
}

static void
a_statement_used_often_stays(void **state)
{
	int64_t before, after;

	(void)state;
	before = number("SELECT variable_value + 0 FROM information_schema.global_status"
	    " WHERE variable_name = 'COM_STMT_PREPARE'");
	for (int i = 0; i < 600; i++) {
		number("SELECT 'often' IS NOT NULL");
		if (i % 2 == 0)
			number(arena_printf(arena, "SELECT %d", i));
	}
	after = number("SELECT variable_value + 0 FROM information_schema.global_status"
	    " WHERE variable_name = 'COM_STMT_PREPARE'");
	assert_in_range(after - before, 300, 303);
}

static void
a_statement_survives_a_change_of_its_table(void **state)
{
	static const char all[] = "SELECT * FROM t WHERE id = ?";
	struct rows *rows;

	(void)state;
	good(db_run(db, arena, all, VALUES(value_integer(1)), &rows));
	assert_int_equal(rows->columns, 6);
	run(other, "ALTER TABLE t ADD COLUMN more VARCHAR(10) NOT NULL DEFAULT 'more'");
	good(db_run(db, arena, all, VALUES(value_integer(1)), &rows));
	assert_int_equal(rows->columns, 7);
	assert_string_equal(row_text(rows, 0, 6), "more");
	run(other, "ALTER TABLE t DROP COLUMN more, DROP COLUMN at");
	good(db_run(db, arena, all, VALUES(value_integer(1)), &rows));
	assert_int_equal(rows->columns, 5);
}

static void
the_number_of_values_must_fit(void **state)
{
	(void)state;
	bad(db_run(db, arena, "SELECT ?, ?", VALUES(value_integer(1)), NULL), PROBLEM_INTERNAL);
	bad(db_run(db, arena, "SELECT 1", VALUES(value_integer(1)), NULL), PROBLEM_INTERNAL);
	assert_int_equal(number("SELECT 1"), 1);
}

static void
statements_can_be_checked_without_running(void **state)
{
	struct problem *p;
	size_t columns;

	(void)state;
	good(db_check(db, arena, "DELETE FROM t WHERE id = ?", &columns));
	assert_int_equal(columns, 0);
	assert_int_equal(number("SELECT COUNT(*) FROM t"), 3);
	good(db_check(db, arena, "SELECT id, id + ? FROM t", &columns));
	assert_int_equal(columns, 2);
	p = db_check(db, arena, "DELETE FROM nowhere WHERE id = ?", &columns);
	bad(p, PROBLEM_INTERNAL);
	assert_int_equal(columns, 0);
	assert_non_null(strstr(p->cause, "nowhere"));
	assert_null(strstr(p->detail, "nowhere"));
	assert_true(db_was_without_table(db));
}

static void
a_duplicate_is_recognised_and_its_value_kept_out_of_the_log(void **state)
{
	struct problem *p;

	(void)state;
	good(db_run(db, arena, "ALTER TABLE t ADD UNIQUE KEY named_too (s(50))", NULL, 0, NULL));
	good(db_run(db, arena, "UPDATE t SET s = ? WHERE id = 1",
	    VALUES(value_text("o'brien@example.org' for key 'x")), NULL));
	assert_false(db_was_duplicate(db));
	p = db_run(db, arena, "UPDATE t SET s = ? WHERE id = 2",
	    VALUES(value_text("o'brien@example.org' for key 'x")), NULL);
	bad(p, PROBLEM_INTERNAL);
	assert_true(db_was_duplicate(db));
	assert_null(strstr(p->cause, "brien"));
	assert_non_null(strstr(p->cause, "'named_too'"));
	p = db_run(db, arena, "UPDATE t SET at = ? WHERE id = 2", VALUES(value_text("secret day")), NULL);
	bad(p, PROBLEM_INTERNAL);
	assert_null(strstr(p->cause, "secret"));
	assert_false(db_was_duplicate(db));
}

static void
what_a_failure_was_about_is_told_until_the_next_call(void **state)
{
	static const char *const done[] = { "CREATE TABLE t (id INT)", "DROP TABLE nowhere",
		"ALTER TABLE t ADD COLUMN n INT", "ALTER TABLE t ADD KEY by_n (n)",
		"INSERT INTO t (id) VALUES (1)", "ALTER TABLE t DROP COLUMN nothing" };
	struct db_settings settings = server.settings;
	struct db *mine;

	(void)state;
	run(db, "ALTER TABLE t ADD KEY by_n (n)");
	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		bad(db_execute(db, arena, done[i]), PROBLEM_INTERNAL);
		assert_true(db_was_done_before(db));
		assert_int_equal(db_was_duplicate(db), i == 4);
	}
	bad(db_execute(db, arena, "SELECT * FROM nowhere"), PROBLEM_INTERNAL);
	assert_true(db_was_without_table(db));
	assert_false(db_was_done_before(db));
	assert_false(db_was_denied(db));
	assert_int_equal(number("SELECT 1"), 1);
	assert_false(db_was_without_table(db) || db_was_done_before(db) || db_was_duplicate(db) || db_was_denied(db));
	run(db, "CREATE OR REPLACE USER looker@localhost");
	run(db, "GRANT SELECT ON daybook.t TO looker@localhost");
	settings.user = "looker";
	mine = db_new(&settings);
	bad(db_execute(mine, arena, "UPDATE t SET n = 1 WHERE id = 1"), PROBLEM_INTERNAL);
	assert_true(db_was_denied(mine));
	db_free(mine);
}

static void
statements_sent_are_counted(void **state)
{
	(void)state;
	db_take_count(db);
	number("SELECT 1");
	number("SELECT 1");
	run(db, "SET @x = 1");
	assert_int_equal(db_take_count(db), 3);
	assert_int_equal(db_take_count(db), 0);
}

/* --- transactions --- */

struct story {
	int runs;
	int kill_run;          /* in which run the connection or server is killed */
	int64_t connection;
	struct problem *inner; /* what a statement said */
};

static struct problem *
raise_first(struct db *on, struct arena *a)
{
	return db_run(on, a, "UPDATE t SET n = n + 1 WHERE id = ?", VALUES(value_integer(1)), NULL);
}

static struct problem *
write_and_refuse(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;
	struct problem *p = raise_first(on, a);

	story->runs++;
	if (p != NULL)
		return p;
	return problem_new(a, PROBLEM_CONFLICT, "no");
}

static struct problem *
write_twice(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;
	struct problem *p;

	story->runs++;
	if ((p = raise_first(on, a)) != NULL)
		return p;
	return raise_first(on, a);
}

static void
a_transaction_is_whole_or_not_at_all(void **state)
{
	struct story story = { 0 };

	(void)state;
	bad(db_transaction(db, arena, write_and_refuse, &story), PROBLEM_CONFLICT);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 10);
	assert_int_equal(story.runs, 1);
	good(db_transaction(db, arena, write_twice, &story));
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 12);
	good(db_run(other, arena, "DELETE FROM t WHERE n = 12", NULL, 0, NULL));
	assert_int_equal(number("SELECT COUNT(*) FROM t"), 2);
}

static struct problem *
nest(struct db *on, struct arena *a, void *arg)
{
	return db_transaction(on, a, write_twice, arg);
}

static void
a_transaction_holds_no_other(void **state)
{
	struct story story = { 0 };

	(void)state;
	bad(db_transaction(db, arena, nest, &story), PROBLEM_INTERNAL);
	assert_int_equal(story.runs, 0);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 10);
}

/* Somebody else changes the first row before it is read, and between two reads of it. */
static struct problem *
read_twice(struct db *on, struct arena *a, void *arg)
{
	int64_t *seen = arg;
	struct problem *p;
	struct rows *rows;

	for (int i = 0; i < 2; i++) {
		good(db_run(other, a, "UPDATE t SET n = n + 1 WHERE id = 1", NULL, 0, NULL));
		if ((p = db_run(on, a, "SELECT n FROM t WHERE id = 1", NULL, 0, &rows)) != NULL)
			return p;
		seen[i] = row_integer(rows, 0, 0);
	}
	return NULL;
}

static void
a_snapshot_is_of_one_moment(void **state)
{
	int64_t seen[2];

	(void)state;
	good(db_snapshot(db, arena, read_twice, seen));
	assert_int_equal(seen[0], 10);
	assert_int_equal(seen[1], 10);
	good(db_transaction(db, arena, read_twice, seen));
	assert_int_equal(seen[0], 13);
	assert_int_equal(seen[1], 14);
}

static struct problem *
save_and_undo(struct db *on, struct arena *a, void *arg)
{
	struct problem *p;

	(void)arg;
	if ((p = raise_first(on, a)) != NULL ||
	    (p = db_execute(on, a, "SAVEPOINT op")) != NULL ||
	    (p = raise_first(on, a)) != NULL ||
	    (p = db_execute(on, a, "ROLLBACK TO SAVEPOINT op")) != NULL)
		return p;
	return NULL;
}

static void
a_savepoint_undoes_what_came_after(void **state)
{
	(void)state;
	good(db_transaction(db, arena, save_and_undo, NULL));
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 11);
}

/* --- deadlock and lock waits --- */

static pthread_barrier_t both_hold;

struct rival {
	int first, second; /* rows, in the order they are locked */
	int runs;
	struct problem *p;
	struct arena *arena;
};

static struct problem *
lock_in_order(struct db *on, struct arena *a, void *arg)
{
	static const char raise_one[] = "UPDATE t SET n = n + 100 WHERE id = ?";
	struct rival *rival = arg;
	struct problem *p = db_run(on, a, raise_one, VALUES(value_integer(rival->first)), NULL);

	if (rival->runs++ == 0)
		pthread_barrier_wait(&both_hold); /* also when it failed: the other one waits */
	if (p != NULL)
		return p;
	return db_run(on, a, raise_one, VALUES(value_integer(rival->second)), NULL);
}

static void *
compete(void *arg)
{
	struct rival *rival = arg;
	struct db *mine = db_new(&server.settings);

	rival->arena = arena_new();
	rival->p = db_transaction(mine, rival->arena, lock_in_order, rival);
	db_free(mine);
	return NULL;
}

static void
a_deadlock_is_run_again(void **state)
{
	struct rival one = { .first = 1, .second = 2 }, two = { .first = 2, .second = 1 };
	pthread_t thread_one, thread_two;

	(void)state;
	pthread_barrier_init(&both_hold, NULL, 2);
	pthread_create(&thread_one, NULL, compete, &one);
	pthread_create(&thread_two, NULL, compete, &two);
	pthread_join(thread_one, NULL);
	pthread_join(thread_two, NULL);
	pthread_barrier_destroy(&both_hold);
	good(one.p);
	good(two.p);
	arena_free(one.arena);
	arena_free(two.arena);
	assert_int_equal(one.runs + two.runs, 3);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 210);
	assert_int_equal(number("SELECT n FROM t WHERE id = 2"), 220);
}

/* The first run waits in vain for row 2, which the other connection holds; before the second run the other lets go. */
static struct problem *
wait_for_second_row(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;
	struct problem *p;

	if (story->runs++ == 1)
		run(other, "ROLLBACK");
	if ((p = db_run(on, a, "INSERT INTO t (id) VALUES (40)", NULL, 0, NULL)) != NULL)
		return p;
	story->inner = db_run(on, a, "UPDATE t SET n = 21 WHERE id = 2", NULL, 0, NULL);
	return story->inner;
}

static void
a_lock_wait_that_takes_too_long_is_run_again_from_the_start(void **state)
{
	struct story story = { 0 };

	(void)state;
	run(other, "BEGIN");
	run(other, "SELECT * FROM t WHERE id = 2 FOR UPDATE");
	good(db_transaction(db, arena, wait_for_second_row, &story));
	assert_int_equal(story.runs, 2);
	assert_int_equal(number("SELECT COUNT(*) FROM t WHERE id = 40"), 1);
	assert_int_equal(number("SELECT n FROM t WHERE id = 2"), 21);
}

/* As above, but work does not look at what it is told and goes on. */
static struct problem *
ignore_the_failure(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;

	if (story->runs == 0)
		bad(wait_for_second_row(on, a, arg), PROBLEM_UNAVAILABLE);
	else
		good(wait_for_second_row(on, a, arg));
	story->inner = db_run(on, a, "INSERT INTO t (id) VALUES (41)", NULL, 0, NULL);
	if (story->runs == 1)
		bad(db_execute(on, a, "SET @x = 1"), PROBLEM_UNAVAILABLE);
	return NULL;
}

static void
a_failed_transaction_is_not_committed_by_one_who_does_not_look(void **state)
{
	struct story story = { 0 };

	(void)state;
	run(other, "BEGIN");
	run(other, "SELECT * FROM t WHERE id = 2 FOR UPDATE");
	good(db_transaction(db, arena, ignore_the_failure, &story));
	good(story.inner);
	assert_int_equal(story.runs, 2);
	assert_int_equal(number("SELECT COUNT(*) FROM t WHERE id IN (40, 41)"), 2);
}

static struct problem *
always_wait(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;

	story->runs++;
	return db_run(on, a, "SELECT * FROM t WHERE id = 2 FOR UPDATE NOWAIT", NULL, 0, NULL);
}

static void
five_tries_are_enough(void **state)
{
	struct story story = { 0 };
	struct problem *p;

	(void)state;
	run(other, "BEGIN");
	run(other, "SELECT * FROM t WHERE id = 2 FOR UPDATE");
	p = db_transaction(db, arena, always_wait, &story);
	bad(p, PROBLEM_UNAVAILABLE);
	assert_int_equal(story.runs, 5);
	assert_non_null(strstr(p->cause, "Lock wait timeout"));
	run(other, "ROLLBACK");
	good(db_transaction(db, arena, always_wait, &story));
}

/* --- lost connections --- */

static void
restart_server(void)
{
	mariadb_end(&server, SIGKILL);
	assert_int_equal(mariadb_launch(&server), 0);
}

static void
nobody_notices_a_restart_while_idle(void **state)
{
	struct story story = { 0 };

	(void)state;
	assert_int_equal(number("SELECT COUNT(*) FROM t"), 3);
	restart_server();
	assert_int_equal(number("SELECT COUNT(*) FROM t"), 3);
	assert_string_equal(text("SELECT @@session.time_zone"), "+00:00");
	restart_server();
	good(db_transaction(db, arena, write_twice, &story));
	assert_int_equal(story.runs, 1);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 12);
	restart_server();
	good(db_check(other, arena, "SELECT 1", NULL));
}

static void
nobody_notices_a_killed_idle_connection(void **state)
{
	struct story story = { 0 };
	int64_t connection = number("SELECT CONNECTION_ID()");

	(void)state;
	run(other, arena_printf(arena, "KILL CONNECTION %d", (int)connection));
	assert_int_not_equal(number("SELECT CONNECTION_ID()"), connection);
	connection = number("SELECT CONNECTION_ID()");
	run(other, arena_printf(arena, "KILL CONNECTION %d", (int)connection));
	good(db_transaction(db, arena, write_twice, &story));
	assert_int_equal(story.runs, 1);
}

static void
a_server_that_is_down_is_unavailable(void **state)
{
	struct story story = { 0 };

	(void)state;
	number("SELECT 1");
	mariadb_end(&server, SIGKILL);
	bad(db_run(db, arena, "SELECT 1", NULL, 0, NULL), PROBLEM_UNAVAILABLE);
	bad(db_run(db, arena, "SELECT 1", NULL, 0, NULL), PROBLEM_UNAVAILABLE);
	bad(db_execute(db, arena, "SELECT 1"), PROBLEM_UNAVAILABLE);
	bad(db_check(db, arena, "SELECT 1", NULL), PROBLEM_UNAVAILABLE);
	bad(db_transaction(db, arena, write_twice, &story), PROBLEM_UNAVAILABLE);
	assert_int_equal(story.runs, 0);
	assert_int_equal(mariadb_launch(&server), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM t"), 3);
}

/* Writes, loses the server or the connection, and tries to go on. */
static struct problem *
lose_the_server(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;
	struct problem *p = raise_first(on, a);

	story->runs++;
	if (p != NULL)
		return p;
	restart_server();
	story->inner = raise_first(on, a);
	bad(story->inner, PROBLEM_UNAVAILABLE);
	bad(raise_first(on, a), PROBLEM_UNAVAILABLE);
	return story->inner;
}

static void
a_server_lost_inside_a_transaction_loses_it_whole(void **state)
{
	struct story story = { 0 };

	(void)state;
	bad(db_transaction(db, arena, lose_the_server, &story), PROBLEM_UNAVAILABLE);
	assert_int_equal(story.runs, 1);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 10);
	good(db_transaction(db, arena, write_twice, &story));
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 12);
}

static struct problem *
lose_the_server_and_say_nothing(struct db *on, struct arena *a, void *arg)
{
	lose_the_server(on, a, arg);
	return NULL;
}

static void
a_lost_transaction_is_never_reported_as_committed(void **state)
{
	struct story story = { 0 };

	(void)state;
	bad(db_transaction(db, arena, lose_the_server_and_say_nothing, &story), PROBLEM_UNAVAILABLE);
	assert_int_equal(story.runs, 1);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 10);
}

static struct problem *
lose_the_server_before_commit(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;
	struct problem *p = raise_first(on, a);

	story->runs++;
	mariadb_end(&server, SIGKILL);
	return p;
}

static void
a_commit_without_an_answer_is_unavailable_and_not_repeated(void **state)
{
	struct story story = { 0 };

	(void)state;
	bad(db_transaction(db, arena, lose_the_server_before_commit, &story), PROBLEM_UNAVAILABLE);
	assert_int_equal(story.runs, 1);
	assert_int_equal(mariadb_launch(&server), 0);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 10);
}

static struct problem *
have_the_connection_killed(struct db *on, struct arena *a, void *arg)
{
	struct story *story = arg;
	struct rows *rows;
	struct problem *p = raise_first(on, a);

	story->runs++;
	if (p != NULL || (p = db_run(on, a, "SELECT CONNECTION_ID()", NULL, 0, &rows)) != NULL)
		return p;
	run(other, arena_printf(a, "KILL CONNECTION %s", row_text(rows, 0, 0)));
	return raise_first(on, a);
}

static void
a_connection_killed_inside_a_transaction_loses_it_whole(void **state)
{
	struct story story = { 0 };

	(void)state;
	bad(db_transaction(db, arena, have_the_connection_killed, &story), PROBLEM_UNAVAILABLE);
	assert_int_equal(story.runs, 1);
	assert_int_equal(number("SELECT n FROM t WHERE id = 1"), 10);
}

/* A server that hears nothing more: the answer does not come, and the wait for it ends. */
static void
a_server_that_does_not_answer_is_given_up(void **state)
{
	struct db *patient = db_new(&server.settings);
	struct problem *p;

	(void)state;
	db_patient(patient, 1);
	run(patient, "SELECT 1");
	assert_int_equal(mariadb_pause(&server), 0);
	p = db_run(patient, arena, "SELECT 1", NULL, 0, NULL);
	mariadb_resume(&server); /* before anything can fail: a test that ends here would leave the server paused */
	bad(p, PROBLEM_UNAVAILABLE);
	run(patient, "SELECT 1");
	db_free(patient);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_both, close_all)
	const struct CMUnitTest tests[] = {
		TEST(values_come_back_as_they_went),
		TEST(null_and_empty_are_not_the_same),
		TEST(long_values_come_whole),
		TEST(ids_are_bytes_in_the_database_and_text_here),
		TEST(an_id_beyond_ascii_is_invalid_and_no_fault_of_ours),
		TEST(many_rows_come_in_order),
		TEST(an_error_among_the_rows_is_an_error),
		TEST(values_of_every_length_come_whole),
		TEST(instants_have_the_decimals_of_their_column),
		TEST(numbers_of_every_type_read_as_text),
		TEST(an_update_counts_rows_found),
		TEST(the_session_is_ours_whatever_the_server_says),
		TEST(the_connection_is_closed_on_exec),
		TEST(a_password_comes_from_its_file),
		TEST(a_read_only_server_is_unavailable),
		TEST(a_server_without_room_is_unavailable),
		TEST(a_statement_that_takes_too_long_ends_in_the_server),
		TEST(a_full_disk_of_the_server_is_said),
		TEST(a_certificate_is_demanded_and_checked),
		TEST(at_most_256_statements_are_kept),
		TEST(a_statement_used_often_stays),
		TEST(a_statement_survives_a_change_of_its_table),
		TEST(the_number_of_values_must_fit),
		TEST(statements_can_be_checked_without_running),
		TEST(a_duplicate_is_recognised_and_its_value_kept_out_of_the_log),
		TEST(what_a_failure_was_about_is_told_until_the_next_call),
		TEST(statements_sent_are_counted),
		TEST(a_transaction_is_whole_or_not_at_all),
		TEST(a_transaction_holds_no_other),
		TEST(a_snapshot_is_of_one_moment),
		TEST(a_savepoint_undoes_what_came_after),
		TEST(a_deadlock_is_run_again),
		TEST(a_lock_wait_that_takes_too_long_is_run_again_from_the_start),
		TEST(a_failed_transaction_is_not_committed_by_one_who_does_not_look),
		TEST(five_tries_are_enough),
		TEST(nobody_notices_a_restart_while_idle),
		TEST(nobody_notices_a_killed_idle_connection),
		TEST(a_server_that_is_down_is_unavailable),
		TEST(a_server_lost_inside_a_transaction_loses_it_whole),
		TEST(a_lost_transaction_is_never_reported_as_committed),
		TEST(a_commit_without_an_answer_is_unavailable_and_not_repeated),
		TEST(a_connection_killed_inside_a_transaction_loses_it_whole),
		TEST(a_server_that_does_not_answer_is_given_up),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
