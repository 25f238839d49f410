/* stretch.h -- the live records of a collection whose order lies between two bounds, such as the trips of a month: of
 * one owner, or of everybody whom the person may see.  Keys lead to them, so what it costs, and whether it is too much,
 * depends on what the person sees and not on what the space has.  Filters of a list (list.h) read all records
 * instead. */
#ifndef STRETCH_H
#define STRETCH_H

#include "record/record.h"

enum {
	STRETCH_MAX = 20000,       /* records that are read at most, */
	STRETCH_BYTES_MAX = 16 << 20 /* and bytes of them */
};

struct stretch {
	/* asked */
	const struct collection *collection; /* with an order that is a text: a date, a name */
	const char *owner;     /* whose; NULL: all whom the person sees */
	const char *from, *to; /* texts of that order, from <= it < to; NULL: no bound */
	/* answered, in that order from the least on */
	struct record *records;
	size_t count;
};

/* Read them; the records are in call->a.  PROBLEM_FORBIDDEN when the person may not read the collection, or owner is
 * somebody whose records they do not see; PROBLEM_TOO_MUCH where there are more than is read at once; PROBLEM_BUSY
 * where there is no bound and no turn. */
struct problem *stretch_read(const struct call *call, struct stretch *stretch) MUST_CHECK;

#endif
