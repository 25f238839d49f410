/* undo.h -- undoes what a person, an API token, a device or one action did: as new writes of the person who asks, with
 * their rights, on the one write path.  schema/PROTOCOL.md 7.
 *
 * What is undone is known from the audit.  A record that these writes made is deleted, one that they deleted comes
 * back, and of one that they changed each field gets the value that it had before.  What anybody else has changed since
 * stays as it is and is counted as left, and so does what a rule or the person's rights do not allow.  An undo is a
 * cause like any other, so it is undone in the same way.  The taking back of an import (back.h) shares how fields go
 * back. */
#ifndef UNDO_H
#define UNDO_H

#include "base/json_out.h"
#include "model/call.h"

enum {
	UNDO_RECORDS_MAX = 20000, /* in one request; there is more, then */
	UNDO_ROWS_MAX = 1000,     /* writes of one record to look back through */
	UNDO_LISTED_MAX = 20,     /* examples */
	UNDO_KINDS_MAX = 64       /* collections */
};

/* Which writes: those for which all that is given holds. */
struct undo_asked {
	const char *by, *token, *device, *cause; /* or NULL */
	int64_t from, to;                        /* instants, both included; 0: no bound */
	const struct collection *const *collections;
	size_t collection_count;                 /* 0: all */
	const char *key;                         /* Idempotency-Key, or NULL */
	bool dry_run;                            /* say what would happen, write nothing */
	int seconds;                             /* stop after so long */
};

/* Why a record is left as it is. */
enum undo_reason {
	UNDO_CHANGED_SINCE, /* by somebody else, or by writes that were not asked for */
	UNDO_DELETED_SINCE,
	UNDO_RIGHTS,        /* the person may not see or change it */
	UNDO_CLOSED,        /* its days are handed in */
	UNDO_RULES,         /* a rule, or a value that is not valid any more */
	UNDO_HISTORY,       /* its history was erased, or is too long */
	UNDO_REASONS_COUNT
};

struct undo_report {
	const char *cause;      /* of the writes of this undo */
	bool dry_run, more;     /* more: send it again, and it goes on */
	size_t undone, left;    /* records; one of which a part was left is in both */
	size_t reasons[UNDO_REASONS_COUNT];
	struct {
		const char *collection;
		size_t undone, left;
	} counts[UNDO_KINDS_MAX];
	size_t count_count;
	struct buf examples, kept; /* JSON arrays, not yet closed */
	struct json_out examples_out, kept_out;
	size_t listed, kept_listed;
};

/* Undo it.  Members undo what they did themselves, managers what anybody did: PROBLEM_FORBIDDEN at "by" otherwise.
 * PROBLEM_REQUIRED when nothing says which writes.  A restore ("restore:…") and the import of a whole space
 * ("import:…") go back exactly, all or nothing, and are the owner's. */
struct problem *undo_take(const struct call *call, const struct undo_asked *asked,
    struct undo_report *report) MUST_CHECK;

/* Put "undo":{…} and what goes with it. */
void undo_put(struct json_out *out, const struct undo_report *report);

#endif
