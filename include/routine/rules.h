/* rules.h -- the rules of routines, a file each. */
#ifndef ROUTINE_RULES_H
#define ROUTINE_RULES_H

#include "model/rule.h"

extern const struct rule book_log;
extern const struct rule exercise_log;
extern const struct rule not_ahead;
extern const struct rule order_last;
extern const struct rule routine_settings;
extern const struct rule task_log;
extern const struct rule task_schedule; /* task.c */
extern const struct rule weight_unit;

#endif
