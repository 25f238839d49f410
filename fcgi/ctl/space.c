/* space.c -- daybookctl space: how full the spaces are, limits of one space, and counting anew. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "upkeep/quotas.h"

enum {
	PATIENCE_SECONDS = 600 /* to count a large space */
};

static const char usage[] =
    "space list [--above PERCENT]\n"
    "       daybookctl space limit ID [--records N] [--bytes SIZE]   0: none; usual: that of the settings\n"
    "       daybookctl space recount [ID]                            counts anew what one holds, or each\n"
    "       daybookctl space backup ID | backups ID                  makes a backup of one; lists its backups\n"
    "SIZE is a number of bytes, such as 500M or 20G.";

/* ---- list ---- */

static const char *
limit_text(struct arena *a, int64_t limit)
{
	return limit == 0 ? "-" : arena_printf(a, "%" PRId64, limit);
}

static void
print_space(const struct space_held *s, void *arg)
{
	struct arena *a = arg;

	printf("%-36s  %4" PRId64 "%%  %10" PRId64 " %10s  %14" PRId64 " %14s  %-8s  %s, %s\n", s->id,
	    quota_percent(&s->holds, &s->may), s->holds.records, limit_text(a, s->may.records), s->holds.bytes,
	    limit_text(a, s->may.bytes), s->kind, s->owner == NULL ? "-" : s->owner, s->name);
}

/* Read a whole number from 0 on. */
static bool
read_number(const char *text, int64_t *number)
{
	return config_size(text, 0, INT_MAX, number) && strpbrk(text, "KMG") == NULL;
}

static int
list(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	int64_t percent = 0;
	struct problem *p;

	if (argc != 0 && (argc != 2 || strcmp(argv[0], "--above") != 0 || !read_number(argv[1], &percent)))
		return ctl_usage(usage);
	printf("%-36s  %5s  %10s %10s  %14s %14s  %-8s  %s\n",
	    "id", "full", "records", "at most", "bytes", "at most", "kind", "owner, name");
	p = quotas_each(&call, percent, print_space, w->life);
	return p == NULL ? CTL_OK : ctl_refuse(p);
}

/* ---- limit ---- */

static bool
read_limit(const char *text, bool is_size, int64_t *limit)
{
	*limit = -1;
	if (strcmp(text, "usual") == 0)
		return true;
	return is_size ? config_size(text, 0, (int64_t)1 << 50, limit) : read_number(text, limit);
}

static int
limit(struct worker *w, int argc, char **argv)
{
	int64_t records, bytes, *some_records = NULL, *some_bytes = NULL;
	struct problem *p;

	if (argc != 3 && argc != 5)
		return ctl_usage(usage);
	for (int i = 1; i < argc; i += 2)
		if (strcmp(argv[i], "--records") == 0 && read_limit(argv[i + 1], false, &records))
			some_records = &records;
		else if (strcmp(argv[i], "--bytes") == 0 && read_limit(argv[i + 1], true, &bytes))
			some_bytes = &bytes;
		else
			return ctl_usage(usage);
	p = quota_set(w->db, w->arena, argv[0], some_records, some_bytes);
	return p == NULL ? CTL_OK : ctl_refuse(p);
}

/* ---- recount ---- */

/* Spaces of which the counts were wrong. */
struct recounted {
	struct worker *w;
	struct problem *p;
	int64_t spaces, wrong;
};

static void
recount_space(const char *space, struct recounted *r)
{
	bool right;

	if (r->p != NULL || (r->p = quota_recount(r->w->db, r->w->life, space, &right)) != NULL)
		return;
	r->spaces++;
	r->wrong += !right;
	if (!right)
		printf("%s was counted wrongly.\n", space);
}

static void
recount_listed(const struct space_held *space, void *arg)
{
	recount_space(space->id, arg);
}

static int
recount(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	struct recounted r = { .w = w };
	struct problem *p = NULL;

	if (argc > 1)
		return ctl_usage(usage);
	db_patient(w->db, PATIENCE_SECONDS);
	if (argc == 1)
		recount_space(argv[0], &r);
	else
		p = quotas_each(&call, 0, recount_listed, &r);
	if (p != NULL || (p = r.p) != NULL)
		return ctl_refuse(p);
	printf("Spaces counted: %" PRId64 ", set right: %" PRId64 ".\n", r.spaces, r.wrong);
	return CTL_OK;
}

static const struct {
	const char *word;
	int (*run)(struct worker *w, int argc, char **argv);
} words[] = {
	{ "list", list },
	{ "limit", limit },
	{ "recount", recount },
	{ "backup", ctl_space_backup },
	{ "backups", ctl_space_backups },
};

int
ctl_space(struct worker *w, int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(argv[1], words[i].word) == 0)
			return words[i].run(w, argc - 2, argv + 2);
	return ctl_usage(usage);
}
