/* test_json_out.c -- JSON written member by member. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/json_out.h"
#include "scratch.h"

static void
json_is_written_in_the_order_of_the_calls(void **state)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, *state);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_text(&out, "name", "a \"b\"\n");
	put_integer(&out, "seq", INT64_C(9007199254740991));
	put_array(&out, "list");
	put_object(&out, NULL);
	put_end(&out);
	put_text(&out, NULL, "x");
	put_array(&out, NULL);
	put_boolean(&out, NULL, true);
	put_boolean(&out, NULL, false);
	put_end(&out);
	put_end(&out);
	put_object(&out, "empty");
	put_end(&out);
	put_null(&out, "none");
	put_number(&out, "rate", "%d.%d", 12, 5);
	assert_false(json_out_is_whole(&out));
	put_end(&out);
	assert_true(json_out_is_whole(&out));
	assert_string_equal(b.text,
	    "{\"name\":\"a \\\"b\\\"\\n\",\"seq\":9007199254740991,\"list\":[{},\"x\",[true,false]],\"empty\":{},"
	    "\"none\":null,\"rate\":12.5}");
}

static void
what_is_not_there_is_null_or_left_out(void **state)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, *state);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_some(&out, "a", NULL);
	put_text(&out, "b", NULL);
	put_some(&out, "c", "");
	put_sql_instant(&out, "d", NULL);
	put_end(&out);
	assert_string_equal(b.text, "{\"b\":null,\"c\":\"\",\"d\":null}");
}

static void
instants_have_one_form(void **state)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, *state);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	put_instant(&out, NULL, INT64_C(1795249240123));
	put_sql_instant(&out, NULL, "2026-11-21 08:34:00.000");
	put_end(&out);
	assert_string_equal(b.text, "[\"2026-11-21T08:20:40.123Z\",\"2026-11-21T08:34:00.000Z\"]");
}

static void
what_is_json_already_is_spliced(void **state)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, *state);
	json_out_start(&out, &b);
	put_object(&out, NULL);
	put_members(&out, NULL);
	put_members(&out, "");
	put_members(&out, "\"a\":1,\"b\":2");
	put_json(&out, "c", "[3]");
	put_members_n(&out, "\"d\":4}", 5);
	put_json_n(&out, "e", "55]", 2);
	json_quote(put_value(&out, "f"), "g");
	put_end(&out);
	assert_string_equal(b.text, "{\"a\":1,\"b\":2,\"c\":[3],\"d\":4,\"e\":55,\"f\":\"g\"}");
}

static void
members_stand_without_braces(void **state)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, *state);
	json_out_members(&out, &b);
	put_integer(&out, "currentVersion", 3);
	put_object(&out, "base");
	put_text(&out, "location", "100");
	put_end(&out);
	assert_string_equal(b.text, "\"currentVersion\":3,\"base\":{\"location\":\"100\"}");
}

static void
a_long_answer_goes_on_after_its_buf_was_emptied(void **state)
{
	struct buf b;
	struct json_out out;

	buf_init(&b, *state);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	put_integer(&out, NULL, 1);
	buf_clear(&b);
	put_integer(&out, NULL, 2);
	put_end(&out);
	assert_string_equal(b.text, ",2]");
}

/* --- what cannot be JSON --- */

static void
open_too_deep(struct json_out *out)
{
	for (int i = 0; i <= JSON_OUT_DEPTH_MAX; i++)
		put_array(out, NULL);
}

static void
end_too_often(struct json_out *out)
{
	put_object(out, NULL);
	put_end(out);
	put_end(out);
}

static void
name_in_an_array(struct json_out *out)
{
	put_array(out, NULL);
	put_integer(out, "a", 1);
}

static void
no_name_in_an_object(struct json_out *out)
{
	put_object(out, NULL);
	put_integer(out, NULL, 1);
}

static void
members_in_an_array(struct json_out *out)
{
	put_array(out, NULL);
	put_members(out, "\"a\":1");
}

/* In a process of its own, which must not live to see its end. */
static bool
ends_the_program(struct arena *a, void (*mistake)(struct json_out *out))
{
	struct buf b;
	struct json_out out;
	int status;
	pid_t child;

	buf_init(&b, a);
	json_out_start(&out, &b);
	if ((child = fork()) == 0) {
		static const struct rlimit no_core = { 0, 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		mistake(&out);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
a_mistake_of_the_program_ends_it(void **state)
{
	assert_true(ends_the_program(*state, open_too_deep));
	assert_true(ends_the_program(*state, end_too_often));
	assert_true(ends_the_program(*state, name_in_an_array));
	assert_true(ends_the_program(*state, no_name_in_an_object));
	assert_true(ends_the_program(*state, members_in_an_array));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(json_is_written_in_the_order_of_the_calls, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_null_or_left_out, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(instants_have_one_form, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_is_json_already_is_spliced, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(members_stand_without_braces, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(a_long_answer_goes_on_after_its_buf_was_emptied,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(a_mistake_of_the_program_ends_it, open_arena, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
