/* changed.h -- what the rules of this room ask of a change.  Private to the room. */
#ifndef CHANGED_H
#define CHANGED_H

#include "model/rule.h"

/* The place of a field among the values. */
size_t change_place(const struct change *ch, const char *field);

/* A value before and after the change, canonical; NULL where it is empty or there is no record. */
const char *change_before(const struct change *ch, const char *field);
const char *change_after(const struct change *ch, const char *field);

/* The value after the change as plain text. */
const char *change_plain(const struct change *ch, const char *field);

/* Whether the change gives the field another value; whether the op itself named it. */
bool change_alters(const struct change *ch, const char *field);
bool change_names(const struct change *ch, const char *field);

/* A member of a canonical object, as canonical text in a; NULL where it has none. */
const char *member_in(struct arena *a, const char *object, const char *name);

/* Of the former schedules of a task (`schedules`, or NULL), the one that was in force on a day, as a canonical object
 * in a; NULL where what the task says now holds. */
const char *schedule_on(struct arena *a, const char *schedules, const char *day);

/* PROBLEM_INVALID at "date" where the change sets a date after tomorrow.  Tomorrow is taken, because somebody may be a
 * zone ahead of the one that their settings name. */
struct problem *change_refuse_future(const struct change *ch) MUST_CHECK;

#endif
