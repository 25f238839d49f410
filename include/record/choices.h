/* choices.h -- choices that each space makes for itself: a field with "choicesFrom" takes one of the texts of a list in
 * the space's settings, or, while that list is empty, one of the definition's own choices.
 *
 * A value is checked when it changes, under the lock of the space, on every path that writes.  A value that stays is
 * not checked again: it remains valid until somebody chooses another, even if the list no longer has it. */
#ifndef CHOICES_H
#define CHOICES_H

#include "model/call.h"

/* The choices of f, a field with choicesFrom, in the space of the call; there is at least one. */
struct problem *choices_read(const struct call *call, const struct field *f, struct texts *choices) MUST_CHECK;

/* Check and complete the values of such fields that differ between before and after.  A value that somebody wrote must
 * be a choice, else PROBLEM_INVALID names the field and, in "choices", what may be chosen.  A field of a new record
 * that nobody touched becomes the definition's default, or the first choice if the space does not have that one.
 * loosely: case, spaces and punctuation do not matter, as in imported files. */
struct problem *choices_settle(const struct call *call, const struct collection *c, const bool *touched, bool loosely,
    const char *const *before, const char **after) MUST_CHECK;

#endif
