/* dated.h -- what people are paid by holds from a day on: the records of workRules, workTerms, mileageRates and
 * perDiemRules, in their field `from`.  What was counted yesterday is the same tomorrow, unless somebody corrects the
 * past and says why, in the field `reason` of the same write.  Where a closed period has a day that the change would
 * count anew, it is refused.  What holds already is changed with a reason, and never deleted.
 *
 * The rules of these collections call the functions below in check, check_delete and foreseen. */
#ifndef DATED_H
#define DATED_H

#include "model/rule.h"
#include "store/db.h"

enum {
	DATED_MAX = 200 /* records of one owner in one of the collections */
};

/* What differs between the collections. */
struct dated {
	const char *kind;    /* of the periods that lock what was counted by them: "hours", "expenses" */

	/* Whether a record (values of the collection) follows or is followed by another one: it then counts until the
	 * day before the next.  NULL: all of one owner do. */
	bool (*same)(const struct collection *c, const char *const *left, const char *const *right);

	/* The last day whose figures depend on what holds until this one (a date in the arena of the call); NULL: that
	 * day itself.  others are the records of the owner, columns DATED. */
	struct problem *(*extend)(struct change *ch, const struct rows *others, const char **last);
};

/* Check a new or changed record.  PROBLEM_INVALID for a change of the past without a reason, and where there are
 * DATED_MAX already; PROBLEM_PERIOD_CLOSED.  Daybook's own writes pass. */
struct problem *dated_check(struct change *ch, const struct dated *dated) MUST_CHECK;

/* Check a deletion: PROBLEM_FORBIDDEN for what has begun to hold, PROBLEM_PERIOD_CLOSED. */
struct problem *dated_check_delete(struct change *ch, const struct dated *dated) MUST_CHECK;

/* Note, in a dry run, that the record would be made. */
struct problem *dated_foreseen(struct change *ch) MUST_CHECK;

#endif
