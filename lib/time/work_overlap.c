/* work_overlap.c -- in a space whose settings refuse it, the sessions of one person and kind do not overlap.  Lunch may
 * lie within work, because recorded lunch is meant to.  The space is locked, so nobody writes another one meanwhile.
 *
 * A timer that runs is open-ended: nothing may begin after it until it is stopped.  One that was forgotten, that is,
 * has run for longer than a session can, counts no time and is in nobody's way until its end is known.
 *
 * Judged is what a write changes.  A span that only shrinks can always be written: somebody who clocks out is never
 * refused, and hours that overlapped before the space refused it can be put right one after the other. */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "base/json_out.h"
#include "record/record.h"
#include "record/space.h"
#include "store/statement.h"
#include "time/hours.h"
#include "time/rules.h"

enum {
	DAY_MILLISECONDS = 86400000,
	FORESEEN_MAX = 256 /* sessions of a person, kind and day that a dry run compares with each other */
};

/* When a session begins and ends.  The end of one that runs is as late as it can be. */
struct span {
	int64_t start, end;
	bool running;
	const char *kind;
};

static struct span
span_of(const struct change *ch, const char *const *values)
{
	const struct collection *c = ch->collection;
	const char *end = value_named(c, values, "end");
	struct span s = {
		.start = value_instant_of(value_named(c, values, "start")),
		.running = end == NULL,
		.kind = value_plain(ch->call->a, value_named(c, values, "kind")),
	};

	s.end = end == NULL ? s.start + (int64_t)HOURS_SESSION_MAX * 1000 : value_instant_of(end);
	return s;
}

static bool
lies_within(const struct span *one, const struct span *other)
{
	return one->start >= other->start && one->end <= other->end && strcmp(one->kind, other->kind) == 0;
}

/* ---- whether the write is judged ---- */

/* Whether somebody else is its owner from now on. */
static struct problem *
is_handed_on(struct change *ch, bool *is)
{
	struct problem *p;
	struct record record;
	bool found;

	p = record_find(ch->call, ch->collection, ch->id, &record, &found);
	*is = p == NULL && found && strcmp(record.owner, ch->owner) != 0;
	return p;
}

static struct problem *
is_judged(struct change *ch, const struct span *after, bool *is)
{
	struct problem *p;
	struct span before;
	const char *setting;

	*is = false;
	if ((p = space_setting(ch->call, "overlap", &setting)) != NULL || setting == NULL ||
	    strcmp(setting, "refuse") != 0)
		return p;
	if (after->running && after->end < ch->now)
		return NULL;
	if (ch->before == NULL) {
		*is = true;
		return NULL;
	}
	before = span_of(ch, ch->before);
	if (!lies_within(after, &before)) {
		*is = true;
		return NULL;
	}
	return is_handed_on(ch, is);
}

/* ---- what it would overlap ---- */

static struct problem *
refuse(struct change *ch, const struct span *after, const char *id, const char *start, const char *end)
{
	struct arena *a = ch->call->a;
	struct span before = { .start = after->start };
	struct problem *p;
	struct json_out out;
	struct buf b;

	if (ch->before != NULL)
		before = span_of(ch, ch->before);
	p = problem_at(a, PROBLEM_OVERLAP, ch->before != NULL && before.start == after->start ? "end" : "start",
	    "There is another entry of this person at this time, and the space allows no overlaps.");
	buf_init(&b, a);
	json_out_members(&out, &b);
	put_object(&out, "overlaps");
	put_some(&out, "id", id);
	put_some(&out, "start", start);
	put_some(&out, "end", end);
	put_end(&out);
	p->members = b.text;
	return p;
}

static struct problem *
find_stored(struct change *ch, const struct span *after, struct problem **refused)
{
	const struct call *call = ch->call;
	struct arena *a = call->a;
	int64_t longest = (int64_t)HOURS_SESSION_MAX * 1000;
	struct problem *p;
	struct rows *rows;

	p = record_look(call, ch->collection, NULL, SQL(WORK_OVERLAP),
	    VALUES(value_id(call->person->space_id), value_id(ch->owner),
	        value_text(instant_text(a, after->start - longest)), value_text(instant_text(a, after->end)),
	        value_text(after->kind), value_text(instant_text(a, after->start)),
	        value_text(instant_text(a, ch->now - longest))), &rows);
	for (size_t i = 0; p == NULL && *refused == NULL && i < rows->count; i++)
		if (strcmp(row_text(rows, i, WORK_OVERLAP_ID), ch->id) != 0)
			*refused = refuse(ch, after, row_text(rows, i, WORK_OVERLAP_ID),
			    row_text(rows, i, WORK_OVERLAP_START), row_text(rows, i, WORK_OVERLAP_END));
	return p;
}

/* ---- dry runs: what earlier rows of the same file would write ---- */

/* The sessions that would be written are noted by each day of UTC that they touch: the name of the n-th, with its start
 * and end as the mark. */
static const char *
name_of_nth(struct change *ch, const struct span *s, int64_t day, int n)
{
	return arena_printf(ch->call->a, "session %s %s %" PRId64 " %d", ch->owner, s->kind, day, n);
}

static uint32_t
count_of_id(const struct change *ch)
{
	unsigned char hash[SEEN_KEY_SIZE];
	uint32_t count;

	seen_hash(ch->id, hash);
	memcpy(&count, hash, sizeof count);
	return count | 1;
}

static bool
is_promised(struct change *ch, const struct span *after)
{
	const struct seen_entry *entry;
	int64_t mark[2];

	for (int64_t day = after->start / DAY_MILLISECONDS; day * DAY_MILLISECONDS < after->end; day++)
		for (int n = 0; n < FORESEEN_MAX &&
		    (entry = seen_find(ch->coming, name_of_nth(ch, after, day, n))) != NULL; n++) {
			memcpy(mark, entry->mark, sizeof mark);
			if (entry->count != count_of_id(ch) && mark[0] < after->end && mark[1] > after->start)
				return true;
		}
	return false;
}

static void
promise(struct change *ch, const struct span *after, int64_t day)
{
	const int64_t mark[2] = { after->start, after->end };
	struct seen_entry *entry;
	int n = 0;

	while (n < FORESEEN_MAX && seen_find(ch->coming, name_of_nth(ch, after, day, n)) != NULL)
		n++;
	if (n == FORESEEN_MAX)
		return;
	entry = seen_entry(ch->coming, name_of_nth(ch, after, day, n));
	entry->count = count_of_id(ch);
	memcpy(entry->mark, mark, sizeof mark);
}

static struct problem *
foreseen(struct change *ch)
{
	struct problem *p;
	struct span after;
	bool judged;

	if (ch->after == NULL)
		return NULL;
	after = span_of(ch, (const char *const *)ch->after);
	if ((p = is_judged(ch, &after, &judged)) != NULL || !judged)
		return p;
	for (int64_t day = after.start / DAY_MILLISECONDS; day * DAY_MILLISECONDS < after.end; day++)
		promise(ch, &after, day);
	return NULL;
}

/* ---- every write ---- */

static struct problem *
check(struct change *ch)
{
	const struct span after = span_of(ch, (const char *const *)ch->after);
	struct problem *p, *refused = NULL;
	bool judged;

	if ((p = is_judged(ch, &after, &judged)) != NULL || !judged)
		return p;
	if (ch->coming != NULL && is_promised(ch, &after))
		return refuse(ch, &after, NULL, NULL, NULL);
	p = find_stored(ch, &after, &refused);
	return p != NULL ? p : refused;
}

const struct rule work_overlap = {
	.name = "work-overlap",
	.collection = "workSessions",
	.check = check,
	.foreseen = foreseen,
};
