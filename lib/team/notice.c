/* notice.c -- writes notifications.  The id is made from the occasion, so that what runs twice, or in two places at the
 * same time, tells it once: the second one finds the record, under the lock of the space. */
#include "team/notice.h"

#include <string.h>

#include "base/crypto.h"
#include "base/instant.h"

enum {
	TITLE_BYTES_MAX = 200
};

static const char *
id_of(struct arena *a, const struct notice *notice)
{
	unsigned char digest[SHA256_SIZE];
	const char *text = notice->to == NULL || notice->once
	    ? notice->occasion : arena_printf(a, "%s for %s", notice->occasion, notice->to);

	sha256(text, strlen(text), digest);
	return hex_text(a, digest, 16);
}

/* Of a tombstone that was purged the audit still knows. */
struct problem *
notice_was_told(const struct call *call, const struct notice *notice, bool *told)
{
	const struct collection *c = collection_find(call->set, "notifications");
	const char *id = id_of(call->a, notice);
	struct problem *p;
	struct record earlier;

	*told = c == NULL;
	if (c == NULL || (p = record_find(call, c, id, &earlier, told)) != NULL || *told)
		return c == NULL ? NULL : p;
	return record_purged(call, c, id, &earlier, told);
}

/* A name that is cut stays UTF-8. */
static const char *
title_of(struct arena *a, const char *title)
{
	size_t length = strlen(title);

	if (length > TITLE_BYTES_MAX)
		for (length = TITLE_BYTES_MAX; length > 0 && ((unsigned char)title[length] & 0xc0) == 0x80; length--)
			;
	return json_quoted(a, arena_strndup(a, title, length));
}

static struct op
op_of(struct writer *w, const struct collection *c, const char *id, const struct notice *notice)
{
	struct arena *a = w->call->a;
	struct op op = op_own(c, id, notice->cause);

	op.intent = INTENT_CREATE;
	op_give(a, &op, "at", json_quoted(a, instant_text(a, w->now)));
	op_give(a, &op, "kind", json_quoted(a, notice->kind));
	op_give(a, &op, "title", title_of(a, notice->title));
	op_give(a, &op, "body", notice->body == NULL ? NULL : json_quoted(a, notice->body));
	op_give(a, &op, "about", json_quoted(a, notice->about));
	if (notice->to != NULL)
		op_give(a, &op, "toUser", json_quoted(a, notice->to));
	return op;
}

/* Write it as Daybook: what is for one person is seen by its owner too, and whoever caused it is not meant. */
static struct problem *
write_itself(struct writer *w, struct op *op)
{
	struct person *itself = arena_alloc(w->call->a, sizeof *itself);
	const struct call *theirs = w->call;
	struct call own;
	struct outcome outcome;
	struct problem *p;

	*itself = person_itself(theirs->person->space_id);
	own = call_as(theirs, itself);
	own.batch = theirs->batch;
	w->call = &own;
	p = writer_must(w, op, &outcome);
	w->call = theirs;
	return p;
}

struct problem *
notice_tell(struct writer *w, const struct notice *notice, bool *told)
{
	const struct collection *c = collection_find(w->call->set, "notifications");
	struct problem *p;
	struct op op;
	bool known;

	*told = false;
	if ((p = notice_was_told(w->call, notice, &known)) != NULL || known)
		return p;
	op = op_of(w, c, id_of(w->call->a, notice), notice);
	if ((p = write_itself(w, &op)) == NULL)
		*told = true;
	return p != NULL && p->kind == PROBLEM_SPACE_FULL ? NULL : p;
}
