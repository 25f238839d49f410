/* turn.c -- the host's two turns at hashing passwords, and who gets one. */
#include "account/turn.h"

#include <time.h>

enum {
	TURN_TRIES = 40,   /* attempts to get a turn, */
	TURN_PAUSE_MS = 25 /* which makes about a second */
};

struct problem *
turn_take(const struct gate *g, int *turn)
{
	struct problem *p;
	const struct timespec pause = { .tv_nsec = TURN_PAUSE_MS * 1000000L };

	for (int i = 0; i < TURN_TRIES; i++) {
		if ((*turn = password_turn_begin(g->config->run_dir)) >= 0)
			return NULL;
		nanosleep(&pause, NULL);
	}
	p = problem_new(g->a, PROBLEM_THROTTLED, "Many people are signing in just now; please try again.");
	p->retry_after = 1;
	return p;
}

struct problem *
turn_take_guess(const struct gate *g, const struct throttle *t, int *turn)
{
	struct problem *p;

	if ((p = throttle_check(g->db, g->a, t)) != NULL || (p = turn_take(g, turn)) != NULL)
		return p;
	if ((p = throttle_check(g->db, g->a, t)) != NULL)
		password_turn_end(*turn);
	return p;
}

struct problem *
turn_hash(struct arena *a, const char *secret, const char **hash)
{
	char text[PASSWORD_HASH_SIZE];

	if (!password_hash(secret, text))
		return problem_internal(a, "no memory to compute a password");
	*hash = arena_strdup(a, text);
	return NULL;
}
