/* report_turn.h -- one write of an expense report, as its rule looks at it.  report_judge.c says what it is and whether
 * it may be, report_rule.c what follows from it.  Private to these. */
#ifndef REPORT_TURN_H
#define REPORT_TURN_H

#include "expenses/report.h"
#include "model/rule.h"

/* What a write does to the state. */
enum report_step {
	STEP_NONE,
	STEP_SUBMIT,
	STEP_WITHDRAW,
	STEP_APPROVE, /* a senior who has looked, too */
	STEP_RETURN,
	STEP_REOPEN,
	STEP_WRONG
};

struct turn {
	struct change *ch;
	enum report_state was, is;   /* draft before there is a record */
	enum report_step step;
	bool own;                    /* the writer is its person */
	struct report_deciders who;
};

/* Values by the name of a field; before is the default where there was no record. */
const char *turn_before(const struct turn *t, const char *field);
const char *turn_after(const struct turn *t, const char *field);
bool turn_changes(const struct turn *t, const char *field);
void turn_set(struct turn *t, const char *field, const char *value);

/* Whether the report goes straight to finance when it is handed in: finance has returned it. */
bool turn_is_straight(const struct turn *t);

/* Look at a write: who decides, and which step it is.  A step that was taken already is none: its state becomes the one
 * before. */
struct problem *turn_open(struct change *ch, struct turn *t) MUST_CHECK;

/* Refuse what the state, or the writer, does not allow. */
struct problem *turn_judge(struct turn *t) MUST_CHECK;

#endif
