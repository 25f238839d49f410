/* report_tell.h -- what people are told about an expense report.  Private to report_rule.c and report_round.c. */
#ifndef REPORT_TELL_H
#define REPORT_TELL_H

#include "expenses/report.h"
#include "model/rule.h"
#include "team/notice.h"

/* What is told of a report, as it is now. */
struct told_report {
	const char *id, *owner;
	const char *from;              /* the first day of its month */
	enum report_state state;
	enum report_state returned_from;
	int64_t submissions;
	bool has_total;
	int64_t total;                 /* cents */
	const char *comment, *reason;  /* or NULL */
	const char *reminded_at;       /* or NULL */
	bool supervisor_approved;
	int64_t since;                 /* the instant since which it waits in this state; 0: it does not wait */
	struct report_people waits_for;
};

struct told_report told_report(struct arena *a, const struct collection *c, const char *id, const char *owner,
    const char *const *values);

/* What one notification says; to is set for each of the people it is for. */
enum told_kind {
	TOLD_WAITS,    /* who decides: it waits for them */
	TOLD_REMINDED, /* who decides: its person reminds them */
	TOLD_LATE,     /* who decides: it has waited for long */
	TOLD_STATE,    /* its person: what was decided */
	TOLD_COMMENT   /* its person: a word about it */
};

/* The notification as far as it can be said without looking anything up: what notice_was_told needs. */
struct notice told_notice(struct arena *a, const struct told_report *r, enum told_kind kind, const char *to);

/* Tell everybody it is for, those who were told before excepted; *count grows by how many were told now. */
struct problem *report_tell(struct writer *w, const struct told_report *r, enum told_kind kind,
    int64_t *count) MUST_CHECK;

/* Whether it has waited for so long at this instant that who decides is told again: three days for finance and
 * managers, two for the others. */
bool report_is_late(const struct told_report *r, int64_t now);

/* The effect of the rule: tell whoever a write concerns. */
struct problem *report_tell_change(struct writer *w, struct change *ch) MUST_CHECK;

#endif
