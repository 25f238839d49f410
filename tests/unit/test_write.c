/* test_write.c -- effects are committed or rolled back with their write, across transactions; a repeated
 * transaction starts from a clean state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "database.h"
#include "host/turn.h"
#include "model/rule.h"
#include "record/write.h"
#include "rules/rules.h"
#include "store/migrate.h"
#include "store/statement.h"
#include "upkeep/verify.h"

#define USER "11111111-1111-4111-8111-111111111111"
#define SPACE "22222222-2222-4222-8222-222222222222"
#define SESSION "33333333-3333-4333-8333-333333333333"

static struct collections *set;
static struct person person;
static struct call call; /* of the person, with the definitions */

/* Every car is followed by a twin; that of a car named bad-… cannot be written, and that of slow-… takes long. */
static struct problem *
twin(struct writer *w, struct change *ch)
{
	struct op op = {
		.collection = ch->collection, .record_id = arena_printf(w->call->a, "%s-twin", ch->id),
		    .intent = INTENT_PUSH, .system = true, .cause = ch->id,
	};
	struct outcome outcome;

	if (strncmp(ch->id, "slow-", 5) == 0)
		usleep(1100000);
	op_give(w->call->a, &op, "location", strncmp(ch->id, "bad-", 4) == 0 ? NULL : "\"100\"");
	return writer_must(w, &op, &outcome);
}

static const struct rule twins = { .name = "twins", .effect = twin };
static const struct rule *const twin_rules[] = { &twins };

/* The shipped cars with twins, the settings that say where they can stand, and nothing else. */
static struct collections *
cars_with_twins(void)
{
	const struct collections *shipped;
	struct collections *ours = arena_alloc(arena, sizeof *ours);
	struct collection *cars = arena_alloc(arena, 2 * sizeof *cars);

	good(collections_load(arena, "schema/collections", rules, &shipped));
	cars[0] = *collection_find(shipped, "cars");
	cars[1] = *collection_find(shipped, "spaceSettings");
	cars->rules = twin_rules;
	cars->rule_count = 1;
	ours->all = cars;
	ours->count = 2;
	return ours;
}

static struct problem *
try_push(size_t count, const char *format, struct outcome *outcomes)
{
	struct op *ops = arena_alloc(arena, count * sizeof *ops);
	struct written written;

	for (size_t i = 0; i < count; i++) {
		ops[i] = (struct op){
			.op_id = arena_printf(arena, "op-%zu", i), .collection = set->all, .intent = INTENT_PUSH,
			.record_id = arena_printf(arena, "%s%zu", i == 1 ? format : "car-", i),
		};
		op_prepare(arena, &person, &ops[i]);
	}
	return write_ops(&call, ops, count, outcomes, &written);
}

static struct outcome *
push(size_t count, const char *format)
{
	struct outcome *outcomes = arena_alloc(arena, count * sizeof *outcomes);

	good(try_push(count, format, outcomes));
	return outcomes;
}

static void
assert_whole(void)
{
	struct verified verified;

	good(verify_run(other, arena, NULL, &verified));
	if (verified.difference != NULL)
		fail_msg("%s", verified.difference);
}

/* --- before and after --- */

static int
open_all(void **state)
{
	(void)state;
	open_schema();
	set = cars_with_twins();
	call = (struct call){ .db = db, .a = arena, .set = set, .person = &person };
	person = (struct person){ .user_id = USER, .session_id = SESSION, .space_id = SPACE };
	run_sql("INSERT INTO user (id, email, name, home_space, created_at)"
	    " VALUES ('" USER "', 'a@example.org', 'Anna', '" SPACE "', SYSDATE(3))");
	run_sql("INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at)"
	    " VALUES ('" SPACE "', 'personal', 'x', REPEAT('0', 32), REPEAT(CHAR(0), 32), SYSDATE(3), SYSDATE(3))");
	run_sql("INSERT INTO member (space_id, user_id, role, joined_at)"
	    " VALUES ('" SPACE "', '" USER "', 'owner', SYSDATE(3))");
	run_sql("INSERT INTO session (id, user_id, kind, hash, name, scope, created_at, last_used_at)"
	    " VALUES ('" SESSION "', '" USER "', 'sign-in', REPEAT('h', 32), 'x', 'admin', SYSDATE(3), SYSDATE(3))");
	return 0;
}

/* --- the tests --- */

static void
what_follows_is_written_with_its_cause(void **state)
{
	const struct outcome *outcomes = push(3, "car-");

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(outcomes[i].status, OUTCOME_APPLIED);
	assert_int_equal(outcomes[2].seq, 5);
	assert_int_equal(number("SELECT seq FROM space"), 6);
	assert_int_equal(
	    number("SELECT COUNT(*) FROM audit WHERE cause = 'car-1' AND record_id = 'car-1-twin' AND seq = 4"), 1);
	assert_int_equal(number("SELECT COUNT(DISTINCT tx_seq) FROM audit"), 1);
	assert_whole();
}

static void
a_write_falls_with_what_follows_from_it(void **state)
{
	const struct outcome *outcomes = push(3, "bad-");

	(void)state;
	assert_int_equal(outcomes[0].status, OUTCOME_APPLIED);
	assert_int_equal(outcomes[1].status, OUTCOME_REJECTED);
	assert_non_null(outcomes[1].problem);
	assert_int_equal(outcomes[1].version, 0);
	assert_false(outcomes[1].has_record);
	assert_int_equal(outcomes[2].status, OUTCOME_APPLIED);
	assert_int_equal(outcomes[2].seq, 3);
	assert_int_equal(number("SELECT COUNT(*) FROM record WHERE id LIKE 'bad-%'"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE record_id LIKE 'bad-%'"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM op WHERE op_id = 'op-1'"), 0);
	assert_int_equal(number("SELECT seq FROM space"), 4);
	assert_whole();
}

static void
a_large_push_takes_two_transactions_and_twins_stay_together(void **state)
{
	const struct outcome *outcomes = push(701, "car-");

	(void)state;
	for (int i = 0; i < 701; i++)
		assert_int_equal(outcomes[i].status, OUTCOME_APPLIED);
	assert_int_equal(number("SELECT seq FROM space"), 1402);
	assert_int_equal(number("SELECT COUNT(DISTINCT tx_seq) FROM audit"), 2);
	assert_int_equal(number("SELECT COUNT(*) FROM audit a JOIN audit b"
	    " ON b.record_id = CONCAT(a.record_id, '-twin') AND b.tx_seq = a.tx_seq"), 701);
	assert_whole();
}

/* The lock is given back between two ops, and who has no slow turn by then begins again where it stopped. */
static void
a_push_that_takes_long_lets_others_write_and_needs_a_slow_turn(void **state)
{
	struct turns ours, others[2];
	struct turn taken[2];
	struct outcome outcomes[3];

	(void)state;
	turns_start(&ours, server.folder, 4, 0);
	for (int i = 0; i < 2; i++) {
		turns_start(&others[i], server.folder, 4, 0);
		good(turn_take(&others[i], arena, TURN_BULK, "ben", &taken[i]));
	}
	call.turns = &ours;
	assert_int_equal(try_push(3, "slow-", outcomes)->kind, PROBLEM_BUSY);
	assert_int_equal(number("SELECT seq FROM space"), 4);
	for (int i = 0; i < 2; i++)
		turn_end(&others[i], &taken[i]);
	good(try_push(3, "slow-", outcomes));
	call.turns = NULL;
	assert_int_equal(outcomes[1].status, OUTCOME_DUPLICATE);
	assert_int_equal(outcomes[2].status, OUTCOME_APPLIED);
	assert_int_equal(number("SELECT COUNT(DISTINCT tx_seq) FROM audit"), 2);
	assert_int_equal(ours.slow, 0);
	assert_whole();
	for (int i = 0; i < 2; i++)
		turns_stop(&others[i]);
	turns_stop(&ours);
}

static const struct rule scanner = { .name = "scanner", .scans = true };
static const struct rule *const scanners[] = { &scanner };

static void
a_write_that_reads_all_records_takes_a_slow_turn(void **state)
{
	struct collection scanned = *set->all;
	struct op op = { .collection = &scanned, .record_id = "7", .intent = INTENT_PUSH };
	struct turns ours, theirs;
	struct turn taken;
	struct outcome outcome;
	struct written written;

	(void)state;
	scanned.rules = scanners;
	op_prepare(arena, &person, &op);
	turns_start(&ours, server.folder, 1, 0);
	turns_start(&theirs, server.folder, 1, 0);
	good(turn_take(&theirs, arena, TURN_BULK, "ben", &taken));
	call.turns = &ours;
	assert_int_equal(write_ops(&call, &op, 1, &outcome, &written)->kind, PROBLEM_BUSY);
	assert_int_equal(number("SELECT seq FROM space"), 0);
	turn_end(&theirs, &taken);
	good(write_ops(&call, &op, 1, &outcome, &written));
	call.turns = NULL;
	assert_int_equal(number("SELECT seq FROM space"), 1);
	turns_stop(&theirs);
	turns_stop(&ours);
}

/* Otherwise whoever repeats what changes nothing under ever new ids would fill a space beyond any limit. */
static void
in_a_full_space_what_changes_nothing_leaves_no_row(void **state)
{
	static const struct amount little = { .bytes = 1 }, any = { 0, 0 };
	struct op op = { .op_id = "again", .collection = set->all, .record_id = "car-0", .intent = INTENT_PUSH };
	struct outcome outcome;
	struct written written;

	(void)state;
	push(1, "car-");
	op_prepare(arena, &person, &op);
	call.quota = &little;
	good(write_ops(&call, &op, 1, &outcome, &written));
	assert_int_equal(outcome.status, OUTCOME_UNCHANGED);
	assert_int_equal(number("SELECT COUNT(*) FROM op"), 1);
	assert_whole();

	call.quota = &any;
	good(write_ops(&call, &op, 1, &outcome, &written));
	assert_int_equal(outcome.status, OUTCOME_UNCHANGED);
	assert_int_equal(number("SELECT COUNT(*) FROM op"), 2);
	good(write_ops(&call, &op, 1, &outcome, &written));
	assert_int_equal(outcome.status, OUTCOME_DUPLICATE);
	assert_whole();
}

static void
a_role_lost_meanwhile_is_seen_under_the_lock(void **state)
{
	struct op op = { .collection = set->all, .record_id = "7", .intent = INTENT_PUSH };
	struct outcome outcome;
	struct written written;

	(void)state;
	person.role = ROLE_OWNER;
	op_prepare(arena, &person, &op);
	run_sql("UPDATE member SET role = 'viewer'");
	good(write_ops(&call, &op, 1, &outcome, &written));
	assert_int_equal(outcome.status, OUTCOME_REJECTED);
	assert_int_equal(outcome.problem->kind, PROBLEM_FORBIDDEN);

	run_sql("DELETE FROM member");
	assert_int_equal(write_ops(&call, &op, 1, &outcome, &written)->kind, PROBLEM_NOT_FOUND);
	run_sql("UPDATE session SET revoked_at = SYSDATE(3)");
	assert_int_equal(write_ops(&call, &op, 1, &outcome, &written)->kind, PROBLEM_UNAUTHORIZED);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 0);
	assert_int_equal(number("SELECT COUNT(*) FROM op"), 0);
}

/* ---- what must hold ---- */

/* The cause of the problem that a write of car-0 meets.  It leaves everything as it was. */
static const char *
cause(enum problem_kind kind)
{
	static const char seal[] = "SELECT CRC32(CONCAT((SELECT GROUP_CONCAT(version, seq, doc) FROM record),"
	    " (SELECT COUNT(*) FROM audit), (SELECT COUNT(*) FROM op),"
	    " (SELECT CONCAT(seq, HEX(chain), last_at) FROM space)))";
	struct op op = { .op_id = "op-9", .collection = set->all, .intent = INTENT_CHANGE, .base = BASE_CURRENT };
	int64_t before = number(seal);
	struct outcome outcome;
	struct written written;
	struct problem *p;

	op.record_id = "car-0";
	op_give(arena, &op, "location", "\"200\"");
	op_prepare(arena, &person, &op);
	p = write_ops(&call, &op, 1, &outcome, &written);
	is_problem(p, kind);
	assert_int_equal(number(seal), before);
	assert_null(strstr(p->detail, "hold"));
	return p->cause;
}

static const char *
fault(void)
{
	return cause(PROBLEM_INTERNAL);
}

static void
a_head_behind_its_records_is_a_fault_and_nothing_is_written(void **state)
{
	(void)state;
	push(1, "car-");
	run_sql("UPDATE space SET seq = 0");
	assert_string_equal(fault(), "does not hold: no record is ahead of its space");
}

static void
a_version_that_was_skipped_is_a_fault_and_nothing_is_written(void **state)
{
	(void)state;
	push(1, "car-");
	run_sql("UPDATE record SET version = 9");
	assert_string_equal(fault(), "does not hold: each version of a record took a seq");
	run_sql("UPDATE record SET version = 0");
	assert_string_equal(fault(), "does not hold: only what was written has a version");
}

static void
a_purge_ahead_of_the_head_is_a_fault_and_nothing_is_written(void **state)
{
	(void)state;
	push(1, "car-");
	run_sql("UPDATE space SET min_seq = 9");
	assert_string_equal(fault(), "does not hold: what was purged was written before");
}

static void
a_head_that_went_back_is_unavailable_and_nothing_is_written(void **state)
{
	(void)state;
	push(1, "car-");
	person.seq = 9; /* as the request read it, a moment ago */
	person.epoch = "00000000000000000000000000000000";
	assert_string_equal(cause(PROBLEM_UNAVAILABLE), "does not hold: in an epoch a head never goes back");
	person.epoch = "10000000000000000000000000000000"; /* restored meanwhile: the head is another one */
	push(2, "car-");
}

static void
a_change_of_another_version_is_refused_by_the_database(void **state)
{
	const char *at = "2026-11-20 08:00:00.000";
	struct value values[2 * 16];
	const struct value row[16] = {
		value_id(SPACE), value_text("cars"), value_key("car-0"), value_integer(3), value_integer(9),
		value_integer(9), value_id(USER), value_integer(0), value_text(""), value_text("{}"), value_null(),
		value_text(at), value_id(USER), value_text(at), value_id(USER), value_null(),
	};
	struct buf sql;

	(void)state;
	push(2, "car-");
	memcpy(values, row, sizeof row);
	memcpy(values + 16, row, sizeof row);
	is_problem(db_run(db, arena, SQL(RECORD_CHANGE), row, 16, NULL), PROBLEM_INTERNAL);
	values[3] = value_integer(2);
	values[16 + 4] = value_integer(10);
	values[16 + 3] = value_integer(4);
	buf_init(&sql, arena);
	statement_rows(&sql, SQL(RECORD_CHANGE), 2);
	is_problem(db_run(db, arena, sql.text, values, 32, NULL), PROBLEM_INTERNAL);
	assert_int_equal(number("SELECT SUM(version) FROM record"), 4);
	assert_int_equal(number("SELECT MAX(seq) FROM record"), 4);
}

/* Writes a car, and takes no notice of a failure of the statement after it. */
static struct problem *
write_and_look_away(struct writer *w, void *arg)
{
	struct op op = { .op_id = "op-5", .collection = set->all, .record_id = "car-5", .intent = INTENT_PUSH };
	struct outcome outcome;
	struct problem *p;

	op_prepare(arena, &person, &op);
	good(writer_take(w, &op, &outcome));
	p = db_run(w->call->db, arena, "SELECT 1", NULL, 0, NULL);
	assert_int_equal(p != NULL, *(bool *)arg);
	return NULL;
}

static void
rows_that_cannot_be_sent_end_the_transaction_whoever_hears_of_it(void **state)
{
	struct written written;
	bool fails = true;

	(void)state;
	push(1, "car-");
	run_sql("UPDATE audit SET seq = 3 WHERE seq = 2"); /* taken before its turn */
	assert_non_null(write_action(&call, ROLE_VIEWER, write_and_look_away, &fails, &written));
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 2);
	assert_int_equal(number("SELECT seq FROM space"), 2);
	run_sql("UPDATE audit SET seq = 2 WHERE seq = 3");
	fails = false;
	good(write_action(&call, ROLE_VIEWER, write_and_look_away, &fails, &written));
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 4);
	assert_int_equal(number("SELECT seq FROM space"), 4);
}

/* Cars that are stored as they are, page by page; the one at fails_at is meant for another version. */
struct stored_cars {
	size_t next, count, fails_at;
	int times;     /* how often the transaction began */
	int64_t seen;  /* records that others see while it is under way */
};

static struct op
stored_car(struct writer *w, const struct stored_cars *cars, size_t i)
{
	struct op op = op_own(set->all, arena_printf(w->call->a, "old-%zu", i), "restore:1");

	op.op_id = i == 0 ? "restore:1" : NULL;
	op.verbatim = true;
	op.base = i == cars->fails_at ? 7 : 0;
	op.new_owner = USER;
	for (size_t f = 0; f < set->all->field_count; f++)
		op_give(w->call->a, &op, set->all->fields[f].name, NULL);
	op_give(w->call->a, &op, "location", "\"nowhere that is known\"");
	op_prepare(w->call->a, w->call->person, &op);
	return op;
}

static int64_t
seen_by_others(void)
{
	struct rows *rows;

	good(db_run(other, arena, "SELECT COUNT(*) FROM record", NULL, 0, &rows));
	return row_integer(rows, 0, 0);
}

static struct problem *
store_page(struct writer *w, void *arg, struct whole_page *page)
{
	struct stored_cars *cars = arg;
	struct problem *p;
	struct outcome outcome;

	if (page->first)
		cars->times++;
	for (cars->next = page->first ? 0 : cars->next; cars->next < cars->count; cars->next++) {
		struct op op = stored_car(w, cars, cars->next);

		if ((p = writer_ahead(w, &op, 1)) != NULL || (p = writer_take(w, &op, &outcome)) != NULL)
			return p;
		if ((page->more = w->full))
			break;
		if (outcome.problem != NULL)
			return outcome.problem;
	}
	cars->seen = seen_by_others();
	return NULL;
}

static void
many_pages_are_written_at_once(void **state)
{
	struct stored_cars cars = { .count = 2500, .fails_at = SIZE_MAX };
	struct written written;

	(void)state;
	push(1, "car-");
	good(write_whole(&call, ROLE_OWNER, 60, store_page, &cars, &written));
	assert_int_equal(written.head, 2502);
	assert_int_equal(cars.seen, 2);
	assert_int_equal(number("SELECT seq FROM space"), 2502);
	assert_int_equal(number("SELECT records FROM space"), 2502);
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 2502);
	assert_int_equal(number("SELECT COUNT(DISTINCT tx_seq) FROM audit WHERE seq > 2"), 3);
	assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE action = 'restored' AND cause = 'restore:1'"), 2500);
	assert_int_equal(number("SELECT COUNT(*) FROM record"
	    " WHERE doc = '{\"location\":\"nowhere that is known\"}'"), 2500);
	assert_whole();
}

static void
what_is_refused_on_a_late_page_undoes_all(void **state)
{
	struct stored_cars cars = { .count = 2500, .fails_at = 2400 };
	struct written written;

	(void)state;
	push(1, "car-");
	is_problem(write_whole(&call, ROLE_OWNER, 60, store_page, &cars, &written), PROBLEM_CONFLICT);
	assert_int_equal(cars.times, 1);
	assert_int_equal(number("SELECT seq FROM space"), 2);
	assert_int_equal(number("SELECT COUNT(*) FROM record"), 2);
	assert_int_equal(number("SELECT COUNT(*) FROM audit"), 2);
	assert_whole();
	cars.fails_at = SIZE_MAX;
	is_problem(write_whole(&call, ROLE_OWNER, -1, store_page, &cars, &written), PROBLEM_TOO_MUCH);
	assert_int_equal(number("SELECT seq FROM space"), 2);
	good(write_whole(&call, ROLE_OWNER, 60, store_page, &cars, &written));
	assert_whole();
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_follows_is_written_with_its_cause),
		TEST(a_write_falls_with_what_follows_from_it),
		cmocka_unit_test_setup_teardown(a_large_push_takes_two_transactions_and_twins_stay_together,
		    open_all, close_all),
		TEST(a_push_that_takes_long_lets_others_write_and_needs_a_slow_turn),
		TEST(a_write_that_reads_all_records_takes_a_slow_turn),
		TEST(a_role_lost_meanwhile_is_seen_under_the_lock),
		TEST(a_head_behind_its_records_is_a_fault_and_nothing_is_written),
		TEST(in_a_full_space_what_changes_nothing_leaves_no_row),
		TEST(a_version_that_was_skipped_is_a_fault_and_nothing_is_written),
		TEST(a_purge_ahead_of_the_head_is_a_fault_and_nothing_is_written),
		TEST(a_head_that_went_back_is_unavailable_and_nothing_is_written),
		TEST(a_change_of_another_version_is_refused_by_the_database),
		TEST(rows_that_cannot_be_sent_end_the_transaction_whoever_hears_of_it),
		TEST(many_pages_are_written_at_once),
		TEST(what_is_refused_on_a_late_page_undoes_all),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
