/* walk.h -- all records of a space in the order of an archive: by collection and id, compared as their UTF-8 bytes,
 * tombstones too.  It is read page by page, with the memory of two pages; inside db_snapshot, or under the lock of the
 * space, it is the space at one moment. */
#ifndef WALK_H
#define WALK_H

#include "record/record.h"

struct walk;

/* Begin, in a.  only names the collections that are walked through; without any it is all that have a definition. */
struct walk *walk_new(const struct call *call, struct arena *a, const struct texts *only);

/* Before the first record: begin with the first one that is at this place or comes after it. */
void walk_from(struct walk *w, const char *collection, const char *id);

/* Go to the next record; *record is NULL after the last one.  It lives until the next call. */
struct problem *walk_next(struct walk *w, const struct record **record) MUST_CHECK;

/* The order of records: negative, 0 or positive as the left one comes before, is, or comes after the right one. */
int walk_compare(const char *left_collection, const char *left_id, const char *right_collection, const char *right_id);

#endif
