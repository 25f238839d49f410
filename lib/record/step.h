/* step.h -- one op on its way through a transaction.  decide.c finds the record and decides what the op may do to it,
 * compose.c computes what the record will be; write.c calls them in turn and writes.  Private to these three.  A
 * problem refuses the op; a fatal one (problem_is_fatal) ends the transaction. */
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
	struct seen *coming;               /* in a dry run (write_ask), else NULL */
	/* the record as it is */
	struct record held;
	bool stored;                       /* a row exists in record */
	bool known;                        /* the id has a history, and held has its last version and owner */
	bool live;                         /* the record exists and is not deleted */
	bool visible;                      /* the person sees the record */
	const char **before;               /* values; all NULL unless live */
	const char *const *continued;      /* values under the former id (renamedFrom), or NULL */
	/* the record as it will be */
	enum action action;
	const char **after;
	bool *touched;                     /* by field: named by the op */
	const char **relied;               /* by field: see rule.h */
	bool *yields;                      /* by field: see rule.h */
	int64_t last;                      /* instant of the last change by a person, or the beginning of the space */
	const char *owner, *reader;        /* after the write */
	bool stale;                        /* base is older than the version: a merge or a conflict */
};

/* ---- decide.c ---- */

/* Find the record with an id and set held, stored, known, live, visible and before.  It is the row of the record, or
 * else the last audit row of the id (a purged tombstone is still a tombstone), or nothing. */
struct problem *step_hold(struct step *s, const char *id) MUST_CHECK;

/* *answered is true when the op was applied before; then out has the answer it got then.  An op without
 * a hash was never applied and is not looked up.  PROBLEM_OP_REUSED for an op id that another request used. */
struct problem *step_repeated(struct step *s, bool *answered) MUST_CHECK;

/* Decide what the op may do to the record that step_hold found: set action and stale, or refuse. */
struct problem *step_decide(struct step *s) MUST_CHECK;

/* Put the record into the outcome if the person may see it. */
void step_show(struct step *s, const struct record *record);

/* True when the person sees a field of the held record; and when they saw it in an earlier version, by who owned
 * that. */
bool step_shows(struct step *s, const struct field *f);
bool step_showed(struct step *s, const struct field *f, const struct past *past);

/* The held record as it was at a version. */
struct problem *step_past(struct step *s, int64_t version, struct past *past) MUST_CHECK;

/* A conflict with both sides: the versions, the record as it is now, and for each clashing field its base value and the
 * wanted one.  base is NULL when the values of the base version are not known; clashing is NULL when the conflict is
 * not about fields. */
struct problem *step_conflict(struct step *s, enum problem_kind kind, const struct past *base, const bool *clashing,
    const char *detail);

/* ---- compose.c ---- */

/* Set after, touched, owner and reader to what the op asks for. */
struct problem *step_compose(struct step *s) MUST_CHECK;

/* Run the rules.  With a stale base, find out whether the op is unchanged, merged or a conflict. */
struct problem *step_settle(struct step *s) MUST_CHECK;

/* Refuse the op when it refers to a record or file that does not exist for the person. */
struct problem *step_check_refs(struct step *s) MUST_CHECK;

/* The write as rules see it. */
struct change step_change(struct step *s);

/* The text by which coming (seen.h) knows a record. */
const char *step_name(struct step *s, const char *collection, const char *id);

#endif
