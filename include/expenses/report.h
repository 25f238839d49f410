/* report.h -- expense reports: a person hands in the expenses of a month, and who is assigned to them decides, one
 * after the other.  A report is a record of `expenseReports`; the rule `expense-report` (report_rule.c) guards its
 * states on every path:
 *
 *	draft, returned ── submitted          its person, certified and signed; at once the first assigned step
 *	submitted       ── approved           nobody is assigned: a manager
 *	senior          ── supervisor, finance    the senior has looked
 *	supervisor      ── finance, approved  the supervisor, certified and signed
 *	finance         ── approved           finance, signed
 *	any of these    ── returned           the same, with a comment
 *	any of these    ── draft              its person, while nobody has approved it
 *	approved        ── draft              finance or a manager, with a reason
 *
 * Managers may decide each step, and nobody decides about their own report. */
#ifndef REPORT_H
#define REPORT_H

#include "team/oversight.h"

enum report_state {
	REPORT_DRAFT,
	REPORT_SUBMITTED,
	REPORT_SENIOR,
	REPORT_SUPERVISOR,
	REPORT_FINANCE,
	REPORT_APPROVED,
	REPORT_RETURNED,
	REPORT_STATE_COUNT
};

/* "draft" … "returned". */
extern const char *const report_state_names[REPORT_STATE_COUNT];

/* The state of a canonical value of the field; draft for NULL. */
enum report_state report_state_of(struct arena *a, const char *value);

/* Whether somebody is to decide about a report in this state. */
bool report_waits(enum report_state state);

/* Whether the month is closed while a report is in this state. */
bool report_is_closed(enum report_state state);

enum {
	REPORT_DECIDERS_MAX = 100 /* people whom one step can wait for */
};

/* People, as ids of users. */
struct report_people {
	const char *ids[REPORT_DECIDERS_MAX];
	size_t count;
};

/* Who decides about the reports of one person.  That person is none of them. */
struct report_deciders {
	struct report_people senior, supervisor, finance;
	bool has_finance; /* somebody decides for finance in this space, if only the person themself */
};

/* Those of who looks after a person. */
void report_deciders_of(const struct overseers *overseers, struct report_deciders *who);

/* Find who decides about the reports of owner now.  Inside a write it is as the ops before this one have left it. */
struct problem *report_deciders(const struct call *call, const char *owner, struct report_deciders *who) MUST_CHECK;

/* The step that a report of these begins with, and the one that follows a step. */
enum report_state report_first(const struct report_deciders *who);
enum report_state report_next(const struct report_deciders *who, enum report_state state);

/* Those of these who are assigned to a step; none for submitted. */
const struct report_people *report_assigned(const struct report_deciders *who, enum report_state state);

/* Find whom a report of owner in this state waits for: the one it was left to (or NULL), who is assigned, and where
 * there is none of these, the managers, without owner. */
struct problem *report_waits_for(const struct call *call, const struct report_deciders *who, const char *owner,
    enum report_state state, const char *delegate, struct report_people *people) MUST_CHECK;

/* The same people as the canonical value of waitsFor; NULL for nobody. */
const char *report_people_value(struct arena *a, const struct report_people *people);

/* The people of such a value. */
void report_people_read(struct arena *a, const char *value, struct report_people *people);

bool report_people_have(const struct report_people *people, const char *user);

#endif
