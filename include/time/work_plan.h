/* work_plan.h -- what holds for a person on which day, from the records: workRules, and over them workTerms.
 *
 * On a day the rules with the latest `from` not after it hold, whole: what is empty in them does not apply.  Over them
 * hold the person's latest terms, field by field where they are not empty.  Who has left is not paid.  Their daily
 * target is that of their workSettings, on every day. */
#ifndef WORK_PLAN_H
#define WORK_PLAN_H

#include "base/json_out.h"
#include "model/call.h"
#include "time/hours.h"

/* Records that hold from a day on, in the order of these days. */
struct work_dated {
	const char *id, *from, *reason; /* reason may be NULL */
	const char *const *values;
	const char *updated_at;         /* an instant as SQL has it */
	char updated_day[DATE_TEXT_SIZE]; /* the same as a day in the zone of the space */
	bool converted;                 /* Daybook wrote it from settings that had no days yet */
};

struct work_dated_list {
	const struct collection *c;     /* NULL: there is no such collection */
	struct work_dated *all;
	size_t count;
	const char *zone;               /* of the space */
};

/* Read the rules of the call's space. */
struct problem *work_rules_read(const struct call *call, struct work_dated_list *rules) MUST_CHECK;

/* Read a person's terms and target, and make their plan from these and the rules. */
struct problem *work_plan_read(const struct call *call, const struct work_dated_list *rules, const char *owner,
    struct work_dated_list *terms, struct hours_plan *plan) MUST_CHECK;

/* Make the plan of a person with this target (seconds a day), in a.  terms may be empty. */
void work_plan_make(struct arena *a, const struct work_dated_list *rules, const struct work_dated_list *terms,
    int64_t target, struct hours_plan *plan);

/* Set in *rules what these values say, of workRules, workTerms or workSettings.  An empty value, or one that c does not
 * declare, changes nothing. */
void work_rules_add(const struct collection *c, const char *const *values, struct hours_rules *rules);

/* Put those of the records as "corrections":[…] that were last written after a day of from..to on which they hold.
 * The day of a write is that of the zone of the space, as for the reason that such a write needs. */
void work_corrections_put(struct json_out *out, const struct work_dated_list *list, const char *from, const char *to);

#endif
