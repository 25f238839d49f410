/* rows.h -- the rows of a person as figures.h takes them, made of the values of records. */
#ifndef ROUTINE_ROWS_H
#define ROUTINE_ROWS_H

#include "model/collection.h"
#include "routine/figures.h"

/* What is gathered, before it is in order. */
struct routine_gathered;

/* Begin without rows, in a. */
struct routine_gathered *routine_gather(struct arena *a, const struct collections *set);

/* Take a record, by its values.  The texts are not copied.  What is not whole, such as a log without a day, is passed
 * over.  created is the day on which a task was made. */
void routine_take_settings(struct routine_gathered *g, const char *const *values);
void routine_take_task(struct routine_gathered *g, const char *id, const char *const *values, int64_t created);
void routine_take_log(struct routine_gathered *g, const char *const *values);
void routine_take_exercise(struct routine_gathered *g, int64_t day);
void routine_take_book(struct routine_gathered *g, int64_t day);
void routine_take_weight(struct routine_gathered *g, const char *id, const char *const *values);

/* Take what was done of all tasks on a day; the logs that are taken one by one do not count for that. */
void routine_take_day(struct routine_gathered *g, const struct routine_day *day);

/* Take the day of the first log of a task, where that log is not taken itself. */
void routine_take_begun(struct routine_gathered *g, const char *task, int64_t day);

/* All that was taken so far, in order; more may be taken after it. */
struct routine_rows routine_gathered_rows(struct routine_gathered *g);

#endif
