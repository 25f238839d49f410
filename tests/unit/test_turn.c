/* test_turn.c -- turns: how many of one person and of everybody, and what becomes of those of a killed process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/turn.h"
#include "place.h"
#include "scratch.h"

enum {
	WORKERS = 8,
	PEOPLE = 4,
	CROWDS = PEOPLE * TURN_COUNT, /* of as many processes as there are workers; each has one request at a time */
	TRIES = 2000
};

enum person {
	ANNA,
	BEN,
	MIA,
	OLGA
};

static const char *const names[PEOPLE] = { "anna", "ben", "mia", "olga" };

static char folder[256];
static struct turns workers[CROWDS][WORKERS]; /* the processes of one person and class */

static int
open_workers(void **state)
{
	(void)state;
	if (open_arena(state) != 0 || mkdtemp(place_of("turn", folder, sizeof folder)) == NULL)
		return -1;
	for (int i = 0; i < CROWDS * WORKERS; i++)
		turns_start(&workers[i / WORKERS][i % WORKERS], folder, WORKERS, 0);
	return 0;
}

static int
close_workers(void **state)
{
	for (int i = 0; i < CROWDS * WORKERS; i++)
		turns_stop(&workers[i / WORKERS][i % WORKERS]);
	if (unlink(arena_printf(arena, "%s/turns", folder)) != 0 || rmdir(folder) != 0)
		return -1;
	return close_arena(state);
}

static struct turns *
crowd(enum turn_class class, enum person who)
{
	return workers[(int)who * TURN_COUNT + (int)class];
}

/* How many of a person's requests, one after the other, get a turn of this class before one is refused. */
static int
granted(enum turn_class class, enum person who, struct turn turns[WORKERS])
{
	memset(turns, 0, WORKERS * sizeof turns[0]);
	for (int i = 0; i < WORKERS; i++) {
		struct problem *p = turn_take(&crowd(class, who)[i], arena, class, names[who], &turns[i]);

		if (p == NULL)
			continue;
		assert_int_equal(p->kind, PROBLEM_BUSY);
		assert_int_equal(p->retry_after, turn_classes[class].retry_after);
		assert_true(turns[i].own == 0 && turns[i].shared == 0 && turns[i].slow == 0);
		return i;
	}
	return WORKERS;
}

static void
end_all(enum turn_class class, enum person who, struct turn turns[WORKERS])
{
	for (int i = 0; i < WORKERS; i++)
		turn_end(&crowd(class, who)[i], &turns[i]);
}

static void
one_person_never_has_all_workers(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_LIGHT, ANNA, anna), WORKERS / 2);
	assert_int_equal(granted(TURN_LIGHT, BEN, ben), WORKERS / 2);
	end_all(TURN_LIGHT, ANNA, anna);
	assert_int_equal(granted(TURN_LIGHT, ANNA, anna), WORKERS / 2);
	end_all(TURN_LIGHT, ANNA, anna);
	end_all(TURN_LIGHT, BEN, ben);
}

static void
heavy_reads_leave_one_slow_turn_to_large_writes(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS], mia[WORKERS], olga[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_HEAVY, ANNA, anna), 2);
	assert_int_equal(granted(TURN_HEAVY, BEN, ben), 1);
	assert_int_equal(granted(TURN_HEAVY, MIA, mia), 0);
	assert_int_equal(granted(TURN_BULK, MIA, mia), 1);
	assert_int_equal(granted(TURN_BULK, OLGA, olga), 0);
	end_all(TURN_HEAVY, BEN, ben);
	assert_int_equal(granted(TURN_HEAVY, OLGA, olga), 1);
	end_all(TURN_HEAVY, ANNA, anna);
	end_all(TURN_BULK, MIA, mia);
	end_all(TURN_HEAVY, OLGA, olga);
}

static void
large_writes_take_what_nobody_else_needs_first(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS], mia[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_BULK, ANNA, anna), 2);
	assert_int_equal(granted(TURN_HEAVY, BEN, ben), 2);
	assert_int_equal(granted(TURN_IMPORT, MIA, mia), 0);
	end_all(TURN_BULK, ANNA, anna);
	assert_int_equal(granted(TURN_IMPORT, MIA, mia), 1);
	end_all(TURN_HEAVY, BEN, ben);
	end_all(TURN_IMPORT, MIA, mia);
}

static void
one_import_of_a_person_and_a_quarter_of_the_workers(void **state)
{
	struct turn anna[WORKERS], ben[WORKERS], mia[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_IMPORT, ANNA, anna), 1);
	assert_int_equal(granted(TURN_IMPORT, BEN, ben), 1);
	assert_int_equal(granted(TURN_IMPORT, MIA, mia), 0);
	end_all(TURN_IMPORT, ANNA, anna);
	end_all(TURN_IMPORT, BEN, ben);
}

static void
slow_turns_of_a_person_are_counted_together(void **state)
{
	struct turn heavy[WORKERS], import[WORKERS], bulk[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_HEAVY, ANNA, heavy), 2);
	assert_int_equal(granted(TURN_IMPORT, ANNA, import), 0);
	assert_int_equal(granted(TURN_BULK, ANNA, bulk), 0);
	end_all(TURN_HEAVY, ANNA, heavy);
	assert_int_equal(granted(TURN_IMPORT, ANNA, import), 1);
	assert_int_equal(granted(TURN_HEAVY, ANNA, heavy), 1);
	end_all(TURN_IMPORT, ANNA, import);
	end_all(TURN_HEAVY, ANNA, heavy);
}

/* Everybody asks for all that is slow, in whatever order: some workers have nothing of it. */
static void
some_workers_only_do_what_is_quick(void **state)
{
	static const enum turn_class orders[][4] = {
		{ TURN_HEAVY, TURN_IMPORT, TURN_BULK, TURN_PASSWORD },
		{ TURN_BULK, TURN_PASSWORD, TURN_IMPORT, TURN_HEAVY },
		{ TURN_IMPORT, TURN_HEAVY, TURN_BULK, TURN_PASSWORD },
	};
	static struct turn taken[4][PEOPLE][WORKERS];

	(void)state;
	for (size_t order = 0; order < sizeof orders / sizeof orders[0]; order++) {
		int count = 0;

		for (size_t i = 0; i < 4; i++)
			for (enum person who = ANNA; who <= OLGA; who++)
				count += granted(orders[order][i], who, taken[i][who]);
		assert_int_equal(count, WORKERS - WORKERS / 4);
		for (size_t i = 0; i < 4; i++)
			for (enum person who = ANNA; who <= OLGA; who++)
				end_all(orders[order][i], who, taken[i][who]);
	}
}

/* A worker that waits for a password turn is one less for heavy reads; when these have them all, nobody waits. */
static void
who_waits_takes_a_slow_turn(void **state)
{
	struct turn passwords[WORKERS], anna[WORKERS], ben[WORKERS];
	bool waits = false;
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(granted(TURN_PASSWORD, MIA, passwords), 2);
	child = fork();
	if (child == 0) {
		struct turns own;
		struct turn turn;
		int tries = 0;

		turns_start(&own, folder, WORKERS, 0);
		while (turn_take(&own, arena, TURN_PASSWORD, NULL, &turn) != NULL && tries < TRIES)
			tries++;
		_exit(tries < TRIES ? 0 : 1);
	}
	for (int tries = 0; !waits && tries < TRIES; tries++) {
		usleep(1000);
		waits = granted(TURN_HEAVY, ANNA, anna) + granted(TURN_HEAVY, BEN, ben) == 2;
		end_all(TURN_HEAVY, ANNA, anna);
		end_all(TURN_HEAVY, BEN, ben);
	}
	assert_true(waits);
	end_all(TURN_PASSWORD, MIA, passwords);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
two_passwords_at_a_time_and_no_third(void **state)
{
	struct turn turns[WORKERS];

	(void)state;
	assert_int_equal(granted(TURN_PASSWORD, ANNA, turns), 2);
	end_all(TURN_PASSWORD, ANNA, turns);
	assert_int_equal(granted(TURN_PASSWORD, ANNA, turns), 2);
	end_all(TURN_PASSWORD, ANNA, turns);
}

/* Who waits for a space has a slow turn; when these are all taken, nobody waits.  Whoever has one waits in it. */
static void
who_waits_for_a_space_takes_a_slow_turn(void **state)
{
	struct turn space[WORKERS], bulk[WORKERS], more[WORKERS], other[WORKERS];
	struct turns *writer = &crowd(TURN_BULK, ANNA)[0];

	(void)state;
	assert_int_equal(granted(TURN_SPACE, ANNA, space), 1);
	assert_int_equal(granted(TURN_BULK, ANNA, bulk), 2);
	assert_int_equal(granted(TURN_BULK, BEN, more), 2);
	assert_int_equal(turn_take(writer, arena, TURN_SPACE, names[ANNA], &other[0])->kind, PROBLEM_BUSY);
	assert_int_equal(writer->slow, bulk[0].slow);
	assert_int_equal(granted(TURN_HEAVY, MIA, other), 0);
	assert_int_equal(granted(TURN_SPACE, BEN, other), 1);
	end_all(TURN_SPACE, BEN, other);
	end_all(TURN_BULK, BEN, more);
	end_all(TURN_BULK, ANNA, bulk);
	end_all(TURN_SPACE, ANNA, space);
	assert_int_equal(writer->slow, 0);
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
	end_all(TURN_IMPORT, ANNA, turns);
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
		cmocka_unit_test(heavy_reads_leave_one_slow_turn_to_large_writes),
		cmocka_unit_test(large_writes_take_what_nobody_else_needs_first),
		cmocka_unit_test(one_import_of_a_person_and_a_quarter_of_the_workers),
		cmocka_unit_test(slow_turns_of_a_person_are_counted_together),
		cmocka_unit_test(some_workers_only_do_what_is_quick),
		cmocka_unit_test(who_waits_takes_a_slow_turn),
		cmocka_unit_test(who_waits_for_a_space_takes_a_slow_turn),
		cmocka_unit_test(two_passwords_at_a_time_and_no_third),
		cmocka_unit_test(a_small_machine_has_one_turn_of_each),
		cmocka_unit_test(a_killed_process_gives_its_turn_back),
		cmocka_unit_test(without_the_folder_nobody_gets_a_turn),
	};

	return cmocka_run_group_tests(tests, open_workers, close_workers);
}
