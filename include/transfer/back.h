/* back.h -- takes an import back: deletes the records that it made, and gives the fields that it changed the values
 * that they had before.  These are new writes of the person who asks, with their rights, on the one write path.  What
 * anybody changed after the import stays as it is, and so does what cannot be changed now.
 *
 * What is done is known from the audit.  So the same request, sent again, goes on where it stopped. */
#ifndef BACK_H
#define BACK_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	BACK_LISTED_MAX = 100, /* records that stay, listed one by one */
	BACK_MADE_MAX = 8      /* collections whose records an import made because it named them */
};

struct back_options {
	bool dry_run;          /* say what would happen, write nothing */
	int seconds;           /* stop after so long, between two transactions; 0: never */
};

struct back_report {
	const char *import;
	bool dry_run, more;    /* the time was up: send it again */
	size_t deleted;        /* records that the import made, without those that it named */
	size_t restored;       /* records that got fields back */
	size_t kept;           /* records of which something was changed since */
	size_t closed;         /* records of days that are handed in */
	size_t refused;        /* records that this person may not change, or that would not be valid */
	size_t in_use;         /* records that it named and that others name too */
	size_t gone;           /* records that somebody deleted before */
	struct {
		const char *collection;
		size_t count;
	} made[BACK_MADE_MAX]; /* deleted records that it named; ends before a NULL */
	struct buf left;       /* a JSON array of {"collection","id","detail"}, not yet closed */
	struct json_out left_out;
	size_t listed;
};

/* Take back the import with this id.  PROBLEM_NOT_FOUND when the person sees no such import: it is for its person and
 * for managers. */
struct problem *back_take(const struct call *call, const char *id, const struct back_options *options,
    struct back_report *report) MUST_CHECK;

/* Put the report's members. */
void back_put(struct json_out *out, const struct back_report *report);

#endif
