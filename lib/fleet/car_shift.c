/* car_shift.c -- a car's flags belong to one board; each start, end or reset begins another.  A flag that was set on an
 * older board is a conflict, however long its device was offline.  Location and notes do not depend on the board and
 * merge as usual. */
#include "fleet/fleet.h"
#include "fleet/rules.h"

/* A car that is added during a shift belongs to that shift. */
static struct problem *
join_board(struct change *ch, size_t shift)
{
	struct problem *p;
	struct record open;
	bool found;

	if ((p = fleet_open_shift(ch->call, &open, &found)) != NULL)
		return p;
	ch->after[shift] = found ? arena_printf(ch->call->a, "\"%s\"", open.id) : NULL;
	return NULL;
}

static void
rely_on_board(struct change *ch, size_t shift)
{
	static const char *const flags[] = { "arrived", "late", "empty" };

	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (ch->touched[collection_field(ch->collection, flags[i])->index])
			ch->relied[shift] = "A shift began or ended, or the board was reset, "
			    "since the version you know: the flags start anew.";
}

/* A car keeps its current board, also when an earlier version of it is restored. */
static struct problem *
derive(struct change *ch)
{
	size_t shift = collection_field(ch->collection, "shift")->index;

	rely_on_board(ch, shift);
	if (ch->touched[shift])
		return NULL;
	if (ch->before == NULL)
		return join_board(ch, shift);
	ch->after[shift] = ch->before[shift];
	return NULL;
}

const struct rule car_shift = {
	.name = "car-shift",
	.collection = "cars",
	.derive = derive,
};
