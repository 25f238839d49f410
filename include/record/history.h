/* history.h -- who changed what: the versions of one record, a record as of a version, and the audit of a space.  A
 * person sees the rows of records that they may see.  In an `own` collection, viewers and members see only the rows
 * after which the record was theirs.  schema/PROTOCOL.md 7. */
#ifndef HISTORY_H
#define HISTORY_H

#include "record/record.h"

enum {
	HISTORY_LIMIT_DEFAULT = 100,
	HISTORY_LIMIT_MAX = 1000
};

/* Put "history":[{id,version,action,changes,by,byName,at,…}],"next" of a record, newest first.  after is the `next` of
 * the page before, or NULL.  The history of a renamed record continues with that of its former id.  PROBLEM_NOT_FOUND
 * when the person sees none of it, PROBLEM_FORBIDDEN when they may not read the collection, PROBLEM_INVALID at
 * "after". */
struct problem *history_read(const struct call *call, const struct collection *c, const char *id, const char *after,
    int64_t limit, struct json_out *out) MUST_CHECK;

/* The record as it was at version.  PROBLEM_NOT_FOUND, also when its history is not complete any more. */
struct problem *history_version(const struct call *call, const struct collection *c, const char *id, int64_t version,
    struct record *record) MUST_CHECK;

/* Which rows of the audit to show. */
struct audit_filter {
	const struct collection *collection; /* or NULL */
	const char *record_id;               /* with collection; or NULL */
	const char *user_id;                 /* or NULL */
	int64_t from, to;                    /* instants; 0 means no bound */
	const char *before;                  /* "seq-n" of the last row of the page before, or NULL */
	int64_t limit;                       /* rows; a page is longer so that it does not end inside a write */
};

/* Put "auditLogs":[…],"next": one row for each changed field, newest write first.  PROBLEM_INVALID at "before". */
struct problem *audit_list(const struct call *call, const struct audit_filter *asked, struct json_out *out) MUST_CHECK;

#endif
