/* rule.h -- what a definition cannot say.  A rule sees a change before it is written, on every path: REST, push, import, restore.
 * Each rule is a file in the room it is about; lib/rules/rules.c is the table that names them all. */
#ifndef RULE_H
#define RULE_H

#include "base/seen.h"
#include "model/call.h"

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

struct change {
	const struct call *call;   /* its db is inside the transaction, under the space's lock: for look-ups */
	const struct collection *collection;
	const char *id;
	const char *owner;         /* whose record it will be; derive may say another */
	enum action action;
	const char *const *before; /* values; NULL when there was no live record */
	const char *const *continued; /* values of the record under its former name, where a new one goes on with it; else NULL */
	const char **after;        /* values; a rule may set derived fields here; NULL for a delete */
	const bool *touched;       /* by field: the op named it */
	const char **relied;       /* by field: a rule puts here, in a sentence for the person, why this write cannot be meant any more
	                              once somebody changes that field after the op's base: then it is a conflict and not merged */
	bool *yields;              /* by field: a rule sets it where what it derives corrects what Daybook itself wrote after the op's
	                              base: then that is no conflict */
	int64_t now;               /* the write's instant */
	int64_t claimed;           /* the op's own instant, clamped between people's last change of the record (of a new one, the
	                              beginning of the space) and now; now when it gave none */
	struct seen *coming;       /* nothing will be written, it is only asked: what earlier ones would have made; else NULL */
	int64_t said;              /* the op's own instant, however long before the record's last change; never before there was the space, never after now */
};

struct rule {
	const char *name;                              /* as definitions name it */
	const char *collection;                        /* the only collection it may be named by, or NULL */
	struct problem *(*derive)(struct change *ch);  /* fills derived fields; or NULL */
	struct problem *(*check)(struct change *ch);   /* refuses; or NULL */
	struct problem *(*check_delete)(struct change *ch); /* refuses a deletion, whose after is NULL; or NULL */
	struct problem *(*effect)(struct writer *w, struct change *ch); /* writes what follows, with writer_must and a cause; or NULL */
	struct problem *(*foreseen)(struct change *ch); /* a change that was asked about would be taken: notes in ch->coming what derive and
	                                                   check must know of it that they would else read from the database; or NULL */
};

#endif
