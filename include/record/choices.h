/* choices.h -- choices that each space makes for itself: a field with "choicesFrom" takes one of the texts that a list in the space's
 * settings holds, or one of the definition's own choices while that list is empty.
 *
 * Asked where a value changes, under the lock of the space on every path that writes, and never of a value that stays: what was chosen
 * from a list of before is good until somebody chooses again. */
#ifndef CHOICES_H
#define CHOICES_H

#include "model/call.h"

/* The choices of f, a field with choicesFrom, in this space; at least one. */
struct problem *choices_read(const struct call *call, const struct field *f, struct texts *choices) MUST_CHECK;

/* The values of such fields that differ between before and after: one that is new by itself (not touched, and the record is new)
 * becomes the definition's default, or the first choice where the space does not know that one; one that somebody wrote must be a
 * choice, else PROBLEM_INVALID naming the field and, in "choices", what may be chosen.  loosely: case, spaces and punctuation do not
 * count, as in files. */
struct problem *choices_settle(const struct call *call, const struct collection *c, const bool *touched, bool loosely,
    const char *const *before, const char **after) MUST_CHECK;

#endif
