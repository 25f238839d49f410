/* hashing.c -- the turns for hashing passwords and PINs, and who gets one. */
#include "account/hashing.h"

struct problem *
hashing_begin(const struct gate *g, struct turn *turn)
{
	return turn_take(g->turns, g->a, TURN_PASSWORD, NULL, turn);
}

struct problem *
hashing_begin_guess(const struct gate *g, const struct throttle *t, struct turn *turn)
{
	struct problem *p;

	if ((p = throttle_check(g->db, g->a, t)) != NULL || (p = hashing_begin(g, turn)) != NULL)
		return p;
	if ((p = throttle_check(g->db, g->a, t)) != NULL)
		hashing_end(g, turn);
	return p;
}

void
hashing_end(const struct gate *g, struct turn *turn)
{
	turn_end(g->turns, turn);
}

struct problem *
hash_secret(struct arena *a, const char *secret, const char **hash)
{
	char text[PASSWORD_HASH_SIZE];

	if (!password_hash(secret, text))
		return problem_internal(a, "no memory to compute a password");
	*hash = arena_strdup(a, text);
	return NULL;
}
