/* test_intake.c -- an import against a database: a request runs out of time, people are
 * signed out, keys are used twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "database.h"
#include "rules/rules.h"
#include "store/migrate.h"
#include "transfer/intake.h"

#define SPACE "0191f3a0-0000-7000-8000-00000000000a"
#define USER "0191f3a0-0000-7000-8000-00000000000b"
#define SESSION "0191f3a0-0000-7000-8000-00000000000c"

/* Without the records of imports. */
#define RECORDS "SELECT COUNT(*) FROM record WHERE collection <> 'imports'"
#define WRITES "SELECT COUNT(*) FROM audit WHERE collection <> 'imports'"

static const struct collections *set;
static struct person person;
static struct intake_report report;

static int
open_all(void **state)
{
	static const char *const people[] = {
		"INSERT INTO user (id, email, name, home_space, created_at)"
		" VALUES ('" USER "', 'a@example.org', 'Ann', '" SPACE "', SYSDATE(3))",
		"INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at)"
		" VALUES ('" SPACE "', 'personal', 'x', REPEAT('0', 32), REPEAT(CHAR(0), 32), SYSDATE(3), SYSDATE(3))",
		"INSERT INTO member (space_id, user_id, role, joined_at)"
		" VALUES ('" SPACE "', '" USER "', 'owner', SYSDATE(3))",
		"INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at)"
		" VALUES ('" SESSION "', '" USER "', 'sign-in', REPEAT('1', 32), '', 'admin', SYSDATE(3), SYSDATE(3))",
	};

	(void)state;
	open_schema();
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
		run_sql(people[i]);
	good(collections_load(arena, "schema/collections", rules, &set));
	person = (struct person){
		.user_id = USER,
		.session_id = SESSION,
		.scope = SCOPE_ADMIN,
		.space_id = SPACE,
		.space_kind = "personal",
		.role = ROLE_OWNER,
		.epoch = "00000000000000000000000000000000",
	};
	return 0;
}

/* Import text into a collection; the report is kept. */
static struct problem *
import_text(const char *collection, const char *text, struct intake_options options)
{
	const struct call call = { .db = db, .a = arena, .set = set, .person = &person };
	struct import *im = arena_alloc(arena, sizeof *im);
	struct import_options file = { .map = NULL };

	good(import_open(im, arena, &person, collection_find(set, collection), &file, text, strlen(text)));
	return intake(&call, im, &options, &report);
}

static const char *
many_trips(int count)
{
	struct buf b;

	buf_init(&b, arena);
	buf_text(&b, "date,from,to,miles\n");
	for (int i = 0; i < count; i++)
		buf_printf(&b, "2021-03-%02d,Depot,Place %d,%d\n", i % 31 + 1, i, i % 90);
	return b.text;
}

static const char *
many_weights(int count)
{
	struct buf b;

	buf_init(&b, arena);
	buf_text(&b, "date,kg\n");
	for (int i = 0; i < count; i++)
		buf_printf(&b, "%d-%02d-%02d,80\n", 2000 + i / 336, i / 28 % 12 + 1, i % 28 + 1);
	return b.text;
}

static void
an_import_stops_when_its_time_is_up_and_the_next_request_continues(void **state)
{
	const char *file = many_trips(2500);
	const struct intake_options hurried = { .run = "r", .seconds = -1 };

	(void)state;
	good(import_text("mileage", file, hurried));
	assert_true(report.more);
	assert_int_equal(report.done, 1000);
	assert_int_equal(report.created, 1000);
	good(import_text("mileage", file, hurried));
	assert_true(report.more);
	assert_int_equal(report.done, 2000);
	assert_int_equal(report.created, 1000);
	assert_int_equal(report.unchanged, 1000);
	good(import_text("mileage", file, hurried));
	assert_false(report.more);
	assert_int_equal(report.done, 2500);
	assert_int_equal(report.created, 500);
	assert_int_equal(number(RECORDS), 2500);
	assert_int_equal(number(WRITES), 2500);
}

static int64_t
statements_sent(void)
{
	return number("SELECT CAST(variable_value AS INT) FROM information_schema.session_status"
	    " WHERE variable_name = 'COM_STMT_EXECUTE'");
}

/* Import the file, and count the statements. */
static int64_t
cost_of(const char *collection, const char *file, struct intake_options options)
{
	int64_t before = statements_sent();

	good(import_text(collection, file, options));
	return statements_sent() - before;
}

static void
going_on_asks_the_database_no_more_than_beginning(void **state)
{
	const struct intake_options first = { .run = "r", .seconds = -1 }, whole = { .run = "s" };
	const char *file = many_trips(4000);
	int64_t begun, gone_on, again;

	(void)state;
	begun = cost_of("mileage", file, first);
	assert_true(report.more);
	gone_on = cost_of("mileage", file, first);
	assert_int_equal(report.created, 1000);
	assert_int_equal(report.done, 2000);
	assert_in_range(gone_on, 1, begun);
	good(import_text("mileage", file, (struct intake_options){ .run = "r" }));
	assert_int_equal(report.created, 2000);
	assert_int_equal(report.done, 4000);
	again = cost_of("mileage", file, (struct intake_options){ .run = "r" });
	assert_int_equal(report.unchanged, 4000);
	assert_in_range(again, 1, 10);
	good(db_execute(db, arena, "DELETE FROM op"));
	assert_in_range(cost_of("mileage", file, (struct intake_options){ .run = "r" }), 1, 10);
	assert_int_equal(report.unchanged, 4000);
	assert_int_equal(number(RECORDS), 4000);
	assert_in_range(cost_of("mileage", file, whole), 1, 4 * begun);
}

/* An import that stopped in the middle goes on, even when a part of the file alone can be checked in time. */
static void
an_import_that_goes_on_takes_what_it_had_time_to_check(void **state)
{
	const struct intake_options hurried = { .run = "r", .seconds = -1, .look_seconds = -2 };
	const char *file = many_trips(2600);

	(void)state;
	good(import_text("mileage", file, (struct intake_options){ .run = "r", .seconds = -1 }));
	assert_int_equal(report.done, 1000);
	/* Its record knows that all rows were checked; without that they are checked again. */
	good(db_execute(db, arena,
	    "UPDATE record SET doc = JSON_REMOVE(doc, '$.checked') WHERE collection = 'imports'"));
	good(import_text("mileage", file, hurried));
	assert_true(report.more);
	assert_int_equal(report.rows, 1500);
	assert_int_equal(report.done, 1500);
	assert_int_equal(report.created, 500);
	assert_int_equal(report.unchanged, 1000);
	for (int i = 0; report.more; i++) {
		assert_in_range(i, 0, 5);
		good(import_text("mileage", file, hurried));
	}
	assert_int_equal(report.done, 2600);
	assert_int_equal(report.created + report.unchanged, 2600);
	assert_int_equal(number(RECORDS), 2600);
}

/* A bad row stops a run that goes on, too; what is written already is not denied. */
static void
what_an_earlier_run_wrote_is_not_denied(void **state)
{
	const char *bad = "date,kg\n2021-01-05,80\n2021-01-06,81\nsoon,1\n";
	struct problem *p;

	(void)state;
	p = import_text("weights", bad, (struct intake_options){ .run = "r" });
	assert_non_null(strstr(p->detail, "1 of 3 rows is bad; nothing was imported. "));
	assert_non_null(strstr(p->members, "\"done\":0"));
	good(import_text("weights", bad, (struct intake_options){ .run = "r", .skip_bad = true }));
	assert_int_equal(report.created, 2);
	p = import_text("weights", bad, (struct intake_options){ .run = "r" });
	assert_non_null(strstr(p->detail, "nothing was imported now, and what an earlier run imported stays. "));
	assert_non_null(strstr(p->members, "\"done\":2"));
}

/* The note explains why nothing came of a file.  A run that goes on has no need of it. */
static const char *
notes_of_report(void)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, arena);
	json_out_members(&out, &b);
	intake_put(&out, &report);
	return strstr(b.text, "\"notes\"");
}

static void
the_note_about_an_earlier_run_is_for_a_file_of_which_nothing_came(void **state)
{
	const char *file = "date,kg\n2021-01-05,80\n2021-01-06,81\n";

	(void)state;
	good(import_text("weights", file, (struct intake_options){ .run = "r" }));
	good(db_execute(db, arena, "DELETE FROM audit WHERE seq = 3"));
	good(db_execute(db, arena, "DELETE FROM record WHERE seq = 3"));
	good(db_execute(db, arena, "DELETE FROM op WHERE seq = 3"));
	good(import_text("weights", file, (struct intake_options){ .run = "r" }));
	assert_int_equal(report.created, 1);
	assert_null(strstr(notes_of_report(), "earlier run"));
	good(import_text("weights", file, (struct intake_options){ .run = "r" }));
	assert_non_null(strstr(notes_of_report(), "2 rows were written by an earlier run"));
}

static void
looking_has_its_time_too(void **state)
{
	struct problem *p;

	(void)state;
	good(import_text("mileage", many_trips(1200),
	    (struct intake_options){ .run = "r", .dry_run = true, .look_seconds = -1 }));
	assert_true(report.more);
	assert_int_equal(report.rows, 500);
	assert_int_equal(report.created, 500);
	/* Nothing is written before all rows are checked, and each request checks further. */
	for (size_t i = 1; i <= 2; i++) {
		good(import_text("mileage", many_trips(1200),
		    (struct intake_options){ .run = "r", .look_seconds = -1, .seconds = -1 }));
		assert_true(report.more);
		assert_int_equal(report.rows, 500 * i);
		assert_int_equal(report.done, 0);
		assert_int_equal(number(RECORDS), 0);
	}
	good(import_text("mileage", many_trips(1200), (struct intake_options){ .run = "r", .look_seconds = -1 }));
	assert_false(report.more);
	assert_int_equal(report.created, 1200);
	p = import_text("mileage", arena_printf(arena, "%ssoon,A,B,1\n", many_trips(700)),
	    (struct intake_options){ .run = "s", .look_seconds = -2 });
	assert_null(p);
	assert_true(report.more);
	p = import_text("mileage", arena_printf(arena, "%ssoon,A,B,1\n", many_trips(700)),
	    (struct intake_options){ .run = "s", .look_seconds = -1 });
	assert_int_equal(p->kind, PROBLEM_INVALID);
	assert_int_equal(number(RECORDS), 1200);
	/* Where bad rows stop nothing, what was looked at can be written at once. */
	for (int i = 1; i <= 3; i++) {
		good(import_text("weights", many_weights(1300),
		    (struct intake_options){ .run = "t", .skip_bad = true, .look_seconds = -2, .seconds = -1 }));
		assert_int_equal(report.more, i < 3);
	}
	assert_int_equal(report.done, 1300);
	assert_int_equal(number(RECORDS " AND collection = 'weights'"), 1300);
}

static void
a_row_is_known_by_its_record_or_by_what_is_left_of_it(void **state)
{
	(void)state;
	good(import_text("weights", "date,kg\n2021-01-05,80\n2021-01-06,81\n2021-01-07,82\n",
	    (struct intake_options){ .run = "r" }));
	good(db_execute(db, arena, "UPDATE record SET deleted = 1 WHERE doc LIKE '%2021-01-06%'"));
	good(db_execute(db, arena, "DELETE FROM record WHERE doc LIKE '%2021-01-07%'"));
	good(import_text("weights", "date,kg\n2021-01-05,80\n2021-01-06,81\n2021-01-07,82\n2021-01-08,83\n",
	    (struct intake_options){ .run = "s", .dry_run = true }));
	assert_int_equal(report.unchanged, 1);
	assert_int_equal(report.created, 1);
	assert_int_equal(report.deleted, 2);
}

static void
a_dry_run_says_what_would_come_and_writes_nothing(void **state)
{
	(void)state;
	good(import_text("weights", "date,kg\n2021-01-05,80\n2021-01-06,81\n", (struct intake_options){ .run = "r" }));
	good(import_text("weights", "date,kg\n2021-01-05,80\n2021-01-06,82\n2021-01-07,83\n",
	    (struct intake_options){ .run = "s", .dry_run = true }));
	assert_int_equal(report.created, 1);
	assert_int_equal(report.updated, 1);
	assert_int_equal(report.unchanged, 1);
	assert_int_equal(number(WRITES), 2);
}

static void
whoever_is_signed_out_meanwhile_writes_no_more(void **state)
{
	struct problem *p;

	(void)state;
	good(db_execute(db, arena, "UPDATE session SET revoked_at = SYSDATE(3)"));
	p = import_text("mileage", many_trips(3), (struct intake_options){ .run = "r" });
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_UNAUTHORIZED);
	assert_non_null(strstr(p->members, "\"done\":0"));
	assert_int_equal(number(RECORDS), 0);
}

static void
another_file_under_the_key_of_a_run_is_refused(void **state)
{
	struct problem *p;

	(void)state;
	good(import_text("weights", "date,kg\n2021-01-05,80\n2021-01-06,81\n",
	    (struct intake_options){ .run = "key" }));
	p = import_text("weights", "date,kg\n2021-01-05,80\n2021-01-06,99\n", (struct intake_options){ .run = "key" });
	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_OP_REUSED);
	assert_int_equal(number(WRITES), 2);
}

/* The outcomes of ops go after 90 days; their audit rows stay. */
static void
a_run_is_recognized_after_its_outcomes_are_deleted(void **state)
{
	(void)state;
	good(import_text("weights", "date,kg\n2021-01-05,80\n", (struct intake_options){ .run = "r" }));
	good(db_execute(db, arena, "DELETE FROM op"));
	good(import_text("weights", "date,kg\n2021-01-05,80\n", (struct intake_options){ .run = "r" }));
	assert_int_equal(report.unchanged, 1);
	assert_int_equal(report.earlier, 1);
	assert_int_equal(number(WRITES), 1);
}

static void
records_deleted_after_the_import_stay_deleted_and_are_told(void **state)
{
	(void)state;
	good(import_text("mileage", many_trips(3), (struct intake_options){ .run = "r" }));
	good(db_execute(db, arena, "UPDATE record SET deleted = 1, doc = '{}' WHERE seq = 3"));
	good(import_text("mileage", many_trips(3), (struct intake_options){ .run = "r" }));
	assert_int_equal(report.unchanged, 2);
	assert_int_equal(report.deleted, 1);
	good(import_text("mileage", many_trips(3), (struct intake_options){ .run = "another" }));
	assert_int_equal(report.unchanged, 2);
	assert_int_equal(report.deleted, 1);
	good(import_text("mileage", many_trips(3), (struct intake_options){ .run = "again", .again = true }));
	assert_int_equal(report.created, 1);
	assert_int_equal(number(RECORDS " AND deleted = 0"), 3);
}

static void
at_most_a_hundred_errors_are_told_and_all_are_counted(void **state)
{
	struct problem *p;
	struct buf b;
	size_t told = 0;

	(void)state;
	buf_init(&b, arena);
	buf_text(&b, "date,kg\n");
	for (int i = 0; i < 150; i++)
		buf_text(&b, "soon,80\n");
	p = import_text("weights", b.text, (struct intake_options){ .run = "r" });
	assert_non_null(p);
	assert_int_equal(report.bad, 150);
	for (const char *at = p->members; (at = strstr(at, "{\"line\":")) != NULL; at++)
		told++;
	assert_int_equal(told, 100);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
	const struct CMUnitTest tests[] = {
		TEST(an_import_stops_when_its_time_is_up_and_the_next_request_continues),
		TEST(going_on_asks_the_database_no_more_than_beginning),
		TEST(an_import_that_goes_on_takes_what_it_had_time_to_check),
		TEST(what_an_earlier_run_wrote_is_not_denied),
		TEST(the_note_about_an_earlier_run_is_for_a_file_of_which_nothing_came),
		TEST(looking_has_its_time_too),
		TEST(a_row_is_known_by_its_record_or_by_what_is_left_of_it),
		TEST(a_dry_run_says_what_would_come_and_writes_nothing),
		TEST(whoever_is_signed_out_meanwhile_writes_no_more),
		TEST(another_file_under_the_key_of_a_run_is_refused),
		TEST(a_run_is_recognized_after_its_outcomes_are_deleted),
		TEST(records_deleted_after_the_import_stay_deleted_and_are_told),
		TEST(at_most_a_hundred_errors_are_told_and_all_are_counted),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
