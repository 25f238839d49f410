/* database.c -- what tests with a database have in common. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/id.h"
#include "database.h"
#include "store/migrate.h"

struct mariadb server;
struct db *db, *other;

void
good(struct problem *p)
{
	if (p != NULL)
		fail_msg("%s", p->cause != NULL ? p->cause : p->detail);
}

void
is_problem(struct problem *p, enum problem_kind kind)
{
	assert_non_null(p);
	if (p->kind != kind)
		fail_msg("another kind of problem: %s", p->cause != NULL ? p->cause : p->detail);
}

const char *
with_ids(const char *sql)
{
	struct buf b;

	buf_init(&b, arena);
	while (*sql != '\0') {
		unsigned char bytes[UUID_BYTES];
		bool quoted = *sql == '\'' && strlen(sql) > UUID_TEXT_SIZE && sql[UUID_TEXT_SIZE] == '\'';

		if (!quoted || !uuid_pack(arena_strndup(arena, sql + 1, UUID_TEXT_SIZE - 1), bytes)) {
			buf_char(&b, *sql++);
			continue;
		}
		buf_printf(&b, "X'%s'", hex_text(arena, bytes, sizeof bytes));
		sql += UUID_TEXT_SIZE + 1;
	}
	return b.text;
}

void
run_sql(const char *sql)
{
	good(db_execute(db, arena, with_ids(sql)));
}

int64_t
number(const char *sql)
{
	struct rows *rows;

	good(db_run(db, arena, with_ids(sql), NULL, 0, &rows));
	assert_int_equal(rows->count, 1);
	return row_integer(rows, 0, 0);
}

int
start_all(void **state)
{
	(void)state;
	crypto_init();
	return mariadb_start(&server);
}

int
stop_all(void **state)
{
	(void)state;
	mariadb_stop(&server);
	return 0;
}

void
open_empty(void)
{
	if (server.pid == 0)
		assert_int_equal(mariadb_launch(&server), 0);
	arena = arena_new();
	db = db_new(&server.settings);
	other = db_new(&server.settings);
	run_sql("DROP DATABASE daybook");
	run_sql("CREATE DATABASE daybook CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	run_sql("USE daybook");
}

void
open_schema(void)
{
	open_empty();
	good(migrate_run(db, arena, "schema", NULL));
}

int
close_all(void **state)
{
	(void)state;
	db_free(db);
	db_free(other);
	arena_free(arena);
	return 0;
}
