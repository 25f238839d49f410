/* test_turn.c -- turns: how many of one person and of everybody, and what becomes of those of a killed process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/turn.h"
#include "scratch.h"

enum {
	WORKERS = 8,
	PEOPLE = 3 /* each with as many processes as there are workers, for a process has one request at a time */
};

enum person {
	ANNA,
	BEN,
	MIA
};

static const char *const names[PEOPLE] = { "anna", "ben", "mia" };

static char folder[] = "/tmp/daybook-turn.XXXXXX";
static struct turns workers[PEOPLE][WORKERS];

static int
open_workers(void **state)
{
	(void)state;
	if (open_arena(state) != 0 || mkdtemp(folder) == NULL)
		return -1;
	for (int i = 0; i < PEOPLE * WORKERS; i++)
		turns_start(&workers[i / WORKERS][i % WORKERS], folder, WORKERS, 0);
	return 0;
}

static int
close_workers(void **state)
{
	for (int i = 0; i < PEOPLE * WORKERS; i++)
		turns_stop(&workers[i / WORKERS][i % WORKERS]);
	if (unlink(arena_printf(arena, "%s/turns", folder)) != 0 || rmdir(folder) != 0)
		return -1;
	return close_arena(state);
}

/* How many of a person's requests, one after the other, get a turn of this class. */
static int
granted(enum turn_class class, enum person who, struct turn turns[WORKERS])
{
	int count = 0;

	for (int i = 0; i < WORKERS; i++) {
		struct problem *p = turn_take(&workers[who][i], arena, class, names[who], &turns[i]);

		if (p == NULL) {
			count++;
			continue;
		}
		assert_int_equal(p->kind, PROBLEM_THROTTLED);
		assert_int_equal(p->retry_after, turn_classes[class].retry_after);
		assert_true(turns[i].own == 0 && turns[i].shared == 0);
	}
	return count;
}

static void
end_all(enum person who, struct turn turns[WORKERS])
{
	for (int i = 0; i < WORKERS; i++)
		turn_end(&workers[who][i], &turns[i]);
}

static void
one_person_never_has_all_workers(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_LIGHT, ANNA, anna), WORKERS / 2);
	assert_int_equal(granted(TURN_LIGHT, BEN, ben), WORKERS / 2);
	end_all(ANNA, anna);
	assert_int_equal(granted(TURN_LIGHT, ANNA, anna), WORKERS / 2);
	end_all(ANNA, anna);
	end_all(BEN, ben);
}

static void
heavy_reads_have_a_share_of_the_workers(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS], mia[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_HEAVY, ANNA, anna), 2);
	assert_int_equal(granted(TURN_HEAVY, BEN, ben), 2);
	assert_int_equal(granted(TURN_HEAVY, MIA, mia), 0);
	end_all(BEN, ben);
	assert_int_equal(granted(TURN_HEAVY, MIA, mia), 2);
	end_all(ANNA, anna);
	end_all(MIA, mia);
}

static void
one_import_of_a_person_and_a_quarter_of_the_workers(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS], mia[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_IMPORT, ANNA, anna), 1);
	assert_int_equal(granted(TURN_IMPORT, BEN, ben), 1);
	assert_int_equal(granted(TURN_IMPORT, MIA, mia), 0);
	end_all(ANNA, anna);
	end_all(BEN, ben);
}

static void
two_passwords_at_a_time_and_no_third(void **state)
{
	struct turn turns[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_PASSWORD, ANNA, turns), 2);
	end_all(ANNA, turns);
	assert_int_equal(granted(TURN_PASSWORD, ANNA, turns), 2);
	end_all(ANNA, turns);
}

static void
a_small_machine_has_one_turn_of_each(void **state)
{
	(void)state;
	for (enum turn_class class = TURN_LIGHT; class < TURN_COUNT; class++) {
		struct turns small = { .workers = 1 };

		if (class == TURN_LIST)
			continue;
		assert_true(turns_own(&small, class) > 0 || turns_shared(&small, class) == 1);
		assert_true(turns_shared(&small, class) <= 1);
	}
}

static void
a_killed_process_gives_its_turn_back(void **state)
{
	struct turn turns[WORKERS];
	int status, ready[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		struct turns own;
		struct turn turn;

		turns_start(&own, folder, WORKERS, 0);
		if (turn_take(&own, arena, TURN_IMPORT, "anna", &turn) != NULL || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(granted(TURN_IMPORT, ANNA, turns), 0);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(granted(TURN_IMPORT, ANNA, turns), 1);
	end_all(ANNA, turns);
	close(ready[0]);
	close(ready[1]);
}

static void
without_the_folder_nobody_gets_a_turn(void **state)
{
	struct turns none;
	struct turn turn;

	(void)state;
	turns_start(&none, "/nowhere/at/all", WORKERS, 0);
	assert_int_equal(turn_take(&none, arena, TURN_LIGHT, "anna", &turn)->kind, PROBLEM_UNAVAILABLE);
	turn_end(&none, &turn);
	turns_stop(&none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_person_never_has_all_workers),
		cmocka_unit_test(heavy_reads_have_a_share_of_the_workers),
		cmocka_unit_test(one_import_of_a_person_and_a_quarter_of_the_workers),
		cmocka_unit_test(two_passwords_at_a_time_and_no_third),
		cmocka_unit_test(a_small_machine_has_one_turn_of_each),
		cmocka_unit_test(a_killed_process_gives_its_turn_back),
		cmocka_unit_test(without_the_folder_nobody_gets_a_turn),
	};

	return cmocka_run_group_tests(tests, open_workers, close_workers);
}
