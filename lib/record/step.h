/* step.h -- one op on its way through a transaction: decide.c says what is there and what the op may do with it, compose.c what shall be;
 * write.c calls them in turn and writes.  Private to these three.  A problem refuses the op; one that is fatal ends the transaction. */
#ifndef STEP_H
#define STEP_H

#include "model/rule.h"
#include "record/past.h"
#include "record/write.h"

/* One op of a transaction. */
struct step {
	struct writer *w;
	const struct call *call;           /* the writer's */
	struct op *op;
	struct outcome *out;
	const struct collection *c;
	struct seen *coming;               /* this is only asked: what earlier ones that were asked would have made; else NULL */
	/* what is there */
	struct record held;
	bool stored;                       /* a row exists in record */
	bool known;                        /* the id has a history: held has its last version and owner */
	bool live;                         /* and is not deleted */
	bool visible;                      /* to the person */
	const char **before;               /* values; all NULL unless live */
	const char *const *continued;      /* values of the record that a new one goes on with (renamedFrom), where they are known */
	/* what shall be */
	enum action action;
	const char **after;
	bool *touched;                     /* by field: named by the op */
	const char **relied;               /* by field: see rule.h */
	bool *yields;                      /* by field: see rule.h */
	int64_t last;                      /* when somebody changed it last; before there was a space nobody did anything in it */
	const char *owner, *reader;        /* after the write */
	bool stale;                        /* base is older than the version: merge or conflict */
};

/* ---- decide.c ---- */

/* What is there under an id, into held, stored, known, live, visible and before: its row, else its last audit row (a purged tombstone is
 * still a tombstone), else nothing. */
struct problem *step_hold(struct step *s, const char *id) MUST_CHECK;

/* Whether the op was here before; then out is answered as it was then.  Refuses an op id that was another request's. */
struct problem *step_repeated(struct step *s, bool *answered) MUST_CHECK;

/* What a held op may do: sets action and stale. */
struct problem *step_decide(struct step *s) MUST_CHECK;

/* The record goes into the answer if the person may see it. */
void step_show(struct step *s, const struct record *record);

/* Whether the person sees a field of the held record; and saw it in a version of before, by whose that was then. */
bool step_shows(struct step *s, const struct field *f);
bool step_showed(struct step *s, const struct field *f, const struct past *past);

/* The held record as it was in a version. */
struct problem *step_past(struct step *s, int64_t version, struct past *past) MUST_CHECK;

/* The conflict as both sides need it: versions, the record now, and per clashing field what it was and what was wanted.  base is NULL
 * when the base version's values are not known, clashing when the fields do not matter. */
struct problem *step_conflict(struct step *s, enum problem_kind kind, const struct past *base, const bool *clashing, const char *detail);

/* ---- compose.c ---- */

/* The values, owner and reader that the op asks for. */
struct problem *step_compose(struct step *s) MUST_CHECK;

/* The rules; and for a stale base whether it is unchanged, merged or a conflict. */
struct problem *step_settle(struct step *s) MUST_CHECK;

/* The records and files that it refers to are there for the person. */
struct problem *step_check_refs(struct step *s) MUST_CHECK;

/* The write as rules see it. */
struct change step_change(struct step *s);

/* The name of a record among what is seen (seen.h). */
const char *step_name(struct step *s, const char *collection, const char *id);

#endif
