/* stamps.c -- daybookctl stamps: the newest stamp of each space by an authority, and which spaces wait for one. */
#include <inttypes.h>
#include <stdio.h>

#include "base/instant.h"
#include "ctl/ctl.h"
#include "upkeep/stamps.h"

static const char usage[] = "stamps    exit status 1 when a space is stale";

static void
print_space(struct arena *a, const struct stamped_space *space)
{
	const char *state = stamp_is_late(space) ? "stale" : space->waits_since != 0 ? "waits" : "stamped";

	printf("%s  %-7s  head %" PRId64, space->id, state, space->head);
	if (space->at == 0)
		printf("  no stamp");
	else
		printf("  stamp %" PRId64 " of %s", space->seq, instant_text(a, space->at));
	if (space->waits_since != 0)
		printf("  not stamped since %s", instant_text(a, space->waits_since));
	printf("  %s\n", space->name);
}

int
ctl_stamps(struct worker *w, int argc, char **argv)
{
	struct stamped_space *spaces;
	const char *after = NOBODY;
	struct problem *p;
	size_t count, stale = 0;

	(void)argv;
	if (argc != 1)
		return ctl_usage(usage);
	do {
		if ((p = stamps_spaces(w->db, w->arena, after, &spaces, &count)) != NULL)
			return ctl_refuse(p);
		for (size_t i = 0; i < count; i++) {
			print_space(w->arena, &spaces[i]);
			stale += stamp_is_late(&spaces[i]);
		}
		if (count > 0)
			after = spaces[count - 1].id;
	} while (count > 0);
	if (w->config.stamp_url == NULL)
		puts("No authority is set: see stamp_url.");
	return stale == 0 ? CTL_OK : CTL_FAILED;
}
