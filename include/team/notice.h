/* notice.h -- Daybook tells people something: a record of `notifications`, for one person or for everybody in the
 * space.  Each occasion is told once, however often the code that tells it runs. */
#ifndef NOTICE_H
#define NOTICE_H

#include "record/write.h"

/* What is told. */
struct notice {
	const char *occasion; /* a text that names it and nothing else: "late-car 100 null "08:30"" */
	bool once;            /* with to: for all people together, not for each person */
	const char *kind;     /* for programs: "late-car" */
	const char *title;    /* at most 200 bytes are kept */
	const char *body;     /* or NULL */
	const char *about;    /* "collection/id" of the record */
	const char *to;       /* the user who reads it, or NULL: everybody in the space */
	const char *cause;    /* of the write, as the audit has it */
};

/* Whether it was told before. */
struct problem *notice_was_told(const struct call *call, const struct notice *notice, bool *told) MUST_CHECK;

/* Tell it, inside work or an effect, unless this occasion was told before: then *told is false, even if the
 * notification was deleted since.  The notification is Daybook's own, whoever the writer writes for.  In a space that
 * is full nothing is told, and that is no problem: what it is about goes on. */
struct problem *notice_tell(struct writer *w, const struct notice *notice, bool *told) MUST_CHECK;

#endif
