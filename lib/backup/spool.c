/* spool.c -- the steps of a restore between finding them and writing them: in a file without a name, so that memory
 * stays flat whatever the size, and nothing is left of it when the process ends. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "restore_work.h"

enum {
	SPOOL_TEXTS = 4
};

#define NO_TEXT UINT32_MAX

struct spool_head {
	uint32_t kind, collection;
	uint32_t lengths[SPOOL_TEXTS]; /* id, owner, doc, doc_private */
};

static void
close_spool(void *file)
{
	fclose(file);
}

static struct problem *
no_disk(struct arena *a)
{
	struct problem *p = problem_new(a, PROBLEM_STORAGE, "The server has no room to prepare this; try again later.");

	p->retry_after = 60;
	return p;
}

struct problem *
spool_open(struct arena *a, FILE **spool)
{
	*spool = tmpfile();
	if (*spool == NULL)
		return no_disk(a);
	arena_defer(a, close_spool, *spool);
	return NULL;
}

struct problem *
spool_empty(struct restore *r)
{
	rewind(r->spool);
	return ftruncate(fileno(r->spool), 0) == 0 ? NULL : no_disk(r->call->a);
}

static uint32_t
length_of(const char *text)
{
	return text == NULL ? NO_TEXT : (uint32_t)strlen(text);
}

struct problem *
spool_add(struct restore *r, enum step_kind kind, const struct incoming *in)
{
	const char *const texts[SPOOL_TEXTS] = { in->id, in->owner, in->doc, in->doc_private };
	struct spool_head head = { kind, (uint32_t)(in->collection - r->call->set->all), { 0 } };

	if (r->spool == NULL)
		return NULL;
	for (size_t i = 0; i < SPOOL_TEXTS; i++)
		head.lengths[i] = length_of(texts[i]);
	if (fwrite(&head, sizeof head, 1, r->spool) != 1)
		return no_disk(r->call->a);
	for (size_t i = 0; i < SPOOL_TEXTS; i++)
		if (texts[i] != NULL && head.lengths[i] > 0 && fwrite(texts[i], head.lengths[i], 1, r->spool) != 1)
			return no_disk(r->call->a);
	return NULL;
}

static struct problem *
broken(struct arena *a)
{
	return problem_internal(a, "the file of steps of a restore cannot be read back");
}

struct problem *
spool_next(struct restore *r, struct arena *a, enum step_kind *kind, struct incoming *in, int64_t *at)
{
	struct spool_head head;
	char *texts[SPOOL_TEXTS] = { NULL };

	*kind = STEP_COUNT;
	*at = ftello(r->spool);
	if (fread(&head, sizeof head, 1, r->spool) != 1)
		return ferror(r->spool) ? broken(a) : NULL;
	if (head.kind >= STEP_COUNT || head.collection >= r->call->set->count)
		return broken(a);
	for (size_t i = 0; i < SPOOL_TEXTS; i++) {
		if (head.lengths[i] == NO_TEXT)
			continue;
		texts[i] = arena_alloc(a, (size_t)head.lengths[i] + 1);
		if (head.lengths[i] > 0 && fread(texts[i], head.lengths[i], 1, r->spool) != 1)
			return broken(a);
	}
	*kind = (enum step_kind)head.kind;
	*in = (struct incoming){ &r->call->set->all[head.collection], texts[0], texts[1], texts[2], texts[3], false };
	return NULL;
}

struct problem *
spool_back(struct restore *r, int64_t at)
{
	return fseeko(r->spool, (off_t)at, SEEK_SET) == 0 ? NULL : broken(r->call->a);
}
