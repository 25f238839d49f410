/* rule.h -- what a definition cannot express, as code.  A rule sees a change before it is written, on every path: REST,
 * push, import, restore, compat.  Each rule is a file in the room of its area; lib/rules/rules.c lists them all, and
 * lib/rules/README.md shows how to write one. */
#ifndef RULE_H
#define RULE_H

#include "base/seen.h"
#include "model/call.h"

/* What a write did, as the audit names it. */
enum action {
	ACTION_CREATED,
	ACTION_UPDATED,
	ACTION_DELETED,
	ACTION_REVIVED,
	ACTION_RESTORED,
	ACTION_RESET,
	ACTION_IMPORTED,
	ACTION_ERASED,
	ACTION_CHECKPOINT,
	ACTION_COUNT
};

extern const char *const action_names[ACTION_COUNT];

struct writer;

/* A change as rules see it, before it is written. */
struct change {
	const struct call *call;      /* for look-ups, inside the transaction and under the space's lock; record.h says
	                               * which of them are asked once for all ops */
	const struct collection *collection;
	const char *id;
	const char *owner;            /* the owner after the write; derive may set another */
	enum action action;
	const char *const *before;    /* values; NULL when there was no live record */
	const char *const *continued; /* values under the former id that a new record names (renamedFrom); else NULL */
	const char **after;           /* values; derive sets derived fields here; NULL for a delete */
	const bool *touched;          /* by field: the op named it */
	const char **relied;          /* by field: a rule sets a sentence for the person.  If somebody changed that
	                               * field after the op's base, the op is a conflict with this sentence */
	bool *yields;                 /* by field: a rule sets it where its derived value corrects a write of
	                               * Daybook's own after the op's base; that write is then no conflict */
	bool takes_back;              /* a deletion of what an import made, as the import is taken back */
	int64_t now;                  /* the instant of the write */
	int64_t claimed;              /* the op's own instant, but not before the last change by a person (of a new
	                               * record: the beginning of the space), not after now; now if it has none */
	int64_t said;                 /* the op's own instant, clamped only between the beginning of the space and now:
	                               * to compare with; claimed is to be stored */
	struct seen *coming;          /* during a dry run: what the ops before this one would have written; else NULL */
};

struct rule {
	const char *name;       /* by which definitions name it */
	const char *collection; /* the only collection that may name it, or NULL for any */
	bool overseers;         /* it decides what those who oversee an owner may change; where no rule of a collection
	                         * does, they only see the records */
	bool scans;             /* it reads as much as a space has, so a write of the collection takes a slow turn */

	bool follows_all;       /* effect is called for imports and restores, too */

	/* Each of these may be NULL.  A problem refuses the op. */

	/* Set derived fields, or refuse the change. */
	struct problem *(*derive)(struct change *ch);
	/* Check the complete record, after all rules have derived their fields. */
	struct problem *(*check)(struct change *ch);
	/* The same for a deletion, where after is NULL. */
	struct problem *(*check_delete)(struct change *ch);
	/* Whether effect would do anything; NULL: always.  Writes without effects are sent together. */
	bool (*leads)(const struct change *ch);
	/* Write what follows from the change, with writer_must and a cause.  Not called for Daybook's own writes, and
	 * for imports and restores only where follows_all says so. */
	struct problem *(*effect)(struct writer *w, struct change *ch);
	/* Called in a dry run when the change would be accepted.  Note in ch->coming what derive and check of the next
	 * changes would otherwise find in the database. */
	struct problem *(*foreseen)(struct change *ch);
};

#endif
